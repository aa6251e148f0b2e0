"""Writing bills and redemptions. Every change of state goes through the domain's table and into the audit chain."""
# ruff: noqa: S608 – SQL is put together from this package's own constants; values are always bound

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from pos.domain.audit import AuditValue
from pos.domain.bill import Bill
from pos.domain.business_date import utc_text
from pos.domain.cases import CaseKind, case_of
from pos.domain.errors import JournalError, RuleBroken
from pos.domain.reasons import Reason
from pos.domain.redemption import NEVER_AGAIN, UNSENT, Event, Hold, HoldEvent, Outcome, State, after, hold_after
from pos.domain.voucher import Detail
from pos.journal import rows
from pos.journal.at_risk import RiskChange
from pos.journal.write_tx import Core, WriteTx
from pos.till.ports import NewRedemption, SentStamp

_ADD_BILL = """
INSERT INTO bill (number, total_vnd, skus, created_utc, business_date, cashier) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (number) DO UPDATE SET total_vnd = excluded.total_vnd, skus = excluded.skus
WHERE total_vnd <> excluded.total_vnd OR skus IS NOT excluded.skus
"""
_STANDING = f"SELECT 1 FROM redemption WHERE code_hash = ? AND provider = ? AND {rows.STANDS}"
_OPEN_CASE = """
INSERT INTO cases (redemption_id, kind, opened_utc, amount_vnd, reason)
SELECT id, ?, ?, amount_vnd, reason FROM redemption WHERE id = ?
ON CONFLICT (redemption_id, kind) WHERE closed_utc IS NULL DO NOTHING
"""
_LAST_HOLD_CALL = """
SELECT operation FROM attempt WHERE redemption_id = ? AND operation IN ('reserve', 'release')
ORDER BY at_utc DESC, call_id DESC LIMIT 1
"""
_CHECK_SAYS_NO = """
UPDATE last_check SET at_utc = ?, reason = ?
WHERE (provider, code_hash) = (SELECT provider, code_hash FROM redemption WHERE id = ?)
"""
_FACT_NAMES = (
    "outcome", "given", "given_utc", "hold", "reason", "detail", "transaction_id", "worth_vnd", "sent_utc",
    "sent_session", "sent_mono_s", "sent_issuer_utc", "sends", "answered", "proven_unused", "shown_utc",
)  # fmt: skip
_READ_NAMES = ("amount_vnd", *_FACT_NAMES)
_READ = f"SELECT {', '.join(_READ_NAMES)} FROM redemption WHERE id = ?"

Facts = dict[str, Any]
"""A redemption's columns that events change, by name."""


