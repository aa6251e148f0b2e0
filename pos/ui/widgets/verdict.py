"""The verdict: the largest thing on the screen. Its words stay labels, so that assistive tools can read them."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from pos.ui.counter.model import Ask, Panel
from pos.ui.look import Look
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.pad import DigitPad
from pos.ui.widgets.shapes import paint_shape
from pos.ui.widgets.text import Text

_CENTRE = Qt.AlignmentFlag.AlignHCenter
_TURN_MS = 120
_PADS = (Ask.FACE_VALUE, Ask.MANAGER_PIN)
"""Where a pad stands in the panel, the words take less room."""


class ShapeView(QWidget):
    """One shape in one colour. The working shape turns, slowly, only while it is shown."""

    def __init__(self, look: Look, design_px: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape, self._colour, self._turn = Shape.NONE, QColor(look.theme.text), 0
        self._largest, self._smallest = look.px(design_px), look.px(design_px * 0.4)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Maximum)
        self._timer = QTimer(self)
        self._timer.setInterval(_TURN_MS)
        self._timer.timeout.connect(self._step)

    def show_shape(self, shape: Shape, colour: QColor) -> None:
        """Draw this shape; none takes no room."""
        if shape is not self._shape or colour != self._colour:
            self._shape, self._colour = shape, colour
            self.update()
        self.setVisible(shape is not Shape.NONE)
        if shape is Shape.WORKING and not self._timer.isActive():
            self._timer.start()
        elif shape is not Shape.WORKING:
            self._timer.stop()

    def sizeHint(self) -> QSize:
        """As large as the design has it."""
        return QSize(self._largest, self._largest)

    def minimumSizeHint(self) -> QSize:
        """Where room is short the words stay and the shape gives way."""
        return QSize(self._largest, self._smallest)

    @Slot()
    def _step(self) -> None:
        self._turn = (self._turn + 1) % 8
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the shape."""
        del event
        painter = QPainter(self)
        size = min(self.width(), self.height()) - 4
        box = QRectF((self.width() - size) / 2, (self.height() - size) / 2, size, size)
        paint_shape(painter, self._shape, box, self._colour, self._turn)


class VerdictPanel(QWidget):
    """Shows a `Panel`.

    Signals:
        was_painted(): what is shown now has really been drawn.
        value_entered(str), pin_entered(str): Enter on the pad.
    """

    was_painted = Signal()
    value_entered = Signal(str)
    pin_entered = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._tone, self._ask, self._asked = Tone.NEUTRAL, Ask.NOTHING, ""
        self._told = True
        self._after = QTimer(self)
        self._after.setSingleShot(True)
        self._after.setInterval(0)
        self._after.timeout.connect(self._tell)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        muted = look.theme.text
        self._shape = ShapeView(look, 112, self)
        self._title = Text(look, design_px=38, weight=800, wrap=True, align=_CENTRE, parent=self)
        self._amount = Text(look, design_px=56, weight=800, align=_CENTRE, parent=self)
        self._total = Text(look, design_px=26, weight=700, wrap=True, align=_CENTRE, parent=self)
        self._what = Text(look, design_px=18, weight=500, wrap=True, align=_CENTRE, parent=self)
        self._points = Text(look, design_px=16, weight=600, wrap=True, align=_CENTRE, parent=self)
        self._note = Text(look, design_px=16, colour=muted, wrap=True, align=_CENTRE, parent=self)
        self._error = Text(look, design_px=16, weight=700, wrap=True, align=_CENTRE, parent=self)
        self._error.set_colour(look.ink(Tone.REFUSED))
        self._value_pad: DigitPad | None = None
        self._pin_pad: DigitPad | None = None
        self._lay_out()

    def _lay_out(self) -> None:
        look = self._look
        column = QVBoxLayout(self)
        column.setContentsMargins(look.px(24), look.px(14), look.px(24), look.px(14))
        column.setSpacing(look.px(6))
        column.addStretch(1)
        column.addWidget(self._shape, 0, _CENTRE)
        for text in (self._title, self._amount, self._what, self._points, self._total, self._note):
            column.addWidget(text)
        self._pad_slot = QVBoxLayout()
        self._pad_slot.setContentsMargins(0, look.px(4), 0, 0)
        column.addLayout(self._pad_slot)
        column.addWidget(self._error)
        column.addStretch(1)

    def show_panel(self, panel: Panel) -> None:
        """Draw this panel. Cheap when little changed: each part compares before it touches its widget."""
        look = self._look
        asking = panel.ask in _PADS
        if panel.tone is not self._tone:
            self._tone = panel.tone
            self.update()
        ink = look.ink(panel.tone)
        self._shape.show_shape(panel.shape, ink)
        self._title.set_colour(ink)
        if asking != (self._ask in _PADS):
            self._title.setFont(look.font(26 if asking else 38, 800))
            self._amount.setFont(look.font(34 if asking else 56, 800))
        self._title.say(panel.title)
        self._amount.say(panel.amount)
        self._what.say(panel.what)
        self._points.say("\n".join(panel.points))
        self._total.say(panel.total)
        self._note.say(panel.note)
        self._error.say(panel.error)
        self._show_pad(panel)
        self._told = False
        self.update()

    def pad(self) -> DigitPad | None:
        """The pad that is shown, if one is."""
        return {Ask.FACE_VALUE: self._value_pad, Ask.MANAGER_PIN: self._pin_pad}.get(self._ask)

    def _show_pad(self, panel: Panel) -> None:
        ask, asked = panel.ask, panel.what if panel.ask is Ask.FACE_VALUE else ""
        if (ask, asked) == (self._ask, self._asked):
            return
        self._ask, self._asked = ask, asked
        if ask is Ask.FACE_VALUE and self._value_pad is None:
            self._value_pad = self._make_pad(secret=False)
            self._value_pad.submitted.connect(self._value_typed)
        if ask is Ask.MANAGER_PIN and self._pin_pad is None:
            self._pin_pad = self._make_pad(secret=True)
            self._pin_pad.submitted.connect(self.pin_entered)
        for pad, wanted in ((self._value_pad, Ask.FACE_VALUE), (self._pin_pad, Ask.MANAGER_PIN)):
            if pad is not None:
                pad.clear()
                pad.setVisible(ask is wanted)

    @Slot(str)
    def _value_typed(self, digits: str) -> None:
        """Hand the value over and forget it: a second Enter must not make it the next voucher's."""
        if self._value_pad is not None:
            self._value_pad.clear()
        self.value_entered.emit(digits)

    def _make_pad(self, *, secret: bool) -> DigitPad:
        pad = DigitPad(self._look, secret=secret, key_height=48, parent=self)
        self._pad_slot.addWidget(pad, 0, _CENTRE)
        return pad

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tinted ground with its upper corners round; the labels draw themselves."""
        del event
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = look.px(11)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, 0)
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.WindingFill)
        path.addRoundedRect(box, radius, radius)
        path.addRect(box.adjusted(0, box.height() / 2, 0, 0))
        painter.fillPath(path, look.tint(self._tone))
        if look.theme.line == look.theme.text:  # high contrast: a heavy bar in the tone as well
            painter.fillRect(QRectF(0, 0, self.width(), look.px(8)), look.ink(self._tone))
            painter.setPen(QPen(QColor(look.theme.line), 1))
        if not self._told:
            self._after.start()

    @Slot()
    def _tell(self) -> None:
        """One turn of the event loop after painting: the frame has been handed to the screen."""
        self._told = True
        self.was_painted.emit()
