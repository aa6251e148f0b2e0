"""How often one acceptance makes the disk flush: strace watches a process of its own, which says what it does when.

`python -m tests.bench.syncs FOLDER` is that process.
"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from pos.bootstrap import Program
from tests.bench.tills import OfflineCounter, fresh_codes, open_till, scratch
from tests.bench.watched import under_strace

_ACCEPTS = 40
_BEGIN, _END = "quay-accept-begins", "quay-accept-ends"
_CALL = re.compile(r"\b(fdatasync|fsync)\(")
_COMMITS = re.compile(rf"{_END} (\d+)")


@dataclass(frozen=True, slots=True)
class Seen:
    """Syncs and commits of each acceptance."""

    syncs: tuple[int, ...]
    commits: tuple[int, ...]


def count_syncs() -> Seen | str:
    """Let a child accept vouchers under strace. A text says why that cannot be."""
    with scratch() as folder:
        trace = folder / "trace.txt"
        options = ["-s", "64", "-e", "trace=fdatasync,fsync,write", "-o", str(trace)]
        done = under_strace(options, "tests.bench.syncs", str(folder / "till"))
        return done if isinstance(done, str) else _read(trace.read_text("utf-8", "replace"))


def _read(trace: str) -> Seen:
    syncs, commits, counted = [], [], None
    for line in trace.splitlines():
        if _BEGIN in line:
            counted = 0
        elif counted is not None and _CALL.search(line):
            counted += 1
        elif counted is not None and (end := _COMMITS.search(line)):
            syncs.append(counted)
            commits.append(int(end[1]))
            counted = None
    return Seen(tuple(syncs), tuple(commits))


def _say(text: str) -> None:
    os.write(2, f"{text}\n".encode())


def _watched(program: Program) -> list[str]:
    """The statements that this thread's connection runs from now on."""
    statements: list[str] = []
    program.journal._core.connections.get().set_trace_callback(statements.append)
    return statements


def main(folder: Path) -> None:
    """Accept, and say before and after each one where we are."""
    with open_till(folder) as till:
        counter, statements = OfflineCounter(till), _watched(till)
        for code in fresh_codes(_ACCEPTS, seed=2):
            statements.clear()
            _say(_BEGIN)
            counter.accept(code)
            _say(f"{_END} {sum(statement.startswith('COMMIT') for statement in statements)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
