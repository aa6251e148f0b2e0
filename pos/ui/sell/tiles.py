"""The tiles and rows of the selling page as words: pure functions of the seller's list and the open sales."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from pos.domain.sale import Unreadable
from pos.i18n import Translator
from pos.till.selling.views import OpenSale, ProductsView, ProductTile, SaleView, ShownCode
from pos.ui.sell.model import CodeRow, Tile
from pos.ui.sell.panels import TONES
from pos.ui.theme import Tone
from pos.ui.widgets.rows import Cell, TableRow
from pos.ui.words import MASK, say_message, short_number

FEW = 10
"""At so many codes left the tile warns."""
OPEN_COLUMNS = ("product", "state", "amount", "since", "next", "bill")


def key_of(tile: ProductTile) -> str:
    """Seller and product in one."""
    return f"{tile.seller}/{tile.code}"


def in_order(lists: Iterable[ProductsView]) -> tuple[ProductTile, ...]:
    """By supplier, then by value."""
    tiles = [tile for products in lists for tile in products.tiles]
    return tuple(sorted(tiles, key=lambda tile: (tile.supplier.casefold(), tile.face_vnd, tile.code)))


def titles(offered: Iterable[ProductTile]) -> dict[str, str]:
    """The words that tell each product from every other of its value, by its key: its supplier; its name where a
    supplier has several of one value (calls and data); with its code where the names are the same, too.
    """
    tiles = tuple(offered)
    told = {key_of(tile): tile.supplier or tile.name for tile in tiles}
    for more in ("{0.name}", "{0.name} ({0.code})"):
        alike = Counter((told[key_of(tile)], tile.face_vnd) for tile in tiles)
        told |= {key_of(tile): more.format(tile) for tile in tiles if alike[told[key_of(tile)], tile.face_vnd] > 1}
    return told


def what_of(view: SaleView) -> str:
    """What is sold, in a line."""
    return f"{view.quantity} × {view.product_name}"


def tile_of(tr: Translator, tile: ProductTile, title: str, *, busy: bool) -> Tile:
    """One tile; `title`: of `titles`, `busy`: a sale is in hand, nothing can be chosen."""
    stock, tone = "", Tone.NEUTRAL
    if tile.stock is not None:
        stock = tr.t("sell.stock", count=tile.stock) if tile.stock > 0 else tr.t("sell.out_of_stock")
        tone = Tone.REFUSED if tile.stock <= 0 else Tone.UNKNOWN if tile.stock <= FEW else Tone.NEUTRAL
    elif not tile.can_sell:
        stock, tone = tr.t("sell.not_now"), Tone.UNKNOWN
    value = tr.money(tile.face_vnd)
    price = tr.t("sell.price", amount_vnd=tile.price_vnd) if tile.price_vnd != tile.face_vnd else ""
    spoken = ", ".join(part for part in (title, value, price, stock) if part)
    return Tile(key_of(tile), title, value, price, stock, tone, busy or not tile.can_sell, spoken)


def list_note(tr: Translator, lists: Iterable[ProductsView], now_utc: datetime) -> tuple[str, Tone]:
    """How old the lists are, what is left on the account, and why a list could not be renewed."""
    parts, tone = [], Tone.NEUTRAL
    for products in lists:
        if products.fault is not None:
            tone = Tone.UNKNOWN
            parts.append(f"{products.label}: {say_message(tr, products.fault).what}")
        if products.too_old:
            tone = Tone.REFUSED
            parts.append(tr.t("sell.too_old", label=products.label))
        elif products.age_s is not None and products.listed_utc is not None:
            age_s = (now_utc - products.listed_utc).total_seconds()
            parts.append(tr.t("sell.age", label=products.label, age_s=age_s))
        if products.balance_vnd is not None:
            parts.append(tr.t("sell.balance", label=products.label, amount_vnd=products.balance_vnd))
    return " · ".join(parts), tone


def code_rows(tr: Translator, view: SaleView, shown: tuple[ShownCode, ...]) -> tuple[CodeRow, ...]:
    """The codes of a sale: masked, but while they are shown."""
    if shown:
        return tuple(_shown_row(tr, number, code) for number, code in enumerate(shown, start=1))
    return tuple(
        CodeRow(str(number), MASK * 2, code.serial, _facts(tr, code.face_vnd, code.expires), plain=False)
        for number, code in enumerate(view.codes, start=1)
    )


def _shown_row(tr: Translator, number: int, code: ShownCode) -> CodeRow:
    facts = _facts(tr, code.face_vnd, code.expires)
    if isinstance(code.code, Unreadable):
        return CodeRow(str(number), tr.t("sell.unreadable_code"), code.serial, facts, plain=False, tone=Tone.UNKNOWN)
    return CodeRow(str(number), code.code.reveal(), code.serial, facts, plain=True)


def _facts(tr: Translator, face_vnd: int | None, expires: str) -> str:
    face = tr.money(face_vnd) if face_vnd is not None else ""
    until = tr.t("sell.expires", expires=_day(tr, expires)) if expires else ""
    return " · ".join(part for part in (face, until) if part)


def _day(tr: Translator, text: str) -> str:
    try:
        return tr.date(datetime.fromisoformat(text).date())
    except ValueError:
        return text


def open_row(tr: Translator, sale: OpenSale, now_utc: datetime) -> TableRow:
    """One open sale in the list."""
    since_s = (now_utc - sale.created_utc).total_seconds() if sale.created_utc is not None else 0
    wait_s = (sale.next_ask_utc - now_utc).total_seconds() if sale.next_ask_utc is not None else None
    ask = (
        tr.t("counter.no_amount")
        if wait_s is None
        else tr.duration(wait_s + 0.999)
        if wait_s > 0
        else tr.t("queue.now")
    )
    return TableRow(
        sale.id,
        (
            Cell(what_of(sale)),
            Cell(tr.t(f"sell.state.{sale.phase}"), TONES[sale.phase]),
            Cell(tr.money(sale.price_vnd), right=True),
            Cell(tr.duration(since_s)),
            Cell(ask),
            Cell(short_number(sale.bill_number)),
        ),
    )
