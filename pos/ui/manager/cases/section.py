"""The cases as a section of the manager's page: events and keys in, boxes, sounds and other screens out."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from pos.till.review.cases_views import CaseSource, ChoiceKind
from pos.till.review.day_views import RowKind
from pos.till.review.events import JournalChanged, Reported, ReportFailed, ReportProgress
from pos.till.views import StripChanged
from pos.ui.look import Look
from pos.ui.manager.cases.choices import COURSE, FACTS, OWN, SWITCH
from pos.ui.manager.cases.presenter import CasesPresenter, Ended, Leads, Wanted
from pos.ui.manager.cases.screen import CasesScreen
from pos.ui.manager.cases.words import hint_words
from pos.ui.manager.presented import Presented
from pos.ui.manager.timeline.box import TimelineBox
from pos.ui.page import PageScreen
from pos.ui.signs import Sound
from pos.ui.widgets.approval import ApprovalSheet
from pos.ui.widgets.choice import Answer, ChoiceSheet
from pos.ui.widgets.kept_box import KeptBox
from pos.ui.widgets.sheet import Sheet
from pos.ui.words import masked, say_message

_COPY_ONE, _COPY_ALL, _FILE = "copy_one", "copy_all", "file"


class CasesSection(Presented[CasesPresenter, "_Drawn"]):
    """A `pos.ui.manager.section.Section` over a `CasesPresenter`."""

    name = "cases"

    def __init__(self, presenter: CasesPresenter, course: TimelineBox) -> None:
        """Wire it.

        Args:
            presenter: decides.
            course: shows the timeline of what a case is about.
        """
        super().__init__(presenter)
        self._course = course
        self._wanted: Wanted | None = None
        self._no_other_till = False
        self._box: KeptBox[ApprovalSheet] = KeptBox(self)

    # ------------------------------------------------------------ Section

    def build(self, look: Look) -> PageScreen:
        """Draw it in this look."""
        if self._look is None:
            self.presenter.look()  # how many there are stands on the tab before anybody opens it
        self._look = look
        self._drawn = _Drawn(look, self)
        return self._drawn

    def take_event(self, event: object) -> bool:
        """Answers to its own questions; and what others hear too: that something has changed."""
        if isinstance(event, StripChanged):
            self.presenter.open_count = event.view.open_cases
            return False
        if not isinstance(event, Reported | ReportFailed | ReportProgress | JournalChanged):
            return False
        if self._course.take(event):
            return True
        self._tell(self.presenter.take(event))
        if self._drawn is not None and self._drawn.isVisible():
            self._drawn.refresh()
        return self.presenter.mine(event)

    def waiting(self) -> int:
        """Open cases."""
        return self.presenter.open_count

    def _tell(self, ended: Ended | None) -> None:
        drawn, look, sheet = self._drawn, self._look, self._box.sheet
        if ended is None or drawn is None or look is None:
            return
        if ended.copy:
            QGuiApplication.clipboard().setText(ended.copy)
        if ended.failure is not None:
            drawn.heard.emit(Sound.REFUSED)
            if sheet is not None:
                sheet.failed(str(say_message(look.tr, ended.failure)))
        elif ended.done and sheet is not None:
            sheet.dismiss()

    # ------------------------------------------------------------ hands

    def act(self, name: str) -> None:
        """Something was pressed."""
        drawn = self._drawn
        if drawn is None:
            return
        if name == SWITCH:
            self.presenter.switch()
        elif name == OWN:
            drawn.box_wanted.emit(self._owner_box)
        elif name == COURSE:
            self._show_course(drawn)
        elif name == FACTS:
            drawn.box_wanted.emit(self._support_box)
        else:
            self._choose(name, drawn)

    def _show_course(self, drawn: PageScreen) -> None:
        detail = self.presenter.detail
        if detail is not None and detail.view.source is not CaseSource.DAY:
            self._course.open(drawn, RowKind(detail.view.source.value), detail.view.ref)

    def _choose(self, name: str, drawn: PageScreen) -> None:
        wanted = self.presenter.act(name)
        if isinstance(wanted, Leads):
            drawn.leads.emit(wanted.screen, wanted.bill_number)
        elif isinstance(wanted, Wanted):
            self._wanted, self._no_other_till = wanted, False
            drawn.box_wanted.emit(self._first_box(wanted))

    def _first_box(self, wanted: Wanted) -> Callable[[Look, QWidget], Sheet]:
        if wanted.choice.other_till:
            return self._others_box
        return self._reason_box if wanted.choice.needs_reason else self._sure_box

    def _others_box(self, look: Look, over: QWidget) -> Sheet:
        """Where the issuer never said that the use was ours: nobody else's voucher is freed."""
        tr, view = look.tr, self._wanted.view if self._wanted else None
        ending, label = (masked(view.ending), view.label) if view else ("", "")
        hint = tr.t("take_back.others.hint", provider=label, ending=ending)
        answers = [Answer("none", tr.t("take_back.others.none"))]
        box = ChoiceSheet(look, tr.t("take_back.others.title"), hint, answers, over)
        box.chosen.connect(self._no_other)
        return box

    @Slot(str)
    def _no_other(self, answer: str) -> None:
        del answer
        self._no_other_till = True
        if self._drawn is not None:
            self._drawn.box_wanted.emit(self._reason_box)

    def _reason_box(self, look: Look, over: QWidget) -> Sheet:
        title, hint = self._words(look)
        sheet = ApprovalSheet(look, title, hint, wants_reason=True, wants_pin=False, parent=over)
        sheet.approved.connect(self._approved)
        return self._box.keep(sheet)

    def _sure_box(self, look: Look, over: QWidget) -> Sheet:
        title, hint = self._words(look)
        box = ChoiceSheet(look, title, hint, [Answer("yes", title)], over)
        box.chosen.connect(self._sure)
        return box

    def _words(self, look: Look) -> tuple[str, str]:
        wanted, tr = self._wanted, look.tr
        if wanted is None:
            return "", ""
        hint = hint_words(tr, wanted.view, wanted.choice)
        if wanted.unsettled:
            hint = f"{hint} {tr.t('cases.hint.stays_unknown')}"
        return tr.t(f"cases.do.{wanted.choice.kind}"), hint

    @Slot(str, str)
    def _approved(self, reason: str, pin: str) -> None:
        del pin
        self._carry_out(reason)

    @Slot(str)
    def _sure(self, answer: str) -> None:
        del answer
        self._carry_out("")

    def _carry_out(self, reason: str) -> None:
        if self._wanted is not None:
            kind = ChoiceKind(self._wanted.choice.kind)
            self.presenter.carry_out(kind, reason, no_other_till=self._no_other_till)
            if self._drawn is not None:
                self._drawn.refresh()

    # ------------------------------------------------------------ owner, support

    def _owner_box(self, look: Look, over: QWidget) -> Sheet:
        tr = look.tr
        answers = [Answer(name, name) for name in self.presenter.people]
        box = ChoiceSheet(look, tr.t("cases.hand.title"), tr.t("cases.hand.hint"), answers, over)
        box.chosen.connect(self.presenter.own)
        return box

    def _support_box(self, look: Look, over: QWidget) -> Sheet:
        tr, detail, count = look.tr, self.presenter.detail, len(self.presenter.of_issuer())
        label = detail.view.label if detail is not None else ""
        answers = [Answer(_COPY_ONE, tr.t("cases.support.copy_one"))]
        if count:
            answers += [
                Answer(_COPY_ALL, tr.t("cases.support.copy_all", count=count, label=label)),
                Answer(_FILE, tr.t("cases.support.file", count=count, label=label)),
            ]
        title = tr.t("cases.support.title", label=label)
        box = ChoiceSheet(look, title, tr.t("cases.support.hint"), answers, over)
        box.chosen.connect(self._support)
        return box

    @Slot(str)
    def _support(self, answer: str) -> None:
        if self._look is not None:
            self.presenter.send_facts(self._look.tr, everything=answer != _COPY_ONE, to_file=answer == _FILE)


class _Drawn(CasesScreen):
    """The screen bound to its section."""

    def __init__(self, look: Look, section: CasesSection) -> None:
        self._section = section
        super().__init__(look, section.presenter.model(look.tr))
        self.acted.connect(self._on_acted)
        self.chosen.connect(self._on_chosen)
        self.found.connect(self._on_found)
        self.refresh()

    def refresh(self) -> None:
        """Draw what the presenter knows now."""
        self.show_model(self._section.presenter.model(self._look.tr))

    @Slot(str)
    def _on_acted(self, act: str) -> None:
        self._section.act(act)
        self.refresh()

    @Slot(str)
    def _on_chosen(self, key: str) -> None:
        self._section.presenter.choose(key)
        self.refresh()

    @Slot(str)
    def _on_found(self, text: str) -> None:
        self._section.presenter.find(text)
