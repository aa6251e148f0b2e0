"""Settling what is not at rest: the queue, inquiries, releases, end-of-day re-checks.

Every row has its own `try`: one bad row never blocks another, and a row that cannot be worked on goes to a person with
a reason. Nothing here is ever deleted because an issuer said no.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass

from pos.domain.errors import JournalError, NotSent, PosError, SetupFault, Throttled
from pos.domain.redemption import (
    IN_FLIGHT,
    IN_FLIGHT_GIVEN,
    LOSS,
    UNSENT_GIVEN,
    Event,
    Hold,
    HoldEvent,
    Outcome,
)
from pos.domain.schedule import FIRST_INQUIRY_S, RECHECK_AFTER_S, send_pause_s
from pos.till.inquiry import OVER, Finding, Inquirer, InquiryEnd
from pos.till.issuers import Issuers
from pos.till.leases import Leases
from pos.till.ports import Chance, Clock, Journal, OutboxRow, Redemption, Work
from pos.till.redeem import Intent, Redeemer
from pos.till.reserve import Reserver
from pos.till.take_back_round import TakeBackRound

log = logging.getLogger(__name__)

ACTOR = "till"
PROBE_S = 2.0
"""How often an unreachable issuer is tried: half of the 5 s within which the queue must start to drain, because a
connection attempt may itself take some seconds."""
_WHOLE = 1_000_000
_IDLE_S = 3600.0


@dataclass(frozen=True, slots=True)
class Settled:
    """A row that came to a new state without a cashier's command."""

    row_before: Redemption
    finding: Finding


@dataclass(slots=True)
class PassEnd:
    """How one pass over the outbox went. `worked`: rows worked on; those whose bill a cashier has do not count."""

    worked: int = 0
    stopped_by: PosError | None = None


