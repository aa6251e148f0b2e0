"""`python -m tests.simulation.bugs`: which promise catches which planted bug, after how many worlds.

`--write` keeps the world that catches each bug in `known.json`, where the test of every day begins to look.
"""

# ruff: noqa: T201 – a command that prints its table

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from tests.simulation.bugs.catalogue import BUGS
from tests.simulation.bugs.hunt import Caught, hunt

SHORT, LONG = 100, 400
"""Decisions of each cashier in a world."""
KNOWN = Path(__file__).with_name("known.json")


def main() -> int:
    """Hunt; exit code 1 if a bug gets away."""
    wants = argparse.ArgumentParser(prog="python -m tests.simulation.bugs", description=__doc__)
    wants.add_argument("--only", default="", help="bugs whose name holds this text")
    wants.add_argument("--seeds", type=int, default=40, help="short worlds to look at for each bug (40)")
    wants.add_argument("--long", type=int, default=60, help="long worlds to look at after that (60)")
    wants.add_argument("--missing", action="store_true", help="only bugs of which known.json knows no world")
    wants.add_argument("--write", action="store_true", help="keep what was found in known.json")
    asked = wants.parse_args()
    known = json.loads(KNOWN.read_text()) if KNOWN.exists() else {}
    free = 0
    print(f"{'bug':42} {'caught by':24} {'seed':>5} {'steps':>5} {'worlds':>6} {'seconds':>7}")
    for bug in BUGS:
        if asked.only not in bug.name or (asked.missing and bug.name in known):
            continue
        worlds = [(seed, SHORT) for seed in range(1, asked.seeds + 1)]
        worlds += [(seed, LONG) for seed in range(1, asked.long + 1)]
        found = hunt(bug, worlds)
        free += not found.by
        _show(bug.name, found)
        if found.by:
            known[bug.name] = {"seed": found.seed, "steps": found.steps, "by": found.by}
        if asked.write:
            KNOWN.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")
    print(f"{free} not caught" if free else "all caught")
    return 1 if free else 0


def _show(name: str, found: Caught) -> None:
    if found.by:
        print(f"{name:42} {found.by:24} {found.seed:5} {found.steps:5} {found.tried:6} {found.took_s:7.1f}", flush=True)
    else:
        print(f"{name:42} {'NOT CAUGHT':24} {'':5} {'':5} {found.tried:6}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
