"""Whatever the line does to the bytes, the till sees each code once and whole, or is told why not."""

from __future__ import annotations

import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.scanner.framing import Frame, FrameKind, FramingRules, ScanFramer, Terminator
from hardware.scanner.repeat import RepeatGuard

CODES = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=40)
TERMINATORS = {Terminator.AUTO: b"\r", Terminator.CR: b"\r", Terminator.LF: b"\n", Terminator.CRLF: b"\r\n"}


def scans(frames: list[Frame]) -> list[str]:
    return [frame.text for frame in frames if frame.kind is FrameKind.SCAN]


def kinds(frames: list[Frame]) -> list[FrameKind]:
    return [frame.kind for frame in frames]


@given(data=st.binary(max_size=300), cuts=st.sets(st.integers(1, 299)), terminator=st.sampled_from(Terminator))
def test_any_split_of_the_bytes_gives_the_same_frames(data: bytes, cuts: set[int], terminator: Terminator) -> None:
    rules = FramingRules(terminator, max_bytes=64)
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


def test_a_late_byte_starts_a_new_code_even_when_nobody_ticked() -> None:
    framer = ScanFramer()
    framer.feed(b"VCH-AAAA1111", 1.0)

    assert scans(framer.feed(b"VCH-BBBB2222\r", 1.2)) == ["VCH-AAAA1111", "VCH-BBBB2222"]


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


def test_bytes_that_are_no_text_are_reported_as_noise_without_content() -> None:
    frames = ScanFramer().feed(b"\xff\xfeVCH-AAAA1111\r", 1.0)

    assert [(frame.kind, frame.text) for frame in frames] == [(FrameKind.NOISE, "")]


def test_prefix_and_suffix_are_taken_off() -> None:
    framer = ScanFramer(FramingRules(prefix="]C1", suffix="#"))

    assert scans(framer.feed(b"]C1VCH-AAAA1111#\rVCH-BBBB2222\r", 1.0)) == ["VCH-AAAA1111", "VCH-BBBB2222"]


def test_the_same_code_within_the_window_is_one_scan_and_after_it_a_new_one() -> None:
    framer = ScanFramer()
    first = framer.feed(b"VCH-AAAA1111\r", 10.0)
    again = framer.feed(b"VCH-AAAA1111\r", 11.4)
    still = framer.feed(b"VCH-AAAA1111\r", 12.8)
    later = framer.feed(b"VCH-AAAA1111\r", 14.3)

    assert [scans(f) for f in (first, again, still, later)] == [["VCH-AAAA1111"], [], [], ["VCH-AAAA1111"]]


def test_another_code_in_between_does_not_make_a_repeat_new() -> None:
    framer = ScanFramer()

    assert scans(framer.feed(b"AAAAAAAA\rBBBBBBBB\rAAAAAAAA\r", 10.0)) == ["AAAAAAAA", "BBBBBBBB"]


def test_with_crlf_set_a_lone_cr_or_lf_is_part_of_the_code() -> None:
    framer = ScanFramer(FramingRules(Terminator.CRLF))

    assert scans(framer.feed(b"VCH\nAA\rAA\r\n", 1.0)) == ["VCH\nAA\rAA"]


def test_the_memory_for_repeats_is_bounded_and_keeps_the_latest() -> None:
    guard = RepeatGuard(window_s=10)
    guard.is_repeat("FIRST", 0.0)
    for number in range(40):
        guard.is_repeat(f"CODE-{number}", 0.1)
        assert guard.is_repeat("FIRST", 0.1)

    assert not guard.is_repeat("CODE-0", 0.2)


def test_a_frame_never_shows_the_code_in_logs() -> None:
    (frame,) = ScanFramer().feed(b"VCH-SECRETCODE-7K2M\r", 1.0)

    assert "SECRET" not in repr(frame)
    assert "7K2M" in repr(frame)
