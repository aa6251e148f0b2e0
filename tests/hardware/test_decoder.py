"""The virtual printer reads what the manual says, complains about the rest, and never falls over."""

from __future__ import annotations

import contextlib
import io
from itertools import groupby
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from hardware.printer.codepages import DONG, ENCODINGS, VIETNAMESE, TextPage
from hardware.printer.escpos import _load_escpos
from hardware.virtual.decoder import EscposDecoder
from hardware.virtual.events import (
    AsbSet,
    BarsPrinted,
    Characters,
    ColumnImage,
    Event,
    Fed,
    IdAsked,
    Initialised,
    LineFeed,
    Mode,
    NotUnderstood,
    PaperCut,
    ProcessIdSet,
    Pulse,
    QrPrinted,
    Raster,
    Recovered,
    StatusAsked,
    Tab,
)
from hardware.virtual.pages import decode
from hardware.virtual.paper import Build, Slip
from hardware.virtual.printer import PrinterBrain

KNOWN: list[tuple[str, list[Event]]] = [
    ("1b40", [Initialised()]),
    ("1b6101", [Mode("align", 1)]),
    ("1b6402", [Fed(2, in_lines=True)]),
    ("1b4a18", [Fed(24)]),
    ("48690a", [Characters(b"Hi"), LineFeed()]),
    ("48690d09", [Characters(b"Hi"), Tab()]),
    ("1b33 1e 1b32", [Mode("line_spacing", 30), Mode("line_spacing", -1)]),
    ("1b70003232", [Pulse(2)]),
    ("1b70013232", [Pulse(5)]),
    ("1014010001", [Pulse(2, realtime=True)]),
    ("1014 08 01 03 14 01 06 02 08", [Recovered(2)]),
    ("100502", [Recovered(2)]),
    ("1d5600", [PaperCut()]),
    ("1d5601", [PaperCut(partial=True)]),
    ("1d564203", [Fed(3), PaperCut(partial=True)]),
    ("1b69 1b6d", [PaperCut(), PaperCut(partial=True)]),
    ("100401", [StatusAsked(1, realtime=True)]),
    ("1d7201", [StatusAsked(1, realtime=False)]),
    ("1d4943", [IdAsked(67)]),
    ("1d61ff", [AsbSet(255)]),
    ("1d284806003030 41424344", [ProcessIdSet(b"ABCD")]),
    ("1b4501", [Mode("bold", 1)]),
    ("1b741e 1b2110 1d2111", [Mode("code_page", 30), Mode("print_mode", 16), Mode("character_size", 17)]),
    ("1c2e 1c26", [Mode("kanji", 0), Mode("kanji", 1)]),
    ("1d50b4b4", [Mode("unit_x", 180), Mode("unit_y", 180)]),
    ("1b240801 1d4c1000 1d574002", [Mode("position", 264), Mode("left_margin", 16), Mode("area_width", 576)]),
    ("1d6b 49 05 7b42414243", [BarsPrinted(73, b"{BABC")]),
    ("1d6b 02 34303036333831333333393331 00", [BarsPrinted(67, b"4006381333931")]),
    ("1b44081000", []),
    (
        "1d286b0400314132001d286b0300314306" + "1d286b03003145311d286b050031503041421d286b0300315130",
        [QrPrinted("AB", 6, "M")],
    ),
]
UNKNOWN = [
    "1b7f", "1d763004010001000f", "1d763000ffffffff", "100409", "100509", "101409", "07", "1b6109", "1d5609", "1b4c",
    "1d286b0300319930", "1d284101004100", "1d6b2041", "1d284806003130 41424344", "1d384cffffffff", "1c7001 00",
    "1b2a400100", "1d284c02003032",
]  # fmt: skip


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


def test_the_first_bit_of_a_column_is_its_top_dot() -> None:
    (event,) = EscposDecoder().feed(bytes.fromhex("1b2a210200 800000 000001"))

    assert isinstance(event, ColumnImage)
    assert event.image.size == (2, 24)
    assert [event.image.getpixel(at) for at in ((0, 0), (0, 23), (1, 0), (1, 23))] == [0, 255, 255, 0]


@given(st.lists(st.sampled_from([data for data, _ in KNOWN] + ["1d763000010002008001"])), st.data())
def test_any_split_of_the_bytes_gives_the_same_events(commands: list[str], data: st.DataObject) -> None:
    stream = bytes.fromhex("".join(commands))
    cut = data.draw(st.integers(0, len(stream)))
    whole, pieces = EscposDecoder(), EscposDecoder()

    def kinds(events: list[Event]) -> list[type[Event]]:
        return [kind for kind, _ in groupby(events, type)]

    got = [event for part in (stream[:cut], stream[cut:]) for event in pieces.feed(part)]

    assert kinds(whole.feed(stream)) == kinds(got)


@given(st.binary(max_size=200))
def test_no_bytes_make_it_fail(data: bytes) -> None:
    decoder = EscposDecoder()
    for byte in data:
        decoder.feed(bytes((byte,)))

    assert decoder.idle or decoder.feed(b"") == []


# ------------------------------------------------------------ what other encoders send


def printed_by_escpos(cache_dir: Path, write: str, **values: object) -> Slip:
    """The slip that python-escpos' own calls come to; ``write`` is a call of its printer object."""
    dummy, _ = _load_escpos(cache_dir)
    printer = dummy()
    with contextlib.redirect_stdout(io.StringIO()):  # it prints remarks
        eval(write, {"p": printer, **values})  # noqa: S307  our own text
        printer.cut()
    brain = PrinterBrain(576)
    brain.receive(bytes(printer.output))
    (slip,) = brain.slips
    assert slip.not_understood == ()
    return slip


