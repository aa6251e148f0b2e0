"""Decides what the cases' section shows and asks. Plain Python; knows no widget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pos.domain.errors import JournalUnavailable
from pos.durable import replace_file
from pos.i18n import Translator
from pos.till.review.cases import CaseDesk
from pos.till.review.cases_views import PAGES, CaseDetail, CaseInbox, CaseSource, CaseView, Choice, ChoiceKind
from pos.till.review.events import JournalChanged, Reported, ReportFailed, ReviewEvent
from pos.till.views import Message
from pos.ui.manager.asking import Asking
from pos.ui.manager.cases.choices import SWITCH, actions_of, edge_of, said_of
from pos.ui.manager.cases.model import CasePanel, CasesModel
from pos.ui.manager.cases.support import as_csv, as_text
from pos.ui.manager.cases.words import panel_of, row_of
from pos.ui.shell.presenter import Screen
from pos.ui.theme import Tone
from pos.ui.widgets.bar_action import BarAction
from pos.ui.words import say_message

INBOX, DETAIL, DO, SUPPORT = "cases/inbox", "cases/detail", "cases/do", "cases/support"
_SCREENS = {
    ChoiceKind.OPEN_BILL: Screen.COUNTER,
    ChoiceKind.OPEN_SALE: Screen.SELL,
    ChoiceKind.OPEN_BOOKING: Screen.BOOKING,
}
_QUIET = frozenset({ChoiceKind.ASK, ChoiceKind.READ_AGAIN})
"""Done at once: they change nothing that a person would want to take back."""


@dataclass(frozen=True, slots=True)
class Leads:
    """Another screen, with this bill."""

    screen: Screen
    bill_number: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A box has to ask before this choice is made. `unsettled`: closing it does not end the voucher's own question."""

    view: CaseView
    choice: Choice
    unsettled: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of the last thing done, for box and ear. `copy`: text for the clipboard."""

    failure: Message | None = None
    done: bool = False
    copy: str = ""


class CasesPresenter:
    """The list, the chosen case, what may be done about it.

    Args:
        review: runs questions and changes.
        desk: answers them.
        who: the manager who acts.
        now_utc: for ages.
        shop: name of shop and till, at the head of what goes to a support.
        documents: the folder files go to.
    """

    def __init__(
        self,
        review: Asking,
        desk: CaseDesk,
        who: Callable[[], str],
        now_utc: Callable[[], datetime],
        shop: str,
        documents: Callable[[], Path],
    ) -> None:
        self._review, self._desk, self._who, self._now_utc = review, desk, who, now_utc
        self._shop, self._documents = shop, documents
        self._tickets: dict[str, int] = {}
        self._inbox: CaseInbox | None = None
        self._detail: CaseDetail | None = None
        self._chosen = ""
        self._fault: Message | None = None
        self._note: Callable[[Translator], str] | None = None
        self._note_tone = Tone.NEUTRAL
        self._doing: ChoiceKind | None = None
        self._open, self._copied = False, 0
        self.closed_ones, self.text = False, ""
        self.open_count = 0

    # ------------------------------------------------------------ in and out of sight

    def opened(self) -> None:
        """It comes into sight: what is shown may be old."""
        self._open = True
        self._review.watch(on=True)
        self.look()

    def closed(self) -> None:
        """It goes: nobody waits for its answers. A change in hand is carried out all the same."""
        self._open = False
        self._review.watch(on=False)
        for key in (INBOX, DETAIL, SUPPORT):
            self._review.forget(key)
            self._tickets.pop(key, None)
        self._note = None

    def look(self) -> None:
        """Read list and case again."""
        desk, closed, text = self._desk, self.closed_ones, self.text
        self._tickets[INBOX] = self._review.ask(INBOX, lambda _: desk.inbox(closed=closed, text=text))
        if self._view() is not None:
            self._ask_detail()

    def _ask_detail(self) -> None:
        view, desk = self._view(), self._desk
        if view is not None:
            self._tickets[DETAIL] = self._review.ask(DETAIL, lambda _: desk.detail(view.source, view.id))

    # ------------------------------------------------------------ choosing

    def choose(self, key: str) -> None:
        """Look at this case."""
        if key != self._chosen:
            self._chosen, self._note = key, None
            if self._detail is not None and self._detail.view.key != key:
                self._detail = None
            self._ask_detail()

    def switch(self) -> None:
        """From the open cases to the closed ones, or back."""
        self.closed_ones, self.text = not self.closed_ones, ""
        self._inbox, self._detail, self._chosen, self._note = None, None, "", None
        self.look()

    def find(self, text: str) -> None:
        """Look the closed ones up."""
        if text != self.text:
            self.text = text
            self.look()

    @property
    def detail(self) -> CaseDetail | None:
        """The chosen case, once it has been read."""
        return self._detail

    @property
    def people(self) -> tuple[str, ...]:
        """Who may own a case."""
        return self._inbox.people if self._inbox is not None else ()

    def of_issuer(self) -> tuple[CaseView, ...]:
        """The open cases of the chosen one's issuer."""
        view = self._view()
        rows = self._inbox.rows if self._inbox is not None else ()
        return tuple(row for row in rows if view is not None and row.issuer == view.issuer and row.open)

    def _view(self) -> CaseView | None:
        rows = self._inbox.rows if self._inbox is not None else ()
        return next((row for row in rows if row.key == self._chosen), None)

    # ------------------------------------------------------------ doing

    def act(self, name: str) -> Leads | Wanted | None:
        """A choice was pressed: done at once, on another screen, or asked about first."""
        detail, kind = self.detail, ChoiceKind(name)
        choice = detail.choice(kind) if detail is not None else None
        if detail is None or choice is None or self._doing is not None:
            return None
        if kind in PAGES:
            return Leads(_SCREENS[kind], detail.view.bill_number)
        if kind in _QUIET:
            self.carry_out(kind)
            return None
        unsettled = kind is ChoiceKind.CLOSE and detail.facts.state.startswith("unknown/")
        return Wanted(detail.view, choice, unsettled and detail.view.source is CaseSource.REDEMPTION)

    def carry_out(self, kind: ChoiceKind, reason: str = "", *, no_other_till: bool = False) -> None:
        """Do it; the answer comes as an event."""
        view, desk, who = self._view(), self._desk, self._who()
        if view is None:
            return
        self._doing, self._note = kind, None
        self._tickets[DO] = self._review.change(
            DO,
            lambda _: desk.carry_out(view.source, view.id, kind, actor=who, reason=reason, no_other_till=no_other_till),
        )

    def own(self, owner: str) -> None:
        """This person looks after the case from now on."""
        view, desk, who = self._view(), self._desk, self._who()
        if view is not None:
            self._tickets[DO] = self._review.change(DO, lambda _: desk.own(view.source, view.id, owner, actor=who))

    def send_facts(self, tr: Translator, *, everything: bool, to_file: bool) -> None:
        """Facts for the issuer's support: of this case, or of all open ones of its issuer; as text, or as a file."""
        view, desk, shop = self._view(), self._desk, self._shop
        if view is None:
            return
        wanted = self.of_issuer() if everything else (view,)
        folder = self._documents() if to_file else None
        name = f"{view.issuer}-{self._now_utc():%Y%m%d-%H%M%S}.csv"

        def job(_: object) -> str | Path:
            details = [desk.detail(case.source, case.id) for case in wanted]
            if folder is None:
                return as_text(tr, details, shop)
            path = folder / name
            try:
                replace_file(path, as_csv(tr, details))
            except OSError as error:
                raise JournalUnavailable("case.file_failed", file=name) from error
            return path

        self._tickets[SUPPORT] = self._review.ask(SUPPORT, job)
        self._copied = len(wanted)

    # ------------------------------------------------------------ answers

    def take(self, event: ReviewEvent) -> Ended | None:
        """An event of the review service; `Ended` where something that was done has ended, or failed."""
        if isinstance(event, JournalChanged):
            if self._open:
                self.look()
            return None
        if not isinstance(event, Reported | ReportFailed) or self._tickets.get(event.key) != event.ticket:
            return None
        if isinstance(event, ReportFailed):
            return self._failed(event)
        if event.key == INBOX and isinstance(event.value, CaseInbox):
            self._take_inbox(event.value)
        elif event.key == DETAIL and isinstance(event.value, CaseDetail):
            self._fault, self._detail = None, event.value
        elif event.key == DO:
            return self._done(event.value)
        elif event.key == SUPPORT:
            return self._sent(event.value)
        return None

    def mine(self, event: ReviewEvent) -> bool:
        """Whether it is this section's and nobody else's."""
        return not isinstance(event, JournalChanged) and event.key.startswith("cases/")

    def _take_inbox(self, inbox: CaseInbox) -> None:
        self._fault, self._inbox, self.open_count = None, inbox, inbox.open_count
        if self._view() is None:
            self._chosen = inbox.rows[0].key if inbox.rows else ""
            self._detail = None
            if self._open:
                self._ask_detail()

    def _done(self, value: object) -> Ended:
        kind, self._doing = self._doing, None
        if isinstance(value, CaseDetail):
            self._say(*said_of(kind, value))
        elif isinstance(value, CaseView):
            owner = value.owner
            self._say(lambda tr: tr.t("cases.said.owned", owner=owner), Tone.USABLE)
        if self._open:
            self.look()
        return Ended(done=True)

    def _sent(self, value: object) -> Ended:
        if isinstance(value, Path):
            self._say(lambda tr: tr.t("cases.support.saved", path=str(value)), Tone.USABLE)
            return Ended()
        count = self._copied
        self._say(lambda tr: tr.t("cases.support.copied", count=count), Tone.USABLE)
        return Ended(copy=str(value))

    def _failed(self, event: ReportFailed) -> Ended | None:
        if event.key in (INBOX, DETAIL):
            self._fault = event.message
            return None
        self._doing = None
        self._say(lambda tr: str(say_message(tr, event.message)), Tone.REFUSED)
        if self._open and event.key == DO:
            self.look()  # who was first, what has changed: let her see it
        return Ended(failure=event.message)

    def _say(self, words: Callable[[Translator], str], tone: Tone) -> None:
        self._note, self._note_tone = words, tone

    # ------------------------------------------------------------ shown

    def model(self, tr: Translator) -> CasesModel:
        """The section at this moment."""
        now, inbox, detail = self._now_utc(), self._inbox, self.detail
        rows = tuple(row_of(tr, view, now) for view in inbox.rows) if inbox is not None else ()
        note, tone = self._noted(tr)
        return CasesModel(
            title=tr.t("cases.closed_title" if self.closed_ones else "cases.title"),
            sum=self._sum(tr),
            closed=self.closed_ones,
            rows=rows,
            empty=self._empty(tr),
            loading=self._inbox is None,
            chosen=self._chosen,
            switch=BarAction(SWITCH, tr.t("cases.back_to_open" if self.closed_ones else "cases.closed_find"), "/"),
            panel=self._panel(tr, detail) if rows else None,
            note=note,
            note_tone=tone,
            edge=() if detail is None else edge_of(tr, detail),
            actions=() if detail is None or self._doing is not None else actions_of(tr, detail),
        )

    @staticmethod
    def _panel(tr: Translator, detail: CaseDetail | None) -> CasePanel | None:
        return panel_of(tr, detail) if detail is not None else None

    def _noted(self, tr: Translator) -> tuple[str, Tone]:
        if self._doing is not None:
            return tr.t("cases.working"), Tone.NEUTRAL
        if self._fault is not None:
            return tr.t("cases.failed", why=str(say_message(tr, self._fault))), Tone.REFUSED
        return (self._note(tr), self._note_tone) if self._note is not None else ("", Tone.NEUTRAL)

    def _sum(self, tr: Translator) -> str:
        rows = self._inbox.rows if self._inbox is not None else ()
        if not rows:
            return ""
        if self.closed_ones:
            return tr.t("cases.count", count=len(rows))
        return tr.t("cases.sum", count=len(rows), sum_vnd=sum(row.amount_vnd for row in rows))

    def _empty(self, tr: Translator) -> str:
        if self._inbox is None:
            return tr.t("cases.loading")
        return tr.t("cases.empty_closed" if self.closed_ones else "cases.empty")
