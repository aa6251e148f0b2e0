"""Which days: by a word that moves with the calendar, or two dates."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from pos.i18n import Translator


class Period(StrEnum):
    """A choice of days; all but the last follow the calendar."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    WEEK = "week"  # the last 7 days, today included
    MONTH = "month"  # since the first of this month
    LAST_MONTH = "last_month"
    RANGE = "range"  # two dates


def dates_of(period: Period, today: date) -> tuple[date, date]:
    """First and last business date; of `RANGE`, which has its own, today."""
    first_of_month = today.replace(day=1)
    before = first_of_month - timedelta(days=1)
    return {
        Period.TODAY: (today, today),
        Period.YESTERDAY: (today - timedelta(days=1),) * 2,
        Period.WEEK: (today - timedelta(days=6), today),
        Period.MONTH: (first_of_month, today),
        Period.LAST_MONTH: (before.replace(day=1), before),
        Period.RANGE: (today, today),
    }[period]


def period_of(first: date, last: date, today: date) -> Period:
    """The word for these dates, if there is one."""
    return next(
        (period for period in Period if period is not Period.RANGE and dates_of(period, today) == (first, last)),
        Period.RANGE,
    )


def period_words(tr: Translator, period: Period, first: date, last: date) -> str:
    """`Hôm nay`, `7 ngày`, `05/11/2026`, `01/11 – 05/11/2026`."""
    if period is not Period.RANGE:
        return tr.t(f"day.period.{period}")
    if first == last:
        return tr.date(first)
    begin = f"{first:%d/%m}" if first.year == last.year else tr.date(first)
    return f"{begin} – {tr.date(last)}"


def read_date(text: str, today: date) -> date | None:
    """A date as a person types it: `5`, `5/11`, `5.11.26`, `05112026`; None if it is none.

    Without month or year the newest such day that is not after today is meant.
    """
    parts = _parts(text)
    if not 1 <= len(parts) <= 3 or not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
        return None
    numbers = [int(part) for part in parts]
    if len(numbers) == 3:
        day, month, year = numbers
        return _date(2000 + year if year < 100 else year, month, day)
    if len(numbers) == 2:
        found = _date(today.year, numbers[1], numbers[0])
        return found if found is None or found <= today else _date(today.year - 1, numbers[1], numbers[0])
    found = _date(today.year, today.month, numbers[0])
    if found is not None and found <= today:
        return found
    before = today.replace(day=1) - timedelta(days=1)
    return _date(before.year, before.month, numbers[0])


def _parts(text: str) -> list[str]:
    text = text.strip()
    if text.isdigit() and len(text) in (4, 6, 8):
        return [part for part in (text[:2], text[2:4], text[4:]) if part]
    for sign in "-. ":
        text = text.replace(sign, "/")
    return [part for part in text.split("/") if part]


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
