"""One timeline: asked for when a row is opened, told in words. Plain Python; knows no widget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pos.domain.business_date import local_time
from pos.i18n import Translator
from pos.till.review.day_views import DayRow, RowKind, Slip
from pos.till.review.events import JournalChanged, Reported, ReportFailed, ReviewEvent
from pos.till.review.timeline_views import FACTS, Entry, Timeline
from pos.till.views import Message
from pos.ui.manager.asking import Asking
from pos.ui.manager.day.figures import seconds
from pos.ui.manager.day.rows import code_words, status_pill
from pos.ui.manager.timeline.model import Step, TimelineModel
from pos.ui.manager.timeline.words import SIGNS, entry_details, entry_words, fact_words, stable_word, who_words
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.pill import Pill
from pos.ui.words import masked, provider_name, say_message

GAP_S = 60.0
"""A pause between two steps that is worth a line of its own."""


class TimelinePresenter:
    """The timeline of one row.

    Args:
        key: of its question, `"<slice>/timeline"`, so that two sections do not answer each other.
        read: `DayDesk.timeline`; runs on the report thread.
        row: what is known of it already, shown until the answer is here.
    """

    def __init__(
        self,
        review: Asking,
        key: str,
        read: Callable[[RowKind, str], Timeline],
        kind: RowKind,
        row_id: str,
        row: DayRow | None = None,
    ) -> None:
        self._review, self._key, self._read = review, key, read
        self._kind, self._id, self._row = kind, row_id, row
        self._ticket: int | None = None
        self._timeline: Timeline | None = None
        self._fault: Message | None = None

    def ask(self) -> None:
        """Ask for it."""
        kind, row_id = self._kind, self._id
        self._fault = None
        self._ticket = self._review.ask(self._key, lambda _: self._read(kind, row_id))

    def closed(self) -> None:
        """Nobody looks any more."""
        self._ticket = None
        self._review.forget(self._key)

    def take(self, event: ReviewEvent) -> bool:
        """True if what is shown may be another now. A change of the journal asks again."""
        if isinstance(event, JournalChanged):
            if self._ticket is None and self._timeline is not None:
                self.ask()
            return False
        if event.key != self._key or event.ticket != self._ticket:
            return False
        if isinstance(event, Reported) and isinstance(event.value, Timeline):
            self._ticket, self._timeline, self._row = None, event.value, event.value.row
        elif isinstance(event, ReportFailed):
            self._ticket, self._fault = None, event.message
        return True

    # ------------------------------------------------------------ what is shown

    def model(self, tr: Translator) -> TimelineModel:
        """Everything to be drawn now."""
        row, timeline = self._row, self._timeline
        facts = self._facts(tr)
        steps = steps_of(tr, timeline.entries) if timeline is not None else ()
        unreadable = timeline.unreadable if timeline is not None else 0
        return TimelineModel(
            title=_title(tr, self._kind, row),
            subtitle=_subtitle(tr, row) if row is not None else "",
            pill=status_pill(tr, row) if row is not None else Pill(tr.t("day.loading"), Tone.NEUTRAL, Shape.NONE),
            facts=facts,
            steps=steps,
            note=tr.t("timeline.unreadable", count=unreadable) if unreadable else "",
            words=self._words(tr),
            text=support_text(tr, timeline) if timeline is not None else "",
        )

    def _words(self, tr: Translator) -> str:
        if self._fault is not None:
            return str(say_message(tr, self._fault))
        if self._timeline is None:
            return tr.t("timeline.loading")
        return "" if self._timeline.entries else tr.t("timeline.none")

    def _facts(self, tr: Translator) -> tuple[tuple[str, str], ...]:
        facts = row_facts(tr, self._row) if self._row is not None else []
        if self._timeline is not None:
            facts += _known_facts(tr, self._timeline)
        return tuple(facts)


def _title(tr: Translator, kind: RowKind, row: DayRow | None) -> str:
    code = masked(row.ending) if row is not None and row.ending else ""
    title = tr.t(f"timeline.title.{kind}", code=code) if code or kind is not RowKind.REDEMPTION else ""
    return title or tr.t(f"day.kind_one.{kind}")


def _subtitle(tr: Translator, row: DayRow) -> str:
    parts = (provider_name(tr, row.issuer), row.what, tr.money(row.amount_vnd))
    return " · ".join(part for part in parts if part)


def row_facts(tr: Translator, row: DayRow) -> list[tuple[str, str]]:
    """What stands in the table, whole."""
    at = local_time(row.at_utc)
    facts = [
        ("bill", row.bill_number),
        ("code", code_words(tr, row)),
        ("issuer", provider_name(tr, row.issuer)),
        ("what", row.what),
        ("amount", tr.money(row.amount_vnd)),
        ("status", status_pill(tr, row).word),
        ("reason", stable_word(tr, row.reason) if row.reason else ""),
        ("slip", tr.t(f"day.slip.{row.slip}") if row.slip is not Slip.NONE else ""),
        ("cashier", who_words(tr, row.cashier)),
        ("at", f"{at:%H:%M:%S} {tr.date(at.date())}"),
        ("day", tr.date(row.business_date) if row.business_date != at.date() else ""),
    ]
    return [(tr.t(f"timeline.fact.{name}"), value) for name, value in facts if value]


def _known_facts(tr: Translator, timeline: Timeline) -> list[tuple[str, str]]:
    known = dict(timeline.facts)
    return [
        (tr.t(f"timeline.fact.{name}"), fact_words(tr, name, known[name]))
        for name in FACTS
        if known.get(name) not in (None, "", False, "none")
    ]


def steps_of(tr: Translator, entries: tuple[Entry, ...]) -> tuple[Step, ...]:
    """All that happened, oldest first; a new day is named where it begins."""
    steps: list[Step] = []
    before: Entry | None = None
    for entry in entries:
        at = local_time(entry.at_utc)
        new_day = before is not None and local_time(before.at_utc).date() != at.date()
        gap_s = (entry.at_utc - before.at_utc).total_seconds() if before is not None else 0.0
        gap = tr.t("timeline.later", gap_s=gap_s) if gap_s >= GAP_S else ""
        if new_day:
            gap = " · ".join(part for part in (tr.date(at.date()), gap) if part)
        took = seconds(tr, entry.took_s) if entry.took_s is not None else ""
        tone, shape = SIGNS[entry.tone]
        details = " · ".join(entry_details(tr, entry, took))
        words = entry_words(tr, _untold(entry, before))
        steps.append(Step(f"{at:%H:%M:%S}", words, details, gap, tone, shape))
        before = entry
    return tuple(steps)


def _untold(entry: Entry, before: Entry | None) -> Entry:
    """The entry without a note that says again why the call before it failed."""
    told = {value for name, value in before.params if name in ("failure", "result")} if before is not None else set()
    kept = tuple((name, value) for name, value in entry.params if name != "note" or value not in told)
    return replace(entry, params=kept)


def support_text(tr: Translator, timeline: Timeline) -> str:
    """All of it as plain text: no more of a code than its end, nothing secret; with the ids of the calls."""
    lines = [tr.t("timeline.copy_head"), tr.t("timeline.copy_time"), ""]
    lines += [f"{label}: {value}" for label, value in row_facts(tr, timeline.row) + _known_facts(tr, timeline)]
    lines.append("")
    for entry in timeline.entries:
        at = local_time(entry.at_utc)
        took = seconds(tr, entry.took_s) if entry.took_s is not None else ""
        call, raw = (dict(entry.params).get(name) for name in ("call", "raw"))
        more = entry_details(tr, entry, took) + ([tr.t("timeline.call_id", call=str(call))] if call else [])
        more += [" ".join(str(raw).split())] if raw else []
        words = entry_words(tr, entry)
        moment = f"{at:%d/%m/%Y %H:%M:%S}.{at.microsecond // 1000:03}"
        lines.append(f"{moment}  {words}" + (f" ({'; '.join(more)})" if more else ""))
    if timeline.unreadable:
        lines += ["", tr.t("timeline.unreadable", count=timeline.unreadable)]
    return "\n".join(lines) + "\n"
