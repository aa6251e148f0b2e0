"""What a printer's answer bytes mean; silence is never fine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.printer.status import (
    PrinterStatus,
    Query,
    end_answer_has_paper,
    is_end_answer,
    is_realtime_answer,
    parse_status,
    query_bytes,
)

FINE = 0b0001_0010
BYTES = st.integers(0, 255)


@pytest.mark.parametrize(
    ("printer", "cause", "paper", "status"),
    [
        (FINE, FINE, FINE, PrinterStatus.READY),
        (FINE, FINE, FINE | 0x0C, PrinterStatus.PAPER_LOW),
        (FINE | 0x08, FINE | 0x20, FINE | 0x60, PrinterStatus.PAPER_OUT),
        (FINE, FINE, FINE | 0x60, PrinterStatus.PAPER_OUT),
        (FINE | 0x08, FINE | 0x04, FINE, PrinterStatus.COVER_OPEN),
        (FINE | 0x08, FINE | 0x04, FINE | 0x6C, PrinterStatus.COVER_OPEN),
        (FINE | 0x08, FINE, FINE, PrinterStatus.OFFLINE),
        (FINE, FINE | 0x40, FINE, PrinterStatus.ERROR),
    ],
)
def test_each_trouble_has_its_name(printer: int, cause: int, paper: int, status: PrinterStatus) -> None:
    answers = {Query.PRINTER: printer, Query.OFFLINE_CAUSE: cause, Query.PAPER: paper}

    assert parse_status(answers) is status


@pytest.mark.parametrize("answers", [{}, {Query.PRINTER: FINE}, {Query.PAPER: FINE}, {Query.PRINTER: 0xFF}])
def test_silence_and_garbage_are_unknown(answers: dict[Query, int]) -> None:
    assert parse_status(answers) is PrinterStatus.UNKNOWN


@given(st.dictionaries(st.sampled_from(Query), BYTES))
def test_no_bytes_at_all_can_make_a_status_fail_or_an_incomplete_answer_fine(answers: dict[Query, int]) -> None:
    status = parse_status(answers)

    assert len(answers) >= 2 or status not in (PrinterStatus.READY, PrinterStatus.PAPER_LOW)


@given(BYTES)
def test_an_end_answer_is_never_mistaken_for_a_realtime_one(byte: int) -> None:
    assert not (is_end_answer(byte) and is_realtime_answer(byte))


def test_the_end_answer_tells_missing_paper() -> None:
    assert end_answer_has_paper(0x00)
    assert end_answer_has_paper(0x03)
    assert not end_answer_has_paper(0x0F)


def test_the_query_is_dle_eot_n() -> None:
    assert [query_bytes(query).hex() for query in Query] == ["100401", "100402", "100403", "100404"]
