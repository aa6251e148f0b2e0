"""Every fault, and every pair of faults, at every port call of a paid booking; then the promises are asked.

`python -m tests.booking.placement [--pairs]`. A cashier who does what the screen allows pays one booking with a
voucher; wherever the plug is pulled she starts the program again and goes on.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pos.domain.booking import CommitWord
from pos.domain.booking_payment import JourneyFact, MoneyFact, VoucherFact, reachable
from pos.domain.errors import JournalError, PosError
from pos.till.booking.counter import BookingCounter
from pos.till.booking.views import BookingAction, BookingPhase, BookingView
from tests.booking.issuer import CODE, NUMBER, OFF_VND, PRICE_VND, FakeBookings
from tests.booking.ports import CALL_FAULTS, DISK_FAULTS, Crash, Ports
from tests.booking.rig import BookingRig

_LEGAL = reachable()
_TIME_TELLS = frozenset(
    {BookingPhase.WAITING, BookingPhase.HELD, BookingPhase.VOUCHER_UNKNOWN, BookingPhase.COMMITTING,
     BookingPhase.REDEEMING}
)  # fmt: skip
_STEPS = 60
_MOST_SENDS = 2
_PORTS = 60
"""What comes later is a held payment asked about again and again."""


@dataclass(slots=True)
class Run:
    """One run: its plan, what was visited, what went wrong."""

    plan: Mapping[int, str]
    visited: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    end: str = ""


class Cashier:
    """Pays one booking, whatever happens. `presses`: how often she ordered a commit."""

    def __init__(self, till: BookingRig) -> None:
        self.till = till
        self.presses = 0
        self.redeem_presses = 0
        self.counter: BookingCounter | None = None
        self.tried = False
        self.sends = 0

    def step(self) -> bool:
        """One press or one wait; False: she is done."""
        counter = self.counter or self._begin()
        view = counter.view()
        if view.phase is BookingPhase.NOT_PAYABLE and _rows(self.till):
            return False  # its end was written and never painted
        may_send = BookingAction.SEND_COMMIT in view.actions and self.sends < _MOST_SENDS
        if view.closed or (view.journey is JourneyFact.HELD and not may_send):
            return False
        self._press(counter, view)
        return True

    def _begin(self) -> BookingCounter:
        till = self.till
        stored = till.store.open_payment("gotadi", NUMBER)
        if stored is None:
            self.counter = BookingCounter(till.desk, till.chance.new_id(), "gotadi", NUMBER)
        else:
            self.counter = BookingCounter.resume(till.desk, stored)
        return self.counter

    def _press(self, counter: BookingCounter, view: BookingView) -> None:
        actions, phase = view.actions, view.phase
        if BookingAction.PAID_BACK in actions:
            counter.paid_back("lan")
        elif BookingAction.CLOSE in actions:
            counter.close("lan")
        elif BookingAction.SEND_COMMIT in actions and self.sends < _MOST_SENDS:
            self.sends += 1
            self.presses += 1
            counter.send_commit("lan")
        elif phase in _TIME_TELLS:
            self.till.wait(301)
        elif phase in (BookingPhase.NOT_COMMITTED, BookingPhase.AMOUNT_DIFFERS):
            counter.give_up("lan")
        else:
            self._go_on(counter, actions)

    def _go_on(self, counter: BookingCounter, actions: frozenset[BookingAction]) -> None:
        """Before any money is taken."""
        if BookingAction.REDEEM in actions and self.redeem_presses < 3:
            self.redeem_presses += 1
            counter.redeem("lan")
        elif BookingAction.DROP_VOUCHER in actions and self.redeem_presses >= 3:
            counter.drop_voucher("lan")
        elif BookingAction.TRY_VOUCHER in actions and not self.tried:
            self.tried = True
            counter.try_voucher(CODE)
        elif BookingAction.MONEY_TAKEN in actions:
            self.presses += 1
            counter.money_taken("lan")
        elif BookingAction.ORDER in actions:
            counter.order("lan")
        elif BookingAction.DROP_VOUCHER in actions:
            counter.drop_voucher("lan")
        else:
            counter.look_up()


STORIES: dict[str, Callable[[FakeBookings], None]] = {
    "voucher": lambda _: None,
    "fails": lambda issuer: setattr(issuer.bookings[NUMBER], "fails", True),
    "slow": lambda issuer: setattr(issuer.bookings[NUMBER], "polls_to_issue", 50),
    "refused": lambda issuer: setattr(issuer, "word", CommitWord.REFUSED),
    "differs": lambda issuer: setattr(issuer, "lowers", False),
}
"""How the issuer behaves."""


def tell(folder: Path, plan: Mapping[int, str], story: str = "voucher") -> Run:
    """One run on a copy of an empty till's folder."""
    ports = Ports()
    till = BookingRig(folder, ports)
    STORIES[story](till.issuer)
    run = Run(plan)
    ports.plan, ports.visited = plan, run.visited
    cashier = Cashier(till)
    try:
        _serve(till, cashier, run)
        _after(till, cashier, run)
    finally:
        till.close()
    return run


