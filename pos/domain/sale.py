"""Selling codes: what an issuer that sells says, and the facts of one sale (design.md §2, "Selling codes").

A sale is the mirror image of a redemption: the shop has the customer's money first, then buys under an order id of its
own that is on disk before it is sent and never replaced while its outcome is open. Two independent facts:

- `outcome` – what the issuer did with the order;
- `closed` – whether the customer has what she paid for: the codes, or her money back.

| outcome | closed = no | closed = yes |
|---|---|---|
| `unsent` | money taken, order on disk, nothing has left; safe to send or drop | |
| `in_flight`, `unknown` | sale waits for the issuer; ask by the same id, never buy again | |
| `bought` | codes are here; hand them over | **done** |
| `not_bought`, `dropped` | pay the money back | **done** |
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from pos.domain.errors import RuleBroken

MAX_QUANTITY = 100
"""Codes under one order id; contracts/appotapay.md §13, contracts/vinid.md §13."""
ORDER_ID_MAX = 23
"""Characters of an order id, `A-Z` and `0-9` only; the narrower of contracts/vinid.md §11 and appotapay.md §11."""

# ---------------------------------------------------------------- facts


class SaleOutcome(StrEnum):
    """What the issuer did with an order, as far as this till knows."""

    UNSENT = "unsent"
    IN_FLIGHT = "in_flight"
    UNKNOWN = "unknown"  # or pending at the issuer: only asking by the same id decides
    BOUGHT = "bought"
    NOT_BOUGHT = "not_bought"
    DROPPED = "dropped"  # given up while nothing was bought for sure


class SaleState(NamedTuple):
    """The pair of facts."""

    outcome: SaleOutcome
    closed: bool


class SaleEvent(StrEnum):
    """What can happen to a sale."""

    SEND = "send"  # committed before the first byte of the order leaves
    NOT_SENT = "not_sent"  # proof: nothing left, or the issuer refused the caller at the door
    LOST = "lost"  # the call ended without a verdict, or the issuer is still at it
    BOUGHT = "bought"
    NOT_BOUGHT = "not_bought"  # the issuer's certain failure
    NEVER_ARRIVED = "never_arrived"  # asked often and late enough: the issuer does not know this order
    DROP = "drop"
    HANDED_OVER = "handed_over"  # the codes are on paper or were shown, or the issuer has sent them to the customer
    PAID_BACK = "paid_back"
    RESTART = "restart"


SALE_TABLE: dict[tuple[SaleState, SaleEvent], SaleState] = {
    (SaleState(SaleOutcome.UNSENT, False), SaleEvent.SEND): SaleState(SaleOutcome.IN_FLIGHT, False),
    (SaleState(SaleOutcome.UNSENT, False), SaleEvent.DROP): SaleState(SaleOutcome.DROPPED, False),
    (SaleState(SaleOutcome.IN_FLIGHT, False), SaleEvent.NOT_SENT): SaleState(SaleOutcome.UNSENT, False),
    (SaleState(SaleOutcome.IN_FLIGHT, False), SaleEvent.LOST): SaleState(SaleOutcome.UNKNOWN, False),
    (SaleState(SaleOutcome.IN_FLIGHT, False), SaleEvent.BOUGHT): SaleState(SaleOutcome.BOUGHT, False),
    (SaleState(SaleOutcome.IN_FLIGHT, False), SaleEvent.NOT_BOUGHT): SaleState(SaleOutcome.NOT_BOUGHT, False),
    (SaleState(SaleOutcome.IN_FLIGHT, False), SaleEvent.RESTART): SaleState(SaleOutcome.UNKNOWN, False),
    (SaleState(SaleOutcome.UNKNOWN, False), SaleEvent.BOUGHT): SaleState(SaleOutcome.BOUGHT, False),
    (SaleState(SaleOutcome.UNKNOWN, False), SaleEvent.NOT_BOUGHT): SaleState(SaleOutcome.NOT_BOUGHT, False),
    (SaleState(SaleOutcome.UNKNOWN, False), SaleEvent.NEVER_ARRIVED): SaleState(SaleOutcome.UNSENT, False),
    (SaleState(SaleOutcome.BOUGHT, False), SaleEvent.HANDED_OVER): SaleState(SaleOutcome.BOUGHT, True),
    (SaleState(SaleOutcome.NOT_BOUGHT, False), SaleEvent.PAID_BACK): SaleState(SaleOutcome.NOT_BOUGHT, True),
    (SaleState(SaleOutcome.DROPPED, False), SaleEvent.PAID_BACK): SaleState(SaleOutcome.DROPPED, True),
}


def sale_after(state: SaleState, event: SaleEvent) -> SaleState:
    """The state that follows.

    Raises:
        RuleBroken: the table does not hold this pair; nothing was changed.
    """
    try:
        return SALE_TABLE[state, event]
    except KeyError:
        raise RuleBroken("rule.sale_transition", outcome=state.outcome.value, event=event.value) from None


# ---------------------------------------------------------------- when to ask, and what counts as proof

BY_HAND_AFTER_S = 24 * 3600.0
"""After so long without a verdict a person settles it; contracts/appotapay.md §12.7, contracts/vinid.md §12.1."""
NOT_FOUND_TIMES = 3
NOT_FOUND_AFTER_S = 600.0
"""So many "not found" in a row, the last so long after the last send: the order never arrived (§12.5; §12.1)."""
MOST_UNCLEAR_SENDS = 2
"""Sends of one order id that may have left: the first, and one more after proof that it never arrived (§12.6)."""
LIST_TOO_OLD_S = 24 * 3600.0
"""Nothing is sold from an older list of products; contracts/appotapay.md §8.1."""
_FIRST_ASKS_S = (0.0, 3.0, 5.0, 10.0, 20.0, 30.0)
_MINUTES = 30


def ask_pause_s(asks: int) -> float:
    """Seconds to the next ask after `asks` (0, 1, …) since the last send: at once, 3, 5, 10, 20, 30 s, every 60 s for
    30 min, then every 15 min.
    """
    if asks < len(_FIRST_ASKS_S):
        return _FIRST_ASKS_S[asks]
    return 60.0 if asks < len(_FIRST_ASKS_S) + _MINUTES else 900.0


_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def order_id(prefix: str, unique: int) -> str:
    """An order id that no other order ever has: the till's prefix (`A-Z0-9`, at most 6), then the end of a number that
    is unique by time and chance, in base 36.
    """
    digits = []
    for _ in range(ORDER_ID_MAX - len(prefix)):
        unique, digit = divmod(unique, len(_DIGITS))
        digits.append(_DIGITS[digit])
    return prefix + "".join(reversed(digits))


# ---------------------------------------------------------------- what is sold


@dataclass(frozen=True, slots=True)
class Product:
    """One kind of code that an issuer sells.

    Args:
        code: the issuer's name for it, as it goes on the wire.
        supplier: whose code it is, for the tile.
        stock: codes left as the issuer said it, a hint only; None: it does not say.
    """

    code: str
    name: str
    supplier: str
    face_vnd: int
    stock: int | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What goes to the issuer: one line, one id.

    Args:
        phone: where the issuer itself sends the code (contracts/appotapay.md §8.5); empty: the codes come to the till.
    """

    id: str
    product_code: str
    quantity: int
    face_vnd: int
    phone: str = field(default="", repr=False)

    @property
    def codes_to_come(self) -> int:
        """How many codes the issuer's answer has: none where it sends them to the customer itself."""
        return 0 if self.phone else self.quantity


