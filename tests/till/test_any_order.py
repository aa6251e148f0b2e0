"""Whatever people press in whatever order, under whatever faults: no rule breaks, and in the end the books agree."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from pos.domain.errors import PosError
from pos.domain.reasons import Reason
from pos.domain.voucher import CallRefused
from pos.till.counter import CounterBill
from pos.till.ports import Person, Role
from tests.till.fake_issuer import FakeIssuer, Fault
from tests.till.hand_clock import CountingChance, HandClock
from tests.till.rig import Rig, broken_promises

CODES = [f"55500000{n:02d}" for n in range(5)]
FAULTS: tuple[Fault, ...] = (
    "not_sent", "lost_before", "lost_after", "late", "throttled", "setup", CallRefused(Reason.EXPIRED),
    CallRefused(Reason.TOTAL_TOO_SMALL), CallRefused(Reason.SKU_TWICE),
)  # fmt: skip
OPERATIONS = ("check", "mark_used", "reserve", "release", "inquire")
CHANGING = ("mark_used", "reserve", "release")
TOLERATED = {"rule.already_taken"}
"""Two bills with one code: the second is stopped by this rule, with a sentence."""
STEPS = 60


class Counter:
    """Two bills, one cashier who presses anything."""

    def __init__(self, folder: Path, seed: int, *, reserving: bool) -> None:
        self.dice = random.Random(seed)
        self.clock = HandClock()
        self.issuer = FakeIssuer(reserving=reserving)
        self.issuer.date = self.clock.now_utc
        self.till = Rig(folder, self.issuer, self.clock, CountingChance())
        self.bills = {number: self.till.bill(number, 400_000) for number in ("B1", "B2")}
        self.done: list[str] = []

    def step(self) -> None:
        """One thing happens."""
        bill = self.dice.choice(list(self.bills.values()))
        actions: tuple[tuple[str, int, Callable[[CounterBill], None]], ...] = (
            ("scan", 4, lambda b: b.scan(self.dice.choice(CODES))),
            ("confirm", 5, lambda b: b.confirm(loss_accepted=True)),
            ("fault", 5, self._fault),
            ("settle", 4, lambda _: self._settle()),
            ("time", 4, lambda _: self.clock.pass_s(self.dice.choice((1, 6, 20, 70, 400)))),
            ("cable", 2, self._cable),
            ("accept", 3, lambda b: b.accept_offline(self.dice.choice((None, Person("2", "Hoa", Role.MANAGER))))),
            ("ask", 2, lambda b: b.ask_again()),
            ("drop", 1, lambda b: b.drop()),
            ("remove", 1, self._remove),
            ("again", 1, self._check_again),
            ("finish", 2, lambda b: b.finish_sale()),
            ("left", 1, lambda b: b.customer_left()),
            ("total", 1, lambda b: b.set_total(self.dice.choice((50_000, 400_000, 900_000)))),
            ("goods", 1, lambda b: b.add_sku("TRA:1:1000")),
            ("late", 1, lambda _: self.issuer.commit_late()),
            ("aside", 1, self._aside),
            ("restart", 1, lambda _: self._restart()),
        )
        name, _, act = self.dice.choices(actions, [weight for _, weight, _ in actions])[0]
        self.done.append(f"{name} {bill.key}")
        act(bill)
        message = self.bills[bill.key].view().message
        assert message is None or not message.code.startswith("rule.") or message.code in TOLERATED, message

    def _fault(self, _: CounterBill) -> None:
        operation, fault = self.dice.choice(OPERATIONS), self.dice.choice(FAULTS)
        if isinstance(fault, CallRefused | str) and (operation in CHANGING or isinstance(fault, str)):
            if operation not in CHANGING and fault in ("late", "setup"):
                return
            self.done[-1] = f"fault {operation} {fault}"
            self.issuer.faults[operation].append(fault)

    def _cable(self, _: CounterBill) -> None:
        self.issuer.cable_in = not self.issuer.cable_in

    def _remove(self, bill: CounterBill) -> None:
        if lines := bill.view().lines:
            bill.remove_line(self.dice.choice(lines).id)

    def _check_again(self, bill: CounterBill) -> None:
        if lines := bill.view().lines:
            bill.check_again(self.dice.choice(lines).id)

    def _aside(self, bill: CounterBill) -> None:
        bill.waiting = not bill.waiting

    def _settle(self) -> None:
        waiting = {number for number, bill in self.bills.items() if bill.waiting}
        self.till.here = lambda number: number in waiting
        self.till.settle(now=self.dice.random() < 0.3)

    def _restart(self) -> None:
        self.clock.reboot()
        self.till.restart()
        for number in self.bills:
            stands = self.till.journal.bill(number) is not None
            self.bills[number] = self.till.resume(number) if stands else self.till.bill(number, 400_000)

    def come_to_rest(self) -> None:
        """The faults are over, everything is settled, the day ends."""
        self.issuer.faults.clear()
        self.issuer.cable_in = True
        self.issuer.commit_late()
        self.clock.pass_s(400)
        self.till.bill("END", 1_000).scan("9999999999")  # a good call: a set-up fault is over
        for bill in self.bills.values():
            bill.ask_again()
            bill.drop()
        self.till.settle_to_rest()
        self.clock.pass_s(24 * 3600)
        self.till.settle_to_rest()


@pytest.mark.parametrize("reserving", [False, True], ids=["direct", "reserving"])
@pytest.mark.parametrize("seed", range(60))
def test_any_order(tmp_path: Path, seed: int, reserving: bool) -> None:
    """No rule breaks on the way; in the end nothing is doubled, lost, held or owned by nobody."""
    counter = Counter(tmp_path, seed, reserving=reserving)
    with closing(counter.till):
        try:
            for _ in range(STEPS):
                counter.step()
        except PosError as error:
            pytest.fail(f"{error} after {counter.done}")
        counter.come_to_rest()
        used = [(code, truth.used_for) for code, truth in counter.issuer.vouchers.items() if truth.used_for]
        assert broken_promises(counter.till.journal, used, at_rest=True) == [], counter.done
        assert all(truth.times_used <= 1 for truth in counter.issuer.vouchers.values())
        bugs = [e.quarantine for e in counter.till.journal.outbox() if (e.quarantine or "").startswith("bug:")]
        assert bugs == [], counter.done
