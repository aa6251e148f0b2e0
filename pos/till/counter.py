"""One bill at the counter: scan, check, confirm, or take offline. Runs on the bill's own worker, one step at a time.

The same object serves the window and the command line. What must survive is in the journal; this holds the draft and
the answers to checks only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pos.domain.bill import (
    MAX_VOUCHERS,
    Bill,
    Deduction,
    SkuLine,
    deduct,
    merge_skus,
    read_bill_number,
    read_sku,
    read_vnd,
)
from pos.domain.cases import CaseKind
from pos.domain.codes import ScanFault, VoucherCode, read_code
from pos.domain.errors import ConfigError, NotSent, PosError, SetupFault
from pos.domain.offline_policy import Decision, NeedsManager, Refuse
from pos.domain.reasons import Reason
from pos.domain.redemption import DROPPED, OPEN_HOLDS, REFUSED, UNSENT, USED_NOT_GIVEN, Event, Hold, Outcome
from pos.domain.voucher import CallRefused, CheckAnswer, Detail, NotUsable, Usable
from pos.till.counter_view import Snapshot, bill_view
from pos.till.inquiry import Inquirer
from pos.till.issuers import CallFailed, Issuers
from pos.till.leases import Leases
from pos.till.lines import Line
from pos.till.offline import Candidate, OfflineDesk
from pos.till.ports import (
    Chance,
    Clock,
    Journal,
    NewRedemption,
    Person,
    Redemption,
    RememberedCheck,
    Trace,
    VoucherProvider,
    Work,
)
from pos.till.redeem import CallEnd, Intent, Redeemer, may_be_ours
from pos.till.reserve import Reserver
from pos.till.views import BillView, LineView, Message, OfflineOffer, Verdict


@dataclass(frozen=True, slots=True)
class Desk:
    """What every bill at this till shares."""

    journal: Journal
    issuers: Issuers
    clock: Clock
    chance: Chance
    leases: Leases
    redeemer: Redeemer
    reserver: Reserver
    inquirer: Inquirer
    offline: OfflineDesk
    provider: str
    max_vouchers: int = MAX_VOUCHERS


class CounterBill:
    """A bill and its vouchers. Not thread-safe: one worker owns it; `waiting` alone is set from outside."""

    def __init__(
        self, desk: Desk, key: str, bill: Bill, *, actor: str, publish: Callable[[BillView], None] = lambda _: None
    ) -> None:
        """Begin a draft.

        Args:
            desk: shared services.
            key: names the bill in commands.
            bill: number, total and goods so far.
            actor: the cashier, for the audit chain.
            publish: hears each new snapshot on this thread.
        """
        self._desk = desk
        self.key = key
        self.bill = bill
        self.actor = actor
        self._publish = publish
        self.waiting = True
        """A cashier stands at this bill: read at the moment of a verdict (rule 7)."""
        self._lines: list[Line] = []
        self._focus: str | None = None
        self._message: Message | None = None
        self._busy_since_mono_s: float | None = None
        self._sending = False
        self._offer: OfflineOffer | None = None
        self._confirm_loss_vnd = 0
        self._together_for: object = None
        self._not_sent = False
        self._last_view: BillView | None = None

    @classmethod
    def resume(
        cls, desk: Desk, key: str, number: str, *, actor: str, publish: Callable[[BillView], None] = lambda _: None
    ) -> CounterBill:
        """Bring a bill back from the journal.

        Raises:
            ConfigError: no such bill.
        """
        stored = desk.journal.bill(number)
        if stored is None:
            raise ConfigError("bill.not_found")
        counter = cls(desk, key, stored.bill, actor=actor, publish=publish)
        for row in desk.journal.redemptions_of(number):
            counter._adopt(row)
        return counter

    def _adopt(self, row: Redemption) -> None:
        line = Line(self._desk.chance.new_id(), row.code, row.provider, row_id=row.id)
        line.declared_vnd = row.worth_vnd if row.declared else None
        self._lines.append(line)

    # ------------------------------------------------------------ the draft

    def scan(self, text: str) -> None:
        """Take a scanned or typed text: goods, the shop's own bill, or a voucher code (which is checked)."""
        self._begin()
        if text.startswith("BILL:"):
            self._scan_bill(text)
        elif text.count(":") >= 2 and "://" not in text:
            self.add_sku(text)
        else:
            self._scan_code(text)

    def _scan_bill(self, text: str) -> None:
        number, _, total = text.removeprefix("BILL:").rpartition(":")
        try:
            self._draft_bill(replace(self.bill, number=read_bill_number(number), total_vnd=read_vnd(total)))
        except PosError as error:
            self._say(error)

    def _scan_code(self, text: str) -> None:
        code = read_code(text)
        if isinstance(code, ScanFault):
            self._message = Message(f"scan.{code.value}")
            self.publish()
        else:
            self.scan_code(code)

    def scan_code(self, code: VoucherCode) -> None:
        """Put a voucher on the bill and ask the issuer about it."""
        self._begin()
        if self._desk.issuers.gate.needs_manager:
            self._message = Message("guard.too_many_unknown")
        elif known := next((line for line in self._open_lines() if line.code == code), None):
            self._focus = known.id
            self._message = Message("scan.already_on_bill", (("ending", code.ending),))
        elif len(self._open_lines()) >= self._desk.max_vouchers:
            self._message = Message("scan.bill_full", (("max", self._desk.max_vouchers),))
        else:
            self._add_line(code)
            return
        self.publish()

    def _add_line(self, code: VoucherCode) -> None:
        line = Line(self._desk.chance.new_id(), code, self._desk.provider)
        self._lines.append(line)
        self._focus = line.id
        if self._check(line):
            self._check_together()
        self.publish()

    def check_only(self, code: VoucherCode) -> Line:
        """Ask about a voucher without putting it on the bill."""
        line = Line(self._desk.chance.new_id(), code, self._desk.provider)
        self._check(line)
        return line

    def _ask_journal(self, line: Line) -> bool:
        """Whether the issuer is to be asked: not about a code this till has taken or is not sure of."""
        standing = self._desk.journal.standing(line.provider, line.code)
        if standing is not None:
            line.answer = NotUsable(Reason.ALREADY_TAKEN_HERE, Detail(bill_number=standing.bill_number))
        return standing is None

    def acknowledge(self) -> None:
        """What the bill's message asked for was done."""
        self._begin()
        self.publish()

    def check_again(self, line_id: str) -> None:
        """Ask about one line once more."""
        self._begin()
        line = self._line(line_id)
        if line is not None and line.row_id is None:
            self._focus = line.id
            if self._check(line):
                self._check_together()
            self.publish()

    def remove_line(self, line_id: str) -> None:
        """Take a voucher off the bill; a hold is given back, an unsent intent is dropped."""
        self._begin()
        line = self._line(line_id)
        if line is None:
            return
        if line.row_id is None:
            self._lines.remove(line)
        elif not self._drop_safely(lambda row: row.id == line.row_id):
            return
        self._together_for = None
        rest = self._open_lines()
        self._focus = rest[-1].id if rest else None
        self._reoffer()
        self.publish()

    def set_number(self, text: str) -> None:
        """The shop's own bill number, while nothing stands in the journal for this bill."""
        self._begin()
        try:
            self._draft_bill(replace(self.bill, number=read_bill_number(text)))
        except PosError as error:
            self._say(error)

    def set_total(self, total_vnd: int) -> None:
        """What is due for the goods."""
        self._begin()
        self._draft_bill(self.bill.with_total(total_vnd))

    def change_draft(self, total_vnd: int, skus: tuple[SkuLine, ...]) -> None:
        """Another total and other goods, as long as nothing was sent."""
        self._begin()
        self._draft_bill(replace(self.bill, total_vnd=total_vnd, skus=skus))

    def add_sku(self, text: str) -> None:
        """Goods as `SKU:QTY:PRICE`, several separated by `;` or new lines."""
        self._begin()
        try:
            lines = [read_sku(part) for part in text.replace(";", "\n").splitlines() if part.strip()]
            self._draft_bill(replace(self.bill, skus=merge_skus((*self.bill.skus, *lines))))
        except PosError as error:
            self._say(error)

    def _draft_bill(self, bill: Bill) -> None:
        """Change the draft. A number that already stands in the journal belongs to another sale."""
        rows = self._rows()
        if any(row.sent is not None or row.state.given for row in rows.values()):
            self._say(ConfigError("bill.already_sent"))
            return
        if bill.number != self.bill.number and (rows or self._desk.journal.bill(bill.number) is not None):
            self._say(ConfigError("bill.number_taken"))
            return
        goods_changed = bill.skus != self.bill.skus
        self.bill = bill
        self._confirm_loss_vnd = 0
        self.publish()
        if goods_changed:
            for line in [ln for ln in self._lines if ln.row_id is None and isinstance(ln.answer, NotUsable | Usable)]:
                self._check(line)

    def declare(self, line_id: str, worth_vnd: int) -> None:
        """The face value printed on a voucher that could not be checked."""
        self._begin()
        line = self._line(line_id)
        if line is not None and line.answer is None:
            line.declared_vnd = worth_vnd or None
            self._focus = line.id
        self._reoffer()
        self.publish()

    # ------------------------------------------------------------ asking

    def _check(self, line: Line) -> bool:
        """Ask about one voucher; true if the issuer was asked (not about a code this till has taken)."""
        if not self._ask_journal(line):
            return False
        bill, reserving = self.bill, self._reserving(line.provider)
        line.checking, line.fault = True, None
        self._busy_since_mono_s = self._desk.clock.mono_s()
        self.publish()

        def ask(issuer: VoucherProvider, trace: Trace) -> CheckAnswer:
            return issuer.check(line.code, bill, reserving=reserving, trace=trace)

        try:
            line.answer, _ = self._desk.issuers.call(line.provider, ask)
            line.checked_for, line.checked_utc = self._asked(), self._desk.clock.now_utc()
            self._not_sent = False  # the network is back: what could not be sent goes online again
        except CallFailed as failed:
            line.answer, line.fault = None, failed.error
            line.last_check = self._desk.journal.last_check(line.provider, line.code)
            if isinstance(failed.error, SetupFault):
                self._say(failed.error, publish=False)
        line.checking, self._busy_since_mono_s = False, None
        self._reoffer()
        self.publish()
        self._remember(line)
        return True

    def _remember(self, line: Line) -> None:
        """After the verdict is out: the offline policy wants it later, the customer does not wait for it."""
        if line.answer is None:
            return
        refusal = line.answer if isinstance(line.answer, NotUsable) else None
        self._desk.issuers.gate.count_unknown_code(
            refusal is not None and refusal.reason in (Reason.CODE_WRONG, Reason.CODE_UNKNOWN)
        )
        remembered = RememberedCheck(
            at_utc=self._desk.clock.now_utc(),
            session=self._desk.journal.session,
            mono_s=self._desk.clock.mono_s(),
            worth_vnd=line.worth_vnd,
            reason=refusal.reason if refusal else None,
        )
        try:
            self._desk.journal.remember_check(line.provider, line.code, remembered)
        except PosError as error:
            self._say(error)

    def _asked(self) -> object:
        return (self.bill.number, self.bill.total_vnd, self.bill.skus)

    def _check_together(self) -> bool:
        """Stacking rules show only in a joint check (contracts/gotit.md §9 step 7). True: nothing speaks against it."""
        lines = self._takeable()
        asked = (self._asked(), tuple(line.id for line in lines))
        if len(lines) < 2 or self._together_for == asked:
            return True
        usables = [line.answer for line in lines if isinstance(line.answer, Usable)]
        skus = {sku.sku: sku for usable in usables for sku in usable.skus}
        codes, bill, reserving = [line.code for line in lines], self.bill, self._reserving(lines[0].provider)
        limit = self._desk.issuers.provider(lines[0].provider).capabilities.max_codes
        try:
            answer, _ = self._desk.issuers.call(
                lines[0].provider,
                lambda p, t: p.check_together(codes[:limit], bill, tuple(skus.values()), reserving=reserving, trace=t),
            )
        except CallFailed:
            return True  # nothing was learnt; mark-use decides
        if not isinstance(answer, CallRefused):
            self._together_for = asked
            return True
        blamed = next((ln for ln in lines if ln.code == answer.culprit), lines[-1])
        if blamed.row_id is not None:
            return (
                True  # it stands in the journal: mark-use gives the verdict, for its own effect may be what blocks it
            )
        blamed.answer = NotUsable(answer.reason, answer.detail)
        self._focus = blamed.id
        self.publish()
        return False

    # ------------------------------------------------------------ confirm

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
        for line in [ln for ln in self._takeable() if ln.row_id is None and ln.checked_for != self._asked()]:
            self._check(line)
        if not self._check_together():
            return
        lines = self._takeable()
        if not lines:
            if self._offer is not None:
                return  # nothing could be asked again: the offline panel says what is possible
            raise ConfigError("confirm.nothing")
        if self.bill.total_vnd <= 0:
            raise ConfigError("bill.total_missing")
        lost_vnd = sum(d.lost_vnd for d in self._deductions(lines).values())
        if lost_vnd and not loss_accepted:
            self._confirm_loss_vnd = lost_vnd
            return
        self._sending, self._busy_since_mono_s = True, self._desk.clock.mono_s()
        self.publish()
        with self._desk.leases.hold(self.bill.number):
            self._send(lines)

    def _send(self, lines: Sequence[Line]) -> None:
        provider = lines[0].provider
        reserving = self._reserving(provider)
        limit = self._desk.issuers.provider(provider).capabilities.max_codes
        intent = self._intent(lines)
        holding = reserving and not self._all_held(lines)
        ids = intent.ids()
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
                return
            intent = Intent(self.bill, again=ids)

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

    def _intent(self, lines: Sequence[Line]) -> Intent:
        rows, deductions = self._rows(), self._deductions(lines)
        new, again, amounts = [], [], {}
        for position, line in enumerate(self._lines):
            if line not in lines:
                continue
            amount = deductions[line.id]
            if line.row_id in rows:
                again.append(line.row_id)
                worth_vnd = line.worth_vnd if line.usable else rows[line.row_id].worth_vnd
                amounts[line.row_id] = (worth_vnd, amount.amount_vnd, amount.lost_vnd)
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
        told = {(row.code, row.reason) for row in self._rows().values() if row.state == REFUSED}
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

    def _candidates(self) -> list[Line]:
        rows = self._rows()
        return [line for line in self._lines if self._may_take_offline(line, rows.get(line.row_id or ""))]

    @staticmethod
    def _may_take_offline(line: Line, row: Redemption | None) -> bool:
        if row is not None:
            return row.state == UNSENT
        return line.usable or (line.offline and line.answer is None)

    def _candidate(self, line: Line, row: Redemption | None) -> Candidate:
        check = self._desk.journal.last_check(line.provider, line.code)
        standing = self._desk.journal.standing(line.provider, line.code)
        return Candidate(
            row_id=line.row_id or line.id,
            provider=line.provider,
            worth_vnd=line.worth_vnd if row is None else row.worth_vnd,
            declared=line.declared,
            last_check=check,
            taken_before=standing is not None,
        )

    def _reoffer(self) -> None:
        """The policy's verdict, whenever something on this bill could not be sent or asked."""
        lines = self._candidates()
        wanted = self._not_sent or any(line.offline and line.row_id is None for line in lines)
        self._offer = None
        if not lines or not wanted:
            return
        rows = self._rows()
        decision = self._desk.offline.decide([self._candidate(ln, rows.get(ln.row_id or "")) for ln in lines])
        self._offer = self._offer_of(decision)

    def _offer_of(self, decision: Decision) -> OfflineOffer:
        risk = self._desk.journal.risk()
        if isinstance(decision, NeedsManager | Refuse):
            verdict = Verdict.REFUSE if isinstance(decision, Refuse) else Verdict.NEEDS_MANAGER
            return OfflineOffer(verdict, decision.grounds, risk.count, risk.sum_vnd)
        return OfflineOffer(Verdict.ACCEPT, (), risk.count, risk.sum_vnd)

    def accept_offline(self, manager: Person | None = None) -> None:
        """Give the value at the shop's risk, if the policy allows it (with this manager's word, where it wants one)."""
        self._begin()
        lines = self._candidates()
        try:
            if self._offer is None or not lines:
                raise ConfigError("offline.not_offered")
            if self.bill.total_vnd <= 0:
                raise ConfigError("bill.total_missing")
            intent, rows = self._intent(lines), self._rows()
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
                self._not_sent, self._offer = False, None
        except PosError as error:
            self._say(error, publish=False)
        self.publish()

    # ------------------------------------------------------------ after the call

    def ask_again(self) -> None:
        """Inquire now about everything unknown on this bill."""
        self._begin()
        self._busy_since_mono_s = self._desk.clock.mono_s()
        self.publish()
        try:
            with self._desk.leases.hold(self.bill.number):
                for _, row in self._with_rows():
                    if row.state.outcome is Outcome.UNKNOWN or row.hold is Hold.UNKNOWN:
                        self._desk.inquirer.ask(row, actor=self.actor, here=lambda: self.waiting)
        except PosError as error:
            self._say(error, publish=False)
        self._busy_since_mono_s = None
        self.publish()

    def drop(self) -> None:
        """Give up what provably was not used; holds are given back."""
        self._begin()
        if self._drop_safely(lambda _: True):
            self._not_sent, self._offer = False, None
        self.publish()

    def _drop_safely(self, wanted: Callable[[Redemption], bool]) -> bool:
        """Drop the wanted rows that are UNSENT; false, with a message, if that could not be written."""
        try:
            with self._desk.leases.hold(self.bill.number):
                self._drop_rows([row for _, row in self._with_rows() if row.state == UNSENT and wanted(row)])
        except PosError as error:
            self._say(error)
            return False
        return True

    def _drop_rows(self, unsent: Sequence[Redemption]) -> None:
        if not unsent:
            return
        redeemer = self._desk.redeemer
        with self._desk.journal.transaction(self.actor) as tx:
            for row in unsent:
                tx.move(row.id, Event.DROP)
                if row.hold in OPEN_HOLDS:
                    redeemer.schedule(tx, row.id, Work.RELEASE, 0.0)
                else:
                    redeemer.rest(tx, row.id)
            redeemer.slip_when_complete(tx, self.bill.number, given_now=False)
        for row in unsent:
            if row.hold is Hold.HELD:
                self._desk.reserver.release(self._desk.journal.redemption(row.id), actor=self.actor)

    def finish_sale(self) -> None:
        """Hand over what the issuer already has."""
        self._begin()
        try:
            with self._desk.leases.hold(self.bill.number), self._desk.journal.transaction(self.actor) as tx:
                waiting = [row for _, row in self._with_rows() if row.state == USED_NOT_GIVEN]
                for row in waiting:
                    tx.move(row.id, Event.HAND_OVER)
                if waiting:
                    self._desk.redeemer.slip_when_complete(tx, self.bill.number, given_now=True)
        except PosError as error:
            self._say(error, publish=False)
        self.publish()

    def customer_left(self) -> None:
        """The issuer has the voucher, the customer is gone: a person settles it with the issuer."""
        self._begin()
        try:
            with self._desk.journal.transaction(self.actor) as tx:
                for _, row in self._with_rows():
                    if row.state == USED_NOT_GIVEN:
                        tx.open_case(row.id, CaseKind.USED_NOT_GIVEN)
        except PosError as error:
            self._say(error, publish=False)
        self.publish()

    # ------------------------------------------------------------ looking

    def publish(self) -> None:
        """Tell the listener how the bill looks now; the same look twice is told once."""
        view = self.view()
        if view != self._last_view:
            self._last_view = view
            self._publish(view)

    def show_again(self) -> None:
        """Tell the listener, whether or not anything changed: somebody opened the bill anew."""
        self._last_view = None
        self.publish()

    def view(self) -> BillView:
        """A snapshot; the journal's word wins over memory."""
        return bill_view(self._desk, self.bill, self.key, self._snapshot())

    def _snapshot(self) -> Snapshot:
        lines = self._takeable()
        return Snapshot(
            lines=tuple(self._lines),
            rows=self._rows(),
            deductions=self._deductions(lines) if lines else {},
            focus=self._focus,
            message=self._message,
            sending=self._sending,
            busy_since_mono_s=self._busy_since_mono_s,
            offer=self._offer,
            confirm_loss_vnd=self._confirm_loss_vnd,
            set_aside=not self.waiting,
        )

    def drafts(self) -> tuple[LineView, ...]:
        """The lines that do not stand in the journal."""
        unwritten = {line.id for line in self._lines if line.row_id is None}
        return tuple(line for line in self.view().lines if line.id in unwritten)

    def refused_drafts(self) -> bool:
        """Whether a check refused a voucher that does not stand in the journal."""
        return any(line.row_id is None and isinstance(line.answer, NotUsable) for line in self._lines)

    def has_code(self, code: VoucherCode) -> bool:
        """Whether the voucher stands on this bill and was not dropped or refused."""
        return any(line.code == code for line in self._open_lines())

    # ------------------------------------------------------------ small things

    def _begin(self) -> None:
        self._message = None
        self._confirm_loss_vnd = 0

    def _say(self, error: PosError, *, publish: bool = True) -> None:
        self._message = Message(error.code, tuple(error.params.items()))
        if publish:
            self.publish()

    def _line(self, line_id: str) -> Line | None:
        return next((line for line in self._lines if line.id == line_id), None)

    def _reserving(self, provider: str) -> bool:
        return self._desk.issuers.provider(provider).capabilities.reserving

    def _rows(self) -> dict[str, Redemption]:
        if not any(line.row_id for line in self._lines):
            return {}
        return {row.id: row for row in self._desk.journal.redemptions_of(self.bill.number)}

    def _with_rows(self) -> list[tuple[Line, Redemption]]:
        rows = self._rows()
        return [(line, rows[line.row_id]) for line in self._lines if line.row_id in rows]

    def _open_lines(self) -> list[Line]:
        rows = self._rows()
        closed = (REFUSED, DROPPED)
        return [ln for ln in self._lines if ln.row_id not in rows or rows[ln.row_id].state not in closed]

    def _takeable(self) -> list[Line]:
        """What a confirm would send; a row whose hold nobody knows waits for its inquiry."""
        rows = self._rows()
        return [ln for ln in self._lines if (_sendable(rows[ln.row_id]) if ln.row_id in rows else ln.usable)]

    def _all_held(self, lines: Sequence[Line]) -> bool:
        rows = self._rows()
        return all(line.row_id in rows and rows[line.row_id].hold is Hold.HELD for line in lines)

    def _deductions(self, lines: Sequence[Line]) -> dict[str, Deduction]:
        """What each of these takes off what the bill's other vouchers leave; an unknown one keeps its share."""
        rows = self._rows()
        mine = {line.row_id for line in lines}
        spoken_for = sum(
            row.amount_vnd
            for row in rows.values()
            if row.id not in mine and row.state not in (REFUSED, DROPPED, UNSENT)
        )
        worths = [(ln.worth_vnd if ln.row_id not in rows else rows[ln.row_id].worth_vnd) or 0 for ln in lines]
        taken = deduct(max(0, self.bill.total_vnd - spoken_for), worths)
        return {line.id: deduction for line, deduction in zip(lines, taken, strict=True)}


def _sendable(row: Redemption) -> bool:
    return row.state == UNSENT and row.hold not in (Hold.RESERVING, Hold.UNKNOWN, Hold.RELEASING)
