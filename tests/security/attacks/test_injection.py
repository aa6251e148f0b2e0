"""Whoever can choose a text – a voucher's code, an issuer's message, a colleague's name – commands nothing with it."""

from __future__ import annotations

import csv
import io
import json
import logging
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, redirect_stdout
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.printer.codepages import TextPage
from hardware.printer.escpos import EscposEncoder
from hardware.virtual.decoder import EscposDecoder
from hardware.virtual.events import Characters, LineFeed
from pos import logs
from pos.bootstrap import font_dir
from pos.cli.output import Output
from pos.domain.one_line import tamed
from pos.domain.redemption import DONE
from pos.i18n import Translator
from pos.receipts.slip import slip
from tests.hardware.profiles import PAPER_80
from tests.integration.counter import Counter
from tests.receipts.test_slip import BILL, FACTS, row
from tests.sandbox_process import SandboxProcess
from tests.security.processes import ROOT

SQL = "x'); DROP TABLE bill; DELETE FROM audit;--"
FORMULA = '=HYPERLINK("http://x";"Lan")'
COMMANDS = "\x1b@\x1bp\x00\x19\xfa\x1dV\x00\x10\x14\x01\x00\x01\x1d(k\x03\x001\x43\x08"
TERMINAL = "\x1b[2J\x1b]0;pwned\x07\x9b31m\u202etxt.exe\r\nOK"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess() as process:
        yield process


