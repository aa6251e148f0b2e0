"""Giftcodes: the merchant's stock per face value, and the orders that took codes out of it.

Source: contracts/vinid.md §7, §9, §15 (10, 13), §16.2 to 16.4, 16.8 to 16.10. The hardest reading for a till is
played: an order refused as F uses its id up, and the ask does not find it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Final, TypeGuard

from pos.sandbox.card_codes import encrypted, new_code
from pos.sandbox.incoming import Incoming, Json, Quirks, Result
from pos.sandbox.rsa_public import PublicKey
from pos.sandbox.vinid.answers import are_texts, on_demand, refused, succeeded

OPERATIONS: Final = {
    "mi_v1_loyalty_giftcode_quantity": "quantity",
    "mi_v1_loyalty_giftcode_orders": "orders",
    "mi_v1_loyalty_giftcode_status": "status",
    "mi_v1_loyalty_giftcode_detail": "detail",
}
# §9, kind F.
_USE_THE_ID_UP: Final = frozenset({4000, 200100, 4000001})
_START_STOCK: Final = {"10": 200, "50": 300, "100": 300, "200": 300, "500": 100, "1000": 1, "2000": 0}
_EXPIRE_DATE: Final = "2027-12-31"


@dataclass(slots=True)
class Giftcode:
    """A code that was taken out; `code` is plain here and goes out encrypted only."""

    serial: str
    code: str = field(repr=False)
    card_type: str
    status: str = "ACTIVE"


@dataclass(slots=True)
class Order:
    """A withdrawal by the merchant's order id.

    Attributes:
        lines: Face value and number, as ordered.
        visible_s: Before this `detail` does not find it, Unix seconds.
        withdrawals: How often it took codes out; 0 for a refused one, never above 1.
    """

    order_id: str
    lines: list[tuple[str, int]]
    at_s: float
    visible_s: float = 0.0
    giftcodes: list[Giftcode] = field(default_factory=list)
    withdrawals: int = 0


class Giftcodes:
    """Stock and orders of the one merchant. Not thread-safe."""

    def __init__(self, public_key: PublicKey, stranger_key: PublicKey) -> None:
        """Start with the sample stock.

        Args:
            public_key: The merchant's giftcode key; codes are encrypted with it.
            stranger_key: Some other key, for the quirk `other_key`.
        """
        self._public_key = public_key
        self._stranger_key = stranger_key
        self.stock = dict(_START_STOCK)
        self.orders: dict[str, Order] = {}
        self._last_serial = 0

    def handle(self, operation: str, body: Json, incoming: Incoming, quirks: Quirks) -> Result:
        """Carry one of the four operations out or refuse it; merchant, store and POS are checked already."""
        calls: dict[str, Callable[[Json, Incoming, Quirks], Result]] = {
            "quantity": self._quantity,
            "orders": self._withdraw,
            "status": self._status,
            "detail": self._detail,
        }
        return calls[operation](body, incoming, quirks)

    # --- calls ---

    def _quantity(self, body: Json, incoming: Incoming, quirks: Quirks) -> Result:
        wanted = body.get("card_type", list(self.stock))
        if not isinstance(wanted, list) or not all(isinstance(card_type, str) for card_type in wanted):
            return refused(4000)
        kept = ((card_type, self.stock[card_type]) for card_type in wanted if card_type in self.stock)
        return succeeded([{"card_type": card_type, "quantity": left} for card_type, left in kept])

    def _withdraw(self, body: Json, incoming: Incoming, quirks: Quirks) -> Result:
        lines = _lines(body.get("order_info"))
        if not are_texts(body, "order_id") or lines is None:
            return refused(4000)
        order = Order(body["order_id"], lines, incoming.now_s)
        if order.order_id in self.orders:
            return refused(200200)
        demanded = on_demand(quirks)
        if demanded is not None:
            if quirks["code"].code in _USE_THE_ID_UP:
                self.orders[order.order_id] = order
            return demanded
        self.orders[order.order_id] = order
        if any(self.stock.get(card_type, 0) < _total(lines, card_type) for card_type, _ in lines):
            return refused(200100)
        order.visible_s = incoming.now_s + (quirks["hidden"].seconds if "hidden" in quirks else 0.0)
        self._carry_out(order)
        return succeeded(self._shown(order, quirks), "withdrawn")

    def _carry_out(self, order: Order) -> None:
        """Take the codes out of the stock. The one place where giftcodes leave it."""
        order.withdrawals += 1
        for card_type, quantity in order.lines:
            self.stock[card_type] -= quantity
            order.giftcodes += [self._new_giftcode(card_type) for _ in range(quantity)]

    def _status(self, body: Json, incoming: Incoming, quirks: Quirks) -> Result:
        if not are_texts(body, "serial"):
            return refused(4000)
        giftcode = self.by_serial(body["serial"])
        if giftcode is None:
            return refused(4040001)
        return succeeded({"status": giftcode.status, "expire_date": _EXPIRE_DATE})

    def _detail(self, body: Json, incoming: Incoming, quirks: Quirks) -> Result:
        if not are_texts(body, "order_id"):
            return refused(4000)
        order = self.orders.get(body["order_id"])
        if order is None or not order.withdrawals or incoming.now_s < order.visible_s:
            return refused(4040001)
        return succeeded(self._shown(order, quirks))

    # --- what is kept ---

    def by_serial(self, serial: str) -> Giftcode | None:
        """Return a code that was taken out; None for an unknown serial."""
        taken = (giftcode for order in self.orders.values() for giftcode in order.giftcodes)
        return next((giftcode for giftcode in taken if giftcode.serial == serial), None)

    def truth(self) -> Json:
        """Return stock and orders, plain codes included: for tests and the page of a play-money issuer."""
        return {
            "stock": dict(self.stock),
            "withdrawals": sum(order.withdrawals for order in self.orders.values()),
            "orders": [asdict(order) for order in self.orders.values()],
            "last_serial": self._last_serial,
        }

    def restore(self, truth: dict[str, Any]) -> None:
        """Become what `truth` told."""
        self.stock = dict(truth["stock"])
        self._last_serial = truth["last_serial"]
        for record in truth["orders"]:
            giftcodes = [Giftcode(**giftcode) for giftcode in record["giftcodes"]]
            lines = [(card_type, quantity) for card_type, quantity in record["lines"]]
            self.orders[record["order_id"]] = Order(**{**record, "giftcodes": giftcodes, "lines": lines})

    # --- showing ---

    def _shown(self, order: Order, quirks: Quirks) -> Json:
        giftcodes = list(order.giftcodes)
        if "fewer_cards" in quirks:
            giftcodes.pop()
        if "more_cards" in quirks:
            giftcodes.append(self._new_giftcode(order.lines[0][0]))
        return {
            "created_at": int(order.at_s * 1000) if "milliseconds" in quirks else int(order.at_s),
            "extra_data": "",
            "merchant_order_id": order.order_id,
            "order_info": [
                {
                    "card_type": card_type,
                    "cards": [self._card(g, quirks) for g in giftcodes if g.card_type == card_type],
                }
                for card_type in dict.fromkeys(card_type for card_type, _ in order.lines)
            ],
        }

    def _card(self, giftcode: Giftcode, quirks: Quirks) -> Json:
        key = self._stranger_key if "other_key" in quirks else self._public_key
        code = encrypted(giftcode.code, key, quirks)
        return {"code": code, "expire_date": _EXPIRE_DATE, "serial": giftcode.serial}

    def _new_giftcode(self, card_type: str) -> Giftcode:
        self._last_serial += 1
        return Giftcode(f"EXS{self._last_serial:010d}", new_code(self._last_serial, 12), card_type)


def _lines(order_info: object) -> list[tuple[str, int]] | None:
    if not isinstance(order_info, list) or not order_info:
        return None
    lines: list[tuple[str, int]] = []
    for line in order_info:
        if not isinstance(line, dict):
            return None
        card_type, quantity = line.get("card_type"), line.get("quantity")
        if not isinstance(card_type, str) or not _is_positive(quantity):
            return None
        lines.append((card_type, quantity))
    return lines


def _total(lines: list[tuple[str, int]], card_type: str) -> int:
    return sum(quantity for name, quantity in lines if name == card_type)


def _is_positive(number: object) -> TypeGuard[int]:
    return isinstance(number, int) and not isinstance(number, bool) and number > 0
