"""The sample bookings and vouchers: one of every kind a till must cope with."""

from __future__ import annotations

from html import escape
from typing import Final

from pos.sandbox.gotadi.bookings import AIR, HOTEL, PENDING, SUCCEEDED, Book, Booking, Voucher
from pos.sandbox.page import code_pictures

UNKNOWN_BOOKING: Final = "ADCO2401019999999"

_DAY_S: Final = 86_400.0
_MINUTE_S: Final = 60.0
# label, product, price, payment deadline from now, script
_KINDS: Final[tuple[tuple[str, str, int, float | None, str], ...]] = (
    ("flight", AIR, 1_550_000, _DAY_S, "good"),
    ("flight, exponent price", AIR, 16_699_000, _DAY_S, "good"),
    ("flight, cheap", AIR, 350_000, 30 * _MINUTE_S, "good"),
    ("flight, no deadline", AIR, 2_100_000, None, "good"),
    ("hotel", HOTEL, 980_000, 2 * _DAY_S, "good"),
    ("hotel, large", HOTEL, 4_260_000, 3 * _DAY_S, "good"),
    ("deadline in 90 seconds", AIR, 1_250_000, 1.5 * _MINUTE_S, "good"),
    ("deadline passed", AIR, 1_150_000, -60 * _MINUTE_S, "good"),
    ("payment will fail", AIR, 1_310_000, _DAY_S, "payment_failed"),
    ("issue will fail", AIR, 1_320_000, _DAY_S, "issue_failed"),
    ("issue will hang", AIR, 1_330_000, _DAY_S, "on_process"),
    ("payment will hang", AIR, 1_340_000, _DAY_S, "stuck"),
    ("will be refunded", HOTEL, 1_350_000, _DAY_S, "refunded"),
    ("payment will expire", HOTEL, 1_360_000, _DAY_S, "expired"),
)


def sample_book(now_s: float) -> Book:
    """Return the samples; deadlines count from `now_s`, Unix seconds."""
    bookings = [
        Booking(_number(at, product), product, price, label, None if after_s is None else now_s + after_s, script)
        for at, (label, product, price, after_s, script) in enumerate(_KINDS, start=1)
    ]
    at = len(bookings)
    bookings += [
        Booking(_number(at + 1, AIR), AIR, 1_770_000, "paid", payment_status=SUCCEEDED, issued_status=SUCCEEDED),
        Booking(_number(at + 2, AIR), AIR, 1_780_000, "being booked", status="BOOKING_ON_PROCESS"),
        Booking(_number(at + 3, HOTEL), HOTEL, 1_790_000, "cancelled", status="CANCELLED", payment_status=PENDING),
    ]
    return Book({each.number: each for each in bookings}, {each.code: each for each in _vouchers()})


def _vouchers() -> list[Voucher]:
    return [
        Voucher("Tet24aBc", "50.000 ₫", amount_off_vnd=50_000),
        Voucher("Tet24dEf", "200.000 ₫", amount_off_vnd=200_000),
        Voucher("He2024xY", "10 %", percent_off=10),
        Voucher("He2024zW", "15 %, ≤ 100.000 ₫", percent_off=15, limit_vnd=100_000),
        Voucher("Mua3Lan7", "30.000 ₫ × 3", amount_off_vnd=30_000, uses_left=3),
        Voucher("ToanBo99", "100 %", percent_off=100),
        Voucher("Min2Tr5k", "≥ 2.000.000 ₫", amount_off_vnd=150_000, least_vnd=2_000_000),
        Voucher("Hotel4uQ", "khách sạn / hotels only", amount_off_vnd=80_000, product=HOTEL),
        Voucher("Old23xYz", "hết hạn / expired", amount_off_vnd=50_000, refusal="7204_VOUCHER_EXPIRED"),
        Voucher(
            "Som25kLm", "chưa hiệu lực / not active yet", amount_off_vnd=50_000, refusal="7202_VOUCHER_NOT_ACTIVE_YET"
        ),
        Voucher("Khoa88pQ", "bị khoá / disabled", amount_off_vnd=50_000, refusal="7205_VOUCHER_DISABLE"),
        Voucher("DaDung5T", "hết lượt / used up", amount_off_vnd=50_000, uses_left=0, uses=1),
    ]


def samples_html(book: Book) -> str:
    """Return the samples for the page: booking numbers and voucher codes with QR pictures."""
    rows = [
        *(_row(each.number, f"{each.product} · {_vnd(each.total_fare_vnd)}", each.label) for each in _shown(book)),
        _row(UNKNOWN_BOOKING, "", "không có / unknown"),
        *(_row(each.code, "voucher", each.label) for each in book.vouchers.values()),
    ]
    return f"<table><tbody>{''.join(rows)}</tbody></table>"


def _shown(book: Book) -> list[Booking]:
    return list(book.bookings.values())


def _row(code: str, kind: str, label: str) -> str:
    picture = code_pictures(code)[0]
    return f"<tr><th>{escape(code)}</th><td>{escape(kind)}</td><td>{escape(label)}</td><td>{picture}</td></tr>"


def _vnd(value: int) -> str:
    return f"{value:,} ₫".replace(",", ".")


def _number(at: int, product: str) -> str:
    return f"{'ADCO' if product == AIR else 'HDCO'}240101{at:07}"
