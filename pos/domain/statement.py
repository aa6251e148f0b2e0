"""An issuer's statement against the journal: what both know, and every difference. Pure; nothing is guessed.

A line of theirs finds its row of ours by transaction id; else by bill number and amount; else by ending, amount and
day. A later key is tried only where an earlier one is missing on one side: a known transaction id that is not ours is
a difference, however well the rest fits. What could be several rows is named as doubtful, with all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from pos.domain.errors import PosError
from pos.domain.statement_match import Match
from pos.domain.statement_rows import Line, OurRow, Standing


class StatementRefused(PosError):
    """The file, or what was asked of it, is no statement that can be compared; nothing was kept."""


class DifferenceKind(StrEnum):
    """What is wrong with a line or a row."""

    MISSING_HERE = "missing_here"  # they list what we do not count
    MISSING_THERE = "missing_there"  # we count what they do not list
    AMOUNT_DIFFERS = "amount_differs"
    DOUBTFUL = "doubtful"  # could be several rows: a person decides
    DUPLICATE = "duplicate"  # listed once more
    UNREADABLE = "unreadable"


class Difference(NamedTuple):
    """One thing that does not agree; `note` is a stable word for why, or empty."""

    kind: DifferenceKind
    line: Line | None
    row: OurRow | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came out. `matched` counts lines; `by`: how they found their rows; `left_out`: lines not compared, by why.

    `ours` counts the rows that belong into the statement; `theirs_vnd` and `ours_vnd` are the sums of both sides, what
    was taken back subtracted.
    """

    matched: int
    ours: int
    theirs_vnd: int
    ours_vnd: int
    by: dict[str, int]
    left_out: dict[str, int]
    differences: tuple[Difference, ...]


def compare(
    lines: Sequence[Line],
    rows: Sequence[OurRow],
    first_day: str,
    last_day: str,
    stopped: Callable[[], bool] = lambda: False,
) -> Comparison:
    """Compare. Rows outside the days (`YYYY-MM-DD`) may be found by a line, but are never missed.

    `stopped` is asked between the steps; what is returned then means nothing.
    """
    mine, other = _of_this_till(lines, rows)
    uses = Match([line for line in mine if not line.back], rows)
    backs = Match([line for line in mine if line.back], rows)
    for match in (uses, backs):
        if not stopped():
            match.run()
    found = _judge(uses, backs, rows)
    found += _missing_there(uses, backs, rows, first_day, last_day)
    due = [row for row in rows if row.standing is Standing.DUE and first_day <= row.day <= last_day]
    wrong_lines = sum(1 for each in found if each.line is not None)
    by: dict[str, int] = defaultdict(int)
    for match in (uses, backs):
        for how in match.how.values():
            by[how] += 1
    return Comparison(
        matched=len(mine) - wrong_lines,
        ours=len(due),
        theirs_vnd=sum(-line.amount_vnd if line.back else line.amount_vnd for line in mine),
        ours_vnd=sum(row.amount_vnd for row in due),
        by=dict(sorted(by.items())),
        left_out={"other_till": other} if other else {},
        differences=tuple(sorted(found, key=_place)),
    )


def _place(found: Difference) -> tuple[int, int, str]:
    """Theirs in the order of their file, then ours by time."""
    line, row = found.line, found.row
    return (0, line.number, "") if line is not None else (1, 0, row.id if row is not None else "")


def _series(bill: str) -> str:
    """The part of a bill number that names store and till; empty if it is none of the till's own making."""
    parts = bill.rsplit("-", 2)
    return parts[0] if len(parts) == 3 and len(parts[1]) == 8 and (parts[1] + parts[2]).isdigit() else ""


def _of_this_till(lines: Sequence[Line], rows: Sequence[OurRow]) -> tuple[list[Line], int]:
    """The lines without those of other tills of the shop, and how many those are. A transaction id of ours stays."""
    ours = {_series(row.bill) for row in rows} - {""}
    if not ours:
        return list(lines), 0
    known = {reference for row in rows for reference in row.references}
    stores = {series.rsplit("-", 1)[0] for series in ours}
    mine = []
    for line in lines:
        series = _series(line.bill)
        other = series and series not in ours and series.rsplit("-", 1)[0] in stores
        if not other or line.transaction in known:
            mine.append(line)
    return mine, len(lines) - len(mine)


def _judge(uses: Match, backs: Match, rows: Sequence[OurRow]) -> list[Difference]:
    """What each line of theirs means against its row."""
    kind, found = DifferenceKind, []
    for match in (uses, backs):
        for number, line in enumerate(match.lines):
            pair = match.pairs.get(number)
            row = rows[pair[0]] if pair else None
            if number in match.doubtful_lines:
                found.append(Difference(kind.DOUBTFUL, line, None, "several_rows"))
            elif number in match.duplicates:
                found.append(Difference(kind.DUPLICATE, line, None))
            elif pair is None or row is None:
                found.append(Difference(kind.MISSING_HERE, line, None, "back_unknown" if line.back else ""))
            elif why := _not_here(line, row, both=pair[0] in uses.taken and pair[0] in backs.taken):
                found.append(Difference(kind.MISSING_HERE, line, row, why))
            elif number in match.differs:
                found.append(Difference(kind.AMOUNT_DIFFERS, line, row))
    return found


def _not_here(line: Line, row: OurRow, *, both: bool) -> str:
    """Why a line that is about a row of ours is not what we count; empty if it is."""
    if line.back:
        return "" if row.standing is Standing.TAKEN_BACK else "taken_back_there"
    if row.standing is Standing.TAKEN_BACK:
        return "" if both else "taken_back_here"
    return "" if row.standing is Standing.DUE else f"here_{row.standing.value}"


def _missing_there(
    uses: Match, backs: Match, rows: Sequence[OurRow], first_day: str, last_day: str
) -> list[Difference]:
    kind, found = DifferenceKind, []
    for number, row in enumerate(rows):
        if row.standing is not Standing.DUE or not first_day <= row.day <= last_day:
            continue
        if number in uses.taken or number in backs.taken:
            continue
        if number in uses.doubtful_rows:
            found.append(Difference(kind.DOUBTFUL, None, row, "several_lines"))
        else:
            note = row.note or ("sent_later" if row.sent_day > last_day else "")
            found.append(Difference(kind.MISSING_THERE, None, row, note))
    return found
