"""Redeeming VinID e-vouchers: the till's own checks, the id of a redemption, what proves what.

Source: contracts/vinid.md §8.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from pos.domain.bill import Bill
from pos.domain.codes import VoucherCode
from pos.domain.errors import ConfigError, NotSent, OutcomeUnknown, RuleBroken, SetupFault
from pos.domain.reasons import Reason
from pos.domain.voucher import (
    CallDone,
    CallRefused,
    Detail,
    Evidence,
    MarkedUsed,
    NotUsable,
    Proof,
    Usable,
    UsedVoucher,
)
from pos.providers.vinid.evoucher import receipt_number, redeem_ref
from pos.providers.vinid.settings import EVoucherSettings
from pos.till.ports import Trace
from tests.providers.raw_server import Authority, Script, hang_up
from tests.providers.vinid_shop import BILL, CODE, PLACE, SERIAL, at_counter, dated, sent, settings, told, voucher
from tests.till.hand_clock import NOON

NOW_S = int(NOON.timestamp())
TODAY = date(2026, 11, 21)


def checked(authority: Authority, bill: Bill = BILL, shop: dict[str, Any] | None = None, **fields: Any) -> Any:
    """What a verify that says this comes to."""
    with at_counter(authority, told(200, voucher(**fields)), evoucher=shop) as counter:
        return counter.evoucher.check(CODE, bill, reserving=False, trace=Trace())


def worth_vnd(answer: Any) -> Any:
    return answer.worth_vnd if isinstance(answer, Usable) else answer.reason


# ---------------------------------------------------------------- the till's own checks (§8.1)


def test_a_valid_voucher_with_its_facts(authority: Authority) -> None:
    assert checked(authority) == Usable(50_000, conditional=True, expires_on=date(2026, 12, 31))


@pytest.mark.parametrize(
    ("start_s", "end_s", "reason"),
    [
        (NOW_S, NOW_S, None),
        (NOW_S + 1, 0, Reason.OUTSIDE_PERIOD),
        (0, NOW_S - 1, Reason.EXPIRED),
        (None, None, None),
        (0, 0, None),
        ("x", [], None),
    ],
)
@pytest.mark.parametrize("unit", [1, 1000, "text"])
def test_validity_to_the_second_in_either_unit(
    authority: Authority, start_s: Any, end_s: Any, unit: Any, reason: Reason | None
) -> None:
    """Seconds or milliseconds by size; a missing or 0 bound is not checked (§6, §8.1)."""

    def sized(bound: Any) -> Any:
        if not isinstance(bound, int):
            return bound
        return str(bound) if unit == "text" else bound * unit

    answer = checked(authority, available_from=sized(start_s), available_to=sized(end_s))
    assert worth_vnd(answer) == (50_000 if reason is None else reason)


def test_validity_is_judged_by_vinid_s_clock(authority: Authority) -> None:
    """A till that is five minutes behind does not take what has ended."""
    script = told(200, voucher(available_to=NOW_S + 100), **dated(NOON + timedelta(seconds=300)))
    with at_counter(authority, script) as counter:
        answer = counter.evoucher.check(CODE, BILL, reserving=False, trace=Trace())
    assert answer == NotUsable(Reason.EXPIRED, Detail(on_date=TODAY))


@pytest.mark.parametrize(
    ("least", "total_vnd", "wanted"),
    [
        (265_000, 265_000, 50_000),
        (265_001, 265_000, Reason.TOTAL_NOT_ENOUGH),
        (265_000.5, 265_000, Reason.TOTAL_NOT_ENOUGH),
        ("300000.0", 265_000, Reason.TOTAL_NOT_ENOUGH),
        (None, 265_000, 50_000),
        (0, 0, 50_000),
        (1, 0, Reason.TOTAL_MISSING),
        ("many", 265_000, Reason.VALUE_UNKNOWN),
        (-1, 265_000, Reason.VALUE_UNKNOWN),
    ],
)
def test_the_least_order_value(authority: Authority, least: Any, total_vnd: int, wanted: Any) -> None:
    """One that stands there and cannot be read is not taken for none."""
    answer = checked(authority, BILL.with_total(total_vnd), min_order_value=least)
    assert worth_vnd(answer) == wanted
    if wanted is Reason.TOTAL_NOT_ENOUGH:
        assert answer.detail.order_value_vnd in (265_001, 300_000)


@pytest.mark.parametrize(
    ("kind", "value", "total_vnd", "wanted"),
    [
        ("amount", 50_000.0, 265_000, 50_000),
        ("amount", "50000", 265_000, 50_000),
        ("AMOUNT", 50_000.9, 265_000, 50_000),
        ("amount", 500_000, 265_000, 500_000),  # the engine takes at most the bill
        ("amount", 0, 265_000, Reason.VALUE_UNKNOWN),
        ("amount", 0.4, 265_000, Reason.VALUE_UNKNOWN),
        ("amount", -5, 265_000, Reason.VALUE_UNKNOWN),
        ("amount", None, 265_000, Reason.VALUE_UNKNOWN),
        ("amount", True, 265_000, Reason.VALUE_UNKNOWN),
        ("amount", 1e30, 265_000, Reason.VALUE_UNKNOWN),
        ("percent", 10, 265_000, 26_500),
        ("percent", 10.0, 265_009, 26_500),
        ("percent", 12.345, 999_999, 123_449),
        ("percent", 100, 265_000, 265_000),
        ("percent", 100.01, 265_000, Reason.VALUE_UNKNOWN),
        ("percent", 0, 265_000, Reason.VALUE_UNKNOWN),
        ("percent", 10, 0, Reason.TOTAL_MISSING),
        ("gift", 10, 265_000, Reason.VALUE_UNKNOWN),
        (None, 10, 265_000, Reason.VALUE_UNKNOWN),
    ],
)
def test_what_it_takes_off(authority: Authority, kind: Any, value: Any, total_vnd: int, wanted: Any) -> None:
    """Whole đồng, rounded down; nothing that is not understood is taken (§8.1, §15 no. 22)."""
    bill = BILL.with_total(total_vnd)
    answer = checked(authority, bill, min_order_value=None, discount_type=kind, discount_value=value)
    assert worth_vnd(answer) == wanted


@pytest.mark.parametrize("total_vnd", [1, 7, 99, 100, 265_001, 9_999_999_999])
@pytest.mark.parametrize("percent", ["0.000001", "33.333333", "99.999999", "7"])
def test_percent_of_a_bill_is_exact(authority: Authority, total_vnd: int, percent: str) -> None:
    """By whole numbers alone: millionths of a percent."""
    whole, _, parts = percent.partition(".")
    millionths = int(whole) * 1_000_000 + int(parts.ljust(6, "0"))
    exact_vnd = total_vnd * millionths // 100_000_000
    answer = checked(
        authority, BILL.with_total(total_vnd), min_order_value=0, discount_type="percent", discount_value=percent
    )
    assert worth_vnd(answer) == (exact_vnd or Reason.VALUE_UNKNOWN)


def test_the_shop_s_own_cap_of_a_percent_voucher(authority: Authority) -> None:
    shop = {"percent_cap_vnd": 20_000}
    assert worth_vnd(checked(authority, shop=shop, discount_type="percent", discount_value=50)) == 20_000
    assert worth_vnd(checked(authority, shop=shop, discount_value=50_000)) == 50_000


@pytest.mark.parametrize("says", [False, "false", "FALSE"])
def test_a_voucher_that_is_not_for_holidays(authority: Authority, says: Any) -> None:
    """By the shop's own list, on the shop's own day (§15 no. 23)."""
    holiday = {"holidays": frozenset({TODAY})}
    answer = checked(authority, shop=holiday, apply_in_holiday=says)
    assert answer == NotUsable(Reason.OUTSIDE_PERIOD, Detail(excluded=("21/11/2026",)))
    assert worth_vnd(checked(authority, shop=holiday, apply_in_holiday=True)) == 50_000
    assert worth_vnd(checked(authority, shop=holiday, apply_in_holiday=None)) == 50_000
    other_day = {"holidays": frozenset({TODAY + timedelta(days=1)})}
    assert worth_vnd(checked(authority, shop=other_day, apply_in_holiday=says)) == 50_000


def test_an_older_answer_without_validity_is_accepted(authority: Authority) -> None:
    """§8.1, last row."""
    data = {"discount_value": 50_000, "discount_type": "amount", "purchased_at": 1, "expired_at": 2}
    with at_counter(authority, told(200, data)) as counter:
        assert counter.evoucher.check(CODE, BILL, reserving=False, trace=Trace()) == Usable(50_000)


# ---------------------------------------------------------------- mark-used


def used(authority: Authority, *script: Script, verified: bool = False) -> tuple[Any, list[str], list[dict[str, Any]]]:
    """One mark-used: what came of it, the calls made, their bodies."""
    with at_counter(authority, *script) as counter:
        if verified:
            counter.evoucher.check(CODE, BILL, reserving=False, trace=Trace())
        try:
            came: Any = counter.evoucher.mark_used([CODE], BILL, (), reserving=False, trace=Trace())
        except (NotSent, SetupFault, OutcomeUnknown) as fault:
            came = fault
        requests = sent(counter.server)
    return came, [r.path.rpartition("/")[2] for r in requests], [r.fields for r in requests]


def test_all_nine_fields_of_the_contract(authority: Authority) -> None:
    """§8.2: the staff number is text in verify and a number here."""
    came, calls, bodies = used(authority, told(200, voucher()), told(200), verified=True)
    assert came == MarkedUsed((UsedVoucher(CODE, None),), None)
    assert calls == ["verify", "mark-used"]
    assert bodies[1] == {
        "store_code": "STORE01",
        "pos_code": "POS01",
        "merchant_code": "MC01",
        "merchant_voucher_code": "MV-EXAMPLE-50K",
        "merchant_reference_id": "Q1000123",
        "serial_number": SERIAL,
        "redeem_ref_id": redeem_ref("T01", BILL.number, CODE),
        "merchant_staff_id": 17,
        "extra_data": {},
    }


@pytest.mark.parametrize("says", ["", None, "  "])
def test_without_a_merchant_s_voucher_code_the_serial_stands_for_it(authority: Authority, says: Any) -> None:
    _, _, bodies = used(authority, told(200, voucher(merchant_voucher_code=says)), told(200), verified=True)
    assert bodies[1]["merchant_voucher_code"] == SERIAL


def test_after_a_restart_the_voucher_is_verified_before_it_is_used(authority: Authority) -> None:
    """The memory of the first check is gone; the same redemption has the same id as before."""
    came, calls, bodies = used(authority, told(200, voucher()), told(200))
    assert isinstance(came, MarkedUsed)
    assert calls == ["verify", "mark-used"]
    assert bodies[1]["redeem_ref_id"] == redeem_ref("T01", BILL.number, CODE)


@pytest.mark.parametrize(
    ("script", "wanted"),
    [
        (hang_up, NotSent("vinid.not_verified")),
        (told(5000101), NotSent("vinid.not_verified")),
        (told(4030001), SetupFault("vinid.no_right", result="4030001")),
        (told(4000902), Reason.UNKNOWN_OR_USED),
        (told(200, voucher(discount_type="gift")), Reason.VALUE_UNKNOWN),
        (told(200, voucher(available_to=NOW_S - 1)), Reason.EXPIRED),
    ],
)
def test_a_verify_before_use_that_fails_proves_that_nothing_was_used(
    authority: Authority, script: Script, wanted: Any
) -> None:
    """It changes nothing, so nothing is unclear, and mark-used is never sent."""
    came, calls, _ = used(authority, script)
    assert calls == ["verify"]
    if isinstance(wanted, Reason):
        assert isinstance(came, CallRefused)
        assert (came.reason, came.culprit) == (wanted, CODE)
    else:
        assert (type(came), came.code, came.params) == (type(wanted), wanted.code, wanted.params)


def test_only_one_voucher_a_call(authority: Authority) -> None:
    with at_counter(authority, told(200)) as counter:
        for codes in ((), (CODE, VoucherCode("EV0000000002"))):
            with pytest.raises(RuleBroken):
                counter.evoucher.mark_used(codes, BILL, (), reserving=False, trace=Trace())
        with pytest.raises(RuleBroken, match=r"rule\.no_reserving"):
            counter.evoucher.reserve([CODE], BILL, (), trace=Trace())
        with pytest.raises(RuleBroken, match=r"rule\.no_reserving"):
            counter.evoucher.release([CODE], BILL, trace=Trace())
        assert counter.evoucher.check_together([CODE], BILL, (), reserving=False, trace=Trace()) == CallDone()
        can = counter.evoucher.capabilities
        assert (counter.evoucher.name, can.offline, can.reserving, can.max_codes) == ("vinid-evoucher", False, False, 1)
        assert counter.server.requests == []


def test_the_memory_of_verified_vouchers_is_bounded(authority: Authority) -> None:
    """A till runs for weeks; the oldest is verified once more instead."""
    with at_counter(authority, told(200, voucher())) as counter:
        codes = [VoucherCode(f"EV{n:010}") for n in range(300)]
        for code in codes:
            counter.evoucher.check(code, BILL, reserving=False, trace=Trace())
        for code in (codes[-1], codes[0]):
            counter.evoucher.mark_used([code], BILL, (), reserving=False, trace=Trace())
        calls = [r.path.rpartition("/")[2] for r in sent(counter.server)][300:]
    assert calls == ["mark-used", "verify", "mark-used"]


# ---------------------------------------------------------------- the id of a redemption


def test_the_id_of_a_redemption_is_the_same_for_ever() -> None:
    """Made by openssl and base32. Derived in another way, a repeat after an update would have another id."""
    assert redeem_ref("T01", "Q1-000123", CODE) == "T01FY4INN62PLPKRK7WDDB5"


def test_no_two_redemptions_share_an_id() -> None:
    """Neither vouchers of a bill nor bills of a voucher, nor texts that only joined would be the same."""
    pairs = [("B1", "EV0000000001"), ("B1", "EV0000000002"), ("B2", "EV0000000001"), ("B1E", "V0000000001")]
    refs = {redeem_ref("T01", bill, VoucherCode(serial)) for bill, serial in pairs}
    assert len(refs) == 4
    assert all(len(ref) == 23 and ref.isascii() and ref.isalnum() and ref.isupper() for ref in refs)


@pytest.mark.parametrize(
    ("bill_number", "wanted"),
    [
        ("R000123", "R000123"),
        ("q1/2026-11-21/7", "Q1202611217"),
        ("Đ-5", "5"),
        ("x" * 30 + "7", "X" * 22 + "7"),
        ("—", ""),
    ],
)
def test_the_receipt_s_number_as_vinid_may_take_it(bill_number: str, wanted: str) -> None:
    assert receipt_number(bill_number) == wanted


# ---------------------------------------------------------------- evidence and taking back


def test_what_an_inquiry_proves(authority: Authority) -> None:
    """Usable: no effect so far. Refused: perhaps ours, perhaps another's, perhaps its day; nobody can tell (§12.2)."""
    with at_counter(authority, told(200, voucher()), told(4000902), told(200, voucher(available_to=1))) as counter:
        answers = [counter.evoucher.inquire(CODE, BILL, reserving=False, trace=Trace()) for _ in range(3)]
    detail = Detail(code="4000902", message_vi="thông báo")
    assert answers == [
        Evidence(Proof.NOT_USED, 50_000),
        Evidence(Proof.UNDECIDABLE, reason=Reason.UNKNOWN_OR_USED, detail=detail),
        Evidence(Proof.NOT_USED, None),
    ]


