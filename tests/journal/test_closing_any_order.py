"""Whatever happens in whatever order: every row is in one Z, no figure is lost or told twice, nothing is nobody's."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from pos.domain.closing import Flow, Standing
from pos.reports_setup import build_day
from pos.till.review.closing import ZReport
from pos.till.review.day_views import Query
from tests.journal.random_shop import RandomShop, Unhurried


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), steps=st.integers(5, 60), hour=st.sampled_from((0, 4, 12)))
def test_the_zs_together_tell_every_row_once_and_as_it_stands(seed: int, steps: int, hour: int) -> None:
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        shop = RandomShop(Path(folder), chance, change_hour=hour)
        try:
            for _ in range(steps):
                shop.step()
                if chance.random() < 0.1 and shop.close_day() is not None:
                    _nothing_open_is_nobodys(shop)
            shop.clock.wall += timedelta(days=30)  # past every date that a wrong clock has closed
            assert shop.close_day() is not None
            zs = shop.desk.z_reports(1_000)
            _each_bill_is_in_one_z(shop, zs)
            assert _told(zs) == (shop.standing(), shop.amount_vnd())
            _nothing_open_is_nobodys(shop)
        finally:
            shop.close()


def _each_bill_is_in_one_z(shop: RandomShop, zs: tuple[ZReport, ...]) -> None:
    ranges = [(z.number, z.after_bill_seq, z.last_bill_seq) for z in reversed(zs)]
    assert [number for number, _, _ in ranges] == list(range(1, len(zs) + 1))
    assert [after for _, after, _ in ranges] == [0, *(last for _, _, last in ranges[:-1])]
    assert ranges[-1][2] == shop._all("SELECT ifnull(max(seq), 0) FROM bill")[0][0]
    assert sum(z.figures.bills for z in zs) == shop._all("SELECT count(*) FROM bill")[0][0]


Counts = Counter[tuple[Flow, Standing]]


def _told(zs: tuple[ZReport, ...]) -> tuple[Counts, Counts]:
    """Counts, and amounts of vouchers, that a reader of the Zs adds up to."""
    counts: Counts = Counter()
    amounts: Counts = Counter()
    for z in zs:
        for total in z.figures.totals:
            counts[total.flow, total.standing] += total.count
            if total.flow is Flow.VOUCHER:
                amounts[total.flow, total.standing] += total.amount_vnd
        for moved in z.moved:
            counts[moved.flow, moved.now] += moved.count
            if moved.before is not None:
                counts[moved.flow, moved.before] -= moved.count
            if moved.flow is Flow.VOUCHER:
                amounts[moved.flow, moved.now] += moved.amount_vnd
                if moved.before is not None:
                    amounts[moved.flow, moved.before] -= moved.was_vnd
    assert min((*counts.values(), *amounts.values()), default=0) >= 0
    return +counts, +amounts


_OPEN = """
SELECT r.id FROM redemption r JOIN bill b ON b.number = r.bill_number
WHERE (r.outcome IN ('unsent', 'in_flight', 'unknown') OR (r.outcome = 'used' AND r.given = 0))
    AND r.taking_back <> 'done' OR r.taking_back = 'open'
UNION SELECT s.id FROM sale s WHERE s.closed = 0 UNION SELECT k.id FROM booking k WHERE k.closed = 0
"""
_OWNED = """
SELECT redemption_id FROM cases WHERE closed_utc IS NULL UNION SELECT sale_id FROM sale_case WHERE closed_utc IS NULL
UNION SELECT booking_id FROM booking_case WHERE closed_utc IS NULL
UNION SELECT ref FROM day_case WHERE closed_utc IS NULL AND owner IS NOT NULL
"""
_SLIPS = "SELECT id FROM print_job WHERE state IN ('pending', 'printing', 'doubtful')"
_SLIP_CASES = "SELECT ref FROM day_case WHERE kind = 'slip'"  # a person who closed it has decided about the slip


def _nothing_open_is_nobodys(shop: RandomShop) -> None:
    """Right after a closing."""
    owned = {row[0] for row in shop._all(_OWNED)}
    assert {row[0] for row in shop._all(_OPEN)} <= owned
    assert {row[0] for row in shop._all(_SLIPS)} <= {row[0] for row in shop._all(_SLIP_CASES)}
    assert shop.desk.view(Unhurried()).to_zero


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), steps=st.integers(5, 60), hour=st.sampled_from((0, 4)))
def test_the_days_screen_and_the_zs_say_the_same_of_every_row(seed: int, steps: int, hour: int) -> None:
    """Two readings of the journal, made apart: what the manager sees by day is what her reports add up to."""
    with tempfile.TemporaryDirectory() as folder:
        shop = RandomShop(Path(folder), random.Random(seed), change_hour=hour)
        try:
            for _ in range(steps):
                shop.step()
            counts, amounts = shop.standing(), shop.amount_vnd()
            dates = sorted(date.fromisoformat(row[0]) for row in shop._all(_DATES))
            if not dates:
                return
            seen = build_day(shop.journal, shop.clock).view(Query(dates[0], dates[-1]), Unhurried()).figures
            voucher = {standing: counts[Flow.VOUCHER, standing] for standing in Standing}
            assert (seen.vouchers, seen.at_risk, seen.losses, seen.taken_back) == (
                voucher[Standing.USED], voucher[Standing.AT_RISK], voucher[Standing.LOSS], voucher[Standing.TAKEN_BACK],
            )  # fmt: skip
            assert (seen.redeemed_vnd, seen.at_risk_vnd, seen.loss_vnd) == tuple(
                amounts[Flow.VOUCHER, standing] for standing in (Standing.USED, Standing.AT_RISK, Standing.LOSS)
            )
            assert (seen.sales, seen.bookings) == (
                counts[Flow.SALE, Standing.SOLD],
                counts[Flow.BOOKING, Standing.SOLD],
            )
        finally:
            shop.close()


_DATES = """
SELECT DISTINCT business_date FROM redemption UNION SELECT business_date FROM sale
UNION SELECT business_date FROM booking
"""
