"""What the counter shows, as plain values: the presenter makes them, the screen draws them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from pos.ui.signs import Shape
from pos.ui.theme import Tone


class ActionId(StrEnum):
    """Everything a cashier can do at the counter."""

    CONFIRM = "confirm"
    CONFIRM_LOSS = "confirm_loss"
    ENTER_TOTAL = "enter_total"
    BILL_NUMBER = "bill_number"
    GOODS = "goods"
    REMOVE = "remove"
    CHECK_AGAIN = "check_again"
    CONTINUE = "continue"
    SCAN_OTHER = "scan_other"
    NEW_BILL = "new_bill"
    NEXT = "next"
    SET_ASIDE = "set_aside"
    ASK_AGAIN = "ask_again"
    SEND_AGAIN = "send_again"
    DROP = "drop"
    FINISH = "finish"
    CUSTOMER_LEFT = "customer_left"
    ACCEPT_OFFLINE = "accept_offline"
    ACCEPT_WITH_PIN = "accept_with_pin"
    DECLARE = "declare"
    REPRINT = "reprint"
    DRAWER = "drawer"
    LEAVE = "leave"
    BACK = "back"
    YES_LEAVE = "yes_leave"
    YES_LEFT = "yes_left"
    YES_DROP = "yes_drop"
    UNLOCK = "unlock"
    ISSUER_1 = "issuer_1"
    ISSUER_2 = "issuer_2"
    ISSUER_3 = "issuer_3"
    ISSUER_4 = "issuer_4"
    OPEN_QUESTION = "open_question"
    CHANGE_ISSUER = "change_issuer"
    DECIDE = "decide"
    TAKE_BACK = "take_back"
    FIND_BILL = "find_bill"


class Place(StrEnum):
    """Where an action's button stands."""

    BAR = "bar"  # under the verdict
    ENTRY = "entry"  # beside the field for codes
    HEADER = "header"  # bill number, goods, total


@dataclass(frozen=True, slots=True)
class Action:
    """One thing the cashier can do now. What is not in the list cannot be done, by key or by touch.

    Args:
        key: as shown and as pressed: `Enter`, `Del`, `Esc`, `F5`, `Ctrl+P`, `1`.
    """

    id: ActionId
    label: str
    key: str
    primary: bool = False
    tone: Tone = Tone.BRAND
    place: Place = Place.BAR


class Ask(StrEnum):
    """What the big panel asks the cashier for."""

    NOTHING = "nothing"
    ISSUER = "issuer"  # a digit names it, so nothing is typed into the field meanwhile
    FACE_VALUE = "face_value"
    MANAGER_PIN = "manager_pin"


@dataclass(frozen=True, slots=True)
class Panel:
    """The big panel: colour, shape and word of the verdict, and what goes with it.

    Args:
        what: one or two sentences at reading size; `note` smaller below; `points` one line each.
        total: a second large line (what the customer still pays).
        error: why the last entry in this panel was not taken.
        outcome: the bill's outcome stands here; to be reported once it is painted.
    """

    tone: Tone
    shape: Shape
    title: str
    amount: str = ""
    what: str = ""
    note: str = ""
    points: tuple[str, ...] = ()
    total: str = ""
    ask: Ask = Ask.NOTHING
    error: str = ""
    outcome: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One voucher on the bill, ready to be drawn; `spoken` is the whole row for assistive tools."""

    id: str
    number: str
    ending: str
    title: str
    amount: str
    chip: str
    tone: Tone
    shape: Shape
    spoken: str


@dataclass(frozen=True, slots=True)
class CounterModel:
    """The whole counter at one moment.

    Args:
        wide: the result of the whole bill takes the full width.
        ticking: something counts; draw again soon.
    """

    key: str
    number: str
    total: str
    goods: str
    rows: tuple[Row, ...]
    selected: int
    voucher: str
    left: str
    left_label: str
    panel: Panel
    actions: tuple[Action, ...] = field(default=())
    wide: bool = False
    can_type: bool = True
    ticking: bool = False

    def action_for(self, key: str) -> Action | None:
        """The action a key stands for now, if any."""
        return next((action for action in self.actions if action.key == key), None)
