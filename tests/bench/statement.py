"""An issuer's file of 100,000 lines against a journal of a million redemptions, as CSV and as XLSX."""

from __future__ import annotations

import csv
import resource
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import xlsxwriter

from pos.reports_setup import build_statement
from pos.till.review.statement_desk import StatementDesk
from tests.bench import million
from tests.bench.table import Row
from tests.bench.tills import open_till, scratch
from tests.bench.timing import seconds_of

ROWS, LINES = 1_000_000, 100_000
TARGET_S = 5.0
_HEAD = ("Mã giao dịch", "Số hóa đơn", "Mã voucher", "Số tiền", "Thời gian", "Trạng thái")
_LINES = """
SELECT transaction_id, bill_number, '****' || code_ending, amount_vnd,
    strftime('%d/%m/%Y %H:%M', created_utc, '+7 hours'), business_date FROM redemption
WHERE provider = 'gotit' AND outcome = 'used' AND given = 1 AND business_date >= (
    SELECT date(min(business_date), '+200 days') FROM redemption) ORDER BY id LIMIT ?
"""


class _Run:
    """Nobody stops it; counts what it tells."""

    def __init__(self) -> None:
        self.told = 0

    def stopped(self) -> bool:
        return False

    def progress(self, done: int, total: int) -> None:
        self.told += 1


@contextmanager
def _gaps() -> Iterator[list[float]]:
    """The longest time another thread of the program had to wait for its turn, while something runs."""
    gaps, going = [0.0], threading.Event()

    def tick() -> None:
        last = time.perf_counter()
        while not going.wait(0.005):
            now = time.perf_counter()
            gaps[0] = max(gaps[0], now - last - 0.005)
            last = now

    thread = threading.Thread(target=tick)
    thread.start()
    try:
        yield gaps
    finally:
        going.set()
        thread.join()


def _write(folder: Path) -> tuple[Path, Path, tuple[str, str]]:
    """The same statement twice, and its first and last date: one line in a thousand is wrong."""
    with closing(sqlite3.connect(folder / "till" / "journal.db")) as connection:
        found = connection.execute(_LINES, (LINES,)).fetchall()
    lines = [
        (*row[:3], row[3] + (1000 if number % 1000 == 0 else 0), row[4], "Thành công")
        for number, row in enumerate(found)
    ]
    as_csv, as_xlsx = folder / "a.csv", folder / "a.xlsx"
    with as_csv.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out, delimiter=";").writerows([_HEAD, *lines])
    book = xlsxwriter.Workbook(str(as_xlsx), {"constant_memory": True})
    sheet = book.add_worksheet()
    for number, line in enumerate([_HEAD, *lines]):
        sheet.write_row(number, 0, line)
    book.close()
    return as_csv, as_xlsx, (found[0][5], found[-1][5])


def _bare(folder: Path, as_csv: Path, dates: tuple[str, str]) -> float:
    """The least that must be done: read the file with the standard library, read the rows, look each up."""

    def job() -> None:
        with closing(sqlite3.connect(folder / "till" / "journal.db")) as connection:
            ours = dict(
                connection.execute(
                    "SELECT transaction_id, amount_vnd FROM redemption WHERE business_date BETWEEN ? AND ?"
                    " AND provider = 'gotit'",
                    dates,
                )
            )
        with as_csv.open(encoding="utf-8-sig", newline="") as source:
            lines = csv.reader(source, delimiter=";")
            next(lines)
            wrong = sum(1 for line in lines if ours.get(line[0]) != int(line[3]))
        if not wrong:
            raise RuntimeError("nothing was compared")

    return seconds_of(job)


def _measure(desk: StatementDesk, path: Path) -> tuple[float, float, float]:
    run = _Run()
    with _gaps() as gaps:
        began, busy = time.perf_counter(), time.process_time()
        preview = desk.preview("gotit", str(path))
        result = desk.keep(desk.compare(preview, run), preview.layout, actor="Hương")
        taken, busy = time.perf_counter() - began, time.process_time() - busy
    if result.matched != LINES - LINES // 1000 or run.told < LINES // 2000:
        raise RuntimeError(f"{result.matched} matched, {dict(result.counts)}, progress told {run.told} times")
    return taken, busy, gaps[0]


def run() -> list[Row]:
    """Preview, compare and keep, as a manager does; beside it the bare reading and looking up."""
    with scratch() as folder:
        million.make(folder / "till", ROWS)
        as_csv, as_xlsx, dates = _write(folder)
        rows = []
        with open_till(folder / "till") as program:
            desk = build_statement(program.journal, program.built.labels)
            bare_s = min(_bare(folder, as_csv, dates) for _ in range(3))
            for path in (as_csv, as_xlsx):
                before_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                taken_s, busy_s, gap_s = min(_measure(desk, path) for _ in range(2))
                grown_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before_mb
                rows.append(
                    Row(
                        f"statement of 100,000 rows, {path.suffix[1:]}",
                        f"{taken_s:.2f} s",
                        f"bare csv and SQL {bare_s:.2f} s",
                        taken_s / TARGET_S,
                        f"≤ {TARGET_S:.0f} s",
                        taken_s <= TARGET_S,
                        f"preview, compare, keep the differences; journal of {ROWS:,}; {busy_s:.2f} s of one processor;"
                        f" peak memory + {grown_mb:.0f} MB;"
                        f" another thread waited {gap_s * 1000:.0f} ms at most",
                    )
                )
        return rows
