"""What a scan says: identifiers and separators taken off, the encoding found, and what is no text never a code."""

from __future__ import annotations

import codecs
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.scanner.aim import Symbology
from hardware.scanner.gs1 import Element, element_string, parse_elements
from hardware.scanner.reader import ScanReader
from hardware.scanner.reading import Reading, ReadingKind, ReadingRules, gtin_check_digit_fits, read_bytes, read_text
from hardware.scanner.repeat import RepeatGuard

CODE = "VCH7K2M9XQ1"
GTIN = "08934567890127"


@pytest.mark.parametrize(
    ("identifier", "symbology"),
    [
        ("]C0", Symbology.CODE_128), ("]Q1", Symbology.QR), ("]d1", Symbology.DATA_MATRIX), ("]A0", Symbology.CODE_39),
        ("]I0", Symbology.ITF), ("]L0", Symbology.PDF417), ("]z0", Symbology.AZTEC), ("]X0", Symbology.OTHER),
    ],
)  # fmt: skip
def test_an_aim_identifier_is_taken_off_and_says_what_was_printed(identifier: str, symbology: Symbology) -> None:
    reading = read_text(identifier + CODE)

    assert (reading.kind, reading.text) == (ReadingKind.SCAN, CODE)
    assert (reading.symbology, reading.aim) == (symbology, identifier)


@pytest.mark.parametrize(
    "text", ["]", "]C", "]C0", "]C9ABCDEFGH", "]?0ABCDEFGH", "]c1ABCDEFGH", "C1]ABCDEFGH", "]]C0ABC"]
)
def test_a_code_that_only_looks_like_an_identifier_stays_whole(text: str) -> None:
    reading = read_text(text)

    assert (reading.text, reading.symbology) == (text, Symbology.UNKNOWN)


@given(st.text(string.ascii_letters + string.digits + "]-_", min_size=1, max_size=20))
def test_a_code_comes_out_as_it_went_in_with_and_without_identifier(code: str) -> None:
    assert read_text("]C0" + code).text == code
    if not code.startswith("]"):
        assert read_text(code).text == code


@pytest.mark.parametrize(
    ("text", "check"),
    [("4006381333931", True), ("4006381333932", False), ("96385074", True), ("96385075", False), ("4471902835", None)],
)
def test_an_ean_without_identifier_is_noted_and_never_refused(text: str, check: bool | None) -> None:
    """Thirteen digits may be a voucher number like any other."""
    reading = read_text(text)

    assert (reading.kind, reading.text, reading.check_digit_ok) == (ReadingKind.SCAN, text, check)


@pytest.mark.parametrize("text", ["]E04006381333932", "]E496385075", "]E0400638x333931", "]E4963\x1f5074"])
def test_an_ean_that_was_changed_on_the_line_is_noise(text: str) -> None:
    assert read_text(text).kind is ReadingKind.NOISE


@pytest.mark.parametrize(
    ("text", "symbology"),
    [("]E04006381333931", Symbology.EAN_13), ("]E496385074", Symbology.EAN_8), ("]E0036000291452", Symbology.EAN_13)],
)
def test_a_good_ean_is_taken(text: str, symbology: Symbology) -> None:
    reading = read_text(text)

    assert (reading.kind, reading.symbology, reading.check_digit_ok) == (ReadingKind.SCAN, symbology, True)


@given(st.text("0123456789", min_size=12, max_size=12))
def test_exactly_one_check_digit_fits_and_a_changed_digit_is_noticed(body: str) -> None:
    fitting = [body + last for last in string.digits if gtin_check_digit_fits(body + last)]

    assert len(fitting) == 1
    for place in range(12):
        other = str((int(body[place]) + 1) % 10)
        assert not gtin_check_digit_fits(body[:place] + other + fitting[0][place + 1 :])


@pytest.mark.parametrize("lead", ["]C1", "]d2", "]Q3", "\x1d", "]C1\x1d"])
def test_a_gs1_code_loses_its_separators_and_keeps_its_elements(lead: str) -> None:
    reading = read_text(f"{lead}01{GTIN}10LOT7\x1d21{CODE}")

    assert reading.text == f"01{GTIN}10LOT721{CODE}"
    assert element_string(reading.elements) == f"(01){GTIN}(10)LOT7(21){CODE}"


def test_the_configured_element_is_the_code() -> None:
    rules = ReadingRules(gs1_ai="21")

    assert read_text(f"]C101{GTIN}21{CODE}", rules).text == CODE
    assert read_text(f"]d221{CODE}\x1d17270331", rules).text == CODE
    assert read_text(CODE, rules).text == CODE, "a code that is no GS1 code is not touched"


@pytest.mark.parametrize("text", [f"]C101{GTIN}10LOT", "]C1NOT-GS1", "10LOT\x1d99X"])
def test_a_gs1_code_without_the_configured_element_is_refused(text: str) -> None:
    reading = read_text(text, ReadingRules(gs1_ai="255"))

    assert (reading.kind, reading.text) == (ReadingKind.GS1_AI_MISSING, "")


