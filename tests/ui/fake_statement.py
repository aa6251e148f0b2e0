"""A journal for statements without a database: rows by the day, checks in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from pos.domain.business_date import from_utc_text
from pos.domain.statement_layout import Layout
from pos.domain.statement_rows import OurRow, Standing
from pos.reports.statement_file import DiskFiles
from pos.till.review.events import Running
from pos.till.review.statement import CasesMade, EarlierCheck, StatementResult
from pos.till.review.statement_desk import StatementDesk

NAMES = {"gotit": "Got It", "vinid": "VinID", "gotadi": "Gotadi", "appotapay": "AppotaPay"}
CHECKED_UTC = datetime(2026, 12, 1, 2, 15, tzinfo=UTC)
HEAD = "Mã giao dịch;Số hóa đơn;Mã voucher;Giá trị voucher;Thời gian;Trạng thái"


class FakeStore:
    """Fits the port `StatementStore`. With `exact` a file of `many_lines` has no differences."""

    def __init__(self) -> None:
        self.exact = False
        self.rows = tuple(_row(number) for number in range(60))
        self.layouts: dict[str, Layout] = {}
        self.kept: list[StatementResult] = []
        self.cases: dict[tuple[int, int], str] = {}

    def our_rows(self, issuer: str, first: date, last: date, *, most: int, running: Running) -> list[OurRow]:
        return list(self.rows) if issuer == "gotit" else []

    def issuers(self) -> tuple[str, ...]:
        return tuple(self.layouts)

    def layout(self, issuer: str) -> Layout | None:
        return self.layouts.get(issuer)

    def keep_layout(self, issuer: str, layout: Layout, *, actor: str) -> None:
        self.layouts[issuer] = layout

    def keep(self, result: StatementResult, *, actor: str) -> int:
        made = {row.id: from_utc_text(row.created_utc) for row in self.rows}
        told = tuple(replace(each, made_utc=made.get(each.row_id)) for each in result.differences)
        check = len(self.kept) + 1
        kept = replace(result, id=check, checked_by=actor, checked_utc=CHECKED_UTC, differences=told)
        self.kept.append(kept)
        return check

    def checks(self, *, sha256: str = "", limit: int = 50) -> tuple[EarlierCheck, ...]:
        return tuple(
            EarlierCheck(
                each.id, each.issuer, NAMES[each.issuer], each.file_name, each.first_day, each.last_day, each.lines,
                each.matched, len(each.differences), each.checked_by, CHECKED_UTC,
            )
            for each in reversed(self.kept)
            if not sha256 or each.sha256 == sha256
        )  # fmt: skip

    def check(self, check_id: int) -> StatementResult:
        kept = self.kept[check_id - 1]
        told = tuple(
            replace(each, case=self.cases.get((check_id, each.position), "")) for each in kept.differences
        )  # fmt: skip
        return replace(kept, differences=told)

    def make_cases(self, check_id: int, positions: Iterable[int], *, reason: str, actor: str) -> CasesMade:
        fresh = [place for place in positions if (check_id, place) not in self.cases]
        self.cases.update({(check_id, place): "open" for place in fresh})
        return CasesMade(check_id, len(fresh), len(list(positions)) - len(fresh))


def _row(number: int) -> OurRow:
    day = f"2026-11-{number // 4 + 1:02}"
    bill = f"HN03-T2-{day.replace('-', '')}-{number + 101:06}"
    return OurRow(
        "redemption", f"r{number:03}", bill, f"{2835 + number * 7:04}", (f"5120_{day.replace('-', '')}{number:04}",),
        50_000 + number % 4 * 25_000, 50_000 + number % 4 * 25_000, day, day, f"{day}T05:{number % 60:02}:00.000Z",
        Standing.DUE,
    )  # fmt: skip


def many_lines(store: FakeStore) -> bytes:
    """What the issuer would say of the fake's rows; unless `exact`, with one of each kind of difference."""
    lines = [line(row) for row in store.rows]
    if not store.exact:
        lines[5] = line(store.rows[5], amount="25.000")
        lines[9] = lines[8]
        lines[12] = line(store.rows[12], amount="năm mươi nghìn")
        lines[20:22] = ["5120_202611060999;HN03-T2-20261106-000999;****4410;100.000;06/11/2026 08:51;Thành công"]
        lines.append(line(store.rows[30], status="Hoàn tiền"))
        lines.append("5120_x;HN03-T1-20261106-000004;****1111;50.000;06/11/2026 08:51;Thành công")
    return "\r\n".join(["BẢNG ĐỐI SOÁT THÁNG 11/2026;;;;;", HEAD, *lines, "Tổng cộng;;;4.500.000;;"]).encode(
        "utf-8-sig"
    )


def line(row: OurRow, *, amount: str = "", status: str = "Thành công") -> str:
    """One line of the issuer's file about this row."""
    day = date.fromisoformat(row.day)
    worth = amount or f"{row.amount_vnd:,}".replace(",", ".")
    return f"{row.references[0]};{row.bill};****{row.ending};{worth};{day:%d/%m/%Y} 12:05;{status}"


def put(folder: Path, name: str, data: bytes) -> str:
    """A file on the disk."""
    (folder / name).write_bytes(data)
    return str(folder / name)


def desk_over(store: FakeStore) -> StatementDesk:
    """The real desk and the real files over this store."""
    return StatementDesk(DiskFiles(), store, NAMES)
