"""Which actions a bill offers in its phase, each with its key. A table of pure functions; the buttons are drawn from it
and the keyboard is read by it, so that what can be seen is what works.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum

from pos.i18n import Translator
from pos.till.views import BillView, LineStatus, LineView, Phase, Verdict
from pos.ui.counter.issuer import answers, change, is_question, open_question
from pos.ui.counter.manager import decide_action, take_back_action, to_decide
from pos.ui.counter.model import Action, ActionId, Place
from pos.ui.counter.panels import SETTLED, needs_value, usable_count
from pos.ui.theme import Tone

MOST_BUTTONS = 3
"""Under the verdict; with more of them their words would be cut on the smallest screen."""


class Question(StrEnum):
    """What the panel asks before something that should not happen by accident."""

    LOSS = "loss"
    LEAVE = "leave"
    LEFT = "left"
    DROP = "drop"


def actions_for(
    tr: Translator,
    view: BillView,
    line: LineView | None,
    *,
    acknowledged: bool,
    drawer: bool = False,
    takes_back: bool = False,
) -> tuple[Action, ...]:
    """What can be done with this bill now, the primary action first.

    Args:
        tr: words.
        view: the bill.
        line: the voucher the panel speaks of.
        acknowledged: its refusal was read.
        drawer: there may be one to open.
        takes_back: an issuer at this till takes redemptions back.
    """
    last = _drawer(tr, view) if drawer else ()
    if takes_back and view.phase is Phase.DRAFT and not view.lines:
        last = (*last, Action(ActionId.FIND_BILL, tr.t("action.find_bill"), "Ctrl+B"))
    if line is not None and is_question(line) and view.phase in (Phase.DRAFT, Phase.OFFERED):
        remove = replace(_remove(tr), place=Place.ENTRY)
        return (*answers(tr, line), remove, *_edges(tr, view))
    if view.phase is Phase.DRAFT:
        return (*_draft_bar(tr, view, line, acknowledged), *_edges(tr, view), *last)
    return (*_BY_PHASE[view.phase](tr, view, line), *last)


def _drawer(tr: Translator, view: BillView) -> tuple[Action, ...]:
    """Between two customers: with a result, and before the first voucher."""
    if view.phase in (Phase.DONE, Phase.ACCEPTED_OFFLINE, Phase.CLOSED):
        return (Action(ActionId.DRAWER, tr.t("action.drawer"), "Ctrl+N"),)
    if view.phase is Phase.DRAFT and not view.lines:
        return (Action(ActionId.DRAWER, tr.t("action.drawer"), "Ctrl+N", place=Place.ENTRY),)
    return ()


def question_actions(tr: Translator, question: Question, view: BillView) -> tuple[Action, ...]:
    """Yes and back."""
    held = question is Question.LEAVE and view.phase is Phase.HELD
    yes = {
        Question.LOSS: Action(
            ActionId.CONFIRM_LOSS, tr.t("action.confirm_loss"), "Enter", primary=True, tone=Tone.UNKNOWN
        ),
        Question.LEAVE: Action(
            ActionId.YES_LEAVE, tr.t("action.release" if held else "action.yes_leave"), "Enter", primary=True
        ),
        Question.LEFT: Action(ActionId.YES_LEFT, tr.t("action.yes_left"), "Enter", primary=True, tone=Tone.UNKNOWN),
        Question.DROP: Action(ActionId.YES_DROP, tr.t("action.yes_drop"), "Enter", primary=True),
    }[question]
    return (yes, Action(ActionId.BACK, tr.t("action.back"), "Esc"))


def notice_actions(tr: Translator) -> tuple[Action, ...]:
    """Under a message that stands in the panel."""
    return (Action(ActionId.CONTINUE, tr.t("action.continue"), "Enter", primary=True),)


def unlock_actions(tr: Translator) -> tuple[Action, ...]:
    """Under the pad that lets scanning go on."""
    return (Action(ActionId.UNLOCK, tr.t("action.unlock"), "Enter", primary=True, tone=Tone.UNKNOWN),)


def _draft_bar(tr: Translator, view: BillView, line: LineView | None, acknowledged: bool) -> tuple[Action, ...]:
    count = usable_count(view)
    status = line.status if line else None
    bad = status in (LineStatus.REFUSED, LineStatus.UNCHECKED) and not acknowledged
    bar: list[Action] = []
    if status is LineStatus.UNCHECKED or (line and line.reason and status is LineStatus.REFUSED and _askable(line)):
        bar.append(_check_again(tr, primary=bad))
    elif bad:
        key = "action.continue" if count else "action.scan_other"
        bar.append(Action(ActionId.CONTINUE, tr.t(key), "Enter", primary=True))
    # While a voucher is being checked a confirmation would take it too, unseen: it waits for the verdict.
    checking = any(entry.status is LineStatus.CHECKING for entry in view.lines)
    if not bad and count and not checking:
        # Confirmed now, a voucher that nobody has named the issuer of would stay behind, unseen.
        asked = open_question(view) is not None
        bar.append(_to_question(tr) if asked else _confirm(tr, view, line, count))
    if line is not None and line.status not in SETTLED:
        bar.append(_remove(tr, "action.remove_line" if status is LineStatus.REFUSED else "action.remove"))
    crowded = status is LineStatus.CHECKING or len(bar) >= MOST_BUTTONS
    return (*bar, *(() if crowded else change(tr, line)))


def _remove(tr: Translator, word: str = "action.remove") -> Action:
    return Action(ActionId.REMOVE, tr.t(word), "Del")


def _to_question(tr: Translator) -> Action:
    return Action(ActionId.OPEN_QUESTION, tr.t("action.open_question"), "Enter", primary=True, tone=Tone.UNKNOWN)


def _askable(line: LineView) -> bool:
    """Reasons after which asking again makes sense once somebody has done something."""
    return line.reason is not None and line.reason.value in _ASK_AGAIN_AFTER


def _check_again(tr: Translator, *, primary: bool) -> Action:
    return Action(ActionId.CHECK_AGAIN, tr.t("action.check_again"), "Enter" if primary else "F8", primary=primary)


def _confirm(tr: Translator, view: BillView, line: LineView | None, count: int) -> Action:
    if not view.total_vnd:
        return Action(ActionId.ENTER_TOTAL, tr.t("action.enter_total"), "Enter", primary=True)
    word = "action.confirm_short" if change(tr, line) else "action.confirm"
    return Action(ActionId.CONFIRM, tr.t(word, count=count), "Enter", primary=True, tone=Tone.USABLE)


def _edges(tr: Translator, view: BillView) -> tuple[Action, ...]:
    edges = [
        Action(ActionId.GOODS, tr.t("action.goods"), "F7", place=Place.HEADER),
        Action(ActionId.ENTER_TOTAL, tr.t("action.edit_total"), "F4", place=Place.HEADER),
    ]
    if view.phase is Phase.DRAFT:
        edges.insert(0, Action(ActionId.BILL_NUMBER, tr.t("action.bill_number"), "F6", place=Place.HEADER))
    if view.lines:
        edges.append(Action(ActionId.LEAVE, tr.t("action.new_bill"), "F5", place=Place.ENTRY))
    return tuple(edges)


def _sending(tr: Translator, view: BillView, line: LineView | None) -> tuple[Action, ...]:
    del line
    if not view.can_set_aside:
        return ()
    return (Action(ActionId.SET_ASIDE, tr.t("action.set_aside"), "F5", primary=True, tone=Tone.UNKNOWN),)


def _held(tr: Translator, view: BillView, line: LineView | None) -> tuple[Action, ...]:
    actions = [
        Action(ActionId.CONFIRM, tr.t("action.confirm_held"), "Enter", primary=True, tone=Tone.USABLE),
        Action(ActionId.LEAVE, tr.t("action.release"), "F5"),
    ]
    if line is not None and len(view.lines) > 1:
        actions.append(Action(ActionId.REMOVE, tr.t("action.remove"), "Del", place=Place.ENTRY))
    return tuple(actions)


def _offered(tr: Translator, view: BillView, line: LineView | None) -> tuple[Action, ...]:
    actions: list[Action] = []
    if needs_value(view) is not None:
        actions.append(Action(ActionId.DECLARE, tr.t("keypad.ok"), "Enter", primary=True, tone=Tone.OFFLINE))
    elif view.offer is not None and view.offer.verdict is not Verdict.REFUSE and not view.total_vnd:
        actions.append(Action(ActionId.ENTER_TOTAL, tr.t("action.enter_total"), "Enter", primary=True))
    elif view.offer is not None and view.offer.verdict is Verdict.ACCEPT:
        label = tr.t("action.accept_offline")
        actions.append(Action(ActionId.ACCEPT_OFFLINE, label, "Enter", primary=True, tone=Tone.OFFLINE))
    elif view.offer is not None and view.offer.verdict is Verdict.NEEDS_MANAGER:
        label = tr.t("action.accept_offline")
        actions.append(Action(ActionId.ACCEPT_WITH_PIN, label, "Enter", primary=True, tone=Tone.OFFLINE))
    # What was to be sent already is sent, not checked, once the network is back.
    if any(entry.status is LineStatus.UNSENT for entry in view.lines):
        actions.append(Action(ActionId.SEND_AGAIN, tr.t("action.send_again"), "F8"))
    else:
        actions.append(Action(ActionId.CHECK_AGAIN, tr.t("action.check_again"), "F8"))
    if line is not None and line.status not in SETTLED:
        actions.append(_remove(tr))
    return (*actions, *(change(tr, line) if len(actions) < MOST_BUTTONS else ()), *_edges(tr, view))


def _done(tr: Translator, view: BillView, line: LineView | None) -> tuple[Action, ...]:
    del line
    at_risk = view.phase is Phase.ACCEPTED_OFFLINE or any(entry.unconfirmed for entry in view.lines)
    tone = Tone.OFFLINE if at_risk else Tone.USABLE
    if any(entry.taken_back for entry in view.lines):
        tone = Tone.BRAND
    return (
        Action(ActionId.NEXT, tr.t("action.next"), "Enter", primary=True, tone=tone),
        Action(ActionId.REPRINT, tr.t("action.reprint"), "Ctrl+P"),
        *take_back_action(tr, view),
    )


def _unknown(tr: Translator, view: BillView, line: LineView | None) -> tuple[Action, ...]:
    asking = any(entry.status is LineStatus.UNKNOWN and not entry.needs_decision for entry in view.lines)
    again = (Action(ActionId.ASK_AGAIN, tr.t("action.ask_again"), "F8"),) if asking else ()
    decide = to_decide(view, line) is not None
    word = tr.t("action.set_aside_short" if decide else "action.set_aside")
    aside = Action(ActionId.SET_ASIDE, word, "F5", primary=not decide, tone=Tone.UNKNOWN)
    return (decide_action(tr), aside, *again) if decide else (aside, *again)


def _unsent(tr: Translator, view: BillView, line: LineView | None) -> tuple[Action, ...]:
    del view, line
    return (
        Action(ActionId.SEND_AGAIN, tr.t("action.send_again"), "Enter", primary=True),
        Action(ActionId.DROP, tr.t("action.drop"), "Del"),
        Action(ActionId.NEW_BILL, tr.t("action.new_bill"), "F5", place=Place.ENTRY),
    )


def _finish(tr: Translator, view: BillView, line: LineView | None) -> tuple[Action, ...]:
    del view, line
    return (
        Action(ActionId.FINISH, tr.t("action.finish"), "Enter", primary=True, tone=Tone.USABLE),
        Action(ActionId.CUSTOMER_LEFT, tr.t("action.customer_left"), "Del"),
        Action(ActionId.NEW_BILL, tr.t("action.new_bill"), "F5", place=Place.ENTRY),
    )


def _closed(tr: Translator, view: BillView, line: LineView | None) -> tuple[Action, ...]:
    del line
    return (Action(ActionId.NEXT, tr.t("action.next"), "Enter", primary=True), *take_back_action(tr, view))


_ASK_AGAIN_AFTER = frozenset(
    {"needs_consent", "needs_skus", "total_missing", "total_invalid", "total_too_small", "total_not_enough",
     "sku_too_few", "sku_no_match", "sku_invalid", "not_on_bill", "issuer_error", "held_elsewhere", "not_held"}
)  # fmt: skip
_BY_PHASE: dict[Phase, Callable[[Translator, BillView, LineView | None], tuple[Action, ...]]] = {
    Phase.SENDING: _sending,
    Phase.HELD: _held,
    Phase.OFFERED: _offered,
    Phase.DONE: _done,
    Phase.ACCEPTED_OFFLINE: _done,
    Phase.UNKNOWN: _unknown,
    Phase.UNSENT: _unsent,
    Phase.FINISH: _finish,
    Phase.CLOSED: _closed,
}
