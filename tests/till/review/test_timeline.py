"""The timeline of a row as the real engine left it: everything that happened, once, in order, with who and how long."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pos.domain.cases import CaseKind
from pos.domain.errors import JournalError
from pos.domain.redemption import Event, HoldEvent
from pos.domain.routing import Rule
from pos.domain.sale import SaleEvent
from pos.journal.review_day import ReviewReads
from pos.journal.store import SqliteJournal
from pos.till.booking.views import StepKind
from pos.till.ports import Person, PrintState, Role, TakeBackStep
from pos.till.review.day_views import RowKind, RowStatus
from pos.till.review.timeline_views import ENTRY_PARAMS, FACTS, Entry, Timeline, Tone
from pos.till.selling.ports import How
from tests.booking.issuer import CODE
from tests.booking.rig import BookingRig
from tests.till.fake_issuer import FakeIssuer
from tests.till.hand_clock import CountingChance, HandClock
from tests.till.rig import Rig
from tests.till.selling.fake_seller import FakeSeller, Fault
from tests.till.selling.rig import SaleRig

A, B = "4471902835", "880213457719"
MAI = Person("m", "Mai", Role.MANAGER)


def timeline(journal: SqliteJournal, row_id: str, kind: RowKind = RowKind.REDEMPTION) -> Timeline:
    told = ReviewReads(journal.core).timeline(kind, row_id)
    for entry in told.entries:
        assert {name for name, _ in entry.params} <= set(ENTRY_PARAMS[entry.kind])
    assert [name for name, _ in told.facts] == [name for name in FACTS if name in dict(told.facts)]
    assert told.unreadable == 0
    return told


def words(told: Timeline) -> list[str]:
    return [entry.kind for entry in told.entries]


def entry(told: Timeline, kind: str, nth: int = 0) -> Entry:
    return [one for one in told.entries if one.kind == kind][nth]


def params(one: Entry) -> dict[str, Any]:
    return dict(one.params)


def test_a_voucher_used_at_the_counter(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    bill = till.bill()
    bill.scan(A)
    clock.pass_s(2)
    issuer.faults["mark_used"] = [lambda: clock.pass_s(0.7)]
    bill.confirm()
    clock.pass_s(0.2)
    with till.journal.transaction("lan") as tx:
        tx.mark_shown([till.row().id])
    told = timeline(till.journal, till.row().id)
    assert words(told) == ["bill", "redemption", "call.mark_used", "answer", "move.used_here", "slip", "shown"]
    answer = entry(told, "answer")
    assert answer.took_s == pytest.approx(0.7)
    assert answer.who == "lan"
    assert params(answer)["operation"] == "mark_used"
    assert params(answer)["http_status"] == 200
    assert (entry(told, "shown").at_utc - answer.at_utc).total_seconds() == pytest.approx(0.2)
    assert (told.row.status, dict(told.facts)["transaction_id"]) == (RowStatus.USED, "tx-2")


def test_only_the_rows_own_part_of_a_bill_of_two_is_told(till: Rig, issuer: FakeIssuer) -> None:
    issuer.vouchers[B].worth_vnd = 30_000
    till.sold(A, B)
    first, second = (timeline(till.journal, till.row(nth=nth).id) for nth in (0, 1))
    assert words(first) == words(second) == ["bill", "redemption", "call.mark_used", "answer", "move.used_here", "slip"]
    assert [params(entry(told, "redemption"))["amount_vnd"] for told in (first, second)] == [100_000, 30_000]


def test_a_refusal_names_its_reason(till: Rig, issuer: FakeIssuer) -> None:
    bill = till.bill()
    bill.scan(A)
    issuer.vouchers[A].used_for = "another till's"
    bill.confirm(loss_accepted=True)
    told = timeline(till.journal, till.row().id)
    refused = entry(told, "move.refused")
    assert (params(refused), refused.tone) == ({"reason": "already_used"}, Tone.BAD)
    assert words(told)[-2:] == ["answer", "move.refused"]


def test_given_offline_and_lost_walks_from_the_scan_to_the_closed_case(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    bill = till.bill()
    bill.scan(A)
    issuer.cable_in = False
    bill.confirm()
    bill.accept_offline()
    clock.pass_s(60)
    issuer.cable_in, issuer.vouchers[A].used_for = True, "another till's"
    till.settle_to_rest()
    clock.pass_s(3600)
    [case] = till.journal.cases()
    with till.journal.transaction("Mai") as tx:
        tx.close_case(case.id, closure="Got It trả lại")
    told = timeline(till.journal, till.row().id)
    assert words(told) == [
        "bill", "redemption", "call.mark_used", "no_answer", "move.not_sent", "amounts", "move.accept_offline",
        "offline_accepted", "slip", "call.mark_used", "answer", "move.refused", "case.opened", "case.closed",
    ]  # fmt: skip
    assert params(entry(told, "case.opened")) == {"case": "loss", "amount_vnd": 100_000, "reason": "already_used"}
    closed = entry(told, "case.closed")
    assert (closed.who, params(closed)) == ("Mai", {"case": "loss", "closure": "Got It trả lại"})
    assert [one.at_utc for one in told.entries] == sorted(one.at_utc for one in told.entries)
    assert entry(told, "no_answer").tone is Tone.UNKNOWN


def test_an_unknown_outcome_is_inquired_about(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    issuer.faults["mark_used"] = ["lost_after"]
    till.sold(A)
    issuer.faults["inquire"] = [lambda: clock.pass_s(1.5)]
    till.settle_to_rest()
    told = timeline(till.journal, till.row().id)
    assert words(told)[2:] == ["call.mark_used", "no_answer", "move.lost", "call.inquire", "answer", "move.used"]
    asked, answer = entry(told, "call.inquire"), entry(told, "answer")
    assert answer.took_s == pytest.approx(1.5)
    assert (answer.at_utc - asked.at_utc).total_seconds() == pytest.approx(1.5)
    assert params(entry(told, "move.used"))["inquiry"] is True


def test_a_hold_and_its_release_are_told(reserving_till: Rig, issuer: FakeIssuer) -> None:
    till = reserving_till
    issuer.faults["mark_used"] = ["not_sent"]
    till.sold(A)
    told = timeline(till.journal, till.row().id)
    assert words(told)[2:5] == ["call.reserve", "answer", "hold.held"]


@pytest.fixture
def refunding(tmp_path: Path, clock: HandClock) -> Iterator[Rig]:
    issuer = FakeIssuer(name="vinid-evoucher", label="VinID", max_codes=1, offline=False, weak=True)
    issuer.date = clock.now_utc
    rules = (Rule("vinid-evoucher", 6, 32),)
    rig = Rig(tmp_path, issuer, clock, CountingChance(), rules=rules, refunders=[issuer])
    yield rig
    rig.close()


def test_a_redemption_taken_back_names_the_manager_and_her_reason(refunding: Rig, clock: HandClock) -> None:
    refunding.sold("EV0000000001")
    clock.pass_s(60)
    refunding.take_back.take_back(refunding.row().id, manager=MAI, reason="khách trả hàng")
    told = timeline(refunding.journal, refunding.row().id)
    assert words(told)[-4:] == ["taken_back.begun", "call.take_back", "answer", "taken_back.done"]
    begun = entry(told, "taken_back.begun")
    assert (begun.who, params(begun)["reason"]) == ("Mai", "khách trả hàng")
    assert told.row.status is RowStatus.TAKEN_BACK


def test_a_clock_that_was_set_back_does_not_shuffle_what_happened(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """What was written later stands later, although its time is earlier."""
    issuer.faults["mark_used"] = ["lost_after"]
    till.sold(A)
    clock.jump_s(-3600)
    clock.pass_s(5)
    issuer.faults["inquire"] = [lambda: clock.pass_s(1.5)]
    till.settle_to_rest()
    told = timeline(till.journal, till.row().id)
    assert words(told)[-3:] == ["call.inquire", "answer", "move.used"]
    assert told.entries[-1].at_utc < told.entries[0].at_utc


def test_a_slips_way_and_the_person_who_saw_it(till: Rig) -> None:
    till.sold(A)
    row_id = till.row().id
    [job] = till.journal.print_jobs(states=[PrintState.PENDING])
    for who, state, note in (
        ("printer", PrintState.PRINTING, None), ("printer", PrintState.DOUBTFUL, "printer.cut_off"),
        ("Lan", PrintState.PRINTED, "printer.seen"),
    ):  # fmt: skip
        with till.journal.transaction(who) as tx:
            tx.set_print_state(job.id, state, note=note)
    told = timeline(till.journal, row_id)
    assert words(told)[-4:] == ["slip", "slip.printing", "slip.doubtful", "slip.printed"]
    assert (told.entries[-1].who, params(told.entries[-1])) == ("Lan", {"copy": 0, "note": "printer.seen"})


def test_a_managers_decision_and_the_case_about_it(till: Rig, issuer: FakeIssuer) -> None:
    issuer.faults["mark_used"] = ["lost_before"]
    till.sold(A)
    row_id = till.row().id
    with till.journal.transaction("till") as tx:
        tx.open_case(row_id, CaseKind.UNDECIDABLE)
        tx.quarantine(row_id, "used_elsewhere")
    with till.journal.transaction("Mai") as tx:
        tx.add_decision(row_id, accepted=True, manager="Mai", reason="thấy tận mắt")
        tx.move(row_id, Event.USED_HERE, note="manager")
    told = timeline(till.journal, row_id)
    assert words(told)[-4:] == ["case.opened", "quarantine", "decision.accepted", "move.used_here"]
    assert params(entry(told, "decision.accepted")) == {"manager": "Mai", "reason": "thấy tận mắt"}


def test_a_days_case_about_the_slip_has_its_owner_and_its_end(till: Rig) -> None:
    """What a closing left over about the bill's slip belongs to the row's story; another row's does not."""
    till.sold(A, B)
    [job] = till.journal.print_jobs(states=[PrintState.PENDING])
    other = till.row(nth=1).id
    with till.journal.transaction("Mai") as tx:
        for kind, ref in (("slip", job.id), ("open_row", other)):
            tx.run(
                "INSERT INTO day_case (kind, business_date, ref, issuer, bill_number, ending, amount_vnd, opened_utc)"
                " VALUES (?, '2026-11-21', ?, '', 'B1', '', 0, ?)",
                (kind, ref, tx.now_text),
            )
            tx.note("day_case.opened", ref, {"case": 1, "kind": kind})
            tx.note("case.owner", ref, {"case": 1, "kind": kind, "owner": "Hoa"})
    with till.journal.transaction("Hoa") as tx:
        tx.run(
            "UPDATE day_case SET closed_utc = ?, closed_by = 'Hoa', closure = 'in lại' WHERE kind = 'slip'",
            (tx.now_text,),
        )
        tx.note("day_case.closed", job.id, {"case": 1, "kind": "slip", "closure": "in lại"})
    told = timeline(till.journal, till.row().id)
    assert words(told)[-3:] == ["case.opened", "case.owner", "case.closed"]
    assert params(entry(told, "case.owner")) == {"case": "slip", "owner": "Hoa"}
    assert entry(told, "case.closed").who == "Hoa"
    assert params(entry(timeline(till.journal, other), "case.owner", 1))["case"] == "open_row"


