"""Decides what the counter shows and what a key or a scan means now. Plain Python; knows no widget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pos.i18n import Translator
from pos.till.commands import CounterTill
from pos.till.views import BillView, LineStatus, LineView, Message, Phase, Verdicts
from pos.ui.counter.actions import Question, actions_for, notice_actions, question_actions, unlock_actions
from pos.ui.counter.effects import EFFECTS, QUESTIONS, SIMPLE, Effect
from pos.ui.counter.hearing import sound_between
from pos.ui.counter.issuer import choice_of, is_question, open_question
from pos.ui.counter.model import Action, ActionId, Ask, CounterModel, Panel, Place
from pos.ui.counter.moment import Moment
from pos.ui.counter.panels import SETTLED, needs_value, panel_for
from pos.ui.counter.questions import question_panel
from pos.ui.counter.rows import row_of
from pos.ui.signs import Shape, Sound
from pos.ui.theme import Tone
from pos.ui.words import goods_text, say_message

SET_ASIDE_AFTER_S = 8.0
"""Seconds without an answer after which the cashier may leave a bill to itself."""
BOUNCE_S = 0.3
"""A second Enter within this time of a new question or result is the same press of a hurried hand."""

TYPING_S = 0.5
"""Between two keys of somebody who types; nobody reads a question and answers it faster."""


class CounterPresenter:
    """One counter: the current bill, what the cashier looks at, what she is asked.

    Args:
        mono_s: the monotonic clock that the snapshots' `_mono_s` fields count on.
    """

    def __init__(self, till: CounterTill, mono_s: Callable[[], float]) -> None:
        self._till, self._mono_s = till, mono_s
        self._view: BillView | None = None
        self._key: str | None = None
        self._fresh = False
        self._parked: BillView | None = None
        self._parked_key: str | None = None
        self._selected: str | None = None
        self._acknowledged: set[str] = set()
        self._question: Question | None = None
        self._notice: Message | None = None
        self._read_message: Message | None = None
        self._asked_anew = False
        self._settled_mono_s = self._asked_mono_s = 0.0
        self._painted: set[tuple[str, Phase, Verdicts]] = set()
        self.has_drawer = False
        """Whether a cash drawer may be there: a printer is set up."""
        self.takes_back = False
        """Whether an issuer at this till takes redemptions back."""
        self.has_bookings = False
        """Whether a booking number has a page of its own here."""

    # ------------------------------------------------------------ events

    @property
    def view(self) -> BillView | None:
        """The snapshot on screen; whether it may be set aside is a matter of time, not of the last event."""
        view = self._view
        if view is None or view.can_set_aside or view.phase is not Phase.SENDING or view.since_mono_s is None:
            return view
        return replace(view, can_set_aside=self._mono_s() - view.since_mono_s >= SET_ASIDE_AFTER_S)

    @property
    def calling(self) -> bool:
        """A call that changes something runs for the bill on screen: its cashier must see how it ends."""
        return self._view is not None and self._view.phase is Phase.SENDING

    @property
    def unpainted(self) -> bool:
        """The outcome of the bill on screen has not been seen yet."""
        view = self._view
        if view is None or view.phase not in _OUTCOMES or self._question is not None or self._notice is not None:
            return False
        return (view.number, view.phase, view.verdicts) not in self._painted

    @property
    def key(self) -> str | None:
        """The bill on screen, known before its first snapshot."""
        return self._key

    def start(self) -> None:
        """Someone signed in: have a bill ready, unless one is on screen."""
        if self._key is None:
            self._begin(self._till.open_bill(), fresh=True)

    def on_bill(self, view: BillView) -> Sound | None:
        """Take a snapshot; the sound that goes with the change, if any. Snapshots of other bills are kept aside."""
        if view.key == self._parked_key:
            self._parked = view
            return None
        if view.key != self._key:
            return None
        before = self._view if self._view is not None and self._view.key == view.key else None
        self._view = view
        told = view.message is not None and (self._asked_anew or before is None or before.message != view.message)
        if view.message is None or self._asked_anew:
            self._read_message = None
        if self.has_bookings and told and view.message is not None and view.message.code == IS_BOOKING:
            self._read_message, told = view.message, False  # its page opens instead
        self._asked_anew = False
        if before is None or before.focus != view.focus or before.phase is not view.phase:
            self._selected, self._asked_mono_s = None, self._mono_s()
        if before is None or before.phase is not view.phase:
            self._question, self._notice = None, None
            self._settled_mono_s = self._mono_s()
            self._painted.discard((view.number, view.phase, view.verdicts))
        if view.confirm_loss and not (before and before.confirm_loss):
            self._ask(Question.LOSS)
        elif self._question is Question.LOSS and not view.confirm_loss:
            self._question = None
        return Sound.REFUSED if told else sound_between(before, view)

    def on_failed(self, message: Message) -> Sound:
        """A command was not carried out: say so in the panel."""
        self._notice, self._question = message, None
        self._settled_mono_s = self._mono_s()
        return Sound.REFUSED

    def on_missing(self) -> None:
        """The bill that was asked for is none of this till's: go on with the one that waited, or a new one."""
        if self._view is None or self._view.key != self._key:
            self._next()

    # ------------------------------------------------------------ what is shown

    def line(self) -> LineView | None:
        """The voucher the panel speaks of."""
        if self._view is None:
            return None
        asked = open_question(self._view) if self._view.phase is Phase.OFFERED else None
        wanted = self._selected or (asked.id if asked else self._view.focus)
        found = next((line for line in self._view.lines if line.id == wanted), None)
        if self._view.phase in _SCANNABLE and self._selected is None and found is not None and found.status in SETTLED:
            found = next((line for line in self._view.lines if line.status not in SETTLED), found)
        return found or (self._view.lines[-1] if self._view.lines else None)

    def model(self, tr: Translator) -> CounterModel | None:
        """Everything to be drawn now; None while no bill is open."""
        view = self.view
        if view is None:
            return None
        line = self.line()
        panel, actions = self._panel(tr, view, line), self._actions(tr, view, line)
        selected = next((i for i, entry in enumerate(view.lines) if line and entry.id == line.id), -1)
        left_key = "counter.left_waiting" if view.waiting_vnd else "counter.left"
        return CounterModel(
            key=view.key,
            number=view.number,
            total=tr.money(view.total_vnd) if view.total_vnd else tr.t("counter.total_missing"),
            goods=tr.t("counter.skus", count=len(view.skus)),
            rows=tuple(row_of(tr, entry, has_total=view.total_vnd > 0) for entry in view.lines),
            selected=selected,
            voucher=self._voucher(tr, view),
            left=tr.money(view.left_vnd) if view.total_vnd else tr.t("counter.no_amount"),
            left_label=tr.t(left_key),
            panel=panel,
            actions=actions,
            wide=view.phase in _RESULTS and self._notice is None,
            can_type=view.phase in _SCANNABLE and panel.ask is not Ask.ISSUER,
            ticking=view.busy or view.phase in _TICKING or view.throttled_until_mono_s is not None,
        )

    def goods_listed(self, tr: Translator) -> str:
        """The goods already on the bill, for the goods box."""
        return goods_text(tr, self._view.skus) if self._view else ""

    def _voucher(self, tr: Translator, view: BillView) -> str:
        if view.waiting_vnd:
            waiting = tr.t("counter.waiting", amount_vnd=view.waiting_vnd)
            return waiting if not view.voucher_vnd else f"{tr.money(view.voucher_vnd)} + {waiting}"
        return tr.money(view.voucher_vnd)

    def _standing_notice(self, view: BillView) -> Message | None:
        """The message in the panel: the last failed command, or the bill's own until it was read."""
        if self._notice is not None:
            return self._notice
        return view.message if view.message != self._read_message and view.phase in _NOTICED else None

    def _panel(self, tr: Translator, view: BillView, line: LineView | None) -> Panel:
        if self._question is not None:
            return question_panel(tr, self._question, view)
        notice = self._standing_notice(view)
        if notice is not None and notice.code == TOO_MANY_UNKNOWN:
            said = say_message(tr, notice)
            return Panel(Tone.UNKNOWN, Shape.NONE, said.what, what=said.do, ask=Ask.MANAGER_PIN)
        asked = line is not None and is_question(line)
        focus = needs_value(view) if view.phase is Phase.OFFERED and not asked else line
        moment = Moment(tr, view, focus or line, self._mono_s())
        panel = panel_for(moment, acknowledged=line is not None and line.id in self._acknowledged)
        if notice is None:
            return panel
        said = say_message(tr, notice)
        if panel.ask is not Ask.NOTHING:
            return replace(panel, error=f"{said.what} {said.do}")
        tone, shape = (Tone.UNKNOWN, Shape.WAIT) if notice.code in _UNSETTLED else (Tone.REFUSED, Shape.CROSS)
        return Panel(tone, shape, said.what, what=said.safe, note=said.do)

    def _actions(self, tr: Translator, view: BillView, line: LineView | None) -> tuple[Action, ...]:
        if self._question is not None:
            return question_actions(tr, self._question, view)
        notice = self._standing_notice(view)
        acknowledged = line is not None and line.id in self._acknowledged
        actions = actions_for(
            tr, view, line, acknowledged=acknowledged, drawer=self.has_drawer, takes_back=self.takes_back
        )
        if notice is None or any(action.id in _PAD_ACTIONS for action in actions):
            return actions
        edges = tuple(action for action in actions if _beside_notice(action))
        if notice.code == TOO_MANY_UNKNOWN:
            return (*unlock_actions(tr), *edges)
        return (*notice_actions(tr), *edges)

    # ------------------------------------------------------------ what the cashier does

    def select(self, line_id: str) -> None:
        """Look at another voucher of the bill."""
        self._selected = line_id
        self._acknowledged.discard(line_id)

    def act(self, wanted: ActionId) -> Effect:
        """Carry out an action of the current model; anything else is not done."""
        view = self.view
        if view is None or view.key != self._key:
            return Effect.NONE
        offered = self._actions(Translator(), view, self.line())
        action = next((entry for entry in offered if entry.id is wanted), None)
        if action is None:
            return Effect.NONE
        if action.key == "Enter" and action.id in _GUARDED and self._mono_s() - self._settled_mono_s < BOUNCE_S:
            return Effect.NONE
        return self._do(wanted, view)

    def change_issuer(self, line_id: str, provider: str) -> None:
        """A person has said whose voucher it is."""
        if self._view is not None:
            self._asked_anew, self._selected = True, None
            self._till.change_issuer(self._view.key, line_id, provider)

    def declare(self, worth_vnd: int) -> None:
        """The face value typed on the panel's keypad."""
        line = needs_value(self._view) if self._view else None
        if self._view is not None and line is not None and worth_vnd > 0:
            self._notice = None
            self._till.declare(self._view.key, line.id, worth_vnd)

    def give_pin(self, pin: str) -> None:
        """The manager's PIN typed on the panel's pad."""
        view = self._view
        if view is None or not pin:
            return
        notice = self._standing_notice(view)
        if notice is not None and notice.code == TOO_MANY_UNKNOWN:
            self._hide_notice(view)
            self._till.manager_unlock(pin)
        elif view.phase is Phase.OFFERED:
            self._notice = None
            self._till.accept_offline(view.key, manager_pin=pin)

    def set_total(self, total_vnd: int) -> None:
        """The total typed on the keypad."""
        self._asked_anew = True
        if self._view is not None:
            self._till.set_total(self._view.key, total_vnd)

    def set_number(self, text: str) -> None:
        """The shop's own bill number."""
        self._asked_anew = True
        if self._view is not None:
            self._till.set_bill_number(self._view.key, text)

    def add_goods(self, text: str) -> None:
        """One `SKU:QTY:PRICE` line."""
        self._asked_anew = True
        if self._view is not None:
            self._till.add_sku(self._view.key, text)

    def resume(self, bill_number: str) -> None:
        """Bring an open bill back. A draft with vouchers waits behind it and comes back afterwards."""
        view = self._view
        if view is not None and view.phase in _SCANNABLE and (view.lines or view.total_vnd):
            self._parked, self._parked_key = view, view.key
        elif view is not None:
            self._till.close_bill(view.key)
        self._begin(self._till.resume_bill(bill_number))

    def scan(self, text: str) -> str | None:
        """Put a scan on the current bill, or say why not: the key of a hint."""
        view = self._view
        if self._key is not None and self._fresh and (view is None or view.key != self._key):
            self._till.scan(self._key, text)  # a new bill takes scans before its first snapshot is here
            return None
        if view is None or view.key != self._key:
            return "hint.opening"
        if self._question is not None:
            return "hint.question"
        if view.phase in _RESULTS:
            self._next()
            return self.scan(text)
        if view.phase not in _SCANNABLE:
            return _WHY_NOT.get(view.phase, "hint.locked")
        self._notice, self._asked_anew = None, True
        self._till.scan(view.key, text)
        return None

    def painted(self) -> str | None:
        """The panel has really been painted: the bill whose outcome the till may count as shown, once."""
        view = self._view
        if view is None or not self.unpainted:
            return None
        self._painted.add((view.number, view.phase, view.verdicts))
        self._till.painted(view.number, view.verdicts)
        return view.number

    # ------------------------------------------------------------ how it is done

    def _do(self, wanted: ActionId, view: BillView) -> Effect:
        self._asked_anew = wanted not in (ActionId.CONTINUE, ActionId.BACK)
        if wanted in SIMPLE:
            SIMPLE[wanted](self._till, view)
            return Effect.FOCUS_ENTRY
        if wanted in QUESTIONS:
            return self._ask(QUESTIONS[wanted])
        if wanted in EFFECTS:
            return EFFECTS[wanted]
        line = self.line()
        choice = choice_of(line, wanted) if line is not None else None
        if line is not None and choice is not None:
            if self._is_typing():
                return Effect.NONE
            self.change_issuer(line.id, choice.provider)
            return Effect.FOCUS_ENTRY
        return self._do_here(wanted, view)

    def _is_typing(self) -> bool:
        """A digit right after the question came up belongs to a code that was being typed, and so does the next one."""
        now_s, before_s = self._mono_s(), self._asked_mono_s
        if now_s - before_s >= TYPING_S:
            return False
        self._asked_mono_s = now_s
        return True

    def _do_here(self, wanted: ActionId, view: BillView) -> Effect:
        doers: dict[ActionId, Callable[[BillView], Effect | None]] = {
            ActionId.CONFIRM: self._confirm,
            ActionId.CONFIRM_LOSS: lambda view: self._till.confirm(view.key, loss_accepted=True),
            ActionId.CONTINUE: self._continue,
            ActionId.REMOVE: self._remove,
            ActionId.OPEN_QUESTION: self._open_question,
            ActionId.CHECK_AGAIN: self._check_again,
            ActionId.NEXT: lambda view: self._next(),
            ActionId.NEW_BILL: self._set_aside,
            ActionId.SET_ASIDE: self._set_aside,
            ActionId.LEAVE: self._leave,
            ActionId.YES_LEAVE: self._give_up,
            ActionId.YES_LEFT: lambda view: self._till.customer_left(view.number),
            ActionId.YES_DROP: lambda view: self._till.drop(view.number),
        }
        if self._question is not None:
            self._question = None
        done = doers[wanted](view) if wanted in doers else None
        return done or Effect.FOCUS_ENTRY

    def _ask(self, question: Question) -> Effect:
        self._question = question
        self._settled_mono_s = self._mono_s()
        return Effect.FOCUS_ENTRY

    def _confirm(self, view: BillView) -> Effect | None:
        if view.confirm_loss:
            return self._ask(Question.LOSS)
        self._till.confirm(view.key)
        return None

    def _remove(self, view: BillView) -> None:
        line = self.line()
        if line is not None:
            self._till.remove_line(view.key, line.id)

    def _open_question(self, view: BillView) -> None:
        asked = open_question(view)
        if asked is not None:
            self.select(asked.id)

    def _continue(self, view: BillView) -> None:
        line = self.line()
        if self._standing_notice(view) is not None:
            self._hide_notice(view)
        elif line is not None:
            self._acknowledged.add(line.id)
            self._open_question(view)

    def _hide_notice(self, view: BillView) -> None:
        self._notice, self._read_message = None, view.message

    def _set_aside(self, view: BillView) -> None:
        self._till.set_aside(view.key)
        self._next()

    def _give_up(self, view: BillView) -> None:
        self._till.abandon(view.key)
        self._next()

    def _check_again(self, view: BillView) -> None:
        line = self.line()
        unchecked = [entry for entry in view.lines if entry.status is LineStatus.UNCHECKED]
        for entry in unchecked or ([line] if line else []):
            self._till.check_again(view.key, entry.id)

    def _leave(self, view: BillView) -> Effect:
        if view.phase is Phase.HELD or any(entry.status is not LineStatus.REFUSED for entry in view.lines):
            return self._ask(Question.LEAVE)
        self._give_up(view)
        return Effect.FOCUS_ENTRY

    def _next(self) -> None:
        """The next bill: the draft that waited behind a resumed one, or a new one."""
        if self._view is not None and self._view.phase in _RESULTS:
            self._till.close_bill(self._view.key)
        if self._parked_key is not None:
            key, view = self._parked_key, self._parked
            self._parked_key = self._parked = None
            self._begin(key)
            self._view = view
            return
        self._begin(self._till.open_bill(), fresh=True)

    def _begin(self, key: str, *, fresh: bool = False) -> None:
        """Show this bill from its first snapshot on. The old picture stays until then and can no longer be acted on."""
        self._fresh = fresh
        self._key, self._selected, self._question, self._notice = key, None, None, None
        self._acknowledged.clear()
        self._read_message = None


