"""Who changed a setting, or any of them, when, from what to what."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from pos.setup.settings_desk import Changed
from pos.told_audit import actor_words
from pos.ui.keys import key_name
from pos.ui.look import Look
from pos.ui.manager.setup.settings import words
from pos.ui.widgets.sheet import Sheet
from pos.ui.widgets.text import Text
from pos.ui.widgets.window_table import Column, WindowRow, WindowTable


class HistorySheet(Sheet):
    """A list that fills when it has been read; newest first.

    Args:
        one: of one setting; then the column with names is left out.
    """

    def __init__(self, look: Look, title: str, *, one: bool, parent: QWidget) -> None:
        tr = look.tr
        super().__init__(look, title, back=tr.t("action.close"), width=860, parent=parent)
        self._one = one
        self._changes: tuple[Changed, ...] = ()
        columns = [Column(tr.t("setup.history.when"), 158), Column(tr.t("setup.history.who"), 110, share=1)]
        if not one:
            columns.append(Column(tr.t("setup.history.setting"), 180, share=2))
        columns += [Column(tr.t("setup.history.before"), 120, share=2), Column(tr.t("setup.history.now"), 120, share=2)]
        self.note = Text(
            look, tr.t("setup.reading"), design_px=15, colour=look.theme.muted, wrap=True, parent=self.card
        )
        self.table = WindowTable(look, title, tuple(columns), self, tr.t("setup.reading"), self.card)
        self.table.setMinimumHeight(look.px(340))
        self.table.chosen.connect(self._chosen)
        self.table.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.body.addWidget(self.table)
        self.body.addWidget(self.note)

    def show_changes(self, changes: tuple[Changed, ...]) -> None:
        """These were read."""
        self._changes = changes
        self.table.refresh(anew=True)
        self.note.say("" if changes else self.look.tr.t("setup.history.none"))
        if changes:
            self._chosen(0)
        self.focus_home()

    def total(self) -> int:
        """How many."""
        return len(self._changes)

    def row(self, number: int) -> WindowRow | None:
        """One change in words."""
        if number >= len(self._changes):
            return None
        tr, changed = self.look.tr, self._changes[number]
        cells = [words.when(changed), actor_words(tr, changed.actor)]
        if not self._one:
            cells.append(words.label_of(tr, changed.key))
        cells += [words.value_of(tr, changed, changed.before), words.value_of(tr, changed, changed.now)]
        return WindowRow(f"{changed.number}/{changed.key}", tuple(cells))

    @Slot(int)
    def _chosen(self, number: int) -> None:
        if number < len(self._changes):
            tr, changed = self.look.tr, self._changes[number]
            parts = [words.label_of(tr, changed.key), tr.t("setup.history.link", number=changed.number)]
            if changed.reason:
                parts.append(tr.t("setup.history.reason", reason=changed.reason))
            if changed.outside:
                parts.append(tr.t("setup.history.outside"))
            self.note.say(" · ".join(parts))

    @Slot()
    def accept(self) -> None:
        """Enter on a row: nothing more to tell."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk through the list."""
        step = {"Up": -1, "Down": 1}.get(key_name(event))
        if step is not None:
            self.table.step(step)
            event.accept()
            return
        super().keyPressEvent(event)

    def focus_home(self) -> None:
        """The list."""
        self.table.setFocus()
