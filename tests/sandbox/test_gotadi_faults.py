"""Every fault of Gotadi's stand-in: what the caller sees, and what became of voucher and money."""

from __future__ import annotations

import email.utils
import http.client
import json
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from pos.sandbox.gotadi.faults import MEANINGS
from pos.sandbox.mounted_faults import TRANSPORT
from tests.sandbox.gotadi_caller import Gotadi

CODE = "Tet24aBc"
LOST = (OSError, http.client.HTTPException)


def _paid(gotadi: Gotadi, number: str) -> int:
    paid: int = gotadi.booking(number)["commits_done"]
    return paid


def _send_commit(gotadi: Gotadi, number: str) -> Any:
    return gotadi.send("POST", "/api/partner/commit", gotadi.sealed(gotadi.code, number, "TRX-0001", "AIR"))


# --- the transport ---


@pytest.mark.parametrize(("fault", "done"), [("drop_before", 0), ("drop_after", 1)])
def test_a_dropped_commit_is_done_or_not_as_armed(fault: str, done: int, gotadi: Gotadi) -> None:
    number = gotadi.number("flight")
    gotadi.arm(fault, "commit", times=1)

    with pytest.raises(LOST):
        _send_commit(gotadi, number)

    assert _paid(gotadi, number) == done
    assert gotadi.commit(number)[2] == ("08" if done else "00")


@pytest.mark.parametrize(("fault", "done"), [("drop_before", 0), ("drop_after", 1), ("http_after", 1)])
def test_a_lost_redeem_stands_in_the_detail_exactly_if_it_was_done(fault: str, done: int, gotadi: Gotadi) -> None:
    """What the recovery of §5.3 reads."""
    number = gotadi.number("flight")
    tracking = gotadi.validate(number, CODE)
    gotadi.arm(fault, "redeem", times=1)

    try:
        assert gotadi.redeem(number, CODE, tracking).status == 500
    except LOST:
        assert fault != "http_after"

    info = gotadi.info(number)
    assert (info["discountVoucherCode"], bool(info["discountRedeemId"])) == ((CODE, True) if done else (None, False))
    assert gotadi.booking(number)["redeems_done"] == done


@pytest.mark.parametrize("status", [401, 403, 429, 500, 502, 503])
@pytest.mark.parametrize(("fault", "done"), [("http_before", 0), ("http_after", 1)])
def test_any_status_before_or_after_doing(fault: str, done: int, status: int, gotadi: Gotadi) -> None:
    number = gotadi.number("flight")
    gotadi.arm(fault, "commit", times=1, status=status)

    assert _send_commit(gotadi, number).status == status

    assert _paid(gotadi, number) == done


@pytest.mark.parametrize(
    ("fault", "begins", "done"),
    [
        ("html_before", b"<!doctype", 0),
        ("html_after", b"<!doctype", 1),
        ("empty_body", b"", 1),
        ("broken_json", b"{", 1),
    ],
)
def test_bodies_nobody_can_read(fault: str, begins: bytes, done: int, gotadi: Gotadi) -> None:
    number = gotadi.number("flight")
    gotadi.arm(fault, "commit", times=1)

    answer = _send_commit(gotadi, number)

    assert answer.status == 200
    assert answer.body.startswith(begins)
    with pytest.raises(ValueError, match=r"."):
        json.loads(answer.body)
    assert _paid(gotadi, number) == done


@pytest.mark.parametrize("fault", ["delay", "delay_after"])
def test_a_delay_is_before_or_after_doing(fault: str, gotadi: Gotadi) -> None:
    number = gotadi.number("flight")
    gotadi.arm(fault, "commit", seconds=0.6)
    began = time.monotonic()
    sent = gotadi.sealed(gotadi.code, number, "TRX-0001", "AIR")
    gotadi.caller.connection.request("POST", "/api/partner/commit", json.dumps(sent), gotadi.headers())

    while not gotadi.sandbox.log("commit"):
        continue
    done_while_waiting = _paid(gotadi, number)
    answer = gotadi.caller.connection.getresponse()
    answer.read()

    assert time.monotonic() - began >= 0.6
    assert (done_while_waiting, _paid(gotadi, number)) == ((0, 1) if fault == "delay" else (1, 1))


