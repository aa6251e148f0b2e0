"""Decides what the booking page shows and what a key or a scan means now. Plain Python; knows no widget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pos.domain.permissions import Action
from pos.i18n import Translator
from pos.till.booking.commands import BookingTill, Finding
from pos.till.booking.views import (
    BookingAction,
    BookingChanged,
    BookingEnded,
    BookingFailed,
    BookingNews,
    BookingPhase,
    BookingView,
    OpenBooking,
    OpenBookingsChanged,
)
from pos.till.ports import Person
from pos.till.rights import answers_for
from pos.till.views import Banner, BannerKind, Message
from pos.ui.booking import facts as words
from pos.ui.booking.model import Act, BookingModel
from pos.ui.booking.panels import COUNTING, Moment, actions_for, give_up_panel, panel_for, settle_panel
from pos.ui.counter.model import Panel
from pos.ui.signs import Shape, Sound
from pos.ui.theme import Tone
from pos.ui.widgets.bar_action import BarAction
from pos.ui.words import say_message

BOUNCE_S = 0.3
"""A second Enter within this time of a new state is the same press of a hurried hand: it must not take money."""
BUSY = Message("booking.busy")


class Question(StrEnum):
    """What is asked before something that should not happen by accident."""

    GIVE_UP = "give_up"
    SETTLE = "settle"


@dataclass(frozen=True, slots=True)
class Heard:
    """What goes with an event: a sound, a banner when nobody looks, the end of a box or why it failed."""

    sound: Sound | None = None
    banner: Banner | None = None
    refused: Message | None = None
    done: bool = False


NOTHING = Heard()


class BookingPresenter:
    """The page: the booking in hand and those that wait."""

    def __init__(self, till: BookingTill, now_utc: Callable[[], datetime], mono_s: Callable[[], float]) -> None:
        self._till, self._now_utc, self._mono_s = till, now_utc, mono_s
        self._key: str | None = None
        self._view: BookingView | None = None
        self._rows: tuple[OpenBooking, ...] = ()
        self.count = 0
        self._listing = False
        self._manager = False
        self._whose = ""
        self._question: Question | None = None
        self._finding: Finding | None = None
        self._message: Message | None = None
        self._changed_mono_s = 0.0

    @property
    def calling(self) -> bool:
        """Something is on its way that changes the voucher or the money."""
        return self._view is not None and self._view.phase in _CALLING

    # ------------------------------------------------------------ events

    def signed_in(self, person: Person | None) -> None:
        """Begin or end a turn; a booking in hand stays for her who began it, should she come back."""
        self._manager = person is not None and answers_for(Action.SETTLE_BOOKING, person)
        if person is not None:
            if person.id != self._whose:
                self._leave()
            self._whose = person.id

    def take(self, news: BookingNews, *, in_sight: bool) -> Heard:
        """One event of the till."""
        if isinstance(news, OpenBookingsChanged):
            self._rows, self.count = news.rows, news.count
            return NOTHING
        if isinstance(news, BookingEnded):
            shown = in_sight and news.view.key == self._key
            kind = _BANNERS.get(news.view.phase, BannerKind.BOOKING_CASE)
            return NOTHING if shown else Heard(banner=Banner(kind, news.view.bill_number, news.view.due_vnd or 0))
        if isinstance(news, BookingFailed):
            return self._failed(news)
        return self._take_view(news)

    def _take_view(self, news: BookingChanged) -> Heard:
        if news.view.key != self._key:
            return NOTHING
        before, self._view = self._view, news.view
        voucher_before = before.voucher.outcome if before is not None and before.voucher is not None else None
        voucher = news.view.voucher.outcome if news.view.voucher is not None else None
        if before is not None and before.phase is news.view.phase and voucher_before is voucher:
            return NOTHING
        self._changed_mono_s, self._message, self._question = self._mono_s(), None, None
        done = self._finding is not None
        self._finding = None
        return Heard(_SOUNDS.get(news.view.phase) or _VOUCHER_SOUNDS.get(voucher or ""), done=done)

    def _failed(self, news: BookingFailed) -> Heard:
        if news.key != self._key:
            return NOTHING
        if self._finding is not None:
            return Heard(Sound.REFUSED, refused=news.message)
        if self._view is None:
            self._key = None
        self._message, self._changed_mono_s = news.message, self._mono_s()
        return Heard(Sound.REFUSED)

    # ------------------------------------------------------------ what is shown

    def model(self, tr: Translator) -> BookingModel:
        """Everything to be drawn now."""
        view, now_utc = self._view, self._now_utc()
        panel, actions = self._right(tr)
        deadline, tone = words.deadline_of(tr, view, now_utc) if view is not None else ("", Tone.NEUTRAL)
        shown = view is not None and view.price_vnd is not None
        return BookingModel(
            listing=self._listing,
            number=view.number if view is not None else "",
            title=tr.t("bookpay.list.title") if self._listing else view.title if view is not None else "",
            facts=tr.t("bookpay.list.hint") if self._listing else words.facts_of(tr, view) if view is not None else "",
            deadline=deadline,
            deadline_tone=tone,
            figures=words.figures_of(tr, view) if view is not None and shown else (),
            steps=words.steps_of(tr, view) if view is not None else (),
            entry=tr.t("bookpay.entry.voucher" if self._takes_voucher() else "bookpay.entry.number"),
            can_type=not self._listing and self._takes_text(),
            rows=tuple(words.open_row(tr, row, now_utc) for row in self._rows),
            columns=tuple(tr.t(f"bookpay.col.{name}") for name in words.OPEN_COLUMNS),
            empty=tr.t("bookpay.list.empty"),
            edge=self._edge(tr),
            panel=panel,
            actions=actions,
        )

    @property
    def ticking(self) -> bool:
        """Something on the page counts."""
        view = self._view
        return view is not None and (view.phase in COUNTING or view.begin_until_utc is not None)

    def _takes_text(self) -> bool:
        free = self._key is None or (self._view is not None and self._view.phase in _FREE)
        return free or self._takes_voucher()

    def _takes_voucher(self) -> bool:
        return self._view is not None and BookingAction.TRY_VOUCHER in self._view.actions

    def _edge(self, tr: Translator) -> tuple[BarAction, ...]:
        if self._listing:
            return (BarAction(Act.OPEN_LIST, tr.t("bookpay.do.page"), "F6"),)
        label = tr.t("bookpay.do.open_list")
        return (BarAction(Act.OPEN_LIST, f"{label} ({self.count})" if self.count else label, "F6"),)

    def _right(self, tr: Translator) -> tuple[Panel, tuple[BarAction, ...]]:
        view = self._view
        if self._message is not None:
            said = say_message(tr, self._message)
            panel = Panel(Tone.REFUSED, Shape.CROSS, said.what, what=said.safe, note=said.do)
            return panel, (BarAction(Act.READ, tr.t("action.continue"), "Enter", primary=True),)
        if view is None:
            if self._key is not None:
                return Panel(Tone.NEUTRAL, Shape.WORKING, tr.t("bookpay.looking.title")), ()
            return Panel(Tone.NEUTRAL, Shape.SCAN, tr.t("bookpay.idle.title"), what=tr.t("bookpay.idle.what")), ()
        moment = Moment(tr, view, self._now_utc(), self._manager)
        if self._question is Question.GIVE_UP:
            return give_up_panel(moment)
        if self._question is Question.SETTLE:
            return settle_panel(moment)
        return panel_for(moment), actions_for(moment)

    # ------------------------------------------------------------ what is done

    def enter(self, text: str) -> Sound | None:
        """A scan or a typed line: the booking's number, or the voucher once a booking is in hand."""
        text = text.strip()
        if not text:
            return None
        if self._takes_voucher() and self._view is not None and self._question is None:
            self._message = None
            self._till.try_voucher(self._view.key, text)
            return None
        if self._view is not None and self._view.phase in _FREE:
            self._leave()
        if self._key is not None:
            self._message = BUSY
            self._changed_mono_s = self._mono_s()
            return Sound.REFUSED
        self._listing, self._message = False, None
        self._key = self._till.look_up(text)
        self._changed_mono_s = self._mono_s()
        return None

    def resume(self, key: str) -> None:
        """Bring a booking that waits to the front; its snapshot follows."""
        self._leave()
        self._key = key
        self._till.resume(key)

    def resume_bill(self, bill_number: str) -> None:
        """The same by its bill."""
        row = next((row for row in self._rows if row.bill_number == bill_number), None)
        if row is not None:
            self.resume(row.key)

    def act(self, act: Act) -> bool:
        """Carry out an action that is offered now; True if a box must ask for reason and PIN first."""
        model = self.model(Translator())
        action = next((action for action in (*model.actions, *model.edge) if action.id == act), None)
        if action is None:
            return False
        if action.key == "Enter" and self._mono_s() - self._changed_mono_s < BOUNCE_S:
            return False
        if act in _FINDINGS:
            self._question, self._finding = None, _FINDINGS[act]
            return True
        own = self._own_acts().get(act)
        if own is not None:
            own()
        elif self._view is not None:
            self._question = None
            _COMMANDS[act](self._till, self._view)
        return False

    def settle(self, reason: str, pin: str) -> None:
        """The box was filled in."""
        if self._view is not None and self._finding is not None:
            self._till.settle(self._view.key, manager_pin=pin, closure=reason, finding=self._finding)

    def give_up_box(self) -> None:
        """The box was closed without an answer."""
        self._finding = None

    def _own_acts(self) -> dict[Act, Callable[[], None]]:
        """What concerns the page and not a booking's money."""
        return {
            Act.LEAVE: self._leave,
            Act.BACK: lambda: self._ask(None),
            Act.READ: self._read,
            Act.GIVE_UP: lambda: self._ask(Question.GIVE_UP),
            Act.SETTLE: lambda: self._ask(Question.SETTLE),
            Act.SET_ASIDE: self._set_aside,
            Act.OPEN_LIST: self._toggle_list,
        }

    def _ask(self, question: Question | None) -> None:
        self._question, self._changed_mono_s = question, self._mono_s()

    def _read(self) -> None:
        self._message = None

    def _set_aside(self) -> None:
        if self._view is not None:
            self._till.set_aside(self._view.key)
        self._leave()

    def _toggle_list(self) -> None:
        if not self._listing:
            self._leave()
        self._listing = not self._listing

    def _leave(self) -> None:
        """The page is free for the next customer; what is on disk goes on."""
        if self._key is not None:
            self._till.leave(self._key)
        self._key = self._view = self._message = self._question = self._finding = None
        self._listing = False


