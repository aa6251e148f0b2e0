"""One life of a till that sells codes, takes payment for bookings and uses e-vouchers up; to be killed at any moment.

A process of its own on a real folder, over TLS to the sandbox, with all its threads. It first goes on with what an
earlier life left open, as the people at the counter would, then serves its customers. The last life serves nobody: it
lets hours pass until nothing is open. What it says on its pipe: see `clerk.py` and `life.py`.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from pos.bootstrap import Program
from pos.journal.store import SqliteJournal
from pos.journal.work_writes import SqliteTx
from pos.providers import pace
from pos.running import RunningTill
from pos.till.views import BillView, Phase
from tests.crash.clerk import MANAGER_PIN, Clerk
from tests.crash.life import Cashier, tell_of_trouble
from tests.sandbox_process import SandboxProcess

ISSUER_OF = {"booking": "gotadi", "evoucher": "vinid"}
_LOST = ("drop_before", "drop_after", "http_after", "delay", "delay_after", "late")
_LONGEST_FAULT_S = 0.3
_LIFE_PATIENCE_S, _LAST_PATIENCE_S = 1.0, 8.0
_HOURS = (0.0, 0.0, 15.0, 61.0, 15.0, 61.0, 700.0, 61.0, 700.0, 15.0, 61.0, 3600.0, 86_400.0, 61.0, 86_400.0, 61.0)


@dataclass(frozen=True, slots=True)
class Errand:
    """What one life is to do.

    Args:
        story: `sale`, `booking` or `evoucher`.
        goods: bookings' numbers, or e-vouchers.
        vouchers: for the bookings.
        seller: of a sale.
        kill_at: the point at which it kills itself; 0: it is killed from outside.
        prints: the folder has a printer.
        wall_ahead_s: the wall clock is set so far ahead (AppotaPay's tokens name a second, and none may come twice:
            lives that follow each other faster than people can start a till need seconds of their own).
        last: serve nobody, come to rest.
        hasty: people hand over before the verdict, which the check must notice.
    """

    folder: Path
    story: str
    seed: int
    goods: tuple[str, ...] = ()
    vouchers: tuple[str, ...] = ()
    seller: str = ""
    kill_at: int = 0
    prints: bool = True
    wall_ahead_s: float = 0.0
    last: bool = False
    hasty: bool = False


class AheadClock:
    """The machine's clocks, and as far ahead of them as somebody has let pass (`ahead_s`) or has set the wall's."""

    def __init__(self, set_ahead_s: float) -> None:
        self.ahead_s, self._set_ahead_s = 0.0, set_ahead_s

    def now_utc(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead_s + self._set_ahead_s)

    def mono_s(self) -> float:
        return time.monotonic() + self.ahead_s


# ---------------------------------------------------------------- points


def count_points(kill_at: int, tell: Callable[[str], None]) -> None:
    """Points before each transaction, before its commit and after it; for the rest of this process.

    The process kills itself at the point `kill_at` (0: never).
    """
    begin, count = SqliteJournal.transaction, 0

    def reached() -> None:
        nonlocal count
        count += 1
        if count == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        tell(".")

    @contextmanager
    def transaction(journal: SqliteJournal, actor: str) -> Iterator[SqliteTx]:
        reached()
        with begin(journal, actor) as tx:
            yield tx
            reached()
        reached()

    counted: Any = transaction
    SqliteJournal.transaction = counted  # type: ignore[method-assign]  # a process of our own, soon dead


# ---------------------------------------------------------------- a life


class Shift:
    """The customers of one life."""

    def __init__(
        self, running: RunningTill, sandbox: SandboxProcess, errand: Errand, tell: Callable[[str], None]
    ) -> None:
        self._running, self._sandbox, self._errand, self._tell = running, sandbox, errand, tell
        self._chance = Random(errand.seed)
        patience_s = _LAST_PATIENCE_S if errand.last else _LIFE_PATIENCE_S
        self.clerk = Clerk(running, tell, self._chance, prints=errand.prints, patience_s=patience_s, hasty=errand.hasty)
        self.cashier = Cashier(running, tell, hasty=errand.hasty)

    def go_on(self) -> None:
        """What an earlier life left open, as far as it goes now."""
        program, clerk = self._running.program, self.clerk
        asks = 3 if self._errand.last else 1
        desk, store = program.selling.desk, program.booking.store
        for sale in desk.sales.open_sales(1000):
            clerk.resume_sale(desk.view(sale.id), asks=asks)
        for payment in store.open_payments(1000):
            clerk.resume_booking(payment.id, asks=asks)
        for number in program.journal.open_bills():
            self._go_on_with_bill(number)

    def _go_on_with_bill(self, number: str) -> None:
        """Finish it, send it, or let the manager decide, who asks VinID's staff."""
        key = self._running.till.resume_bill(number)
        view = self.cashier.wait_for(key)
        for _ in range(8):
            step = self._next_of_bill(view)
            if step is None:
                break
            view = self.cashier.press(key, step)
        if view.phase is Phase.DONE:
            self.cashier.hand_over(view)
        else:
            self._running.till.painted(number, view.verdicts)
            self._running.till.set_aside(key)

    def _next_of_bill(self, view: BillView) -> Callable[[str], None] | None:
        till, number = self._running.till, view.number
        if view.phase is Phase.UNKNOWN:
            undecided = [line for line in view.lines if line.needs_decision]
            if not undecided:
                return lambda _: till.ask_again(number)
            line, accept = undecided[0], self._is_used(number, undecided[0].ending) and self._chance.random() < 0.7
            return lambda _: till.decide(number, line.id, accept=accept, reason="đã hỏi VinID", manager_pin=MANAGER_PIN)
        steps: dict[Phase, Callable[[str], None]] = {
            Phase.FINISH: lambda _: till.finish_sale(number),
            Phase.UNSENT: lambda _: till.send_again(number) if self._chance.random() < 0.7 else till.drop(number),
        }
        return steps.get(view.phase)

    def _is_used(self, number: str, ending: str) -> bool:
        rows = self._running.program.journal.redemptions_of(number)
        code = next(row.code.reveal() for row in rows if row.ending == ending)
        vouchers = self._sandbox.control("GET", "/vinid/state")["evoucher"]["vouchers"]
        return any(voucher["serial"] == code and voucher["used"] for voucher in vouchers)

    def serve(self) -> None:
        """Every customer, each with a fault or none."""
        goods, vouchers = list(self._errand.goods), list(self._errand.vouchers)
        while goods or (self._errand.story == "sale" and self._sold < _CUSTOMERS):
            self._arm()
            if self._errand.story == "sale":
                self._sold += 1
                product = self._chance.choice(_PRODUCTS[self._errand.seller])
                self.clerk.sell(self._errand.seller, product, self._chance.randint(1, 3))
            elif self._errand.story == "booking":
                self.clerk.take_payment(goods.pop(), vouchers.pop() if self._chance.random() < 0.7 else None)
            else:
                codes = [goods.pop() for _ in range(min(len(goods), self._chance.choice((1, 1, 2))))]
                self.cashier.serve(self.cashier.bill(codes), patient=False)

    _sold = 0

    def _arm(self) -> None:
        """A fault of the network or the issuer for this customer's changing call, or none."""
        issuer = self._errand.seller or ISSUER_OF[self._errand.story]
        faults = []
        if self._chance.random() < 0.6:
            faults.append(
                {
                    "operation": self._chance.choice(_CHANGING[self._errand.seller or self._errand.story]),
                    "fault": self._chance.choice(_LOST),
                    "times": 1,
                    "seconds": self._chance.uniform(0.02, _LONGEST_FAULT_S),
                }
            )
        self._sandbox.control("PUT", f"/{issuer}/faults", faults)

    # ------------------------------------------------------------ the last one

    def come_to_rest(self, clock: AheadClock) -> list[str]:
        """Let hours pass, doing what is to be done, until nothing is open. Returns what is still open."""
        still: list[str] = []
        for pause_s in _HOURS:
            clock.ahead_s += pause_s
            for issuer in ("gotadi", "appotapay", "vinid"):
                ahead = [{"fault": "clock_offset", "seconds": clock.ahead_s}] if clock.ahead_s else []
                self._sandbox.control("PUT", f"/{issuer}/faults", ahead)
            self._running.till.settle_now()
            self.go_on()
            self._close_cases()
            still = list(self._open())
            if not still:
                break
        return still

    def _close_cases(self) -> None:
        """A manager settles with the issuer what is left of closed ones."""
        program = self._running.program
        for payment in program.booking.store.open_payments(1000):
            if payment.state.closed:
                self.clerk.settle_booking(payment.id)

    def _open(self) -> Iterator[str]:
        program = self._running.program
        for sale in program.selling.desk.sales.open_sales(1000):
            view = program.selling.desk.view(sale.id)
            yield f"sale {view.phase.value} {[case.value for case in view.cases]} {self.clerk.failed[-1:]}"
        for payment in program.booking.store.open_payments(1000):
            cases = [case.kind.value for case in program.booking.store.cases(payment.id) if case.closed_utc is None]
            yield f"booking {payment.state} {cases} {self.clerk.failed[-1:]}"
        for number in program.journal.open_bills():
            yield f"bill {[row.state for row in program.journal.redemptions_of(number)]}"


