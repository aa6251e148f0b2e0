"""A manager asks beside the counter: the newest question of a kind is answered, every change is carried out."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from pos.bootstrap import SystemClock
from pos.domain.errors import ConfigError
from pos.till.review.events import Job, JournalChanged, Reported, ReportFailed, ReportProgress, ReviewEvent, Running
from pos.till.review.service import ReviewService
from tests.till.hand_clock import HandClock

_WITHIN_S = 10.0


class Desk:
    """A service with everything it told, and a journal's revision turned by hand."""

    def __init__(self) -> None:
        self.told: queue.Queue[ReviewEvent] = queue.Queue()
        self.revision = 1
        self.ended: list[str] = []
        self.clock = HandClock()
        self.service = ReviewService(
            self.clock, lambda: self.revision, lambda: self.ended.append(threading.current_thread().name)
        )
        self.service.subscribe(self.told.put)

    def next(self) -> ReviewEvent:
        return self.told.get(timeout=_WITHIN_S)


def holding(begun: threading.Event, go_on: threading.Event, then: Callable[[], None] = lambda: None) -> Job:
    """A job that runs until it may go on."""

    def job(_: Running) -> None:
        begun.set()
        go_on.wait(_WITHIN_S)
        then()

    return job


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.service.close(_WITHIN_S)


def test_a_question_is_answered_with_its_ticket(desk: Desk) -> None:
    ticket = desk.service.ask("day/view", lambda _: "figures")
    assert desk.next() == Reported("day/view", ticket, "figures")


def test_a_newer_question_of_a_kind_stops_the_older_one_and_only_the_newest_is_answered(desk: Desk) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def long_read(running: Running) -> str:
        begun.set()
        go_on.wait(_WITHIN_S)
        return "stopped" if running.stopped() else "finished"

    desk.service.ask("day/rows", long_read)
    assert begun.wait(_WITHIN_S)
    desk.service.ask("day/rows", lambda _: "overtaken while it waited")
    newest = desk.service.ask("day/rows", lambda _: "newest")
    other = desk.service.ask("cases/inbox", lambda _: "other")
    go_on.set()
    assert [desk.next(), desk.next()] == [
        Reported("day/rows", newest, "newest"),
        Reported("cases/inbox", other, "other"),
    ]


def test_a_question_nobody_waits_for_is_not_answered(desk: Desk) -> None:
    begun, go_on = threading.Event(), threading.Event()
    desk.service.ask("day/view", holding(begun, go_on))
    assert begun.wait(_WITHIN_S)
    desk.service.forget("day/view")
    last = desk.service.ask("levels/week", lambda _: 1)
    go_on.set()
    assert desk.next() == Reported("levels/week", last, 1)


def test_every_change_is_carried_out_in_order_beside_a_long_question(desk: Desk) -> None:
    go_on = threading.Event()
    desk.service.ask("statement/check", lambda _: go_on.wait(_WITHIN_S))
    done: list[int] = []
    tickets = [desk.service.change("cases/close", lambda _, n=n: done.append(n)) for n in range(3)]  # type: ignore[misc]
    assert [desk.next() for _ in range(3)] == [Reported("cases/close", ticket, None) for ticket in tickets]
    assert done == [0, 1, 2]
    go_on.set()


