"""The journal and the issuer of a recorded story: they tell of each commit and each effect at its very moment."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

from pos.domain.bill import Bill, SkuLine
from pos.domain.codes import VoucherCode
from pos.domain.reasons import Reason
from pos.domain.voucher import CallDone, CallRefused, MarkedUsed
from pos.journal.store import SqliteJournal
from pos.journal.work_writes import SqliteTx
from pos.security.vault import Vault
from pos.till.ports import Chance, Clock, PrintJob, PrintState, Redemption, StoredBill, Trace
from tests.crash.disk_record import MARKS
from tests.till.fake_issuer import FakeIssuer, Truth
from tests.till.rig import KEY


class Marks:
    """The story's side channel into the record."""

    def __init__(self, folder: Path) -> None:
        self._file = os.open(folder.parent.with_name(MARKS), os.O_CREAT | os.O_WRONLY, 0o600)

    def put(self, mark: str, **facts: object) -> None:
        """One mark, at this point of the record."""
        os.write(self._file, json.dumps({"mark": mark, **facts}).encode() + b"\n")


class MarkingIssuer(FakeIssuer):
    """Tells of each effect at the moment at which it takes effect. `die_at`: the till dies with this effect."""

    def __init__(self, marks: Marks) -> None:
        super().__init__()
        self._marks = marks
        self._pending: dict[str, object] | None = None
        self.die_at: str | None = None

    def _use(self, codes: Sequence[VoucherCode], bill: Bill, *, reserving: bool) -> MarkedUsed | CallRefused:
        answer = super()._use(codes, bill, reserving=reserving)
        self._pending = None
        self.tell()
        self._die("use")
        return answer

    def _hold(self, codes: Sequence[VoucherCode], bill: Bill) -> CallDone | CallRefused:
        answer = super()._hold(codes, bill)
        self.tell()
        self._die("hold")
        return answer

    def _let_go(self, codes: Sequence[VoucherCode], bill: Bill) -> CallDone | CallRefused:
        answer = super()._let_go(codes, bill)
        self.tell()
        return answer

    def mark_used(
        self, codes: Sequence[VoucherCode], bill: Bill, skus: Sequence[SkuLine], *, reserving: bool, trace: Trace
    ) -> MarkedUsed | CallRefused:
        if self.faults["mark_used"][:1] == ["late"]:
            self._pending = {"codes": [code.reveal() for code in codes], "bill": bill.number}
            self.tell()
        return super().mark_used(codes, bill, skus, reserving=reserving, trace=trace)

    def _die(self, effect: str) -> None:
        if effect == self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def tell(self) -> None:
        """The whole truth, and what will still come true without a further call."""
        vouchers = {code: asdict(truth) for code, truth in self.vouchers.items()}
        self._marks.put("issuer", vouchers=vouchers, late=self._pending, reserving=self.capabilities.reserving)


class MarkingPrinter:
    """Implements the port `SlipPrinter`; tells of each slip at the moment at which it comes out.

    `begins_late`: the slip comes out before it says that it begins, which a check must notice.
    """

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self.begins_late = False

    def print_slip(
        self, job: PrintJob, lines: tuple[Redemption, ...], bill: StoredBill, *, begin: Callable[[], None]
    ) -> tuple[PrintState, str | None]:
        if not self.begins_late:
            begin()
        self._marks.put("paper", job=job.id)
        if self.begins_late:
            begin()
        return PrintState.PRINTED, None


class MarkingTransaction(AbstractContextManager[SqliteTx]):
    """Tells of a commit once the journal has said that it stands."""

    def __init__(self, inner: SqliteTx, journal: MarkingJournal) -> None:
        self._inner, self._journal = inner, journal

    def __enter__(self) -> SqliteTx:
        return self._inner.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._inner.__exit__(kind, error, trace)
        tail = self._journal._core.tail
        if tail is not None:
            self._journal.marks.put("committed", links=tail[0])


class MarkingJournal(SqliteJournal):
    """The real journal; its checkpoints come as often as the story wants."""

    marks: Marks
    pages = 4000
    synchronous = "FULL"

    def __init__(self, path: Path, clock: Clock, chance: Chance) -> None:
        super().__init__(path, Vault(KEY), clock, chance)
        connection = self._core.connections.get()
        connection.execute(f"PRAGMA wal_autocheckpoint = {self.pages}")
        connection.execute(f"PRAGMA synchronous = {self.synchronous}")
        connection.execute(f"PRAGMA journal_size_limit = {self.pages * 4096}")  # so that the log is cut short, too
        self.marks.put("opened")

    def transaction(self, actor: str) -> Any:
        return MarkingTransaction(super().transaction(actor), self)

    def next_number(self, series: str) -> int:
        number = super().next_number(series)
        self.marks.put("number", number=number)
        return number


def truth_of(facts: dict[str, Any]) -> Truth:
    """The issuer's record as a mark tells it."""
    return Truth(**{**facts, "refused": facts["refused"] and Reason(facts["refused"])})
