"""Mistakes about what the customer gets and what people are told: value, slips, screens, the policy, the chain."""

from __future__ import annotations

from pos.domain import bill, offline_policy
from pos.journal.chain import ChainEnd
from pos.journal.redemption_writes import RedemptionWrites
from pos.receipts import slip
from pos.till import counter_view, lines
from pos.till.counter import CounterBill
from pos.till.inquiry import Inquirer
from pos.till.offline import OfflineDesk
from pos.till.printing import Printing
from pos.till.redeem import Redeemer
from pos.till.service import Till
from tests.simulation.bugs.planting import Bug, line, swapped, together, words
from tests.simulation.faults import Fault
from tests.simulation.promise import Limits

_BAD = (Fault.UNREACHABLE, Fault.REFUSED, Fault.SILENT_BEFORE)
AGAIN = line(
    *_BAD, Fault.ELSEWHERE_BETWEEN, others=frozenset({"cable"}), date_offset_s=0.0, reserving=0.0, bulk=False, again=0.5
)  # fmt: skip
"""Refused when it was to be used, and shown once more while the line is bad."""
OFFLINE = line(
    *_BAD, others=frozenset({"cable", "aside"}), date_offset_s=0.0, reserving=0.0, again=0.3,
    limits=Limits(3600, 2_500_000, 2_500_000, 500_000, 500_000, sum_alone_vnd=300_000, sum_manager_vnd=600_000),
)  # fmt: skip
"""A bad line, and a shop that soon reaches what it risks in sum."""
STALE = {**OFFLINE, "limits": Limits(30, 2_500_000, 2_500_000, 0, 0, 10**8, 10**8), "again": 0.5}
"""A bad line, and a shop that believes a check for half a minute only."""


_NOT_BEGUN = ("tx.set_print_state(job.id, PrintState.PRINTING, note=job.note)", "pass")


def _no_slips_counted(self: Redeemer, tx: object, bill_number: str, *, given_now: bool) -> None:
    del self, tx, bill_number, given_now


GIVEN = (
    Bug("given set late", "The screen says \"hand over\" while the journal has not given yet.",
        lambda: words(counter_view.phase_of, (
            "row.to_hand_over for row in mine):\n        return Phase.FINISH",
            "row.to_hand_over for row in mine):\n        return Phase.DONE"))),
    Bug("given set early", "The value counts as given when the call is sent, not when it is answered.",
        lambda: words(Redeemer._write_sending, (
            "            tx.move(row_id, Event.SEND, sent=stamp)\n",
            "            if not self._journal.redemption(row_id).state.given:\n"
            "                tx.move(row_id, Event('accept_offline'))\n"
            "            tx.move(row_id, Event.SEND, sent=stamp)\n"))),
    Bug("late effect handed over", "What was given up and used after all is finished like any other sale.",
        lambda: together(
            words(Inquirer._write_late, ("if row.state == DROPPED or not self._still_needed(row):", "if False:")),
            words(CounterBill.finish_sale, ("if row.amount_vnd > left_vnd:", "if False:"))),
        line(Fault.VERY_LATE)),
    Bug("given although unknown", "A call without an answer is shown as done.",
        lambda: words(lines.row_status, ("return _OUTCOMES[row.state.outcome]",
                                         "return _OUTCOMES[Outcome.USED if row.sends else row.state.outcome]"))),
    Bug("slip printed before the verdict", "The slip's job is queued when the call is sent, and says \"used\".",
        lambda: together(
            words(Redeemer._write_sending, (
                "        tx.add_attempt(call_id, \"mark_used\", ids, stamp)\n",
                "        tx.add_attempt(call_id, \"mark_used\", ids, stamp)\n"
                "        tx.add_print_job(self._chance.new_id(), intent.bill.number)\n")),
            words(slip.slip, ("row.state in _SHOWN", "row.state in _SHOWN or row.state.outcome.value == 'in_flight'")),
            words(slip._word, ("\"slip.accepted_offline\"", "\"slip.used\"")))),
    Bug("offline slip says used", "A voucher taken without the issuer's word is printed as used.",
        lambda: words(slip._word, ("\"slip.accepted_offline\"", "\"slip.used\""))),
    Bug("copy not marked", "A second slip looks like the first.",
        lambda: words(slip.head, ("if facts.copy:", "if False:"))),
    Bug("broken-off slip printed again", "A slip that broke off in the middle is printed again by itself.",
        lambda: together(
            words(Printing.run_pending, ("PrintState.PRINTING]", "PrintState.PRINTING, PrintState.DOUBTFUL]")),
            words(Printing._print, _NOT_BEGUN))),  # else the journal's rule stops it
    Bug("print job not marked begun", "A slip goes to the printer while its job still waits on disk.",
        lambda: words(Printing._print, _NOT_BEGUN)),
    Bug("begun slip printed again", "A start takes what an earlier run had begun for waiting.",
        lambda: words(Printing._doubt_what_was_begun, ("if self._doubted:", "if True:"))),
    Bug("slip forgotten", "A finished bill queues no slip.",
        lambda: swapped(Redeemer, "slip_when_complete", _no_slips_counted)),
    Bug("shown flag set too soon", "A verdict counts as shown when it is written, not when it is painted.",
        lambda: words(RedemptionWrites._set_state, ("self.now_text if before.given else None", "self.now_text"))),
    Bug("everything counts as painted", "Painting any bill marks every verdict as shown.",
        lambda: words(Till.painted, (
            "rows = self._desk.journal.redemptions_of(bill_number)",
            "rows = [row for number in self._desk.journal.unshown()"
            " for row in self._desk.journal.redemptions_of(number)]"),
            (" and (row.id, row.state.outcome) in verdicts", ""))),
    Bug("audit link missing", "What happens to holds is not told to the chain.",
        lambda: words(RedemptionWrites.move_hold, ("self.note(\"hold\"", "self.flush() or (lambda *_: 0)(\"hold\""))),
    Bug("audit link not chained", "A row's hash does not cover the row before it.",
        lambda: words(ChainEnd.flush, ("parts = [previous]", "parts = [bytes(32)]"))),
    Bug("limit without the voucher itself", "The sum at risk is compared before this voucher is added.",
        lambda: words(offline_policy.decide, ("facts.at_risk_vnd + facts.worth_vnd", "facts.at_risk_vnd")),
        OFFLINE),
    Bug("sum at risk stale", "The sum at risk is read once and kept.",
        lambda: words(RedemptionWrites.committed, (
            "self._core.at_risk = self._risk.applied_to(self._core.at_risk)", "pass")), OFFLINE),
    Bug("manager's limit for everybody", "The cashier may take what needs a manager.",
        lambda: words(OfflineDesk.accept, ("isinstance(verdict, NeedsManager) and manager is None", "False"))),
    Bug("old checks count as fresh", "How long ago the issuer said \"usable\" is not looked at.",
        lambda: swapped(OfflineDesk, "_age_s", lambda *_: 0.0), STALE),
    Bug("the issuer's no forgotten", "A refusal at mark-use leaves the older \"usable\" standing.",
        lambda: swapped(RedemptionWrites, "_check_says_no", lambda *_: None), AGAIN),
    Bug("no cap at the bill's total", "Each voucher takes its whole worth off the bill.",
        lambda: words(bill.deduct, ("min(worth_vnd, left_vnd)", "worth_vnd"))),
)  # fmt: skip
