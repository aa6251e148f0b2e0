"""The shop's day: Asia/Ho_Chi_Minh, UTC+7 all year (no daylight saving since 1975, so a fixed offset is exact)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")


LATEST_CHANGE_HOUR = 12
"""The latest hour at which a shop's day may change."""


def business_date(now_utc: datetime, change_hour: int) -> date:
    """The date a shop counts this instant to (aware datetime): what happens before the hour of change is yesterday's.

    Args:
        now_utc: the instant.
        change_hour: hour of the shop's wall clock, 0 to 12, at which its day changes.
    """
    return (now_utc.astimezone(VIETNAM) - timedelta(hours=change_hour)).date()


def local_date(instant_utc: datetime) -> date:
    """The calendar date at the counter: what an issuer means by a day, whatever hour the shop's day changes."""
    return instant_utc.astimezone(VIETNAM).date()


def local_time(instant_utc: datetime) -> datetime:
    """The same instant as the clock on the shop's wall shows it."""
    return instant_utc.astimezone(VIETNAM)


def utc_text(instant: datetime) -> str:
    """ISO 8601 in UTC with milliseconds, as journal, logs and exports write it."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_utc_text(text: str) -> datetime:
    """The inverse of `utc_text`."""
    return datetime.fromisoformat(text)
