"""The panel of the copies drawn: the verdict, where they lie, the list, what can be done."""

from __future__ import annotations

from pos.ui.look import Look
from pos.ui.manager.setup.backup.model import BackupModel
from pos.ui.manager.setup.panel_screen import PanelScreen
from pos.ui.manager.setup.said import VerdictHead
from pos.ui.theme import Tone
from pos.ui.widgets.text import Text
from pos.ui.widgets.window_table import Column, RowSource, WindowTable


class BackupScreen(PanelScreen):
    """Draws a `BackupModel`."""

    def __init__(self, look: Look, source: RowSource) -> None:
        super().__init__(look, look.tr.t("setup.panel.backup"))
        self._model: BackupModel | None = None
        card, column = self._card, self._column
        self._head = VerdictHead(look, self._title, card, most=4, gaps=(4, 3, 0))
        self._notices = Text(look, design_px=15, weight=600, wrap=True, parent=self._head)
        self._notices.set_colour(look.ink(Tone.UNKNOWN))
        self._head.words.insertWidget(1, self._notices)
        column.addWidget(self._head)
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

    def show_model(self, model: BackupModel) -> None:
        """Draw this."""
        if model == self._model:
            return
        self._model = model
        self._head.show_verdict(model)
        self._notices.say("\n".join(f"● {one}" for one in model.notices))
        self._empty.say(model.empty)
        self.bar.show_actions(model.actions)

    def focus_home(self) -> None:
        """The list."""
        self.table.setFocus()
