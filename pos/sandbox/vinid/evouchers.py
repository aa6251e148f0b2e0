"""E-vouchers: verify, mark used, refund; and how often each was really redeemed.

Source: contracts/vinid.md §8, §9, §15 (20, 21, 24), §16.5, §16.9, §16.10.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from pos.sandbox.incoming import Incoming, Json, Quirks, Result
from pos.sandbox.vinid.answers import are_texts, refused, succeeded

BASE_PATH: Final = "/merchant-integration/v1/e-voucher/"
OPERATIONS: Final = {"verify": "verify", "mark-used": "mark_used", "refund": "refund"}
_DAY_S: Final = 86_400


@dataclass(slots=True)
class Evoucher:
    """One e-voucher of a customer.

    Attributes:
        available_from: Validity, Unix seconds; 0 means no bound.
        redeem_ref_id: The merchant's id of the redemption that holds, None while it is usable.
        times_used: How often it was marked used, refunds not taken off.
    """

    serial: str = field(repr=False)
    label: str
    discount_type: str
    discount_value: float
    min_order_value: float = 0.0
    apply_in_holiday: bool = True
    available_from: int = 0
    available_to: int = 0
    merchant_voucher_code: str = ""
    used: bool = False
    redeem_ref_id: str | None = None
    times_used: int = 0
    times_refunded: int = 0


def sample_evouchers(now_s: float) -> list[Evoucher]:
    """Return one e-voucher of every kind a till must cope with.

    Args:
        now_s: Validities lie around this instant, Unix seconds.
    """
    day = int(now_s) - int(now_s) % _DAY_S
    valid = {"available_from": day - 30 * _DAY_S, "available_to": day + 60 * _DAY_S}
    specs: list[dict[str, Any]] = [
        {"label": "amount 20,000", "discount_type": "amount", "discount_value": 20_000.0},
        {"label": "amount 50,000", "discount_type": "amount", "discount_value": 50_000.0},
        {"label": "amount 50,000", "discount_type": "amount", "discount_value": 50_000.0},
        {"label": "amount 500,000", "discount_type": "amount", "discount_value": 500_000.0},
        {"label": "least order 200,000", "discount_type": "amount", "discount_value": 50_000.0, "min_order_value": 2e5},
        {"label": "percent 10", "discount_type": "percent", "discount_value": 10.0},
        {"label": "percent 12.5", "discount_type": "percent", "discount_value": 12.5},
        {"label": "percent 150", "discount_type": "percent", "discount_value": 150.0},
        {"label": "not on holidays", "discount_type": "amount", "discount_value": 30_000.0, "apply_in_holiday": False},
        {"label": "unknown type", "discount_type": "gift", "discount_value": 1.0},
        {
            "label": "no voucher code",
            "discount_type": "amount",
            "discount_value": 50_000.0,
            "merchant_voucher_code": "",
        },
        {
            "label": "not yet valid",
            "discount_type": "amount",
            "discount_value": 50_000.0,
            "available_from": day + 7 * _DAY_S,
        },
        {"label": "no validity", "discount_type": "amount", "discount_value": 50_000.0, "available_from": 0}
        | {"available_to": 0},
        {"label": "expired", "discount_type": "amount", "discount_value": 50_000.0, "available_to": day - _DAY_S},
        {"label": "used", "discount_type": "amount", "discount_value": 50_000.0, "used": True},
    ]
    codes = ({"merchant_voucher_code": f"MV-EXAMPLE-{n:02d}"} for n in range(1, len(specs) + 1))
    return [
        Evoucher(serial=f"EV{n:010d}", **{**valid, **code, **spec})
        for n, (spec, code) in enumerate(zip(specs, codes, strict=True), start=1)
    ]


class Evouchers:
    """The e-vouchers that this merchant may redeem. Not thread-safe."""

    def __init__(self) -> None:
        """Start with the samples."""
        self.by_serial = {evoucher.serial: evoucher for evoucher in sample_evouchers(time.time())}

    def handle(self, operation: str, body: Json, incoming: Incoming, quirks: Quirks) -> Result:
        """Carry one of the three operations out or refuse it; store and POS are checked already."""
        calls: dict[str, Callable[[Json, Incoming, Quirks], Result]] = {
            "verify": self._verify,
            "mark_used": self._mark_used,
            "refund": self._refund,
        }
        return calls[operation](body, incoming, quirks)

    def _verify(self, body: Json, incoming: Incoming, quirks: Quirks) -> Result:
        if not are_texts(body, "serial_number", "merchant_staff_id") or not _optional_objects(body):
            return refused(4000001)
        evoucher = self._usable(body["serial_number"], incoming.now_s)
        return refused(4000902) if evoucher is None else succeeded(_shown(evoucher, quirks))

    def _mark_used(self, body: Json, incoming: Incoming, quirks: Quirks) -> Result:
        texts = ("serial_number", "merchant_voucher_code", "merchant_reference_id", "redeem_ref_id")
        staff = body.get("merchant_staff_id")
        is_number = isinstance(staff, int) and not isinstance(staff, bool)
        if not are_texts(body, *texts) or not is_number or not _optional_objects(body):
            return refused(4000001)
        serial, ref_id = body["serial_number"], body["redeem_ref_id"]
        if "used_elsewhere_between" in quirks:
            self._use(self._usable(serial, incoming.now_s), "ELSEWHERE")
        known = self.by_serial.get(serial)
        if "same_ref_is_ok" in quirks and known is not None and known.used and known.redeem_ref_id == ref_id:
            return succeeded()
        evoucher = self._usable(serial, incoming.now_s)
        if evoucher is None:
            return refused(4000902)
        if body["merchant_voucher_code"] not in (evoucher.merchant_voucher_code, serial):
            return refused(4000001)
        self._use(evoucher, ref_id)
        return succeeded(effect="used")

    @staticmethod
    def _use(evoucher: Evoucher | None, ref_id: str) -> None:
        """Mark used. The one place where an e-voucher loses its value."""
        if evoucher is not None:
            evoucher.used, evoucher.redeem_ref_id = True, ref_id
            evoucher.times_used += 1

    def _refund(self, body: Json, incoming: Incoming, quirks: Quirks) -> Result:
        serials = body.get("serials")
        if not isinstance(serials, list) or not serials or not all(isinstance(serial, str) for serial in serials):
            return refused(4000001)
        if any(serial not in self.by_serial for serial in serials):
            return refused(4040001)
        revived = [self.by_serial[serial] for serial in serials if self.by_serial[serial].used]
        for evoucher in revived:
            evoucher.used, evoucher.redeem_ref_id = False, None
            evoucher.times_refunded += 1
        return succeeded(effect="refunded" if revived else "none")

    def _usable(self, serial: str, now_s: float) -> Evoucher | None:
        evoucher = self.by_serial.get(serial)
        if evoucher is None or evoucher.used:
            return None
        return None if 0 < evoucher.available_to < now_s else evoucher

    def truth(self) -> Json:
        """Return every e-voucher and the sums."""
        return {
            "redemptions": sum(evoucher.times_used for evoucher in self.by_serial.values()),
            "refunds": sum(evoucher.times_refunded for evoucher in self.by_serial.values()),
            "vouchers": [asdict(evoucher) for evoucher in self.by_serial.values()],
        }

    def restore(self, truth: dict[str, Any]) -> None:
        """Become what `truth` told."""
        self.by_serial = {record["serial"]: Evoucher(**record) for record in truth["vouchers"]}


def _optional_objects(body: Json) -> bool:
    return all(isinstance(body.get(name, {}), dict) for name in ("order_info", "extra_data"))


def _shown(evoucher: Evoucher, quirks: Quirks) -> Json:
    scale = 1000 if "milliseconds" in quirks else 1
    bounds: Json = {"available_from": evoucher.available_from * scale, "available_to": evoucher.available_to * scale}
    if "old_verify_fields" in quirks:
        bounds = {"purchased_at": evoucher.available_from, "expired_at": evoucher.available_to}
    return {
        **bounds,
        "min_order_value": evoucher.min_order_value,
        "discount_value": evoucher.discount_value,
        "discount_type": evoucher.discount_type,
        "apply_in_holiday": evoucher.apply_in_holiday,
        "merchant_voucher_code": evoucher.merchant_voucher_code,
    }
