"""What the till tells a screen or the command line of selling codes: frozen snapshots, words left to the edge.

Nothing here holds a readable code but `CodesShown`, whose codes never show in a log. Times are UTC instants.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pos.domain.sale import PlainCode, SaleOutcome, Unreadable
from pos.till.views import Message


class SalePhase(StrEnum):
    """Where a sale stands; decides which actions a screen offers."""

    DRAFT = "draft"  # in memory only: take the money, or leave it
    BUYING = "buying"  # the order leaves or is on its way; may be set aside
    UNSENT = "unsent"  # money taken, nothing was bought for sure: send (again), or drop and pay back
    WAITING = "waiting"  # nobody knows yet: do not buy again, do not pay back; the till asks
    BY_HAND = "by_hand"  # the till has stopped asking: a manager settles it with the issuer
    PRINTING = "printing"  # bought; the slip with the codes waits for paper, or is being printed
    DOUBTFUL = "doubtful"  # bought; the slip may be on paper: look, then "seen" or a copy
    TO_HAND_OVER = "to_hand_over"  # bought, and nobody waited: hand over late
    INCOMPLETE = "incomplete"  # bought, and not what was ordered: asked once more, then a manager's
    UNREADABLE = "unreadable"  # bought; a code cannot be decrypted: mend key or padding, then decrypt again
    PAY_BACK = "pay_back"  # nothing was bought: the customer gets her money back
    DONE = "done"  # the customer has her codes
    PAID_BACK = "paid_back"  # the customer has her money back


class SaleCaseKind(StrEnum):
    """Why a sale needs a person. Closed by what a person does, never by a timer."""

    INCOMPLETE = "incomplete"  # fewer, more or other codes than ordered
    UNREADABLE = "unreadable"  # a bought code cannot be decrypted
    OTHER_ORDER = "other_order"  # the issuer has another order under our id
    BY_HAND = "by_hand"  # 24 h without a verdict
    NOT_DELIVERED = "not_delivered"  # the customer has paid and has neither codes nor her money


@dataclass(frozen=True, slots=True)
class SoldCodeView:
    """One bought code, without the code.

    Args:
        expires: `YYYY-MM-DD`, or as the issuer wrote it.
    """

    serial: str
    face_vnd: int | None
    expires: str


@dataclass(frozen=True, slots=True)
class SaleView:
    """One sale, for the counter and for the open list.

    Args:
        id: names the sale in commands, from draft to end.
        seller: the issuer's id; `label` its name for people.
        bill_number: `""` in a draft.
        price_vnd: what the customer pays for all of it; `face_vnd` is of one code.
        can_send: the order may leave (for the first time, or once more after proof that nothing was bought).
        reason: stable word below `sale.` of a refusal; `reason_code` the issuer's own, for support.
        fault: why the last call ended without a verdict.
        next_ask_utc: when the till asks again by itself; `asks`: how often it has asked since the order was sent.
        handed_over: codes are or were in the customer's hand.
        phone: where the issuer sends the code, all but its last 3 digits hidden; empty: the codes come to the till.
    """

    id: str
    phase: SalePhase
    seller: str
    label: str
    bill_number: str
    product_code: str
    product_name: str
    quantity: int
    face_vnd: int
    price_vnd: int
    order_id: str = ""
    outcome: SaleOutcome | None = None
    created_utc: datetime | None = None
    cashier: str = ""
    can_send: bool = False
    can_drop: bool = False
    reason: str | None = None
    reason_code: str | None = None
    fault: Message | None = None
    next_ask_utc: datetime | None = None
    asks: int = 0
    transaction_id: str | None = None
    charged_vnd: int | None = None
    codes: tuple[SoldCodeView, ...] = ()
    cases: tuple[SaleCaseKind, ...] = ()
    copies: int = 0
    phone: str = ""


OpenSale = SaleView
"""A row of the list of open sales: everything whose customer has neither codes nor money, or that has a case."""


@dataclass(frozen=True, slots=True)
class ProductTile:
    """One kind of code on the selling screen.

    Args:
        stock: codes left as the issuer said it, a hint; None: it does not say.
        can_sell: False: the list is too old, or the stock says none is left.
    """

    seller: str
    code: str
    name: str
    supplier: str
    face_vnd: int
    price_vnd: int
    stock: int | None
    can_sell: bool


@dataclass(frozen=True, slots=True)
class ProductsView:
    """The last good list of one seller.

    Args:
        age_s: of the list; None: there never was one, or the clock cannot tell.
        too_old: nothing of it is sold: older than 24 hours.
        balance_vnd: left on the shop's account as last heard, a hint.
        fault: why the last try to renew it failed.
        by_phone: one code may be bought for a phone number, to which the issuer sends it.
    """

    seller: str
    label: str
    max_quantity: int
    tiles: tuple[ProductTile, ...]
    listed_utc: datetime | None
    age_s: float | None
    too_old: bool
    balance_vnd: int | None = None
    fault: Message | None = None
    by_phone: bool = False


# ---------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class SaleChanged:
    """A sale has a new snapshot."""

    view: SaleView


@dataclass(frozen=True, slots=True)
class ProductsChanged:
    """A seller's list was renewed, or could not be."""

    view: ProductsView


@dataclass(frozen=True, slots=True)
class OpenSalesChanged:
    """The list of open sales, oldest first (at most 200); `count` is of all."""

    rows: tuple[OpenSale, ...]
    count: int


@dataclass(frozen=True, slots=True)
class ShownCode:
    """One code for the screen: money to whoever reads it. `code` shows its text only by `reveal()`."""

    serial: str
    face_vnd: int | None
    expires: str
    code: PlainCode | Unreadable


@dataclass(frozen=True, slots=True)
class CodesShown:
    """Answer to `show_codes`; the showing stands in the journal already. Forget it when the screen is left."""

    sale_id: str
    codes: tuple[ShownCode, ...]


@dataclass(frozen=True, slots=True)
class SaleFailed:
    """A command was not carried out; nothing changed, but for what `SaleChanged` tells. `sale_id` None: no sale's."""

    command: str
    sale_id: str | None
    message: Message


SaleNews = SaleChanged | ProductsChanged | OpenSalesChanged | CodesShown | SaleFailed