@pytest.mark.parametrize(("code", "answered"), [(5000001, False), (4000001, True), (4777777, True)])
def test_an_inquiry_that_says_nothing_is_no_answer(authority: Authority, code: int, answered: bool) -> None:
    """VinID's own fault may pass; a question that it refuses goes to a person after five times."""
    trace = Trace()
    with at_counter(authority, told(code)) as counter, pytest.raises(OutcomeUnknown) as fault:
        counter.evoucher.inquire(CODE, BILL, reserving=False, trace=trace)
    assert (trace.failure, trace.answered) == (fault.value.code, answered)


def test_taking_back_names_one_serial(authority: Authority) -> None:
    with at_counter(authority, told(200), told(4000801)) as counter:
        assert counter.evoucher.take_back(CODE, Trace()) == CallDone()
        refused = counter.evoucher.take_back(CODE, Trace())
        assert isinstance(refused, CallRefused)
        assert refused.reason is Reason.NOT_ALLOWED
        assert [request.fields for request in sent(counter.server)] == [{"serials": [SERIAL]}] * 2


# ---------------------------------------------------------------- settings


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("pos_code", {"pos_code": ""}),
        ("staff_number", {"staff_number": 0}),
        ("staff_number", {"staff_number": 1_000_000_000}),
        ("ref_prefix", {"ref_prefix": "t1"}),
        ("ref_prefix", {"ref_prefix": "T0000001"}),
        ("percent_cap_vnd", {"percent_cap_vnd": 0}),
    ],
)
def test_settings_that_cannot_be(field: str, other: dict[str, Any]) -> None:
    places = dict(zip(("merchant_code", "store_code", "pos_code"), PLACE, strict=True))
    with pytest.raises(ConfigError) as fault:
        EVoucherSettings(**(places | other))
    assert fault.value.params == {"field": field}


@pytest.mark.parametrize(("days", "wanted"), [(31, None), (30, 30), (0, 0), (-1, -1)])
def test_the_end_of_the_api_key_is_told_thirty_days_ahead(days: int, wanted: int | None) -> None:
    assert settings(key_expires_on=TODAY + timedelta(days=days)).days_left(TODAY) == wanted
    assert settings().days_left(TODAY) is None
