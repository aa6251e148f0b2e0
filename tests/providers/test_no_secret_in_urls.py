"""Addresses end up in proxies' and servers' logs: no credential and no code a customer holds stands in one."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from pos.domain.bill import Bill
from pos.domain.codes import VoucherCode
from pos.domain.errors import NotSent, PosError
from pos.providers.appotapay.client import AppotaPay
from pos.providers.appotapay.seconds import FileSeconds
from pos.providers.gotit.client import GotIt, GotItSettings
from pos.providers.http import Call, Reply
from pos.providers.vinid.evoucher import VinIdEVoucher
from pos.providers.vinid.giftcode import VinIdGiftcode
from pos.providers.vinid.line import VinIdLine
from pos.providers.vinid.settings import EVoucherSettings, GiftcodeSettings
from pos.till.ports import Trace
from tests.providers import appotapay_shop, gotadi_shop, vinid_shop
from tests.providers.openssl_peer import Peer, token
from tests.till.hand_clock import NOON, HandClock

BILL = Bill("Q1-000123", 265_000, NOON)
CODE = VoucherCode("MTA4NzUyODM1")
PIN = "73051964"


class Recorder:
    """Takes every request and lets none out."""

    def __init__(self) -> None:
        self.urls: list[str] = []

    def exchange(self, call: Call, trace: Trace, *, mask: Callable[[bytes], str]) -> Reply:
        self.urls += [call.path, *(part for pair in call.query for part in pair)]
        raise NotSent("net.refused")

    def post_json(self, path: str, body: bytes, trace: Trace, *, mask: Callable[[bytes], str]) -> bytes:
        self.urls.append(path)
        raise NotSent("net.refused")

    def reach(self) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""


def gotit(http: Recorder, _: Peer) -> list[Callable[[], Any]]:
    issuer, trace = GotIt(http, GotItSettings(PIN, "/merchant/v6.0", True)), Trace()
    return [
        lambda: issuer.check(CODE, BILL, reserving=True, trace=trace),
        lambda: issuer.check_together([CODE, VoucherCode("MTA4NzUyODMy")], BILL, (), reserving=False, trace=trace),
        lambda: issuer.inquire(CODE, BILL, reserving=False, trace=trace),
        lambda: issuer.mark_used([CODE], BILL, (), reserving=False, trace=trace),
        lambda: issuer.reserve([CODE], BILL, (), trace=trace),
        lambda: issuer.release([CODE], BILL, trace=trace),
    ]


def vinid(http: Recorder, _: Peer) -> list[Callable[[], Any]]:
    clock, trace = HandClock(), Trace()
    line = VinIdLine(http, vinid_shop.settings(), clock, clock.pass_s)
    giftcode = VinIdGiftcode(
        line, GiftcodeSettings(*vinid_shop.PLACE, private_key_pem=vinid_shop.pair("giftcode").private_pem)
    )
    evoucher = VinIdEVoucher(line, EVoucherSettings(*vinid_shop.PLACE, staff_number=17, ref_prefix="T01"))
    return [
        lambda: giftcode.products(trace),
        lambda: giftcode.buy(vinid_shop.ORDER, trace),
        lambda: giftcode.ask(vinid_shop.ORDER, trace),
        lambda: giftcode.status(CODE.reveal(), trace),
        lambda: evoucher.check(CODE, BILL, reserving=False, trace=trace),
        lambda: evoucher.inquire(CODE, BILL, reserving=False, trace=trace),
        lambda: evoucher.mark_used([CODE], BILL, (), reserving=False, trace=trace),
        lambda: evoucher.take_back(CODE, trace),
    ]


def appotapay(http: Recorder, _: Peer) -> list[Callable[[], Any]]:
    clock, trace = HandClock(), Trace()
    issuer = AppotaPay(http, appotapay_shop.settings(sms=True), clock, FileSeconds(Path(os.devnull)), clock.pass_s)
    return [
        lambda: issuer.products(trace),
        lambda: issuer.balance_vnd(trace),
        lambda: issuer.buy(appotapay_shop.ORDER, trace),
        lambda: issuer.buy(appotapay_shop.SMS_ORDER, trace),
        lambda: issuer.ask(appotapay_shop.ORDER, trace),
    ]


def gotadi(http: Recorder, peer: Peer) -> list[Callable[[], Any]]:
    """Each call by both ways of sending; behind a login that is answered, so that the token is there to be leaked."""

    def one(call: str, way: str) -> None:
        signed_in = call not in ("commit", "commit_result")
        refused = [NotSent("net.refused")] * 4
        shop = gotadi_shop.Shop(peer, *refused, polls=refused, logged_in=signed_in, voucher_transport=way)
        try:
            shop.ask(call, code=CODE)
        finally:
            for sent in (*shop.http.calls, *shop.poll.calls):
                http.urls += [sent.path, *(part for pair in sent.query for part in pair)]

    calls = ("detail", "await_end", "validate", "redeem", "place_order", "commit", "commit_result")
    return [lambda c=c, w=w: one(c, w) for c in calls for w in ("get-json", "post-json")]  # type: ignore[misc]


SECRETS = (
    PIN, CODE.reveal(), vinid_shop.KEY_CODE, appotapay_shop.API_KEY, appotapay_shop.SECRET, appotapay_shop.PHONE,
    gotadi_shop.API_KEY, gotadi_shop.TRACKING, token(),
)  # fmt: skip


@pytest.mark.parametrize("client", [gotit, vinid, appotapay, gotadi])
def test_no_address_of_any_call_holds_a_secret(
    client: Callable[[Recorder, Peer], list[Callable[[], Any]]], peer: Peer
) -> None:
    """Every call of every issuer is built; its path and query are looked through, plain and in the usual disguises."""
    http = Recorder()
    for call in client(http, peer):
        before = len(http.urls)
        with suppress(PosError):
            call()
        assert len(http.urls) > before
    urls = "\n".join(http.urls)
    for secret in SECRETS:
        coded = base64.b64encode(secret.encode()).decode()
        for form in (
            secret,
            quote(secret, safe=""),
            quote_plus(secret),
            coded,
            coded.rstrip("="),
            secret.encode().hex(),
        ):
            assert form not in urls
