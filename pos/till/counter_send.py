"""Using a bill's vouchers up, or giving their value at the shop's risk: every end leaves journal and view alike."""

from __future__ import annotations

from collections.abc import Sequence

from pos.domain.errors import ConfigError, JournalError, NotSent, PosError, SetupFault
from pos.domain.offline_policy import NeedsManager, Refuse
from pos.domain.redemption import UNSENT, Hold, Outcome
from pos.domain.schedule import WEAK_SENDS
from pos.domain.voucher import CallRefused, NotUsable, Usable
from pos.till.counter_check import by_provider
from pos.till.counter_scan import BillScans
from pos.till.lines import Line
from pos.till.ports import NewRedemption, Person
from pos.till.redeem import CallEnd, Intent, may_be_ours
from pos.till.views import Message


class BillSends(BillScans):
    """Confirm and offline acceptance."""

    def confirm(self, *, loss_accepted: bool = False) -> None:
        """Use the vouchers up (or hold them first, in RESERVE_FLOW).

        Asks once when worth is lost. Every end leaves the journal and the view saying the same.
        """
        self._begin()
        try:
            self._confirm(loss_accepted=loss_accepted)
        except PosError as error:
            self._say(error, publish=False)
        finally:
            self._sending, self._busy_since_mono_s = False, None
        self._reoffer()
        self.publish()

    def _confirm(self, *, loss_accepted: bool) -> None:
        for line in self._takeable(self._rows()):
            if line.row_id is None and line.checked_for != self._asked():
                self._check(line)
        if not self._check_together():
            return
        rows = self._rows()
        lines = self._takeable(rows)
        if not lines:
            if self._offer is not None:
                return  # nothing could be asked again: the offline panel says what is possible
            if any(row.state == UNSENT and self._sent_too_often(row) for row in rows.values()):
                raise ConfigError("confirm.sent_too_often", sends=WEAK_SENDS)
            raise ConfigError("confirm.nothing")
        if self.bill.total_vnd <= 0:
            raise ConfigError("bill.total_missing")
        lost_vnd = sum(d.lost_vnd for d in self._deductions(lines, rows).values())
        if lost_vnd and not loss_accepted:
            self._confirm_loss_vnd = lost_vnd
            return
        self._sending, self._busy_since_mono_s = True, self._desk.clock.mono_s()
        self.publish()
        with self._desk.leases.hold(self.bill.number):
            if (
                self._takeable(self._rows()) == lines
            ):  # else the queue has moved one meanwhile: the screen shows what became of it
                self._send(lines)

    def _send(self, lines: Sequence[Line]) -> None:
        """One issuer after the other, in the order scanned; each in calls of as many codes as it takes.

        What one issuer did not take ends it: what the others were not sent stays unsent, for the cashier to decide.
        """
        intent = self._intent(lines)
        of_id = {line.row_id or line.id: line.provider for line in lines}
        mine = {name: [i for i in intent.ids() if of_id[i] == name] for name in by_provider(lines)}
        holding = [name for name, ids in mine.items() if self._must_hold(name, ids)]
        ids = intent.ids()
        for name in holding or mine:  # while something is to be held first, nothing is used up
            if not self._send_to(name, intent, mine[name], holding=bool(holding)):
                return
            intent = Intent(self.bill, again=ids)  # the whole intent was written with the first call

    def _must_hold(self, provider: str, ids: Sequence[str]) -> bool:
        rows = self._rows()
        held = all(row_id in rows and rows[row_id].hold is Hold.HELD for row_id in ids)
        return self._reserving(provider) and not held

    def _send_to(self, provider: str, intent: Intent, ids: Sequence[str], *, holding: bool) -> bool:
        """Use up, or hold first, one issuer's vouchers; true if it took every one."""
        limit = self._desk.issuers.provider(provider).capabilities.max_codes
        for start in range(0, len(ids), limit):
            part = ids[start : start + limit]
            try:
                if holding:
                    end = self._desk.reserver.reserve(intent, provider, actor=self.actor, send=part)
                else:
                    end = self._desk.redeemer.use(
                        intent, provider, actor=self.actor, waiting=lambda: self.waiting, send=part
                    )
            finally:
                self._bind()  # also when the verdict could not be written: the intent stands
            if not self._after_call(end):
                return False
            intent = Intent(self.bill, again=intent.ids())
        return True

    def _after_call(self, end: CallEnd) -> bool:
        """Learn from a changing call; true if it took effect for every voucher."""
        self._not_sent = isinstance(end.fault, NotSent)
        if isinstance(end.fault, SetupFault):
            self._say(end.fault, publish=False)
        if end.refusal is not None:
            self._after_refusal(end.refusal)
        return end.fault is None and end.refusal is None

    def _after_refusal(self, refusal: CallRefused) -> None:
        """Nothing counts as used, or as unused, until each voucher was asked about alone (contracts/gotit.md §11)."""
        verdict = NotUsable(refusal.reason, refusal.detail)
        for line, row in self._with_rows():
            unclear = row.state.outcome is Outcome.UNKNOWN or row.hold is Hold.UNKNOWN
            if not (unclear and row.answered):
                continue
            named = line.code == refusal.culprit and not may_be_ours(row, refusal.reason)
            blamed = verdict if named else None
            self._desk.inquirer.ask(row, actor=self.actor, here=lambda: self.waiting, blamed=blamed)
        if all(row.state == UNSENT for _, row in self._with_rows()):
            self._message = Message(f"reason.{refusal.reason.value}")

    # ------------------------------------------------------------ what is written first

    def _intent(self, lines: Sequence[Line]) -> Intent:
        rows = self._rows()
        deductions = self._deductions(lines, rows)
        new, again, amounts = [], [], {}
        for position, line in enumerate(self._lines):
            if line not in lines:
                continue
            amount = deductions[line.id]
            if line.row_id in rows:
                again.append(line.row_id)
                amounts[line.row_id] = (rows[line.row_id].worth_vnd, amount.amount_vnd, amount.lost_vnd)
                continue
            new.append(
                NewRedemption(
                    id=line.id,
                    position=position,
                    provider=line.provider,
                    code=line.code,
                    reserving=self._reserving(line.provider),
                    worth_vnd=line.worth_vnd,
                    amount_vnd=amount.amount_vnd,
                    lost_vnd=amount.lost_vnd,
                    declared=line.declared,
                    skus=line.answer.skus if isinstance(line.answer, Usable) else (),
                )
            )
        return Intent(self.bill, tuple(new), tuple(again), self._refusals(), amounts)

    def _refusals(self) -> tuple[tuple[NewRedemption, NotUsable], ...]:
        return tuple(
            (
                NewRedemption(
                    id=line.id,
                    position=position,
                    provider=line.provider,
                    code=line.code,
                    reserving=False,
                    worth_vnd=None,
                    amount_vnd=0,
                    lost_vnd=0,
                ),
                line.answer,
            )
            for position, line in enumerate(self._lines)
            if line.row_id is None and isinstance(line.answer, NotUsable) and not self._stands(line)
        )

    def _stands(self, line: Line) -> bool:
        """Its own row tells the day's review about it already."""
        return self._desk.journal.standing(line.provider, line.code) is not None

    def record_refusals(self) -> None:
        """Keep what the check refused (nothing is sent); the same refusal of the same voucher is kept once."""
        told = {(row.code, row.reason) for row in self._rows().values()}
        self._lines = [
            line
            for line in self._lines
            if not (isinstance(line.answer, NotUsable) and (line.code, line.answer.reason) in told)
        ]
        self._desk.redeemer.record(Intent(self.bill, refused=self._refusals()), self.actor)
        self._bind()

    def _bind(self) -> None:
        """Tie lines to the rows that now stand in the journal: it alone says what was written."""
        written = {row.id for row in self._desk.journal.redemptions_of(self.bill.number)}
        for line in self._lines:
            if line.id in written:
                line.row_id = line.id

    # ------------------------------------------------------------ offline

    def accept_offline(self, manager: Person | None = None) -> None:
        """Give the value at the shop's risk, if the policy allows it (with this manager's word, where it wants one)."""
        self._begin()
        rows = self._rows()
        lines = self._candidates(rows)
        try:
            if self._offer is None or not lines:
                raise ConfigError("offline.not_offered")
            if self.bill.total_vnd <= 0:
                raise ConfigError("bill.total_missing")
            intent = self._intent(lines)
            candidates = [self._candidate(line, rows.get(line.row_id or "")) for line in lines]
            by_id = {candidate.row_id: candidate for candidate in candidates}
            with self._desk.leases.hold(self.bill.number):
                decision = self._desk.offline.accept(
                    intent, [by_id[i] for i in intent.ids()], actor=self.actor, manager=manager
                )
            self._offer = self._offer_of(decision)
            taken = not isinstance(decision, Refuse) and not (isinstance(decision, NeedsManager) and manager is None)
            if taken:
                self._bind()
                self._not_sent = False
                self._reoffer()  # a voucher whose issuer must answer is still on the bill
        except JournalError as error:
            self._say(error, publish=False)
            self._bind_what_stands(lines)
        except PosError as error:
            self._say(error, publish=False)
        self.publish()

    def _bind_what_stands(self, lines: Sequence[Line]) -> None:
        """A commit that failed may stand all the same (an I/O error after it took effect): then the value is given, the
        slip will print, and the screen must not say that nothing happened.
        """
        try:
            self._bind()
            given = {row.id for row in self._rows().values() if row.state.given}
        except JournalError:
            return  # not to be known now; the next look at the bill tells
        if all(line.row_id in given for line in lines):
            self._not_sent, self._offer = False, None
