"""Whatever bytes a file holds: a sentence or rows, soon, and never anything else."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pos.domain.statement import StatementRefused
from pos.domain.statement_propose import propose
from pos.domain.statement_reading import Reading
from pos.reports.statement_file import DiskFiles

_LESS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
_PIECES = st.lists(
    st.sampled_from(
        [b'"', b",", b";", b"\t", b"\n", b"\r\n", b"\r", b"\x00", b"=1+1", b"50.000", b"\xff", "đ".encode(), b"T1",
         b"21/11/2026", b'""', b"sep=;", b"\xef\xbb\xbf", b"\xcc", b" ", b"x" * 70_000]
    ), max_size=60,
).map(b"".join)  # fmt: skip


def look(path: Path, data: bytes) -> None:
    """All a till does with a file before it compares."""
    path.write_bytes(data)
    files = DiskFiles()
    try:
        sample = files.sample(str(path))
        reading = Reading(propose(sample.rows, sample.numbers))
        last = 0
        for number, cells in files.open(str(path)).rows():
            assert number > last
            last = number
            reading.read(number, cells)
    except StatementRefused as error:
        assert error.code.startswith("statement.")  # noqa: PT017


@given(st.one_of(_PIECES, st.binary(max_size=2000)))
@_LESS
def test_any_text(tmp_path: Path, data: bytes) -> None:
    look(tmp_path / "f.csv", data)


@given(st.text(max_size=400), st.sampled_from(["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-32"]))
@_LESS
def test_any_letters_in_any_encoding(tmp_path: Path, text: str, encoding: str) -> None:
    look(tmp_path / "f.csv", text.encode(encoding, "surrogatepass"))


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), max_size=8), min_size=2, max_size=4),
        min_size=1,
        max_size=8,
    )
)
@_LESS
def test_what_pythons_csv_writes_is_read_back(tmp_path: Path, rows: list[list[str]]) -> None:
    """An independent writer: every cell comes back, whatever signs stand in it."""
    assume(not rows[0][0].lower().startswith("sep="))  # Excel's own mark in a first line, and taken for that
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(rows)
    path = tmp_path / "f.csv"
    path.write_bytes(b"\xef\xbb\xbf" + out.getvalue().encode())
    try:
        found = [cells for _, cells in DiskFiles().open(str(path), separator=";").rows()]
    except StatementRefused as error:
        assert error.code in ("statement.web_page", "statement.empty", "statement.other_kind", "statement.pdf")  # noqa: PT017
        return
    assert found == [tuple(row) for row in rows]


@pytest.fixture(scope="module")
def workbook() -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for number in range(30):
        sheet.append([f"T{number}", f"B{number}", 50_000, "đồng"])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@given(st.data())
@_LESS
def test_any_damage_to_a_container(tmp_path: Path, workbook: bytes, data: st.DataObject) -> None:
    spoilt = bytearray(workbook)
    for _ in range(data.draw(st.integers(1, 6))):
        spoilt[data.draw(st.integers(0, len(spoilt) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(len(spoilt) // 2, len(spoilt)))
    look(tmp_path / "f.xlsx", bytes(spoilt[:cut]) if data.draw(st.booleans()) else bytes(spoilt))


@given(st.data())
@_LESS
def test_any_damage_within_a_part(tmp_path: Path, workbook: bytes, data: st.DataObject) -> None:
    """Whole checksums over broken XML: the library itself has to cope, or its panic is caught."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as container:
        parts = {name: bytearray(container.read(name)) for name in container.namelist()}
    name = data.draw(st.sampled_from(sorted(parts)))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(parts[name]) - 1))
        parts[name][at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as container:
        for part, content in parts.items():
            container.writestr(part, bytes(content))
    look(tmp_path / "f.xlsx", out.getvalue())
