"""`quay report`: the window's figures for scripts and files, beside a running window, and honest about damage."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from pos.bootstrap import Program
from pos.cli.plain import plain
from pos.cli.report import _ACTIONS
from pos.i18n import Translator
from pos.reports_setup import build_day
from pos.till.review.day_views import DayView, Query
from tests.integration.counter import Counter, Said
from tests.reports.samples import Still
from tests.sandbox_process import SandboxProcess


@pytest.fixture(scope="module")
def sold(running_sandbox: SandboxProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """A till that has used two vouchers, been refused one, and taken one of which nobody knows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUAY_KEYSTORE", "file")
        running_sandbox.reset()
        counter = Counter(tmp_path_factory.mktemp("till") / "till", running_sandbox, store__code="HN03")
        used, also_used = running_sandbox.labelled("plain")[:2]
        assert counter.redeem("B1", used).status == 0
        assert counter.redeem("B2", also_used).status == 0
        assert counter.redeem("B3", running_sandbox.labelled("expired")[0]).status == 1
        yield counter


@pytest.fixture
def till(sold: Counter, tmp_path: Path) -> Counter:
    """A copy that a test may break."""
    copy = object.__new__(Counter)
    copy.folder = tmp_path / "till"
    shutil.copytree(sold.folder, copy.folder)
    return copy


def report(till: Counter, *words: str) -> Said:
    return till.here("report", *words)


def windows_view(till: Counter) -> DayView:
    program = Program(till.folder)
    try:
        desk = build_day(program.journal, program.clock)
        return desk.view(Query(desk.today(), desk.today()), Still())
    finally:
        program.close()


def test_the_day_is_what_the_window_shows(till: Counter) -> None:
    view = windows_view(till)
    said = report(till, "day", "--json")
    assert said.status == 0
    told = said.json["view"]
    assert told["figures"] == plain(view.figures)
    assert (told["rows"], told["figures"]["vouchers"], told["unreadable"]) == (3, 2, 0)
    assert sum(hour["amount_vnd"] for hour in told["hours"]) == told["figures"]["redeemed_vnd"] > 0
    assert len(said.json["last_hash"]) == 64


def test_files_of_a_range_hold_its_rows_and_no_whole_code(
    till: Counter, running_sandbox: SandboxProcess, tmp_path: Path
) -> None:
    names = {form: str(tmp_path / f"day.{form}") for form in ("csv", "xlsx", "pdf")}
    said = report(
        till, "day", "--from", "1/1/2020", "--csv", names["csv"], "--xlsx", names["xlsx"], "--pdf", names["pdf"]
    )
    assert said.status == 0
    rows = list(csv.DictReader(Path(names["csv"]).read_text("utf-8-sig").splitlines()))
    assert sorted(row["Bill"] for row in rows) == ["B1", "B2", "B3"]
    assert openpyxl.load_workbook(names["xlsx"])["Rows"].freeze_panes == "A3"
    assert Path(names["pdf"]).read_bytes().startswith(b"%PDF")
    text = Path(names["csv"]).read_text("utf-8-sig")
    assert not [code for code in running_sandbox.labelled("plain") if code in text]


def test_it_works_beside_a_running_window_and_leaves_nothing_behind(till: Counter) -> None:
    program = Program(till.folder)
    try:
        for action in ("day", "shift", "cases", "levels"):
            assert report(till, action, "--json").status == 0, action
        program.journal.next_number("test")  # the window writes on
    finally:
        program.close()


def test_shift_cases_levels_and_timeline_speak_json_and_words(till: Counter) -> None:
    for words, key in ((("shift",), "x"), (("cases",), "rows"), (("levels",), "days"), (("timeline", "B1"), "rows")):
        said = report(till, *words, "--json")
        assert (said.status, said.json["report"]) == (0, words[0])
        assert key in said.json
        spoken = report(till, *words)
        assert spoken.status == 0
        assert spoken.out.strip()
        assert words[0] == "timeline" or "{" not in spoken.out
    (row,) = report(till, "timeline", "B1", "--json").json["rows"]
    assert row["row"]["bill_number"] == "B1"
    assert any(entry["kind"] == "move.used_here" for entry in row["entries"])


