"""The table of a booking's payment, and the rules of money that must hold on every way through it."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.booking_payment import (
    ASKED_ABOUT,
    BEGIN,
    TABLE,
    UNPAID,
    VOUCHER_AT_REST,
    BookingEvent,
    BookingState,
    JourneyFact,
    MoneyFact,
    VoucherFact,
    booking_after,
    can,
    look_pause_s,
    poll_pause_s,
    reachable,
    read_booking_number,
    read_booking_voucher,
)
from pos.domain.codes import ScanFault, VoucherCode
from pos.domain.errors import ConfigError, RuleBroken

STATES = sorted(reachable())
WAYS = [(state, event) for state, event in product(STATES, BookingEvent) if can(state, event)]


def test_every_event_happens_and_every_fact_is_reached() -> None:
    assert {event for _, event in WAYS} == set(BookingEvent) == set(TABLE)
    assert {state.voucher for state in STATES} == set(VoucherFact)
    assert {state.money for state in STATES} == set(MoneyFact)
    assert {state.journey for state in STATES} == set(JourneyFact)


def test_what_no_rule_holds_is_refused_by_name() -> None:
    with pytest.raises(RuleBroken) as caught:
        booking_after(BEGIN, BookingEvent.COMMIT)
    assert caught.value.code == "rule.booking_transition"
    assert caught.value.params == {
        "voucher": "none", "money": "not_taken", "journey": "unsent", "event": "commit"
    }  # fmt: skip


@pytest.mark.parametrize(("state", "event"), WAYS, ids=str)
def test_money_goes_back_only_where_nobody_can_have_paid(state: BookingState, event: BookingEvent) -> None:
    then = booking_after(state, event)
    if then.money is MoneyFact.PAID_BACK:
        assert state.journey in UNPAID
        assert state.money is MoneyFact.TAKEN
    if state.money is not MoneyFact.NOT_TAKEN:
        assert then.money is not MoneyFact.NOT_TAKEN


@pytest.mark.parametrize(("state", "event"), WAYS, ids=str)
def test_commit_leaves_only_with_the_money_and_a_certain_amount(state: BookingState, event: BookingEvent) -> None:
    if event is BookingEvent.COMMIT:
        assert state.money is MoneyFact.TAKEN
        assert state.voucher in VOUCHER_AT_REST


@pytest.mark.parametrize(("state", "event"), WAYS, ids=str)
def test_ends_are_final_and_a_used_voucher_stays_used(state: BookingState, event: BookingEvent) -> None:
    then = booking_after(state, event)
    if state.voucher is VoucherFact.USED:
        assert then.voucher is VoucherFact.USED
    if state.journey in UNPAID or state.journey is JourneyFact.ISSUED:
        assert then.journey is state.journey
    if state.journey in ASKED_ABOUT:
        assert then.journey is not JourneyFact.GIVEN_UP


def test_what_is_closed_has_no_way_on_and_owes_nobody() -> None:
    for state in STATES:
        if state.closed:
            assert not any(can(state, event) for event in BookingEvent)
            assert (
                state.money is MoneyFact.PAID_BACK
                or (state.journey is JourneyFact.ISSUED and state.money is MoneyFact.TAKEN)
                or (state.journey is JourneyFact.GIVEN_UP and state.money is MoneyFact.NOT_TAKEN)
            )


def test_every_open_payment_can_come_to_its_end() -> None:
    """No state from which the customer can never get her ticket or her money."""
    ends = {state for state in STATES if state.closed}
    while True:
        more = {state for state, event in WAYS if booking_after(state, event) in ends} - ends
        if not more:
            break
        ends |= more
    assert ends == set(STATES)


@given(st.lists(st.sampled_from(BookingEvent), max_size=60))
def test_on_every_way_a_redeem_and_a_commit_follow_only_proof(events: list[BookingEvent]) -> None:
    """Between two redeems lies a proof that the first had no effect; a first commit is the only one of its own."""
    state, redeems, proofs = BEGIN, 0, 0
    for event in events:
        if can(state, event):
            state = booking_after(state, event)
            redeems += event is BookingEvent.REDEEM
            proofs += event in (BookingEvent.VOUCHER_NOT_SENT, BookingEvent.VOUCHER_UNUSED)
    assert redeems - proofs in (0, 1)


def test_a_restart_makes_what_was_leaving_a_question() -> None:
    for state in STATES:
        if can(state, BookingEvent.RESTART):
            then = booking_after(state, BookingEvent.RESTART)
            assert VoucherFact.IN_FLIGHT not in then
            assert JourneyFact.IN_FLIGHT not in then
            assert then.voucher is VoucherFact.UNKNOWN or then.journey is JourneyFact.OPEN


def test_the_contracts_pauses() -> None:
    """contracts/gotadi.md §8.4: at once, 5, 10, 20, then every 30 s."""
    assert [poll_pause_s(polls) for polls in range(6)] == [0, 5, 10, 20, 30, 30]
    assert [look_pause_s(times) for times in range(5)] == [0, 15, 60, 300, 300]


@pytest.mark.parametrize("text", ["", "ADCO1", "A" * 33, "ADCO 2401", "ADCO2401\u0301", "ADCO/2401"])
def test_a_booking_number_that_is_none(text: str) -> None:
    with pytest.raises(ConfigError, match=r"booking\.number_unreadable"):
        read_booking_number(text)


def test_a_voucher_code_stays_as_it_is_but_for_blanks_around_it() -> None:
    assert read_booking_number(" BOD::240101::0001 ") == "BOD::240101::0001"
    assert read_booking_voucher("  Tet24aBc\r\n") == VoucherCode("Tet24aBc")
    assert read_booking_voucher("TẾT24") is ScanFault.OTHER_ALPHABET
    assert read_booking_voucher("Tet 24") is ScanFault.INNER_BLANK
    assert read_booking_voucher("https://a.b/c") is ScanFault.WEB_ADDRESS
    assert read_booking_voucher("ab") is ScanFault.TOO_SHORT
    assert read_booking_voucher("x" * 65) is ScanFault.TOO_LONG
    assert read_booking_voucher(" ") is ScanFault.EMPTY
    assert read_booking_voucher("Tet\x0724") is ScanFault.CONTROL_CHARACTERS
