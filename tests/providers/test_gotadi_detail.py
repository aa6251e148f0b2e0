"""The record of a booking through the port, on paper (contracts/gotadi.md §8.4, §9)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pos.domain.booking import AppliedVoucher, Booking, Journey, NoSuchBooking
from pos.domain.errors import NotSent, OutcomeUnknown, ProviderError, SetupFault, Throttled
from pos.providers.gotadi.detail import journey
from tests.providers.gotadi_shop import NUMBER, TRACKING, Shop
from tests.providers.openssl_peer import Peer

INFO: dict[str, Any] = {
    "bookingNumber": NUMBER, "status": "BOOKED", "paymentStatus": "SUCCEEDED", "issuedStatus": "TICKET_ON_PROCESS",
    "totalFare": 1550000, "discountAmount": 50000, "discountVoucherCode": "Tet24aBc", "discountRedeemId": "r_0001",
    "paymentTotalAmount": 1500000, "paymentType": "PARTNER", "timeToLive": "2024-01-01T05:00:00Z",
    "passengerNameRecords": "ABC123", "transactionInfos": [],
}  # fmt: skip
RECORD: dict[str, Any] = {
    "id": "BOD::240101::00000000-0000-4000-8000-000000000001", "bookingNumber": NUMBER, "supplierType": "AIR",
    "bookingDate": "2024-01-01T03:00:00Z", "bookingInfo": INFO, "groupPricedItineraries": [], "travelerInfo": None,
}  # fmt: skip
OPEN = {"paymentStatus": "PENDING", "issuedStatus": "PENDING", "paymentTotalAmount": 0.0}
NO_VOUCHER = {
    "discountAmount": 0.0, "discountVoucherCode": None, "discountVoucherName": None, "discountRedeemId": None,
    "discountRedeemCode": None, "discountDate": None,
}  # fmt: skip


def record(**info: Any) -> dict[str, Any]:
    return RECORD | {"bookingInfo": INFO | info}


def read(peer: Peer, answer: Any, call: str = "detail") -> Any:
    polls = [answer] if call == "await_end" else []
    return Shop(peer, answer, polls=polls).ask(call)


def test_the_contracts_example(peer: Peer) -> None:
    """§9."""
    assert read(peer, RECORD) == Booking(
        number=NUMBER, product="AIR", title="", starts="", total_vnd=1_550_000,
        deadline_utc=datetime(2024, 1, 1, 5, tzinfo=UTC), payable=False, journey=Journey.NOT_OVER,
        booking_status="BOOKED", payment_status="SUCCEEDED", issue_status="TICKET_ON_PROCESS", failed_issue=False,
        voucher=AppliedVoucher(ours=True, redeemed=True, discount_vnd=50_000, tracking=None), paid_vnd=1_500_000,
        payment_ref=None, passenger_ref="ABC123", tickets=(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("call", "path", "read_s"), [("detail", "booking-detail", 60), ("await_end", "final-booking-detail", 130)]
)
def test_what_is_asked(peer: Peer, call: str, path: str, read_s: float) -> None:
    """§8.4: GET, the number in the query; the long poll on a line of its own, with 130 s for its answer."""
    shop = Shop(peer, RECORD, polls=[RECORD])
    assert isinstance(shop.ask(call), Booking)
    line, other = (shop.poll, shop.http) if call == "await_end" else (shop.http, shop.poll)
    asked = line.calls[-1]
    assert (asked.method, asked.path, asked.query, asked.body, asked.deadline_s) == (
        "GET", f"/api/products/{path}", (("booking_number", NUMBER),), None, 10 + read_s,
    )  # fmt: skip
    assert not any("detail" in sent for sent in other.paths)
    assert shop.trace.answered


# ---------------------------------------------------------------- how far the payment is


@pytest.mark.parametrize(
    ("payment", "issue", "wanted"),
    [
        ("FAILED", "PENDING", Journey.PAYMENT_FAILED),
        ("FAILED", "SUCCEEDED", Journey.PAYMENT_FAILED),
        ("FAILED", None, Journey.PAYMENT_FAILED),
        ("SUCCEEDED", "SUCCEEDED", Journey.ISSUED),
        ("SUCCEEDED", "PENDING", Journey.NOT_OVER),
        ("SUCCEEDED", "TICKET_ON_PROCESS", Journey.NOT_OVER),
        ("SUCCEEDED", "FAILED", Journey.NOT_OVER),
        ("SUCCEEDED", "PARTLY_CONFIRMED", Journey.NOT_OVER),
        ("SUCCEEDED", "PARTLY_FAILED", Journey.NOT_OVER),
        ("SUCCEEDED", "CANCELLED", Journey.NOT_OVER),
        ("SUCCEEDED", None, Journey.NOT_OVER),
        ("SUCCEEDED", "", Journey.NOT_OVER),
        ("REFUNDED", "PENDING", Journey.REFUNDED),
        ("REFUNDED", "CANCELLED", Journey.REFUNDED),
        ("PENDING", "PENDING", Journey.NOT_OVER),
        ("PENDING", "SUCCEEDED", Journey.NOT_OVER),
        ("EXPIRED", "FAILED", Journey.EXPIRED),
        (None, "SUCCEEDED", Journey.NOT_OVER),
        ("", "SUCCEEDED", Journey.NOT_OVER),
        ("PAID", "SUCCEEDED", Journey.NOT_OVER),
    ],
)
@pytest.mark.parametrize("call", ["detail", "await_end"])
def test_each_row_of_the_table(peer: Peer, payment: str | None, issue: str | None, wanted: Journey, call: str) -> None:
    """§8.4."""
    booking = read(peer, record(paymentStatus=payment, issuedStatus=issue), call)
    assert booking.journey is wanted
    assert booking.failed_issue == ((payment, issue) == ("SUCCEEDED", "FAILED"))
    assert (booking.payment_status, booking.issue_status) == (payment or "", issue or "")


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("Success", "SUCCEEDED"), ("SUCCESS", "SUCCEEDED"), ("succeeded", "SUCCEEDED"), (" Succeeded ", "SUCCEEDED"),
     ("Refund", "REFUNDED"), ("CANCEL", "CANCELLED"), ("Ticket on Process", "TICKET_ON_PROCESS"),
     ("Booking  On\tProcess", "BOOKING_ON_PROCESS"), ("Failed", "FAILED"), ("SUCCESSFUL", "SUCCESSFUL")],
)  # fmt: skip
def test_both_ways_of_writing_a_state(peer: Peer, theirs: str, ours: str) -> None:
    """§8.4: prose and data model differ."""
    booking = read(peer, record(status=theirs, paymentStatus=theirs, issuedStatus=theirs))
    assert (booking.booking_status, booking.payment_status, booking.issue_status) == (ours, ours, ours)


def test_both_names_of_the_issue_state(peer: Peer) -> None:
    """Two that differ say nothing: hold, keep asking."""
    old = {"issuedStatus": None, "issueStatus": "Success"}
    assert read(peer, record(**old)).journey is Journey.ISSUED
    assert read(peer, record(issuedStatus="SUCCEEDED", issueStatus="Success")).journey is Journey.ISSUED
    assert read(peer, record(issuedStatus="SUCCEEDED", issueStatus="FAILED")).journey is Journey.NOT_OVER
    assert read(peer, record(issuedStatus="FAILED", issueStatus="SUCCEEDED")).issue_status == ""


@given(st.text(max_size=12), st.text(max_size=12))
def test_only_the_named_pairs_are_an_end(payment: str, issue: str) -> None:
    """Whatever is not in the table is not over."""
    assert journey(payment, issue) is Journey.NOT_OVER or payment in ("SUCCEEDED", "FAILED", "REFUNDED", "EXPIRED")
    assert journey("SUCCEEDED", issue) is (Journey.ISSUED if issue == "SUCCEEDED" else Journey.NOT_OVER)


def test_payable_only_while_booked_unpaid_and_not_issued(peer: Peer) -> None:
    """§9.1."""
    assert read(peer, record(**OPEN)).payable
    for change in (
        {"status": "PENDING"}, {"status": "EXPIRED"}, {"status": "PARTLY_BOOKED"}, {"status": None},
        {"paymentStatus": "SUCCEEDED"}, {"paymentStatus": "FAILED"}, {"paymentStatus": None},
        {"issuedStatus": "FAILED"}, {"issuedStatus": None}, {"timeToLive": "tomorrow"},
    ):  # fmt: skip
        assert not read(peer, record(**(OPEN | change))).payable


# ---------------------------------------------------------------- deadline and amounts


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2024-01-01T05:00:00Z", datetime(2024, 1, 1, 5, tzinfo=UTC)),
        ("2024-01-01T05:00:00.123456789Z", datetime(2024, 1, 1, 5, 0, 0, 123456, UTC)),
        ("2024-01-01T12:00:00+07:00", datetime(2024, 1, 1, 5, tzinfo=UTC)),
        ("2024-01-01T05:00:00", datetime(2024, 1, 1, 5, tzinfo=UTC)),
        (None, None),
        ("", None),
    ],
)
def test_the_deadline(peer: Peer, text: str | None, wanted: datetime | None) -> None:
    """UTC; null sets no limit (§9)."""
    booking = read(peer, record(**OPEN, timeToLive=text))
    assert (booking.deadline_utc, booking.payable) == (wanted, True)


@pytest.mark.parametrize("text", ["tomorrow", "0001-01-01T00:00:00+07:00", "9999-12-31T23:59:59-07:00", "2024-13-01"])
def test_a_deadline_that_cannot_be_read_is_not_none(peer: Peer, text: str) -> None:
    """Nothing may start then; but whether a ticket was issued is told all the same."""
    booking = read(peer, record(**OPEN, timeToLive=text))
    assert (booking.deadline_utc, booking.payable) == (None, False)
    assert read(peer, record(timeToLive=text, issuedStatus="SUCCEEDED")).journey is Journey.ISSUED


@pytest.mark.parametrize(
    ("total", "wanted"), [(1205452.0, 1_205_452), (0, 0), (None, None), (1.5, None), (-1, None), (1e300, None)]
)
def test_the_price(peer: Peer, total: Any, wanted: int | None) -> None:
    """Never rounded."""
    assert read(peer, record(totalFare=total)).total_vnd == wanted


def test_nothing_paid_yet(peer: Peer) -> None:
    assert read(peer, record(**OPEN)).paid_vnd is None


# ---------------------------------------------------------------- voucher


@pytest.mark.parametrize(
    ("info", "wanted"),
    [
        (NO_VOUCHER, None),
        ({name: "" for name in NO_VOUCHER if name != "discountAmount"} | {"discountAmount": None}, None),
        ({}, AppliedVoucher(True, True, 50_000)),
        ({"discountRedeemId": None}, AppliedVoucher(True, False, 50_000)),
        ({"discountRedeemId": None, "discountRedeemCode": "c"}, AppliedVoucher(True, True, 50_000)),
        ({"discountVoucherCode": "tet24abc"}, AppliedVoucher(False, True, 50_000)),
        ({"discountVoucherCode": None}, AppliedVoucher(False, True, 50_000)),
        (NO_VOUCHER | {"discountAmount": 50000}, AppliedVoucher(False, False, 50_000)),
        (NO_VOUCHER | {"discountVoucherName": "Tết"}, AppliedVoucher(False, False, 0)),
        (NO_VOUCHER | {"discountDate": "2024-01-01"}, AppliedVoucher(False, False, 0)),
        ({"discountAmount": 50000.5}, AppliedVoucher(True, True, None)),
        ({"discountTrackingCode": TRACKING}, AppliedVoucher(True, True, 50_000, tracking=True)),
        ({"discountTrackingCode": "track_other"}, AppliedVoucher(True, True, 50_000, tracking=False)),
        (NO_VOUCHER | {"discountTrackingCode": TRACKING}, AppliedVoucher(False, False, 0, tracking=True)),
    ],
)
def test_the_voucher_on_it(peer: Peer, info: dict[str, Any], wanted: AppliedVoucher | None) -> None:
    """§5.3 no. 3: "none" only when all fields are empty; ours only with exactly our code."""
    assert read(peer, record(**info)).voucher == wanted


def test_without_a_code_in_question_no_voucher_is_ours(peer: Peer) -> None:
    voucher = read(peer, RECORD, "await_end").voucher
    assert voucher == AppliedVoucher(ours=False, redeemed=True, discount_vnd=50_000, tracking=None)


# ---------------------------------------------------------------- whose record


def test_a_wrapper_is_tolerated(peer: Peer) -> None:
    """§9."""
    assert read(peer, {"result": RECORD, "success": True}) == read(peer, RECORD)


@pytest.mark.parametrize(
    "answer",
    [
        {}, {"success": True}, {"bookingInfo": None}, RECORD | {"bookingInfo": None}, {"result": None},
        {"result": {"bookingInfo": None}}, {"success": False},
        {"success": False, "errors": [{"code": "5_BOOKING_NOT_FOUND"}]},
        (404, b"<html>"), (404, {"status": 404}), (404, b""),
    ],
)  # fmt: skip
def test_no_such_booking(peer: Peer, answer: Any) -> None:
    """§12 no. 31: 404, or an object without `bookingInfo`."""
    for call in ("detail", "await_end"):
        shop = Shop(peer, answer, polls=[answer])
        assert shop.ask(call) == NoSuchBooking()
        assert shop.trace.answered


@pytest.mark.parametrize("code", ["0005_SYSTEM_IS_BUSY", "10003_BOOKING_API_UNAVAILABLE", "8888_NEW", ""])
def test_a_fault_of_the_issuers_own_is_not_no_such_booking(peer: Peer, code: str) -> None:
    """A busy system must not look as if the booking, perhaps a paid one, did not exist."""
    with pytest.raises(OutcomeUnknown, match=r"gotadi\.undefined"):
        read(peer, {"success": False, "errors": [{"code": code}]})


@pytest.mark.parametrize(
    "change",
    [
        {"bookingNumber": "ADCO9999999999999"},
        {"bookingInfo": INFO | {"bookingNumber": "ADCO9999999999999"}},
        {"bookingNumber": None, "bookingInfo": INFO | {"bookingNumber": None}},
        {"bookingNumber": NUMBER.lower(), "bookingInfo": INFO | {"bookingNumber": None}},
    ],
)
def test_the_record_of_another_booking_says_nothing(peer: Peer, change: dict[str, Any]) -> None:
    """A paid neighbour must not pay this one."""
    with pytest.raises(OutcomeUnknown, match=r"gotadi\.other_answer"):
        read(peer, RECORD | change)


@pytest.mark.parametrize(
    "change",
    [
        {"bookingNumber": None},
        {"bookingInfo": INFO | {"bookingNumber": None}},
        {"bookingNumber": None, "bookingCode": NUMBER, "bookingInfo": INFO | {"bookingNumber": None}},
    ],
)
def test_one_name_is_enough(peer: Peer, change: dict[str, Any]) -> None:
    assert read(peer, RECORD | change).number == NUMBER


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>", b"", b"[]", b"{", RECORD | {"bookingInfo": []}, RECORD | {"bookingInfo": "x"},
        record(paymentStatus=True), record(issuedStatus={}), record(status=[]), record(discountVoucherCode={}),
        record(discountAmount="50000"), record(totalFare="1550000"), record(bookingNumber=[]), record(timeToLive=False),
    ],
)  # fmt: skip
def test_a_record_that_cannot_be_read_is_no_answer(peer: Peer, answer: Any) -> None:
    """§8.4: unreadable counts as "not over"."""
    shop = Shop(peer, answer)
    with pytest.raises(OutcomeUnknown, match=r"gotadi\.unreadable"):
        shop.ask("detail")
    assert (shop.trace.failure, shop.trace.answered) == ("gotadi.unreadable", False)


@pytest.mark.parametrize(
    ("answer", "family", "code"),
    [
        (NotSent("net.refused"), NotSent, "net.refused"),
        (OutcomeUnknown("net.read_timeout"), OutcomeUnknown, "net.read_timeout"),
        (OutcomeUnknown("http.redirect", status=302), SetupFault, "gotadi.redirected"),
        ((400, {}), SetupFault, "gotadi.caller_refused"),
        ((402, {}), SetupFault, "gotadi.not_allowed"),
        ((403, RECORD), SetupFault, "gotadi.not_allowed"),
        ((429, {}), Throttled, "gotadi.throttled"),
        ((500, RECORD), OutcomeUnknown, "gotadi.out_of_order"),
        ((503, b""), OutcomeUnknown, "gotadi.out_of_order"),
        ((201, RECORD), SetupFault, "gotadi.caller_refused"),
    ],
)
@pytest.mark.parametrize("call", ["detail", "await_end"])
def test_a_look_that_fails_is_not_repeated(
    peer: Peer, answer: Any, family: type[ProviderError], code: str, call: str
) -> None:
    """§10: part of the till's own polling."""
    shop = Shop(peer, answer, polls=[answer])
    with pytest.raises(family) as caught:
        shop.ask(call)
    assert (type(caught.value), caught.value.code, shop.trace.failure) == (family, code, code)
    assert (len(shop.sent) + len(shop.poll.calls), shop.waits) == (1, [])


