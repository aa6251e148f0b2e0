"""What the big panel says, and what can be done, for each phase of a sale: pure functions of the snapshot and the time.

Money is at stake in the words: nothing here says "paid back" may happen while the issuer may have sold, and nothing
offers to buy again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pos.i18n import Translator
from pos.till.selling.views import SaleCaseKind, SalePhase, SaleView
from pos.ui.counter.model import Panel
from pos.ui.sell.model import Act
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.bar_action import BarAction
from pos.ui.words import say_message

SHOW_ELAPSED_AFTER_S = 1.0
"""Over a second, a wait says how long and what it waits for."""
SET_ASIDE_AFTER_S = 8.0
"""Seconds without an answer after which the cashier may leave a sale to itself."""

_LOOKS: dict[SalePhase, tuple[Tone, Shape]] = {
    SalePhase.DRAFT: (Tone.BRAND, Shape.GOODS),
    SalePhase.BUYING: (Tone.NEUTRAL, Shape.WORKING),
    SalePhase.UNSENT: (Tone.UNKNOWN, Shape.WAIT),
    SalePhase.WAITING: (Tone.UNKNOWN, Shape.WAIT),
    SalePhase.BY_HAND: (Tone.UNKNOWN, Shape.QUESTION),
    SalePhase.PRINTING: (Tone.USABLE, Shape.CHECK),
    SalePhase.DOUBTFUL: (Tone.UNKNOWN, Shape.QUESTION),
    SalePhase.TO_HAND_OVER: (Tone.USABLE, Shape.GOODS),
    SalePhase.INCOMPLETE: (Tone.UNKNOWN, Shape.WAIT),
    SalePhase.UNREADABLE: (Tone.UNKNOWN, Shape.LOCK),
    SalePhase.PAY_BACK: (Tone.REFUSED, Shape.CROSS),
    SalePhase.DONE: (Tone.USABLE, Shape.CHECK),
    SalePhase.PAID_BACK: (Tone.NEUTRAL, Shape.TICK),
}
TONES = {phase: tone for phase, (tone, _) in _LOOKS.items()}
_WITH_AMOUNT = frozenset({SalePhase.DRAFT, SalePhase.PAY_BACK, SalePhase.PAID_BACK})


@dataclass(frozen=True, slots=True)
class Moment:
    """What a panel is made of.

    Args:
        waited_s: seconds since the phase began on this screen.
        here: the person at the till; a manager needs no second one.
        shown: the codes stand on the screen.
    """

    tr: Translator
    view: SaleView
    now_utc: datetime
    waited_s: float
    manager: bool
    shown: bool


def panel_for(m: Moment) -> Panel:
    """The panel of the sale's phase."""
    tr, view = m.tr, m.view
    tone, shape = _LOOKS[view.phase]
    return Panel(
        tone,
        shape,
        tr.t(f"{_words(view)}.title", label=view.label),
        amount=tr.money(view.price_vnd) if view.phase in _WITH_AMOUNT else "",
        what=f"{view.quantity} × {view.product_name}",
        points=_points(tr, view),
        note=_note(m),
    )


_OTHER_BY_SMS = frozenset(
    {SalePhase.DRAFT, SalePhase.BUYING, SalePhase.WAITING, SalePhase.DOUBTFUL, SalePhase.INCOMPLETE, SalePhase.DONE}
)
"""Phases that mean something else to the customer where the issuer sends the code to her phone."""


def _words(view: SaleView) -> str:
    """Where the sentences of this phase stand."""
    return f"sell.sms.{view.phase}" if view.phone and view.phase in _OTHER_BY_SMS else f"sell.{view.phase}"


def _points(tr: Translator, view: SaleView) -> tuple[str, ...]:
    """Where the code goes by SMS, cases that the title does not tell already, and the order id where somebody must name
    it to the supplier.
    """
    cases = tuple(tr.t(f"sell.case.{kind}") for kind in view.cases if kind is not _OWN_CASE.get(view.phase))
    asked_by_id = view.phase in (SalePhase.BY_HAND, SalePhase.INCOMPLETE) and view.order_id
    to_phone = (tr.t("sell.sms.to", phone=view.phone),) if view.phone else ()
    points = (*to_phone, *cases)
    return (*points, tr.t("sell.order", order=view.order_id)) if asked_by_id else points


_OWN_CASE = {
    SalePhase.INCOMPLETE: SaleCaseKind.INCOMPLETE,
    SalePhase.UNREADABLE: SaleCaseKind.UNREADABLE,
    SalePhase.BY_HAND: SaleCaseKind.BY_HAND,
    SalePhase.TO_HAND_OVER: SaleCaseKind.NOT_DELIVERED,
}


def _note(m: Moment) -> str:
    tr, view = m.tr, m.view
    parts = []
    if view.phase is SalePhase.PAY_BACK and view.reason is not None:
        parts.append(tr.t(f"sale.{view.reason}"))
    if view.fault is not None and view.phase in (SalePhase.UNSENT, SalePhase.WAITING):
        parts.append(say_message(tr, view.fault).what)
    facts: dict[str, str | int] = {"amount_vnd": view.price_vnd, "label": view.label, "quantity": view.quantity}
    parts.append(tr.t(f"{_words(view)}.note", **facts, count=len(view.codes), phone=view.phone))
    if view.phase is SalePhase.BUYING and m.waited_s >= SHOW_ELAPSED_AFTER_S:
        parts.append(tr.t("sell.elapsed", label=view.label, elapsed_s=m.waited_s))
    if view.phase is SalePhase.WAITING and view.next_ask_utc is not None:
        left_s = (view.next_ask_utc - m.now_utc).total_seconds()
        parts.append(tr.t("sell.next_ask", wait_s=left_s + 0.999) if left_s > 0 else tr.t("sell.asking"))
    return "\n".join(part for part in parts if part)


