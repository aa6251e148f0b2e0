"""What a window asks of a till with several issuers: commands return at once, answers come as events."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pos.domain.reasons import Reason
from pos.domain.routing import read_rules
from pos.till.service import Till, TillInfo
from pos.till.take_back import TakeBackDesk
from pos.till.undecided import UndecidedDesk
from pos.till.views import BookingScanned, CommandFailed, Environment, Link, Phase, StripChanged, TakeBackEnded
from tests.till.fake_issuer import FakeIssuer
from tests.till.hand_clock import CountingChance
from tests.till.rig import Rig
from tests.till.test_service import RealClock, TwoPeople, Window

A, E1 = "4471902835", "EV0000000001"
EITHER = read_rules("gotit:10-16:printable:;vinid-evoucher:6-32:upper:;gotadi:17-17:upper:ADCO")


@pytest.fixture
def other() -> FakeIssuer:
    return FakeIssuer(name="vinid-evoucher", label="VinID", max_codes=1, offline=False, weak=True)


@pytest.fixture
def window(tmp_path: Path, other: FakeIssuer) -> Iterator[Window]:
    rig = Rig(tmp_path, FakeIssuer(), RealClock(), CountingChance(), more=[other], rules=EITHER)
    desk = rig.desk

    def settler_of(on_settled: object, here: object, pause: object) -> object:
        settler = rig.make_settler(pause)  # type: ignore[arg-type]
        settler._on_settled, settler._here = on_settled, here  # type: ignore[assignment]
        return settler

    till = Till(
        desk,
        settler_of,  # type: ignore[arg-type]
        TwoPeople(),
        TillInfo(Environment.TRAINING, lambda day, n: f"DT-{day}-{n:06d}", lambda day: f"bill/{day}"),
        undecided=UndecidedDesk(desk.journal, desk.issuers, desk.leases, desk.redeemer),
        take_back=TakeBackDesk(
            desk.journal, desk.issuers, desk.clock, desk.chance, desk.leases, desk.redeemer, {other.name: other}
        ),
        end_thread=rig.journal.close_thread,
        pause_s=0.0,
    )
    seen = Window(till)
    till.start()
    yield seen
    assert till.close(10), "a thread did not end"
    rig.close()


def asked(window: Window) -> tuple[str, str]:
    """A bill with a code that may be of either issuer; its key and the line."""
    key = window.bill(E1)
    view = window.last(key)
    assert view is not None
    return key, view.lines[0].id


def test_a_person_says_whose_code_it_is_and_the_bill_goes_on(window: Window, other: FakeIssuer) -> None:
    key, line_id = asked(window)
    window.till.change_issuer(key, line_id, "vinid-evoucher")
    window.till.confirm(key, loss_accepted=True)
    window.phase(key, Phase.DONE)
    assert other.count("mark_used") == 1


def test_a_booking_number_opens_no_line_and_is_told_to_the_window(window: Window) -> None:
    key = window.till.open_bill()
    window.till.scan(key, "ADCO2401010000001")
    window.wait(lambda: BookingScanned(key, "ADCO2401010000001") in window.events)
    view = window.last(key)
    assert view is not None
    assert view.lines == ()


def test_a_manager_decides_and_takes_back_with_a_pin(window: Window, other: FakeIssuer) -> None:
    other.faults["mark_used"] = ["lost_after"]
    key, line_id = asked(window)
    window.till.change_issuer(key, line_id, "vinid-evoucher")
    window.till.confirm(key, loss_accepted=True)
    window.phase(key, Phase.UNKNOWN)
    view = window.last(key)
    assert view is not None
    window.till.ask_again(view.number)
    window.wait(lambda: any(ln.needs_decision for ln in (window.last(key) or view).lines))
    line_id = (window.last(key) or view).lines[0].id
    window.till.decide(view.number, line_id, accept=True, reason="x", manager_pin="0000")
    window.wait(lambda: any(isinstance(e, CommandFailed) and e.message.code == "pin.wrong" for e in window.events))
    window.till.decide(view.number, line_id, accept=True, reason="khách còn ở quầy", manager_pin="7391")
    window.phase(key, Phase.DONE)
    done = window.last(key)
    assert done is not None
    assert (done.lines[0].unconfirmed, done.lines[0].needs_decision, done.left_vnd) == (True, False, 165_000)
    window.till.take_back(view.number, line_id, reason="nhầm", manager_pin="7391", no_other_till=True)
    window.wait(lambda: TakeBackEnded(view.number, "0001", "done") in window.events)
    back = window.last(key)
    assert back is not None
    assert (back.lines[0].taken_back, back.left_vnd) == (True, 265_000)
    assert other.vouchers[E1].used_for is None


def test_one_issuer_that_cannot_be_reached_is_a_warning_and_none_is_down(window: Window, other: FakeIssuer) -> None:
    other.cable_in = False
    key, line_id = asked(window)
    window.till.change_issuer(key, line_id, "vinid-evoucher")

    def offline() -> bool:
        view = window.last(key)
        return view is not None and not view.busy and view.lines[0].reason is Reason.OFFLINE

    window.wait(offline)
    window.till.link_changed()  # as the program's wiring does

    def strip() -> Link | None:
        strips = [e.view for e in window.events if isinstance(e, StripChanged)]
        return strips[-1].network.link if strips else None

    window.wait(lambda: strip() is Link.WARN)
    other.cable_in = True
    window.wait(lambda: strip() is Link.OK)


def test_got_its_vouchers_go_on_while_the_other_issuer_is_silent(window: Window, other: FakeIssuer) -> None:
    other.cable_in = False
    key = window.bill(A)
    view = window.last(key)
    assert view is not None
    window.till.change_issuer(key, view.lines[0].id, "gotit")
    window.till.confirm(key, loss_accepted=True)
    window.phase(key, Phase.DONE)
