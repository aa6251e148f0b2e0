"""The statement section's presenter: plain Python. Every question and change goes to the review service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from pos.domain.statement import DifferenceKind
from pos.domain.statement_layout import DateOrder, Layout, Part
from pos.domain.statement_propose import find_again, propose, with_header
from pos.i18n import Translator
from pos.till.review.events import Reported, ReportFailed, ReportProgress
from pos.till.review.statement import (
    CasesMade,
    EarlierCheck,
    Preview,
    StatementDifference,
    StatementIssuer,
    StatementResult,
)
from pos.till.review.statement_desk import StatementDesk
from pos.till.review.statement_preview import with_columns
from pos.till.views import Message
from pos.ui.manager.asking import Asking
from pos.ui.manager.statement.boxes import (
    PARTS,
    column_pick,
    dates_pick,
    decimal_pick,
    encoding_pick,
    header_pick,
    period_box,
    reason_box,
    separator_pick,
    sheet_pick,
)
from pos.ui.manager.statement.model import Act, Box, FileBox, Pane, StatementModel
from pos.ui.manager.statement.words import Now, statement_model
from pos.ui.signs import Sound

HOME, PREVIEW, COMPARE, KEEP = "statement/home", "statement/preview", "statement/compare", "statement/keep"
CHECK, CASES = "statement/check", "statement/cases"
KINDS = tuple(DifferenceKind)


@dataclass(frozen=True, slots=True)
class Heard:
    """What came with an event: a sound, and whether an open box is done or has to say why not."""

    sound: Sound | None = None
    refused: Message | None = None
    done: bool = False


_QUIET = Heard()


class StatementPresenter:
    """GUI thread only.

    Args:
        actor: who acts, for the journal. `mono_s`: for how long something runs.
    """

    def __init__(
        self, desk: StatementDesk, review: Asking, actor: Callable[[], str], mono_s: Callable[[], float]
    ) -> None:
        self._desk, self._review, self._actor, self._mono_s = desk, review, actor, mono_s
        self._tickets: dict[str, int] = {}
        self._since_mono_s = 0.0
        self.issuers: tuple[StatementIssuer, ...] = ()
        self.earlier: tuple[EarlierCheck, ...] | None = None
        self.issuer, self.path = "", ""
        self.pane = Pane.HOME
        self.working = ""
        self.read_lines = 0
        self.preview: Preview | None = None
        self.period: tuple[date, date] | None = None
        self.result: StatementResult | None = None
        self.fault: Message | None = None
        self.news: Message | None = None
        self.kind: DifferenceKind | None = None
        self.marked: frozenset[int] = frozenset()
        self.current = 0
        self._shown_of: tuple[StatementResult | None, DifferenceKind | None, tuple[int, ...]] = (None, None, ())

    # ------------------------------------------------------------ the page

    def opened(self) -> None:
        """It comes into sight."""
        if self.pane is Pane.HOME:
            self._ask(HOME, lambda _: (self._desk.issuers(), self._desk.earlier()))

    def closed(self) -> None:
        """It goes out of sight. A comparison goes on: coming back shows its result."""

    def model(self, tr: Translator) -> StatementModel:
        """What is to be drawn now."""
        waited_s = self._mono_s() - self._since_mono_s if self.working else 0.0
        return statement_model(tr, Now(self, waited_s))

    def shown(self) -> tuple[int, ...]:
        """Places in the result's differences of the rows that the filter shows."""
        result, kind = self.result, self.kind
        if self._shown_of[0] is not result or self._shown_of[1] is not kind:
            found = () if result is None else result.differences
            self._shown_of = result, kind, tuple(
                at for at, each in enumerate(found) if kind is None or each.kind is kind
            )  # fmt: skip
        return self._shown_of[2]

    # ------------------------------------------------------------ rows of the table

    def total(self) -> int:
        """How many differences are shown."""
        return len(self.shown())

    def difference(self, row: int) -> StatementDifference | None:
        """The one in this row of the table."""
        shown = self.shown()
        return self.result.differences[shown[row]] if self.result is not None and row < len(shown) else None

    def _ask(self, key: str, job: Callable[..., object], *, working: bool = False) -> None:
        if working:
            self._work(key)
        self._tickets[key] = self._review.ask(key, job)

    def _change(self, key: str, job: Callable[..., object]) -> None:
        self._work(key)
        self._tickets[key] = self._review.change(key, job)

    def _work(self, key: str) -> None:
        self.working, self.read_lines, self._since_mono_s = key, 0, self._mono_s()
        self.fault, self.news = None, None

    # ------------------------------------------------------------ what comes

    def take(self, event: object) -> Heard | None:
        """An event of the review service; None if it is nobody's here. Late answers are dropped."""
        if not isinstance(event, Reported | ReportFailed | ReportProgress) or event.key not in _MINE:
            return None
        if event.ticket != self._tickets.get(event.key):
            return _QUIET
        if isinstance(event, ReportProgress):
            self.read_lines = event.done
            return _QUIET
        if self.working == event.key:
            self.working = ""
        return self._failed(event) if isinstance(event, ReportFailed) else self._answered(event)

    def _failed(self, event: ReportFailed) -> Heard:
        if event.key == CASES:
            self.news = event.message
            return Heard(Sound.REFUSED, refused=event.message)
        if event.key == KEEP and self.result is not None:  # what was found is shown all the same
            self.pane, self.news = Pane.RESULT, event.message
            return Heard(Sound.REFUSED)
        if event.key == HOME:
            self.earlier = ()
        self.fault, self.pane = event.message, Pane.PANEL
        return Heard(Sound.REFUSED)

    def _answered(self, event: Reported) -> Heard:
        value = event.value
        if event.key == HOME and isinstance(value, tuple):
            self.issuers, self.earlier = value
            if not self.issuer and len(self.issuers) == 1:
                self.issuer = self.issuers[0].issuer
        elif isinstance(value, Preview):
            self.preview, self.pane = value, Pane.MAPPING
        elif event.key == COMPARE and isinstance(value, StatementResult) and self.preview is not None:
            layout, actor = self.preview.layout, self._actor()
            self.result = value
            self._change(KEEP, lambda _: self._desk.keep(value, layout, actor=actor))
        elif isinstance(value, StatementResult):
            return self._show(value, sound=event.key == KEEP)
        elif isinstance(value, CasesMade):
            self.news = _made(value)
            self.marked = frozenset()
            self._ask(CHECK, lambda _: self._desk.check(value.check_id))
            return Heard(Sound.USABLE, done=True)
        return _QUIET

    def _show(self, result: StatementResult, *, sound: bool) -> Heard:
        same = self.result is not None and self.result.id == result.id
        self.result, self.pane = result, Pane.RESULT
        if not same:
            self.kind, self.marked, self.current = None, frozenset(), 0
        if not sound:
            return _QUIET
        return Heard(Sound.NOTICE if result.differences else Sound.USABLE)

    # ------------------------------------------------------------ hands

    def choose_issuer(self, issuer: str) -> None:
        """Whose statement it is."""
        self.issuer = issuer

    def type_path(self, text: str) -> None:
        """What stands in the field now."""
        self.path = text.strip().strip('"')

    def look(self, path: str) -> None:
        """Read the beginning of this file."""
        self.type_path(path)
        if self.issuer and self.path:
            issuer, chosen = self.issuer, self.path
            self.preview, self.period = None, None
            self.pane = Pane.PANEL
            self._ask(PREVIEW, lambda _: self._desk.preview(issuer, chosen), working=True)

    def open_check(self, check_id: int) -> None:
        """An earlier check."""
        self.pane, self.preview, self.result = Pane.PANEL, None, None
        self._ask(CHECK, lambda _: self._desk.check(check_id), working=True)

    def act(self, act: Act, tr: Translator) -> Box | None:
        """A button or its key. Returns the box it asks for."""
        boxes = self._boxes(act, tr)
        if boxes is not None:
            return boxes
        if act is Act.LOOK:
            self.look(self.path)
        elif act is Act.COMPARE:
            self._compare()
        elif act is Act.STOP:
            self._stop()
        elif act is Act.BACK:
            self._back()
        elif act is Act.COLUMNS and self.preview is not None:
            self.pane = Pane.MAPPING
        elif act is Act.MARK:
            self.mark(self.current)
        elif act is Act.MARK_ALL:
            self._mark_all()
        return None

    def _boxes(self, act: Act, tr: Translator) -> Box | None:
        preview = self.preview
        if act is Act.CHOOSE_FILE:
            return FileBox(tr.t("statement.file.title"), tr.t("statement.file.kinds"))
        if act is Act.CASES and self.marked:
            return reason_box(tr, len(self.marked))
        makers = {
            Act.DATES: dates_pick, Act.DECIMAL: decimal_pick, Act.SHEET: sheet_pick, Act.HEADER: header_pick,
            Act.ENCODING: encoding_pick, Act.SEPARATOR: separator_pick,
        }  # fmt: skip
        if preview is not None and act in makers:
            return makers[act](tr, preview)
        if preview is not None and act is Act.PERIOD:
            return period_box(tr, self.period)
        return None

    def pick_part(self, number: int, tr: Translator) -> Box | None:
        """Which column is this part? `number` from 0, in the order of the cards."""
        if self.preview is None or not 0 <= number < len(PARTS):
            return None
        return column_pick(tr, self.preview, PARTS[number])

    def picked(self, what: str, chosen: str) -> None:
        """Something was chosen from a list."""
        preview = self.preview
        if preview is None:
            return
        layout = preview.layout
        if what in tuple(Part):
            columns = {part: column for part, column in layout.columns if part != what}
            if chosen:
                columns = {part: column for part, column in columns.items() if column != int(chosen)}
                columns[Part(what)] = int(chosen)
            layout = with_columns(preview, columns)
        elif what == Act.DATES:
            layout = replace(layout, date_order=DateOrder(chosen))
        elif what == Act.DECIMAL:
            layout = replace(layout, decimal=chosen)
        elif what == Act.HEADER:
            layout = with_header(layout, int(chosen), preview.sample.rows, preview.sample.numbers)
        elif what in (Act.SHEET, Act.ENCODING, Act.SEPARATOR):
            self._reread(what, chosen)
            return
        self._understand(layout)

    def _understand(self, layout: Layout) -> None:
        """The same file by another layout."""
        preview = self.preview
        if preview is not None:
            self._ask(PREVIEW, lambda _: self._desk.preview(preview.issuer, preview.path, layout))

    def _reread(self, what: str, chosen: str) -> None:
        """Another sheet or other letters: the columns are found anew if they are no longer there."""
        preview = self.preview
        if preview is None:
            return
        layout = preview.layout
        base = {
            Act.SHEET: replace(layout, sheet=chosen), Act.ENCODING: replace(layout, encoding=chosen),
            Act.SEPARATOR: replace(layout, separator=chosen),
        }[Act(what)]  # fmt: skip

        def job(_: object) -> Preview:
            found = self._desk.preview(preview.issuer, preview.path, base)
            rows, numbers = found.sample.rows, found.sample.numbers
            laid = find_again(base, rows, numbers) or replace(
                propose(rows, numbers), sheet=base.sheet, encoding=base.encoding, separator=base.separator
            )
            return self._desk.preview(preview.issuer, preview.path, laid)

        self._ask(PREVIEW, job)

    def set_period(self, first: date, last: date) -> None:
        """Compare these days and not those of the file."""
        self.period = (first, last)

    def _compare(self) -> None:
        preview = self.preview
        if preview is None or preview.missing or self.working:
            return
        first, last = self.period or (None, None)
        self.pane, self.result = Pane.PANEL, None
        self._ask(COMPARE, lambda running: self._desk.compare(preview, running, first, last), working=True)

    def _stop(self) -> None:
        """Nobody waits any more; what is being written is written."""
        if self.working in (PREVIEW, COMPARE, CHECK):
            self._review.forget(self.working)
            self._tickets.pop(self.working, None)
            self.working = ""
            self.pane = Pane.MAPPING if self.preview is not None else Pane.HOME

    def _back(self) -> None:
        if self.working:
            return
        self.news = None
        if self.pane is Pane.PANEL and self.fault is not None and self.preview is not None:
            self.pane, self.fault = Pane.MAPPING, None
            return
        if self.pane is Pane.RESULT:
            self.path = ""
        self.pane, self.fault, self.preview, self.result = Pane.HOME, None, None, None
        self.opened()

    # ------------------------------------------------------------ the result

    def filter(self, number: int) -> None:
        """A card: 0 all, else one kind; the same again shows all."""
        kind = KINDS[number - 1] if 1 <= number <= len(KINDS) else None
        self.kind = None if kind is self.kind else kind
        self.current = 0

    def move_to(self, row: int) -> None:
        """A row of the table is chosen."""
        self.current = row

    def mark(self, row: int) -> None:
        """Choose a difference for a case, or not any more; one that has a case cannot be."""
        shown = self.shown()
        if self.result is None or not self.result.id or not 0 <= row < len(shown):
            return
        self.current = row
        found = self.result.differences[shown[row]]
        if not found.case:
            self.marked = self.marked ^ {found.position}

    def _mark_all(self) -> None:
        if self.result is None or not self.result.id:
            return
        open_ones = {
            found.position for at in self.shown() if not (found := self.result.differences[at]).case
        }  # fmt: skip
        self.marked = self.marked - open_ones if open_ones <= self.marked else self.marked | open_ones

    def make_cases(self, reason: str) -> None:
        """Open cases for what is marked."""
        if self.result is not None and self.result.id and self.marked:
            check_id, marked, actor = self.result.id, sorted(self.marked), self._actor()
            self._change(CASES, lambda _: self._desk.make_cases(check_id, marked, reason=reason, actor=actor))


_MINE = frozenset({HOME, PREVIEW, COMPARE, KEEP, CHECK, CASES})


def _made(value: CasesMade) -> Message:
    if value.already:
        return Message("statement.cases_made_some", (("made", value.made), ("already", value.already)))
    return Message("statement.cases_made", (("count", value.made),))
