"""Opens the counter's boxes and hands what was typed to its presenter."""

from __future__ import annotations

import re

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from pos.till.commands import CounterTill
from pos.ui.counter.effects import Effect
from pos.ui.counter.issuer import choice_name, issuer_title
from pos.ui.counter.manager_boxes import ManagerBoxes
from pos.ui.counter.presenter import CounterPresenter
from pos.ui.counter.sheets import GoodsSheet, NumberSheet, TotalSheet
from pos.ui.look import Look
from pos.ui.widgets.choice import Answer, ChoiceSheet
from pos.ui.widgets.sheet import Sheet
from pos.ui.words import masked


class CounterBoxes(QObject):
    """Bill total, bill number, goods, issuer; and through `manager` what needs one.

    Args:
        presenter: hears what was typed.
        till: is told what a manager approved.
        parent: owns this object.

    Signals:
        bill_wanted(str): number of a bill to be brought to the counter.
    """

    bill_wanted = Signal(str)

    def __init__(self, presenter: CounterPresenter, till: CounterTill, parent: QObject) -> None:
        super().__init__(parent)
        self._presenter = presenter
        self.manager = ManagerBoxes(till, self)
        self._line_id = ""

    def box_for(self, effect: Effect, look: Look, over: QWidget) -> Sheet | None:
        """The box an action asks for, over this widget; None if it asks for none or no bill is open."""
        view = self._presenter.view
        if view is None:
            return None
        if effect is Effect.ASK_TOTAL:
            total = TotalSheet(look, view.total_vnd, over)
            total.total_given.connect(self._on_total)
            return total
        if effect is Effect.ASK_NUMBER:
            number = NumberSheet(look, view.number, over)
            number.number_given.connect(self._on_number)
            return number
        if effect is Effect.ASK_GOODS:
            goods = GoodsSheet(look, self._presenter.goods_listed(look.tr), over)
            goods.goods_given.connect(self._on_goods)
            return goods
        if effect is Effect.ASK_BILL:
            bill = NumberSheet(look, "", over, words="find_bill")
            bill.number_given.connect(self.find_bill)
            return bill
        if effect is Effect.ASK_DECISION:
            return self.manager.decision(view, self._presenter.line(), look, over)
        if effect is Effect.ASK_TAKE_BACK:
            return self.manager.taking_back(view, look, over)
        return self._issuer_box(look, over) if effect is Effect.ASK_ISSUER else None

    def _issuer_box(self, look: Look, over: QWidget) -> Sheet | None:
        line, tr = self._presenter.line(), look.tr
        if line is None or not line.choices:
            return None
        self._line_id = line.id
        now = tr.t("issuer.now", provider=issuer_title(tr, line)) if line.provider else ""
        hint = " ".join(part for part in (now, tr.t("issuer.hint")) if part)
        answers = [Answer(choice.provider, choice_name(tr, choice)) for choice in line.choices]
        box = ChoiceSheet(look, tr.t("issuer.title", ending=masked(line.ending)), hint, answers, over)
        box.chosen.connect(self._on_issuer)
        return box

    @Slot(str)
    def _on_issuer(self, provider: str) -> None:
        self._presenter.change_issuer(self._line_id, provider)

    @Slot(object)
    def _on_total(self, total_vnd: object) -> None:
        if isinstance(total_vnd, int):
            self._presenter.set_total(total_vnd)

    @Slot(str)
    def _on_number(self, text: str) -> None:
        self._presenter.set_number(text)

    @Slot(str)
    def find_bill(self, text: str) -> None:
        """The number on a slip, or only its last digits: the rest is as on this till's bills of today."""
        view = self._presenter.view
        self.bill_wanted.emit(whole_number(text, view.number) if view else text)

    @Slot(str)
    def _on_goods(self, text: str) -> None:
        self._presenter.add_goods(text)


def whole_number(text: str, like: str) -> str:
    """A bill's number from its last digits: `148` is `HN03-T2-20261121-000148` where `like` is another of that day."""
    tail = re.search(r"[0-9]*$", like)
    width = len(tail[0]) if tail else 0
    if not re.fullmatch(r"[0-9]+", text) or len(text) > width or width == len(like):
        return text
    return like[:-width] + text.zfill(width)
