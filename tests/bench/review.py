"""The manager's day on a journal of 1,000,000 redemptions over two years, beside the bare SQL of the same run."""

from __future__ import annotations

import random
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from pos.bootstrap import Program
from pos.domain.errors import JournalError
from pos.reports_setup import build_day
from pos.running import RunningTill
from pos.till.review.day import DayDesk
from pos.till.review.day_views import Query, RowKind, Standing
from tests.bench import million
from tests.bench.table import Row
from tests.bench.tills import WORTH_VND, OfflineCounter, fresh_codes, open_till, scratch, set_up
from tests.bench.timing import each_s, in_turns, median, median_ratio, percentile, seconds_of, undisturbed
from tests.bench.volume import Engine
from tests.sandbox_process import SandboxProcess

ROWS = 1_000_000
DAY_MS, TIMELINE_MS, FRAME_MS, BESIDE = 100.0, 30.0, 16.0, 1.2
_ROUNDS, _WINDOWS, _SCANS, _ACCEPT_ROUNDS, _ACCEPTS = 21, 300, 150, 60, 20
_PAGE = 100
_INDEXES = ("redemption_of_day", "redemption_apart", "redemption_ending", "bill_tail", "audit_ref")
"""Those of schema 6 that a redemption's commit has to keep up."""


class Unhurried:
    """A run that nobody stops before the measurement does."""

    def __init__(self) -> None:
        self.under_way, self.over = threading.Event(), threading.Event()

    def stopped(self) -> bool:
        return self.over.is_set()

    def progress(self, done: int, total: int) -> None:
        if done > 1:
            self.under_way.set()


def run() -> list[Row]:
    """All of it."""
    with scratch() as folder:
        made_s = seconds_of(lambda: million.make(folder / "whole", ROWS, whole=True))
        megabytes = (folder / "whole" / "journal.db").stat().st_size / 1e6
        with open_till(folder / "whole") as till, closing(sqlite3.connect(till.journal.path)) as bare, undisturbed():
            rows = Questions(build_day(till.journal, till.clock), bare).rows()
        rows[0] = replace(rows[0], note=f"{ROWS:,} redemptions, {megabytes:,.0f} MB, made in {made_s:.0f} s")
        shutil.rmtree(folder / "whole")
        million.make(folder / "plain", ROWS)
        return [*rows, _scan_beside_a_report(folder), _commit_with_indexes(folder)]


