"""The statement check as a manager does it: choose a file, see how it is understood, compare, keep, make cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from pos.domain.statement import Comparison, Difference, DifferenceKind, StatementRefused, compare
from pos.domain.statement_layout import Layout
from pos.domain.statement_propose import find_again, propose
from pos.domain.statement_reading import LeftOut, Reading, Unread
from pos.domain.statement_rows import Line, OurRow
from pos.till.review.events import Running
from pos.till.review.statement import (
    MARGIN_DAYS,
    MOST_KEPT,
    MOST_LINES,
    CasesMade,
    EarlierCheck,
    FileSample,
    Preview,
    StatementDifference,
    StatementFile,
    StatementFiles,
    StatementIssuer,
    StatementResult,
    StatementStore,
)
from pos.till.review.statement_preview import heads, meanings, missing, understood

_LOOK_EVERY = 1000
_NOBODY_WAITS = StatementRefused("statement.stopped")
_LONGEST_DAYS = 800
"""A day typed wrongly must not make two years of a month."""


class StatementDesk:
    """Plain and synchronous; the `ReviewService` brings the threads.

    Args:
        issuers: name → word for people of those that are set up.
    """

    def __init__(self, files: StatementFiles, store: StatementStore, issuers: Mapping[str, str]) -> None:
        self._files, self._store, self._issuers = files, store, dict(issuers)

    def label(self, issuer: str) -> str:
        """The issuer's name for people."""
        return self._issuers.get(issuer, issuer)

    def issuers(self) -> tuple[StatementIssuer, ...]:
        """Those that can be chosen."""
        names = dict.fromkeys((*self._issuers, *self._store.issuers()))
        return tuple(StatementIssuer(name, self.label(name), self._store.layout(name)) for name in names)

    def earlier(self) -> tuple[EarlierCheck, ...]:
        """Checks made before, newest first."""
        return self._store.checks()

    def check(self, check_id: int) -> StatementResult:
        """One of them, whole."""
        return self._store.check(check_id)

    # ------------------------------------------------------------ looking at a file

    def preview(self, issuer: str, path: str, layout: Layout | None = None) -> Preview:
        """How a file would be understood: as chosen, else as the last time, else as its words propose.

        Raises:
            StatementRefused: it cannot be read.
        """
        remembered = self._store.layout(issuer) if layout is None else None
        choice = layout or remembered or Layout(())
        sample = self._sample(path, choice, chosen=layout is not None)
        laid = layout
        if laid is None and remembered is not None:
            laid = find_again(remembered, sample.rows, sample.numbers)
        proposed = laid or replace(propose(sample.rows, sample.numbers), sheet=choice.sheet if layout else "")
        return Preview(
            issuer=issuer,
            issuer_label=self.label(issuer),
            path=path,
            sample=sample,
            layout=proposed,
            remembered=layout is None and laid is not None,
            changed=remembered is not None and laid is None,
            heads=heads(sample, proposed),
            lines=understood(sample, proposed),
            meanings=meanings(sample, proposed),
            missing=missing(proposed),
            earlier=self._store.checks(sha256=sample.sha256),
        )

    def _sample(self, path: str, layout: Layout, *, chosen: bool) -> FileSample:
        try:
            return self._files.sample(path, layout.sheet, layout.encoding, layout.separator)
        except StatementRefused as error:
            if chosen or error.code != "statement.no_such_sheet":
                raise
            return self._files.sample(path, "", layout.encoding, layout.separator)

    # ------------------------------------------------------------ comparing

    def compare(
        self, preview: Preview, running: Running, first: date | None = None, last: date | None = None
    ) -> StatementResult:
        """Read the whole file and compare it; nothing is written. `first` and `last` are the days to compare, or None:
        those of the file.

        Raises:
            StatementRefused: the file cannot be read, or says nothing that could be compared; `statement.stopped`.
        """
        layout = preview.layout
        if needed := missing(layout):
            raise StatementRefused("statement.columns_missing", part=needed[0])
        sheet = layout.sheet or preview.sample.sheet
        file = self._files.open(preview.path, sheet, layout.encoding, layout.separator)
        lines, unread, left_out = _read(file, layout, running)
        first, last = _days(lines, first, last)
        rows = self._store.our_rows(
            preview.issuer, _shifted(first, -MARGIN_DAYS), _shifted(last, MARGIN_DAYS), most=MOST_LINES,
            running=running,
        )  # fmt: skip
        if len(rows) > MOST_LINES:
            raise StatementRefused("statement.too_many_ours", most=MOST_LINES)
        found = compare(lines, rows, first.isoformat(), last.isoformat(), running.stopped)
        if running.stopped():
            raise _NOBODY_WAITS
        return self._result(preview, file, found, lines, unread, left_out, first, last)

    def _result(
        self, preview: Preview, file: StatementFile, found: Comparison, lines: list[Line], unread: list[Unread],
        left_out: Counter[str], first: date, last: date,
    ) -> StatementResult:  # fmt: skip
        told = [_unread(each) for each in unread] + [_told(each) for each in found.differences]
        told.sort(key=lambda each: (each.line is None, each.line or 0))
        differences = tuple(replace(each, position=place) for place, each in enumerate(told, 1))
        counts = Counter(each.kind for each in differences)
        others = found.left_out.get("other_till", 0)
        return StatementResult(
            id=0, issuer=preview.issuer, issuer_label=preview.issuer_label, file_name=file.name, sha256=file.sha256,
            first_day=first, last_day=last, lines=len(lines) + len(unread) - others, matched=found.matched,
            ours=found.ours, theirs_vnd=found.theirs_vnd, ours_vnd=found.ours_vnd,
            counts=tuple((kind, counts[kind]) for kind in DifferenceKind), by=tuple(found.by.items()),
            left_out=tuple(sorted((left_out + Counter(found.left_out)).items())), differences=differences,
            earlier=self._store.checks(sha256=file.sha256),
        )  # fmt: skip

    # ------------------------------------------------------------ writing

    def keep(self, result: StatementResult, layout: Layout, *, actor: str) -> StatementResult:
        """Write the check down, and remember how the file is laid out.

        Raises:
            StatementRefused: so many differences that columns or issuer must be wrong; nothing is written.
        """
        if len(result.differences) > MOST_KEPT:
            raise StatementRefused("statement.too_many_differences", count=len(result.differences), most=MOST_KEPT)
        self._store.keep_layout(result.issuer, layout, actor=actor)
        return self._store.check(self._store.keep(result, actor=actor))

    def make_cases(self, check_id: int, positions: Iterable[int], *, reason: str, actor: str) -> CasesMade:
        """Open cases for differences that have none yet.

        Raises:
            StatementRefused: no reason was given.
        """
        if not reason.strip():
            raise StatementRefused("statement.reason_missing")
        return self._store.make_cases(check_id, positions, reason=reason.strip(), actor=actor)


