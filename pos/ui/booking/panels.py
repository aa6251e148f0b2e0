"""What the big panel says, and what can be done, for each phase of a payment: pure functions of snapshot and time.

Money is at stake in the words: nothing here says that money may be taken without a signed amount that equals what the
customer was shown, or given back while the booking may be paid. Which commands are allowed the till decides
(`BookingView.actions`); this only gives them words, keys and an order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pos.domain.booking_payment import ASKED_ABOUT, VoucherFact
from pos.i18n import Translator
from pos.till.booking.views import BookingAction, BookingPhase, BookingView, BookingVoucherView, VoucherOutcome
from pos.ui.booking.model import Act
from pos.ui.counter.model import Panel
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.bar_action import BarAction
from pos.ui.words import masked, say_message

SHOW_ELAPSED_AFTER_S = 1.0
"""Over a second, a wait says how long and what it waits for."""

_P = BookingPhase
_LOOKS: dict[BookingPhase, tuple[Tone, Shape]] = {
    _P.LOOKING: (Tone.NEUTRAL, Shape.WORKING),
    _P.NOT_FOUND: (Tone.REFUSED, Shape.CROSS),
    _P.NO_ANSWER: (Tone.UNKNOWN, Shape.WAIT),
    _P.NOT_PAYABLE: (Tone.REFUSED, Shape.CROSS),
    _P.READY: (Tone.BRAND, Shape.GOODS),
    _P.CHECKING_VOUCHER: (Tone.NEUTRAL, Shape.WORKING),
    _P.REDEEMING: (Tone.NEUTRAL, Shape.WORKING),
    _P.VOUCHER_UNKNOWN: (Tone.UNKNOWN, Shape.WAIT),
    _P.VOUCHER_UNSENT: (Tone.UNKNOWN, Shape.WAIT),
    _P.ORDERING: (Tone.NEUTRAL, Shape.WORKING),
    _P.AMOUNT_DIFFERS: (Tone.REFUSED, Shape.CROSS),
    _P.AMOUNT_DUE: (Tone.BRAND, Shape.GOODS),
    _P.COMMITTING: (Tone.NEUTRAL, Shape.WORKING),
    _P.NOT_COMMITTED: (Tone.UNKNOWN, Shape.WAIT),
    _P.WAITING: (Tone.UNKNOWN, Shape.WORKING),
    _P.HELD: (Tone.UNKNOWN, Shape.QUESTION),
    _P.ISSUED: (Tone.USABLE, Shape.CHECK),
    _P.PAY_BACK: (Tone.REFUSED, Shape.CROSS),
    _P.DONE: (Tone.USABLE, Shape.CHECK),
    _P.PAID_BACK: (Tone.NEUTRAL, Shape.TICK),
    _P.GIVEN_UP: (Tone.NEUTRAL, Shape.X),
}
TONES = {phase: tone for phase, (tone, _) in _LOOKS.items()}
COUNTING = frozenset({
    _P.LOOKING, _P.CHECKING_VOUCHER, _P.REDEEMING, _P.ORDERING, _P.COMMITTING, _P.WAITING, _P.VOUCHER_UNKNOWN,
})  # fmt: skip
"""Phases in which something counts."""
_AMOUNTS = frozenset({_P.AMOUNT_DUE, _P.NOT_COMMITTED, _P.WAITING, _P.HELD, _P.PAY_BACK, _P.PAID_BACK})


@dataclass(frozen=True, slots=True)
class Moment:
    """What a panel is made of. `manager`: she stands at the till."""

    tr: Translator
    view: BookingView
    now_utc: datetime
    manager: bool


def panel_for(m: Moment) -> Panel:
    """The panel of the payment's phase."""
    tr, view = m.tr, m.view
    tone, shape = _LOOKS[view.phase]
    voucher = view.voucher
    if view.phase is _P.READY and voucher is not None:
        if voucher.outcome in _VOUCHER_PANELS:
            return _voucher_panel(m, voucher)
        if voucher.outcome is VoucherOutcome.USED:
            what = tr.t("bookpay.voucher.which", ending=masked(voucher.ending))
            title, note = tr.t("bookpay.voucher.used.title"), tr.t("bookpay.voucher.used.note")
            return Panel(Tone.USABLE, Shape.CHECK, title, what=what, note=note)
    amount = tr.money(view.due_vnd) if view.phase in _AMOUNTS and view.due_vnd is not None else ""
    return Panel(
        tone,
        shape,
        tr.t(f"bookpay.{view.phase}.title", label=view.label),
        amount=amount,
        points=_points(m),
        note=_note(m),
    )


_VOUCHER_PANELS: dict[VoucherOutcome, tuple[Tone, Shape]] = {
    VoucherOutcome.USABLE: (Tone.USABLE, Shape.CHECK),
    VoucherOutcome.COVERS_ALL: (Tone.REFUSED, Shape.CROSS),
    VoucherOutcome.REFUSED: (Tone.REFUSED, Shape.CROSS),
    VoucherOutcome.NO_ANSWER: (Tone.UNKNOWN, Shape.WAIT),
}


