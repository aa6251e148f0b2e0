"""Changes of the settings stand in the audit chain with the name of whoever made them; what nobody made is found.

What was noted last is kept in the journal, sealed. A change goes in three steps, so that a power cut between any two
of them is never taken for somebody's hand: what is meant, then the settings themselves, then the note.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pos.domain.audit import AuditValue
from pos.domain.errors import ConfigError, SecurityError
from pos.journal.store import SqliteJournal
from pos.security.vault import Vault
from pos.settings import SETTINGS, Setting, Settings, Value, Who, known

KEPT = "settings_noted"
_MEANT = "settings_meant"
_SECRET = "secret"  # noqa: S105 - what stands in the place of one
_KEY_MARK = "key"

Kept = dict[str, Value]
"""Every setting that is not as shipped, by key; of a secret a keyed fingerprint."""


class Tx(Protocol):
    """A write transaction of the journal."""

    def audit(self, kind: str, ref: str, **facts: AuditValue) -> None:
        """Append to the chain."""

    def keep(self, name: str, text: str) -> None:
        """Keep a text of the program's own."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A setting that is not as it was noted."""

    setting: Setting
    before: Value
    now: Value

    def facts(self) -> dict[str, AuditValue]:
        """For the chain: of a secret only that it changed."""
        return {"secret": True} if self.setting.secret else {"before": self.before, "now": self.now}


