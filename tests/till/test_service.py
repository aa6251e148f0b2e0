"""The till's threads: one hanging bill delays no other, cashiers go first, the queue drains by itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pos.domain.errors import SecurityError
from pos.domain.redemption import DONE, USED_NOT_GIVEN
from pos.till.ports import Person, Role
from pos.till.service import Till, TillInfo
from pos.till.views import (
    BannerKind,
    BannerRaised,
    BillChanged,
    BillView,
    CommandFailed,
    Environment,
    ListsChanged,
    Phase,
    SignedIn,
    TillEvent,
)
from tests.till.fake_issuer import FakeIssuer, Gatepost
from tests.till.hand_clock import CountingChance
from tests.till.rig import Rig

A, B = "4471902835", "880213457719"


class RealClock:
    """Time as it is."""

    def now_utc(self) -> datetime:
        return datetime.now(UTC)

    def mono_s(self) -> float:
        return time.monotonic()

    def pass_s(self, seconds: float) -> None:
        """Wait."""
        threading.Event().wait(seconds)


class TwoPeople:
    """A cashier and a manager; PINs in plain sight."""

    def __init__(self) -> None:
        self._pins = {Person("1", "Lan", Role.CASHIER): "2580", Person("2", "Hoa", Role.MANAGER): "7391"}

    def everyone(self) -> tuple[Person, ...]:
        return tuple(self._pins)

    def add(self, name: str, role: Role, pin: str, *, actor: str) -> Person:
        person = Person(name, name, role)
        self._pins[person] = pin
        return person

    def verify(self, person_id: str, pin: str) -> Person:
        for person, known in self._pins.items():
            if person.id == person_id and known == pin:
                return person
        raise SecurityError("pin.wrong", wait_s=0)

    def manager_by_pin(self, pin: str) -> Person:
        for person, known in self._pins.items():
            if person.role is Role.MANAGER and known == pin:
                return person
        raise SecurityError("pin.wrong", wait_s=0)


class Window:
    """Hears every event and waits for what it wants to see."""

    def __init__(self, till: Till) -> None:
        self.till = till
        self.events: list[TillEvent] = []
        self._cond = threading.Condition()
        till.subscribe(self._hear)

    def _hear(self, event: TillEvent) -> None:
        with self._cond:
            self.events.append(event)
            self._cond.notify_all()

    def wait(self, seen: Callable[[], bool], within_s: float = 10.0) -> None:
        """Until it was seen."""
        with self._cond:
            assert self._cond.wait_for(seen, within_s), [type(event).__name__ for event in self.events[-8:]]

    def last(self, key: str) -> BillView | None:
        """The bill's latest snapshot."""
        views = [e.view for e in self.events if isinstance(e, BillChanged) and e.view.key == key]
        return views[-1] if views else None

    def bill(self, *codes: str, total_vnd: int = 265_000) -> str:
        """A bill with these codes, checked."""
        key = self.till.open_bill()
        self.till.set_total(key, total_vnd)
        for code in codes:
            self.till.scan(key, code)
        self.wait(lambda: (view := self.last(key)) is not None and len(view.lines) == len(codes) and not view.busy)
        return key

    def phase(self, key: str, phase: Phase) -> None:
        """Wait for a phase."""
        self.wait(lambda: (view := self.last(key)) is not None and view.phase is phase and not view.busy)

    def banners(self) -> list[BannerKind]:
        """Kinds raised so far."""
        return [event.banner.kind for event in self.events if isinstance(event, BannerRaised)]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    clock = RealClock()
    issuer = FakeIssuer()
    issuer.date = clock.now_utc
    rig = Rig(tmp_path, issuer, clock, CountingChance())
    yield rig
    rig.close()


@pytest.fixture
def issuer(rig: Rig) -> FakeIssuer:
    assert isinstance(rig.issuer, FakeIssuer)
    return rig.issuer


