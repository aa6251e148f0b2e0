"""Decides what the levels section asks and shows. Plain Python."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from pos.domain.level_counts import Spread
from pos.domain.level_findings import Finding, FindingKind
from pos.i18n import Translator
from pos.till.review.events import JournalChanged, Reported, ReportFailed
from pos.till.review.level_views import IssuerLevels, Levels, WeekLevels
from pos.till.review.levels import DAYS, LevelDesk
from pos.till.views import Message
from pos.ui.manager.asking import Asking
from pos.ui.manager.levels.model import Cell, DayColumn, LevelsModel, Told
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.hour_chart import HourBar, HourChartModel
from pos.ui.widgets.window_table import WindowRow
from pos.ui.words import say_message

KEY = "levels/week"
_ROWS = ("half", "most", "offline", "unknown", "slips")
_SLOW_MS = 3_000
_BAD = (Tone.UNKNOWN, Shape.WAIT)
_SIGNS: dict[FindingKind, tuple[Tone, Shape]] = {
    FindingKind.GOOD: (Tone.USABLE, Shape.CHECK),
    FindingKind.NOTHING: (Tone.NEUTRAL, Shape.QUESTION),
    FindingKind.LINE_DOWN: (Tone.REFUSED, Shape.CROSS),
    FindingKind.ISSUER_DOWN: (Tone.REFUSED, Shape.CROSS),
}
_OPEN_HOURS = range(6, 24)


class LevelsPresenter:
    """State of the section. GUI thread only.

    Args:
        labels: names of issuers for people, by stable name.
        today: the business date now.
    """

    def __init__(self, desk: LevelDesk, review: Asking, labels: dict[str, str], today: Callable[[], date]) -> None:
        self._desk, self._review, self._labels, self.today = desk, review, labels, today
        self._last = today()
        self._ticket = 0
        self._week: WeekLevels | None = None
        self._fault: Message | None = None
        self._seen = False
        self.chosen = DAYS  # the whole week

    # ------------------------------------------------------------ asking

    def opened(self) -> None:
        """It comes into sight, and is live while it is."""
        self._seen = True
        if self._last < self.today():
            self._last = self.today()
        self._review.watch(on=True)
        self._ask()

    def closed(self) -> None:
        """It goes out of sight."""
        self._seen = False
        self._review.watch(on=False)
        self._review.forget(KEY)

    def go(self, weeks: int) -> None:
        """Earlier or later, never beyond today."""
        self._last = min(self.today(), self._last + timedelta(days=DAYS * weeks))
        self._ask()

    def choose(self, column: int) -> None:
        """A day, or behind the last the whole week."""
        self.chosen = max(0, min(DAYS, column))

    def take(self, event: object) -> bool:
        """True if it was this section's; a change of the journal is everybody's."""
        if isinstance(event, JournalChanged):
            if self._seen and self._last == self.today():
                self._ask()
            return False
        if not isinstance(event, Reported | ReportFailed) or event.key != KEY:
            return False
        if event.ticket == self._ticket:
            self._fault = event.message if isinstance(event, ReportFailed) else None
            if isinstance(event, Reported) and isinstance(event.value, WeekLevels):
                self._week = event.value
        return True

    def _ask(self) -> None:
        last = self._last
        self._ticket = self._review.ask(KEY, lambda _: self._desk.week(last))

    # ------------------------------------------------------------ showing

    def model(self, tr: Translator) -> LevelsModel:
        """Everything that is drawn."""
        rows = tuple(tr.t(f"levels.row.{row}") for row in _ROWS)
        week = self._week
        note = "" if self._fault is None else str(say_message(tr, self._fault))
        if week is None:
            empty = HourChartModel(tr.t("levels.chart"), (), (), tr.t("levels.reading"))
            return LevelsModel(tr.t("levels.reading"), (), rows, (), DAYS, (), empty, note, can_go_on=False)
        spans = (*week.days, week.whole)
        slowest = max((span.verdict.p95_ms for span in spans if span.verdict is not None), default=1)
        longest = max(1, *(day.offline_s for day in week.days))
        columns = tuple(self._column(tr, span, slowest, longest) for span in spans)
        chosen = spans[self.chosen]
        told = tuple(self._told(tr, finding) for finding in chosen.findings)
        return LevelsModel(
            title=f"{columns[self.chosen].head} {columns[self.chosen].head_note}",
            told=told,
            rows=rows,
            columns=columns,
            chosen=self.chosen,
            issuers=tuple(self._issuer(tr, one) for one in chosen.issuers),
            chart=self._chart(tr, chosen),
            note=note or self._since(tr, week),
            can_go_on=self._last < self.today(),
        )

    def _since(self, tr: Translator, week: WeekLevels) -> str:
        if week.measured_since is None or week.measured_since <= week.days[0].first:
            return ""
        return tr.t("levels.since", since=week.measured_since)

    def _column(self, tr: Translator, span: Levels, slowest: int, longest: int) -> DayColumn:
        whole = span.first != span.last
        head = tr.t("levels.week") if whole else tr.t(f"levels.weekday.{span.first.weekday()}")
        note = f"{span.first:%d/%m}–{span.last:%d/%m}" if whole else f"{span.first:%d/%m}"
        if span.first == span.last == self.today():
            head = tr.t("levels.today")
        verdict = span.verdict
        cells = (
            _time(tr, None if verdict is None else verdict.p50_ms, slowest),
            _time(tr, None if verdict is None else verdict.p95_ms, slowest),
            self._offline(tr, span, longest * (DAYS if whole else 1)),
            self._share(tr, span, span.unknown, span.ended, FindingKind.UNKNOWN),
            self._share(tr, span, span.slip_failures, span.slips, FindingKind.PRINTER),
        )
        facts = "; ".join(f"{tr.t(f'levels.row.{row}')}: {cell.words}" for row, cell in zip(_ROWS, cells, strict=True))
        return DayColumn(head, note, cells, f"{head} {note}: {facts}")

    @staticmethod
    def _offline(tr: Translator, span: Levels, longest: int) -> Cell:
        if span.offline_s == 0:
            return Cell(tr.t("levels.none") if _measured(span) else "–")
        sign = _BAD if any(_is_down(finding) for finding in span.findings) else (Tone.NEUTRAL, Shape.NONE)
        return Cell(_minutes(tr, span.offline_s), span.offline_s / longest, *sign)

    @staticmethod
    def _share(tr: Translator, span: Levels, bad: int, of: int, kind: FindingKind) -> Cell:
        if of == 0:
            return Cell("–")
        sign = _BAD if any(finding.kind is kind for finding in span.findings) else (Tone.NEUTRAL, Shape.NONE)
        return Cell(tr.t("levels.of", bad=bad, of=of) if bad else tr.t("levels.none"), bad / of, *sign)

    def _told(self, tr: Translator, finding: Finding) -> Told:
        tone, shape = _SIGNS.get(finding.kind, _BAD)
        issuer = self._labels.get(finding.issuer, finding.issuer)
        amount = finding.amount
        words = tr.t(
            f"levels.found.{finding.kind}", issuer=issuer, count=amount, seconds=seconds(tr, amount),
            percent=f"{amount / 10:.1f}".replace(".", tr.t("levels.decimal")),
        )  # fmt: skip
        return Told(words, tone, shape)

    def _issuer(self, tr: Translator, one: IssuerLevels) -> WindowRow:
        return WindowRow(
            one.issuer,
            (
                self._labels.get(one.issuer, one.issuer),
                _spread(tr, one.ask),
                _spread(tr, one.change),
                str(one.silent) if one.silent else "–",
                tr.t("levels.of", bad=one.unknown, of=one.ended) if one.ended else "–",
                _minutes(tr, one.offline_s) if one.offline_s else "–",
            ),
        )

    @staticmethod
    def _chart(tr: Translator, span: Levels) -> HourChartModel:
        hours = [hour for hour in range(24) if hour in _OPEN_HOURS or span.offline_by_hour[hour]]
        bars = tuple(
            HourBar(
                f"{hour}h",
                (span.offline_by_hour[hour],),
                tr.t("levels.hour", hour=hour, until=hour + 1, offline_s=span.offline_by_hour[hour]),
            )
            for hour in hours
        )
        empty = tr.t("levels.chart.none" if _measured(span) else "levels.found.nothing")
        return HourChartModel(tr.t("levels.chart"), (), bars if span.offline_s else (), empty)


def _minutes(tr: Translator, offline_s: int) -> str:
    """Short: it stands in a narrow column. What is less than a minute is told in seconds."""
    if offline_s < 60:
        return f"{offline_s}\u00a0s"
    return tr.t("levels.minutes", minutes=round(offline_s / 60))


def _is_down(finding: Finding) -> bool:
    return finding.kind in (FindingKind.LINE_DOWN, FindingKind.ISSUER_DOWN, FindingKind.DOWN_UNCLEAR)


def _measured(span: Levels) -> bool:
    return any(finding.kind is not FindingKind.NOTHING for finding in span.findings)


def _time(tr: Translator, elapsed_ms: int | None, slowest_ms: int) -> Cell:
    if elapsed_ms is None:
        return Cell("–")
    sign = _BAD if elapsed_ms >= _SLOW_MS else (Tone.NEUTRAL, Shape.NONE)
    return Cell(seconds(tr, elapsed_ms), elapsed_ms / slowest_ms, *sign)


def _spread(tr: Translator, spread: Spread | None) -> str:
    if spread is None:
        return "–"
    return f"{seconds(tr, spread.p50_ms)[:-2]} · {seconds(tr, spread.p95_ms)}"


def seconds(tr: Translator, elapsed_ms: int) -> str:
    """`0,8 s`, `12 s`: two digits, rounded up as the percentile was."""
    if elapsed_ms < 100:
        text = f"{elapsed_ms / 1000:.2f}"
    elif elapsed_ms < 10_000:
        text = f"{elapsed_ms / 1000:.1f}" if elapsed_ms >= 1000 else f"{elapsed_ms / 1000:.2f}"
    else:
        text = f"{-(-elapsed_ms // 1000)}"
    return f"{text.replace('.', tr.t('levels.decimal'))}\u00a0s"
