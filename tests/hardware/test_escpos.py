"""What the encoder sends is, read by an independent decoder, exactly what the preview shows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from hardware.printer.document import Align, Columns, Cut, Document, DrawerPulse, Feed, Qr, Rule, Size, Text
from hardware.printer.escpos import EscposEncoder, bands
from hardware.printer.profile import PAPER_58, PAPER_80, PAPER_80_512, PrinterProfile
from hardware.virtual.decoder import EscposDecoder, FeedDots, NotUnderstood, PaperCut, Raster
from hardware.virtual.paper import Slip
from hardware.virtual.printer import PrinterBrain

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


def printed(data: bytes, width_dots: int) -> list[Slip]:
    brain = PrinterBrain(width_dots)
    assert brain.receive(data) == b""
    brain.line_closed()
    return brain.slips


@pytest.mark.parametrize("profile", [PAPER_58, PAPER_80, PAPER_80_512], ids=lambda profile: profile.name)
def test_the_paper_is_dot_for_dot_the_preview(profile: PrinterProfile, font_dir: Path, cache_dir: Path) -> None:
    encoder = EscposEncoder(profile, font_dir, cache_dir)

    (slip,) = printed(encoder.encode(SLIP), profile.width_dots)

    assert slip.not_understood == ()
    assert slip.cut
    assert slip.raster.size == encoder.render(SLIP).size
    assert slip.raster.tobytes() == encoder.render(SLIP).tobytes()
    assert slip.texts == ()


@pytest.mark.parametrize("native", [False, True])
def test_the_bill_number_is_read_back_from_the_paper(native: bool, font_dir: Path, cache_dir: Path) -> None:
    profile = PrinterProfile("test", 576, native_qr=native)

    (slip,) = printed(EscposEncoder(profile, font_dir, cache_dir).encode(SLIP), 576)

    assert [code.text for code in zxingcpp.read_barcodes(slip.image.convert("L"))] == ["HCM01-02-261121-0042"]
    assert slip.qr_codes == (("HCM01-02-261121-0042",) if native else ())
    assert slip.not_understood == ()


@pytest.mark.parametrize("pin", [2, 5])
def test_the_drawer_opens_on_its_pin(pin: int, font_dir: Path, cache_dir: Path) -> None:
    pulse = DrawerPulse(2) if pin == 2 else DrawerPulse(5)
    data = EscposEncoder(PAPER_80, font_dir, cache_dir).encode(Document((Text("Cảm ơn"), pulse, Cut())))

    assert printed(data, 576)[0].pulses == (pin,)


def test_a_printer_without_a_cutter_is_fed_to_its_tear_bar(font_dir: Path, cache_dir: Path) -> None:
    profile = PrinterProfile("58mm-tear", 384, has_cutter=False)
    events = EscposDecoder().feed(EscposEncoder(profile, font_dir, cache_dir).encode(SLIP))

    assert not any(isinstance(event, PaperCut | NotUnderstood) for event in events)
    assert isinstance(events[-1], FeedDots)


def test_no_picture_is_taller_or_wider_than_the_printer_takes(font_dir: Path, cache_dir: Path) -> None:
    profile = PrinterProfile("small-buffer", 384, band_dots=100)
    events = EscposDecoder().feed(EscposEncoder(profile, font_dir, cache_dir).encode(SLIP))
    pictures = [event.image for event in events if isinstance(event, Raster)]

    assert all(picture.height <= 100 and picture.width <= 384 for picture in pictures)


def test_pictures_are_split_between_lines_of_text(font_dir: Path, cache_dir: Path) -> None:
    page = EscposEncoder(PAPER_80, font_dir, cache_dir).render(Document((Text(LETTERS * 4),)))
    seams = [band.crop((0, band.height - 1, band.width, band.height)) for band in bands(page, 120)]

    assert all(set(seam.convert("L").tobytes()) == {255} for seam in seams)
    assert sum(band.height for band in bands(page, 120)) == page.height


def test_a_black_page_is_split_all_the_same() -> None:
    page = Image.new("1", (384, 1000), 0)

    assert [band.height for band in bands(page, 256)] == [256, 256, 256, 232]


_PROBE = """
import logging, sys, tempfile
from pathlib import Path
from hardware.printer.document import Document, Text
from hardware.printer.escpos import EscposEncoder
from hardware.printer.profile import PAPER_80
assert "escpos" not in sys.modules
EscposEncoder(PAPER_80, Path(sys.argv[1]), Path(sys.argv[2])).encode(Document((Text("x"),)))
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
