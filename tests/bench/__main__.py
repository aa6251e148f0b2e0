"""`python -m tests.bench [NAME…] [--full] [--json]`: measure, print the table; status 1 if a target was missed."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from tests.bench import (
    accept,
    backup,
    closing,
    drain,
    issuers,
    package,
    review,
    review_scroll,
    scan,
    scanner,
    secrecy,
    slip,
    start,
    start_beside,
    statement,
    upgrade,
    verify,
    volume,
)
from tests.bench.table import Row, text_of


def benches(*, full: bool, built: Path | None = None) -> dict[str, Callable[[], list[Row]]]:
    """Every measurement by name, in the order of the table."""
    return {
        "scan": lambda: scan.run(full=full),
        "scanner": scanner.run,
        "slip": lambda: slip.run(full=full),
        "accept": accept.run,
        "encryption": secrecy.encryption,
        "signin": secrecy.sign_in,
        "drain": lambda: drain.run(full=full),
        "start": lambda: start.run(full=full),
        "beside": start_beside.run,
        "package": lambda: package.run(built),
        "volume": volume.run,
        "backup": backup.run,
        "upgrade": upgrade.run,
        "issuers": issuers.run,
        "review": review.run,
        "scroll": review_scroll.run,
        "closing": closing.run,
        "verify": lambda: verify.run(full=full),
        "statement": statement.run,
    }


def main() -> int:
    """Measure what was asked for."""
    names = list(benches(full=False))
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names)}; default: all")
    parser.add_argument("--full", action="store_true", help="drain 10,000 queued redemptions and not 2,000")
    parser.add_argument(
        "--package", metavar="PATH", type=Path, help="for `package`: a .deb, or a folder with quay in it"
    )
    parser.add_argument("--json", action="store_true", help="one JSON list on standard output")
    args = parser.parse_args()
    if unknown := sorted(set(args.names) - set(names)):
        parser.error(f"no such measurement: {', '.join(unknown)}")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    rows: list[Row] = []
    for name, measure in benches(full=args.full, built=args.package).items():
        if not args.names or name in args.names:
            print(f"{name} …", file=sys.stderr, flush=True)
            rows += measure()
    print(json.dumps([row.as_json() for row in rows], ensure_ascii=False, indent=1) if args.json else text_of(rows))
    return 1 if any(row.met is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
