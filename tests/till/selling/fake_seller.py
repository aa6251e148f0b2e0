"""A seller by the rules of both contracts (appotapay.md §10–§12, vinid.md §10–§12), with a fault at any call.

It keeps its own record of what it sold, which no test shares with the till.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from pos.domain.errors import NotSent, OutcomeUnknown, PosError, SetupFault, Throttled
from pos.domain.sale import (
    AskAnswer,
    Bought,
    BuyAnswer,
    CodeStatus,
    NotBought,
    NotFound,
    Order,
    OtherOrder,
    Pending,
    PlainCode,
    Product,
    SealedCode,
    Unreadable,
)
from pos.till.ports import Clock, Trace
from pos.till.sale_port import SellerCapabilities

SELLER = "codes"
PRODUCT = Product("VT50", "Card 50,000", "ExampleTel", 50_000)


class PowerCut(BaseException):
    """The program ends here; nothing of it runs on."""


class Fault(StrEnum):
    """What goes wrong at one call."""

    NOT_SENT = "not_sent"
    LOST_BEFORE = "lost_before"  # silence, and the seller never heard of it
    LOST_AFTER = "lost_after"  # carried out, then silence
    LATE = "late"  # silence, carried out minutes later
    UNCLEAR = "unclear"  # an answer that proves nothing, e.g. a 500 page; not carried out
    PENDING = "pending"  # taken, carried out a minute later
    PENDING_FAILS = "pending_fails"  # taken, fails a minute later
    REFUSED = "refused"
    REFUSED_CONFIRM = "refused_confirm"  # refused, and one ask has to confirm it
    THROTTLED = "throttled"  # and carried out all the same
    SETUP = "setup"
    SHORT = "short"  # carried out with one code too few; for a phone number, with one that should not come here
    CUT_BEFORE = "cut_before"
    CUT_AFTER = "cut_after"  # carried out; the plug is pulled before the answer is read


NEVER_CARRIED_OUT = (Fault.NOT_SENT, Fault.LOST_BEFORE, Fault.UNCLEAR, Fault.SETUP, Fault.CUT_BEFORE)
LATE_S, WORK_S = 240.0, 60.0


@dataclass
class _Kept:
    """The seller's record of an order: from when it counts, and whether it fails then."""

    order: Order
    from_mono_s: float
    fails: bool = False
    short: bool = False


