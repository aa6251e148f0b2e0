"""The queue: order, isolation, stops and pauses; nothing forgotten, nothing sent twice."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from pos.domain.cases import CaseKind
from pos.domain.errors import JournalUnavailable
from pos.domain.reasons import Reason
from pos.domain.redemption import (
    DONE,
    IN_FLIGHT_GIVEN,
    LOSS,
    REFUSED,
    UNKNOWN,
    UNKNOWN_GIVEN,
    UNSENT_GIVEN,
    USED_NOT_GIVEN,
)
from pos.domain.voucher import CallRefused, MarkedUsed, UsedVoucher
from pos.till.inquiry import Finding
from pos.till.leases import LEASE_S
from tests.till.fake_issuer import FakeIssuer
from tests.till.hand_clock import HandClock
from tests.till.rig import Rig, broken_promises, voucher

CODES = [f"55500000{n:02d}" for n in range(6)]


def accept(till: Rig, issuer: FakeIssuer, *codes: str) -> None:
    """Each code on a bill of its own, checked online, taken offline."""
    for code in codes:
        bill = till.bill(f"Q{code[-2:]}")
        bill.scan(code)
        issuer.cable_in = False
        bill.confirm(loss_accepted=True)
        bill.accept_offline()
        issuer.cable_in = True
    assert till.journal.risk().count >= len(codes)


def states(till: Rig, *codes: str) -> list[object]:
    return [till.row(f"Q{code[-2:]}").state for code in codes]


def test_the_queue_drains_in_order_and_tells_of_each(till: Rig, issuer: FakeIssuer) -> None:
    """Oldest first, one mark-use each, nothing at risk in the end."""
    accept(till, issuer, *CODES)
    till.settle()
    assert states(till, *CODES) == [DONE] * 6
    assert [call.endings[0] for call in issuer.calls if call.operation == "mark_used"] == [c[-4:] for c in CODES]
    assert till.journal.risk().count == 0
    assert [settled.finding for settled in till.settled] == [Finding.USED] * 6


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ("bug", IN_FLIGHT_GIVEN),
        ("lost_before", UNKNOWN_GIVEN),
        (CallRefused(Reason.EXPIRED), LOSS),
        (CallRefused(Reason.TOTAL_INVALID), UNSENT_GIVEN),
        (MarkedUsed((UsedVoucher(voucher(CODES[1]), 1),), "tx"), DONE),
    ],
)
def test_one_bad_row_never_blocks_the_others(till: Rig, issuer: FakeIssuer, fault: object, state: object) -> None:
    """A bug of ours, silence, a refusal, a request called wrong: the next row is sent all the same."""
    accept(till, issuer, *CODES[:4])
    issuer.faults["mark_used"] = [lambda: None, fault]  # type: ignore[list-item]
    till.settle()
    assert states(till, CODES[0], CODES[2], CODES[3]) == [DONE] * 3
    assert states(till, CODES[1]) == [state]
    if fault in ("bug", "lost_before"):
        till.restart()
        till.settle_to_rest()
        assert states(till, CODES[1]) == [DONE]
        assert {truth.times_used for truth in issuer.vouchers.values()} == {1}


def test_a_listener_that_breaks_does_not_stop_the_queue(till: Rig, issuer: FakeIssuer) -> None:
    """The row is settled; a screen's fault is no reason to hold the next one."""
    accept(till, issuer, *CODES[:3])

    class Broken(list[object]):
        """A screen that raises."""

        def append(self, _: object) -> None:
            raise ZeroDivisionError

    till.settled = Broken()  # type: ignore[assignment]
    till.settler = till.make_settler()
    till.settle()
    assert states(till, *CODES[:3]) == [DONE] * 3


def test_refused_after_it_was_given_is_a_loss_and_a_case(till: Rig, issuer: FakeIssuer) -> None:
    """Owned by a person, with the amount."""
    accept(till, issuer, CODES[0])
    issuer.vouchers[CODES[0]].used_for = "ELSEWHERE"
    till.settle()
    (case,) = till.journal.cases()
    assert (case.kind, case.amount_vnd, case.reason) == (CaseKind.LOSS, 100_000, Reason.ALREADY_USED)
    assert till.settled[-1].finding is Finding.REFUSED
    assert till.journal.outbox() == ()


