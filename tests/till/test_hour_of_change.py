"""A shop whose day changes at four: its own day is one thing, what an issuer calls a day another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.bill import Bill
from pos.domain.business_date import LATEST_CHANGE_HOUR, VIETNAM, business_date, local_date
from pos.domain.errors import ConfigError
from pos.domain.redemption import Event
from pos.domain.routing import Rule
from pos.journal.store import SqliteJournal
from pos.security.vault import Vault
from pos.till.ports import NewRedemption, Person, Role, Work
from pos.till.take_back import TakenBack
from tests.till.fake_issuer import FakeIssuer
from tests.till.hand_clock import CountingChance, HandClock
from tests.till.rig import KEY, Rig, voucher

E1 = "EV0000000001"
MANAGER = Person("m", "Hương", Role.MANAGER)
NIGHT = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)  # half past one on the 22nd
_FIRST, _LAST = NIGHT.replace(year=2020, tzinfo=None), NIGHT.replace(year=2040, tzinfo=None)


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NIGHT)


@pytest.fixture
def issuer(clock: HandClock) -> FakeIssuer:
    issuer = FakeIssuer(name="vinid-evoucher", label="VinID", max_codes=1, offline=False, weak=True)
    issuer.date = clock.now_utc
    return issuer


@pytest.fixture
def till(tmp_path: Path, issuer: FakeIssuer, clock: HandClock) -> Iterator[Rig]:
    rig = Rig(
        tmp_path, issuer, clock, CountingChance(), rules=(Rule("vinid-evoucher", 6, 32),), refunders=[issuer],
        journal=lambda path, clock, chance: SqliteJournal(path, Vault(KEY), clock, chance, change_hour=lambda: 4),
    )  # fmt: skip
    yield rig
    rig.close()


@given(st.datetimes(_FIRST, _LAST, timezones=st.just(VIETNAM)), st.integers(0, LATEST_CHANGE_HOUR))
def test_a_day_has_24_hours_and_begins_at_the_hour_of_change(instant: datetime, hour: int) -> None:
    day = business_date(instant, hour)
    begins = datetime(day.year, day.month, day.day, hour, tzinfo=VIETNAM)
    assert 0 <= (instant - begins).total_seconds() < 86_400
    assert business_date(instant, 0) == local_date(instant)


def test_what_is_sold_at_half_past_one_is_the_shops_yesterday(till: Rig) -> None:
    till.sold(E1)
    assert till.row().business_date == date(2026, 11, 21)


def test_the_issuers_day_stays_the_calendars_when_something_is_taken_back(till: Rig, clock: HandClock) -> None:
    """Used at 01:30 and taken back at 05:00: the same day for VinID, although the shop's day has changed between."""
    till.sold(E1)
    clock.pass_s(3.5 * 3600)
    assert till.journal.business_date(clock.now_utc()) != till.row().business_date
    assert till.take_back.take_back(till.row().id, manager=MANAGER, reason="x") is TakenBack.DONE


def test_after_midnight_it_is_another_day_for_the_issuer_although_the_shops_goes_on(
    till: Rig, clock: HandClock
) -> None:
    clock.jump_s(-2 * 3600)  # 23:30 on the 21st
    till.sold(E1)
    clock.pass_s(3600)
    assert till.journal.business_date(clock.now_utc()) == till.row().business_date
    with pytest.raises(ConfigError, match=r"take_back\.another_day"):
        till.take_back.take_back(till.row().id, manager=MANAGER, reason="x")


def test_the_check_at_the_end_of_the_day_waits_for_the_shops_day_to_end(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    now = clock.now_utc()
    with till.journal.transaction("lan") as tx:
        tx.add_bill(Bill("B1", 50_000, now), business_date=tx.business_date(now))
        tx.add_redemption("B1", NewRedemption("r1", 0, issuer.name, voucher(E1), False, 50_000, 50_000, 0))
        tx.move("r1", Event.DROP)
        tx.schedule("r1", Work.RECHECK, session=till.journal.session, due_mono_s=clock.mono_s(), due_utc=now)
    clock.pass_s(2 * 3600)  # 03:30: the calendar's day has long changed, the shop's has not
    assert till.settler.next_due_s() >= 3600
    clock.pass_s(3600)
    assert till.settler.next_due_s() < 3600
