"""Statements in the journal: our rows for a comparison, layouts, checks with their differences, cases made of them."""
# ruff: noqa: S608 – SQL is put together from this package's own constants; values are always bound

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from pos.domain.business_date import from_utc_text
from pos.domain.errors import JournalError
from pos.domain.statement import DifferenceKind
from pos.domain.statement_layout import DateOrder, Layout, Part
from pos.domain.statement_rows import OurRow
from pos.journal import statement_rows
from pos.journal.failures import sorted_error
from pos.journal.store import SqliteJournal
from pos.journal.write_tx import WriteTx
from pos.till.review.events import Running
from pos.till.review.statement import CasesMade, EarlierCheck, StatementDifference, StatementResult

_SOURCES: tuple[tuple[str, Callable[[Sequence[Any]], OurRow]], ...] = (
    (statement_rows.REDEMPTIONS, statement_rows.redemption),
    (statement_rows.SALES, statement_rows.sale),
    (statement_rows.BOOKINGS, statement_rows.booking),
)
_AT_ONCE = 500
"""Differences in one transaction: a scan at the counter waits for none longer than for another till's."""
_KINDS = tuple(kind.value for kind in DifferenceKind)
_CHECK = (
    "id, issuer, file_name, file_sha256, first_date, last_date, lines, matched, ours, theirs_vnd, ours_vnd,"
    f" {', '.join(_KINDS)}, found_by, left_out, checked_by, checked_utc"
)
_DIFFERENCE = "position, kind, line, reference, bill_number, ending, day, theirs_vnd, ours_vnd, note, row_kind, row_id"
_OURS = {
    "redemption": "SELECT created_utc, bill_number, code_ending FROM redemption WHERE id = ?",
    "sale": "SELECT created_utc, bill_number, '' FROM sale WHERE id = ?",
    "booking": "SELECT created_utc, bill_number, ifnull(code_ending, '') FROM booking WHERE id = ?",
}


