"""The health panel drawn: the verdict, every finding in a line, and the chosen one in full with its next step."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.manager.setup.health.model import HealthModel
from pos.ui.manager.setup.panel_screen import PanelScreen
from pos.ui.theme import Tone
from pos.ui.widgets.card import Rule
from pos.ui.widgets.text import Text
from pos.ui.widgets.verdict import ShapeView
from pos.ui.widgets.window_table import Column, RowSource, WindowTable


class HealthScreen(PanelScreen):
    """Draws a `HealthModel`."""

    def __init__(self, look: Look, source: RowSource) -> None:
        super().__init__(look, look.tr.t("setup.panel.health"))
        tr = look.tr
        self._model: HealthModel | None = None
        card, column = self._card, self._column
        column.addWidget(self._build_head(card))
        columns = (
            Column(tr.t("health.col.level"), 176),
            Column(tr.t("health.col.what"), 170, share=1),
            Column(tr.t("health.col.said"), 200, share=4, spare=1),
        )
        self.table = WindowTable(look, self._name, columns, source, tr.t("setup.reading"), card)
        column.addWidget(self.table, 1)
        column.addWidget(Rule(look, card))
        column.addWidget(self._build_chosen(card))

    def _build_head(self, card: QWidget) -> QWidget:
        look = self._look
        head = QWidget(card)
        head.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        row = QHBoxLayout(head)
        row.setContentsMargins(look.px(16), 0, look.px(16), 0)
        row.setSpacing(look.px(14))
        self._sign = ShapeView(look, 36, parent=head)
        self._sign.setFixedSize(look.px(36), look.px(36))
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._title, 1)
        self._says = Text(look, design_px=14.5, weight=600, parent=head)
        row.addWidget(self._says)
        return head

    def _build_chosen(self, card: QWidget) -> QWidget:
        """Room for three lines of what was found and two of what to do: the list does not jump under a finger."""
        look = self._look
        chosen = QWidget(card)
        column = QVBoxLayout(chosen)
        column.setContentsMargins(look.px(16), look.px(2), look.px(16), look.px(2))
        column.setSpacing(look.px(3))
        self._label = Text(look, design_px=15, weight=700, parent=chosen)
        self._said = Text(look, design_px=15, wrap=True, parent=chosen)
        self._next = Text(look, design_px=15, weight=700, wrap=True, parent=chosen)
        self._next.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for text in (self._label, self._said, self._next):
            column.addWidget(text)
        column.addStretch(1)
        chosen.setMinimumHeight(look.px(118))
        return chosen

    def show_model(self, model: HealthModel) -> None:
        """Draw this."""
        if model == self._model:
            return
        self._model, look = model, self._look
        self._sign.show_shape(model.shape, look.ink(model.tone))
        self._title.say(model.title)
        self._title.set_colour(look.ink(model.tone))
        self._says.say(model.says)
        self._says.set_colour(look.ink(model.says_tone))
        self._label.say(model.label)
        self._said.say(model.said)
        self._next.say(f"→ {model.next}" if model.next else "")
        self._next.set_colour(look.ink(Tone.BRAND))
        self.bar.show_actions(model.actions)

    def focus_home(self) -> None:
        """The list."""
        self.table.setFocus()

    def press(self, name: str) -> bool:
        """The keys on the buttons, and the arrows of the list."""
        if name in ("Up", "Down") and self.table.hasFocus():
            self.table.step(-1 if name == "Up" else 1)
            return True
        return super().press(name)
