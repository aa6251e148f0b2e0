"""Service levels tell a manager who it was: the line, an issuer, or the printer – and never more than was measured."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pos.domain.level_counts import Count, end_ms, spread
from pos.domain.level_findings import Finding, FindingKind, IssuerFacts, judge, tell_apart
from pos.domain.levels import LAST_BUCKET, What, bucket_of

DAY = "2026-11-21"
Spreads = st.lists(st.floats(0.1, 4_000_000), min_size=1, max_size=200)


def down(issuer: str, minutes: range, hour: int = 9, seconds: int = 60) -> list[Count]:
    return [Count(DAY, hour, What.OFFLINE, issuer, minute, seconds) for minute in minutes]


def reached(issuer: str, minutes: range, hour: int = 9) -> list[Count]:
    return [Count(DAY, hour, What.REACHED, issuer, minute, 1) for minute in minutes]


def asked(issuer: str, each_ms: float, times: int = 40, *, ended: int = 0, unknown: int = 0) -> IssuerFacts:
    return IssuerFacts(issuer, spread({bucket_of(each_ms): times}), ended, unknown)


def told(
    counts: list[Count], *issuers: IssuerFacts, slips: int = 0, failures: int = 0
) -> list[tuple[FindingKind, str]]:
    findings = judge(issuers, tell_apart(counts), slips, failures)
    return [(finding.kind, finding.issuer) for finding in findings]


@given(Spreads)
def test_a_percentile_never_flatters_and_is_nine_per_cent_off_at_the_most(times_ms: list[float]) -> None:
    buckets: dict[int, int] = {}
    for elapsed_ms in times_ms:
        buckets[bucket_of(elapsed_ms)] = buckets.get(bucket_of(elapsed_ms), 0) + 1
    found = spread(buckets)
    assert found is not None
    assert found.count == len(times_ms)
    ordered = sorted(times_ms)
    for percent, said_ms in ((50, found.p50_ms), (95, found.p95_ms)):
        true_ms = ordered[-(-len(ordered) * percent // 100) - 1]
        assert said_ms >= true_ms
        assert said_ms <= max(true_ms, 1) * 2 ** (1 / 8) * 1.1 + 1  # the bucket, then two digits


def test_nothing_is_too_short_or_too_long() -> None:
    assert spread({}) is None
    assert bucket_of(0) == bucket_of(1) == 0
    assert bucket_of(10**9) == LAST_BUCKET
    assert [end_ms(bucket_of(ms)) for ms in (8, 512, 2048, 65_536)] == [8, 520, 2_100, 66_000]


def test_all_issuers_unreachable_in_the_same_minutes_is_the_line() -> None:
    counts = down("gotit", range(10, 20)) + down("vinid", range(10, 20))
    assert told(counts) == [(FindingKind.LINE_DOWN, "")]
    assert judge((), tell_apart(counts), 0, 0) == (Finding(FindingKind.LINE_DOWN, "", 10),)


def test_one_issuer_unreachable_while_another_answers_is_that_issuer() -> None:
    counts = down("vinid", range(10)) + reached("gotit", range(10))
    assert told(counts) == [(FindingKind.ISSUER_DOWN, "vinid")]


def test_two_unreachable_while_a_third_answers_are_not_the_line() -> None:
    counts = down("vinid", range(10)) + down("gotadi", range(10)) + reached("gotit", range(10))
    assert told(counts) == [(FindingKind.ISSUER_DOWN, "gotadi"), (FindingKind.ISSUER_DOWN, "vinid")]


def test_an_issuer_that_nobody_can_be_compared_with_is_not_blamed() -> None:
    assert told(down("gotit", range(10))) == [(FindingKind.DOWN_UNCLEAR, "gotit")]


def test_one_that_answered_in_other_minutes_proves_nothing_of_these() -> None:
    counts = down("vinid", range(10)) + reached("gotit", range(30, 40))
    assert told(counts) == [(FindingKind.DOWN_UNCLEAR, "vinid")]


def test_the_same_minute_of_another_hour_is_another_minute() -> None:
    counts = down("gotit", range(10, 20), hour=9) + down("vinid", range(10, 20), hour=15)
    assert told(counts) == [(FindingKind.DOWN_UNCLEAR, "gotit"), (FindingKind.DOWN_UNCLEAR, "vinid")]


def test_a_line_and_an_issuer_on_one_day_are_told_apart() -> None:
    counts = (
        down("gotit", range(5))
        + down("vinid", range(5))
        + down("vinid", range(20, 40))
        + reached("gotit", range(20, 40))
    )
    assert judge((), tell_apart(counts), 0, 0) == (
        Finding(FindingKind.LINE_DOWN, "", 5), Finding(FindingKind.ISSUER_DOWN, "vinid", 20),
    )  # fmt: skip
    assert tell_apart(counts).any_s == 25 * 60


def test_less_than_a_minute_blames_nobody() -> None:
    assert told(down("gotit", range(1), seconds=50), asked("gotit", 100)) == [(FindingKind.GOOD, "")]


def test_only_one_slow_is_that_issuer_and_all_slow_is_the_line() -> None:
    assert told([], asked("gotit", 300), asked("vinid", 5_000)) == [(FindingKind.ISSUER_SLOW, "vinid")]
    assert told([], asked("gotit", 5_000), asked("vinid", 5_000)) == [(FindingKind.LINE_SLOW, "")]
    assert told([], asked("vinid", 5_000)) == [(FindingKind.SLOW_UNCLEAR, "vinid")]


def test_a_handful_of_slow_calls_is_judged_by_nobody() -> None:
    assert told([], asked("gotit", 300), asked("vinid", 5_000, times=5)) == [(FindingKind.GOOD, "")]


def test_unknown_ends_and_slips_that_fail() -> None:
    assert told([], asked("gotit", 300, ended=100, unknown=5)) == [(FindingKind.UNKNOWN, "gotit")]
    assert told([], asked("gotit", 300, ended=1000, unknown=5)) == [(FindingKind.GOOD, "")]
    assert told([], slips=100, failures=10) == [(FindingKind.PRINTER, "")]


def test_a_day_without_anything_is_not_called_good() -> None:
    assert told([]) == [(FindingKind.NOTHING, "")]
