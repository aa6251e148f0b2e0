"""The slip printer behind its port, with faults; it keeps what came out of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from hardware.printer.document import Columns, Text
from pos.domain.redemption import DROPPED, REFUSED
from pos.i18n import Translator, Value
from pos.receipts.slip import SlipFacts, slip
from pos.till.ports import PrintJob, PrintState, Redemption, StoredBill
from pos.till.views import Environment
from tests.simulation.threads import Scheduler


class PrinterFault(StrEnum):
    """How a printer can fail a slip."""

    OFF = "off"  # nothing of it left
    NO_PAPER = "no_paper"  # it says so, nothing is on paper
    BREAKS_OFF = "breaks_off"  # something is on paper
    MUTE = "mute"  # all bytes taken, no word whether it is on paper; it is
    MUTE_BLANK = "mute_blank"  # the same, and it is not
    SLOW = "slow"
    UNTAKEN = "untaken"  # begun, and then it provably took nothing


CHOICE = tuple(PrinterFault)


@dataclass(frozen=True, slots=True)
class SlipLine:
    """What a slip says of one voucher; `word` is the key of the sentence."""

    row: Redemption
    word: str


@dataclass(frozen=True, slots=True)
class Paper:
    """What came out of the printer; `copy` is the number its COPY mark shows, 0 without one."""

    job: PrintJob
    lines: tuple[SlipLine, ...]
    copy: int
    whole: bool


class Keys(Translator):
    """Words as their keys: quick, and the same in every language."""

    def __init__(self) -> None:
        super().__init__("en")

    def t(self, key: str, /, **params: Value) -> str:
        """The key itself."""
        del params
        return key

    def money(self, amount_vnd: int) -> str:
        """Digits."""
        return str(amount_vnd)


class SimPrinter:
    """Implements the port `SlipPrinter`.

    Args:
        scheduler: printing is a port call.
        choose: the fault that this slip meets.
        on_paper: hears of all paper.
        met: hears of each fault that came to pass.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        choose: Callable[[], PrinterFault | None],
        on_paper: Callable[[Paper], None],
        met: Callable[[PrinterFault], None] = lambda _: None,
    ) -> None:
        self._scheduler = scheduler
        self._choose = choose
        self._on_paper = on_paper
        self._met = met
        self._words = Keys()

    def print_slip(
        self, job: PrintJob, lines: tuple[Redemption, ...], bill: StoredBill, *, begin: Callable[[], None]
    ) -> tuple[PrintState, str | None]:
        """Make the real slip and "print" it."""
        facts = SlipFacts("Tràng Thi", "T1", Environment.PRODUCTION, {"gotit": "Got It"}, copy=job.copy)
        items = slip(bill, lines, facts, self._words).items
        said = self._read(items, lines)
        copy = job.copy if any(isinstance(item, Text) and item.text == "slip.copy" for item in items) else 0
        fault = self._choose()
        self._scheduler.port("printer.print")
        if fault is not None:
            self._met(fault)
        if fault in (PrinterFault.OFF, PrinterFault.NO_PAPER):
            return PrintState.PENDING, f"printer.{fault}"
        begin()
        if fault is PrinterFault.UNTAKEN:
            return PrintState.PENDING, f"printer.{fault}"
        if fault is PrinterFault.SLOW:
            self._scheduler.sleep(20.0)
        if fault is PrinterFault.BREAKS_OFF:
            self._on_paper(Paper(job, said[: len(said) // 2], copy, whole=False))
            return PrintState.DOUBTFUL, "printer.broke_off"
        if fault is not PrinterFault.MUTE_BLANK:
            self._on_paper(Paper(job, said, copy, whole=True))
        self._scheduler.port("printer.printed")
        mute = fault in (PrinterFault.MUTE, PrinterFault.MUTE_BLANK)
        return (PrintState.SENT if mute else PrintState.PRINTED), None

    @staticmethod
    def _read(items: tuple[object, ...], rows: tuple[Redemption, ...]) -> tuple[SlipLine, ...]:
        """Read the vouchers off the slip: a line with an ending, then the sentence that goes with it.

        A code that was refused and scanned again stands in the rows twice: the paper means the one that was given.
        """
        said: list[SlipLine] = []
        left = sorted(rows, key=lambda row: row.state in (REFUSED, DROPPED))
        for above, below in pairwise(items):
            if isinstance(above, Columns) and "••••" in above.left and isinstance(below, Text):
                ending = above.left[-4:]
                row = next(row for row in left if row.ending == ending and str(row.amount_vnd) == above.right)
                left.remove(row)
                said.append(SlipLine(row, below.text))
        return tuple(said)