@dataclass(frozen=True, slots=True)
class SealedCode:
    """One bought code as it came: still encrypted under the shop's public key.

    Args:
        ciphertext: exactly as received; this is what is stored.
        serial: identifies the code for enquiries; not the code itself.
        expires: the issuer's text made readable as `YYYY-MM-DD` where it could be read, else as received.
    """

    ciphertext: str = field(repr=False)
    serial: str
    face_vnd: int | None
    expires: str
    vendor: str = ""


@dataclass(frozen=True, slots=True)
class Bought:
    """The issuer sold these codes.

    Args:
        complete: as many as ordered, of the kind ordered, no serial twice. If not: store all, ask once, then a person.
        charged_vnd: taken off the shop's account, where the issuer says so.
        balance_vnd: what is left on it, a hint.
        at: the issuer's text for the moment.
    """

    codes: tuple[SealedCode, ...]
    complete: bool
    transaction_id: str | None = None
    charged_vnd: int | None = None
    balance_vnd: int | None = None
    at: str | None = None


@dataclass(frozen=True, slots=True)
class NotBought:
    """A certain failure, if this order id was sent once only; after an earlier unclear send it proves nothing.

    Args:
        reason: stable word below `sale.` for the sentence to people.
        code: the issuer's own, for support; `message` its wording.
        confirm: the contract wants one confirming ask before this counts.
    """

    reason: str
    code: str
    message: str | None = None
    confirm: bool = False


@dataclass(frozen=True, slots=True)
class Pending:
    """The issuer has the order and is at it, or its answer leaves that open: ask again by the same id."""

    code: str
    message: str | None = None


@dataclass(frozen=True, slots=True)
class NotFound:
    """The issuer does not know this order id. One such answer is no proof: see `NEVER_ARRIVED`."""

    code: str


@dataclass(frozen=True, slots=True)
class OtherOrder:
    """The issuer has another order under our id: stop, a person decides (contracts/vinid.md §12.1)."""

    why: str


BuyAnswer = Bought | NotBought | Pending
AskAnswer = Bought | NotBought | Pending | NotFound | OtherOrder


@dataclass(frozen=True, slots=True, repr=False)
class PlainCode:
    """A readable code: money to whoever reads it. Lives in memory, on paper and while it is shown."""

    _text: str

    def reveal(self) -> str:
        """The whole code, for paper and screen only; each showing is recorded."""
        return self._text

    @property
    def ending(self) -> str:
        """The last 4 characters."""
        return self._text[-4:]

    def __str__(self) -> str:
        return "••••" + self.ending

    def __repr__(self) -> str:
        return f"PlainCode(••••{self.ending})"


class Unreadable(StrEnum):
    """Why a bought code could not be read. The sale stands; "decrypt again" after key or padding were mended."""

    NO_KEY = "no_key"
    ENCODING = "encoding"  # neither base64 nor hex of one block
    WRONG_KEY_OR_PADDING = "wrong_key_or_padding"
    NO_CODE_INSIDE = "no_code_inside"  # decrypted, and what came out is no code


class CodeStatus(StrEnum):
    """What an issuer says of one sold code, by its serial (contracts/vinid.md §7.3)."""

    ACTIVE = "active"
    USED = "used"
    OTHER = "other"  # treated as not active
    UNKNOWN_SERIAL = "unknown_serial"