def test_a_late_commit_is_done_after_the_caller_has_gone(gotadi: Gotadi) -> None:
    number = gotadi.number("flight")
    gotadi.arm("late", "commit", times=1, seconds=0.3)
    gotadi.caller.connection.timeout = 0.1

    with pytest.raises(TimeoutError):
        _send_commit(gotadi, number)

    deadline = time.monotonic() + 10
    while _paid(gotadi, number) == 0:
        assert time.monotonic() < deadline
    (entry,) = gotadi.sandbox.log("commit")
    assert (entry["effect"], entry["answered"], entry["faults"]) == ("paid", None, ["late"])


def test_the_clock_is_shifted_for_date_and_token(gotadi: Gotadi) -> None:
    gotadi.arm("clock_offset", "booking_detail", seconds=7200)

    answer = gotadi.detail(gotadi.number("flight"))

    date = email.utils.parsedate_to_datetime(answer.headers["date"])
    assert 7100 < (date - datetime.now(UTC)).total_seconds() < 7300
    assert answer.status == 401  # the token's hour is over by that clock


def test_a_pulled_cable_also_cuts_gotadi(gotadi: Gotadi) -> None:
    gotadi.sandbox.pull_cable()

    with pytest.raises(LOST):
        gotadi.detail(gotadi.number("flight"))
    gotadi.sandbox.plug_in()
    assert gotadi.detail(gotadi.number("flight")).status == 200


# --- codes ---


@pytest.mark.parametrize("code", [1, 2, 3, 8, 9, 10, 99, 42])
@pytest.mark.parametrize(("fault", "done"), [("error_code", 0), ("error_code_after", 1)])
def test_any_error_code_before_or_after_doing(fault: str, done: int, code: int, gotadi: Gotadi) -> None:
    number = gotadi.number("flight")
    gotadi.arm(fault, "commit", times=1, code=code)

    assert gotadi.commit(number)[2] == f"{code:02}"

    assert _paid(gotadi, number) == done


def test_login_and_query_take_codes_too(gotadi: Gotadi) -> None:
    gotadi.arm("error_code", code=10)

    assert gotadi.sealed_call("login", gotadi.code, gotadi.facts["user_id"])[1:] == ["10", ""]
    assert gotadi.query(gotadi.number("flight"))[2] == "10"


def test_a_commit_can_be_made_to_pay_twice_and_it_shows(gotadi: Gotadi) -> None:
    number = gotadi.number("flight")
    gotadi.arm("commit_again", "commit")
    gotadi.change(issue_after_s=60)

    codes = [gotadi.commit(number, trans_id=f"TRX-{n}")[2] for n in (1, 2)]

    assert codes == ["00", "00"]
    assert gotadi.truth()["paid_twice"] == [number]
    assert gotadi.booking(number)["partner_trans_ids"] == ["TRX-1", "TRX-2"]


# --- vouchers ---


@pytest.mark.parametrize("call", ["validate", "redeem"])
def test_a_refusal_by_any_code_and_as_http_400(call: str, gotadi: Gotadi) -> None:
    number = gotadi.number("flight")
    tracking = gotadi.validate(number, CODE)
    refuse = {"fault": "refuse_voucher", "text": "7217_VOUCHER_NOT_VALID_IGNORE_DAYS"}
    gotadi.sandbox.control("PUT", "/gotadi/faults", [refuse, {"fault": "refusal_as_400"}])

    answer = gotadi.voucher(call, bookingNumber=number, voucherCode=CODE, trackingCode=tracking)

    assert answer.status == 400
    assert answer.json["errors"][0]["code"] == "7217_VOUCHER_NOT_VALID_IGNORE_DAYS"
    assert gotadi.booking(number)["redeems_done"] == 0


def test_get_can_be_refused_while_post_works(gotadi: Gotadi) -> None:
    number = gotadi.number("flight")
    gotadi.arm("get_refused")

    statuses = [
        gotadi.voucher("validate", method, bookingNumber=number, voucherCode=CODE).status for method in ("GET", "POST")
    ]

    assert statuses == [405, 200]


def test_the_total_may_not_fall(gotadi: Gotadi) -> None:
    number = gotadi.number("flight")
    gotadi.redeem(number, CODE, gotadi.validate(number, CODE))
    gotadi.arm("total_not_lowered")

    assert gotadi.order(number)[-1] == gotadi.commit(number)[-1] == "1550000.0"