def _read(file: StatementFile, layout: Layout, running: Running) -> tuple[list[Line], list[Unread], Counter[str]]:
    lines: list[Line] = []
    unread: list[Unread] = []
    left_out: Counter[str] = Counter()
    reading = Reading(layout)
    for count, (number, cells) in enumerate(file.rows()):
        if count % _LOOK_EVERY == 0:
            if running.stopped():
                raise _NOBODY_WAITS
            running.progress(count, 0)
        row = reading.read(number, cells)
        if isinstance(row, Line):
            lines.append(row)
        elif isinstance(row, Unread):
            unread.append(row)
        elif isinstance(row, LeftOut):
            left_out[row.why] += 1
        if len(lines) + len(unread) > MOST_LINES:
            raise StatementRefused("statement.too_many_lines", file=file.name, most=MOST_LINES)
    if not lines:
        raise StatementRefused("statement.nothing_readable" if unread else "statement.no_lines", file=file.name)
    return lines, unread, left_out


def _days(lines: list[Line], first: date | None, last: date | None) -> tuple[date, date]:
    days = [line.day for line in lines if line.day]
    if not days and (first is None or last is None):
        raise StatementRefused("statement.days_missing")
    first = first or date.fromisoformat(min(days))
    last = last or date.fromisoformat(max(days))
    if first > last:
        raise StatementRefused("statement.days_turned")
    if (last - first).days > _LONGEST_DAYS:
        raise StatementRefused("statement.days_too_far", first=first.isoformat(), last=last.isoformat())
    return first, last


def _shifted(day: date, days: int) -> date:
    return day + timedelta(days=days)


def _told(found: Difference) -> StatementDifference:
    line, row = found.line, found.row
    counted = row is not None and found.kind in (
        DifferenceKind.MISSING_THERE, DifferenceKind.AMOUNT_DIFFERS, DifferenceKind.DOUBTFUL,
    )  # fmt: skip
    return _with_row(
        StatementDifference(
            position=0,
            kind=found.kind,
            line=line.number if line is not None else None,
            reference=line.transaction if line is not None else _first(row),
            bill_number=line.bill if line is not None else _of(row, lambda each: each.bill),
            ending=line.ending if line is not None else _of(row, lambda each: each.ending),
            day=line.day if line is not None else _of(row, lambda each: each.day),
            theirs_vnd=None if line is None else (-line.amount_vnd if line.back else line.amount_vnd),
            ours_vnd=row.amount_vnd if row is not None and counted else None,
            note=found.note,
        ),
        row,
    )


def _with_row(found: StatementDifference, row: OurRow | None) -> StatementDifference:
    if row is None:
        return found
    return replace(found, row_kind=row.kind, row_id=row.id, our_bill=row.bill, our_ending=row.ending)


def _first(row: OurRow | None) -> str:
    return row.references[0] if row is not None and row.references else ""


def _of(row: OurRow | None, read: Callable[[OurRow], str]) -> str:
    return read(row) if row is not None else ""


def _unread(row: Unread) -> StatementDifference:
    return StatementDifference(
        position=0, kind=DifferenceKind.UNREADABLE, line=row.number, reference=row.transaction,
        bill_number=row.bill, ending=row.ending, day=row.day, theirs_vnd=None, ours_vnd=None, note=row.problem,
    )  # fmt: skip
