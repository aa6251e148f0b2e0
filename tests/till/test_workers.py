"""The till's worker threads: few, named, used again, and ended with the program."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from pos.till.workers import Workers

WAIT_S = 4.0
"""For what happens at once unless something is broken."""


class Bench:
    """Workers with jobs that tell on which thread they ran."""

    def __init__(self) -> None:
        self.ended: list[str] = []
        self.workers = Workers("till", on_end=lambda: self.ended.append(threading.current_thread().name))

    def where(self, key: str) -> threading.Thread:
        """The thread on which this key's job runs."""
        seen: list[threading.Thread] = []
        done = threading.Event()

        def job() -> None:
            seen.append(threading.current_thread())
            done.set()

        self.workers.put(key, job)
        assert done.wait(WAIT_S)
        return seen[0]


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    assert bench.workers.close(WAIT_S)


def test_a_log_tells_which_worker_it_was(bench: Bench) -> None:
    """And a worker that hangs in a call does not keep the program from ending."""
    threads = [bench.where("A"), bench.where("B"), bench.where("A")]
    assert [thread.name for thread in threads] == ["till-1", "till-2", "till-1"]
    assert all(thread.daemon for thread in threads)


def test_a_finished_bill_leaves_its_worker_to_the_next(bench: Bench) -> None:
    """A day of bills needs no more threads than stand at the counter together."""
    for nth in range(5):
        assert bench.where(f"bill {nth}").name == "till-1"
        bench.workers.forget(f"bill {nth}")
    assert bench.where("A") is not bench.where("B")


def test_eight_threads_at_most_and_the_bills_beyond_them_are_shared_out(bench: Bench) -> None:
    """Each goes to a worker that has the fewest, and stays there."""
    names = [bench.where(f"bill {nth}").name for nth in range(16)]
    assert names == [f"till-{nth}" for nth in range(1, 9)] * 2
    assert bench.where("bill 8").name == "till-1"


def test_each_worker_says_on_its_own_thread_that_it_ends(bench: Bench) -> None:
    """There it closes its connection to the journal."""
    bench.where("A"), bench.where("B")
    assert bench.workers.close(WAIT_S)
    assert sorted(bench.ended) == ["till-1", "till-2"]


def test_no_command_is_begun_once_the_till_closes(bench: Bench) -> None:
    """Its journal connection would never be closed, and nobody would see what became of it."""
    assert bench.workers.close(WAIT_S)
    begun: list[str] = []
    bench.workers.put("A", lambda: begun.append("A"))
    assert bench.workers.close(WAIT_S)
    assert (begun, bench.ended) == ([], [])