@pytest.mark.parametrize(("text", "read"), [("50000.5", 50_000.5), ("abc", "abc"), ("5E4", 50_000.0), ("-1", -1)])
def test_a_discount_of_any_shape(text: str, read: object, gotadi: Gotadi) -> None:
    gotadi.arm("amount_text", "validate", text=text)

    valid = gotadi.voucher("validate", bookingNumber=gotadi.number("flight"), voucherCode=CODE).json

    assert valid["discountAmount"] == read


# --- encryption and signature ---


def test_a_strangers_signature_is_good_but_not_gotadis(gotadi: Gotadi) -> None:
    number = gotadi.number("flight")
    gotadi.arm("stranger_signature", "commit", times=1)

    text = gotadi.decrypted(_send_commit(gotadi, number).json)

    head, signature, total = text.rsplit("|", 2)
    assert not gotadi.verified(f"{head}|{total}", signature)
    assert gotadi.verified(f"{head}|{total}", signature, gotadi.own_public)
    assert _paid(gotadi, number) == 1


@pytest.mark.parametrize("fault", ["wrong_key", "wrong_padding", "damaged_data"])
@pytest.mark.parametrize("operation", ["login", "place_order", "commit", "query_trans"])
def test_answers_that_do_not_open(fault: str, operation: str, gotadi: Gotadi) -> None:
    number = gotadi.number("flight")
    gotadi.arm(fault, operation)
    calls: dict[str, Callable[[], object]] = {
        "login": gotadi.login,
        "place_order": lambda: gotadi.order(number),
        "commit": lambda: gotadi.commit(number),
        "query_trans": lambda: gotadi.query(number),
    }

    with pytest.raises((subprocess.CalledProcessError, ValueError)):
        calls[operation]()

    assert _paid(gotadi, number) == (1 if operation == "commit" else 0)


def test_bars_in_properties_stay_inside_the_signed_text(gotadi: Gotadi) -> None:
    gotadi.arm("properties_bars", "commit")

    fields = gotadi.commit(gotadi.number("flight"))

    assert len(fields) > 7
    assert "|".join(fields[4:-2]) == '{"note":"a|b","list":"||"}'
    assert fields[-1] == "1550000.0"


def test_absent_fields_as_the_word_null(gotadi: Gotadi) -> None:
    gotadi.arm("null_words", "commit")

    assert gotadi.commit(gotadi.number("flight"))[4:6] == ["null", "null"]


@pytest.mark.parametrize("text", ["1.6699E7", "1669900.0", "1669900", "abc", "10.5", "NaN", "-1"])
def test_a_signed_amount_of_any_shape(text: str, gotadi: Gotadi) -> None:
    number = gotadi.number("flight")
    gotadi.arm("amount_text", text=text)

    assert gotadi.order(number)[-1] == gotadi.commit(number)[-1] == text


@pytest.mark.parametrize(
    ("fault", "at", "said"),
    [("other_booking", 1, "ADCO2401018888888"), ("other_access_code", 0, "STRANGER"), ("other_product", 3, "HOTEL")],
)
def test_answers_that_are_signed_and_for_somebody_else(fault: str, at: int, said: str, gotadi: Gotadi) -> None:
    gotadi.arm(fault)

    assert gotadi.commit(gotadi.number("flight"))[at] == said


def test_other_forms_of_the_same_answer_open_as_well(gotadi: Gotadi) -> None:
    """`&data=`, Base64 with line breaks, a wrapper `result`, the older login."""
    number = gotadi.number("flight")
    gotadi.sandbox.control("PUT", "/gotadi/faults", [{"fault": name} for name in ("ampersand", "line_breaks")])
    address = gotadi.send("GET", f"/api/partner/place-order?bookingNumber={number}").json["result"]
    body = gotadi.send("POST", "/api/partner/query-trans", gotadi.sealed(gotadi.code, number)).json
    assert "&data=" in address
    assert gotadi.opened_address(address)[-1] == "1550000.0"
    assert "\n" in body["data"]
    assert gotadi.opened(body)[2] == "09"

    gotadi.arm("in_result")
    assert gotadi.opened(_send_commit(gotadi, number).json["result"])[2] == "00"
    assert gotadi.detail(number).json["result"]["bookingInfo"]

    gotadi.arm("old_login")
    sent = gotadi.sealed(gotadi.code, gotadi.facts["user_id"])
    token, code, signature = gotadi.decrypted(gotadi.send("POST", "/api/partner/login", sent).json).split("|")
    assert gotadi.verified(f"{gotadi.code}|{code}", signature)
    gotadi.token = token
    gotadi.disarm()
    assert gotadi.detail(number).status == 200


