"""`packaging/dev simulate`: many seeds, or one again.

Examples:
    packaging/dev simulate --minutes 5
    packaging/dev simulate --seeds 2000 --processes 2
    packaging/dev simulate --seed 17 --steps 80 --tills 1 --without crash,cable

Exit status: 0 nothing found, 1 a promise broke (the command that repeats it is printed), 2 wrong usage.
"""
# ruff: noqa: T201 – a command line speaks through print

from __future__ import annotations

import argparse
import multiprocessing
import secrets
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

from tests.simulation.plan import ALL_FAULTS
from tests.simulation.report import Job, Report, Sum, live, report_of
from tests.simulation.run import command_of, run_seed
from tests.simulation.shrink import Case, shrink

_PROGRESS_S = 10.0
_CHUNK = 40
"""Worlds a process lives through before a fresh one takes over: what a run leaves behind cannot pile up."""


def many(args: argparse.Namespace) -> int:
    """Seed after seed until enough are done, time is up, or one fails."""
    total, shown_s = Sum(), 0.0
    ends_s = time.monotonic() + args.minutes * 60 if args.minutes else None
    print(f"from seed {args.start}, on {args.processes} processes")
    for report in _reports(args, ends_s):
        total.add(report)
        if report.violations:
            break
        if time.monotonic() - shown_s >= _PROGRESS_S:
            shown_s = time.monotonic()
            print(total.line(), flush=True)
    print(total.line())
    print(total.coverage.summary())
    return _failed(total.failed[0], args) if total.failed else 0


def _reports(args: argparse.Namespace, ends_s: float | None) -> Iterator[Report]:
    seeds = range(args.start, args.start + args.seeds)
    jobs = (Job(seed, args.steps, args.tills, args.without) for seed in seeds)
    if args.processes == 1:
        for job in jobs:
            yield live(job)
            if ends_s is not None and time.monotonic() > ends_s:
                return
        return
    with multiprocessing.get_context("spawn").Pool(args.processes, maxtasksperchild=_CHUNK) as pool:
        for report in pool.imap_unordered(live, jobs):
            yield report
            if ends_s is not None and time.monotonic() > ends_s:
                return


def one(args: argparse.Namespace) -> int:
    """One seed, twice said: what happened, and the checksum of how it happened."""
    result = run_seed(args.seed, steps=args.steps, tills=args.tills, without=args.without)
    print(f"trace {result.trace}")
    print(result.counts)
    print(f"faults: {', '.join(result.plan.faults())}")
    if not result.violations:
        print("every promise held")
        return 0
    return _failed(report_of(result), args)


def _failed(report: Report, args: argparse.Namespace) -> int:
    print(f"\nA promise broke in seed {report.case.seed}:")
    for _, text in report.violations:
        print(f"  {text}")
    case = report.case
    if not args.no_shrink:
        wanted = {name for name, _ in report.violations}
        print("making it smaller …", flush=True)
        case = shrink(case, lambda smaller: _breaks(smaller, wanted))
    print("\nRepeat it with:")
    print(f"  {command_of(case.seed, case.steps, case.tills, case.without)}")
    return 1


def _breaks(case: Case, wanted: set[str]) -> bool:
    result = run_seed(case.seed, steps=case.steps, tills=case.tills, without=case.without)
    return any(found.invariant in wanted for found in result.violations)


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="packaging/dev simulate", description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=1_000_000, help="how many worlds at most")
    parser.add_argument("--minutes", type=float, default=0.0, help="stop after so many minutes")
    parser.add_argument("--start", type=int, help="first seed; a fresh one by default")
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    parser.add_argument("--seed", type=int, help="live through this one world")
    parser.add_argument("--steps", type=int, help="decisions of each cashier")
    parser.add_argument("--tills", type=int, help="how many tills")
    parser.add_argument("--without", type=_faults, default=frozenset(), help="faults to leave out: net.late,crash,…")
    parser.add_argument("--no-shrink", action="store_true", help="do not make a failing run smaller")
    args = parser.parse_args(words)
    if args.start is None:
        args.start = secrets.randbelow(1_000_000_000)
    if args.seed is None and not args.minutes and args.seeds == 1_000_000:
        args.minutes = 1.0
    return args


def _faults(text: str) -> frozenset[str]:
    names = frozenset(name.strip() for name in text.split(",") if name.strip())
    unknown = names - set(ALL_FAULTS)
    if unknown:
        raise argparse.ArgumentTypeError(f"no such fault: {', '.join(sorted(unknown))}")
    return names


def main(words: Sequence[str] | None = None) -> int:
    """Run what was asked for."""
    args: Any = _arguments(words)
    return one(args) if args.seed is not None else many(args)


if __name__ == "__main__":
    sys.exit(main())
