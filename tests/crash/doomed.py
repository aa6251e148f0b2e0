"""A till that is killed (SIGKILL) at the nth point of a story.

A small process that stays warm reads one JSON order a line and forks a child for each; the child tells a story against
the sandbox and counts points: before and after each commit and each call to the issuer. At the nth it kills itself.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from pos.domain.errors import NotSent, OutcomeUnknown
from pos.journal.store import SqliteJournal
from pos.journal.work_writes import SqliteTx
from pos.providers.registry import ProviderSettings, build_provider
from pos.security.vault import Vault
from pos.till.counter import CounterBill
from pos.till.ports import Chance, Clock, PrintJob, PrintState, Redemption, StoredBill
from pos.till.printing import Printing
from pos.till.views import Phase
from tests.providers.steady_clock import SteadyClock
from tests.till.hand_clock import CountingChance, HandClock
from tests.till.rig import KEY, Rig

TOLD: list[int] = []
PAPERS = "papers"
"""Name of the file with the slips that came out, one job's id a line."""


class Points:
    """Counts what happens once the story proper has begun."""

    def __init__(self, kill_at: int) -> None:
        self.count = 0
        self.counting = False
        self._kill_at = kill_at

    def reached(self) -> None:
        """One more point; the last one for this process, perhaps."""
        if not self.counting:
            return
        self.count += 1
        if self.count == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


class Transaction(AbstractContextManager[SqliteTx]):
    """A transaction with points before it, before its commit and after its commit."""

    def __init__(self, inner: SqliteTx, points: Points) -> None:
        self._inner, self._points = inner, points

    def __enter__(self) -> SqliteTx:
        self._points.reached()
        return self._inner.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._points.reached()
        self._inner.__exit__(kind, error, trace)
        self._points.reached()


class DoomedJournal(SqliteJournal):
    """The real journal, with points."""

    points: Points

    def transaction(self, actor: str) -> Any:
        return Transaction(super().transaction(actor), self.points)


class DoomedIssuer:
    """The real provider with points around each call, and a network that can be cut before or after the effect."""

    def __init__(self, inner: Any, points: Points) -> None:
        self._inner, self._points = inner, points
        self.cut: str | None = None

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._inner, name)
        if name not in ("check", "check_together", "mark_used", "reserve", "release", "inquire"):
            return value

        def call(*args: Any, **more: Any) -> Any:
            if self.cut == "not_sent" and name != "check":
                raise NotSent("net.refused")
            self._points.reached()
            answer = None if self.cut == "before" and name == "mark_used" else value(*args, **more)
            self._points.reached()
            if self.cut in ("before", "after") and name == "mark_used":
                raise OutcomeUnknown("net.closed")
            return answer

        return call


class PaperRoll:
    """Implements the port `SlipPrinter`; what came out outlives the process. Points before and after the paper."""

    def __init__(self, path: Path, points: Points) -> None:
        self._path, self._points = path, points

    def print_slip(
        self, job: PrintJob, lines: tuple[Redemption, ...], bill: StoredBill, *, begin: Callable[[], None]
    ) -> tuple[PrintState, str | None]:
        begin()
        self._points.reached()
        with self._path.open("a") as roll:
            roll.write(f"{job.id}\n")
        self._points.reached()
        return PrintState.PRINTED, None


class Story:
    """What happens at the counter, told by name."""

    def __init__(self, order: dict[str, Any], points: Points) -> None:
        self.codes: list[str] = order["codes"]
        self.points = points
        settings = ProviderSettings(
            order["url"], order["pin"], Path(order["ca_file"]), deadline_s=5, reserving="reserving" in order["story"]
        )
        self.issuer = DoomedIssuer(build_provider("gotit", settings, SteadyClock()), points)
        DoomedJournal.points = points
        self.till = Rig(
            Path(order["folder"]), self.issuer, HandClock(datetime.now(UTC)), _Ids(), journal=self._journal
        )  # fmt: skip

    @staticmethod
    def _journal(path: Path, clock: Clock, chance: Chance) -> SqliteJournal:
        return DoomedJournal(path, Vault(KEY), clock, chance)

    def bill(self) -> CounterBill:
        """All codes scanned."""
        bill = self.till.bill("B1", 2_650_000)
        for code in self.codes:
            bill.scan(code)
        return bill

    def hand_over(self, bill: CounterBill) -> None:
        """The cashier sees the verdict and gives the value: from here on the customer has it."""
        if bill.view().phase in (Phase.DONE, Phase.ACCEPTED_OFFLINE):
            os.write(TOLD[0], b"H")

    # ------------------------------------------------------------ stories

    def direct(self) -> None:
        """Scan, confirm, hand over, painted."""
        self.points.counting = True
        bill = self.bill()
        bill.confirm()
        self.hand_over(bill)
        with self.till.journal.transaction("lan") as tx:
            tx.mark_shown([row.id for row in self.till.journal.redemptions_of("B1")])

    def printed(self) -> None:
        """A sale, and its slip comes out."""
        self.bill().confirm()
        self.points.counting = True
        roll = PaperRoll(self.till.folder / PAPERS, self.points)
        Printing(self.till.journal, roll, self.till.chance).run_pending()

    def reserving(self) -> None:
        """Scan, reserve, use, hand over."""
        self.points.counting = True
        bill = self.bill()
        bill.confirm()
        bill.confirm()
        self.hand_over(bill)

    def reserving_then_dropped(self) -> None:
        """Scan, reserve, and the customer changes her mind."""
        self.points.counting = True
        bill = self.bill()
        bill.confirm()
        bill.drop()

    def offline(self) -> None:
        """Scan, the network goes, accept."""
        bill = self.bill()
        self.points.counting = True
        self.issuer.cut = "not_sent"
        bill.confirm()
        bill.accept_offline()
        self.hand_over(bill)

    def drain(self) -> None:
        """Accepted earlier; the network is back."""
        self.offline()
        self.points.count, self.issuer.cut = 0, None
        self.till.settle(now=True)

    offline_before_reserving = offline
    drain_reserving = drain

    def inquiry_of_a_use(self) -> None:
        """Used, the answer lost; the inquiry finds it."""
        self.issuer.cut = "after"
        bill = self.bill()
        bill.confirm()
        self.points.counting, self.issuer.cut = True, None
        bill.ask_again()
        self.hand_over(bill)

    def inquiry_of_nothing(self) -> None:
        """Not used, the answer lost; proven after a minute, sent again."""
        self.issuer.cut = "before"
        bill = self.bill()
        bill.confirm()
        self.points.counting, self.issuer.cut = True, None
        self.till.clock.pass_s(61)
        bill.ask_again()
        bill.confirm()
        self.hand_over(bill)


class _Ids(CountingChance):
    """Ids that no other run of the same folder makes."""

    def new_id(self) -> str:
        return f"{super().new_id()[6:]}{os.getpid():06d}"


def _child(order: dict[str, Any], told: int) -> None:
    TOLD[:] = [told]
    points = Points(order["kill_at"])
    story: Callable[[], None] = getattr(Story(order, points), order["story"])
    story()
    os.write(told, b"E%d" % points.count)


def main() -> None:
    """Carry out orders until stdin ends."""
    for text in sys.stdin:
        order = json.loads(text)
        reading, telling = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                _child(order, telling)
            finally:
                os._exit(0)
        os.close(telling)
        _, status = os.waitpid(child, 0)
        with os.fdopen(reading, "rb") as pipe:
            told = pipe.read().decode()
        sys.stdout.write(json.dumps({"killed": os.WIFSIGNALED(status), "told": told}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
