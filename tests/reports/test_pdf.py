"""PDF read by another library: Vietnamese as text, every page numbered and marked, amounts whole."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest

from pos.domain.errors import ReportError
from pos.reports.files import save_report
from pos.reports.model import Column, Kind, Table
from pos.reports.pdf_file import MOST_ROWS
from pos.till.review.exports import Format
from tests.reports.samples import HASH, Still, redeemed_vnd, report

MARK = "THỬ NGHIỆM – KHÔNG CÓ GIÁ TRỊ"


def pages(path: Path) -> list[str]:
    document = pypdfium2.PdfDocument(path)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    path = tmp_path_factory.mktemp("pdf") / "day.pdf"
    save_report(report(130, mark=MARK), path, Format.PDF, Still())
    return pages(path)


def test_every_page_says_which_of_how_many_it_is(text: list[str]) -> None:
    assert len(text) > 2
    for number, page in enumerate(text, 1):
        assert re.search(rf"Trang {number} / *{len(text)}\b", page.replace("\r\n", " ")), page[-300:]


def test_every_page_says_that_nothing_is_real_and_where_the_chain_ends(text: list[str]) -> None:
    for page in text:
        assert MARK in page
        assert HASH in page
        assert "Số tiền" in page  # the table's header comes again


def test_figures_rows_and_sum_stand_there_in_vietnamese(text: list[str]) -> None:
    whole = "\n".join(text)
    for words in ("Đang chịu rủi ro", "200.000 ₫", "Nguyễn Thị", "Mùa thu Hà Nội", "Quầy Lê Lợi", "8,4 s", "Theo giờ"):
        assert words in whole
    for number in range(1, 131):
        assert re.search(rf"20261121-\s*{number:06d}", whole)
    total = f"{redeemed_vnd(130):,}".replace(",", ".")
    assert f"{total} ₫" in text[-1]


def test_an_amount_that_is_too_wide_gets_smaller_and_is_never_cut(tmp_path: Path) -> None:
    columns = (Column("a", "A", Kind.MONEY, 1), Column("b", "B", Kind.TEXT, 40))
    path = tmp_path / "wide.pdf"
    save_report(replace(report(1), table=Table(columns, [(123_456_789_012, "x" * 400)])), path, Format.PDF, Still())
    assert "123.456.789.012 ₫" in "".join(pages(path))


def test_what_nobody_would_print_is_refused_with_a_word_and_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"report\.too_long_for_paper"):
        save_report(report(1, told=MOST_ROWS + 1), tmp_path / "long.pdf", Format.PDF, Still())
    assert list(tmp_path.iterdir()) == []


def test_a_real_day_carries_no_mark(tmp_path: Path) -> None:
    save_report(report(3), tmp_path / "day.pdf", Format.PDF, Still())
    assert "KHÔNG CÓ GIÁ TRỊ" not in "".join(pages(tmp_path / "day.pdf"))
