"""What can be sold now: each seller's last good list, with its age. Nothing is sold from a list older than a day.

Source: contracts/appotapay.md §8.1, contracts/vinid.md §7.1.
"""

from __future__ import annotations

from collections.abc import Callable

from pos.domain.errors import PosError, RuleBroken
from pos.domain.sale import LIST_TOO_OLD_S, Product
from pos.till.issuers import CallFailed
from pos.till.ports import Clock, Trace
from pos.till.sale_port import CodeSeller
from pos.till.selling.ports import ProductList, SaleJournal
from pos.till.selling.sellers import Sellers
from pos.till.selling.views import ProductsView, ProductTile
from pos.till.views import Message

Price = Callable[[str, Product], int]
"""What the shop takes for one code, by seller and product."""


def face_price(_: str, product: Product) -> int:
    """The face value: what a shop takes that has set nothing else."""
    return product.face_vnd


class Products:
    """Keeps the lists. Any till thread."""

    def __init__(self, sales: SaleJournal, sellers: Sellers, clock: Clock, *, price_vnd: Price = face_price) -> None:
        self._sales = sales
        self._sellers = sellers
        self._clock = clock
        self._price_vnd = price_vnd
        self._balances: dict[str, int | None] = {}

    def renew(self, seller: str, *, actor: str) -> ProductsView:
        """Ask for a new list; a list that cannot be had leaves the last good one, with the reason.

        Raises:
            ConfigError: the seller is not set up. JournalError: the new list could not be kept.
        """
        with self._sellers.turn(seller, background=False):
            try:
                products, _ = self._sellers.call_now(seller, _products)
                if self._sellers.line(seller).seller.capabilities.has_balance:
                    self._balances[seller], _ = self._sellers.call_now(seller, _balance)
            except CallFailed as failed:
                return self.view(seller, fault=failed.error)
        now = self._clock.now_utc()
        listed = ProductList(seller, products, now, self._sales.journal.session, self._clock.mono_s())
        with self._sales.journal.transaction(actor) as tx:
            self._sales.writes(tx).keep_products(listed)
        return self.view(seller)

    def view(self, seller: str, *, fault: PosError | None = None) -> ProductsView:
        """The last good list as it may be sold now."""
        capabilities = self._sellers.line(seller).seller.capabilities
        listed = self._sales.products(seller)
        age_s = None if listed is None else self._age_s(listed)
        too_old = age_s is None or age_s >= LIST_TOO_OLD_S
        return ProductsView(
            seller=seller,
            label=capabilities.label,
            max_quantity=capabilities.max_quantity,
            tiles=() if listed is None else tuple(self._tile(seller, p, too_old) for p in listed.products),
            listed_utc=None if listed is None else listed.listed_utc,
            age_s=age_s,
            too_old=too_old,
            balance_vnd=self._balances.get(seller),
            by_phone=capabilities.by_phone,
            fault=None if fault is None else Message(fault.code, tuple(fault.params.items())),
        )

    def _tile(self, seller: str, product: Product, too_old: bool) -> ProductTile:
        return ProductTile(
            seller=seller,
            code=product.code,
            name=product.name,
            supplier=product.supplier,
            face_vnd=product.face_vnd,
            price_vnd=self._price_vnd(seller, product),
            stock=product.stock,
            can_sell=not too_old and product.stock != 0,
        )

    def _age_s(self, listed: ProductList) -> float | None:
        """None where the clock cannot tell: it stands before the list's own time."""
        if listed.session == self._sales.journal.session:
            return self._clock.mono_s() - listed.mono_s
        age_s = (self._clock.now_utc() - listed.listed_utc).total_seconds()
        return age_s if age_s >= 0 else None

    def to_sell(self, seller: str, product_code: str, quantity: int, *, by_phone: bool = False) -> tuple[Product, int]:
        """The product and the price of all of it in đồng. For a phone number one code is sold at a time.

        Raises:
            RuleBroken: `sale.list_too_old`, `sale.no_such_product`, `sale.quantity`: nothing was begun.
        """
        listed, shown = self._sales.products(seller), self.view(seller)
        product = next((p for p in listed.products if p.code == product_code), None) if listed else None
        if shown.too_old:
            raise RuleBroken("sale.list_too_old")
        if product is None:
            raise RuleBroken("sale.no_such_product", product=product_code)
        most = 1 if by_phone else shown.max_quantity
        if not 1 <= quantity <= most:
            raise RuleBroken("sale.quantity", most=most)
        return product, self._price_vnd(seller, product) * quantity


def _products(seller: CodeSeller, trace: Trace) -> tuple[Product, ...]:
    return seller.products(trace)


def _balance(seller: CodeSeller, trace: Trace) -> int | None:
    return seller.balance_vnd(trace)
