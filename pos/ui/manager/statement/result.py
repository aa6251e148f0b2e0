"""The result drawn: counts as cards, differences as a table, the chosen one in full below."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.manager.statement.mapping import CardRow
from pos.ui.manager.statement.model import ResultModel
from pos.ui.theme import Tone
from pos.ui.widgets.card import Card, Rule
from pos.ui.widgets.text import ElidedText, Text
from pos.ui.widgets.window_table import Column, RowSource, WindowTable


class ResultView(QWidget):
    """Draws a `ResultModel`.

    Signals:
        card_pressed(int): place of a card. row_chosen(int), row_opened(int): place in the table.
    """

    card_pressed = Signal(int)
    row_chosen = Signal(int)
    row_opened = Signal(int)

    def __init__(self, look: Look, rows: RowSource, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._shown: tuple[object, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.px(6))
        self._title = ElidedText(look, design_px=18, weight=800, parent=self)
        self._sums = ElidedText(look, design_px=14.5, weight=500, parent=self)
        self._note = Text(look, design_px=14, weight=600, wrap=True, parent=self)
        for text in (self._title, self._sums, self._note):
            column.addWidget(text)
        self.cards = CardRow(look, self)
        self.cards.pressed.connect(self.card_pressed)
        column.addWidget(self.cards)
        card = Card(look, self)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.setSpacing(0)
        self.table = WindowTable(look, look.tr.t("statement.result.table"), self._columns(), rows, "…", card)
        self.table.chosen.connect(self.row_chosen)
        self.table.opened.connect(self.row_opened)
        inside.addWidget(self.table, 1)
        self._empty = Text(look, design_px=20, weight=700, wrap=True, parent=card)
        self._empty.setContentsMargins(look.px(20), look.px(20), look.px(20), look.px(20))
        inside.addWidget(self._empty, 1)
        self._rule = Rule(look, card)
        inside.addWidget(self._rule)
        self.detail = Text(look, design_px=14.5, weight=500, wrap=True, parent=card)
        self.detail.setContentsMargins(look.px(14), look.px(8), look.px(14), look.px(8))
        inside.addWidget(self.detail)
        column.addWidget(card, 1)

    def _columns(self) -> tuple[Column, ...]:
        t = self._look.tr.t
        return (
            Column(t("statement.col.case"), 130),
            Column(t("statement.col.kind"), 180, 1),
            Column(t("statement.col.line"), 70, right=True),
            Column(t("statement.col.bill"), 180, 3),
            Column(t("statement.col.ending"), 92),
            Column(t("statement.part.time"), 104),
            Column(t("statement.col.theirs"), 105, right=True),
            Column(t("statement.col.ours"), 105, right=True),
        )

    def show_model(self, model: ResultModel) -> None:
        """Draw this."""
        self._title.setText(model.title)
        self._sums.setText(model.sums)
        self._note.say(model.note)
        tone = model.note_tone
        muted = self._look.ink(Tone.BRAND)
        self._note.set_colour(muted if tone is Tone.NEUTRAL else self._look.ink(tone))
        self.cards.show_cards(model.cards)
        self.table.setVisible(bool(model.total))
        self._empty.say(model.empty)
        self._empty.set_colour(self._look.ink(Tone.USABLE))
        self._rule.setVisible(bool(model.detail))
        self.detail.say(model.detail)
        self.table.refresh(anew=model.shown != self._shown, current=model.current)
        self._shown = model.shown
