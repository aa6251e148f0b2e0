"""Writing payments of bookings: the port `BookingWrites` on a transaction of the journal."""
# ruff: noqa: S608 – SQL is put together from this package's own constants; values are always bound

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Unpack

from pos.domain.booking_payment import (
    BookingCaseKind,
    BookingEvent,
    BookingState,
    JourneyFact,
    MoneyFact,
    VoucherFact,
    booking_after,
)
from pos.domain.business_date import utc_text
from pos.domain.codes import VoucherCode
from pos.domain.errors import JournalError, RuleBroken
from pos.journal import booking_rows
from pos.journal.rows import FieldVault
from pos.journal.work_writes import SqliteTx
from pos.till.booking.ports import Due, Marks, NewPayment
from pos.till.booking.views import StepKind
from pos.till.ports import SentStamp

_ADD = """
INSERT INTO booking (id, bill_number, issuer, number, product, title, starts, price_vnd, applied_vnd, deadline_utc,
    transaction_id, voucher, money, journey, closed, due_session, due_mono_s, due_utc, created_utc, business_date,
    cashier)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'none', 'not_taken', 'unsent', 0, ?, ?, ?, ?, ?, ?)
"""
_OPEN_CASE = """
INSERT INTO booking_case (booking_id, kind, opened_utc) VALUES (?, ?, ?)
ON CONFLICT (booking_id, kind) WHERE closed_utc IS NULL DO NOTHING
"""
_COUNTED = {BookingEvent.REDEEM: ("redeems", "redeemed"), BookingEvent.COMMIT: ("commits", "committed")}
_QUIET = frozenset({"polls", "barred", "empties", "looked", "unanswered"})
"""How often was asked changes no money and is not audited."""


