"""The shop's risk policy, worked out anew from the journal's history: amounts, sums, ages, the issuer's last word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from tests.simulation.book import Change, seconds_between
from tests.simulation.promise import Facts, Invariant, Limits, Request, promise, sent_at_s

_A_NO = frozenset({
    "already_used", "used_on_other_bill", "expired", "cancelled", "invalid", "split", "code_wrong", "code_unknown",
})  # fmt: skip
"""Refusals that no time and no other bill can turn into a yes."""
_AGE_SLACK_S = 5.0
_AT_RISK = frozenset({"unsent/yes", "in_flight/yes", "unknown/yes"})


@dataclass(slots=True)
class _Till:
    """What the chain has told so far."""

    state: dict[str, str] = field(default_factory=dict)
    amount_vnd: dict[str, int] = field(default_factory=dict)
    given_utc: dict[str, str] = field(default_factory=dict)

    def follow(self, change: Change) -> None:
        if change.kind in ("redemption", "amounts"):
            self.state.setdefault(change.ref, "unsent/no")
            self.amount_vnd[change.ref] = change.facts["amount_vnd"]
        elif change.kind == "move":
            self.state[change.ref] = change.facts["to"]
            if change.facts["event"] == "accept_offline":
                self.given_utc[change.ref] = change.at_utc

    def at_risk(self) -> list[str]:
        return [row_id for row_id, state in self.state.items() if state in _AT_RISK]


@promise("Every voucher taken without the issuer's word was within the shop's written policy at that moment.")
def offline_within_policy(facts: Facts) -> Iterator[str]:
    till = _Till()
    for _, link in groupby(facts.book.changes, key=lambda change: change.seq):
        changes = list(link)
        accepted = [change for change in changes if change.kind == "offline_accepted"]
        moved = {c.ref for c in changes if c.kind == "move" and c.facts["event"] == "accept_offline"}
        for row_id in moved ^ {change.ref for change in accepted}:
            yield f"{facts.name(facts.book.rows[row_id])}: value given, and not told in the chain why"
        risky = till.at_risk() if accepted else []
        at_risk_vnd = sum(till.amount_vnd[row_id] for row_id in risky)
        oldest_utc = min((till.given_utc[row_id] for row_id in risky), default=None)
        for change in accepted:
            broken = _broken(facts, change, at_risk_vnd, oldest_utc)
            at_risk_vnd += change.facts["worth_vnd"] or 0
            if broken:
                yield f"{facts.name(facts.book.rows[change.ref])}: {broken}"
        for change in changes:
            till.follow(change)


def _broken(facts: Facts, change: Change, at_risk_vnd: int, oldest_utc: str | None) -> str | None:
    told, limits, worth_vnd = change.facts, facts.limits, change.facts["worth_vnd"]
    if worth_vnd is None:
        return "of no known worth"
    checked = told["checked_age_s"] is not None and 0 <= told["checked_age_s"] <= limits.checked_age_s
    age_s = 0.0 if oldest_utc is None else seconds_between(oldest_utc, change.at_utc)
    rules = _ceilings(limits, worth_vnd, at_risk_vnd + worth_vnd, age_s, checked=checked)
    for what, value, alone, manager in rules:
        if value > manager:
            return f"{what} {value:.0f} over the manager's {manager}"
        if value > alone and (told["alone"] or told["manager"] is None):
            return f"{what} {value:.0f} over the cashier's {alone}, and no manager"
    if told["manager"] is not None and facts.book.managers and told["manager"] not in facts.book.managers:
        return "approved by somebody who is no manager"
    return None


def _ceilings(
    limits: Limits, worth_vnd: int, sum_vnd: int, age_s: float, *, checked: bool
) -> tuple[tuple[str, float, int, int], ...]:
    alone_vnd = limits.checked_alone_vnd if checked else limits.declared_alone_vnd
    manager_vnd = limits.checked_manager_vnd if checked else limits.declared_manager_vnd
    return (
        ("amount", worth_vnd, alone_vnd, manager_vnd),
        ("sum at risk", sum_vnd, limits.sum_alone_vnd, limits.sum_manager_vnd),
        ("age of the oldest unsettled", age_s, limits.oldest_alone_s, limits.oldest_manager_s),
    )


@promise("A voucher is not taken offline after the issuer has told this till that it is no good.")
def no_means_no(facts: Facts) -> Iterator[str]:
    refused: dict[tuple[str, bytes], str] = {}
    for change in facts.book.changes:
        row = facts.book.rows.get(change.ref)
        if row is None or change.kind != "move":
            continue
        voucher = (row.provider, row.code_hash)
        if change.facts["event"] == "accept_offline" and voucher in refused:
            yield f'{facts.name(row)}: taken offline after "{refused[voucher]}"'
        if change.facts["event"] == "refused" and change.facts.get("reason") in _A_NO:
            refused[voucher] = change.facts["reason"]


@promise("A voucher is not taken offline on the strength of a check that is too old.")
def offline_word_is_fresh(facts: Facts) -> Iterator[str]:
    taken_at_s: dict[str, float] = {}
    for told in facts.told:
        if told.kind == "screen" and told.says == "accepted_offline" and told.row_id is not None:
            taken_at_s.setdefault(told.row_id, told.at_s)
    for change in facts.book.changes:
        row = facts.book.rows.get(change.ref)
        at_s = taken_at_s.get(change.ref)
        if change.kind != "offline_accepted" or row is None or at_s is None or row.code is None:
            continue
        heard = [seen for seen in facts.requests if _heard(facts, seen, row.code, at_s)]
        said_yes_s = max((seen.at_s for seen in heard if seen.answered), default=None)
        too_old = said_yes_s is None or at_s - said_yes_s > facts.limits.checked_age_s + _AGE_SLACK_S
        unchecked_vnd = facts.limits.declared_alone_vnd if change.facts["alone"] else facts.limits.declared_manager_vnd
        if too_old and (change.facts["worth_vnd"] or 0) > unchecked_vnd:
            age = "never" if said_yes_s is None else f"{at_s - said_yes_s:.0f} s ago"
            yield f"{facts.name(row)}: {change.facts['worth_vnd']} taken on a check made {age}"


def _heard(facts: Facts, seen: Request, code: str, before_s: float) -> bool:
    """The till heard the issuer's word on this one voucher before that moment."""
    return seen.codes == (code,) and seen.delivered and sent_at_s(seen) <= before_s and facts.owns(seen.bill_number)


POLICY: tuple[Invariant, ...] = (offline_within_policy, no_means_no, offline_word_is_fresh)
