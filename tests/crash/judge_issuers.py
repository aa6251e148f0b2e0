"""After the last life: the till's book against AppotaPay's, VinID's and Gotadi's own, and what people were told.

The journal is read as it lies; nothing is mended here.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from pos.bootstrap import Folder, open_folder
from pos.domain.booking_payment import BookingCaseKind, JourneyFact, MoneyFact, VoucherFact
from pos.domain.errors import PosError
from pos.domain.sale import PlainCode, SaleOutcome
from pos.journal.booking_store import BookingStore
from pos.journal.sale_store import SaleStore
from pos.journal.store import SqliteJournal
from pos.providers.built import Built
from pos.providers.registry import build_all
from pos.till.booking.ports import Payment
from pos.till.ports import PrintState
from pos.till.selling.ports import Sale
from tests.crash.judge_kill import Handed
from tests.sandbox_process import SandboxProcess
from tests.till.hand_clock import CountingChance, HandClock
from tests.till.rig import broken_promises

_REFERENCE_MAX = 23
_REFUSED_AT_THE_DOOR = 401
_ASKED_BETWEEN = {
    "buy": ("transaction", 3), "orders": ("detail", 3), "redeem": ("booking_detail", 2), "commit": ("query_trans", 1),
    "mark_used": ("verify", 1),
}  # fmt: skip
"""A changing call comes again for the same thing only after so many questions; §12 of each, gotadi.md §5.3, §8.2."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What the issuers have: orders that they sold (by our id, serial and plain code), bookings, e-vouchers."""

    sold: dict[str, list[tuple[str, str]]]
    times: dict[str, int]
    bookings: dict[str, dict[str, Any]]
    evouchers: dict[str, dict[str, Any]]

    @classmethod
    def of(cls, sandbox: SandboxProcess) -> Self:
        """As it is now."""
        cards = sandbox.control("GET", "/appotapay/state")["purchases"]
        vinid = sandbox.control("GET", "/vinid/state")
        orders = vinid["giftcode"]["orders"]
        times = {each["ref_id"]: each["debits"] for each in cards}
        times |= {each["order_id"]: each["withdrawals"] for each in orders}
        codes = {each["ref_id"]: each["cards"] for each in cards} | {
            each["order_id"]: each["giftcodes"] for each in orders
        }
        sold = {order: [(code["serial"], code["code"]) for code in codes[order]] for order in times if times[order]}
        evouchers = {each["serial"]: each for each in vinid["evoucher"]["vouchers"]}
        return cls(sold, times, sandbox.control("GET", "/gotadi/state")["bookings"], evouchers)


@dataclass(slots=True)
class Told:
    """What the people at the counter had been told before a kill: by line of `clerk.py`, the ids."""

    lines: list[str] = field(default_factory=list)

    def ids(self, letter: str) -> set[str]:
        """Of all lines with this letter."""
        return {line[2:] for line in self.lines if line.startswith(f"{letter} ")}


def judge_issuers(
    folder: Path, sandbox: SandboxProcess, before: Truth, told: Told, goods: Sequence[str], papers: Path
) -> tuple[list[str], Counter[str]]:
    """Say what is wrong, and count how things ended.

    Args:
        folder: of the till, which has come to rest.
        sandbox: the issuers.
        before: their truth before this till's first life.
        told: by all its lives.
        goods: its bookings or e-vouchers.
        papers: what the printer put out.
    """
    ends: Counter[str] = Counter()
    try:
        opened = open_folder(folder)
        journal = SqliteJournal(opened.journal_path, opened.vault, HandClock(datetime.now(UTC)), CountingChance())
    except PosError as error:
        return [f"the journal does not open: {error}"], ends
    with closing(journal), closing(_issuers(opened)) as built:
        numbers = journal.bill_numbers(limit=-1)
        sales = [sale for number in numbers if (sale := SaleStore(journal).sale_of(number)) is not None]
        payments = [each for number in numbers if (each := BookingStore(journal).payment_of(number)) is not None]
        now, log = Truth.of(sandbox), sandbox.log()
        ends.update(f"sale {sale.state.outcome.value}" for sale in sales)
        ends.update(f"booking {p.state.voucher.value} {p.state.money.value} {p.state.journey.value}" for p in payments)
        rows = [row for number in numbers for row in journal.redemptions_of(number)]
        ends.update(f"e-voucher {row.state.outcome.value}{' given' * row.state.given}" for row in rows)
        return [
            *_sales(SaleStore(journal), built, sales, now, set(now.times) - set(before.times)),
            *_bookings(BookingStore(journal), payments, now, goods),
            *broken_promises(journal, _used_for(log, numbers), at_rest=True),
            *_evouchers(now, goods),
            *_promises(journal, sales, payments, told),
            *_log(log),
            *_papers(journal, papers),
        ], ends