def _serve(till: BookingRig, cashier: Cashier, run: Run) -> None:
    for _ in range(_STEPS):
        try:
            if not cashier.step():
                return
        except Crash:
            _restart(till, cashier)
        except PosError:
            pass  # told on the screen
        _promises(till, cashier, run)
    run.wrong.append("endless: the payment came to no end")


def _restart(till: BookingRig, cashier: Cashier) -> None:
    cashier.counter, cashier.tried = None, False
    while True:
        till.restart()
        try:
            till.recover()
        except (Crash, JournalError):
            continue
        return


def _after(till: BookingRig, cashier: Cashier, run: Run) -> None:
    """Two days later, and after one more start: what is open is a person's, and everything adds up."""
    for _ in range(20):
        try:
            till.wait(49 * 3600)
            break
        except Crash:
            _restart(till, cashier)
        except JournalError:
            pass
    _restart(till, cashier)
    _promises(till, cashier, run)
    if not till.journal.verify().whole:
        run.wrong.append(f"journal: {till.journal.verify().faults}")
    _adds_up(till, run)


def _promises(till: BookingRig, cashier: Cashier, run: Run) -> None:
    """What must hold at every moment, seen from the issuer's record and the file."""
    truth = till.issuer.bookings[NUMBER]
    if truth.redemptions > 1:
        run.wrong.append("voucher: redeemed twice")
    if till.issuer.redeems > cashier.redeem_presses:
        run.wrong.append("voucher: redeem sent by itself")
    if len(truth.paid) > 1:
        run.wrong.append("commit: paid twice")
    if len(till.issuer.commits) > cashier.presses:
        run.wrong.append("commit: sent by itself")
    for row in _rows(till):
        voucher, money, journey, closed, taken_vnd, signed_vnd, owned = row
        if (voucher, money, journey, bool(closed)) not in _LEGAL:
            run.wrong.append(f"state: {row}")
        if journey == JourneyFact.ISSUED and truth.issue != "SUCCEEDED":
            run.wrong.append("issued: the issuer does not say so")
        if money == MoneyFact.PAID_BACK and truth.payment == "SUCCEEDED":
            run.wrong.append("money: paid back for a booking that is paid")
        if not closed and not owned:
            run.wrong.append("owner: an open payment that nobody has")
        used_vnd = OFF_VND if truth.voucher is not None else 0
        if money != MoneyFact.NOT_TAKEN and (taken_vnd != signed_vnd or (truth.paid and taken_vnd != truth.paid[0][1])):
            run.wrong.append("money: another amount than the signed one")
        if journey == JourneyFact.ISSUED and taken_vnd != PRICE_VND - used_vnd:
            run.wrong.append("money: another amount than shown")


def _rows(till: BookingRig) -> list[tuple[str, str, str, int, int | None, int | None, int]]:
    return till.journal.core.connections.get().execute(
        "SELECT voucher, money, journey, closed, taken_vnd, signed_vnd, due_session IS NOT NULL OR EXISTS ("
        " SELECT 1 FROM booking_case c WHERE c.booking_id = booking.id AND c.closed_utc IS NULL) FROM booking"
    ).fetchall()  # fmt: skip


