"""What issuers answer, into the real clients: any bytes with any status, in every call the till makes."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pos.domain.bill import SkuLine
from pos.providers import http
from pos.providers.appotapay.client import AppotaPay
from pos.providers.gotadi import envelope, layouts, masking, wire
from pos.providers.gotadi.client import Gotadi
from pos.providers.gotit.client import GotIt, GotItSettings
from pos.providers.http import Call, Reply
from pos.providers.vinid.evoucher import VinIdEVoucher
from pos.providers.vinid.giftcode import VinIdGiftcode
from pos.providers.vinid.line import VinIdLine
from pos.providers.vinid.settings import EVoucherSettings, GiftcodeSettings
from pos.till.ports import Trace
from tests.fuzz.target import Target, text_of
from tests.providers import appotapay_shop, gotadi_shop, vinid_shop
from tests.providers.openssl_peer import KeyPair, Peer, token
from tests.providers.test_gotadi_detail import RECORD
from tests.providers.test_gotadi_vouchers import DONE, NO_OFFER, NOT_DONE, OFFER
from tests.providers.vectors import CODE, OTHER_CODE, PIN, a_bill, load
from tests.till.hand_clock import HandClock

_STATUS = (200, 200, 200, 200, 200, 201, 204, 301, 400, 401, 403, 404, 429, 500, 502, 599)
_GOODS = (SkuLine("SKU1", 1, 50_000), SkuLine("SKU2", 2, 25_000))


class Paper:
    """Stands in for the HTTP client: every call gets the same answer."""

    def __init__(self) -> None:
        self.reply = Reply(200, b"")
        self.first: Reply | None = None

    def exchange(self, call: Call, trace: Trace, *, mask: Callable[[bytes], str]) -> Reply:
        trace.http_status = trace.raw = trace.failure = None
        trace.issuer_utc, trace.answered = datetime(2026, 11, 29, 5, tzinfo=UTC), False
        reply, self.first = self.first or self.reply, None
        trace.http_status, trace.raw = reply.status, mask(reply.body)
        assert CODE.reveal() not in trace.raw, "a whole code in what is kept of an answer"
        return reply

    def post_json(self, path: str, body: bytes, trace: Trace, *, mask: Callable[[bytes], str]) -> bytes:
        reply = self.exchange(Call("POST", path, body), trace, mask=mask)
        http._only_200(reply.status)
        return reply.body

    def reach(self) -> None:
        """Be there."""

    def close(self) -> None:
        """Nothing to close."""


def _as_bytes(*values: Any) -> list[bytes]:
    return [json.dumps(value, ensure_ascii=False).encode() for value in values]


def _asking(paper: Paper, calls: list[Callable[[Trace], object]]) -> Callable[[bytes, random.Random], object]:
    def run(data: bytes, chance: random.Random) -> object:
        paper.reply = Reply(chance.choice(_STATUS), data)
        return chance.choice(calls)(Trace())

    return run


def _gotit() -> Target:
    paper, codes = Paper(), (CODE, OTHER_CODE)
    client = GotIt(paper, GotItSettings(PIN))
    plain, goods = a_bill(), a_bill(skus=_GOODS)
    calls: list[Callable[[Trace], object]] = [
        lambda trace: client.check(CODE, goods, reserving=False, trace=trace),
        lambda trace: client.check_together(codes, plain, (), reserving=False, trace=trace),
        lambda trace: client.inquire(CODE, goods, reserving=True, trace=trace),
        lambda trace: client.mark_used(codes, plain, (), reserving=False, trace=trace),
        lambda trace: client.reserve(codes, goods, _GOODS, trace=trace),
        lambda trace: client.release(codes, plain, trace=trace),
    ]
    answers = [answer for vector in load("answers") for answer in vector["answers"] if isinstance(answer, dict)]
    return Target("gotit", _as_bytes(*answers), _asking(paper, calls), weight=220)


def _appotapay() -> Target:
    from pos.providers.appotapay.seconds import FileSeconds

    paper, clock = Paper(), HandClock()
    seconds = FileSeconds(Path(tempfile.mkdtemp(prefix="fuzz-")) / "second")
    seller = AppotaPay(paper, appotapay_shop.settings(), clock, seconds, clock.pass_s)
    calls: list[Callable[[Trace], object]] = [
        seller.products, seller.balance_vnd,
        lambda trace: seller.buy(appotapay_shop.ORDER, trace),
        lambda trace: seller.ask(appotapay_shop.ORDER, trace),
        lambda trace: seller.status("EX0000000001", trace),
    ]  # fmt: skip
    products = {"errorCode": 0, "products": [{"productCode": "VT50", "productName": "Viettel", "value": 50_000}]}
    seeds = _as_bytes(
        appotapay_shop.sold(), appotapay_shop.sold(cards=[]), {"errorCode": 35, "message": "no"}, products
    )
    return Target("appotapay", seeds, _asking(paper, calls), weight=120)


def _vinid() -> Target:
    paper, clock = Paper(), HandClock()
    line = VinIdLine(paper, vinid_shop.settings(), clock, clock.pass_s)
    seller = VinIdGiftcode(
        line, GiftcodeSettings(*vinid_shop.PLACE, private_key_pem=vinid_shop.pair("giftcode").private_pem)
    )
    redeemer = VinIdEVoucher(line, EVoucherSettings(*vinid_shop.PLACE, staff_number=17, ref_prefix="T01"))
    bill, code = vinid_shop.BILL, vinid_shop.CODE
    calls: list[Callable[[Trace], object]] = [
        seller.products, seller.balance_vnd,
        lambda trace: seller.buy(vinid_shop.ORDER, trace),
        lambda trace: seller.ask(vinid_shop.ORDER, trace),
        lambda trace: seller.status("EXS0000000001", trace),
        lambda trace: redeemer.check(code, bill, reserving=False, trace=trace),
        lambda trace: redeemer.inquire(code, bill, reserving=False, trace=trace),
        lambda trace: redeemer.mark_used((code,), bill, (), reserving=False, trace=trace),
        lambda trace: redeemer.take_back(code, trace),
    ]  # fmt: skip

    def told(code: Any, data: Any = None) -> Any:
        return {"meta": {"code": code, "message": "thông báo"}, "data": data}

    seeds = _as_bytes(
        told(200, vinid_shop.withdrawn()), told(200, vinid_shop.voucher()), told(1400001), told("200"),
        told(200, [{"card_type": "50", "quantity": 3}]), told(200, {"status": "USED"}),
    )  # fmt: skip
    return Target("vinid", seeds, _asking(paper, calls), weight=60)


def _gotadi() -> list[Target]:
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    peer = Peer(own=KeyPair.make(folder, "gotadi"), shop=KeyPair.make(folder, "shop", bits=1024))
    paper, poll, clock = Paper(), Paper(), gotadi_shop.HandClock()
    issuer = Gotadi(paper, poll, gotadi_shop.shop_settings(peer), clock=clock, wait=lambda _: None)
    number, code = gotadi_shop.NUMBER, gotadi_shop.CODE
    login = json.dumps(peer.logged_in(gotadi_shop.ACCESS, token())).encode()
    calls: list[Callable[[Trace], object]] = [
        lambda trace: issuer.detail(number, trace, code=code, tracking=gotadi_shop.TRACKING),
        lambda trace: issuer.await_end(number, trace),
        lambda trace: issuer.validate(number, code, trace),
        lambda trace: issuer.redeem(number, code, gotadi_shop.TRACKING, trace),
        lambda trace: issuer.place_order(number, "AIR", trace),
        lambda trace: issuer.commit(number, "AIR", gotadi_shop.TRANSACTION, trace),
        lambda trace: issuer.commit_result(number, "AIR", trace),
    ]

    def run(data: bytes, chance: random.Random) -> object:
        paper.reply = poll.reply = Reply(chance.choice(_STATUS), data)
        paper.first = Reply(200, login) if chance.random() < 0.95 else None
        return chance.choice(calls)(Trace())

    sealed = _as_bytes(RECORD, OFFER, NO_OFFER, DONE, NOT_DONE, {"result": RECORD})
    words = ("POSDEMO|00|https://x.example/?access_token=abc.def", "POSDEMO|ADCO2401010000001|AIR|1550000.0",
             "POSDEMO|ADCO2401010000001|00|AIR|{}|https://x|1.55E6", "a.b.c|00|c2ln")  # fmt: skip
    return [
        Target("gotadi", [*sealed, login], run, weight=90),
        Target(
            "gotadi.words",
            [word.encode() for word in words],
            _read_words,
            (envelope.EnvelopeFault, wire.Unreadable),
            weight=100,
        ),
    ]


def _read_words(data: bytes, chance: random.Random) -> object:
    """What stands inside the envelopes, as if the issuer itself had signed it."""
    text = data.decode("utf-8", "replace")
    hide = masking.hider(["secret-1"])
    readers: tuple[Callable[[], object], ...] = (
        lambda: layouts.read_login(text),
        lambda: layouts.read_order(text),
        lambda: layouts.read_commit(text),
        lambda: layouts.split_older_login(data, "POSDEMO"),
        lambda: envelope.signature_last(data),
        lambda: envelope.signature_before_last(data),
        lambda: wire.sealed_in_url(text),
        lambda: masking.masked(data, hide),
        lambda: wire.common(wire.read_object(data)),
    )
    return chance.choice(readers)()


def _headers(data: bytes, chance: random.Random) -> object:
    text = text_of(data, chance)
    at = http._http_date(text)
    pause_s = http._retry_after_s(text, at)
    assert pause_s is None or pause_s >= 0
    return pause_s


def targets() -> list[Target]:
    """All of them."""
    dates = [b"Sun, 29 Nov 2026 05:00:00 GMT", b"Fri, 31 Dec 9999 23:59:59 -1400", b"120"]
    return [
        _gotit(), _appotapay(), _vinid(), *_gotadi(),
        Target("http.headers", dates, _headers, (), weight=40),
    ]  # fmt: skip
