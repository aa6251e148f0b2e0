"""The stand-in for VinID: the door, the way to giftcodes or e-vouchers, and nothing else.

Source: contracts/vinid.md §3, §7 (gateway), §8, §9, §16.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pos.sandbox.incoming import Incoming, Json, Quirks, Result
from pos.sandbox.vinid import evouchers, giftcodes
from pos.sandbox.vinid.answers import are_texts, on_demand, refused
from pos.sandbox.vinid.door import Door
from pos.sandbox.vinid.evouchers import Evouchers
from pos.sandbox.vinid.giftcodes import Giftcodes

GATEWAY: Final = "/merchant-integration/v1/gateway"
# A gateway call whose X-API-Code names no operation; so that faults can be armed for it too.
UNKNOWN_OPERATION: Final = "gateway"
OPERATIONS: Final = (*giftcodes.OPERATIONS.values(), *evouchers.OPERATIONS.values(), UNKNOWN_OPERATION)


@dataclass(frozen=True, slots=True)
class Place:
    """The merchant's codes; any other is unknown."""

    merchant_code: str
    store_code: str
    pos_code: str


class VinIdIssuer:
    """Holds stock, orders and e-vouchers of one merchant. Not thread-safe: one event loop owns it."""

    def __init__(self, place: Place, door: Door, gifts: Giftcodes, vouchers: Evouchers) -> None:
        """Put the parts together."""
        self._place = place
        self._door = door
        self.giftcodes = gifts
        self.evouchers = vouchers

    def operation_of(self, incoming: Incoming) -> str | None:
        """Return which call this is; None for a path or method that is none."""
        if incoming.method != "POST":
            return None
        if incoming.path == GATEWAY:
            return giftcodes.OPERATIONS.get(incoming.headers.get("x-api-code", ""), UNKNOWN_OPERATION)
        return evouchers.OPERATIONS.get(incoming.path.removeprefix(evouchers.BASE_PATH))

    def handle(self, operation: str, incoming: Incoming, quirks: Quirks) -> Result:
        """Carry one request out or refuse it.

        Args:
            operation: As `operation_of` told.
            incoming: The request.
            quirks: Armed for this call; `faults.py` says what each does.
        """
        code = self._door.refusal(incoming)
        if code is not None:
            return refused(code)
        result = self._let_in(operation, incoming, quirks)
        after = quirks.get("code_after")
        return result if after is None else refused(after.code, after.status, result.effect)

    def truth(self) -> Json:
        """Return what was really done."""
        return {"giftcode": self.giftcodes.truth(), "evoucher": self.evouchers.truth()}

    def restore(self, truth: Json) -> None:
        """Become what `truth` told."""
        self.giftcodes.restore(truth["giftcode"])
        self.evouchers.restore(truth["evoucher"])

    def _let_in(self, operation: str, incoming: Incoming, quirks: Quirks) -> Result:
        body = incoming.json_object()
        is_gift = incoming.path == GATEWAY
        if body is None or operation == UNKNOWN_OPERATION:
            return refused(4000 if is_gift and body is None else 4000001)
        complaint = self._gift_place(body) if is_gift else self._voucher_place(operation, body)
        if complaint is not None:
            return refused(complaint)
        # A withdrawal looks for its id first: a known one is 200200 whatever is armed.
        demanded = None if operation == "orders" else on_demand(quirks)
        if demanded is not None:
            return demanded
        service: Giftcodes | Evouchers = self.giftcodes if is_gift else self.evouchers
        return service.handle(operation, body, incoming, quirks)

    def _gift_place(self, body: Json) -> int | None:
        if not are_texts(body, "merchant_code", "merchant_id", "terminal_id"):
            return 4000
        here = Place(body["merchant_code"], body["merchant_id"], body["terminal_id"])
        return None if here == self._place else 4040201

    def _voucher_place(self, operation: str, body: Json) -> int | None:
        if operation == "refund":
            return None
        if not are_texts(body, "store_code", "pos_code"):
            return 4000001
        merchant_code = body.get("merchant_code") if operation == "mark_used" else self._place.merchant_code
        if not isinstance(merchant_code, str) or not merchant_code:
            return 4000001
        return None if Place(merchant_code, body["store_code"], body["pos_code"]) == self._place else 4040201
