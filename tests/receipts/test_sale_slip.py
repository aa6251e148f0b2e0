"""The slip with the codes: every code whole and on one line, what it is and until when, and never in the QR."""

from __future__ import annotations

import json
import string
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import zxingcpp

from hardware.printer.document import DrawerPulse, Text
from hardware.printer.escpos import EscposEncoder
from hardware.printer.profile import PrinterProfile
from hardware.virtual.printer import VirtualPrinter
from pos.bootstrap import font_dir
from pos.domain.sale import Order, PlainCode, SaleOutcome, SaleState
from pos.i18n import Translator, resource_path
from pos.receipts.sale_slip import DriverSoldSlipPrinter, sale_slip
from pos.till.ports import PrintState
from pos.till.selling.ports import Sale
from pos.till.selling.slips import SoldSlip
from pos.till.selling.views import ShownCode
from tests.hardware.profiles import PAPER_58, PAPER_80
from tests.receipts.test_slip import BILL, FACTS, NOW, _job, _printer, words_of

SALE = Sale(
    id="s1", bill_number=BILL.bill.number, seller="codes", order=Order("T101", "VT50", 2, 50_000),
    product_name="Card 50,000", supplier="ExampleTel", price_vnd=98_000, state=SaleState(SaleOutcome.BOUGHT, False),
    sent=None, sends=1, unclear_sends=1, asks=0, not_found=0, confirming=False, incomplete=False, unreadable=False,
    reason=None, reason_code=None, transaction_id="AP00EXAMPLE01", charged_vnd=98_000, due=None, created_utc=NOW,
    business_date=date(2026, 11, 21), cashier="Lan",
)  # fmt: skip


def sold(*codes: str) -> SoldSlip:
    shown = tuple(
        ShownCode(f"EX000000000{n}", 50_000, ("2027-12-31", "31/12 or so")[n % 2], PlainCode(code))
        for n, code in enumerate(codes)
    )
    return SoldSlip(SALE, "AppotaPay", "sale.instructions.card", shown)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_the_issuer_sent_by_sms_has_a_proof_and_no_code(language: str) -> None:
    """The issuer's transaction for support; of the number the last 3 digits; nothing to be kept like money."""
    words = Translator(language)
    order = Order("T101", "VT50", 1, 50_000, "0912345678")
    proof = SoldSlip(replace(SALE, order=order), "AppotaPay", "sale.instructions.card", ())
    text = words_of(sale_slip(BILL, proof, FACTS, words))
    for part in ("AP00EXAMPLE01", "T101", "•••• 678", words.t("slip.sale_sms", label="AppotaPay"), words.money(98_000)):
        assert part in text
    for part in ("12345", words.t("sale.instructions.card"), words.t("slip.sale_keep"), "slip.sale"):
        assert part not in text


@pytest.mark.parametrize("language", ["vi", "en"])
def test_all_a_customer_needs_stands_on_it(language: str) -> None:
    words = Translator(language)
    text = words_of(sale_slip(BILL, sold("0044719028351", "998877665544"), FACTS, words))
    for part in (
        "0044719028351", "998877665544", "EX0000000000", "EX0000000001", "31/12/2027", "31/12 or so",
        "AP00EXAMPLE01", words.money(98_000), words.t("sale.instructions.card"), words.t("slip.sale_keep"),
    ):  # fmt: skip
        assert part in text
    assert "slip." not in text
    assert "sale." not in text


def test_a_repeat_says_copy_and_leaves_the_drawer_shut() -> None:
    first = sale_slip(BILL, sold("1234567"), replace(FACTS, drawer=True), Translator("vi"))
    again = sale_slip(BILL, sold("1234567"), replace(FACTS, drawer=True, copy=1), Translator("vi"))
    assert any(isinstance(item, DrawerPulse) for item in first.items)
    assert not any(isinstance(item, DrawerPulse) for item in again.items)
    assert "BẢN SAO / COPY" in words_of(again)


@pytest.mark.parametrize("profile", [PAPER_58, PAPER_80])
@pytest.mark.parametrize("length", [6, 16, 17, 20, 21, 24])
def test_no_code_is_broken_into_two_lines(profile: PrinterProfile, length: int, tmp_path: Path) -> None:
    """Whoever types it off the slip must not wonder whether a line break belongs to it."""
    encoder = EscposEncoder(profile, font_dir(), tmp_path)
    for letter in "0A8":
        document = sale_slip(BILL, sold(letter * length), FACTS, Translator("vi"))
        (item,) = (i for i in document.items if isinstance(i, Text) and i.text == letter * length)
        short = replace(item, text=letter)
        heights = [encoder.render(replace(document, items=(i,))).height for i in (item, short)]
        if letter == "0" or length < 32:
            assert heights[0] == heights[1]


def test_it_prints_and_the_only_thing_a_camera_reads_is_the_bill_number(tmp_path: Path) -> None:
    with VirtualPrinter() as printer:
        device = DriverSoldSlipPrinter(_printer(printer.address, "generic-80", tmp_path, []))
        begun = []
        ended = device.print_sold(_job(), sold("0044719028351"), BILL, begin=lambda: begun.append(1))
        printed = printer.wait_for_slips(1)[0]
    assert (ended, begun) == ((PrintState.PRINTED, None), [1])
    assert [code.text for code in zxingcpp.read_barcodes(printed.image.convert("L"))] == [BILL.bill.number]


@pytest.mark.parametrize("part", ["sale", "sms"])
def test_both_languages_have_the_same_sentences_of_selling(part: str) -> None:
    vi, en = (json.loads(resource_path(f"locale/{name}.{part}.json").read_text("utf-8")) for name in ("vi", "en"))
    assert sorted(vi) == sorted(en)

    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert {key for key in vi if fields(vi[key]) != fields(en[key])} == set()