def _voucher_panel(m: Moment, voucher: BookingVoucherView) -> Panel:
    """What the issuer says of the voucher, while nothing was used."""
    tr = m.tr
    tone, shape = _VOUCHER_PANELS[voucher.outcome]
    what = tr.t("bookpay.voucher.which", ending=masked(voucher.ending))
    amount = tr.money(voucher.discount_vnd) if voucher.discount_vnd and voucher.outcome is VoucherOutcome.USABLE else ""
    reason = ""
    if voucher.reason is not None:
        key = f"booking.{voucher.reason}.what"
        reason = tr.t(key) if tr.has(key) else voucher.reason_text or ""
    note = "\n".join(part for part in (reason, tr.t(f"bookpay.voucher.{voucher.outcome}.note")) if part)
    return Panel(tone, shape, tr.t(f"bookpay.voucher.{voucher.outcome}.title"), amount=amount, what=what, note=note)


def _points(m: Moment) -> tuple[str, ...]:
    tr, view = m.tr, m.view
    if view.phase is _P.AMOUNT_DIFFERS:
        return (
            tr.t("bookpay.differs.shown", amount_vnd=view.shown_vnd),
            tr.t("bookpay.differs.signed", amount_vnd=view.signed_vnd),
        )
    if view.phase in (_P.ISSUED, _P.DONE):
        reference = (tr.t("bookpay.reference", text=view.passenger_ref),) if view.passenger_ref else ()
        return (*reference, *(tr.t("bookpay.ticket", text=ticket) for ticket in view.tickets[:4]))
    return tuple(tr.t(f"bookpay.case.{kind}") for kind in view.cases if view.phase in (_P.HELD, _P.GIVEN_UP, _P.DONE))


def _note(m: Moment) -> str:
    tr, view = m.tr, m.view
    parts = []
    if view.message is not None and view.phase in _TOLD:
        said = say_message(tr, view.message)
        parts.append(f"{said.what} {said.do}")
    note = f"bookpay.{view.phase}.note"
    if tr.has(note):
        parts.append(tr.t(note, amount_vnd=view.due_vnd, label=view.label))
    since = view.committed_utc if view.phase is _P.WAITING else view.busy_since_utc if view.busy else None
    if since is not None:
        waited_s = (m.now_utc - since).total_seconds()
        if waited_s >= SHOW_ELAPSED_AFTER_S:
            parts.append(tr.t("bookpay.elapsed", label=view.label, elapsed_s=waited_s))
    if view.next_ask_utc is not None and not view.busy and view.phase in (_P.WAITING, _P.HELD, _P.VOUCHER_UNKNOWN):
        left_s = (view.next_ask_utc - m.now_utc).total_seconds()
        parts.append(tr.t("sell.next_ask", wait_s=left_s + 0.999) if left_s > 0 else tr.t("sell.asking"))
    return "\n".join(part for part in parts if part)


_TOLD = frozenset({
    _P.NOT_PAYABLE, _P.NO_ANSWER, _P.READY, _P.VOUCHER_UNSENT, _P.NOT_COMMITTED, _P.AMOUNT_DIFFERS, _P.VOUCHER_UNKNOWN,
})  # fmt: skip


# ---------------------------------------------------------------- what can be done


def actions_for(m: Moment) -> tuple[BarAction, ...]:
    """What can be done with this payment now, the primary action first; `view.actions` rules."""
    allowed = m.view.actions
    wanted = [(act, key) for act, needs, key in _ORDER if needs in allowed and (act is not Act.SETTLE or m.manager)]
    if m.view.phase is not _P.NO_ANSWER:  # a new look is the way on only where the first had no answer
        wanted = [(act, key) for act, key in wanted if act is not Act.LOOK_UP]
    if not m.view.bill_number:  # nothing is on disk: leaving is giving up
        wanted = [(act, key) for act, key in wanted if act is not Act.GIVE_UP]
    if BookingAction.REDEEM in allowed:  # with a voucher in hand the way on is to use it or to drop it
        wanted = [(act, key) for act, key in wanted if act is not Act.ORDER]
    if m.view.phase is _P.NOT_COMMITTED:
        wanted = [(act, "Enter" if act is Act.SEND_COMMIT else key) for act, key in wanted]
    aside = any(act is Act.SET_ASIDE for act, _ in wanted)
    leave = (Act.LEAVE, "Esc") if m.view.phase in _LEFT_FREELY and not aside else None
    made = [_do(m, act, key) for act, key in wanted]
    if leave is not None:
        made.append(_do(m, *leave))
    return _with_primary(m, _one_key_each(made))


