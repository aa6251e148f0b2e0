"""Files that people choose: read as they are meant, or refused with the one reason; never a crash, nothing executed."""
# ruff: noqa: DTZ001 – spreadsheets know no time zones

from __future__ import annotations

import hashlib
import io
import os
import socket
import unicodedata
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from pos.domain.statement import StatementRefused
from pos.domain.statement_layout import Cells
from pos.reports import statement_bytes, statement_xlsx
from pos.reports.statement_file import DiskFiles

HEAD = "Mã giao dịch;Số hóa đơn;Mã voucher;Số tiền;Ngày"
ROWS = ["T1;B1;****2835;50.000;21/11/2026", "T2;B2;****7719;55.000;21/11/2026"]
TEXT = "\r\n".join([HEAD, *ROWS]) + "\r\n"


def put(folder: Path, data: bytes | str, name: str = "doi-soat.csv") -> str:
    file = folder / name
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return str(file)


def cells(path: str, **choice: str) -> list[tuple[int, Cells | None]]:
    return list(DiskFiles().open(path, **choice).rows())


def refusal(path: str, **choice: str) -> str:
    with pytest.raises(StatementRefused) as raised:
        cells(path, **choice)
    return raised.value.code


def cp1258(text: str) -> bytes:
    """As Windows writes it: letters of the code page, accents behind them."""
    out = b""
    for letter in unicodedata.normalize("NFC", text):
        try:
            out += letter.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
            for take in (2, 1):  # ễ is ê and a tilde, ớ is ơ and an acute
                base = unicodedata.normalize("NFC", parts[:take])
                rest = parts[take:]
                if take == 2 and len(base) > 1:
                    base, rest = unicodedata.normalize("NFC", parts[0] + parts[2:]), parts[1]
                try:
                    out += base.encode("cp1258") + rest.encode("cp1258")
                    break
                except UnicodeEncodeError:
                    continue
            else:
                raise
    return out


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"), (TEXT.encode("utf-8-sig"), "utf-8"), (TEXT.encode("utf-16"), "utf-16-le"),
        (TEXT.encode("utf-16-le"), "utf-16-le"), (TEXT.encode("utf-16-be"), "utf-16-be"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16-be"), (cp1258(TEXT), "cp1258"),
    ],
)  # fmt: skip
def test_every_encoding_gives_the_same_letters(tmp_path: Path, data: bytes, encoding: str) -> None:
    sample = DiskFiles().sample(put(tmp_path, data))
    head = tuple(unicodedata.normalize("NFC", str(cell)) for cell in sample.rows[0])
    assert (sample.encoding, sample.separator, head) == (encoding, ";", tuple(HEAD.split(";")))
    assert sample.rows[1:] == tuple(tuple(row.split(";")) for row in ROWS)


def test_western_letters_are_not_taken_for_vietnamese(tmp_path: Path) -> None:
    path = put(tmp_path, "Réf;Libellé;Prix\nT1;Crème brûlée;50000\nT2;Grüße;1\n".encode("cp1252"))
    assert DiskFiles().sample(path).encoding == "cp1252"


def test_one_broken_letter_does_not_make_another_encoding(tmp_path: Path) -> None:
    path = put(tmp_path, (TEXT * 20).encode() + b"T9;B9;\xff;1.000;21/11/2026\n")
    assert DiskFiles().sample(path).encoding == "utf-8"


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_the_separator_is_found_though_others_stand_in_texts(tmp_path: Path, separator: str) -> None:
    rows = [["Mã GD", "Tên", "Số tiền"], ["T1", '"A; B, C | D"', "1"], ["T2", "x", "2"], ["T3", '"y;z"', "3"]]
    path = put(tmp_path, "\n".join(separator.join(row) for row in rows))
    assert DiskFiles().sample(path).separator == separator
    assert cells(path)[1][1] == ("T1", "A; B, C | D", "1")


def test_excels_own_line_about_the_separator_is_no_row(tmp_path: Path) -> None:
    assert cells(put(tmp_path, "sep=|\na|b\n1;2|3\n")) == [(2, ("a", "b")), (3, ("1;2", "3"))]


def test_a_chosen_separator_and_encoding_go_before_what_was_found(tmp_path: Path) -> None:
    path = put(tmp_path, "a;b,c\n")
    assert cells(path, separator=",") == [(1, ("a;b", "c"))]
    assert cells(put(tmp_path, "é\n".encode("cp1252")), encoding="cp1258")[0][1] == ("é",)


