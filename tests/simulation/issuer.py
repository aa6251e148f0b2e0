"""A model of Got It, written from the words of its contract alone: bytes in, bytes out, and the truth for the checker.

It shares no code with the till's client nor with the sandbox: three readings of one contract, so that a misreading in
one of them shows as a difference. What the contract leaves open is a switch (`hold_lasts_s`, `half_batch`).

Source: contracts/gotit.md §4 to §7, §10, §11, §15.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, Literal

from tests.simulation.issuer_rules import (
    DEAD_STATES,
    RESERVED,
    USED,
    Effect,
    Json,
    Operation,
    Refused,
    VoucherTruth,
    goods_of,
    hold_faults,
    judge_company,
    request_fault,
    sale_faults,
)

__all__ = ["CHANGING", "OTHER_PIN", "Effect", "IssuerModel", "Seen", "VoucherTruth"]

VIETNAM = timezone(timedelta(hours=7))
OTHER_PIN = "8816"
"""The PIN of a store that is not ours."""
OPERATIONS: dict[str, Operation] = {
    "checkmultiple": "check", "usemultiple": "mark_use", "reserved": "reserve", "unreserved": "unreserve",
}  # fmt: skip
CHANGING = frozenset({"mark_use", "reserve", "unreserve"})


@dataclass(slots=True)
class Seen:
    """One request as received.

    Args:
        answered: the verdict (`success`); None: it was no request at all.
        delivered: the whole answer reached the till and could be believed (the network writes it).
        sent_at_s: when it left the till, which may be long before (the network writes it).
    """

    number: int
    at_s: float
    operation: str
    codes: tuple[str, ...] = field(repr=False)
    bill_number: str
    answered: bool | None = None
    return_code: str | None = None
    delivered: bool = False
    sent_at_s: float | None = None


class IssuerModel:
    """Got It.

    Args:
        now_s: virtual monotonic seconds, for the history.
        now_utc: the issuer's own clock.
        pin: our store's.
        hold_lasts_s: §14 no. 8: no expiry is documented, so a run may have one or none.
    """

    def __init__(
        self,
        now_s: Callable[[], float],
        now_utc: Callable[[], datetime],
        *,
        pin: str,
        hold_lasts_s: float | None = None,
    ) -> None:
        self._now_s, self.now_utc = now_s, now_utc
        self._pins = {pin: "Tràng Thi", OTHER_PIN: "Lê Lợi"}
        self._transactions = 0
        self.pin = pin
        self.hold_lasts_s = hold_lasts_s
        self.vouchers: dict[str, VoucherTruth] = {}
        self.requests: list[Seen] = []

    # ------------------------------------------------------------ the world's side

    def add(self, code: str, worth_vnd: int = 100_000, **more: Any) -> None:
        """Issue a voucher; `more` are fields of `VoucherTruth`."""
        self.vouchers[code] = VoucherTruth(worth_vnd, **more)

    def use_elsewhere(self, code: str) -> None:
        """Another shop uses it, if it can: a voucher held for a bill is safe from that (§10 no. 3 [seed])."""
        truth = self.vouchers[code]
        self._expire(code, truth)
        if truth.state not in (USED, RESERVED, *DEAD_STATES):
            self._use(code, truth, OTHER_PIN, f"OTHER-{len(truth.history):04d}", "elsewhere", 0)

    def expire_hold(self, code: str) -> None:
        """The issuer ends a hold by itself; nothing happens if there is none."""
        truth = self.vouchers[code]
        if truth.held_for is not None:
            held_for, truth.held_for, truth.pin, truth.redeemed = truth.held_for, None, None, None
            truth.history.append(Effect(self._now_s(), "expired", held_for, code, changed=True, call=0))

    def used_for_bill(self, bill_number: str) -> list[str]:
        """Codes that the issuer counts as used for that bill."""
        return [code for code, truth in self.vouchers.items() if truth.used_for == bill_number]

    # ------------------------------------------------------------ the wire

    def handle(self, path: str, body: bytes, *, half_batch: bool = False) -> tuple[int, bytes]:
        """Take one request; its effect, if any, happens now.

        Args:
            path: as in the request line.
            body: JSON.
            half_batch: what comes before the bad voucher of a mark-use or reserve takes effect although the request
                is refused (§14 no. 2: all-or-nothing is not promised).

        Returns:
            Status and JSON body.
        """
        operation = OPERATIONS.get(path.rpartition("/")[2])
        if operation is None:
            return 404, b'{"message": "no such path"}'
        try:
            fields = json.loads(body)
        except ValueError:
            fields = None
        if not isinstance(fields, dict):
            self._seen(operation, {})
            return 500, b'{"message": "unexpected error"}'
        seen = self._seen(operation, fields)
        answer = self._answer(operation, fields, seen, half_batch=half_batch)
        seen.answered, seen.return_code = answer["success"], answer["return_code"]
        return 200, json.dumps(answer, ensure_ascii=False).encode()

    def _seen(self, operation: str, fields: Json) -> Seen:
        codes = fields.get("codes")
        named = tuple(map(str, codes)) if isinstance(codes, list) else ()
        seen = Seen(len(self.requests) + 1, self._now_s(), operation, named, str(fields.get("bill_number") or ""))
        self.requests.append(seen)
        return seen

    def _answer(self, operation: Operation, fields: Json, seen: Seen, *, half_batch: bool) -> Json:
        try:
            request_fault(operation, fields, self._pins)
        except Refused as refused:
            return self._refusal(operation, refused)
        good: list[str] = []
        try:
            for code in fields["codes"]:
                self._judge(operation, code, fields)
                good.append(code)
            if operation != "unreserve":
                judge_company({code: self.vouchers[code] for code in good})
        except Refused as refused:
            if half_batch and refused.culprit not in good:
                self._carry_out(operation, good, fields, seen)
            self._note_refused(operation, seen)
            return self._refusal(operation, refused)
        return self._carry_out(operation, good, fields, seen)

    # ------------------------------------------------------------ one voucher after the other (§15)

    def _judge(self, operation: Operation, code: str, fields: Json) -> None:
        truth = self.vouchers.get(code)
        if truth is None or not 10 <= len(code) <= 16:
            raise Refused("203", code)
        self._expire(code, truth)
        faults = (
            hold_faults(truth, fields)
            if operation == "unreserve"
            else sale_faults(operation, truth, fields, self._local_now())
        )
        fault = next(faults, None)
        if fault is not None:
            raise Refused(fault, code)

    # ------------------------------------------------------------ effects

    def _carry_out(self, operation: Operation, codes: Sequence[str], fields: Json, seen: Seen) -> Json:
        answer: Json = {"success": True, "return_code": None, "message_en": "OK", "message_vi": "Thành công"}
        for code in codes:
            self._change(operation, code, self.vouchers[code], fields, seen.number)
        if operation == "mark_use":
            self._transactions += 1
            answer["transaction_id"] = f"5120_{self._local_now():%Y%m%d%H%M%S}{self._transactions:06d}"
        if operation != "check":
            answer["bill_number"] = fields["bill_number"]
        if operation in ("reserve", "unreserve"):
            answer["used_store"] = self._store(fields["pin"])
        answer["data"] = [self._shown(operation, code, fields) for code in codes]
        return answer

    def _change(self, operation: Operation, code: str, truth: VoucherTruth, fields: Json, call: int) -> None:
        if operation == "check":
            return
        bill_number, pin = fields["bill_number"], fields["pin"]
        if truth.skus and operation != "unreserve":
            truth.redeemed = goods_of(truth, fields)
        if operation == "mark_use":
            self._use(code, truth, pin, bill_number, "mark_use", call)
        elif operation == "reserve":
            truth.held_for, truth.pin, truth.held_at_s = bill_number, pin, self._now_s()
            truth.history.append(Effect(self._now_s(), "reserve", bill_number, code, changed=True, call=call))
        else:
            truth.held_for = truth.pin = truth.redeemed = None
            truth.history.append(Effect(self._now_s(), "release", bill_number, code, changed=True, call=call))

    def _use(
        self,
        code: str,
        truth: VoucherTruth,
        pin: str,
        bill_number: str,
        operation: Literal["mark_use", "elsewhere"],
        call: int,
    ) -> None:
        truth.used_for, truth.pin, truth.held_for = bill_number, pin, None
        truth.used_date = f"{self._local_now():%Y-%m-%d %H:%M:%S}"
        truth.times_used += 1
        truth.history.append(Effect(self._now_s(), operation, bill_number, code, changed=True, call=call))

    def _note_refused(self, operation: Operation, seen: Seen) -> None:
        names: dict[str, Literal["mark_use", "reserve", "release"]] = {
            "mark_use": "mark_use", "reserve": "reserve", "unreserve": "release",
        }  # fmt: skip
        for code in seen.codes if operation in names else ():
            truth = self.vouchers.get(code)
            if truth is not None and not any(effect.call == seen.number for effect in truth.history):
                truth.history.append(
                    Effect(self._now_s(), names[operation], seen.bill_number, code, changed=False, call=seen.number)
                )

    def _expire(self, code: str, truth: VoucherTruth) -> None:
        lasts_s = self.hold_lasts_s
        if lasts_s is not None and truth.held_for is not None and self._now_s() - truth.held_at_s >= lasts_s:
            self.expire_hold(code)

    # ------------------------------------------------------------ answers (§6)

    def _refusal(self, operation: Operation, refused: Refused) -> Json:
        code = refused.culprit
        shown = [] if code is None else [self._shown(operation, code, {}) if code in self.vouchers else {"code": code}]
        return {
            "success": False,
            "return_code": refused.return_code,
            "message_en": f"Refused ({refused.return_code})",
            "message_vi": f"Từ chối ({refused.return_code})",
            "data": shown,
        }

    def _shown(self, operation: Operation, code: str, fields: Json) -> Json:
        """The voucher object with the fields that this operation carries (§6.2)."""
        truth = self.vouchers[code]
        conditional = bool(truth.skus or truth.least_order_vnd or truth.start_date or truth.days_off)
        shown: Json = {
            "code": code,
            "value": truth.worth_vnd,
            "product_id": 90211,
            "voucher_type": "conditional" if conditional else "standard",
        }
        if operation == "unreserve":
            return shown
        shown["state"] = truth.state
        if operation == "check":
            shown |= {"expiry_date": "2099-12-31", "cancel_date": "2025-10-02" if truth.state == 9 else ""}
        if conditional:
            shown["conditions"] = {"redeemable_skus": list(truth.skus), "order_value": truth.least_order_vnd}
        redemptions = self._redemptions(operation, truth, fields)
        return {**shown, "redemptions": redemptions} if redemptions else shown

    def _redemptions(self, operation: Operation, truth: VoucherTruth, fields: Json) -> Json:
        shown: Json = {}
        goods = truth.redeemed if truth.redeemed is not None else goods_of(truth, fields)
        if goods:
            worth_vnd = sum(line["quantity"] * line["price"] for line in goods)
            shown |= {"redeem_sku_codes": list(goods), "redemption_value": min(worth_vnd, truth.worth_vnd)}
        if operation in ("check", "mark_use") and truth.used_date is not None:
            shown |= {"used_date": truth.used_date, "used_store": self._store(truth.pin or "")}
        bill_number = truth.used_for or truth.held_for
        if operation == "check" and bill_number is not None:
            shown["bill_number"] = bill_number
        return shown

    def _store(self, pin: str) -> Json:
        name = self._pins.get(pin, "?")
        return {"name_vi": f"Cửa hàng {name}", "name_en": f"{name} store"}

    def _local_now(self) -> datetime:
        return self.now_utc().astimezone(VIETNAM)
