"""Writing sales: the port `SaleWrites` on a transaction of the journal."""
# ruff: noqa: S608 – SQL is put together from this package's own constants; values are always bound

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pos.domain.business_date import utc_text
from pos.domain.errors import JournalError, RuleBroken
from pos.domain.sale import SaleEvent, SaleOutcome, SaleState, SealedCode, sale_after
from pos.journal import sale_rows
from pos.journal.rows import FieldVault
from pos.journal.work_writes import SqliteTx
from pos.till.ports import SentStamp
from pos.till.selling.ports import Due, NewSale, ProductList, Showing
from pos.till.selling.views import SaleCaseKind

_ADD = """
INSERT INTO sale (id, bill_number, seller, order_id, product_code, product_name, supplier, quantity, face_vnd,
    price_vnd, outcome, closed, sends, unclear_sends, asks, not_found, confirming, incomplete, unreadable,
    due_session, due_mono_s, due_utc, created_utc, business_date, cashier, phone_sealed)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'unsent', 0, 0, 0, 0, 0, 0, 0, 0, ?, ?, ?, ?, ?, ?, ?)
"""
_OPEN_CASE = """
INSERT INTO sale_case (sale_id, kind, opened_utc) VALUES (?, ?, ?)
ON CONFLICT (sale_id, kind) WHERE closed_utc IS NULL DO NOTHING
"""
_ADD_CODE = """
INSERT INTO sale_code (sale_id, position, sealed, serial, face_vnd, expires, vendor, at_utc)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_KEEP = """
INSERT INTO product_list (seller, products, listed_utc, session, mono_s) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (seller) DO UPDATE SET products = excluded.products, listed_utc = excluded.listed_utc,
    session = excluded.session, mono_s = excluded.mono_s
