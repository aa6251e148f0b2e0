"""Got It's bytes: requests exactly as the contract writes them, answers read whatever comes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.codes import VoucherCode
from pos.providers.gotit import wire
from tests.providers.vectors import CODE, OTHER_CODE, PIN, a_bill, load, sku_lines

REQUESTS = load("requests")
HIDE = wire.hider(PIN, (CODE, OTHER_CODE))


@pytest.mark.parametrize("vector", REQUESTS, ids=[v["about"] for v in REQUESTS])
def test_bodies_are_byte_for_byte_what_the_contract_says(vector: dict[str, Any]) -> None:
    """Field order as in §5, compact, UTF-8."""
    codes, skus = [VoucherCode(c) for c in vector["codes"]], sku_lines(vector["skus"])
    bill = a_bill(**vector["bill"])
    built = {
        wire.RESERVE: lambda: wire.reserve_body(PIN, codes, bill, skus),
        wire.UNRESERVE: lambda: wire.unreserve_body(PIN, codes, bill),
    }.get(vector["operation"], lambda: wire.sale_body(PIN, codes, bill, skus, reserving=vector["reserving"]))()
    assert built == json.dumps(vector["body"], ensure_ascii=False, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "http.not_json"),
        (b"<html>OK</html>", "http.not_json"),
        (b'{"success": true', "http.not_json"),
        (b"[" * 200_000, "http.not_json"),
        (b'{"success": true, "data": ' + b"9" * 10_000 + b"}", "http.not_json"),
        (b"\xff\xfe\x00", "http.not_json"),
        (b"[]", "http.not_json"),
        (b"true", "http.not_json"),
        (b"{}", "http.no_verdict"),
        (b'{"success": null}', "http.no_verdict"),
        (b'{"success": "true"}', "http.no_verdict"),
        (b'{"success": 1}', "http.no_verdict"),
    ],
    ids=range(12),
)
def test_a_body_without_a_verdict_is_none(body: bytes, code: str) -> None:
    """Nothing is guessed from half an answer."""
    with pytest.raises(wire.Malformed) as caught:
        wire.read(body, HIDE)
    assert caught.value.code == code


def test_bare_verdict_is_an_answer() -> None:
    """Every other field may be missing."""
    assert wire.read(b'{"success": false}', HIDE) == wire.Envelope(success=False)


_SCALAR = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
_ANY = st.recursive(
    _SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


def _maybe(fields: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """An object with some of the fields, each right or anything at all; or anything instead of the object."""
    return _ANY | st.fixed_dictionaries({}, optional={name: value | _ANY for name, value in fields.items()})


_SKU = _maybe({"sku": st.text(max_size=5), "quantity": st.integers(), "price": st.integers()})
_VOUCHER = _maybe({
    "code": st.sampled_from([CODE.reveal(), OTHER_CODE.reveal()]),
    "value": st.integers(), "state": st.integers(-1, 12) | st.sampled_from(["4", "11"]),
    "voucher_type": st.sampled_from(["standard", "conditional", "redeemable_sku"]),
    "expiry_date": st.sampled_from(["2026-03-31", "2026-02-31", "", "2026-03-31 10:00:00"]),
    "conditions": _maybe({"redeemable_skus": st.lists(_ANY), "order_value": st.integers(), "start_date": st.text()}),
    "redemptions": _maybe({
        "bill_number": st.text(max_size=5), "redemption_value": st.integers(), "redeem_sku_codes": st.lists(_SKU),
        "used_store": _maybe({"name_vi": st.text()}), "used_date": st.text(),
    }),
    "redeem_sku": _ANY, "product": _ANY, "used_store": _ANY,
})  # fmt: skip
ENVELOPES = st.fixed_dictionaries(
    {"success": st.booleans()},
    optional={
        "return_code": st.sampled_from([*load("codes"), "999"]) | st.integers(0, 300) | _ANY,
        "message_vi": _ANY, "data": st.lists(_VOUCHER, max_size=3) | _ANY, "transaction_id": _ANY,
        "bill_number": _ANY,
    },
)  # fmt: skip


@given(ENVELOPES)
def test_any_answer_is_read_and_fit_to_be_kept(answer: dict[str, Any]) -> None:
    """No shape of answer crashes the till, and every text of it can be stored and printed."""
    envelope = wire.read(json.dumps(answer).encode(), HIDE)
    kept = [envelope.message_vi, envelope.transaction_id, envelope.return_code]
    for voucher in envelope.vouchers:
        kept += [voucher.store_vi, voucher.used_date, *voucher.excluded, *voucher.redeemable_skus]
        for number in (voucher.value_vnd, voucher.worth_vnd, voucher.redemption_vnd, voucher.order_value_vnd):
            assert number is None or 0 <= number <= 10_000_000_000
    for text in kept:
        assert text is None or (text.isprintable() and 0 < len(text.encode()) <= 4 * wire.MAX_TEXT)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    """Line noise ends in `Malformed`, nothing else."""
    try:
        ended: type = type(wire.read(body, HIDE))
    except wire.Malformed as exc:
        ended = type(exc)
    assert ended in (wire.Envelope, wire.Malformed)


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (b'{"code": "4471902835"}', '{"code": "••••2835"}'.encode()),
        (b'{"code":"4471902835","m":"4471902835 used"}', '{"code":"••••2835","m":"••••2835 used"}'.encode()),
        (b'{"code": "99887766554433"}', '{"code": "••••4433"}'.encode()),
        (b'{"code": 99887766554433}', '{"code": ••••4433}'.encode()),
        (b'{"code": "9988776655', '{"code": "••••'.encode()),
        (b'{"code": "998"}', '{"code": "••••"}'.encode()),
        (b'"pin":"7305", 17305, 73051, A7305', '"pin":"••••", 17305, 73051, A7305'.encode()),
        (b"&quot;pin&quot;: 7305", "&quot;pin&quot;: ••••".encode()),
        (b"\xff\x00", "\ufffd\x00".encode()),
    ],
)
def test_the_kept_copy_has_no_secret(body: bytes, kept: bytes) -> None:
    """The journal's raw copy shows endings only."""
    assert wire.masked(body, HIDE).encode() == kept


def test_the_kept_copy_is_bounded_and_no_code_is_cut_open() -> None:
    """At most 8 KiB, and no code shows at the edge."""
    for shift in range(40):
        copy = wire.masked(b" " * (8 * 1024 - 20 - shift) + b'{"code": "99887766554433"}' * 900, HIDE)
        assert len(copy.encode()) <= 8 * 1024
        assert "99887766" not in copy


def test_a_code_within_a_longer_code_stays_hidden() -> None:
    """Masking the short one first would leave the rest of the long one open."""
    short, long = VoucherCode("1234567890"), VoucherCode("1234567890123456")
    assert wire.hider("", (short, long))("1234567890123456 1234567890") == "••••3456 ••••7890"


def test_messages_are_hidden_before_they_are_cut() -> None:
    """A code at the cut would be half shown and no longer found."""
    text = "x" * (wire.MAX_TEXT - 9) + CODE.reveal()
    envelope = wire.read(json.dumps({"success": False, "message_vi": text}).encode(), HIDE)
    assert envelope.message_vi == "x" * (wire.MAX_TEXT - 9) + "••••2835"


def test_the_issuer_s_texts_cannot_steer_screen_or_printer() -> None:
    """Control characters, direction marks and half characters become blanks."""
    message = "a\x1b@b\u202ec\ud800d\ne\x00"
    envelope = wire.read(json.dumps({"success": False, "message_vi": message}).encode(), HIDE)
    assert envelope.message_vi == "a @b c d e"
