"""What was done to the journal and a manager has not acknowledged yet: kept in the journal itself."""

from __future__ import annotations

import json
from dataclasses import asdict

from pos.domain.business_date import from_utc_text, utc_text
from pos.journal.store import SqliteJournal
from pos.till.backups import JournalNotice, NoticeKind

KEPT = "journal_notices"


class JournalNotices:
    """Reads and ends them. Any thread but the GUI's."""

    def __init__(self, journal: SqliteJournal) -> None:
        self._journal = journal

    def open(self) -> tuple[JournalNotice, ...]:
        """Those that nobody has acknowledged, oldest first."""
        return read_notices(self._journal.kept(KEPT))

    def acknowledge(self, actor: str) -> None:
        """Somebody has read them all. Raises `JournalError`."""
        found = self.open()
        if not found:
            return
        with self._journal.transaction(actor) as tx:
            tx.audit("journal.notice_read", found[-1].set_aside, notices=len(found))
            tx.keep(KEPT, "[]")


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
