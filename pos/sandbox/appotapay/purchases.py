"""What AppotaPay keeps: products with stock, purchases by the merchant's id, the balance, and how often it was debited.

Source: contracts/appotapay.md §8, §11, §16.3, §16.6, §16.8.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from pos.sandbox.card_codes import new_code

SOLD: Final = "sold"
PENDING: Final = "pending"
FAILED: Final = "failed"

START_BALANCE_VND: Final = 50_000_000
# What the merchant pays of the face value, in percent.
_PRICE_PERCENT: Final = 98


@dataclass(slots=True)
class Product:
    """One entry of the product list; `stock` is not on the wire."""

    code: str
    name: str
    kind: str
    value_vnd: int
    stock: int


@dataclass(frozen=True, slots=True)
class Card:
    """A bought card; `code` is plain here and goes out encrypted only."""

    serial: str
    code: str = field(repr=False)
    vendor: str
    value_vnd: int


@dataclass(slots=True)
class Purchase:
    """A purchase by the merchant's id.

    Attributes:
        state: `sold`, `pending` or `failed`.
        settles_s: When a pending one becomes `becomes`, Unix seconds.
        visible_s: Before this an ask does not find it.
        phone: Where the card went by SMS; empty if the answer has the cards.
    """

    ref_id: str
    product_code: str
    quantity: int
    state: str
    at_s: float
    becomes: str = SOLD
    settles_s: float = 0.0
    visible_s: float = 0.0
    trans_id: str = ""
    amount_vnd: int = 0
    cards: list[Card] = field(default_factory=list)
    debits: int = 0
    phone: str = ""


def sample_products() -> list[Product]:
    """Return the products of a fresh sandbox; one is sold out, one has a single card left."""
    return [
        Product("VT20", "Viettel 20.000đ", "VIETTEL", 20_000, 500),
        Product("VT50", "Viettel 50.000đ", "VIETTEL", 50_000, 500),
        Product("VT100", "Viettel 100.000đ", "VIETTEL", 100_000, 500),
        Product("VN50", "VinaPhone 50.000đ", "VINAPHONE", 50_000, 0),
        Product("MB500", "MobiFone 500.000đ", "MOBIFONE", 500_000, 1),
        Product("AC10", "Appota Card 10.000đ", "APPOTA", 10_000, 500),
        Product("AC100", "Appota Card 100.000đ", "APPOTA", 100_000, 500),
    ]


class Purchases:
    """Products, purchases and balance of the one merchant. Not thread-safe."""

    def __init__(self) -> None:
        """Start fresh."""
        self.balance_vnd = START_BALANCE_VND
        self.sms = False
        self.products = {product.code: product for product in sample_products()}
        self.by_id: dict[str, Purchase] = {}
        self._last_serial = 0

    def price_vnd(self, product: Product, quantity: int) -> int:
        """Return what a purchase costs the merchant, in đồng."""
        return product.value_vnd * quantity * _PRICE_PERCENT // 100

    def fail(self, ref_id: str, product_code: str, quantity: int, now_s: float) -> None:
        """Remember a refused purchase: its id is used up."""
        self.by_id[ref_id] = Purchase(ref_id, product_code, quantity, FAILED, now_s)

    def hold(self, purchase: Purchase) -> None:
        """Keep a purchase that is decided later."""
        self.by_id[purchase.ref_id] = purchase

    def carry_out(self, purchase: Purchase) -> None:
        """Debit the balance and draw the cards. The one place where money moves."""
        product = self.products[purchase.product_code]
        self.by_id[purchase.ref_id] = purchase
        purchase.state = SOLD
        purchase.debits += 1
        purchase.amount_vnd = self.price_vnd(product, purchase.quantity)
        purchase.trans_id = f"AP{secrets.token_hex(6).upper()}"
        self.balance_vnd -= purchase.amount_vnd
        product.stock -= purchase.quantity
        purchase.cards += [self.new_card(product) for _ in range(purchase.quantity)]

    def settle_due(self, now_s: float) -> bool:
        """Decide the pending purchases whose time has come; tells whether there were any."""
        due = [each for each in self.by_id.values() if each.state == PENDING and each.settles_s <= now_s]
        for purchase in due:
            if purchase.becomes == SOLD:
                self.carry_out(purchase)
            else:
                purchase.state = FAILED
        return bool(due)

    def new_card(self, product: Product) -> Card:
        """Return a card that nobody has had before."""
        self._last_serial += 1
        return Card(
            f"EX{self._last_serial:010d}", new_code(self._last_serial, 13), product.kind.lower(), product.value_vnd
        )

    def truth(self) -> dict[str, Any]:
        """Return everything, plain codes included: for tests and the page of a play-money issuer."""
        return {
            "balance_vnd": self.balance_vnd,
            "sms": self.sms,
            # Never more than one a purchase, or the merchant has paid twice.
            "debits": sum(purchase.debits for purchase in self.by_id.values()),
            "products": [asdict(product) for product in self.products.values()],
            "purchases": [asdict(purchase) for purchase in self.by_id.values()],
            "last_serial": self._last_serial,
        }

    def restore(self, truth: dict[str, Any]) -> None:
        """Become what `truth` told."""
        self.balance_vnd = truth["balance_vnd"]
        self.sms = truth.get("sms", False)
        self._last_serial = truth["last_serial"]
        self.products = {record["code"]: Product(**record) for record in truth["products"]}
        purchases = [
            Purchase(**{**record, "cards": [Card(**card) for card in record["cards"]]}) for record in truth["purchases"]
        ]
        self.by_id = {purchase.ref_id: purchase for purchase in purchases}
