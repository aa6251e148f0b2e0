"""A till without threads: the real engine and journal, an issuer and a clock of the test's choice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Protocol

from pos.domain.bill import Bill
from pos.domain.codes import VoucherCode, read_code
from pos.domain.offline_policy import SHIPPED_POLICY, OfflinePolicy
from pos.domain.redemption import AT_RISK, LOSS, UNSENT, Hold, Outcome
from pos.domain.routing import SHIPPED_RULES, Rule
from pos.journal.store import SqliteJournal
from pos.security.vault import Vault
from pos.till.clockwatch import ClockWatch
from pos.till.counter import CounterBill
from pos.till.desk import Desk
from pos.till.inquiry import Inquirer
from pos.till.issuers import Issuers
from pos.till.leases import Leases
from pos.till.offline import OfflineDesk
from pos.till.ports import Chance, Clock, Redemption, VoucherProvider, VoucherRefunder
from pos.till.redeem import Redeemer
from pos.till.reserve import Reserver
from pos.till.settle import PassEnd, Settled, Settler
from pos.till.take_back import TakeBackDesk
from pos.till.take_back_round import TakeBackRound
from pos.till.views import LineView

KEY = bytes(range(32))
TOTAL_VND = 265_000


class MovableClock(Clock, Protocol):
    """A clock that the rig may turn while it waits for a schedule."""

    def pass_s(self, seconds: float) -> None:
        """Time goes by."""


class Refunder(VoucherProvider, VoucherRefunder, Protocol):
    """An issuer that takes back."""


class Rig:
    """One till on one data folder. `restart` ends it as a power cut does and opens it anew."""

    def __init__(
        self,
        folder: Path,
        issuer: VoucherProvider,
        clock: MovableClock,
        chance: Chance,
        *,
        policy: OfflinePolicy = SHIPPED_POLICY,
        max_vouchers: int = 20,
        more: Sequence[VoucherProvider] = (),
        rules: tuple[Rule, ...] = SHIPPED_RULES[:1],
        refunders: Sequence[Refunder] = (),
        journal: Callable[[Path, Clock, Chance], SqliteJournal] | None = None,
    ) -> None:
        self.folder, self.issuer, self.clock, self.chance = folder, issuer, clock, chance
        self.policy = policy
        self._max_vouchers = max_vouchers
        self._more, self._rules = more, rules
        self._refunders = {refunder.name: refunder for refunder in refunders}
        self._make_journal = journal or open_journal
        self.settled: list[Settled] = []
        self.here: Callable[[str], bool] = lambda _: False
        self.open()

    def open(self) -> None:
        """Open the folder and recover, as every start of the program does."""
        clock, chance = self.clock, self.chance
        journal = self.journal = self._make_journal(self.folder / "journal.db", clock, chance)
        watch = ClockWatch(clock, journal.latest_record_utc())
        issuers = self.issuers = Issuers({i.name: i for i in (self.issuer, *self._more)}, clock, watch)
        redeemer = Redeemer(journal, issuers, clock, chance)
        self.desk = Desk(
            journal=journal,
            issuers=issuers,
            clock=clock,
            chance=chance,
            leases=Leases(clock),
            redeemer=redeemer,
            reserver=Reserver(journal, issuers, chance, redeemer),
            inquirer=Inquirer(journal, issuers, clock, chance, redeemer),
            offline=OfflineDesk(journal, issuers, clock, chance, redeemer, lambda: self.policy),
            provider=self.issuer.name,
            max_vouchers=self._max_vouchers,
            rules=self._rules,
        )
        on = self.desk
        self.take_back = TakeBackDesk(
            on.journal, on.issuers, on.clock, on.chance, on.leases, on.redeemer, self._refunders
        )  # fmt: skip
        self.settler = self.make_settler()
        self.settler.recover()

    def make_settler(self, pause: Callable[[], bool] = lambda: False) -> Settler:
        """Another settler on the same services."""
        desk = self.desk
        return Settler(
            desk.journal,
            desk.issuers,
            desk.clock,
            desk.chance,
            desk.leases,
            desk.redeemer,
            desk.reserver,
            desk.inquirer,
            on_settled=self.settled.append,
            here=lambda number: self.here(number),
            pause=pause,
            take_backs=TakeBackRound(self.take_back, desk.journal, desk.issuers, desk.clock, desk.chance),
        )

    def restart(self) -> None:
        """The program starts again; what was not on disk is gone."""
        self.journal.close()
        self.open()

    def bill(self, number: str = "B1", total_vnd: int = TOTAL_VND) -> CounterBill:
        """A fresh draft."""
        return CounterBill(self.desk, number, Bill(number, total_vnd, self.clock.now_utc()), actor="lan")

    def resume(self, number: str = "B1") -> CounterBill:
        """A bill as the journal has it."""
        return CounterBill.resume(self.desk, number, number, actor="lan")

    def sold(self, *codes: str, number: str = "B1", total_vnd: int = TOTAL_VND) -> CounterBill:
        """Scan these codes and confirm."""
        bill = self.bill(number, total_vnd)
        for code in codes:
            bill.scan(code)
        bill.confirm(loss_accepted=True)
        return bill

    def row(self, number: str = "B1", nth: int = 0) -> Redemption:
        """The bill's nth voucher as the journal has it."""
        return self.journal.redemptions_of(number)[nth]

    def settle(self, *, now: bool = False) -> PassEnd:
        """One pass."""
        return self.settler.run_pass(now=True) if now else self.settler.run_pass()

    def settle_to_rest(self, most_s: float = 4000.0) -> None:
        """Let time go by and settle whenever something is due, until nothing is or `most_s` have passed."""
        left_s = most_s
        while left_s > 0 and any(not entry.quarantine for entry in self.journal.outbox()):
            self.settle()
            wait_s = max(0.5, self.settler.next_due_s())
            if wait_s >= 3600:
                return
            self.clock.pass_s(wait_s)
            left_s -= wait_s

    def close(self) -> None:
        self.journal.close()