def _beside_notice(action: Action) -> bool:
    """What may be done before a message was read; under it only its own way on and what is still wanted."""
    if action.primary or action.key in ("Enter", "Esc"):
        return False
    return action.place is not Place.BAR or action.id not in (ActionId.REPRINT, ActionId.DRAWER, ActionId.FIND_BILL)


TOO_MANY_UNKNOWN = "guard.too_many_unknown"
"""After too many unknown codes a manager's PIN lets scanning go on."""
_UNSETTLED = frozenset({"take_back.end_open", "take_back.end_by_hand"})
IS_BOOKING = "scan.is_booking"
_PAD_ACTIONS = frozenset({ActionId.DECLARE, ActionId.ACCEPT_WITH_PIN, ActionId.ISSUER_1})
_RESULTS = frozenset({Phase.DONE, Phase.ACCEPTED_OFFLINE, Phase.CLOSED})
_SCANNABLE = frozenset({Phase.DRAFT, Phase.OFFERED})
_TICKING = frozenset({Phase.SENDING, Phase.UNKNOWN})
_NOTICED = frozenset({Phase.DRAFT, Phase.HELD, Phase.OFFERED, Phase.UNSENT, Phase.FINISH})
_OUTCOMES = frozenset({Phase.DONE, Phase.ACCEPTED_OFFLINE, Phase.CLOSED, Phase.FINISH, Phase.UNSENT})
_WHY_NOT = {Phase.SENDING: "hint.sending", Phase.HELD: "hint.held"}
_GUARDED = frozenset(
    {ActionId.CONFIRM_LOSS, ActionId.NEXT, ActionId.YES_LEAVE, ActionId.YES_LEFT, ActionId.YES_DROP, ActionId.FINISH,
     ActionId.SEND_AGAIN, ActionId.ACCEPT_OFFLINE, ActionId.CONTINUE}
)  # fmt: skip