_CALLING = frozenset({BookingPhase.REDEEMING, BookingPhase.ORDERING, BookingPhase.COMMITTING})
_COMMANDS: dict[Act, Callable[[BookingTill, BookingView], object]] = {
    Act.LOOK_UP: lambda till, view: till.look_up(view.number),
    Act.DROP_VOUCHER: lambda till, view: till.drop_voucher(view.key),
    Act.REDEEM: lambda till, view: till.redeem(view.key),
    Act.ORDER: lambda till, view: till.order(view.key),
    Act.MONEY_TAKEN: lambda till, view: till.money_taken(view.key),
    Act.ASK_NOW: lambda till, view: till.ask_now(view.key),
    Act.SEND_COMMIT: lambda till, view: till.send_commit(view.key),
    Act.YES_GIVE_UP: lambda till, view: till.give_up(view.key),
    Act.PAID_BACK: lambda till, view: till.paid_back(view.key),
    Act.CLOSE: lambda till, view: till.close(view.key),
    Act.REPRINT: lambda till, view: till.reprint(view.key),
}
_FINDINGS: dict[Act, Finding] = {
    Act.FOUND_NONE: Finding.NONE,
    Act.FOUND_ISSUED: Finding.ISSUED,
    Act.FOUND_NOT_PAID: Finding.NOT_PAID,
    Act.FOUND_VOUCHER_USED: Finding.VOUCHER_USED,
    Act.FOUND_VOUCHER_UNUSED: Finding.VOUCHER_UNUSED,
}
_FREE = frozenset({
    BookingPhase.DONE, BookingPhase.PAID_BACK, BookingPhase.GIVEN_UP, BookingPhase.NOT_FOUND, BookingPhase.NOT_PAYABLE,
    BookingPhase.NO_ANSWER,
})  # fmt: skip
"""Phases over which the next booking may be scanned at once."""
_BANNERS: dict[BookingPhase, BannerKind] = {
    BookingPhase.ISSUED: BannerKind.BOOKING_ISSUED,
    BookingPhase.DONE: BannerKind.BOOKING_ISSUED,
    BookingPhase.PAY_BACK: BannerKind.BOOKING_PAY_BACK,
}
_SOUNDS: dict[BookingPhase, Sound] = {
    BookingPhase.NOT_FOUND: Sound.REFUSED,
    BookingPhase.NOT_PAYABLE: Sound.REFUSED,
    BookingPhase.NO_ANSWER: Sound.UNKNOWN,
    BookingPhase.VOUCHER_UNKNOWN: Sound.UNKNOWN,
    BookingPhase.VOUCHER_UNSENT: Sound.UNKNOWN,
    BookingPhase.AMOUNT_DIFFERS: Sound.REFUSED,
    BookingPhase.AMOUNT_DUE: Sound.USABLE,
    BookingPhase.NOT_COMMITTED: Sound.UNKNOWN,
    BookingPhase.WAITING: Sound.UNKNOWN,
    BookingPhase.HELD: Sound.UNKNOWN,
    BookingPhase.ISSUED: Sound.USABLE,
    BookingPhase.DONE: Sound.USABLE,
    BookingPhase.PAY_BACK: Sound.REFUSED,
}
_VOUCHER_SOUNDS: dict[str, Sound] = {
    "usable": Sound.USABLE, "refused": Sound.REFUSED, "covers_all": Sound.REFUSED, "no_answer": Sound.UNKNOWN,
}  # fmt: skip
