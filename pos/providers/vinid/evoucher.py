"""VinID e-vouchers behind the till's redeeming port (contracts/vinid.md §8, §10, §12.2).

Verify holds nothing and no call asks by our own id, so an unclear mark-used can be proven ineffective only; that it
took effect is a person's judgement.
"""

from __future__ import annotations

import base64
import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Sequence

from pos.domain.bill import Bill, SkuLine
from pos.domain.codes import VoucherCode
from pos.domain.errors import NotSent, OutcomeUnknown, RuleBroken, Throttled
from pos.domain.reasons import Reason
from pos.domain.voucher import (
    CallDone,
    CallRefused,
    CheckAnswer,
    Detail,
    Evidence,
    MarkedUsed,
    NotUsable,
    Proof,
    Usable,
    UsedVoucher,
)
from pos.providers.vinid import wire
from pos.providers.vinid.codes import NOT_ALLOWED, SERIAL_REFUSED, UNDECIDED, Kind, Operation
from pos.providers.vinid.line import Verdict, VinIdLine
from pos.providers.vinid.masking import hider
from pos.providers.vinid.settings import EVoucherSettings
from pos.providers.vinid.voucher_rules import judge
from pos.till.ports import Capabilities, Trace

REF_MAX = 23
"""Characters of `redeem_ref_id` and `merchant_reference_id`, `A-Z` and `0-9` only (§11, §15 no. 14)."""
_REMEMBERED = 256
_REASONS = {
    SERIAL_REFUSED: Reason.UNKNOWN_OR_USED,
    NOT_ALLOWED: Reason.NOT_ALLOWED,
    4000001: Reason.REQUEST_REFUSED,
    5000001: Reason.ISSUER_ERROR,
}


