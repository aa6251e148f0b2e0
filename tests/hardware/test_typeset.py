"""Slips are readable: no letter cut off, no amount broken, nothing over the edge."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageOps

from hardware.printer.document import Align, Columns, Document, Feed, Qr, Rule, Size, Text
from hardware.printer.typeset import Typesetter, render, stack, wrap

LETTERS = "aàáảãạăằắẳẵặâầấẩẫậđeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵ"
PRINTED = LETTERS + LETTERS.upper() + "0123456789₫.,-–—·…/():#&@%+*'\"!?"
WIDTHS = (384, 512, 576)


def ink(picture: Image.Image) -> tuple[int, int, int, int] | None:
    return ImageOps.invert(picture.convert("L")).getbbox()


def ink_size(picture: Image.Image) -> tuple[int, int]:
    left, top, right, bottom = ink(picture) or (0, 0, 0, 0)
    return right - left, bottom - top


@pytest.mark.parametrize("size", Size)
@pytest.mark.parametrize("bold", [False, True])
def test_no_letter_is_clipped_by_its_line(font_dir: Path, size: Size, bold: bool) -> None:
    setter = Typesetter(font_dir, 576)
    face = setter._face(size, bold)

    for letter in PRINTED:
        free = Image.new("1", (300, 300), 1)
        ImageDraw.Draw(free).text((150, 150), letter, 0, face.font, anchor="ls")
        for text in (Text(letter, size, bold), Text(letter, size, bold, Align.RIGHT)):
            assert ink_size(setter.strips(text)[0]) == ink_size(free), letter


def test_every_vietnamese_letter_has_its_own_picture(font_dir: Path) -> None:
    setter = Typesetter(font_dir, 384)
    for size in (Size.SMALL, Size.NORMAL):
        pictures = {setter.strips(Text(c, size))[0].tobytes() for c in LETTERS + LETTERS.upper() + "\u2603"}

        assert len(pictures) == len(LETTERS) * 2 + 1


def test_composed_and_decomposed_letters_print_alike(font_dir: Path) -> None:
    text = "Phiếu quà tặng đã dùng"
    one, other = (
        render(Document((Text(unicodedata.normalize(form, text)),)), 384, font_dir) for form in ("NFC", "NFD")
    )

    assert one.tobytes() == other.tobytes()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(st.text(st.sampled_from(PRINTED), min_size=1, max_size=40), min_size=1, max_size=8),
    width_dots=st.sampled_from(WIDTHS),
    size=st.sampled_from(Size),
)
def test_wrapped_lines_fit_and_lose_nothing(font_dir: Path, words: list[str], width_dots: int, size: Size) -> None:
    face = Typesetter(font_dir, width_dots)._face(size, bold=True)
    lines = wrap(" ".join(words), face, width_dots)

    assert all(face.width(line) <= width_dots for line in lines)
    assert "".join(lines).replace(" ", "") == "".join(words)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    left=st.text(st.sampled_from(LETTERS + " "), max_size=60),
    amount=st.integers(0, 10**9).map(lambda n: f"{n:,} ₫".replace(",", ".")),
    width_dots=st.sampled_from(WIDTHS),
    size=st.sampled_from([Size.SMALL, Size.NORMAL, Size.LARGE]),
)
def test_an_amount_is_never_cut_nor_touched_by_its_label(
    font_dir: Path, left: str, amount: str, width_dots: int, size: Size
) -> None:
    setter = Typesetter(font_dir, width_dots)
    last = setter.strips(Columns(left, amount, size))[-1]
    alone = setter.strips(Text(amount, size, align=Align.RIGHT))[0]

    bounds = ink(alone)
    assert bounds is not None
    room = (bounds[0] - 6, 0, width_dots, last.height)
    assert last.crop(room).tobytes() == alone.crop(room).tobytes()


def test_a_value_wider_than_the_paper_is_set_smaller_before_it_is_broken(font_dir: Path) -> None:
    setter = Typesetter(font_dir, 384)

    strips = setter.strips(Columns("Mã", "HCM01-02-261121-0042", Size.HUGE))
    overlong = setter.strips(Columns("Mã", "X" * 90, Size.NORMAL))

    assert len(strips) == 2
    assert len(overlong) > 3


def test_a_long_label_gives_way_to_its_amount_on_a_line_below(font_dir: Path) -> None:
    strips = Typesetter(font_dir, 384).strips(Columns("Phiếu quà tặng Got It mệnh giá một trăm nghìn", "100.000 ₫"))

    assert len(strips) > 1
    assert ink(strips[-1].crop((250, 0, 384, strips[-1].height))) is not None


def test_a_centred_line_stands_in_the_middle_without_a_lonely_word(font_dir: Path) -> None:
    strips = Typesetter(font_dir, 576).strips(
        Text("Cửa hàng Nguyễn Huệ · 72 Nguyễn Huệ, P. Bến Nghé, Quận 1", Size.SMALL, align=Align.CENTER)
    )

    for strip in strips:
        bounds = ink(strip)
        assert bounds is not None
        assert abs(bounds[0] - (576 - bounds[2])) <= 4
        assert bounds[2] - bounds[0] > 150


@pytest.mark.parametrize("width_dots", WIDTHS)
def test_a_qr_code_is_read_back_by_an_independent_reader(font_dir: Path, width_dots: int) -> None:
    for data in ("HCM01-02-261121-0042", "A", "https://example.vn/kiểm-tra?mã=" + "x" * 200):
        page = render(Document((Text("Hoá đơn"), Qr(data), Text("hết"))), width_dots, font_dir)

        assert [code.text for code in zxingcpp.read_barcodes(page.convert("L"))] == [data]


def test_rules_feeds_and_control_characters(font_dir: Path) -> None:
    setter = Typesetter(font_dir, 384)
    plain = setter.page(Document((Rule(), Feed(40), Text("ab"))))
    noisy = setter.page(Document((Rule(), Feed(40), Text("a\x00\x1b\x7fb"))))

    assert plain.tobytes() == noisy.tobytes()
    assert ink(setter.strips(Rule(dashed=True))[0]) is not None
    assert ink(stack(setter.strips(Feed(40)), 384)) is None
    assert setter.strips(Feed(0)) == []
