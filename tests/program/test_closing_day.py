"""A day that does not agree, closed by keys alone: the window, the real till, the sandbox issuer, the virtual printer.

One voucher without an answer, one doubtful slip, one missing paper. Pictures of screen and slips:
`python -m tests.program.test_closing_day OUT [en]`.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest

from hardware.virtual.printer import PrinterFault
from pos.domain.closing import DifferenceKind
from pos.running import RunningTill
from pos.till.review.closing import ClosingView, ZReport
from pos.till.views import Phase
from pos.training.school import CASHIER, CASHIER_PIN, MANAGER, MANAGER_PIN, School
from pos.training.surroundings import TourSurroundings
from pos.ui.manager.closing.section import ClosingSection
from pos.ui.manager.page import ManagerPage
from pos.ui.shell.presenter import Screen
from pos.ui.start import open_window
from pos.ui.training.tour_hands import TourHands
from pos.ui.window import MainWindow

_K = Qt.Key


class Walk(TourHands):
    """The evening of a manager."""

    def __init__(self, window: MainWindow, running: RunningTill, school: School, out: Path) -> None:
        counter = TourSurroundings(school, running.program.journal)
        people = [person.name for person in running.till.people()]
        super().__init__(window, counter, people, (CASHIER, CASHIER_PIN), MANAGER_PIN, out, lambda _: None)
        self.printer, self.window = school.printer, window

    # ------------------------------------------------------------ hands and eyes

    def press(self, key: Qt.Key, *, control: bool = False) -> None:
        modifier = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
        QTest.keyClick(self._target(), key, modifier)
        self._pump(0.1)

    @property
    def closing(self) -> ClosingSection:
        page = self.window.pages._pages[Screen.MANAGER]
        assert isinstance(page, ManagerPage)
        return next(section for section in page._sections if isinstance(section, ClosingSection))

    @property
    def view(self) -> ClosingView:
        view = self.closing.presenter._view
        assert view is not None
        return view

    @property
    def z(self) -> ZReport:
        return self.closing.presenter.shelf.reports[0]

    def until(self, holds: Callable[[], bool], otherwise: str, shot: str = "") -> None:
        self._until(holds, otherwise)
        if shot:
            self._shot(shot)

    # ------------------------------------------------------------ the evening

    def sell(self) -> None:
        """One voucher used; one whose slip is cut off; one accepted without a network."""
        self._key((_K.Key_F1, _K.Key_F2)[self._people.index(CASHIER)])
        self._type(CASHIER_PIN)
        self._key(_K.Key_Return)
        self._until(lambda: self._view() is not None, "nobody is signed in")
        self._total("265000")
        self._counter.scan(self._counter.plain_code(0))
        self._until(lambda: bool(self._now().lines) and not self._now().busy, "no verdict")
        self._key(_K.Key_Return)
        self._until_phase(Phase.DONE)
        self._until(lambda: self._counter.slips() == 1, "no slip")
        self.printer.set_fault(PrinterFault.CLOSE_MID_SLIP)
        self._new_bill("100000", self._counter.plain_code(1))
        self._key(_K.Key_Return)
        self._until_phase(Phase.DONE)
        strip = self.window.shell
        self._until(lambda: strip.strip is not None and strip.strip.doubtful == 1, "the slip is not doubtful")
        self.printer.set_fault(PrinterFault.NONE)
        self._new_bill("200000", self._counter.plain_code(2))
        self._counter.set_network(up=False)
        self._key(_K.Key_Return)
        self._until_phase(Phase.OFFERED)
        self._key(_K.Key_Return)
        self._until_phase(Phase.ACCEPTED_OFFLINE)

    def open(self) -> None:
        self.press(_K.Key_F9)
        self._type(MANAGER_PIN)
        self._key(_K.Key_Return)
        self._until(lambda: bool(self.window.pages._pages[Screen.MANAGER]._sections), "the gate stays shut")  # type: ignore[attr-defined]
        self.press(_K.Key_3, control=True)
        self.until(lambda: self.closing.presenter._view is not None, "no day", "left")
        kinds = {one.kind for one in self.view.differences}
        assert kinds == {DifferenceKind.AT_RISK, DifferenceKind.SLIP_DOUBTFUL}
        assert self.view.shift is not None
        assert self.view.shift.opened_by == CASHIER

    def settle(self) -> None:
        """The slip is seen, two of three papers are counted; the issuer cannot be reached."""
        self.press(_K.Key_F4)
        self._shot("asking")
        self.press(_K.Key_2)
        self.press(_K.Key_Return)
        self._shot("is the slip on paper")
        self.press(_K.Key_1)
        self.until(lambda: not self.view.slips, "the slip is still doubtful", "slip seen")
        self.press(_K.Key_3)
        self.press(_K.Key_F4)
        self._type("2")
        self._shot("count")
        self._key(_K.Key_Return)
        self.until(lambda: self.view.papers[0].counted == 2, "not counted", "one paper missing")

    def shift(self) -> None:
        """The X is printed; the manager takes the shift, and goes on with the closing."""
        slips = self._counter.slips()
        self.press(_K.Key_F5)
        self.until(lambda: self.closing.presenter.shelf.x is not None, "no X")
        self.press(_K.Key_P, control=True)
        self.until(lambda: self._counter.slips() == slips + 1, "no X slip", "x")
        self.press(_K.Key_Escape)
        self.press(_K.Key_F6)
        self._key(_K.Key_Return)
        self._type(MANAGER_PIN)
        self._key(_K.Key_Return)
        self.until(
            lambda: self.view.shift is not None and self.view.shift.opened_by == MANAGER, "not handed over", "hand over"
        )
        person = self.window.shell.person
        assert person is not None
        assert person.name == MANAGER
        assert self.window.shell.screen is Screen.MANAGER  # she goes on where she was
        assert not self.window.box.is_open

    def close(self) -> None:
        """Two cases are left, knowingly; the Z is on the screen and on paper."""
        slips = self._counter.slips()
        self.press(_K.Key_F8)
        self._shot("close")
        self.press(_K.Key_Return)
        assert self.window.box.is_open, "Enter closes no day that does not agree"
        self.press(_K.Key_1)
        self.until(lambda: bool(self.closing.presenter.shelf.reports), "no Z")
        self.until(lambda: self._counter.slips() == slips + 1, "no Z slip", "z")
        assert [one.kind for one in self.z.differences] == [DifferenceKind.AT_RISK, DifferenceKind.PAPER]
        assert (self.z.number, self.z.new_cases, self.z.closed_by, self.z.figures.bills) == (1, 2, MANAGER, 3)

    def next_day(self) -> None:
        """The network is back: what was left is settled; the day stays closed and the journal whole."""
        self._counter.set_network(up=True)
        self.until(lambda: self._counter.at_risk() == 0, "the queue does not drain")
        self.press(_K.Key_Escape)
        self.until(lambda: self.view.closed is not None and not self.view.rows, "still open", "closed")
        assert not self.view.differences
        assert self._counter.journal_sound()

    def run(self) -> None:
        for step in (self.sell, self.open, self.settle, self.shift, self.close, self.next_day):
            step()


def walk(out: Path, language: str = "vi") -> BaseException | None:
    """Go through the evening; what went wrong, if anything."""
    failed: list[BaseException] = []
    with tempfile.TemporaryDirectory(prefix="quay-closing-") as folder:
        school = School(Path(folder) / "counter", language=language)

        def ready(window: MainWindow, running: RunningTill) -> None:
            evening = Walk(window, running, school, out)

            def drive() -> None:
                try:
                    evening.run()
                except BaseException as error:  # noqa: BLE001 - told to the test, after the window has gone
                    evening._shot("failed")
                    failed.append(error)
                finally:
                    evening._counter.save_slips(out)
                    window.close()

            QTimer.singleShot(300, drive)

        try:
            open_window(school.till_folder, maximised=False, on_ready=ready)
        finally:
            school.close()
    return failed[0] if failed else None


@pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")
@pytest.mark.timeout(120)
def test_a_day_that_does_not_agree_is_closed_by_keys_and_every_difference_is_a_case(tmp_path: Path) -> None:
    failed = walk(tmp_path)
    if failed is not None:
        raise failed


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    problem = walk(folder, sys.argv[2] if len(sys.argv) > 2 else "vi")
    if problem is not None:
        raise problem