@pytest.mark.parametrize(
    "text",
    ["", "0", "01", "0112345", "21", "21\x1d", "XX12", "31123456\x1d", "01" + GTIN + "9", "8\x1d", "21A\x1dQ"],
)
def test_what_is_no_element_string_to_its_end_is_none(text: str) -> None:
    assert parse_elements(text) is None


VARIABLE = st.tuples(st.sampled_from(["10", "21", "255", "8112", "99"]), st.text(string.ascii_letters, min_size=1))
FIXED = st.one_of(
    st.tuples(st.just("01"), st.text(string.digits, min_size=14, max_size=14)),
    st.tuples(st.just("17"), st.text(string.digits, min_size=6, max_size=6)),
    st.tuples(st.just("3103"), st.text(string.digits, min_size=6, max_size=6)),
)


@given(st.lists(st.one_of(VARIABLE.filter(lambda pair: len(pair[1]) <= 90), FIXED), min_size=1, max_size=8))
def test_elements_come_out_as_they_were_put_together(pairs: list[tuple[str, str]]) -> None:
    fixed = ("01", "17", "3103")
    text = "".join(ai + value + ("" if ai in fixed else "\x1d") for ai, value in pairs)

    assert parse_elements(text) == tuple(Element(ai, value) for ai, value in pairs)


@pytest.mark.parametrize(
    ("data", "text", "encoding"),
    [
        (b"VCH-7K2M", "VCH-7K2M", "utf-8"),
        ("Phiếu quà tặng ₫".encode(), "Phiếu quà tặng ₫", "utf-8"),
        (codecs.BOM_UTF8 + b"VCH-7K2M", "VCH-7K2M", "utf-8"),
        (codecs.BOM_UTF16_LE + "Mã 7K2M".encode("utf-16-le"), "Mã 7K2M", "utf-16"),
        (codecs.BOM_UTF16_BE + "Mã 7K2M".encode("utf-16-be"), "Mã 7K2M", "utf-16"),
        (b"Phi\xea\xecu 7K2M9XQ1", "Phiếu 7K2M9XQ1", "cp1258"),
        (b"Caf\xe9 7K2M9XQ1", "Café 7K2M9XQ1", "cp1258"),
    ],
)
def test_the_encoding_is_found(data: bytes, text: str, encoding: str) -> None:
    reading = read_bytes(data)

    assert (reading.kind, reading.text, reading.encoding) == (ReadingKind.SCAN, text, encoding)


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfeVCH", b"\xff\xfe", b"VCH\x00AAAA1111", b"\x98\x7e\x80VCHAAAA1111", b"\xf0\xe0\xf8\xfe\xc0\xf0",
        b"VCH-AAAA\x7f1111", b"\x02VCH-AAAA1111\x03", b"VCH\xb0AAAA1111", codecs.BOM_UTF16_LE + b"\x00\xd8A\x00",
    ],
)  # fmt: skip
def test_what_is_no_text_is_noise_and_never_a_code(data: bytes) -> None:
    reading = read_bytes(data)

    assert (reading.kind, reading.text) == (ReadingKind.NOISE, "")


def test_a_gs1_code_with_letters_gs1_does_not_know_is_noise() -> None:
    assert read_bytes(b"]C121VCH7K2M9\x1d10Phi\xea\xecu", ReadingRules(gs1_ai="21")).kind is ReadingKind.NOISE


@given(st.binary(min_size=1, max_size=64))
def test_a_guessed_encoding_can_never_make_a_voucher_code(data: bytes) -> None:
    """Whatever was not certain holds a letter that no voucher has."""
    reading = read_bytes(data)

    if reading.encoding in ("cp1258", "latin-1"):
        assert not reading.text.isascii()


def test_the_same_code_within_the_window_is_told_as_a_repeat_and_after_it_is_a_new_one() -> None:
    reader = ScanReader()
    seen = [reader.feed(b"VCH-AAAA1111\r", at_s)[0].kind.value for at_s in (10.0, 11.4, 12.8, 14.3)]

    assert seen == ["scan", "repeated", "repeated", "scan"]


def test_another_code_in_between_does_not_make_a_repeat_new() -> None:
    readings = ScanReader().feed(b"AAAAAAAA\rBBBBBBBB\rAAAAAAAA\r", 10.0)

    assert [reading.kind.value for reading in readings] == ["scan", "scan", "repeated"]


def test_the_memory_for_repeats_is_bounded_and_keeps_the_latest() -> None:
    guard = RepeatGuard(window_s=10)
    guard.is_repeat("FIRST", 0.0)
    for number in range(40):
        guard.is_repeat(f"CODE-{number}", 0.1)
        assert guard.is_repeat("FIRST", 0.1)

    assert not guard.is_repeat("CODE-0", 0.2)


def test_nothing_that_is_logged_shows_the_code() -> None:
    reading = read_text(f"]C121{CODE}SECRET-7K2M")

    assert "SECRET" not in repr(reading) + repr(reading.elements)
    assert "7K2M" in repr(reading)
    assert repr(Reading(ReadingKind.SCAN, "7K2M9XQ1")).count("7K2M") == 0
