"""How a file is understood: a card for each part with its column, what can be corrected, and its first lines."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.manager.statement.listed import Listed
from pos.ui.manager.statement.model import MappingModel
from pos.ui.theme import Tone
from pos.ui.widgets.button_row import ButtonRow
from pos.ui.widgets.card import Card
from pos.ui.widgets.figure import FigureCard, FigureModel
from pos.ui.widgets.text import ElidedText, Text
from pos.ui.widgets.window_table import Column, WindowTable


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
        self._options = ButtonRow(look, self, height=48, design_px=14)
        self._options.acted.connect(self.acted)
        column.addWidget(self._options)
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
            Column(t("statement.col.line"), 58, right=True),
            Column(t("statement.part.transaction"), 168, 3),
            Column(t("statement.part.bill"), 160, 3),
            Column(t("statement.col.ending"), 112),
            Column(t("statement.part.time"), 118),
            Column(t("statement.part.amount"), 120, right=True),
            Column(t("statement.col.meaning"), 190, 2),
        )

    def show_model(self, model: MappingModel) -> None:
        """Draw this."""
        self._title.setText(model.title)
        self._note.say(model.note)
        neutral = model.note_tone is Tone.NEUTRAL
        self._note.set_colour(self._look.ink(Tone.BRAND if neutral else model.note_tone))
        self.parts.show_cards(model.parts)
        self._options.show_actions(model.options)
        self._meanings.say(model.meanings)
        if model.rows != self._source.rows:
            self._source.rows = model.rows
            self.table.refresh(anew=True)

    def press(self, key: str) -> bool:
        """What can be corrected, by its key."""
        return self._options.press(key)
