"""Two issuers on one bill: each is asked about its own vouchers only, and what befalls one leaves the other's true."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pos.domain.offline_policy import Ground
from pos.domain.reasons import Reason
from pos.domain.redemption import DONE, REFUSED, UNKNOWN, UNSENT, UNSENT_GIVEN
from pos.domain.routing import read_rules
from pos.domain.voucher import CallRefused
from pos.till.counter import CounterBill
from pos.till.ports import Person, Role
from pos.till.views import IssuerChoice, LineStatus, Phase, Verdict
from tests.till.fake_issuer import FakeIssuer
from tests.till.hand_clock import CountingChance, HandClock
from tests.till.rig import Rig, line

MANAGER = Person("m", "Hương", Role.MANAGER)
A, B, E1, E2 = "4471902835", "880213457719", "EV0000000001", "EV0000000002"
RULES = read_rules("gotit:10-16:printable:;vinid-evoucher:6-32:upper:EV;gotadi:17-17:upper:ADCO")
EITHER = read_rules("gotit:10-16:printable:;vinid-evoucher:6-32:upper:")


@pytest.fixture
def other(clock: HandClock) -> FakeIssuer:
    """An issuer of e-vouchers: never offline, one a call, a weak inquiry."""
    issuer = FakeIssuer(name="vinid-evoucher", label="VinID", max_codes=1, offline=False, weak=True)
    issuer.date = clock.now_utc
    return issuer


@pytest.fixture
def till(tmp_path: Path, issuer: FakeIssuer, other: FakeIssuer, clock: HandClock) -> Iterator[Rig]:
    rig = Rig(tmp_path, issuer, clock, CountingChance(), more=[other], rules=RULES)
    yield rig
    rig.close()


def told(issuer: FakeIssuer, operation: str) -> list[tuple[str, ...]]:
    return [call.endings for call in issuer.calls if call.operation == operation]


def states(till: Rig) -> dict[str, object]:
    return {row.ending: row.state for row in till.journal.redemptions_of("B1")}


# ---------------------------------------------------------------- whose code


def test_each_issuer_hears_of_its_own_vouchers_only(till: Rig, issuer: FakeIssuer, other: FakeIssuer) -> None:
    bill = till.sold(A, E1, B, E2, total_vnd=400_000)
    assert bill.view().phase is Phase.DONE
    assert told(issuer, "mark_used") == [("2835", "7719")]
    assert told(other, "mark_used") == [("0001",), ("0002",)], "one a call, in the order scanned"
    assert told(other, "check_together") == [], "who takes one a call has no rule about several"
    assert [(ln.provider, ln.status) for ln in bill.view().lines] == [
        *[("Got It", LineStatus.USED), ("VinID", LineStatus.USED)] * 2
    ]
    assert set(states(till).values()) == {DONE}


def test_a_code_that_may_be_of_two_issuers_is_shown_to_neither_until_a_person_says(
    tmp_path: Path, issuer: FakeIssuer, other: FakeIssuer, clock: HandClock
) -> None:
    till = Rig(tmp_path / "either", issuer, clock, CountingChance(), more=[other], rules=EITHER)
    bill = till.bill()
    bill.scan(E1)
    asked = bill.view().lines[0]
    assert (asked.status, asked.reason, asked.provider) == (LineStatus.UNCHECKED, Reason.WHICH_ISSUER, "")
    assert asked.choices == (IssuerChoice("gotit", "Got It"), IssuerChoice("vinid-evoucher", "VinID"))
    bill.check_again(asked.id)
    bill.confirm()
    assert bill.view().message is not None
    assert (issuer.calls, other.calls) == ([], [])
    bill.change_issuer(asked.id, "vinid-evoucher")
    assert (told(issuer, "check"), told(other, "check")) == ([], [("0001",)])
    bill.confirm(loss_accepted=True)
    assert bill.view().phase is Phase.DONE
    assert issuer.calls == []
    till.close()


def test_a_person_corrects_the_issuer_and_nothing_of_the_first_answer_stays(
    till: Rig, issuer: FakeIssuer, other: FakeIssuer
) -> None:
    issuer.vouchers[A].refused = Reason.CODE_UNKNOWN
    bill = till.bill()
    bill.scan(A)
    first = bill.view().lines[0]
    assert (first.status, first.choices) == (LineStatus.REFUSED, (IssuerChoice("vinid-evoucher", "VinID"),))
    bill.change_issuer(first.id, "vinid-evoucher")
    now = bill.view().lines[0]
    assert (now.provider, now.status, now.reason) == ("VinID", LineStatus.USABLE, None)
    bill.change_issuer(now.id, "nobody")
    assert bill.view().lines[0] == now


def test_once_it_was_sent_no_person_changes_the_issuer(till: Rig, issuer: FakeIssuer, other: FakeIssuer) -> None:
    issuer.faults["mark_used"] = ["lost_before"]
    bill = till.sold(A)
    assert line(bill, "2835").choices == ()
    bill.change_issuer(bill.view().lines[0].id, "vinid-evoucher")
    assert other.calls == []


def test_a_booking_number_is_told_to_the_window_and_to_no_issuer(
    till: Rig, issuer: FakeIssuer, other: FakeIssuer
) -> None:
    heard: list[str] = []
    bill = CounterBill(till.desk, "B1", till.bill().bill, actor="lan", on_booking=heard.append)
    bill.scan("ADCO2401010000001")
    assert heard == ["ADCO2401010000001"]
    assert (bill.view().lines, issuer.calls, other.calls) == ((), [], [])
    message = bill.view().message
    assert message is not None
    assert message.code == "scan.is_booking"


# ---------------------------------------------------------------- one issuer's trouble


def test_one_issuers_refusal_leaves_the_others_vouchers_unsent(
    till: Rig, issuer: FakeIssuer, other: FakeIssuer
) -> None:
    issuer.faults["mark_used"] = [CallRefused(Reason.EXPIRED)]
    bill = till.sold(A, E1)
    assert states(till) == {"2835": REFUSED, "0001": UNSENT}
    assert (bill.view().phase, told(other, "mark_used")) == (Phase.UNSENT, [])
    bill.confirm(loss_accepted=True)
    assert states(till) == {"2835": REFUSED, "0001": DONE}


def test_one_issuers_silence_leaves_what_the_other_took_used(till: Rig, issuer: FakeIssuer, other: FakeIssuer) -> None:
    other.faults["mark_used"] = ["lost_before"]
    till.sold(A, E1)
    assert states(till) == {"2835": DONE, "0001": UNKNOWN}


def test_an_issuer_that_does_not_accept_the_till_stops_no_other_ones_queue(
    till: Rig, issuer: FakeIssuer, other: FakeIssuer, clock: HandClock
) -> None:
    """The e-voucher's inquiry is stopped by its own set-up fault; Got It's queue drains all the same."""
    other.faults["mark_used"] = ["lost_before"]
    till.sold(E1, number="B2")
    bill = till.bill()
    bill.scan(A)
    issuer.cable_in = False
    bill.confirm(loss_accepted=True)
    bill.accept_offline()
    assert states(till) == {"2835": UNSENT_GIVEN}
    issuer.cable_in = True
    other.faults["inquire"] = ["setup"]
    clock.pass_s(30)
    end = till.settle()
    assert (end.worked, states(till)) == (2, {"2835": DONE})
    assert till.row("B2").state == UNKNOWN
    assert till.settler.next_due_s() == 3600, "nothing is asked of that issuer until a person has"


def test_an_issuer_that_cannot_be_reached_keeps_no_other_ones_rows_waiting(
    till: Rig, issuer: FakeIssuer, other: FakeIssuer, clock: HandClock
) -> None:
    issuer.faults["mark_used"] = ["lost_after"]
    other.faults["mark_used"] = ["lost_after"]
    till.sold(A)
    till.sold(E1, number="B2")
    issuer.cable_in = False
    clock.pass_s(61)
    end = till.settler.run_pass(without=["gotit"])
    assert end.worked == 1
    assert (till.row().state, told(other, "inquire")) == (UNKNOWN, [("0001",)])


def test_a_pause_that_one_issuer_asks_for_is_no_other_ones(till: Rig, issuer: FakeIssuer, other: FakeIssuer) -> None:
    other.faults["mark_used"] = ["throttled"]
    till.sold(E1)
    assert till.issuers.throttled_until_mono_s() is not None
    assert till.issuers.gate.throttled_until_mono_s is None


# ---------------------------------------------------------------- without the network


def test_without_the_network_only_what_its_issuer_allows_is_offered(
    till: Rig, issuer: FakeIssuer, other: FakeIssuer
) -> None:
    bill = till.bill()
    for code in (A, E1):
        bill.scan(code)
    issuer.cable_in = other.cable_in = False
    bill.confirm(loss_accepted=True)
    offer = bill.view().offer
    assert offer is not None
    assert offer.verdict is Verdict.ACCEPT
    bill.accept_offline()
    assert states(till) == {"2835": UNSENT_GIVEN, "0001": UNSENT}, "the e-voucher is never given without its issuer"
    bill.drop()
    assert bill.view().phase is Phase.ACCEPTED_OFFLINE


def test_an_e_voucher_alone_is_refused_without_the_network_and_the_cashier_is_told_why(
    till: Rig, other: FakeIssuer
) -> None:
    other.cable_in = False
    bill = till.bill()
    bill.scan(E1)
    offer = bill.view().offer
    assert offer is not None
    assert (offer.verdict, offer.grounds) == (Verdict.REFUSE, (Ground.PROVIDER,))
    alone = bill.view().lines[0]
    assert (alone.needs_network, alone.needs_value) == (True, False), "a face value would be asked for nothing"


def test_after_the_offline_acceptance_the_till_says_what_still_needs_its_issuer(
    till: Rig, issuer: FakeIssuer, other: FakeIssuer
) -> None:
    """Not the next voucher is asked for while this one is on the bill; taken off, the bill is finished."""
    issuer.cable_in = other.cable_in = False
    bill = till.bill()
    for code in (E1, A):
        bill.scan(code)
    bill.declare(line(bill, "2835").id, 50_000)
    bill.accept_offline(MANAGER)
    view = bill.view()
    assert states(till) == {"2835": UNSENT_GIVEN}
    assert (view.phase, view.offer and view.offer.grounds) == (Phase.OFFERED, (Ground.PROVIDER,))
    bill.remove_line(line(bill, "0001").id)
    assert bill.view().phase is Phase.ACCEPTED_OFFLINE


# ---------------------------------------------------------------- an issuer that is gone


def test_a_bill_of_an_issuer_that_is_not_set_up_any_more_can_still_be_looked_at(
    till: Rig, other: FakeIssuer, tmp_path: Path, clock: HandClock, issuer: FakeIssuer
) -> None:
    other.faults["mark_used"] = ["lost_before"]
    till.sold(E1)
    till.close()
    alone = Rig(tmp_path, issuer, clock, till.chance)
    bill = alone.resume()
    assert [(ln.provider, ln.status) for ln in bill.view().lines] == [("vinid-evoucher", LineStatus.UNKNOWN)]
    bill.ask_again()
    message = bill.view().message
    assert message is not None
    assert message.code == "config.provider_missing"
    alone.settle()
    assert [entry.quarantine for entry in alone.journal.outbox()] == ["bug:config.provider_missing"]
    alone.close()
