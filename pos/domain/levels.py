"""Service levels: what is counted, in fixed buckets, and percentiles that never flatter.

Buckets are the same for ever and on every till, so that counts of hours, days and tills add up. A percentile is told as
its bucket's upper end: the truth is at most that, and less by 9 % at the most.
"""

from __future__ import annotations

from bisect import bisect_left
from enum import StrEnum

PER_OCTAVE = 8
LAST_BUCKET = 22 * PER_OCTAVE
"""Everything over 2^22 ms (70 minutes) is in the last bucket."""
_ENDS_MS = tuple(2 ** (bucket / PER_OCTAVE) for bucket in range(LAST_BUCKET))


class What(StrEnum):
    """What is counted. `bucket` is of time unless said otherwise."""

    VERDICT = "verdict"  # scan to the issuer's word on the counter's screen
    CUSTOMER = "customer"  # first scan of a bill to its end
    ASK = "ask"  # an answered reading call
    CHANGE = "change"  # an answered changing call
    SILENT = "silent"  # a reading call that nobody answered; bucket 0
    ENDED = "ended"  # changing calls; bucket: an `End`
    OFFLINE = "offline"  # bucket: minute of the hour; count: seconds without a way to the issuer
    REACHED = "reached"  # bucket: minute of the hour in which this issuer answered while another could not be reached
    SLIP = "slip"  # tries to print; bucket 0 well, 1 not


class End:
    """How a changing call ended: the `bucket` of `What.ENDED`."""

    KNOWN, UNKNOWN, NOT_SENT = 0, 1, 2


def bucket_of(elapsed_ms: float) -> int:
    """The bucket of a duration; nothing is too short or too long for one."""
    return bisect_left(_ENDS_MS, elapsed_ms)
