"""When to ask again: pure functions of try count and seconds since, on the monotonic clock only.

Source: contracts/gotit.md §12 (first inquiry after 5 s, proof of "not used" only 60 s after the request, no answer:
15 s, 60 s, 5 min, then on demand – here: every 5 min and on demand) and §11 (after 209: 60 s, then 5 min).
"""

from __future__ import annotations

FIRST_INQUIRY_S = 5.0
PROOF_AFTER_S = 60.0
RECHECK_AFTER_S = 2 * 3600.0
"""The look after the day's end waits this long at least: a sale given up a minute before midnight, or a clock set a
day ahead, must not bring it before a late effect could show."""
WEAK_LOOKS_S = (2.0, 5.0, 10.0, 20.0)
"""Where an inquiry is weak: seconds after the send at which it is made (contracts/vinid.md §12.2)."""
WEAK_SENDS = 3
"""The most sends of one row where an inquiry is weak, once one of them was unclear (contracts/vinid.md §12.2)."""
_NO_ANSWER_S = (15.0, 60.0, 300.0)
_THROTTLE_S = (60.0, 300.0)
_SEND_S = (2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
_JITTER = 0.2


def inquiry_pause_s(unanswered: int, random01: float) -> float:
    """Seconds to the next inquiry after `unanswered` (≥ 1) inquiries in a row without an answer."""
    return _jittered(_NO_ANSWER_S[min(unanswered, len(_NO_ANSWER_S)) - 1], random01)


def weak_look_pause_s(since_request_s: float) -> float | None:
    """Seconds to the next look of a weak inquiry; None: the last one is over."""
    return next((at_s - since_request_s for at_s in WEAK_LOOKS_S if at_s > since_request_s), None)


def send_pause_s(failures: int, random01: float) -> float:
    """Seconds to the next send of a queued row after `failures` (≥ 1) provably unsent tries in a row."""
    return _jittered(_SEND_S[min(failures, len(_SEND_S)) - 1], random01)


def throttle_pause_s(times: int) -> float:
    """Seconds without automatic calls after the issuer asked `times` (≥ 1) in a row to slow down."""
    return _THROTTLE_S[min(times, len(_THROTTLE_S)) - 1]


def proves_unused(since_request_s: float, *, server_answered: bool, weak: bool = False) -> bool:
    """Whether a "usable" answer now proves that our call took no effect.

    A call that ended in silence may still be carried out late, so only an answer 60 s after the request counts; a
    call that the issuer answered is over, and the next answer counts at once. A weak inquiry proves with its last look:
    should the call take effect later still, the next send of the same voucher is refused, and a person decides.
    """
    return server_answered or since_request_s >= (WEAK_LOOKS_S[-1] if weak else PROOF_AFTER_S)


def _jittered(pause_s: float, random01: float) -> float:
    return pause_s * (1 + _JITTER * (2 * random01 - 1))
