"""An issuer of plain vouchers, with the truth in sight and a script of faults per operation."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from pos.domain.bill import Bill, SkuLine
from pos.domain.codes import VoucherCode
from pos.domain.errors import NotSent, OutcomeUnknown, SetupFault, Throttled
from pos.domain.reasons import Reason
from pos.domain.voucher import (
    CallDone,
    CallRefused,
    CheckAnswer,
    Evidence,
    MarkedUsed,
    NotUsable,
    Proof,
    Usable,
    UsedVoucher,
)
from pos.till.ports import Capabilities, Trace

WORTH_VND = 100_000
T = TypeVar("T")


@dataclass(slots=True)
class Truth:
    """What the issuer knows of one voucher."""

    worth_vnd: int = WORTH_VND
    used_for: str | None = None
    held_for: str | None = None
    times_used: int = 0
    refused: Reason | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it arrived."""

    operation: str
    endings: tuple[str, ...]
    bill_number: str


Fault = str | Callable[[], None] | CallRefused | NotUsable | Usable | Evidence | MarkedUsed
"""not_sent, lost_before, lost_after, late (carried out by `commit_late`), throttled, setup, no_proof, bug; a callable
runs first and the call goes on; a value is answered as it is."""


class FakeIssuer:
    """Implements `VoucherProvider`. Thread-safe as far as the tests need it."""

    def __init__(
        self, *, reserving: bool = False, max_codes: int = 20, name: str = "gotit", label: str = "Got It",
        offline: bool = True, weak: bool = False,
    ) -> None:  # fmt: skip
        self.name = name
        self.capabilities: Capabilities = Capabilities(
            label, offline=offline, reserving=reserving, max_codes=max_codes, weak_inquiry=weak
        )
        self._used = Reason.UNKNOWN_OR_USED if weak else Reason.ALREADY_USED
        self.vouchers: dict[str, Truth] = defaultdict(Truth)
        self.calls: list[Call] = []
        self.faults: dict[str, list[Fault]] = defaultdict(list)
        self.cable_in = True
        self.date: Callable[[], datetime] | None = None
        self._late: list[Callable[[], object]] = []
        self._lock = threading.Lock()

    def set_reserving(self, reserving: bool) -> None:
        """The store changes its flow."""
        self.capabilities = replace(self.capabilities, reserving=reserving)

    def commit_late(self) -> None:
        """The issuer gets round to what it never answered."""
        late, self._late = self._late, []
        for effect in late:
            effect()

    def changing(self) -> list[Call]:
        """Every changing call that arrived."""
        return [call for call in self.calls if call.operation in ("mark_used", "reserve", "release", "take_back")]

    def count(self, operation: str) -> int:
        """How often an operation arrived."""
        return sum(call.operation == operation for call in self.calls)

    # ------------------------------------------------------------ the port

    def reach(self) -> None:
        if not self.cable_in:
            raise NotSent("net.refused")

    def check(self, code: VoucherCode, bill: Bill, *, reserving: bool, trace: Trace) -> CheckAnswer:
        return self._do("check", (code,), bill, trace, lambda: self._look(code, bill, reserving=reserving))

    def _look(self, code: VoucherCode, bill: Bill, *, reserving: bool) -> CheckAnswer:
        truth = self.vouchers[code.reveal()]
        if truth.refused is not None:
            return NotUsable(truth.refused)
        if truth.used_for is not None:
            return NotUsable(self._used)
        if truth.held_for is not None and not (reserving and truth.held_for == bill.number):
            return NotUsable(Reason.HELD_ELSEWHERE)
        return Usable(truth.worth_vnd, held_for_us=truth.held_for is not None)

    def check_together(
        self, codes: Sequence[VoucherCode], bill: Bill, skus: Sequence[SkuLine], *, reserving: bool, trace: Trace
    ) -> CallDone | CallRefused:
        return self._do("check_together", codes, bill, trace, CallDone)

    def mark_used(
        self, codes: Sequence[VoucherCode], bill: Bill, skus: Sequence[SkuLine], *, reserving: bool, trace: Trace
    ) -> MarkedUsed | CallRefused:
        return self._do("mark_used", codes, bill, trace, lambda: self._use(codes, bill, reserving=reserving))

    def _use(self, codes: Sequence[VoucherCode], bill: Bill, *, reserving: bool) -> MarkedUsed | CallRefused:
        truths = {code: self.vouchers[code.reveal()] for code in codes}
        for code, truth in truths.items():
            if truth.refused is not None or truth.used_for is not None:
                return CallRefused(truth.refused or self._used, culprit=code)
            if reserving and truth.held_for != bill.number:
                return CallRefused(Reason.NOT_HELD if truth.held_for is None else Reason.HELD_ELSEWHERE, culprit=code)
        for truth in truths.values():
            truth.used_for, truth.held_for, truth.times_used = bill.number, None, truth.times_used + 1
        used = tuple(UsedVoucher(code, truth.worth_vnd) for code, truth in truths.items())
        return MarkedUsed(used, f"tx-{len(self.calls)}")

    def reserve(
        self, codes: Sequence[VoucherCode], bill: Bill, skus: Sequence[SkuLine], *, trace: Trace
    ) -> CallDone | CallRefused:
        return self._do("reserve", codes, bill, trace, lambda: self._hold(codes, bill))

    def _hold(self, codes: Sequence[VoucherCode], bill: Bill) -> CallDone | CallRefused:
        truths = {code: self.vouchers[code.reveal()] for code in codes}
        for code, truth in truths.items():
            if truth.refused is not None or truth.used_for is not None:
                return CallRefused(truth.refused or Reason.ALREADY_USED, culprit=code)
            if truth.held_for is not None:
                return CallRefused(Reason.HELD_ELSEWHERE, culprit=code)
        for truth in truths.values():
            truth.held_for = bill.number
        return CallDone()

    def release(self, codes: Sequence[VoucherCode], bill: Bill, *, trace: Trace) -> CallDone | CallRefused:
        return self._do("release", codes, bill, trace, lambda: self._let_go(codes, bill))

    def _let_go(self, codes: Sequence[VoucherCode], bill: Bill) -> CallDone | CallRefused:
        for code in codes:
            truth = self.vouchers[code.reveal()]
            if truth.held_for is None:
                return CallRefused(Reason.NOT_HELD, culprit=code)
            if truth.held_for != bill.number:
                return CallRefused(Reason.HOLD_MISMATCH, culprit=code)
            truth.held_for = None
        return CallDone()

    def inquire(self, code: VoucherCode, bill: Bill, *, reserving: bool, trace: Trace) -> Evidence:
        return self._do("inquire", (code,), bill, trace, lambda: self._record(code, bill))

    def _record(self, code: VoucherCode, bill: Bill) -> Evidence:
        truth = self.vouchers[code.reveal()]
        if truth.used_for is not None and self.capabilities.weak_inquiry:
            return Evidence(Proof.UNDECIDABLE, reason=self._used)
        if truth.used_for is not None:
            ours = truth.used_for == bill.number
            return Evidence(Proof.USED_BY_US if ours else Proof.USED_ELSEWHERE, worth_vnd=truth.worth_vnd)
        if truth.held_for is not None:
            return Evidence(Proof.HELD_BY_US if truth.held_for == bill.number else Proof.HELD_ELSEWHERE)
        if truth.refused is not None:
            return Evidence(Proof.REFUSED, reason=truth.refused)
        return Evidence(Proof.NOT_USED)

    def take_back(self, code: VoucherCode, trace: Trace) -> CallDone | CallRefused:
        """As `VoucherRefunder`: frees it, whoever used it."""

        def free() -> CallDone:
            self.vouchers[code.reveal()].used_for = None
            return CallDone()

        return self._do("take_back", (code,), Bill("", 0, datetime.now(UTC)), trace, free)

    # ------------------------------------------------------------ faults

    def _do(
        self, operation: str, codes: Sequence[VoucherCode], bill: Bill, trace: Trace, carry_out: Callable[[], T]
    ) -> T:
        with self._lock:
            faults = self.faults[operation]
            fault = faults.pop(0) if faults else None
        if not self.cable_in or fault == "not_sent":
            raise NotSent("net.refused")
        with self._lock:
            self.calls.append(Call(operation, tuple(code.ending for code in codes), bill.number))
        if callable(fault):
            fault()
        elif isinstance(fault, str):
            self._break(fault, trace, carry_out)
        with self._lock:
            answer = carry_out() if fault is None or callable(fault) else cast("T", fault)
        trace.answered, trace.http_status = True, 200
        trace.issuer_utc = self.date() if self.date is not None else None
        return answer

    def _break(self, fault: str, trace: Trace, carry_out: Callable[[], Any]) -> None:
        if fault == "bug":
            raise ZeroDivisionError("a bug of ours")
        if fault == "late":
            self._late.append(carry_out)
        elif fault == "lost_after":
            carry_out()
        elif fault == "throttled":
            trace.http_status = 200
            raise Throttled("gotit.throttled")
        elif fault == "setup":
            trace.http_status = 200
            raise SetupFault("gotit.pin_wrong")
        elif fault == "no_proof":
            trace.http_status, trace.answered = 200, True
            raise OutcomeUnknown("gotit.request_refused")
        trace.failure = "net.read_timeout"
        raise OutcomeUnknown("net.read_timeout")


@dataclass(slots=True)
class Gatepost:
    """Holds a call until the test lets it go."""

    arrived: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    def __call__(self) -> None:
        self.arrived.set()
        assert self.go_on.wait(20), "the test never let this call go on"