def test_what_a_later_program_writes_is_told_by_its_name_and_nothing_of_it(till: Rig) -> None:
    till.sold(A)
    with till.journal.transaction("Mai") as tx:
        tx.audit("voucher.blessed", till.row().id, secret="x")
    last = timeline(till.journal, till.row().id).entries[-1]
    assert (last.kind, last.params, last.who) == ("other", (("kind", "voucher.blessed"),), "Mai")


def test_a_sale_tells_order_codes_and_every_showing(tmp_path: Path, clock: HandClock) -> None:
    seller = FakeSeller(clock)
    seller.faults = {0: Fault.LOST_AFTER}
    till = SaleRig(tmp_path, seller, clock)
    till.stock_up()
    sale_id = till.sold()
    till.settle_for(60)
    till.print()
    told = timeline(till.journal, sale_id, RowKind.SALE)
    assert words(told) == [
        "bill", "sale", "call.buy", "no_answer", "sale.move.lost", "call.ask", "answer", "sale.move.bought",
        "sale.codes", "slip", "sale.shown.print", "slip.printing", "slip.printed", "sale.move.handed_over",
    ]  # fmt: skip
    assert entry(told, "sale.shown.print").who == "Lan"
    assert (told.row.status, dict(told.facts)["order_id"]) == (RowStatus.SALE_DONE, till.sale(sale_id).order.id)
    facts = ReviewReads(till.journal.core).support_facts(RowKind.SALE, sale_id)
    assert (facts.reference, facts.transaction_id) == (till.sale(sale_id).order.id, till.sale(sale_id).transaction_id)
    till.journal.close()


