"""Twenty thousand random inputs into what reads a scanner; a million by ``python -m tests.hardware.fuzz_scanner``."""

from __future__ import annotations

from tests.hardware.fuzz_scanner import run


def test_no_input_breaks_a_promise_or_is_kept() -> None:
    _, grown = run(20_000, seed=4)

    assert grown < 100_000
