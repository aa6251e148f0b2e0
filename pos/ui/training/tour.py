"""The tour: the real window driven through a cashier's day in a minute, each step checked as it happens.

Nothing is faked but the counter's surroundings: keys go to the window, scans come over a pseudo-terminal, requests over
TLS, slips over TCP. A step holds only if the screen, the journal and the issuer's own record say the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from PySide6.QtCore import Qt

from pos.till.views import LineStatus, Phase
from pos.ui.config import Choices
from pos.ui.theme import ThemeName
from pos.ui.training.tour_hands import StepFailed
from pos.ui.training.tour_manager import ManagerSteps

_FUNCTION_KEYS = (Qt.Key.Key_F1, Qt.Key.Key_F2, Qt.Key.Key_F3, Qt.Key.Key_F4)


class Tour(ManagerSteps):
    """Drives one window."""

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
        yield "sell two codes: one purchase, codes on paper", self._sell
        yield "a purchase whose answer is lost is not bought twice", self._sell_lost
        yield "a booking and its voucher: used once", self._booking_voucher
        yield "money taken for the signed amount, ticket issued", self._booking_paid
        yield "the manager's day: the issuer counts the same", self._day
        yield "one voucher's timeline, in words", self._timeline
        yield "the day is closed to zero, the Z is on paper", self._close_day
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
