"""The about panel drawn: a few lines, and the list of what the program is made with."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout

from pos.ui.look import Look
from pos.ui.page import PageScreen
from pos.ui.theme import Tone
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.card import Card
from pos.ui.widgets.text import Text
from pos.ui.widgets.window_table import Column, RowSource, WindowTable

_COPY = "F5"


class AboutScreen(PageScreen):
    """Draws the lines.

    Signals:
        copied(): the lines are wanted on the clipboard.
    """

    copied = Signal()

    def __init__(self, look: Look, source: RowSource) -> None:
        super().__init__()
        tr = look.tr
        self._look = look
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(look.px(10))
        card = Card(look, self)
        column = QVBoxLayout(card)
        column.setContentsMargins(look.px(16), look.px(10), look.px(12), look.px(12))
        column.setSpacing(look.px(6))
        head = QHBoxLayout()
        head.addWidget(Text(look, tr.t("app.name"), design_px=20, weight=800, parent=card), 1)
        self._says = Text(look, design_px=14, weight=600, parent=card)
        self._says.set_colour(look.ink(Tone.USABLE))
        head.addWidget(self._says)
        self.copy_button = KeyButton(look, tr.t("about.copy"), _COPY, design_px=15, height=48, parent=card)
        self.copy_button.clicked.connect(self.copied)
        head.addWidget(self.copy_button)
        column.addLayout(head)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(look.px(18))
        self._grid.setVerticalSpacing(look.px(5))
        self._grid.setColumnStretch(1, 1)
        column.addLayout(self._grid)
        outer.addWidget(card)
        below = Card(look, self)
        parts = QVBoxLayout(below)
        parts.setContentsMargins(1, look.px(10), 1, 1)
        parts.setSpacing(look.px(6))
        title = Text(look, tr.t("about.parts"), design_px=16, weight=700, parent=below)
        way = Text(look, tr.t("about.open"), design_px=13.5, colour=look.theme.muted, parent=below)
        heading = QHBoxLayout()
        heading.setContentsMargins(look.px(16), 0, look.px(16), 0)
        heading.addWidget(title, 1)
        heading.addWidget(way)
        parts.addLayout(heading)
        columns = (
            Column(tr.t("about.col.part"), 200, share=2),
            Column(tr.t("about.col.version"), 110),
            Column(tr.t("about.col.licence"), 240, share=3),
        )
        self.table = WindowTable(look, tr.t("about.parts"), columns, source, tr.t("setup.reading"), below)
        parts.addWidget(self.table, 1)
        outer.addWidget(below, 1)
        self._values: list[Text] = []

    def show_rows(self, rows: tuple[tuple[str, str], ...]) -> None:
        """Draw these."""
        look = self._look
        for number, (label, value) in enumerate(rows):
            if number == len(self._values):
                caption = Text(look, label, design_px=14.5, colour=look.theme.muted, parent=self)
                text = Text(look, design_px=15, weight=600, wrap=True, parent=self)
                text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                self._grid.addWidget(caption, number, 0, Qt.AlignmentFlag.AlignTop)
                self._grid.addWidget(text, number, 1)
                self._values.append(text)
            self._values[number].setText(value)
        self.table.refresh(anew=True)

    def say(self, text: str) -> None:
        """What was done."""
        self._says.say(text)

    # ------------------------------------------------------------ PageScreen

    def refresh(self) -> None:
        """Nothing counts here."""

    @property
    def verdict_title(self) -> str:
        """The program's name."""
        return self._look.tr.t("app.name")

    def focus_home(self) -> None:
        """The list."""
        self.table.setFocus()

    def press(self, name: str) -> bool:
        """The key on the button."""
        if name != _COPY:
            return False
        self.copied.emit()
        return True