@pytest.fixture
def counter(tmp_path: Path, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> Counter:
    monkeypatch.setenv("QUAY_KEYSTORE", "file")
    return Counter(tmp_path / "till", sandbox)


# ---------------------------------------------------------------- SQL, spreadsheets


def test_names_bill_numbers_and_reasons_are_values_to_the_database(counter: Counter, sandbox: SandboxProcess) -> None:
    """Written, searched for and listed; every table and link of the chain stands as before."""
    code = sandbox.add_plain_vouchers(1)[0]
    said = counter.redeem(SQL, code)
    assert said.json["outcome"] == "used"
    assert counter.here("report", "timeline", SQL, "--json").status == 0
    assert counter.here("report", "timeline", "%' OR 1=1 --", "--json").status != 0
    assert [bill["bill_number"] for bill in counter.run("bills", "--json").json] == [SQL]
    assert counter.here("journal", "verify").status == 0
    with closing(sqlite3.connect(counter.folder / "journal.db")) as connection:
        assert connection.execute("SELECT number FROM bill").fetchall() == [(SQL,)]
        assert connection.execute("SELECT count(*) FROM audit").fetchone()[0] > 0


def test_no_cell_of_any_export_is_a_formula(counter: Counter, sandbox: SandboxProcess, tmp_path: Path) -> None:
    """A bill number and a store that are formulas, read back by programs that are not ours."""
    code = sandbox.add_plain_vouchers(1)[0]
    assert counter.here("config", "set", "store.name", FORMULA).status == 0
    assert counter.redeem(FORMULA, code).json["outcome"] == "used"
    day = [str(tmp_path / name) for name in ("d.xlsx", "d.csv")]
    assert counter.here("report", "day", "--xlsx", day[0], "--csv", day[1]).status == 0
    assert counter.here("journal", "export", "--format", "csv", "--out", str(tmp_path / "j")).status == 0
    sheets = openpyxl.load_workbook(day[0])
    cells = [cell for sheet in sheets.worksheets for line in sheet.iter_rows() for cell in line]
    assert any("HYPERLINK" in str(cell.value) for cell in cells)
    ours = re.compile(r"=SUBTOTAL\(\d+,[A-Z]+\d+(:[A-Z]+\d+)?\)")
    formulas = [str(cell.value) for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert [text for text in formulas if not ours.fullmatch(text)] == []
    found = 0
    for path in (Path(day[1]), *(tmp_path / "j").glob("*.csv")):
        for line in csv.reader(
            io.StringIO(path.read_text("utf-8-sig")), delimiter=";" if path.name == "d.csv" else ","
        ):
            found += sum("HYPERLINK" in cell for cell in line)
            assert [cell for cell in line if cell.lstrip().startswith(("=", "+", "-", "@")) and "HYP" in cell] == [], (
                path.name
            )
    assert found >= 2


# ---------------------------------------------------------------- logs, terminals


def test_no_text_makes_a_line_of_its_own_in_the_log_or_commands_the_terminal_that_shows_it(tmp_path: Path) -> None:
    end = logs.begin(tmp_path, [])
    log = logging.getLogger("pos.attack")
    try:
        log.warning("the issuer said %s", TERMINAL + "\n2026-11-29T05:00:00.000Z CRITICAL MainThread quay forged")
        try:
            raise ValueError(f"4471902835 {TERMINAL}\n2026-11-29T05:00:00.000Z CRITICAL quay forged")
        except ValueError:
            log.exception("failed")
    finally:
        end()
    lines = (tmp_path / "logs" / "quay.log").read_text("utf-8").split("\n")
    assert [line for line in lines if not line.isprintable()] == []
    assert len([line for line in lines if line.startswith("20")]) == 2
    assert not any(re.match(r"\S+ CRITICAL", line) for line in lines)


def test_a_stack_trace_in_the_log_has_places_and_our_codes_but_no_value(tmp_path: Path) -> None:
    from pos.domain.errors import OutcomeUnknown

    end = logs.begin(tmp_path, [])
    try:
        try:
            try:
                raise KeyError("4471902835")
            except KeyError as error:
                raise OutcomeUnknown("net.unforeseen", kind="4471902835") from error
        except OutcomeUnknown:
            logging.getLogger("pos.attack").exception("failed")
    finally:
        end()
    text = (tmp_path / "logs" / "quay.log").read_text("utf-8")
    assert "4471902835" not in text
    assert "OutcomeUnknown at test_injection.py:" in text
    assert ": net.unforeseen" in text
    assert "KeyError at test_injection.py:" in text


@given(st.text(max_size=40))
@settings(max_examples=50)
def test_what_is_tamed_is_printable_and_what_is_printable_is_left(text: str) -> None:
    tame = tamed(text)
    assert all(char.isprintable() or char in "\u00a0\u202f" for char in tame)
    assert tame == text or not text.isprintable()


def test_commands_say_outside_text_without_obeying_it() -> None:
    for as_json in (False, True):
        said = io.StringIO()
        out = Output(as_json=as_json, words=Translator("en"))
        with redirect_stdout(said):
            out.say(TERMINAL)
            out.json({"name": TERMINAL + "\\x41"})
        assert all(char.isprintable() or char == "\n" for char in said.getvalue())
        assert json.loads(said.getvalue().splitlines()[-1]) == {"name": TERMINAL + "\\x41"}


# ---------------------------------------------------------------- paper


@pytest.mark.parametrize("page", [None, TextPage("cp1258", (52,))], ids=["picture", "text"])
def test_no_name_or_message_commands_the_printer(tmp_path: Path, page: TextPage | None) -> None:
    """Reset, drawer, cut, QR in store, colleague and voucher: an independent decoder sees none but the slip's own."""

    def printed(text: str) -> list[str]:
        facts = replace(FACTS, store_name=f"Le Loi{text}", provider_labels={"gotit": f"Got It{text}"})
        bill = replace(BILL, cashier=f"Lan{text}")
        used = replace(row(DONE), cashier=f"Lan{text}", transaction_id=f"5120{text}")
        document = slip(bill, (used,), facts, Translator("en"))
        encoder = EscposEncoder(PAPER_80, font_dir=font_dir(), cache_dir=tmp_path, page=page)
        events = EscposDecoder().feed(encoder.encode(document))
        return [type(event).__name__ for event in events if not isinstance(event, Characters | LineFeed)]

    def kinds(names: list[str]) -> dict[str, int]:
        return {name: names.count(name) for name in set(names) - {"Raster", "Fed", "Tab", "ColumnImage"}}

    assert kinds(printed(COMMANDS)) == kinds(printed(""))


# ---------------------------------------------------------------- the window


def _screens() -> Iterator[tuple[str, str]]:
    for path in (ROOT / "pos" / "ui").rglob("*.py"):
        yield path.name, path.read_text("utf-8")


def test_every_tool_tip_shows_names_literally() -> None:
    """Tool tips take `<img src=…>` for HTML: a file would be read, a name hidden behind another."""
    tips = [(name, tip) for name, text in _screens() for tip in re.findall(r"setToolTip\((.*)", text)]
    assert len(tips) >= 5
    assert [(name, tip) for name, tip in tips if not tip.startswith(("literal(", '""'))] == []


def test_every_label_is_plain_text() -> None:
    """A class of its own for labels says so itself; nothing else may make a QLabel, an editor of rich text, or HTML."""
    for name, text in _screens():
        for label in re.split(r"^class ", text, flags=re.MULTILINE)[1:]:
            if "(QLabel)" in label.partition("\n")[0]:
                assert "setTextFormat(Qt.TextFormat.PlainText)" in label or "def paintEvent" in label, name
        assert not re.search(r"\bQLabel\(|setHtml|QTextBrowser|QTextEdit\(|Qt\.TextFormat\.(Rich|Auto)", text), name


@pytest.mark.parametrize(
    "name", ["<img src='file:///etc/passwd'>", "<b>Lan</b>", "a & b", "Lan < Hoa", "<!-- x -->", "Lê Lợi"]
)
def test_a_name_that_looks_like_html_is_shown_as_it_is(name: str) -> None:
    from PySide6.QtGui import Qt as RichText
    from PySide6.QtGui import QTextDocument

    from pos.ui.widgets.text import literal

    shown = QTextDocument()
    text = literal(name)
    shown.setHtml(text) if RichText.mightBeRichText(text) else shown.setPlainText(text)
    assert shown.toPlainText() == name


# ---------------------------------------------------------------- names of files


@pytest.mark.parametrize("code", ["../../etc", "HN/03", "C:\\x", "..", "a\u202eb"])
def test_no_shop_code_leads_out_of_a_folder(counter: Counter, code: str, tmp_path: Path) -> None:
    """Names of reports are made of it; what cannot be set cannot be in them."""
    from pos.reports.files import _file_safe

    counter.here("config", "set", "store.code", code)
    name = _file_safe(code + "-2026")
    assert re.fullmatch(r"[A-Za-z0-9_-]*", name)
    assert Path(tmp_path / name).resolve().parent == tmp_path.resolve()


@pytest.mark.parametrize("name", ["../../../etc/passwd", "/etc/passwd", "x\0", "-rf"])
def test_no_printer_kind_or_queue_leads_elsewhere(counter: Counter, name: str) -> None:
    """A kind is one of the shipped files; a queue that looks like an option never reaches `lp`."""
    from hardware.address import parse_address
    from hardware.errors import DeviceError
    from hardware.printer.profile import load_profile
    from hardware.printer.transport import make_transport
    from pos.bootstrap import printer_profile_dir

    with pytest.raises(DeviceError):
        load_profile(printer_profile_dir(), name)
    with pytest.raises(DeviceError):
        make_transport(parse_address(f"cups:{name}").text)
