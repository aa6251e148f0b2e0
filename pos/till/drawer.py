"""The cash drawer: who may open it, written down before it moves, and what became of it. Knows no thread.

What happens if the plug is pulled, line by line of `ask` and `carry_out`:

1. before the row "drawer" is on disk: the drawer stayed shut.
2. after it, until "drawer.end" is on disk: the drawer may have opened. The book names who asked and why; nothing is
   repeated at the next start, because nobody stands before the drawer then.
3. after that: as written there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pos.domain.drawer import DrawerReason, checked_note
from pos.domain.permissions import Action
from pos.till.ports import CashDrawer, Chance, Clock, DrawerEnd, Journal, People, Person
from pos.till.rights import Rights

STILL_WANTED_S = 10.0
"""Seconds after which a drawer that could not be opened stays shut: whoever asked may have walked away."""
TOO_LATE = "drawer.too_late"


@dataclass(frozen=True, slots=True)
class DrawerOpening:
    """An opening that stands in the book. `asked_mono_s`: when, on the clock of this run."""

    id: str
    actor: str
    asked_mono_s: float


class DrawerDesk:
    """Opens the drawer for people. `ask` may be called on any till thread, `carry_out` on the printer's own."""

    def __init__(
        self,
        journal: Journal,
        people: People,
        clock: Clock,
        chance: Chance,
        drawer: CashDrawer,
        *,
        cashier_may_open: Callable[[], bool],
    ) -> None:
        """Wire it.

        Args:
            journal: every opening stands in its audit chain.
            people: whose PIN is a manager's.
            clock: for how long an opening is wanted.
            chance: for ids.
            drawer: sends the pulse.
            cashier_may_open: the setting `drawer.cashier_may_open` at this moment.
        """
        self._journal = journal
        self._rights = Rights(people, lambda action: action is Action.OPEN_DRAWER and cashier_may_open())
        self._clock = clock
        self._chance = chance
        self._drawer = drawer

    def ask(
        self, person: Person | None, reason: DrawerReason, note: str = "", *, manager_pin: str | None = None
    ) -> DrawerOpening:
        """Check the right to it and write down who opens the drawer and why. The drawer has not moved yet.

        Args:
            person: who is signed in, if anybody is.
            reason: one of `pos.domain.drawer.A_PERSON_S`.
            note: in words, for `OTHER`.
            manager_pin: typed on the spot by a manager.

        Raises:
            RuleBroken: see `checked_note`. SecurityError: `drawer.needs_manager`, or as `People.manager_by_pin`.
            JournalError: it could not be written. In each case the drawer stays shut.
        """
        note = checked_note(reason, note)
        leave = self._rights.allow(Action.OPEN_DRAWER, person, manager_pin, refusal="drawer.needs_manager")
        who, manager = leave.person, leave.approved_by
        opening = DrawerOpening(self._chance.new_id(), who.name, self._clock.mono_s())
        with self._journal.transaction(who.name) as tx:
            tx.audit(
                "drawer", opening.id, reason=reason.value, note=note or None,
                manager=manager.name if manager and manager != who else None,
            )  # fmt: skip
        return opening

    def carry_out(self, opening: DrawerOpening) -> tuple[DrawerEnd, str | None]:
        """Send the pulse once and write down what became of it.

        Raises:
            JournalError: the pulse was sent, or not, and that cannot be written; it is not sent again.
        """
        late = self._clock.mono_s() - opening.asked_mono_s > STILL_WANTED_S
        end, why = (DrawerEnd.SHUT, TOO_LATE) if late else self._drawer.open_drawer()
        with self._journal.transaction(opening.actor) as tx:
            tx.audit("drawer.end", opening.id, end=end.value, why=why)
        return end, why
