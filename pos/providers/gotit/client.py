"""Got It behind the till's port: puts `wire` on the shared HTTP client and reads answers by `verdicts`.

Reading calls (check, inquire) may repeat themselves where the contract allows; changing calls never do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from pos.domain.bill import MAX_BILL_NUMBER, MAX_SKU_LINES, MAX_VOUCHERS, Bill, SkuLine
from pos.domain.codes import VoucherCode
from pos.domain.errors import OutcomeUnknown, ProviderError, RuleBroken, SetupFault, Throttled
from pos.domain.voucher import CallDone, CallRefused, CheckAnswer, Evidence, MarkedUsed
from pos.providers.gotit import codes as result_codes
from pos.providers.gotit import verdicts, wire
from pos.till.ports import Capabilities, Trace

_REPEATABLE = frozenset({
    "net.read_timeout", "net.write_timeout", "net.deadline", "net.closed", "net.protocol", "http.5xx",
})  # fmt: skip
"""Failures after which a check is asked once more (contracts/gotit.md §8, outcomes without a result code)."""


class Poster(Protocol):
    """The part of `pos.providers.http.HttpClient` that is used here."""

    def post_json(self, path: str, body: bytes, trace: Trace, *, mask: Callable[[bytes], str]) -> bytes:
        """See `HttpClient.post_json`."""

    def reach(self) -> None:
        """See `HttpClient.reach`."""

    def close(self) -> None:
        """See `HttpClient.close`."""


@dataclass(frozen=True, slots=True)
class GotItSettings:
    """How this store is set up with Got It.

    Args:
        pin: the store PIN, the only credential; never shown.
        path_prefix: before each operation's name (contracts/gotit.md §2).
        reserving: the store uses RESERVE_FLOW.
    """

    pin: str = field(repr=False)
    path_prefix: str = "/merchant/v6.0"
    reserving: bool = False


class _Repeats:
    """How often one check may still be repeated."""

    def __init__(self, left: int) -> None:
        self._left = left

    def take(self) -> bool:
        self._left -= 1
        return self._left >= 0


class GotIt:
    """Got It Merchant API v6.0 as a `VoucherProvider`. Thread-safe."""

    def __init__(self, http: Poster, settings: GotItSettings) -> None:
        self._http = http
        self._settings = settings

    @property
    def name(self) -> str:
        """Stable id, e.g. in the journal."""
        return "gotit"

    @property
    def capabilities(self) -> Capabilities:
        """As set up now."""
        return Capabilities(label="Got It", offline=True, reserving=self._settings.reserving, max_codes=MAX_VOUCHERS)

    def reach(self) -> None:
        """Make a connection and no request."""
        self._http.reach()

    def close(self) -> None:
        """Close the connections; calls in flight end as "unknown"."""
        self._http.close()

    # ------------------------------------------------------------ reading calls

    def check(self, code: VoucherCode, bill: Bill, *, reserving: bool, trace: Trace) -> CheckAnswer:
        """Ask about one voucher; with the bill's goods where the voucher is bound to some (§9 steps 3 to 6)."""
        _sendable((code,), bill, bill.skus)
        repeats = _Repeats(1)

        def ask(skus: tuple[SkuLine, ...]) -> wire.Envelope:
            return self._look((code,), bill, skus, reserving=reserving, trace=trace, repeats=repeats)

        with _noted(trace):
            skus: tuple[SkuLine, ...] = ()
            envelope = ask(skus)
            if verdicts.wants_skus(envelope, envelope.voucher(code), bill):
                envelope, skus = _with_goods(ask, envelope, code, bill)
            return verdicts.check_answer(envelope, verdicts.Asked(code, bill, skus, reserving))

    def check_together(
        self, codes: Sequence[VoucherCode], bill: Bill, skus: Sequence[SkuLine], *, reserving: bool, trace: Trace
    ) -> CallDone | CallRefused:
        """Ask whether these vouchers go together on this bill (§9 step 7)."""
        _sendable(codes, bill, skus)
        with _noted(trace):
            envelope = self._look(codes, bill, skus, reserving=reserving, trace=trace, repeats=_Repeats(1))
            return verdicts.joint_answer(envelope, codes, bill, reserving=reserving)

    def inquire(self, code: VoucherCode, bill: Bill, *, reserving: bool, trace: Trace) -> Evidence:
        """Read the issuer's own record of one voucher (§12); goods go along only when it asks for them."""
        _sendable((code,), bill, bill.skus)

        def ask(skus: tuple[SkuLine, ...]) -> wire.Envelope:
            return self._look((code,), bill, skus, reserving=reserving, trace=trace, repeats=_Repeats(0))

        with _noted(trace):
            skus: tuple[SkuLine, ...] = ()
            envelope = ask(skus)
            if not envelope.success and verdicts.wants_skus(envelope, None, bill):
                envelope, skus = _with_goods(ask, envelope, code, bill)
            return verdicts.evidence(envelope, verdicts.Asked(code, bill, skus, reserving))

    # ------------------------------------------------------------ changing calls

    def mark_used(
        self, codes: Sequence[VoucherCode], bill: Bill, skus: Sequence[SkuLine], *, reserving: bool, trace: Trace
    ) -> MarkedUsed | CallRefused:
        """Use the vouchers up. Cannot be undone."""
        _sendable(codes, bill, skus)
        body = _built(lambda: wire.sale_body(self._settings.pin, codes, bill, skus, reserving=reserving))
        with _noted(trace):
            envelope = self._call(wire.MARK_USED, body, codes, trace)
            if not envelope.success:
                return verdicts.refusal(envelope, codes, bill)
            verdicts.prove_success(envelope, codes, bill, used=True)
            return MarkedUsed(verdicts.used_vouchers(envelope, codes), envelope.transaction_id)

    def reserve(
        self, codes: Sequence[VoucherCode], bill: Bill, skus: Sequence[SkuLine], *, trace: Trace
    ) -> CallDone | CallRefused:
        """Hold the vouchers for this bill."""
        _sendable(codes, bill, skus)
        body = _built(lambda: wire.reserve_body(self._settings.pin, codes, bill, skus))
        return self._change_hold(wire.RESERVE, body, codes, bill, trace)

    def release(self, codes: Sequence[VoucherCode], bill: Bill, *, trace: Trace) -> CallDone | CallRefused:
        """Give up our hold; `NOT_HELD` if there was none."""
        _sendable(codes, bill, ())
        body = _built(lambda: wire.unreserve_body(self._settings.pin, codes, bill))
        return self._change_hold(wire.UNRESERVE, body, codes, bill, trace)

    def _change_hold(
        self, operation: str, body: bytes, codes: Sequence[VoucherCode], bill: Bill, trace: Trace
    ) -> CallDone | CallRefused:
        with _noted(trace):
            envelope = self._call(operation, body, codes, trace)
            if not envelope.success:
                return verdicts.refusal(envelope, codes, bill)
            verdicts.prove_success(envelope, codes, bill, used=False)
            return CallDone()

    # ------------------------------------------------------------ calls

    def _look(
        self,
        codes: Sequence[VoucherCode],
        bill: Bill,
        skus: Sequence[SkuLine],
        *,
        reserving: bool,
        trace: Trace,
        repeats: _Repeats,
    ) -> wire.Envelope:
        """One `checkmultiple`, repeated where that is allowed and may help."""
        body = _built(lambda: wire.sale_body(self._settings.pin, codes, bill, skus, reserving=reserving))
        while True:
            try:
                envelope = self._call(wire.CHECK, body, codes, trace)
            except OutcomeUnknown as fault:
                if fault.code in _REPEATABLE and repeats.take():
                    continue
                raise _of_reading(fault) from None
            if _undefined(envelope) and repeats.take():
                continue
            verdicts.raise_for_caller(envelope)
            return envelope

    def _call(self, operation: str, body: bytes, codes: Sequence[VoucherCode], trace: Trace) -> wire.Envelope:
        """Send one request and read its answer, whatever it says.

        Raises:
            OutcomeUnknown: also for a 200 answer that is none.
        """
        hide = wire.hider(self._settings.pin, codes)
        path = f"{self._settings.path_prefix}/{operation}"
        answer = self._http.post_json(path, body, trace, mask=lambda raw: wire.masked(raw, hide))
        try:
            envelope = wire.read(answer, hide)
        except wire.Malformed as exc:
            raise OutcomeUnknown(exc.code) from None
        # After 004 the issuer itself does not know: its work may go on.
        trace.answered = not _undefined(envelope)
        return envelope


