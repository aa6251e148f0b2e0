"""One setting drawn: what it is, what it does, its control, and what is wrong with what stands there."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.manager.setup.settings.controls import CONTROLS, Control
from pos.ui.manager.setup.settings.model import Kind, RowModel
from pos.ui.theme import Tone
from pos.ui.widgets.card import Rule
from pos.ui.widgets.text import Text

CONTROL_PX = 318


class SettingRow(QWidget):
    """Draws a `RowModel`.

    Signals:
        edited(str, str): key and text. wanted(str): a box for this key. done(str): Enter in it. entered(str): the
        keyboard came here.
    """

    edited = Signal(str, str)
    wanted = Signal(str)
    done = Signal(str)
    entered = Signal(str)

    def __init__(self, look: Look, row: RowModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._look, self.model = look, row
        muted = look.theme.muted
        column = QVBoxLayout(self)
        column.setContentsMargins(look.px(16), 0, look.px(16), 0)
        column.setSpacing(0)
        self._title = Text(look, row.title, design_px=15, weight=800, parent=self)
        self._title.setContentsMargins(0, look.px(14), 0, look.px(4))
        self._title.setVisible(bool(row.title))
        column.addWidget(self._title)
        line = QHBoxLayout()
        line.setContentsMargins(0, look.px(9), 0, look.px(9))
        line.setSpacing(look.px(18))
        words = QVBoxLayout()
        words.setSpacing(look.px(1))
        self._label = Text(look, design_px=16, weight=700, wrap=True, parent=self)
        self._help = Text(look, design_px=13.5, wrap=True, parent=self)
        self._note = Text(look, design_px=12.5, colour=muted, wrap=True, parent=self)
        for text in (self._label, self._help, self._note):
            words.addWidget(text)
        words.addStretch(1)
        line.addLayout(words, 1)
        line.addWidget(self._build_hand(row), 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(line)
        column.addWidget(Rule(look, self))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.show_row(row)

    def _build_hand(self, row: RowModel) -> QWidget:
        look = self._look
        box = QWidget(self)
        box.setFixedWidth(look.px(CONTROL_PX))
        hand = QVBoxLayout(box)
        hand.setContentsMargins(0, 0, 0, 0)
        hand.setSpacing(look.px(3))
        self.control: Control = CONTROLS[row.kind](look, row, box)
        self.control.edited.connect(self._edited)
        self.control.wanted.connect(self._wanted)
        self.control.done.connect(self._done)
        for stop in self.control.stops:
            stop.installEventFilter(self)
        hand.addWidget(self.control)
        self._below = Text(look, design_px=12.5, colour=look.theme.muted, wrap=True, parent=box)
        self._error = Text(look, design_px=13.5, weight=600, wrap=True, parent=box)
        self._error.set_colour(look.ink(Tone.REFUSED))
        hand.addWidget(self._below)
        hand.addWidget(self._error)
        return box

    @property
    def has_keyboard(self) -> bool:
        """Whether the keyboard is in this row."""
        return any(stop.hasFocus() for stop in self.control.stops)

    def show_row(self, row: RowModel) -> bool:
        """Show this; True if there is an error that was not there before."""
        edited, wrong = row.edited != self.model.edited, bool(row.error) and row.error != self.model.error
        self.model = row
        self._label.say(row.label)  # said, not given at the start: only then Qt asks how high it is at a width
        self._help.say(row.help)
        self.control.show_row(row)
        self._note.say(row.note)
        below = [row.allowed if row.kind is Kind.NUMBER else "", row.applies]
        self._below.say(" · ".join(part for part in below if part))
        self._below.set_colour(self._look.ink(Tone.UNKNOWN if row.waits else Tone.NEUTRAL))
        self._error.say(f"✗ {row.error}" if row.error else "")
        if edited:
            self.update()
        return wrong

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keyboard comes to this row."""
        if event.type() == QEvent.Type.FocusIn:
            self.entered.emit(self.model.key)
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A bar at the left of what is not saved."""
        del event
        if self.model.edited:
            painter = QPainter(self)
            look = self._look
            top = self._title.height() if self.model.title else 0
            painter.fillRect(
                QRectF(0, top + look.px(4), look.px(5), self.height() - top - look.px(8)), look.ink(Tone.UNKNOWN)
            )

    @Slot(str)
    def _edited(self, text: str) -> None:
        self.edited.emit(self.model.key, text)

    @Slot()
    def _wanted(self) -> None:
        self.wanted.emit(self.model.key)

    @Slot()
    def _done(self) -> None:
        self.done.emit(self.model.key)
