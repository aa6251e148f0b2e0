"""A bill with vouchers of two issuers, one with a weak inquiry: a fault, or two, at every call and every commit.

    python -m tests.till.several_places            every single fault
    python -m tests.till.several_places --pairs    every pair as well (some minutes)
    python -m tests.till.several_places --one accept 7=late 12=crash_after

A dry run counts the places; each option of each of them is a run of its own, with a real journal on disk. After a
crash the program starts again and the cashier goes on. At the end faults cease, people finish or give up what is open,
a manager decides what waits for one, and a night passes; then the book must agree with both issuers, or a person know.
"""

from __future__ import annotations

import random
import shutil
import sys
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from pos.domain.bill import Bill
from pos.domain.codes import VoucherCode
from pos.domain.errors import PosError
from pos.domain.reasons import Reason
from pos.domain.redemption import Outcome
from pos.domain.routing import read_rules
from pos.domain.schedule import WEAK_SENDS
from pos.domain.voucher import CallRefused
from pos.journal.store import SqliteJournal
from pos.journal.work_writes import SqliteTx
from pos.security.vault import Vault
from pos.till.counter import CounterBill
from pos.till.ports import Chance, Clock, Person, Redemption, Role, Trace
from pos.till.undecided import UndecidedDesk
from pos.till.views import BillView, LineStatus, Phase, Verdict
from tests.simulation.shop import memory_folder
from tests.till.fake_issuer import FakeIssuer
from tests.till.hand_clock import CountingChance, HandClock
from tests.till.rig import KEY, Rig

A, E1 = "4471902835", "EV0000000001"
RULES = read_rules("gotit:10-16:printable:;vinid-evoucher:6-32:upper:EV")
MANAGER = Person("m", "Hương", Role.MANAGER)
MANNERS = ("accept", "reject")
"""What the manager does with what nobody can tell."""
Plan = tuple[tuple[int, str], ...]
T = TypeVar("T")

_READING = ("not_sent", "lost_before", "throttled", "setup", "crash_before")
_CHANGING = (*_READING, "lost_after", "late", "very_late", "meets_resend", "refused", "crash_after")
_COMMIT = ("crash_before", "crash_after")


class PowerCut(BaseException):
    """The program ends here; no `except Exception` sees it."""


class Places:
    """Counts what can go wrong, and says where it does."""

    def __init__(self, plan: Plan) -> None:
        self.plan = dict(plan)
        self.seen: list[tuple[int, tuple[str, ...]]] = []
        self.counting = True

    def next(self, options: tuple[str, ...]) -> str | None:
        """What goes wrong at this place."""
        if not self.counting:
            return None
        number = len(self.seen) + 1
        self.seen.append((number, options))
        return self.plan.get(number)


class PlacedIssuer(FakeIssuer):
    """Asks at every call what goes wrong with it."""

    places: Places
    tonight: list[Callable[[], object]]
    at_resend: list[Callable[[], object]]

    def _do(
        self, operation: str, codes: Sequence[VoucherCode], bill: Bill, trace: Trace, carry_out: Callable[[], T]
    ) -> T:
        fault = self.places.next(_CHANGING if operation == "mark_used" else _READING)
        if operation == "mark_used":
            self._effects(self.at_resend)
        if fault == "crash_before":
            raise PowerCut
        if fault == "crash_after":
            carry_out()
            raise PowerCut
        if fault == "refused":
            self.faults[operation] = [CallRefused(Reason.EXPIRED)]
        elif fault in ("very_late", "meets_resend"):
            self.faults[operation] = ["lost_before"]
            (self.tonight if fault == "very_late" else self.at_resend).append(carry_out)
        elif fault is not None:
            self.faults[operation] = [fault]
        return super()._do(operation, codes, bill, trace, carry_out)

    @staticmethod
    def _effects(of: list[Callable[[], object]]) -> None:
        while of:
            of.pop(0)()

    def at_night(self) -> None:
        """What was lost for so long takes effect after all."""
        self._effects(self.at_resend)
        self._effects(self.tonight)


