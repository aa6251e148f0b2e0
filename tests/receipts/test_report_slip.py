"""The slips of X and Z: everything that does not agree is named, and what is printed again says the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hardware.printer.profile import PrinterProfile
from hardware.virtual.printer import PrinterFault, VirtualPrinter
from pos.bootstrap import font_dir
from pos.domain.closing import DifferenceKind, Flow, Standing
from pos.i18n import Translator
from pos.receipts.report_slip import MOST_NAMED, ReportSlipPrinter, x_slip, z_slip
from pos.receipts.slip_printer import DriverSlipPrinter
from pos.till.review.closing import Moved, PrintEnd, ReportPrinted
from tests.hardware.profiles import PAPER_58, PAPER_80, PROFILE_DIR
from tests.receipts.reports import FULL, PLAIN, X, print_out
from tests.receipts.test_slip import FACTS, words_of


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_difference_is_named_with_bill_and_ending(language: str) -> None:
    words = Translator(language)
    text = words_of(z_slip(FULL, words))
    for one in FULL.differences:
        assert words.t(f"difference.{one.kind.value}") in text
        assert one.bill_number in text
        assert not one.ending or f"••••{one.ending}" in text
    assert words.t("zslip.zero") not in text
    assert "19/11, 20/11" in text


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_day_closed_to_zero_says_so(language: str) -> None:
    words = Translator(language)
    text = words_of(z_slip(PLAIN, words))
    assert words.t("zslip.zero") in text
    assert words.t("zslip.moved") not in text
    assert words.t("zslip.other_days", days="") not in text


def test_the_slip_carries_the_chains_last_link_and_its_own_with_64_bits_each() -> None:
    text = words_of(z_slip(PLAIN, Translator("vi")))
    assert "18231\n9f2c 41d0 7be6 5a38" in text
    assert "18232\n04bd 77a1 e95c 3f62" in text


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_standing_kind_and_flow_has_words(language: str) -> None:
    words = Translator(language)
    for kind in DifferenceKind:
        assert words.has(f"difference.{kind.value}")
    for standing in Standing:
        assert words.has(f"zslip.standing.{standing.value}")
    for flow in Flow:
        assert words.has(f"zslip.flow.{flow.value}")


def test_a_thousand_differences_are_counted_and_not_printed_by_the_metre() -> None:
    many = replace(FULL, differences=FULL.differences[:1] * 1_000)
    text = words_of(z_slip(many, Translator("en")))
    assert text.count("HN03-T2-20261121-000148") == MOST_NAMED
    assert str(1_000 - MOST_NAMED) in text


@pytest.mark.parametrize("environment", ["sandbox", "training"])
def test_play_money_says_so_at_both_ends(environment: str) -> None:
    words = Translator("vi")
    for text in (
        words_of(z_slip(replace(PLAIN, shop=replace(PLAIN.shop, environment=environment)), words)),
        words_of(x_slip(replace(X, shop=replace(X.shop, environment=environment)), words)),
    ):
        lines = text.splitlines()
        assert lines[0] == lines[-1] == words.t(f"slip.not_real.{environment}")


def test_an_x_never_looks_like_a_z() -> None:
    words = Translator("vi")
    assert words.t("zslip.x_note") in words_of(x_slip(X, words))
    assert words.t("zslip.z", number="") not in words_of(x_slip(X, words))
    assert words.t("zslip.no_shift") in words_of(x_slip(replace(X, shift=None), words))


def test_what_came_onto_an_old_bill_is_told_apart_from_what_was_settled() -> None:
    words = Translator("vi")
    moved = (Moved(Flow.VOUCHER, "gotit", None, Standing.USED, 1, 1, 0, 50_000),)
    assert words.t("zslip.new_on_old_bill") in words_of(z_slip(replace(PLAIN, moved=moved), words))


@pytest.mark.parametrize("profile", [PAPER_58, PAPER_80])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_printer_understands_every_byte_of_it(profile: PrinterProfile, language: str, tmp_path: Path) -> None:
    for report in (FULL, PLAIN, X):
        paper = print_out(report, profile, language, tmp_path)
        assert not paper.not_understood
        assert paper.image.width == profile.width_dots
    assert print_out(FULL, profile, language, tmp_path).image == print_out(FULL, profile, language, tmp_path).image


@pytest.mark.parametrize(
    ("fault", "end"),
    [
        (None, PrintEnd.PRINTED),
        (PrinterFault.PAPER_OUT, PrintEnd.NOT_PRINTED),
        (PrinterFault.CLOSE_MID_SLIP, PrintEnd.DOUBTFUL),
        (PrinterFault.MUTE, PrintEnd.SENT),
    ],
)
def test_the_answer_is_what_became_of_the_paper(fault: PrinterFault | None, end: PrintEnd, tmp_path: Path) -> None:
    told: list[ReportPrinted] = []
    with VirtualPrinter() as printer:
        if fault is not None:
            printer.set_fault(fault)
        _on(printer.address, tmp_path).print_z(PLAIN, told.append)
    assert [one.end for one in told] == [end]


def test_without_a_printer_it_says_that_nothing_was_printed(tmp_path: Path) -> None:
    told: list[ReportPrinted] = []
    _on("", tmp_path).print_x(X, told.append)
    assert told == [ReportPrinted(PrintEnd.NOT_PRINTED, "printer.none")]


def test_a_bug_in_the_slip_is_told_and_ends_no_printing(tmp_path: Path) -> None:
    told: list[ReportPrinted] = []
    _on("", tmp_path).print_z(replace(PLAIN, dates=(None,)), told.append)  # type: ignore[arg-type]
    assert told == [ReportPrinted(PrintEnd.NOT_PRINTED, "device.failed")]


def _on(address: str, folder: Path) -> ReportSlipPrinter:
    printer = DriverSlipPrinter(
        address, "generic-80", profile_dir=PROFILE_DIR, font_dir=font_dir(), cache_dir=folder / "cache",
        facts=lambda _: FACTS, words=lambda: Translator("vi"), on_device=lambda _: None,
    )  # fmt: skip
    return ReportSlipPrinter(printer, lambda errand: errand(), lambda: Translator("vi"))
