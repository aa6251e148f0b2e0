"""One call with its signature, encryption and reading, without the network, beside the bare `cryptography` calls."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from pos.bootstrap import SystemClock
from pos.domain.sale import Bought, Order
from pos.providers.appotapay.client import AppotaPay
from pos.providers.appotapay.seconds import FileSeconds
from pos.providers.gotadi.client import Gotadi
from pos.providers.http import Call, Reply
from pos.providers.vinid.giftcode import VinIdGiftcode
from pos.providers.vinid.line import VinIdLine
from pos.providers.vinid.settings import GiftcodeSettings
from pos.till.ports import Trace
from tests.bench.table import Row
from tests.bench.timing import in_turns, percentile, undisturbed
from tests.providers import appotapay_shop, gotadi_shop, vinid_shop
from tests.providers.openssl_peer import KeyPair, Peer

ROUNDS = 500
P99_MS = 5.0
_WARM_UP = 20
_BLOCK = b"x" * 512
_CONTENT_KEY = bytes(range(24))


class AtOnce:
    """An issuer without a network: the same answer to every call, masked for the journal as every answer is."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def exchange(self, call: Call, trace: Trace, *, mask: Callable[[bytes], str]) -> Reply:
        trace.http_status, trace.raw = 200, mask(self._body)
        return Reply(200, self._body)

    def reach(self) -> None:
        pass

    def close(self) -> None:
        pass


def run(rounds: int = ROUNDS) -> list[Row]:
    """Measure the three issuers that sign or encrypt."""
    with tempfile.TemporaryDirectory() as folder:
        peer = Peer(KeyPair.make(Path(folder), "issuer"), KeyPair.make(Path(folder), "shop"))
        return [
            _row("Gotadi commit", _gotadi(peer), _raw_gotadi(peer), "RSA four times and 3DES twice", rounds),
            _row("AppotaPay buy", _appotapay(), _raw_appotapay, "HMAC-SHA-256 twice", rounds),
            _row("VinID orders", _vinid(), _raw_vinid(), "an RSA signature", rounds),
        ]


def _row(name: str, ours: Callable[[], None], raw: Callable[[], None], work: str, rounds: int) -> Row:
    wall_ms: list[float] = []
    with undisturbed():
        taken = in_turns({"ours": _timed(ours, wall_ms), "raw": _timed(raw, [])}, _WARM_UP + rounds)
    ours_ms, raw_ms = taken["ours"][_WARM_UP:], taken["raw"][_WARM_UP:]
    p50, p99 = (percentile(ours_ms, at) for at in (50, 99))
    raw50, raw99 = (percentile(raw_ms, at) for at in (50, 99))
    return Row(
        f"{name}: seal and read, processor p99", f"{p99:.2f} ms",
        f"bare cryptography: p50 {raw50:.2f} ms, p99 {raw99:.2f} ms",
        p99 / P99_MS, f"≤ {P99_MS:.0f} ms", p99 <= P99_MS,
        f"{rounds} calls without network, answer masked and read; p50 {p50:.2f} ms, {p50 / raw50:.1f} times {work};"
        f" by the wall clock, other programs included: p99 {percentile(wall_ms[_WARM_UP:], 99):.1f} ms",
    )  # fmt: skip


def _timed(job: Callable[[], None], wall_ms: list[float]) -> Callable[[], float]:
    """Milliseconds of this thread: a call without network waits for nothing, and other programs are not its own."""

    def once() -> float:
        began, began_wall = time.thread_time(), time.perf_counter()
        job()
        took = time.thread_time() - began
        wall_ms.append(1000 * (time.perf_counter() - began_wall))
        return 1000 * took

    return once


# ---------------------------------------------------------------- ours


def _gotadi(peer: Peer) -> Callable[[], None]:
    fields = (gotadi_shop.ACCESS, gotadi_shop.NUMBER, "00", "AIR", "", "", "1550000")
    line = AtOnce(appotapay_shop.as_json(peer.committed(*fields)))
    issuer = Gotadi(line, line, gotadi_shop.shop_settings(peer), clock=SystemClock())

    def call() -> None:
        answer = issuer.commit(gotadi_shop.NUMBER, "AIR", gotadi_shop.TRANSACTION, Trace())
        _same(answer.total_vnd == 1_550_000)

    return call


def _appotapay() -> Callable[[], None]:
    body = appotapay_shop.as_json(appotapay_shop.sold())
    seller = AppotaPay(AtOnce(body), appotapay_shop.settings(), SystemClock(), FileSeconds(Path(os.devnull)), no_brake)
    return lambda: _same(isinstance(seller.buy(appotapay_shop.ORDER, Trace()), Bought))


def _vinid() -> Callable[[], None]:
    order: Order = vinid_shop.ORDER
    told = {"meta": {"code": 200, "message": "OK"}, "data": vinid_shop.withdrawn()}
    line = VinIdLine(
        AtOnce(appotapay_shop.as_json(told)),
        vinid_shop.settings(),
        SystemClock(),
        no_brake,
    )
    own = GiftcodeSettings(*vinid_shop.PLACE, private_key_pem=vinid_shop.pair("giftcode").private_pem)
    seller = VinIdGiftcode(line, own)
    return lambda: _same(isinstance(seller.buy(order, Trace()), Bought))


def no_brake(seconds: float) -> None:
    """The second between two calls of one issuer is no part of a call."""


def _same(done: bool) -> None:
    """Raises `RuntimeError`: it was not the work that was to be measured."""
    if not done:
        raise RuntimeError("the call did not succeed")


# ---------------------------------------------------------------- bare


def _raw_gotadi(peer: Peer) -> Callable[[], None]:
    own, theirs = private_key(peer.shop.private.read_text()), _public(peer.own.public)
    pkcs = padding.PKCS1v15()
    theirs_private = private_key(peer.own.private.read_text())
    signature, sealed = theirs_private.sign(_BLOCK, pkcs, SHA256()), own.public_key().encrypt(_CONTENT_KEY, pkcs)

    def call() -> None:
        own.sign(_BLOCK, pkcs, SHA256())
        theirs.encrypt(_CONTENT_KEY, pkcs)
        Cipher(TripleDES(_CONTENT_KEY), modes.ECB()).encryptor().update(_BLOCK)  # noqa: S305 - as the issuer wants it
        own.decrypt(sealed, pkcs)
        Cipher(TripleDES(_CONTENT_KEY), modes.ECB()).decryptor().update(_BLOCK)  # noqa: S305 - as the issuer wants it
        theirs.verify(signature, _BLOCK, pkcs, SHA256())

    return call


def _raw_appotapay() -> None:
    for _ in range(2):
        mac = HMAC(appotapay_shop.SECRET.encode(), SHA256())
        mac.update(_BLOCK)
        mac.finalize()


def _raw_vinid() -> Callable[[], None]:
    key = private_key(vinid_shop.pair("api").private_pem)
    return lambda: _ignore(key.sign(_BLOCK, padding.PKCS1v15(), SHA256()))


def _ignore(_: object) -> None:
    pass


def private_key(pem: str) -> rsa.RSAPrivateKey:
    """For bare calls."""
    key = load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def _public(file: Path) -> rsa.RSAPublicKey:
    key = load_pem_public_key(file.read_bytes())
    assert isinstance(key, rsa.RSAPublicKey)
    return key
