"""Copies of the journal: why one is made, when one is due, and which may go.

A copy is worth its room as long as it could be the one a rebuilding needs. So the newest that is known to be good never
goes, nor any made since the oldest row that is not settled yet: those rows are money that nobody has the last word on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

HOURLY_KEPT = 24
"""So many of those made by the hour stay."""
DAYS_KEPT = 35
"""So long stay copies of a closing, those made by hand, and those made before a restore: a month and its closing."""
EVERY = timedelta(hours=1)


class CopyReason(StrEnum):
    """Why a copy was made."""

    MIGRATION = "migration"  # before the schema went up: the only one an older program can read
    CLOSING = "closing"
    HOURLY = "hourly"  # also where the second log cannot go on without a new copy
    BY_HAND = "by_hand"
    BEFORE_RESTORE = "before_restore"
    BEFORE_ROTATION = "before_rotation"  # before the fields were sealed under a new key


FOR_EVER = frozenset({CopyReason.MIGRATION})


@dataclass(frozen=True, slots=True)
class CopyFacts:
    """What the rules need to know of one copy."""

    name: str
    made_utc: datetime
    reason: CopyReason
    verified: bool


def may_go(copies: Sequence[CopyFacts], now_utc: datetime, oldest_unsettled_utc: datetime | None) -> tuple[str, ...]:
    """Names of the copies that are not needed any more, oldest first.

    Args:
        copies: all there are, any order.
        now_utc: the wall clock; a copy that seems to be of the future stays.
        oldest_unsettled_utc: when the oldest row that is not settled was made; None: all are.
    """
    ordered = sorted(copies, key=lambda copy: (copy.made_utc, copy.name))
    newest_good = next((copy for copy in reversed(ordered) if copy.verified), None)
    hourly = [copy for copy in ordered if copy.reason is CopyReason.HOURLY and copy.verified]
    recent = {copy.name for copy in hourly[-HOURLY_KEPT:]}
    return tuple(
        copy.name
        for copy in ordered
        if copy is not newest_good
        and copy.reason not in FOR_EVER
        and copy.name not in recent
        and not (oldest_unsettled_utc is not None and copy.made_utc >= oldest_unsettled_utc)
        and (copy.reason is CopyReason.HOURLY or copy.made_utc < now_utc - timedelta(days=DAYS_KEPT))
    )


def due(
    now_utc: datetime,
    copies: Sequence[CopyFacts],
    *,
    changed: bool,
    unsettled: bool,
    closed_utc: datetime | None,
    since_utc: datetime,
    log_broken: bool,
) -> CopyReason | None:
    """The copy that is due now, if one is.

    Args:
        now_utc: the wall clock; where it jumped back behind the newest copy, an hour counts as over.
        copies: all there are, any order.
        changed: the journal has changed since the newest good copy.
        unsettled: a row is not settled.
        closed_utc: when the last business date was closed.
        since_utc: when the journal was begun, or opened by a program that makes copies: the first hour counts from it.
        log_broken: the second log has a gap or grew too long: what stands in the journal alone needs a copy at once.
    """
    good = [copy for copy in copies if copy.verified]
    newest = max((copy.made_utc for copy in good), default=None)
    if closed_utc is not None and (newest is None or newest < closed_utc):
        return CopyReason.CLOSING
    if log_broken:
        return CopyReason.HOURLY
    since = newest or since_utc
    if changed and unsettled and not since <= now_utc < since + EVERY:
        return CopyReason.HOURLY
    return None
