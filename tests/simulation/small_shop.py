"""One till without threads against the model of the issuer: enough of a shop to show what the checker sees."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pos.domain.errors import NotSent, OutcomeUnknown
from pos.providers.gotit.client import GotIt, GotItSettings
from pos.till.ports import Trace
from tests.simulation.invariants import Limits, Told, check
from tests.simulation.issuer import IssuerModel
from tests.till.hand_clock import CountingChance, HandClock
from tests.till.rig import TOTAL_VND, Rig

PIN = "7305"
A, B, C = "4471902835", "880213457719", "5550000000012"
TILL = "T1"


class ModelPost:
    """The provider's way to the model: no network, one fault a call."""

    def __init__(self, issuer: IssuerModel) -> None:
        self._issuer = issuer
        self.cable_in = True
        self.lose_answer = self.lose_request = False

    def post_json(self, path: str, body: bytes, trace: Trace, *, mask: Callable[[bytes], str]) -> bytes:
        changing = "check" not in path
        if not self.cable_in:
            trace.failure = "net.refused"
            raise NotSent("net.refused")
        if changing and self.lose_request:
            raise OutcomeUnknown("net.closed")
        status, answer = self._issuer.handle(path, body)
        if changing and self.lose_answer:
            raise OutcomeUnknown("net.closed")
        self._issuer.requests[-1].delivered = True
        trace.http_status, trace.raw = status, mask(answer)
        return answer

    def reach(self) -> None:
        if not self.cable_in:
            raise NotSent("net.refused")

    def close(self) -> None:
        """Nothing is open."""


class SmallShop:
    """A till, an issuer, and everything that was said."""

    def __init__(self, folder: Path, *, reserving: bool = False) -> None:
        self.clock = HandClock()
        self.issuer = IssuerModel(self.clock.mono_s, self.clock.now_utc, pin=PIN)
        for code in (A, B, C):
            self.issuer.add(code)
        self.line = ModelPost(self.issuer)
        provider = GotIt(self.line, GotItSettings(PIN, reserving=reserving))
        self.rig = Rig(folder, provider, self.clock, CountingChance())
        self.told: list[Told] = []

    def tell(self, number: str = "B1", nth: int = 0, **what: Any) -> None:
        """Somebody reads this of a voucher; the truth beside it is that of now, unless `what` says otherwise."""
        row = self.rig.row(number, nth)
        truth = self.issuer.vouchers[row.code.reveal()]
        facts: dict[str, Any] = {
            "at_s": self.clock.mono_s(), "till": TILL, "bill_number": number, "ending": row.ending, "row_id": row.id,
            "kind": "screen", "says": "used", "used_for": truth.used_for, "held_for": truth.held_for,
            "outcome": row.state.outcome.value, "given": row.state.given, "hold": row.hold.value, "sends": row.sends,
            "amount_vnd": row.amount_vnd, "row_amount_vnd": row.amount_vnd,
        }  # fmt: skip
        self.told.append(Told(**facts | what))

    def found(
        self,
        *,
        at_rest: bool = False,
        day_closed: bool = False,
        just_opened: bool = False,
        limits: Limits | None = None,
    ) -> set[str]:
        """Names of the promises that are broken now."""
        return {
            violation.invariant
            for violation in check(
                self.rig.journal, self.issuer, self.told, at_rest=at_rest, till=TILL, day_closed=day_closed,
                just_opened=just_opened, limits=limits,
            )
        }  # fmt: skip

    def spoil(self, *statements: str) -> None:
        """Change the journal's file behind everybody's back, rules and all."""
        db = sqlite3.connect(self.rig.journal.path, isolation_level=None)
        try:
            rules = db.execute("SELECT type, name FROM sqlite_schema WHERE type = 'trigger' OR name = ?", (_STANDING,))
            for kind, name in rules.fetchall():
                db.execute(f"DROP {kind} {name}")
            for statement in statements:
                assert db.execute(statement).rowcount, f"changed nothing: {statement}"
        finally:
            db.close()

    # ------------------------------------------------------------ stories

    def sold(self, *codes: str, number: str = "B1") -> None:
        """Vouchers used and given, and the screen said so."""
        self.rig.sold(*codes, number=number)
        for nth in range(len(codes)):
            self.tell(number, nth, phase="done")

    def taken_offline(self, code: str = A, number: str = "B1", *, age_s: float = 0.0) -> None:
        """A voucher checked some seconds ago, then given without the issuer's word."""
        bill = self.rig.bill(number)
        bill.scan(code)
        self.clock.pass_s(age_s)
        self.line.cable_in = False
        bill.confirm()
        bill.accept_offline()
        assert self.rig.row(number).state.given, "the policy did not allow the story"
        self.tell(number, says="accepted_offline", phase="accepted_offline")

    def lost(self, code: str = A, number: str = "B1", *, effect: bool, total_vnd: int = TOTAL_VND) -> None:
        """Mark-use ends in silence, with or without effect."""
        self.line.lose_answer, self.line.lose_request = effect, not effect
        self.rig.sold(code, number=number, total_vnd=total_vnd)
        self.line.lose_answer = self.line.lose_request = False
        self.tell(number, says="unknown")

    def proven_unused(self, code: str = A, number: str = "B1") -> None:
        """Lost without effect, and asked about late enough."""
        self.lost(code, number, effect=False)
        self.clock.pass_s(61)
        self.rig.settle(now=True)


_STANDING = "redemption_standing"
