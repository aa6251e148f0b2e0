"""The slip says what is true of each voucher right now, in both languages, on both papers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import zxingcpp

from hardware.printer.codepages import TextPage
from hardware.printer.document import Columns, Document, DrawerPulse, Logo, Qr, Text
from hardware.printer.escpos import EscposEncoder
from hardware.printer.profile import PrinterProfile
from hardware.printer.proving import Proof
from hardware.virtual.printer import PrinterFault, VirtualPrinter
from pos.bootstrap import font_dir
from pos.domain.bill import Bill, SkuLine
from pos.domain.codes import VoucherCode
from pos.domain.redemption import DONE, LOSS, REFUSED, UNKNOWN, UNSENT_GIVEN, USED_NOT_GIVEN, Hold, State
from pos.domain.voucher import NO_DETAIL
from pos.i18n import Translator
from pos.receipts.slip import SlipFacts, slip
from pos.receipts.slip_printer import DriverSlipPrinter
from pos.till.ports import PrintJob, PrintState, Redemption, StoredBill
from pos.till.views import DeviceView, Environment, Link
from tests.hardware.profiles import PAPER_58, PAPER_80, PROFILE_DIR

NOW = datetime(2026, 11, 21, 3, 19, 32, tzinfo=UTC)
BILL = StoredBill(Bill("HN03-T2-20261121-000148", 265_000, NOW), date(2026, 11, 21), "Lan", 1)
FACTS = SlipFacts("Lê Lợi", "T2", Environment.PRODUCTION, {"gotit": "Got It"})
CODE = VoucherCode("4471902835")


def row(state: State, amount_vnd: int = 50_000, *, lost_vnd: int = 0, skus: tuple[SkuLine, ...] = ()) -> Redemption:
    return Redemption(
        id="r1", bill_number=BILL.bill.number, position=0, provider="gotit", code=CODE, state=state, hold=Hold.NONE,
        reserving=False, worth_vnd=amount_vnd + lost_vnd, amount_vnd=amount_vnd, lost_vnd=lost_vnd, declared=False,
        skus=skus, reason=None, detail=NO_DETAIL, transaction_id="5120_20251121101932004518", created_utc=NOW,
        business_date=date(2026, 11, 21), cashier="Lan", sent=None, sends=1, answered=False, proven_unused=False,
        shown=True, late=False,
    )  # fmt: skip


def words_of(document: Document) -> str:
    parts = []
    for item in document.items:
        if isinstance(item, Text):
            parts.append(item.text)
        elif isinstance(item, Columns):
            parts.append(f"{item.left} {item.right}")
    return "\n".join(parts)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_used_voucher_is_called_used_and_the_rest_is_left_to_pay(language: str) -> None:
    words = Translator(language)
    text = words_of(slip(BILL, (row(DONE),), FACTS, words))
    assert words.t("slip.used") in text
    assert words.money(215_000) in text
    assert words.t("slip.accepted_offline") not in text


@pytest.mark.parametrize("state", [UNSENT_GIVEN, LOSS])
def test_what_the_issuer_has_not_confirmed_is_never_called_used(state: State) -> None:
    words = Translator("vi")
    text = words_of(slip(BILL, (row(state),), FACTS, words))
    assert words.t("slip.used") not in text
    assert words.t("slip.accepted_offline") in text


def test_an_unknown_voucher_is_not_counted_as_paid() -> None:
    words = Translator("vi")
    text = words_of(slip(BILL, (row(UNKNOWN),), FACTS, words))

    assert words.t("slip.unknown") in text
    assert f"{words.t('slip.left')} {words.money(265_000)}" in text


def test_a_refused_voucher_is_not_on_the_slip() -> None:
    assert "2835" not in words_of(slip(BILL, (row(REFUSED),), FACTS, Translator("vi")))


def test_a_slip_shows_no_more_of_a_code_than_its_last_four_characters() -> None:
    document = slip(BILL, (row(DONE),), FACTS, Translator("vi"))
    assert CODE.reveal() not in words_of(document)
    assert "••••2835" in words_of(document)


@pytest.mark.parametrize("environment", [Environment.SANDBOX, Environment.TRAINING])
def test_play_money_says_so_at_both_ends(environment: Environment) -> None:
    words = Translator("vi")
    text = words_of(slip(BILL, (row(DONE),), replace(FACTS, environment=environment), words)).splitlines()
    assert text[0] == text[-1] == words.t(f"slip.not_real.{environment.value}")


def test_a_repeat_says_copy_and_leaves_the_drawer_shut() -> None:
    first = slip(BILL, (row(DONE),), replace(FACTS, drawer=True), Translator("vi"))
    again = slip(BILL, (row(DONE),), replace(FACTS, drawer=True, copy=1), Translator("en"))
    assert any(isinstance(item, DrawerPulse) for item in first.items)
    assert not any(isinstance(item, DrawerPulse) for item in again.items)
    assert "BẢN SAO / COPY" in words_of(again)
    assert "BẢN SAO" not in words_of(first)


def test_what_is_lost_and_which_goods_were_paid_for_stand_on_it() -> None:
    words = Translator("vi")
    text = words_of(slip(BILL, (row(DONE, lost_vnd=35_000, skus=(SkuLine("TRA-DAO", 2, 25_000),)),), FACTS, words))
    assert words.money(35_000) in text
    assert "2 × TRA-DAO" in text


@pytest.mark.parametrize("profile", [PAPER_58, PAPER_80])
def test_another_program_reads_the_bill_number_back_from_the_printed_bytes(
    profile: PrinterProfile, tmp_path: Path
) -> None:
    document = slip(BILL, (row(DONE), row(UNSENT_GIVEN)), FACTS, Translator("vi"))
    with VirtualPrinter(profile.width_dots) as printer:
        device = _printer(printer.address, profile.name, tmp_path, [])
        assert device.print_slip(_job(), (row(DONE),), BILL, begin=lambda: None) == (PrintState.PRINTED, None)
        printed = printer.wait_for_slips(1)[0]
    assert not printed.not_understood
    read = [code.text for code in zxingcpp.read_barcodes(printed.image.convert("L"))]
    assert read == [BILL.bill.number]
    assert EscposEncoder(profile, font_dir(), tmp_path).render(document).width == profile.width_dots
    assert any(isinstance(item, Qr) for item in document.items)


def _job() -> PrintJob:
    return PrintJob("j1", BILL.bill.number, 0, PrintState.PENDING, NOW, 0, None)


def _printer(
    address: str, profile: str, folder: Path, seen: list[DeviceView], *, text_codepage: str = ""
) -> DriverSlipPrinter:
    return DriverSlipPrinter(
        address, profile, profile_dir=PROFILE_DIR, font_dir=font_dir(), cache_dir=folder / "cache",
        text_codepage=text_codepage, facts=lambda _: FACTS, words=lambda: Translator("vi"), on_device=seen.append,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        (PrinterFault.PAPER_OUT, PrintState.PENDING),
        (PrinterFault.COVER_OPEN, PrintState.PENDING),
        (PrinterFault.DEAD, PrintState.PENDING),
        (PrinterFault.CLOSE_MID_SLIP, PrintState.DOUBTFUL),
        (PrinterFault.MUTE, PrintState.SENT),
    ],
)
def test_a_slip_that_is_not_surely_on_paper_is_never_called_printed(
    fault: PrinterFault, state: PrintState, tmp_path: Path
) -> None:
    seen: list[DeviceView] = []
    with VirtualPrinter() as printer:
        printer.set_fault(fault)
        ended, _ = _printer(printer.address, "generic-80", tmp_path, seen).print_slip(
            _job(), (row(DONE),), BILL, begin=lambda: None
        )
    assert ended is state
    assert seen[-1].link is not Link.OK


def test_without_a_printer_the_slip_waits(tmp_path: Path) -> None:
    assert (
        _printer("", "generic-80", tmp_path, []).print_slip(_job(), (row(DONE),), BILL, begin=lambda: None)[0]
        is PrintState.PENDING
    )


def test_a_voucher_used_too_late_is_on_no_slip() -> None:
    """A copy printed the next day says what the original said: the late voucher paid for nothing on this bill."""
    late = replace(row(USED_NOT_GIVEN, 265_000), id="r2", late=True)
    assert slip(BILL, (row(DONE), late), FACTS, Translator("en")) == slip(BILL, (row(DONE),), FACTS, Translator("en"))


@pytest.mark.parametrize("name", ["nosuch", "../locale/vi", ""])
def test_a_kind_of_printer_that_does_not_exist_is_said_and_the_slip_waits(name: str, tmp_path: Path) -> None:
    seen: list[DeviceView] = []
    with VirtualPrinter() as printer:
        ended = _printer(printer.address, name, tmp_path, seen).print_slip(
            _job(), (row(DONE),), BILL, begin=lambda: None
        )

    assert ended == (PrintState.PENDING, "device.bad_profile")
    assert seen[-1] == DeviceView(Link.DOWN, "device.bad_profile")
    for language in ("vi", "en"):
        assert Translator(language).has("message.device.bad_profile.what")


def test_text_goes_in_the_printers_own_letters_only_on_the_printer_where_they_were_proven(tmp_path: Path) -> None:
    texts: list[tuple[str, ...]] = []
    with VirtualPrinter() as printer:
        for address in (printer.address, "tcp:192.0.2.7:9100"):
            proof = Proof(address, "epson-tm-t82", TextPage("tcvn3", (30, 31))).as_text()
            device = _printer(printer.address, "epson-tm-t82", tmp_path, [], text_codepage=proof)
            assert device.print_slip(_job(), (row(DONE),), BILL, begin=lambda: None)[0] is PrintState.PRINTED
            texts.append(printer.wait_for_slips(len(texts) + 1)[-1].texts)

    assert any("Tổng hóa đơn" in text for text in texts[0])
    assert texts[1] == ()


def test_the_stores_logo_stands_at_the_head_of_the_slip() -> None:
    document = slip(BILL, (row(DONE),), replace(FACTS, logo="/shop/logo.png"), Translator("vi"))

    assert document.items[0] == Logo(Path("/shop/logo.png"))


def test_paper_that_ends_in_the_middle_of_a_slip_is_told_at_once_and_the_slip_goes_on(tmp_path: Path) -> None:
    """Not after the printer was given up: whoever stands there has a new roll in her hand."""
    seen: list[DeviceView] = []
    with VirtualPrinter() as printer:
        device = _printer(printer.address, "generic-80", tmp_path, seen)

        def told(view: DeviceView) -> None:
            seen.append(view)
            if view.word == "paper_out":
                printer.load_paper()

        device._on_device = told
        printer.load_paper(200)
        assert device.print_slip(_job(), (row(DONE),), BILL, begin=lambda: None) == (PrintState.PRINTED, None)

    assert DeviceView(Link.DOWN, "paper_out") in seen
    assert seen[-1].link is Link.OK