def _issuers(folder: Folder) -> Built:
    return build_all(folder.settings, HandClock(datetime.now(UTC)))


# ---------------------------------------------------------------- sales


def _sales(store: SaleStore, built: Built, sales: Sequence[Sale], now: Truth, new: set[str]) -> Iterator[str]:
    for order in new - {sale.order.id for sale in sales}:
        yield f"order {order}: the issuer has it, the journal does not"
    for sale in sales:
        times, bought = now.times.get(sale.order.id, 0), sale.state.outcome is SaleOutcome.BOUGHT
        where = f"sale {sale.order.id} {sale.state}"
        if times > 1:
            yield f"{where}: bought {times} times under one order id"
        if bought != bool(times):
            yield f"{where}: bought {times} times at the issuer"
        if bought and not store.showings(sale.id):
            yield f"{where}: handed over, and no showing stands in the journal"
        codes = store.codes(sale.id)
        plain = [(code.serial, _plain(built, sale.seller, code)) for code in codes]
        if sorted(plain) != sorted(now.sold.get(sale.order.id, [])):
            yield f"{where}: its codes are not those that the issuer gave out"
        if not sale.state.closed:
            yield f"{where}: its customer has neither codes nor money"


def _plain(built: Built, seller: str, code: Any) -> str:
    opened = built.sellers[seller].open(code)
    return opened.reveal() if isinstance(opened, PlainCode) else ""


# ---------------------------------------------------------------- bookings


def _bookings(store: BookingStore, payments: Sequence[Payment], now: Truth, goods: Sequence[str]) -> Iterator[str]:
    of_ours = {number: now.bookings[number] for number in goods if number in now.bookings}
    for number, booking in of_ours.items():
        mine = [payment for payment in payments if payment.number == number]
        redeems, commits = booking["redeems_done"], booking["commits_done"]
        if redeems > 1 or commits > 1:
            yield f"booking {number}: redeemed {redeems} times, paid {commits} times"
        if (redeems or commits) and not mine:
            yield f"booking {number}: the issuer has a redemption or a payment, the journal has nothing"
        if not set(booking["partner_trans_ids"]) <= {payment.transaction_id for payment in mine}:
            yield f"booking {number}: paid under an id that is not ours"
        if sum(payment.state.money is MoneyFact.TAKEN for payment in mine) > 1:
            yield f"booking {number}: its customer has paid twice"
        for payment in mine:
            wrong = [what for what, broken in _payment_rules(store, payment, booking, alone=len(mine) == 1) if broken]
            yield from (f"booking {number} {payment.state}: {what}" for what in wrong)


def _payment_rules(
    store: BookingStore, payment: Payment, booking: dict[str, Any], *, alone: bool
) -> Iterator[tuple[str, bool]]:
    voucher, money, journey, closed = payment.state
    paid = (booking["payment_status"], booking["issued_status"]) == ("SUCCEEDED", "SUCCEEDED")
    used, commits = voucher is VoucherFact.USED, booking["commits_done"]
    code = payment.code.reveal() if payment.code is not None else None
    due_vnd = booking["total_fare_vnd"] - booking["discount_vnd"]
    kinds = {case.kind for case in store.cases(payment.id)}
    yield "the voucher's fact is not the issuer's", alone and used != bool(booking["redeems_done"])
    yield "another voucher was used up", used and booking["voucher_code"] != code
    yield "issued here and not there, or there and not here", alone and (journey is JourneyFact.ISSUED) != paid
    yield "paid at the issuer without the customer's money", alone and money is MoneyFact.NOT_TAKEN and bool(commits)
    yield "money paid back although the issuer has the payment", money is MoneyFact.PAID_BACK and paid
    yield "money kept without a ticket", closed and money is MoneyFact.TAKEN and journey is not JourneyFact.ISSUED
    yield "another amount was taken than the issuer's", bool(commits) and payment.taken_vnd not in (None, due_vnd)
    not_paid = used and closed and journey is not JourneyFact.ISSUED
    yield (
        "a voucher is used up for nothing, and nobody was told",
        (not_paid and BookingCaseKind.VOUCHER_USED_NOT_PAID not in kinds),
    )
    yield "never came to an end", not closed


