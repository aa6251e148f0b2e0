"""Bad profile files and bad printer bytes, a small dose in every test run; the large one is `fuzz_printing`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.virtual.brain import Pace, PrinterBrain, PrinterFault
from tests.hardware.fuzz_printing import run, try_profile

WORDS = [
    "label",
    "dpi",
    "paper_mm",
    "width_dots",
    "drawer_pins",
    "codepages",
    "sources",
    "[codepages]",
    "[[a]]",
    "notes",
]
VALUES = ["1", "true", '"x"', "[2]", "{}", "[30, 31]", "1.5", "'''", '"""', "[", "{", "-0", "1979-05-27T07:32:00Z"]


@pytest.mark.parametrize("seed", [3, 4])
def test_no_bad_input_gives_another_error_than_the_promised_one(seed: int) -> None:
    seen = run(4_000, seed)

    assert min(seen["profile read"], seen["profile refused"], seen["printer answered"], seen["printer silent"]) > 50


@given(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(VALUES)), max_size=8))
def test_any_table_is_read_or_refused(lines: list[tuple[str, str]]) -> None:
    try_profile("\n".join(f"{word} = {value}" for word, value in lines).encode())


@given(st.binary(max_size=300), st.sampled_from(PrinterFault))
def test_any_bytes_are_taken_in_any_condition(data: bytes, fault: PrinterFault) -> None:
    brain = PrinterBrain(384, pace=Pace(buffer_bytes=64, dots_per_s=100), clock=lambda: 0.0)
    brain.fault = fault

    brain.receive(data)

    assert brain.room_bytes >= 0
