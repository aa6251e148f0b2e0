"""The row above the table: search, days, filters, saved filters, export, close the day."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from pos.ui.look import Look
from pos.ui.manager.day.model import Act
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.field import Field

_KEYS = ((Act.PERIOD, "F4"), (Act.FILTERS, "F6"), (Act.SAVED, "F7"), (Act.EXPORT, "Ctrl+E"), (Act.CLOSE_DAY, "F8"))


class ToolBar(QWidget):
    """Draws the row and says what is pressed.

    Signals:
        acted(str): an `Act`.
    """

    acted = Signal(str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        tr = look.tr
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(10), look.px(6), look.px(10), look.px(6))
        row.setSpacing(look.px(8))
        self.field = Field(look, tr.t("day.search_hint"), name=tr.t("day.search"), height=48, plain=True, parent=self)
        self.field.setFont(look.font(15.5, 500))
        self.field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.field.setMinimumWidth(look.px(190))
        row.addWidget(self.field, 1)
        self.buttons: dict[Act, KeyButton] = {}
        for act, key in _KEYS:
            primary = act is Act.CLOSE_DAY
            button = KeyButton(look, tr.t(f"day.do.{act}"), key, primary=primary, design_px=15, height=48, parent=self)
            button.setProperty("act", act.value)
            button.clicked.connect(self._pressed)
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
            self.buttons[act] = button
        self.setFixedHeight(look.px(60))

    def show_choice(self, period: str, filters: str) -> None:
        """What is chosen stands on the buttons that choose it."""
        for act, label in ((Act.PERIOD, period), (Act.FILTERS, filters)):
            button = self.buttons[act]
            if button.accessibleName() != label:
                button.relabel(label)

    def press(self, key: str) -> bool:
        """Do what this key stands for."""
        act = next((act for act, known in _KEYS if known == key), None)
        if act is None or self.buttons[act].isHidden():
            return False
        self.acted.emit(act.value)
        return True

    @Slot()
    def _pressed(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.acted.emit(str(sender.property("act")))
