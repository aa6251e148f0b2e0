"""The tour: the real window driven through a cashier's day in half a minute, each step checked as it happens.

Nothing is faked but the counter's surroundings: keys go to the window, scans come over a pseudo-terminal, requests over
TLS, slips over TCP. A step holds only if the screen, the journal and the issuer's own record say the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from pos.till.views import BillView, LineStatus, Phase
from pos.ui.config import Choices
from pos.ui.theme import ThemeName
from pos.ui.window import MainWindow

_FUNCTION_KEYS = (Qt.Key.Key_F1, Qt.Key.Key_F2, Qt.Key.Key_F3, Qt.Key.Key_F4)
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


@dataclass(slots=True)
class StepFailed(Exception):
    """A step did not hold."""

    what: str


class Tour:
    """Drives one window.

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

    def run(self) -> bool:
        """Go through every step; false at the first that does not hold."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for number, (title, step) in enumerate(self._steps(), start=1):
            started_mono_s = time.monotonic()
            try:
                step()
            except StepFailed as failed:
                self._shot("failed")
                self._say(f"✗ {number:2}. {title}: {failed.what}")
                return False
            took_s = time.monotonic() - started_mono_s
            shot = self._shot(title)
            self._say(f"✓ {number:2}. {title}  ({took_s:.1f} s, {shot.name})")
        for slip in self._counter.save_slips(self._folder):
            self._say(f"  slip {slip.name}")
        return True

    def _steps(self) -> Iterator[tuple[str, Callable[[], None]]]:
        yield "sign in with name and PIN", self._sign_in
        yield "scan: the verdict is usable", self._scan_usable
        yield "scan a used voucher: refused with the reason", self._scan_refused
        yield "confirm: used at the issuer, once", self._confirm
        yield "the slip is printed", lambda: self._until(lambda: self._counter.slips() == 1, "no slip")
        yield "paper out: the sale does not wait", self._paper_out
        yield "paper in: the slip prints", self._paper_in
        yield "cable out after the check: the policy offers", self._cable_out
        yield "accepted offline, with a slip that says so", self._accept_offline
        yield "never checked, face value declared, manager's PIN", self._accept_declared
        yield "cable in: the queue settles by itself", self._cable_in
        yield "answer lost: not known yet, do not hand over", self._answer_lost
        yield "the inquiry finds our use: hand over", self._inquiry
        yield "English, dark, 1920×1080", self._other_look
        yield "the journal is whole", lambda: self._until(self._counter.journal_sound, "the journal is not sound")

    # ------------------------------------------------------------ steps

    def _sign_in(self) -> None:
        name, pin = self._cashier
        self._key(_FUNCTION_KEYS[self._people.index(name)])
        self._type(pin)
        self._key(Qt.Key.Key_Return)
        self._until(lambda: self._view() is not None, "nobody is signed in")

    def _scan_usable(self) -> None:
        self._total("265000")
        self._counter.scan(self._counter.plain_code(0))
        self._until_line(LineStatus.USABLE)
        self._check(self._now().left_vnd == 215_000, "left to pay is wrong")

    def _scan_refused(self) -> None:
        self._counter.scan(self._counter.used_code())
        self._until_line(LineStatus.REFUSED)
        self._key(Qt.Key.Key_Delete)
        self._until(lambda: len(self._now().lines) == 1, "the refused line stays")

    def _confirm(self) -> None:
        number = self._now().number
        self._key(Qt.Key.Key_Return)
        self._until_phase(Phase.DONE)
        self._issuer_agrees(self._counter.plain_code(0), number)

    def _paper_out(self) -> None:
        self._counter.set_paper(present=False)
        self._new_bill("100000", self._counter.plain_code(1))
        self._key(Qt.Key.Key_Return)
        self._until_phase(Phase.DONE)
        self._check(self._counter.slips() == 1, "a slip without paper")

    def _paper_in(self) -> None:
        self._counter.set_paper(present=True)
        self._until(lambda: self._counter.slips() == 2, "the slip did not come back")

    def _cable_out(self) -> None:
        self._new_bill("200000", self._counter.plain_code(2))
        self._counter.set_network(up=False)
        self._key(Qt.Key.Key_Return)
        self._until_phase(Phase.OFFERED)

    def _accept_offline(self) -> None:
        self._key(Qt.Key.Key_Return)
        self._until_phase(Phase.ACCEPTED_OFFLINE)
        self._until(lambda: self._counter.slips() == 3, "no slip for what was accepted offline")
        self._check(self._counter.issuer_says(self._counter.plain_code(2)) == (0, None), "the issuer knows already")

    def _accept_declared(self) -> None:
        self._key(Qt.Key.Key_Return)
        self._until(lambda: not self._now().lines, "no new bill")
        self._total("150000")
        self._counter.scan(self._counter.plain_code(3))
        self._until_phase(Phase.OFFERED)
        self._type("50000")
        self._key(Qt.Key.Key_Return)
        self._until(lambda: self._now().lines[0].worth_vnd == 50_000, "the declared value did not arrive")
        self._key(Qt.Key.Key_Return)
        self._type(self._manager_pin)
        self._key(Qt.Key.Key_Return)
        self._until_phase(Phase.ACCEPTED_OFFLINE)
        self._check(self._counter.at_risk() == 2, "not two at risk")

    def _cable_in(self) -> None:
        self._counter.set_network(up=True)
        back_mono_s = time.monotonic()
        self._until(lambda: self._counter.at_risk() == 0, "the queue does not drain")
        self._check(time.monotonic() - back_mono_s < 5, "the queue took more than 5 s")
        for number in (2, 3):
            self._check(self._counter.issuer_says(self._counter.plain_code(number))[0] == 1, "not used once")

    def _answer_lost(self) -> None:
        self._counter.lose_next_answer()
        self._new_bill("90000", self._counter.plain_code(4))
        self._key(Qt.Key.Key_Return)
        self._until_phase(Phase.UNKNOWN)
        self._check(self._now().left_vnd == 90_000, "what is unknown counts as paid")

    def _inquiry(self) -> None:
        number = self._now().number
        self._until_phase(Phase.DONE)
        self._issuer_agrees(self._counter.plain_code(4), number)

    def _other_look(self) -> None:
        self._window.resize(1920, 1080)
        self._window.choose(Choices("en", ThemeName.DARK, 100, 0))
        self._pump(0.3)

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

    def _key(self, key: Qt.Key) -> None:
        QTest.keyClick(self._target(), key)
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
