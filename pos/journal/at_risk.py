"""What is at risk, kept in memory between commits: the policy asks before each voucher taken offline.

Counted from the database once and then moved by each commit, so that the answer costs the same with ten rows queued
as with ten thousand. A rollback drops it: the next question counts again. Only the one writing process keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass

from pos.domain.redemption import AT_RISK, State


@dataclass(frozen=True, slots=True)
class AtRisk:
    """Count, sum and the time text of the oldest; `oldest_known` False when it has to be looked up again."""

    count: int = 0
    sum_vnd: int = 0
    oldest: str | None = None
    oldest_known: bool = True


class RiskChange:
    """How one transaction changes what is at risk."""

    __slots__ = ("count", "left", "oldest", "sum_vnd")

    def __init__(self) -> None:
        self.count = 0
        self.sum_vnd = 0
        self.oldest: str | None = None
        self.left = False

    def moved(self, before: State, state: State, amount_vnd: int, given_utc: str | None) -> None:
        """Note a change of state."""
        was, now = before in AT_RISK, state in AT_RISK
        if now and not was:
            self.count += 1
            self.sum_vnd += amount_vnd
            if given_utc is not None and (self.oldest is None or given_utc < self.oldest):
                self.oldest = given_utc
        elif was and not now:
            self.count -= 1
            self.sum_vnd -= amount_vnd
            self.left = True

    def applied_to(self, risk: AtRisk) -> AtRisk:
        """What is at risk after the commit."""
        if not (self.count or self.sum_vnd or self.left or self.oldest):
            return risk
        known = [text for text in (risk.oldest, self.oldest) if text is not None]
        return AtRisk(
            risk.count + self.count,
            risk.sum_vnd + self.sum_vnd,
            min(known, default=None),
            risk.oldest_known and not self.left,
        )
