"""How long ago a call of ours left, on clocks that people may set."""

from __future__ import annotations

from datetime import datetime

from pos.till.ports import SentStamp

DATE_RESOLUTION_S = 2.0
"""Two `Date` headers of 1 s resolution may each be off by one."""


def since_sent_s(
    sent: SentStamp, asked: SentStamp, issuer_utc: datetime | None, *, took_s: float, started_mono_s: float
) -> float:
    """Seconds from our request to this inquiry, never more than have really passed.

    Counted to when the inquiry was sent: the issuer may have looked at once and answered half a minute later, and our
    call may have taken effect in between (contracts/gotit.md §12 no. 3: *check* after 60 s).

    In the same run the monotonic clock tells. After a restart the issuer's clock (its `Date` now against the issuer
    time at which we sent) and our wall clock must agree: the shorter of the two counts, because either may have been
    set. The time since this run began has passed in any case.

    Args:
        sent: when our request began.
        asked: when the inquiry began, in this run.
        issuer_utc: `Date` of the inquiry's answer.
        took_s: seconds the inquiry took.
        started_mono_s: when this run began.
    """
    if sent.session == asked.session:
        return asked.mono_s - sent.mono_s
    this_run_s = asked.mono_s - started_mono_s
    if issuer_utc is None or sent.issuer_utc is None:
        return this_run_s
    theirs_s = (issuer_utc - sent.issuer_utc).total_seconds() - DATE_RESOLUTION_S - took_s
    ours_s = (asked.at_utc - sent.at_utc).total_seconds()
    return max(this_run_s, min(theirs_s, ours_s))
