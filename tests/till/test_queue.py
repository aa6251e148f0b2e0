"""The till by itself: what the queue does with each row, what a start finds, what is left to people and comes back."""

from __future__ import annotations

import pytest

from pos.domain.errors import NotSent, PosError
from pos.domain.reasons import Reason
from pos.domain.redemption import DROPPED, IN_FLIGHT, UNKNOWN, Hold
from pos.domain.voucher import CallRefused
from pos.till.inquiry import Finding
from tests.till.fake_issuer import FakeIssuer
from tests.till.hand_clock import HandClock
from tests.till.record import calls, changes, waits
from tests.till.rig import Rig

A, B, C = "4471902835", "880213457719", "5550000000012"


def queued(till: Rig, issuer: FakeIssuer, *codes: str) -> None:
    """Each on a bill of its own, B1, B2 …, taken offline."""
    for nth, code in enumerate(codes or (A,), 1):
        issuer.cable_in = True
        bill = till.bill(f"B{nth}")
        bill.scan(code)
        issuer.cable_in = False
        bill.confirm()
        bill.accept_offline()
    issuer.cable_in = True


def told(till: Rig) -> list[tuple[str, Finding]]:
    """What the counter heard of since last asked: bill, finding."""
    found = [(one.row_before.bill_number, one.finding) for one in till.settled]
    till.settled.clear()
    return found


# ---------------------------------------------------------------- one row after the other


