"""What a setting is changed with: one control a kind. Each shows what it is given and says what a hand made of it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from pos.ui.look import Look
from pos.ui.manager.setup.settings.model import Kind, RowModel
from pos.ui.theme import Tone
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.field import Field
from pos.ui.widgets.text import Text

_OTHER_WORDS = {Kind.FILE: "setup.do.choose_file", Kind.FOLDER: "setup.do.choose_folder", Kind.ADDRESS: "setup.do.find"}


class Control(QWidget):
    """One control.

    Signals:
        edited(str): what it holds now, as it would be typed.
        wanted(): a box is needed to choose or to type the value.
        done(): Enter: the next setting.
    """

    edited = Signal(str)
    wanted = Signal()
    done = Signal()

    def __init__(self, look: Look, row: RowModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.stops: tuple[QWidget, ...] = ()
        """What takes the keyboard, in order."""
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(look.px(8))

    def show_row(self, row: RowModel) -> None:
        """Show this value."""
        raise NotImplementedError

    def focus(self) -> None:
        """Take the keyboard."""
        self.stops[0].setFocus(Qt.FocusReason.TabFocusReason)


class SwitchControl(Control):
    """Yes or no."""

    def __init__(self, look: Look, row: RowModel, parent: QWidget) -> None:
        super().__init__(look, row, parent)
        self._switch = _Switch(look, row.label, self)
        self._switch.clicked.connect(self._flipped)
        self._row.addWidget(self._switch, 1)
        self.stops = (self._switch,)
        self.show_row(row)

    def show_row(self, row: RowModel) -> None:
        """On or off."""
        self._switch.setChecked(row.text == "true")
        self._switch.update()

    @Slot()
    def _flipped(self) -> None:
        self.edited.emit("true" if self._switch.isChecked() else "false")


class _Switch(QAbstractButton):
    """A slide with its word; Space, Enter or a finger flips it, left and right set it."""

    def __init__(self, look: Look, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.setCheckable(True)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedHeight(look.px(48))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Slide and word."""
        return QSize(self._look.px(150), self._look.px(48))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter flips; the arrows say which way."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.click()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            if self.isChecked() != (key == Qt.Key.Key_Right):
                self.click()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw track, knob, word and focus."""
        del event
        look, theme = self._look, self._look.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked()
        high, wide = look.px(28), look.px(52)
        track = QRectF(look.px(6), (self.height() - high) / 2, wide, high)
        colours = theme.tones[Tone.BRAND]
        painter.setPen(QPen(QColor(colours.fill if on else theme.outline), look.px(2)))
        painter.setBrush(QColor(colours.fill if on else theme.field))
        painter.drawRoundedRect(track, high / 2, high / 2)
        knob = high - look.px(10)
        left = track.right() - knob - look.px(5) if on else track.left() + look.px(5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.on_fill if on else theme.outline))
        painter.drawEllipse(QRectF(left, track.center().y() - knob / 2, knob, knob))
        painter.setPen(QColor(theme.text))
        painter.setFont(look.font(16, 600))
        room = self.rect().adjusted(look.px(6) + wide + look.px(12), 0, 0, 0)
        word = look.tr.t("setting.yes" if on else "setting.no")
        painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), word)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.focus), look.px(2.5)))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), look.px(9), look.px(9))


class ChoiceControl(Control):
    """One of several values: a button with the value that opens them all; left and right step."""

    def __init__(self, look: Look, row: RowModel, parent: QWidget) -> None:
        super().__init__(look, row, parent)
        self._model = row
        self._button = _Choice(look, self)
        self._button.clicked.connect(self.wanted)
        self._button.stepped.connect(self._step)
        self._row.addWidget(self._button, 1)
        self.stops = (self._button,)
        self.show_row(row)

    def show_row(self, row: RowModel) -> None:
        """The value in words."""
        self._model = row
        self._button.show_words(row.label, row.shown)

    @Slot(int)
    def _step(self, by: int) -> None:
        values = [option.value for option in self._model.options]
        at = values.index(self._model.text) + by if self._model.text in values else 0
        if 0 <= at < len(values):
            self.edited.emit(values[at])


class _Choice(KeyButton):
    """The value and a mark that there are others.

    Signals:
        stepped(int): one back or one on.
    """

    stepped = Signal(int)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, "", design_px=16, height=48, parent=parent)
        self._value = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_words(self, name: str, value: str) -> None:
        """Name for assistive tools, value for the eyes."""
        self._value = value
        self.setAccessibleName(f"{name}: {value}")
        self.update()

    def minimumSizeHint(self) -> QSize:
        """Gives way to its column."""
        return QSize(self._look.px(120), self.height())

    def sizeHint(self) -> QSize:
        """As wide as the column."""
        return self.minimumSizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right step; up and down are the panel's."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if step:
            self.stepped.emit(step)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _paint_words(self, painter: QPainter, ink: QColor) -> None:
        look = self._look
        room = self.rect().adjusted(look.px(14), 0, -look.px(34), 0)
        painter.setPen(ink)
        painter.setFont(look.font(16, 600))
        text = painter.fontMetrics().elidedText(self._value, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)
        right, middle, half = self.width() - look.px(22), self.height() / 2, look.px(5)
        painter.setPen(QPen(ink, look.px(2)))
        for side in (-half, half):
            painter.drawLine(QPointF(right + side, middle - half / 2), QPointF(right, middle + half / 2))


class FieldControl(Control):
    """A text or a number; of files, folders and devices with a button that finds them."""

    def __init__(self, look: Look, row: RowModel, parent: QWidget) -> None:
        super().__init__(look, row, parent)
        self.field = Field(look, "", name=row.label, plain=row.kind is not Kind.TEXT, height=48, parent=self)
        self._grouped = row.kind is Kind.NUMBER
        self.field.textEdited.connect(self._typed)
        self.field.editingFinished.connect(self._tidy)
        self.field.entered.connect(self.done)
        stops: list[QWidget] = [self.field]
        if row.kind is Kind.NUMBER:
            self.field.setMaxLength(12)
            self.field.setFixedWidth(look.px(132))
            self.field.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._row.addWidget(self.field)
            self._unit = Text(look, row.unit, design_px=15, colour=look.theme.muted, parent=self)
            self._row.addWidget(self._unit, 1)
        else:
            self._row.addWidget(self.field, 1)
        if row.kind in _OTHER_WORDS:
            button = KeyButton(look, look.tr.t(_OTHER_WORDS[row.kind]), design_px=14.5, height=48, parent=self)
            button.setAccessibleDescription(row.label)
            button.clicked.connect(self.wanted)
            self._row.addWidget(button)
            stops.append(button)
        self.stops = tuple(stops)
        self.show_row(row)

    def show_row(self, row: RowModel) -> None:
        """Put the text in, unless it stands there."""
        if self._plain() != row.text:
            self.field.setText(grouped(row.text) if self._grouped else row.text)
            if not self.field.hasFocus():
                self.field.setCursorPosition(0)  # a long address begins where one reads it

    def _plain(self) -> str:
        """Without the points that a person may set and that the till sets: `2.000.000` is 2000000."""
        text = self.field.text()
        return text.replace(".", "").replace(" ", "") if self._grouped else text

    @Slot()
    def _typed(self) -> None:
        self.edited.emit(self._plain())

    @Slot()
    def _tidy(self) -> None:
        """The keyboard leaves: points where they belong."""
        if self._grouped and self.field.text() != grouped(self._plain()):
            self.field.setText(grouped(self._plain()))


class SecretControl(Control):
    """Whether there is a secret, and the way to another. Its text is never in this widget."""

    def __init__(self, look: Look, row: RowModel, parent: QWidget) -> None:
        super().__init__(look, row, parent)
        self._says = Text(look, design_px=15, weight=600, wrap=True, parent=self)
        self._row.addWidget(self._says, 1)
        self._button = KeyButton(look, "", design_px=14.5, height=48, parent=self)
        self._button.clicked.connect(self.wanted)
        self._row.addWidget(self._button)
        self.stops = (self._button,)
        self.show_row(row)

    def show_row(self, row: RowModel) -> None:
        """Kept, none, or new and not saved."""
        self._says.say(row.shown)
        self._button.relabel(self._look.tr.t("setup.do.replace" if row.has_secret else "setup.do.enter"))
        self._button.setAccessibleDescription(f"{row.label}: {row.shown}")


def grouped(digits: str) -> str:
    """`2.000.000`; what is no number stays as it is."""
    number = digits.isascii() and digits.isdigit() and len(digits) <= 18
    return f"{int(digits):,}".replace(",", ".") if number else digits


CONTROLS: dict[Kind, type[Control]] = {
    Kind.FLAG: SwitchControl,
    Kind.CHOICE: ChoiceControl,
    Kind.SECRET: SecretControl,
    **dict.fromkeys((Kind.NUMBER, Kind.TEXT, Kind.FILE, Kind.FOLDER, Kind.ADDRESS), FieldControl),
}
