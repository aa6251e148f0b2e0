"""Between the journal's columns and the domain's values."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date, datetime
from typing import Any, Protocol

from pos.domain.bill import Bill, SkuLine
from pos.domain.business_date import from_utc_text
from pos.domain.cases import CaseKind
from pos.domain.codes import VoucherCode
from pos.domain.errors import JournalDamaged
from pos.domain.reasons import Reason
from pos.domain.redemption import Hold, Outcome, State
from pos.domain.voucher import NO_DETAIL, Detail
from pos.till.ports import Case, OutboxRow, PrintJob, PrintState, Redemption, SentStamp, StoredBill, TakingBack, Work

Row = tuple[Any, ...]
"""What `sqlite3` gives: columns in the order of the statement beside it."""


class FieldVault(Protocol):
    """Encrypts single fields and hashes codes for look-up (`pos.security.vault`)."""

    def seal(self, text: str, aad: str) -> bytes:
        """Encrypt, bound to the place `aad` where the text will stand."""

    def open(self, blob: bytes, aad: str) -> str:
        """The inverse. `SecurityError` if key or place are not the same."""

    def lookup(self, provider: str, code: str) -> bytes:
        """A keyed hash: the same for the same code, tells nothing without the key."""


def place_of(redemption_id: str) -> str:
    """What a sealed code is bound to: moved to another row it does not open."""
    return f"redemption:{redemption_id}"


LATE = (
    "(outcome = 'used' AND given = 0 AND EXISTS ("
    "SELECT 1 FROM cases l WHERE l.redemption_id = redemption.id AND l.kind = 'late_effect'))"
)
"""Whether a row of `redemption` is `Redemption.late`."""

STANDS = (
    "(taking_back <> 'done' AND (given = 1 OR outcome IN ('in_flight', 'unknown', 'used')"
    " OR taking_back IN ('open', 'by_hand')))"
)
"""Whether a row keeps its code from being taken again; the words of the index `redemption_standing`."""

_UNCONFIRMED = (
    "(outcome = 'used' AND EXISTS (SELECT 1 FROM decision d WHERE d.redemption_id = redemption.id AND d.accepted = 1))"
)

REDEMPTION_COLUMNS = (
    "id, bill_number, position, provider, code_sealed, outcome, given, hold, reserving, worth_vnd, amount_vnd,"
    " lost_vnd, declared, skus, reason, detail, transaction_id, created_utc, business_date, cashier, sent_utc,"
    " sent_session, sent_mono_s, sent_issuer_utc, sends, answered, proven_unused, shown_utc, "
    + f"{LATE}, {_UNCONFIRMED}, taking_back"
)


_STATES = {(outcome.value, int(given)): State(outcome, given) for outcome in Outcome for given in (False, True)}
_HOLDS = {hold.value: hold for hold in Hold}


def redemption(row: Row, vault: FieldVault) -> Redemption:
    """A row of `REDEMPTION_COLUMNS`."""
    return Redemption(
        id=row[0],
        bill_number=row[1],
        position=row[2],
        provider=row[3],
        code=VoucherCode(vault.open(row[4], place_of(row[0]))),
        state=_STATES[row[5], row[6]],
        hold=_HOLDS[row[7]],
        reserving=bool(row[8]),
        worth_vnd=row[9],
        amount_vnd=row[10],
        lost_vnd=row[11],
        declared=bool(row[12]),
        skus=skus(row[13]),
        reason=reason(row[14]),
        detail=detail(row[15]),
        transaction_id=row[16],
        created_utc=from_utc_text(row[17]),
        business_date=date.fromisoformat(row[18]),
        cashier=row[19],
        sent=None if row[20] is None else SentStamp(from_utc_text(row[20]), row[21], row[22], instant(row[23])),
        sends=row[24],
        answered=bool(row[25]),
        proven_unused=bool(row[26]),
        shown=row[27] is not None,
        late=bool(row[28]),
        unconfirmed=bool(row[29]),
        taking_back=TakingBack(row[30]),
    )


BILL_COLUMNS = "number, total_vnd, created_utc, skus, business_date, cashier, slips"


def bill(row: Row) -> StoredBill:
    """A row of `BILL_COLUMNS`."""
    sold = Bill(row[0], row[1], from_utc_text(row[2]), skus(row[3]))
    return StoredBill(sold, date.fromisoformat(row[4]), row[5], row[6])


OUTBOX_COLUMNS = (
    "o.redemption_id, bill_number, o.work, o.unanswered, o.failures, o.due_session, o.due_mono_s, o.due_utc,"
    " o.quarantine"
)


def outbox(row: Row) -> OutboxRow:
    """A row of `OUTBOX_COLUMNS`."""
    return OutboxRow(row[0], row[1], Work(row[2]), row[3], row[4], row[5], row[6], from_utc_text(row[7]), row[8])


CASE_COLUMNS = (
    "c.id, c.redemption_id, r.bill_number, r.code_ending, c.kind, c.opened_utc, c.amount_vnd, c.reason, c.owner,"
    " c.closed_utc, c.closed_by, c.closure"
)


def case(row: Row) -> Case:
    """A row of `CASE_COLUMNS`."""
    return Case(
        row[0], row[1], row[2], row[3], CaseKind(row[4]), from_utc_text(row[5]), row[6], reason(row[7]), row[8],
        instant(row[9]), row[10], row[11],
    )  # fmt: skip


PRINT_COLUMNS = "id, bill_number, copy, state, created_utc, tries, note"


def print_job(row: Row) -> PrintJob:
    """A row of `PRINT_COLUMNS`."""
    return PrintJob(row[0], row[1], row[2], PrintState(row[3]), from_utc_text(row[4]), row[5], row[6])


def instant(text: str | None) -> datetime | None:
    """A moment that may be missing."""
    return None if text is None else from_utc_text(text)


def reason(text: str | None) -> Reason | None:
    """A reason that may be missing."""
    return None if text is None else Reason(text)


def skus_text(lines: tuple[SkuLine, ...]) -> str | None:
    """Goods lines as JSON; nothing for none."""
    if not lines:
        return None
    return json.dumps([[line.sku, line.quantity, line.price_vnd] for line in lines], ensure_ascii=False)


def skus(text: str | None) -> tuple[SkuLine, ...]:
    """The inverse of `skus_text`."""
    return tuple(SkuLine(*line) for line in json.loads(text)) if text else ()


_DETAIL_FIELDS = tuple(field.name for field in fields(Detail))


def detail_text(value: Detail | None) -> str | None:
    """What is known of a refusal as JSON; nothing for nothing."""
    if value is None or value == NO_DETAIL:
        return None
    known = {name: getattr(value, name) for name in _DETAIL_FIELDS if getattr(value, name) not in (None, ())}
    return json.dumps(known, ensure_ascii=False, default=date.isoformat)


def detail(text: str | None) -> Detail:
    """The inverse of `detail_text`; unknown names (of a later program) are left aside."""
    if text is None:
        return NO_DETAIL
    known = {name: value for name, value in json.loads(text).items() if name in _DETAIL_FIELDS}
    for name in ("on_date", "start_date"):
        if name in known:
            known[name] = date.fromisoformat(known[name])
    for name in ("excluded", "skus"):
        if name in known:
            known[name] = tuple(known[name])
    try:
        return Detail(**known)
    except (TypeError, ValueError) as error:
        raise JournalDamaged("journal.damaged", what="detail") from error
