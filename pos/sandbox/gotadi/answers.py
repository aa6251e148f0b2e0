"""The shapes of Gotadi's answers. Source: contracts/gotadi.md §5, §6, §9."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from pos.sandbox.gotadi.bookings import Booking, Voucher
from pos.sandbox.incoming import Json

_DOUBLE_EXPONENT_FROM: Final = 10_000_000
_MESSAGES: Final = {
    "7202": "Voucher chưa có hiệu lực",
    "7203": "Không tìm thấy voucher",
    "7204": "Voucher hết hạn",
    "7205": "Voucher bị khoá",
    "7207": "Voucher không hợp lệ",
    "7210": "Voucher chỉ dùng cho khách sạn",
    "7213": "Voucher đã hết lượt dùng",
    "7214": "Chưa đủ giá trị tối thiểu",
    "6104": "Đơn đã được thanh toán",
    "6106": "Đơn không ở trạng thái chờ thanh toán",
    "6103": "Không tìm thấy đơn",
}


def common(*, code: str | None = None) -> Json:
    """Return the common fields (§6.1): of a success, or of a refusal with a business code (§7.3)."""
    good = code is None
    number = "" if code is None else code.split("_")[0]
    errors = None if good else [{"id": number, "code": code, "message": _MESSAGES.get(number, "Lỗi")}]
    return {
        "isSuccess": good,
        "success": good,
        "duration": 2100 if good else 480,
        "textMessage": None if good else _MESSAGES.get(number, "Lỗi"),
        "errors": errors,
        "infos": None,
    }


def validated(booking_number: object, code: object, voucher: Voucher, discount_vnd: int, tracking: str) -> Json:
    """Return the answer to a validation that holds (§5.2)."""
    return {
        "bookingNumber": booking_number,
        "voucherCode": code,
        "voucherValid": True,
        "trackingCode": tracking,
        "discountAmount": discount_vnd,
        "percentOff": voucher.percent_off,
        "amountOff": voucher.amount_off_vnd,
        "amountLimited": voucher.limit_vnd,
        "type": "AMOUNT" if voucher.percent_off is None else "PERCENT",
        **common(),
    }


def not_validated(booking_number: object, code: object, refusal: str) -> Json:
    """Return the refusal of a validation (§5.2)."""
    head = {"bookingNumber": booking_number, "voucherCode": code, "voucherValid": False}
    return {**head, "trackingCode": None, "discountAmount": 0, **common(code=refusal)}


def redeemed(booking_number: object, code: object, refusal: str | None) -> Json:
    """Return the answer to a redemption (§5.3)."""
    head = {"voucherCode": code, "bookingNumber": booking_number, "redeemValid": refusal is None}
    return {**head, **common(code=refusal)}


def detail(booking: Booking) -> Json:
    """Return the booking object (§9)."""
    used = booking.voucher_code is not None
    paid = booking.payment_status == "SUCCEEDED"
    info: dict[str, Any] = {
        "bookingNumber": booking.number,
        "bookingCode": booking.number[-6:],
        "status": booking.status,
        "paymentStatus": booking.payment_status,
        "issuedStatus": booking.issued_status,
        "bookingFinalStatus": None,
        "totalFare": booking.total_fare_vnd,
        "baseFare": booking.total_fare_vnd,
        "discountAmount": booking.discount_vnd,
        "discountVoucherCode": booking.voucher_code,
        "discountVoucherName": "Voucher" if used else None,
        "discountRedeemId": booking.redeem_id,
        "discountRedeemCode": booking.redeem_id and f"RC-{booking.redeem_id[-4:]}",
        "discountDate": _utc(booking.redeemed_s),
        "discountTrackingCode": booking.tracking_code if used else None,
        "paymentTotalAmount": booking.due_vnd if paid else 0,
        "paymentType": "PARTNER" if paid else None,
        "paymentRefNumber": booking.partner_trans_ids[-1] if paid and booking.partner_trans_ids else None,
        "paymentDate": _utc(booking.committed_s) if paid else None,
        "timeToLive": _utc(booking.time_to_live_s),
        "passengerNameRecords": "ABC123",
        "etickets": "738-2400000001" if booking.issued_status == "SUCCEEDED" else None,
        "transactionInfos": [],
        "contactInfos": [{"firstName": "AN", "surName": "NGUYEN", "phoneNumber1": "0900000000"}],
    }
    return {
        "id": f"BOD::{booking.number}",
        "bookingNumber": booking.number,
        "bookingType": "DOME" if booking.product == "AIR" else "HOTEL",
        "supplierType": booking.product,
        "channelType": "ONLINE",
        "saleChannel": "B2B2C",
        "bookingDate": "2024-01-01T03:00:00Z",
        "bookingInfo": info,
        "groupPricedItineraries": [],
        "travelerInfo": None,
    }


def java_double(amount: int) -> str:
    """Return a whole amount as Java prints a Double: `1669900.0`, and from ten million on `1.6699E7`."""
    if amount < _DOUBLE_EXPONENT_FROM:
        return f"{amount}.0"
    digits = str(amount).rstrip("0")
    return f"{digits[0]}.{digits[1:] or '0'}E{Decimal(amount).adjusted()}"


def _utc(unix_s: float | None) -> str | None:
    if unix_s is None:
        return None
    return datetime.fromtimestamp(unix_s, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
