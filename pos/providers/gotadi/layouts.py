"""The texts with bars inside Gotadi's envelopes: fields of ours, and reading of theirs once they are verified. Pure.

Source: contracts/gotadi.md §3.3 (login), §4.4 (which side to split from), §4.5 (all layouts).
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import unquote

from pos.providers.gotadi.envelope import EnvelopeFault, Signed, signature_last
from pos.providers.gotadi.settings import GotadiSettings
from pos.providers.gotadi.wire import whole_vnd

_TOKEN_IN_URL = re.compile(r"[?&#]access_token=([^?&#]+)")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]+")
"""What may stand in a header (RFC 6750 §2.1)."""
_AMOUNT = re.compile(r"[0-9]{1,20}(?:\.[0-9]{0,20})?(?:[eE][+-]?[0-9]{1,2})?")
"""How Java prints a double, and plain decimal text (§4.4)."""


@dataclass(frozen=True, slots=True)
class LoginWords:
    """What a login answers; `token` is empty where it names none."""

    access_code: str = field(repr=False)
    error_code: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PaymentWords:
    """What place-order, commit and query-trans answer; absent fields are empty.

    Args:
        error_code: empty for place-order, which has none.
        total_vnd: None if it is no whole amount.
    """

    access_code: str = field(repr=False)
    number: str
    error_code: str
    product: str
    total_vnd: int | None


def login_fields(settings: GotadiSettings) -> tuple[str, ...]:
    """Login request (§3.3)."""
    if settings.older_login:
        return (settings.access_code, settings.user_id)
    return (settings.access_code, settings.user_id, settings.layout, settings.product)


def commit_fields(access_code: str, number: str, transaction_id: str, product: str) -> tuple[str, ...]:
    """Commit request."""
    return (access_code, number, transaction_id, product)


def query_fields(access_code: str, number: str) -> tuple[str, ...]:
    """Query-trans request."""
    return (access_code, number)


def read_login(text: str) -> LoginWords:
    """`<access_code>|<error_code>|<redirect_url>`.

    Raises:
        EnvelopeFault: `booking.unreadable`.
    """
    access_code, error_code, address = (*_split(text, 2), "")[:3]
    found = _TOKEN_IN_URL.search(address)
    return LoginWords(access_code, error_code, _sound_token(unquote(found[1]) if found else ""))


def split_older_login(text: bytes, access_code: str) -> tuple[Signed, str]:
    """`<jwt_token>|<error_code>|<signature>`, whose signature is over `<access_code>|<error_code>` with our own code.

    Returns:
        What is to be verified, and the token, which the signature does not cover (§3.3).

    Raises:
        EnvelopeFault: `booking.unreadable`.
    """
    last = signature_last(text)
    token, _, error_code = last.text.rpartition(b"|")
    signed = Signed(access_code.encode() + b"|" + error_code, last.signature)
    return signed, _sound_token(token.decode("ascii", "replace"))


def _sound_token(token: str) -> str:
    """The token, or nothing if it could not stand in a header."""
    return token if _TOKEN.fullmatch(token) else ""


def read_order(text: str) -> PaymentWords:
    """`<access_code>|<booking_number>|<product_type>|<total_amount>`.

    Raises:
        EnvelopeFault: `booking.unreadable`.
    """
    head, _, total = text.rpartition("|")
    parts = head.split("|")
    if len(parts) != 3:
        raise EnvelopeFault("booking.unreadable")
    access_code, number, product = map(_present, parts)
    return PaymentWords(access_code, number, "", product, _total_vnd(total))


def read_commit(text: str) -> PaymentWords:
    """`<access_code>|<booking_number>|<error_code>|<product_type>|<properties>|<return_url>|<total_amount>`.

    The first four are taken from the left and the last from the right; what is between may hold bars and is not used.

    Raises:
        EnvelopeFault: `booking.unreadable`.
    """
    head, _, total = text.rpartition("|")
    parts = head.split("|")
    if len(parts) < 6:
        raise EnvelopeFault("booking.unreadable")
    access_code, number, error_code, product = map(_present, parts[:4])
    return PaymentWords(access_code, number, error_code, product, _total_vnd(total))


def _split(text: str, bars: int) -> list[str]:
    parts = [_present(part) for part in text.split("|", bars)]
    if len(parts) < 2:
        raise EnvelopeFault("booking.unreadable")
    return parts


def _present(part: str) -> str:
    """Empty and `null` both mean absent (§4.5)."""
    return "" if part == "null" else part


def _total_vnd(text: str) -> int | None:
    return whole_vnd(Decimal(text)) if _AMOUNT.fullmatch(text) else None


def expires_unix_s(token: str) -> float | None:
    """The `exp` claim of a JWT, seconds since 1970 UTC; None if it names none. Trusted for timing only (§3.2)."""
    try:
        _, claims, _ = token.split(".")
        expires = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["exp"]
        # A bool is an int; NaN and the infinities fail the comparison.
        return float(expires) if not isinstance(expires, bool) and 0 < float(expires) < 1e11 else None
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError, binascii.Error):
        return None
