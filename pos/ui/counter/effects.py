"""What an action of the counter does where nothing of the bill needs to be weighed."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from pos.till.commands import CounterTill
from pos.till.views import BillView
from pos.ui.counter.actions import Question
from pos.ui.counter.model import ActionId


class Effect(StrEnum):
    """What the screen itself must do after an action."""

    NONE = "none"
    FOCUS_ENTRY = "focus_entry"
    ASK_TOTAL = "ask_total"
    ASK_NUMBER = "ask_number"
    ASK_GOODS = "ask_goods"
    OPEN_DRAWER = "open_drawer"
    ASK_ISSUER = "ask_issuer"
    ASK_DECISION = "ask_decision"
    ASK_TAKE_BACK = "ask_take_back"
    ASK_BILL = "ask_bill"


SIMPLE: dict[ActionId, Callable[[CounterTill, BillView], None]] = {
    ActionId.ASK_AGAIN: lambda till, view: till.ask_again(view.number),
    ActionId.SEND_AGAIN: lambda till, view: till.send_again(view.number),
    ActionId.FINISH: lambda till, view: till.finish_sale(view.number),
    ActionId.ACCEPT_OFFLINE: lambda till, view: till.accept_offline(view.key),
    ActionId.REPRINT: lambda till, view: till.reprint(view.number),
}
"""Said to the till at once."""
QUESTIONS = {ActionId.CUSTOMER_LEFT: Question.LEFT, ActionId.DROP: Question.DROP}
"""Asked back first."""
EFFECTS = {
    ActionId.ENTER_TOTAL: Effect.ASK_TOTAL,
    ActionId.BILL_NUMBER: Effect.ASK_NUMBER,
    ActionId.GOODS: Effect.ASK_GOODS,
    ActionId.SCAN_OTHER: Effect.FOCUS_ENTRY,
    ActionId.DRAWER: Effect.OPEN_DRAWER,
    ActionId.CHANGE_ISSUER: Effect.ASK_ISSUER,
    ActionId.DECIDE: Effect.ASK_DECISION,
    ActionId.TAKE_BACK: Effect.ASK_TAKE_BACK,
    ActionId.FIND_BILL: Effect.ASK_BILL,
}
"""Asked in a box, or by the field for codes; the till hears of it when it was answered."""