class SettingsNoted:
    """Changes settings with a note, and compares them with what was noted. Any thread but the GUI's.

    What is kept of a secret is a keyed fingerprint, in a table that leaves the folder with no export.
    """

    def __init__(self, settings: Settings, journal: SqliteJournal, vault: Vault) -> None:
        self._settings, self._journal, self._vault = settings, journal, vault
        self._lock = threading.Lock()

    def change(self, values: Mapping[str, str], *, actor: str, reason: str = "") -> tuple[str, ...]:
        """Set several at once, noted: all or none.

        Args:
            values: by key, as text.
            actor: whose hand it is; "" while the till is being set up and has no manager.
            reason: in a few words; the shop's risk is not changed without one.

        Returns:
            The keys that are other than before.

        Raises:
            ConfigError: `config.reason_missing`, or as `Settings.set_many`; nothing was changed.
            JournalError: it could not be noted. Nothing was changed, unless the disk failed between the settings and
                their note: then the next start notes it with this name.
        """
        with self._lock:
            parsed = self._settings.checked(values)
            meant = {key: self._fingerprint(known(key), value) for key, value in parsed.items()}
            now = self._now()
            changed = [
                Difference(setting, before, meant[setting.key])
                for setting in SETTINGS
                if setting.key in meant and (before := self._of(now, setting)) != meant[setting.key]
            ]
            chosen = {key: values[key] for key in parsed if self._settings.unchosen(key)}  # also what is as shipped
            if not changed:
                if chosen:
                    self._settings.set_many(chosen)
                return ()
            if actor and not reason.strip() and any(each.setting.needs_reason for each in changed):
                raise ConfigError("config.reason_missing")
            kept = (self._was() or {}) | {each.setting.key: each.now for each in changed}
            plan = {"actor": actor, "reason": reason.strip(), "values": meant}
            with self._journal.transaction(actor) as tx:
                tx.keep(_MEANT, self._sealed(_MEANT, plan))
            self._settings.set_many({**{each.setting.key: values[each.setting.key] for each in changed}, **chosen})
            with self._journal.transaction(actor) as tx:
                self._note(tx, changed, reason.strip())
                # What else is not as it was noted stays to be found: a change must not cover up for a stranger's.
                self._keep(tx, kept)
            return tuple(each.setting.key for each in changed)

    def would_change(self, values: Mapping[str, str]) -> tuple[str, ...]:
        """The keys that `change` would make other than they are. Raises `ConfigError` as it does."""
        now, parsed = self._now(), self._settings.checked(values)
        return tuple(
            key for key, value in parsed.items() if self._of(now, known(key)) != self._fingerprint(known(key), value)
        )

    def differences(self) -> tuple[Difference, ...]:
        """What is not as it was noted last, the first time: as shipped."""
        was, now = self._was(), self._now()
        if was is None:
            was = {}
        keyed_anew = _KEY_MARK in was and was[_KEY_MARK] != now[_KEY_MARK]
        return tuple(
            Difference(setting, before, after)
            for setting in SETTINGS
            if (before := self._of(was, setting)) != (after := self._of(now, setting))
            # Under a new master key every fingerprint is another, and says nothing of the secret behind it.
            and not (setting.secret and keyed_anew and before and after)
        )

    def explain(self, tx: Tx, found: tuple[Difference, ...], *, managed: bool) -> tuple[Difference, ...]:
        """Note what a change explains that was cut short, or that anybody was free to make.

        Args:
            tx: the journal's; `keep` is to follow in it.
            found: of `differences`.
            managed: the till has a manager: from then on settings are hers.

        Returns:
            What nobody of this program did.
        """
        plan = self._plan()
        mine = tuple(each for each in found if plan["values"].get(each.setting.key) == each.now)
        self._note(tx, mine, plan["reason"], by=plan["actor"])
        rest = tuple(each for each in found if each not in mine)
        free = tuple(each for each in rest if not managed or each.setting.who is Who.ANYBODY)
        self._note(tx, free, "")
        return tuple(each for each in rest if each not in free)

    def put_back(self) -> tuple[str, ...]:
        """Bring settings that were noted and never set in this folder: of a journal restored onto another machine.

        Without them the till would give the bill numbers of a till as shipped and take more at risk than was decided.
        Secrets come with the backup of the keys.
        """
        return self._settings.put_back(self._was() or {})

    def keep(self, tx: Tx) -> None:
        """From now on this is how the settings were."""
        self._keep(tx, self._now())

    def _keep(self, tx: Tx, kept: Kept) -> None:
        tx.keep(KEPT, self._sealed(KEPT, {_KEY_MARK: self._key_mark(), **kept}))
        tx.keep(_MEANT, "")

    def _key_mark(self) -> str:
        return self._vault.lookup(_SECRET, "").hex()

    @property
    def begun(self) -> bool:
        """Whether anything was ever noted in this journal."""
        return self._journal.kept(KEPT) is not None

    @staticmethod
    def _note(tx: Tx, changed: tuple[Difference, ...] | list[Difference], reason: str, by: str = "") -> None:
        extra = {name: text for name, text in (("reason", reason), ("by", by)) if text}
        for each in changed:
            tx.audit("setting.changed", each.setting.key, **each.facts(), **extra)

    def _now(self) -> Kept:
        now = {key: value for key, value in self._settings.given().items()}
        for setting in SETTINGS:
            if setting.secret and (text := self._settings.text(setting.key)):
                now[setting.key] = self._fingerprint(setting, text)
        return now | {_KEY_MARK: self._key_mark()}

    def _was(self) -> Kept | None:
        text = self._journal.kept(KEPT)
        if not text:
            return None
        if text.startswith("{"):  # of a program before this one, which kept it open
            return _as_map(text)
        return self._opened(KEPT, text)

    def _plan(self) -> dict[str, Any]:
        nothing: dict[str, Any] = {"actor": "", "reason": "", "values": {}}
        text = self._journal.kept(_MEANT)
        return nothing | (self._opened(_MEANT, text) if text else {})

    def _of(self, kept: Kept, setting: Setting) -> Value:
        return kept.get(setting.key, self._settings.shipped(setting.key))

    def _fingerprint(self, setting: Setting, value: Value) -> Value:
        if not setting.secret:
            return value
        return self._vault.lookup(_SECRET, str(value)).hex() if value else ""

    def _sealed(self, place: str, value: Mapping[str, object]) -> str:
        return self._vault.seal(json.dumps(value, ensure_ascii=False, sort_keys=True), place).hex()

    def _opened(self, place: str, text: str) -> dict[str, Any]:
        """Nothing where it was tampered with: then every setting that is not as shipped is one that nobody noted."""
        try:
            return _as_map(self._vault.open(bytes.fromhex(text), place))
        except (SecurityError, ValueError):
            return {}


def _as_map(text: str) -> dict[str, Any]:
    found = json.loads(text)
    return found if isinstance(found, dict) else {}