def test_what_goes_wrong_is_told_in_words_and_the_next_question_is_answered(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    def refused(_: Running) -> None:
        raise ConfigError("day.already_closed", who="Hương")

    first = desk.service.ask("a", refused)
    failed = desk.next()
    assert isinstance(failed, ReportFailed)
    assert (failed.ticket, failed.message.code, failed.message.params) == (
        first, "day.already_closed", (("who", "Hương"),)
    )  # fmt: skip
    desk.service.ask("b", lambda _: 1 // 0)
    broken = desk.next()
    assert isinstance(broken, ReportFailed)
    assert broken.message.code == "report.failed"
    assert "a report failed: b" in caplog.text
    desk.service.ask("c", lambda _: 1)
    assert isinstance(desk.next(), Reported)


def test_progress_is_told_ten_times_a_second_at_most(desk: Desk) -> None:
    def job(running: Running) -> str:
        for done in range(100):
            running.progress(done, 100)
            if done == 50:
                desk.clock.pass_s(0.2)
        return "done"

    ticket = desk.service.ask("statement/check", job)
    told = [desk.next() for _ in range(3)]
    assert told == [
        ReportProgress("statement/check", ticket, 0, 100),
        ReportProgress("statement/check", ticket, 51, 100),
        Reported("statement/check", ticket, "done"),
    ]


def test_a_live_day_hears_that_the_journal_changed_only_while_it_is_looked_at(desk: Desk) -> None:
    desk.service.watch(on=True)
    desk.service.ask("a", lambda _: None)  # the thread runs
    desk.next()
    desk.revision = 2
    assert desk.next() == JournalChanged(2)
    desk.service.watch(on=False)
    desk.revision = 3
    with pytest.raises(queue.Empty):
        desk.told.get(timeout=1.5)


def test_closing_carries_out_the_changes_in_hand_and_drops_questions() -> None:
    desk = Desk()
    begun, go_on = threading.Event(), threading.Event()
    written: list[str] = []
    desk.service.change("slow", holding(begun, go_on, lambda: written.append("slow")))
    desk.service.change("last", lambda _: written.append("last"))
    assert begun.wait(_WITHIN_S)
    threading.Timer(0.05, go_on.set).start()
    assert desk.service.close(_WITHIN_S)
    assert written == ["slow", "last"]
    assert sorted(desk.ended) == ["manager", "report"]


def test_a_till_whose_manager_never_looks_has_no_thread_for_it() -> None:
    before = threading.active_count()
    desk = Desk()
    assert threading.active_count() == before
    assert desk.service.close(_WITHIN_S)


def test_what_the_report_thread_does_by_itself_yields_to_a_question_and_outlives_a_fault(
    caplog: pytest.LogCaptureFixture,
) -> None:
    looked: queue.Queue[bool] = queue.Queue()
    asked = threading.Event()

    def idle(running: Running) -> None:
        if not asked.is_set():
            looked.put(running.stopped())
            asked.wait(_WITHIN_S)
            looked.put(running.stopped())  # a manager waits now
            raise ValueError("a bug in a copy")

    service = ReviewService(HandClock(), lambda: 1, idle=idle)
    answered: queue.Queue[ReviewEvent] = queue.Queue()
    service.subscribe(answered.put)
    service.stand_by()
    assert looked.get(timeout=_WITHIN_S) is False
    ticket = service.ask("day/view", lambda _: "figures")
    asked.set()
    assert looked.get(timeout=_WITHIN_S) is True
    assert answered.get(timeout=_WITHIN_S) == Reported("day/view", ticket, "figures")
    assert service.close(_WITHIN_S)
    assert "by itself failed" in caplog.text


def test_a_long_question_steps_aside_while_the_counter_works_but_not_for_ever() -> None:
    at_work = threading.Event()
    service = ReviewService(SystemClock(), lambda: 0, counter_first=at_work.is_set)
    looks: list[float] = []
    ended = threading.Event()

    def job(running: Running) -> object:
        for turn in range(4):
            began = time.monotonic()
            running.stopped()
            looks.append(time.monotonic() - began)
            if turn == 0:
                at_work.set()
        ended.set()
        return None

    service.ask("long", job)
    assert ended.wait(10)
    assert looks[0] < 0.1
    assert looks[1] >= 0.2  # it waited for the counter
    assert service.close(5)


def test_the_counter_is_told_after_each_change_and_of_no_question() -> None:
    told: queue.Queue[str] = queue.Queue()
    service = ReviewService(HandClock(), lambda: 1, changed=lambda: told.put("changed"))
    service.subscribe(lambda event: told.put(type(event).__name__))
    service.ask("day/view", lambda _: None)
    assert told.get(timeout=_WITHIN_S) == "Reported"
    service.change("closing/close", lambda _: None)
    assert [told.get(timeout=_WITHIN_S) for _ in range(2)] == ["Reported", "changed"]
    assert service.close(_WITHIN_S)
