"""A real journal as files: nothing secret in any of them, one moment in each, damage said."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import openpyxl
import pypdfium2
import pytest

from pos.journal.sale_store import SaleStore
from pos.journal.store import SqliteJournal
from pos.reports_setup import build_day, build_exports
from pos.security.secret_store import SecretStore
from pos.security.vault import Vault
from pos.settings import Settings
from pos.till.review.day_views import Query
from pos.till.review.exports import ExportDesk, Format
from tests.journal.shop import KEY, NOON, SteadyClock, accept_offline, add, code, open_journal
from tests.journal.test_sale_rules import CODE, PHONE, a_shop
from tests.reports.samples import Still

GOTIT_PIN, MANAGER_PIN = "918273645", "246813579"
API_KEY = "ak-9d0e-planted-key"
QUERY = Query((NOON - timedelta(days=1)).date(), (NOON + timedelta(days=1)).date())


class Shop:
    """A journal with vouchers, codes sold, a phone number, and secrets in every place that has one."""

    def __init__(self, folder: Path) -> None:
        self.clock = SteadyClock()
        self.journal: SqliteJournal = open_journal(folder / "journal.db", self.clock)
        self.settings = Settings(folder, SecretStore(folder / "secrets.bin", Vault(KEY)))
        self.settings.set_many(
            {"gotit.pin": GOTIT_PIN, "appotapay.api_key": API_KEY, "store.name": "Quầy Lê Lợi", "store.code": "HN03"}
        )
        a_shop(SaleStore(self.journal))
        for number in range(7, 27):
            add(self.journal, f"x{number}", number, bill_number=f"X{number}")
        for number in range(30, 35):
            accept_offline(self.journal, f"o{number}", number, bill_number=f"O{number}")

    def desk(self) -> ExportDesk:
        day = build_day(self.journal, self.clock)
        return build_exports(self.journal, self.settings, self.clock, day)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path / "data")
    yield made
    made.journal.close()


def contents(path: Path) -> str:
    """Everything in a file that anybody could read: parts of the XLSX, text and raw bytes of the PDF."""
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as parts:
            return "\n".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    text = path.read_bytes().decode("utf-8", "replace")
    if path.suffix == ".pdf":
        document = pypdfium2.PdfDocument(path)
        text += "\n".join(page.get_textpage().get_text_bounded() for page in document)
        text += str(document.get_metadata_dict())
        document.close()
    return text


@pytest.mark.parametrize("form", list(Format))
def test_no_code_no_number_no_key_is_in_a_file(shop: Shop, tmp_path: Path, form: Format) -> None:
    path = tmp_path / f"day.{form}"
    done = shop.desk().export(QUERY, path, form, Still())
    assert done is not None
    assert done.rows > 25
    text = contents(path)
    planted = [GOTIT_PIN, MANAGER_PIN, API_KEY, KEY.hex(), PHONE, PHONE[1:], CODE.serial, str(shop.settings.folder)]
    planted += [code(number).reveal() for number in range(1, 35)]
    assert [secret for secret in planted if secret in text] == []
    assert f"••••{code(12).ending}" in text  # and the search is one that finds


def test_the_files_sums_are_the_windows_figures(shop: Shop, tmp_path: Path) -> None:
    figures = build_day(shop.journal, shop.clock).view(QUERY, Still()).figures
    shop.desk().export(QUERY, tmp_path / "day.csv", Format.CSV, Still())
    shop.desk().export(QUERY, tmp_path / "day.xlsx", Format.XLSX, Still())
    with (tmp_path / "day.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    wanted = {
        "Đã đổi": figures.redeemed_vnd, "Đang chịu rủi ro": figures.at_risk_vnd, "Tổn thất": figures.loss_vnd,
        "Mã đã bán": figures.sold_vnd, "Đặt chỗ đã thu": figures.booked_vnd,
    }  # fmt: skip
    assert {title: sum(int(row[title] or 0) for row in rows) for title in wanted} == wanted
    assert figures.at_risk_vnd == 250_000
    assert figures.sold_vnd == 100_000
    sheet = openpyxl.load_workbook(tmp_path / "day.xlsx", data_only=True)["Chi tiết"]
    titles = [cell.value for cell in sheet[2]]
    totals = [cell.value for cell in sheet[sheet.max_row]]
    assert {title: totals[titles.index(title)] for title in wanted} == wanted


def test_a_sale_made_while_it_is_written_is_not_half_in_it(shop: Shop, tmp_path: Path) -> None:
    """Figures, rows and hash are of the moment in which the file was begun."""
    sold: list[bool] = []

    class Selling(Still):
        def stopped(self) -> bool:
            if not sold:
                sold.append(True)
                accept_offline(other, "late", 99, bill_number="LATE")
            return False

    other = open_journal(shop.journal.path, shop.clock)
    before = build_day(shop.journal, shop.clock).view(QUERY, Still())
    shop.desk().export(QUERY, tmp_path / "day.csv", Format.CSV, Selling())
    assert sold
    lines = (tmp_path / "day.csv").read_text("utf-8-sig").splitlines()
    assert len(lines) - 1 == before.rows
    assert build_day(shop.journal, shop.clock).view(QUERY, Still()).rows == before.rows + 1
    other.close()


def test_a_journal_goes_on_being_written_after_an_export_and_after_a_stopped_one(shop: Shop, tmp_path: Path) -> None:
    shop.desk().export(QUERY, tmp_path / "a.csv", Format.CSV, Still())
    assert shop.desk().export(QUERY, tmp_path / "b.csv", Format.CSV, Still(looks=0)) is None
    accept_offline(shop.journal, "after", 98, bill_number="AFTER")
    assert shop.journal.verify().whole
