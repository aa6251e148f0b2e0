"""What a manager sees of service levels: frozen, plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pos.domain.level_counts import Spread
from pos.domain.level_findings import Finding


@dataclass(frozen=True, slots=True)
class IssuerLevels:
    """One issuer over one day, or over the week.

    Args:
        issuer: its stable name.
        ask: answered reading calls; `change`: answered changing ones. None: there were none.
        silent: reading calls that nobody answered.
        ended: changing calls in all, those included that could not be sent.
        unknown: of them those whose end nobody knew when they ended.
        offline_s: seconds for which it could not be reached.
    """

    issuer: str
    ask: Spread | None
    change: Spread | None
    silent: int
    ended: int
    unknown: int
    offline_s: int


@dataclass(frozen=True, slots=True)
class Levels:
    """How fast and how well it went from `first` to `last`, both included.

    Args:
        verdict: from the scan to the issuer's word on the screen. None: no scan was answered.
        customer: from a bill's first scan to its end.
        offline_s: seconds for which at least one issuer could not be reached.
        offline_by_hour: the same for each hour of the shop's clock, 24 of them.
        slips: tries to print; `slip_failures`: those that did not end on paper for sure.
        issuers: by name.
        findings: what to tell, worst first; never empty.
    """

    first: date
    last: date
    verdict: Spread | None
    customer: Spread | None
    offline_s: int
    offline_by_hour: tuple[int, ...]
    slips: int
    slip_failures: int
    issuers: tuple[IssuerLevels, ...]
    findings: tuple[Finding, ...]

    @property
    def ended(self) -> int:
        """Changing calls of all issuers."""
        return sum(one.ended for one in self.issuers)

    @property
    def unknown(self) -> int:
        """Of them those that ended unknown."""
        return sum(one.unknown for one in self.issuers)


@dataclass(frozen=True, slots=True)
class WeekLevels:
    """Seven days, oldest first, and all of them as one. `measured_since`: the first day there is anything of."""

    days: tuple[Levels, ...]
    whole: Levels
    measured_since: date | None
