"""What the counter says where only a manager can go on: an outcome nobody can tell, and taking a redemption back."""

from __future__ import annotations

from pos.i18n import Translator
from pos.till.views import BillView, LineStatus, LineView
from pos.ui.counter.model import Action, ActionId, Panel
from pos.ui.counter.moment import Moment
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.words import masked, provider_name


def to_decide(view: BillView, line: LineView | None) -> LineView | None:
    """The voucher a manager decides about next: the one looked at, else the first."""
    if line is not None and line.needs_decision:
        return line
    return next((entry for entry in view.lines if entry.needs_decision), None)


def waits_for_decision(m: Moment) -> LineView | None:
    """The same, while the till asks about no other voucher of the bill."""
    asking = any(line.status is LineStatus.UNKNOWN and not line.needs_decision for line in m.view.lines)
    return None if asking else to_decide(m.view, m.line)


def to_take_back(view: BillView) -> tuple[LineView, ...]:
    """The vouchers of the bill that a manager may have taken back."""
    return tuple(line for line in view.lines if line.can_take_back)


def another_till_may_have_it(line: LineView) -> bool:
    """Whether the issuer never said that the use was ours: freed, another till's rightful use would come undone."""
    return line.unconfirmed or line.rejected


def decision_panel(m: Moment) -> Panel:
    """Hand nothing over; a manager decides."""
    tr, line = m.tr, waits_for_decision(m)
    ending = line.ending if line else ""
    issuer = provider_name(tr, line.provider) if line else m.issuer
    return Panel(
        Tone.UNKNOWN,
        Shape.WAIT,
        tr.t("panel.decide.title"),
        amount=tr.money(line.amount_vnd) if line else "",
        what=tr.t("panel.decide.what", provider=issuer, ending=masked(ending)),
        note=f"{tr.t('panel.decide.note', provider=issuer)}\n{tr.t('panel.unknown.elsewhere')}",
        outcome=True,
    )


def accepted_panel(m: Moment, points: tuple[str, ...], total: str) -> Panel:
    """Given on the manager's word, which is not the issuer's."""
    tr = m.tr
    issuer = _issuers(m, [line for line in m.view.lines if line.unconfirmed])
    return Panel(
        Tone.OFFLINE,
        Shape.SHIELD,
        tr.t("panel.unconfirmed.title"),
        amount=tr.money(m.view.voucher_vnd),
        what=tr.t("panel.unconfirmed.what", provider=issuer),
        note=tr.t("panel.unconfirmed.note", provider=issuer),
        points=points,
        total=total,
        outcome=True,
    )


def rejected_panel(m: Moment) -> Panel:
    """Nothing is given; what the issuer counts is another matter, and stays open."""
    tr, view = m.tr, m.view
    total = tr.t("panel.closed.left", left_vnd=view.left_vnd) if view.left_vnd else ""
    title, what = tr.t("panel.rejected.title"), tr.t("panel.rejected.what")
    return Panel(Tone.REFUSED, Shape.CROSS, title, what=what, note=rejected_note(m), total=total, outcome=True)


def rejected_note(m: Moment) -> str:
    """That the issuer may count it as used all the same."""
    return m.tr.t("panel.rejected.note", provider=_issuers(m, [line for line in m.view.lines if line.rejected]))


def taken_back_panel(m: Moment, points: tuple[str, ...]) -> Panel:
    """The customer has the voucher again; what it paid for is open."""
    tr, view = m.tr, m.view
    back = [line for line in view.lines if line.taken_back]
    endings = ", ".join(masked(line.ending) for line in back)
    # The rest of a finished bill was taken with the goods: only what these vouchers had paid is open again.
    due_vnd = sum(line.amount_vnd for line in back if line.status is LineStatus.USED) or view.left_vnd
    return Panel(
        Tone.BRAND,
        Shape.BACK,
        tr.t("panel.taken_back.title"),
        what=tr.t("panel.taken_back.what", endings=endings, provider=_issuers(m, back)),
        note=tr.t("panel.taken_back.note"),
        points=points,
        total=tr.t("panel.taken_back.left", left_vnd=due_vnd) if due_vnd else "",
        outcome=True,
    )


def _issuers(m: Moment, lines: list[LineView]) -> str:
    return " + ".join(provider_name(m.tr, name) for name in dict.fromkeys(line.provider for line in lines))


def decide_action(tr: Translator) -> Action:
    """Opens the box in which the manager decides."""
    return Action(ActionId.DECIDE, tr.t("action.decide"), "Ctrl+D", primary=True, tone=Tone.UNKNOWN)


def take_back_action(tr: Translator, view: BillView) -> tuple[Action, ...]:
    """Under a finished bill, where its issuer offers it and it is still its day."""
    return (Action(ActionId.TAKE_BACK, tr.t("action.take_back"), "Ctrl+B"),) if to_take_back(view) else ()
