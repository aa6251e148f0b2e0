"""Proving the whole audit chain, beside bare SHA-256 over the same bytes and bare reading; and scans meanwhile."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from hashlib import sha256
from pathlib import Path

from pos.journal.verify import Unhurried
from pos.journal.verify_chain import ChainFound, walk
from pos.journal.verify_rows import RowsFound, prove
from pos.till.review.events import Running
from tests.bench.table import Row
from tests.bench.tills import WORTH_VND, OfflineCounter, fresh_codes, open_till, scratch
from tests.bench.timing import median, percentile, undisturbed
from tests.bench.windows import Counter, open_counter
from tests.sandbox_process import SandboxProcess

LINKS_S, SLOWER = 200_000, 1.2
_SALES = 3_000
_LINKS, _LINKS_FULL = 300_000, 1_000_000
_SCANS, _PAUSE_S = 60, 0.25
_READ = "SELECT seq, at_utc, kind, ref, actor, facts, hash, high_utc FROM audit ORDER BY seq"


def run(*, full: bool) -> list[Row]:
    """Rates on a chain as long as two years', of links that a real till wrote."""
    links = _LINKS_FULL if full else _LINKS
    with scratch() as folder, undisturbed():
        with open_till(folder / "till") as till:
            OfflineCounter(till).fill(fresh_codes(_SALES, seed=4))
        short, long = folder / "till" / "journal.db", folder / "long.db"
        shutil.copy(short, long)
        _lengthen(long, links)
        return [*_rates(long), _rows_row(short), _scan_row(long)]


def _lengthen(path: Path, links: int) -> None:
    """Make the chain so long: real links again and again under further numbers, each following from the one before."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")
        seen = db.execute("SELECT at_utc, kind, ref, actor, facts FROM audit ORDER BY seq").fetchall()
        seq, previous = db.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
        last_utc = seen[-1][0]
        db.execute("BEGIN")
        while seq < links:
            _, *fields = seen[seq % len(seen)]
            seq += 1
            raw = [part.encode() for part in (str(seq), last_utc, *fields)]
            previous = sha256(previous + b"".join(len(part).to_bytes(4, "big") + part for part in raw)).digest()
            db.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, NULL)", (seq, last_utc, *fields, previous))
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _rates(path: Path) -> list[Row]:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        bare_read_s = min(_thread_s(lambda: [None for _ in db.execute(_READ)]) for _ in range(2))
        parts = [
            b"".join(len(p).to_bytes(4, "big") + p for p in (b"%d" % row[0], *(t.encode() for t in row[1:6])))
            for row in db.execute(f"{_READ} LIMIT 100000")
        ]
        bare_hash_s = min(_thread_s(partial(_hash_all, parts)) for _ in range(2)) / len(parts)
        size = sum(map(len, parts)) / len(parts)
        found = ChainFound()
        ours_s = wall_s = float("inf")
        for _ in range(2):
            began, began_wall = time.thread_time(), time.perf_counter()
            found = walk(db, Unhurried())
            ours_s = min(ours_s, time.thread_time() - began)
            wall_s = min(wall_s, time.perf_counter() - began_wall)
    if found.breaks:
        raise RuntimeError(f"the chain breaks at {found.breaks[0].first}")
    rate = found.last / ours_s
    peers = f"bare SQL reading {found.last / bare_read_s:,.0f}/s, bare sha256 {1 / bare_hash_s:,.0f}/s"
    note = (
        f"{found.last:,} links of {size:,.0f} bytes on the average, one pass, best of two, pages in the cache;"
        f" processor time of its thread, for the machine may be shared: by the wall clock {found.last / wall_s:,.0f}/s"
    )
    ratio = ours_s / (bare_read_s + bare_hash_s * found.last)
    target, met = f"≥ {LINKS_S:,}/s", rate >= LINKS_S
    return [
        Row("verify the audit chain", f"{rate:,.0f}/s", peers, rate / LINKS_S, target, met, note),
        Row("  beside bare reading + bare sha256", f"{ours_s:.2f} s", "the two one after the other", ratio),
    ]


def _rows_row(path: Path) -> Row:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        found = RowsFound()
        took_s = float("inf")
        for _ in range(2):
            began = time.thread_time()
            found = prove(db, Unhurried(), 0)
            took_s = min(took_s, time.thread_time() - began)
    if found.faults:
        raise RuntimeError(f"a row is not as sealed: {found.faults[0]}")
    return Row("  prove the rows against it", f"{found.seals / took_s:,.0f} rows/s", f"{found.seals:,} sealed rows")


def _scan_row(path: Path) -> Row:
    """Scans at the counter, by turns with nothing else to do and with the chain being proven on the report thread."""
    alone: list[float] = []
    beside: list[float] = []
    with scratch() as folder, SandboxProcess(folder / "sandbox") as sandbox:
        codes = sandbox.add_plain_vouchers(4 * _SCANS + 10, WORTH_VND)
        with open_counter(folder, sandbox) as counter:
            for code in codes[:10]:
                counter.scan(code)
            for turn in range(4):
                part = codes[10 + turn * _SCANS : 10 + (turn + 1) * _SCANS]
                if turn % 2 == 0:
                    alone += [_paced(counter, code) for code in part]
                    continue
                counter.review.ask("bench", lambda running: _prove_on_and_on(path, running))
                beside += [_paced(counter, code) for code in part]
                counter.review.forget("bench")
    ratio = median(beside) / median(alone)
    ours = f"p50 {1000 * median(beside):.1f} ms, p99 {1000 * percentile(beside, 99):.1f} ms"
    peer = f"alone: p50 {1000 * median(alone):.1f} ms, p99 {1000 * percentile(alone, 99):.1f} ms"
    return Row("scan while the chain is proven", ours, peer, ratio, f"≤ {SLOWER} ×", ratio <= SLOWER)


def _paced(counter: Counter, code: str) -> float:
    """A scan after a pause in which the proof is at full speed again: nobody scans without one."""
    time.sleep(_PAUSE_S)
    return counter.scan(code)


def _prove_on_and_on(path: Path, running: Running) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        while not running.stopped():
            walk(db, running)
            prove(db, running, 0)


def _thread_s(job: Callable[[], object]) -> float:
    began = time.thread_time()
    job()
    return time.thread_time() - began


def _hash_all(parts: list[bytes]) -> None:
    for part in parts:
        sha256(part).digest()
