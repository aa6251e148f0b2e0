"""Gotadi against the sandbox, whose cryptography and rules are not ours: stories, faults, and what was really done."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from pos.domain.booking import (
    AmountDue,
    BookingRefused,
    CommitAnswer,
    CommitWord,
    Journey,
    NoSuchBooking,
    VoucherOffer,
    VoucherRedeemed,
)
from pos.domain.codes import VoucherCode
from pos.domain.errors import OutcomeUnknown, ProviderError, SetupFault
from pos.providers.gotadi.client import Gotadi, connect
from pos.providers.gotadi.settings import GotadiSettings
from pos.till.ports import Trace
from tests.sandbox_process import SandboxProcess

CODE = VoucherCode("Tet24aBc")
TRANSACTION = "TRX-0001"


class Clock:
    def now_utc(self) -> datetime:
        return datetime.now(UTC)

    def mono_s(self) -> float:
        return time.monotonic()


class Gateway:
    """The adapter on the sandbox, and the sandbox's own truth."""

    def __init__(self, sandbox: SandboxProcess, **changes: Any) -> None:
        self.sandbox = sandbox
        self.facts = sandbox.ready["gotadi"]
        ours = {name: self.facts[name] for name in ("api_key", "access_code", "user_id", "partner_private_key")}
        ours |= {
            "base_url": sandbox.url,
            "ca_file": sandbox.ca_file,
            "gotadi_public_key": self.facts["gotadi_public_key"],
        }
        self.issuer: Gotadi = connect(GotadiSettings(**(ours | changes)), Clock())
        self.issuer._line._wait = lambda seconds: None
        sandbox.control("POST", "/gotadi/reset")

    def number(self, label: str = "flight") -> str:
        return next(str(each["number"]) for each in self.facts["bookings"] if each["label"] == label)

    def arm(self, fault: str, operation: str, **more: Any) -> None:
        self.sandbox.control("PUT", "/gotadi/faults", [{"fault": fault, "operation": operation, **more}])

    def truth(self, number: str) -> dict[str, Any]:
        booking: dict[str, Any] = self.sandbox.control("GET", "/gotadi/state")["bookings"][number]
        return booking

    def ended(self, number: str) -> Any:
        """The end of the journey, asked for as the till does it."""
        while True:
            booking = self.issuer.await_end(number, Trace())
            if not isinstance(booking, NoSuchBooking) and booking.journey is not Journey.NOT_OVER:
                return booking


@pytest.fixture
def gateway(sandbox: SandboxProcess) -> Iterator[Gateway]:
    gateway = Gateway(sandbox)
    yield gateway
    gateway.issuer.close()


@pytest.mark.parametrize("transport", ["get-json", "post-json"])
@pytest.mark.parametrize("key", ["gotadi_public_key", "gotadi_public_key_xml"])
def test_a_whole_sale(sandbox: SandboxProcess, transport: str, key: str) -> None:
    """§0, in both transports, with the issuer's key as PEM and as XML."""
    gateway = Gateway(sandbox, voucher_transport=transport, gotadi_public_key=sandbox.ready["gotadi"][key])
    issuer, number = gateway.issuer, gateway.number()
    booking = issuer.detail(number, Trace())
    assert not isinstance(booking, NoSuchBooking)
    assert (booking.payable, booking.product, booking.total_vnd, booking.voucher) == (True, "AIR", 1_550_000, None)
    offer = issuer.validate(number, CODE, Trace())
    assert isinstance(offer, VoucherOffer)
    assert issuer.redeem(number, CODE, offer.tracking, Trace()) == VoucherRedeemed()
    booking = issuer.detail(number, Trace(), code=CODE, tracking=offer.tracking)
    assert not isinstance(booking, NoSuchBooking)
    assert booking.voucher is not None
    assert (booking.voucher.ours, booking.voucher.redeemed, booking.voucher.discount_vnd) == (True, True, 50_000)
    assert issuer.place_order(number, "AIR", Trace()) == AmountDue(1_500_000)
    assert issuer.commit(number, "AIR", TRANSACTION, Trace()) == CommitAnswer(CommitWord.DONE, "00", 1_500_000)
    booking = gateway.ended(number)
    assert (booking.journey, booking.paid_vnd, len(booking.tickets)) == (Journey.ISSUED, 1_500_000, 1)
    assert issuer.commit_result(number, "AIR", Trace()).word is CommitWord.DONE
    assert issuer.commit(number, "AIR", TRANSACTION, Trace()).word is CommitWord.ALREADY
    issuer.close()


@pytest.mark.parametrize(
    ("label", "journey"),
    [("payment will fail", Journey.PAYMENT_FAILED), ("will be refunded", Journey.REFUNDED),
     ("payment will expire", Journey.EXPIRED)],
)  # fmt: skip
def test_every_end_of_a_journey(gateway: Gateway, label: str, journey: Journey) -> None:
    """§8.4."""
    number = gateway.number(label)
    product = "AIR" if number.startswith("AD") else "HOTEL"
    gateway.issuer.commit(number, product, TRANSACTION, Trace())
    assert gateway.ended(number).journey is journey


def test_an_unknown_booking(gateway: Gateway) -> None:
    assert gateway.issuer.detail(gateway.facts["unknown_booking"], Trace()) == NoSuchBooking()