def test_texts_over_several_lines_are_one_row_with_the_number_of_its_first(tmp_path: Path) -> None:
    path = put(tmp_path, 'a,b\n"x\ny",1\n"say ""hi""",2\nz,3\n')
    assert cells(path) == [(1, ("a", "b")), (2, ("x\ny", "1")), (4, ('say "hi"', "2")), (5, ("z", "3"))]


def test_a_quote_that_is_never_closed_breaks_its_own_line_only(tmp_path: Path) -> None:
    lines = ["a,b", '"x,1', *[f"r{n},{n}" for n in range(100)], '"last",5']
    found = cells(put(tmp_path, "\n".join(lines)))
    assert found[1] == (2, None)
    assert found[2:] == [*((n + 3, (f"r{n}", str(n))) for n in range(100)), (103, ("last", "5"))]


def test_inches_and_other_lone_quotes_within_a_text_are_harmless(tmp_path: Path) -> None:
    assert cells(put(tmp_path, 'a,b\nTV 32",1\n"TV" 32,2\n'))[1:] == [(2, ('TV 32"', "1")), (3, ("TV 32", "2"))]


def test_zero_bytes_and_endless_lines_name_their_line(tmp_path: Path) -> None:
    found = cells(put(tmp_path, "a,b\nx\x00,1\n" + "y" * 200_000 + "\nz,3\n"))
    assert found == [(1, ("a", "b")), (2, ("x\x00", "1")), (3, None), (4, ("z", "3"))]


def test_what_is_no_table_is_said_by_its_kind(tmp_path: Path) -> None:
    assert refusal(put(tmp_path, b"%PDF-1.7\n...")) == "statement.pdf"
    assert refusal(put(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))) == "statement.old_excel"
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    assert refusal(put(tmp_path, locked)) == "statement.locked"
    assert refusal(put(tmp_path, "\ufeff <html><table><tr><td>1")) == "statement.web_page"
    assert refusal(put(tmp_path, bytes(range(1, 30)) * 50)) == "statement.other_kind"
    assert refusal(put(tmp_path, b"")) == "statement.empty"
    assert refusal(put(tmp_path, b"\xef\xbb\xbf\r\n \r\n")) == "statement.empty"
    assert refusal(put(tmp_path, b"\x89PNG\r\n\x1a\n")) == "statement.other_kind"


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    assert refusal(str(tmp_path)) == "statement.folder"
    assert refusal(str(tmp_path / "none.csv")) == "statement.file_missing"
    assert refusal("a\x00b") == "statement.cannot_read"
    assert refusal(str(tmp_path / ("x" * 5000))) == "statement.cannot_read"


@pytest.mark.skipif(os.name != "posix", reason="pipes and rights as Linux has them")
def test_a_pipe_is_not_waited_for_and_a_right_is_asked(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert refusal(str(tmp_path / "pipe")) == "statement.other_kind"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        assert refusal(str(tmp_path / "s")) == "statement.other_kind"
    path = put(tmp_path, TEXT)
    os.chmod(path, 0)
    if os.geteuid() != 0:  # root may read everything
        assert refusal(path) == "statement.no_right"


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path, TEXT * 10)
    monkeypatch.setattr(statement_bytes, "_CHUNK", 16)
    digest = hashlib.sha256

    def growing() -> object:  # the hash is begun once the file is open: now somebody appends
        with open(path, "ab") as more:
            more.write(b"T3;B3;1;1;1\n")
        return digest()

    monkeypatch.setattr(hashlib, "sha256", growing)
    assert refusal(path) == "statement.changed"


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statement_bytes, "MOST_BYTES", 100)
    assert refusal(put(tmp_path, b"x" * 101)) == "statement.too_big"


# ---------------------------------------------------------------- XLSX


def book(folder: Path, fill: object, name: str = "doi-soat.xlsx") -> str:
    made = openpyxl.Workbook()
    sheet = made.active
    assert isinstance(sheet, Worksheet)
    fill(made, sheet)  # type: ignore[operator]
    made.save(folder / name)
    return str(folder / name)


def test_a_spreadsheet_keeps_its_types_and_row_numbers(tmp_path: Path) -> None:
    def fill(_: openpyxl.Workbook, sheet: Worksheet) -> None:
        sheet["A1"] = "BẢNG ĐỐI SOÁT"
        sheet.merge_cells("A1:C1")
        values: dict[int, tuple[object, ...]] = {
            3: ("Mã giao dịch", "Số tiền", "Ngày"),
            4: ("T1", 50_000, datetime(2026, 11, 21, 14, 5)),
            5: ("=1+1", "-50.000", date(2026, 11, 22)),
        }
        for row, cells_of_row in values.items():
            for column, value in enumerate(cells_of_row, 1):
                sheet.cell(row, column).value = value

    found = dict(cells(book(tmp_path, fill)))
    assert found[3] == ("Mã giao dịch", "Số tiền", "Ngày")
    assert found[4] == ("T1", 50_000.0, datetime(2026, 11, 21, 14, 5))
    assert found[5] == ("", "-50.000", date(2026, 11, 22))  # a formula nobody has calculated says nothing