def built(rig: Rig, end_thread: Callable[[], None] = lambda: None) -> Window:
    """A till on this rig, not started."""

    def settler_of(on_settled: object, here: object, pause: object) -> object:
        settler = rig.make_settler(pause)  # type: ignore[arg-type]
        settler._on_settled, settler._here = on_settled, here  # type: ignore[assignment]
        return settler

    info = TillInfo(Environment.TRAINING, lambda day, n: f"DT-{day}-{n:06d}", lambda day: f"bill/{day}")

    def end() -> None:
        rig.journal.close_thread()
        end_thread()

    return Window(Till(rig.desk, settler_of, TwoPeople(), info, end_thread=end, pause_s=0.0))  # type: ignore[arg-type]


@pytest.fixture
def window(rig: Rig) -> Iterator[Window]:
    window = built(rig)
    window.till.start()
    yield window
    assert window.till.close(10), "a thread did not end"


def test_a_hanging_bill_does_not_delay_the_next_customer(window: Window, issuer: FakeIssuer) -> None:
    """The first one's mark-use hangs; the second is checked, used and handed over meanwhile."""
    post = Gatepost()
    issuer.faults["mark_used"] = [post]
    slow, fast = window.bill(A), window.bill(B)
    window.till.confirm(slow)
    assert post.arrived.wait(5)
    window.till.confirm(fast)
    window.phase(fast, Phase.DONE)
    assert (view := window.last(slow)) is not None
    assert view.phase is Phase.SENDING
    post.go_on.set()
    window.phase(slow, Phase.DONE)


def test_a_bill_set_aside_in_mid_call_comes_back_with_a_banner(window: Window, rig: Rig, issuer: FakeIssuer) -> None:
    """Its verdict gives nothing to nobody; the cashier is told and finishes the sale."""
    post = Gatepost()
    issuer.faults["mark_used"] = [post]
    key = window.bill(A)
    window.till.confirm(key)
    assert post.arrived.wait(5)
    window.till.set_aside(key)
    post.go_on.set()
    window.wait(lambda: BannerKind.RESOLVED_USED in window.banners())
    number = rig.journal.bill_numbers()[0]
    assert rig.row(number).state == USED_NOT_GIVEN
    window.till.finish_sale(number)
    window.phase(key, Phase.DONE)
    assert rig.row(number).state == DONE


def test_the_queue_drains_by_itself_when_the_network_is_back(window: Window, rig: Rig, issuer: FakeIssuer) -> None:
    """Within 5 s, with a banner when all is settled."""
    key = window.bill(A)
    issuer.cable_in = False
    window.till.confirm(key)
    window.phase(key, Phase.OFFERED)
    window.till.accept_offline(key)
    window.phase(key, Phase.ACCEPTED_OFFLINE)
    issuer.cable_in = True
    window.wait(lambda: BannerKind.QUEUE_EMPTY in window.banners(), within_s=5.0)
    assert rig.journal.risk().count == 0
    assert issuer.vouchers[A].times_used == 1


def test_a_cashier_goes_before_the_queue(window: Window, rig: Rig, issuer: FakeIssuer) -> None:
    """Twenty queued rows; a scan in the middle of the drain is the next call."""
    issuer.cable_in = True
    codes = [f"77700000{n:02d}" for n in range(20)]
    key = window.bill(*codes, total_vnd=5_000_000)
    issuer.faults["mark_used"] = ["not_sent"]
    issuer.cable_in = False
    window.till.confirm(key)
    window.phase(key, Phase.OFFERED)
    window.till.accept_offline(key)
    window.phase(key, Phase.ACCEPTED_OFFLINE)
    posts = [Gatepost(), Gatepost()]
    issuer.faults["mark_used"] = [posts[0]]
    issuer.faults["check"] = [posts[1]]
    issuer.cable_in = True
    assert posts[0].arrived.wait(6)
    other = window.till.open_bill()
    window.till.scan(other, B)
    assert posts[1].arrived.wait(5)
    posts[0].go_on.set()
    before = issuer.count("mark_used")
    threading.Event().wait(0.2)
    assert issuer.count("mark_used") == before, "the queue must wait while a cashier's call runs"
    posts[1].go_on.set()
    window.wait(lambda: BannerKind.QUEUE_EMPTY in window.banners())


