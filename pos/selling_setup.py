"""Builds what sells codes, from a journal and the sellers that are set up. Part of the bootstrap."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pos.domain.sale import Product
from pos.journal.sale_store import SaleStore
from pos.journal.store import SqliteJournal
from pos.till.leases import Leases
from pos.till.ports import Chance, Clock
from pos.till.sale_port import CodeSeller
from pos.till.selling.ask import Asker
from pos.till.selling.buy import Buyer
from pos.till.selling.desk import SaleDesk, SaleInfo
from pos.till.selling.products import Products
from pos.till.selling.sellers import Sellers
from pos.till.selling.settle import SaleSettler
from pos.till.selling.slips import SaleSlips, SoldSlipPrinter
from pos.till.selling.verdicts import Verdicts

_PREFIX_MAX = 6


@dataclass(frozen=True, slots=True)
class Selling:
    """What sells codes at this till, and what asks about open sales."""

    desk: SaleDesk
    clock: Clock

    def settler(
        self, here: Callable[[str], bool] = lambda _: False, on_settled: Callable[[str], None] = lambda _: None
    ) -> SaleSettler:
        """A settler on these services."""
        desk = self.desk
        return SaleSettler(
            desk.sales,
            desk.sellers,
            self.clock,
            desk.leases,
            desk.verdicts,
            desk.asker,
            here=here,
            on_settled=on_settled,
        )

    def slips(self, printer: SoldSlipPrinter) -> SaleSlips:
        """The slips of sales on this printer."""
        return SaleSlips(self.desk.sales, self.desk.sellers, self.clock, self.desk.verdicts, printer)


def build_selling(
    journal: SqliteJournal,
    sellers: Mapping[str, CodeSeller],
    prices_vnd: Mapping[str, Mapping[str, int]],
    clock: Clock,
    chance: Chance,
    info: SaleInfo,
) -> Selling:
    """Wire it; nothing is connected.

    Args:
        journal: holds the sales.
        sellers: by name; empty: nothing is sold, and what is open stays in the list.
        prices_vnd: the shop's own price of one code, by seller and product code; else its face value.
        clock: of this machine.
        chance: ids.
        info: what the shop gives a sale.
    """

    def price_vnd(seller: str, product: Product) -> int:
        return prices_vnd.get(seller, {}).get(product.code, product.face_vnd)

    sales = SaleStore(journal)
    lines = Sellers(sellers, clock, journal.latest_record_utc(), session=journal.session)
    verdicts = Verdicts(sales, lines, clock, chance)
    desk = SaleDesk(
        sales,
        lines,
        clock,
        chance,
        Leases(clock),
        Products(sales, lines, clock, price_vnd=price_vnd),
        verdicts,
        Buyer(sales, lines, chance, verdicts),
        Asker(sales, lines, clock, chance, verdicts),
        info,
    )
    return Selling(desk, clock)


def order_prefix(environment_prefix: str, till_code: str) -> str:
    """The head of this till's order ids: sandbox and training never share an id series with production."""
    return re.sub(r"[^A-Z0-9]", "", (environment_prefix + till_code).upper())[:_PREFIX_MAX]
