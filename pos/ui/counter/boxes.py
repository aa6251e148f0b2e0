"""Opens the counter's boxes and hands what was typed to its presenter."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from pos.ui.counter.presenter import CounterPresenter, Effect
from pos.ui.counter.sheets import GoodsSheet, NumberSheet, TotalSheet
from pos.ui.look import Look
from pos.ui.widgets.sheet import Sheet


class CounterBoxes(QObject):
    """Bill total, bill number, goods.

    Args:
        presenter: hears what was typed.
        parent: owns this object.
    """

    def __init__(self, presenter: CounterPresenter, parent: QObject) -> None:
        super().__init__(parent)
        self._presenter = presenter

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
        return None

    @Slot(object)
    def _on_total(self, total_vnd: object) -> None:
        if isinstance(total_vnd, int):
            self._presenter.set_total(total_vnd)

    @Slot(str)
    def _on_number(self, text: str) -> None:
        self._presenter.set_number(text)

    @Slot(str)
    def _on_goods(self, text: str) -> None:
        self._presenter.add_goods(text)
