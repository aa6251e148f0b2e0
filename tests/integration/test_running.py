"""The running till (threads, no window) against the sandbox: the queue drains by itself, the counter goes first."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from pos.bootstrap import Program
from pos.domain.redemption import DONE
from pos.office import Office
from pos.running import RunningTill
from pos.till.ports import Role
from pos.till.review.cases_views import ChoiceKind
from pos.till.views import BillChanged, BillView, Phase, StripChanged, TillEvent
from tests.integration.counter import Counter
from tests.sandbox_process import SandboxProcess


class Window:
    """A window without pixels."""

    def __init__(self, running: RunningTill) -> None:
        self.running, self.till = running, running.till
        self._views: dict[str, BillView] = {}
        self.open_cases = 0
        self._cond = threading.Condition()
        self.till.subscribe(self._hear)

    def _hear(self, event: TillEvent) -> None:
        with self._cond:
            if isinstance(event, BillChanged):
                self._views[event.view.key] = event.view
            if isinstance(event, StripChanged):
                self.open_cases = event.view.open_cases
            self._cond.notify_all()

    def wait(self, seen: Callable[[], bool], within_s: float = 15.0) -> None:
        """Until it was seen."""
        with self._cond:
            assert self._cond.wait_for(seen, within_s), list(self._views.values())[-1:]

    def phase(self, key: str, *phases: Phase) -> BillView:
        """Wait for one of these phases at rest."""
        self.wait(lambda: key in self._views and self._views[key].phase in phases and not self._views[key].busy)
        return self._views[key]

    def bill(self, *codes: str, total_vnd: int = 2_000_000) -> str:
        """A bill with these codes, checked."""
        key = self.till.open_bill()
        self.till.set_total(key, total_vnd)
        for code in codes:
            self.till.scan(key, code)
        self.wait(lambda: key in self._views and len(self._views[key].lines) == len(codes))
        self.phase(key, Phase.DRAFT, Phase.OFFERED)
        return key


@pytest.fixture
def window(counter: Counter) -> Iterator[Window]:
    program = Program(counter.folder)
    running = RunningTill(program, on_scan=lambda _: None, on_scan_dropped=lambda _: None)
    window = Window(running)
    running.start()
    yield window
    assert running.close(), "a thread did not end"


def test_the_queue_drains_within_5_s_of_the_network_s_return(window: Window, sandbox: SandboxProcess) -> None:
    """Three bills taken offline; the cable goes back in; nobody presses anything."""
    codes = sandbox.labelled("plain")[:3]
    keys = [window.bill(code) for code in codes]
    sandbox.pull_cable()
    for key in keys:
        window.till.confirm(key)
        window.phase(key, Phase.OFFERED)
        window.till.accept_offline(key)
        window.phase(key, Phase.ACCEPTED_OFFLINE)
    threading.Event().wait(2.5)  # the till finds the cable out, and gets used to it
    journal = window.running.program.journal
    assert journal.risk().count == 3
    sandbox.plug_in()
    began = time.monotonic()
    while journal.risk().count:
        assert time.monotonic() - began < 5.0, "still queued 5 s after the network's return"
        threading.Event().wait(0.05)
    assert [sandbox.voucher(code)["times_used"] for code in codes] == [1, 1, 1]


def test_a_lost_call_is_found_out_without_anybody_asking(window: Window, sandbox: SandboxProcess) -> None:
    """Carried out, then dropped; 5 s later the inquiry finds it and the waiting cashier hands over."""
    code = sandbox.labelled("plain")[0]
    key = window.bill(code)
    sandbox.faults([{"operation": "mark_use", "fault": "drop_after", "times": 1}])
    window.till.confirm(key)
    window.phase(key, Phase.UNKNOWN)
    view = window.phase(key, Phase.DONE)
    journal = window.running.program.journal
    assert [row.state for row in journal.redemptions_of(view.number)] == [DONE]
    assert len(sandbox.log("mark_use")) == 1


def test_a_manager_ends_a_case_beside_the_running_counter_and_the_strip_counts_along(
    window: Window, sandbox: SandboxProcess
) -> None:
    """The customer leaves before the inquiry finds her voucher used: a case, and nobody comes back for it."""
    people, desk = window.running.program.people, Office(window.running).cases
    manager = next(iter(p for p in people.everyone() if p.role is Role.MANAGER), None) or people.add(
        "Hương", Role.MANAGER, "482913", actor="Hương"
    )
    key = window.bill(sandbox.labelled("plain")[0])
    sandbox.faults([{"operation": "mark_use", "fault": "drop_after", "times": 1}])
    window.till.confirm(key)
    window.phase(key, Phase.UNKNOWN)
    window.till.set_aside(key)
    view = window.phase(key, Phase.FINISH)
    window.till.customer_left(view.number)
    window.wait(lambda: window.open_cases == 1)
    (left,) = desk.inbox().rows
    desk.carry_out(left.source, left.id, ChoiceKind.NEVER_GIVEN, actor=manager.name, reason="gọi không nghe máy")
    window.phase(key, Phase.CLOSED)
    (late,) = desk.inbox().rows
    assert (late.kind, late.label) == ("late_effect", "Got It")
    desk.close(late.source, late.id, "Got It đã hoàn cho khách", actor=manager.name)
    window.wait(lambda: window.open_cases == 0)
    assert window.running.program.journal.verify().whole


def test_a_second_window_and_a_command_are_refused_while_lists_are_read(
    window: Window, counter: Counter, sandbox: SandboxProcess
) -> None:
    """One till on one folder."""
    code = sandbox.labelled("plain")[0]
    said = counter.redeem("B1", code)
    assert (said.status, said.json["error"]) == (2, "lock.other_window")
    assert sandbox.log("mark_use") == []
    assert counter.run("queue", "--json").json == []
    assert counter.run("journal", "verify").status == 0
    key = window.bill(code)
    window.till.confirm(key)
    window.phase(key, Phase.DONE)