def test_every_call_of_the_queue_gives_way_to_cashiers(
    reserving_till: Rig, issuer: FakeIssuer, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reserve, mark-use, inquiry, release, next day's look: none takes a cashier's turn."""
    till = reserving_till
    queued(till, issuer, A)
    held = till.sold(B, number="HELD")
    issuer.cable_in = False
    held.drop()
    issuer.cable_in = True
    issuer.faults["reserve"] = ["lost_before"]
    till.sold(C, number="LOST")

    def barred() -> None:
        raise AssertionError("the queue took a cashier's turn")

    monkeypatch.setattr(till.issuers.gate, "cashier_call", barred)
    clock.pass_s(61)
    till.settle()
    till.settle()
    assert {operation for operation, _ in calls(till)[3:]} >= {"reserve", "mark_used", "release", "inquire"}
    assert till.journal.outbox() == () or {e.quarantine for e in till.journal.outbox()} == {None}


def test_the_queue_tells_each_end(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    """Used, lost, found used after all; what has no end yet is not told."""
    queued(till, issuer, A, B, C)
    issuer.vouchers[B].used_for = "OTHER"
    issuer.faults["mark_used"] = [lambda: None, lambda: None, "lost_after"]
    till.settle()
    assert told(till) == [("B1", Finding.USED), ("B2", Finding.REFUSED)]
    clock.pass_s(5)
    till.settle()
    assert told(till) == [("B3", Finding.USED)]
    assert till.journal.outbox() == ()


def test_value_of_the_queue_is_given_once_however_it_ends(till: Rig, issuer: FakeIssuer) -> None:
    """Nobody waits at the counter for the queue's verdict: it prints nothing and shows nothing."""
    queued(till, issuer, A)
    till.settle()
    stored = till.journal.bill("B1")
    assert stored is not None
    assert stored.slips == 1
    assert changes(till, "move")[-1]["event"] == "used"


def test_a_lost_line_ends_the_pass_and_the_rest_waits(till: Rig, issuer: FakeIssuer) -> None:
    queued(till, issuer, A, B)
    issuer.cable_in = False
    end = till.settle()
    assert end.worked == 1
    assert isinstance(end.stopped_by, NotSent)
    issuer.cable_in = True
    end = till.settle()
    assert (end.worked, end.stopped_by) == (2, None)


def test_a_throttled_issuer_is_left_alone_by_the_queue(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    """For its pause and no longer; a person who asks is not kept waiting."""
    queued(till, issuer, A)
    till.issuers.gate.throttled()
    assert till.settler.next_due_s() == 60
    assert till.settle().worked == 0
    clock.pass_s(60)
    assert till.settler.next_due_s() == 0
    till.issuers.gate.setup_fault(PosError("gotit.pin_wrong"))
    assert (till.settler.next_due_s(), till.settle().worked) == (3600, 0)
    assert till.settle(now=True).worked == 1


def test_only_what_is_due_is_worked_on_unless_a_person_asks(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    """And then not the next day's look, which would be no look at the next day."""
    issuer.faults["mark_used"] = ["lost_before"]
    till.sold(A)
    clock.pass_s(4.5)
    assert (till.settle().worked, till.settler.next_due_s()) == (0, 0.5)
    assert till.settle(now=True).worked == 1
    clock.pass_s(60)
    till.settle()
    till.resume().drop()
    assert till.row().state == DROPPED
    assert till.settle(now=True).worked == 0
    assert till.settler.next_due_s() == 3600
    clock.pass_s(24 * 3600)
    assert till.settler.next_due_s() == 0
    assert till.settle().worked == 1


def test_a_row_that_stumbles_is_left_to_a_person_by_name(till: Rig, issuer: FakeIssuer) -> None:
    """The others go on; the reason says whether it was a known error or a bug's type."""
    queued(till, issuer, A, B, C)

    def known() -> None:
        raise PosError("rule.unsendable_text")

    issuer.faults["mark_used"] = ["bug", known]
    till.settle()
    clock = till.clock
    assert isinstance(clock, HandClock)
    assert [(waits(till, number) or ("",) * 5)[4] for number in ("B1", "B2", "B3")] == [
        "bug:ZeroDivisionError", "bug:rule.unsendable_text", "",
    ]  # fmt: skip
    assert till.settler.next_due_s() == 3600, "what is parked is not due"


def test_what_was_left_to_people_is_put_back_to_work(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    """Only that, at once, and the chain says why it had been parked."""
    queued(till, issuer, A, B)
    issuer.faults["mark_used"] = ["bug", "lost_before"]
    till.settle()
    assert till.settler.unpark("hoa") == 1
    assert changes(till, "unparked") == [{"why": "bug:ZeroDivisionError"}]
    assert (waits(till, "B1") or ("", -1.0))[1] == 0
    assert (waits(till, "B2") or ("", -1.0))[1] == 5
    assert till.settler.unpark("hoa") == 0


# ---------------------------------------------------------------- calls without an end


def test_a_call_whose_end_nobody_wrote_is_asked_about(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    """A bug in mid-call left it in flight: it becomes unknown and due at once."""
    issuer.faults["mark_used"] = ["bug"]
    with pytest.raises(ZeroDivisionError):
        till.sold(A)
    assert till.row().state == IN_FLIGHT
    clock.pass_s(5)
    till.settle()
    assert (till.row().state, waits(till)) == (UNKNOWN, ("inquire", 0, 0, 0, None))
    assert changes(till, "move")[-1]["note"] == "orphan"


@pytest.mark.parametrize(("operation", "work"), [("reserve", "inquire"), ("release", "release")])
def test_a_hold_whose_end_nobody_wrote_is_asked_about(
    reserving_till: Rig, issuer: FakeIssuer, clock: HandClock, operation: str, work: str
) -> None:
    """While it is still wanted to be known, after the bill is over to be given back."""
    till = reserving_till
    if operation == "release":
        till.sold(A)
    issuer.faults[operation] = ["bug"]
    with pytest.raises(ZeroDivisionError):
        till.resume().drop() if operation == "release" else till.sold(A)
    clock.pass_s(5)
    till.settle()
    assert (till.row().hold, waits(till)) == (Hold.UNKNOWN, (work, 0, 0, 0, None))


# ---------------------------------------------------------------- the start


def test_a_start_makes_unknown_what_was_in_flight(till: Rig, issuer: FakeIssuer) -> None:
    issuer.faults["mark_used"] = ["bug"]
    with pytest.raises(ZeroDivisionError):
        till.sold(A, B)
    till.restart()
    for nth in (0, 1):
        assert (till.row(nth=nth).state, waits(till, nth=nth)) == (UNKNOWN, ("inquire", 5, 0, 0, None))
    assert changes(till, "move")[-1]["event"] == "restart"


@pytest.mark.parametrize(
    ("operation", "fault", "hold", "wait"),
    [
        ("reserve", "bug", Hold.UNKNOWN, ("release", 0, 0, 0, None)),
        ("mark_used", "lost_before", Hold.HELD, ("release", 5, 0, 0, None)),
        ("", "", Hold.HELD, ("release", 0, 0, 0, None)),
    ],
)
def test_a_start_gives_every_open_hold_an_end(
    reserving_till: Rig, issuer: FakeIssuer, operation: str, fault: str, hold: Hold, wait: tuple[object, ...]
) -> None:
    """What is only held is given back at once; what may be used is asked about first."""
    till = reserving_till
    if operation == "reserve":
        issuer.faults["reserve"] = [fault]
        with pytest.raises(ZeroDivisionError):
            till.sold(A)
    else:
        till.sold(A)
    if operation == "mark_used":
        issuer.faults["mark_used"] = [fault]
        till.resume().confirm()
    till.restart()
    assert (till.row().hold, waits(till)) == (hold, wait)


def test_a_start_leaves_alone_what_a_person_decides(reserving_till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    """A parked hold stays parked; another one beside it is given back."""
    till = reserving_till
    till.sold(A, B)
    till.restart()
    with till.journal.transaction("till") as tx:
        tx.quarantine(till.row().id, "undecidable")
    till.restart()
    first, second = waits(till), waits(till, nth=1)
    assert first is not None
    assert second is not None
    assert (first[4], second[0], second[4]) == ("undecidable", "release", None)


def test_a_refusal_of_a_queued_reserve_is_told(reserving_till: Rig, issuer: FakeIssuer) -> None:
    """The queue reserves first; refused there, the value is lost and told."""
    till = reserving_till
    bill = till.bill("B1")
    bill.scan(A)
    issuer.cable_in = False
    bill.confirm()
    bill.accept_offline()
    issuer.cable_in = True
    issuer.faults["reserve"] = [CallRefused(Reason.EXPIRED)]
    till.settle()
    assert told(till) == [("B1", Finding.REFUSED)]