class Settler:
    """Works through the outbox. Used by one thread at a time."""

    def __init__(
        self,
        journal: Journal,
        issuers: Issuers,
        clock: Clock,
        chance: Chance,
        leases: Leases,
        redeemer: Redeemer,
        reserver: Reserver,
        inquirer: Inquirer,
        *,
        on_settled: Callable[[Settled], None],
        here: Callable[[str], bool],
        pause: Callable[[], bool],
        take_backs: TakeBackRound | None = None,
    ) -> None:
        """Wire the settler.

        Args:
            journal: and the other ports and use cases: shared with the counter.
            issuers: see journal.
            clock: see journal.
            chance: see journal.
            leases: see journal.
            redeemer: see journal.
            reserver: see journal.
            inquirer: see journal.
            on_settled: hears every row that changed.
            here: whether a cashier waits for this bill number at the counter.
            pause: waits the set pause between two background calls; true means: stop now.
            take_backs: goes on with take-backs that stayed open; None: no issuer here takes anything back.
        """
        self._journal = journal
        self._issuers = issuers
        self._clock = clock
        self._chance = chance
        self._leases = leases
        self._redeemer = redeemer
        self._reserver = reserver
        self._inquirer = inquirer
        self._on_settled = on_settled
        self._here = here
        self._pause = pause
        self._take_backs = take_backs

    # ------------------------------------------------------------ passes

    def run_pass(self, *, now: bool = False, without: Collection[str] = ()) -> PassEnd:
        """Work on everything that is due.

        Args:
            now: a person asked for it: schedules are ignored (proof still needs its 60 s), and a stop after a set-up
                fault is tried again.
            without: issuers that cannot be reached; their rows wait, the others' do not.

        Raises:
            JournalError: the disk is in trouble; what was done so far stands.
        """
        end, stopped, stopped_by, halted = PassEnd(), set(without), None, False
        for entry in self._journal.outbox(_WHOLE):
            if not self._due(entry, now=now):
                continue
            provider = self._provider_of(entry)
            if provider in stopped or not (now or self._issuers.barred_s(provider) == 0):
                stopped.add(provider)
            else:
                self._one(entry, end, now=now)
                if isinstance(end.stopped_by, NotSent | SetupFault | Throttled):
                    stopped.add(provider)
                    stopped_by = end.stopped_by
                halted = provider not in stopped and self._pause()
            if halted:
                break
            if stopped.issuperset(self._issuers.names()):
                break
        end.stopped_by = end.stopped_by or stopped_by
        if self._take_backs is not None and not halted:
            end.worked += self._take_backs.run(now=now, without=stopped, told=self._taken_back, stop=self._pause)
        return end

    def _taken_back(self, row: Redemption, finding: Finding) -> None:
        self._on_settled(Settled(row, finding))

    def _provider_of(self, entry: OutboxRow) -> str:
        """Whose voucher it is; with one issuer nothing is read."""
        names = self._issuers.names()
        return names[0] if len(names) == 1 else self._journal.redemption(entry.redemption_id).provider

    def next_due_s(self) -> float:
        """Seconds until something is due (0: now), at most an hour."""
        take_backs_s = _IDLE_S if self._take_backs is None else self._take_backs.next_due_s()
        return min(take_backs_s, self._outbox_due_s())

    def _outbox_due_s(self) -> float:
        barred = {name: self._issuers.barred_s(name) for name in self._issuers.names()}
        if all(wait_s is None for wait_s in barred.values()):
            return _IDLE_S
        dues = [
            (entry, due_in_s)
            for entry in self._journal.outbox()
            if not entry.quarantine and (due_in_s := self._due_in_s(entry)) is not None
        ]
        if not any(wait_s != 0 for wait_s in barred.values()):
            return max(0.0, min((due_in_s for _, due_in_s in dues), default=_IDLE_S))
        waits = ((barred.get(self._provider_of(entry), 0.0), due_in_s) for entry, due_in_s in dues)
        return max(0.0, min((max(wait_s, due_s) for wait_s, due_s in waits if wait_s is not None), default=_IDLE_S))

    def _due(self, entry: OutboxRow, *, now: bool) -> bool:
        due_in_s = self._due_in_s(entry)
        if entry.quarantine or due_in_s is None:
            return False
        return due_in_s <= 0 or (now and entry.work is not Work.RECHECK)

    def _due_in_s(self, entry: OutboxRow) -> float | None:
        if entry.work is Work.RECHECK:
            return self._recheck_in_s(entry)
        if entry.due_session != self._journal.session:
            return 0.0
        return entry.due_mono_s - self._clock.mono_s()

    def _recheck_in_s(self, entry: OutboxRow) -> float | None:
        """None while the row's day is not over, by the issuer's clock where it is known: ours may have been set. Across
        runs of the program ours does not count at all.
        """
        issuer_now = self._issuers.watch.issuer_now()
        now = issuer_now or self._clock.now_utc()
        day_of = self._journal.business_date
        if day_of(entry.due_utc) >= day_of(now):
            return None
        if entry.due_session == self._journal.session:
            waited_s = self._clock.mono_s() - entry.due_mono_s
        else:
            waited_s = self._clock.mono_s() - self._issuers.started_mono_s
            if issuer_now is not None:
                waited_s = max(waited_s, (issuer_now - entry.due_utc).total_seconds())
        return max(0.0, RECHECK_AFTER_S - waited_s)

    # ------------------------------------------------------------ one row

    def _one(self, listed: OutboxRow, end: PassEnd, *, now: bool) -> None:
        end.stopped_by = None
        with self._leases.try_hold(listed.bill_number) as taken:
            if not taken:
                return
            entry = self._entry(listed)
            if entry is None or not self._due(entry, now=now):
                return  # a cashier has worked on it since the list was read
            end.worked += 1
            try:
                row = self._journal.redemption(entry.redemption_id)
                end.stopped_by = self._work(entry, row)
            except JournalError:
                raise
            except Exception as error:  # per-row isolation: our own bug on one row must not stop the others
                code = error.code if isinstance(error, PosError) else type(error).__name__
                log.exception("row %s cannot be settled: %s", entry.redemption_id, code)
                if self._entry(listed) is not None:
                    with self._journal.transaction(ACTOR) as tx:
                        tx.quarantine(entry.redemption_id, f"bug:{code}")

    def _entry(self, listed: OutboxRow) -> OutboxRow | None:
        """The outbox row as it stands now."""
        mine = (e for e in self._journal.outbox_of(listed.bill_number) if e.redemption_id == listed.redemption_id)
        return next(mine, None)

    def _work(self, entry: OutboxRow, row: Redemption) -> PosError | None:
        """Do what the row's state asks for; the outbox only says when."""
        if row.state in (IN_FLIGHT, IN_FLIGHT_GIVEN) or row.hold in (Hold.RESERVING, Hold.RELEASING):
            self._orphan(row)
            return None
        if row.state.outcome is Outcome.UNKNOWN or row.hold is Hold.UNKNOWN:
            return self._inquire(entry, row)
        if row.state == UNSENT_GIVEN:
            return self._send(entry, row)
        if row.hold is Hold.HELD and entry.work is Work.RELEASE:
            return self._reserver.release(row, actor=ACTOR, background=True).fault
        if row.state.outcome in OVER and entry.work is Work.RECHECK:
            end = self._inquirer.recheck(row, actor=ACTOR)
            if end.finding is Finding.USED:
                self._on_settled(Settled(row, Finding.USED))
            return end.fault
        with self._journal.transaction(ACTOR) as tx:
            self._redeemer.rest(tx, row.id)
        return None

    def _orphan(self, row: Redemption) -> None:
        """A call whose verdict could not be written (full disk): nobody works on it any more, so ask."""
        with self._journal.transaction(ACTOR) as tx:
            if row.state.outcome is Outcome.IN_FLIGHT:
                tx.move(row.id, Event.LOST, note="orphan")
            if row.hold in (Hold.RESERVING, Hold.RELEASING):
                tx.move_hold(row.id, HoldEvent.LOST)
            over = row.state.outcome in OVER
            self._redeemer.schedule(tx, row.id, Work.RELEASE if over else Work.INQUIRE, 0.0)

    def _inquire(self, entry: OutboxRow, row: Redemption) -> PosError | None:
        end = self._inquirer.ask(
            row,
            actor=ACTOR,
            here=lambda: self._here(row.bill_number),
            work=entry.work if entry.work is Work.RELEASE else Work.INQUIRE,
            unanswered=entry.unanswered,
            background=True,
        )
        if end.finding is Finding.HELD and entry.work is Work.RELEASE:
            held = self._journal.redemption(row.id)
            return self._reserver.release(held, actor=ACTOR, background=True).fault
        self._tell(row, end)
        return end.fault

    def _send(self, entry: OutboxRow, row: Redemption) -> PosError | None:
        stored = self._journal.bill(row.bill_number)
        if stored is None:
            raise PosError("journal.no_such_row")
        intent = Intent(stored.bill, again=(row.id,))
        if row.reserving and row.hold is not Hold.HELD:
            end = self._reserver.reserve(intent, row.provider, actor=ACTOR, background=True)
            if end.fault or end.refusal:
                return self._sent(entry, row, end.fault)
        used = self._redeemer.use(intent, row.provider, actor=ACTOR, waiting=lambda: False, background=True)
        if used.fault is None and used.refusal is None:
            self._tell(row, InquiryEnd(Finding.USED))
            return None
        return self._sent(entry, row, used.fault)

    def _sent(self, entry: OutboxRow, row: Redemption, fault: PosError | None) -> PosError | None:
        after = self._journal.redemption(row.id)
        if after.state == UNSENT_GIVEN and isinstance(fault, SetupFault):
            with self._journal.transaction(ACTOR) as tx:
                pause_s = send_pause_s(entry.failures + 1, self._chance.random01())
                self._redeemer.schedule(tx, row.id, Work.SEND, pause_s, failures=entry.failures + 1)
        elif after.state == LOSS:
            self._tell(row, InquiryEnd(Finding.REFUSED))
        return fault

    def _tell(self, row: Redemption, end: InquiryEnd) -> None:
        if end.finding not in (Finding.NO_ANSWER, Finding.TOO_EARLY):
            self._on_settled(Settled(row, end.finding))

    def unpark(self, actor: str) -> int:
        """Put back to work what was left to a person: asked about again, and sent only where its state allows.

        Returns:
            How many rows.
        """
        parked = [entry for entry in self._journal.outbox(_WHOLE) if entry.quarantine]
        for entry in parked:
            with self._journal.transaction(actor) as tx:
                self._redeemer.schedule(tx, entry.redemption_id, entry.work, 0.0)
                tx.audit("unparked", entry.redemption_id, why=entry.quarantine)
        return len(parked)

    # ------------------------------------------------------------ start

    def recover(self) -> None:
        """At the start, before any screen opens: what was in flight is unknown, every open hold gets an end.

        Raises:
            JournalError: the till must not open.
        """
        for row in self._journal.in_flight():
            with self._journal.transaction(ACTOR) as tx:
                if row.state.outcome is Outcome.IN_FLIGHT:
                    tx.move(row.id, Event.RESTART)
                    self._redeemer.schedule(tx, row.id, Work.INQUIRE, FIRST_INQUIRY_S)
                if row.hold in (Hold.RESERVING, Hold.RELEASING):
                    tx.move_hold(row.id, HoldEvent.RESTART)
                    self._redeemer.schedule(tx, row.id, Work.INQUIRE, FIRST_INQUIRY_S)
        for row in self._journal.open_holds():
            waits = [e for e in self._journal.outbox_of(row.bill_number) if e.redemption_id == row.id]
            if row.state.given or any(entry.quarantine for entry in waits):
                continue  # the queue uses it up, or a person decides
            pause_s = FIRST_INQUIRY_S if row.state.outcome is Outcome.UNKNOWN else 0.0
            with self._journal.transaction(ACTOR) as tx:
                self._redeemer.schedule(tx, row.id, Work.RELEASE, pause_s)
