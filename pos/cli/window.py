"""`quay run`: the till's window; before it, where a till is not set up yet, the first run."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pos.cli import output
from pos.cli.folder import data_dir, profiles
from pos.cli.output import Output

if TYPE_CHECKING:
    from pos.setup.place import Place

_TRAINING = "training"


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

    require_display()
    try:
        return _run(args, out)
    except PosError as error:
        if error.code != "key.cancelled":  # who closed the question knows why nothing opened
            tell_refusal(out.sentence(error.code, error.params))
        raise


def _run(args: argparse.Namespace, out: Output) -> int:
    from pos.domain.errors import ConfigError
    from pos.setup.state import needs_first_run
    from pos.ui.start import open_window

    place, name = _place(args)
    folder = place.known()
    first = folder is None or needs_first_run(folder)
    while True:
        if first:
            ended = _set_up(place, name, folder, out, maximised=not args.windowed)
            if ended is None:
                return output.OK
            if ended == _TRAINING:
                from pos.cli.demo import practise

                return practise(args, out)
        folder = place.known()
        assert folder is not None  # noqa: S101 - a profile was chosen by now
        try:
            return open_window(folder, maximised=not args.windowed)
        except ConfigError as error:
            if error.code != "setup.no_manager" or first:
                raise
            first = True


def _place(args: argparse.Namespace) -> tuple[Place, str]:
    """Where the till is, and the profile that was asked for by name."""
    from pos.setup.place import FolderPlace, ProfilePlace

    name: str = getattr(args, "profile", None) or ""
    if getattr(args, "data", None) is not None:
        return FolderPlace(data_dir(args)), ""
    return ProfilePlace(profiles(), name), name


def _set_up(place: Place, name: str, folder: Path | None, out: Output, *, maximised: bool) -> str | None:
    """The profile that was set up; None: the window was closed, the set-up waits for the next time."""
    from pos.instance_lock import InstanceLock
    from pos.ui.first_run.open import run_first_run

    if folder is not None and folder.exists():
        InstanceLock(folder).release()  # another window on it is told before this one opens
    ended = run_first_run(place, profile=name, language=out.words.language, maximised=maximised)
    return ended.profile if ended.open_till else None
