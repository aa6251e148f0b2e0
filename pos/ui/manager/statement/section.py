"""The statement section as the manager's page knows it: events and keys in, boxes and sounds out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from pos.till.review.statement_desk import StatementDesk
from pos.ui.look import Look
from pos.ui.manager.asking import Asking
from pos.ui.manager.presented import Presented
from pos.ui.manager.statement.model import Act, Box, FileBox, PeriodBox, Pick, ReasonBox
from pos.ui.manager.statement.presenter import StatementPresenter
from pos.ui.manager.statement.result_words import difference_row
from pos.ui.manager.statement.screen import StatementScreen
from pos.ui.manager.statement.sheets import PeriodSheet, PickSheet
from pos.ui.page import PageScreen
from pos.ui.widgets.approval import ApprovalSheet
from pos.ui.widgets.kept_box import KeptBox
from pos.ui.widgets.sheet import Sheet
from pos.ui.widgets.window_table import WindowRow
from pos.ui.words import say_message


class StatementSection(Presented[StatementPresenter, "_Drawn"]):
    """A `pos.ui.manager.section.Section` over a `StatementDesk`."""

    name = "statement"

    def __init__(
        self, desk: StatementDesk, review: Asking, actor: Callable[[], str], mono_s: Callable[[], float]
    ) -> None:
        super().__init__(StatementPresenter(desk, review, actor, mono_s))
        self._box: KeptBox[Sheet] = KeptBox(self)
        self._box.gone.connect(self._refresh)

    def build(self, look: Look) -> PageScreen:
        """Draw it in this look."""
        self._look = look
        self._box.forget()
        self._drawn = _Drawn(look, self)
        return self._drawn

    def take_event(self, event: object) -> bool:
        """Answers to its own questions."""
        heard = self.presenter.take(event)
        drawn, look, sheet = self._drawn, self._look, self._box.sheet
        if heard is None or drawn is None or look is None:
            return heard is not None
        if heard.sound is not None and drawn.isVisible():
            drawn.heard.emit(heard.sound)
        if isinstance(sheet, ApprovalSheet):
            if heard.refused is not None:
                said = say_message(look.tr, heard.refused)
                sheet.failed(f"{said.what} {said.do}")
            if heard.done:
                sheet.dismiss()
        drawn.refresh()
        return True

    # ------------------------------------------------------------ hands

    def act(self, act: Act) -> None:
        """A button or its key."""
        if self._look is not None:
            self.ask(self.presenter.act(act, self._look.tr))

    def ask(self, box: Box | None) -> None:
        """Open a box over the page."""
        drawn = self._drawn
        if box is None or drawn is None:
            return
        if isinstance(box, FileBox):
            self._choose_file(box, drawn)
            return

        def make(look: Look, over: QWidget) -> Sheet:
            return self._box.keep(self._make(look, box, over))

        drawn.box_wanted.emit(make)

    def _make(self, look: Look, box: Pick | PeriodBox | ReasonBox, over: QWidget) -> Sheet:
        if isinstance(box, Pick):
            pick = PickSheet(look, box, over)
            pick.picked.connect(self._picked)
            return pick
        if isinstance(box, PeriodBox):
            period = PeriodSheet(look, box, over)
            period.given.connect(self._period_given)
            return period
        reason = ApprovalSheet(look, box.title, box.hint, wants_reason=True, wants_pin=False, parent=over)
        reason.approved.connect(self._reason_given)
        return reason

    def _choose_file(self, box: FileBox, drawn: _Drawn) -> None:
        dialog = QFileDialog(drawn.window(), box.title, "", box.kinds)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._file_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot()
    def _refresh(self) -> None:
        if self._drawn is not None:
            self._drawn.refresh()

    @Slot(str)
    def _file_chosen(self, path: str) -> None:
        self.presenter.look(path)
        self._refresh()

    @Slot(str, str)
    def _picked(self, what: str, chosen: str) -> None:
        self.presenter.picked(what, chosen)
        self._refresh()

    @Slot(object, object)
    def _period_given(self, first: date, last: date) -> None:
        self.presenter.set_period(first, last)
        self._refresh()

    @Slot(str, str)
    def _reason_given(self, reason: str, pin: str) -> None:
        del pin
        self.presenter.make_cases(reason)


class _Rows:
    """The presenter's differences as the table reads them."""

    def __init__(self, presenter: StatementPresenter, look: Look) -> None:
        self._presenter, self._tr = presenter, look.tr

    def total(self) -> int:
        """How many rows there are."""
        return self._presenter.total()

    def row(self, number: int) -> WindowRow | None:
        """The row at this place."""
        found = self._presenter.difference(number)
        return None if found is None else difference_row(self._tr, self._presenter, found)


class _Drawn(StatementScreen):
    """The screen bound to its section."""

    def __init__(self, look: Look, section: StatementSection) -> None:
        self._section = section
        super().__init__(look, _Rows(section.presenter, look))
        self.acted.connect(self._on_acted)
        self.issuer_chosen.connect(self._on_issuer)
        self.path_typed.connect(self._on_path)
        self.check_opened.connect(self._on_check)
        self.file_dropped.connect(self._on_dropped)
        self.part_pressed.connect(self._on_part)
        self.card_pressed.connect(self._on_card)
        self.row_chosen.connect(self._on_row)
        self.row_opened.connect(self._on_mark)
        self.refresh()

    def refresh(self) -> None:
        """Draw what the presenter knows now."""
        self.show_model(self._section.presenter.model(self._look.tr))

    @Slot(str)
    def _on_acted(self, act: str) -> None:
        self._section.act(Act(act))
        self.refresh()

    @Slot(str)
    def _on_issuer(self, issuer: str) -> None:
        self._section.presenter.choose_issuer(issuer)
        self.refresh()
        self.focus_home()

    @Slot(str)
    def _on_path(self, text: str) -> None:
        self._section.presenter.type_path(text)
        self.refresh()

    @Slot(int)
    def _on_check(self, check_id: int) -> None:
        self._section.presenter.open_check(check_id)
        self.refresh()

    @Slot(str)
    def _on_dropped(self, path: str) -> None:
        self._section.presenter.look(path)
        self.refresh()

    @Slot(int)
    def _on_part(self, number: int) -> None:
        self._section.ask(self._section.presenter.pick_part(number, self._look.tr))

    @Slot(int)
    def _on_card(self, number: int) -> None:
        self._section.presenter.filter(number)
        self.refresh()

    @Slot(int)
    def _on_row(self, row: int) -> None:
        self._section.presenter.move_to(row)
        self.refresh()

    @Slot(int)
    def _on_mark(self, row: int) -> None:
        self._section.presenter.mark(row)
        self.refresh()
