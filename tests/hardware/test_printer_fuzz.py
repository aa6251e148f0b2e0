"""Whatever a printer answers: no exception, no slip confirmed without proof, no byte kept for nothing."""

from __future__ import annotations

from tests.hardware.fuzz_printer import fuzz


def test_random_printers_break_no_promise_and_reach_every_outcome() -> None:
    outcomes = fuzz(20_000, seed=4)

    assert set(outcomes) == {"confirmed", "sent_unconfirmed", "not_sent", "doubtful"}
    assert min(outcomes.values()) > 50
