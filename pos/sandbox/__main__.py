"""`python -m pos.sandbox serve [--port N] [--data DIR] [--seed N]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pos.sandbox.server import serve, stop_with_stdin


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and serve; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m pos.sandbox", description="Stand-in issuer for tests and training."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("serve", help="serve until SIGTERM or SIGINT")
    command.add_argument("--port", type=int, default=0, help="TLS port on loopback (default: any free one)")
    command.add_argument("--data", type=Path, default=None, help="folder that keeps vouchers and log over restarts")
    command.add_argument(
        "--seed", type=int, default=None, help="decides the sample vouchers of a new folder (default 1)"
    )
    command.add_argument("--until-stdin-closes", action="store_true", help="stop with the program that started it")
    chosen = parser.parse_args(arguments)
    if chosen.until_stdin_closes:
        stop_with_stdin()
    return serve(port=chosen.port, data_dir=chosen.data, seed=chosen.seed)


if __name__ == "__main__":
    sys.exit(main())
