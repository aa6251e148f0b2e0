"""Settings that say what may be done: the shop's risk, whose codes are whose, the lock, the way out."""

from __future__ import annotations

from pos.domain.offline_policy import SHIPPED_POLICY
from pos.settings.setting import Applies, Form, Setting, Unit

_NOW = Applies.NOW

ROUTING = (Setting("routing.rules", ""),)


def _amount(name: str, shipped_vnd: int) -> Setting:
    return Setting(f"policy.{name}_vnd", shipped_vnd, high=shipped_vnd, unit=Unit.VND, applies=_NOW)


def _age(name: str, shipped: int, unit: Unit) -> Setting:
    return Setting(f"policy.{name}", shipped, high=shipped, unit=unit, applies=_NOW)


POLICY = (
    _age("checked_age_min", SHIPPED_POLICY.checked_age_s // 60, Unit.MINUTES),
    _amount("checked_alone", SHIPPED_POLICY.checked_alone_vnd),
    _amount("checked_manager", SHIPPED_POLICY.checked_manager_vnd),
    _amount("declared_manager", SHIPPED_POLICY.declared_manager_vnd),
    _amount("sum_alone", SHIPPED_POLICY.sum_alone_vnd),
    _amount("sum_manager", SHIPPED_POLICY.sum_manager_vnd),
    _age("oldest_alone_h", SHIPPED_POLICY.oldest_alone_s // 3600, Unit.HOURS),
    _age("oldest_manager_h", SHIPPED_POLICY.oldest_manager_s // 3600, Unit.HOURS),
)
"""One for each number of design.md's table. What is shipped is the most: a manager may tighten, never loosen."""

SECURITY = (Setting("security.lock_after_min", 3, high=60, unit=Unit.MINUTES, applies=_NOW),)
"""0: the screen never locks by itself."""

UPDATES = (Setting("updates.source", "", applies=_NOW), Setting("updates.check", False, applies=_NOW))
"""Empty: nothing is ever asked of anybody."""

NETWORK = (
    Setting("network.proxy", "", form=Form.PROXY),
    Setting("network.proxy_login", "", secret=True),
)
