"""VinID's answer codes: what each proves as an answer to each call. Total: a code that is not listed proves nothing.

Source: contracts/vinid.md §9. Business codes 200100 and 200200 begin like success and are none: whole numbers compare.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Operation(StrEnum):
    """The seven calls."""

    STOCK = "stock"
    WITHDRAW = "withdraw"
    STATUS = "status"
    DETAIL = "detail"
    VERIFY = "verify"
    MARK_USED = "mark_used"
    REFUND = "refund"


GIFTCODE = frozenset({Operation.STOCK, Operation.WITHDRAW, Operation.STATUS, Operation.DETAIL})
CHANGING = frozenset({Operation.WITHDRAW, Operation.MARK_USED, Operation.REFUND})


class Kind(StrEnum):
    """What a code says about the call it answers."""

    SUCCESS = "S"
    FAILED = "F"  # certain: nothing happened
    UNKNOWN = "U"
    SETUP = "C"  # refused at the door
    AGAIN = "R"  # refused at the door for its time or nonce: a fresh one may pass
    NOT_FOUND = "not found"


class Row(NamedTuple):
    """One line of the table.

    Args:
        word: of a refusal below `sale.`, of a fault below `vinid.`.
    """

    kind: Kind
    word: str


SUCCESS = 200
SERIAL_REFUSED = 4000902
"""Serial unknown, expired or already used: VinID does not say which."""
NOT_ALLOWED = 4000801
_FAULT, _NONCE_USED = 5000001, 4010006
_DATA_NOT_FOUND = 4040001
UNDECIDED, UNRECOGNISED = "undecided", "unrecognised"

_S, _F, _U, _C, _R = Kind.SUCCESS, Kind.FAILED, Kind.UNKNOWN, Kind.SETUP, Kind.AGAIN

_GENERAL: dict[int, Row] = {
    SUCCESS: Row(_S, ""),
    _FAULT: Row(_U, UNDECIDED),
    5000101: Row(_U, "ask_support"),
    4000001: Row(_F, "request_wrong"),
    4010001: Row(_C, "caller_unproven"),
    4010002: Row(_C, "time_refused"),
    4010003: Row(_R, "time_refused"),
    4010004: Row(_R, "time_refused"),
    4010005: Row(_R, "nonce_refused"),
    _NONCE_USED: Row(_R, "nonce_used"),
    4030001: Row(_C, "no_right"),
    _DATA_NOT_FOUND: Row(_U, UNDECIDED),
    4040201: Row(_C, "place_unknown"),
    NOT_ALLOWED: Row(_F, "not_allowed"),
}
_GIFTCODE: dict[int, Row] = {
    4000: Row(_F, "request_wrong"),
    200100: Row(_F, "stock_short"),
    200200: Row(_U, "id_used"),
    5000: Row(_U, UNDECIDED),
}
_EVOUCHER: dict[int, Row] = {
    4040901: Row(_C, "place_unknown"),
    SERIAL_REFUSED: Row(_F, "serial_refused"),
}
_SPECIAL: dict[tuple[Operation, int], Kind] = {
    (Operation.VERIFY, _FAULT): _F,
    (Operation.REFUND, SERIAL_REFUSED): _U,
    (Operation.STATUS, _DATA_NOT_FOUND): Kind.NOT_FOUND,
    (Operation.DETAIL, _DATA_NOT_FOUND): Kind.NOT_FOUND,
    # The nonce was made for this very send, so this same request has reached VinID before: something on the way, a
    # proxy say, repeated it, and the first copy may have been carried out. §9 would let a first send off; money does
    # not rest on that.
    **dict.fromkeys(((operation, _NONCE_USED) for operation in CHANGING), _U),
}


def listed(operation: Operation) -> dict[int, Row]:
    """Every code that the contract lists for this call."""
    return _GENERAL | (_GIFTCODE if operation in GIFTCODE else _EVOUCHER)


def row_of(operation: Operation, code: int) -> Row:
    """What this code means as an answer to this call."""
    own = _GIFTCODE if operation in GIFTCODE else _EVOUCHER
    row = own.get(code) or _GENERAL.get(code) or Row(_unlisted(operation), UNRECOGNISED)
    kind = _SPECIAL.get((operation, code), row.kind)
    if operation is Operation.DETAIL and kind is _F:
        kind = _U  # it refuses the question, which says nothing of the order (§9, §12.1)
    return Row(kind, row.word)


def _unlisted(operation: Operation) -> Kind:
    return _U if operation in CHANGING or operation is Operation.DETAIL else _F
