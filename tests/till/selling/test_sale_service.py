"""Selling for a window, on real threads: commands return at once, answers come as events."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pos.domain.errors import SecurityError
from pos.till.ports import Person
from pos.till.selling.service import SaleService
from pos.till.selling.views import (
    CodesShown,
    OpenSalesChanged,
    ProductsChanged,
    SaleChanged,
    SaleFailed,
    SaleNews,
    SalePhase,
)
from tests.till.hand_clock import HandClock
from tests.till.selling.fake_seller import FakeSeller, Fault
from tests.till.selling.rig import LAN, MINH, SaleRig


class Managers:
    """The one PIN of this shop."""

    def manager_by_pin(self, pin: str) -> Person:
        if pin != "4711":
            raise SecurityError("pin.wrong", wait_s=0)
        return MINH

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(name)


class Screen:
    """Hears events and waits for one."""

    def __init__(self) -> None:
        self.news: list[SaleNews] = []
        self._cond = threading.Condition()

    def hear(self, news: SaleNews) -> None:
        with self._cond:
            self.news.append(news)
            self._cond.notify_all()

    def wait(self, wanted: Callable[[SaleNews], bool]) -> SaleNews:
        """The first event that is wanted, past or to come."""
        with self._cond:
            assert self._cond.wait_for(lambda: any(map(wanted, self.news)), timeout=20), self.news
            return next(news for news in self.news if wanted(news))

    def phase(self, sale_id: str, phase: SalePhase) -> SaleNews:
        """Wait until the sale is told to be there."""
        return self.wait(lambda n: isinstance(n, SaleChanged) and (n.view.id, n.view.phase) == (sale_id, phase))


@pytest.fixture
def rig(tmp_path: Path, seller: FakeSeller, clock: HandClock) -> Iterator[SaleRig]:
    rig = SaleRig(tmp_path, seller, clock)
    yield rig
    rig.journal.close()


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def service(rig: SaleRig, screen: Screen) -> Iterator[SaleService]:
    service = SaleService(
        rig.desk,
        rig.selling.settler,
        Managers(),
        person=lambda: LAN,
        slip_kinds=(rig.slips,),
        end_thread=rig.journal.close_thread,
    )
    service.subscribe(screen.hear)
    service.start()
    service.refresh_products("codes")
    screen.wait(lambda n: isinstance(n, ProductsChanged) and bool(n.view.tiles))
    yield service
    assert service.close(20)


def test_from_tile_to_codes_in_hand(service: SaleService, screen: Screen, rig: SaleRig) -> None:
    sale_id = service.start_sale("codes", "VT50", 2)
    screen.phase(sale_id, SalePhase.DRAFT)
    assert rig.desk.sales.sale(sale_id) is None
    service.money_taken(sale_id)
    service.money_taken(sale_id)  # a second click
    screen.phase(sale_id, SalePhase.BUYING)
    screen.phase(sale_id, SalePhase.PRINTING)
    rig.print()
    (slip,) = rig.desk.sales.slips(rig.sale(sale_id).bill_number)
    service.slip_ended(slip)
    screen.phase(sale_id, SalePhase.DONE)
    assert rig.seller.calls == ["buy"]
    phases = [n.view.phase for n in screen.news if isinstance(n, SaleChanged) and n.view.id == sale_id]
    assert phases.index(SalePhase.BUYING) < phases.index(SalePhase.PRINTING) < phases.index(SalePhase.DONE)


def test_a_hanging_seller_keeps_no_other_customer_waiting(
    service: SaleService, screen: Screen, rig: SaleRig, seller: FakeSeller
) -> None:
    """Set aside while the call hangs: what it buys is handed over late, by a manager."""
    hangs, goes_on = threading.Event(), threading.Event()

    def hang(_: object) -> None:
        hangs.set()
        goes_on.wait(20)

    seller.on_buy = hang
    sale_id = service.start_sale("codes", "VT50", 1)
    service.money_taken(sale_id)
    assert hangs.wait(20)
    began = time.monotonic()
    service.set_aside(sale_id)
    other = service.start_sale("codes", "VT50", 1)
    screen.phase(other, SalePhase.DRAFT)
    service.cancel(other)
    assert time.monotonic() - began < 5
    goes_on.set()
    screen.phase(sale_id, SalePhase.TO_HAND_OVER)
    service.hand_over_late(sale_id, manager_pin=None)
    failed = screen.wait(lambda n: isinstance(n, SaleFailed) and n.command == "hand_over_late")
    assert isinstance(failed, SaleFailed)
    assert failed.message.code == "sale.needs_manager"
    service.hand_over_late(sale_id, manager_pin="4711")
    screen.phase(sale_id, SalePhase.PRINTING)


def test_the_thread_asks_by_itself_and_the_open_list_follows(
    service: SaleService, screen: Screen, rig: SaleRig, seller: FakeSeller
) -> None:
    seller.faults = {0: Fault.LOST_AFTER}
    sale_id = service.start_sale("codes", "VT50", 1)
    service.money_taken(sale_id)
    screen.phase(sale_id, SalePhase.WAITING)
    screen.phase(sale_id, SalePhase.PRINTING)
    screen.wait(lambda n: isinstance(n, OpenSalesChanged) and [row.id for row in n.rows] == [sale_id])
    service.show_codes(sale_id)
    shown = screen.wait(lambda n: isinstance(n, CodesShown))
    assert isinstance(shown, CodesShown)
    assert "PIN" not in repr(shown)
    screen.phase(sale_id, SalePhase.DONE)
    screen.wait(lambda _: not [n for n in screen.news if isinstance(n, OpenSalesChanged)][-1].rows)


def test_why_it_was_not_sent_is_told_until_it_is(service: SaleService, screen: Screen, seller: FakeSeller) -> None:
    seller.faults = {0: Fault.SETUP}
    sale_id = service.start_sale("codes", "VT50", 1)
    service.money_taken(sale_id)
    unsent = screen.wait(
        lambda n: isinstance(n, SaleChanged) and n.view.phase is SalePhase.UNSENT and n.view.fault is not None
    )
    assert isinstance(unsent, SaleChanged)
    assert unsent.view.fault is not None
    assert unsent.view.fault.code == "codes.api_key_unknown"
    service.drop(sale_id)
    screen.phase(sale_id, SalePhase.PAY_BACK)
    service.paid_back(sale_id)
    screen.phase(sale_id, SalePhase.PAID_BACK)


def test_a_screen_that_was_left_as_it_was_prints_no_codes_an_hour_later(
    service: SaleService, screen: Screen, seller: FakeSeller, clock: HandClock
) -> None:
    seller.faults = {0: Fault.PENDING}
    sale_id = service.start_sale("codes", "VT50", 1)
    service.money_taken(sale_id)
    screen.phase(sale_id, SalePhase.WAITING)
    assert service.waits(sale_id)
    clock.pass_s(3600)
    assert not service.waits(sale_id)
    service.ask_now(sale_id)
    screen.phase(sale_id, SalePhase.TO_HAND_OVER)
