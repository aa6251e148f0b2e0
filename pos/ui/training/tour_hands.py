"""Hands and eyes of the tour: keys, waits, checks and pictures on one window."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from pos.till.views import BillView, LineStatus, Phase
from pos.ui.window import MainWindow

_LOOK_S = 0.4
"""A person looks before the next key; the window ignores an Enter that comes sooner after a change."""
STEP_S = 20.0
"""Longest wait for a step; an inquiry comes after 5 s, a settled queue within 5 s of the network's return."""


class Surroundings(Protocol):
    """What the tour needs of the training counter."""

    def plain_code(self, number: int) -> str:
        """The n-th usable sample voucher worth 50,000 đ."""

    def used_code(self) -> str:
        """A sample voucher that was used elsewhere."""

    def issuer_says(self, code: str) -> tuple[int, str | None]:
        """How often the issuer counts it as used, and for which bill."""

    def scan(self, text: str) -> None:
        """The scanner reads something."""

    def set_network(self, *, up: bool) -> None:
        """Plug the cable in or pull it."""

    def lose_next_answer(self) -> None:
        """The issuer carries the next mark-use out, and its answer is lost."""

    def set_paper(self, *, present: bool) -> None:
        """Put paper in or take it out."""

    def slips(self) -> int:
        """How many slips came out of the printer."""

    def save_slips(self, folder: Path) -> list[Path]:
        """Write every slip as a picture."""

    def at_risk(self) -> int:
        """How many vouchers stand accepted offline, unsettled."""

    def journal_sound(self) -> bool:
        """Whether the audit chain and the rules hold."""

    def purchases(self) -> tuple[int, int]:
        """At the issuer that sells cards: how many orders it knows, and how often it took money for one."""

    def lose_next_purchase(self) -> None:
        """The issuer carries the next purchase out, and its answer is lost."""

    @property
    def plain_vnd(self) -> int:
        """What each of the usable sample vouchers is worth."""

    def used_vnd(self) -> int:
        """What the issuer counts as used of the usable sample vouchers."""

    def closed_days(self) -> int:
        """How many days the journal has a Z report of."""

    def open_cases(self) -> int:
        """How many cases are open, of any kind."""

    def booking(self) -> tuple[str, str]:
        """A booking that can be paid, and a voucher that may be used for it."""

    def booking_says(self, number: str) -> tuple[str, int, int]:
        """What its issuer says: the issue's state, vouchers used for it, payments committed."""


@dataclass(slots=True)
class StepFailed(Exception):
    """A step did not hold."""

    what: str


class TourHands:
    """What every step of the tour does with the window.

    Args:
        window: shown, its till started.
        counter: the training counter around it.
        people: everybody's names, in the order of the sign-in screen.
        cashier: name and PIN; `manager_pin` for what the policy wants a manager for.
        folder: screenshots and slips go here.
        say: hears each line as it happens.
    """

    def __init__(
        self,
        window: MainWindow,
        counter: Surroundings,
        people: Sequence[str],
        cashier: tuple[str, str],
        manager_pin: str,
        folder: Path,
        say: Callable[[str], None],
    ) -> None:
        self._window = window
        self._counter = counter
        self._people = list(people)
        self._cashier = cashier
        self._manager_pin = manager_pin
        self._folder = folder
        self._say = say
        self._shots = 0

    # ------------------------------------------------------------ hands and eyes

    def _new_bill(self, total: str, code: str) -> None:
        self._key(Qt.Key.Key_Return)
        self._until(lambda: not self._now().lines, "no new bill")
        self._total(total)
        self._counter.scan(code)
        self._until_line(LineStatus.USABLE)

    def _total(self, digits: str) -> None:
        self._key(Qt.Key.Key_F4)
        self._type(digits)
        self._key(Qt.Key.Key_Return)
        self._until(lambda: self._now().total_vnd == int(digits), "the total did not arrive")

    def _issuer_agrees(self, code: str, bill_number: str) -> None:
        said = self._counter.issuer_says(code)
        self._check(said == (1, bill_number), f"the issuer says {said}")

    def _view(self) -> BillView | None:
        return self._window.counter.view

    def _now(self) -> BillView:
        view = self._view()
        if view is None:
            raise StepFailed("no bill at the counter")
        return view

    def _until_phase(self, phase: Phase) -> None:
        self._until(lambda: self._now().phase is phase and not self._now().busy, f"not {phase.value}")

    def _until_line(self, status: LineStatus) -> None:
        self._until(lambda: bool(self._now().lines) and self._now().lines[-1].status is status, f"not {status.value}")

    def _until(self, holds: Callable[[], bool], otherwise: str) -> None:
        end_mono_s = time.monotonic() + STEP_S
        while not holds():
            if time.monotonic() > end_mono_s:
                view = self._view()
                raise StepFailed(f"{otherwise} ({view.phase.value if view else 'no bill'})")
            self._pump(0.02)
        self._pump(_LOOK_S)

    def _check(self, holds: bool, otherwise: str) -> None:
        if not holds:
            raise StepFailed(otherwise)

    def _key(self, key: Qt.Key, *, control: bool = False) -> None:
        modifier = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
        QTest.keyClick(self._target(), key, modifier)
        self._pump(0.05)

    def _type(self, text: str) -> None:
        """As a person types: far slower than a scanner, so that nothing takes it for a scan."""
        for letter in text:
            QTest.keyClicks(self._target(), letter)
            self._pump(0.09)

    def _target(self) -> QWidget:
        return QApplication.focusWidget() or self._window

    @staticmethod
    def _pump(seconds: float) -> None:
        """Let the window live for a while."""
        loop = QEventLoop()
        QTimer.singleShot(int(seconds * 1000), loop.quit)
        loop.exec()

    def _shot(self, title: str) -> Path:
        self._shots += 1
        name = "".join(c if c.isalnum() else "-" for c in title.lower())[:40].strip("-")
        path = self._folder / f"{self._shots:02}-{name}.png"
        with suppress(RuntimeError):
            self._window.grab().save(str(path))
        return path
