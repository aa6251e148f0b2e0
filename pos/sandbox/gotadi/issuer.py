"""The stand-in for Gotadi: takes one request, refuses it or carries it out.

Source: contracts/gotadi.md. Where the contract leaves something open, this issuer does what is hardest for a till: the
token is required (§12.3), a redeem sent twice is done twice (§12.17), a commit may come without an order (§12.25).
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs

from pos.sandbox.gotadi import answers
from pos.sandbox.gotadi.bookings import AIR, PENDING, SUCCEEDED, Book, Booking
from pos.sandbox.gotadi.door import Account, Door
from pos.sandbox.gotadi.faults import MEANINGS, spoiled
from pos.sandbox.gotadi.rules import payment_refusal, result_code, use_up, voucher_refusal
from pos.sandbox.gotadi.samples import UNKNOWN_BOOKING, sample_book, samples_html
from pos.sandbox.gotadi.sealed import PrivateKey
from pos.sandbox.gotadi.wire import MALFORMED, RefusedError, Wire
from pos.sandbox.incoming import Incoming, Json, Quirks, Result
from pos.sandbox.rsa_public import kept_private_pem

NAME: Final = "gotadi"
_PATHS: Final = {
    "/api/partner/login": ("login", ("POST",)),
    "/api/payments/voucher/validate": ("validate", ("GET", "POST")),
    "/api/payments/voucher/redeem": ("redeem", ("GET", "POST")),
    "/api/partner/place-order": ("place_order", ("GET",)),
    "/api/partner/commit": ("commit", ("POST",)),
    "/api/partner/query-trans": ("query_trans", ("POST",)),
    "/api/products/booking-detail": ("booking_detail", ("GET",)),
    "/api/products/final-booking-detail": ("final_booking_detail", ("GET",)),
}
_SEALED: Final = frozenset({"login", "commit", "query_trans"})
_VOUCHER_CALLS: Final = frozenset({"validate", "redeem"})
# How often a long poll looks again, in seconds.
_LOOK_EVERY_S: Final = 0.05


def gotadi_issuer(folder: Path, remembered: str | None) -> GotadiIssuer:
    """Return the issuer of a data folder, whose keys are made on first use.

    Args:
        folder: Data folder; must exist.
        remembered: As `remembered` gave it; None for a new folder.
    """
    own_pem = kept_private_pem(folder / "gotadi-key.pem")
    partner_pem = kept_private_pem(folder / "gotadi-partner-key.pem")
    book = None if remembered is None else Book.from_json(json.loads(remembered))
    return GotadiIssuer(own_pem, partner_pem, book or sample_book(time.time()))


class GotadiIssuer:
    """Holds bookings and vouchers of one partner. Not thread-safe: one event loop owns it."""

    name = NAME
    prefixes: tuple[str, ...] = ("/api/partner/", "/api/payments/", "/api/products/")
    operations: tuple[str, ...] = tuple(operation for operation, _ in _PATHS.values())
    faults: Mapping[str, str] = MEANINGS

    def __init__(self, own_pem: str, partner_pem: str, book: Book) -> None:
        """Take Gotadi's private key, the partner's (both PEM), and what is remembered."""
        self._own = PrivateKey.of(own_pem)
        self._partner_pem = partner_pem
        self._account = Account()
        # From the key, so that tokens outlive a restart as they would at the real issuer.
        self._door = Door(self._account, hashlib.sha256(own_pem.encode()).digest())
        self._wire = Wire(self._account.access_code, self._own, PrivateKey.of(partner_pem))
        self._book = book

    def operation_of(self, incoming: Incoming) -> str | None:
        """Return which call this is; the method is judged by `handle`."""
        return _PATHS[incoming.path][0] if incoming.path in _PATHS else None

    async def handle(self, operation: str, incoming: Incoming, quirks: Quirks) -> Result:
        """Carry one request out or refuse it."""
        self._book.settle(time.time())
        refused = self._refused_at_the_door(operation, incoming, quirks)
        if refused is not None:
            return refused
        if operation == "final_booking_detail":
            await self._until_final(_asked(incoming, "booking_number"))
        calls: dict[str, Callable[[Incoming, Quirks], Result]] = {
            "login": self._login,
            "validate": self._validate,
            "redeem": self._redeem,
            "place_order": self._place_order,
            "commit": self._commit,
            "query_trans": self._query_trans,
            "booking_detail": self._detail,
            "final_booking_detail": self._detail,
        }
        result = calls[operation](incoming, quirks)
        answer = None if result.answer is None else spoiled(operation, result.answer, quirks)
        return Result(result.status, answer, result.effect)

    def ready(self) -> Json:
        """Return what a till needs: account, keys, samples."""
        return {
            "access_code": self._account.access_code,
            "api_key": self._account.api_key,
            "user_id": self._account.user_id,
            "partner_private_key": self._partner_pem,
            "gotadi_public_key": self._own.public_pem,
            "gotadi_public_key_xml": self._own.public_xml,
            "bookings": [
                {"number": each.number, "product": each.product, "total_vnd": each.total_fare_vnd, "label": each.label}
                for each in self._book.bookings.values()
            ],
            "unknown_booking": UNKNOWN_BOOKING,
            "vouchers": [{"code": each.code, "label": each.label} for each in self._book.vouchers.values()],
        }

    def truth(self) -> Json:
        """Return bookings, vouchers and times, and over all bookings what was done more than once."""
        self._book.settle(time.time())
        bookings = self._book.bookings.values()
        return {
            **self._book.to_json(),
            "redeemed_twice": [each.number for each in bookings if each.redeems_done > 1],
            "paid_twice": [each.number for each in bookings if each.commits_done > 1],
        }

    def change(self, wish: Json) -> None:
        """Change times, a booking or a voucher, or add one.

        Args:
            wish: `payment_after_s`, `issue_after_s`, `patience_s`, `token_life_s`; `booking` or `voucher`: an object
                with `number` or `code` and the fields to set (`bookings.py`); a new one needs all required fields.

        Raises:
            ValueError: Something else.
        """
        self._book = self._book.changed(wish)

    def reset(self) -> None:
        """Go back to the samples, with deadlines counted from now."""
        self._book = sample_book(time.time())

    def remembered(self) -> str:
        """Return the book as text."""
        return json.dumps(self._book.to_json())

    def samples_html(self) -> str:
        """Return the samples for the page."""
        return samples_html(self._book)

    # --- the door ---

    def _refused_at_the_door(self, operation: str, incoming: Incoming, quirks: Quirks) -> Result | None:
        get_refused = "get_refused" in quirks and operation in _VOUCHER_CALLS
        if incoming.method not in _PATHS[incoming.path][1] or (get_refused and incoming.method == "GET"):
            return Result(405, {"status": 405, "error": "Method Not Allowed"})
        complaint = self._door.headers_complaint(incoming)
        if complaint is not None:
            status, code = complaint
            if code and operation in _SEALED:
                return self._refusal_by_code(operation, code, quirks)
            return Result(status, {"status": status, "error": "Unauthorized"})
        if operation not in _SEALED and not self._door.lets_in(incoming):
            return Result(401, {"status": 401, "error": "Unauthorized"})
        armed = quirks.get("error_code")
        if armed is not None and operation in _SEALED:
            return self._refusal_by_code(operation, f"{armed.code:02}", quirks)
        return None

    def _refusal_by_code(
        self, operation: str, code: str, quirks: Quirks, booking: Booking | None = None, number: str = ""
    ) -> Result:
        if operation == "login":
            return Result(200, self._wire.login_answer(code, "", "", quirks))
        product = AIR if booking is None else booking.product
        due_vnd = 0 if booking is None else booking.due_vnd
        answer = self._wire.result_answer(booking.number if booking else number, product, code, due_vnd, quirks)
        return Result(200, answer)

    # --- calls ---

    def _login(self, incoming: Incoming, quirks: Quirks) -> Result:
        try:
            fields = self._wire.fields(incoming, (2, 4))
        except RefusedError as error:
            return self._refusal_by_code("login", error.code, quirks)
        if fields[1] != self._account.user_id:
            return self._refusal_by_code("login", "10", quirks)
        if len(fields) == 4 and (fields[2] not in ("", "single", "dual") or fields[3] not in ("flight", "hotel")):
            return self._refusal_by_code("login", MALFORMED, quirks)
        short = quirks.get("short_token")
        token = self._door.token(incoming.now_s, self._book.token_life_s if short is None else short.seconds or 1.0)
        address = f"https://webview.example/?access_token={token}"
        answer = self._wire.login_answer(_code_after("00", quirks), address, token, quirks)
        return Result(200, answer, "logged in")

    def _validate(self, incoming: Incoming, quirks: Quirks) -> Result:
        asked = incoming.json_object() or {}
        number, code = asked.get("bookingNumber"), asked.get("voucherCode")
        booking, voucher = self._booking(number), self._book.vouchers.get(str(code))
        refusal = voucher_refusal(booking, voucher, quirks)
        if booking is None or voucher is None or refusal is not None:
            status = 400 if "refusal_as_400" in quirks else 200
            return Result(status, answers.not_validated(number, code, refusal or ""))
        booking.validations += 1
        booking.tracking_code = f"track_{base64.b64encode(secrets.token_bytes(33)).decode('ascii')}="
        booking.tracked_voucher = voucher.code
        off_vnd = voucher.discount_vnd(booking.total_fare_vnd)
        return Result(200, answers.validated(number, code, voucher, off_vnd, booking.tracking_code))

    def _redeem(self, incoming: Incoming, quirks: Quirks) -> Result:
        asked = incoming.json_object() or {}
        number, code, tracking = (asked.get(name) for name in ("bookingNumber", "voucherCode", "trackingCode"))
        booking, voucher = self._booking(number), self._book.vouchers.get(str(code))
        refusal = voucher_refusal(booking, voucher, quirks, again=True)
        if booking is not None:
            booking.redeem_requests += 1
            if (tracking, code) != (booking.tracking_code, booking.tracked_voucher) or tracking is None:
                refusal = refusal or "7201_VOUCHER_REDEMPTION_ERROR"
        if booking is None or voucher is None or refusal is not None:
            status = 400 if "refusal_as_400" in quirks else 200
            return Result(status, answers.redeemed(number, code, refusal or "7203_VOUCHER_NOT_FOUND"))
        use_up(booking, voucher)
        return Result(200, answers.redeemed(number, code, None), "redeemed")

    def _place_order(self, incoming: Incoming, quirks: Quirks) -> Result:
        booking = self._booking(_asked(incoming, "bookingNumber"))
        refusal = "6103_PAYMENT_BOOKING_NOT_FOUND" if booking is None else payment_refusal(booking)
        if booking is None or refusal is not None:
            return Result(200, {"result": None, **answers.common(code=refusal)})
        booking.orders_placed += 1
        due_vnd = booking.total_fare_vnd if "total_not_lowered" in quirks else booking.due_vnd
        return Result(
            200, {"result": self._wire.order_address(booking, due_vnd, quirks), **answers.common()}, "ordered"
        )

    def _commit(self, incoming: Incoming, quirks: Quirks) -> Result:
        try:
            _, number, trans_id, product = self._wire.fields(incoming, (4,))
        except RefusedError as error:
            return self._refusal_by_code("commit", error.code, quirks)
        booking = self._booking(number)
        if booking is None or product != booking.product:
            return self._refusal_by_code("commit", MALFORMED, quirks, number=number)
        booking.commit_requests += 1
        if booking.committed_s is not None and "commit_again" not in quirks:
            return self._refusal_by_code("commit", "08", quirks, booking)
        if booking.committed_s is None and not booking.payable:
            return self._refusal_by_code("commit", "02", quirks, booking)
        # Money: this is the payment. Nothing is awaited between here and the record on disk.
        booking.commits_done += 1
        booking.partner_trans_ids.append(trans_id or booking.number)
        booking.committed_s = time.time()
        self._book.settle(booking.committed_s)
        code = {PENDING: "01", SUCCEEDED: "00"}.get(booking.payment_status, "02")
        due_vnd = booking.total_fare_vnd if "total_not_lowered" in quirks else booking.due_vnd
        answer = self._wire.result_answer(number, product, _code_after(code, quirks), due_vnd, quirks)
        return Result(200, answer, "paid")

    def _query_trans(self, incoming: Incoming, quirks: Quirks) -> Result:
        try:
            _, number = self._wire.fields(incoming, (2,))
        except RefusedError as error:
            return self._refusal_by_code("query_trans", error.code, quirks)
        booking = self._booking(number)
        if booking is None:
            return self._refusal_by_code("query_trans", MALFORMED, quirks, number=number)
        code = _code_after(result_code(booking), quirks)
        answer = self._wire.result_answer(number, booking.product, code, booking.due_vnd, quirks)
        return Result(200, answer)

    def _detail(self, incoming: Incoming, quirks: Quirks) -> Result:
        booking = self._booking(_asked(incoming, "booking_number"))
        if booking is None or "not_found" in quirks:
            return Result(404, {"status": 404, **answers.common(code="5_BOOKING_NOT_FOUND")})
        return Result(200, answers.detail(booking))

    async def _until_final(self, number: str | None) -> None:
        """Wait as the server does: until the booking is over, or the patience is (§8.4)."""
        ends_mono_s = time.monotonic() + self._book.patience_s
        while time.monotonic() < ends_mono_s:
            # Looked up each time: a change by hand replaces the book.
            booking = self._booking(number)
            if booking is None or booking.final:
                return
            await asyncio.sleep(_LOOK_EVERY_S)
            self._book.settle(time.time())

    def _booking(self, number: object) -> Booking | None:
        return self._book.bookings.get(number) if isinstance(number, str) else None


def _code_after(code: str, quirks: Quirks) -> str:
    armed = quirks.get("error_code_after")
    return code if armed is None else f"{armed.code:02}"


def _asked(incoming: Incoming, name: str) -> str | None:
    """Return a value of the query."""
    values = parse_qs(incoming.query).get(name)
    return values[0] if values else None