@dataclass
class FakeSeller:
    """Sells one product. `faults` maps the number of a call (0, 1, … over buy, ask and status) to what goes wrong."""

    clock: Clock
    faults: dict[int, Fault] = field(default_factory=dict)
    has_status: bool = True
    readable: bool = True
    by_phone: bool = False
    on_buy: Callable[[Order], None] = lambda _: None

    def __post_init__(self) -> None:
        self.calls: list[str] = []
        self.orders: dict[str, _Kept] = {}
        self.taken: list[str] = []  # order ids in the order they were carried out, one for each purchase
        self.statuses: dict[str, CodeStatus] = {}
        self.down = False
        self._fresh = 0

    # ------------------------------------------------------------ the port

    @property
    def name(self) -> str:
        return SELLER

    @property
    def capabilities(self) -> SellerCapabilities:
        return SellerCapabilities(
            "Example codes", True, True, self.has_status, 10, "sale.instructions.card", self.by_phone
        )

    def reach(self) -> None:
        if self.down:
            raise NotSent("net.connect_failed")

    def products(self, trace: Trace) -> tuple[Product, ...]:
        self.reach()
        self._answered(trace)
        return (PRODUCT,)

    def balance_vnd(self, trace: Trace) -> int | None:
        self._answered(trace)
        return 1_000_000

    def buy(self, order: Order, trace: Trace) -> BuyAnswer:
        self.on_buy(order)
        fault = self._next("buy")
        if fault is not None:
            return self._faulty_buy(fault, order, trace)
        answer = self._carry_out(order)
        self._answered(trace)
        return answer

    def ask(self, order: Order, trace: Trace) -> AskAnswer:
        fault = self._next("ask")
        if fault in (Fault.LOST_BEFORE, Fault.LOST_AFTER, Fault.LATE):
            raise OutcomeUnknown("net.read_timeout")
        if fault is not None:
            return self._faulty_ask(fault, order, trace)
        self._answered(trace)
        return self._record(order)

    def status(self, serial: str, trace: Trace) -> CodeStatus:
        fault = self._next("status")
        if fault is Fault.CUT_BEFORE or fault is Fault.CUT_AFTER:
            raise PowerCut
        if fault is not None:
            raise OutcomeUnknown("net.read_timeout")
        self._answered(trace)
        return self.statuses.get(serial, CodeStatus.ACTIVE)

    def open(self, sealed: SealedCode) -> PlainCode | Unreadable:
        return PlainCode(f"PIN{sealed.serial}") if self.readable else Unreadable.WRONG_KEY_OR_PADDING

    # ------------------------------------------------------------ its record

    def purchased(self, order_id: str) -> bool:
        """Whether it sold under this id, now or as soon as its late work is done."""
        kept = self.orders.get(order_id)
        return kept is not None and not kept.fails

    def _next(self, call: str) -> Fault | None:
        number = len(self.calls)
        self.calls.append(call)
        if self.down:
            return Fault.NOT_SENT
        return self.faults.get(number)

    @staticmethod
    def _answered(trace: Trace) -> None:
        trace.answered, trace.http_status = True, 200

    def _carry_out(self, order: Order, *, late_s: float = 0.0, fails: bool = False, short: bool = False) -> BuyAnswer:
        if order.id in self.orders:
            return Pending("31")
        self.orders[order.id] = _Kept(order, self.clock.mono_s() + late_s, fails, short)
        if not fails:
            self.taken.append(order.id)
        return self._bought(self.orders[order.id])

    def _bought(self, kept: _Kept) -> Bought:
        self._fresh += 1
        count = int(kept.short) if kept.order.phone else kept.order.quantity - kept.short
        codes = tuple(
            SealedCode(f"sealed-{self._fresh}-{n}", f"EX{kept.order.id}{n}", kept.order.face_vnd, "2027-12-31")
            for n in range(count)
        )
        return Bought(codes, not kept.short, f"TX{kept.order.id}", 49_000 * kept.order.quantity)

    def _record(self, order: Order) -> AskAnswer:
        kept = self.orders.get(order.id)
        if kept is None:
            return NotFound("36")
        if self.clock.mono_s() < kept.from_mono_s:
            return NotFound("36") if kept.from_mono_s - self.clock.mono_s() > WORK_S else Pending("35")
        if (kept.order.product_code, kept.order.quantity) != (order.product_code, order.quantity):
            return OtherOrder("quantity")
        return NotBought("failed", "33") if kept.fails else self._bought(kept)

    # ------------------------------------------------------------ faults

    def _faulty_buy(self, fault: Fault, order: Order, trace: Trace) -> BuyAnswer:
        if fault is Fault.CUT_BEFORE:
            raise PowerCut
        if fault in (Fault.LOST_AFTER, Fault.THROTTLED, Fault.CUT_AFTER):
            self._carry_out(order)
        if fault is Fault.LATE:
            self._carry_out(order, late_s=LATE_S)
        if fault is Fault.CUT_AFTER:
            raise PowerCut
        error = _ERRORS.get(fault)
        if error is not None:
            trace.answered = fault in (Fault.UNCLEAR, Fault.THROTTLED, Fault.SETUP)
            raise error
        self._answered(trace)
        if order.id in self.orders:
            return Pending("31")
        if fault is Fault.REFUSED:
            return NotBought("stock_short", "72")
        if fault is Fault.REFUSED_CONFIRM:
            return NotBought("failed", "33", confirm=True)
        if fault is Fault.SHORT:
            return self._carry_out(order, short=True)
        self._carry_out(order, late_s=WORK_S, fails=fault is Fault.PENDING_FAILS)
        return Pending("35")

    def _faulty_ask(self, fault: Fault, order: Order, trace: Trace) -> AskAnswer:
        if fault in (Fault.CUT_BEFORE, Fault.CUT_AFTER):
            raise PowerCut
        if fault in (Fault.PENDING, Fault.PENDING_FAILS, Fault.REFUSED, Fault.REFUSED_CONFIRM):
            self._answered(trace)
            return Pending("35")  # what a reading call is refused with proves nothing
        if fault is Fault.SHORT:
            self._answered(trace)
            return self._record(order)
        trace.answered = fault in (Fault.UNCLEAR, Fault.THROTTLED, Fault.SETUP)
        raise _ERRORS[fault]


_ERRORS: dict[Fault, PosError] = {
    Fault.NOT_SENT: NotSent("net.connect_failed"),
    Fault.LOST_BEFORE: OutcomeUnknown("net.read_timeout"),
    Fault.LOST_AFTER: OutcomeUnknown("net.read_timeout"),
    Fault.LATE: OutcomeUnknown("net.read_timeout"),
    Fault.UNCLEAR: OutcomeUnknown("http.status"),
    Fault.THROTTLED: Throttled("http.throttled"),
    Fault.SETUP: SetupFault("codes.api_key_unknown"),
}
