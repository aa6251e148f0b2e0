"""What the selling page shows, as plain values: the presenter makes them, the screen draws them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pos.ui.counter.model import Panel
from pos.ui.theme import Tone
from pos.ui.widgets.bar_action import BarAction
from pos.ui.widgets.rows import TableRow


class Act(StrEnum):
    """Everything that can be done on this page."""

    SELL = "sell"
    SMS = "sms"
    MORE = "more"
    LESS = "less"
    REFRESH = "refresh"
    OPEN_LIST = "open_list"
    MONEY_TAKEN = "money_taken"
    CANCEL = "cancel"
    SET_ASIDE = "set_aside"
    ASK_NOW = "ask_now"
    SEND_AGAIN = "send_again"
    DROP = "drop"
    PAID_BACK = "paid_back"
    SHOW = "show"
    HIDE = "hide"
    SEEN = "seen"
    COPY = "copy"
    HAND_OVER = "hand_over"
    DECRYPT = "decrypt"
    CLOSE_CASE = "close_case"
    NOT_BOUGHT = "not_bought"
    NEXT = "next"
    READ = "read"


class Left(StrEnum):
    """What stands on the left half."""

    TILES = "tiles"
    CODES = "codes"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Tile:
    """One kind of code, ready to be drawn.

    Args:
        key: seller and product, for the presenter.
        supplier: whose it is; the product's name where a supplier has several of one value.
        value: face value; `price` only where the shop's price is another.
        stock: a word below; `dull`: it cannot be sold now.
    """

    key: str
    supplier: str
    value: str
    price: str
    stock: str
    stock_tone: Tone
    dull: bool
    spoken: str


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One bought code: masked, or while it is shown, readable."""

    number: str
    code: str
    serial: str
    facts: str
    plain: bool
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True)
class SellModel:
    """The whole page at one moment.

    Args:
        title: of the left half; `note` below it.
        selected: index of the chosen tile, -1 for none.
        open_label: the button that leads to the sales that wait, and back.
        ticking: something counts; draw again soon.
    """

    left: Left
    title: str
    note: str
    note_tone: Tone
    tiles: tuple[Tile, ...]
    selected: int
    codes: tuple[CodeRow, ...]
    rows: tuple[TableRow, ...]
    empty: str
    columns: tuple[str, ...]
    edge: tuple[BarAction, ...]
    panel: Panel
    actions: tuple[BarAction, ...]
