"""What may be done about a case, as buttons with keys; and what came of it, in words."""

from __future__ import annotations

from collections.abc import Callable

from pos.i18n import Translator
from pos.till.review.cases_views import CaseDetail, CaseSource, ChoiceKind
from pos.ui.manager.cases.words import ORDER
from pos.ui.theme import Tone
from pos.ui.widgets.bar_action import BarAction
from pos.ui.words import masked

OWN, COURSE, FACTS, SWITCH = "own", "course", "facts", "switch"
_KEYS = {
    ChoiceKind.ASK: "F6",
    ChoiceKind.OPEN_BILL: "F7",
    ChoiceKind.OPEN_SALE: "F7",
    ChoiceKind.OPEN_BOOKING: "F7",
    ChoiceKind.CLOSE: "F8",
}
"""The others take the digits, in the order in which they stand."""


def edge_of(tr: Translator, detail: CaseDetail) -> tuple[BarAction, ...]:
    """What changes nothing of the thing itself: owner, course of events, facts for the support."""
    actions = [BarAction(OWN, tr.t("cases.do.owner"), "F4")] if detail.view.open else []
    if detail.view.source is not CaseSource.DAY:
        actions.append(BarAction(COURSE, tr.t("cases.do.course"), "F5"))
    return (*actions, BarAction(FACTS, tr.t("cases.support"), "Ctrl+E"))


def said_of(kind: ChoiceKind | None, detail: CaseDetail) -> tuple[Callable[[Translator], str], Tone]:
    """What came of it, in words, and whether that is a good end."""
    view, end = detail.view, detail.facts.taking_back
    if kind is ChoiceKind.TAKE_BACK:
        tone = {"done": Tone.USABLE, "open": Tone.UNKNOWN}.get(end, Tone.REFUSED)
        return lambda tr: str(tr.message(f"take_back.end_{end}", {"ending": masked(view.ending)})), tone
    if not view.open:
        return lambda tr: tr.t("cases.said.closed"), Tone.USABLE
    return lambda tr: tr.t("cases.asked" if kind is ChoiceKind.ASK else "cases.said.done"), Tone.USABLE


def actions_of(tr: Translator, detail: CaseDetail) -> tuple[BarAction, ...]:
    """The choices that are offered, each with its key."""
    offered = sorted((c for c in detail.choices if c.offered), key=lambda choice: ORDER.index(choice.kind))
    actions: list[BarAction] = []
    digit = 0
    for choice in offered:
        key = _KEYS.get(choice.kind, "")
        if not key:
            digit += 1
            key = str(digit)
        primary = choice is offered[0]
        actions.append(BarAction(choice.kind.value, tr.t(f"cases.do.{choice.kind}"), key, primary=primary))
    return tuple(actions)
