"""`python -m tests.mutation`: how many deliberate mistakes in `pos.domain` and `pos.till` the tests notice.

Prints progress, the score of each module, and every survivor that no reason in `accepted.toml` explains.
"""

# ruff: noqa: T201 – a command that prints its report

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
import tomllib
from collections import Counter, defaultdict
from pathlib import Path

import hypothesis
import pytest

from tests.mutation.mutants import Mutant, module_name
from tests.mutation.runner import HUNG, KILLED, QUIET, SURVIVED, UNREACHED, Cold, Warm, memory_folder

MODULES = ("pos/domain", "pos/till")
KILLERS = ("tests/domain", "tests/till", "tests/journal", "tests/mutation/killers")
ACCEPTED = Path(__file__).with_name("accepted.toml")
LEAST_PERCENT = 95.0
_WORDS = {KILLED: "killed", HUNG: "hung", SURVIVED: "SURVIVED", UNREACHED: "NOT REACHED"}
Key = tuple[str, str, str]


def accepted() -> dict[Key, str]:
    """Survivors that have no effect, with the reason."""
    return _keys(ACCEPTED)


def _keys(path: Path) -> dict[Key, str]:
    entries = tomllib.loads(path.read_text()).get("accepted", [])
    return {(entry["where"], entry["was"], entry["now"]): entry["why"] for entry in entries}


class Report:
    """Counts, and tells as it goes."""

    def __init__(self, *, verbose: bool) -> None:
        self.found: dict[str, Counter[int]] = defaultdict(Counter)
        self.survivors: list[tuple[Key, int, int]] = []
        self.known = accepted()
        self.used: set[Key] = set()
        self._verbose = verbose
        self._began_s = time.monotonic()

    def told(self, mutant: Mutant, how: int) -> None:
        """One mutant is judged."""
        module = mutant.place.partition(":")[0]
        alive = how in (SURVIVED, UNREACHED)
        if alive and mutant.key in self.known:
            self.used.add(mutant.key)
            how = -1
        self.found[module][how] += 1
        if alive and how != -1:
            self.survivors.append((mutant.key, how, mutant.lines[0]))
            self._show(mutant.key, how, mutant.lines[0])
        done = sum(sum(counts.values()) for counts in self.found.values())
        if self._verbose or done % 100 == 0:
            print(f"  {done} mutants, {time.monotonic() - self._began_s:.0f} s, now in {module}", flush=True)

    @staticmethod
    def _show(key: Key, how: int, line: int) -> None:
        where, was, now = key
        print(f"{_WORDS[how]} {where} line {line}")
        print(
            "\n".join(
                [*(f"    - {text}" for text in was.splitlines()), *(f"    + {text}" for text in now.splitlines())]
            )
        )

    def end(self) -> float:
        """The table; returns the score in percent over all modules."""
        print(f"\n{'module':32} {'mutants':>8} {'killed':>7} {'hung':>5} {'accepted':>9} {'alive':>6} {'score':>7}")
        total: Counter[int] = Counter()
        for module, counts in sorted(self.found.items()):
            total += counts
            print(_row(module, counts))
        print(_row("all", total))
        print(f"{time.monotonic() - self._began_s:.0f} s")
        for key in self.known.keys() - self.used:
            if key[0].partition(":")[0] in self.found:
                print(f"accepted, but no longer alive: {key[0]}: {key[1]} → {key[2]}")
        return _score(total)


def _score(counts: Counter[int]) -> float:
    """Accepted survivors have no effect and do not count."""
    judged = sum(counts.values()) - counts[-1]
    return 100.0 * (counts[KILLED] + counts[HUNG]) / judged if judged else 100.0


def _row(name: str, counts: Counter[int]) -> str:
    alive = counts[SURVIVED] + counts[UNREACHED]
    return (
        f"{name:32} {sum(counts.values()):8} {counts[KILLED]:7} {counts[HUNG]:5} {counts[-1]:9} {alive:6}"
        f" {_score(counts):6.1f}%"
    )


def main() -> int:
    """Run; exit code 1 if the score is below 95 % or a survivor has no reason."""
    wants = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    wants.add_argument("--module", action="append", default=[], help="a part of a module's name")
    wants.add_argument("--only", default="", help="only mutants whose place holds this text")
    wants.add_argument("--again", type=Path, help="only the mutants that --write has written to this file")
    wants.add_argument("--quick", action="store_true", help="leave out tables and defaults, which take an import each")
    wants.add_argument("--most", type=int, help="at most so many tests a mutant: quick, but finds too many survivors")
    wants.add_argument("--write", type=Path, help="write survivors to this file, as entries for accepted.toml")
    wants.add_argument("--reach", type=Path, help="keep here which test reaches which line, and use it next time")
    wants.add_argument("--processes", type=int, default=1, help="how many mutants to try at a time (default: 1)")
    wants.add_argument("--verbose", action="store_true")
    asked = wants.parse_args()
    everything = [path for folder in MODULES for path in sorted(Path(folder).glob("*.py"))]
    paths = [path for path in everything if not asked.module or any(part in module_name(path) for part in asked.module)]
    hypothesis.settings.register_profile("mutation", database=None, derandomize=True, deadline=None)
    hypothesis.settings.load_profile("mutation")
    again = set(_keys(asked.again)) if asked.again else None

    def wanted(mutant: Mutant) -> bool:
        if asked.quick and not mutant.in_function:
            return False
        return asked.only in mutant.place and (again is None or mutant.key in again)

    colds = [Cold() for _ in range(asked.processes)]  # before anything of the program is imported
    report = Report(verbose=asked.verbose)
    warm = Warm(everything, paths, colds, wanted, report.told, reach_file=asked.reach, most=asked.most)
    killers = [folder for folder in KILLERS if Path(folder).is_dir()]
    folder = tempfile.mkdtemp(prefix="mutation-", dir=memory_folder())
    try:
        ended = pytest.main(["-s", *QUIET, f"--basetemp={folder}/t", *killers], plugins=[warm])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if ended not in (0, 5):
        print("the tests do not pass without mutants")
        return 2
    score = report.end()
    if asked.write:
        asked.write.write_text("\n".join(_entry(key) for key, _, _ in report.survivors))
    return 0 if score >= LEAST_PERCENT and not report.survivors else 1


def _entry(key: Key) -> str:
    where, was, now = key
    return f"[[accepted]]\nwhere = {where!r}\nwas = '''{was}'''\nnow = '''{now}'''\nwhy = \"\"\n"


if __name__ == "__main__":
    sys.exit(main())
