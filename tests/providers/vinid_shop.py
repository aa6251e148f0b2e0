"""An invented shop at VinID: its two key pairs, one order, one voucher, and a till on a real TLS line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from pos.domain.bill import Bill
from pos.domain.codes import VoucherCode
from pos.domain.sale import Order
from pos.providers.http import HttpClient
from pos.providers.vinid.evoucher import VinIdEVoucher
from pos.providers.vinid.giftcode import VinIdGiftcode
from pos.providers.vinid.line import VinIdLine
from pos.providers.vinid.settings import EVoucherSettings, GiftcodeSettings, VinIdSettings
from tests.providers.openssl_cli import KeyPair
from tests.providers.raw_server import Authority, RawServer, Script, answer
from tests.providers.steady_clock import SteadyClock
from tests.till.hand_clock import NOON, HandClock

KEY_CODE = "11111111-2222-4333-8444-555555555555"
ORDER = Order("T01A7K2M9QX40003", "50", 2, 50_000)
SERIAL = "EV0000000001"
CODE = VoucherCode(SERIAL)
BILL = Bill("Q1-000123", 265_000, NOON)
PLACE = ("MC01", "STORE01", "POS01")


@cache
def pair(name: str) -> KeyPair:
    """A key pair of this run."""
    return KeyPair(Path(mkdtemp(prefix="vinid-keys-")), name)


def settings(**other: Any) -> VinIdSettings:
    return VinIdSettings(**({"key_code": KEY_CODE, "api_key_pem": pair("api").private_pem} | other))


@dataclass(frozen=True)
class Counter:
    """Both services on one line."""

    giftcode: VinIdGiftcode
    evoucher: VinIdEVoucher
    server: RawServer
    clock: HandClock


@contextmanager
def at_counter(
    authority: Authority,
    *script: Script,
    clock: HandClock | None = None,
    line: dict[str, Any] | None = None,
    giftcode: dict[str, Any] | None = None,
    evoucher: dict[str, Any] | None = None,
) -> Iterator[Counter]:
    """A till connected to a TLS server that answers by script. The brake's seconds pass at once."""
    clock = clock or HandClock()
    with RawServer(authority.context(), *script) as server:
        http = HttpClient(server.url, clock=SteadyClock(), ca_file=authority.ca_file)
        wire = VinIdLine(http, settings(**(line or {})), clock, clock.pass_s)
        seller: dict[str, Any] = {"private_key_pem": pair("giftcode").private_pem, **(giftcode or {})}
        selling = GiftcodeSettings(*PLACE, **seller)
        redeemer: dict[str, Any] = {"staff_number": 17, "ref_prefix": "T01", **(evoucher or {})}
        redeeming = EVoucherSettings(*PLACE, **redeemer)
        try:
            yield Counter(VinIdGiftcode(wire, selling), VinIdEVoucher(wire, redeeming), server, clock)
        finally:
            wire.close()


def told(code: int | str, data: Any = None, *, message: str = "thông báo", **http: str) -> Script:
    """An answer with this code."""
    return answer(json.dumps({"meta": {"code": code, "message": message}, "data": data}).encode(), **http)


def dated(instant: datetime) -> dict[str, str]:
    """A `Date` header of this instant, for `told`."""
    return {"headers": f"Date: {format_datetime(instant, usegmt=True)}\r\n"}


def card(number: int, **other: Any) -> dict[str, Any]:
    """One card of an answer (§7.2)."""
    fields = {"code": "Q" * 340 + f"{number:04}", "expire_date": "2027-12-31", "serial": f"EXS{number:010}"}
    return fields | other


def withdrawn(cards: Sequence[dict[str, Any]] | None = None, **other: Any) -> dict[str, Any]:
    """The data of an order; two cards of 50,000 đ unless told."""
    found = [card(1), card(2)] if cards is None else list(cards)
    return {
        "created_at": 1_760_000_003,
        "extra_data": "",
        "merchant_order_id": ORDER.id,
        "order_info": [{"card_type": "50", "cards": found}],
    } | other


def voucher(**other: Any) -> dict[str, Any]:
    """The data of verify (§8.1)."""
    return {
        "available_from": 1_767_200_400,
        "available_to": 1_798_736_399,
        "min_order_value": 200_000.0,
        "discount_value": 50_000.0,
        "discount_type": "amount",
        "apply_in_holiday": True,
        "merchant_voucher_code": "MV-EXAMPLE-50K",
    } | other


@dataclass(frozen=True)
class Sent:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = json.loads(self.body)
        return fields


def sent(server: RawServer) -> list[Sent]:
    """All requests, read by hand."""
    found = []
    for data in server.requests:
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        method, path, _ = first.split(" ")
        assert method == "POST"
        found.append(Sent(path, {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}, body))
    return found
