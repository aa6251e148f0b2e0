"""AppotaPay's bytes: builds and signs requests, reads answers. Pure: no network, no clock.

Source: contracts/appotapay.md §5 (signature), §7 (common rules), §8 (calls). Answers are read tolerantly: a field that
is missing, null or of a wrong type counts as missing; only a body that is no JSON object or has no `errorCode` is an
error.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeVar

from pos.domain.sale import Order, Product, SealedCode

BASE = "/api/v1/service"
PRODUCTS, BUY, BALANCE = f"{BASE}/shopcard/products", f"{BASE}/shopcard/buy", f"{BASE}/accounts/balance"
ASK = f"{BASE}/shopcard/transaction/"
"""The order id follows; with the ids of §11 nothing needs encoding."""

PhoneField = Literal["customerPhone", "customer_phone"]
"""How the phone number is spelt in an SMS purchase; the pages disagree (§15 no. 6). It is signed as `customerPhone`."""

MAX_TEXT = 300
MAX_VND = 10**15
"""Of balance and amounts: more than any account holds, and fit for SQLite."""

Json = object
"""A decoded JSON value, not looked at yet."""
T = TypeVar("T")


class Malformed(ValueError):
    """The body is no answer at all.

    Args:
        code: `http.not_json` or `http.no_verdict`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


# ---------------------------------------------------------------- requests


def signature(secret_key: str, fields: Mapping[str, str | int]) -> str:
    """HMAC-SHA-256 over `name=value` of the fields, sorted by name and joined with `&`, raw; lower-case hex (§5)."""
    text = "&".join(f"{name}={fields[name]}" for name in sorted(fields))
    return hmac.digest(secret_key.encode(), text.encode(), hashlib.sha256).hex()


def buy_body(order: Order, secret_key: str, phone_field: PhoneField) -> bytes:
    """The body of a purchase; one with a phone number asks for delivery by SMS (§8.2, §8.5).

    A normal purchase has no `type`: it is the default, and whether it would count as signed is not known.
    """
    signed: dict[str, str | int] = {
        "partnerRefId": order.id,
        "productCode": order.product_code,
        "quantity": order.quantity,
    }
    sent = dict(signed)
    if order.phone:
        signed |= {"type": "sms", "customerPhone": order.phone}
        sent |= {"type": "sms", phone_field: order.phone}
    sent["signature"] = signature(secret_key, signed)
    return json.dumps(sent, ensure_ascii=False, separators=(",", ":")).encode()


