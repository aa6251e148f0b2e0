"""Writing what follows from a redemption: calls, outbox, cases, slips."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pos.domain.business_date import from_utc_text, utc_text
from pos.domain.cases import CaseKind, closable_state
from pos.domain.errors import JournalError, RuleBroken
from pos.domain.redemption import Outcome, State
from pos.journal.manual_writes import ManualWrites
from pos.till.ports import PrintJob, PrintState, SentStamp, Trace, Work

MAX_RAW = 8192
"""Characters kept of an answer's body."""
_SCHEDULE = """
INSERT INTO outbox (redemption_id, work, unanswered, failures, due_session, due_mono_s, due_utc, quarantine)
VALUES (?, ?, ?, ?, ?, ?, ?, NULL)
ON CONFLICT (redemption_id) DO UPDATE SET work = excluded.work, unanswered = excluded.unanswered,
    failures = excluded.failures, due_session = excluded.due_session, due_mono_s = excluded.due_mono_s,
    due_utc = excluded.due_utc, quarantine = NULL
"""
_ADD_ANSWER = """
INSERT INTO answer (call_id, nth, at_utc, result, answered, http_status, failure, issuer_utc, offset_s, raw)
VALUES (?, (SELECT count(*) FROM answer WHERE call_id = ?), ?, ?, ?, ?, ?, ?, ?, ?)
"""
_CASE = """
SELECT c.kind, r.outcome, r.given, c.redemption_id, r.taking_back = 'done'
    OR EXISTS (SELECT 1 FROM cases l WHERE l.redemption_id = r.id AND l.kind = 'late_effect')
FROM cases c JOIN redemption r ON r.id = c.redemption_id WHERE c.id = ?
"""


class SqliteTx(ManualWrites):
    """Implements the port `JournalTx`."""

    def add_attempt(self, call_id: str, operation: str, redemption_ids: Sequence[str], sent: SentStamp) -> None:
        """Append that a call is about to be made for these rows."""
        self.flush()
        at_utc = utc_text(sent.at_utc)
        issuer_utc = None if sent.issuer_utc is None else utc_text(sent.issuer_utc)
        for redemption_id in redemption_ids:
            self.run(
                "INSERT INTO attempt (redemption_id, call_id, operation, at_utc, session, mono_s, issuer_utc)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (redemption_id, call_id, operation, at_utc, sent.session, sent.mono_s, issuer_utc),
            )
        self.note("attempt", call_id, {"operation": operation, "rows": ",".join(redemption_ids)})

    def add_answer(self, call_id: str, result: str, trace: Trace, *, offset_s: float | None) -> None:
        """Append how the call ended."""
        issuer_utc = None if trace.issuer_utc is None else utc_text(trace.issuer_utc)
        raw = None if trace.raw is None else trace.raw[:MAX_RAW]
        self.run(
            _ADD_ANSWER,
            (call_id, call_id, self.now_text, result, int(trace.answered), trace.http_status, trace.failure,
             issuer_utc, offset_s, raw),
        )  # fmt: skip
        self.note("answer", call_id, {"result": result, "http_status": trace.http_status, "failure": trace.failure})

    def schedule(
        self, redemption_id: str, work: Work, *, session: str, due_mono_s: float, due_utc: datetime,
        unanswered: int = 0, failures: int = 0,
    ) -> None:  # fmt: skip
        """Put or replace the row's outbox entry. Not audited: when we ask again changes no money."""
        self.flush()
        values = (redemption_id, work.value, unanswered, failures, session, due_mono_s, utc_text(due_utc))
        self.run(_SCHEDULE, values)

    def unschedule(self, redemption_id: str) -> None:
        """Take the outbox entry away; a trigger refuses it while the row's state still needs work."""
        self.flush()
        self.run("DELETE FROM outbox WHERE redemption_id = ?", (redemption_id,))

    def quarantine(self, redemption_id: str, why: str) -> None:
        """Leave the row to a person."""
        self.flush()
        if self.run("UPDATE outbox SET quarantine = ? WHERE redemption_id = ?", (why, redemption_id)).rowcount != 1:
            raise self.broken(JournalError("journal.no_such_row"))
        self.note("quarantine", redemption_id, {"why": why})

    def close_case(self, case_id: int, *, closure: str) -> None:
        """Close a case by the transaction's actor with a reason in words."""
        row = self.run(_CASE, (case_id,)).fetchone()
        if row is None:
            raise self.broken(JournalError("journal.no_such_row"))
        if not closable_state(CaseKind(row[0]), State(Outcome(row[1]), bool(row[2])), over=bool(row[4])):
            raise self.broken(RuleBroken("rule.case_not_closable"))
        self.run(
            "UPDATE cases SET closed_utc = ?, closed_by = ?, closure = ? WHERE id = ?",
            (self.now_text, self._actor, closure, case_id),
        )
        self.note("case.closed", row[3], {"case": case_id, "kind": row[0], "closure": closure})

    def add_print_job(self, job_id: str, bill_number: str) -> PrintJob:
        """Queue a slip; `copy` counts the earlier jobs of the bill."""
        row = self.run("UPDATE bill SET slips = slips + 1 WHERE number = ? RETURNING slips", (bill_number,)).fetchone()
        if row is None:
            raise self.broken(JournalError("journal.no_such_row"))
        copy: int = row[0] - 1
        self.run(
            "INSERT INTO print_job (id, bill_number, copy, state, created_utc, tries)"
            " VALUES (?, ?, ?, 'pending', ?, 0)",
            (job_id, bill_number, copy, self.now_text),
        )
        self.note("slip", job_id, {"bill": bill_number, "copy": copy})
        return PrintJob(job_id, bill_number, copy, PrintState.PENDING, from_utc_text(self.now_text), 0, None)

    def set_print_state(self, job_id: str, state: PrintState, *, note: str | None = None) -> None:
        """Record that a try begins or how it ended; what a person says of a doubtful slip is no try."""
        changed = self.run(
            "UPDATE print_job SET state = ?, note = ?, tries = tries + (? AND state <> 'doubtful') WHERE id = ?",
            (state.value, note, state is not PrintState.PRINTING, job_id),
        )
        if changed.rowcount != 1:
            raise self.broken(JournalError("journal.no_such_row"))
        self.note("slip.state", job_id, {"state": state.value, "note": note})

    def pass_over(self, series: str, count: int) -> None:
        """So many numbers of a series are never given."""
        self.run(
            "INSERT INTO counter (series, value) VALUES (?, ?)"
            " ON CONFLICT (series) DO UPDATE SET value = value + excluded.value",
            (series, count),
        )

    def keep(self, name: str, text: str) -> None:
        """Keep a text of the program's own; not audited, not exported."""
        self.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, text))

    def audit(self, kind: str, ref: str, **facts: str | int | bool | None) -> None:
        """Append a row of its own to the chain."""
        self.note(kind, ref, facts)
