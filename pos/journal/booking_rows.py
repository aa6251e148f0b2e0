"""Between the columns of the bookings' tables and the values of `pos.till.booking.ports`."""

from __future__ import annotations

import json
from datetime import date

from pos.domain.booking_payment import BookingCaseKind, BookingState, JourneyFact, MoneyFact, VoucherFact
from pos.domain.business_date import from_utc_text
from pos.domain.codes import VoucherCode
from pos.journal.rows import FieldVault, Row, instant
from pos.till.booking.ports import BookingCase, Due, Payment
from pos.till.booking.views import StepKind, StepView
from pos.till.ports import SentStamp

PAYMENT_COLUMNS = (
    "id, bill_number, issuer, number, product, title, starts, price_vnd, applied_vnd, deadline_utc, transaction_id,"
    " voucher, money, journey, closed, code_sealed, tracking_sealed, discount_vnd, redeems, redeemed_utc,"
    " redeemed_session, redeemed_mono_s, redeemed_issuer_utc, signed_vnd, taken_vnd, commits, unclear_commits,"
    " committed_utc, committed_session, committed_mono_s, committed_issuer_utc, polls, barred, empties, looked_session,"
    " looked_mono_s, looked_utc, unanswered, word, can_resend, payment_status, issue_status, payment_ref,"
    " passenger_ref, tickets, held_utc, ticket_copy, due_session, due_mono_s, due_utc, created_utc, business_date,"
    " cashier"
)


def code_place(payment_id: str) -> str:
    """What a sealed code is bound to: moved to another row it does not open."""
    return f"booking:{payment_id}:code"


def tracking_place(payment_id: str) -> str:
    """The same for the tracking code."""
    return f"booking:{payment_id}:tracking"


def payment(row: Row, vault: FieldVault) -> Payment:
    """A row of `PAYMENT_COLUMNS`."""
    return Payment(
        id=row[0],
        bill_number=row[1],
        issuer=row[2],
        number=row[3],
        product=row[4],
        title=row[5],
        starts=row[6],
        price_vnd=row[7],
        applied_vnd=row[8],
        deadline_utc=instant(row[9]),
        transaction_id=row[10],
        state=BookingState(VoucherFact(row[11]), MoneyFact(row[12]), JourneyFact(row[13]), bool(row[14])),
        code=None if row[15] is None else VoucherCode(vault.open(row[15], code_place(row[0]))),
        tracking=None if row[16] is None else vault.open(row[16], tracking_place(row[0])),
        discount_vnd=row[17],
        redeems=row[18],
        redeemed=_stamp(row[19:23]),
        signed_vnd=row[23],
        taken_vnd=row[24],
        commits=row[25],
        unclear_commits=row[26],
        committed=_stamp(row[27:31]),
        polls=row[31],
        barred=row[32],
        empties=row[33],
        looked=_due(row[34:37]),
        unanswered=row[37],
        word=row[38],
        can_resend=bool(row[39]),
        payment_status=row[40],
        issue_status=row[41],
        payment_ref=row[42],
        passenger_ref=row[43],
        tickets=tuple(json.loads(row[44])) if row[44] else (),
        held_utc=instant(row[45]),
        ticket_copy=row[46],
        due=_due(row[47:50]),
        created_utc=from_utc_text(row[50]),
        business_date=date.fromisoformat(row[51]),
        cashier=row[52],
    )


def _stamp(row: Row) -> SentStamp | None:
    return None if row[0] is None else SentStamp(from_utc_text(row[0]), row[1], row[2], instant(row[3]))


def _due(row: Row) -> Due | None:
    return None if row[0] is None else Due(row[0], row[1], from_utc_text(row[2]))


STEP_COLUMNS = "at_utc, kind, who, word, amount_vnd"


def step(row: Row) -> StepView:
    """A row of `STEP_COLUMNS`."""
    return StepView(from_utc_text(row[0]), StepKind(row[1]), row[2], row[3], row[4])


CASE_COLUMNS = "id, booking_id, kind, opened_utc, closed_utc, closed_by, closure"


def case(row: Row) -> BookingCase:
    """A row of `CASE_COLUMNS`."""
    kind = BookingCaseKind(row[2])
    return BookingCase(row[0], row[1], kind, from_utc_text(row[3]), instant(row[4]), row[5], row[6])
