"""A bill at the counter: its lines, its journal rows, how it looks, and what the offline policy says of it.

Base of `CounterBill`, which the files `counter_check` (asking), `counter_scan` (whose code), `counter_send` (using) and
`counter` (the cashier's actions) build up in that order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pos.domain.bill import Bill, Deduction, deduct
from pos.domain.codes import VoucherCode
from pos.domain.errors import PosError
from pos.domain.levels import What
from pos.domain.offline_policy import Decision, NeedsManager, Refuse
from pos.domain.redemption import DROPPED, REFUSED, UNSENT, Hold
from pos.domain.schedule import WEAK_SENDS
from pos.domain.voucher import NotUsable
from pos.till.counter_view import Snapshot, bill_view, nobody_knows
from pos.till.desk import Desk
from pos.till.lines import Line
from pos.till.offline import Candidate
from pos.till.ports import Redemption
from pos.till.redeem import spoken_for_vnd
from pos.till.views import BillView, LineView, Message, OfflineOffer, Phase, Verdict

_SERVED = frozenset({Phase.DONE, Phase.ACCEPTED_OFFLINE})


class BillState:
    """Lines and rows of one bill. Not thread-safe: one worker owns it; `waiting` alone is set from outside."""

    def __init__(
        self,
        desk: Desk,
        key: str,
        bill: Bill,
        *,
        actor: str,
        publish: Callable[[BillView], None] = lambda _: None,
        on_booking: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Begin a draft.

        Args:
            desk: shared services.
            key: names the bill in commands.
            bill: number, total and goods so far.
            actor: the cashier, for the audit chain.
            publish: hears each new snapshot on this thread.
            on_booking: hears, on this thread, that a booking number was scanned instead of a voucher.
        """
        self._desk = desk
        self.key = key
        self.bill = bill
        self.actor = actor
        self._publish = publish
        self._on_booking = on_booking
        self.waiting = True
        """A cashier stands at this bill: read at the moment of a verdict (rule 7)."""
        self._lines: list[Line] = []
        self._focus: str | None = None
        self._message: Message | None = None
        self._busy_since_mono_s: float | None = None
        self._sending = False
        self._offer: OfflineOffer | None = None
        self._confirm_loss_vnd = 0
        self._together_for: dict[str, object] = {}
        self._not_sent = False
        self._last_view: BillView | None = None
        self._scan_mono_s: float | None = None
        self._first_scan_mono_s: float | None = None

    # ------------------------------------------------------------ looking

    def publish(self) -> None:
        """Tell the listener how the bill looks now; the same look twice is told once."""
        view = self.view()
        if view != self._last_view:
            self._last_view = view
            self._publish(view)
            self._measure_customer(view.phase)

    def show_again(self) -> None:
        """Tell the listener, whether or not anything changed: somebody opened the bill anew."""
        self._last_view = None
        self.publish()

    def view(self) -> BillView:
        """A snapshot; the journal's word wins over memory."""
        return bill_view(self._desk, self.bill, self.key, self._snapshot())

    def _snapshot(self) -> Snapshot:
        rows = self._rows()
        lines = self._takeable(rows) if self._offer is None else self._candidates(rows)
        return Snapshot(
            lines=tuple(self._lines),
            rows=rows,
            deductions=self._deductions(lines, rows),
            focus=self._focus,
            message=self._message,
            sending=self._sending,
            busy_since_mono_s=self._busy_since_mono_s,
            offer=self._offer,
            confirm_loss_vnd=self._confirm_loss_vnd,
            set_aside=not self.waiting,
            parked=self._parked(rows),
        )

    def _parked(self, rows: dict[str, Redemption]) -> frozenset[str]:
        if not any(nobody_knows(row) for row in rows.values()):
            return frozenset()
        waiting = self._desk.journal.outbox_of(self.bill.number)
        return frozenset(entry.redemption_id for entry in waiting if entry.quarantine)

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

    # ------------------------------------------------------------ what the offline policy says

    def _candidates(self, rows: dict[str, Redemption]) -> list[Line]:
        """What the policy is asked about. A voucher whose issuer must answer keeps no other from the offer; where there
        are no others, the policy says why it cannot be taken.
        """
        lines = [line for line in self._lines if self._may_take_offline(line, rows.get(line.row_id or ""))]
        return [line for line in lines if self._desk.issuers.takes_offline(line.provider)] or lines

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
        rows = self._rows()
        lines = self._candidates(rows)
        wanted = self._not_sent or any(line.offline and line.row_id is None for line in lines)
        self._offer = None
        if not lines or not wanted:
            return
        decision = self._desk.offline.decide([self._candidate(ln, rows.get(ln.row_id or "")) for ln in lines])
        self._offer = self._offer_of(decision)

    def _offer_of(self, decision: Decision) -> OfflineOffer:
        risk = self._desk.journal.risk()
        if isinstance(decision, NeedsManager | Refuse):
            verdict = Verdict.REFUSE if isinstance(decision, Refuse) else Verdict.NEEDS_MANAGER
            return OfflineOffer(verdict, decision.grounds, risk.count, risk.sum_vnd)
        return OfflineOffer(Verdict.ACCEPT, (), risk.count, risk.sum_vnd)

    # ------------------------------------------------------------ measuring

    def _scanned(self, since_mono_s: float | None) -> None:
        self._scan_mono_s = since_mono_s
        if self._first_scan_mono_s is None:
            self._first_scan_mono_s = since_mono_s

    def _measure_verdict(self, line: Line) -> None:
        """The issuer's word on what was just scanned is out: told to the screen before this is called."""
        if self._desk.meter is not None and self._scan_mono_s is not None and line.answer is not None:
            self._desk.meter.took(What.VERDICT, line.provider, self._scan_mono_s)
        self._scan_mono_s = None

    def _measure_customer(self, phase: Phase) -> None:
        if self._desk.meter is not None and self._first_scan_mono_s is not None and phase in _SERVED:
            self._desk.meter.took(What.CUSTOMER, "", self._first_scan_mono_s)
            self._first_scan_mono_s = None

    # ------------------------------------------------------------ small things

    def _begin(self) -> None:
        self._message = None
        self._confirm_loss_vnd = 0

    def _say(self, error: PosError, *, publish: bool = True) -> None:
        self._message = Message(error.code, tuple(error.params.items()))
        if publish:
            self.publish()

    def row_id_of(self, line_id: str) -> str | None:
        """The journal row of a line, if an intent stands."""
        line = self._line(line_id)
        return None if line is None else line.row_id

    def _line(self, line_id: str) -> Line | None:
        return next((line for line in self._lines if line.id == line_id), None)

    def _reserving(self, provider: str) -> bool:
        """The flow of this issuer's vouchers on this bill: the one it was begun in, even if the store has changed its
        setting since.
        """
        for row in self._rows().values():
            if row.provider == provider and row.state not in (REFUSED, DROPPED):
                return row.reserving
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

    def _takeable(self, rows: dict[str, Redemption]) -> list[Line]:
        """What a confirm would send; a row whose hold nobody knows waits for its inquiry."""
        return [ln for ln in self._lines if (self._sendable(rows[ln.row_id]) if ln.row_id in rows else ln.usable)]

    def _sendable(self, row: Redemption) -> bool:
        hold_known = row.hold not in (Hold.RESERVING, Hold.UNKNOWN, Hold.RELEASING)
        return row.state == UNSENT and hold_known and not self._sent_too_often(row)

    def _sent_too_often(self, row: Redemption) -> bool:
        """Its issuer's record would not say whose use it was; what was only ever provably unsent is not counted."""
        return row.proven_unused and row.sends >= WEAK_SENDS and self._desk.issuers.weak_inquiry(row.provider)

    def _deductions(self, lines: Sequence[Line], rows: dict[str, Redemption]) -> dict[str, Deduction]:
        """What each of these takes off what the bill's other vouchers leave; an unknown one keeps its share.

        Args:
            lines: drafts, and what was not sent (which has no claim of its own).
            rows: of the bill.
        """
        spoken_for = spoken_for_vnd(rows.values())
        worths = [(ln.worth_vnd if ln.row_id not in rows else rows[ln.row_id].worth_vnd) or 0 for ln in lines]
        taken = deduct(max(0, self.bill.total_vnd - spoken_for), worths)
        return {line.id: deduction for line, deduction in zip(lines, taken, strict=True)}
