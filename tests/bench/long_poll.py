"""A long poll that hangs at the issuer holds up nobody: looking up another booking, with and without it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pos.booking_setup import build_booking
from pos.providers.gotadi.client import Gotadi
from pos.providers.gotadi.settings import GotadiSettings
from pos.providers.http import Call, HttpClient, Reply
from pos.till.booking.service import BookingService
from pos.till.booking.views import BookingChanged, BookingNews, BookingPhase
from pos.till.ports import Clock, Trace
from tests.bench.table import Row
from tests.bench.tills import open_till, scratch
from tests.bench.timing import in_turns, median, median_ratio, percentile, undisturbed
from tests.sandbox_process import SandboxProcess

LOOKS = 80
MOST_RATIO = 1.2
_WARM_UP = 5
_WITHIN_S = 30.0
_PATIENCE_S = 600


class Polls:
    """The line of the long poll, and whether a poll hangs on it."""

    def __init__(self, line: HttpClient) -> None:
        self._line = line
        self.begun = self.ended = 0
        self.first = threading.Event()

    def exchange(self, call: Call, trace: Trace, *, mask: Callable[[bytes], str]) -> Reply:
        self.begun += 1
        self.first.set()
        try:
            return self._line.exchange(call, trace, mask=mask)
        finally:
            self.ended += 1

    def reach(self) -> None:
        self._line.reach()

    def close(self) -> None:
        self._line.close()


class Desk:
    """A till that pays bookings, and what it last told of each payment."""

    def __init__(self, service: BookingService, polls: Polls) -> None:
        self._service = service
        self.polls = polls
        self._phases: dict[str, BookingPhase] = {}
        self._told = threading.Condition()
        service.subscribe(self._hear)

    def _hear(self, news: BookingNews) -> None:
        if isinstance(news, BookingChanged):
            with self._told:
                self._phases[news.view.key] = news.view.phase
                self._told.notify_all()

    def _wait(self, key: str, phase: BookingPhase) -> None:
        with self._told:
            if not self._told.wait_for(lambda: self._phases.get(key) is phase, _WITHIN_S):
                raise RuntimeError(f"not {phase}: {self._phases.get(key)}")

    def look_up(self, number: str) -> float:
        """Seconds from the command to the booking on the screen."""
        began = time.perf_counter()
        key = self._service.look_up(number)
        self._wait(key, BookingPhase.READY)
        return time.perf_counter() - began

    def pay(self, number: str) -> None:
        """Take the money for a booking; its end is polled for from then on."""
        key = self._service.look_up(number)
        self._wait(key, BookingPhase.READY)
        self._service.order(key)
        self._wait(key, BookingPhase.AMOUNT_DUE)
        self._service.money_taken(key)
        self._wait(key, BookingPhase.WAITING)


@contextmanager
def open_desk(folder: Path, sandbox: SandboxProcess) -> Iterator[Desk]:
    """The program's journal and threads, with Gotadi on the sandbox."""
    facts = sandbox.ready["gotadi"]
    names = ("api_key", "access_code", "user_id", "partner_private_key", "gotadi_public_key")
    own = GotadiSettings(base_url=sandbox.url, ca_file=sandbox.ca_file, **{name: facts[name] for name in names})
    with open_till(folder, sandbox) as program:
        clock = program.desk.clock
        polls = Polls(_line(own, clock))
        issuer = Gotadi(_line(own, clock), polls, own, clock=clock)
        desk = build_booking(
            program.journal, {issuer.name: issuer}, clock, program.desk.chance,
            lambda day: program.bill_number(day, program.journal.next_number(day)),
        )  # fmt: skip
        service = BookingService(
            desk,
            program.people,
            person=lambda: None,
            end_thread=program.journal.close_thread,
        )
        service.start()
        try:
            yield Desk(service, polls)
        finally:
            issuer.close()  # ends the poll that hangs
            service.stop()


def _line(settings: GotadiSettings, clock: Clock) -> HttpClient:
    """As the program makes them: one call at a time, a connection each."""
    return HttpClient(
        settings.base_url, clock=clock, ca_file=settings.ca_file, deadline_s=140.0, max_in_flight=1, idle_s=0
    )


def run(looks: int = LOOKS) -> list[Row]:
    """Two tills in turns on one sandbox: one has nothing to wait for, the other's poll hangs all the time."""
    with scratch() as folder, SandboxProcess(folder / "sandbox") as sandbox:
        sandbox.control("POST", "/gotadi/change", {"patience_s": _PATIENCE_S})
        number = {each["label"]: str(each["number"]) for each in sandbox.ready["gotadi"]["bookings"]}
        with open_desk(folder / "free", sandbox) as free, open_desk(folder / "held", sandbox) as held:
            held.pay(number["payment will hang"])
            if not held.polls.first.wait(_WITHIN_S):
                raise RuntimeError("no poll came")
            other = number["flight"]
            jobs: dict[str, Callable[[], float]] = {
                "held": lambda: held.look_up(other), "free": lambda: free.look_up(other),
            }  # fmt: skip
            with undisturbed():
                taken = {name: times[_WARM_UP:] for name, times in in_turns(jobs, _WARM_UP + looks).items()}
            if (held.polls.begun, held.polls.ended) != (1, 0):
                raise RuntimeError("the poll did not hang all the time")
    ratio = median_ratio(taken["held"], taken["free"])
    ours, peer = ([1000 * percentile(taken[name], at) for at in (50, 95)] for name in ("held", "free"))
    note = (
        f"{looks} look-ups a till, command to told snapshot, TLS to the sandbox; the poll of a paid booking hung from"
        f" before the first to after the last; medians {1000 * median(taken['held']):.0f} ms and"
        f" {1000 * median(taken['free']):.0f} ms"
    )
    return [
        Row(
            "look-up while a long poll hangs", f"p50 {ours[0]:.0f} ms, p95 {ours[1]:.0f} ms",
            f"none hangs: p50 {peer[0]:.0f} ms, p95 {peer[1]:.0f} ms", ratio, f"≤ {MOST_RATIO}", ratio <= MOST_RATIO,
            note,
        )
    ]  # fmt: skip
