"""Scans and typing read as codes: what cannot be one is not asked about, nothing is changed, nothing is shown whole."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.codes import MAX_LENGTH, MIN_LENGTH, ScanFault, VoucherCode, read_code

ALLOWED = string.ascii_letters + string.digits
CODES = st.text(ALLOWED, min_size=MIN_LENGTH, max_size=MAX_LENGTH)
BLANKS = st.text(" \t\r\n", max_size=3)


@given(CODES, BLANKS, BLANKS)
def test_a_code_is_taken_as_it_is_but_for_blanks_around_it(code: str, before: str, after: str) -> None:
    read = read_code(before + code + after)
    assert isinstance(read, VoucherCode)
    assert read.reveal() == code


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_and_a_code_is_always_plain(text: str) -> None:
    read = read_code(text)
    if isinstance(read, VoucherCode):
        assert read.reveal() == text.strip()
        assert read.reveal().isascii()
        assert " " not in read.reveal()
        assert MIN_LENGTH <= len(read.reveal()) <= MAX_LENGTH
    else:
        assert read in ScanFault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", ScanFault.EMPTY),
        (" \r\n", ScanFault.EMPTY),
        ("123456789", ScanFault.TOO_SHORT),
        ("1234567890", None),
        ("0000000000", None),
        ("ABCDEFGH12345678", None),
        ("ABCDEFGH123456789", ScanFault.TOO_LONG),
        ("A" * 19, ScanFault.TOO_LONG),
        ("A" * 20, ScanFault.JOINED),
        ("A" * 32, ScanFault.JOINED),
        ("A" * 33, ScanFault.TOO_LONG),
        ("https://gotit.vn/v/ABCDEFGH12", ScanFault.WEB_ADDRESS),
        ("WWW.GOTIT.VN/ABCDEFGH12", ScanFault.WEB_ADDRESS),
        ("gotit.vn/ABCDEF", ScanFault.WEB_ADDRESS),
        ("ABCDEF\x1dGH1234", ScanFault.CONTROL_CHARACTERS),
        ("ABCDEF\x00GH1234", ScanFault.CONTROL_CHARACTERS),
        ("ABCDEF\x7fGH1234", ScanFault.CONTROL_CHARACTERS),
        ("ABCDEFGH\u0085X1234", ScanFault.CONTROL_CHARACTERS),
        ("ÂBCDEFGH12", ScanFault.OTHER_ALPHABET),
        ("АBCDEFGH12", ScanFault.OTHER_ALPHABET),  # Cyrillic A
        ("１２３４５６７８９０", ScanFault.OTHER_ALPHABET),
        ("ABCDE\u200bFGH12", ScanFault.OTHER_ALPHABET),
        ("ABCDE FGH12", ScanFault.INNER_BLANK),
    ],
)
def test_each_kind_of_bad_scan_has_its_own_word(text: str, fault: ScanFault | None) -> None:
    read = read_code(text)
    assert isinstance(read, VoucherCode) if fault is None else read is fault


def test_a_megabyte_without_an_end_is_refused_at_once() -> None:
    assert read_code("A" * 1_000_000) is ScanFault.TOO_LONG
    assert read_code("http://" + "A" * 1_000_000) is ScanFault.WEB_ADDRESS


@given(CODES)
def test_a_code_shows_at_most_its_last_four(code: str) -> None:
    voucher = VoucherCode(code)
    for shown in (str(voucher), repr(voucher), f"{voucher}", f"{voucher!s:>20}"):
        assert code not in shown
        assert code[:-4] not in shown.replace("VoucherCode", "")
    assert str(voucher) == "••••" + code[-4:]
    assert voucher == VoucherCode(code)
    assert hash(voucher) == hash(VoucherCode(code))