class SqliteBookingWrites:
    """Implements `BookingWrites` within the transaction it was made for."""

    def __init__(self, tx: SqliteTx, vault: FieldVault) -> None:
        self._tx = tx
        self._vault = vault

    def add(self, new: NewPayment, due: Due) -> None:
        """Write a payment."""
        tx = self._tx
        found = tx.run("SELECT 1 FROM booking WHERE issuer = ? AND number = ? AND closed = 0", (new.issuer, new.number))
        if found.fetchone() is not None:
            raise tx.broken(RuleBroken("rule.booking_open"))
        deadline = None if new.deadline_utc is None else utc_text(new.deadline_utc)
        values = (
            new.id, new.bill_number, new.issuer, new.number, new.product, new.title, new.starts, new.price_vnd,
            new.applied_vnd, deadline, new.transaction_id, due.session, due.mono_s, utc_text(due.at_utc), tx.now_text,
            tx.business_date(tx.now).isoformat(), tx.actor,
        )  # fmt: skip
        tx.run(_ADD, values)
        facts: dict[str, str | int | bool | None] = {
            "bill": new.bill_number, "issuer": new.issuer, "booking": new.number, "product": new.product,
            "price_vnd": new.price_vnd, "applied_vnd": new.applied_vnd, "transaction": new.transaction_id,
        }  # fmt: skip
        tx.note("booking", new.id, facts)

    def keep_voucher(self, payment_id: str, code: VoucherCode, tracking: str, discount_vnd: int) -> None:
        """The validated voucher, sealed; only its ending and discount go into the audit chain."""
        row = self._tx.run("SELECT issuer FROM booking WHERE id = ?", (payment_id,)).fetchone()
        if row is None:
            raise self._tx.broken(JournalError("journal.no_such_row"))
        text = code.reveal()
        columns = {
            "code_sealed": self._vault.seal(text, booking_rows.code_place(payment_id)),
            "tracking_sealed": self._vault.seal(tracking, booking_rows.tracking_place(payment_id)),
            "code_hash": self._vault.lookup(row[0], text),
            "code_ending": code.ending,
            "discount_vnd": discount_vnd,
        }
        self._change(payment_id, columns)
        self._tx.note("booking.voucher", payment_id, {"ending": code.ending, "discount_vnd": discount_vnd})

    def move(
        self, payment_id: str, event: BookingEvent, *, sent: SentStamp | None = None, note: str | None = None
    ) -> BookingState:
        """Apply one event by the domain's table."""
        tx = self._tx
        row = tx.run("SELECT voucher, money, journey, closed FROM booking WHERE id = ?", (payment_id,)).fetchone()
        if row is None:
            raise tx.broken(JournalError("journal.no_such_row"))
        before = BookingState(VoucherFact(row[0]), MoneyFact(row[1]), JourneyFact(row[2]), bool(row[3]))
        try:
            state = booking_after(before, event)
        except RuleBroken as error:
            raise tx.broken(error) from None
        sets = "voucher = ?, money = ?, journey = ?, closed = ?"
        values: list[Any] = [state.voucher.value, state.money.value, state.journey.value, int(state.closed)]
        if state.closed:
            sets += ", closed_utc = ?, due_session = NULL, due_mono_s = NULL, due_utc = NULL"
            values.append(tx.now_text)
        if event in _COUNTED and sent is not None:
            count, stamp = _COUNTED[event]
            sets += f", {count} = {count} + 1, {stamp}_utc = ?, {stamp}_session = ?, {stamp}_mono_s = ?"
            sets += f", {stamp}_issuer_utc = ?"
            values += [utc_text(sent.at_utc), sent.session, sent.mono_s, _text(sent.issuer_utc)]
        if event is BookingEvent.COMMIT:
            sets += ", unclear_commits = unclear_commits + 1, polls = 0, barred = 0, can_resend = 0, word = NULL"
        # Compare and set: the facts are what they were when the domain decided.
        where = "id = ? AND voucher = ? AND money = ? AND journey = ? AND closed = ?"
        changed = tx.run(f"UPDATE booking SET {sets} WHERE {where}", (*values, payment_id, *row))
        if changed.rowcount != 1:
            raise tx.broken(RuleBroken("rule.state_changed_meanwhile"))
        facts: dict[str, str | int | bool | None] = {"event": event.value, "from": _name(before), "to": _name(state)}
        if note is not None:
            facts["note"] = note
        tx.note("booking.move", payment_id, facts)
        return state

    def mark(self, payment_id: str, **marks: Unpack[Marks]) -> None:
        """Keep what an answer said beside the state."""
        columns: dict[str, Any] = {}
        facts: dict[str, str | int | bool | None] = {}
        for name, value in marks.items():
            if name == "looked":
                columns.update(_due_columns("looked", value if isinstance(value, Due) else None))
                continue
            stored = _plain(value)
            columns[name] = stored
            if name not in _QUIET:
                facts[name] = stored
        self._change(payment_id, columns)
        if facts:
            self._tx.note("booking.mark", payment_id, facts)

    def set_due(self, payment_id: str, due: Due | None) -> None:
        """Not audited: when we ask again changes no money. A trigger refuses None while nobody else owns it."""
        self._change(payment_id, _due_columns("due", due))

    def _change(self, payment_id: str, columns: dict[str, Any]) -> None:
        names = ", ".join(f"{name} = ?" for name in columns)
        if self._tx.run(f"UPDATE booking SET {names} WHERE id = ?", (*columns.values(), payment_id)).rowcount != 1:
            raise self._tx.broken(JournalError("journal.no_such_row"))

    def add_attempt(self, payment_id: str, call_id: str, operation: str, sent: SentStamp) -> None:
        """Append that a call is about to be made."""
        self._tx.run(
            "INSERT INTO booking_attempt (booking_id, call_id, operation, at_utc, session, mono_s, issuer_utc)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (payment_id, call_id, operation, utc_text(sent.at_utc), sent.session, sent.mono_s, _text(sent.issuer_utc)),
        )
        self._tx.note("booking.attempt", call_id, {"operation": operation, "booking": payment_id})

    def add_step(
        self, payment_id: str, kind: StepKind, *, word: str | None = None, amount_vnd: int | None = None
    ) -> None:
        """Append to the timeline; every fact of it is in the audit chain by its own change."""
        self._tx.run(
            "INSERT INTO booking_step (booking_id, at_utc, kind, who, word, amount_vnd) VALUES (?, ?, ?, ?, ?, ?)",
            (payment_id, self._tx.now_text, kind.value, self._tx.actor, word, amount_vnd),
        )

    def open_case(self, payment_id: str, kind: BookingCaseKind) -> None:
        """Open a case, or leave the open one of that kind as it is."""
        if self._tx.run(_OPEN_CASE, (payment_id, kind.value, self._tx.now_text)).rowcount:
            self._tx.note("booking.case.opened", payment_id, {"kind": kind.value})

    def close_cases(self, payment_id: str, kinds: Sequence[BookingCaseKind], *, closure: str) -> None:
        """Close the open cases of these kinds."""
        for kind in kinds:
            closed = self._tx.run(
                "UPDATE booking_case SET closed_utc = ?, closed_by = ?, closure = ?"
                " WHERE booking_id = ? AND kind = ? AND closed_utc IS NULL",
                (self._tx.now_text, self._tx.actor, closure, payment_id, kind.value),
            )
            if closed.rowcount:
                self._tx.note("booking.case.closed", payment_id, {"kind": kind.value, "closure": closure})


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else utc_text(moment)


def _due_columns(prefix: str, due: Due | None) -> dict[str, Any]:
    session, mono_s, at_utc = (None, None, None) if due is None else (due.session, due.mono_s, utc_text(due.at_utc))
    return {f"{prefix}_session": session, f"{prefix}_mono_s": mono_s, f"{prefix}_utc": at_utc}


def _plain(value: object) -> str | int | None:
    if isinstance(value, tuple):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, bool):
        return int(value)
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(type(value).__name__)


def _name(state: BookingState) -> str:
    closed = "closed" if state.closed else "open"
    return f"{state.voucher.value}/{state.money.value}/{state.journey.value}/{closed}"
