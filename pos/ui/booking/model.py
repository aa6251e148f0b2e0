"""What the booking page shows, as plain values: the presenter makes them, the screen draws them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pos.ui.counter.model import Panel
from pos.ui.theme import Tone
from pos.ui.widgets.bar_action import BarAction
from pos.ui.widgets.list_model import Figure
from pos.ui.widgets.rows import TableRow


class Act(StrEnum):
    """Everything that can be done on this page."""

    LOOK_UP = "look_up"
    DROP_VOUCHER = "drop_voucher"
    REDEEM = "redeem"
    ORDER = "order"
    MONEY_TAKEN = "money_taken"
    SET_ASIDE = "set_aside"
    ASK_NOW = "ask_now"
    SEND_COMMIT = "send_commit"
    GIVE_UP = "give_up"
    YES_GIVE_UP = "yes_give_up"
    PAID_BACK = "paid_back"
    CLOSE = "close"
    REPRINT = "reprint"
    SETTLE = "settle"
    FOUND_NONE = "found_none"
    FOUND_ISSUED = "found_issued"
    FOUND_NOT_PAID = "found_not_paid"
    FOUND_VOUCHER_USED = "found_voucher_used"
    FOUND_VOUCHER_UNUSED = "found_voucher_unused"
    LEAVE = "leave"
    BACK = "back"
    READ = "read"
    OPEN_LIST = "open_list"


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of the timeline; `current`: it goes on now."""

    time: str
    words: str
    amount: str
    tone: Tone
    current: bool = False


@dataclass(frozen=True, slots=True)
class BookingModel:
    """The whole page at one moment.

    Args:
        listing: the bookings that wait take the whole width.
        number: empty: no booking is in hand.
        deadline: the countdown, in `deadline_tone`.
        can_type: the field takes a booking number, or a voucher once a booking is in hand.
    """

    listing: bool
    number: str
    title: str
    facts: str
    deadline: str
    deadline_tone: Tone
    figures: tuple[Figure, ...]
    steps: tuple[Step, ...]
    entry: str
    can_type: bool
    rows: tuple[TableRow, ...]
    columns: tuple[str, ...]
    empty: str
    edge: tuple[BarAction, ...]
    panel: Panel
    actions: tuple[BarAction, ...]
