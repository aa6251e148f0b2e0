"""Which assumptions about the issuers somebody has seen to be true at this shop, and who.

Kept in the journal, with a link in the audit chain. Whoever changes the setting that an assumption stands for has
made another one: what was seen then says nothing about it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

from pos.checkup.unverified import ASSUMPTIONS, BY_NAME, Assumption
from pos.domain.errors import ConfigError

if TYPE_CHECKING:
    from pos.journal.store import SqliteJournal

KEPT = "assumptions"


class Values(Protocol):
    """The settings (`pos.settings.Settings`)."""

    def text(self, key: str) -> str:
        """A text."""

    def flag(self, key: str) -> bool:
        """Yes or no."""

    def shown(self, key: str) -> str | int | bool:
        """For people."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One assumption at this shop. `by` "": nobody has seen it yet, or its setting was changed since."""

    assumption: Assumption
    by: str = ""
    on: date | None = None

    @property
    def verified(self) -> bool:
        """Somebody has seen it to be true."""
        return bool(self.by)


def services_in_use(settings: Values) -> frozenset[str]:
    """Stable names of the issuers' services that the shop has set up."""
    wanted = {
        "gotit": True,
        "vinid": settings.flag("vinid.giftcode"),
        "vinid-evoucher": settings.flag("vinid.evoucher"),
        "appotapay": settings.flag("appotapay.enabled"),
        "gotadi": bool(settings.text("gotadi.base_url")),
    }
    return frozenset(name for name, used in wanted.items() if used)


def standings(settings: Values, kept: str | None) -> tuple[Standing, ...]:
    """Those of the issuers in use, in the order of the list; `kept` is what the journal keeps under `KEPT`."""
    seen: Mapping[str, dict[str, str]] = json.loads(kept) if kept else {}
    used = services_in_use(settings)
    return tuple(
        _standing(settings, assumption, seen.get(assumption.name))
        for assumption in ASSUMPTIONS
        if assumption.service in used
    )


def _standing(settings: Values, assumption: Assumption, seen: dict[str, str] | None) -> Standing:
    if seen is None or seen["of"] != _value_of(settings, assumption):
        return Standing(assumption)
    return Standing(assumption, seen["by"], date.fromisoformat(seen["on"]))


def verify(journal: SqliteJournal, settings: Values, name: str, *, manager: str, today: date) -> None:
    """Note that this manager has seen it to be true, on this date of the shop's. The caller has checked her PIN.

    Raises:
        ConfigError: `assumption.unknown`: there is none of this name among the issuers in use.
        JournalError: nothing was noted.
    """
    assumption = BY_NAME.get(name)
    if assumption is None or assumption.service not in services_in_use(settings):
        raise ConfigError("assumption.unknown", name=name[:60])
    with journal.transaction(manager) as tx:
        seen = json.loads(journal.kept(KEPT) or "{}")
        seen[name] = {"by": manager, "on": today.isoformat(), "of": _value_of(settings, assumption)}
        values = "; ".join(f"{key}={settings.shown(key)}" for key in assumption.settings)
        tx.audit("assumption.verified", name, section=assumption.section, **({"settings": values} if values else {}))
        tx.keep(KEPT, json.dumps(seen, ensure_ascii=False, sort_keys=True))


def _value_of(settings: Values, assumption: Assumption) -> str:
    """Stands for the values of its settings; none of them is a secret."""
    text = json.dumps([settings.shown(key) for key in assumption.settings])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