_CUSTOMERS = 2
_PRODUCTS: dict[str, Sequence[str]] = {"appotapay": ("VT20", "VT50", "AC10"), "vinid": ("10", "50", "100")}
_CHANGING: dict[str, Sequence[str]] = {
    "appotapay": ("buy",), "vinid": ("orders",), "booking": ("redeem", "commit", "commit"), "evoucher": ("mark_used",),
}  # fmt: skip


def live_issuers(errand: Errand, sandbox: SandboxProcess, pipe: int) -> None:
    """Start the till, go on, serve, end; or come to rest."""

    def tell(text: str) -> None:
        os.write(pipe, f"{text}\n".encode())

    pace.EVERY_S = 0.0  # the sandbox needs no brake
    tell_of_trouble(tell)
    count_points(errand.kill_at, tell)
    clock = AheadClock(errand.wall_ahead_s)
    program = Program(errand.folder, wait_s=5, clock=clock)
    running = RunningTill(program, on_scan=lambda _: None, on_scan_dropped=lambda _: None)
    shift = Shift(running, sandbox, errand, tell)
    running.start()
    tell(".")
    if errand.last:
        for what in shift.come_to_rest(clock):
            tell(f"X never came to rest: {what}")
        running.close()
    else:
        shift.go_on()
        shift.serve()
    tell("E")
