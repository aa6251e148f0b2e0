"""A statement check from a file on the disk to cases in a real journal."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from pos.domain.business_date import business_date
from pos.domain.redemption import Event
from pos.domain.statement import DifferenceKind, StatementRefused
from pos.domain.statement_layout import Layout, Part
from pos.journal.statement_store import StatementStore, difference_hash
from pos.journal.store import SqliteJournal
from pos.reports.statement_file import DiskFiles
from pos.till.ports import TakeBackStep
from pos.till.review.statement import StatementResult
from pos.till.review.statement_desk import StatementDesk
from pos.till.review.statement_preview import with_columns
from tests.journal.shop import GOTIT, NOON, add, bill, new, stamp

DAY = date(2026, 11, 21)


class Going:
    """A run that nobody stops, or that is stopped from the start."""

    def __init__(self, *, stop: bool = False) -> None:
        self.stop, self.told = stop, 0

    def stopped(self) -> bool:
        return self.stop

    def progress(self, done: int, total: int) -> None:
        self.told += 1


@pytest.fixture
def desk(journal: SqliteJournal) -> StatementDesk:
    names = {GOTIT: "Got It", "vinid": "VinID"}
    return StatementDesk(DiskFiles(), StatementStore(journal, lambda name: names.get(name, name)), names)


def use(journal: SqliteJournal, row_id: str, number: int, transaction: str, *, bill_number: str = "B1") -> None:
    """One voucher used for a bill, as the counter does it."""
    add(journal, row_id, number, bill_number=bill_number)
    with journal.transaction("lan") as tx:
        tx.move(row_id, Event.SEND, sent=stamp())
    with journal.transaction("lan") as tx:
        tx.move(row_id, Event.USED_HERE, transaction_id=transaction)


@pytest.fixture
def shop(journal: SqliteJournal) -> SqliteJournal:
    for number in (1, 2, 3):
        use(journal, f"r{number}", number, f"T{number}", bill_number=f"B{number}")
    return journal


HEAD = "Mã giao dịch;Số hóa đơn;Mã voucher;Số tiền;Ngày\n"


def put(folder: Path, *lines: str, name: str = "thang-11.csv") -> str:
    (folder / name).write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    return str(folder / name)


def check(desk: StatementDesk, path: str, issuer: str = GOTIT) -> StatementResult:
    return desk.compare(desk.preview(issuer, path), Going())


def told(result: StatementResult) -> list[tuple[str, int | None, str]]:
    return [(each.kind.value, each.line, each.row_id) for each in result.differences]


THREE = (
    "T1;B1;****0001;50.000;21/11/2026", "T2;B2;****0002;45.000;21/11/2026", "T9;B9;****9999;10.000;21/11/2026",
    "T8;B8;****9999;x;21/11/2026",
)  # fmt: skip


@pytest.fixture
def kept(shop: SqliteJournal, desk: StatementDesk, tmp_path: Path) -> StatementResult:
    preview = desk.preview(GOTIT, put(tmp_path, *THREE))
    return desk.keep(desk.compare(preview, Going()), preview.layout, actor="Hương")


def test_a_file_against_a_day(shop: SqliteJournal, desk: StatementDesk, tmp_path: Path) -> None:
    result = check(desk, put(tmp_path, *THREE))
    assert told(result) == [
        ("amount_differs", 3, "r2"), ("missing_here", 4, ""), ("unreadable", 5, ""), ("missing_there", None, "r3"),
    ]  # fmt: skip
    assert (result.lines, result.matched, result.ours, result.id) == (4, 1, 3, 0)
    assert (result.theirs_vnd, result.ours_vnd, result.first_day, result.last_day) == (105_000, 150_000, DAY, DAY)
    difference = result.differences[0]
    assert (difference.theirs_vnd, difference.ours_vnd, difference.our_bill) == (45_000, 50_000, "B2")


def test_a_kept_check_is_read_back_as_it_was_found(kept: StatementResult, desk: StatementDesk) -> None:
    again = desk.check(kept.id)
    assert again == kept
    assert kept.whole
    assert kept.checked_by == "Hương"
    assert [each.made_utc for each in kept.differences] == [NOON, None, None, NOON]
    earlier = desk.earlier()
    assert [(each.id, each.issuer_label, each.differences) for each in earlier] == [(kept.id, "Got It", 4)]


def test_the_check_stands_in_the_audit_chain_with_a_hash_of_what_it_found(
    kept: StatementResult, journal: SqliteJournal, path: Path
) -> None:
    assert journal.verify().whole
    with closing(sqlite3.connect(path)) as connection:
        facts: str = connection.execute("SELECT facts FROM audit WHERE kind = 'statement.checked'").fetchone()[0]
        rows = connection.execute(
            "SELECT position, kind, line, reference, bill_number, ending, day, theirs_vnd, ours_vnd, note, row_kind,"
            " row_id FROM statement_difference ORDER BY position"
        ).fetchall()
    assert difference_hash(rows) in facts
    assert kept.sha256 in facts


def test_the_same_bytes_again_are_told_whatever_the_file_is_called(
    kept: StatementResult, desk: StatementDesk, tmp_path: Path
) -> None:
    again = desk.preview(GOTIT, put(tmp_path, *THREE, name="khac.csv"))
    assert [each.id for each in again.earlier] == [kept.id]
    assert [each.id for each in desk.compare(again, Going()).earlier] == [kept.id]


def test_columns_are_chosen_once_and_found_again(shop: SqliteJournal, desk: StatementDesk, tmp_path: Path) -> None:
    path = put(tmp_path, *THREE)
    preview = desk.preview(GOTIT, path)
    chosen = with_columns(preview, {Part.TRANSACTION: 1, Part.AMOUNT: 3, Part.TIME: 4})
    preview = desk.preview(GOTIT, path, chosen)
    desk.keep(desk.compare(preview, Going()), preview.layout, actor="Hương")
    again = desk.preview(GOTIT, put(tmp_path, *THREE, name="thang-12.csv"))
    assert (again.remembered, dict(again.layout.columns)[Part.TRANSACTION]) == (True, 1)
    assert not desk.preview("vinid", path).remembered
    other = tmp_path / "khac.csv"
    other.write_text("Voucher;Amount\nA;1\n", encoding="utf-8")
    assert desk.preview(GOTIT, str(other)).changed


def test_cases_are_made_once_however_often_the_file_comes(
    kept: StatementResult, desk: StatementDesk, tmp_path: Path, path: Path
) -> None:
    positions = [each.position for each in kept.differences]
    made = desk.make_cases(kept.id, positions[:2], reason="hỏi Got It", actor="Hương")
    assert (made.made, made.already) == (2, 0)
    assert [each.case for each in desk.check(kept.id).differences] == ["open", "open", "", ""]
    preview = desk.preview(GOTIT, put(tmp_path, *reversed(THREE), name="lan-2.csv"))
    second = desk.keep(desk.compare(preview, Going()), preview.layout, actor="Hương")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE day_case SET closed_utc = 'x', closed_by = 'Hương', closure = 'x' WHERE id = 1")
        connection.commit()
    again = desk.make_cases(second.id, range(1, 9), reason="lần hai", actor="Hương")
    assert (again.made, again.already) == (2, 2)
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            "SELECT issuer, bill_number, ending, amount_vnd, owner FROM day_case ORDER BY id"
        ).fetchall()
    assert rows[:2] == [(GOTIT, "B2", "0002", 5_000, "Hương"), (GOTIT, "B9", "9999", 10_000, "Hương")]
    assert len(rows) == 4


def test_a_case_needs_a_reason(kept: StatementResult, desk: StatementDesk) -> None:
    with pytest.raises(StatementRefused, match=r"statement\.reason_missing"):
        desk.make_cases(kept.id, [1], reason="  ", actor="Hương")


def test_only_this_issuers_rows_and_only_what_was_given_or_used_is_missed(
    shop: SqliteJournal, desk: StatementDesk, tmp_path: Path
) -> None:
    add(shop, "never", 7, bill_number="B7")
    with shop.transaction("lan") as tx:
        tx.move("never", Event.DROP)
    path = put(tmp_path, "T1;B1;****0001;50.000;21/11/2026")
    assert told(check(desk, path)) == [("missing_there", None, "r2"), ("missing_there", None, "r3")]
    assert told(check(desk, path, "vinid")) == [("missing_here", 2, "")]


def test_a_voucher_that_the_issuer_counts_as_used_is_missed_though_it_was_never_handed_over(
    shop: SqliteJournal, desk: StatementDesk, tmp_path: Path
) -> None:
    add(shop, "used", 8, bill_number="B8")
    for event in (Event.SEND, Event.USED):
        with shop.transaction("lan") as tx:
            tx.move("used", event, sent=stamp() if event is Event.SEND else None)
    result = check(desk, put(tmp_path, *(f"T{n};B{n};;50.000;21/11/2026" for n in (1, 2, 3))))
    assert told(result) == [("missing_there", None, "used")]


def test_a_voucher_taken_back_here_is_a_difference_if_they_bill_it(
    shop: SqliteJournal, desk: StatementDesk, tmp_path: Path
) -> None:
    for step, call in ((TakeBackStep.BEGUN, "c1"), (TakeBackStep.DONE, None)):
        with shop.transaction("Hương") as tx:
            if step is TakeBackStep.BEGUN:
                tx.add_attempt("c0", "mark_used", ["r1"], stamp())
            tx.add_take_back("r1", step, manager="Hương", reason="nhầm", call_id=call)
    lines = ["T1;B1;****0001;50.000;21/11/2026", "T2;B2;****0002;50.000;21/11/2026", "T3;B3;****0003;50.000;21/11/2026"]
    result = check(desk, put(tmp_path, *lines))
    assert [(each.kind, each.note) for each in result.differences] == [(DifferenceKind.MISSING_HERE, "taken_back_here")]
    back = check(desk, put(tmp_path, *lines, "T1;B1;****0001;-50.000;21/11/2026"))
    assert (told(back), back.theirs_vnd, back.ours_vnd) == ([], 100_000, 100_000)


def test_a_run_that_nobody_waits_for_ends_and_writes_nothing(
    shop: SqliteJournal, desk: StatementDesk, tmp_path: Path
) -> None:
    preview = desk.preview(GOTIT, put(tmp_path, *THREE))
    with pytest.raises(StatementRefused, match=r"statement\.stopped"):
        desk.compare(preview, Going(stop=True))
    assert desk.earlier() == ()


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ((), "statement.no_lines"),
        (("T1;B1;x;y;z",), "statement.nothing_readable"),
        (("T1;B1;1234;5;",), "statement.days_missing"),
        (("T1;B1;1234;5;1/1/2020", "T2;B1;1234;5;1/1/2026"), "statement.days_too_far"),
    ],
)
def test_a_file_that_says_nothing_to_compare_is_refused(
    shop: SqliteJournal, desk: StatementDesk, tmp_path: Path, lines: tuple[str, ...], code: str
) -> None:
    columns = {Part.TRANSACTION: 0, Part.BILL: 1, Part.ENDING: 2, Part.AMOUNT: 3, Part.TIME: 4}
    path = put(tmp_path, *lines)
    preview = desk.preview(GOTIT, path, Layout(tuple(columns.items())))
    with pytest.raises(StatementRefused) as raised:
        desk.compare(preview, Going())
    assert raised.value.code == code


def test_columns_that_are_not_chosen_are_asked_for(desk: StatementDesk, tmp_path: Path) -> None:
    preview = desk.preview(GOTIT, put(tmp_path, *THREE), Layout(((Part.ENDING, 2),)))
    assert preview.missing == ("amount", "time")
    with pytest.raises(StatementRefused, match=r"statement\.columns_missing"):
        desk.compare(preview, Going())


def test_a_file_that_vanishes_after_the_preview_is_said(
    desk: StatementDesk, shop: SqliteJournal, tmp_path: Path
) -> None:
    path = put(tmp_path, *THREE)
    preview = desk.preview(GOTIT, path)
    Path(path).unlink()
    with pytest.raises(StatementRefused, match=r"statement\.file_missing"):
        desk.compare(preview, Going())


def test_a_bill_of_no_issuer_is_no_row_of_it(shop: SqliteJournal, desk: StatementDesk, tmp_path: Path) -> None:
    """Two vouchers on one bill, one line each without any id: both are found by bill and amount."""
    with shop.transaction("lan") as tx:
        tx.add_bill(bill("B5"), business_date=business_date(NOON, 0))
        for position, number in enumerate((5, 6), 1):
            tx.add_redemption("B5", new(f"m{number}", number, 20_000, position))
    for row_id in ("m5", "m6"):
        for event in (Event.SEND, Event.USED_HERE):
            with shop.transaction("lan") as tx:
                tx.move(row_id, event, sent=stamp() if event is Event.SEND else None)
    result = check(desk, put(tmp_path, ";B5;;20.000;21/11/2026", ";B5;;20.000;21/11/2026"))
    assert (result.matched, dict(result.by)) == (2, {"bill": 2})
