"""What is not settled: one reading for copies that are due, a newer program and a removal misses no money."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pos.domain.redemption import Event, HoldEvent, State
from pos.journal.store import SqliteJournal
from pos.journal.unsettled import unsettled_at
from pos.journal.update_reads import standing_of
from pos.till.ports import TakeBackStep, Work
from tests.journal.shop import NOON, WAY_TO, accept_offline, add, bring_to, open_journal, stamp

WHY = {"unsent/no": "unsent", "unsent/yes": "accepted_offline", "in_flight/no": "in_flight",
       "in_flight/yes": "accepted_offline", "unknown/no": "unknown", "unknown/yes": "unknown"}  # fmt: skip
"""Every other state is the last word."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
def journal(path: Path) -> Iterator[SqliteJournal]:
    with closing(open_journal(path)) as journal:
        yield journal


def why(path: Path) -> list[str]:
    """What stands open, as the three who ask read it: by name, and by count."""
    found = unsettled_at(path)
    assert standing_of(path).unsettled == len(found)
    return [one.why for one in found]


@pytest.mark.parametrize("state", WAY_TO, ids=lambda s: f"{s.outcome.value}/{'yes' if s.given else 'no'}")
def test_every_state_but_a_last_word_is_open(journal: SqliteJournal, path: Path, state: State) -> None:
    add(journal, "r1", 1)
    bring_to(journal, "r1", state)
    word = WHY.get(f"{state.outcome.value}/{'yes' if state.given else 'no'}")
    assert why(path) == ([] if word is None else [word])


@pytest.mark.parametrize(
    ("events", "open_"),
    [
        ([HoldEvent.RESERVE], True),
        ([HoldEvent.RESERVE, HoldEvent.HELD], True),
        ([HoldEvent.RESERVE, HoldEvent.LOST], True),
        ([HoldEvent.RESERVE, HoldEvent.HELD, HoldEvent.RELEASE], True),
        ([HoldEvent.RESERVE, HoldEvent.HELD, HoldEvent.RELEASE, HoldEvent.RELEASED], False),
        ([HoldEvent.RESERVE, HoldEvent.NOT_HELD], False),
    ],
)
def test_a_voucher_still_held_at_its_issuer_is_open_though_dropped(
    journal: SqliteJournal, path: Path, events: list[HoldEvent], open_: bool
) -> None:
    add(journal, "r1", 1)
    for event in events:
        with journal.transaction("lan") as tx:
            tx.move_hold("r1", event, sent=stamp() if event is HoldEvent.RESERVE else None)
    with journal.transaction("lan") as tx:
        tx.move("r1", Event.DROP)
    assert why(path) == (["held"] if open_ else [])


def test_a_dropped_voucher_that_is_asked_about_once_more_is_open(journal: SqliteJournal, path: Path) -> None:
    add(journal, "r1", 1)
    with journal.transaction("lan") as tx:
        tx.move("r1", Event.DROP)
        tx.schedule("r1", Work.RECHECK, session=journal.session, due_mono_s=1000.0, due_utc=NOON)
    assert why(path) == ["recheck"]
    with journal.transaction("lan") as tx:
        tx.unschedule("r1")
    assert why(path) == []


@pytest.mark.parametrize("end", [TakeBackStep.DONE, TakeBackStep.REFUSED, TakeBackStep.BY_HAND])
def test_a_voucher_being_taken_back_is_open_until_the_issuer_has_answered(
    journal: SqliteJournal, path: Path, end: TakeBackStep
) -> None:
    add(journal, "r1", 1)
    with journal.transaction("lan") as tx:
        tx.move("r1", Event.SEND, sent=stamp())
        tx.add_attempt("c1", "mark_used", ["r1"], stamp())
        tx.move("r1", Event.USED)
    assert why(path) == []
    with journal.transaction("lan") as tx:
        tx.add_take_back("r1", TakeBackStep.BEGUN, manager="Hương", reason="voided", call_id="c2")
    assert why(path) == ["taking_back"]
    with journal.transaction("lan") as tx:
        tx.add_take_back("r1", end, manager="Hương", reason="voided")
    assert why(path) == []


def test_each_is_named_once_the_oldest_first(journal: SqliteJournal, path: Path) -> None:
    accept_offline(journal, "r2", 2, bill_number="B2")  # its row, and its place in the queue
    accept_offline(journal, "r1", 1, bill_number="B1")
    assert [(one.bill_number, one.amount_vnd) for one in unsettled_at(path)] == [("B1", 50_000), ("B2", 50_000)]
