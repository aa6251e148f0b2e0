"""Draws a `Page`: title, parts, ways on. The same page is brought up to date in place; another is built anew."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from pos.ui.first_run.boxes import ChooseFile, FieldBox
from pos.ui.first_run.part_views import (
    ChoiceBox,
    PinBox,
    PressesBox,
    ResultBox,
    RowsBox,
    SayText,
    TilesBox,
    shape_of,
    show_anew,
)
from pos.ui.first_run.parts import (
    Choice,
    FieldPart,
    Page,
    Part,
    PinPart,
    Presses,
    Result,
    Rows,
    Tiles,
)
from pos.ui.first_run.tiles import Pressed, RowButton, TileButton
from pos.ui.look import Look
from pos.ui.theme import Tone
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.pad import DigitPad
from pos.ui.widgets.text import Text
from pos.ui.widgets.window_table import scroll_bar_style

_WIDEST, _BESIDE_PAD = 1040, 460


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
        self.drawn: list[tuple[Part, QWidget]] = []
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
        self._doing_box: PressesBox | None = None
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
        shape = (page.name, tuple(shape_of(part) for part in page.parts))
        if shape == self._shape:
            for (_, widget), part in zip(self.drawn, page.parts, strict=True):
                show_anew(widget, part)
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
        if box is not None and doing is not None and shape_of(box.part) == shape_of(doing):
            box.show_part(doing)
            return
        if box is not None:
            self._doing.removeWidget(box)
            box.hide()
            box.deleteLater()
        self._doing_box = None if doing is None else PressesBox(self.look, doing, self.pressed.emit, self)
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

    def _widget(self, part: Part, parent: QWidget) -> QWidget:
        look = self.look
        if isinstance(part, Tiles):
            return TilesBox(look, part, self.pressed.emit, parent)
        if isinstance(part, Rows):
            return RowsBox(look, part, self.pressed.emit, parent)
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
            return PressesBox(look, part, self.pressed.emit, parent)
        return SayText(look, part, parent)

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
            found += widget.tiles if isinstance(widget, TilesBox) else widget.findChildren(Pressed)
            found += widget.findChildren(KeyButton)
        return found

    def press_key(self, key: str) -> bool:
        """A function key presses what shows it."""
        for button in (*self.buttons(), self.later, self.back):
            if key and button.key == key and button.isVisibleTo(self) and button.isEnabled():
                if isinstance(button, TileButton):
                    button.setFocus()  # else Enter, the way on, would choose the answer that has the focus instead
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
            if isinstance(widget, TilesBox) and widget.tiles:
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
