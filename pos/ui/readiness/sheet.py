"""The box behind the banner: each thing to see to, what was found and the one next step."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos.checkup.findings import Finding, Level, tell
from pos.ui.look import Look
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.sheet import Sheet
from pos.ui.widgets.text import Text
from pos.ui.widgets.verdict import ShapeView

_MOST = 4
_SIGNS = {Level.BAD: (Tone.REFUSED, Shape.CROSS), Level.WARN: (Tone.UNKNOWN, Shape.WAIT)}


class ReadinessSheet(Sheet):
    """Closed with Enter or Esc; the next scan then goes where it always goes."""

    def __init__(self, look: Look, red: tuple[Finding, ...], parent: QWidget) -> None:
        tr = look.tr
        super().__init__(
            look, tr.t("readiness.title"), tr.t("readiness.hint"), back=tr.t("readiness.close"), width=560,
            parent=parent,
        )  # fmt: skip
        for finding in red[:_MOST]:
            self.body.addWidget(self._row(finding))
        if len(red) > _MOST:
            more = tr.t("readiness.more", count=len(red) - _MOST)
            self.body.addWidget(Text(look, more, design_px=15, colour=look.theme.muted, wrap=True, parent=self.card))

    def _row(self, finding: Finding) -> QWidget:
        look = self.look
        told = tell(look.tr, finding)
        tone, shape = _SIGNS.get(finding.level, (Tone.BRAND, Shape.DOT))
        row = QWidget(self.card)
        outer = QHBoxLayout(row)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(look.px(12))
        sign = ShapeView(look, 26, parent=row)
        sign.setFixedSize(look.px(26), look.px(26))
        sign.show_shape(shape, look.ink(tone))
        outer.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(look.px(2))
        for text, weight, colour in (
            (f"{told.label}: {told.said}", 700, look.theme.text),
            (f"→ {told.next}", 500, look.theme.text),
        ):
            words.addWidget(Text(look, text, design_px=15.5, weight=weight, colour=colour, wrap=True, parent=row))
        outer.addLayout(words, 1)
        return row
