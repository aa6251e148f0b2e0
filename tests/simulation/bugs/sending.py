"""Mistakes about sending: what is written when, what is repeated, what counts as not sent, who works on a bill."""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager
from typing import Any

from pos.domain.errors import NotSent
from pos.domain.voucher import CallRefused, MarkedUsed
from pos.journal.reads import Reads
from pos.journal.redemption_writes import RedemptionWrites
from pos.journal.store import SqliteJournal
from pos.journal.write_tx import WriteTx
from pos.providers import http
from pos.till.counter_check import BillChecks
from pos.till.issuers import CallFailed, Issuers
from pos.till.leases import Leases
from pos.till.redeem import CallEnd, Redeemer
from pos.till.reserve import Reserver
from pos.till.settle import Settler
from tests.simulation.bugs.planting import Bug, entry, line, swapped, together, words
from tests.simulation.disk import DiskFault
from tests.simulation.faults import Fault


def _use_and_write_after(
    self: Any, intent: Any, provider: str, *, actor: str, waiting: Any, send: Any = (), background: bool = False
) -> CallEnd:
    """`Redeemer.use` by somebody who holds the transaction open over the call."""
    ids, call_id = tuple(send) or intent.ids(), self._chance.new_id()
    known = {i: self._journal.redemption(i).code for i in intent.again}
    codes = [known.get(i) or next(new.code for new in intent.new if new.id == i) for i in ids]
    reserving = intent.new[0].reserving if intent.new else self._journal.redemption(ids[0]).reserving
    failed, answer, trace = None, None, None
    with self._issuers.turn(provider, background=background):
        try:
            answer, trace = self._issuers.call_now(
                provider, lambda issuer, t: issuer.mark_used(codes, intent.bill, (), reserving=reserving, trace=t)
            )
        except CallFailed as error:
            failed = error
        rows = self._write_sending(intent, ids, call_id, actor, provider)
    if failed is not None:
        self._write_failure(rows, call_id, failed, actor)
        return CallEnd(failed.error)
    if isinstance(answer, MarkedUsed):
        self._write_used(rows, call_id, answer, trace, actor, waiting)
        return CallEnd()
    assert isinstance(answer, CallRefused)
    self._write_refusal(rows, call_id, answer, trace, actor)
    return CallEnd(refusal=answer)


def _two_standing() -> AbstractContextManager[object]:
    """Scanned twice, asked twice: neither the counter nor the journal's rules notice."""
    opened = SqliteJournal._check_key

    def without_rule(self: SqliteJournal) -> None:
        opened(self)
        connection: sqlite3.Connection = self._core.connections.get()
        connection.execute("DROP INDEX IF EXISTS redemption_standing")

    return together(
        words(BillChecks._ask_journal, ("return standing is None", "return True")),
        swapped(RedemptionWrites, "_stands", lambda *_: False),
        swapped(SqliteJournal, "_check_key", without_rule),
        swapped(Reads, "standing", lambda *_: None),
    )


SENDING = (
    Bug("send before write", "The call leaves first, its intent is written when the answer is there.",
        lambda: swapped(Redeemer, "use", _use_and_write_after)),
    Bug("retry on timeout", "A call that ended in silence is made once more at once.",
        lambda: words(Issuers.call_now, (
            "        answer = ask(provider, trace)\n",
            "        try:\n            answer = ask(provider, trace)\n"
            "        except __import__('pos.domain.errors').domain.errors.OutcomeUnknown:\n"
            "            answer = ask(provider, trace)\n"))),
    Bug("silence taken as not sent", "A read time-out counts as if nothing had left.",
        lambda: entry(http.FAILURES, "ReadTimeout", (NotSent, "net.connect_timeout"))),
    Bug("closed line taken as not sent", "A connection closed in mid-call counts as if nothing had left.",
        lambda: together(entry(http.FAILURES, "RemoteProtocolError", (NotSent, "net.unreachable")),
                         entry(http.FAILURES, "ReadError", (NotSent, "net.unreachable")),
                         entry(http.FAILURES, "WriteError", (NotSent, "net.unreachable")))),
    Bug("500 taken as not sent", "An error page of the issuer counts as \"nothing was done\".",
        lambda: words(http._only_200, ("raise OutcomeUnknown(", "raise NotSent("))),
    Bug("throttle taken as not sent", "\"Slow down\" counts as proof that nothing was done.",
        lambda: together(
            words(Redeemer._write_failure, ("NotSent | SetupFault", "NotSent | SetupFault | Throttled")),
            words(Reserver._write_reserve_failure, ("NotSent | SetupFault", "NotSent | SetupFault | Throttled"))),
        line(Fault.THROTTLE_209)),
    Bug("lease not taken", "Two threads work on one bill at the same time.",
        lambda: words(Leases._take, ("self._clock.mono_s() + LEASE_S", "0.0"))),
    Bug("lease never expires", "A lease is neither given back nor does it end.",
        lambda: together(words(Leases._release, ("self._until_mono_s.pop(bill_number, None)", "pass")),
                         words(Leases._take, ("LEASE_S", "1e12")))),
    Bug("duplicate scan", "One code may stand on two bills at once.", _two_standing),
    Bug("outbox row lost", "The intent is written without its next step.",
        lambda: words(Redeemer._write_sending, (
            "self.schedule(tx, row_id, Work.INQUIRE, first_s)", "pass"))),
    Bug("forgotten rollback", "What went wrong half-way is committed all the same.",
        lambda: together(
            words(WriteTx.__exit__, ("else:\n            self._roll_back()", "else:\n            self._commit()")),
            words(WriteTx._commit, ("if self._doomed:", "if False:"))),
        {"disk": (DiskFault.FULL_EARLY,), "disk_rate": 0.05}),
    Bug("recovery skipped", "The start does not look at what was in flight.",
        lambda: swapped(Settler, "recover", lambda _: None)),
    Bug("hold never released", "A bill that is given up keeps its reservation.",
        lambda: swapped(Reserver, "release", lambda *_, **__: CallEnd())),
    Bug("hold forgotten at the drop", "Giving up marks the voucher dropped and leaves the hold to nobody.",
        lambda: swapped(Reserver, "release", _release_in_words_only)),
)  # fmt: skip


def _release_in_words_only(self: Any, row: Any, *, actor: str, background: bool = False) -> CallEnd:
    """Writes that the hold was released and does not ask the issuer for it."""
    del background
    from pos.domain.redemption import Hold, HoldEvent

    if row.hold is Hold.HELD:
        with self._journal.transaction(actor) as tx:
            tx.move_hold(row.id, HoldEvent.RELEASE)
            tx.move_hold(row.id, HoldEvent.RELEASED)
            self._redeemer.rest(tx, row.id)
    return CallEnd()
