"""Mistakes about verdicts: answers and inquiries misread, and what follows from them left out."""

from __future__ import annotations

from pos.domain import schedule
from pos.domain.redemption import DROPPED, TABLE, UNKNOWN, Event
from pos.journal.redemption_writes import RedemptionWrites
from pos.journal.work_writes import SqliteTx
from pos.providers.gotit import verdicts
from pos.till import redeem
from pos.till.counter import CounterBill
from pos.till.counter_send import BillSends
from pos.till.elapsed import since_sent_s
from pos.till.inquiry import Inquirer
from pos.till.redeem import Redeemer
from pos.till.settle import Settler
from tests.simulation.bugs.planting import Bug, entry, line, swapped, together, words
from tests.simulation.faults import Fault
from tests.simulation.plan import BOLD

UNDECIDED = line(Fault.NO_RECORD, Fault.SILENT_AFTER, Fault.LATE, others=frozenset({"cable", "restart"}), reserving=0.0)
"""Lost answers, and an issuer that does not say who used it: much is left to a person."""

VERDICTS = (
    Bug("not used taken as used", "An inquiry that finds the voucher usable is read as \"our use took effect\".",
        lambda: words(Inquirer._write, (
            "evidence.proof is Proof.USED_BY_US", "evidence.proof in (Proof.USED_BY_US, Proof.NOT_USED)"))),
    Bug("used elsewhere taken as ours", "The bill number in the issuer's record is not compared.",
        lambda: words(verdicts._of_used, ("record.bill_number == asked.bill.number", "True"))),
    Bug("used by us taken as elsewhere", "Our own use, found by an inquiry, is read as somebody else's.",
        lambda: words(verdicts._of_used, ("record.bill_number == asked.bill.number", "False"))),
    Bug("used by nobody knows whom taken as ours", "A record without a bill number is read as our use.",
        lambda: words(verdicts._of_used, ("Proof.UNDECIDABLE", "Proof.USED_BY_US")),
        line(Fault.NO_RECORD, Fault.ELSEWHERE_BETWEEN, Fault.DROP_BEFORE)),
    Bug("too early taken as proof", "\"Usable\" five seconds after a silent call proves that it did nothing.",
        lambda: words(schedule.proves_unused, (
            "since_request_s >= (WEAK_LOOKS_S[-1] if weak else PROOF_AFTER_S)", "True"))),
    Bug("wall clock used for proof", "The minute before proof is measured on a clock that people set.",
        lambda: words(since_sent_s, (
            "return asked.mono_s - sent.mono_s", "return (asked.at_utc - sent.at_utc).total_seconds()")),
        line(Fault.LATE, Fault.SILENT_AFTER, Fault.DELAY_EFFECT, others=frozenset({"clock", "cable"}))),
    Bug("back-off by the wall clock", "When the next try is due is read off a clock that people set.",
        lambda: words(Settler._due_in_s, (
            "entry.due_mono_s - self._clock.mono_s()",
            "(entry.due_utc - self._clock.now_utc()).total_seconds()")),
        line(Fault.LATE, Fault.SILENT_BEFORE, Fault.REFUSED, others=frozenset({"clock", "cable"}))),
    Bug("refusal of one taken as all", "A refused call of several vouchers refuses each of them.",
        lambda: words(Redeemer._write_refusal, (
            "    tx.move(row.id, Event.LOST, answered=True, reason=answer.reason)\n"
            "            self.schedule(tx, row.id, Work.INQUIRE, 0.0)",
            "    self.settle_refused(tx, row, NotUsable(answer.reason, answer.detail))"))),
    Bug("culprit by row order", "Of a refused call the first voucher is blamed, whichever the issuer named.",
        lambda: words(BillSends._after_refusal, (
            "line.code == refusal.culprit", "line is self._lines[0]")),
        line(Fault.ELSEWHERE_BETWEEN, bulk=True)),
    Bug("our own effect blamed on others", "\"Already used\" after an earlier call of ours is taken as a refusal.",
        lambda: words(redeem.may_be_ours, (
            "return used and row.proven_unused", "return False")),
        line(Fault.VERY_LATE, Fault.SILENT_AFTER, others=frozenset({"aside", "rush"}), network_rate=0.1, late_rate=0.6,
             reserving=0.0, date_offset_s=0.0)),
    Bug("unknown may be dropped", "A bill nobody knows the end of can be given up.",
        lambda: together(entry(TABLE, (UNKNOWN, Event.DROP), DROPPED),
                         words(CounterBill._drop_safely, (
                             "row.state == UNSENT", "(row.state == UNSENT or row.state.outcome is Outcome.UNKNOWN)")))),
    Bug("late effect not looked for", "What was dropped as proven unused is never looked at again.",
        lambda: words(Redeemer.rest, ("and row.proven_unused", "and False"))),
    Bug("value mismatch ignored", "The issuer takes another amount than the bill was given, and nobody hears of it.",
        lambda: words(Redeemer.settle_used, ("self.compare_worth(tx, row, worth_vnd)", "pass"))),
    Bug("late value mismatch ignored", "The same where the mark-use takes effect after its proof.",
        lambda: words(Inquirer._write_late, ("self._redeemer.compare_worth(tx, row, evidence.worth_vnd)", "pass")),
        line(Fault.VERY_LATE, Fault.SILENT_AFTER, Fault.SILENT_BEFORE, Fault.REFUSED, others=frozenset({"cable"}),
             disk=(), network_rate=0.15, late_rate=0.7, reserving=1.0, hold_lasts_s=59.0, bulk=False, date_offset_s=0.0,
             limits=BOLD)),
    Bug("loss without a case", "A refusal after the value was given is written down and left.",
        lambda: swapped(RedemptionWrites, "open_case", lambda *_: None)),
    Bug("case deleted", "Tidying up at the start takes away cases that nobody has closed.",
        lambda: words(Settler.recover, (
            "    for row in self._journal.in_flight():",
            "    with self._journal.transaction(ACTOR) as tx:\n"
            "        tx.run('DROP TRIGGER IF EXISTS cases_stays')\n"
            "        tx.run('DELETE FROM cases')\n"
            "    for row in self._journal.in_flight():"))),
    Bug("quarantine ignored", "What was left to a person is asked about for ever.",
        lambda: words(Settler._due, ("if entry.quarantine or due_in_s is None", "if due_in_s is None")), UNDECIDED),
    Bug("parked rows thrown out", "A row that cannot be decided leaves the queue.",
        lambda: swapped(SqliteTx, "quarantine", _thrown_out), UNDECIDED),
    Bug("verdict of the queue not written", "A queued voucher's refusal is logged and tried again for ever.",
        lambda: words(Redeemer._write_refusal, (
            "self.settle_refused(tx, single, NotUsable(answer.reason, answer.detail))",
            "(tx.move(single.id, Event.NOT_SENT), self.schedule(tx, single.id, Work.SEND, 5.0)) if single.state.given"
            " else self.settle_refused(tx, single, NotUsable(answer.reason, answer.detail))"))),
)  # fmt: skip


def _thrown_out(self: SqliteTx, redemption_id: str, why: str) -> None:
    del why
    self.flush()
    self.run("DROP TRIGGER IF EXISTS outbox_work_left")
    self.run("DELETE FROM outbox WHERE redemption_id = ?", (redemption_id,))
