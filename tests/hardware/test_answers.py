"""Four kinds of answer in one stream are told apart, and a torn one never turns into another kind."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.printer.answers import (
    Answer,
    AnswerParser,
    AutomaticStatus,
    Garbage,
    InTurnAnswer,
    ProcessIdAnswer,
    RealtimeAnswer,
)
from hardware.printer.status import ErrorCause, PrinterStatus, parse_asb, parse_error_cause, process_id_query

ASB = b"\x14\x00\x00\x0f"
ID = b"\x37\x22A1b~\x00"


@pytest.mark.parametrize(
    ("data", "answers"),
    [
        (b"\x12", [RealtimeAnswer(0x12)]),
        (b"\x0f", [InTurnAnswer(0x0F)]),
        (ASB, [AutomaticStatus(ASB)]),
        (ID, [ProcessIdAnswer(b"A1b~")]),
        (b"\x11\x13", []),  # XON, XOFF
        (b"\xff", [Garbage(0xFF)]),
        (
            ASB + b"\x16\x00" + ID,
            [AutomaticStatus(ASB), RealtimeAnswer(0x16), InTurnAnswer(0), ProcessIdAnswer(b"A1b~")],
        ),
        (ASB[:3] + b"\x12", [Garbage(0x14), Garbage(0), Garbage(0), RealtimeAnswer(0x12)]),
        (b"\x14\x00" + ASB, [Garbage(0x14), Garbage(0), AutomaticStatus(ASB)]),
        (ASB[:2] + b"\x12\x00", [Garbage(0x14), Garbage(0), RealtimeAnswer(0x12), Garbage(0)]),
        (ID[:4] + ASB, [*(Garbage(byte) for byte in ID[:4]), AutomaticStatus(ASB)]),
        (b"\x37\x37" + ID[1:], [Garbage(0x37), ProcessIdAnswer(b"A1b~")]),
    ],
)
def test_each_answer_is_recognised_among_the_others(data: bytes, answers: list[Answer]) -> None:
    assert AnswerParser().feed(data) == answers


def test_what_was_begun_and_never_ended_is_garbage_and_no_in_turn_answer() -> None:
    parser = AnswerParser()

    assert parser.feed(ASB[:3]) == []
    assert parser.quiet() == [Garbage(0x14), Garbage(0), Garbage(0)]
    assert parser.feed(b"\x00") == [InTurnAnswer(0)]


@settings(deadline=None)
@given(st.binary(max_size=60), st.lists(st.integers(0, 60)))
def test_the_pieces_it_comes_in_do_not_matter(data: bytes, cuts: list[int]) -> None:
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    parser = AnswerParser()
    in_pieces = [answer for start, end in itertools.pairwise(edges) for answer in parser.feed(data[start:end])]

    assert in_pieces == AnswerParser().feed(data)


@settings(deadline=None)
@given(st.binary(max_size=40))
def test_after_any_garbage_and_a_pause_the_next_answer_is_understood(data: bytes) -> None:
    parser = AnswerParser()
    parser.feed(data)
    parser.quiet()

    assert parser.feed(ASB + ID) == [AutomaticStatus(ASB), ProcessIdAnswer(b"A1b~")]


@pytest.mark.parametrize(
    ("block", "status"),
    [
        (b"\x10\x00\x00\x00", PrinterStatus.READY),
        (b"\x14\x00\x00\x0f", PrinterStatus.READY),  # drawer open, reserved bits
        (b"\x10\x00\x03\x00", PrinterStatus.PAPER_LOW),
        (b"\x18\x00\x0c\x00", PrinterStatus.PAPER_OUT),
        (b"\x38\x00\x0c\x00", PrinterStatus.COVER_OPEN),
        (b"\x18\x08\x00\x00", PrinterStatus.ERROR),
        (b"\x18\x40\x00\x00", PrinterStatus.ERROR),
        (b"\x58\x00\x00\x00", PrinterStatus.OFFLINE),  # the feed button
        (b"\x12\x00\x00\x00", PrinterStatus.UNKNOWN),
        (b"\x10\x00\x00", PrinterStatus.UNKNOWN),
        (b"", PrinterStatus.UNKNOWN),
    ],
)
def test_automatic_status_says_the_same_as_asking(block: bytes, status: PrinterStatus) -> None:
    assert parse_asb(block) is status


@pytest.mark.parametrize(
    ("byte", "cause"),
    [
        (0x12, None),
        (0x1A, ErrorCause.CUTTER),
        (0x16, ErrorCause.RECOVERABLE),
        (0x32, ErrorCause.UNRECOVERABLE),
        (0x52, ErrorCause.PASSING),
        (0x7E, ErrorCause.UNRECOVERABLE),
        (0x08, None),  # no answer to DLE EOT at all
    ],
)
def test_each_cause_of_an_error_has_its_name(byte: int, cause: ErrorCause | None) -> None:
    assert parse_error_cause(byte) is cause


def test_a_process_id_is_four_printable_bytes() -> None:
    assert process_id_query(b"0A~ ") == bytes((0x1D, 0x28, 0x48, 6, 0, 48, 48)) + b"0A~ "
    for wrong in (b"", b"123", b"12345", b"12\x003", b"12\x7f3"):
        with pytest.raises(ValueError, match="printable"):
            process_id_query(wrong)
