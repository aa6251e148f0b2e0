"""Takes a data folder back to the version before its last upgrade, for `quay rollback`. Part of the bootstrap."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pos.journal import rollback
from pos.journal.intents import FOLDER
from pos.journal.rollback import RolledBack
from pos.updates.placing import placing_for
from pos.version import build

if TYPE_CHECKING:
    from pos.bootstrap import Folder
    from pos.i18n import Translator
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


def program_sentence(words: Translator) -> str:
    """How the program of before comes back, by the way this one was installed.

    Never through a command of this program: it would open the data, and upgrade it again.
    """
    package = build().package
    if package not in ("deb", "tarball", "windows"):
        return words.t("rollback.program.other")
    program = Path(sys.executable)
    version = placing_for(package, program).previous()
    return words.t(f"rollback.program.{package}", version=version, prefix=str(program.resolve().parents[2]))
