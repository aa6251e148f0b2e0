"""The shop's written risk policy, row by row of design.md §2, at each limit and one beyond it."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.errors import ConfigError
from pos.domain.offline_policy import (
    SHIPPED_POLICY,
    Accept,
    Decision,
    Ground,
    NeedsManager,
    OfflineFacts,
    OfflinePolicy,
    Refuse,
    combine,
    decide,
)

CHECKED = OfflineFacts(worth_vnd=50_000, checked_age_s=60.0)
DECLARED = OfflineFacts(worth_vnd=50_000, checked_age_s=None)
H = 3600


def alone() -> Decision:
    return Accept()


def manager(*grounds: Ground) -> Decision:
    return NeedsManager(grounds)


def refuse(*grounds: Ground) -> Decision:
    return Refuse(grounds)


ROWS = [
    # checked online at most 15 minutes ago, usable
    ("checked, small", CHECKED, alone()),
    ("checked, 500,000", replace(CHECKED, worth_vnd=500_000), alone()),
    ("checked, one more", replace(CHECKED, worth_vnd=500_001), manager(Ground.AMOUNT)),
    ("checked, 2,000,000", replace(CHECKED, worth_vnd=2_000_000), manager(Ground.AMOUNT)),
    ("checked, beyond", replace(CHECKED, worth_vnd=2_000_001), refuse(Ground.AMOUNT, )),
    ("checked 15 min ago", replace(CHECKED, checked_age_s=900.0), alone()),
    ("checked longer ago", replace(CHECKED, checked_age_s=900.1), manager(Ground.NEVER_CHECKED)),
    ("checked in the future", replace(CHECKED, checked_age_s=-0.1), manager(Ground.NEVER_CHECKED)),
    # never checked, value declared from the voucher's face
    ("declared", DECLARED, manager(Ground.NEVER_CHECKED)),
    ("declared, 1 đ", replace(DECLARED, worth_vnd=1), manager(Ground.NEVER_CHECKED)),
    ("declared, 200,000", replace(DECLARED, worth_vnd=200_000), manager(Ground.NEVER_CHECKED)),
    ("declared, beyond", replace(DECLARED, worth_vnd=200_001), refuse(Ground.AMOUNT)),
    ("no value at all", replace(DECLARED, worth_vnd=None), refuse(Ground.NO_VALUE)),
    # sum at risk on the till, this voucher included
    ("sum 2,000,000", replace(CHECKED, at_risk_vnd=1_950_000), alone()),
    ("sum one more", replace(CHECKED, at_risk_vnd=1_950_001), manager(Ground.SUM)),
    ("sum 5,000,000", replace(CHECKED, at_risk_vnd=4_950_000), manager(Ground.SUM)),
    ("sum beyond", replace(CHECKED, at_risk_vnd=4_950_001), refuse(Ground.SUM)),
    # oldest unsettled row
    ("oldest 24 h", replace(CHECKED, oldest_unsettled_s=24.0 * H), alone()),
    ("oldest older", replace(CHECKED, oldest_unsettled_s=24.0 * H + 1), manager(Ground.AGE)),
    ("oldest 72 h", replace(CHECKED, oldest_unsettled_s=72.0 * H), manager(Ground.AGE)),
    ("oldest beyond", replace(CHECKED, oldest_unsettled_s=72.0 * H + 1), refuse(Ground.AGE)),
    # never
    ("stands already", replace(CHECKED, taken_before=True), refuse(Ground.TAKEN_BEFORE)),
    ("clock not trusted", replace(CHECKED, clock_trusted=False), refuse(Ground.CLOCK)),
    ("last check said no", replace(CHECKED, last_check_refused=True), refuse(Ground.CHECK_REFUSED)),
    ("issuer must answer", replace(CHECKED, provider_offline=False), refuse(Ground.PROVIDER)),
    # several at once
    ("all three", replace(CHECKED, worth_vnd=600_000, at_risk_vnd=2_000_000, oldest_unsettled_s=25.0 * H),
     manager(Ground.AMOUNT, Ground.SUM, Ground.AGE)),
    ("worst decides", replace(CHECKED, worth_vnd=600_000, oldest_unsettled_s=80.0 * H), refuse(Ground.AGE)),
    ("every bar", replace(CHECKED, taken_before=True, clock_trusted=False, provider_offline=False),
     refuse(Ground.PROVIDER, Ground.TAKEN_BEFORE, Ground.CLOCK)),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "verdict"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_the_shipped_policy_row_by_row(facts: OfflineFacts, verdict: Decision) -> None:
    assert decide(SHIPPED_POLICY, facts) == verdict


FACTS = st.builds(
    OfflineFacts,
    worth_vnd=st.none() | st.integers(0, 3_000_000),
    checked_age_s=st.none() | st.floats(-10, 2000),
    last_check_refused=st.booleans(),
    taken_before=st.booleans(),
    clock_trusted=st.booleans(),
    at_risk_vnd=st.integers(0, 6_000_000),
    oldest_unsettled_s=st.none() | st.floats(0, 80 * H),
    provider_offline=st.booleans(),
)
LIMITS = [field.name for field in fields(OfflinePolicy)]


def strictness(decision: Decision) -> int:
    return [Accept, NeedsManager, Refuse].index(type(decision))


@given(FACTS, st.sampled_from(LIMITS))
def test_tightening_a_limit_never_loosens_a_verdict(facts: OfflineFacts, limit: str) -> None:
    tight = replace(SHIPPED_POLICY, **{limit: 0})
    looser = strictness(decide(SHIPPED_POLICY, facts))
    assert strictness(decide(tight, facts)) >= looser


@given(FACTS)
def test_never_means_never(facts: OfflineFacts) -> None:
    never = OfflinePolicy(**dict.fromkeys(LIMITS, 0))
    if facts.worth_vnd:
        assert isinstance(decide(never, facts), Refuse)


@given(FACTS, st.integers(1, 1_000_000))
def test_more_at_risk_never_loosens_a_verdict(facts: OfflineFacts, more_vnd: int) -> None:
    worse = replace(facts, at_risk_vnd=facts.at_risk_vnd + more_vnd)
    assert strictness(decide(SHIPPED_POLICY, worse)) >= strictness(decide(SHIPPED_POLICY, facts))


@given(FACTS)
def test_whoever_is_not_alone_is_told_why(facts: OfflineFacts) -> None:
    decision = decide(SHIPPED_POLICY, facts)
    if not isinstance(decision, Accept):
        assert decision.grounds
        assert len(set(decision.grounds)) == len(decision.grounds)


@given(st.lists(FACTS, max_size=5))
def test_a_bill_is_taken_as_its_strictest_voucher(several: list[OfflineFacts]) -> None:
    decisions = [decide(SHIPPED_POLICY, facts) for facts in several]
    together = combine(decisions)
    assert strictness(together) == max((strictness(d) for d in decisions), default=0)
    if not isinstance(together, Accept):
        same = [d for d in decisions if isinstance(d, type(together)) and not isinstance(d, Accept)]
        assert set(together.grounds) == {ground for decision in same for ground in decision.grounds}
        assert len(together.grounds) == len(set(together.grounds))


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("value", [-1, 1.5, "1", None])
def test_a_limit_is_a_whole_number_not_below_zero(limit: str, value: object) -> None:
    with pytest.raises(ConfigError, match=r"policy\.limit_unreadable"):
        OfflinePolicy(**{limit: value})  # type: ignore[arg-type]
