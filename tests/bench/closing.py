"""Z closing without network on a journal of a million redemptions, beside bare SQL of the same sums and one commit."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pos.bootstrap import Program
from pos.closing_setup import build_closing
from pos.journal.connection import connect
from pos.running import build_slip_printer
from pos.till.review.closing import ZReport
from tests.bench import million
from tests.bench.table import Row
from tests.bench.tills import scratch
from tests.bench.timing import median, seconds_of, undisturbed

ROWS = 1_000_000
TARGET_S = 1.0
_A_DAY = 1_400
_ROUNDS = 5
_SLIPS = """
INSERT INTO print_job (id, bill_number, copy, state, created_utc, tries)
SELECT printf('%026d', seq), number, 0, 'printed', created_utc, 1 FROM bill
WHERE NOT EXISTS (SELECT 1 FROM print_job p WHERE p.bill_number = bill.number)
"""
_BARE = (
    "SELECT r.provider, r.outcome, r.given, count(*), sum(r.amount_vnd) FROM bill b CROSS JOIN redemption r"
    " ON r.bill_number = b.number WHERE b.seq > ? GROUP BY 1, 2, 3"
)


class _Later:
    """The machine's clock, so many days ahead: each round closes a date of its own."""

    def __init__(self) -> None:
        self.ahead = timedelta(days=400)

    def now_utc(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def mono_s(self) -> float:
        import time

        return time.monotonic()


def run() -> list[Row]:
    """A day of 1,400 bills, then everything that was never closed."""
    with scratch() as folder:
        whole = folder / "million"
        million.make(whole, ROWS)
        with closing(sqlite3.connect(whole / "journal.db", isolation_level=None)) as connection:
            connection.execute(_SLIPS)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        first = shutil.copytree(whole, folder / "never-closed")
        days = [_close_days(whole), _close_first(first)]
    return [
        _row(f"Z closing, a day of {_A_DAY:,} bills, {ROWS:,} vouchers", *days[0], target=True),
        _row(f"Z closing, the first, {ROWS:,} vouchers never closed", *days[1], target=False),
    ]


def _row(name: str, ours_s: float, bare_s: float, *, target: bool) -> Row:
    return Row(
        name,
        f"{ours_s * 1000:.0f} ms",
        f"bare SQL and a commit {bare_s * 1000:.0f} ms",
        ours_s / bare_s,
        f"≤ {TARGET_S:.0f} s" if target else "–",
        ours_s <= TARGET_S if target else None,
        "everything of it: figures, open rows, slips, papers, cases, report, chain, commit",
    )


def _close_days(folder: Path) -> tuple[float, float]:
    """Each round closes the last 1,400 bills anew: on a copy whose Z before covers all others."""
    ours, bare = [], []
    for turn in range(_ROUNDS):
        path = shutil.copytree(folder, folder.with_name(f"round-{turn}"))
        newest = _cover_all_but(path, _A_DAY)
        ours.append(_timed(path, lambda report: report.figures.bills >= _A_DAY))
        bare.append(_bare_s(path, newest - _A_DAY))
        shutil.rmtree(path)
    return median(ours), median(bare)


def _close_first(folder: Path) -> tuple[float, float]:
    ours = _timed(folder, lambda report: report.figures.bills >= ROWS // 2)  # of two vouchers now and then
    return ours, _bare_s(folder, 0)


def _cover_all_but(folder: Path, count: int) -> int:
    with closing(sqlite3.connect(folder / "journal.db", isolation_level=None)) as connection:
        newest: int = connection.execute("SELECT max(seq) FROM bill").fetchone()[0]
        audit: int = connection.execute("SELECT max(seq) FROM audit").fetchone()[0]
    with _opened(folder) as program:
        report = build_closing(program, build_slip_printer(program), lambda errand: errand()).close(
            date(2020, 1, 1), "Hương", leave_as_cases=True
        )
    with closing(sqlite3.connect(folder / "journal.db", isolation_level=None)) as connection:
        # The Z of an empty day, moved to where a till that closes every day would have it.
        connection.execute("DROP TRIGGER day_close_fixed")
        connection.execute(
            "UPDATE day_close SET last_bill_seq = ?, audit_seq = ? WHERE number = ?",
            (newest - count, audit - count, report.number),
        )
    return newest


def _opened(folder: Path) -> closing[Program]:
    return closing(Program(folder, clock=_Later()))


def _timed(folder: Path, whole: Callable[[ZReport], bool]) -> float:
    with _opened(folder) as program:
        desk = build_closing(program, build_slip_printer(program), lambda errand: errand())
        day = program.journal.business_date(program.clock.now_utc())
        with undisturbed():
            taken_s = seconds_of(lambda: desk.close(day, "Hương", leave_as_cases=True))
        assert whole(desk.z_reports(1)[0])
    return taken_s


def _bare_s(folder: Path, after: int) -> float:
    with closing(connect(folder / "journal.db")) as connection:

        def bare() -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_BARE, (after,)).fetchall()
            connection.execute("UPDATE counter SET value = value + 1")
            connection.execute("COMMIT")

        return seconds_of(bare)