class VinIdEVoucher:
    """VinID's e-voucher service as a `VoucherProvider`. Thread-safe.

    Args:
        line: may be shared with the giftcode service.
        settings: of this shop.
    """

    def __init__(self, line: VinIdLine, settings: EVoucherSettings) -> None:
        self._line = line
        self._settings = settings
        self._place = {"store_code": settings.store_code, "pos_code": settings.pos_code}
        self._lock = threading.Lock()
        self._voucher_codes: OrderedDict[VoucherCode, str] = OrderedDict()

    @property
    def name(self) -> str:
        """Stable id, e.g. in the journal."""
        return "vinid-evoucher"

    @property
    def capabilities(self) -> Capabilities:
        """As set up now: nothing offline, no reserving, one voucher a call, and no word on whose use it was."""
        return Capabilities(label="VinID", offline=False, reserving=False, max_codes=1, weak_inquiry=True)

    def reach(self) -> None:
        """Make a connection and no request."""
        self._line.reach()

    def close(self) -> None:
        """Close the connections; calls in flight end as "unknown"."""
        self._line.close()

    # ------------------------------------------------------------ reading calls

    def check(self, code: VoucherCode, bill: Bill, *, reserving: bool, trace: Trace) -> CheckAnswer:
        """Verify (§8.1): whether it is unused by VinID's word, and usable on this bill by the till's own checks."""
        kind, _, answer = self._verify(code, trace)
        if kind is not Kind.SUCCESS:
            return NotUsable(_reason(answer), _detail(answer))
        return self._judge(answer, bill)

    def check_together(
        self, codes: Sequence[VoucherCode], bill: Bill, skus: Sequence[SkuLine], *, reserving: bool, trace: Trace
    ) -> CallDone | CallRefused:
        """VinID has no rule about several vouchers (§15 no. 22): each was verified alone, nothing is asked."""
        return CallDone()

    def inquire(self, code: VoucherCode, bill: Bill, *, reserving: bool, trace: Trace) -> Evidence:
        """Verify again (§12.2): "valid" proves that no mark-used took effect so far; a refusal does not say whose use.

        Raises:
            OutcomeUnknown: also for an answer that says nothing of the voucher.
        """
        kind, word, answer = self._verify(code, trace)
        if kind is Kind.SUCCESS:
            judged = self._judge(answer, bill)
            return Evidence(Proof.NOT_USED, judged.worth_vnd if isinstance(judged, Usable) else None)
        if answer.code == SERIAL_REFUSED:
            return Evidence(Proof.UNDECIDABLE, reason=Reason.UNKNOWN_OR_USED, detail=_detail(answer))
        fault = "vinid.unrecognised" if word == "unrecognised" else f"vinid.{UNDECIDED}"
        trace.failure, trace.answered = fault, _reason(answer) is not Reason.ISSUER_ERROR
        raise OutcomeUnknown(fault, result=str(answer.code))

    # ------------------------------------------------------------ changing calls

    def mark_used(
        self, codes: Sequence[VoucherCode], bill: Bill, skus: Sequence[SkuLine], *, reserving: bool, trace: Trace
    ) -> MarkedUsed | CallRefused:
        """Use one voucher up (§8.2). It can be taken back with `take_back`.

        Raises:
            RuleBroken: not exactly one code; nothing was sent.
        """
        if len(codes) != 1:
            raise RuleBroken("rule.too_many_codes" if codes else "rule.no_codes")
        code = codes[0]
        known = self._recall(code) or self._verify_first(code, bill, trace)
        if isinstance(known, CallRefused):
            return known
        kind, _, answer = self._line.call(Operation.MARK_USED, self._mark_body(code, bill, known), trace, hider(code))
        if kind is not Kind.SUCCESS:
            return CallRefused(_reason(answer), _detail(answer), culprit=code)
        return MarkedUsed((UsedVoucher(code, None),), None)

    def take_back(self, code: VoucherCode, trace: Trace) -> CallDone | CallRefused:
        """Make a used voucher usable again (§8.3): one serial a call. Changing, never repeats itself.

        VinID asks for the serial only: the caller makes sure that this till's journal holds a mark-used of it.
        """
        body = wire.encode({"serials": [code.reveal()]})
        kind, _, answer = self._line.call(Operation.REFUND, body, trace, hider(code))
        if kind is not Kind.SUCCESS:
            return CallRefused(_reason(answer), _detail(answer), culprit=code)
        return CallDone()

    def reserve(
        self, codes: Sequence[VoucherCode], bill: Bill, skus: Sequence[SkuLine], *, trace: Trace
    ) -> CallDone | CallRefused:
        """Not offered.

        Raises:
            RuleBroken: always; nothing was sent.
        """
        raise RuleBroken("rule.no_reserving")

    def release(self, codes: Sequence[VoucherCode], bill: Bill, *, trace: Trace) -> CallDone | CallRefused:
        """Not offered.

        Raises:
            RuleBroken: always; nothing was sent.
        """
        raise RuleBroken("rule.no_reserving")

    # ------------------------------------------------------------ details

    def _verify(self, code: VoucherCode, trace: Trace) -> Verdict:
        body = wire.encode({
            **self._place,
            "serial_number": code.reveal(),
            "merchant_staff_id": str(self._settings.staff_number),
            "order_info": {},
            "extra_data": {},
        })  # fmt: skip
        verdict = self._line.call(Operation.VERIFY, body, trace, hider(code))
        if verdict.kind is Kind.SUCCESS:
            self._remember(code, wire.read_voucher(verdict.answer.data).merchant_voucher_code or code.reveal())
        return verdict

    def _verify_first(self, code: VoucherCode, bill: Bill, trace: Trace) -> str | CallRefused:
        """The voucher code that mark-used must name, asked for again after a restart; nothing changing has left yet.

        Raises:
            NotSent, SetupFault: it could not be had.
        """
        try:
            answer = self.check(code, bill, reserving=False, trace=trace)
        except (OutcomeUnknown, Throttled):
            trace.failure = "vinid.not_verified"
            raise NotSent("vinid.not_verified") from None
        known = self._recall(code)
        if isinstance(answer, NotUsable) or known is None:
            refusal = answer if isinstance(answer, NotUsable) else NotUsable(Reason.UNRECOGNISED)
            return CallRefused(refusal.reason, refusal.detail, culprit=code)
        return known

    def _mark_body(self, code: VoucherCode, bill: Bill, merchant_voucher_code: str) -> bytes:
        ref = redeem_ref(self._settings.ref_prefix, bill.number, code)
        return wire.encode({
            **self._place,
            "merchant_code": self._settings.merchant_code,
            "merchant_voucher_code": merchant_voucher_code,
            "merchant_reference_id": receipt_number(bill.number) or ref,
            "serial_number": code.reveal(),
            "redeem_ref_id": ref,
            "merchant_staff_id": self._settings.staff_number,
            "extra_data": {},
        })  # fmt: skip

    def _judge(self, answer: wire.Answer, bill: Bill) -> CheckAnswer:
        now_utc, settings = self._line.issuer_clock.now_utc(), self._settings
        return judge(wire.read_voucher(answer.data), bill, now_utc, settings.holidays, settings.percent_cap_vnd)

    def _remember(self, code: VoucherCode, merchant_voucher_code: str) -> None:
        with self._lock:
            self._voucher_codes[code] = merchant_voucher_code
            self._voucher_codes.move_to_end(code)
            if len(self._voucher_codes) > _REMEMBERED:
                self._voucher_codes.popitem(last=False)

    def _recall(self, code: VoucherCode) -> str | None:
        with self._lock:
            return self._voucher_codes.get(code)


def redeem_ref(prefix: str, bill_number: str, code: VoucherCode) -> str:
    """Our id of one voucher's redemption on one bill: the prefix and a digest of both, 23 characters of `A-Z2-7`.

    Derived, not drawn, which is as good as storing it before use (§11): bill number and serial are on disk before the
    first byte leaves, a bill number is never used again, and so every send of this redemption, also after a restart,
    has the same id and no other redemption has it (80 bits at least).
    """
    digest = hashlib.sha256(f"{bill_number}\n{code.reveal()}".encode("utf-8", "backslashreplace")).digest()
    return (prefix + base64.b32encode(digest).decode())[:REF_MAX]


def receipt_number(bill_number: str) -> str:
    """The bill's number as VinID may take it: `A-Z0-9`, the last 23; for people, nothing is looked up by it."""
    return re.sub(r"[^A-Z0-9]", "", bill_number.upper(), flags=re.ASCII)[-REF_MAX:]


def _reason(answer: wire.Answer) -> Reason:
    return _REASONS.get(answer.code, Reason.UNRECOGNISED)


def _detail(answer: wire.Answer) -> Detail:
    return Detail(code=str(answer.code), message_vi=answer.message)
