"""Every setting there is, by group."""

from __future__ import annotations

from pos.settings.declared_issuers import APPOTAPAY, GOTADI, GOTIT, VINID
from pos.settings.declared_rules import NETWORK, POLICY, ROUTING, SECURITY, UPDATES
from pos.settings.declared_till import BACKUP, DEVICES, LOOKS, REPORTS, SHOP
from pos.settings.setting import Group, Setting

SETTINGS: tuple[Setting, ...] = (
    *GOTIT, *GOTADI, *APPOTAPAY, *VINID, *ROUTING, *POLICY, *SHOP, *DEVICES, *REPORTS, *BACKUP, *LOOKS, *SECURITY,
    *NETWORK, *UPDATES,
)  # fmt: skip
BY_KEY = {setting.key: setting for setting in SETTINGS}


def of_group(group: Group) -> tuple[Setting, ...]:
    """The settings of one group, in order."""
    return tuple(setting for setting in SETTINGS if setting.group is group)
