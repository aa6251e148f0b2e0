"""Between the columns of the sales' tables and the values of `pos.till.selling.ports`."""

from __future__ import annotations

import json
from dataclasses import astuple
from datetime import date
from typing import Any

from pos.domain.business_date import from_utc_text
from pos.domain.sale import Order, Product, SaleOutcome, SaleState, SealedCode
from pos.journal.rows import FieldVault, Row, instant
from pos.till.ports import SentStamp
from pos.till.selling.ports import Due, How, ProductList, Sale, SaleCase, Showing
from pos.till.selling.views import SaleCaseKind

SALE_COLUMNS = (
    "id, bill_number, seller, order_id, product_code, quantity, face_vnd, product_name, supplier, price_vnd, outcome,"
    " closed, sent_utc, sent_session, sent_mono_s, sent_issuer_utc, sends, unclear_sends, asks, not_found, confirming,"
    " incomplete, unreadable, reason, reason_code, transaction_id, charged_vnd, due_session, due_mono_s, due_utc,"
    " created_utc, business_date, cashier, phone_sealed"
)


def phone_place(sale_id: str) -> str:
    """What a sealed phone number is bound to: moved to another sale it does not open."""
    return f"sale:{sale_id}:phone"


def sale(row: Row, vault: FieldVault) -> Sale:
    """A row of `SALE_COLUMNS`."""
    phone = "" if row[33] is None else vault.open(row[33], phone_place(row[0]))
    return Sale(
        id=row[0],
        bill_number=row[1],
        seller=row[2],
        order=Order(row[3], row[4], row[5], row[6], phone),
        product_name=row[7],
        supplier=row[8],
        price_vnd=row[9],
        state=SaleState(SaleOutcome(row[10]), bool(row[11])),
        sent=None if row[12] is None else SentStamp(from_utc_text(row[12]), row[13], row[14], instant(row[15])),
        sends=row[16],
        unclear_sends=row[17],
        asks=row[18],
        not_found=row[19],
        confirming=bool(row[20]),
        incomplete=bool(row[21]),
        unreadable=bool(row[22]),
        reason=row[23],
        reason_code=row[24],
        transaction_id=row[25],
        charged_vnd=row[26],
        due=None if row[27] is None else Due(row[27], row[28], from_utc_text(row[29])),
        created_utc=from_utc_text(row[30]),
        business_date=date.fromisoformat(row[31]),
        cashier=row[32],
    )


CODE_COLUMNS = "sealed, serial, face_vnd, expires, vendor, position"


def code_place(sale_id: str, position: int) -> str:
    """What a sealed code is bound to: moved to another sale or place it does not open."""
    return f"sale_code:{sale_id}:{position}"


def code(row: Row, sale_id: str, vault: FieldVault) -> SealedCode:
    """A row of `CODE_COLUMNS`."""
    return SealedCode(vault.open(row[0], code_place(sale_id, row[5])), row[1], row[2], row[3], row[4])


CASE_COLUMNS = "id, sale_id, kind, opened_utc, closed_utc, closed_by, closure"


def case(row: Row) -> SaleCase:
    """A row of `CASE_COLUMNS`."""
    return SaleCase(
        row[0], row[1], SaleCaseKind(row[2]), from_utc_text(row[3]), instant(row[4]), row[5], row[6]
    )  # fmt: skip


SHOWING_COLUMNS = "sale_id, who, how, approved_by, reason, job_id, at_utc"


def showing(row: Row) -> Showing:
    """A row of `SHOWING_COLUMNS`."""
    return Showing(row[0], row[1], How(row[2]), row[3], row[4], row[5], from_utc_text(row[6]))


def products_text(products: tuple[Product, ...]) -> str:
    """A seller's list as JSON."""
    return json.dumps([astuple(product) for product in products], ensure_ascii=False)


def product_list(row: Row) -> ProductList:
    """Columns `seller, products, listed_utc, session, mono_s`."""
    items: list[list[Any]] = json.loads(row[1])
    return ProductList(row[0], tuple(Product(*item) for item in items), from_utc_text(row[2]), row[3], row[4])
