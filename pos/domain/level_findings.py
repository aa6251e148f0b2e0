"""What a manager is told of service levels: whether the line, an issuer or the printer kept customers waiting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pos.domain.level_counts import Count, Spread
from pos.domain.levels import What

SLOW_MS = 2_000
"""A p95 of an issuer's answers from which a customer notices the waiting."""
LEAST_CALLS = 10
"""Of fewer calls a day no percentile is judged."""
UNKNOWN_SHARE = 0.02
LEAST_UNKNOWN = 3
SLIP_SHARE = 0.05
LEAST_SLIPS = 3
LEAST_OFFLINE_S = 60
"""Less than a minute a day is told as a number and judged by nobody."""


class FindingKind(StrEnum):
    """What a manager is told, worst first."""

    LINE_DOWN = "line_down"  # every issuer that was tried was out of reach in the same minutes
    ISSUER_DOWN = "issuer_down"  # it was out of reach while another answered
    DOWN_UNCLEAR = "down_unclear"  # out of reach, and nobody else was tried meanwhile
    LINE_SLOW = "line_slow"
    ISSUER_SLOW = "issuer_slow"
    SLOW_UNCLEAR = "slow_unclear"  # slow, and no other issuer to compare with
    UNKNOWN = "unknown"  # too many calls of which nobody knew the end
    PRINTER = "printer"
    GOOD = "good"
    NOTHING = "nothing"  # nothing was measured


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence. `issuer` is "" where none is meant; `amount` minutes (down), ms (slow), per mille (shares)."""

    kind: FindingKind
    issuer: str = ""
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Offline:
    """Seconds out of reach, told apart. `together_s`: several at once and none reached; `alone_s`: while another was
    reached; `unclear_s`: while nobody else was tried. `any_s`: at least one was out of reach.
    """

    any_s: int
    together_s: int
    alone_s: Mapping[str, int]
    unclear_s: Mapping[str, int]


def tell_apart(counts: Iterable[Count]) -> Offline:
    """Sort each minute out of reach by what the other issuers did in it."""
    down: dict[tuple[str, int, int], dict[str, int]] = {}
    reached: dict[tuple[str, int, int], set[str]] = {}
    for one in counts:
        minute = (one.business_date, one.hour, one.bucket)
        if one.what is What.OFFLINE:
            of = down.setdefault(minute, {})
            of[one.issuer] = min(60, of.get(one.issuer, 0) + one.count)
        elif one.what is What.REACHED:
            reached.setdefault(minute, set()).add(one.issuer)
    any_s = together_s = 0
    alone: dict[str, int] = {}
    unclear: dict[str, int] = {}
    for minute, of in down.items():
        longest_s = max(of.values())
        any_s += longest_s
        others_answered = bool(reached.get(minute, set()) - set(of))
        if others_answered or len(of) == 1:
            into = alone if others_answered else unclear
            for issuer, seconds in of.items():
                into[issuer] = into.get(issuer, 0) + seconds
        else:
            together_s += longest_s
    return Offline(any_s, together_s, alone, unclear)


@dataclass(frozen=True, slots=True)
class IssuerFacts:
    """What is judged of one issuer over one span of days."""

    issuer: str
    ask: Spread | None
    ended: int
    unknown: int


def judge(issuers: Sequence[IssuerFacts], offline: Offline, slips: int, slip_failures: int) -> tuple[Finding, ...]:
    """What to tell of a day or a week: who it was that kept customers waiting. Never empty."""
    found = [*_down(offline), *_slow(issuers)]
    found += [
        Finding(FindingKind.UNKNOWN, one.issuer, round(1000 * one.unknown / one.ended))
        for one in issuers
        if one.unknown >= LEAST_UNKNOWN and one.unknown >= UNKNOWN_SHARE * one.ended
    ]
    if slip_failures >= LEAST_SLIPS and slip_failures >= SLIP_SHARE * slips:
        found.append(Finding(FindingKind.PRINTER, "", round(1000 * slip_failures / slips)))
    if found:
        return tuple(found)
    measured = bool(slips) or any(one.ask or one.ended for one in issuers) or offline.any_s
    return (Finding(FindingKind.GOOD if measured else FindingKind.NOTHING),)


def _down(offline: Offline) -> list[Finding]:
    found = []
    if offline.together_s >= LEAST_OFFLINE_S:
        found.append(Finding(FindingKind.LINE_DOWN, "", _minutes(offline.together_s)))
    for kind, of in ((FindingKind.ISSUER_DOWN, offline.alone_s), (FindingKind.DOWN_UNCLEAR, offline.unclear_s)):
        found += [
            Finding(kind, issuer, _minutes(seconds))
            for issuer, seconds in sorted(of.items())
            if seconds >= LEAST_OFFLINE_S
        ]
    return found


def _slow(issuers: Sequence[IssuerFacts]) -> list[Finding]:
    judged = [(one.issuer, one.ask) for one in issuers if one.ask is not None and one.ask.count >= LEAST_CALLS]
    slow = [(issuer, ask) for issuer, ask in judged if ask.p95_ms >= SLOW_MS]
    if len(slow) > 1 and len(slow) == len(judged):
        return [Finding(FindingKind.LINE_SLOW, "", min(ask.p95_ms for _, ask in slow))]
    kind = FindingKind.ISSUER_SLOW if len(judged) > 1 else FindingKind.SLOW_UNCLEAR
    return [Finding(kind, issuer, ask.p95_ms) for issuer, ask in slow]


def _minutes(seconds: int) -> int:
    return max(1, round(seconds / 60))
