"""A page of two halves: on the left what it is about, on the right a verdict with what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy

from pos.ui.look import Look
from pos.ui.page import PageScreen
from pos.ui.widgets.button_row import ButtonRow, Spread
from pos.ui.widgets.card import Card
from pos.ui.widgets.verdict_card import VerdictCard


class HalvesScreen(PageScreen):
    """`left` is filled by the page, with `edge` somewhere in it; `right` may be hidden for a list that needs the width.

    Signals:
        acted(str): id of an action that is shown. opened(str): a row of a list.
    """

    acted = Signal(str)
    opened = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(16), look.px(16), look.px(16), look.px(16))
        row.setSpacing(look.px(16))
        self.left, self.right = Card(look, self), VerdictCard(look, self)
        for card, share in ((self.left, 56), (self.right, 44)):
            row.addWidget(card, share)
            # The halves keep their shares whatever stands in them.
            card.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setMinimumSize(look.px(500), look.px(540))
        self.edge = ButtonRow(look, self.left, height=48, design_px=15, spread=Spread.TIGHT)
        self.edge.acted.connect(self.acted)
        self.right.acted.connect(self.acted)
