"""Taking a voucher offline: the whole decision and its one commit, beside other ways to keep a row for good."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

from pos.bootstrap import Program
from pos.domain.bill import Bill
from pos.domain.business_date import business_date
from pos.domain.codes import VoucherCode
from pos.domain.redemption import Event
from pos.till.ports import NewRedemption, Work
from tests.bench import slow_disk
from tests.bench.peers import ack_queue, raw_sqlite, sqlite_utils
from tests.bench.syncs import count_syncs
from tests.bench.table import Row
from tests.bench.tills import WORTH_VND, OfflineCounter, fresh_codes, open_till, scratch
from tests.bench.timing import each_s, in_turns, median, median_ratio, undisturbed

TARGET = 0.5
MOST_SYNCS = 2
_ROUNDS, _EACH = 40, 50


def bare_transaction(program: Program, codes: Iterator[str]) -> None:
    """The same rows by the journal alone: nothing is decided."""
    desk = program.desk
    bill = Bill(f"TN-CH01-T2-{desk.chance.new_id()}", WORTH_VND, desk.clock.now_utc())
    new = NewRedemption(desk.chance.new_id(), 0, "gotit", VoucherCode(next(codes)), False, WORTH_VND, WORTH_VND, 0)
    with desk.journal.transaction("Lan") as tx:
        tx.add_bill(bill, business_date=business_date(bill.created_utc, 0))
        tx.add_redemption(bill.number, new)
        tx.move(new.id, Event.ACCEPT_OFFLINE)
        desk.redeemer.schedule(tx, new.id, Work.SEND, 0.0)
        tx.audit("offline_accepted", new.id, worth_vnd=WORTH_VND)
        tx.add_print_job(desk.chance.new_id(), bill.number)


def run() -> list[Row]:
    """Commits in a second, by turns, and the disk syncs of one."""
    with scratch() as folder, ExitStack() as opened, undisturbed():
        till = opened.enter_context(open_till(folder / "till"))
        counter, codes = OfflineCounter(till), iter(fresh_codes(2 * _ROUNDS * _EACH, seed=1))
        jobs: dict[str, Callable[[], object]] = {
            "accept": lambda: counter.accept(next(codes)),
            "transaction": lambda: bare_transaction(till, codes),
            "raw": opened.enter_context(raw_sqlite(folder / "raw.db")),
            "ack queue": opened.enter_context(ack_queue(folder / "queue")),
            "sqlite-utils": opened.enter_context(sqlite_utils(folder / "utils.db")),
        }
        taken = in_turns({name: _times(job) for name, job in jobs.items()}, _ROUNDS)
    return [*_rates(taken), slow_disk.run(), _syncs()]


def _times(job: Callable[[], object]) -> Callable[[], float]:
    return lambda: each_s(job, _EACH)


def _rates(taken: dict[str, list[float]]) -> list[Row]:
    def rate(name: str) -> str:
        return f"{1 / median(taken[name]):,.0f}/s"

    def ratio(name: str, peer: str) -> float:
        return median_ratio(taken[peer], taken[name])

    whole = ratio("accept", "raw")
    note = f"{_ROUNDS} turns of {_EACH}; bill, redemption, outbox, slip and audit rows in one commit"
    return [
        Row("accept offline", rate("accept"), f"raw sqlite3 WAL+FULL, one row: {rate('raw')}", whole, f"≥ {TARGET}",
            whole >= TARGET, note),
        Row("  its transaction alone", rate("transaction"), f"raw sqlite3: {rate('raw')}", ratio("transaction", "raw")),
        Row("  beside persist-queue", rate("accept"), f"SQLiteAckQueue.put, FULL: {rate('ack queue')}",
            ratio("accept", "ack queue")),
        Row("  beside sqlite-utils", rate("accept"), f"Table.insert, WAL+FULL: {rate('sqlite-utils')}",
            ratio("accept", "sqlite-utils")),
    ]  # fmt: skip


def _syncs() -> Row:
    name, target = "accept offline, disk syncs", f"≤ {MOST_SYNCS}, 1 commit"
    found = count_syncs()
    if isinstance(found, str):
        return Row(name, "not measured", found, None, target, None)
    most, commits = max(found.syncs), set(found.commits)
    shown = f"{most} sync, {max(commits)} commit"
    note = f"most of {len(found.syncs)} accepts, each counted alone by strace on a process of its own"
    return Row(
        name, shown, "fdatasync and fsync seen by strace", most, target, most <= MOST_SYNCS and commits == {1}, note
    )
