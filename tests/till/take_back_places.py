"""Taking a voucher back, with a fault or the program's end at every call and every commit of it, and two of them.

A bill is sold. A manager takes it back; after each end of the program it starts again and goes on by itself. Before
each step, and at the end, other bills try to take the same voucher. The issuer's count is the judge.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from pos.domain.bill import Bill
from pos.domain.codes import VoucherCode
from pos.domain.errors import NotSent, SetupFault
from pos.domain.reasons import Reason
from pos.domain.redemption import Outcome
from pos.domain.routing import Rule
from pos.domain.voucher import CallRefused
from pos.security.vault import Vault
from pos.till.ports import Chance, Clock, Person, Role, TakingBack, Trace
from pos.till.views import LineStatus
from tests.till.fake_issuer import FakeIssuer
from tests.till.hand_clock import CountingChance, HandClock
from tests.till.rig import KEY, Rig
from tests.till.several_places import PlacedJournal, Places, Plan, PowerCut

E1 = "EV0000000001"
MANAGER = Person("m", "Hương", Role.MANAGER)
MOST_SENDS = 2
T = TypeVar("T")
_READING = ("not_sent", "lost_before", "throttled", "setup", "crash_before")
_CHANGING = (*_READING, "lost_after", "refused", "crash_after")


class PlacedRefunder(FakeIssuer):
    """Asks at every call of a take-back what goes wrong with it."""

    places: Places

    def _do(
        self, operation: str, codes: Sequence[VoucherCode], bill: Bill, trace: Trace, carry_out: Callable[[], T]
    ) -> T:
        fault = self.places.next(_CHANGING if operation == "take_back" else _READING)
        if fault == "crash_after":
            carry_out()
        if fault in ("crash_before", "crash_after"):
            raise PowerCut
        if fault == "refused":
            self.faults[operation] = [CallRefused(Reason.NOT_ALLOWED)]
        elif fault is not None:
            self.faults[operation] = [fault]
        return super()._do(operation, codes, bill, trace, carry_out)


class Story:
    """One take-back to its end."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.places, self.clock, self.bills, self.early = Places(plan), HandClock(), 1, False
        self.issuer = PlacedRefunder(name="vinid-evoucher", label="VinID", max_codes=1, offline=False, weak=True)
        self.issuer.places, self.issuer.date = self.places, self.clock.now_utc
        self.places.counting = False
        self.rig = Rig(
            folder, self.issuer, self.clock, CountingChance(), rules=(Rule("vinid-evoucher", 6, 32),),
            journal=self._open, refunders=[self.issuer],
        )  # fmt: skip
        self.rig.sold(E1)

    def _open(self, path: Path, clock: Clock, chance: Chance) -> PlacedJournal:
        journal = self.journal = PlacedJournal(path, Vault(KEY), clock, chance)
        journal.places = self.places
        return journal

    def tell(self) -> None:
        step: Callable[[], object] = self._ask
        for _ in range(6):
            self._another_bill_tries()
            self.places.counting = True
            try:
                step()
            except (NotSent, SetupFault):
                pass
            except PowerCut:
                self.places.counting = False
                self.journal.bury()
                self.clock.pass_s(10)
                self.rig.open()
            self.places.counting = False
            step = self._go_on
        self.clock.pass_s(400)
        self.rig.settle(now=True)
        self.rig.settle(now=True)
        self._another_bill_tries()

    def _ask(self) -> None:
        self.rig.take_back.take_back(self.rig.row().id, manager=MANAGER, reason="khách trả hàng")

    def _go_on(self) -> None:
        self.clock.pass_s(400)
        self.rig.settle(now=True)

    def _another_bill_tries(self) -> None:
        """Once it has the voucher it keeps it."""
        if self.bills > 1 and self.rig.row(f"B{self.bills}").state.outcome is Outcome.USED:
            return
        proven = self.rig.row().taking_back is TakingBack.DONE
        bill = self.rig.bill(f"N{self.bills + 1}")
        bill.scan(E1)
        usable = any(line.status is LineStatus.USABLE for line in bill.view().lines)
        self.early = self.early or (usable and not proven)
        if usable:
            self.bills += 1
            self.rig.sold(E1, number=f"B{self.bills}")

    def wrong(self) -> Iterator[str]:
        """What is not as the shop was promised."""
        truth, first, back = self.issuer.vouchers[E1], self.rig.row(), self.rig.row().taking_back
        again = [self.rig.row(f"B{number}") for number in range(2, self.bills + 1)]
        used = sum(row.state.outcome is Outcome.USED for row in again)
        if self.early:
            yield "another bill could take it before it was proven free"
        if used > 1 or truth.times_used != 1 + used:
            yield f"used {truth.times_used} times, in the book {1 + used}"
        if used and (back is not TakingBack.DONE or truth.used_for != again[-1].bill_number):
            yield f"used again, first use {back.value}, the issuer has {truth.used_for}"
        if not used and back is TakingBack.DONE:
            yield "free, and yet this till does not take it"
        if back is TakingBack.OPEN or (back is TakingBack.BY_HAND and not self.journal.cases()):
            yield f"{back.value}, and nobody owns it"
        if self.issuer.count("take_back") > MOST_SENDS:
            yield f"sent {self.issuer.count('take_back')} times"
        if first.state.outcome is not Outcome.USED:
            yield "the first use is gone from the book"
        yield from (f"verify: {fault}" for fault in self.journal.verify().faults)


def tell(folder: Path, plan: Plan) -> tuple[list[tuple[int, tuple[str, ...]]], list[str]]:
    """The places of one run, and what was wrong."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    story = Story(folder, plan)
    try:
        story.tell()
        return story.places.seen, list(story.wrong())
    finally:
        story.journal.bury()


def plans(folder: Path) -> Iterator[Plan]:
    """No fault, every one, and every two of them."""
    yield ()
    for first in _later(folder, ()):
        yield first
        yield from _later(folder, first)


def _later(folder: Path, plan: Plan) -> list[Plan]:
    seen, _ = tell(folder, plan)
    least = plan[-1][0] if plan else 0
    return [(*plan, (number, what)) for number, options in seen if number > least for what in options]
