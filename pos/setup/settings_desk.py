"""The settings as a manager sees and changes them: how each stands, who changed it, and saving several at once.

Runs on the review service's threads; only `check` and `judge` may be called on the GUI's.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pos.domain.audit import AuditValue
from pos.domain.errors import ConfigError
from pos.domain.permissions import Action
from pos.security.secret import DOTS, Secret
from pos.settings import SETTINGS, Settings, Value, known
from pos.settings.store import NoSecrets
from pos.setup.trials import Overlay, TrialResult
from pos.till.review.audit import Link
from pos.till.rights import Rights

_CHANGED, _OUTSIDE = "setting.changed", ".changed_outside"
_MOST_LINKS = 500
"""Of the chain, newest first: years of a shop's changes."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One change of one setting, as the chain has it.

    Args:
        before, now: None where the chain keeps only that it changed: a secret.
        reason: empty where none was asked.
        outside: it was found changed; nobody said so.
    """

    key: str
    number: int
    at_utc: datetime | None
    actor: str
    before: AuditValue
    now: AuditValue
    reason: str = ""
    secret: bool = False
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How one setting stands.

    Args:
        value: of a secret dots, or empty.
        mark: tells whether it has become another; says nothing about a secret.
        waits: it takes effect with the next start, and is not what this till was started with.
        changed: its newest change in the chain.
    """

    key: str
    value: Value
    shipped: Value
    mark: str
    waits: bool = False
    changed: Changed | None = None


class Noted(Protocol):
    """`pos.settings_noted.SettingsNoted`, as far as it is needed here."""

    def change(self, values: Mapping[str, str], *, actor: str, reason: str = "") -> object:
        """Set these, all or none, and append to the chain who did it. Raises `PosError`."""


class ChainReads(Protocol):
    """The audit chain, as far as it is needed here."""

    def about(self, refs: Iterable[str], limit: int) -> tuple[Link, ...]:
        """Links that are about one of these, newest first."""


class SettingsDesk:
    """Reads and changes the settings of a running till.

    Args:
        settings: of its data folder.
        noted: changes them with a name to it.
        chain: who changed what.
        rights: asks the table who may.
    """

    def __init__(self, settings: Settings, noted: Noted, chain: ChainReads, rights: Rights) -> None:
        self._settings, self._noted, self._chain, self._rights = settings, noted, chain, rights
        self._salt = secrets.token_bytes(32)
        self._started_with = {setting.key: self._mark(setting.key) for setting in SETTINGS}

    def check(self, key: str, text: str) -> None:
        """Raises `ConfigError` if this cannot be its value. Reads nothing from a disk."""
        self._settings.checked({key: text})

    def judge(self, key: str, text: str, unsaved: Mapping[str, str]) -> TrialResult | None:
        """Whether a key is what the setting wants; None: nothing can be told of it. 5 ms, no network.

        Args:
            key: of the setting.
            text: as pasted or read from a file.
            unsaved: other settings as typed; a key must not be the same as another one.
        """
        from pos.setup.key_trials import RULES, try_key

        return try_key(key, text, Overlay(self._settings, unsaved)) if key in RULES else None

    def look(self, keys: Iterable[str]) -> tuple[Standing, ...]:
        """How these stand, in this order.

        Raises:
            JournalError: the chain cannot be read.
        """
        newest: dict[str, Changed] = {}
        for change in self.history():
            newest.setdefault(change.key, change)
        return tuple(self._standing(key, newest.get(key)) for key in keys)

    def history(self, key: str = "") -> tuple[Changed, ...]:
        """Every change of this setting, or of all, newest first."""
        links = self._chain.about([setting.key for setting in SETTINGS], _MOST_LINKS)
        return tuple(change for link in links for change in _changes(link) if key in ("", change.key))

    def save(
        self, values: Mapping[str, Secret], seen: Mapping[str, str], *, who: str, reason: str = "", pin: str = ""
    ) -> None:
        """Set these, all or none.

        Args:
            values: by key; as typed.
            seen: the marks these had when the manager began.
            who: the manager who acts; the one whose PIN it is where `pin` is given.
            reason: for settings that want one; it stands in the chain.
            pin: of a manager, for the same.

        Raises:
            ConfigError: `settings.conflict` if one has become another meanwhile, `settings.file_changed` if somebody
                wrote into the file, `settings.needs_approval`, or an impossible value; nothing was changed.
            SecurityError: not a manager's PIN, or nobody who may.
            JournalError: not written; nothing was changed.
        """
        if any(known(key).needs_reason for key in values):
            if not (reason.strip() and pin):
                raise ConfigError("settings.needs_approval")
            who = self._rights.allow(Action.CHANGE_SETTINGS, None, pin).person.name
        else:
            self._rights.named(Action.CHANGE_SETTINGS, who)
        for key, mark in seen.items():
            if key in values and mark != self._mark(key):
                raise ConfigError("settings.conflict", key=key)
        self._demand_our_file()
        self._noted.change({key: text.reveal() for key, text in values.items()}, actor=who, reason=reason.strip())

    def _demand_our_file(self) -> None:
        """Whoever wrote into the file meanwhile is not overwritten: the till has not read it, so nobody has seen it."""
        plain = [setting.key for setting in SETTINGS if not setting.secret]
        for _ in range(2):  # the window's own choices may be written at this very moment
            on_disk = Settings(self._settings.folder, NoSecrets())
            differs = next((key for key in plain if on_disk.shown(key) != self._settings.shown(key)), None)
            if differs is None:
                return
        raise ConfigError("settings.file_changed", key=differs)

    def _standing(self, key: str, changed: Changed | None) -> Standing:
        setting, mark = known(key), self._mark(key)
        value = self._settings.shown(key)
        return Standing(
            key,
            (DOTS if value else "") if setting.secret else value,
            self._settings.shipped(key),
            mark,
            waits=setting.applies == "restart" and mark != self._started_with[key],
            changed=changed,
        )

    def _mark(self, key: str) -> str:
        """Keyed with what only this run of the program knows: of a secret's text nothing can be guessed from it."""
        text = self._settings.text(key)
        return hashlib.blake2b(text.encode(), key=self._salt, digest_size=16).hexdigest() if text else ""


def _changes(link: Link) -> Iterable[Changed]:
    for change in link.changes:
        if change.kind == _CHANGED or change.kind.endswith(_OUTSIDE):
            facts = change.facts
            yield Changed(
                change.ref,
                link.number,
                link.at_utc,
                str(facts.get("by") or link.actor),
                facts.get("before"),
                facts.get("now"),
                str(facts.get("reason") or ""),
                secret=bool(facts.get("secret")),
                outside=change.kind != _CHANGED,
            )