def test_two_commands_on_a_bill_of_the_list_share_one_counter(window: Window, rig: Rig, issuer: FakeIssuer) -> None:
    """Ask again and drop, pressed one after the other: one bill on one worker, in order."""
    issuer.faults["mark_used"] = ["not_sent"]
    key = window.bill(A)
    window.till.confirm(key)
    window.phase(key, Phase.OFFERED)
    number = rig.journal.bill_numbers()[0]
    window.till.close_bill(key)
    window.till._forget(key)
    keys = {window.till.resume_bill(number) for _ in range(5)}
    assert len(keys) == 1


def test_a_resumed_bill_is_shown_even_if_nothing_changed(window: Window, rig: Rig, issuer: FakeIssuer) -> None:
    """She opens the same bill from the list again: the window gets its snapshot."""
    issuer.faults["mark_used"] = ["not_sent"]
    key = window.bill(A)
    window.till.confirm(key)
    window.phase(key, Phase.OFFERED)
    number = rig.journal.bill_numbers()[0]
    seen = len(window.events)
    assert window.till.resume_bill(number) == key
    window.wait(lambda: any(isinstance(event, BillChanged) for event in window.events[seen:]))


def test_sign_in_and_the_manager_s_word(window: Window, rig: Rig, issuer: FakeIssuer) -> None:
    """A wrong PIN says so and accepts nothing; the right one is in the audit chain."""
    window.till.sign_in("1", "0000")
    window.wait(lambda: any(isinstance(event, CommandFailed) for event in window.events))
    window.till.sign_in("1", "2580")
    window.wait(lambda: any(isinstance(event, SignedIn) for event in window.events))
    issuer.vouchers[A].worth_vnd = 600_000
    key = window.bill(A, total_vnd=900_000)
    issuer.cable_in = False
    window.till.confirm(key)
    window.phase(key, Phase.OFFERED)
    window.till.accept_offline(key, manager_pin="1111")
    window.till.accept_offline(key)
    window.wait(lambda: sum(isinstance(event, CommandFailed) for event in window.events) == 2)
    assert rig.journal.risk().count == 0
    window.till.accept_offline(key, manager_pin="7391")
    window.phase(key, Phase.ACCEPTED_OFFLINE)
    assert rig.row(rig.journal.bill_numbers()[0]).cashier == "Lan"


def test_five_unknown_codes_in_a_row_ask_for_a_manager(window: Window, issuer: FakeIssuer) -> None:
    """Somebody may be guessing: the sixth is not asked about until a manager unlocks."""
    from pos.domain.reasons import Reason

    codes = [f"12121212{n:02d}" for n in range(7)]
    for code in codes[:5]:
        issuer.vouchers[code].refused = Reason.CODE_WRONG
    key = window.bill(*codes[:5])
    window.till.scan(key, codes[5])
    window.wait(lambda: (v := window.last(key)) is not None and v.message is not None)
    assert (view := window.last(key)) is not None
    assert view.message is not None
    assert view.message.code == "guard.too_many_unknown"
    assert issuer.count("check") == 5
    window.till.manager_unlock("7391")
    window.wait(lambda: (v := window.last(key)) is not None and v.message is None)
    window.till.scan(key, codes[6])
    window.wait(lambda: issuer.count("check") == 6)


def test_closing_waits_for_a_call_in_hand_and_writes_its_verdict(rig: Rig, issuer: FakeIssuer) -> None:
    """The window is closed in mid-call: what the issuer said is on disk."""
    info = TillInfo(Environment.TRAINING, lambda day, n: f"DT-{day}-{n:06d}", lambda day: f"bill/{day}")
    till = Till(
        rig.desk, lambda *_: rig.make_settler(), TwoPeople(), info, end_thread=rig.journal.close_thread, pause_s=0.0
    )
    window = Window(till)
    till.start()
    post = Gatepost()
    issuer.faults["mark_used"] = [post]
    key = window.bill(A)
    till.confirm(key)
    assert post.arrived.wait(5)
    closing = threading.Thread(target=till.close, args=(10,))
    closing.start()
    post.go_on.set()
    closing.join(10)
    assert not closing.is_alive()
    assert rig.row(rig.journal.bill_numbers()[0]).state == DONE