class PlacedTx(SqliteTx):
    """Dies before or after its commit."""

    places: Places

    def _commit(self) -> None:
        fault = self.places.next(_COMMIT)
        if fault == "crash_before":
            raise PowerCut
        super()._commit()
        if fault == "crash_after":
            raise PowerCut


class PlacedJournal(SqliteJournal):
    """The real journal, whose commits are places."""

    places: Places

    def transaction(self, actor: str) -> PlacedTx:
        tx = PlacedTx(self._core, actor)
        tx.places = self.places
        return tx

    def bury(self) -> None:
        """What the operating system does with a dead process."""
        for connection in list(self._core.connections._open.values()):
            connection.close()


class Story:
    """One sale to its end, whatever happens."""

    def __init__(self, folder: Path, manner: str, plan: Plan) -> None:
        self.places = Places(plan)
        self.manner = manner
        self.clock = HandClock()
        self.gotit = PlacedIssuer()
        self.vinid = PlacedIssuer(name="vinid-evoucher", label="VinID", max_codes=1, offline=False, weak=True)
        for issuer in (self.gotit, self.vinid):
            issuer.places, issuer.date, issuer.tonight, issuer.at_resend = self.places, self.clock.now_utc, [], []
        self.handed_over: set[str] = set()
        self.tries = 0
        self.rig = Rig(
            folder, self.gotit, self.clock, CountingChance(), more=[self.vinid], rules=RULES, journal=self._open
        )

    def _open(self, path: Path, clock: Clock, chance: Chance) -> SqliteJournal:
        journal = self.journal = PlacedJournal(path, Vault(KEY), clock, chance)
        journal.places = self.places
        return journal

    # ------------------------------------------------------------ people

    def tell(self) -> None:
        """The sale, and after each power cut its going on."""
        step: Callable[[], None] = self._sell
        for _ in range(8):
            try:
                step()
                return
            except PowerCut:
                step = self._restart_and_go_on
        raise AssertionError("it never ended")

    def _sell(self) -> None:
        bill = self.rig.bill()
        for code in (A, E1):
            bill.scan(code)
        self._serve(bill)

    def _restart_and_go_on(self) -> None:
        self.journal.bury()
        self.clock.pass_s(10)
        self.rig.open()
        if self.journal.bill("B1") is None:
            self._sell()  # nothing stands of it: the customer is still there
        else:
            self._serve(self.rig.resume())

    def _serve(self, bill: CounterBill) -> None:
        self.rig.here = lambda _: True
        for _ in range(25):
            view = bill.view()
            self.handed_over |= {line.ending for line in view.lines if self._is_handed_over(view, line.status)}
            if self._over(view):
                return
            self._act(bill, view)
            self.clock.pass_s(2.5)
            self._late()
            self.rig.settle()

    @staticmethod
    def _is_handed_over(view: BillView, status: LineStatus) -> bool:
        return view.phase in (Phase.DONE, Phase.ACCEPTED_OFFLINE) and status in (
            LineStatus.USED,
            LineStatus.ACCEPTED_OFFLINE,
        )

    @staticmethod
    def _over(view: BillView) -> bool:
        hopeful = any(line.status in (LineStatus.USABLE, LineStatus.UNCHECKED) for line in view.lines)
        return view.phase in (Phase.DONE, Phase.ACCEPTED_OFFLINE, Phase.CLOSED) or (
            view.phase is Phase.DRAFT and not hopeful
        )

    def _act(self, bill: CounterBill, view: BillView) -> None:
        if view.phase is Phase.DRAFT:
            self._draft(bill, view)
        elif view.phase is Phase.OFFERED:
            self._offered(bill, view)
        elif view.phase is Phase.UNSENT and self.tries < 4:
            self.tries += 1
            bill.confirm(loss_accepted=True)
        elif view.phase is Phase.FINISH:
            bill.finish_sale()
        elif view.phase in (Phase.UNKNOWN, Phase.SENDING):
            self.clock.pass_s(6)
            self._late()
            self._decide(accept=self.manner == "accept")
        else:
            bill.drop()

    def _draft(self, bill: CounterBill, view: BillView) -> None:
        unasked = [line for line in view.lines if line.status is LineStatus.UNCHECKED]
        if unasked and self.tries < 4:
            self.tries += 1
            bill.check_again(unasked[0].id)
        elif unasked:
            bill.remove_line(unasked[0].id)
        else:
            bill.confirm(loss_accepted=True)

    def _offered(self, bill: CounterBill, view: BillView) -> None:
        assert view.offer is not None
        if view.offer.verdict is not Verdict.REFUSE:
            undeclared = [line for line in view.lines if line.needs_value]
            if undeclared:
                bill.declare(undeclared[0].id, 100_000)
            bill.accept_offline(MANAGER)
        elif self.tries < 4:
            self.tries += 1
            bill.confirm(loss_accepted=True)
        else:
            for line in view.lines:
                bill.remove_line(line.id)

    def _decide(self, *, accept: bool) -> None:
        on = self.rig.desk
        desk = UndecidedDesk(on.journal, on.issuers, on.leases, on.redeemer)
        for row in desk.waiting("B1"):
            desk.decide(row.id, accept=accept, manager=MANAGER, reason="as the customer says", here=lambda: True)

    def _late(self) -> None:
        for issuer in (self.gotit, self.vinid):
            issuer.commit_late()

    # ------------------------------------------------------------ the end of the day

    def come_to_rest(self) -> None:
        """No more faults; everybody tidies up; a night passes."""
        self.places.counting = False
        for issuer in (self.gotit, self.vinid):
            issuer.faults.clear()
        self._late()
        self.rig.here = lambda _: False
        self._settle()
        for issuer in (self.gotit, self.vinid):
            issuer.at_night()
        self._decide(accept=False)
        for number in self.journal.bill_numbers(limit=-1):
            bill = self.rig.resume(number)
            if bill.view().phase is Phase.FINISH:
                bill.customer_left()
            bill.drop()
        self._settle()
        self.clock.pass_s(86_400)
        self._settle()

    def _settle(self) -> None:
        for pressed in (False, True, True):
            self.rig.settle(now=pressed)
            self.rig.settle_to_rest(40_000.0)

    # ------------------------------------------------------------ the judge

    def wrong(self) -> Iterator[str]:
        """What is not as the shop was promised."""
        rows = self.journal.redemptions_of("B1")
        with_people = {case.redemption_id for case in self.journal.cases()}
        with_people |= {entry.redemption_id for entry in self.journal.outbox() if entry.quarantine}
        yield from self._wrong_at(self.gotit, A, rows, with_people)
        yield from self._wrong_at(self.vinid, E1, rows, with_people)
        for row in rows:
            yield from (f"{row.ending} {what}" for what in self._wrong_with(row, with_people))
        given = {row.ending for row in rows if row.state.given}
        if self.handed_over - given:
            yield f"{self.handed_over - given} handed over, and the journal does not know"
        yield from (f"verify: {fault}" for fault in self.journal.verify().faults)

    @staticmethod
    def _wrong_at(
        issuer: FakeIssuer, code: str, rows: Sequence[Redemption], with_people: Collection[str]
    ) -> Iterator[str]:
        """The issuer's truth against the book."""
        truth = issuer.vouchers[code]
        mine = [row for row in rows if (row.code.reveal(), row.provider) == (code, issuer.name)]
        known = any(row.state.outcome is Outcome.USED or row.id in with_people for row in mine)
        if truth.times_used > 1:
            yield f"{code[-4:]} was used {truth.times_used} times"
        if truth.used_for is not None and not known:
            yield f"{code[-4:]} is used at the issuer and nobody knows"
        if sum(row.state.given for row in mine) > 1:
            yield f"{code[-4:]} was given twice"
        if any(ending != code[-4:] for call in issuer.calls for ending in call.endings):
            yield f"{issuer.name} was shown another issuer's voucher"

    def _wrong_with(self, row: Redemption, with_people: Collection[str]) -> Iterator[str]:
        weak = row.provider == self.vinid.name
        used = (self.vinid if weak else self.gotit).vouchers[row.code.reveal()].used_for == "B1"
        settled = row.state.outcome in (Outcome.USED, Outcome.REFUSED, Outcome.DROPPED)
        if row.state.given and not used and row.id not in with_people:
            yield "was given, the issuer does not have it, and nobody knows"
        if row.state.given and weak and row.state.outcome is not Outcome.USED:
            yield "was given without its issuer"
        if not settled and row.id not in with_people:
            yield f"never came to rest: {row.state}"
        if weak and row.proven_unused and row.sends > WEAK_SENDS:
            yield f"was sent {row.sends} times"


