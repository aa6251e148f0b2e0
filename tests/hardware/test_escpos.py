"""What the encoder sends is, read by an independent decoder, exactly what the preview shows."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from hardware.printer.codepages import TextPage
from hardware.printer.document import Align, Code128, Columns, Cut, Document, DrawerPulse, Feed, Qr, Rule, Size, Text
from hardware.printer.escpos import EscposEncoder, bands, without_realtime
from hardware.printer.profile import PrinterProfile, profile_names
from hardware.printer.typeset import Typesetter
from hardware.virtual.decoder import EscposDecoder
from hardware.virtual.events import Fed, NotUnderstood, PaperCut, Raster
from hardware.virtual.pages import EPSON_PAGES
from hardware.virtual.paper import Build, Slip
from hardware.virtual.printer import PrinterBrain
from tests.hardware.profiles import PAPER_58, PAPER_80, PROFILE_DIR, TM_T82, TM_T88, shipped

LETTERS = "aàáảãạ ăằắẳẵặ âầấẩẫậ đ eèéẻẽẹ êềếểễệ iìíỉĩị oòóỏõọ ôồốổỗộ ơờớởỡợ uùúủũụ ưừứửữự yỳýỷỹỵ"
SLIP = Document(
    (
        Text("QUẦY VOUCHER", Size.LARGE, bold=True, align=Align.CENTER),
        Text("BẢN SAO / COPY", Size.LARGE, bold=True, align=Align.CENTER, inverse=True),
        Columns("Hoá đơn", "HCM01-02-261121-0042"),
        Rule(dashed=True),
        Columns("Phiếu quà tặng Got It ····7K2M", "100.000 ₫"),
        Rule(),
        Columns("TỔNG TRỪ", "1.350.000 ₫", Size.LARGE, bold=True),
        Text(LETTERS),
        Text(LETTERS.upper(), bold=True),
        Feed(30),
        Qr("HCM01-02-261121-0042"),
        Cut(),
    )
)


def printed(data: bytes, profile: PrinterProfile) -> list[Slip]:
    # Epson's feeds count half dots until GS P says otherwise; the others' count dots.
    units = 2 * profile.dpi if profile.motion_units else profile.dpi
    build = Build(width_dots=profile.width_dots, dpi=profile.dpi, units_per_inch=units, kanji=profile.kanji_mode)
    brain = PrinterBrain(build=build)
    assert brain.receive(data) == b""
    brain.line_closed()
    return brain.slips


def pictures_only(profile: PrinterProfile) -> PrinterProfile:
    return replace(profile, native_qr=False, native_code128=False)


@pytest.mark.parametrize("name", profile_names(PROFILE_DIR))
def test_the_paper_is_dot_for_dot_the_preview(name: str, font_dir: Path, cache_dir: Path) -> None:
    profile = pictures_only(shipped(name))
    encoder = EscposEncoder(profile, font_dir, cache_dir)
    preview = encoder.render(SLIP)

    (slip,) = printed(encoder.encode(SLIP), profile)

    assert slip.not_understood == ()
    assert slip.cut == (profile.cutter != "none")
    assert slip.image.height > preview.height  # fed to the cutter
    assert slip.image.crop((0, 0, *preview.size)).tobytes() == preview.tobytes()
    assert slip.texts == ()


@pytest.mark.parametrize("name", profile_names(PROFILE_DIR))
def test_the_bill_number_is_read_back_from_the_paper(name: str, font_dir: Path, cache_dir: Path) -> None:
    profile = shipped(name)

    (slip,) = printed(EscposEncoder(profile, font_dir, cache_dir).encode(SLIP), profile)

    assert [code.text for code in zxingcpp.read_barcodes(slip.image.convert("L"))] == ["HCM01-02-261121-0042"]
    assert slip.qr_codes == (("HCM01-02-261121-0042",) if profile.native_qr else ())
    assert slip.not_understood == ()


@pytest.mark.parametrize("native", [False, True])
@pytest.mark.parametrize("data", ["HN03-0042", "a{b}c", "HN03-T2-20261121-000148"])
def test_bars_are_read_back_from_the_paper(native: bool, data: str, font_dir: Path, cache_dir: Path) -> None:
    profile = replace(PAPER_80, native_code128=native)

    (slip,) = printed(EscposEncoder(profile, font_dir, cache_dir).encode(Document((Code128(data), Cut()))), profile)

    assert [code.text for code in zxingcpp.read_barcodes(slip.image.convert("L"))] == [data]
    assert slip.not_understood == ()
    assert slip.bars == ((data,) if native and len(data) < 20 else ())


def test_white_paper_is_fed_and_not_sent(font_dir: Path, cache_dir: Path) -> None:
    encoder = EscposEncoder(PAPER_80, font_dir, cache_dir)
    short, long = (encoder.encode(Document((Text("a"), Feed(feed), Text("b"), Cut()))) for feed in (10, 3000))

    assert len(long) - len(short) < 50
    assert printed(long, PAPER_80)[0].image.height - printed(short, PAPER_80)[0].image.height == 2990


@pytest.mark.parametrize("profile", [TM_T82, TM_T88], ids=lambda profile: profile.name)
def test_centred_text_costs_no_white_on_its_left_where_the_printer_can_shift(
    profile: PrinterProfile, font_dir: Path, cache_dir: Path
) -> None:
    document = Document((Text("ở giữa", align=Align.CENTER), Cut()))
    plain = len(EscposEncoder(replace(profile, raster_shift=False), font_dir, cache_dir).encode(document))

    assert len(EscposEncoder(profile, font_dir, cache_dir).encode(document)) < 0.5 * plain


@pytest.mark.parametrize("pin", [2, 5])
def test_the_drawer_opens_on_its_pin(pin: int, font_dir: Path, cache_dir: Path) -> None:
    pulse = DrawerPulse(2) if pin == 2 else DrawerPulse(5)
    data = EscposEncoder(PAPER_80, font_dir, cache_dir).encode(Document((Text("Cảm ơn"), pulse, Cut())))

    assert printed(data, PAPER_80)[0].pulses == (pin,)


def test_a_drawer_is_pulsed_on_the_pin_that_the_printer_has_or_not_at_all(font_dir: Path, cache_dir: Path) -> None:
    document = Document((Text("Cảm ơn"), DrawerPulse(5), Cut()))
    for pins, pulses in (((2,), (2,)), ((), ())):
        profile = replace(PAPER_80, drawer_pins=pins)
        assert printed(EscposEncoder(profile, font_dir, cache_dir).encode(document), profile)[0].pulses == pulses


@pytest.mark.parametrize("cutter", ["full", "partial"])
def test_the_cut_goes_as_deep_as_the_printer_can(cutter: str, font_dir: Path, cache_dir: Path) -> None:
    events = EscposDecoder().feed(EscposEncoder(replace(PAPER_80, cutter=cutter), font_dir, cache_dir).encode(SLIP))

    assert [event for event in events if isinstance(event, PaperCut)] == [PaperCut(partial=cutter == "partial")]


def test_a_printer_without_a_cutter_is_fed_to_its_tear_bar(font_dir: Path, cache_dir: Path) -> None:
    profile = replace(PAPER_58, cutter="none")
    events = EscposDecoder().feed(EscposEncoder(profile, font_dir, cache_dir).encode(SLIP))

    assert not any(isinstance(event, PaperCut | NotUnderstood) for event in events)
    assert isinstance(events[-1], Fed)


def test_no_picture_is_taller_or_wider_than_the_printer_takes(font_dir: Path, cache_dir: Path) -> None:
    profile = replace(PAPER_58, band_dots=100)
    events = EscposDecoder().feed(EscposEncoder(profile, font_dir, cache_dir).encode(SLIP))
    pictures = [event for event in events if isinstance(event, Raster)]

    assert len(pictures) > 10
    assert all(event.image.height * event.down <= 100 for event in pictures)
    assert all(event.image.width * event.across <= 384 for event in pictures)


def test_each_line_of_text_is_one_picture(font_dir: Path, cache_dir: Path) -> None:
    encoder = EscposEncoder(PAPER_80, font_dir, cache_dir)
    events = EscposDecoder().feed(encoder.encode(Document((Text(LETTERS * 4),))))
    lines = Typesetter(font_dir, PAPER_80).strips(Text(LETTERS * 4))

    assert sum(isinstance(event, Raster) for event in events) == len(lines) > 4


def test_a_black_page_is_split_all_the_same() -> None:
    assert list(bands(Image.new("1", (384, 1000), 255), 0, 1000, 256)) == [
        (0, 256), (256, 512), (512, 768), (768, 1000),
    ]  # fmt: skip


@given(st.lists(st.sampled_from([0x10, 0x04, 0x05, 0x14, 0x01, 0x02, 0x00, 0x08]), max_size=60).map(bytes))
def test_no_picture_holds_what_a_printer_obeys_in_real_time(dots: bytes) -> None:
    safe = without_realtime(dots)
    brain = PrinterBrain(64)

    assert brain.receive(b"\x1dv0\x00\x01\x00" + bytes((len(safe) + 1, 0)) + safe + b"\xff\x1dV\x00") == b""
    assert brain.slips[0].pulses == ()
    assert all(new in (old, 0x18) for new, old in zip(safe, dots, strict=True))


@pytest.mark.parametrize(
    ("encoding", "numbers", "pages"),
    [
        ("tcvn3", (30, 31), {}),
        ("cp1258", (52,), {}),
        ("tcvn5712", (27,), {27: "tcvn5712"}),
        ("viscii", (27,), {27: "viscii"}),
    ],
)
def test_lines_in_a_proven_code_page_are_text_and_all_others_pictures(
    encoding: str, numbers: tuple[int, ...], pages: dict[int, str], font_dir: Path, cache_dir: Path
) -> None:
    encoder = EscposEncoder(PAPER_80, font_dir, cache_dir, page=TextPage(encoding, numbers))
    data = encoder.encode(
        Document((Text("Hoá đơn số 1"), Columns("Tổng cộng", "50.000 ₫"), Text("Ỵ có ☃ không"), Cut()))
    )
    brain = PrinterBrain(build=Build(pages={**EPSON_PAGES, **pages}, kanji=True))
    brain.receive(data)
    (slip,) = brain.slips

    amount = "50.000 đ"  # no page has the sign for sure
    assert slip.texts == ("Hoá đơn số 1", "Tổng cộng".ljust(48 - len(amount)) + amount)
    assert slip.not_understood == ()
    assert len(data) < 4_000


_PROBE = """
import logging, sys, tempfile
from pathlib import Path
from hardware.printer.document import Document, Text
from hardware.printer.escpos import EscposEncoder
from hardware.printer.profile import PrinterProfile
assert "escpos" not in sys.modules
profile = PrinterProfile(name="x", label="x", paper_mm=80, width_dots=576)
EscposEncoder(profile, Path(sys.argv[1]), Path(sys.argv[2])).encode(Document((Text("x"),)))
assert logging.getLogger().handlers == []
print("escpos.printer.dummy" in sys.modules)
"""


def _loaded(font_dir: Path, cache: Path, temporary: Path) -> tuple[str, str, int]:
    """The encoder loaded by a new process: what it said, what went wrong, its status."""
    done = subprocess.run(
        [sys.executable, "-c", _PROBE, str(font_dir), str(cache)],
        env={"TMPDIR": str(temporary), "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip(), done.stderr, done.returncode


def test_the_encoder_library_leaves_no_trace_but_its_cache(font_dir: Path, tmp_path: Path) -> None:
    temporary, cache = tmp_path / "tmp", tmp_path / "cache"
    temporary.mkdir()

    for _ in range(2):
        assert _loaded(font_dir, cache, temporary) == ("True", "", 0)

    assert list(temporary.iterdir()) == []
    assert [path.suffix for path in cache.iterdir()] == [".pickle"]
    assert cache.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("share", [0.0, 0.4])
def test_half_a_cache_that_a_killed_program_left_is_made_anew(font_dir: Path, tmp_path: Path, share: float) -> None:
    cache = tmp_path / "cache"
    assert _loaded(font_dir, cache, tmp_path) == ("True", "", 0)
    (pickle,) = cache.iterdir()
    whole = pickle.read_bytes()
    pickle.write_bytes(whole[: int(len(whole) * share)])

    assert _loaded(font_dir, cache, tmp_path) == ("True", "", 0)

    assert pickle.read_bytes() == whole
