"""May a voucher be taken without the issuer's word? One pure function over the shop's written risk policy.

The shipped policy is the table of design.md §2. A manager can tighten every limit to 0 ("never").
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

from pos.domain.errors import ConfigError


@dataclass(frozen=True, slots=True)
class OfflinePolicy:
    """Limits of the shop's risk. Amounts in đồng, ages in seconds; 0 means never."""

    checked_age_s: int = 15 * 60
    checked_alone_vnd: int = 500_000
    checked_manager_vnd: int = 2_000_000
    declared_alone_vnd: int = 0
    declared_manager_vnd: int = 200_000
    sum_alone_vnd: int = 2_000_000
    sum_manager_vnd: int = 5_000_000
    oldest_alone_s: int = 24 * 3600
    oldest_manager_s: int = 72 * 3600

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not isinstance(value, int) or value < 0:
                raise ConfigError("policy.limit_unreadable", limit=field.name)


SHIPPED_POLICY = OfflinePolicy()


@dataclass(frozen=True, slots=True)
class OfflineFacts:
    """What is known about one voucher and about this till at the moment of deciding.

    Args:
        worth_vnd: known from the last check, or declared from the voucher's face; None: neither.
        checked_age_s: age of the last online check that said "usable"; None: never checked.
        last_check_refused: the last online check of this code said no.
        taken_before: the code stands in the journal as given or undecided.
        clock_trusted: the till's clock agrees with the issuer's and has not jumped back.
        at_risk_vnd: sum already given and not confirmed on this till, this bill's other vouchers included.
        oldest_unsettled_s: age of the oldest unconfirmed row; None: none.
        provider_offline: the issuer's vouchers may be taken offline at all.
    """

    worth_vnd: int | None
    checked_age_s: float | None
    last_check_refused: bool = False
    taken_before: bool = False
    clock_trusted: bool = True
    at_risk_vnd: int = 0
    oldest_unsettled_s: float | None = None
    provider_offline: bool = True


class Ground(StrEnum):
    """Why the policy wants a manager, or says no."""

    PROVIDER = "provider"  # this issuer's vouchers need its answer
    TAKEN_BEFORE = "taken_before"
    CLOCK = "clock"
    CHECK_REFUSED = "check_refused"
    NO_VALUE = "no_value"  # declare the face value first
    NEVER_CHECKED = "never_checked"
    AMOUNT = "amount"
    SUM = "sum"
    AGE = "age"


@dataclass(frozen=True, slots=True)
class Accept:
    """The cashier alone may take it."""


@dataclass(frozen=True, slots=True)
class NeedsManager:
    """A manager's PIN is needed, for these grounds."""

    grounds: tuple[Ground, ...]


@dataclass(frozen=True, slots=True)
class Refuse:
    """Not to be taken offline, for these grounds."""

    grounds: tuple[Ground, ...]


Decision = Accept | NeedsManager | Refuse


def decide(policy: OfflinePolicy, facts: OfflineFacts) -> Decision:
    """Decide about one voucher.

    Order of the grounds is the order in which a cashier is told: what can never be helped first.
    """
    barred = _barred(facts)
    if barred:
        return Refuse(barred)
    if facts.worth_vnd is None:
        return Refuse((Ground.NO_VALUE,))
    checked = facts.checked_age_s is not None and 0 <= facts.checked_age_s <= policy.checked_age_s
    alone_vnd = policy.checked_alone_vnd if checked else policy.declared_alone_vnd
    manager_vnd = policy.checked_manager_vnd if checked else policy.declared_manager_vnd
    ceilings = (
        (
            Ground.AMOUNT if checked or alone_vnd else Ground.NEVER_CHECKED,
            facts.worth_vnd,
            alone_vnd,
            manager_vnd,
        ),
        (Ground.SUM, facts.at_risk_vnd + facts.worth_vnd, policy.sum_alone_vnd, policy.sum_manager_vnd),
        (Ground.AGE, facts.oldest_unsettled_s or 0, policy.oldest_alone_s, policy.oldest_manager_s),
    )
    over_manager = tuple(ground for ground, value, _, top in ceilings if value > top)
    if over_manager:
        return Refuse(tuple(Ground.AMOUNT if g is Ground.NEVER_CHECKED else g for g in over_manager))
    over_alone = tuple(ground for ground, value, alone, _ in ceilings if value > alone)
    return NeedsManager(over_alone) if over_alone else Accept()


def _barred(facts: OfflineFacts) -> tuple[Ground, ...]:
    rules = (
        (Ground.PROVIDER, not facts.provider_offline),
        (Ground.TAKEN_BEFORE, facts.taken_before),
        (Ground.CHECK_REFUSED, facts.last_check_refused),
        (Ground.CLOCK, not facts.clock_trusted),
    )
    return tuple(ground for ground, holds in rules if holds)


def combine(decisions: Sequence[Decision]) -> Decision:
    """One verdict over a bill: the strictest, with every ground once."""
    refused = _grounds(d for d in decisions if isinstance(d, Refuse))
    if refused:
        return Refuse(refused)
    wanted = _grounds(d for d in decisions if isinstance(d, NeedsManager))
    return NeedsManager(wanted) if wanted else Accept()


def _grounds(decisions: Iterable[NeedsManager | Refuse]) -> tuple[Ground, ...]:
    found: dict[Ground, None] = {}
    for decision in decisions:
        found.update(dict.fromkeys(decision.grounds))
    return tuple(found)
