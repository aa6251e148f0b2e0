"""The virtual printer reads what the manual says, complains about the rest, and never falls over."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hardware.virtual.decoder import (
    LINE_DOTS,
    Aligned,
    EscposDecoder,
    Event,
    FeedDots,
    Initialised,
    NotUnderstood,
    PaperCut,
    Pulse,
    QrPrinted,
    Raster,
    StatusAsked,
    TextLine,
)

KNOWN: list[tuple[str, list[Event]]] = [
    ("1b40", [Initialised()]),
    ("1b6101", [Aligned(1)]),
    ("1b6402", [FeedDots(2 * LINE_DOTS)]),
    ("1b4a18", [FeedDots(24)]),
    ("48690a", [TextLine("Hi")]),
    ("48691b6401", [TextLine("Hi"), FeedDots(LINE_DOTS)]),
    ("1b70003232", [Pulse(2)]),
    ("1b70013232", [Pulse(5)]),
    ("1014010001", [Pulse(2)]),
    ("1d5600", [PaperCut()]),
    ("1d564203", [FeedDots(3), PaperCut()]),
    ("100401", [StatusAsked(1, realtime=True)]),
    ("1d7201", [StatusAsked(1, realtime=False)]),
    ("1b4501", []),
    (
        "1d286b0400314132001d286b0300314306" + "1d286b03003145311d286b050031503041421d286b0300315130",
        [QrPrinted("AB", 6)],
    ),
]
UNKNOWN = ["1b7f", "1d763002010001000f", "100409", "07", "1b6109", "1d5609", "1d286b0300319930", "1d284101004100"]


def test_every_command_of_the_manual_we_use_is_understood() -> None:
    for data, events in KNOWN:
        assert EscposDecoder().feed(bytes.fromhex(data)) == events, data


def test_what_is_not_in_the_manual_is_named() -> None:
    for data in UNKNOWN:
        events = EscposDecoder().feed(bytes.fromhex(data))
        assert any(isinstance(event, NotUnderstood) for event in events), data


def test_a_raster_bit_of_one_is_a_black_dot() -> None:
    (event,) = EscposDecoder().feed(bytes.fromhex("1d763000010002008001"))

    assert isinstance(event, Raster)
    assert event.image.size == (8, 2)
    assert [event.image.getpixel(at) for at in ((0, 0), (1, 0), (7, 1), (6, 1))] == [0, 255, 0, 255]


@given(st.lists(st.sampled_from([data for data, _ in KNOWN] + ["1d763000010002008001"])), st.data())
def test_any_split_of_the_bytes_gives_the_same_events(commands: list[str], data: st.DataObject) -> None:
    stream = bytes.fromhex("".join(commands))
    cut = data.draw(st.integers(0, len(stream)))
    whole, pieces = EscposDecoder(), EscposDecoder()

    expected = [repr(type(event)) for event in whole.feed(stream)]
    got = [repr(type(event)) for part in (stream[:cut], stream[cut:]) for event in pieces.feed(part)]

    assert expected == got


@given(st.binary(max_size=200))
def test_no_bytes_make_it_fail(data: bytes) -> None:
    decoder = EscposDecoder()
    for byte in data:
        decoder.feed(bytes((byte,)))

    assert decoder.idle or decoder.feed(b"") == []
