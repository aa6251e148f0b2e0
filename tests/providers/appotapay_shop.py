"""An invented shop at AppotaPay: its keys, one order, answers as the contract shows them, and a till on a real line."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pos.domain.sale import Order
from pos.providers.appotapay.client import AppotaPay
from pos.providers.appotapay.seconds import FileSeconds
from pos.providers.appotapay.settings import AppotaPaySettings
from pos.providers.http import HttpClient
from tests.providers.openssl_cli import run
from tests.providers.raw_server import Authority, RawServer, Script
from tests.providers.steady_clock import SteadyClock
from tests.till.hand_clock import HandClock

PARTNER, API_KEY, SECRET = "EXAMPLEPARTNER", "EXAMPLEAPIKEY", "EXAMPLE-SECRET-KEY-0001"
ORDER = Order("T01A7K2M9QX40001", "VT50", 2, 50_000)
PHONE = "0900000001"
SMS_ORDER = Order("T01A7K2M9QX40002", "VT50", 1, 50_000, PHONE)
_UNUSED_KEY: list[str] = []


def some_key_pem() -> str:
    """A private key for tests in which nothing is opened, short so as to be loaded fast."""
    if not _UNUSED_KEY:
        _UNUSED_KEY.append(run("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024").decode())
    return _UNUSED_KEY[0]


def settings(**other: Any) -> AppotaPaySettings:
    return AppotaPaySettings(**({"private_key_pem": some_key_pem()} | other), **_KEYS)


_KEYS: dict[str, Any] = {"partner_code": PARTNER, "api_key": API_KEY, "secret_key": SECRET}


def card(number: int, **other: Any) -> dict[str, Any]:
    """One card of an answer (§8.2)."""
    fields = {"code": "Q" * 340 + f"{number:04}", "serial": f"EX{number:010}", "vendor": "exampletel", "value": 50_000}
    return {**fields, "expiry": "31-12-2027"} | other


def sold(*cards: dict[str, Any], **other: Any) -> dict[str, Any]:
    """The answer to a purchase that succeeded; two cards unless told."""
    return {
        "errorCode": 0,
        "message": "OK",
        "cards": list(cards) or [card(1), card(2)],
        "transaction": {"appotapayTransId": "AP00EXAMPLE01", "amount": 98_000, "time": "05-03-2026 14:07:09"},
        "account": {"balance": 4_902_000},
    } | other


def as_json(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


@contextmanager
def at_counter(
    authority: Authority, *script: Script, clock: HandClock | None = None, **other: Any
) -> Iterator[tuple[AppotaPay, RawServer]]:
    """A till connected to a TLS server that answers by script. The brake's seconds pass at once."""
    clock = clock or HandClock()
    with RawServer(authority.context(), *script) as server:
        http = HttpClient(server.url, clock=SteadyClock(), ca_file=authority.ca_file)
        seller = AppotaPay(http, settings(**other), clock, FileSeconds(Path(os.devnull)), clock.pass_s)
        try:
            yield seller, server
        finally:
            seller.close()