def test_a_token_can_be_short_lived(gotadi: Gotadi) -> None:
    gotadi.arm("short_token", "login", seconds=0.001)
    gotadi.login()

    assert gotadi.detail(gotadi.number("flight")).status == 401


# --- the detail ---


def test_the_detail_in_forms_a_till_must_cope_with(gotadi: Gotadi) -> None:
    number = gotadi.number("flight")
    gotadi.change(issue_after_s=0)
    gotadi.commit(number)
    seen: dict[str, Any] = {}
    for fault in ("old_names", "unknown_status", "other_booking", "no_booking_info", "wrong_types", "not_found"):
        gotadi.arm(fault, "booking_detail")
        seen[fault] = gotadi.detail(number)

    old = seen["old_names"].json["bookingInfo"]
    assert (old["paymentStatus"], old["issueStatus"], "issuedStatus" in old) == ("Success", "Success", False)
    assert seen["unknown_status"].json["bookingInfo"]["paymentStatus"] == "WAITING"
    other = seen["other_booking"].json
    assert other["bookingNumber"] == other["bookingInfo"]["bookingNumber"] == "ADCO2401018888888"
    assert "bookingInfo" not in seen["no_booking_info"].json
    assert seen["wrong_types"].json["bookingInfo"] == "BOOKED"
    assert seen["not_found"].status == 404


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("wrong_types", {"voucherValid": "yes", "trackingCode": 7}),
        ("success_null", {"isSuccess": None, "success": True}),
        ("success_contradicts", {"success": False, "voucherValid": True}),
        ("other_booking", {"bookingNumber": "ADCO2401018888888"}),
    ],
)
def test_a_validation_in_forms_a_till_must_cope_with(fault: str, expected: dict[str, Any], gotadi: Gotadi) -> None:
    gotadi.arm(fault, "validate")

    valid = gotadi.voucher("validate", bookingNumber=gotadi.number("flight"), voucherCode=CODE).json

    assert expected.items() <= valid.items()


def test_the_deciding_fields_may_be_missing(gotadi: Gotadi) -> None:
    number = gotadi.number("flight")
    gotadi.arm("fields_missing")

    valid = gotadi.voucher("validate", bookingNumber=number, voucherCode=CODE).json
    committed = _send_commit(gotadi, number).json

    assert not {"voucherValid", "trackingCode"} & set(valid)
    assert "key" not in committed
    assert _paid(gotadi, number) == 1


# --- arming ---


@pytest.mark.parametrize("fault", [*TRANSPORT, *MEANINGS])
def test_every_fault_can_be_armed_and_listed(fault: str, gotadi: Gotadi) -> None:
    gotadi.arm(fault, "redeem", times=2, seconds=1.5, status=502, code=7, text="x")

    assert gotadi.sandbox.control("GET", "/gotadi/faults") == [
        {
            "operation": "redeem",
            "fault": fault,
            "times": 2,
            "seconds": 1.5,
            "status": 502,
            "code": 7,
            "text": "x",
            "hits": 0,
        }
    ]


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        ({"fault": "delay"}, "list"),
        (["delay"], "object"),
        ([{"fault": "dealy"}], "unknown fault 'dealy'"),
        ([{"fault": "delay", "operation": "mark_use"}], "unknown operation 'mark_use'"),
        ([{"fault": "delay", "times": 0}], "times"),
        ([{"fault": "delay", "times": 1.5}], "times"),
        ([{"fault": "delay", "seconds": "2"}], "seconds"),
        ([{"fault": "delay", "colour": "red"}], "object"),
    ],
)
def test_a_wrong_fault_list_is_refused_and_changes_nothing(faults: Any, said: str, gotadi: Gotadi) -> None:
    gotadi.arm("delay", "commit", times=3)

    with pytest.raises(ValueError, match=r"^400: ") as refused:
        gotadi.sandbox.control("PUT", "/gotadi/faults", faults)

    assert said in str(refused.value)
    assert [fault["times"] for fault in gotadi.sandbox.control("GET", "/gotadi/faults")] == [3]


def test_a_fault_works_as_often_as_armed(gotadi: Gotadi) -> None:
    gotadi.arm("http_before", "booking_detail", times=2, status=503)

    statuses = [gotadi.detail(gotadi.number("flight")).status for _ in range(3)]

    assert statuses == [503, 503, 200]