def test_a_statement_is_compared_and_nothing_is_kept(till: Counter, tmp_path: Path) -> None:
    ours = report(till, "day", "--json").json["view"]
    day = ours["query"]["first"]
    transaction = dict(report(till, "timeline", "B1", "--json").json["rows"][0]["facts"])["transaction_id"]
    file = tmp_path / "gotit.csv"
    file.write_text(f"Transaction,Bill number,Amount,Date\r\n{transaction},B1,1,{day}\r\n", "utf-8")
    said = report(till, "statement", str(file), "--issuer", "gotit", "--json", "--xlsx", str(tmp_path / "diff.xlsx"))
    assert said.status == 1, said.err
    counts = dict(said.json["result"]["counts"])
    assert (counts["amount_differs"], counts["missing_there"]) == (1, 1)
    assert said.json["result"]["id"] == 0
    assert (tmp_path / "diff.xlsx").stat().st_size > 5_000


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_statement_is_told_in_words_for_people(till: Counter, tmp_path: Path, language: str) -> None:
    """Amounts with their unit, and a reason for a row that cannot be read."""
    file = tmp_path / "gotit.csv"
    file.write_text('Bill number,Amount,Date\r\nB1,1234,2026-11-21\r\nB2,"5\r\nB3,70,2026-11-21\r\n', "utf-8")
    words = Translator(language)
    said = report(till, "statement", str(file), "--issuer", "gotit", "--lang", language)
    assert said.status == 1
    assert words.money(1234) in said.out
    assert words.t("statement.problem.broken.why") in said.out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("day", "--date", "32/1/2026"), "report.bad_date"),
        (("day", "--from", "2026-02-01", "--to", "2026-01-01"), "report.dates_reversed"),
        (("day", "--date", "2026-02-01", "--to", "2026-02-01"), "report.two_dates"),
        (("timeline", "NO-SUCH-BILL"), "report.no_such_bill"),
        (("day", "--csv", "/no/such/folder/day.csv"), "report.folder_gone"),
        (("statement", "/no/such/file.csv", "--issuer", "gotit"), "statement.no_such_file"),
    ],
)
def test_what_cannot_be_done_is_told_by_code_and_in_words(till: Counter, words: tuple[str, ...], code: str) -> None:
    said = report(till, *words, "--json")
    assert said.status == 2
    assert said.json["error"].split(".")[0] == code.split(".")[0]
    if code.startswith("report"):
        assert said.json["error"] == code
    assert len(said.err.split()) > 8


def test_a_damaged_journal_gives_what_can_be_read_and_says_what_cannot(till: Counter) -> None:
    """Every page but the first few is tried in turn: never a trace, never a wrong figure without a word."""
    whole = report(till, "day", "--json").json["view"]["figures"]
    journal = till.folder / "journal.db"
    raw = journal.read_bytes()
    page_bytes = int.from_bytes(raw[16:18], "big")
    partly = 0
    for page in range(4, len(raw) // page_bytes, 3):
        broken = bytearray(raw)
        broken[page * page_bytes : (page + 1) * page_bytes] = b"\xa5" * page_bytes
        journal.write_bytes(broken)
        said = report(till, "day", "--json")
        if said.status == 0:
            figures = said.json["view"]["figures"]
            assert {name: figures[name] for name in whole if name != "customer_s"} == {
                name: whole[name] for name in whole if name != "customer_s"
            }, page
        elif said.status == 1:
            partly += said.json["view"]["unreadable"] > 0
            assert "damaged" in said.err
        else:
            assert said.json["error"] == "journal.damaged"
    assert partly


def test_the_help_of_each_action_tells_every_word_of_its_json(till: Counter) -> None:
    """Who writes a script against it reads the schema there."""
    told = {name: schema for name, (_, _, schema) in _ACTIONS.items()}
    figures = report(till, "day", "--json").json["view"]["figures"]
    assert [name for name in figures if f'"{name}"' not in told["day"]] == []
    levels = report(till, "levels", "--json").json["whole"]
    assert [name for name in levels if f'"{name}"' not in told["levels"]] == []
    assert json.dumps("statement") in told["statement"]
    for name in told:
        said = till.here("report", name, "--help")
        assert said.status == 0
        assert "JSON:" in said.out
