"""Writes down what screens and slips said, each line with the truth of that very moment beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pos.till.ports import Redemption
from pos.till.views import BillView, LineStatus, LineView
from tests.simulation.invariants import Told
from tests.simulation.printer import Paper

if TYPE_CHECKING:
    from tests.simulation.world import TillBox

_SAYS_NOTHING = frozenset({LineStatus.CHECKING, LineStatus.UNCHECKED, LineStatus.USABLE})
_WORDS = {"slip.used": "used", "slip.accepted_offline": "accepted_offline", "slip.unknown": "unknown"}


class Teller:
    """One till's."""

    def __init__(self, box: TillBox) -> None:
        self._box = box
        self._said: dict[tuple[str, str], tuple[str, str, int]] = {}
        self._papers = 0

    def shown(self, view: BillView) -> None:
        """A bill was published; a line that says what it said before is not written down again."""
        if view.message is not None and view.message.code.startswith("journal."):
            self._not_taken(view)
        fresh: list[LineView] = []
        for line in view.lines:
            if line.status in _SAYS_NOTHING:
                continue
            says = (line.status.value, view.phase.value, line.amount_vnd)
            if self._said.get((view.key, line.id)) != says:
                self._said[view.key, line.id] = says
                fresh.append(line)
        engine = self._box.engine
        if not fresh or engine is None:
            return
        rows = _rows_by_line(view, engine.journal.redemptions_of(view.number))
        for line in fresh:
            reason = None if line.reason is None else line.reason.value
            self._tell(
                view.number,
                line.ending,
                rows.get(line.id),
                kind="screen",
                says=line.status.value,
                amount_vnd=line.amount_vnd,
                phase=view.phase.value,
                reason=reason,
            )

    def _not_taken(self, view: BillView) -> None:
        """The disk is in trouble: what the screen still shows as a draft must not stand as given."""
        engine = self._box.engine
        drafts = {line.id for line in view.lines if line.status in _SAYS_NOTHING}
        for row in engine.journal.redemptions_of(view.number) if engine is not None else ():
            if row.id in drafts and row.state.given:
                self._box.world.lied(f"{self._box.name} bill {view.number} ••••{row.ending}: shown as not taken, given")

    def painted(self, view: BillView) -> None:
        """A bill was drawn, with these verdicts and no newer ones."""
        world = self._box.world
        for row_id, outcome in sorted(view.verdicts):
            world.told.append(
                Told(world.scheduler.now_s, self._box.name, view.number, "", row_id, kind="painted", says=outcome.value)
            )

    def printed(self, paper: Paper) -> None:
        """A slip came out."""
        self._papers += 1
        if not paper.lines:  # broken off in its head: it is a paper all the same
            self._tell(
                paper.job.bill_number, "", None, kind="slip", says="", amount_vnd=0, paper=self._papers,
                copy=paper.copy, job_copy=paper.job.copy, job_id=paper.job.id,
            )  # fmt: skip
        for line in paper.lines:
            self._tell(
                paper.job.bill_number,
                line.row.ending,
                line.row,
                kind="slip",
                says=_WORDS[line.word],
                amount_vnd=line.row.amount_vnd,
                paper=self._papers,
                copy=paper.copy,
                job_copy=paper.job.copy,
                job_id=paper.job.id,
            )

    def _tell(
        self,
        number: str,
        ending: str,
        row: Redemption | None,
        *,
        kind: str,
        says: str,
        amount_vnd: int,
        phase: str | None = None,
        reason: str | None = None,
        paper: int | None = None,
        copy: int = 0,
        job_copy: int = 0,
        job_id: str | None = None,
    ) -> None:
        world = self._box.world
        code = row.code.reveal() if row is not None else world.by_ending.get(ending, "")
        truth = world.issuer.vouchers.get(code)
        world.told.append(
            Told(
                at_s=world.scheduler.now_s,
                till=self._box.name,
                bill_number=number,
                ending=ending,
                row_id=None if row is None else row.id,
                kind=kind,
                says=says,
                used_for=None if truth is None else truth.used_for,
                held_for=None if truth is None else truth.held_for,
                outcome=None if row is None else row.state.outcome.value,
                given=None if row is None else row.state.given,
                hold=None if row is None else row.hold.value,
                sends=0 if row is None else row.sends,
                amount_vnd=amount_vnd,
                row_amount_vnd=None if row is None else row.amount_vnd,
                phase=phase,
                reason=reason,
                paper=paper,
                copy=copy,
                job_copy=job_copy,
                job_id=job_id,
            )
        )


def _rows_by_line(view: BillView, rows: tuple[Redemption, ...]) -> dict[str, Redemption]:
    """Which journal row each line tells of: by id, or on a resumed bill by ending and order."""
    by_id = {row.id: row for row in rows}
    found = {line.id: by_id[line.id] for line in view.lines if line.id in by_id}
    left = [row for row in rows if row.id not in found]
    for line in view.lines:
        if line.id not in found:
            row = next((row for row in left if row.ending == line.ending), None)
            if row is not None:
                left.remove(row)
                found[line.id] = row
    return found