def test_a_request_called_wrong_waits_for_a_person(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    """002, 210, 230, …: the voucher was not judged; never sent again by itself."""
    accept(till, issuer, CODES[0])
    issuer.faults["mark_used"] = [CallRefused(Reason.TOO_MANY_CODES)]
    for _ in range(3):
        till.settle(now=True)
        clock.pass_s(3600)
    assert states(till, CODES[0]) == [UNSENT_GIVEN]
    assert issuer.count("mark_used") == 1
    assert [entry.quarantine for entry in till.journal.outbox()] == ["too_many_codes"]


def test_an_issuer_that_answers_and_never_proves_anything_is_left_to_a_person(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """It refuses how we ask, whenever we ask: five times are enough, then somebody must look."""
    accept(till, issuer, CODES[0])
    issuer.faults["mark_used"], issuer.faults["inquire"] = ["lost_before"], ["no_proof"] * 9
    for _ in range(9):
        till.settle()
        clock.pass_s(3600)
    assert states(till, CODES[0]) == [UNKNOWN_GIVEN]
    assert issuer.count("inquire") == 5
    assert [entry.quarantine for entry in till.journal.outbox()] == ["gotit.request_refused"]


def test_silence_is_asked_about_for_ever(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    """No answer says nothing about asking: the next one may come."""
    accept(till, issuer, CODES[0])
    issuer.faults["mark_used"], issuer.faults["inquire"] = ["lost_after"], ["lost_before"] * 9
    for _ in range(12):
        till.settle()
        clock.pass_s(3600)
    assert states(till, CODES[0]) == [DONE]


def test_what_was_left_to_a_person_goes_on_when_a_person_says_so(till: Rig, issuer: FakeIssuer) -> None:
    """Its cause is mended: sent once more, and the journal says who said so."""
    accept(till, issuer, CODES[0])
    issuer.faults["mark_used"] = [CallRefused(Reason.TOO_MANY_CODES)]
    till.settle(now=True)
    assert till.settler.unpark("Hoa") == 1
    till.settle(now=True)
    assert states(till, CODES[0]) == [DONE]
    assert issuer.count("mark_used") == 2
    assert till.settler.unpark("Hoa") == 0


def test_a_set_up_fault_stops_automatic_calls_until_a_person_s_call_goes_through(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """§14 no. 32: no further automatic call with that PIN."""
    accept(till, issuer, *CODES[:3])
    issuer.faults["mark_used"] = ["setup"]
    till.settle()
    assert issuer.count("mark_used") == 1
    for _ in range(5):
        clock.pass_s(600)
        till.settle()
    assert issuer.count("mark_used") == 1
    assert till.settler.next_due_s() == 3600
    till.bill("B1").scan("4471902835")
    till.settle()
    assert states(till, *CODES[:2]) == [UNSENT_GIVEN, DONE] or states(till, *CODES[:2]) == [DONE, DONE]
    clock.pass_s(10)
    till.settle()
    assert states(till, *CODES[:3]) == [DONE] * 3


def test_209_pauses_60_s_then_5_min_and_a_cashier_s_call_goes_on(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """The queue waits, the counter does not."""
    accept(till, issuer, *CODES[:3])
    issuer.faults["mark_used"] = ["throttled"]
    till.settle()
    assert issuer.count("mark_used") == 1
    assert till.settler.next_due_s() == pytest.approx(60)
    assert till.sold("4471902835").view().phase.value == "done"
    clock.pass_s(30)
    till.settle()
    assert issuer.count("mark_used") == 2, "the cashier's call only: a pause is a pause"
    clock.pass_s(31)
    issuer.faults["inquire"] = ["throttled"]
    till.settle()
    assert till.settler.next_due_s() == pytest.approx(60, abs=240)
    clock.pass_s(301)
    till.settle_to_rest()
    assert states(till, *CODES[:3]) == [DONE] * 3
    assert {truth.times_used for truth in issuer.vouchers.values()} == {1}


def test_a_lost_network_stops_the_pass_at_the_first_row(till: Rig, issuer: FakeIssuer) -> None:
    """Hundreds of rows are not tried one after the other against nothing; nothing changes."""
    accept(till, issuer, *CODES)
    issuer.cable_in = False
    end = till.settle()
    assert end.worked == 1
    assert till.journal.risk().count == 6
    assert till.issuers.link.up is False


def test_a_bill_a_cashier_works_on_is_left_alone(till: Rig, issuer: FakeIssuer) -> None:
    """Never two calls for one bill."""
    accept(till, issuer, *CODES[:2])
    with till.desk.leases.hold(f"Q{CODES[0][-2:]}"):
        assert till.settle().worked == 1
        assert till.settle().worked == 0, "nothing to do is told, so that the settle thread does not spin"
    assert states(till, *CODES[:2]) == [UNSENT_GIVEN, DONE]
    till.settle()
    assert states(till, *CODES[:2]) == [DONE, DONE]


def test_a_lost_lease_ends_by_itself(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    """A thread that died does not keep its bill for ever."""
    accept(till, issuer, CODES[0])
    lost = till.desk.leases.hold(f"Q{CODES[0][-2:]}")
    lost.__enter__()
    till.settle()
    assert states(till, CODES[0]) == [UNSENT_GIVEN]
    clock.pass_s(LEASE_S + 1)
    till.settle()
    assert states(till, CODES[0]) == [DONE]
    lost.__exit__(None, None, None)


def test_value_is_given_with_the_inquiry_s_verdict_only_to_somebody_who_still_waits(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """She sets the bill aside while the inquiry is under way: not given, "finish the sale" comes later."""
    issuer.faults["mark_used"] = ["lost_after"]
    bill = till.sold("4471902835")
    till.here = lambda _: bill.waiting
    clock.pass_s(6)

    def set_aside() -> None:
        bill.waiting = False

    issuer.faults["inquire"] = [set_aside]
    till.settle()
    assert till.row().state == USED_NOT_GIVEN
    issuer.faults["mark_used"] = ["lost_after"]
    second = till.sold("880213457719", number="B2")
    till.here = lambda _: second.waiting
    clock.pass_s(6)
    till.settle()
    assert till.row("B2").state == DONE


def test_a_bill_set_aside_during_the_call_is_finished_later(till: Rig, issuer: FakeIssuer) -> None:
    """Rule 7: `given` is decided at the moment of the verdict."""
    bill = till.bill()
    bill.scan("4471902835")

    def set_aside() -> None:
        bill.waiting = False

    issuer.faults["mark_used"] = [set_aside]
    bill.confirm()
    assert till.row().state == USED_NOT_GIVEN
    till.resume().finish_sale()
    assert till.row().state == DONE


def test_a_full_disk_during_settling_loses_nothing(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    """The verdict of a queued row could not be written: asked about when there is room, used once."""
    accept(till, issuer, CODES[0])
    begin, left = till.journal.transaction, [2]

    def failing(actor: str) -> object:
        left[0] -= 1
        if left[0] == 0:
            raise JournalUnavailable("journal.disk_full")
        return begin(actor)

    till.journal.transaction = failing  # type: ignore[method-assign,assignment]
    with pytest.raises(JournalUnavailable):
        till.settle()
    till.journal.transaction = begin  # type: ignore[method-assign]
    assert states(till, CODES[0]) == [IN_FLIGHT_GIVEN]
    clock.pass_s(6)
    till.settle()
    till.settle()
    assert states(till, CODES[0]) == [DONE]
    assert issuer.vouchers[CODES[0]].times_used == 1


def test_after_a_restart_the_shorter_clock_counts(till: Rig, issuer: FakeIssuer, clock: HandClock) -> None:
    """Somebody sets our clock, or the issuer's jumps: neither alone makes a minute out of ten seconds."""
    for number, jumped in (("B1", "ours"), ("B2", "theirs")):
        issuer.date = clock.now_utc
        till.bill("B0").scan("1234567890")
        issuer.faults["mark_used"] = ["lost_before"]
        till.sold(f"447190283{number[1]}", number=number)
        clock.reboot()
        clock.pass_s(10)
        if jumped == "ours":
            clock.jump_s(3600)
            issuer.date = lambda: clock.now_utc() - timedelta(seconds=3600)
        else:
            issuer.date = lambda: clock.now_utc() + timedelta(seconds=3600)
        till.restart()
        clock.pass_s(6)
        till.settle(now=True)
        assert till.row(number).state == UNKNOWN, jumped
        clock.pass_s(61)
        till.settle(now=True)
        assert till.row(number).state.outcome.value == "unsent", jumped


def test_a_refused_voucher_of_a_finished_bill_does_not_print_again(till: Rig, issuer: FakeIssuer) -> None:
    """A second voucher on a finished bill, refused by the mark-use: the slip that stands is right."""
    from pos.till.ports import PrintState

    bill = till.sold("4471902835")
    bill.scan("880213457719")
    issuer.vouchers["880213457719"].used_for = "ELSEWHERE"
    bill.confirm()
    assert till.row(nth=1).state == REFUSED
    assert len(till.journal.print_jobs(states=[PrintState.PENDING])) == 1


def test_four_bills_at_once_and_settling_lose_no_update(till: Rig, issuer: FakeIssuer) -> None:
    """Four workers with 5 bills each, the queue draining meanwhile: every voucher used once, the chain whole."""
    accept(till, issuer, *CODES)
    failures: list[BaseException] = []

    def work(worker: int) -> None:
        try:
            for nth in range(5):
                bill = till.sold(f"66600{worker}0000{nth}", number=f"W{worker}-{nth}")
                assert bill.view().phase.value == "done"
        except Exception as error:  # noqa: BLE001 - whatever it is, the test tells
            failures.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    settler = threading.Thread(target=till.settle)
    for thread in (*threads, settler):
        thread.start()
    for thread in (*threads, settler):
        thread.join(30)
    assert failures == []
    till.settle()
    used = [(c, t.used_for) for c, t in issuer.vouchers.items() if t.used_for]
    assert len(used) == 26
    assert {t.times_used for t in issuer.vouchers.values()} == {1}
    assert broken_promises(till.journal, used, at_rest=True) == []


def test_a_minute_of_this_run_is_a_minute_whatever_the_clocks_say(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """Restarted with a clock that was set back a day: the proof waits for a minute, not for a day."""
    issuer.faults["mark_used"] = ["lost_before"]
    till.sold("4471902835")
    clock.jump_s(-24 * 3600)
    clock.reboot()
    till.restart()
    clock.pass_s(61)
    till.settle(now=True)
    assert till.row().state.outcome.value == "unsent"
