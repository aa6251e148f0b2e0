"""What was done to the journal itself and no manager has acknowledged yet: kept in it, with everything there is to say.

That it is told at the counter, and whether anybody has seen it, stands with all other notices (`pos.notices`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Protocol

from pos.domain.business_date import from_utc_text, local_time, utc_text
from pos.journal.store import SqliteJournal
from pos.till.backups import JournalNotice, NoticeKind

KEPT, TOLD = "journal_notices", "notices"


class Keeps(Protocol):
    """A write transaction of the journal."""

    def keep(self, name: str, text: str) -> None:
        """Keep a text of the program's own."""


class JournalNotices:
    """Reads and ends them. Any thread but the GUI's."""

    def __init__(self, journal: SqliteJournal) -> None:
        self._journal = journal

    def open(self) -> tuple[JournalNotice, ...]:
        """Those that nobody has acknowledged, oldest first."""
        told = json.loads(self._journal.kept(TOLD) or "{}")
        return tuple(one for one in read_notices(self._journal.kept(KEPT)) if code_of(one) in told)

    def acknowledge(self, actor: str) -> None:
        """Somebody has read them all. Raises `JournalError`."""
        found = self.open()
        if not found:
            return
        told = json.loads(self._journal.kept(TOLD) or "{}")
        with self._journal.transaction(actor) as tx:
            for code in {code_of(one) for one in found}:
                told.pop(code, None)
                tx.audit("notice.seen", code)
            tx.keep(TOLD, json.dumps(told, ensure_ascii=False))
            tx.keep(KEPT, "[]")


def code_of(notice: JournalNotice) -> str:
    """The sentence that tells it: `journal.rebuilt`, `journal.restored`; with `_in_doubt` where it is not certain."""
    return f"journal.{notice.kind.value}{'' if notice.certain else '_in_doubt'}"


def told_with(text: str | None, notice: JournalNotice) -> str:
    """All that is told at the counter once this one has come."""
    facts = {
        "at": f"{local_time(notice.at_utc):%H:%M %d/%m/%Y}",
        "who": notice.by,
        "count": notice.from_log + notice.from_damaged,
        "missing": notice.missing_count,
        "folder": notice.set_aside,
    }
    return json.dumps(json.loads(text or "{}") | {code_of(notice): facts}, ensure_ascii=False)


def name_bookings(journal: SqliteJournal, tx: Keeps, bills: Sequence[str]) -> None:
    """Bookings that somebody has to look at, into the newest notice."""
    values = json.loads(journal.kept(KEPT) or "[]")
    if values:
        values[-1]["check"] = list(bills)
        tx.keep(KEPT, json.dumps(values, ensure_ascii=False))


def read_notices(text: str | None) -> tuple[JournalNotice, ...]:
    """From what is kept."""
    return tuple(
        JournalNotice(
            **one
            | {
                "kind": NoticeKind(one["kind"]),
                "at_utc": from_utc_text(one["at_utc"]),
                "missing": tuple(one["missing"]),
                "check": tuple(one["check"]),
            }
        )
        for one in json.loads(text or "[]")
    )


def with_notice(text: str | None, notice: JournalNotice) -> str:
    """What is to be kept once this one has come."""
    values = [*json.loads(text or "[]"), asdict(notice) | {"at_utc": utc_text(notice.at_utc)}]
    return json.dumps(values, ensure_ascii=False)
