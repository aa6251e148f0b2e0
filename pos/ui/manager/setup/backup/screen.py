"""The panel of the copies drawn: the verdict, where they lie, the list, what can be done."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.manager.setup.backup.model import BackupModel
from pos.ui.manager.setup.panel_screen import PanelScreen
from pos.ui.theme import Tone
from pos.ui.widgets.text import Text
from pos.ui.widgets.verdict import ShapeView
from pos.ui.widgets.window_table import Column, RowSource, WindowTable

_SIGNS = {Tone.USABLE: "✓ ", Tone.REFUSED: "✗ "}
_MOST_LINES = 4


class BackupScreen(PanelScreen):
    """Draws a `BackupModel`."""

    def __init__(self, look: Look, source: RowSource) -> None:
        super().__init__(look, look.tr.t("setup.panel.backup"))
        self._model: BackupModel | None = None
        card, column = self._card, self._column
        column.addWidget(self._build_head(card))
        columns = (
            Column(look.tr.t("setup.backup.col.when"), 158),
            Column(look.tr.t("setup.backup.col.reason"), 150, share=3),
            Column(look.tr.t("setup.backup.col.rows"), 84, right=True),
            Column(look.tr.t("setup.backup.col.size"), 84, right=True),
            Column(look.tr.t("setup.backup.col.verified"), 118, share=1),
            Column(look.tr.t("setup.backup.col.second"), 78, spare=1),
        )
        self.table = WindowTable(look, self._name, columns, source, look.tr.t("setup.reading"), card)
        column.addWidget(self.table, 1)
        self._empty = Text(look, design_px=16, colour=look.theme.muted, wrap=True, parent=card)
        self._empty.setContentsMargins(look.px(16), look.px(6), look.px(16), look.px(6))
        column.addWidget(self._empty)

    def _build_head(self, card: QWidget) -> QWidget:
        look = self._look
        head = QWidget(card)
        head.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        row = QHBoxLayout(head)
        row.setContentsMargins(look.px(16), 0, look.px(16), 0)
        row.setSpacing(look.px(14))
        self._sign = ShapeView(look, 40, parent=head)
        self._sign.setFixedSize(look.px(40), look.px(40))
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(look.px(4))
        words.addWidget(self._title)
        self._notices = Text(look, design_px=15, weight=600, wrap=True, parent=head)
        self._notices.set_colour(look.ink(Tone.UNKNOWN))
        words.addWidget(self._notices)
        grid = QGridLayout()
        grid.setHorizontalSpacing(look.px(14))
        grid.setVerticalSpacing(look.px(3))
        grid.setColumnStretch(1, 1)
        self._lines: list[tuple[Text, Text]] = []
        for number in range(_MOST_LINES):
            label = Text(look, design_px=14, colour=look.theme.muted, parent=head)
            text = Text(look, design_px=14.5, weight=600, wrap=True, parent=head)
            grid.addWidget(label, number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(text, number, 1)
            self._lines.append((label, text))
        words.addLayout(grid)
        self._says = Text(look, design_px=15, weight=600, wrap=True, parent=head)
        words.addWidget(self._says)
        row.addLayout(words, 1)
        return head

    def show_model(self, model: BackupModel, *, anew: bool, current: int) -> None:
        """Draw this; `anew`: the list is another."""
        if model != self._model:
            self._draw(model)
        if anew:
            self.table.refresh(anew=True, current=current)

    def _draw(self, model: BackupModel) -> None:
        look = self._look
        self._model = model
        self._sign.show_shape(model.shape, look.ink(model.tone))
        self._title.say(model.title)
        self._title.set_colour(look.ink(model.tone))
        self._notices.say("\n".join(f"● {one}" for one in model.notices))
        for number, (label, text) in enumerate(self._lines):
            line = model.lines[number] if number < len(model.lines) else None
            label.say(line.label if line is not None else "")
            text.say(line.words if line is not None else "")
            if line is not None:
                text.set_colour(look.ink(line.tone))
        self._says.say(_SIGNS.get(model.says_tone, "") + model.says if model.says else "")
        self._says.set_colour(look.ink(model.says_tone))
        self._empty.say(model.empty)
        self.bar.show_actions(model.actions)

    def focus_home(self) -> None:
        """The list."""
        self.table.setFocus()
