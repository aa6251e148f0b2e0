"""`quay demo`: training mode. Without a display it is the tour: the real window, drawn offscreen and driven."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pos.cli import output
from pos.cli.output import Output
from pos.paths import default_data_dir

if TYPE_CHECKING:
    from pos.running import RunningTill
    from pos.training.school import School
    from pos.ui.window import MainWindow

_WITH_PANEL = (1024, 768)
"""Pixels of the counter; the training panel stands beside it."""


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    """Declare the arguments."""
    parser.add_argument("--tour", action="store_true", help="drive the window through every step and check each")
    parser.add_argument("--out", type=Path, metavar="DIR", help="tour: where screenshots and slips go")


def execute(args: argparse.Namespace, out: Output) -> int:
    """Open training mode, or go through the tour (status 0 only if every step held)."""
    from pos.ui.display import can_be_seen

    seen = can_be_seen()
    if not seen:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        out.hint(out.words.t("demo.no_display"))
    # Training is play money: its key need not ask the desktop's key store for a password.
    os.environ["QUAY_KEYSTORE"] = "file"
    return _tour(args, out) if args.tour or not seen else practise(args, out)


def practise(args: argparse.Namespace, out: Output) -> int:
    """Open the training counter; returns when its window is closed."""
    from pos.training import school as training
    from pos.ui.start import open_window
    from pos.ui.training.panel import TrainingPanel

    folder = getattr(args, "data", None) or default_data_dir() / "demo"
    school = training.School(folder, language=out.words.language)
    out.say(out.words.t("demo.people", cashier=training.CASHIER, cashier_pin=training.CASHIER_PIN,
                        manager=training.MANAGER, manager_pin=training.MANAGER_PIN))  # fmt: skip

    def add_panel(window: MainWindow, _: RunningTill) -> None:
        TrainingPanel.beside(window, school)

    try:
        return open_window(school.till_folder, maximised=False, size=_WITH_PANEL, on_ready=add_panel)
    finally:
        school.close()


def _tour(args: argparse.Namespace, out: Output) -> int:
    from pos.training.school import School
    from pos.ui.start import open_window

    folder = args.out or Path(tempfile.mkdtemp(prefix="quay-tour-"))
    held: list[bool] = []
    with tempfile.TemporaryDirectory(prefix="quay-training-") as temporary:
        school = School(Path(temporary) / "counter", language=out.words.language)
        try:
            open_window(
                school.till_folder,
                maximised=False,
                on_ready=lambda window, running: _start_tour(window, running, school, folder, out, held),
            )
        finally:
            school.close()
    out.say(out.words.t("demo.saved", folder=str(folder)))
    if out.as_json:
        out.json({"held": held == [True], "folder": str(folder)})
    return output.OK if held == [True] else output.REFUSED


def _start_tour(
    window: MainWindow, running: RunningTill, school: School, folder: Path, out: Output, held: list[bool]
) -> None:
    from PySide6.QtCore import QTimer

    from pos.training import school as training
    from pos.training.surroundings import TourSurroundings
    from pos.ui.training.tour import Tour

    tour = Tour(
        window,
        TourSurroundings(school, running.program.journal),
        [person.name for person in running.till.people()],
        (training.CASHIER, training.CASHIER_PIN),
        training.MANAGER_PIN,
        folder,
        out.say,
    )

    def drive() -> None:
        try:
            held.append(tour.run())
        finally:
            window.close()

    QTimer.singleShot(300, drive)
