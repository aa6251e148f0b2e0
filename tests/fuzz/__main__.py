"""See the package's text: ``python -m tests.fuzz --inputs 1000000 --seed 20261129``."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor

from tests.fuzz.run import run, table


def main() -> int:
    """Status 0: no finding."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=20261129)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", default="", help="parsers whose name holds this")
    order = parser.parse_args()
    each = -(-order.inputs // order.processes)
    with ProcessPoolExecutor(order.processes) as pool:
        running = [pool.submit(run, each, order.seed + number, only=order.only) for number in range(order.processes)]
        counts = [future.result() for future in running]
    say = sys.stdout.write
    say("\n".join(table(counts)) + "\n")
    for number, count in enumerate(counts):
        say(f"seed {order.seed + number}: {count.summary()}\n")
        for finding in count.findings:
            say(f"  {finding.target}, input {finding.number}: {finding.what}: {finding.data[:120]!r}\n")
    return 1 if any(count.findings for count in counts) else 0


if __name__ == "__main__":
    sys.exit(main())
