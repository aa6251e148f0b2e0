"""What is measured is counted in its own minute, survives in the journal, and never gets in anybody's way."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from pos.domain.errors import JournalUnavailable, NotSent, OutcomeUnknown, SetupFault
from pos.domain.level_counts import Count
from pos.domain.levels import End, What, bucket_of
from pos.journal.level_store import LevelStore
from pos.measuring import measured
from pos.providers.built import Built
from pos.till.meter import Meter
from pos.till.ports import Trace
from pos.till.review.levels import LevelDesk
from tests.journal.shop import SteadyClock, open_journal

SAIGON = timezone(timedelta(hours=7))
TODAY = date(2026, 11, 21)


class Kept:
    """Keeps what is written; full while told so."""

    def __init__(self) -> None:
        self.counts: list[Count] = []
        self.full = False

    def add(self, counts: Sequence[Count]) -> None:
        if self.full:
            raise JournalUnavailable("journal.full")
        self.counts += counts


class Issuer:
    """Answers as told."""

    name = "gotit"

    def __init__(self, clock: SteadyClock) -> None:
        self.clock = clock
        self.error: Exception | None = None
        self.status: int | None = 200

    def check(self, code: str, *, trace: Trace) -> str:
        return self._end(code, trace)

    def mark_used(self, code: str, *, trace: Trace) -> str:
        return self._end(code, trace)

    def reach(self) -> None:
        if self.error is not None:
            raise self.error

    def _end(self, code: str, trace: Trace) -> str:
        self.clock.pass_s(0.4)
        trace.http_status = self.status
        if self.error is not None:
            raise self.error
        return code


def a_till() -> tuple[SteadyClock, Kept, Meter, Issuer, Issuer]:
    clock, kept = SteadyClock(), Kept()
    meter, issuer = Meter(clock, kept), Issuer(clock)
    built = measured(Built(vouchers={"gotit": issuer}), meter)  # type: ignore[dict-item]
    return clock, kept, meter, issuer, built.vouchers["gotit"]  # type: ignore[return-value]


def of(counts: Sequence[Count], what: What) -> list[tuple[int, int]]:
    return sorted((one.bucket, one.count) for one in counts if one.what is what)


def failing(issuer: Issuer, call: Issuer, error: Exception, status: int | None) -> None:
    issuer.error, issuer.status = error, status
    for ask in (call.check, call.mark_used):
        try:
            ask("x", trace=Trace())
        except type(error):
            continue
        raise AssertionError("the error was swallowed")
    issuer.error, issuer.status = None, 200


def test_a_call_is_timed_and_answers_as_before() -> None:
    _, _, meter, _, call = a_till()
    assert call.check("x", trace=Trace()) == "x"
    assert call.mark_used("x", trace=Trace()) == "x"
    assert call.name == "gotit"
    counts = meter.pending()
    assert of(counts, What.ASK) == of(counts, What.CHANGE) == [(bucket_of(400), 1)]
    assert of(counts, What.ENDED) == [(End.KNOWN, 1)]


def test_each_way_a_call_may_end_is_counted_as_what_it_means() -> None:
    _, _, meter, issuer, call = a_till()
    failing(issuer, call, NotSent("net.unreachable"), None)
    failing(issuer, call, OutcomeUnknown("net.read_timeout"), None)
    failing(issuer, call, SetupFault("pin.wrong"), 403)
    counts = meter.pending()
    assert of(counts, What.ENDED) == [(End.KNOWN, 1), (End.UNKNOWN, 1), (End.NOT_SENT, 1)]
    assert sum(count for _, count in of(counts, What.SILENT)) == 2
    assert sum(count for _, count in of(counts, What.ASK)) == 1  # the refusal is an answer, and took its time


def test_minutes_out_of_reach_are_those_on_the_wall() -> None:
    clock, _, meter, issuer, call = a_till()
    clock.wall = datetime(2026, 11, 21, 9, 58, 30, tzinfo=SAIGON)
    failing(issuer, call, NotSent("net.unreachable"), None)
    clock.pass_s(100)
    meter.pending()
    clock.pass_s(20)
    call.check("x", trace=Trace())
    found = {(one.hour, one.bucket): one.count for one in meter.pending() if one.what is What.OFFLINE}
    assert sum(found.values()) in range(119, 123)
    assert found[9, 59] == 60
    assert set(found) == {(9, 58), (9, 59), (10, 0)}


def test_another_issuer_that_answers_meanwhile_is_remembered() -> None:
    clock, kept = SteadyClock(), Kept()
    meter = Meter(clock, kept)
    meter.link("gotit", up=True)
    meter.link("vinid", up=False)
    clock.pass_s(61)
    meter.link("gotit", up=True)
    assert [one.issuer for one in meter.pending() if one.what is What.REACHED] == ["gotit"]


def test_two_services_of_one_company_are_one_issuer() -> None:
    clock, kept = SteadyClock(), Kept()
    meter = Meter(clock, kept)
    issuers = {name: Issuer(clock) for name in ("vinid", "vinid-evoucher")}
    built = measured(Built(vouchers=dict(issuers)), meter)  # type: ignore[arg-type]
    for name, issuer in issuers.items():
        failing(issuer, built.vouchers[name], NotSent("net.unreachable"), None)  # type: ignore[arg-type]
    clock.pass_s(120)
    assert {one.issuer for one in meter.pending() if one.what is What.OFFLINE} == {"vinid"}


def test_it_is_written_once_a_minute_and_a_full_disk_only_delays_it() -> None:
    clock, kept, meter, _, _ = a_till()
    meter.counted(What.SLIP, "", 1)
    meter.write_if_due()
    assert not kept.counts
    kept.full = True
    clock.pass_s(61)
    meter.write_if_due()
    kept.full = False
    clock.pass_s(61)
    meter.counted(What.SLIP, "", 1)
    meter.write_if_due()
    assert [one.count for one in kept.counts] == [1, 1] or [one.count for one in kept.counts] == [2]
    assert meter.pending() == ()


def test_a_day_is_read_from_the_journal_and_what_is_not_written_yet(tmp_path: Path) -> None:
    clock = SteadyClock()
    journal = open_journal(tmp_path / "journal.db", clock)
    store = LevelStore(journal.core)
    meter = Meter(clock, store)
    desk = LevelDesk(store, meter)
    assert desk.week(TODAY).measured_since is None
    for _ in range(2):
        began = clock.mono_s()
        clock.pass_s(0.5)
        meter.took(What.VERDICT, "gotit", began)
        meter.write()
    before = journal.verify().links
    began = clock.mono_s()
    clock.pass_s(0.5)
    meter.took(What.VERDICT, "gotit", began)
    day = desk.day(TODAY)
    assert day.verdict is not None
    assert (day.verdict.count, day.verdict.p50_ms) == (3, 520)
    week = desk.week(TODAY)
    assert week.measured_since == TODAY
    assert [bool(each.verdict) for each in week.days] == [False] * 6 + [True]
    assert journal.verify().links == before  # nobody decided anything
    journal.close()


def test_counting_costs_a_scan_next_to_nothing() -> None:
    meter = Meter(SteadyClock(), Kept())
    began = time.thread_time()
    for _ in range(10_000):
        meter.counted(What.SLIP, "", 0)
    assert (time.thread_time() - began) / 10_000 < 20e-6  # two microseconds on a quiet machine
