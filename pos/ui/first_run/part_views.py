"""How the parts of a page are drawn, and brought up to date in place; its fields are in `boxes`."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from pos.ui.first_run.parts import Choice, FieldPart, Part, PinPart, Presses, Result, Rows, Say, Tiles
from pos.ui.first_run.tiles import RowButton, TileButton
from pos.ui.look import Look
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.pad import DigitPad
from pos.ui.widgets.text import Text
from pos.ui.widgets.verdict import ShapeView

_SIGNS = {Tone.USABLE: Shape.CHECK, Tone.REFUSED: Shape.CROSS, Tone.UNKNOWN: Shape.WAIT}


def give_way(*texts: Text) -> None:
    """Wrapped lines take the height that their width needs, and ask for no more."""
    for text in texts:
        text.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)


class ResultBox(QWidget):
    """How a trial stands or ended: ground in its colour, its shape, its sentences."""

    def __init__(self, look: Look, part: Result, parent: QWidget) -> None:
        super().__init__(parent)
        self._look, self._part = look, part
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(16), look.px(12), look.px(16), look.px(12))
        row.setSpacing(look.px(14))
        self._shape = ShapeView(look, 40, self)
        row.addWidget(self._shape, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(look.px(3))
        self.what = Text(look, design_px=17, weight=700, wrap=True, parent=self)
        self.detail = Text(look, design_px=15, wrap=True, parent=self)
        self.do = Text(look, design_px=15, weight=600, wrap=True, parent=self)
        self.safe = Text(look, design_px=14.5, wrap=True, parent=self)
        give_way(self.what, self.detail, self.do, self.safe)
        for text in (self.what, self.detail, self.do, self.safe):
            column.addWidget(text)
        row.addLayout(column, 1)
        self.show_part(part)

    def show_part(self, part: Result) -> None:
        """Another result."""
        self._part = part
        tone = Tone.BRAND if part.busy else part.tone
        self.setVisible(bool(part.what))
        ink = self._look.ink(tone)
        shape = Shape.WORKING if part.busy else _SIGNS.get(part.tone, Shape.NONE)
        self._shape.show_shape(shape, ink)
        for text, words in ((self.what, part.what), (self.detail, part.detail), (self.do, part.do),
                            (self.safe, part.safe)):  # fmt: skip
            text.say(words)
            text.set_colour(ink if text is self.what else QColor(self._look.theme.text))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tone = Tone.BRAND if self._part.busy else self._part.tone
        painter.setBrush(self._look.tint(tone))
        painter.setPen(self._look.ink(tone) if self._look.theme.line == self._look.theme.text else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), self._look.px(10), self._look.px(10)
        )


class Press(QObject):
    """Tells which button of a part was clicked; lives as long as the button."""

    def __init__(self, button: QObject, part: str, name: str, told: Callable[[str, str], None]) -> None:
        super().__init__(button)
        self._part, self._name, self._told = part, name, told

    @Slot()
    def tell(self) -> None:
        """It was clicked."""
        self._told(self._part, self._name)


class ChoiceBox(QWidget):
    """A label and a few words beside each other."""

    def __init__(self, look: Look, part: Choice, pressed: Callable[[str, str], None], parent: QWidget) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look.px(10))
        row.addWidget(Text(look, part.label, design_px=15, weight=600, parent=self))
        row.addStretch(1)
        self.buttons: dict[str, KeyButton] = {}
        for name, label in part.options:
            button = KeyButton(look, label, design_px=15, height=48, parent=self)
            button.clicked.connect(Press(button, part.name, name, pressed).tell)
            row.addWidget(button)
            self.buttons[name] = button
        self.show_part(part)

    def show_part(self, part: Choice) -> None:
        """Another choice."""
        for name, button in self.buttons.items():
            button.set_primary(name == part.chosen, Tone.BRAND)
            button.setAccessibleDescription("✓" if name == part.chosen else "")


class PinBox(QWidget):
    """The pad, its question above it."""

    def __init__(self, look: Look, part: PinPart, given: Callable[[str], None], parent: QWidget) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.px(8))
        self.label = Text(look, part.label, design_px=16, weight=600, wrap=True, parent=self)
        column.addWidget(self.label)
        self.pad = DigitPad(look, secret=True, key_height=52, parent=self)
        self.pad.submitted.connect(given)
        column.addWidget(self.pad, 0, Qt.AlignmentFlag.AlignLeft)
        self._asks = part.asks

    def show_part(self, part: PinPart) -> None:
        """Another question begins with an empty pad."""
        self.label.say(part.label)
        if part.asks != self._asks:
            self._asks = part.asks
            self.pad.clear()


class TilesBox(QWidget):
    """Answers side by side."""

    def __init__(self, look: Look, part: Tiles, pressed: Callable[[str, str], None], parent: QWidget) -> None:
        super().__init__(parent)
        self._look, self._pressed = look, pressed
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(look.px(10))
        self.tiles: list[TileButton] = []
        self.show_part(part)

    def show_part(self, part: Tiles) -> None:
        """Another state, or other answers: devices come and go while somebody types below them."""
        if [button.name for button in self.tiles] != [tile.name for tile in part.tiles]:
            self._rebuild(part)
        for button, tile in zip(self.tiles, part.tiles, strict=True):
            button.show_tile(tile)
        self.setVisible(bool(part.tiles))

    def _rebuild(self, part: Tiles) -> None:
        held = next((button.name for button in self.tiles if button.hasFocus()), "")
        for button in self.tiles:
            self._grid.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.tiles = []
        for number, tile in enumerate(part.tiles):
            button = TileButton(self._look, part.name, tile, self, tall=part.tall)
            button.clicked.connect(Press(button, part.name, tile.name, self._pressed).tell)
            self._grid.addWidget(button, number // part.columns, number % part.columns)
            self.tiles.append(button)
            if tile.name == held:
                button.setFocus()


class RowsBox(QWidget):
    """Lines below each other."""

    def __init__(self, look: Look, part: Rows, pressed: Callable[[str, str], None], parent: QWidget) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.px(5 if part.low else 8))
        self.rows: list[RowButton] = []
        for row in part.rows:
            button = RowButton(look, part.name, row, self, live=part.live, low=part.low)
            button.clicked.connect(Press(button, part.name, row.name, pressed).tell)
            column.addWidget(button)
            self.rows.append(button)

    def show_part(self, part: Rows) -> None:
        """The same lines in another state."""
        for button, row in zip(self.rows, part.rows, strict=True):
            button.show_row(row)


class PressesBox(QWidget):
    """What can be done now, with its keys."""

    def __init__(self, look: Look, part: Presses, pressed: Callable[[str, str], None], parent: QWidget) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look.px(10))
        self.part = part
        self.buttons: list[KeyButton] = []
        for press in part.presses:
            button = KeyButton(
                look, press.label, press.key, primary=press.primary, design_px=16, height=52, parent=self
            )
            button.clicked.connect(Press(button, part.name, press.name, pressed).tell)
            row.addWidget(button)
            self.buttons.append(button)
        row.addStretch(1)
        self.show_part(part)

    def show_part(self, part: Presses) -> None:
        """The same buttons in another state."""
        self.part = part
        for button, press in zip(self.buttons, part.presses, strict=True):
            button.relabel(press.label, press.key)
            button.setEnabled(press.enabled)


class SayText(Text):
    """A sentence."""

    def __init__(self, look: Look, part: Say, parent: QWidget) -> None:
        size, weight = (22, 700) if part.loud else (16, 500)
        super().__init__(look, part.text, design_px=size, weight=weight, wrap=True, parent=parent)
        give_way(self)
        self.setVisible(bool(part.text))

    def show_part(self, part: Say) -> None:
        """Another sentence."""
        self.say(part.text)


def shape_of(part: Part) -> tuple[object, ...]:
    """What must be the same for a widget to be kept."""
    if isinstance(part, Tiles):
        return ("tiles", part.name, part.columns)
    if isinstance(part, Rows):
        return ("rows", part.name, part.live, tuple(row.name for row in part.rows))
    if isinstance(part, Presses):
        return ("presses", part.name, tuple(press.name for press in part.presses))
    if isinstance(part, FieldPart):
        return ("field", part.name, part.kind)
    if isinstance(part, Choice):
        return ("choice", part.name, tuple(name for name, _ in part.options))
    return (type(part).__name__, part.loud if isinstance(part, Say) else "")


def show_anew(widget: QWidget, part: Part) -> None:
    """Bring a widget up to date; it was drawn from a part of the same `shape_of`."""
    widget.show_part(part)  # type: ignore[attr-defined]
