"""The shop's day: Asia/Ho_Chi_Minh, UTC+7 all year (no daylight saving since 1975, so a fixed offset is exact)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")


def business_date(now_utc: datetime) -> date:
    """The calendar date at the counter at this instant (aware datetime)."""
    return now_utc.astimezone(VIETNAM).date()


def local_time(instant_utc: datetime) -> datetime:
    """The same instant as the clock on the shop's wall shows it."""
    return instant_utc.astimezone(VIETNAM)


def utc_text(instant: datetime) -> str:
    """ISO 8601 in UTC with milliseconds, as journal, logs and exports write it."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_utc_text(text: str) -> datetime:
    """The inverse of `utc_text`."""
    return datetime.fromisoformat(text)
