"""`quay run`: the till's window."""

from __future__ import annotations

import argparse

from pos.cli.folder import data_dir
from pos.cli.output import Output


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    """Declare the arguments."""
    parser.add_argument("--windowed", action="store_true", help="a window of 1024×768 instead of the whole screen")


def execute(args: argparse.Namespace, out: Output) -> int:
    """Open the window; returns when it is closed.

    Raises:
        PosError: it could not be opened; told in a window too, for people who started it with a click.
    """
    from pos.domain.errors import PosError
    from pos.ui.display import require_display, tell_refusal
    from pos.ui.start import open_window

    require_display()
    try:
        return open_window(data_dir(args), maximised=not args.windowed)
    except PosError as error:
        if error.code != "key.cancelled":  # who closed the question knows why nothing opened
            tell_refusal(out.sentence(error.code, error.params))
        raise