def open_journal(path: Path, clock: Clock, chance: Chance) -> SqliteJournal:
    """The real journal with the tests' key."""
    return SqliteJournal(path, Vault(KEY), clock, chance)


def voucher(text: str) -> VoucherCode:
    """A code that is one."""
    code = read_code(text)
    assert isinstance(code, VoucherCode)
    return code


def line(bill: CounterBill, ending: str) -> LineView:
    """The line whose code ends like this."""
    return next(line for line in bill.view().lines if line.ending == ending)


def broken_promises(journal: SqliteJournal, used_for: Iterable[tuple[str, str]], *, at_rest: bool) -> list[str]:
    """What is wrong between the shop's book and the issuer's, in words.

    Args:
        journal: after recovery.
        used_for: (code, bill number) of each voucher the issuer counts as used for a bill of this till.
        at_rest: everything that can be settled without a person has been.
    """
    rows = [row for number in journal.bill_numbers(limit=-1) for row in journal.redemptions_of(number)]
    owned = {case.redemption_id for case in journal.cases()}
    wrong = [
        f"••••{row.ending} {row.state}: {what}" for row in rows for what in _wrong_with(journal, row, owned, at_rest)
    ]
    book = {(row.code.reveal(), row.bill_number) for row in rows if row.state.outcome is Outcome.USED}
    truth = set(used_for)
    if book - truth:
        wrong.append(f"{len(book - truth)} vouchers used in our book only")
    with_people = owned | {entry.redemption_id for entry in journal.outbox() if entry.quarantine}
    told = {(row.code.reveal(), row.bill_number) for row in rows if row.id in with_people}
    if at_rest and truth - book - told:
        wrong.append(f"{len(truth - book - told)} vouchers used at the issuer only")
    given = [row.code.reveal() for row in rows if row.state.given]
    if len(given) != len(set(given)):
        wrong.append("a voucher was given twice")
    return [*wrong, *(f"verify: {fault}" for fault in journal.verify().faults)]


def _wrong_with(journal: SqliteJournal, row: Redemption, owned: set[str], at_rest: bool) -> list[str]:
    unclear = row.state.outcome in (Outcome.IN_FLIGHT, Outcome.UNKNOWN) or row.state in AT_RISK
    left_hold = row.hold not in (Hold.NONE, Hold.RELEASED, Hold.CONSUMED) and row.state != UNSENT
    mine = [entry for entry in journal.outbox_of(row.bill_number) if entry.redemption_id == row.id]
    waits, left_to_a_person = bool(mine), any(entry.quarantine for entry in mine)
    rules = (
        ("value given, and nobody owns it", row.state == LOSS and row.id not in owned),
        ("no next step", unclear and not waits),
        ("never came to rest", at_rest and unclear and not left_to_a_person),
        (f"hold {row.hold} left over", at_rest and left_hold and not left_to_a_person),
    )
    return [what for what, broken in rules if broken]