def test_hidden_and_empty_sheets_are_passed_over_and_named(tmp_path: Path) -> None:
    def fill(made: openpyxl.Workbook, sheet: Worksheet) -> None:
        sheet.title = "rỗng"
        hidden = made.create_sheet("ẩn")
        hidden.sheet_state = "hidden"
        hidden.append(["x"])
        made.create_sheet("đối soát").append(["y"])

    path = book(tmp_path, fill)
    sample = DiskFiles().sample(path)
    assert (sample.sheet, sample.sheets, sample.hidden) == ("đối soát", ("rỗng", "đối soát"), ("ẩn",))
    assert cells(path, sheet="ẩn") == [(1, ("x",))]
    assert refusal(path, sheet="rỗng") == "statement.empty"
    assert refusal(path, sheet="khác") == "statement.no_such_sheet"


def test_only_hidden_sheets_hold_something(tmp_path: Path) -> None:
    def fill(made: openpyxl.Workbook, sheet: Worksheet) -> None:
        hidden = made.create_sheet("ẩn")
        hidden.sheet_state = "hidden"
        hidden.append(["x"])

    assert refusal(book(tmp_path, fill)) == "statement.only_hidden"


def packed(parts: dict[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as container:
        for name, data in parts.items():
            container.writestr(name, data)
    return out.getvalue()


def rebuilt(path: str, change: dict[str, bytes]) -> bytes:
    with zipfile.ZipFile(path) as container:
        parts: dict[str, bytes | str] = {name: container.read(name) for name in container.namelist()}
    return packed({**parts, **change})


SHEET = "xl/worksheets/sheet1.xml"


def sheet_xml(rows: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def test_a_bomb_is_known_by_its_directory_and_by_its_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statement_xlsx, "_MOST_UNPACKED", 1 << 20)
    bomb = packed({"xl/workbook.xml": "<x/>", SHEET: b" " * (2 << 20)})
    assert refusal(put(tmp_path, bomb)) == "statement.bomb"
    lying = bytearray(bomb)
    honest = (2 << 20).to_bytes(4, "little")
    while (at := lying.find(honest)) >= 0:
        lying[at : at + 4] = (10).to_bytes(4, "little")
    assert refusal(put(tmp_path, bytes(lying))) == "statement.bomb"
    assert refusal(put(tmp_path, packed({f"x{n}": "" for n in range(2001)}))) == "statement.bomb"


def test_a_cell_at_the_end_of_the_world_does_not_lay_out_the_world(tmp_path: Path) -> None:
    path = book(tmp_path, lambda made, sheet: sheet.append(["x"]))
    far = sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    assert refusal(put(tmp_path, rebuilt(path, {SHEET: far}))) == "statement.too_wide"
    nameless = sheet_xml('<row r="1"><c r="XFD1"><v>1</v></c></row><row r="1048576"><c><v>1</v></c></row>')
    assert refusal(put(tmp_path, rebuilt(path, {SHEET: nameless}))) == "statement.too_wide"


def test_empty_rows_at_the_end_as_spreadsheets_leave_them_are_no_reason(tmp_path: Path) -> None:
    path = book(tmp_path, lambda made, sheet: sheet.append(["x"]))
    long = sheet_xml(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576" spans="1:1024"><c r="AMJ1048576" s="0"/></row>'
    )
    assert cells(put(tmp_path, rebuilt(path, {SHEET: long})))[0] == (1, (1.0,))


def test_other_and_damaged_containers(tmp_path: Path) -> None:
    path = book(tmp_path, lambda made, sheet: [sheet.append(["x", n]) for n in range(500)])
    whole = Path(path).read_bytes()
    assert refusal(put(tmp_path, packed({"word/document.xml": "x"}))) == "statement.other_kind"
    assert refusal(put(tmp_path, whole[: len(whole) // 2])) == "statement.damaged"
    assert refusal(put(tmp_path, rebuilt(path, {SHEET: b"<worksheet><sheetData><row"}))) in (
        "statement.damaged",
        "statement.empty",
    )
    locked = bytearray(whole)
    at = locked.find(b"PK\x01\x02")
    locked[at + 8] |= 1
    assert refusal(put(tmp_path, bytes(locked))) == "statement.locked"