# ---------------------------------------------------------------- for people


def test_a_flight_and_a_hotel_are_told_in_a_line(peer: Peer) -> None:
    groups = [
        {"originLocationCode": "SGN", "destinationLocationCode": "HAN", "departureDateTime": "2024-02-01T06:00:00Z"},
        {"originLocationCode": "HAN", "destinationLocationCode": "SGN", "departureDateTime": "2024-02-05T06:00:00Z"},
    ]
    flight = read(peer, RECORD | {"groupPricedItineraries": groups})
    assert (flight.title, flight.starts) == ("SGN – HAN, HAN – SGN", "2024-02-01T06:00:00Z")
    place = {"fromLocationCode": "SGN", "toLocationCode": "DAD", "departureDate": "2024-02-01T06:00:00Z"}
    flight = read(peer, RECORD | {"groupPricedItineraries": None, "bookingInfo": INFO | place})
    assert (flight.title, flight.starts) == ("SGN – DAD", "2024-02-01T06:00:00Z")
    hotel = {"fromLocationCode": "4816", "toLocationCode": "4816", "fromLocationName": "Khách sạn Sông Hàn"}
    booking = read(peer, RECORD | {"supplierType": "hotel", "bookingInfo": INFO | hotel})
    assert (booking.product, booking.title) == ("HOTEL", "Khách sạn Sông Hàn")
    booking = read(peer, RECORD | {"hotelProduct": {"propertyName": "Sông\nHàn"}})
    assert booking.title == "Sông Hàn"


