"""Finding the row of each line of a statement; see `pos.domain.statement` for what is matched and what is not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from pos.domain.statement_rows import Line, OurRow, Standing

Pairs = dict[int, tuple[int, ...]]
"""Index of a line → indexes of its rows: several where one line stands for the sum of one call."""


_MOST_ALIKE = 50
"""Lines of one key beyond which none is told from another: a column that says the same everywhere."""


class Match:
    """Finds the rows of lines that all count, or all take back."""

    def __init__(self, lines: Sequence[Line], rows: Sequence[OurRow]) -> None:
        self.lines, self.rows = lines, rows
        self.pairs: Pairs = {}
        self.how: dict[int, str] = {}
        self.taken: dict[int, int] = {}  # row → line
        self.differs: set[int] = set()
        self.duplicates: set[int] = set()
        self.doubtful_lines: set[int] = set()
        self.doubtful_rows: set[int] = set()

    def run(self) -> None:
        """Key after key."""
        by_reference: dict[str, list[int]] = defaultdict(list)
        by_bill: dict[str, list[int]] = defaultdict(list)
        for number, row in enumerate(self.rows):
            by_bill[row.bill].append(number)
            for reference in row.references:
                by_reference[reference].append(number)
        # A column of which not one entry is known here is not what it was taken for: the next key decides.
        knows_ids = any(line.transaction in by_reference for line in self.lines)
        knows_bills = any(line.bill in by_bill for line in self.lines)
        left = self._stage("transaction", range(len(self.lines)), lambda line: line.transaction, by_reference)
        foreign = {n for n in left if knows_ids and self.lines[n].transaction}
        left = self._stage("bill", left, lambda line: line.bill, by_bill, foreign)
        left = [n for n in left if not (knows_bills and self.lines[n].bill)]
        by_day: dict[tuple[str, int, str], list[int]] = defaultdict(list)
        for number, row in enumerate(self.rows):
            if row.ending and number not in self.taken:
                for amount in {row.amount_vnd, row.worth_vnd}:
                    by_day[row.ending, amount, row.day].append(number)
        self._stage("ending", left, _ending_key, by_day, foreign)

    def _stage(
        self,
        how: str,
        lines: Iterable[int],
        key: Callable[[Line], object],
        index: dict[object, list[int]] | dict[str, list[int]] | dict[tuple[str, int, str], list[int]],
        foreign: frozenset[int] | set[int] = frozenset(),
    ) -> list[int]:
        """Match by one key. Returns the lines that no row shares it with.

        `foreign` are lines with a transaction id that is not ours: they can only be rows that have none.
        """
        look: dict[object, list[int]] = index  # type: ignore[assignment]
        groups: dict[tuple[object, bool], list[int]] = defaultdict(list)
        left = []
        for number in lines:
            wanted = key(self.lines[number])
            if wanted and wanted in look:
                groups[wanted, number in foreign].append(number)
            else:
                left.append(number)
        for (wanted, is_foreign), members in groups.items():
            rows = [r for r in look[wanted] if not (is_foreign and self.rows[r].references)]
            if rows:
                self._resolve(how, members, rows)
            elif not is_foreign:
                left += members
        return sorted(left)

    def _resolve(self, how: str, lines: list[int], rows: list[int]) -> None:
        """Lines and rows of one key: the same facts pair, one that is left on either side differs in its amount."""
        rows = self._untold(rows)
        if len(lines) == 1 and len(rows) > 1 and self._stands_for_all(how, lines[0], rows):
            return
        known = [n for n in lines if self.lines[n].ending]
        self._pair(how, known, rows, lambda line: line.ending, lambda row: row.ending)
        self._pair(how, [n for n in lines if not self.lines[n].ending], rows, lambda _: "", lambda _: "")
        members, lines = lines, self._open(lines)
        rows = self._untold(rows)
        if len(lines) <= _MOST_ALIKE:
            self._differing(how, lines, rows)
            lines, rows = self._open(lines), self._untold(rows)
        paired = {self.lines[n][1:] for n in members if n in self.pairs}
        for number in lines:
            mine = [r for r in rows if self._may_be(number, r)]
            if mine:
                self.doubtful_lines.add(number)
                self.doubtful_rows.update(mine)
            elif self.lines[number][1:] in paired:  # its row is taken by a line that says the same
                self.duplicates.add(number)

    def _differing(self, how: str, lines: list[int], rows: list[int]) -> None:
        """One line and one row that can only be each other: they differ in the amount."""
        for number in lines:
            mine = [r for r in rows if self._may_be(number, r) and r not in self.taken]
            if len(mine) == 1 and not any(n != number and self._may_be(n, mine[0]) for n in self._open(lines)):
                self._take(how, number, mine[0])
                if self.lines[number].amount_vnd not in (self.rows[mine[0]].amount_vnd, self.rows[mine[0]].worth_vnd):
                    self.differs.add(number)

    def _open(self, lines: list[int]) -> list[int]:
        return [n for n in lines if n not in self.pairs and n not in self.duplicates and n not in self.doubtful_lines]

    def _untold(self, rows: list[int]) -> list[int]:
        return [r for r in rows if r not in self.taken and r not in self.doubtful_rows]

    def _may_be(self, line: int, row: int) -> bool:
        theirs, ours = self.lines[line].ending, self.rows[row].ending
        return not theirs or not ours or theirs == ours

    def _stands_for_all(self, how: str, line: int, rows: list[int]) -> bool:
        """One line over the sum of a call or bill, of which each row is due. A line with one ending is one voucher."""
        due = [r for r in rows if self.rows[r].standing is Standing.DUE]
        amount = self.lines[line].amount_vnd
        sums = {sum(self.rows[r].amount_vnd for r in due), sum(self.rows[r].worth_vnd for r in due)}
        if len(due) < 2 or self.lines[line].ending or amount not in sums:
            return False
        self.pairs[line], self.how[line] = tuple(due), how
        self.taken.update(dict.fromkeys(due, line))
        return True

    def _pair(
        self,
        how: str,
        lines: list[int],
        rows: list[int],
        line_key: Callable[[Line], str],
        row_key: Callable[[OurRow], str],
    ) -> None:
        """Pair those with the same amount and the same key; as many lines as rows, or the same line again."""
        groups: dict[tuple[str, int], list[int]] = defaultdict(list)
        for number in lines:
            line = self.lines[number]
            groups[line_key(line), line.amount_vnd].append(number)
        for (wanted, amount), members in groups.items():
            mine = [
                r for r in rows
                if r not in self.taken and row_key(self.rows[r]) == wanted
                and amount in (self.rows[r].amount_vnd, self.rows[r].worth_vnd)
            ]  # fmt: skip
            if len(mine) > 1:  # a row that is due goes before one that is not
                due = [r for r in mine if self.rows[r].standing is Standing.DUE]
                mine = due if len(due) >= len(members) else mine
            if not mine:
                continue
            same = len({self.lines[n][1:] for n in members}) == 1
            if len(mine) > len(members) or (len(members) > len(mine) and not same):
                self.doubtful_lines.update(members)
                self.doubtful_rows.update(mine)
                continue
            for number, row in zip(members, mine, strict=False):
                self._take(how, number, row)
            self.duplicates.update(members[len(mine) :])

    def _take(self, how: str, line: int, row: int) -> None:
        self.pairs[line], self.how[line], self.taken[row] = (row,), how, line


def _ending_key(line: Line) -> tuple[str, int, str] | None:
    return (line.ending, line.amount_vnd, line.day) if line.ending and line.day else None
