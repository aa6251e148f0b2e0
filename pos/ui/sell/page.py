"""The selling page as the window knows it: events and keys in, boxes, sounds and banners out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from pos.till.ports import Person
from pos.till.selling.commands import SaleTill
from pos.till.selling.views import CodesShown, OpenSalesChanged, ProductsChanged, SaleChanged, SaleFailed
from pos.ui.look import Look
from pos.ui.page import PageScreen
from pos.ui.sell.model import Act
from pos.ui.sell.phone_sheet import PhoneSheet
from pos.ui.sell.presenter import Approval, Heard, PhoneWanted, SellPresenter
from pos.ui.sell.screen import SellScreen
from pos.ui.shell.presenter import Screen
from pos.ui.widgets.approval import ApprovalSheet
from pos.ui.widgets.kept_box import KeptBox
from pos.ui.words import say_message


class SellPage(QObject):
    """A `pos.ui.page.Page` over a `SaleTill`."""

    screen = Screen.SELL

    def __init__(self, till: SaleTill, mono_s: Callable[[], float], now_utc: Callable[[], datetime]) -> None:
        super().__init__()
        self.presenter = SellPresenter(till, mono_s, now_utc)
        self._look: Look | None = None
        self._drawn: _Drawn | None = None
        self._box: KeptBox[ApprovalSheet] = KeptBox(self)
        self._box.gone.connect(self.presenter.give_up)
        self._act = Act.NEXT

    def build(self, look: Look) -> PageScreen:
        """Draw it in this look."""
        self._look = look
        self._drawn = _Drawn(look, self)
        return self._drawn

    def take_event(self, event: object) -> bool:
        """Everything of selling."""
        if not isinstance(event, SaleChanged | ProductsChanged | OpenSalesChanged | CodesShown | SaleFailed):
            return False
        in_sight = self._drawn is not None and self._drawn.isVisible()
        self.tell(self.presenter.take(event, in_sight=in_sight))
        return True

    def take_scan(self, text: str) -> bool:
        """Nothing is scanned here: a voucher goes to the counter."""
        del text
        return False

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
        """Sales that wait."""
        return self.presenter.count

    # ------------------------------------------------------------ hands

    def act(self, act: Act) -> None:
        """Something was pressed."""
        box = self.presenter.act(act)
        if isinstance(box, PhoneWanted):
            self._ask_phone(box)
        else:
            self._ask(box)

    def tell(self, heard: Heard) -> None:
        """Let the person hear and see what came with an event."""
        drawn, look = self._drawn, self._look
        if drawn is None or look is None:
            return
        if heard.sound is not None:
            drawn.heard.emit(heard.sound)
        if heard.banner is not None:
            drawn.told.emit(heard.banner)
        sheet = self._box.sheet
        if heard.refused is not None and sheet is not None:
            said = say_message(look.tr, heard.refused)
            sheet.failed(f"{said.what} {said.do}")
        if heard.done and sheet is not None:
            sheet.dismiss()
        self._ask(heard.approval)

    def _ask(self, approval: Approval | None) -> None:
        if approval is None or self._drawn is None:
            return
        self._act = approval.act

        def make(look: Look, over: QWidget) -> ApprovalSheet:
            tr = look.tr
            sheet = ApprovalSheet(
                look,
                tr.t(f"{approval.words}.title"),
                tr.t(f"{approval.words}.hint"),
                wants_reason=approval.wants_reason,
                wants_pin=approval.wants_pin,
                parent=over,
            )
            sheet.approved.connect(self._approved)
            return self._box.keep(sheet)

        self._drawn.box_wanted.emit(make)

    def _ask_phone(self, wanted: PhoneWanted) -> None:
        if self._drawn is None:
            return
        drawn = self._drawn

        def begin(typed: str) -> None:
            self.presenter.sell_by_sms(typed)
            drawn.refresh()

        drawn.box_wanted.emit(lambda look, over: PhoneSheet(look, wanted.label, begin, over))

    @Slot(str, str)
    def _approved(self, reason: str, pin: str) -> None:
        self.presenter.approve(self._act, reason, pin)


class _Drawn(SellScreen):
    """The screen bound to its page."""

    def __init__(self, look: Look, page: SellPage) -> None:
        self._page = page
        super().__init__(look, page.presenter.model(look.tr))
        self.acted.connect(self._on_acted)
        self.chosen.connect(self._on_chosen)
        self.opened.connect(self._on_opened)
        self.stepped.connect(self._on_stepped)
        self.digit.connect(self._on_digit)
        self.refresh()

    def refresh(self) -> None:
        """Draw what the presenter knows now."""
        self.show_model(self._page.presenter.model(self._look.tr))

    @Slot(str)
    def _on_acted(self, act: str) -> None:
        self._page.act(Act(act))
        self.refresh()

    @Slot(str)
    def _on_chosen(self, key: str) -> None:
        self._page.presenter.choose(key)
        self.refresh()

    @Slot(str)
    def _on_opened(self, sale_id: str) -> None:
        self._page.presenter.resume(sale_id)
        self.refresh()

    @Slot(int)
    def _on_stepped(self, by: int) -> None:
        self._page.presenter.step(by)
        self.refresh()

    @Slot(str)
    def _on_digit(self, text: str) -> None:
        self._page.presenter.digit(text)
        self.refresh()
