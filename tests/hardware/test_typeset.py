"""Slips are readable: no letter cut off, no amount broken, nothing over the edge."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from hardware.printer.document import Align, Code128, Columns, Document, Feed, Logo, Qr, Rule, Size, Text
from hardware.printer.profile import PrinterProfile
from hardware.printer.typeset import Strip, Typesetter, render
from hardware.printer.wrapping import wrap
from tests.hardware.profiles import PAPER_58, PAPER_80, PAPER_80_512, TM_T82, TM_T88, TM_T88_58

LETTERS = "aàáảãạăằắẳẵặâầấẩẫậđeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵ"
PRINTED = LETTERS + LETTERS.upper() + "0123456789₫.,-–—·…/():#&@%+*'\"!?"
PROFILES = (PAPER_58, PAPER_80_512, PAPER_80, TM_T88_58, TM_T88, TM_T82)


def ink(strip: Strip) -> tuple[int, int, int, int] | None:
    return strip.at_full_size().getbbox()


def ink_size(box: tuple[int, int, int, int] | None) -> tuple[int, int]:
    left, top, right, bottom = box or (0, 0, 0, 0)
    return right - left, bottom - top


@pytest.mark.parametrize("size", Size)
@pytest.mark.parametrize("bold", [False, True])
def test_no_letter_is_clipped_by_its_line(font_dir: Path, size: Size, bold: bool) -> None:
    setter = Typesetter(font_dir, PAPER_80)
    face = setter._face(size, bold)

    for letter in PRINTED:
        free = Image.new("1", (300, 300), 0)
        draw = ImageDraw.Draw(free)
        draw.fontmode = "1"
        draw.text((150, 150), letter, 255, face.font, anchor="ls")
        alone = ink_size(free.getbbox())
        for text in (Text(letter, size, bold), Text(letter, size, bold, Align.RIGHT)):
            width, height = ink_size(ink(setter.strips(text)[0]))
            # A letter with marks stands on the body of the plain one: a dot more or less than the font alone gives it.
            assert abs(width - alone[0]) <= 1, letter
            assert abs(height - alone[1]) <= 1, letter
        assert face.glyph(letter).top >= -face.baseline_dots, letter
        assert face.glyph(letter).top + ink_size(free.getbbox())[1] <= face.line_dots - face.baseline_dots + 1, letter


@pytest.mark.parametrize("profile", [PAPER_58, PAPER_80, TM_T88], ids=lambda profile: profile.name)
@pytest.mark.parametrize("bold", [False, True])
def test_letters_with_marks_stand_on_the_same_line_as_those_without(
    font_dir: Path, profile: PrinterProfile, bold: bool
) -> None:
    for size in Size:
        face = Typesetter(font_dir, profile)._face(size, bold)
        for letter in LETTERS + LETTERS.upper():
            parts = unicodedata.normalize("NFD", letter)
            if "\u0323" not in parts:  # the dot below ends lower
                glyph, plain = face.glyph(letter), face.glyph(parts[0])
                assert glyph.picture is not None
                assert plain.picture is not None
                assert glyph.top + glyph.picture.height == plain.top + plain.picture.height, (letter, size)


@pytest.mark.parametrize("profile", [PAPER_58, TM_T88], ids=lambda profile: profile.name)
def test_every_vietnamese_letter_has_its_own_picture(font_dir: Path, profile: PrinterProfile) -> None:
    setter = Typesetter(font_dir, profile)
    for size in (Size.SMALL, Size.NORMAL):
        pictures = {setter.strips(Text(c, size))[0].picture.tobytes() for c in LETTERS + LETTERS.upper() + "\u2603"}

        assert len(pictures) == len(LETTERS) * 2 + 1


@pytest.mark.parametrize("profile", [PAPER_58, TM_T88], ids=lambda profile: profile.name)
def test_a_tilde_keeps_its_wave_in_the_reading_sizes(font_dir: Path, profile: PrinterProfile) -> None:
    for size in (Size.SMALL, Size.NORMAL):
        for bold in (False, True):
            face = Typesetter(font_dir, profile)._face(size, bold)
            for letter in "ãẽĩõũỹ":
                glyph, body = face.glyph(letter), face.glyph(unicodedata.normalize("NFD", letter)[0].replace("i", "ı"))
                assert glyph.picture is not None
                mark = glyph.picture.crop((0, 0, glyph.picture.width, body.top - glyph.top))
                box = mark.crop(mark.getbbox())
                assert box.histogram()[-1] < 0.87 * box.width * box.height, (letter, size, bold)


def test_composed_and_decomposed_letters_print_alike(font_dir: Path) -> None:
    text = "Phiếu quà tặng đã dùng"
    one, other = (
        render(Document((Text(unicodedata.normalize(form, text)),)), PAPER_58, font_dir) for form in ("NFC", "NFD")
    )

    assert one.tobytes() == other.tobytes()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(st.text(st.sampled_from(PRINTED), min_size=1, max_size=40), min_size=1, max_size=8),
    profile=st.sampled_from(PROFILES),
    size=st.sampled_from(Size),
)
def test_wrapped_lines_fit_and_lose_nothing(
    font_dir: Path, words: list[str], profile: PrinterProfile, size: Size
) -> None:
    face = Typesetter(font_dir, profile)._face(size, bold=True)
    lines = wrap(" ".join(words), face.width, profile.width_dots)

    assert all(face.width(line) <= profile.width_dots for line in lines)
    assert "".join(lines).replace(" ", "") == "".join(words)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    left=st.text(st.sampled_from(LETTERS + " "), max_size=60),
    amount=st.integers(0, 10**9).map(lambda n: f"{n:,} ₫".replace(",", ".")),
    profile=st.sampled_from(PROFILES),
    size=st.sampled_from([Size.SMALL, Size.NORMAL, Size.LARGE]),
)
def test_an_amount_is_never_cut_nor_touched_by_its_label(
    font_dir: Path, left: str, amount: str, profile: PrinterProfile, size: Size
) -> None:
    setter = Typesetter(font_dir, profile)
    last = setter.strips(Columns(left, amount, size))[-1]
    alone = setter.strips(Text(amount, size, align=Align.RIGHT))[0]

    bounds = ink(alone)
    assert bounds is not None
    room = (bounds[0] - 6, 0, profile.width_dots, last.height_dots)
    assert last.picture.crop(room).tobytes() == alone.picture.crop(room).tobytes()


def test_a_value_wider_than_the_paper_is_set_smaller_before_it_is_broken(font_dir: Path) -> None:
    setter = Typesetter(font_dir, PAPER_58)

    strips = setter.strips(Columns("Mã", "HCM01-02-261121-0042", Size.HUGE))
    overlong = setter.strips(Columns("Mã", "X" * 90, Size.NORMAL))

    assert len(strips) == 2
    assert len(overlong) > 3


def test_a_long_label_gives_way_to_its_amount_on_a_line_below(font_dir: Path) -> None:
    strips = Typesetter(font_dir, PAPER_58).strips(
        Columns("Phiếu quà tặng Got It mệnh giá một trăm nghìn", "100.000 ₫")
    )

    assert len(strips) > 1
    assert strips[-1].picture.crop((250, 0, 384, strips[-1].height_dots)).getbbox() is not None


def test_a_centred_line_stands_in_the_middle_without_a_lonely_word(font_dir: Path) -> None:
    strips = Typesetter(font_dir, PAPER_80).strips(
        Text("Cửa hàng Nguyễn Huệ · 72 Nguyễn Huệ, P. Bến Nghé, Quận 1", Size.SMALL, align=Align.CENTER)
    )

    for strip in strips:
        bounds = ink(strip)
        assert bounds is not None
        assert abs(bounds[0] - (576 - bounds[2])) <= 4
        assert bounds[2] - bounds[0] > 150


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_a_qr_code_is_read_back_by_an_independent_reader(font_dir: Path, profile: PrinterProfile) -> None:
    for data in ("HCM01-02-261121-0042", "A", "https://example.vn/kiểm-tra?mã=" + "x" * 200):
        page = render(Document((Text("Hoá đơn"), Qr(data), Text("hết"))), profile, font_dir)

        assert [code.text for code in zxingcpp.read_barcodes(page.convert("L"))] == [data]


def test_rules_feeds_and_control_characters(font_dir: Path) -> None:
    setter = Typesetter(font_dir, PAPER_58)
    plain = setter.page(Document((Rule(), Feed(40), Text("ab"))))
    noisy = setter.page(Document((Rule(), Feed(40), Text("a\x00\x1b\x7fb"))))

    assert plain.tobytes() == noisy.tobytes()
    assert any(ink(strip) for strip in setter.strips(Rule(dashed=True)))
    assert [ink(strip) for strip in setter.strips(Feed(40))] == [None]
    assert setter.strips(Feed(0)) == []


@pytest.mark.parametrize("size", [Size.SMALL, Size.NORMAL])
def test_letters_are_as_high_on_180_dpi_as_on_203(font_dir: Path, size: Size) -> None:
    heights_mm = []
    for profile in (TM_T82, TM_T88):
        _, top, _, bottom = ink(Typesetter(font_dir, profile).strips(Text("ẤH", size))[0]) or (0, 0, 0, 0)
        heights_mm.append((bottom - top) * 25.4 / profile.dpi)

    assert abs(heights_mm[0] - heights_mm[1]) < 0.25


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_bars_are_read_back_or_become_a_qr_code_on_narrow_paper(font_dir: Path, profile: PrinterProfile) -> None:
    for data in ("HN03-0042", "HN03-T2-20261121-000148", "x" * 80):
        page = render(Document((Text("Hoá đơn"), Code128(data), Text("hết"))), profile, font_dir)

        assert [code.text for code in zxingcpp.read_barcodes(page.convert("L"))] == [data]


def test_a_qr_code_is_never_made_smaller_than_asked_while_the_paper_can_hold_it(font_dir: Path) -> None:
    for profile in PROFILES:
        page = render(Document((Qr("HN03-T2-20261121-000148"),)), profile, font_dir)
        (code,) = zxingcpp.read_barcodes(page.convert("L"))
        side_dots = code.position.top_right.x - code.position.top_left.x

        assert side_dots >= 25 * 8 - 2, profile.name


def test_a_logo_is_black_and_white_no_wider_than_the_paper_and_made_once(font_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "logo.png"
    Image.linear_gradient("L").resize((900, 300)).save(file)
    setter = Typesetter(font_dir, PAPER_58)

    (strip,) = setter.strips(Logo(file))
    again = setter._logos.picture(file, 384)

    assert strip.picture.size == (384, 128)
    assert 0.3 < sum(strip.picture.convert("L").tobytes()) / 255 / (384 * 128) < 0.7
    assert again is setter._logos.picture(file, 384)


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40])
def test_a_slip_prints_without_a_logo_that_cannot_be_read(
    font_dir: Path, tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "logo.png"
    file.write_bytes(content)
    setter = Typesetter(font_dir, PAPER_58)

    assert setter.strips(Logo(file)) == []
    assert setter.strips(Logo(tmp_path / "none.png")) == []
    assert "logo left out" in caplog.text
