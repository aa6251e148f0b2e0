"""The booking page drawn: the booking and its timeline on the left, what it means and what can be done on the right."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from pos.ui.booking.model import Act, BookingModel
from pos.ui.booking.timeline import Timeline
from pos.ui.halves import HalvesScreen
from pos.ui.look import Look
from pos.ui.widgets.card import Card, Rule
from pos.ui.widgets.field import Field
from pos.ui.widgets.list_model import Figure
from pos.ui.widgets.table import Table
from pos.ui.widgets.text import ElidedText, Text

_FIGURES = 3


class BookingScreen(HalvesScreen):
    """Draws a `BookingModel` and says what is pressed.

    Signals:
        acted(str): an `Act` that is shown. opened(str): one that waits. typed(str): a booking number or a voucher.
    """

    typed = Signal(str)

    def __init__(self, look: Look, first: BookingModel) -> None:
        super().__init__(look)
        self._model = first
        self._build_left(self.left, first)

    # ------------------------------------------------------------ building

    def _build_left(self, card: Card, first: BookingModel) -> None:
        look = self._look
        column = QVBoxLayout(card)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(self._build_head(card))
        column.addWidget(Rule(look, card))
        self._stack = QStackedWidget(card)
        self._stack.addWidget(self._build_booking())
        self.table = Table(look, look.tr.t("bookpay.list.title"), first.columns, 1, card)
        self.table.opened.connect(self.opened)
        self._stack.addWidget(self.table)
        self._empty = Text(look, design_px=20, weight=600, colour=look.theme.muted, wrap=True, parent=card)
        self._empty.setContentsMargins(look.px(18), 0, look.px(18), 0)
        self._stack.addWidget(self._empty)
        column.addWidget(self._stack, 1)
        self._foot = QWidget(card)
        foot = QVBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(0)
        foot.addWidget(Rule(look, card))
        entry_row = QHBoxLayout()
        entry_row.setContentsMargins(look.px(16), look.px(12), look.px(16), look.px(12))
        self.entry = Field(look, first.entry, name=look.tr.t("bookpay.entry.name"), plain=True, parent=card)
        self.entry.setMaxLength(512)
        self.entry.entered.connect(self._typed)
        entry_row.addWidget(self.entry)
        foot.addLayout(entry_row)
        column.addWidget(self._foot)

    def _build_head(self, card: Card) -> QHBoxLayout:
        look = self._look
        head = QHBoxLayout()
        head.setContentsMargins(look.px(18), look.px(10), look.px(12), look.px(10))
        head.setSpacing(look.px(8))
        words = QVBoxLayout()
        words.setSpacing(0)
        self._number = Text(look, design_px=15, weight=600, colour=look.theme.muted, parent=card)
        self._title = ElidedText(look, design_px=21, weight=800, parent=card)
        self._title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._facts = Text(look, design_px=14.5, weight=500, wrap=True, parent=card)
        for text in (self._number, self._title, self._facts):
            words.addWidget(text)
        head.addLayout(words, 1)
        head.addWidget(self.edge, 0, Qt.AlignmentFlag.AlignTop)
        return head

    def _build_booking(self) -> QWidget:
        look = self._look
        ground = QWidget(self)
        column = QVBoxLayout(ground)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._deadline = Text(look, design_px=17, weight=700, parent=ground)
        self._deadline.setContentsMargins(look.px(18), look.px(8), look.px(18), 0)
        column.addWidget(self._deadline)
        self._figures: list[tuple[Text, Text]] = []
        row = QHBoxLayout()
        row.setContentsMargins(look.px(18), look.px(6), look.px(18), look.px(10))
        row.setSpacing(look.px(12))
        for number in range(_FIGURES):
            last = number == _FIGURES - 1
            side = Qt.AlignmentFlag.AlignRight if last else Qt.AlignmentFlag.AlignLeft
            block = QVBoxLayout()
            block.setSpacing(0)
            label = Text(look, design_px=13, weight=500, colour=look.theme.muted, align=side, parent=ground)
            value = Text(look, design_px=30 if last else 20, weight=800, align=side, parent=ground)
            block.addStretch(1)
            block.addWidget(label)
            block.addWidget(value)
            row.addLayout(block, 1 if last else 0)
            self._figures.append((label, value))
        column.addLayout(row)
        self._rule = Rule(look, ground)
        column.addWidget(self._rule)
        self.timeline = Timeline(look, ground)
        column.addWidget(self.timeline, 1)
        return ground

    # ------------------------------------------------------------ drawing

    def show_model(self, model: BookingModel) -> None:
        """Draw this; each part compares before it touches a widget."""
        before, self._model = self._model, model
        self._number.say(model.number)
        self._title.say(model.title)
        self._facts.say(model.facts)
        self._deadline.say(model.deadline)
        self._deadline.set_colour(self._look.ink(model.deadline_tone))
        self._show_figures(model.figures)
        self.timeline.show_steps(model.steps)
        self.table.show_rows(model.rows)
        self._empty.setText(model.empty)  # whether it is seen is the stack's matter
        current = 0 if not model.listing else 1 if model.rows else 2
        self._stack.setCurrentIndex(current)
        self.right.setVisible(not model.listing)  # the list needs the width
        self._foot.setVisible(not model.listing)
        if self.entry.placeholderText() != model.entry:
            self.entry.setPlaceholderText(model.entry)
        self.entry.setEnabled(model.can_type)
        self.edge.show_actions(model.edge)
        fresh = self.right.show_panel(model.panel, model.actions)
        if fresh or (before.listing, before.can_type, before.number) != (model.listing, model.can_type, model.number):
            self.focus_home()

    def _show_figures(self, figures: tuple[Figure, ...]) -> None:
        for number, (label, value) in enumerate(self._figures):
            figure = figures[number] if number < len(figures) else None
            label.say(figure.label if figure is not None else "")
            value.say(figure.value if figure is not None else "")
            if figure is not None:
                value.set_colour(self._look.ink(figure.tone))
        self._rule.setVisible(bool(figures))

    @Slot(str)
    def _typed(self, text: str) -> None:
        self.entry.clear()
        self.typed.emit(text)

    @property
    def verdict_title(self) -> str:
        """The largest words on the page."""
        return self._model.panel.title

    # ------------------------------------------------------------ keys

    def focus_home(self) -> None:
        """The field, the list that waits, or the page itself: no button holds an Enter meant for another state."""
        if self._model.listing and self._model.rows:
            self.table.setFocus()
        elif self._model.can_type:
            self.entry.setFocus()
        else:
            self.setFocus()

    def press(self, name: str) -> bool:
        """A key by its name."""
        if self.edge.press(name):
            return True
        if self._model.listing and name == "Esc":
            self.acted.emit(Act.OPEN_LIST)
            return True
        return self.right.press(name)

    def take_letter(self, text: str) -> bool:
        """A letter goes into the field; a digit may be an answer."""
        if self.right.press(text):
            return True
        if self._model.can_type and not self.entry.hasFocus():
            self.entry.setFocus()
            self.entry.insert(text)
            return True
        return False