def _undefined(envelope: wire.Envelope) -> bool:
    return not envelope.success and envelope.return_code == result_codes.UNDEFINED


def _with_goods(
    ask: Callable[[tuple[SkuLine, ...]], wire.Envelope], first: wire.Envelope, code: VoucherCode, bill: Bill
) -> tuple[wire.Envelope, tuple[SkuLine, ...]]:
    """Ask with all goods of the bill; if the issuer does not know some of them, once more with the matching ones."""
    second = ask(bill.skus)
    if second.success or second.return_code != result_codes.SKU_INVALID:
        return second, bill.skus
    matching = verdicts.matching(second.voucher(code), bill.skus) or verdicts.matching(first.voucher(code), bill.skus)
    if not matching or len(matching) == len(bill.skus):
        return second, bill.skus
    return ask(matching), matching


def _of_reading(fault: OutcomeUnknown) -> ProviderError:
    """An HTTP status on a check says something about the caller (§8): nothing was changed, so nothing is unknown."""
    status = fault.params.get("status")
    if fault.code == "http.redirect":
        return SetupFault("gotit.redirected", status=status)
    if fault.code != "http.4xx":
        return fault
    if status == 429:
        return Throttled("gotit.throttled", status=status)
    return SetupFault("gotit.ip_not_listed" if status == 403 else "gotit.caller_refused", status=status)


def _built(build: Callable[[], bytes]) -> bytes:
    try:
        return build()
    except UnicodeEncodeError:  # half a surrogate pair in a bill number or SKU; its text may hold a code
        raise RuleBroken("rule.unsendable_text") from None


def _sendable(codes: Sequence[VoucherCode], bill: Bill, skus: Sequence[SkuLine]) -> None:
    """Refuse here what the issuer must never be asked (§4, §11).

    Raises:
        RuleBroken: a bug of ours; nothing was sent.
    """
    rules = (
        ("rule.no_codes", not codes),
        ("rule.too_many_codes", len(codes) > MAX_VOUCHERS),
        ("rule.code_twice", len(set(codes)) != len(codes)),
        ("rule.bill_number", not 0 < len(bill.number) <= MAX_BILL_NUMBER),
        ("rule.sku_twice", len({line.sku for line in skus}) != len(skus)),
        ("rule.too_many_skus", len(skus) > MAX_SKU_LINES),
    )
    for code, broken in rules:
        if broken:
            raise RuleBroken(code)


@contextmanager
def _noted(trace: Trace) -> Iterator[None]:
    """Leave the stable name of whatever went wrong in the trace."""
    try:
        yield
    except ProviderError as fault:
        trace.failure = fault.code
        raise
