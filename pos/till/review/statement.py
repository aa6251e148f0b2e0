"""The statement check for screens and the command line: frozen views, and the ports it needs.

Nothing here holds more of a code than its last 4 characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from pos.domain.statement import DifferenceKind
from pos.domain.statement_layout import Cells, Layout
from pos.domain.statement_rows import OurRow
from pos.domain.statement_values import Meaning
from pos.till.review.events import Running

MOST_LINES = 300_000
"""Lines of a file, and rows of its days here: more is read in several files."""
MOST_KEPT = 20_000
"""With more differences than this, the columns or the issuer are wrong: nothing is kept."""
MARGIN_DAYS = 4
"""A voucher taken offline reaches its issuer within 72 hours: rows so long before and after may be found by a line."""


@dataclass(frozen=True, slots=True)
class StatementIssuer:
    """An issuer whose statement can be checked; `layout` is remembered from the last time."""

    issuer: str
    label: str
    layout: Layout | None = None


@dataclass(frozen=True, slots=True)
class FileSample:
    """The beginning of a file.

    Args:
        kind: `csv` or `xlsx`. `sheets`: names of the visible ones first; `hidden`: of those that are not.
        sheet, encoding, separator: as read now. `rows`: the first ones, `numbers` their numbers in the file.
    """

    name: str
    kind: str
    size_bytes: int
    sha256: str
    sheet: str
    sheets: tuple[str, ...]
    hidden: tuple[str, ...]
    encoding: str
    separator: str
    numbers: tuple[int, ...]
    rows: tuple[Cells, ...]


class StatementFile(Protocol):
    """An open file, read once from its start to its end, by one thread."""

    @property
    def name(self) -> str:
        """Without its folder."""

    @property
    def sha256(self) -> str:
        """Of its bytes."""

    def rows(self) -> Iterator[tuple[int, Cells | None]]:
        """Number and cells of each row; None for one that cannot be taken apart. Raises `StatementRefused`."""


class StatementFiles(Protocol):
    """Reads files of issuers. Every method raises `StatementRefused` with a sentence; nothing is ever evaluated."""

    def sample(self, path: str, sheet: str = "", encoding: str = "", separator: str = "") -> FileSample:
        """The beginning; empty choices are found from the file itself."""

    def open(self, path: str, sheet: str = "", encoding: str = "", separator: str = "") -> StatementFile:
        """The whole."""


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """A row as it would be understood. `amount_vnd` is None if there is none; `problem`: why it cannot be compared;
    `left_out`: why it is none of either side.
    """

    number: int
    transaction: str
    bill: str
    ending: str
    amount_vnd: int | None
    day: str
    back: bool
    problem: str = ""
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What the mapping page shows.

    Args:
        remembered: the columns are those of the last time. `changed`: there is a last time, but this file is another.
        heads: a word for each column: its header, or its place.
        lines: the first rows as they would be understood; `meanings`: what each status of the sample counts as.
        missing: stable words for what has to be chosen before anything can be compared.
        earlier: checks of the same bytes, newest first.
    """

    issuer: str
    issuer_label: str
    path: str
    sample: FileSample
    layout: Layout
    remembered: bool
    changed: bool
    heads: tuple[str, ...]
    lines: tuple[PreviewLine, ...]
    meanings: tuple[tuple[str, Meaning], ...]
    missing: tuple[str, ...]
    earlier: tuple[EarlierCheck, ...]


@dataclass(frozen=True, slots=True)
class StatementDifference:
    """One difference with both sides.

    Args:
        position: names it within its check, from 1. `line`: in their file; None if they do not list it.
        reference, bill_number, ending, day: as they wrote it, or as it stands here if only we know it.
        row_kind, row_id: our row, empty if there is none; `made_utc` when it was made.
        note: a stable word for why (`statement.note.<word>`), or for what cannot be read.
        case: empty, `open` or `closed`.
    """

    position: int
    kind: DifferenceKind
    line: int | None
    reference: str
    bill_number: str
    ending: str
    day: str
    theirs_vnd: int | None
    ours_vnd: int | None
    note: str
    row_kind: str = ""
    row_id: str = ""
    made_utc: datetime | None = None
    our_bill: str = ""
    our_ending: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True)
class StatementResult:
    """A whole check, for screen, export and command line.

    Args:
        id: of the kept check; 0 while it is not kept.
        lines: that could be read or not, without those left out. `ours`: rows that belong into the statement.
        by: how lines found their rows; `left_out`: rows not compared, by why; both as pairs of word and count.
        whole: False if fewer differences are kept than were found.
        earlier: ids and times of earlier checks of the same bytes.
    """

    id: int
    issuer: str
    issuer_label: str
    file_name: str
    sha256: str
    first_day: date
    last_day: date
    lines: int
    matched: int
    ours: int
    theirs_vnd: int
    ours_vnd: int
    counts: tuple[tuple[DifferenceKind, int], ...]
    by: tuple[tuple[str, int], ...]
    left_out: tuple[tuple[str, int], ...]
    differences: tuple[StatementDifference, ...]
    checked_by: str = ""
    checked_utc: datetime | None = None
    whole: bool = True
    earlier: tuple[EarlierCheck, ...] = ()

    def count(self, kind: DifferenceKind) -> int:
        """How many of this kind."""
        return dict(self.counts).get(kind, 0)


@dataclass(frozen=True, slots=True)
class EarlierCheck:
    """One line of the list of checks."""

    id: int
    issuer: str
    issuer_label: str
    file_name: str
    first_day: date
    last_day: date
    lines: int
    matched: int
    differences: int
    checked_by: str
    checked_utc: datetime


@dataclass(frozen=True, slots=True)
class CasesMade:
    """How many cases were opened, and how many of the chosen ones had one already."""

    check_id: int
    made: int
    already: int


class StatementStore(Protocol):
    """The journal, for statements."""

    def our_rows(self, issuer: str, first: date, last: date, *, most: int, running: Running) -> Sequence[OurRow]:
        """What may stand in a statement of these business dates, oldest first. At most `most + 1` rows."""

    def issuers(self) -> tuple[str, ...]:
        """Those of which a layout or a check stands here."""

    def layout(self, issuer: str) -> Layout | None:
        """As remembered."""

    def keep_layout(self, issuer: str, layout: Layout, *, actor: str) -> None:
        """Remember it."""

    def keep(self, result: StatementResult, *, actor: str) -> int:
        """Write a check with its differences; its id."""

    def checks(self, *, sha256: str = "", limit: int = 50) -> tuple[EarlierCheck, ...]:
        """Newest first; with `sha256` those of the same bytes."""

    def check(self, check_id: int) -> StatementResult:
        """One check with its differences. Raises `JournalError("journal.no_such_row")`."""

    def make_cases(self, check_id: int, positions: Iterable[int], *, reason: str, actor: str) -> CasesMade:
        """Open a case for each of these differences that has none, open or closed."""
