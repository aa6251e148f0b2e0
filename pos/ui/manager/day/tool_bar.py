"""The row above the table: search, days, filters, saved filters, export, close the day."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QWidget

from pos.ui.look import Look
from pos.ui.manager.day.model import Act
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.field import Field

_KEYS = ((Act.PERIOD, "F4"), (Act.FILTERS, "F6"), (Act.SAVED, "F7"), (Act.EXPORT, "Ctrl+E"), (Act.CLOSE_DAY, "F8"))

_FIELD = 190


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
        self._rows = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._rows.setContentsMargins(look.px(8), look.px(6), look.px(8), look.px(6))
        self._rows.setSpacing(look.px(8))
        self.field = Field(look, tr.t("day.search_hint"), name=tr.t("day.search"), height=48, plain=True, parent=self)
        self.field.setFont(look.font(15.5, 500))
        self.field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.field.setMinimumWidth(look.px(_FIELD))
        self._rows.addWidget(self.field, 1)
        row = QHBoxLayout()
        row.setSpacing(look.px(6))
        self._rows.addLayout(row)
        self.buttons: dict[Act, KeyButton] = {}
        for act, key in _KEYS:
            primary = act is Act.CLOSE_DAY
            button = KeyButton(look, tr.t(f"day.do.{act}"), key, primary=primary, design_px=15, height=48, parent=self)
            button.setProperty("act", act.value)
            button.clicked.connect(self._pressed)
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
            self.buttons[act] = button
        row.addStretch(1)
        self._row = row
        self._look_again = QTimer(self)
        self._look_again.setSingleShot(True)
        self._look_again.timeout.connect(self._lay_out)
        self.setFixedHeight(look.px(60))

    def show_choice(self, period: str, filters: str) -> None:
        """What is chosen stands on the buttons that choose it."""
        for act, label in ((Act.PERIOD, period), (Act.FILTERS, filters)):
            button = self.buttons[act]
            if button.accessibleName() != label:
                button.relabel(label)
                self._look_again.start(0)

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

    @Slot()
    def _lay_out(self) -> None:
        """Side by side, or the search above where there is no room."""
        look = self._look
        beside = look.px(_FIELD + 28) + self._row.minimumSize().width() <= self.width()
        way = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        if way is not self._rows.direction():
            self._rows.setDirection(way)
            self.setFixedHeight(look.px(60 if beside else 116))

    def minimumSizeHint(self) -> QSize:
        """The buttons in a row."""
        return QSize(self._row.minimumSize().width() + self._look.px(20), self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The row takes the form that fits."""
        super().resizeEvent(event)
        self._look_again.start(0)
