"""What happened behind the program's back: settings, risk policy, journal or clock that are not as they were left.

Looked for at every start, written into the audit chain, and told at the counter until a manager has seen it.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pos.domain.audit import AuditValue
from pos.domain.business_date import from_utc_text, local_time, utc_text
from pos.domain.errors import Param, PosError, SecurityError
from pos.journal.store import SqliteJournal
from pos.last_seen import Seen, SeenFile
from pos.notices import Notices
from pos.security.vault import Vault
from pos.settings import Group
from pos.settings_noted import Difference, SettingsNoted, Tx
from pos.till.ports import Clock

SETTINGS_CHANGED = "settings.changed_outside"
POLICY_CHANGED = "policy.changed_outside"
JOURNAL_BACK = "journal.went_back"
JOURNAL_OTHER = "journal.other"
SEEN_MISSING = "seen.missing"
CLOCK_BACK = "clock.went_back"
KINDS = (SETTINGS_CHANGED, POLICY_CHANGED, JOURNAL_BACK, JOURNAL_OTHER, SEEN_MISSING, CLOCK_BACK)
"""Kinds in the audit chain, and codes of the sentences a manager reads."""

_BEGUN = "watch.begun"
_SEEN_SINCE, _CLOCK_TOLD = "seen_since", "clock_told"
_BACK_S = 5.0
_EVERY_S = 300.0
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class _Found:
    kind: str
    ref: str
    facts: dict[str, AuditValue]


class OutsideWatch:
    """Compares at the start, remembers while the till runs. Any thread but the GUI's."""

    def __init__(
        self, folder: Path, vault: Vault, journal: SqliteJournal, noted: SettingsNoted, notices: Notices, clock: Clock
    ) -> None:
        self._file, self._journal, self._noted, self._clock = SeenFile(folder, vault), journal, noted, clock
        self._notices = notices
        self._lock = threading.Lock()
        self._remembered: Seen | None = None
        self._due_mono_s = 0.0
        self._latest_text = ""

    # ------------------------------------------------------------ at the start

    def look(self, *, managed: bool) -> datetime | None:
        """Compare everything with how it was left, and note what does not fit.

        Args:
            managed: the till has a manager: before that settings may be changed by any means.

        Returns:
            The latest time this till is known to have been at; None: it is new.

        Raises:
            JournalError: nothing was noted; the till does not open.
        """
        seen, found, first = self._read()
        if seen is not None and not seen.accepted_by:
            found += self._of_the_journal(seen)
        latest = self._latest(seen)
        self._latest_text = utc_text(latest) if latest is not None else ""
        found += self._of_the_clock(latest)
        accepted = seen.accepted_by if seen is not None else ""
        brought = self._noted.put_back() if accepted else ()
        differences = self._noted.differences()
        if found or differences or accepted or first or not self._noted.begun:
            with self._journal.transaction(accepted) as tx:
                if first:
                    tx.audit(_BEGUN, "")
                    tx.keep(_SEEN_SINCE, utc_text(self._clock.now_utc()))
                if accepted:
                    tx.audit("journal.end_accepted", str(self._journal.chain_end()[0]))
                if brought:
                    tx.audit("settings.put_back", "", keys=", ".join(brought))
                unexplained = self._noted.explain(tx, differences, managed=managed and not accepted and not first)
                found += _of_the_settings(unexplained)
                self._note(tx, found)
                self._noted.keep(tx)
        self._remembered = None if accepted or found else seen
        self.remember()
        return latest

    def _read(self) -> tuple[Seen | None, list[_Found], bool]:
        """What was seen last, what is wrong with it, and whether nobody has looked at this journal before."""
        try:
            seen = self._file.read()
        except SecurityError:
            return None, [_Found(SEEN_MISSING, "damaged", {})], False
        if seen is not None:
            return seen, [], False
        # The chain itself says it, for whoever takes file and mark away together; read through once in a till's life.
        if self._journal.kept(_SEEN_SINCE) is None and not self._journal.chain_has(_BEGUN):
            return None, [], True
        return None, [_Found(SEEN_MISSING, "lost", {})], False

    def _of_the_journal(self, seen: Seen) -> list[_Found]:
        """The link that was last must still be there: it is only ever followed by others."""
        links, _ = self._journal.chain_end()
        facts: dict[str, AuditValue] = {"was": seen.links, "now": links, "at": _moment(seen.at_utc)}
        if links < seen.links:
            return [_Found(JOURNAL_BACK, str(seen.links), facts)]
        if seen.links and self._journal.chain_hash(seen.links) != seen.hash:
            return [_Found(JOURNAL_OTHER, str(seen.links), facts)]
        return []

    def _latest(self, seen: Seen | None) -> datetime | None:
        times = [self._journal.latest_record_utc(), from_utc_text(seen.at_utc) if seen else None]
        return max((time for time in times if time is not None), default=None)

    def _of_the_clock(self, latest: datetime | None) -> list[_Found]:
        """Told once for each time it was set back, not at every start until the time has come round again."""
        now = self._clock.now_utc()
        if latest is None or now >= latest - timedelta(seconds=_BACK_S):
            return []
        text = utc_text(latest)
        if self._journal.kept(_CLOCK_TOLD) == text:
            return []
        return [_Found(CLOCK_BACK, text, {"was": _moment(text), "now": _moment(utc_text(now))})]

    def _note(self, tx: Tx, found: Sequence[_Found]) -> None:
        told: dict[str, dict[str, Param]] = {}
        for each in found:
            tx.audit(each.kind, each.ref, **each.facts)
            told.setdefault(each.kind, dict(each.facts))
            if each.kind == CLOCK_BACK:
                tx.keep(_CLOCK_TOLD, each.ref)
        for kind in (SETTINGS_CHANGED, POLICY_CHANGED):
            keys = [each.ref for each in found if each.kind == kind]
            if keys:
                told[kind] = {"keys": ", ".join(keys[:_MOST_NAMED]) + ("…" if len(keys) > _MOST_NAMED else "")}
        self._notices.add(tx, told)

    # ------------------------------------------------------------ while it runs

    def remember_if_due(self) -> None:
        """Every few minutes: what an older copy of the journal would lose is then no more than that."""
        if self._clock.mono_s() >= self._due_mono_s:
            self.remember()

    def remember(self) -> None:
        """Put down how the chain ends now. A disk in trouble is told by the journal; it does not stop here."""
        with self._lock, suppress(PosError):
            self._due_mono_s = self._clock.mono_s() + _EVERY_S
            links, digest = self._journal.chain_end()
            now = self._clock.now_utc()
            last = self._remembered
            if last is not None and last.links == links and now < from_utc_text(last.at_utc) + timedelta(hours=1):
                return
            # The latest that was ever seen: a clock set back must not wipe out its own trace.
            seen = Seen(links, digest, max(utc_text(now), last.at_utc if last is not None else self._latest_text))
            self._file.write(seen)
            self._remembered = seen


def _of_the_settings(changed: Sequence[Difference]) -> list[_Found]:
    return [
        _Found(
            POLICY_CHANGED if each.setting.group is Group.POLICY else SETTINGS_CHANGED, each.setting.key, each.facts()
        )
        for each in changed
    ]


def _moment(at_utc: str) -> str:
    return f"{local_time(from_utc_text(at_utc)):%H:%M %d/%m/%Y}"