def test_lists_read_earlier_are_never_told_after_those_read_later(rig: Rig) -> None:
    """Cashier, queue and printer each have the lists read; the slower one must not leave the older list on screen."""
    till, told = built(rig).till, list[ListsChanged]()
    reached, go_on = threading.Event(), threading.Event()

    def slow(event: TillEvent) -> None:
        if isinstance(event, ListsChanged) and not reached.is_set():
            reached.set()
            go_on.wait(10)

    till.subscribe(slow)
    till.subscribe(lambda event: told.append(event) if isinstance(event, ListsChanged) else None)
    rig.sold(A)
    earlier, later = (threading.Thread(target=till.refresh) for _ in range(2))
    earlier.start()
    assert reached.wait(10)
    rig.sold(B, number="B2")
    later.start()
    later.join(0.2)  # it may be done already, or wait for the earlier one
    go_on.set()
    earlier.join(10)
    later.join(10)
    assert [slip.bill_number for slip in told[-1].view.slips] == ["B1", "B2"]


def test_a_long_queue_is_not_read_again_while_nothing_changes(window: Window, rig: Rig, issuer: FakeIssuer) -> None:
    """Each cashier's key and each round of the queue renews the strip: that must not cost the whole queue."""
    key = window.bill(A)
    issuer.cable_in = False
    window.till.confirm(key)
    window.phase(key, Phase.OFFERED)
    read: list[str] = []
    rig.journal._core.connections.get().set_trace_callback(read.append)
    window.till.refresh()
    read.clear()
    window.till.refresh()
    assert read == []
    with rig.journal.transaction("lan") as tx:
        tx.audit("noted", "by a test")
    window.till.refresh()
    assert read, "after a change it must be"


def test_the_start_tells_of_verdicts_that_nobody_saw(rig: Rig) -> None:
    """The program died between the verdict and the screen."""
    rig.sold(A)
    window = built(rig)
    window.till.start()
    window.wait(lambda: BannerKind.AFTER_RESTART in window.banners())
    assert window.till.close(10)


def test_a_person_who_asks_does_not_wait_for_the_schedule(window: Window, issuer: FakeIssuer) -> None:
    """The first inquiry is made at once, not after its five seconds."""
    issuer.faults["mark_used"] = ["lost_before"]
    key = window.bill(A)
    window.till.confirm(key)
    window.phase(key, Phase.UNKNOWN)
    window.till.settle_now()
    window.wait(lambda: issuer.count("inquire") == 1, within_s=3.0)


def test_each_thread_of_the_till_ends_by_its_name(rig: Rig) -> None:
    """There it closes its connection to the journal; a log tells them apart."""
    ended: list[str] = []
    window = built(rig, lambda: ended.append(threading.current_thread().name))
    window.till.start()
    window.bill(A)
    assert window.till.close(10)
    assert sorted(ended) == ["settle", "till-1", "till-2"]


def test_closing_starts_nothing_new_and_says_when_a_call_is_still_running(
    rig: Rig, issuer: FakeIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The settle thread is told first; a cashier's call that does not end in time is no closed till."""
    window, stopping = built(rig), []
    window.till.start()
    workers = window.till._workers
    real = workers.close

    def close(timeout_s: float) -> bool:
        stopping.append(window.till._loop.stopping)
        return real(timeout_s)

    monkeypatch.setattr(workers, "close", close)
    post = Gatepost()
    key = window.bill(A)
    issuer.faults["mark_used"] = [post]
    window.till.confirm(key)
    assert post.arrived.wait(4)
    assert not window.till.close(0.05)
    assert stopping == [True]
    post.go_on.set()
    window.till.close(10)
