"""One life of the real till: program, threads, TLS to the sandbox, and a cashier who serves one customer after another.

Runs in a process of its own, to be killed from outside at any moment. Whatever the cashier is told goes down a pipe at
once: `H <bill> <endings>` when she hands over, `C` when a changing call leaves, `.` for anything else, `X` for a bug,
`E` at the end.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from pos.bootstrap import Program, open_folder
from pos.instance_lock import InstanceLock
from pos.running import RunningTill
from pos.till.views import BillChanged, BillView, LineStatus, Phase, TillEvent
from tests.sandbox_process import SandboxProcess

_PATIENCE_S = 20.0
_MOST_STEPS = 10


@dataclass(frozen=True, slots=True)
class Order:
    """What one life is to do.

    Args:
        codes: fresh vouchers.
        flow: `direct` or `reserve`.
        printer: the address of the slip printer, empty for none.
        last: close the till in order at the end (else it just ends).
        hasty: the cashier hands over before the verdict, which a check must notice.
    """

    folder: Path
    codes: tuple[str, ...]
    seed: int
    flow: str
    printer: str
    last: bool
    hasty: bool = False


class Cashier:
    """Sees what a window sees, does what a cashier does, and says each hand-over before anything else."""

    def __init__(self, running: RunningTill, tell: Callable[[str], None], *, hasty: bool = False) -> None:
        self.till = running.till
        self._hasty = hasty
        self._tell = tell
        self._cond = threading.Condition()
        self._views: dict[str, BillView] = {}
        self._news: dict[str, int] = {}
        self.till.subscribe(self._hear)

    def _hear(self, event: TillEvent) -> None:
        with self._cond:
            if isinstance(event, BillChanged):
                self._views[event.view.key] = event.view
                self._news[event.view.key] = self._news.get(event.view.key, 0) + 1
            self._cond.notify_all()
        sending = isinstance(event, BillChanged) and event.view.phase is Phase.SENDING
        self._tell("C" if sending else ".")

    def bill(self, codes: list[str]) -> str:
        """A bill with these codes, each checked or known not to be."""
        key = self.till.open_bill()
        self.till.set_total(key, 2_000_000)
        for code in codes:
            self.till.scan(key, code)
        self._wait(
            lambda: (view := self._views.get(key)) is not None and len(view.lines) == len(codes) and _rests(view)
        )
        return key

    def wait_for(self, key: str) -> BillView:
        """The bill once it rests."""
        self._wait(lambda: key in self._views and _rests(self._views[key]))
        return self._views[key]

    def press(self, key: str, command: Callable[[str], None]) -> BillView:
        """Press a button and wait until the bill rests again."""
        before = self._news.get(key, 0)
        self._tell(".")
        command(key)
        self._wait(lambda: self._news.get(key, 0) > before and _rests(self._views[key]))
        return self._views[key]

    def serve(self, key: str, *, patient: bool = True) -> None:
        """Confirm, and go on as the screen says until the customer can leave."""
        if self._hasty:
            self._say_handed_over(self._views[key])
        self.go_on(self.press(key, self.till.confirm), patient=patient)

    def serve_both(self, first: str, second: str) -> None:
        """The second customer is served while the first one's call runs."""
        self.till.confirm(first)
        self.serve(second)
        self._wait(lambda: _rests(self._views[first]) and self._views[first].phase is not Phase.DRAFT)
        self.go_on(self._views[first])

    def go_on(self, view: BillView, *, patient: bool = True) -> None:
        """Do as the screen says, and say what it says, until the customer can leave."""
        key = view.key
        for _ in range(_MOST_STEPS):
            if view.phase in (Phase.DONE, Phase.ACCEPTED_OFFLINE):
                self.hand_over(view)
                return
            if view.phase is Phase.CLOSED or (view.phase is Phase.UNKNOWN and not patient):
                break
            view = self.press(key, self._next(view.phase, view.number))
        self.till.set_aside(key)

    def _next(self, phase: Phase, number: str) -> Callable[[str], None]:
        return {
            Phase.UNKNOWN: lambda _: self.till.ask_again(number),
            Phase.FINISH: lambda _: self.till.finish_sale(number),
            Phase.OFFERED: self.till.accept_offline,
        }.get(phase, self.till.confirm)

    def _say_handed_over(self, view: BillView) -> None:
        gone = (LineStatus.REFUSED, LineStatus.DROPPED, LineStatus.LATE)
        endings = [line.ending for line in view.lines if line.status not in gone]
        self._tell(f"H {view.number} {','.join(endings)}")

    def hand_over(self, view: BillView) -> None:
        """Give the customer what the till says is hers."""
        # The pipe first: what was written there before the kill was in the customer's hand before the kill.
        self._say_handed_over(view)
        self.till.painted(view.number, view.verdicts)
        self.till.close_bill(view.key)

    def _wait(self, seen: Callable[[], bool]) -> None:
        with self._cond:
            if not self._cond.wait_for(seen, _PATIENCE_S):
                raise TimeoutError([view.phase.value for view in self._views.values()][-3:])


