"""The frame all list screens share: title, hint, figures, table, and what to do."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.card import Card
from pos.ui.widgets.list_model import Figure, ListModel
from pos.ui.widgets.table import Table
from pos.ui.widgets.text import Text


class ListScreen(QWidget):
    """Draws a `ListModel`.

    Args:
        look: how everything is drawn.
        first: a model to take title and columns from.
        stretch: the column that takes the room that is left.
        key: of the action button, empty for none.

    Signals:
        opened(str): id of a row. acted(): the action button.
    """

    opened = Signal(str)
    acted = Signal()

    def __init__(
        self, look: Look, first: ListModel, *, stretch: int, key: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look = look
        outer = QVBoxLayout(self)
        outer.setContentsMargins(look.px(16), look.px(16), look.px(16), look.px(16))
        card = Card(look, self)
        outer.addWidget(card)
        column = QVBoxLayout(card)
        column.setContentsMargins(look.px(20), look.px(16), look.px(20), look.px(16))
        column.setSpacing(look.px(6))
        column.addLayout(self._build_head(first, key, card))
        self._figures = QHBoxLayout()
        self._figures.setSpacing(look.px(40))
        self._figure_texts: list[tuple[Text, Text]] = []
        column.addLayout(self._figures)
        for figure in first.figures:
            self._add_figure(figure, card)
        self._figures.addStretch(1)
        self.table = Table(look, first.title, first.columns, stretch, card)
        self.table.opened.connect(self.opened)
        column.addWidget(self.table, 1)
        self._empty = Text(look, design_px=20, weight=600, colour=look.theme.muted, parent=card)
        column.addWidget(self._empty, 1)
        self.setMinimumSize(look.px(400), look.px(360))

    def _build_head(self, first: ListModel, key: str, card: QWidget) -> QHBoxLayout:
        look = self._look
        head = QHBoxLayout()
        words = QVBoxLayout()
        words.addWidget(Text(look, first.title, design_px=26, weight=800, parent=card))
        words.addWidget(Text(look, first.hint, design_px=15, colour=look.theme.muted, wrap=True, parent=card))
        head.addLayout(words, 1)
        self.button = KeyButton(look, first.action, key, primary=True, design_px=17, parent=card)
        self.button.clicked.connect(self.acted)
        self.button.setVisible(bool(first.action))
        head.addWidget(self.button)
        return head

    def _add_figure(self, figure: Figure, card: QWidget) -> None:
        look = self._look
        block = QVBoxLayout()
        block.setSpacing(0)
        label = Text(look, figure.label, design_px=13.5, weight=500, colour=look.theme.muted, parent=card)
        value = Text(look, figure.value, design_px=30, weight=800, parent=card)
        block.addWidget(label)
        block.addWidget(value)
        self._figures.addLayout(block)
        self._figure_texts.append((label, value))

    def show_model(self, model: ListModel) -> None:
        """Draw this."""
        look = self._look
        for (label, value), figure in zip(self._figure_texts, model.figures, strict=True):
            label.say(figure.label)
            value.say(figure.value)
            value.set_colour(look.ink(figure.tone))
        if model.action != self.button.accessibleName():
            self.button.relabel(model.action)
        self.button.setVisible(bool(model.action))
        filled = self.table.isHidden() and bool(model.rows)
        self.table.setVisible(bool(model.rows))
        self._empty.say("" if model.rows else model.empty)
        self.table.show_rows(model.rows)
        if filled and self.isVisible():
            self.focus_home()  # the first row came while the list was open: arrows and Enter work at once

    def focus_home(self) -> None:
        """The table, or the button of an empty one."""
        if not self.table.isHidden():
            self.table.setFocus()
        elif not self.button.isHidden():
            self.button.setFocus()
        else:
            self.setFocus()
