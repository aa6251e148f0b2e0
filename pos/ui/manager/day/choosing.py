"""What a person has chosen to see: days, filters and search, as a `Query` and in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from pos.i18n import Translator
from pos.till.review.day_views import Query, RowKind, Standing
from pos.ui.manager.day.periods import Period, dates_of, period_of, period_words
from pos.ui.words import provider_name

_LONGEST = 18
"""Letters of a time or an amount; what is longer is neither."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The choice. `query` holds everything; `period` says whether its dates follow the calendar."""

    period: Period
    query: Query

    @staticmethod
    def plain(today: date) -> Chosen:
        """Today, all of it."""
        return Chosen(Period.TODAY, Query(today, today))

    @staticmethod
    def saved(query: Query, today: date) -> Chosen:
        """A saved query, its dates as of today."""
        return Chosen(period_of(query.first, query.last, today), query)

    def on(self, today: date) -> Chosen:
        """The same choice on that day."""
        if self.period is Period.RANGE:
            return self
        first, last = dates_of(self.period, today)
        return replace(self, query=replace(self.query, first=first, last=last))

    def days(self, period: Period, first: date, last: date) -> Chosen:
        """The same filters on other days."""
        return Chosen(period, replace(self.query, first=first, last=last))

    def search(self, text: str) -> Chosen:
        """The same with another search."""
        return replace(self, query=replace(self.query, text=text.strip()))

    def unfiltered(self) -> Chosen:
        """The same days, all of them."""
        return replace(self, query=Query(self.query.first, self.query.last))

    @property
    def filters(self) -> int:
        """How many filters are set beside days and search."""
        query = self.query
        amounts = query.low_vnd is not None or query.high_vnd is not None
        times = query.from_minute is not None or query.to_minute is not None
        chosen = (query.kinds, query.issuers, query.standings, query.people)
        return sum(map(bool, chosen)) + amounts + times

    @property
    def is_plain(self) -> bool:
        """Today, all of it."""
        return self.period is Period.TODAY and not self.narrowed

    @property
    def narrowed(self) -> bool:
        """Whether rows of these days may be left out."""
        return bool(self.filters or self.query.text)

    @property
    def one_day(self) -> bool:
        """Whether it is about one business date."""
        return self.query.first == self.query.last


def words_of(tr: Translator, chosen: Chosen) -> str:
    """The whole choice in one line: `7 ngày · Got It · Tổn thất · từ 100.000 ₫ · tìm “2835”`."""
    query = chosen.query
    parts = [period_words(tr, chosen.period, query.first, query.last), *filter_words(tr, query)]
    if query.text:
        parts.append(tr.t("day.sum.text", text=query.text))
    return " · ".join(parts)


def filter_words(tr: Translator, query: Query) -> list[str]:
    """Each filter that is set, in words."""
    groups = (
        [tr.t(f"day.kind.{kind}") for kind in RowKind if kind in query.kinds],
        [tr.t(f"day.standing.{standing}") for standing in Standing if standing in query.standings],
        [provider_name(tr, issuer) for issuer in sorted(query.issuers)],
        sorted(query.people),
    )
    joined = [f" {tr.t('day.sum.or')} ".join(group) for group in groups if group]
    return [*joined, *_amounts(tr, query), *_times(tr, query)]


def nothing_words(tr: Translator, shown: Chosen) -> tuple[str, str]:
    """That there is nothing, and what to do about it."""
    query = shown.query
    if query.text:
        return tr.t("day.none.search", text=query.text), tr.t("day.none.search_do")
    if shown.filters:
        return tr.t("day.none.filters", words=", ".join(filter_words(tr, query))), tr.t("day.none.filters_do")
    if shown.period is Period.TODAY:
        return tr.t("day.none.today"), tr.t("day.none.today_do")
    days = period_words(tr, shown.period, query.first, query.last)
    return tr.t("day.none.days", days=days), tr.t("day.none.days_do")


def _amounts(tr: Translator, query: Query) -> list[str]:
    low, high = query.low_vnd, query.high_vnd
    if low is not None and high is not None:
        return [f"{tr.money(low)} – {tr.money(high)}"]
    if low is not None:
        return [tr.t("day.sum.from_vnd", amount_vnd=low)]
    return [tr.t("day.sum.to_vnd", amount_vnd=high)] if high is not None else []


def _times(tr: Translator, query: Query) -> list[str]:
    begin, end = query.from_minute, query.to_minute
    if begin is None and end is None:
        return []
    return [tr.t("day.sum.hours", begin=clock_text(begin or 0), end=clock_text(24 * 60 if end is None else end))]


def clock_text(minute: int) -> str:
    """`09:05`; the end of the day is `24:00`."""
    return f"{minute // 60:02}:{minute % 60:02}"


def read_clock(text: str) -> int | None:
    """Minutes since midnight as a person types them: `9`, `9:05`, `0905`, `9h05`; None if it is no time."""
    text = text.strip().lower().replace("h", ":").replace(".", ":")
    if len(text) > _LONGEST:
        return None
    if text.isdigit() and len(text) in (3, 4):
        text = f"{text[:-2]}:{text[-2:]}"
    hour, _, minute = text.rstrip(":").partition(":")
    if not (hour.isascii() and hour.isdigit() and (not minute or (minute.isascii() and minute.isdigit()))):
        return None
    total = int(hour) * 60 + int(minute or 0)
    return total if int(minute or 0) < 60 and total <= 24 * 60 else None


def read_amount(text: str) -> int | None:
    """đồng as a person types them: `50000`, `50.000`, `50k`, `1,5tr`; None if it is no amount."""
    text = text.strip().lower().replace(" ", "").rstrip("đ₫")
    if len(text) > _LONGEST:
        return None
    for unit, factor in (("tr", 1_000_000), ("k", 1_000)):
        if text.endswith(unit):
            whole, _, part = text.removesuffix(unit).replace(",", ".").partition(".")
            if not whole.isascii() or not whole.isdigit() or (part and not (part.isascii() and part.isdigit())):
                return None
            return int(whole) * factor + int((part or "0").ljust(6, "0")[:6]) * factor // 1_000_000
    text = text.replace(".", "").replace(",", "")
    return int(text) if text.isascii() and text.isdigit() else None
