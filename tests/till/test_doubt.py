"""After a rebuilding in doubt: what may have been sent is asked about before anything is sent again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from pos.domain.booking_payment import JourneyFact, MoneyFact, VoucherFact
from pos.domain.redemption import Outcome
from pos.domain.sale import SaleOutcome
from pos.till.doubt import Doubter, days_in_doubt
from pos.till.ports import Clock, PrintState, SentStamp
from tests.booking.issuer import CODE
from tests.booking.rig import BookingRig
from tests.journal.shop import accept_offline, add
from tests.till.hand_clock import HandClock
from tests.till.rig import Rig
from tests.till.selling.fake_seller import FakeSeller
from tests.till.selling.rig import SaleRig


def stamp_of(clock: Clock) -> SentStamp:
    return SentStamp(clock.now_utc(), "run", clock.mono_s(), None)


def test_a_queued_voucher_is_unknown_and_its_slip_doubtful(till: Rig) -> None:
    accept_offline(till.journal, "r1", 1)
    add(till.journal, "r2", 2, bill_number="B2")
    doubter = Doubter(till.journal, lambda: stamp_of(till.clock))
    assert (doubter.vouchers(), doubter.slips()) == (2, 1)
    assert (doubter.vouchers(), doubter.slips()) == (0, 0)  # a start that died on the way goes over it again
    assert [till.journal.redemption(row).state.outcome for row in ("r1", "r2")] == [Outcome.IN_FLIGHT] * 2
    assert till.journal.redemption("r1").state.given
    assert len(till.journal.print_jobs(states=[PrintState.PRINTING])) == 1
    till.settler.recover()
    assert till.journal.redemption("r1").state.outcome is Outcome.UNKNOWN
    assert till.journal.verify().faults == ()


def test_an_order_of_codes_is_asked_about_by_its_own_id(tmp_path: Path) -> None:
    clock = HandClock()
    rig = SaleRig(tmp_path, FakeSeller(clock), clock)
    rig.stock_up()
    sale_id = rig.paid()
    assert Doubter(rig.journal, lambda: stamp_of(clock)).sales(rig.selling.desk.sales) == 1
    rig.restart()
    sale = rig.sale(sale_id)
    assert (sale.state.outcome, sale.unclear_sends) == (SaleOutcome.UNKNOWN, 1)
    assert not rig.broken_promises()
    rig.journal.close()


@pytest.fixture
def bookings(tmp_path: Path) -> Iterator[BookingRig]:
    rig = BookingRig(tmp_path)
    yield rig
    rig.close()


def doubted(rig: BookingRig) -> tuple[str, ...]:
    look_at = Doubter(rig.journal, lambda: stamp_of(rig.clock)).bookings(rig.store)
    rig.restart()
    rig.recover()
    return look_at


def test_money_taken_and_not_committed_may_be_paid(bookings: BookingRig) -> None:
    bookings.paid()
    assert doubted(bookings) == ()
    state = bookings.payment().state
    assert (state.money, state.journey) == (MoneyFact.TAKEN, JourneyFact.OPEN)


def test_a_booking_for_which_no_money_stands_taken_is_a_persons_to_look_at(bookings: BookingRig) -> None:
    counter = bookings.counter()
    counter.try_voucher(CODE)
    counter.redeem("lan")
    look_at = doubted(bookings)
    payment = bookings.payment()
    assert payment.state.voucher is VoucherFact.USED
    assert look_at == (payment.bill_number,)


def test_every_day_from_the_last_one_known_to_tomorrow_passes_numbers_over() -> None:
    days = days_in_doubt(date(2026, 11, 27), date(2026, 11, 29))
    assert days == (date(2026, 11, 27), date(2026, 11, 28), date(2026, 11, 29), date(2026, 11, 30))
    assert days_in_doubt(date(2026, 11, 30), date(2026, 11, 29))[-1] == date(2026, 12, 1)  # a clock that is behind
