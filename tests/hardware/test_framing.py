"""Whatever the line does to the bytes, the till sees each code once and whole, or is told why not."""

from __future__ import annotations

import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.scanner.framing import Frame, FrameKind, FramingRules, ScanFramer, Terminator

CODES = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=40)
TERMINATORS = {Terminator.AUTO: b"\r", Terminator.CR: b"\r", Terminator.LF: b"\n", Terminator.CRLF: b"\r\n"}


def scans(frames: list[Frame]) -> list[str]:
    return [frame.data.decode() for frame in frames if frame.kind is FrameKind.WHOLE]


def kinds(frames: list[Frame]) -> list[FrameKind]:
    return [frame.kind for frame in frames]


# Half of the bytes are ends, so that they meet in every order.
STREAM = st.lists(st.one_of(st.integers(0, 255), st.sampled_from(b"\x02\x03\r\nAB#")), max_size=300).map(bytes)


@given(data=STREAM, cuts=st.sets(st.integers(1, 299)), terminator=st.sampled_from(Terminator), fix=st.booleans())
def test_any_split_of_the_bytes_gives_the_same_frames(
    data: bytes, cuts: set[int], terminator: Terminator, fix: bool
) -> None:
    rules = FramingRules(terminator, max_bytes=16, prefix="A" * fix, suffix="#" * fix)
    whole, pieces = ScanFramer(rules), ScanFramer(rules)
    edges = [0, *sorted(cut for cut in cuts if cut < len(data)), len(data)]

    expected = whole.feed(data, 1.0) + whole.tick(9.0)
    got = [f for a, b in pairwise(edges) for f in pieces.feed(data[a:b], 1.0)]
    got += pieces.tick(9.0)

    assert expected == got


@given(codes=st.lists(CODES.filter(bool), unique=True), terminator=st.sampled_from(list(TERMINATORS)))
def test_every_terminated_code_arrives_whole_and_in_order(codes: list[str], terminator: Terminator) -> None:
    framer = ScanFramer(FramingRules(terminator))

    frames = framer.feed(b"".join(code.encode() + TERMINATORS[terminator] for code in codes), 1.0)

    assert scans(frames) == codes


def test_two_scans_in_one_read_are_two_codes() -> None:
    assert scans(ScanFramer().feed(b"VCH-AAAA1111\r\nVCH-BBBB2222\r\n", 1.0)) == ["VCH-AAAA1111", "VCH-BBBB2222"]


def test_without_terminator_a_pause_ends_the_code_and_not_before() -> None:
    framer = ScanFramer()
    framer.feed(b"VCH-AAAA", 1.000)
    framer.feed(b"1111", 1.049)

    assert framer.deadline_mono_s == pytest.approx(1.099)
    assert framer.tick(1.098) == []
    assert scans(framer.tick(1.100)) == ["VCH-AAAA1111"]
    assert framer.deadline_mono_s is None


def test_a_code_is_not_torn_when_the_till_was_too_busy_to_read_its_second_half() -> None:
    framer = ScanFramer()
    framer.feed(b"VCH-AAAA", 1.0)

    assert scans(framer.feed(b"1111\r", 1.2)) == ["VCH-AAAA1111"]


def test_half_a_code_never_passes_for_a_whole_one_when_a_terminator_is_set() -> None:
    framer = ScanFramer(FramingRules(Terminator.CR))
    framer.feed(b"VCH-AAAA", 1.0)

    assert framer.tick(1.3) == []
    assert kinds(framer.tick(1.6)) == [FrameKind.CUT_SHORT]
    assert scans(framer.feed(b"VCH-BBBB2222\r", 2.0)) == ["VCH-BBBB2222"]


def test_a_megabyte_without_an_end_is_one_event_and_bounded_memory() -> None:
    framer = ScanFramer()
    flood = b"A" * 4096
    tracemalloc.start()
    try:
        frames = [frame for n in range(256) for frame in framer.feed(flood, 1 + n / 1000)]
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert kinds(frames) == [FrameKind.TOO_LONG]
    assert peak_bytes < 100_000
    assert scans(framer.feed(b"\rVCH-AAAA1111\r", 1.3)) == ["VCH-AAAA1111"]


def test_after_a_flood_a_pause_resynchronises_too() -> None:
    framer = ScanFramer()
    framer.feed(b"A" * 1000, 1.0)

    assert framer.tick(1.1) == []
    assert scans(framer.feed(b"VCH-AAAA1111\r", 2.0)) == ["VCH-AAAA1111"]


def test_a_code_of_exactly_the_longest_length_is_taken() -> None:
    for terminator, end in TERMINATORS.items():
        framer = ScanFramer(FramingRules(terminator, max_bytes=16))
        assert scans(framer.feed(b"A" * 16 + end, 1.0)) == ["A" * 16]
        assert kinds(framer.feed(b"A" * 17 + b"B" + end, 3.0)) == [FrameKind.TOO_LONG]


@given(codes=st.lists(CODES.filter(lambda code: not {"\x02", "\x03"} & set(code)).filter(bool), unique=True))
def test_codes_between_stx_and_etx_arrive_whole_whatever_line_ends_stand_between(codes: list[str]) -> None:
    framer = ScanFramer(FramingRules(Terminator.STX_ETX))

    frames = framer.feed(b"".join(b"\x02" + code.encode() + b"\x03\r\n" for code in codes), 1.0)

    assert scans(frames) == codes


def test_half_a_code_without_stx_or_etx_is_never_taken() -> None:
    framer = ScanFramer(FramingRules(Terminator.STX_ETX))

    assert kinds(framer.feed(b"AAAA1111\x03", 1.0)) == [FrameKind.CUT_SHORT]
    assert kinds(framer.feed(b"\x02AAAA\x02BBBB2222\x03", 1.0)) == [FrameKind.CUT_SHORT, FrameKind.WHOLE]
    assert framer.feed(b"\x02CCCC", 2.0) == []
    assert kinds(framer.tick(2.6)) == [FrameKind.CUT_SHORT]
    assert kinds(framer.feed(b"3333\x03", 2.7)) == [FrameKind.CUT_SHORT]


def test_the_raw_bytes_of_a_frame_are_kept_with_their_ends() -> None:
    framer = ScanFramer(FramingRules(prefix="~"))

    (frame,) = framer.feed(b"~VCH-AAAA1111\r\n", 1.0)

    assert (frame.raw, frame.data) == (b"~VCH-AAAA1111\r", b"VCH-AAAA1111")


def test_prefix_and_suffix_are_taken_off() -> None:
    framer = ScanFramer(FramingRules(prefix="]C1", suffix="#"))

    assert scans(framer.feed(b"]C1VCH-AAAA1111#\rVCH-BBBB2222\r", 1.0)) == ["VCH-AAAA1111", "VCH-BBBB2222"]


def test_with_crlf_set_a_lone_cr_or_lf_is_part_of_the_code() -> None:
    framer = ScanFramer(FramingRules(Terminator.CRLF))

    assert scans(framer.feed(b"VCH\nAA\rAA\r\n", 1.0)) == ["VCH\nAA\rAA"]


def test_a_frame_never_shows_the_code_in_logs() -> None:
    (frame,) = ScanFramer().feed(b"VCH-SECRETCODE-7K2M\r", 1.0)

    assert "SECRET" not in repr(frame)
