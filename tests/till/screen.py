"""What a cashier has seen of a bill, in few words: one for each snapshot that was told."""

from __future__ import annotations

from pos.domain.bill import Bill
from pos.till.counter import CounterBill
from pos.till.views import BillView, LineView
from tests.till.rig import TOTAL_VND, Rig


class Screen:
    """Keeps every snapshot of one bill."""

    def __init__(self, till: Rig, number: str = "B1", total_vnd: int = TOTAL_VND) -> None:
        self.views: list[BillView] = []
        bill = Bill(number, total_vnd, till.clock.now_utc())
        self.bill = CounterBill(till.desk, "key", bill, actor="lan", publish=self.views.append)

    @property
    def last(self) -> BillView:
        """As the screen stands; nothing has changed since it was told."""
        assert self.views[-1] == self.bill.view()
        return self.views[-1]

    def message(self) -> tuple[str, dict[str, object]] | None:
        """Code and facts of the sentence that concerns the whole bill."""
        message = self.last.message
        return None if message is None else (message.code, dict(message.params))

    @property
    def focus(self) -> str | None:
        """Ending of the voucher that the big panel speaks of."""
        return next((line.ending for line in self.last.lines if line.id == self.last.focus), None)

    def line(self, code: str) -> LineView:
        """The row of this code."""
        return next(line for line in self.last.lines if line.ending == code[-4:])

    def story(self) -> list[str]:
        """Phase and line statuses of each snapshot, `*` while something runs."""
        told = []
        for view in self.views:
            lines = " ".join(line.status.value for line in view.lines)
            told.append(f"{view.phase.value}{'*' if view.busy else ''} {lines}".strip())
        self.views[:-1] = []
        return told