# ---------------------------------------------------------------- e-vouchers, people, log, paper


def _evouchers(now: Truth, goods: Sequence[str]) -> Iterator[str]:
    for serial in goods:
        if serial in now.evouchers and now.evouchers[serial]["times_used"] > 1:
            yield f"e-voucher ••••{serial[-4:]} was used twice"


def _used_for(log: Sequence[dict[str, Any]], numbers: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Which e-voucher was used for which bill, by the issuer's own log."""
    bills = {re.sub(r"[^A-Z0-9]", "", number)[-_REFERENCE_MAX:]: number for number in numbers}
    for entry in log:
        if entry["operation"] == "mark_used" and entry["effect"] == "used":
            body = json.loads(entry["body"])
            yield body["serial_number"], bills.get(body["merchant_reference_id"], "?")


def _promises(journal: SqliteJournal, sales: Sequence[Sale], payments: Sequence[Payment], told: Told) -> Iterator[str]:
    written = {sale.id: sale.state for sale in sales}
    paid = {payment.id: payment.state for payment in payments}
    rules = {
        "S": set(written),
        "D": {key for key, state in written.items() if state.closed and state.outcome is SaleOutcome.BOUGHT},
        "B": {key for key, state in written.items() if state.closed and state.outcome is not SaleOutcome.BOUGHT},
        "M": {key for key, state in paid.items() if state.money is not MoneyFact.NOT_TAKEN},
        "T": {key for key, state in paid.items() if state.closed and state.journey is JourneyFact.ISSUED},
        "P": {key for key, state in paid.items() if state.money is MoneyFact.PAID_BACK},
    }
    for letter, known in rules.items():
        for key in told.ids(letter) - known:
            yield f"told {letter}, and the journal does not know: {written.get(key) or paid.get(key)}"
    for line in told.lines:
        if line.startswith("H "):
            handed = Handed.read(line)
            given = {row.ending for row in journal.redemptions_of(handed.bill) if row.state.given}
            if not set(handed.endings) <= given:
                yield f"{handed.bill}: value was handed over and the journal does not know"


def _log(log: Sequence[dict[str, Any]]) -> Iterator[str]:
    """No changing call came again for the same thing before the issuer had been asked about it."""
    asked: Counter[str] = Counter()
    sent: dict[tuple[str, str], int] = {}
    for entry in log:
        operation = entry["operation"]
        asked[operation] += 1
        if operation in _ASKED_BETWEEN and (entry["answered"] or {}).get("status") != _REFUSED_AT_THE_DOOR:
            question, times = _ASKED_BETWEEN[operation]
            thing = _thing(operation, entry)
            if thing is None:
                continue
            if (operation, thing) in sent and asked[question] - sent[operation, thing] < times:
                yield f"{operation} came again without a question between"
            sent[operation, thing] = asked[question]


def _thing(operation: str, entry: dict[str, Any]) -> str | None:
    """What a changing call is about; None: it cannot be read (commit is sealed)."""
    names = {"buy": "partnerRefId", "orders": "order_id", "redeem": "bookingNumber", "mark_used": "serial_number"}
    if operation not in names:
        return None
    return str(json.loads(entry["body"]).get(names[operation]))


def _papers(journal: SqliteJournal, papers: Path) -> Iterator[str]:
    """No slip came out twice, over all lives: there is no more paper than slips that were begun."""
    begun = [state for state in PrintState if state is not PrintState.PENDING]
    jobs = len(journal.print_jobs(states=begun))
    count = sum(1 for paper in papers.iterdir() if paper.stat().st_size)
    if count > jobs:
        yield f"{count} slips on paper, {jobs} begun"
