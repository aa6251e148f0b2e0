"""Opens the first run and runs it until it is over or closed: called before the till's own window."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent

from hardware.scanner.reading import ReadingRules
from hardware.scanner.wedge import WedgeMachine, WedgeRules
from pos.setup.first_run import FirstRun
from pos.setup.place import Place
from pos.ui.app import application
from pos.ui.config import Choices
from pos.ui.first_run.window import FirstRunWindow
from pos.ui.theme import ThemeName


@dataclass(frozen=True, slots=True)
class Ended:
    """How it ended.

    Args:
        profile: that was chosen. folder: of it; None: none, or training.
        open_till: the person wants to work now; False: the window was closed, the set-up waits.
    """

    profile: str
    folder: Path | None
    open_till: bool


def run_first_run(
    place: Place, *, profile: str = "", language: str = "vi", maximised: bool, size: tuple[int, int] = (1024, 768)
) -> Ended:
    """Show the window; returns when it has gone.

    Args:
        place: where the till is set up.
        profile: that was asked for by name; empty: the person chooses.
        language: shown until one is chosen.
        maximised: fill the screen.
        size: of the window otherwise, pixels.

    Raises:
        PosError: nothing could be opened.
    """
    app = application()
    window = build_first_run(place, profile=profile, language=language, size=size)
    if maximised:
        window.showMaximized()
    else:
        window.show()
    app.exec()
    progress = window.flow.progress
    ended = Ended(progress.facts.profile, progress.folder, window.finished)
    # Taken apart now, by Qt, on its own thread: left to Python's collector it would stand until some later moment, in
    # the middle of a sale.
    window.deleteLater()
    app.sendPostedEvents(window, QEvent.Type.DeferredDelete)
    return ended


def build_first_run(
    place: Place,
    *,
    profile: str = "",
    language: str = "vi",
    theme: ThemeName = ThemeName.LIGHT,
    size: tuple[int, int] = (1024, 768),
) -> FirstRunWindow:
    """The window, not shown yet."""
    application()
    engine = FirstRun(place, language=language, profile=profile)
    window = FirstRunWindow(engine, Choices(language, theme, 100, 80), wedge=WedgeMachine(WedgeRules(), ReadingRules()))
    window.resize(*size)
    return window
