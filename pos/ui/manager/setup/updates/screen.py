"""The panel of updates drawn: the verdict, its facts, what is new, what can be done."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.manager.setup.panel_screen import PanelScreen
from pos.ui.manager.setup.said import VerdictHead
from pos.ui.manager.setup.updates.model import UpdatesModel
from pos.ui.widgets.card import Rule
from pos.ui.widgets.text import Text


class UpdatesScreen(PanelScreen):
    """Draws an `UpdatesModel`."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, look.tr.t("setup.panel.updates"))
        self._model: UpdatesModel | None = None
        card, column = self._card, self._column
        self._head = VerdictHead(look, self._title, card, most=8, gaps=(6, 4, 4))
        for _, text in self._head.lines:
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self._head)
        column.addWidget(Rule(look, card))
        column.addWidget(self._build_notes(card), 1)

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
        self._model = model
        self._head.show_verdict(model)
        self._notes_title.say(model.notes_title)
        self._notes.say(model.notes)
        self.bar.show_actions(model.actions)

    def focus_home(self) -> None:
        """What is new, which can be scrolled."""
        self.notes_area.setFocus()
