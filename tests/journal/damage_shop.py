"""A till that died in the middle of selling, and every way in which its files are hurt afterwards."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from pos.bootstrap import Program
from pos.domain.backups import CopyReason
from pos.journal.connection import connect
from pos.journal.intents import segments
from tests.bench.tills import OfflineCounter, fresh_codes, set_up

BEFORE, AFTER = 4, 4
"""Bills before the copy and after it."""
_PAGE = 4096


def die(program: Program) -> None:
    """As a killed process: what the operating system has stays, nothing is closed in order."""
    program.journal.core.connections._open.clear()  # their descriptors are leaked on purpose: no checkpoint
    program.built.close()
    program.lock.release()


def sell_and_die(folder: Path) -> list[str]:
    """A day: opened and closed once, then some bills, a copy, more bills, and death. Returns the bills."""
    set_up(folder)
    Program(folder).close()
    program = Program(folder)
    counter, codes = OfflineCounter(program), iter(fresh_codes(BEFORE + AFTER, seed=8))
    bills = [counter.accept(next(codes)) for _ in range(BEFORE)]
    program.backups.make(CopyReason.HOURLY, "")
    bills += [counter.accept(next(codes)) for _ in range(AFTER)]
    log = program.journal.core.log
    assert log is not None
    log.flush()
    _kept_open.append(program)
    die(program)
    return bills


_kept_open: list[Program] = []
"""Else Python would close the connections of a dead till, and SQLite would tidy up behind it."""


def another(folder: Path, scratch: Path) -> Path:
    """The journal of another till."""
    set_up(scratch)
    program = Program(scratch)
    OfflineCounter(program).fill(fresh_codes(2, seed=99))
    program.close()
    return scratch / "journal.db"


def _bytes(path: Path, first: int, last: int, what: bytes) -> None:
    stored = bytearray(path.read_bytes())
    last = min(last, len(stored))
    stored[first:last] = (what * (last - first))[: last - first]
    path.write_bytes(stored)


def _checkpointed(db: Path) -> None:
    """All of it in the file itself, which is in use all the same: the day's pages can be hurt."""
    with closing(sqlite3.connect(db)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def truncate(db: Path) -> None:
    _checkpointed(db)
    db.write_bytes(db.read_bytes()[: _PAGE * 20])


def zero_a_page(db: Path) -> None:
    _checkpointed(db)
    root = _root_of(db, "redemption")
    _bytes(db, (root - 1) * _PAGE, root * _PAGE, b"\0")


def flip_the_header(db: Path) -> None:
    _bytes(db, 0, 16, b"\x5a")


def flip_the_middle(db: Path) -> None:
    _checkpointed(db)
    _bytes(db, _PAGE * 10, db.stat().st_size - _PAGE, b"\xa5")


def flip_the_log(db: Path) -> None:
    wal = db.with_name("journal.db-wal")
    _bytes(wal, wal.stat().st_size // 2, wal.stat().st_size, b"\xa5")


def lose_the_log(db: Path) -> None:
    db.with_name("journal.db-wal").unlink()
    db.with_name("journal.db-shm").unlink(missing_ok=True)


def lose_the_file(db: Path) -> None:
    db.unlink()


def lose_all(db: Path) -> None:
    for side in ("", "-wal", "-shm"):
        db.with_name(f"journal.db{side}").unlink(missing_ok=True)


def swap_for_another_kind(db: Path) -> None:
    lose_all(db)
    with closing(sqlite3.connect(db)) as raw:
        raw.execute("CREATE TABLE recipes (name TEXT)")


DAMAGES: dict[str, Callable[[Path], None]] = {
    "truncated": truncate,
    "a page of zeros": zero_a_page,
    "header": flip_the_header,
    "middle": flip_the_middle,
    "-wal": flip_the_log,
    "-wal lost": lose_the_log,
    "file lost": lose_the_file,
    "all lost": lose_all,
    "another kind": swap_for_another_kind,
}


def _root_of(db: Path, table: str) -> int:
    with closing(connect(db, writing=False)) as raw:
        root: int = raw.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()[0]
    return root


def without_log(folder: Path) -> None:
    shutil.rmtree(folder / "intents")


def without_copies(folder: Path) -> None:
    shutil.rmtree(folder / "copies")


def torn_log(folder: Path) -> None:
    """Its last record is half there, as a power cut leaves it."""
    newest = segments(folder / "intents")[-1]
    newest.write_bytes(newest.read_bytes()[:-200])


@contextmanager
def opened(folder: Path) -> Iterator[Program]:
    """The next start."""
    program = Program(folder)
    try:
        yield program
    finally:
        program.close()


def standing(program: Program, bills: list[str]) -> list[str]:
    """Which of these bills stand in the journal, with their voucher given and its work in the queue."""
    queued = {entry.redemption_id for entry in program.journal.outbox()}
    return [
        bill
        for bill in bills
        if program.journal.bill(bill) is not None
        and all(row.state.given and row.id in queued for row in program.journal.redemptions_of(bill))
    ]