def _rests(view: BillView) -> bool:
    return not view.busy and view.phase is not Phase.SENDING


class Script:
    """A drawn sequence of customers."""

    def __init__(self, cashier: Cashier, sandbox: SandboxProcess, order: Order) -> None:
        self._cashier, self._sandbox = cashier, sandbox
        self._chance = Random(order.seed)
        self._codes = iter(order.codes)
        self._reserving = order.flow == "reserve"

    def run(self) -> None:
        """Every kind of customer twice, in any order."""
        kinds = [self.plain, self.two_at_once, self.offline, self.answer_lost, self.call_lost, self.left] * 2
        self._chance.shuffle(kinds)
        for kind in kinds:
            kind()
            if self._chance.random() < 0.2:
                self._cashier.till.settle_now()

    def _bill(self) -> str:
        return self._cashier.bill([next(self._codes) for _ in range(self._chance.randint(1, 3))])

    def plain(self) -> None:
        self._cashier.serve(self._bill())

    def two_at_once(self) -> None:
        self._cashier.serve_both(self._bill(), self._bill())

    def offline(self) -> None:
        key = self._bill()
        self._sandbox.pull_cable()
        self._cashier.serve(key)
        self._sandbox.plug_in()

    def answer_lost(self) -> None:
        self._serve_with("drop_after")

    def call_lost(self) -> None:
        """Nobody knows for a minute: the cashier leaves the bill alone."""
        self._serve_with("drop_before", patient=False)

    def left(self) -> None:
        """The customer changes her mind."""
        key = self._bill()
        if self._reserving:
            self._cashier.press(key, self._cashier.till.confirm)
        self._cashier.till.abandon(key)

    def _serve_with(self, fault: str, *, patient: bool = True) -> None:
        key = self._bill()
        self._sandbox.faults([{"operation": "mark_use", "fault": fault, "times": 1}])
        self._cashier.serve(key, patient=patient)
        self._sandbox.faults([])


def tell_of_trouble(tell: Callable[[str], None]) -> None:
    """A thread that dies or a bug that is only logged is no less wrong for being survived."""

    class Wire(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            error = record.exc_info[1] if record.exc_info else None
            tell(f"X logged: {record.getMessage()} {error!r}")

    logging.getLogger().addHandler(Wire(logging.ERROR))
    threading.excepthook = lambda args: tell(f"X in thread {args.thread and args.thread.name}: {args.exc_value!r}")


def live(order: Order, sandbox: SandboxProcess, pipe: int) -> None:
    """Set the folder up if need be, start the till, serve, end."""

    def tell(text: str) -> None:
        os.write(pipe, f"{text}\n".encode())

    tell_of_trouble(tell)
    lock = InstanceLock(order.folder, wait_s=5)
    open_folder(order.folder).settings.set_many(
        {
            "gotit.base_url": sandbox.url, "gotit.pin": sandbox.pin, "gotit.ca_file": str(sandbox.ca_file),
            "gotit.pause_ms": "0", "gotit.deadline_s": "5", "gotit.flow": order.flow, "printer.address": order.printer,
        }
    )  # fmt: skip
    lock.release()
    tell(".")
    running = RunningTill(Program(order.folder, wait_s=5), on_scan=lambda _: None, on_scan_dropped=lambda _: None)
    cashier = Cashier(running, tell, hasty=order.hasty)
    running.start()
    tell(".")
    Script(cashier, sandbox, order).run()
    if order.last:
        running.close()
    tell("E")
