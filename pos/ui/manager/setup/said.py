"""What became of the last press, in words; and above them, where a panel has one, its verdict with the facts."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.manager.setup.panel_presenter import Line, VerdictModel
from pos.ui.theme import Tone
from pos.ui.widgets.text import Text
from pos.ui.widgets.verdict import ShapeView

_SIGNS = {Tone.USABLE: "✓ ", Tone.REFUSED: "✗ ", Tone.UNKNOWN: "● "}


class Said(Text):
    """Words with a sign and a colour."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, design_px=15, weight=600, wrap=True, parent=parent)

    def tell(self, words: str, tone: Tone) -> None:
        """Say this; nothing takes no room."""
        self.say(_SIGNS.get(tone, "") + words if words else "")
        self.set_colour(self._look.ink(tone))


class VerdictHead(QWidget):
    """Draws a `VerdictModel`.

    Args:
        title: the panel's.
        most: facts it has room for.
        gaps: between the parts, between the facts, and below all; in the 1024×768 design.

    `words` is the column of title, facts and what was said.
    """

    def __init__(
        self, look: Look, title: Text, parent: QWidget, *, most: int, gaps: tuple[float, float, float]
    ) -> None:
        super().__init__(parent)
        self._look, self._title = look, title
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        gap, line_gap, below = gaps
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(16), 0, look.px(16), look.px(below) if below else 0)
        row.setSpacing(look.px(14))
        self._sign = ShapeView(look, 40, parent=self)
        self._sign.setFixedSize(look.px(40), look.px(40))
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        self.words = QVBoxLayout()
        self.words.setSpacing(look.px(gap))
        self.words.addWidget(title)
        grid = QGridLayout()
        grid.setHorizontalSpacing(look.px(14))
        grid.setVerticalSpacing(look.px(line_gap))
        grid.setColumnStretch(1, 1)
        self.lines: list[tuple[Text, Text]] = []
        for number in range(most):
            label = Text(look, design_px=14, colour=look.theme.muted, parent=self)
            text = Text(look, design_px=14.5, weight=600, wrap=True, parent=self)
            grid.addWidget(label, number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(text, number, 1)
            self.lines.append((label, text))
        self.words.addLayout(grid)
        self._says = Said(look, self)
        self.words.addWidget(self._says)
        row.addLayout(self.words, 1)

    def show_verdict(self, model: VerdictModel) -> None:
        """Draw this."""
        look = self._look
        self._sign.show_shape(model.shape, look.ink(model.tone))
        self._title.say(model.title)
        self._title.set_colour(look.ink(model.tone))
        for number, (label, text) in enumerate(self.lines):
            line = model.lines[number] if number < len(model.lines) else Line("", "")
            label.say(line.label)
            text.say(line.words)
            text.set_colour(look.ink(line.tone))
        self._says.tell(model.says, model.says_tone)
