"""The acceptance on a disk like a shop's: strace makes each sync take a millisecond longer, for us and for the peer.

Where a sync takes 40 µs, as on a virtual disk with a cache, what is measured is the processor; a shop's SSD or hard
disk takes 0.5 to 10 ms. `python -m tests.bench.slow_disk FOLDER` is the process that is slowed down.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.bench.peers import raw_sqlite
from tests.bench.table import Row
from tests.bench.tills import OfflineCounter, fresh_codes, open_till, scratch
from tests.bench.timing import each_s, in_turns, median, median_ratio
from tests.bench.watched import under_strace

SYNC_US = 1_000
_ROUNDS, _EACH = 20, 10


def run() -> Row:
    """One row of comparison."""
    name = "  with 1 ms for a disk sync"
    slow = ["--seccomp-bpf", "-e", "trace=fdatasync", "-e", f"inject=fdatasync:delay_exit={SYNC_US}", "-o", "/dev/null"]
    with scratch() as folder:
        done = under_strace(slow, "tests.bench.slow_disk", str(folder))
    if isinstance(done, str):
        return Row(name, "not measured", done)
    taken: dict[str, list[float]] = json.loads(done.stdout)
    ours, raw = taken["accept"], taken["raw"]
    return Row(
        name,
        f"{1 / median(ours):,.0f}/s",
        f"raw sqlite3, the same disk: {1 / median(raw):,.0f}/s",
        median_ratio(raw, ours),
        note=f"strace delays every fdatasync by {SYNC_US} µs, for both; the others run on this machine's disk as it is",
    )


def main(folder: Path) -> None:
    """Accept and insert by turns."""
    codes = iter(fresh_codes(_ROUNDS * _EACH, seed=4))
    with open_till(folder / "till") as till, raw_sqlite(folder / "raw.db") as insert:
        counter = OfflineCounter(till)
        jobs = {
            "accept": lambda: each_s(lambda: counter.accept(next(codes)), _EACH),
            "raw": lambda: each_s(insert, _EACH),
        }
        print(json.dumps(in_turns(jobs, _ROUNDS)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
