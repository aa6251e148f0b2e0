"""A small shop for the journal's tests: steady clock, counted ids, one key, short ways to write a sale."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pos.domain.bill import Bill, SkuLine
from pos.domain.business_date import business_date
from pos.domain.codes import VoucherCode
from pos.domain.redemption import Event, Outcome, State
from pos.journal.store import SqliteJournal
from pos.security.vault import Vault
from pos.till.ports import NewRedemption, SentStamp, Work

KEY = bytes(range(32))
NOON = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
GOTIT = "gotit"


class SteadyClock:
    """Time that moves when a test says so."""

    def __init__(self) -> None:
        self.wall = NOON
        self.mono = 1000.0

    def now_utc(self) -> datetime:
        return self.wall

    def mono_s(self) -> float:
        return self.mono

    def pass_s(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.mono += seconds


class Counting:
    """Ids that count up."""

    def __init__(self, first: int = 1) -> None:
        self.next = first

    def random01(self) -> float:
        return 0.5

    def new_id(self) -> str:
        self.next += 1
        return f"{self.next:026d}"


def open_journal(
    path: Path, clock: SteadyClock | None = None, *, writing: bool = True, change_hour: Callable[[], int] = lambda: 0
) -> SqliteJournal:
    """The journal at `path` with the tests' key, a fresh run of the program."""
    session = f"run-{Counting(hash(path) % 1000).new_id()}"
    return SqliteJournal(
        path, Vault(KEY), clock or SteadyClock(), Counting(), session=session, change_hour=change_hour, writing=writing
    )


def code(number: int) -> VoucherCode:
    """A voucher code that no other number gives."""
    return VoucherCode(f"GOTIT{number:07d}")


def bill(number: str = "B1", total_vnd: int = 265_000, skus: tuple[SkuLine, ...] = ()) -> Bill:
    """A bill written at noon."""
    return Bill(number, total_vnd, NOON, skus)


def new(row_id: str, number: int, amount_vnd: int = 50_000, position: int = 1) -> NewRedemption:
    """A row for voucher `number`."""
    return NewRedemption(row_id, position, GOTIT, code(number), False, amount_vnd, amount_vnd, 0)


def stamp(mono_s: float = 1000.0) -> SentStamp:
    """A call that began at noon."""
    return SentStamp(NOON, "run", mono_s, NOON + timedelta(seconds=2))


def add(journal: SqliteJournal, row_id: str, number: int, *, bill_number: str = "B1", amount_vnd: int = 50_000) -> None:
    """One UNSENT row on a bill."""
    with journal.transaction("lan") as tx:
        tx.add_bill(bill(bill_number), business_date=business_date(NOON, 0))
        tx.add_redemption(bill_number, new(row_id, number, amount_vnd))


def accept_offline(journal: SqliteJournal, row_id: str, number: int, *, bill_number: str = "B1") -> None:
    """One row given at the shop's risk, queued, its slip to print: one commit."""
    with journal.transaction("lan") as tx:
        tx.add_bill(bill(bill_number), business_date=business_date(NOON, 0))
        tx.add_redemption(bill_number, new(row_id, number))
        tx.move(row_id, Event.ACCEPT_OFFLINE)
        tx.schedule(row_id, Work.SEND, session=journal.session, due_mono_s=1000.0, due_utc=NOON)
        tx.add_print_job(f"slip-{row_id}", bill_number)


WAY_TO: dict[State, tuple[Event, ...]] = {
    State(Outcome.UNSENT, False): (),
    State(Outcome.UNSENT, True): (Event.ACCEPT_OFFLINE,),
    State(Outcome.IN_FLIGHT, False): (Event.SEND,),
    State(Outcome.IN_FLIGHT, True): (Event.ACCEPT_OFFLINE, Event.SEND),
    State(Outcome.UNKNOWN, False): (Event.SEND, Event.LOST),
    State(Outcome.UNKNOWN, True): (Event.ACCEPT_OFFLINE, Event.SEND, Event.LOST),
    State(Outcome.USED, False): (Event.SEND, Event.USED),
    State(Outcome.USED, True): (Event.SEND, Event.USED_HERE),
    State(Outcome.REFUSED, False): (Event.SEND, Event.REFUSED),
    State(Outcome.REFUSED, True): (Event.ACCEPT_OFFLINE, Event.SEND, Event.REFUSED),
    State(Outcome.DROPPED, False): (Event.DROP,),
}
"""A way from a new row to each state."""


def bring_to(journal: SqliteJournal, row_id: str, state: State) -> None:
    """Move a new row to a state, one commit an event."""
    for event in WAY_TO[state]:
        with journal.transaction("lan") as tx:
            tx.move(row_id, event, sent=stamp() if event is Event.SEND else None)