def test_a_booking_tells_its_steps_and_calls(tmp_path: Path) -> None:
    till = BookingRig(tmp_path)
    till.paid(code=CODE)
    till.wait(60)
    told = timeline(till.journal, till.payment().id, RowKind.BOOKING)
    steps = [kind.removeprefix("booking.step.") for kind in words(told) if kind.startswith("booking.step.")]
    assert steps == [
        "looked_up", "voucher_sent", "voucher_used", "ordered", "money_taken", "commit_sent", "commit_answered",
        "asked", "asked", "issued",
    ]  # fmt: skip
    assert {"call.redeem", "call.order", "call.commit", "call.poll", "booking.voucher"} <= set(words(told))
    assert told.row.status is RowStatus.BOOKING_DONE
    till.close()


def test_support_gets_what_finds_the_use_and_nothing_secret(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    issuer.faults["mark_used"] = [lambda: clock.pass_s(0.7)]
    till.sold(A)
    row = till.row()
    facts = ReviewReads(till.journal.core).support_facts(RowKind.REDEMPTION, row.id)
    assert (facts.bill_number, facts.ending, facts.transaction_id) == ("B1", "2835", "tx-2")
    [call] = facts.calls
    assert (call.operation, call.http_status, call.result) == ("mark_used", 200, "used")
    assert call.answered_utc is not None
    assert (call.answered_utc - call.at_utc).total_seconds() == pytest.approx(0.7)
    assert A not in repr(facts)
    assert A not in repr(timeline(till.journal, row.id))


def test_a_row_that_is_not_there_is_an_error(till: Rig) -> None:
    with pytest.raises(JournalError, match=r"journal\.no_such_row"):
        ReviewReads(till.journal.core).timeline(RowKind.SALE, "nobody")


def test_every_word_of_the_engine_is_a_kind_of_entry() -> None:
    """A new event without an entry would be told as `other`."""
    quiet = {"move.send", "hold.reserve", "hold.release", "sale.move.send"}  # the call beside it says so
    kinds = {
        *(f"move.{event}" for event in Event), *(f"hold.{event}" for event in HoldEvent),
        *(f"sale.move.{event}" for event in SaleEvent), *(f"booking.step.{step}" for step in StepKind),
        *(f"slip.{state}" for state in PrintState), *(f"taken_back.{step}" for step in TakeBackStep),
        *(f"sale.shown.{how}" for how in How),
    }  # fmt: skip
    assert kinds - quiet <= set(ENTRY_PARAMS)
