"""The closing section as the manager's page knows it: events and keys in, boxes and sounds out."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from pos.till.review.closing_ports import ClosingDeskPort
from pos.till.views import StripChanged
from pos.ui.look import Look
from pos.ui.manager.asking import Asking
from pos.ui.manager.closing.around import Around, Heard
from pos.ui.manager.closing.boxes import Box, CloseBox, CountBox, GoTo, HandOverBox, SlipBox
from pos.ui.manager.closing.model import Act, Step
from pos.ui.manager.closing.presenter import ClosingPresenter
from pos.ui.manager.closing.screen import ClosingScreen
from pos.ui.manager.closing.sheets import CloseSheet, CountSheet, HandOverSheet
from pos.ui.manager.presented import Presented
from pos.ui.page import PageScreen
from pos.ui.widgets.choice import Answer, ChoiceSheet
from pos.ui.widgets.kept_box import KeptBox
from pos.ui.widgets.sheet import Sheet
from pos.ui.words import say_message

SEEN, COPY = "seen", "copy"


class ClosingSection(Presented[ClosingPresenter, "_Drawn"]):
    """A `pos.ui.manager.section.Section` over a `ClosingDeskPort`."""

    name = "closing"

    def __init__(self, desk: ClosingDeskPort, review: Asking, around: Around) -> None:
        super().__init__(ClosingPresenter(desk, review, around))
        self._around = around
        self._box: KeptBox[Sheet] = KeptBox(self)
        self._box.gone.connect(self.presenter.give_up)
        self._slip: SlipBox | None = None

    def build(self, look: Look) -> PageScreen:
        """Draw it in this look; a box of the old one has gone with it."""
        self._look = look
        self._box.forget()
        self.presenter.give_up()
        self._drawn = _Drawn(look, self)
        return self._drawn

    def take_event(self, event: object) -> bool:
        """Answers to its own questions; it also listens to the strip and the journal."""
        if isinstance(event, StripChanged):
            self.presenter.network(event.view.network, self._around.now_utc())
            return False
        heard = self.presenter.take(event)
        if heard is not None:
            self._hear(heard)
        return heard is not None

    def waiting(self) -> int:
        """Differences that are left."""
        return self.presenter.waiting()

    # ------------------------------------------------------------ hands

    def act(self, act: Act) -> None:
        """A button or its key."""
        if self._look is not None:
            self._ask(self.presenter.act(act, self._look.tr))

    def open_row(self, row_id: str) -> None:
        """A row of the open step."""
        if self._look is not None:
            self._ask(self.presenter.open_row(row_id, self._look.tr))

    def _hear(self, heard: Heard) -> None:
        drawn, look, sheet = self._drawn, self._look, self._box.sheet
        if drawn is None or look is None:
            return
        if heard.sound is not None:
            drawn.heard.emit(heard.sound)
        if heard.refused is not None and isinstance(sheet, HandOverSheet):
            said = say_message(look.tr, heard.refused)
            sheet.failed(f"{said.what} {said.do}")
        if heard.done and sheet is not None:
            sheet.dismiss()
        elif isinstance(sheet, CloseSheet):
            question = self.presenter.close_question(look.tr)
            if question is not None:
                sheet.show_box(question)

    def _ask(self, box: Box | None) -> None:
        drawn = self._drawn
        if box is None or drawn is None:
            return
        if isinstance(box, GoTo):
            drawn.leads.emit(box.screen, box.what)
            return

        def make(look: Look, over: QWidget) -> Sheet:
            return self._box.keep(self._make(look, box, over))

        drawn.box_wanted.emit(make)

    def _make(self, look: Look, box: CloseBox | CountBox | SlipBox | HandOverBox, over: QWidget) -> Sheet:
        if isinstance(box, CloseBox):
            close = CloseSheet(look, box, over)
            close.agreed.connect(self._agreed)
            return close
        if isinstance(box, CountBox):
            count = CountSheet(look, box, over)
            count.counted.connect(self._counted)
            return count
        if isinstance(box, HandOverBox):
            hand_over = HandOverSheet(look, box, over)
            hand_over.given.connect(self._handed_over)
            return hand_over
        tr = look.tr
        self._slip = box
        answers = (
            Answer(SEEN, tr.t("action.slip_seen"), tr.t("closing.slip.seen")),
            Answer(COPY, tr.t("action.print_copy"), tr.t("closing.slip.copy")),
        )
        slip = ChoiceSheet(look, box.title, box.hint, answers, over)
        slip.chosen.connect(self._slip_answered)
        return slip

    @Slot()
    def _agreed(self) -> None:
        self.presenter.close_day()
        self._refresh()

    @Slot(str, int)
    def _counted(self, issuer: str, papers: int) -> None:
        self.presenter.count_papers(issuer, papers)
        self._refresh()

    @Slot(str, str)
    def _handed_over(self, person_id: str, pin: str) -> None:
        self.presenter.hand_over(person_id, pin)

    @Slot(str)
    def _slip_answered(self, answer: str) -> None:
        if self._slip is None:
            return
        if answer == SEEN:
            self.presenter.changes.slip_seen(self._slip.job_id)
        else:
            self.presenter.changes.slip_again(self._slip.bill_number)
        self._refresh()

    def _refresh(self) -> None:
        if self._drawn is not None:
            self._drawn.refresh()


class _Drawn(ClosingScreen):
    """The screen bound to its section."""

    def __init__(self, look: Look, section: ClosingSection) -> None:
        super().__init__(look)
        self._section = section
        self.acted.connect(self._on_acted)
        self.step_chosen.connect(self._on_step)
        self.row_opened.connect(self._on_row)
        self.report_chosen.connect(self._on_report)
        self._draw()

    def refresh(self) -> None:
        """Draw what the presenter knows now; it may look again."""
        self._section.presenter.tick()
        self._draw()

    def _draw(self) -> None:
        model = self._section.presenter.model(self._look.tr)
        self.show_model(model)

    def showEvent(self, event: QShowEvent) -> None:
        """The keyboard goes where the next key belongs."""
        super().showEvent(event)
        self.focus_home()

    @Slot(str)
    def _on_acted(self, act: str) -> None:
        self._section.act(Act(act))
        self._draw()

    @Slot(str)
    def _on_step(self, step: str) -> None:
        self._section.presenter.choose_step(Step(step))
        self._draw()

    @Slot(str)
    def _on_row(self, row_id: str) -> None:
        self._section.open_row(row_id)
        self._draw()

    @Slot(str)
    def _on_report(self, row_id: str) -> None:
        self._section.presenter.shelf.choose(row_id)
        self._draw()
