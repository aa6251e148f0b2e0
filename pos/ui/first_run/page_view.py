"""Draws a `Page`: title, parts, ways on. The same page is brought up to date in place; another is built anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from PySide6.QtCore import QObject, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from pos.ui.first_run.boxes import ChooseFile, FieldBox
from pos.ui.first_run.parts import (
    Choice,
    FieldPart,
    Page,
    Part,
    PinPart,
    Presses,
    Result,
    Rows,
    Say,
    Tiles,
)
from pos.ui.first_run.tiles import Pressed, RowButton, TileButton
from pos.ui.look import Look
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.pad import DigitPad
from pos.ui.widgets.text import Text
from pos.ui.widgets.verdict import ShapeView
from pos.ui.widgets.window_table import scroll_bar_style

_WIDEST, _BESIDE_PAD = 1040, 460
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


Drawn: TypeAlias = QWidget


class PageView(QWidget):
    """One screen of the first run.

    Signals:
        pressed(str, str): part and name. typed(str, str): field and text. rested(str): a field may be kept.
        pin_given(str); on_wanted(); back_wanted(); later_wanted()
    """

    pressed = Signal(str, str)
    typed = Signal(str, str)
    rested = Signal(str)
    pin_given = Signal(str)
    on_wanted = Signal()
    back_wanted = Signal()
    later_wanted = Signal()

    def __init__(self, look: Look, choose_file: ChooseFile, parent: QWidget) -> None:
        super().__init__(parent)
        self.look, self._choose_file = look, choose_file
        self._page: Page | None = None
        self._shape: tuple[object, ...] = ()
        self.drawn: list[tuple[Part, Drawn]] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(look.px(32), look.px(24), look.px(32), look.px(20))
        column.setSpacing(look.px(6))
        self.title = Text(look, design_px=30, weight=800, wrap=True, parent=self)
        self.hint = Text(look, design_px=16, colour=look.theme.muted, wrap=True, parent=self)
        self.error = ResultBox(look, Result(), self)
        column.addWidget(self.title)
        column.addWidget(self.hint)
        column.addSpacing(look.px(6))
        column.addWidget(self.error)
        self.area = QScrollArea(self)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QScrollArea.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.viewport().setAutoFillBackground(False)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.verticalScrollBar().setStyleSheet(scroll_bar_style(look))
        column.addWidget(self.area, 1)
        self._doing = QHBoxLayout()
        self._doing.setContentsMargins(0, look.px(6), 0, 0)
        self._doing_box: _PressesBox | None = None
        column.addLayout(self._doing)
        column.addSpacing(look.px(8))
        column.addLayout(self._build_ways())

    def _build_ways(self) -> QHBoxLayout:
        look = self.look
        row = QHBoxLayout()
        row.setSpacing(look.px(12))
        self.back = KeyButton(look, "", "Alt+←", design_px=16, height=56, parent=self)
        self.back.clicked.connect(self.back_wanted)
        row.addWidget(self.back)
        self.means = Text(look, design_px=14, colour=look.theme.muted, wrap=True, parent=self)
        self.means.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.means, 1)
        self.later = KeyButton(look, "", "F9", design_px=16, height=56, parent=self)
        self.later.clicked.connect(self.later_wanted)
        row.addWidget(self.later)
        self.on = KeyButton(look, "", "Enter", primary=True, design_px=18, height=56, parent=self)
        self.on.clicked.connect(self.on_wanted)
        row.addWidget(self.on)
        return row

    # ------------------------------------------------------------ drawing

    def show_page(self, page: Page) -> None:
        """Draw this."""
        self.title.say(page.title)
        self.hint.say(page.hint)
        self.error.show_part(Result(page.error, tone=Tone.REFUSED))
        self._ways(page)
        self._show_doing(page.doing)
        shape = (page.name, tuple(_shape_of(part) for part in page.parts))
        if shape == self._shape:
            for (_, widget), part in zip(self.drawn, page.parts, strict=True):
                _update(widget, part)
            self.drawn = [(part, widget) for (_, widget), part in zip(self.drawn, page.parts, strict=True)]
        else:
            other_page = self._page is None or self._page.name != page.name
            held = self._held()
            self._shape = shape
            self._build(page)
            if other_page or not self._hold(held):
                self.focus_home()
        self._page = page

    def _show_doing(self, doing: Presses | None) -> None:
        box = self._doing_box
        if box is not None and doing is not None and _shape_of(box.part) == _shape_of(doing):
            box.show_part(doing)
            return
        if box is not None:
            self._doing.removeWidget(box)
            box.hide()
            box.deleteLater()
        self._doing_box = None if doing is None else _PressesBox(self.look, doing, self.pressed.emit, self)
        if self._doing_box is not None:
            self._doing.addWidget(self._doing_box)
            self._doing_box.show()  # its keys count from this moment, not from the next layout on

    def _ways(self, page: Page) -> None:
        for button, label in ((self.back, page.back), (self.later, page.later), (self.on, page.on)):
            button.setVisible(bool(label))
            if label:
                button.relabel(label)
        self.on.setEnabled(page.on_enabled)
        self.means.setText(page.later_means)

    def _build(self, page: Page) -> None:
        look = self.look
        inside = QWidget()
        outer = QHBoxLayout(inside)
        outer.setContentsMargins(0, look.px(4), look.px(6), look.px(4))
        outer.setSpacing(look.px(24))
        column = QVBoxLayout()
        column.setSpacing(look.px(12))
        self.drawn = [(part, self._widget(part, inside)) for part in page.parts]
        pads = [widget for _, widget in self.drawn if isinstance(widget, PinBox)]
        others = [widget for _, widget in self.drawn if widget not in pads]
        for widget in others:
            widget.setMaximumWidth(look.px(_BESIDE_PAD if pads else _WIDEST))
            column.addWidget(widget)
        column.addStretch(1)
        if others:
            outer.addLayout(column, 4)
        for pad in pads:  # beside the fields: below them its last keys would leave the smallest screen
            outer.addWidget(pad, 0, Qt.AlignmentFlag.AlignTop)
            outer.addStretch(1)
        self.area.setWidget(inside)
        inside.show()
        inside.setAutoFillBackground(False)  # the scroll area switches it on

    def _widget(self, part: Part, parent: QWidget) -> Drawn:
        look = self.look
        if isinstance(part, Tiles):
            return _TilesBox(look, part, self.pressed.emit, parent)
        if isinstance(part, Rows):
            return _RowsBox(look, part, self.pressed.emit, parent)
        if isinstance(part, FieldPart):
            box = FieldBox(look, part, self._choose_file, parent)
            box.typed.connect(self.typed)
            box.rested.connect(self.rested)
            box.entered.connect(self._next_field)
            return box
        if isinstance(part, Choice):
            return ChoiceBox(look, part, self.pressed.emit, parent)
        if isinstance(part, PinPart):
            return PinBox(look, part, self.pin_given.emit, parent)
        if isinstance(part, Result):
            return ResultBox(look, part, parent)
        if isinstance(part, Presses):
            return _PressesBox(look, part, self.pressed.emit, parent)
        return _SayText(look, part, parent)

    # ------------------------------------------------------------ keyboard

    def fields(self) -> list[FieldBox]:
        """The fields, in reading order."""
        return [widget for _, widget in self.drawn if isinstance(widget, FieldBox)]

    def field(self, name: str) -> FieldBox:
        """The field of this name."""
        return next(box for box in self.fields() if box.part.name == name)

    @property
    def pad(self) -> DigitPad | None:
        """The pad, where there is one."""
        return next((widget.pad for _, widget in self.drawn if isinstance(widget, PinBox)), None)

    def buttons(self) -> list[Pressed | KeyButton]:
        """Everything with a key of its own on this page."""
        found: list[Pressed | KeyButton] = [] if self._doing_box is None else [*self._doing_box.buttons]
        for _, widget in self.drawn:
            found += widget.tiles if isinstance(widget, _TilesBox) else widget.findChildren(Pressed)
            found += widget.findChildren(KeyButton)
        return found

    def press_key(self, key: str) -> bool:
        """A function key presses what shows it."""
        for button in (*self.buttons(), self.later, self.back):
            if key and button.key == key and button.isVisibleTo(self) and button.isEnabled():
                button.click()
                return True
        return False

    @Slot(str)
    def _next_field(self, name: str) -> None:
        """Enter: the next empty thing to fill, else the way on."""
        names = [part.name for part, _ in self.drawn if isinstance(part, FieldPart)]
        for part, widget in self.drawn:
            after = isinstance(part, FieldPart) and names.index(part.name) > names.index(name)
            if after and isinstance(widget, FieldBox) and not _filled(widget):
                widget.focus_home()
                return
        if self.pad is not None:
            self.pad.setFocus()
        else:
            self.on.setFocus()
            self.on_wanted.emit()

    def focus_home(self) -> None:
        """Where the next key belongs."""
        for part, widget in self.drawn:
            if isinstance(widget, FieldBox) and not _filled(widget):
                widget.focus_home()
                return
            if isinstance(widget, PinBox):
                widget.pad.setFocus()
                return
            if isinstance(widget, _TilesBox) and widget.tiles:
                (next((b for b in widget.tiles if b.isChecked()), None) or widget.tiles[0]).setFocus()
                return
            # Where the way on is open, Enter takes it, as its button says: not a row once more.
            if isinstance(part, Rows) and part.live and not part.low and part.rows and not self.on.isEnabled():
                widget.findChildren(RowButton)[0].setFocus()
                return
        self.on.setFocus()

    def _held(self) -> str:
        held = self.focusWidget()
        for _, widget in self.drawn:
            if isinstance(widget, FieldBox) and held is not None and widget.isAncestorOf(held):
                return widget.part.name
        return held.name if isinstance(held, Pressed) else ""

    def _hold(self, name: str) -> bool:
        if not name:
            return False
        for _, widget in self.drawn:
            if isinstance(widget, FieldBox) and widget.part.name == name:
                widget.focus_home()
                return True
            for button in widget.findChildren(Pressed):
                if button.name == name:
                    button.setFocus()
                    return True
        return False


def _filled(box: FieldBox) -> bool:
    return bool(box.part.text or box.part.length)


class _TilesBox(QWidget):
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


class _RowsBox(QWidget):
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
        for button, row in zip(self.rows, part.rows, strict=True):
            button.show_row(row)


class _PressesBox(QWidget):
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
        self.part = part
        for button, press in zip(self.buttons, part.presses, strict=True):
            button.relabel(press.label, press.key)
            button.setEnabled(press.enabled)


class _SayText(Text):
    def __init__(self, look: Look, part: Say, parent: QWidget) -> None:
        size, weight = (22, 700) if part.loud else (16, 500)
        super().__init__(look, part.text, design_px=size, weight=weight, wrap=True, parent=parent)
        give_way(self)
        self.setVisible(bool(part.text))

    def show_part(self, part: Say) -> None:
        self.say(part.text)


def _shape_of(part: Part) -> tuple[object, ...]:
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


def _update(widget: Drawn, part: Part) -> None:
    # Drawn from a part of this very kind: `_shape_of`.
    widget.show_part(part)  # type: ignore[attr-defined]
