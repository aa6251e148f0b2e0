"""The lists of what stands open: nothing given is left out, nothing is offered that must wait."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import cast

from pos.domain.reasons import Reason
from pos.domain.redemption import UNKNOWN, UNSENT_GIVEN
from pos.domain.voucher import CallRefused
from pos.till.overview import lists_view, queue_rows, rows_phase
from pos.till.ports import Case, Journal, OutboxRow, PrintState, Redemption, Work
from pos.till.slips import queue_copy
from pos.till.views import OpenBill, Phase
from tests.till.fake_issuer import FakeIssuer
from tests.till.hand_clock import HandClock
from tests.till.rig import Rig

A, B, C = "4471902835", "880213457719", "5550000000012"


@dataclass
class LongBook:
    """A journal after a bad day, in memory: so many rows that no list shows them all."""

    rows: list[Redemption]
    session: str = "today"

    def outbox(self, limit: int) -> tuple[OutboxRow, ...]:
        return tuple(self._entry(nth) for nth in range(min(limit, len(self.rows))))

    def _entry(self, nth: int) -> OutboxRow:
        row = self.rows[nth]
        return OutboxRow(row.id, row.bill_number, Work.INQUIRE, 0, 0, self.session, 1000.0 + nth, row.created_utc, None)

    def unsettled(self, limit: int) -> tuple[tuple[OutboxRow, Redemption], ...]:
        given = [nth for nth, row in enumerate(self.rows) if row.state.given]
        return tuple((self._entry(nth), self.rows[nth]) for nth in given[:limit])

    def open_bills(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.bill_number for row in self.rows))

    def redemptions_by_bill(self, numbers: Sequence[str]) -> dict[str, tuple[Redemption, ...]]:
        return {number: tuple(row for row in self.rows if row.bill_number == number) for number in numbers}

    def paid_vnd(self, numbers: Sequence[str]) -> dict[str, int]:
        return dict.fromkeys(numbers, 0)

    def cases(self) -> tuple[Case, ...]:
        return ()


def book(till: Rig, issuer: FakeIssuer, *, unknown: int, queued: int, a_bill: int = 1) -> Journal:
    """A long book: first so many of unknown outcome, `a_bill` on each bill, then so many given and not sent."""
    issuer.faults["mark_used"] = ["lost_before"]
    till.sold(A)
    row = till.row()
    rows = [
        replace(row, id=str(nth), bill_number=f"B{nth // a_bill}", state=UNKNOWN if nth < unknown else UNSENT_GIVEN)
        for nth in range(unknown + queued)
    ]
    return cast("Journal", LongBook(rows))


def test_a_list_is_at_most_two_hundred_rows(till: Rig, issuer: FakeIssuer) -> None:
    """The oldest; how many there are stands in the strip."""
    journal = book(till, issuer, unknown=0, queued=300)
    lists = lists_view(journal, {})
    assert [row.redemption_id for row in lists.queue] == [str(nth) for nth in range(200)]
    assert len(lists.open_bills) == 200


def test_what_was_given_is_shown_behind_hundreds_of_open_inquiries(till: Rig, issuer: FakeIssuer) -> None:
    """The oldest work is not the queue's: its rows are shown all the same."""
    assert [row.redemption_id for row in queue_rows(book(till, issuer, unknown=300, queued=2), {})] == ["300", "301"]


def test_each_open_bill_that_is_shown_tells_when_it_is_asked_about(till: Rig, issuer: FakeIssuer) -> None:
    """Bills of several vouchers too."""
    bills = lists_view(book(till, issuer, unknown=600, queued=0, a_bill=3), {}).open_bills
    assert len(bills) == 200
    assert [bill.number for bill in bills if bill.next_inquiry_mono_s is None] == []


# ---------------------------------------------------------------- the phase of an open bill


def phase(till: Rig, parked: Collection[str] = ()) -> Phase:
    return rows_phase(till.journal.redemptions_of("B1"), parked)


def test_a_hold_that_nobody_knows_of_is_not_offered_to_be_sent_although_a_person_looks_into_it(
    reserving_till: Rig, issuer: FakeIssuer
) -> None:
    """Nothing else is on the bill: it stays "do not hand over"."""
    issuer.faults["reserve"] = ["lost_before"]
    reserving_till.sold(A)
    assert phase(reserving_till, {reserving_till.row().id}) is Phase.UNKNOWN


def test_a_bill_half_found_out_is_unknown_until_a_person_has_the_other_half(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """One voucher used for this bill, of the other nobody knows yet: only when it is left to a person is the bill
    offered to be finished.
    """
    issuer.faults["mark_used"] = ["lost_before"]
    till.sold(A, B)
    clock.pass_s(5)
    issuer.vouchers[B].used_for = "B1"
    issuer.faults["inquire"] = ["lost_before"]
    till.settle()
    assert open_bill(till).phase is Phase.UNKNOWN
    assert open_bill(till).inquiries == 1
    with till.journal.transaction("till") as tx:
        tx.quarantine(till.row().id, "undecidable")
    assert open_bill(till).phase is Phase.FINISH


def test_a_bill_that_nothing_is_asked_about_any_more_tells_of_no_inquiry(till: Rig) -> None:
    """Used and not handed over: the cashier's turn."""
    bill = till.bill()
    bill.waiting = False
    bill.scan(A)
    bill.confirm()
    assert (open_bill(till).phase, open_bill(till).inquiries) == (Phase.FINISH, 0)
    assert open_bill(till).next_inquiry_mono_s is None


def open_bill(till: Rig) -> OpenBill:
    (bill,) = lists_view(till.journal, {}).open_bills
    return bill


# ---------------------------------------------------------------- slips


def test_a_slip_s_row_tells_what_was_paid_by_voucher(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    """Neither what was refused, nor what took effect when the customer had long gone."""
    bill = till.sold(A, total_vnd=1_000_000)
    for code, fault in ((B, CallRefused(Reason.EXPIRED)), (C, "late")):
        bill.scan(code)
        issuer.faults["mark_used"] = [fault]
        bill.confirm()
    clock.pass_s(61)
    bill.ask_again()
    bill.drop()
    issuer.commit_late()
    clock.pass_s(24 * 3600)
    till.settle()
    assert till.row(nth=2).late
    rows = lists_view(till.journal, {}, till.journal.print_jobs(states=[PrintState.PENDING])).slips
    assert {row.amount_vnd for row in rows} == {100_000}


def test_a_doubt_that_a_copy_settles_keeps_its_cause(till: Rig) -> None:
    """Why the first slip was in doubt is still to be read when the second is out."""
    till.sold(A)
    (job,) = till.journal.print_jobs(states=[PrintState.PENDING])
    with till.journal.transaction("printer") as tx:
        tx.set_print_state(job.id, PrintState.DOUBTFUL, note="printer.broke_off")
    queue_copy(till.journal, till.chance, "B1", actor="lan")
    told = [(job.state, job.note) for job in till.journal.print_jobs(states=list(PrintState))]
    assert told == [(PrintState.CANCELLED, "printer.broke_off"), (PrintState.PENDING, None)]
