"""A code page is used only after a person has read it on this very printer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hardware.printer.codepages import VIETNAMESE, TextPage
from hardware.printer.document import Document, Text
from hardware.printer.escpos import EscposEncoder
from hardware.printer.profile import PrinterProfile
from hardware.printer.proving import (
    Proof,
    SamplePageWords,
    candidates,
    proof_of,
    proven_page,
    reading_slip,
    sample_page,
)
from hardware.virtual.pages import BLOB, EPSON_PAGES
from hardware.virtual.paper import Build, Slip
from hardware.virtual.printer import PrinterBrain
from tests.hardware.profiles import PAPER_58, PAPER_80, TM_T82, TM_T88, shipped

Make = Callable[[PrinterProfile], Callable[[TextPage | None], EscposEncoder]]
ADDRESS = "tcp:192.168.1.50:9100"
XP80 = shipped("xprinter-xp80")


def slip_of(data: bytes, build: Build) -> Slip:
    brain = PrinterBrain(build=build)
    brain.receive(data)
    (slip,) = brain.slips
    assert slip.not_understood == ()
    return slip


@pytest.fixture
def make(font_dir: Path, cache_dir: Path) -> Make:
    return lambda profile: lambda page: EscposEncoder(profile, font_dir, cache_dir, page=page)


def test_every_candidate_claims_only_what_it_has_and_the_epson_pages_have_all() -> None:
    tcvn3, cp1258 = candidates(TM_T82)

    assert (tcvn3.number, cp1258.number) == (1, 2)
    assert set(VIETNAMESE + VIETNAMESE.upper()) <= set(tcvn3.letters)
    assert all(letter not in "ÁẤ" for letter in candidates(XP80)[0].letters)


@pytest.mark.parametrize("profile", [TM_T82, TM_T88, PAPER_58], ids=lambda profile: profile.name)
def test_the_reading_slip_shows_each_page_once_as_text_and_once_as_a_picture(
    profile: PrinterProfile, make: Make
) -> None:
    data = reading_slip(profile, "Bạn đọc được dòng này không?", make(profile))
    build = Build(width_dots=profile.width_dots, dpi=profile.dpi, kanji=profile.kanji_mode)
    slip = slip_of(data, build)

    lines = "\n".join(slip.texts)
    for candidate in candidates(profile):
        assert f"{candidate.number}. a" in lines
    assert slip.image.height > 300


def test_a_person_sees_which_page_a_printer_really_has(make: Make) -> None:
    """A printer with TCVN letters on page 27, as some Xprinters have: line 1 and 2 are right, the others are not."""
    pages = {number: page for number, page in EPSON_PAGES.items() if number < 20} | {27: "tcvn5712"}
    slip = slip_of(reading_slip(XP80, "?", make(XP80)), Build(pages=pages, kanji=True))
    text = " ".join(slip.texts)
    right = [
        candidate.number
        for candidate in candidates(XP80)
        if "".join(candidate.lines(48).split()).replace("₫", "đ") in text.replace(" ", "")
    ]

    assert right == [1, 2]
    assert BLOB in text
    proof = proof_of(ADDRESS, XP80, right)
    assert proof is not None
    assert proof.page == TextPage("tcvn5712", (27,))  # of both it has more letters


def test_a_proof_is_worth_nothing_on_another_printer_or_profile() -> None:
    proof = Proof(ADDRESS, "epson-tm-t82", TextPage("tcvn3", (30, 31)))
    text = proof.as_text()

    assert proven_page(text, ADDRESS, TM_T82) == proof.page
    assert proven_page(text, "tcp:192.168.1.51:9100", TM_T82) is None
    assert proven_page(text, ADDRESS, TM_T88) is None
    assert proven_page(text, ADDRESS, replace(TM_T82, codepages={"tcvn3": (32, 33)})) is None


@pytest.mark.parametrize("text", ["", "tcvn3", "tcvn3:30,31", "garbage \0 ☃", "tcvn3:31,30 epson-tm-t82 " + ADDRESS])
def test_anything_else_in_the_settings_means_pictures(text: str) -> None:
    assert proven_page(text, ADDRESS, TM_T82) is None


def test_nothing_readable_proves_nothing() -> None:
    assert proof_of(ADDRESS, TM_T82, ()) is None
    assert proof_of(ADDRESS, TM_T82, (99,)) is None


def test_text_mode_takes_a_tenth_of_the_bytes(make: Make) -> None:
    document = Document(tuple(Text(f"Dòng thứ {n} của một phiếu dài") for n in range(20)))
    picture, text = (len(make(TM_T82)(page).encode(document)) for page in (None, TextPage("tcvn3", (30, 31))))

    assert text * 10 < picture


@pytest.mark.parametrize("profile", [PAPER_58, PAPER_80, TM_T88], ids=lambda profile: profile.name)
def test_the_sample_page_shows_all_a_slip_uses(profile: PrinterProfile, make: Make) -> None:
    words = SamplePageWords("Trang thử", "Thước phải in đủ", ("nhỏ", "vừa", "lớn", "rất lớn"), "Mã", "Mở két")
    data = make(profile)(None).encode(sample_page(profile, words))
    slip = slip_of(data, Build(width_dots=profile.width_dots, dpi=profile.dpi))

    assert slip.pulses == profile.drawer_pins
    assert slip.cut
