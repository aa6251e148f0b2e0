"""`quay sandbox serve`: the stand-in issuer on loopback, for training and tests."""

from __future__ import annotations

import argparse
from pathlib import Path

from pos.cli.output import Output


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    serve = actions.add_parser("serve", help="serve until stopped; prints one JSON line when ready")
    serve.add_argument("--port", type=_port, default=0, help="port on 127.0.0.1; default: a free one")
    serve.add_argument("--data", metavar="DIR", type=Path, default=argparse.SUPPRESS, help="keep its state here")
    serve.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="no effect: the line is JSON")
    serve.add_argument("--seed", type=int, default=None, help="which sample vouchers")
    serve.add_argument("--until-stdin-closes", action="store_true", help="stop with the program that started it")


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) > 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def execute(args: argparse.Namespace, _: Output) -> int:
    """Serve."""
    from pos.sandbox.server import serve, stop_with_stdin

    if args.until_stdin_closes:
        stop_with_stdin()
    return serve(port=args.port, data_dir=getattr(args, "data", None), seed=args.seed)
