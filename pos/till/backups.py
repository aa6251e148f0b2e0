"""Copies of the journal and its second log, as a manager sees them; and what they need from outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from pos.domain.backups import CopyReason
from pos.till.review.events import Running
from pos.till.views import Message


@dataclass(frozen=True, slots=True)
class CopyMade:
    """One copy of the journal.

    Args:
        name: of its file, without the folder: what `verify` and `restore` are given.
        path: where it stands.
        made_utc: when.
        reason: why.
        bytes: length of the file.
        rows: bills, redemptions, sales and bookings in it.
        schema: of the journal in it.
        links: length of the audit chain in it; `last_hash` (hex) its end, as a closing slip prints it.
        verified: it was read through after it was made, and is as it was then (as far as length tells).
        second: also in the second folder.
    """

    name: str
    path: str
    made_utc: datetime
    reason: CopyReason
    bytes: int
    rows: int
    schema: int
    links: int
    last_hash: str
    verified: bool
    second: bool = False


@dataclass(frozen=True, slots=True)
class LogView:
    """The second log. `whole`: every transaction since `since_link` stands in it."""

    whole: bool
    bytes: int
    since_link: int


@dataclass(frozen=True, slots=True)
class BackupView:
    """How it stands.

    Args:
        folder: where copies lie.
        copies: newest first.
        second_folder: as set; empty: none.
        second_fault: why the last copy is not there as well (the stick is missing, full…).
        fault: why the last try to make a copy failed.
        log: the second log; None: there is none (a journal that is only looked at).
    """

    folder: str
    copies: tuple[CopyMade, ...]
    second_folder: str = ""
    second_fault: Message | None = None
    fault: Message | None = None
    log: LogView | None = None

    @property
    def newest(self) -> CopyMade | None:
        """The newest good one."""
        return next((copy for copy in self.copies if copy.verified), None)


class NoticeKind(StrEnum):
    """What was done to the journal behind the cashier's back."""

    REBUILT = "rebuilt"  # it was damaged
    RESTORED = "restored"  # a manager went back to a copy
    ROLLED_BACK = "rolled_back"  # it was brought back to the schema of an earlier program


@dataclass(frozen=True, slots=True)
class JournalNotice:
    """What a manager must know of a journal that was rebuilt, restored or rolled back, until she has said so.

    Args:
        kind: which of them.
        at_utc: when.
        by: who restored; "" for a rebuilding that went by itself.
        what: what was found damaged, a word of `journal.damage.<what>`; why it was rolled back.
        copy: name of the copy it was made from; "" for the file itself or from the log's beginning.
        from_log: transactions that came from the second log.
        from_damaged: transactions that came from the damaged file, proven by chain and seals.
        certain: nothing can be missing.
        missing: bills that are known by name and could not be brought back, at most 50.
        missing_count: how many in all.
        set_aside: name of the folder where the old files lie.
        check: bills of bookings that may have been paid since; vouchers and sales the till asks about by itself.
    """

    kind: NoticeKind
    at_utc: datetime
    by: str
    what: str
    copy: str
    from_log: int
    from_damaged: int
    certain: bool
    missing: tuple[str, ...]
    missing_count: int
    set_aside: str
    check: tuple[str, ...] = ()


class BackupPort(Protocol):
    """Copies for a manager. On the report or manager thread, or a command's."""

    def view(self) -> BackupView:
        """How it stands; reads the folder."""

    def make(self, reason: CopyReason, actor: str, running: Running | None = None) -> CopyMade:
        """Make one now.

        Raises:
            JournalError: `backup.…`: none was made; what stood there stands.
        """

    def verify(self, name: str) -> CopyMade:
        """Read a copy through: pages, length and sum as when it was made, its audit chain link by link.

        Raises:
            JournalError: `backup.missing`, `backup.damaged`.
        """

    def notices(self) -> Sequence[JournalNotice]:
        """What no manager has acknowledged yet."""

    def acknowledge(self, actor: str) -> None:
        """A manager has read them."""
