"""The boxes of the counter: bill total, bill number, goods."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFormLayout, QWidget

from pos.ui.look import Look
from pos.ui.widgets.field import Field
from pos.ui.widgets.pad import DigitPad
from pos.ui.widgets.sheet import Sheet
from pos.ui.widgets.text import Text


class TotalSheet(Sheet):
    """The bill total on a keypad.

    Signals:
        total_given(int): đồng.
    """

    total_given = Signal(object)

    def __init__(self, look: Look, total_vnd: int, parent: QWidget) -> None:
        tr = look.tr
        super().__init__(look, tr.t("total.title"), tr.t("total.hint"), ok=tr.t("keypad.ok"), width=400, parent=parent)
        self.pad = DigitPad(look, secret=False, key_height=56, parent=self.card)
        if total_vnd:
            self.pad.preset(str(total_vnd))
        self.pad.submitted.connect(self.accept)
        self.body.addWidget(self.pad, 0, Qt.AlignmentFlag.AlignCenter)

    def focus_home(self) -> None:
        """Digits go to the pad."""
        self.pad.setFocus()

    @Slot()
    def accept(self) -> None:
        """Hand the total over; 0 is not one."""
        total_vnd = int(self.pad.digits or "0")
        if total_vnd:
            self.total_given.emit(total_vnd)
            self.dismiss()


class NumberSheet(Sheet):
    """A bill number: the shop's own for this bill (`words` "number"), or one to be found ("find_bill").

    Signals:
        number_given(str).
    """

    number_given = Signal(str)

    def __init__(self, look: Look, number: str, parent: QWidget, words: str = "number") -> None:
        tr = look.tr
        super().__init__(look, tr.t(f"{words}.title"), tr.t(f"{words}.hint"), ok=tr.t("keypad.ok"), parent=parent)
        self.field = Field(look, tr.t("number.name"), parent=self.card)
        self.field.setMaxLength(300)  # before the text: it would undo the selection
        self.field.setText(number)
        self.field.selectAll()
        self.field.entered.connect(self.accept)
        self.body.addWidget(self.field)

    def focus_home(self) -> None:
        """Letters go to the field."""
        self.field.setFocus()

    @Slot()
    def accept(self) -> None:
        """Hand the number over."""
        text = self.field.text().strip()
        if text:
            self.number_given.emit(text)
            self.dismiss()


class GoodsSheet(Sheet):
    """Goods on the bill, line by line; the box stays open for the next one.

    Signals:
        goods_given(str): `SKU:QTY:PRICE`.
    """

    goods_given = Signal(str)

    def __init__(self, look: Look, listed: str, parent: QWidget) -> None:
        tr = look.tr
        super().__init__(look, tr.t("goods.title"), tr.t("goods.hint"), ok=tr.t("goods.add"), width=520, parent=parent)
        form = QFormLayout()
        form.setVerticalSpacing(look.px(10))
        form.setHorizontalSpacing(look.px(14))
        form.setLabelAlignment(Qt.AlignmentFlag.AlignVCenter)
        self.sku, self.quantity, self.price = (
            self._add(form, tr.t("goods.sku")),
            self._add(form, tr.t("goods.quantity")),
            self._add(form, tr.t("goods.price")),
        )
        self.quantity.setText("1")
        self.body.addLayout(form)
        self._listed = Text(look, design_px=15, colour=look.theme.muted, wrap=True, parent=self.card)
        self.body.addWidget(self._listed)
        self.show_listed(listed)

    def _add(self, form: QFormLayout, label: str) -> Field:
        field = Field(self.look, "", name=label, parent=self.card)
        field.entered.connect(self._next)
        caption = Text(self.look, label, design_px=16, weight=600, parent=self.card)
        caption.setBuddy(field)
        caption.setFixedHeight(field.height())
        form.addRow(caption, field)
        return field

    def show_listed(self, listed: str) -> None:
        """What is on the bill now."""
        self._listed.say(self.look.tr.t("goods.listed", goods=listed) if listed else "")

    def focus_home(self) -> None:
        """Begin with the item code."""
        self.sku.setFocus()

    @Slot()
    def _next(self) -> None:
        """Enter goes to the next empty field, then adds."""
        for field in (self.sku, self.quantity, self.price):
            if not field.text().strip():
                field.setFocus()
                return
        self.accept()

    @Slot()
    def accept(self) -> None:
        """Hand one line over and be ready for the next."""
        parts = [field.text().strip() for field in (self.sku, self.quantity, self.price)]
        if not all(parts):
            self._next()
            return
        self.goods_given.emit(":".join(parts))
        self.sku.clear()
        self.price.clear()
        self.quantity.setText("1")
        self.sku.setFocus()
