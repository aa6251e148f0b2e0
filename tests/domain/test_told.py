"""What a refusal says: a stable code and the facts of its sentence; the numbers of contract and policy as they are."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pos.domain import bill, business_date, codes, errors, schedule
from pos.domain.bill import SkuLine, merge_skus, read_bill_number, read_sku, read_vnd
from pos.domain.errors import ConfigError, PosError, RuleBroken
from pos.domain.offline_policy import Ground, NeedsManager, OfflineFacts, OfflinePolicy, Refuse, decide
from pos.domain.redemption import DONE, Event, Hold, HoldEvent, after, hold_after
from tests.domain.words import said


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("", ("bill.number_missing", {})),
        ("  ", ("bill.number_missing", {})),
        ("B" * 256, ("bill.number_too_long", {"length": 256})),
        ("B\x07", ("bill.number_unreadable", {})),
    ],
)
def test_a_bill_number_that_is_none(number: str, told: object) -> None:
    assert said(lambda: read_bill_number(number)) == told


def test_the_longest_bill_number_is_taken() -> None:
    assert read_bill_number("B" * 255) == "B" * 255


def test_an_amount_with_hard_blanks_or_without_end() -> None:
    """Copied from a web page, or a scanner gone mad: neither stumbles."""
    assert read_vnd("265\u00a0000\u00a0₫") == 265_000
    assert read_vnd("265.000 vnd") == 265_000
    assert said(lambda: read_vnd("9" * 5000)) == ("amount.unreadable", {})
    assert read_vnd("10000000000") == 10_000_000_000
    assert said(lambda: read_vnd("10000000001")) == ("amount.unreadable", {})


@pytest.mark.parametrize("text", ["A:1", "A:1:5:x", ":1:5", "A::5", "A:x:5", "A:²:5", "A:1234567890:5", "\x07:1:5"])
def test_goods_that_cannot_be_read(text: str) -> None:
    assert said(lambda: read_sku(text))[0] in ("sku.unreadable", "amount.unreadable")


def test_goods_with_a_quantity_of_nine_digits() -> None:
    assert read_sku("MILK:999999999:12000") == SkuLine("MILK", 999_999_999, 12_000)
    assert said(lambda: read_sku("MILK:9999999999:12000")) == ("sku.unreadable", {})


def test_goods_that_do_not_go_together() -> None:
    """Two prices for one thing, nothing of something, more lines than the issuer takes: each says which."""
    two = (SkuLine("MILK", 1, 12_000), SkuLine("MILK", 1, 13_000))
    assert said(lambda: merge_skus(two)) == ("sku.two_prices", {"sku": "MILK"})
    for line in (SkuLine("", 1, 1), SkuLine("A", 0, 1), SkuLine("A", 1, -1)):
        assert said(lambda line=line: merge_skus((line,))) == ("sku.unreadable", {})  # type: ignore[misc]
    many = tuple(SkuLine(f"S{n}", 1, 1) for n in range(201))
    assert said(lambda: merge_skus(many)) == ("sku.too_many", {"count": 201})
    assert len(merge_skus(many[:200])) == 200
    assert merge_skus((SkuLine("A", 1, 0), SkuLine("A", 2, 0))) == (SkuLine("A", 3, 0),)


def test_a_step_that_no_rule_knows_says_which() -> None:
    wanted = ("rule.transition", {"outcome": "used", "given": True, "event": "send"})
    assert said(lambda: after(DONE, Event.SEND)) == wanted
    wanted = ("rule.hold_transition", {"hold": "held", "event": "reserve"})
    assert said(lambda: hold_after(Hold.HELD, HoldEvent.RESERVE)) == wanted


def test_a_limit_that_is_none_says_which() -> None:
    assert said(lambda: OfflinePolicy(sum_alone_vnd=-1)) == ("policy.limit_unreadable", {"limit": "sum_alone_vnd"})
    assert said(lambda: OfflinePolicy(checked_age_s="9")) == (  # type: ignore[arg-type]
        "policy.limit_unreadable",
        {"limit": "checked_age_s"},
    )


def test_an_error_reads_as_code_and_facts() -> None:
    assert str(PosError("a.b", one=1, two="x")) == "a.b (one=1, two=x)"
    assert str(PosError("a.b")) == "a.b"
    assert PosError("a.b", one=1).args == ("a.b", {"one": 1})
    assert issubclass(RuleBroken, PosError)
    assert issubclass(errors.NotSent, errors.ProviderError)


def test_the_contracts_numbers() -> None:
    """Each stands in contracts/gotit.md or design.md; changing one is a decision, not a slip."""
    assert (bill.MAX_BILL_NUMBER, bill.MAX_VOUCHERS, bill.MAX_SKU_LINES, bill.MAX_VND) == (255, 20, 200, 10**10)
    assert (codes.MIN_LENGTH, codes.MAX_LENGTH) == (10, 16)
    assert (schedule.FIRST_INQUIRY_S, schedule.PROOF_AFTER_S) == (5.0, 60.0)
    assert OfflinePolicy() == OfflinePolicy(
        900, 500_000, 2_000_000, 0, 200_000, 2_000_000, 5_000_000, 24 * 3600, 72 * 3600
    )
    assert [schedule.inquiry_pause_s(n, 0.5) for n in (1, 2, 3)] == [15, 60, 300]
    assert [schedule.throttle_pause_s(n) for n in (1, 2, 3)] == [60, 300, 300]
    assert str(business_date.VIETNAM) == "Asia/Ho_Chi_Minh"
    assert business_date.business_date(datetime(2026, 11, 20, 17, 0, tzinfo=UTC), 0).isoformat() == "2026-11-21"


def test_chance_spreads_a_pause_over_a_fifth_either_way() -> None:
    """0 is the shortest pause, 1 the longest: tills that failed together do not come back together."""
    assert schedule.send_pause_s(3, 0.0) == pytest.approx(6.4)
    assert schedule.send_pause_s(3, 1.0) == pytest.approx(9.6)
    assert schedule.proves_unused(60.0, server_answered=False)
    assert not schedule.proves_unused(59.99, server_answered=False)
    assert schedule.proves_unused(0.0, server_answered=True)


def test_web_addresses_are_told_as_such() -> None:
    for text in ("www.gotit.vn", "https://a.b/c", "v.gotit.vn/abcd", "WWW.X", "shop.com/1234567", "gotit.com/abc"):
        assert codes.read_code(text) is codes.ScanFault.WEB_ADDRESS
    assert repr(codes.VoucherCode("1234567890")) == "VoucherCode(••••7890)"
    assert str(codes.VoucherCode("1234567890")) == "••••7890"
    assert codes.read_code("123456789\xa00") is codes.ScanFault.OTHER_ALPHABET
    assert codes.read_code("123456789\x9f0") is codes.ScanFault.CONTROL_CHARACTERS


def test_a_cashier_is_told_that_it_was_never_checked_only_where_that_is_why() -> None:
    """With no limit for declared values it is "never checked"; with one that is passed, the amount."""
    facts = OfflineFacts(worth_vnd=100, checked_age_s=None)
    assert decide(OfflinePolicy(), facts) == NeedsManager((Ground.NEVER_CHECKED,))
    assert decide(OfflinePolicy(declared_alone_vnd=50), facts) == NeedsManager((Ground.AMOUNT,))
    fresh = OfflineFacts(worth_vnd=100, checked_age_s=0)
    assert decide(OfflinePolicy(checked_alone_vnd=0), fresh) == NeedsManager((Ground.AMOUNT,))
    assert decide(OfflinePolicy(declared_manager_vnd=99), facts) == Refuse((Ground.AMOUNT,))
    assert decide(OfflinePolicy(), OfflineFacts(worth_vnd=100, checked_age_s=-1)) == NeedsManager(
        (Ground.NEVER_CHECKED,)
    )
    early = OfflineFacts(worth_vnd=1, checked_age_s=0, oldest_unsettled_s=24 * 3600 + 1)
    assert decide(OfflinePolicy(), early) == NeedsManager((Ground.AGE,))


def test_config_errors_are_ours() -> None:
    with pytest.raises(ConfigError):
        read_bill_number("")
