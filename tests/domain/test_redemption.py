"""The redemption table, walked pair by pair, and the rules of money that must hold on every way through it."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.cases import CaseKind, case_of, closable_state
from pos.domain.errors import RuleBroken
from pos.domain.redemption import (
    AT_RISK,
    DONE,
    DROPPED,
    HOLD_TABLE,
    LOSS,
    NEVER_AGAIN,
    OPEN_HOLDS,
    REFUSED,
    SETTLED,
    STATES,
    TABLE,
    UNKNOWN,
    UNKNOWN_GIVEN,
    UNSENT,
    UNSENT_GIVEN,
    USED_NOT_GIVEN,
    Event,
    Hold,
    HoldEvent,
    Outcome,
    State,
    after,
    hold_after,
)

PAIRS = list(product(STATES, Event))
IMPOSSIBLE = [(state, event) for state, event in PAIRS if (state, event) not in TABLE]
HANDS_OVER = {Event.USED_HERE, Event.ACCEPT_OFFLINE, Event.HAND_OVER}
MAY_HAVE_LEFT = {Outcome.IN_FLIGHT, Outcome.UNKNOWN}


@pytest.mark.parametrize(("state", "event"), TABLE, ids=str)
def test_a_known_pair_leads_to_a_known_state(state: State, event: Event) -> None:
    assert after(state, event) == TABLE[state, event]
    assert TABLE[state, event] in STATES


@pytest.mark.parametrize(("state", "event"), IMPOSSIBLE, ids=str)
def test_an_unknown_pair_is_refused_by_name(state: State, event: Event) -> None:
    with pytest.raises(RuleBroken) as caught:
        after(state, event)
    assert caught.value.params == {"outcome": state.outcome.value, "given": state.given, "event": event.value}


def test_every_pair_of_facts_but_dropped_and_given_is_a_state() -> None:
    assert set(STATES) == {State(o, g) for o in Outcome for g in (False, True)} - {State(Outcome.DROPPED, True)}
    assert len(STATES) == len(set(STATES)) == 11


def test_every_state_is_reached_and_every_event_happens() -> None:
    assert {UNSENT, *TABLE.values()} == set(STATES)
    assert {event for _, event in TABLE} == set(Event)


@pytest.mark.parametrize(("state", "event"), TABLE, ids=str)
def test_value_given_stays_given_and_is_given_only_by_a_hand(state: State, event: Event) -> None:
    then = TABLE[state, event]
    assert then.given >= state.given
    assert (then.given and not state.given) == (event in HANDS_OVER)


@pytest.mark.parametrize(("state", "event"), TABLE, ids=str)
def test_a_verdict_is_final(state: State, event: Event) -> None:
    if state.outcome in (Outcome.USED, Outcome.REFUSED):
        assert TABLE[state, event].outcome is state.outcome


@pytest.mark.parametrize(("state", "event"), TABLE, ids=str)
def test_nothing_is_sent_again_while_the_issuer_may_have_acted(state: State, event: Event) -> None:
    """Only an unsent row is sent, and only proof makes a row unsent again."""
    if event is Event.SEND:
        assert state.outcome is Outcome.UNSENT
    if TABLE[state, event].outcome is Outcome.UNSENT and state.outcome in MAY_HAVE_LEFT:
        assert event in (Event.NOT_SENT, Event.PROVEN_UNUSED)
        assert (event is Event.PROVEN_UNUSED) == (state.outcome is Outcome.UNKNOWN)


@pytest.mark.parametrize("state", [s for s in STATES if s.outcome is Outcome.IN_FLIGHT], ids=str)
def test_a_restart_makes_what_was_in_flight_unknown(state: State) -> None:
    assert after(state, Event.RESTART) == State(Outcome.UNKNOWN, state.given)


def test_only_what_was_never_sent_and_never_given_is_dropped() -> None:
    assert {pair for pair, then in TABLE.items() if then == DROPPED} == {(UNSENT, Event.DROP)}


def test_settled_states_have_no_way_out_but_the_late_effect() -> None:
    ways = {(state, event) for state, event in TABLE if state in SETTLED}
    assert ways == {(DROPPED, Event.LATE_EFFECT)}


def test_what_is_at_risk_can_always_come_to_an_end() -> None:
    def ends(state: State) -> set[State]:
        seen, new = set(), {state}
        while new:
            seen |= new
            new = {then for (s, _), then in TABLE.items() if s in new} - seen
        return seen

    for state in AT_RISK | {UNKNOWN, USED_NOT_GIVEN}:
        assert DONE in ends(state)
    for state in AT_RISK:
        assert {DONE, LOSS} <= ends(state)
        assert not ends(state) & {REFUSED, DROPPED}


def test_a_code_may_come_again_only_if_nothing_was_given_and_nothing_may_have_left() -> None:
    free = {state for state in STATES if not state.given and state.outcome not in (*MAY_HAVE_LEFT, Outcome.USED)}
    assert set(STATES) - NEVER_AGAIN == free == {UNSENT, REFUSED, DROPPED}


def test_at_risk_is_what_is_given_without_the_issuers_word() -> None:
    assert {s for s in STATES if s.given and s.outcome not in (Outcome.USED, Outcome.REFUSED)} == AT_RISK


@given(st.lists(st.sampled_from(Event), max_size=40))
def test_on_every_way_the_books_add_up(events: list[Event]) -> None:
    """After any events: given and refused is a loss with a case, given and used is done, nothing else is final."""
    state, sends, proofs = UNSENT, 0, 0
    for event in events:
        if (state, event) in TABLE:
            sends += event is Event.SEND
            proofs += event in (Event.NOT_SENT, Event.PROVEN_UNUSED)
            state = after(state, event)
    assert sends - proofs in (0, 1)
    assert (state == LOSS) == (case_of(state) is CaseKind.LOSS)
    if sends == 0:
        assert state in (UNSENT, UNSENT_GIVEN, REFUSED, LOSS, DROPPED, USED_NOT_GIVEN, DONE)
        assert state.outcome is not Outcome.USED or Event.LATE_EFFECT in events


@pytest.mark.parametrize(("hold", "event"), list(product(Hold, HoldEvent)), ids=str)
def test_a_hold_goes_only_where_the_table_says(hold: Hold, event: HoldEvent) -> None:
    if (hold, event) in HOLD_TABLE:
        assert hold_after(hold, event) is HOLD_TABLE[hold, event]
    else:
        with pytest.raises(RuleBroken, match=r"rule\.hold_transition"):
            hold_after(hold, event)


def test_an_open_hold_always_has_a_way_to_its_end_and_a_silent_call_leaves_it_open() -> None:
    for hold in OPEN_HOLDS:
        ways = {then for (h, _), then in HOLD_TABLE.items() if h is hold}
        assert ways - {hold}
    assert {then for (_, event), then in HOLD_TABLE.items() if event in (HoldEvent.LOST, HoldEvent.RESTART)} == {
        Hold.UNKNOWN
    }
    assert set(Hold) - OPEN_HOLDS == {Hold.NONE, Hold.RELEASED, Hold.CONSUMED}


@pytest.mark.parametrize("kind", CaseKind)
@pytest.mark.parametrize("state", STATES, ids=str)
def test_a_sale_the_issuer_has_is_finished_before_its_case_is_closed(kind: CaseKind, state: State) -> None:
    assert closable_state(kind, state) == (not (kind is CaseKind.USED_NOT_GIVEN and state == USED_NOT_GIVEN))


def test_only_a_loss_opens_a_case_by_its_state() -> None:
    assert {state for state in STATES if case_of(state)} == {LOSS}
    assert UNKNOWN_GIVEN in AT_RISK