class StatementStore:
    """The port `pos.till.review.statement.StatementStore` on a journal. Threads as the journal."""

    def __init__(self, journal: SqliteJournal, label: Callable[[str], str]) -> None:
        self._core = journal.core
        self._label = label

    def _run(self, sql: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        try:
            return self._core.connections.get().execute(sql, values)
        except sqlite3.Error as error:
            raise sorted_error(error, self._core.path) from error

    # ------------------------------------------------------------ reading

    def our_rows(self, issuer: str, first: date, last: date, *, most: int, running: Running) -> list[OurRow]:
        """What may stand in a statement of these business dates. At most `most + 1` rows; few when told to stop."""
        found: list[OurRow] = []
        for question, read in _SOURCES:
            values = (first.isoformat(), last.isoformat(), issuer, most + 1 - len(found))
            try:
                for batch in statement_rows.batches(self._run(question, values)):
                    found += map(read, batch)
                    if running.stopped():
                        return found
            except sqlite3.Error as error:
                raise sorted_error(error, self._core.path) from error
        return found

    def layout(self, issuer: str) -> Layout | None:
        """As remembered; None if there is none that this program understands."""
        row = self._run("SELECT layout FROM statement_layout WHERE issuer = ?", (issuer,)).fetchone()
        if row is None:
            return None
        try:
            kept = json.loads(row[0])
            return Layout(
                columns=tuple((Part(part), int(column)) for part, column in kept.pop("columns")),
                names=tuple((Part(part), str(name)) for part, name in kept.pop("names")),
                date_order=DateOrder(kept.pop("date_order")),
                **kept,
            )
        except (ValueError, TypeError, KeyError):
            return None

    def issuers(self) -> tuple[str, ...]:
        """Those of which a layout or a check stands here, whether they are still set up or not."""
        found = self._run("SELECT issuer FROM statement_layout UNION SELECT issuer FROM statement_check ORDER BY 1")
        return tuple(row[0] for row in found)

    def checks(self, *, sha256: str = "", limit: int = 50) -> tuple[EarlierCheck, ...]:
        """Newest first; with `sha256` those of the same bytes."""
        where, values = ("WHERE file_sha256 = ?", (sha256, limit)) if sha256 else ("", (limit,))
        found = self._run(
            "SELECT id, issuer, file_name, first_date, last_date, lines, matched,"
            f" {' + '.join(_KINDS)}, checked_by, checked_utc FROM statement_check {where} ORDER BY id DESC LIMIT ?",
            values,
        )
        return tuple(self._earlier(row) for row in found)

    def _earlier(self, row: Sequence[Any]) -> EarlierCheck:
        return EarlierCheck(
            id=row[0], issuer=row[1], issuer_label=self._label(row[1]), file_name=row[2],
            first_day=date.fromisoformat(row[3]), last_day=date.fromisoformat(row[4]), lines=row[5], matched=row[6],
            differences=row[7], checked_by=row[8], checked_utc=from_utc_text(row[9]),
        )  # fmt: skip

    def check(self, check_id: int) -> StatementResult:
        """One check with its differences. Raises `JournalError("journal.no_such_row")`."""
        row = self._run(f"SELECT {_CHECK} FROM statement_check WHERE id = ?", (check_id,)).fetchone()
        if row is None:
            raise JournalError("journal.no_such_row")
        counts = dict(zip(DifferenceKind, row[11 : 11 + len(_KINDS)], strict=True))
        found_by, left_out, checked_by, checked_utc = row[11 + len(_KINDS) :]
        differences = tuple(self._differences(check_id, row[1]))
        return StatementResult(
            id=row[0], issuer=row[1], issuer_label=self._label(row[1]), file_name=row[2], sha256=row[3],
            first_day=date.fromisoformat(row[4]), last_day=date.fromisoformat(row[5]), lines=row[6], matched=row[7],
            ours=row[8], theirs_vnd=row[9], ours_vnd=row[10],
            counts=tuple(counts.items()), by=tuple(json.loads(found_by).items()),
            left_out=tuple(json.loads(left_out).items()), differences=differences, checked_by=checked_by,
            checked_utc=from_utc_text(checked_utc), whole=len(differences) == sum(counts.values()),
            earlier=tuple(check for check in self.checks(sha256=row[3]) if check.id != check_id),
        )  # fmt: skip

    def _differences(self, check_id: int, issuer: str) -> Iterator[StatementDifference]:
        cases = dict(
            self._run("SELECT ref, closed_utc FROM day_case WHERE kind = 'statement' AND issuer = ?", (issuer,))
        )
        for found, ref in self._with_refs(check_id):
            case = "" if ref not in cases else ("open" if cases[ref] is None else "closed")
            yield replace(found, case=case)

    def _with_refs(self, check_id: int) -> Iterator[tuple[StatementDifference, str]]:
        """Each difference with what names its case: the same thing found again in a later file has the same name."""
        seen: Counter[str] = Counter()
        rows = self._run(f"SELECT {_DIFFERENCE} FROM statement_difference WHERE check_id = ? ORDER BY position",
                         (check_id,)).fetchall()  # fmt: skip
        for row in rows:
            found = StatementDifference(row[0], DifferenceKind(row[1]), *row[2:])
            if found.row_id:
                made, bill, ending = self._run(_OURS[found.row_kind], (found.row_id,)).fetchone() or (None, "", "")
                found = replace(
                    found, made_utc=None if made is None else from_utc_text(made), our_bill=bill, our_ending=ending
                )
            name = _case_name(found)
            seen[name] += 1
            yield found, name if seen[name] == 1 else f"{name}/{seen[name]}"

    # ------------------------------------------------------------ writing

    def keep_layout(self, issuer: str, layout: Layout, *, actor: str) -> None:
        """Remember it; the same again is not written again."""
        if self.layout(issuer) == layout:
            return
        text = json.dumps(asdict(layout), ensure_ascii=False, sort_keys=True)
        with WriteTx(self._core, actor) as tx:
            tx.run(
                "INSERT INTO statement_layout (issuer, layout, saved_by, saved_utc) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (issuer) DO UPDATE SET layout = excluded.layout, saved_by = excluded.saved_by,"
                " saved_utc = excluded.saved_utc",
                (issuer, text, actor, tx.now_text),
            )
            tx.note("statement.layout", issuer, {"layout": text})

    def keep(self, result: StatementResult, *, actor: str) -> int:
        """Write a check with its differences, in small transactions: the counter goes on meanwhile.

        The audited row holds the counts and a hash of all differences, so that a list that is not whole, or was
        changed, is known as such.
        """
        rows = [_difference_values(found) for found in result.differences]
        counts = tuple(result.count(kind) for kind in DifferenceKind)
        with WriteTx(self._core, actor) as tx:
            values = (
                result.issuer, result.file_name, result.sha256, result.first_day.isoformat(),
                result.last_day.isoformat(), result.lines, result.matched, result.ours, result.theirs_vnd,
                result.ours_vnd, *counts, json.dumps(dict(result.by)), json.dumps(dict(result.left_out)), actor,
                tx.now_text,
            )  # fmt: skip
            marks = ", ".join("?" * len(values))
            check_id: int = tx.run(
                f"INSERT INTO statement_check ({_CHECK.removeprefix('id, ')}) VALUES ({marks}) RETURNING id", values
            ).fetchone()[0]
            facts: dict[str, str | int | bool | None] = {
                "issuer": result.issuer, "file": result.file_name, "sha256": result.sha256,
                "first": result.first_day.isoformat(), "last": result.last_day.isoformat(), "lines": result.lines,
                "matched": result.matched, "theirs_vnd": result.theirs_vnd, "ours_vnd": result.ours_vnd,
                "differences": len(rows), "differences_sha256": difference_hash(rows),
            }  # fmt: skip
            tx.note("statement.checked", str(check_id), facts)
        self._keep_differences(check_id, rows, actor)
        return check_id

    def _keep_differences(self, check_id: int, rows: list[tuple[Any, ...]], actor: str) -> None:
        marks = ", ".join("?" * (_DIFFERENCE.count(",") + 2))
        for first in range(0, len(rows), _AT_ONCE):
            with WriteTx(self._core, actor) as tx:
                for values in rows[first : first + _AT_ONCE]:
                    tx.run(
                        f"INSERT INTO statement_difference (check_id, {_DIFFERENCE}) VALUES ({marks})",
                        (check_id, *values),
                    )

    def make_cases(self, check_id: int, positions: Iterable[int], *, reason: str, actor: str) -> CasesMade:
        """Open a case for each of these differences that has none, open or closed: no difference becomes two cases."""
        check = self.check(check_id)
        wanted, made, already = set(positions), 0, 0
        chosen = [(found, ref) for found, ref in self._with_refs(check_id) if found.position in wanted]
        for first in range(0, len(chosen), _AT_ONCE):
            with WriteTx(self._core, actor) as tx:
                for found, ref in chosen[first : first + _AT_ONCE]:
                    if self._make_case(tx, check, found, ref, reason):
                        made += 1
                    else:
                        already += 1
        return CasesMade(check_id, made, already)

    def _make_case(
        self, tx: WriteTx, check: StatementResult, found: StatementDifference, ref: str, reason: str
    ) -> bool:
        amount_vnd = abs((found.theirs_vnd or 0) - (found.ours_vnd or 0))
        day = found.day or check.last_day.isoformat()
        bill, ending = found.our_bill or found.bill_number, found.our_ending or found.ending
        row = tx.run(
            "INSERT INTO day_case (kind, business_date, ref, issuer, bill_number, ending, amount_vnd, reason,"
            " opened_utc, owner) SELECT 'statement', ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9"
            " WHERE NOT EXISTS (SELECT 1 FROM day_case WHERE kind = 'statement' AND ref = ?2 AND issuer = ?3)"
            " RETURNING id",
            (day, ref, check.issuer, bill, ending, amount_vnd, reason, tx.now_text, tx.actor),
        ).fetchone()
        if row is None:
            return False
        facts: dict[str, str | int | bool | None] = {
            "case": row[0], "kind": "statement", "why": found.kind.value, "owner": tx.actor, "check": check.id,
            "position": found.position, "amount_vnd": amount_vnd, "reason": reason,
        }  # fmt: skip
        tx.note("day_case.opened", ref, facts)
        return True


def difference_hash(rows: list[tuple[Any, ...]]) -> str:
    """SHA-256 over the differences in their order, as the audited row of their check holds it."""
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


def _difference_values(found: StatementDifference) -> tuple[Any, ...]:
    """In the order of `_DIFFERENCE`."""
    return (
        found.position, found.kind.value, found.line, found.reference, found.bill_number, found.ending, found.day,
        found.theirs_vnd, found.ours_vnd, found.note, found.row_kind, found.row_id,
    )  # fmt: skip


def _case_name(found: StatementDifference) -> str:
    if found.row_id:
        return f"{found.kind.value}/{found.row_kind}/{found.row_id}"
    facts = (found.reference, found.bill_number, found.ending, found.day, found.theirs_vnd)
    if found.kind is DifferenceKind.UNREADABLE:
        facts = (*facts, found.line, found.note)  # type: ignore[assignment]
    return f"{found.kind.value}/{hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:20]}"
