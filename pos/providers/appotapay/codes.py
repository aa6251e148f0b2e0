"""AppotaPay's error codes: what each proves when it answers a purchase and when it answers an ask.

Source: contracts/appotapay.md §9. Total: a code that is not listed proves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Proof(StrEnum):
    """What a code says about the purchase."""

    BOUGHT = "S"
    NOT_BOUGHT = "F"
    OPEN = "P"
    UNKNOWN = "U"
    SETUP = "C"  # refused at the door: nothing bought by this call
    NOT_FOUND = "not found"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Args:
        buy: what it proves as an answer to a purchase.
        ask: as an answer to an ask.
        word: of a refusal: `NotBought.reason`; of a fault: the code below `appotapay.`.
    """

    buy: Proof
    ask: Proof
    word: str


UNDECIDED, UNRECOGNISED = "undecided", "unrecognised"
TO_CONFIRM = 33
"""As an answer to a purchase it counts only after one confirming ask (§9)."""

_S, _F, _P, _U, _C = Proof.BOUGHT, Proof.NOT_BOUGHT, Proof.OPEN, Proof.UNKNOWN, Proof.SETUP

TABLE: dict[int, Row] = {
    0: Row(_S, _S, ""),
    1: Row(_F, _U, "request_wrong"),
    2: Row(_C, _C, "signature_wrong"),
    11: Row(_C, _C, "partner_unknown"),
    12: Row(_F, _U, "balance_low"),
    13: Row(_C, _C, "partner_locked"),
    14: Row(_C, _C, "api_key_unknown"),
    15: Row(_C, _C, "api_key_locked"),
    23: Row(_C, _C, "api_key_locked"),
    24: Row(_C, _C, "public_key_missing"),
    31: Row(_U, _U, "id_used"),
    32: Row(_F, _U, "request_wrong"),
    TO_CONFIRM: Row(_F, _F, "failed"),
    34: Row(_P, _P, ""),
    35: Row(_P, _P, ""),
    36: Row(_U, Proof.NOT_FOUND, UNDECIDED),
    40: Row(_U, _U, UNDECIDED),
    41: Row(_U, _U, UNDECIDED),
    71: Row(_F, _U, "product_gone"),
    72: Row(_F, _U, "stock_short"),
    73: Row(_F, _U, "request_wrong"),
    91: Row(_U, _U, UNDECIDED),
    92: Row(_C, _C, "ip_not_listed"),
    94: Row(_U, _U, UNDECIDED),
    99: Row(_U, _U, UNDECIDED),
    500: Row(_U, _U, UNDECIDED),
}

_UNLISTED = Row(_U, _U, UNRECOGNISED)


def row_of(code: int) -> Row:
    """The line of this code."""
    return TABLE.get(code, _UNLISTED)