# ---------------------------------------------------------------- answers


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to a purchase, an ask or a question for the balance.

    Args:
        cards: all that could be read, in their order.
        card_entries: how many there were, readable or not.
    """

    code: int
    message: str | None = None
    cards: tuple[SealedCode, ...] = ()
    card_entries: int = 0
    transaction_id: str | None = None
    amount_vnd: int | None = None
    time: str | None = None
    balance_vnd: int | None = None


def read(body: bytes, secrets: Iterable[str]) -> Answer:
    """Read one answer.

    Args:
        body: as received.
        secrets: taken out of the message, which screens and journal keep.

    Raises:
        Malformed: no JSON object, or no `errorCode` that is a whole number.
    """
    fields = _object(body)
    code = _int(fields.get("errorCode"))
    if code is None:
        raise Malformed("http.no_verdict")
    transaction, account = _map(fields.get("transaction")), _map(fields.get("account"))
    message, entries = fields.get("message"), _list(fields.get("cards"))
    return Answer(
        code=code,
        message=_text(hide(message, secrets)) if isinstance(message, str) else None,
        cards=tuple(_card(entry) for entry in entries if isinstance(entry, dict)),
        card_entries=len(entries),
        transaction_id=_text(transaction.get("appotapayTransId")),
        amount_vnd=_first(_int(transaction.get("amount")), _int(fields.get("amount"))),
        time=_first(_text(transaction.get("time")), _text(fields.get("time"))),
        balance_vnd=_int(account.get("balance")),
    )


def read_products(body: bytes) -> tuple[int, tuple[Product, ...]]:
    """Error code (0 where the list has none) and the products that can be sold: those with code and face value (§8.1).

    Raises:
        Malformed: no JSON object, an `errorCode` that is no number, or neither list nor `errorCode`.
    """
    fields = _object(body)
    code = _int(fields.get("errorCode", 0))
    if code is None or ("errorCode" not in fields and not isinstance(fields.get("data"), list)):
        raise Malformed("http.no_verdict")
    found: dict[str, Product] = {}
    for supplier in map(_map, _list(fields.get("data"))):
        name = _text(supplier.get("productType")) or ""
        for product in map(_map, _list(supplier.get("productCodes"))):
            product_code, face_vnd = _text(product.get("code")), _int(product.get("value"))
            if product_code and face_vnd:
                label = _text(product.get("name")) or product_code
                found.setdefault(product_code, Product(product_code, label, name, face_vnd))
    return code, tuple(found.values())


def _object(body: bytes) -> Mapping[str, Json]:
    try:
        # RecursionError: brackets nested a hundred thousand deep; ValueError also covers numbers without an end.
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("http.not_json") from None
    if not isinstance(answer, dict):
        raise Malformed("http.not_json")
    return answer


def _card(fields: Mapping[str, Json]) -> SealedCode:
    """One card; the ciphertext exactly as received, empty if there is none: what came is kept, whatever it is."""
    ciphertext, serial = fields.get("code"), fields.get("serial")
    return SealedCode(
        # Half a surrogate pair, which no ciphertext has, would not fit SQLite.
        ciphertext=ciphertext.encode("utf-8", "backslashreplace").decode() if isinstance(ciphertext, str) else "",
        serial=_text(str(serial) if isinstance(serial, int) else serial) or "",
        face_vnd=_int(fields.get("value")),
        expires=_expiry(_text(fields.get("expiry")) or ""),
        vendor=_text(fields.get("vendor")) or "",
    )


_YEAR_FIRST = re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)", re.ASCII)
_DAY_FIRST = re.compile(r"(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4})(?!\d)", re.ASCII)


def _expiry(text: str) -> str:
    """`YYYY-MM-DD` from either order, else as received: no card is refused for its date (§7)."""
    match = _YEAR_FIRST.match(text) or _DAY_FIRST.match(text)
    try:
        return date(int(match["y"]), int(match["m"]), int(match["d"])).isoformat() if match else text
    except ValueError:
        return text


def _first(preferred: T | None, other: T | None) -> T | None:
    return preferred if preferred is not None else other


def _map(raw: Json) -> Mapping[str, Json]:
    return raw if isinstance(raw, dict) else {}


def _list(raw: Json) -> list[Json]:
    return raw if isinstance(raw, list) else []


def _int(raw: Json) -> int | None:
    """A whole number from 0 to `MAX_VND`, as a number or as text (§7)."""
    if isinstance(raw, str) and raw.isascii() and raw.strip().isdigit() and len(raw) <= 20:
        raw = int(raw)
    return raw if isinstance(raw, int) and not isinstance(raw, bool) and 0 <= raw <= MAX_VND else None


def _text(raw: Json) -> str | None:
    """Text fit for screens, slips and SQLite: one line, no control characters, no lone surrogates, bounded."""
    if not isinstance(raw, str):
        return None
    text = raw[:MAX_TEXT]
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    return text.strip() or None


# ---------------------------------------------------------------- masking

_DOTS = "••••"
_RAW_LIMIT = 8 * 1024
_STRING = r'"(?:[^"\\]|\\.)*(?:"|\\?$)'
_VALUE = rf'({_STRING}|\[[^\]]*\]?|\{{[^}}]*\}}?|[^,}}\]\s"]+)'
_SECRET_FIELD = re.compile(rf'("(?:code|signature|token|customerPhone|customer_phone)"\s*:\s*){_VALUE}', re.S)
_SERIAL_FIELD = re.compile(rf'("serial"\s*:\s*){_VALUE}', re.S)
_LONG_RUN = re.compile(r"[A-Za-z0-9+/=_.\\-]{40,}")


def hide(text: str, secrets: Iterable[str]) -> str:
    """Take these secrets out of a text, and whatever is as long as a ciphertext, a token or a signature."""
    for secret in secrets:
        text = text.replace(secret, _DOTS)
    return _LONG_RUN.sub(_DOTS, text)


def masked(body: bytes, secrets: Iterable[str]) -> str:
    """An answer for the journal: no code, token, signature or phone; of a serial the last 4; at most 8 KiB of UTF-8."""
    text = body[: 16 * _RAW_LIMIT].decode("utf-8", "replace")
    text = _SERIAL_FIELD.sub(_mask_serial, _SECRET_FIELD.sub(rf'\1"{_DOTS}"', text))
    return hide(text, secrets).encode()[:_RAW_LIMIT].decode("utf-8", "ignore")


def _mask_serial(match: re.Match[str]) -> str:
    serial = match[2].strip('"')
    whole = len(serial) >= 8 and match.end() < len(match.string)
    return f'{match[1]}"{_DOTS}{serial[-4:] if whole else ""}"'
