"""How a file is understood: a card for each part with its column, what can be corrected, and its first lines."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.manager.statement.model import MappingModel
from pos.ui.theme import Tone
from pos.ui.widgets.action_bar import BarAction
from pos.ui.widgets.buttons import KeyButton, fit_buttons
from pos.ui.widgets.card import Card
from pos.ui.widgets.figure import FigureCard, FigureModel
from pos.ui.widgets.text import ElidedText, Text
from pos.ui.widgets.window_table import Column, WindowRow, WindowTable


class Listed:
    """Rows that are all there: a `RowSource`."""

    def __init__(self) -> None:
        self.rows: tuple[WindowRow, ...] = ()

    def total(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    def row(self, number: int) -> WindowRow | None:
        """The row at this place."""
        return self.rows[number] if number < len(self.rows) else None


class CardRow(QWidget):
    """A row of figure cards.

    Signals:
        pressed(int): place of a card, from 0.
    """

    pressed = Signal(int)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.cards: list[FigureCard] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(look.px(6))

    def show_cards(self, models: tuple[FigureModel, ...]) -> None:
        """Draw these; how many there are never changes."""
        while len(self.cards) < len(models):
            card = FigureCard(self._look, self)
            card.setProperty("place", len(self.cards))
            card.clicked.connect(self._clicked)
            self._row.addWidget(card, 1)
            self.cards.append(card)
        for card, model in zip(self.cards, models, strict=True):
            card.show_figure(model)

    @Slot()
    def _clicked(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.pressed.emit(int(sender.property("place")))


class MappingView(QWidget):
    """Draws a `MappingModel`.

    Signals:
        acted(str): an `Act`. part_pressed(int): place of a part's card.
    """

    acted = Signal(str)
    part_pressed = Signal(int)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._options: tuple[BarAction, ...] = ()
        self._buttons: list[KeyButton] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.px(6))
        self._title = ElidedText(look, design_px=18, weight=800, parent=self)
        column.addWidget(self._title)
        self._note = Text(look, design_px=14.5, weight=600, wrap=True, parent=self)
        column.addWidget(self._note)
        self.parts = CardRow(look, self)
        self.parts.pressed.connect(self.part_pressed)
        column.addWidget(self.parts)
        self._row = QHBoxLayout()
        self._row.setSpacing(look.px(6))
        column.addLayout(self._row)
        self._meanings = ElidedText(look, design_px=13.5, weight=500, colour=look.theme.muted, parent=self)
        column.addWidget(self._meanings)
        card = Card(look, self)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 1)
        self._source = Listed()
        self.table = WindowTable(look, look.tr.t("statement.map.preview"), self._columns(), self._source, "", card)
        inside.addWidget(self.table)
        column.addWidget(card, 1)

    def _columns(self) -> tuple[Column, ...]:
        t = self._look.tr.t
        return (
            Column(t("statement.col.line"), 62, right=True),
            Column(t("statement.part.transaction"), 150, 3),
            Column(t("statement.part.bill"), 150, 3),
            Column(t("statement.col.ending"), 96),
            Column(t("statement.part.time"), 110),
            Column(t("statement.part.amount"), 120, right=True),
            Column(t("statement.col.meaning"), 200, 2),
        )

    def show_model(self, model: MappingModel) -> None:
        """Draw this."""
        self._title.setText(model.title)
        self._note.say(model.note)
        neutral = model.note_tone is Tone.NEUTRAL
        self._note.set_colour(self._look.ink(Tone.BRAND if neutral else model.note_tone))
        self.parts.show_cards(model.parts)
        self._show_options(model.options)
        self._meanings.say(model.meanings)
        if model.rows != self._source.rows:
            self._source.rows = model.rows
            self.table.refresh(anew=True)

    def _show_options(self, options: tuple[BarAction, ...]) -> None:
        if options == self._options:
            return
        same = [option.id for option in options] == [option.id for option in self._options]
        self._options = options
        if not same:
            for button in self._buttons:
                self._row.removeWidget(button)
                button.hide()
                button.deleteLater()
            self._buttons = [self._make(option) for option in options]
        for button, option in zip(self._buttons, options, strict=True):
            button.relabel(option.label, option.key)
        fit_buttons(self._buttons, self.width(), self._look.px(6))

    def _make(self, option: BarAction) -> KeyButton:
        button = KeyButton(self._look, option.label, option.key, design_px=14, height=48, parent=self)
        button.setProperty("act", option.id)
        button.clicked.connect(self._pressed)
        self._row.addWidget(button, 1)
        button.show()
        return button

    def press(self, key: str) -> bool:
        """What can be corrected, by its key."""
        option = next((option for option in self._options if option.key == key), None)
        if option is None:
            return False
        self.acted.emit(str(option.id))
        return True

    @Slot()
    def _pressed(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.acted.emit(str(sender.property("act")))