@pytest.mark.parametrize("way", ["bitImageRaster", "graphics", "bitImageColumn"])
def test_pictures_of_python_escpos_come_out_dot_for_dot(way: str, cache_dir: Path) -> None:
    picture = Image.new("1", (200, 240), 255)
    picture.paste(0, (10, 10, 60, 200))
    picture.paste(0, (150, 100, 151, 230))

    slip = printed_by_escpos(cache_dir, "p.image(picture, impl=way)", picture=picture, way=way)

    assert slip.image.crop((0, 0, 200, 240)).tobytes() == picture.tobytes()


@pytest.mark.parametrize(
    ("write", "says"),
    [
        ("p.qr('HN03-0042', native=True, size=6)", "HN03-0042"),
        ("p.qr('HN03-0042', native=False, size=6)", "HN03-0042"),
        ("p.barcode('4006381333931', 'EAN13', width=2)", "4006381333931"),
        ("p.barcode('{BHN03-0042', 'CODE128', function_type='B', width=2)", "HN03-0042"),
        ("p.barcode('{CHNHNHN', 'CODE128', function_type='B', width=2, check=False)", "727872787278"),
    ],
)
def test_codes_of_python_escpos_scan_from_the_paper(write: str, says: str, cache_dir: Path) -> None:
    slip = printed_by_escpos(cache_dir, write)

    read = [code.text for code in zxingcpp.read_barcodes(slip.image.convert("L"))]
    assert read == [says]


def test_the_settings_of_python_escpos_are_understood(cache_dir: Path) -> None:
    slip = printed_by_escpos(
        cache_dir,
        "(p.set_with_default(bold=True, underline=1, custom_size=True, width=2, height=2, smooth=True, density=8), "
        "p.text('phiếu quà tặng\\n'), p.line_spacing(40, divisor=180), p.line_spacing(), p.panel_buttons(False), "
        "p.charcode('CP1258'), p.ln(2), p.control('HT'), p.buzzer(1, 1), p.hw('SELECT'), p.cashdraw(5))",
    )

    assert slip.texts[0] == "phiếu quà tặng"
    assert slip.pulses == (5,)


# ------------------------------------------------------------ letters


def test_two_tables_typed_off_apart_agree_on_every_letter() -> None:
    pages = {"tcvn3": ("tcvn3-small", "tcvn3-capitals"), "tcvn5712-3": ("tcvn5712",)}
    for encoding, tables in ENCODINGS.items():
        for table, page in zip(tables, pages.get(encoding, (encoding,)), strict=True):
            assert {letter: decode(data, page) for letter, data in table.items()} == {
                letter: letter for letter in table
            }


@pytest.mark.parametrize(("encoding", "numbers"), [("tcvn3", (30, 31)), ("cp1258", (52,))])
def test_every_letter_of_a_page_is_printed_as_itself(encoding: str, numbers: tuple[int, ...], font_dir: Path) -> None:
    page = TextPage(encoding, numbers)
    text = "".join(letter for letter in VIETNAMESE + VIETNAMESE.upper() + DONG if page.has(letter))
    brain = PrinterBrain(build=Build(width_dots=832, font=font_dir / "BeVietnamPro-Regular.ttf"))

    brain.receive(page.encode(text) + b"\n\x1dV\x00")

    assert "".join(brain.slips[0].texts) == text
    assert len(text) >= 178


def test_a_page_that_the_printer_does_not_have_prints_no_letters() -> None:
    brain = PrinterBrain(576)
    brain.receive(b"\x1bt\x1bPhi\xd5u\n\x1dV\x00")

    assert brain.slips[0].texts == ("Phi\u25a1u",)


def test_a_chinese_printer_makes_two_bytes_one_sign_until_it_is_told_not_to() -> None:
    texts: list[str] = []
    for off in (b"", b"\x1c."):
        brain = PrinterBrain(build=Build(kanji=True))
        brain.receive(off + b"\x1bt\x1e\xd5\xd5\n\x1dV\x00")
        texts += brain.slips[0].texts

    assert len(texts[0]) == 1
    assert texts[1] == "ếế"


def test_long_lines_are_broken_by_the_printer_not_lost() -> None:
    brain = PrinterBrain(576)
    brain.receive(b"x" * 100 + b"\n\x1dV\x00")

    assert [len(text) for text in brain.slips[0].texts] == [48, 48, 4]


def test_margins_position_and_alignment_move_what_is_printed() -> None:
    dot = b"\x1dv0\x00\x01\x00\x01\x00\xff"
    lefts = []
    for move in (b"", b"\x1b$\x40\x00", b"\x1dL\x20\x00", b"\x1ba\x02", b"\x1dL\x20\x00\x1dW\x00\x01\x1ba\x01"):
        brain = PrinterBrain(576)
        brain.receive(move + dot + b"\x1dV\x00")
        row = brain.slips[0].image.convert("L").tobytes()
        lefts.append(row.index(0))

    assert lefts == [0, 64, 32, 568, 32 + 124]


def test_feeds_count_half_dots_on_an_epson_until_it_is_told_otherwise() -> None:
    heights = []
    for units in (b"", b"\x1dP\xb4\xb4"):
        brain = PrinterBrain(build=Build(width_dots=512, dpi=180, units_per_inch=360))
        brain.receive(units + b"\x1dv0\x00\x01\x00\x01\x00\xff\x1bJ\x64\x1dV\x00")
        heights.append(brain.slips[0].image.height)

    assert heights == [51, 101]
