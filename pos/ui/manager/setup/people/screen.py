"""The panel of the people drawn: who works here, or who may do what, and what can be done."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget

from pos.ui.look import Look
from pos.ui.manager.setup.panel_screen import PanelScreen
from pos.ui.manager.setup.people.model import PeopleModel
from pos.ui.manager.setup.said import Said
from pos.ui.widgets.text import Text
from pos.ui.widgets.window_table import Column, RowSource, WindowTable


class PeopleScreen(PanelScreen):
    """Draws a `PeopleModel`."""

    def __init__(self, look: Look, people: RowSource, rights: RowSource) -> None:
        super().__init__(look, look.tr.t("setup.panel.people"), spacing=4, height=380)
        self._model: PeopleModel | None = None
        card, column = self._card, self._column
        self._hint = Text(look, design_px=14.5, colour=look.theme.muted, wrap=True, parent=card)
        self._says = Said(look, card)
        for text in (self._title, self._hint, self._says):
            text.setContentsMargins(look.px(16), 0, look.px(16), 0)
            column.addWidget(text)
        self._tables = QStackedWidget(card)
        self.people = WindowTable(look, self._name, self._people_columns(), people, look.tr.t("setup.reading"), card)
        self.rights = WindowTable(
            look, look.tr.t("people.do.rights"), self._rights_columns(), rights, look.tr.t("setup.reading"), card
        )
        for table in (self.people, self.rights):
            self._tables.addWidget(table)
        column.addWidget(self._tables, 1)

    def _people_columns(self) -> tuple[Column, ...]:
        tr = self._look.tr
        return (
            Column(tr.t("people.col.name"), 120, share=3),
            Column(tr.t("people.col.role"), 128),
            Column(tr.t("people.col.since"), 112, spare=2),
            Column(tr.t("people.col.last_in"), 150, spare=1),
            Column(tr.t("people.col.tries"), 150, share=1),
        )

    def _rights_columns(self) -> tuple[Column, ...]:
        tr = self._look.tr
        return (
            Column(tr.t("people.col.action"), 200, share=1),
            Column(tr.t("role.cashier").capitalize(), 196),
            Column(tr.t("role.manager").capitalize(), 196),
        )

    def show_model(self, model: PeopleModel) -> None:
        """Draw this."""
        if model == self._model:
            return
        before, self._model = self._model, model
        self._title.say(model.title)
        self._hint.say(model.hint)
        self._says.tell(model.says, model.says_tone)
        wanted = self.rights if model.rights else self.people
        if self._tables.currentWidget() is not wanted:
            self._tables.setCurrentWidget(wanted)
            if model.rights:
                self.rights.refresh(anew=True, current=0)
            if before is not None and before.rights is not model.rights and self.isVisible():
                wanted.setFocus()
        self.bar.show_actions(model.actions)

    def focus_home(self) -> None:
        """The list."""
        (self.rights if self._model is not None and self._model.rights else self.people).setFocus()
