"""Taking vouchers without the issuer's word: the facts, the policy's verdict, and one durable commit."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pos.domain.errors import RuleBroken
from pos.domain.offline_policy import (
    Accept,
    Decision,
    NeedsManager,
    OfflineFacts,
    OfflinePolicy,
    Refuse,
    combine,
    decide,
)
from pos.domain.redemption import Event
from pos.till.issuers import Issuers
from pos.till.ports import Chance, Clock, Journal, Person, RememberedCheck, Work
from pos.till.redeem import Intent, Redeemer


@dataclass(frozen=True, slots=True)
class Candidate:
    """A voucher that might be taken offline.

    Args:
        worth_vnd: known or declared; `declared` says which.
        taken_before: its code stands in the journal in another row that was given or is undecided.
    """

    row_id: str
    provider: str
    worth_vnd: int | None
    declared: bool
    last_check: RememberedCheck | None
    taken_before: bool


class OfflineDesk:
    """Decides and accepts. The decision and its commit are one step under a lock, so that two cashiers' bills
    cannot both fit into the same rest of the limit.
    """

    def __init__(
        self, journal: Journal, issuers: Issuers, clock: Clock, chance: Chance, redeemer: Redeemer,
        policy: Callable[[], OfflinePolicy],
    ) -> None:  # fmt: skip
        self._journal = journal
        self._issuers = issuers
        self._clock = clock
        self._chance = chance
        self._redeemer = redeemer
        self._policy = policy
        self._lock = threading.Lock()

    def decide(self, candidates: Sequence[Candidate]) -> Decision:
        """The policy's verdict over these vouchers of one bill together."""
        return combine([decision for _, decision in self._each(candidates)])

    def accept(
        self, intent: Intent, candidates: Sequence[Candidate], *, actor: str, manager: Person | None
    ) -> Decision:
        """Give the value at the shop's risk, if the policy still allows it now.

        Returns:
            The decision; anything but an `Accept`, or a `NeedsManager` with a manager given, wrote nothing.

        Raises:
            JournalError: nothing was given.
        """
        with self._lock:
            each = self._each(candidates)
            verdict = combine([decision for _, decision in each])
            if isinstance(verdict, Refuse) or (isinstance(verdict, NeedsManager) and manager is None):
                return verdict
            if len(candidates) != len(intent.ids()):
                raise RuleBroken("rule.offline_rows")
            with self._journal.transaction(actor) as tx:
                intent.write(tx)
                for (candidate, facts), decision in each:
                    tx.move(candidate.row_id, Event.ACCEPT_OFFLINE)
                    self._redeemer.schedule(tx, candidate.row_id, Work.SEND, 0.0)
                    tx.audit(
                        "offline_accepted",
                        candidate.row_id,
                        worth_vnd=facts.worth_vnd,
                        declared=candidate.declared,
                        checked_age_s=None if facts.checked_age_s is None else int(facts.checked_age_s),
                        at_risk_vnd=facts.at_risk_vnd,
                        oldest_unsettled_s=None if facts.oldest_unsettled_s is None else int(facts.oldest_unsettled_s),
                        alone=isinstance(decision, Accept),
                        manager=manager.name if manager and not isinstance(decision, Accept) else None,
                    )
                tx.add_print_job(self._chance.new_id(), intent.bill.number)
            return verdict

    def _each(self, candidates: Sequence[Candidate]) -> list[tuple[tuple[Candidate, OfflineFacts], Decision]]:
        policy, risk, now = self._policy(), self._journal.risk(), self._clock.now_utc()
        trusted = self._issuers.watch.view().trusted
        oldest_s = None if risk.oldest_utc is None else (now - risk.oldest_utc).total_seconds()
        at_risk_vnd, each = risk.sum_vnd, []
        for candidate in candidates:
            check = candidate.last_check
            facts = OfflineFacts(
                worth_vnd=candidate.worth_vnd,
                checked_age_s=None if check is None or check.reason is not None else self._age_s(check),
                last_check_refused=check is not None and check.reason is not None,
                taken_before=candidate.taken_before,
                clock_trusted=trusted,
                at_risk_vnd=at_risk_vnd,
                oldest_unsettled_s=oldest_s,
                provider_offline=self._issuers.takes_offline(candidate.provider),
            )
            each.append(((candidate, facts), decide(policy, facts)))
            at_risk_vnd += candidate.worth_vnd or 0
        return each

    def _age_s(self, check: RememberedCheck) -> float:
        """In the same run by the monotonic clock, else by the wall clock (which the policy wants trusted)."""
        if check.session == self._journal.session:
            return self._clock.mono_s() - check.mono_s
        return (self._clock.now_utc() - check.at_utc).total_seconds()