@pytest.mark.parametrize(
    ("info", "wanted"),
    [
        ({"etickets": "738-1, 738-2"}, ("738-1", "738-2")),
        ({"etickets": "738-1;738-1|738-2"}, ("738-1", "738-2")),
        ({"etickets": ""}, ()),
        ({"etickets": None, "transactionInfos": [{"etickets": "738-1"}, {"etickets": "738-2"}, "x", {}]},
         ("738-1", "738-2")),
        ({"transactionInfos": {}}, ()),
    ],
)  # fmt: skip
def test_tickets(peer: Peer, info: dict[str, Any], wanted: tuple[str, ...]) -> None:
    assert read(peer, record(**info)).tickets == wanted


def test_what_is_only_shown_may_be_odd(peer: Peer) -> None:
    """A title of a wrong type costs the title, not the knowledge that the ticket is out."""
    odd = RECORD | {"groupPricedItineraries": {"a": 1}, "hotelProduct": [], "bookingInfo": INFO | {
        "etickets": 7, "passengerNameRecords": [], "paymentRefNumber": {}, "issuedStatus": "SUCCEEDED",
    }}  # fmt: skip
    booking = read(peer, odd)
    assert (booking.journey, booking.title, booking.tickets, booking.passenger_ref) == (Journey.ISSUED, "", (), None)


ANY: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.just([{}]) | st.just({})
)


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(st.sampled_from([*INFO, "issueStatus", "etickets"]), ANY),
    st.dictionaries(st.sampled_from([*RECORD]), ANY),
)
def test_any_record_ends_in_the_ports_terms(peer: Peer, info: dict[str, Any], outer: dict[str, Any]) -> None:
    """No record whatsoever makes the adapter raise anything but "no answer", and only the issuer's word issues."""
    answer = {"bookingNumber": NUMBER, "bookingInfo": INFO | info} | outer
    try:
        found = read(peer, answer)
    except OutcomeUnknown:
        return
    if isinstance(found, Booking) and found.journey is Journey.ISSUED:
        said = json.loads(json.dumps(answer))["bookingInfo"]
        assert (said["paymentStatus"], said.get("issuedStatus") or said.get("issueStatus")) == (
            "SUCCEEDED",
            "SUCCEEDED",
        )
