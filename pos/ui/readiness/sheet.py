"""The box behind the banner: each thing to see to, what was found and the one next step."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from pos.checkup.findings import Finding, Level, Reader, tell
from pos.ui.look import Look
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.sheet import Sheet
from pos.ui.widgets.text import Text
from pos.ui.widgets.verdict import ShapeView

_MOST = 4
_WIDTH, _BESIDE = 560, 24 + 24 + 22 + 12
"""Of the box, and what stands beside the words in it."""
_SIGNS = {Level.BAD: (Tone.REFUSED, Shape.CROSS), Level.WARN: (Tone.UNKNOWN, Shape.WAIT)}


class ReadinessSheet(Sheet):
    """Closed with Enter or Esc; the next scan then goes where it always goes."""

    def __init__(self, look: Look, red: tuple[Finding, ...], parent: QWidget) -> None:
        tr = look.tr
        super().__init__(
            look, tr.t("readiness.title"), tr.t("readiness.hint"), back=tr.t("readiness.close"), width=_WIDTH,
            parent=parent,
        )  # fmt: skip
        grid = QGridLayout()
        grid.setHorizontalSpacing(look.px(12))
        grid.setVerticalSpacing(look.px(2))
        grid.setColumnStretch(1, 1)
        for number, finding in enumerate(red[:_MOST]):
            self._add(grid, 3 * number, finding)
        self.body.addLayout(grid)
        if len(red) > _MOST:
            more = tr.t("readiness.more", count=len(red) - _MOST)
            self.body.addWidget(Text(look, more, design_px=15, colour=look.theme.muted, wrap=True, parent=self.card))

    def _add(self, grid: QGridLayout, row: int, finding: Finding) -> None:
        look = self.look
        told = tell(look.tr, finding, Reader.CASHIER)
        tone, shape = _SIGNS.get(finding.level, (Tone.BRAND, Shape.DOT))
        sign = ShapeView(look, 22, parent=self.card)
        sign.setFixedSize(look.px(22), look.px(22))
        sign.show_shape(shape, look.ink(tone))
        grid.addWidget(sign, row, 0, Qt.AlignmentFlag.AlignTop)
        found = f"{told.label}: {told.said}"
        for at, (words, weight) in enumerate(((found, 700), (f"→ {told.next}", 500))):
            text = Text(look, words, design_px=15.5, weight=weight, wrap=True, parent=self.card)
            wide = look.px(_WIDTH - _BESIDE)  # said beforehand: a wrapped label else asks for room as if it were narrow
            text.setFixedSize(wide, text.heightForWidth(wide))
            grid.addWidget(text, row + at, 1)
        grid.setRowMinimumHeight(row + 2, look.px(8))