class RedemptionWrites(WriteTx):
    """The part of a transaction that moves money.

    A row added in this transaction is kept in memory until it is needed in the database, so that "add, then accept
    offline" costs one INSERT and leaves no trace of the state in between on the disk's pages.
    """

    def __init__(self, core: Core, actor: str) -> None:
        super().__init__(core, actor)
        self._added: dict[str, Facts] = {}
        self._read: tuple[Any, ...] = ()
        self._risk = RiskChange()

    def add_bill(self, bill: Bill, *, business_date: date) -> None:
        """Write a bill, or bring an unsent one up to date."""
        values = (
            bill.number, bill.total_vnd, rows.skus_text(bill.skus), utc_text(bill.created_utc),
            business_date.isoformat(), self._actor,
        )  # fmt: skip
        if self.run(_ADD_BILL, values).rowcount:
            self.note("bill", bill.number, {"total_vnd": bill.total_vnd, "lines": len(bill.skus)})

    def add_redemption(self, bill_number: str, new: NewRedemption) -> None:
        """Write one row as UNSENT; refused if the same code stands already."""
        vault, code = self._core.vault, new.code.reveal()
        code_hash = vault.lookup(new.provider, code)
        if self._stands(new.provider, code_hash):
            raise self.broken(RuleBroken("rule.already_taken"))
        self._added[new.id] = {
            "id": new.id, "bill_number": bill_number, "position": new.position, "provider": new.provider,
            "code_sealed": vault.seal(code, rows.place_of(new.id)), "code_hash": code_hash,
            "code_ending": new.code.ending, "outcome": "unsent", "given": 0, "hold": "none",
            "reserving": int(new.reserving), "worth_vnd": new.worth_vnd, "amount_vnd": new.amount_vnd,
            "lost_vnd": new.lost_vnd, "declared": int(new.declared), "skus": rows.skus_text(new.skus),
            "created_utc": self.now_text, "business_date": self.business_date(self.now).isoformat(),
            "cashier": self._actor, "sends": 0, "answered": 0, "proven_unused": 0,
        }  # fmt: skip
        self.note(
            "redemption",
            new.id,
            {
                "bill": bill_number,
                "provider": new.provider,
                "ending": new.code.ending,
                "worth_vnd": new.worth_vnd,
                "amount_vnd": new.amount_vnd,
                "declared": new.declared,
            },
        )

    def _stands(self, provider: str, code_hash: bytes) -> bool:
        """Whether this code must not be taken again; rows added here and not yet written count too."""
        for facts in self._added.values():
            if facts["code_hash"] == code_hash and facts["provider"] == provider and _stands(facts):
                return True
        return self.run(_STANDING, (code_hash, provider)).fetchone() is not None

    def flush(self) -> None:
        """Insert what was added."""
        if self._added:
            added, self._added = self._added, {}
            for facts in added.values():
                known = {name: value for name, value in facts.items() if value is not None}
                self.run(_insert(tuple(known)), tuple(known.values()))

    def committed(self) -> None:
        """Move what is at risk by what this transaction did, and let the lists be read anew."""
        self._core.revision += 1
        if self._core.at_risk is not None:
            self._core.at_risk = self._risk.applied_to(self._core.at_risk)

    def move(
        self,
        redemption_id: str,
        event: Event,
        *,
        reason: Reason | None = None,
        detail: Detail | None = None,
        transaction_id: str | None = None,
        worth_vnd: int | None = None,
        sent: SentStamp | None = None,
        answered: bool = False,
        by_inquiry: bool = False,
        note: str | None = None,
    ) -> State:
        """Apply one event by the domain's table; reason and detail are those of the new state, or none."""
        facts = self._facts(redemption_id)
        before = State(Outcome(facts["outcome"]), bool(facts["given"]))
        try:
            state = after(before, event)
        except RuleBroken as error:
            raise self.broken(error) from None
        self._set_state(facts, before, state)
        facts["reason"] = None if reason is None else reason.value
        facts["detail"] = rows.detail_text(detail)
        if transaction_id is not None:
            facts["transaction_id"] = transaction_id
        if worth_vnd is not None:
            facts["worth_vnd"] = worth_vnd
        if event is Event.SEND:
            facts["sends"] += 1
        if sent is not None:
            _stamp(facts, sent)
        if state.outcome is not before.outcome:
            facts["answered"] = int(answered and state.outcome is Outcome.UNKNOWN)
        if event is Event.PROVEN_UNUSED:
            facts["proven_unused"] = 1
        self._risk.moved(before, state, facts["amount_vnd"], facts["given_utc"] if state.given else None)
        self._store(redemption_id, facts, before)
        audited: dict[str, AuditValue] = {"event": event.value, "from": _name(before), "to": _name(state)}
        came_with = {
            "reason": facts["reason"], "transaction": transaction_id, "worth_vnd": worth_vnd,
            "inquiry": by_inquiry or None, "note": note,
        }  # fmt: skip
        audited.update((name, value) for name, value in came_with.items() if value is not None)
        self.note("move", redemption_id, audited)
        kind = case_of(state)
        if kind is not None:
            self.open_case(redemption_id, kind)
        if state.outcome is Outcome.REFUSED and reason is not None:
            self._check_says_no(redemption_id, reason)
        return state

    def _check_says_no(self, redemption_id: str, reason: Reason) -> None:
        """The issuer's last word on a code is the refusal: an earlier "usable" must not let it be taken offline."""
        self.flush()
        self.run(_CHECK_SAYS_NO, (self.now_text, reason.value, redemption_id))

    def open_case(self, redemption_id: str, kind: CaseKind) -> None:
        """Open a case, or leave the open one of that kind as it is."""
        self.flush()
        if self.run(_OPEN_CASE, (kind.value, self.now_text, redemption_id)).rowcount:
            self.note("case.opened", redemption_id, {"kind": kind.value})

    def _set_state(self, facts: Facts, before: State, state: State) -> None:
        facts["outcome"], facts["given"] = state.outcome.value, int(state.given)
        if state.given and not before.given:
            facts["given_utc"] = self.now_text
        if state.outcome is not before.outcome:
            # A verdict on value given earlier (the queue's) waits for nobody at the counter; a loss opens a case.
            facts["shown_utc"] = self.now_text if before.given else None

    def move_hold(
        self, redemption_id: str, event: HoldEvent, *, sent: SentStamp | None = None, answered: bool = False
    ) -> Hold:
        """Apply one event to the reservation by the domain's table."""
        facts = self._facts(redemption_id)
        before = Hold(facts["hold"])
        try:
            hold = hold_after(before, event)
        except RuleBroken as error:
            raise self.broken(error) from None
        facts["hold"] = hold.value
        if before is Hold.UNKNOWN and event is HoldEvent.NOT_HELD and self._reserve_was_lost(redemption_id, facts):
            facts["proven_unused"] = 1
        facts["answered"] = int(answered and hold is Hold.UNKNOWN)
        if sent is not None:
            _stamp(facts, sent)
        self._store(redemption_id, facts, State(Outcome(facts["outcome"]), bool(facts["given"])))
        self.note("hold", redemption_id, {"event": event.value, "from": before.value, "to": hold.value})
        return hold

    def _reserve_was_lost(self, redemption_id: str, facts: Facts) -> bool:
        """Whether the last call about the hold was a reserve that ended in silence; a late release does no harm."""
        if facts["answered"]:
            return False
        last = self.run(_LAST_HOLD_CALL, (redemption_id,)).fetchone()
        return last is not None and last[0] == "reserve"

    def set_amounts(self, redemption_id: str, *, worth_vnd: int | None, amount_vnd: int, lost_vnd: int) -> None:
        """Re-calculate a row that is UNSENT and not given; refused for every other state."""
        facts = self._facts(redemption_id)
        if (facts["outcome"], facts["given"]) != (UNSENT.outcome.value, 0):
            raise self.broken(RuleBroken("rule.amount_stays"))
        self.flush()
        self.run(
            "UPDATE redemption SET worth_vnd = ?, amount_vnd = ?, lost_vnd = ? WHERE id = ?",
            (worth_vnd, amount_vnd, lost_vnd, redemption_id),
        )
        self.note("amounts", redemption_id, {"worth_vnd": worth_vnd, "amount_vnd": amount_vnd, "lost_vnd": lost_vnd})

    def mark_shown(self, redemption_ids: Sequence[str]) -> None:
        """The outcome has been painted for a person; a second painting changes nothing."""
        self.flush()
        for redemption_id in redemption_ids:
            changed = self.run(
                "UPDATE redemption SET shown_utc = ? WHERE id = ? AND shown_utc IS NULL",
                (self.now_text, redemption_id),
            )
            if changed.rowcount:
                self.note("shown", redemption_id, {})

    def _facts(self, redemption_id: str) -> Facts:
        added = self._added.get(redemption_id)
        if added is not None:
            return added
        row = self.run(_READ, (redemption_id,)).fetchone()
        if row is None:
            raise self.broken(JournalError("journal.no_such_row"))
        self._read = row
        return dict(zip(_READ_NAMES, row, strict=True))

    def _store(self, redemption_id: str, facts: Facts, before: State) -> None:
        if redemption_id in self._added:
            return  # not yet in the database: `facts` is the row itself
        was = zip(_FACT_NAMES, self._read[1:], strict=True)
        changed = tuple(name for name, value in was if facts[name] != value) or ("hold",)
        values = (*(facts[name] for name in changed), redemption_id, before.outcome.value, int(before.given))
        if self.run(_update(changed), values).rowcount != 1:
            raise self.broken(RuleBroken("rule.state_changed_meanwhile"))


@lru_cache(maxsize=64)
def _insert(columns: tuple[str, ...]) -> str:
    """Binds what is known only: a fresh row lacks a third of the columns, and binding is most of an INSERT's cost."""
    return f"INSERT INTO redemption ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


@lru_cache(maxsize=64)
def _update(columns: tuple[str, ...]) -> str:
    """Compare and set: the state is what it was when the domain decided. What stays is left out, as above."""
    return f"UPDATE redemption SET {', '.join(f'{n} = ?' for n in columns)} WHERE id = ? AND outcome = ? AND given = ?"


def _stands(facts: Facts) -> bool:
    return State(Outcome(facts["outcome"]), bool(facts["given"])) in NEVER_AGAIN


def _stamp(facts: Facts, sent: SentStamp) -> None:
    facts["sent_utc"], facts["sent_session"] = utc_text(sent.at_utc), sent.session
    facts["sent_mono_s"] = sent.mono_s
    facts["sent_issuer_utc"] = None if sent.issuer_utc is None else utc_text(sent.issuer_utc)


def _name(state: State) -> str:
    return f"{state.outcome.value}/{'yes' if state.given else 'no'}"