BELIEVED = "properties_bars", "null_words", "line_breaks", "in_result", "success_null", "old_names"
NOT_BELIEVED = (
    "stranger_signature", "wrong_key", "wrong_padding", "damaged_data", "other_booking", "other_access_code",
    "other_product", "wrong_types", "fields_missing",
)  # fmt: skip


@pytest.mark.parametrize("fault", BELIEVED)
def test_what_is_odd_but_true_is_believed(gateway: Gateway, fault: str) -> None:
    number = gateway.number()
    for operation in ("place_order", "commit", "query_trans"):
        gateway.arm(fault, operation)
        if operation == "place_order":
            assert gateway.issuer.place_order(number, "AIR", Trace()) == AmountDue(1_550_000)
        elif operation == "commit":
            assert gateway.issuer.commit(number, "AIR", TRANSACTION, Trace()).word is CommitWord.DONE
        else:
            assert gateway.issuer.commit_result(number, "AIR", Trace()).total_vnd == 1_550_000


@pytest.mark.parametrize("fault", NOT_BELIEVED)
def test_what_is_not_the_issuers_word_is_not_believed(gateway: Gateway, fault: str) -> None:
    """§4.7: no money for the order; the commit, which was done, is unknown and was done once."""
    number = gateway.number()
    gateway.arm(fault, "place_order")
    with pytest.raises((SetupFault, OutcomeUnknown)):
        gateway.issuer.place_order(number, "AIR", Trace())
    gateway.arm(fault, "commit")
    with pytest.raises(OutcomeUnknown):
        gateway.issuer.commit(number, "AIR", TRANSACTION, Trace())
    assert gateway.truth(number)["commits_done"] == 1
    gateway.arm(fault, "query_trans")
    with pytest.raises(OutcomeUnknown):
        gateway.issuer.commit_result(number, "AIR", Trace())


@pytest.mark.parametrize(
    ("text", "vnd"), [("1.6699E7", 16_699_000), ("1669900.0", 1_669_900), ("10.5", None), ("abc", None)]
)
def test_amounts(gateway: Gateway, text: str, vnd: int | None) -> None:
    number = gateway.number()
    gateway.arm("amount_text", "place_order", text=text)
    if vnd is None:
        with pytest.raises(SetupFault, match=r"booking\.unreadable"):
            gateway.issuer.place_order(number, "AIR", Trace())
    else:
        assert gateway.issuer.place_order(number, "AIR", Trace()) == AmountDue(vnd)


LOST = ("drop_before", "drop_after", "http_before", "html_before", "wrong_types", "fields_missing", "other_booking",
        "success_contradicts", "in_result", "get_refused")  # fmt: skip


@pytest.mark.parametrize("fault", LOST)
def test_whatever_becomes_of_a_redeem_it_is_done_once_at_most(gateway: Gateway, fault: str) -> None:
    """And the record of the booking tells afterwards (§5.3)."""
    number = gateway.number()
    offer = gateway.issuer.validate(number, CODE, Trace())
    assert isinstance(offer, VoucherOffer)
    gateway.arm(fault, "redeem")
    with pytest.raises(OutcomeUnknown):
        gateway.issuer.redeem(number, CODE, offer.tracking, Trace())
    done = gateway.truth(number)["redeems_done"]
    booking = gateway.issuer.detail(number, Trace(), code=CODE, tracking=offer.tracking)
    assert not isinstance(booking, NoSuchBooking)
    assert done in (0, 1)
    assert (booking.voucher is not None and booking.voucher.ours and booking.voucher.redeemed) == (done == 1)


@pytest.mark.parametrize("code", ["7204_VOUCHER_EXPIRED", "7216_VOUCHER_ONLY_COMBO", "0005_SYSTEM_IS_BUSY"])
@pytest.mark.parametrize("as_400", [False, True])
def test_refusals(gateway: Gateway, code: str, as_400: bool) -> None:
    """In 200 and in 400 (§12 no. 15)."""
    faults = [{"fault": "refuse_voucher", "operation": "validate", "text": code}]
    faults += [{"fault": "refusal_as_400", "operation": "validate"}] if as_400 else []
    gateway.sandbox.control("PUT", "/gotadi/faults", faults)
    refused = gateway.issuer.validate(gateway.number(), CODE, Trace())
    assert isinstance(refused, BookingRefused)
    assert (refused.code, refused.passing) == (code, code.startswith("0005"))


@pytest.mark.parametrize("error_code", ["03", "04", "05", "06", "07", "10"])
def test_a_login_that_is_refused(gateway: Gateway, error_code: str) -> None:
    gateway.arm("error_code", "login", code=int(error_code))
    with pytest.raises(SetupFault):
        gateway.issuer.detail(gateway.number(), Trace())


def test_a_wrong_key_of_ours_is_told(sandbox: SandboxProcess) -> None:
    """Our key and the one Gotadi has are not a pair: the first thing that goes wrong at commissioning."""
    gateway = Gateway(sandbox, access_code="SOMEBODY")
    with pytest.raises(ProviderError) as caught:
        gateway.issuer.detail(gateway.number(), Trace())
    assert isinstance(caught.value, SetupFault)
    gateway.issuer.close()