_ORDER: tuple[tuple[Act, BookingAction, str], ...] = (
    (Act.MONEY_TAKEN, BookingAction.MONEY_TAKEN, "Enter"),
    (Act.REDEEM, BookingAction.REDEEM, "Enter"),
    (Act.ORDER, BookingAction.ORDER, "Enter"),
    (Act.CLOSE, BookingAction.CLOSE, "Enter"),
    (Act.PAID_BACK, BookingAction.PAID_BACK, "Enter"),
    (Act.LOOK_UP, BookingAction.LOOK_UP, "Enter"),
    (Act.SET_ASIDE, BookingAction.SET_ASIDE, "Enter"),
    (Act.SEND_COMMIT, BookingAction.SEND_COMMIT, "F7"),
    (Act.ASK_NOW, BookingAction.ASK_NOW, "F8"),
    (Act.DROP_VOUCHER, BookingAction.DROP_VOUCHER, "Del"),
    (Act.GIVE_UP, BookingAction.GIVE_UP, "Del"),
    (Act.REPRINT, BookingAction.REPRINT, "Ctrl+P"),
    (Act.SETTLE, BookingAction.SETTLE, "Ctrl+B"),
)
_LEFT_FREELY = frozenset({
    _P.NOT_FOUND, _P.NO_ANSWER, _P.NOT_PAYABLE, _P.READY, _P.HELD, _P.DONE, _P.PAID_BACK, _P.GIVEN_UP, _P.AMOUNT_DUE,
    _P.AMOUNT_DIFFERS, _P.NOT_COMMITTED, _P.PAY_BACK, _P.ISSUED, _P.VOUCHER_UNSENT, _P.VOUCHER_UNKNOWN,
})  # fmt: skip
"""Nothing is lost by leaving: a draft holds no money, and what is on disk stands in the list of what waits."""
_SECOND_KEYS = {Act.SET_ASIDE: "F5", Act.GIVE_UP: "F4"}
"""Where the first key is taken already."""


def _one_key_each(actions: list[BarAction]) -> list[BarAction]:
    taken: set[str] = set()
    kept = []
    for action in actions:
        key = action.key if action.key not in taken else _SECOND_KEYS.get(Act(action.id), "")
        if key and key not in taken:
            taken.add(key)
            kept.append(BarAction(action.id, action.label, key, tone=action.tone))
    return kept


def _with_primary(m: Moment, actions: list[BarAction]) -> tuple[BarAction, ...]:
    """Enter is the primary one; where nothing has Enter, leaving gets it."""
    if actions and not any(action.key == "Enter" for action in actions):
        actions = [
            BarAction(action.id, action.label, "Enter") if action.id == Act.LEAVE else action for action in actions
        ]
    first = [a for a in actions if a.key == "Enter"]
    rest = [a for a in actions if a.key != "Enter"]
    tone = {Act.CLOSE: Tone.USABLE, Act.PAID_BACK: Tone.REFUSED, Act.REDEEM: Tone.USABLE}
    return (
        *(BarAction(a.id, a.label, a.key, primary=True, tone=tone.get(Act(a.id), Tone.BRAND)) for a in first),
        *rest,
    )


def _do(m: Moment, act: Act, key: str) -> BarAction:
    return BarAction(act, m.tr.t(f"bookpay.do.{act}", amount_vnd=m.view.due_vnd), key)


def give_up_panel(m: Moment) -> tuple[Panel, tuple[BarAction, ...]]:
    """Before something that should not happen by accident."""
    tr, voucher = m.tr, m.view.voucher
    used = voucher is not None and voucher.outcome is VoucherOutcome.USED
    note = tr.t("bookpay.give_up.voucher" if used else "bookpay.give_up.note")
    panel = Panel(Tone.UNKNOWN, Shape.QUESTION, tr.t("bookpay.give_up.title"), note=note)
    yes = BarAction(Act.YES_GIVE_UP, tr.t("bookpay.do.yes_give_up"), "Enter", primary=True, tone=Tone.UNKNOWN)
    return panel, (yes, BarAction(Act.BACK, tr.t("action.back"), "Esc"))


def settle_panel(m: Moment) -> tuple[Panel, tuple[BarAction, ...]]:
    """What the issuer's support has told the manager, of what the till itself cannot know."""
    tr = m.tr
    voucher = (Act.FOUND_VOUCHER_USED, Act.FOUND_VOUCHER_UNUSED) if m.view.voucher_fact is VoucherFact.UNKNOWN else ()
    journey = (Act.FOUND_ISSUED, Act.FOUND_NOT_PAID) if m.view.journey in ASKED_ABOUT and not voucher else ()
    finds = (*voucher, *journey, Act.FOUND_NONE)
    buttons = tuple(BarAction(act, tr.t(f"bookpay.do.{act}"), str(n)) for n, act in enumerate(finds, start=1))
    panel = Panel(Tone.BRAND, Shape.QUESTION, tr.t("bookpay.settle.title"), note=tr.t("bookpay.settle.note"))
    return panel, (*buttons, BarAction(Act.BACK, tr.t("action.back"), "Esc"))