def _adds_up(till: BookingRig, run: Run) -> None:
    truth, rows = till.issuer.bookings[NUMBER], _rows(till)
    run.end = ",".join(f"{row[0]}/{row[1]}/{row[2]}" for row in rows)
    if truth.payment == "SUCCEEDED" and not any(row[2] in (JourneyFact.ISSUED, JourneyFact.HELD) for row in rows):
        run.wrong.append("lost: paid at the issuer, and no payment of ours says so")
    if truth.voucher is not None and not any(row[0] in (VoucherFact.USED, VoucherFact.UNKNOWN) for row in rows):
        run.wrong.append("lost: the voucher is used, and no payment of ours says so")
    if any(row[0] == VoucherFact.IN_FLIGHT or row[2] == JourneyFact.IN_FLIGHT for row in rows):
        run.wrong.append("flight: still in flight after two days")
    known = {payment.id for payment in till.store.open_payments(100)}
    for payment_id, closed in till.journal.core.connections.get().execute("SELECT id, closed FROM booking"):
        if not closed and payment_id not in known:
            run.wrong.append("list: an open payment that no list shows")


# ---------------------------------------------------------------- where


class Place:
    """A folder in memory where it may be, with an empty till to copy."""

    def __init__(self) -> None:
        memory = Path("/dev/shm")  # noqa: S108 – much faster, and nothing of it is secret
        self.path = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
        (self.path / "new").mkdir()
        BookingRig(self.path / "new").close()

    def tell(self, plan: Mapping[int, str], story: str = "voucher") -> Run:
        """One run in a fresh folder."""
        folder = self.path / "run"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.path / "new", folder)
        return tell(folder, plan, story)

    def close(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self.path, ignore_errors=True)


def faults_of(name: str) -> tuple[str, ...]:
    """What can happen at a port of that name."""
    return DISK_FAULTS if name == "disk" else CALL_FAULTS


def singles(place: Place, story: str = "voucher") -> Iterator[Run]:
    """Every fault at every port of the undisturbed story."""
    calm = place.tell({}, story)
    yield calm
    for number, name in enumerate(calm.visited[:_PORTS], 1):
        for fault in faults_of(name):
            yield place.tell({number: fault}, story)


def pairs_of(place: Place, first: Run) -> Iterator[Run]:
    """Every second fault after the first one, at the ports that its run visits."""
    number = max(first.plan)
    for second, name in enumerate(first.visited[:_PORTS], 1):
        if second > number:
            for fault in faults_of(name):
                yield place.tell({**first.plan, second: fault})


def told(place: Place, story: str, *, pairs: bool) -> Iterator[Run]:
    """Singles, and their pairs."""
    for first in singles(place, story):
        yield first
        if pairs and first.plan and story == "voucher":
            yield from pairs_of(place, first)


def main() -> int:
    """The command; status 1 if a promise was broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pairs", action="store_true", help="every pair of faults")
    parser.add_argument("--story", choices=STORIES, help="one story; all unless told")
    parser.add_argument("--one", nargs="+", metavar="NUMBER=FAULT", help="tell one run, with its port calls")
    wanted = parser.parse_args()
    place, began_s, runs, bad = Place(), time.perf_counter(), 0, 0
    try:
        if wanted.one:
            words = (word.partition("=") for word in wanted.one)
            run = place.tell({int(number): fault for number, _, fault in words}, wanted.story or "voucher")
            for number, name in enumerate(run.visited[:120], 1):
                sys.stdout.write(f"{number:4} {name} {run.plan.get(number, '')}\n")
            sys.stdout.write(f"{run.end}\n{run.wrong}\n")
            return 1 if run.wrong else 0
        for story in (wanted.story,) if wanted.story else STORIES:
            for run in told(place, story, pairs=wanted.pairs):
                runs += 1
                if run.wrong:
                    bad += 1
                    where = " ".join(f"{number}={fault}" for number, fault in run.plan.items())
                    sys.stdout.write(f"--story {story} --one {where}: {run.wrong[0]}\n")
    finally:
        place.close()
    sys.stdout.write(f"{runs} runs, {bad} bad, {time.perf_counter() - began_s:.0f} s\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
