"""Takes a data folder back to the version before its last upgrade, for `quay rollback`. Part of the bootstrap."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pos.journal import rollback
from pos.journal.intents import FOLDER
from pos.journal.rollback import RolledBack
from pos.version import build

if TYPE_CHECKING:
    from pos.bootstrap import Folder
    from pos.till.ports import Clock


@contextmanager
def rolled_back(folder: Folder, clock: Clock, *, by: str = "", why: str = "") -> Iterator[RolledBack]:
    """The journal as the version before would have it, to be looked at; thrown away unless `put_in_place` is called.

    Args:
        folder: opened; nobody else is in it.
        clock: of this machine.
        by: whose hand it is.
        why: in a few words.

    Raises:
        PosError: as `pos.journal.rollback.build`.
    """
    built = rollback.build(folder.journal_path, folder.vault_for_copies(), clock.now_utc(), by=by, why=why)
    try:
        yield built
    finally:
        rollback.discard(built)


def put_in_place(folder: Folder, clock: Clock, built: RolledBack, *, by: str) -> None:
    """From here on the journal is the older version's.

    Raises:
        JournalError: it is the one it was.
        SecurityError: it is the older one's, but the next start will find settings that nobody noted.
    """
    from pos.domain.business_date import utc_text
    from pos.last_seen import accept_restored

    rollback.put_in_place(folder.journal_path, folder.path / FOLDER, built)
    accept_restored(folder.path, folder.vault, actor=by, at_utc=utc_text(clock.now_utc()))


def program_sentence() -> str:
    """Key of the sentence that says how the program of before comes back, by the way this one was installed."""
    package = build().package
    return f"rollback.program.{package if package in ('deb', 'tarball', 'windows') else 'other'}"
