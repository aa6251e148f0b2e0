"""The boxes of the statement section drawn: a list to choose from, and the days to compare."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from pos.domain.statement_values import UnreadableCell, day_of
from pos.ui.look import Look
from pos.ui.manager.statement.model import PeriodBox, Pick
from pos.ui.theme import Tone
from pos.ui.widgets.field import Field
from pos.ui.widgets.sheet import Sheet
from pos.ui.widgets.table import Table
from pos.ui.widgets.text import Text

_NONE = "-"


class PickSheet(Sheet):
    """Shows a `Pick`: arrows and Enter, or a finger.

    Signals:
        picked(str, str): what was asked, and the id of the row.
    """

    picked = Signal(str, str)

    def __init__(self, look: Look, pick: Pick, parent: QWidget) -> None:
        super().__init__(look, pick.title, pick.hint, width=620 if len(pick.columns) > 1 else 480, parent=parent)
        self._what = pick.what
        self.table = Table(look, pick.title, pick.columns, min(1, len(pick.columns) - 1), self.card)
        self.table.setMinimumHeight(look.px(min(360, 44 + 52 * max(2, len(pick.rows)))))
        self.table.show_rows(pick.rows)
        at = next((number for number, row in enumerate(pick.rows) if row.id == pick.chosen), 0)
        self.table.selectRow(at)
        self.table.opened.connect(self._opened)
        self.body.addWidget(self.table)

    @Slot(str)
    def _opened(self, row_id: str) -> None:
        self.dismiss()
        self.picked.emit(self._what, row_id)

    @Slot()
    def accept(self) -> None:
        """Enter: the chosen row."""
        held = self.table.chosen()
        if held is not None:
            self._opened(held)

    def focus_home(self) -> None:
        """The list."""
        self.table.setFocus()


class PeriodSheet(Sheet):
    """Shows a `PeriodBox`.

    Signals:
        given(object, object): first and last date.
    """

    given = Signal(object, object)

    def __init__(self, look: Look, box: PeriodBox, parent: QWidget) -> None:
        tr = look.tr
        super().__init__(look, box.title, box.hint, ok=tr.t("keypad.ok"), parent=parent)
        self._error = Text(look, design_px=15, weight=600, wrap=True, parent=self.card)
        self._error.set_colour(look.ink(Tone.REFUSED))
        self._error.hide()
        self.first = Field(look, tr.t("statement.period.first"), plain=True, parent=self.card)
        self.last = Field(look, tr.t("statement.period.last"), plain=True, parent=self.card)
        for field, text in ((self.first, box.first), (self.last, box.last)):
            field.setText(text)
            field.entered.connect(self.accept)
            self.body.addWidget(field)
        self.body.addWidget(self._error)

    @Slot()
    def accept(self) -> None:
        """Enter: both days, or why not."""
        days = [_day(field.text()) for field in (self.first, self.last)]
        first, last = days
        if first is None or last is None or first > last:
            self._error.say(self.look.tr.t("statement.period.wrong"))
            return
        self.dismiss()
        self.given.emit(first, last)

    def focus_home(self) -> None:
        """The first day."""
        self.first.setFocus()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(day_of(text.strip()))
    except (UnreadableCell, ValueError):
        return None
