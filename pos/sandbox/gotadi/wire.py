"""Encrypted calls: reads a request's fields, and seals an answer's, well or badly. Source: contracts/gotadi.md §4."""

from __future__ import annotations

import base64
from typing import Final
from urllib.parse import quote

from pos.sandbox import rsa_public
from pos.sandbox.gotadi.answers import java_double
from pos.sandbox.gotadi.bookings import Booking
from pos.sandbox.gotadi.faults import OTHER_BOOKING
from pos.sandbox.gotadi.sealed import PrivateKey, UnreadableError, from_base64, seal, unseal, url_base64, verifies
from pos.sandbox.incoming import Incoming, Json, Quirks

UNSIGNED: Final = "04"
UNREADABLE: Final = "05"
UNKNOWN_CODE: Final = "06"
MALFORMED: Final = "07"
_RETURN_URL: Final = "https://result.example/booking"
_PROPERTIES_WITH_BARS: Final = '{"note":"a|b","list":"||"}'


class RefusedError(Exception):
    """The request is refused before processing; `code` is the `error_code` of §7.1."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Wire:
    """Holds Gotadi's key pair and the partner's registered key."""

    def __init__(self, access_code: str, own: PrivateKey, partner: PrivateKey) -> None:
        """Take the keys.

        Args:
            access_code: The partner's.
            own: Gotadi's pair.
            partner: The partner's pair, which the sandbox made; its private half plays the stranger only.
        """
        self._access_code = access_code
        self._own = own
        self._partner = partner

    def fields(self, incoming: Incoming, counts: tuple[int, ...]) -> list[str]:
        """Return the verified fields of a request without its signature, the access code first.

        Args:
            incoming: The request.
            counts: Numbers of fields that are allowed.

        Raises:
            RefusedError: 05, 04, 06, 07, in this order.
        """
        body = incoming.json_object() or {}
        try:
            text = unseal(self._own, body.get("key"), body.get("data"))
        except UnreadableError as error:
            raise RefusedError(UNREADABLE) from error
        signed, _, signature = text.rpartition("|")
        if not verifies(self._partner.public, signed, signature):
            raise RefusedError(UNSIGNED)
        fields = signed.split("|")
        if fields[0] != self._access_code:
            raise RefusedError(UNKNOWN_CODE)
        if len(fields) not in counts:
            raise RefusedError(MALFORMED)
        return fields

    def login_answer(self, code: str, redirect_url: str, token: str, quirks: Quirks) -> Json:
        """Return the answer to a login (§3.3), in the current layout unless the older one is armed."""
        if "old_login" in quirks:
            signature = self._signature(f"{self._code(quirks)}|{code}", quirks)
            return self._sealed(f"{token}|{code}|{signature}", quirks)
        head = f"{self._code(quirks)}|{code}|{redirect_url}"
        return self._sealed(f"{head}|{self._signature(head, quirks)}", quirks)

    def order_address(self, booking: Booking, due_vnd: int, quirks: Quirks) -> str:
        """Return the payment address with the signed amount (§8.1)."""
        number, product = self._names(booking.number, booking.product, quirks)
        head, amount = f"{self._code(quirks)}|{number}|{product}", _amount(due_vnd, quirks)
        signature = self._signature(f"{head}|{amount}", quirks)
        sealed = self._sealed(f"{head}|{signature}|{amount}", quirks)
        between = "&" if "ampersand" in quirks else "?"
        return f"https://pay.example/start?key={quote(sealed['key'])}{between}data={quote(sealed['data'])}"

    def result_answer(self, number: str, product: str, code: str, due_vnd: int, quirks: Quirks) -> Json:
        """Return the answer to commit and query-trans (§8.2, §8.3)."""
        number, product = self._names(number, product, quirks)
        properties = _PROPERTIES_WITH_BARS if "properties_bars" in quirks else ""
        return_url = _RETURN_URL
        if "null_words" in quirks:
            properties = return_url = "null"
        head = f"{self._code(quirks)}|{number}|{code}|{product}|{properties}|{return_url}"
        amount = _amount(due_vnd, quirks)
        signature = self._signature(f"{head}|{amount}", quirks)
        return self._sealed(f"{head}|{signature}|{amount}", quirks)

    def _code(self, quirks: Quirks) -> str:
        return "STRANGER" if "other_access_code" in quirks else self._access_code

    @staticmethod
    def _names(number: str, product: str, quirks: Quirks) -> tuple[str, str]:
        if "other_booking" in quirks:
            number = OTHER_BOOKING
        if "other_product" in quirks:
            product = "HOTEL" if product == "AIR" else "AIR"
        return number, product

    def _signature(self, text: str, quirks: Quirks) -> str:
        # A stranger's signature is a good one, by another key.
        key = self._partner if "stranger_signature" in quirks else self._own
        return key.sign(text)

    def _sealed(self, text: str, quirks: Quirks) -> Json:
        receiver = self._own.public if "wrong_key" in quirks else self._partner.public
        padding = rsa_public.OAEP_SHA1 if "wrong_padding" in quirks else rsa_public.PKCS1V15
        key, data = seal(receiver, text, padding)
        if "damaged_data" in quirks:
            raw = from_base64(data)
            data = url_base64(raw[:-8] + bytes(byte ^ 255 for byte in raw[-8:]))
        if "line_breaks" in quirks:
            key, data = (base64.encodebytes(from_base64(each)).decode("ascii") for each in (key, data))
        return {"key": key, "data": data}


def _amount(due_vnd: int, quirks: Quirks) -> str:
    return quirks["amount_text"].text if "amount_text" in quirks else java_double(due_vnd)
