"""Asking the issuer about the vouchers of a bill: each alone, then together."""

from __future__ import annotations

from collections.abc import Iterable

from pos.domain.codes import VoucherCode
from pos.domain.errors import PosError, SetupFault
from pos.domain.reasons import Reason
from pos.domain.voucher import CallRefused, CheckAnswer, Detail, NotUsable, Usable
from pos.till.counter_state import BillState
from pos.till.issuers import CallFailed
from pos.till.lines import Line
from pos.till.ports import RememberedCheck, Trace, VoucherProvider


class BillChecks(BillState):
    """What the issuer says of each voucher, kept for the bill it was said for."""

    def check_only(self, code: VoucherCode, provider: str = "") -> Line:
        """Ask about a voucher without putting it on the bill; `provider`: its issuer, by default the desk's."""
        line = Line(self._desk.chance.new_id(), code, provider or self._desk.provider)
        self._check(line)
        return line

    def _ask_journal(self, line: Line) -> bool:
        """Whether the issuer is to be asked: not about a code this till has taken or is not sure of."""
        standing = self._desk.journal.standing(line.provider, line.code)
        if standing is not None:
            line.answer = NotUsable(Reason.ALREADY_TAKEN_HERE, Detail(bill_number=standing.bill_number))
        return standing is None

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
        self._measure_verdict(line)
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
        """Stacking rules show only in a joint check (contracts/gotit.md §9 step 7). True: nothing speaks against it.

        Whoever asks publishes what came of it.
        """
        lines = self._takeable(self._rows())
        return all([self._goes_together(provider, mine) for provider, mine in by_provider(lines).items()])

    def _goes_together(self, provider: str, lines: list[Line]) -> bool:
        """One issuer's vouchers: of another's it knows nothing."""
        asked = (self._asked(), tuple(line.id for line in lines))
        limit = self._desk.issuers.provider(provider).capabilities.max_codes
        if len(lines) < 2 or limit < 2 or self._together_for.get(provider) == asked:
            return True
        usables = [line.answer for line in lines if isinstance(line.answer, Usable)]
        skus = {sku.sku: sku for usable in usables for sku in usable.skus}
        codes, bill, reserving = [line.code for line in lines], self.bill, self._reserving(provider)
        try:
            answer, _ = self._desk.issuers.call(
                provider,
                lambda p, t: p.check_together(codes[:limit], bill, tuple(skus.values()), reserving=reserving, trace=t),
            )
        except CallFailed:
            return True  # nothing was learnt; mark-use decides
        if not isinstance(answer, CallRefused):
            self._together_for[provider] = asked
            return True
        blamed = next((ln for ln in lines if ln.code == answer.culprit), lines[-1])
        if blamed.row_id is not None:
            return (
                True  # it stands in the journal: mark-use gives the verdict, for its own effect may be what blocks it
            )
        blamed.answer = NotUsable(answer.reason, answer.detail)
        self._focus = blamed.id
        return False


def by_provider(lines: Iterable[Line]) -> dict[str, list[Line]]:
    """The lines of each issuer, in the order scanned."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.provider, []).append(line)
    return found
