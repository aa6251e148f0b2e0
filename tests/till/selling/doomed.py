"""A till in a process of its own that is killed while it sells: `python -m tests.till.selling.doomed FOLDER POINT`.

The seller's record is a file beside the till's folder, so that it outlives the kill: a line for each purchase.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pos.bootstrap import SystemChance
from pos.domain.sale import AskAnswer, BuyAnswer, NotFound, Order
from pos.till.ports import PrintState, Trace
from tests.till.hand_clock import HandClock
from tests.till.selling.fake_seller import FakeSeller
from tests.till.selling.rig import LAN, Paper, SaleRig

POINTS = ("recorded", "called", "carried_out", "answered", "printing", "on_paper")


def die() -> None:
    """Now, without a last word."""
    os.kill(os.getpid(), signal.SIGKILL)


class FileSeller(FakeSeller):
    """Keeps what it sold in a file."""

    book: Path
    point = ""

    def load(self, book: Path, point: str) -> FileSeller:
        """Begin with what the file says."""
        self.book, self.point = book, point
        for line in book.read_text().splitlines() if book.exists() else ():
            order_id, product, quantity = line.split()
            self._carry_out(Order(order_id, product, int(quantity), 50_000))
        return self

    def buy(self, order: Order, trace: Trace) -> BuyAnswer:
        if self.point == "called":
            die()
        with self.book.open("a") as out:
            out.write(f"{order.id} {order.product_code} {order.quantity}\n")
        if self.point == "carried_out":
            die()
        return super().buy(order, trace)

    def ask(self, order: Order, trace: Trace) -> AskAnswer:
        self._answered(trace)
        return self._record(order) if order.id in self.orders else NotFound("36")


class FilePaper(Paper):
    """Paper that outlives the kill: a line for each slip."""

    def __init__(self, roll: Path, point: str) -> None:
        super().__init__()
        self.roll, self.point = roll, point

    def print_sold(self, job: Any, sold: Any, bill: Any, *, begin: Callable[[], None]) -> tuple[PrintState, str | None]:
        begin()
        if self.point == "printing":
            die()
        with self.roll.open("a") as out:
            out.write(f"{job.id}\n")
        if self.point == "on_paper":
            die()
        return PrintState.PRINTED, None


def opened(folder: Path, clock: HandClock, point: str = "") -> SaleRig:
    """The till on its folder, with book and paper as they are."""
    seller = FileSeller(clock).load(folder / "seller.txt", point)
    rig = SaleRig(folder / "till", seller, clock, printer=FilePaper(folder / "roll.txt", point), chance=SystemChance())
    rig.stock_up()
    return rig


def main() -> None:
    """Sell one order and die at the point."""
    folder, point = Path(sys.argv[1]), sys.argv[2]
    rig = opened(folder, HandClock(), point)
    draft = rig.desk.draft("codes", "VT50", 2)
    rig.desk.record(draft, actor=LAN.name)
    if point == "recorded":
        die()
    rig.send(draft.id)
    if point == "answered":
        die()
    rig.print()


if __name__ == "__main__":
    main()
