"""The tour's steps on the pages beside the counter: selling codes, paying a booking."""

from __future__ import annotations

from PySide6.QtCore import Qt

from pos.i18n import Translator
from pos.ui.page import PageScreen
from pos.ui.training.tour_hands import TourHands


class PageSteps(TourHands):
    """Steps that leave the counter for another page and come back."""

    def _sell(self) -> None:
        slips = self._counter.slips()
        self._key(Qt.Key.Key_F2)
        self._until_words("sell.choose.title", "no selling page")
        self._key(Qt.Key.Key_Right)
        self._type("2")
        self._key(Qt.Key.Key_Return)
        self._until_words("sell.draft.title", "no draft")
        self._key(Qt.Key.Key_Return)
        self._until_words("sell.done.title", "the codes were not handed over")
        self._check(self._counter.purchases() == (1, 1), "not one purchase")
        self._until(lambda: self._counter.slips() == slips + 1, "no slip with the codes")

    def _sell_lost(self) -> None:
        self._key(Qt.Key.Key_Return)
        self._counter.lose_next_purchase()
        self._until_words("sell.draft.title", "", wanted=False)
        self._key(Qt.Key.Key_Return)
        self._until_words("sell.draft.title", "no draft")
        self._key(Qt.Key.Key_Return)
        self._until_words("sell.done.title", "the till did not ask for its codes")
        self._check(self._counter.purchases() == (2, 2), "bought twice")
        self._key(Qt.Key.Key_Return)

    def _booking_voucher(self) -> None:
        number, voucher = self._counter.booking()
        self._key(Qt.Key.Key_F3)
        self._counter.scan(number)
        self._until_words("bookpay.ready.title", "the booking was not found")
        self._counter.scan(voucher)
        self._until_words("bookpay.voucher.usable.title", "the voucher is not usable")
        self._key(Qt.Key.Key_Return)
        self._until_words("bookpay.voucher.used.title", "the voucher was not used")
        self._check(self._counter.booking_says(number)[1] == 1, "not used once")

    def _booking_paid(self) -> None:
        number, _ = self._counter.booking()
        slips = self._counter.slips()
        self._key(Qt.Key.Key_Return)
        self._until_words("bookpay.amount_due.title", "no signed amount")
        self._key(Qt.Key.Key_Return)
        self._until_words("bookpay.done.title", "no ticket")
        self._check(self._counter.booking_says(number) == ("SUCCEEDED", 1, 1), "its issuer says something else")
        self._until(lambda: self._counter.slips() == slips + 1, "no slip of the booking")
        self._key(Qt.Key.Key_Return)
        self._key(Qt.Key.Key_F1)

    def _until_words(self, key: str, otherwise: str, *, wanted: bool = True) -> None:
        """Until the page's big panel says this."""
        title = Translator(self._window.choices.language).t(key)
        self._until(lambda: (self._words() == title) is wanted, otherwise)

    def _words(self) -> str:
        page = self._window.screens.page_in_sight
        return page.verdict_title if isinstance(page, PageScreen) else ""
