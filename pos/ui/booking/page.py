"""The booking page as the window knows it: events, scans and keys in, boxes, sounds and banners out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from pos.till.booking.commands import BookingTill
from pos.till.booking.views import BookingChanged, BookingEnded, BookingFailed, OpenBookingsChanged
from pos.till.ports import Person
from pos.ui.booking.model import Act
from pos.ui.booking.presenter import BookingPresenter, Heard
from pos.ui.booking.screen import BookingScreen
from pos.ui.look import Look
from pos.ui.page import PageScreen
from pos.ui.shell.presenter import Screen
from pos.ui.signs import Sound
from pos.ui.widgets.approval import ApprovalSheet
from pos.ui.widgets.kept_box import KeptBox
from pos.ui.words import say_message


class BookingPage(QObject):
    """A `pos.ui.page.Page` over a `BookingTill`."""

    screen = Screen.BOOKING

    def __init__(self, till: BookingTill, mono_s: Callable[[], float], now_utc: Callable[[], datetime]) -> None:
        super().__init__()
        self.presenter = BookingPresenter(till, now_utc, mono_s)
        self._look: Look | None = None
        self._drawn: _Drawn | None = None
        self._box: KeptBox[ApprovalSheet] = KeptBox(self)
        self._box.gone.connect(self.presenter.give_up_box)

    def build(self, look: Look) -> PageScreen:
        """Draw it in this look."""
        self._look = look
        self._drawn = _Drawn(look, self)
        return self._drawn

    def take_event(self, event: object) -> bool:
        """Everything of bookings."""
        if not isinstance(event, BookingChanged | OpenBookingsChanged | BookingEnded | BookingFailed):
            return False
        in_sight = self._drawn is not None and self._drawn.isVisible()
        self._tell(self.presenter.take(event, in_sight=in_sight))
        return True

    def take_scan(self, text: str) -> bool:
        """While the page is open a scan is a booking's number, or its voucher."""
        self.enter(text)
        return True

    def enter(self, text: str) -> None:
        """Scanned or typed."""
        self._hear(self.presenter.enter(text))

    def signed_in(self, person: Person | None) -> None:
        """Begin or end a turn."""
        self.presenter.signed_in(person)

    def resume(self, bill_number: str) -> None:
        """A banner was opened."""
        self.presenter.resume_bill(bill_number)

    def calling(self) -> bool:
        """A call runs that a customer waits for."""
        return self.presenter.calling

    def waiting(self) -> int:
        """Bookings that wait."""
        return self.presenter.count

    # ------------------------------------------------------------ hands

    def act(self, act: Act) -> None:
        """Something was pressed."""
        if self.presenter.act(act) and self._drawn is not None:
            self._drawn.box_wanted.emit(self._make_box)

    def _hear(self, sound: Sound | None) -> None:
        if sound is not None and self._drawn is not None:
            self._drawn.heard.emit(sound)

    def _tell(self, heard: Heard) -> None:
        drawn, look = self._drawn, self._look
        if drawn is None or look is None:
            return
        self._hear(heard.sound)
        if heard.banner is not None:
            drawn.told.emit(heard.banner)
        sheet = self._box.sheet
        if heard.refused is not None and sheet is not None:
            said = say_message(look.tr, heard.refused)
            sheet.failed(f"{said.what} {said.do}")
        if heard.done and sheet is not None:
            sheet.dismiss()

    def _make_box(self, look: Look, over: QWidget) -> ApprovalSheet:
        tr = look.tr
        sheet = ApprovalSheet(
            look, tr.t("bookpay.approve.title"), tr.t("bookpay.approve.hint"), wants_reason=True, wants_pin=True,
            parent=over,
        )  # fmt: skip
        sheet.approved.connect(self._approved)
        return self._box.keep(sheet)

    @Slot(str, str)
    def _approved(self, reason: str, pin: str) -> None:
        self.presenter.settle(reason, pin)


class _Drawn(BookingScreen):
    """The screen bound to its page."""

    def __init__(self, look: Look, page: BookingPage) -> None:
        self._page = page
        super().__init__(look, page.presenter.model(look.tr))
        self.acted.connect(self._on_acted)
        self.typed.connect(self._on_typed)
        self.opened.connect(self._on_opened)
        self.refresh()

    def refresh(self) -> None:
        """Draw what the presenter knows now."""
        self.show_model(self._page.presenter.model(self._look.tr))

    @Slot(str)
    def _on_acted(self, act: str) -> None:
        self._page.act(Act(act))
        self.refresh()

    @Slot(str)
    def _on_typed(self, text: str) -> None:
        self._page.enter(text)
        self.refresh()

    @Slot(str)
    def _on_opened(self, key: str) -> None:
        self._page.presenter.resume(key)
        self.refresh()
