"""The codes of a sale drawn: masked, or while they are shown, large enough to be read out."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.sell.model import CodeRow
from pos.ui.theme import Tone
from pos.ui.widgets.card import Rule
from pos.ui.widgets.text import Text


class CodeList(QScrollArea):
    """One row a code. Its widgets are made anew when the codes change, so that no shown code stays behind in one."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._rows: tuple[CodeRow, ...] | None = None
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setStyleSheet(f"QScrollArea, #codes {{ background: {look.theme.surface}; }}")

    def show_rows(self, rows: tuple[CodeRow, ...]) -> None:
        """Draw these."""
        if rows == self._rows:
            return
        self._rows = rows
        ground = QWidget()
        ground.setObjectName("codes")
        column = QVBoxLayout(ground)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for row in rows:
            column.addLayout(self._row(row, ground))
            column.addWidget(Rule(self._look, ground))
        column.addStretch(1)
        self.setWidget(ground)  # the old one goes with its labels

    def _row(self, row: CodeRow, ground: QWidget) -> QHBoxLayout:
        look, muted = self._look, self._look.theme.muted
        line = QHBoxLayout()
        line.setContentsMargins(look.px(18), look.px(9), look.px(18), look.px(9))
        line.setSpacing(look.px(14))
        number = Text(look, row.number, design_px=15, weight=600, colour=muted, parent=ground)
        number.setFixedWidth(look.px(28))
        line.addWidget(number)
        words = QVBoxLayout()
        words.setSpacing(0)
        code = Text(look, row.code, design_px=24 if row.plain else 18, weight=800 if row.plain else 600, parent=ground)
        if row.tone is not Tone.NEUTRAL:
            code.set_colour(look.ink(row.tone))
        words.addWidget(code)
        words.addWidget(
            Text(look, look.tr.t("sell.serial", serial=row.serial), design_px=14, colour=muted, parent=ground)
        )
        line.addLayout(words, 1)
        facts = Text(look, row.facts, design_px=15, weight=500, align=Qt.AlignmentFlag.AlignRight, parent=ground)
        line.addWidget(facts)
        return line