def actions_for(m: Moment) -> tuple[BarAction, ...]:
    """What can be done with this sale now, the primary action first."""
    if m.shown:
        return (BarAction(Act.HIDE, m.tr.t("sell.do.hide"), "Enter", primary=True),)
    made = _ACTIONS[m.view.phase](m)
    if m.manager and m.view.cases and m.view.phase not in (SalePhase.WAITING, SalePhase.BY_HAND):
        made = (*made, BarAction(Act.CLOSE_CASE, m.tr.t("sell.do.close_case"), "Ctrl+B"))
    return made


def _do(m: Moment, act: Act, key: str, *, primary: bool = False, tone: Tone = Tone.BRAND) -> BarAction:
    return BarAction(act, m.tr.t(f"sell.do.{act}"), key, primary=primary, tone=tone)


def _draft(m: Moment) -> tuple[BarAction, ...]:
    taken = BarAction(
        Act.MONEY_TAKEN, m.tr.t("sell.do.money_taken", amount_vnd=m.view.price_vnd), "Enter", primary=True
    )
    return (taken, _do(m, Act.CANCEL, "Esc"))


def _buying(m: Moment) -> tuple[BarAction, ...]:
    return (_do(m, Act.SET_ASIDE, "F5"),) if m.waited_s >= SET_ASIDE_AFTER_S else ()


def _unsent(m: Moment) -> tuple[BarAction, ...]:
    send = (_do(m, Act.SEND_AGAIN, "Enter", primary=True),) if m.view.can_send else ()
    drop = (_do(m, Act.DROP, "Del"),) if m.view.can_drop else ()
    return (*send, *drop, _do(m, Act.SET_ASIDE, "F5"))


def _waiting(m: Moment) -> tuple[BarAction, ...]:
    return (_do(m, Act.SET_ASIDE, "Enter", primary=True), _do(m, Act.ASK_NOW, "F8"), *_settled(m))


def _by_hand(m: Moment) -> tuple[BarAction, ...]:
    return (_do(m, Act.NEXT, "Enter", primary=True), _do(m, Act.ASK_NOW, "F8"), *_settled(m))


def _settled(m: Moment) -> tuple[BarAction, ...]:
    """The issuer's support has said that nothing was bought: a manager's word, with her reason."""
    return (_do(m, Act.NOT_BOUGHT, "Ctrl+B"),) if m.manager else ()


def _printing(m: Moment) -> tuple[BarAction, ...]:
    return (_do(m, Act.NEXT, "Enter", primary=True, tone=Tone.USABLE), _do(m, Act.SHOW, "F7"))


def _doubtful(m: Moment) -> tuple[BarAction, ...]:
    return (_do(m, Act.SEEN, "Enter", primary=True), _do(m, Act.COPY, "Ctrl+P"), _do(m, Act.SET_ASIDE, "F5"))


def _to_hand_over(m: Moment) -> tuple[BarAction, ...]:
    return (_do(m, Act.HAND_OVER, "Enter", primary=True, tone=Tone.USABLE), _do(m, Act.SET_ASIDE, "F5"))


def _unreadable(m: Moment) -> tuple[BarAction, ...]:
    return (_do(m, Act.DECRYPT, "F8", primary=True), _do(m, Act.NEXT, "Enter"))


def _incomplete(m: Moment) -> tuple[BarAction, ...]:
    show = () if m.view.phone else (_do(m, Act.SHOW, "F7"),)
    return (_do(m, Act.NEXT, "Enter", primary=True), *show)


def _pay_back(m: Moment) -> tuple[BarAction, ...]:
    back = BarAction(
        Act.PAID_BACK, m.tr.t("sell.do.paid_back", amount_vnd=m.view.price_vnd), "Enter", primary=True,
        tone=Tone.REFUSED,
    )  # fmt: skip
    return (back, _do(m, Act.SET_ASIDE, "F5"))


def _done(m: Moment) -> tuple[BarAction, ...]:
    return (_do(m, Act.NEXT, "Enter", primary=True, tone=Tone.USABLE), _do(m, Act.COPY, "Ctrl+P"))


def _paid_back(m: Moment) -> tuple[BarAction, ...]:
    return (_do(m, Act.NEXT, "Enter", primary=True),)


_ACTIONS: dict[SalePhase, Callable[[Moment], tuple[BarAction, ...]]] = {
    SalePhase.DRAFT: _draft,
    SalePhase.BUYING: _buying,
    SalePhase.UNSENT: _unsent,
    SalePhase.WAITING: _waiting,
    SalePhase.BY_HAND: _by_hand,
    SalePhase.PRINTING: _printing,
    SalePhase.DOUBTFUL: _doubtful,
    SalePhase.TO_HAND_OVER: _to_hand_over,
    SalePhase.INCOMPLETE: _incomplete,
    SalePhase.UNREADABLE: _unreadable,
    SalePhase.PAY_BACK: _pay_back,
    SalePhase.DONE: _done,
    SalePhase.PAID_BACK: _paid_back,
}
