"""The panel of updates drawn: the verdict, its facts, what is new, what can be done."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.manager.setup.panel_screen import PanelScreen
from pos.ui.manager.setup.updates.model import UpdatesModel
from pos.ui.theme import Tone
from pos.ui.widgets.card import Rule
from pos.ui.widgets.text import Text
from pos.ui.widgets.verdict import ShapeView

_SIGNS = {Tone.USABLE: "✓ ", Tone.REFUSED: "✗ "}
_MOST_LINES = 8


class UpdatesScreen(PanelScreen):
    """Draws an `UpdatesModel`."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, look.tr.t("setup.panel.updates"))
        self._model: UpdatesModel | None = None
        card, column = self._card, self._column
        column.addWidget(self._build_head(card))
        column.addWidget(Rule(look, card))
        column.addWidget(self._build_notes(card), 1)

    def _build_head(self, card: QWidget) -> QWidget:
        look = self._look
        head = QWidget(card)
        head.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        row = QHBoxLayout(head)
        row.setContentsMargins(look.px(16), 0, look.px(16), look.px(4))
        row.setSpacing(look.px(14))
        self._sign = ShapeView(look, 40, parent=head)
        self._sign.setFixedSize(look.px(40), look.px(40))
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(look.px(6))
        words.addWidget(self._title)
        grid = QGridLayout()
        grid.setHorizontalSpacing(look.px(14))
        grid.setVerticalSpacing(look.px(4))
        grid.setColumnStretch(1, 1)
        self._lines: list[tuple[Text, Text]] = []
        for number in range(_MOST_LINES):
            label = Text(look, design_px=14, colour=look.theme.muted, parent=head)
            text = Text(look, design_px=14.5, weight=600, wrap=True, parent=head)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(label, number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(text, number, 1)
            self._lines.append((label, text))
        words.addLayout(grid)
        self._says = Text(look, design_px=15, weight=600, wrap=True, parent=head)
        words.addWidget(self._says)
        row.addLayout(words, 1)
        return head

    def _build_notes(self, card: QWidget) -> QWidget:
        """What is new may be longer than the room for it."""
        look = self._look
        self.notes_area = area = QScrollArea(card)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        area.setAccessibleName(look.tr.t("setup.updates.notes"))
        area.setStyleSheet(f"QScrollArea, #notes {{ background: {look.theme.surface}; }}")
        inside = QWidget(area)
        inside.setObjectName("notes")
        column = QVBoxLayout(inside)
        column.setContentsMargins(look.px(16), look.px(6), look.px(16), look.px(6))
        column.setSpacing(look.px(4))
        self._notes_title = Text(look, design_px=15, weight=700, parent=inside)
        self._notes = Text(look, design_px=15, wrap=True, parent=inside)
        column.addWidget(self._notes_title)
        column.addWidget(self._notes)
        column.addStretch(1)
        area.setWidget(inside)
        return area

    def show_model(self, model: UpdatesModel) -> None:
        """Draw this."""
        if model == self._model:
            return
        self._model, look = model, self._look
        self._sign.show_shape(model.shape, look.ink(model.tone))
        self._title.say(model.title)
        self._title.set_colour(look.ink(model.tone))
        for number, (label, text) in enumerate(self._lines):
            line = model.lines[number] if number < len(model.lines) else None
            for part, words in ((label, line.label if line else ""), (text, line.words if line else "")):
                part.say(words)
                part.setVisible(bool(words))
            if line is not None:
                text.set_colour(look.ink(line.tone))
        self._says.say(_SIGNS.get(model.says_tone, "") + model.says if model.says else "")
        self._says.set_colour(look.ink(model.says_tone))
        self._notes_title.say(model.notes_title)
        self._notes.say(model.notes)
        self.bar.show_actions(model.actions)

    def focus_home(self) -> None:
        """What is new, which can be scrolled."""
        self.notes_area.setFocus()