class Questions:
    """Ours and the bare SQL of each, by turns."""

    def __init__(self, desk: DayDesk, bare: sqlite3.Connection) -> None:
        self._desk = desk
        self._bare = bare
        bare.execute("PRAGMA cache_size = -8000")
        text = bare.execute("SELECT max(business_date) FROM sale").fetchone()[0]
        self._day = date.fromisoformat(text)
        self._one = Query(self._day, self._day)
        self._all = Query(self._day - timedelta(days=million.DAYS + 1), self._day + timedelta(days=1))
        self._run = Unhurried()

    def rows(self) -> list[Row]:
        """The lines of the table."""
        dates = {"first": self._all.first.isoformat(), "last": self._all.last.isoformat()}
        within = "FROM redemption INDEXED BY redemption_of_day WHERE business_date BETWEEN :first AND :last"
        newest = "ORDER BY business_date DESC, id DESC LIMIT 100"
        all_of = self._all
        return [
            self._row(
                "day opens: all figures", lambda: self._desk.view(self._one, self._run),
                "SELECT provider, outcome, given, count(*), sum(amount_vnd) FROM redemption WHERE business_date = :day"
                " GROUP BY 1, 2, 3", {"day": self._day.isoformat()}, DAY_MS,
            ),
            self._page("day opens: first rows", self._one, f"{within} {newest}", {
                "first": self._day.isoformat(), "last": self._day.isoformat(),
            }),
            self._page(
                "two years, refused and lost", replace(all_of, standings=frozenset({Standing.REFUSED, Standing.LOSS})),
                f"{within} AND outcome = 'refused' {newest}", dates,
            ),
            self._page(
                "two years, at risk or open", replace(all_of, standings=frozenset({Standing.AT_RISK, Standing.OPEN})),
                f"{within} AND outcome IN ('unsent', 'in_flight', 'unknown') {newest}", dates,
            ),
            self._page(
                "two years, one cashier and issuer",
                replace(all_of, people=frozenset({"Minh"}), issuers=frozenset({"vinid"})),
                f"{within} AND cashier = 'Minh' AND provider = 'vinid' {newest}", dates,
            ),
            self._page(
                "two years, an amount that none has", replace(all_of, low_vnd=777_001, high_vnd=777_002),
                f"{within} AND amount_vnd BETWEEN 777001 AND 777002 {newest}", dates,
            ),
            self._page(
                "search: last 4 characters", replace(all_of, text="2835"),
                "FROM redemption WHERE code_ending = '2835' ORDER BY id DESC LIMIT 100", {},
            ),
            self._page(
                "search: running number", replace(all_of, text="149"),
                "FROM bill b JOIN redemption r ON r.bill_number = b.number WHERE substr(b.number, -4) = '0149'"
                " ORDER BY r.id DESC LIMIT 100", {}, columns="r.id",
            ),
            self._page(
                "search: a bill number that none has", replace(all_of, text="CH01-T9-20260101-000149"),
                "FROM redemption WHERE bill_number = 'CH01-T9-20260101-000149'", {},
            ),
            self._timelines(),
            *self._windows(),
            self._whole_range(),
        ]  # fmt: skip

    def _page(self, name: str, query: Query, sql: str, values: dict[str, Any], *, columns: str = "id") -> Row:
        return self._row(
            name, lambda: self._desk.rows(query, 0, _PAGE, self._run), f"SELECT {columns} {sql}", values, DAY_MS
        )

    def _row(self, name: str, ours: Callable[[], object], sql: str, values: dict[str, Any], target_ms: float) -> Row:
        taken = in_turns(
            {
                "ours": lambda: seconds_of(ours),
                "bare": lambda: seconds_of(lambda: self._bare.execute(sql, values).fetchall()),
            },
            _ROUNDS,
        )
        return _in_ms(name, taken["ours"], taken["bare"], target_ms)

    def _timelines(self) -> Row:
        found = replace(self._all, text="2835", kinds=frozenset({RowKind.REDEMPTION}))
        ids = [row.id for row in self._desk.rows(found, 0, _PAGE, self._run).rows]
        turn = {"ours": iter(ids), "bare": iter(ids)}
        taken = in_turns(
            {
                "ours": lambda: seconds_of(lambda: self._desk.timeline(RowKind.REDEMPTION, next(turn["ours"]))),
                "bare": lambda: seconds_of(lambda: self._evidence(next(turn["bare"]))),
            },
            len(ids),
        )
        return _in_ms("one timeline", taken["ours"], taken["bare"], TIMELINE_MS, f"{len(ids)} different redemptions")

    def _evidence(self, row_id: str) -> None:
        run = self._bare.execute
        bill = run("SELECT bill_number FROM redemption WHERE id = ?", (row_id,)).fetchone()[0]
        calls = run("SELECT call_id FROM attempt WHERE redemption_id = ?", (row_id,)).fetchall()
        jobs = run("SELECT id FROM print_job WHERE bill_number = ?", (bill,)).fetchall()
        for ref in (row_id, bill, *(row[0] for row in calls + jobs)):
            run("SELECT * FROM audit WHERE ref = ?", (ref,)).fetchall()
        for call in calls:
            run("SELECT * FROM answer WHERE call_id = ?", call).fetchall()

    def _windows(self) -> Iterator[Row]:
        """Anywhere in the list: the first one counts the days, every other one is a look into its own day."""
        sql = (
            "SELECT id FROM redemption INDEXED BY redemption_of_day WHERE business_date BETWEEN ? AND ?"
            " ORDER BY business_date DESC, id DESC LIMIT 100 OFFSET ?"
        )
        draw = random.Random(7)
        ends = (self._all.first.isoformat(), self._all.last.isoformat())
        total = 0

        def first_far() -> None:
            nonlocal total
            total = self._desk.rows(self._all, ROWS // 2, _PAGE, self._run).total or 0

        far_s = seconds_of(first_far)
        bare_s = seconds_of(lambda: self._bare.execute(sql, (*ends, ROWS // 2)).fetchall())
        yield _in_ms("scrolled to the middle: first window", [far_s], [bare_s], None, f"{total:,} rows counted by day")
        places = [draw.randrange(total - _PAGE) for _ in range(_WINDOWS)]
        ours = [seconds_of(partial(self._desk.rows, self._all, at, _PAGE, self._run)) for at in places]
        bare = [seconds_of(partial(self._fetch, sql, (*ends, at))) for at in places[:_ROUNDS]]
        name, ratio = f"any window of {total:,} rows", median(ours) / median(bare)
        worst_ms = 1e3 * percentile(ours, 95)
        yield Row(
            name, f"{1e3 * median(ours):.1f} ms (p95 {worst_ms:.1f})", f"bare OFFSET: {1e3 * median(bare):.1f} ms",
            ratio, f"p95 ≤ {FRAME_MS:.0f} ms", worst_ms <= FRAME_MS,
        )  # fmt: skip

    def _fetch(self, sql: str, values: tuple[Any, ...]) -> None:
        self._bare.execute(sql, values).fetchall()

    def _whole_range(self) -> Row:
        ours_s = seconds_of(lambda: self._desk.view(self._all, self._run))
        sql = "SELECT provider, outcome, given, count(*), sum(amount_vnd) FROM redemption GROUP BY 1, 2, 3"
        bare_s = seconds_of(lambda: self._bare.execute(sql).fetchall())
        return _in_ms(
            "figures of two years", [ours_s], [bare_s], None, "day by day, with progress; stops when unwanted"
        )


def _in_ms(name: str, ours: list[float], bare: list[float], target_ms: float | None, note: str = "") -> Row:
    took_ms = 1e3 * median(ours)
    return Row(
        name,
        f"{took_ms:.1f} ms (p95 {1e3 * percentile(ours, 95):.1f})",
        f"bare SQL: {1e3 * median(bare):.1f} ms",
        median_ratio(ours, bare),
        "–" if target_ms is None else f"≤ {target_ms:.0f} ms",
        None if target_ms is None else took_ms <= target_ms,
        note,
    )


# ---------------------------------------------------------------- what it costs the counter


def _scan_beside_a_report(folder: Path) -> Row:
    with ExitStack() as opened, undisturbed():
        sandbox = opened.enter_context(SandboxProcess(folder / "sandbox"))
        codes = iter(sandbox.add_plain_vouchers(2 * _SCANS, WORTH_VND))
        till = opened.enter_context(running_till(folder / "plain", sandbox))
        engine = Engine(till)
        engine.open_bill()

        def scanned() -> float:
            code = next(codes)
            took_s = seconds_of(lambda: engine.scan(code))
            engine.clear()
            return took_s

        def beside() -> float:
            with reading(till.program):
                return scanned()

        taken = in_turns({"beside": beside, "alone": scanned}, _SCANS)
    ratio = median_ratio(taken["beside"], taken["alone"])
    return Row(
        "scan → verdict while a report reads",
        f"{1e3 * median(taken['beside']):.2f} ms (p99 {1e3 * percentile(taken['beside'], 99):.2f})",
        f"alone: {1e3 * median(taken['alone']):.2f} ms (p99 {1e3 * percentile(taken['alone'], 99):.2f})",
        ratio,
        f"≤ {BESIDE}",
        ratio <= BESIDE,
        "figures of two years, over and over, on a thread of the same process",
    )


@contextmanager
def running_till(folder: Path, sandbox: SandboxProcess) -> Iterator[RunningTill]:
    """The till with its threads."""
    set_up(folder, sandbox)
    running = RunningTill(Program(folder), on_scan=lambda _: None, on_scan_dropped=lambda _: None)
    running.start()
    try:
        yield running
    finally:
        running.close()


@contextmanager
def reading(program: Program) -> Iterator[None]:
    """A report reads two years all the while."""
    run = Unhurried()

    def read() -> None:
        desk = build_day(program.journal, program.clock)
        today = desk.today()
        while not run.stopped():
            with suppress(JournalError):  # stopped on its way
                desk.view(Query(today - timedelta(days=million.DAYS), today), run)
        program.journal.close_thread()

    thread = threading.Thread(target=read)
    thread.start()
    run.under_way.wait()
    try:
        yield
    finally:
        run.over.set()
        thread.join()


def _commit_with_indexes(folder: Path) -> Row:
    shutil.copytree(folder / "plain", folder / "bare")
    with closing(sqlite3.connect(folder / "bare" / "journal.db")) as connection:
        for index in _INDEXES:
            connection.execute(f"DROP INDEX {index}")
    codes = iter(fresh_codes(2 * _ACCEPT_ROUNDS * _ACCEPTS, seed=5))
    with ExitStack() as opened, undisturbed():
        counters = {name: OfflineCounter(opened.enter_context(open_till(folder / name))) for name in ("plain", "bare")}
        jobs = {name: _accepts(counter, codes) for name, counter in counters.items()}
        taken = in_turns(jobs, _ACCEPT_ROUNDS)
    ratio = median_ratio(taken["plain"], taken["bare"])
    return Row(
        "accept offline, with the day's indexes",
        f"{1e6 * median(taken['plain']):.0f} µs",
        f"without them: {1e6 * median(taken['bare']):.0f} µs",
        ratio,
        f"≤ {BESIDE}",
        ratio <= BESIDE,
        f"1,000,000 rows; {', '.join(_INDEXES)}",
    )


def _accepts(counter: OfflineCounter, codes: Iterator[str]) -> Callable[[], float]:
    return lambda: each_s(lambda: counter.accept(next(codes)), _ACCEPTS)
