"""The tour's steps on the manager's page: the day's figures, one voucher's timeline, the day closed to zero."""

from __future__ import annotations

from PySide6.QtCore import Qt

from pos.i18n import Translator
from pos.ui.training.tour_pages import PageSteps


class ManagerSteps(PageSteps):
    """Steps of a manager who came to the cashier's counter."""

    def _day(self) -> None:
        self._key(Qt.Key.Key_F9)
        self._type(self._manager_pin)
        self._key(Qt.Key.Key_Return)
        used = Translator(self._window.choices.language).money(self._counter.used_vnd())
        self._until(lambda: self._words() == used, "the day's figure is not what the issuer counts")

    def _timeline(self) -> None:
        self._key(Qt.Key.Key_Return)
        self._until(lambda: self._window.box.is_open, "no timeline")

    def _close_day(self) -> None:
        slips = self._counter.slips()
        self._key(Qt.Key.Key_Escape)
        self._key(Qt.Key.Key_3, control=True)
        self._pump(1.0)
        self._key(Qt.Key.Key_3)
        self._count_papers(1)  # the booking's voucher
        self._key(Qt.Key.Key_Down)
        self._count_papers(self._counter.used_vnd() // self._counter.plain_vnd)
        self._key(Qt.Key.Key_F8)
        self._until(lambda: self._window.box.is_open, "nothing is asked before the day is closed")
        self._key(Qt.Key.Key_Return)
        self._until(lambda: self._counter.closed_days() == 1, "the day is not closed")
        self._until(lambda: self._counter.slips() == slips + 1, "no Z on paper")
        self._check(self._counter.open_cases() == 0, "the day was not at zero")
        self._key(Qt.Key.Key_Escape)
        self._key(Qt.Key.Key_F1)

    def _count_papers(self, papers: int) -> None:
        self._key(Qt.Key.Key_F4)
        self._type(str(papers))
        self._key(Qt.Key.Key_Return)
        self._until(lambda: not self._window.box.is_open, "the papers are not counted")
        self._pump(1.0)
