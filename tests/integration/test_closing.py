"""The day is closed on the running till and by the command line: threads, printer and issuer as in the shop."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from hardware.virtual.printer import VirtualPrinter
from pos.bootstrap import Program
from pos.domain.business_date import local_date
from pos.office import Office
from pos.running import RunningTill
from pos.till.ports import Role
from pos.till.review.closing import Doing, PrintEnd, ReportPrinted
from pos.till.review.events import Reported, ReviewEvent
from pos.till.views import Phase, SignedIn, StripChanged, TillEvent
from tests.integration.counter import Counter
from tests.integration.test_running import Window
from tests.journal.random_shop import Unhurried
from tests.sandbox_process import SandboxProcess
from tests.till.hand_clock import HandClock

PIN = "735928"
_WAIT_S = 20.0


@pytest.fixture
def printer() -> Iterator[VirtualPrinter]:
    with VirtualPrinter() as found:
        yield found


@pytest.fixture
def shop(counter: Counter, printer: VirtualPrinter) -> Iterator[Window]:
    assert counter.here("config", "set", "printer.address", printer.address).status == 0
    program = Program(counter.folder)
    program.people.add("Hương", Role.MANAGER, PIN, actor="setup")
    running = RunningTill(program, on_scan=lambda _: None, on_scan_dropped=lambda _: None)
    window = Window(running)
    running.start()
    yield window
    assert running.close(), "a thread did not end"


def test_signing_in_opens_the_shift_on_a_till_thread(shop: Window) -> None:
    signed: queue.Queue[str] = queue.Queue()

    def hear(event: TillEvent) -> None:
        if isinstance(event, SignedIn):
            signed.put(threading.current_thread().name)

    shop.till.subscribe(hear)
    desk = Office(shop.running).closing
    assert desk.shift() is None
    (person,) = shop.till.people()
    shop.till.sign_in(person.id, PIN)
    assert signed.get(timeout=_WAIT_S).startswith("till")
    began = threading.Event()
    for _ in range(200):
        if desk.shift() is not None or began.wait(0.05):
            break
    shift = desk.shift()
    assert shift is not None
    assert shift.opened_by == "Hương"


def test_who_takes_the_shift_over_is_who_sells_from_then_on(shop: Window) -> None:
    program, desk = shop.running.program, Office(shop.running).closing
    lan = program.people.add("Lan", Role.CASHIER, "4826", actor="Hương")
    minh = program.people.add("Minh", Role.CASHIER, "7391", actor="Hương")
    signed: queue.Queue[str] = queue.Queue()
    shop.till.subscribe(lambda e: signed.put(e.person.name) if isinstance(e, SignedIn) and e.person else None)
    shop.till.sign_in(lan.id, "4826")
    assert signed.get(timeout=_WAIT_S) == "Lan"
    began = threading.Event()
    while desk.shift() is None:
        began.wait(0.02)
    desk.hand_over("Lan", minh.id, "7391")
    assert signed.get(timeout=_WAIT_S) == "Minh"
    assert shop.till.person == minh
    desk.hand_over("Minh", lan.id, "4826")
    assert signed.get(timeout=_WAIT_S) == "Lan"


def test_offline_every_open_row_is_named_and_the_day_closes_and_then_drains(
    shop: Window, sandbox: SandboxProcess, printer: VirtualPrinter
) -> None:
    desk = Office(shop.running).closing
    key = shop.bill(sandbox.labelled("plain")[0])
    sandbox.pull_cable()
    shop.till.confirm(key)
    shop.phase(key, Phase.OFFERED)
    shop.till.accept_offline(key)
    shop.phase(key, Phase.ACCEPTED_OFFLINE)
    printer.wait_for_slips(1)
    told: queue.Queue[ReviewEvent] = queue.Queue()
    shop.running.review.subscribe(told.put)
    shop.running.review.ask("closing/view", desk.view)
    event = told.get(timeout=_WAIT_S)
    assert isinstance(event, Reported)
    view = desk.view(Unhurried())
    (row,) = view.rows
    assert row.doing in (Doing.QUEUED, Doing.SENDING, Doing.ASKING)
    report = desk.close(view.day, "Hương", leave_as_cases=True)
    assert row.difference.ref in {one.ref for one in report.differences}
    ended: queue.Queue[tuple[str, ReportPrinted]] = queue.Queue()
    desk.print_z(report.number, lambda end: ended.put((threading.current_thread().name, end)))
    assert ended.get(timeout=_WAIT_S) == ("printer", ReportPrinted(PrintEnd.PRINTED))
    assert len(printer.wait_for_slips(2)) == 2
    sandbox.plug_in()
    desk.settle_now()
    shop.wait(lambda: shop.running.program.journal.risk().count == 0)
    assert desk.z_report(report.number) == report


def test_the_bills_number_the_strip_and_the_rows_follow_the_hour_of_change(
    counter: Counter, sandbox: SandboxProcess
) -> None:
    """At half past one in the night of the 22nd, in a shop whose day changes at four."""
    assert counter.here("config", "set", "store.day_change_hour", "4").status == 0
    clock = HandClock(datetime(2026, 11, 21, 18, 30, tzinfo=UTC))
    program = Program(counter.folder, clock=clock)
    running = RunningTill(program, on_scan=lambda _: None, on_scan_dropped=lambda _: None)
    window = Window(running)
    strips: queue.Queue[date] = queue.Queue()
    window.till.subscribe(lambda e: strips.put(e.view.business_date) if isinstance(e, StripChanged) else None)
    running.start()
    try:
        key = window.bill(sandbox.labelled("plain")[0])
        window.till.confirm(key)
        view = window.phase(key, Phase.DONE)
        assert "-20261121-" in view.number
        assert strips.get(timeout=_WAIT_S) == date(2026, 11, 21)
        assert {row.business_date for row in program.journal.redemptions_of(view.number)} == {date(2026, 11, 21)}
        stored = program.journal.bill(view.number)
        assert stored is not None
        assert stored.business_date == date(2026, 11, 21)
    finally:
        assert running.close()


def test_a_manager_closes_the_day_from_the_command_line(counter: Counter, sandbox: SandboxProcess) -> None:
    assert counter.run("people", "add", "Hương", "--role", "manager", stdin=f"{PIN}\n").status == 0
    assert counter.run("people", "add", "Lan", stdin=f"{PIN}\n4826\n").status == 0
    assert counter.redeem("B1", sandbox.labelled("plain")[0]).status == 0
    assert counter.run("day", "count", "gotit", "0", stdin=f"{PIN}\n").status == 1
    viewed = counter.run("day", "view")
    assert viewed.status == 1
    assert "Got It" in viewed.out
    assert "gotit" not in viewed.out
    refused = counter.run("day", "close", "--json", stdin=f"{PIN}\n")
    assert (refused.status, refused.json["error"]) == (2, "day.differences_left")
    assert counter.run("day", "close", "--json", "--leave", stdin="9999\n").json["error"] == "pin.wrong"
    never = counter.run("day", "close", "--json", "--date", "2026-02-31", stdin=f"{PIN}\n")
    assert (never.status, never.json["error"]) == (2, "report.bad_date")
    assert counter.run("day", "view", "--date", "1/2/2026").status == 0
    closed = counter.run("day", "close", "--json", "--leave", stdin=f"{PIN}\n")
    assert closed.status == 0
    assert (closed.json["number"], closed.json["closed_by"]) == (1, "Hương")
    assert closed.json["figures"]["bills"] == 1
    assert len(closed.json["link_hash"]) == 64
    again = counter.run("day", "close", "--leave", stdin=f"{PIN}\n")
    assert again.status == 2
    assert "Hương" in again.err
    printed = counter.run("day", "z", "--print")
    assert printed.status == 1  # no printer here, and it says so
    assert "Not printed" in printed.err
    assert closed.json["audit_hash"][:4] in printed.out
    assert counter.run("journal", "verify").status == 0
    assert counter.run("day", "x", "--json").json["figures"]["bills"] == 0
    assert counter.run("day", "shift", "--from", "Lan", "--to", "Hương", stdin=f"{PIN}\n").status == 2


def test_a_clock_a_year_ahead_does_not_shut_the_closing_for_a_year(counter: Counter, sandbox: SandboxProcess) -> None:
    """The issuer has just told its time, to another command: that day is closed, not one that nobody can pass."""
    days = 400
    assert counter.run("people", "add", "Hương", "--role", "manager", stdin=f"{PIN}\n").status == 0
    code, other = sandbox.labelled("plain")[:2]
    sandbox.faults([{"operation": "*", "fault": "clock_offset", "seconds": -days * 86_400}])
    assert counter.redeem("B1", code).status == 0
    sandbox.faults([])
    closed = counter.run("day", "close", "--json", "--leave", stdin=f"{PIN}\n")
    assert closed.status == 0
    assert date.fromisoformat(closed.json["day"]) <= local_date(datetime.now(UTC)) - timedelta(days=days)
    assert closed.json["figures"]["bills"] == 1
    assert counter.redeem("B2", other).status == 0
    assert counter.run("day", "close", "--json", "--leave", stdin=f"{PIN}\n").json["figures"]["bills"] == 1
