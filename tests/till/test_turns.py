"""Whose turn it is at the issuer: cashiers before the queue, two at a time, and nobody is kept waiting for good."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

import pos.till.gate
import pos.till.leases
from pos.till.gate import Gate
from pos.till.leases import Leases
from tests.till.fake_issuer import FakeIssuer
from tests.till.hand_clock import HandClock
from tests.till.rig import Rig

A, B = "4471902835", "880213457719"


class Turns:
    """Who asked for a turn: c for a cashier, q for the queue."""

    def __init__(self, till: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
        self.taken = ""
        gate = till.issuers.gate
        for name, letter in (("cashier_call", "c"), ("background_call", "q")):
            monkeypatch.setattr(gate, name, self._noting(getattr(gate, name), letter))

    def _noting(self, turn: Callable[[], Iterator[None]], letter: str) -> Callable[[], Iterator[None]]:
        def noted() -> Iterator[None]:
            self.taken += letter
            return turn()

        return noted

    def told(self) -> str:
        """Since the last question."""
        told, self.taken = self.taken, ""
        return told


def test_every_call_that_a_person_waits_for_goes_before_the_queue(
    reserving_till: Rig, issuer: FakeIssuer, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Checking, holding, using, asking again and giving back at the counter; the same done by the queue gives way."""
    till, turns = reserving_till, Turns(reserving_till, monkeypatch)
    bill = till.sold(A, B)
    assert turns.told() == "cccc", "two checks, one of both together, one reserve"
    issuer.faults["mark_used"] = ["lost_before"]
    bill.confirm(loss_accepted=True)
    assert turns.told() == "c"
    clock.pass_s(61)
    bill.ask_again()
    assert turns.told() == "cc"
    bill.drop()
    assert turns.told() == "cc", "both given back"
    till.sold("5550000001", number="B2")
    turns.told()
    till.restart()
    turns = Turns(till, monkeypatch)
    till.settle_to_rest()
    assert set(turns.told()) == {"q"}, "holds that nobody waits for any more are given back"


def test_what_the_queue_does_gives_way_to_cashiers(
    reserving_till: Rig, issuer: FakeIssuer, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reserve, use and inquire for a voucher accepted offline."""
    till = reserving_till
    bill = till.bill()
    bill.scan(A)
    issuer.cable_in = False
    bill.confirm(loss_accepted=True)
    bill.accept_offline()
    issuer.cable_in = True
    turns = Turns(till, monkeypatch)
    issuer.faults["mark_used"] = ["lost_before"]
    till.settle_to_rest()
    assert turns.told() == "qqqqq", "reserve, use, asked too early, asked in time, used"


@pytest.mark.parametrize(("fault", "drops_at_once", "told"), [("lost_after", True, "qq"), ("lost_before", False, "q")])
def test_what_is_left_of_a_bill_given_up_gives_way_to_cashiers(
    reserving_till: Rig, issuer: FakeIssuer, clock: HandClock, monkeypatch: pytest.MonkeyPatch, fault: str,
    drops_at_once: bool, told: str,
) -> None:  # fmt: skip
    """A hold that an inquiry finds and gives back; the next day's look at a voucher that was not held."""
    issuer.faults["reserve"] = [fault]
    bill = reserving_till.sold(A)
    clock.pass_s(61)
    if not drops_at_once:
        bill.ask_again()
    bill.drop()
    clock.pass_s(24 * 3600)
    turns = Turns(reserving_till, monkeypatch)
    reserving_till.settle()
    assert turns.told() == told


# ---------------------------------------------------------------- waiting


def begun(job: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=job, daemon=True)
    thread.start()
    return thread


@contextmanager
def in_turn(gate: Gate, *kinds: str) -> Iterator[list[Callable[[], None]]]:
    """These calls run; gives how to end each."""
    turns = [gate.cashier_call() if kind == "cashier" else gate.background_call() for kind in kinds]
    ended = [False] * len(turns)

    def end(nth: int) -> None:
        if not ended[nth]:
            ended[nth] = True
            turns[nth].__exit__(None, None, None)

    for turn in turns:
        turn.__enter__()
    yield [lambda nth=nth: end(nth) for nth in range(len(turns))]  # type: ignore[misc]
    for nth in range(len(turns)):
        end(nth)


def test_the_queue_s_patience_with_cashiers_ends(clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day of one customer after the other must not keep vouchers given offline unsettled for ever."""
    monkeypatch.setattr(pos.till.gate, "_GIVE_WAY_S", 0.01)
    gate, done = Gate(clock), threading.Event()

    def call() -> None:
        with gate.background_call():
            done.set()

    with in_turn(gate, "cashier"):
        begun(call)
        assert done.wait(10)


def test_not_even_an_impatient_queue_makes_it_three_calls_at_a_time(
    clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The contract's limit stands, whoever waits how long."""
    monkeypatch.setattr(pos.till.gate, "_GIVE_WAY_S", 0.01)
    gate, inside = Gate(clock), threading.Event()

    def call() -> None:
        with gate.background_call():
            inside.set()

    with in_turn(gate, "cashier", "cashier") as (end_first, _):
        queue = begun(call)
        assert not inside.wait(0.1)
        end_first()
        assert inside.wait(10)
        queue.join(10)


def test_a_cashier_who_comes_while_the_queue_waits_for_a_slot_goes_first(clock: HandClock) -> None:
    """The queue holds both slots and wants a third; the cashier came later and goes before it."""
    gate = Gate(clock)
    order: list[str] = []
    waiting = gate._cond._waiters  # type: ignore[attr-defined]

    def call(kind: str) -> None:
        with gate.cashier_call() if kind == "cashier" else gate.background_call():
            order.append(kind)

    def wait_for_waiters(most: int) -> None:
        pause = threading.Event()
        while True:
            with gate._cond:
                if len(waiting) >= most:
                    return
            pause.wait(0.001)

    with in_turn(gate, "queue", "queue") as (end_first, _):
        queue = begun(lambda: call("queue"))
        wait_for_waiters(1)
        cashier = begun(lambda: call("cashier"))
        wait_for_waiters(2)
        end_first()
        cashier.join(10)
        queue.join(10)
    assert order == ["cashier", "queue"]


def test_a_cashier_waits_for_a_lost_thread_s_bill_no_longer_than_its_lease(
    clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is left who could wake her."""
    monkeypatch.setattr(pos.till.leases, "LEASE_S", 0.01)
    leases, got = Leases(clock), threading.Event()

    def wait() -> None:
        with leases.hold("B1"):
            got.set()

    with leases.hold("B1"):
        begun(wait)
        assert got.wait(10)
