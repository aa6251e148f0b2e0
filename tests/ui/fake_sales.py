"""Selling without an engine: it writes down commands and says what a test tells it to say."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from pos.domain.sale import PlainCode, SaleOutcome, Unreadable
from pos.till.selling.commands import SaleListener
from pos.till.selling.views import (
    CodesShown,
    OpenSalesChanged,
    ProductsChanged,
    ProductsView,
    ProductTile,
    SaleCaseKind,
    SaleChanged,
    SaleNews,
    SalePhase,
    SaleView,
    ShownCode,
    SoldCodeView,
)
from pos.till.views import Message
from tests.ui.fake_till import NOW_UTC

PHONES = ("Viettel", "Mobifone", "Vinaphone")
FACES = (10_000, 20_000, 50_000, 100_000, 200_000, 500_000)


class FakeSales:
    """Records every command as `(name, *arguments)`."""

    def __init__(self) -> None:
        self.commands: list[tuple[object, ...]] = []
        self.listeners: list[SaleListener] = []

    def say(self, news: SaleNews) -> None:
        for listener in self.listeners:
            listener(news)

    def subscribe(self, listener: SaleListener) -> None:
        self.listeners.append(listener)

    def sellers(self) -> tuple[str, ...]:
        return ("appotapay", "vinid")

    def refresh_products(self, seller: str) -> None:
        self.commands.append(("refresh_products", seller))

    def start_sale(self, seller: str, product_code: str, quantity: int, *, phone: str | None = None) -> str:
        self.commands.append(("start_sale", seller, product_code, quantity, *([] if phone is None else [phone])))
        return "s1"

    def cancel(self, sale_id: str) -> None:
        self.commands.append(("cancel", sale_id))

    def money_taken(self, sale_id: str) -> None:
        self.commands.append(("money_taken", sale_id))

    def set_aside(self, sale_id: str) -> None:
        self.commands.append(("set_aside", sale_id))

    def ask_now(self, sale_id: str) -> None:
        self.commands.append(("ask_now", sale_id))

    def send_again(self, sale_id: str) -> None:
        self.commands.append(("send_again", sale_id))

    def drop(self, sale_id: str) -> None:
        self.commands.append(("drop", sale_id))

    def paid_back(self, sale_id: str) -> None:
        self.commands.append(("paid_back", sale_id))

    def show_codes(self, sale_id: str, *, manager_pin: str | None = None, reason: str = "") -> None:
        self.commands.append(("show_codes", sale_id, manager_pin, reason))

    def slip_seen(self, sale_id: str) -> None:
        self.commands.append(("slip_seen", sale_id))

    def reprint(self, sale_id: str, *, manager_pin: str | None, reason: str) -> None:
        self.commands.append(("reprint", sale_id, manager_pin, reason))

    def hand_over_late(self, sale_id: str, *, manager_pin: str | None) -> None:
        self.commands.append(("hand_over_late", sale_id, manager_pin))

    def decrypt_again(self, sale_id: str) -> None:
        self.commands.append(("decrypt_again", sale_id))

    def close_case(self, sale_id: str, *, manager_pin: str | None, closure: str, not_bought: bool = False) -> None:
        self.commands.append(("close_case", sale_id, manager_pin, closure, not_bought))


def products() -> tuple[ProductsChanged, ...]:
    """A phone company's cards without stock, and gift codes with it; one face value is sold out."""
    cards = tuple(
        ProductTile("appotapay", f"{name[:3]}{face // 1000}", f"{name} {face // 1000}K", name, face, face, None, True)
        for name in PHONES for face in FACES
    )  # fmt: skip
    gifts = tuple(
        ProductTile("vinid", str(face // 1000), "VinID", "VinID", face, price, stock, stock > 0)
        for face, price, stock in ((50_000, 50_000, 37), (100_000, 99_000, 0), (200_000, 199_000, 4))
    )  # fmt: skip
    return (
        ProductsChanged(ProductsView("appotapay", "AppotaPay", 10, cards, NOW_UTC, 240.0, False, 4_902_000)),
        ProductsChanged(ProductsView("vinid", "VinID", 10, gifts, NOW_UTC, 35.0, False)),
    )


def stale() -> ProductsChanged:
    """A list from yesterday that could not be renewed."""
    view = products()[0].view
    tiles = tuple(replace(tile, can_sell=False) for tile in view.tiles)
    return ProductsChanged(replace(view, tiles=tiles, age_s=93_000.0, too_old=True, fault=Message("net.unreachable")))


CODES = (SoldCodeView("EX0000000001", 50_000, "2027-12-31"), SoldCodeView("EX0000000002", 50_000, "2027-12-31"))
SALE = SaleView(
    "s1", SalePhase.DRAFT, "appotapay", "AppotaPay", "", "VT50", "Viettel 50.000", 2, 50_000, 100_000,
)  # fmt: skip
_PAID = replace(
    SALE, bill_number="HN03-T2-20261121-000149", order_id="T2A7K2M9QX40001", outcome=SaleOutcome.IN_FLIGHT,
    created_utc=NOW_UTC - timedelta(minutes=7), cashier="Lan",
)  # fmt: skip
_BOUGHT = replace(_PAID, outcome=SaleOutcome.BOUGHT, codes=CODES, transaction_id="AP00EXAMPLE01", charged_vnd=98_000)


def sales() -> dict[str, SaleView]:
    """A sale in every phase."""
    phase = SalePhase
    return {
        "draft": SALE,
        "buying": replace(_PAID, phase=phase.BUYING),
        "unsent": replace(
            _PAID, phase=phase.UNSENT, outcome=SaleOutcome.UNSENT, can_send=True, can_drop=True,
            fault=Message("net.unreachable"),
        ),
        "waiting": replace(
            _PAID, phase=phase.WAITING, outcome=SaleOutcome.UNKNOWN, fault=Message("net.read_timeout"), asks=2,
            next_ask_utc=NOW_UTC + timedelta(seconds=9),
        ),
        "by_hand": replace(
            _PAID, phase=phase.BY_HAND, outcome=SaleOutcome.UNKNOWN, cases=(SaleCaseKind.BY_HAND,), asks=120,
        ),
        "printing": replace(_BOUGHT, phase=phase.PRINTING),
        "doubtful": replace(_BOUGHT, phase=phase.DOUBTFUL),
        "to_hand_over": replace(_BOUGHT, phase=phase.TO_HAND_OVER, cases=(SaleCaseKind.NOT_DELIVERED,)),
        "incomplete": replace(_BOUGHT, phase=phase.INCOMPLETE, codes=CODES[:1], cases=(SaleCaseKind.INCOMPLETE,)),
        "unreadable": replace(_BOUGHT, phase=phase.UNREADABLE, cases=(SaleCaseKind.UNREADABLE,)),
        "pay_back": replace(_PAID, phase=phase.PAY_BACK, outcome=SaleOutcome.NOT_BOUGHT),
        "done": replace(_BOUGHT, phase=phase.DONE),
        "paid_back": replace(_PAID, phase=phase.PAID_BACK, outcome=SaleOutcome.NOT_BOUGHT),
    }  # fmt: skip


def shown() -> CodesShown:
    """The codes of a sale, one of which cannot be read. Invented."""
    return CodesShown(
        "s1",
        (
            ShownCode("EX0000000001", 50_000, "2027-12-31", PlainCode("5081273349901")),
            ShownCode("EX0000000002", 50_000, "2027-12-31", Unreadable.WRONG_KEY_OR_PADDING),
        ),
    )


def open_sales() -> OpenSalesChanged:
    """Four that wait."""
    made = sales()
    names = ("by_hand", "to_hand_over", "waiting", "pay_back")
    rows = tuple(
        replace(made[name], id=f"o{number}", bill_number=f"HN03-T2-20261121-00015{number}")
        for number, name in enumerate(names)
    )
    return OpenSalesChanged(rows, len(rows))


def say_sale(till: FakeSales, view: SaleView) -> None:
    """One snapshot."""
    till.say(SaleChanged(view))