def tell(folder: Path, manner: str, plan: Plan) -> tuple[list[tuple[int, tuple[str, ...]]], list[str]]:
    """The places of one run, and what was wrong."""
    shutil.rmtree(folder, ignore_errors=True)
    story = Story(folder, manner, plan)
    try:
        story.tell()
        story.come_to_rest()
        return story.places.seen, list(dict.fromkeys(story.wrong()))
    except (PosError, AssertionError) as error:
        return story.places.seen, [f"stumbled: {type(error).__name__}: {error}"]
    finally:
        story.journal.bury()


def singles(folder: Path, manner: str) -> list[Plan]:
    """Every option of every place of the run without faults."""
    seen, wrong = tell(folder, manner, ())
    assert not wrong, wrong
    return [((number, what),) for number, options in seen for what in options]


def pairs(folder: Path, manner: str, first: Plan) -> list[Plan]:
    """Every option of every later place of the run that this fault makes."""
    seen, _ = tell(folder, manner, first)
    return [(*first, (number, what)) for number, options in seen if number > first[0][0] for what in options]


def sampled_pairs(folder: Path, manner: str, count: int, seed: int) -> list[Plan]:
    """Some pairs, the same ones for the same seed."""
    dice, firsts, found = random.Random(f"{manner} {seed}"), singles(folder, manner), []  # type: ignore[var-annotated]
    while len(found) < count:
        seconds = pairs(folder, manner, dice.choice(firsts))
        found += dice.sample(seconds, min(4, count - len(found), len(seconds)))
    return found


def _told(manner: str, plan: Plan) -> str:
    return f"python -m tests.till.several_places --one {manner} " + " ".join(f"{n}={what}" for n, what in plan)


def main(words: list[str]) -> int:
    """The command; status 1 if a promise was broken."""
    folder, bad = memory_folder(), 0
    if words[:1] == ["--one"]:
        plan = tuple((int(n), what) for n, _, what in (word.partition("=") for word in words[2:]))
        _, wrong = tell(folder / "j", words[1], plan)
        sys.stdout.write("\n".join(wrong) + "\n")
        return 1 if wrong else 0
    for manner in MANNERS:
        began_s, runs = time.perf_counter(), 0
        firsts = singles(folder / "j", manner)
        for first in firsts:
            for plan in [first, *(pairs(folder / "j", manner, first) if "--pairs" in words else ())]:
                runs += 1
                _, wrong = tell(folder / "j", manner, plan)
                if wrong:
                    bad += 1
                    sys.stdout.write(f"{_told(manner, plan)}\n    {wrong[0]}\n")
        took_s = time.perf_counter() - began_s
        sys.stdout.write(f"{manner}: {len(firsts)} single faults, {runs} runs, {bad} bad so far, {took_s:.0f} s\n")
    shutil.rmtree(folder)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