"""


class SqliteSaleWrites:
    """Implements `SaleWrites` within the transaction it was made for."""

    def __init__(self, tx: SqliteTx, vault: FieldVault, actor: str) -> None:
        self._tx = tx
        self._vault = vault
        self._actor = actor

    def add(self, new: NewSale, due: Due) -> None:
        """Write a sale as UNSENT. Its phone number is sealed like a code; the audit chain tells that there is one."""
        tx, order = self._tx, new.order
        phone = self._vault.seal(order.phone, sale_rows.phone_place(new.id)) if order.phone else None
        values = (
            new.id, new.bill_number, new.seller, order.id, order.product_code, new.product_name, new.supplier,
            order.quantity, order.face_vnd, new.price_vnd, due.session, due.mono_s, utc_text(due.at_utc),
            tx.now_text, tx.business_date(tx.now).isoformat(), self._actor, phone,
        )  # fmt: skip
        tx.run(_ADD, values)
        facts: dict[str, str | int | bool | None] = {
            "bill": new.bill_number, "seller": new.seller, "order": order.id, "product": order.product_code,
            "quantity": order.quantity, "face_vnd": order.face_vnd, "price_vnd": new.price_vnd,
        }  # fmt: skip
        tx.note("sale", new.id, {**facts, "by_phone": True} if order.phone else facts)

    def move(
        self,
        sale_id: str,
        event: SaleEvent,
        *,
        sent: SentStamp | None = None,
        reason: str | None = None,
        reason_code: str | None = None,
        transaction_id: str | None = None,
        charged_vnd: int | None = None,
        note: str | None = None,
    ) -> SaleState:
        """Apply one event by the domain's table."""
        before = self._state(sale_id)
        try:
            state = sale_after(before, event)
        except RuleBroken as error:
            raise self._tx.broken(error) from None
        changes: dict[str, Any] = {"outcome": state.outcome.value, "closed": int(state.closed)}
        came_with = {
            "reason": reason, "reason_code": reason_code, "transaction_id": transaction_id, "charged_vnd": charged_vnd,
        }  # fmt: skip
        changes.update((name, value) for name, value in came_with.items() if value is not None)
        counts = ""
        if event is SaleEvent.SEND:
            counts = ", sends = sends + 1, unclear_sends = unclear_sends + 1"
            changes.update(asks=0, not_found=0, confirming=0, reason=None, reason_code=None)
        elif event is SaleEvent.NOT_SENT:
            counts = ", unclear_sends = unclear_sends - 1"
        if sent is not None:
            changes.update(
                sent_utc=utc_text(sent.at_utc), sent_session=sent.session, sent_mono_s=sent.mono_s,
                sent_issuer_utc=None if sent.issuer_utc is None else utc_text(sent.issuer_utc),
            )  # fmt: skip
        if state.closed:
            changes.update(closed_utc=self._tx.now_text, due_session=None, due_mono_s=None, due_utc=None)
        self._store(sale_id, before, changes, counts)
        facts: dict[str, str | int | bool | None] = {
            "event": event.value, "from": _name(before), "to": _name(state), "note": note, **came_with,
        }  # fmt: skip
        self._tx.note("sale.move", sale_id, {name: value for name, value in facts.items() if value is not None})
        return state

    def _state(self, sale_id: str) -> SaleState:
        row = self._tx.run("SELECT outcome, closed FROM sale WHERE id = ?", (sale_id,)).fetchone()
        if row is None:
            raise self._tx.broken(JournalError("journal.no_such_row"))
        return SaleState(SaleOutcome(row[0]), bool(row[1]))

    def _store(self, sale_id: str, before: SaleState, changes: dict[str, Any], counts: str) -> None:
        """Compare and set: the state is what it was when the domain decided."""
        names = ", ".join(f"{name} = ?" for name in changes)
        changed = self._tx.run(
            f"UPDATE sale SET {names}{counts} WHERE id = ? AND outcome = ? AND closed = ?",
            (*changes.values(), sale_id, before.outcome.value, int(before.closed)),
        )
        if changed.rowcount != 1:
            raise self._tx.broken(RuleBroken("rule.state_changed_meanwhile"))

    def mark(
        self,
        sale_id: str,
        *,
        asks: int | None = None,
        not_found: int | None = None,
        confirming: bool | None = None,
        incomplete: bool | None = None,
        unreadable: bool | None = None,
    ) -> None:
        """Keep what an answer said beside the state. How often was asked changes no money and is not audited."""
        told = {"confirming": confirming, "incomplete": incomplete, "unreadable": unreadable}
        facts = {name: value for name, value in told.items() if value is not None}
        changes: dict[str, int] = {name: int(value) for name, value in facts.items()}
        changes.update((n, v) for n, v in (("asks", asks), ("not_found", not_found)) if v is not None)
        self._change(sale_id, changes)
        if facts:
            self._tx.note("sale.mark", sale_id, {**facts})

    def set_due(self, sale_id: str, due: Due | None) -> None:
        """Not audited: when we ask again changes no money. A trigger refuses None while nobody else owns the sale."""
        if due is None:
            self._change(sale_id, {"due_session": None, "due_mono_s": None, "due_utc": None})
        else:
            at_utc = utc_text(due.at_utc)
            self._change(sale_id, {"due_session": due.session, "due_mono_s": due.mono_s, "due_utc": at_utc})

    def _change(self, sale_id: str, changes: dict[str, Any]) -> None:
        names = ", ".join(f"{name} = ?" for name in changes)
        if self._tx.run(f"UPDATE sale SET {names} WHERE id = ?", (*changes.values(), sale_id)).rowcount != 1:
            raise self._tx.broken(JournalError("journal.no_such_row"))

    def add_codes(self, sale_id: str, codes: Sequence[SealedCode]) -> None:
        """Append bought codes. Neither code nor whole serial goes into the audit chain."""
        tx = self._tx
        known = tx.run("SELECT count(*) FROM sale_code WHERE sale_id = ?", (sale_id,)).fetchone()[0]
        for position, code in enumerate(codes, known + 1):
            sealed = self._vault.seal(code.ciphertext, sale_rows.code_place(sale_id, position))
            values = (sale_id, position, sealed, code.serial, code.face_vnd, code.expires, code.vendor, tx.now_text)
            tx.run(_ADD_CODE, values)
        tx.note("sale.codes", sale_id, {"count": len(codes), "endings": ",".join(c.serial[-4:] for c in codes)})

    def add_attempt(self, sale_id: str, call_id: str, operation: str, sent: SentStamp) -> None:
        """Append that a call is about to be made."""
        issuer_utc = None if sent.issuer_utc is None else utc_text(sent.issuer_utc)
        self._tx.run(
            "INSERT INTO sale_attempt (sale_id, call_id, operation, at_utc, session, mono_s, issuer_utc)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (sale_id, call_id, operation, utc_text(sent.at_utc), sent.session, sent.mono_s, issuer_utc),
        )
        self._tx.note("sale.attempt", call_id, {"operation": operation, "sale": sale_id})

    def open_case(self, sale_id: str, kind: SaleCaseKind) -> None:
        """Open a case, or leave the open one of that kind as it is."""
        if self._tx.run(_OPEN_CASE, (sale_id, kind.value, self._tx.now_text)).rowcount:
            self._tx.note("sale.case.opened", sale_id, {"kind": kind.value})

    def close_cases(self, sale_id: str, kinds: Sequence[SaleCaseKind], *, closure: str) -> None:
        """Close the open cases of these kinds."""
        for kind in kinds:
            closed = self._tx.run(
                "UPDATE sale_case SET closed_utc = ?, closed_by = ?, closure = ?"
                " WHERE sale_id = ? AND kind = ? AND closed_utc IS NULL",
                (self._tx.now_text, self._actor, closure, sale_id, kind.value),
            )
            if closed.rowcount:
                self._tx.note("sale.case.closed", sale_id, {"kind": kind.value, "closure": closure})

    def add_showing(self, showing: Showing) -> None:
        """Append that codes are about to be readable to somebody."""
        facts = {
            "who": showing.who, "how": showing.how.value, "approved_by": showing.approved_by, "reason": showing.reason,
            "job": showing.job_id,
        }  # fmt: skip
        self._tx.run(
            "INSERT INTO code_showing (sale_id, at_utc, who, how, approved_by, reason, job_id)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (showing.sale_id, self._tx.now_text, *facts.values()),
        )
        self._tx.note("sale.shown", showing.sale_id, {n: v for n, v in facts.items() if v is not None})

    def keep_products(self, listed: ProductList) -> None:
        """The seller's last good list; not audited."""
        text = sale_rows.products_text(listed.products)
        self._tx.run(_KEEP, (listed.seller, text, utc_text(listed.listed_utc), listed.session, listed.mono_s))


def _name(state: SaleState) -> str:
    return f"{state.outcome.value}/{'closed' if state.closed else 'open'}"
