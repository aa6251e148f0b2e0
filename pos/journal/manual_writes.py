"""Writing what a manager decided by hand about single redemptions."""

from __future__ import annotations

from pos.journal.redemption_writes import RedemptionWrites
from pos.till.ports import TakeBackStep


class ManualWrites(RedemptionWrites):
    """Decisions and redemptions taken back; both are only ever added to."""

    def add_decision(self, redemption_id: str, *, accepted: bool, manager: str, reason: str) -> None:
        """Append what the manager decided; a second decision about a row is refused by the table."""
        self.flush()
        self.run(
            "INSERT INTO decision (redemption_id, accepted, manager, reason, at_utc) VALUES (?, ?, ?, ?, ?)",
            (redemption_id, int(accepted), manager, reason, self.now_text),
        )
        self.note("decision", redemption_id, {"accepted": accepted, "manager": manager, "reason": reason})

    def add_take_back(
        self, redemption_id: str, step: TakeBackStep, *, manager: str, reason: str, call_id: str | None = None
    ) -> None:
        """Append a step of taking a redemption back; what is out of order is refused by the table."""
        self.flush()
        self.run(
            "INSERT INTO taken_back (redemption_id, step, call_id, manager, reason, at_utc) VALUES (?, ?, ?, ?, ?, ?)",
            (redemption_id, step.value, call_id, manager, reason, self.now_text),
        )
        facts = {"step": step.value, "manager": manager, "reason": reason, "call": call_id}
        self.note("taken_back", redemption_id, {name: fact for name, fact in facts.items() if fact is not None})
