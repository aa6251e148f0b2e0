"""When to ask again: the waits of the contract, never shorter, never all tills at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.schedule import (
    FIRST_INQUIRY_S,
    PROOF_AFTER_S,
    inquiry_pause_s,
    proves_unused,
    send_pause_s,
    throttle_pause_s,
)

CHANCE = st.floats(0, 1, exclude_max=True)


@pytest.mark.parametrize(("unanswered", "pause_s"), [(1, 15.0), (2, 60.0), (3, 300.0), (4, 300.0), (1000, 300.0)])
def test_inquiries_without_an_answer_wait_as_the_contract_says(unanswered: int, pause_s: float) -> None:
    assert inquiry_pause_s(unanswered, 0.5) == pause_s


@pytest.mark.parametrize(
    ("failures", "pause_s"), [(1, 2.0), (2, 4.0), (3, 8.0), (4, 15.0), (5, 30.0), (6, 60.0), (999, 60.0)]
)
def test_unsent_tries_come_back_within_a_minute_at_most(failures: int, pause_s: float) -> None:
    assert send_pause_s(failures, 0.5) == pause_s


@pytest.mark.parametrize(("times", "pause_s"), [(1, 60.0), (2, 300.0), (3, 300.0)])
def test_an_issuer_that_asks_to_slow_down_is_left_alone(times: int, pause_s: float) -> None:
    assert throttle_pause_s(times) == pause_s


@given(st.integers(1, 10_000), CHANCE)
def test_chance_moves_a_pause_by_a_fifth_at_most(tries: int, random01: float) -> None:
    for pause in (inquiry_pause_s, send_pause_s):
        middle = pause(tries, 0.5)
        assert 0.8 * middle <= pause(tries, random01) <= 1.2 * middle


@given(st.integers(1, 50))
def test_pauses_never_get_shorter_with_more_failures(tries: int) -> None:
    for pause in (inquiry_pause_s, send_pause_s):
        assert pause(tries, 0.5) <= pause(tries + 1, 0.5)
    assert throttle_pause_s(tries) <= throttle_pause_s(tries + 1)


def test_usable_right_after_silence_proves_nothing() -> None:
    assert not proves_unused(FIRST_INQUIRY_S, server_answered=False)
    assert not proves_unused(PROOF_AFTER_S - 0.001, server_answered=False)
    assert proves_unused(PROOF_AFTER_S, server_answered=False)
    assert proves_unused(0.0, server_answered=True)
    assert not proves_unused(-5.0, server_answered=False)  # a clock that was set back
