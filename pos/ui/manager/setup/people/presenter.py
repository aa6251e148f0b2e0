"""Decides what the panel of the people asks and shows. Plain Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from pos.domain.permissions import Role
from pos.i18n import Translator
from pos.till.people_port import PersonState
from pos.till.ports import Person
from pos.till.review.events import Reported
from pos.ui.manager.asking import Asking
from pos.ui.manager.setup.panel_presenter import PanelPresenter
from pos.ui.manager.setup.people.model import KEYS, Act, PeopleModel

CHANGE = "setup/people/change"


class Desk(Protocol):
    """`pos.till.people_desk.PeopleDesk`."""

    def states(self) -> tuple[PersonState, ...]:
        """Everybody."""

    def add(self, name: str, role: Role, pin: str, *, actor: str) -> Person:
        """Somebody new."""

    def set_pin(self, person_id: str, pin: str, *, actor: str) -> None:
        """A new PIN."""

    def set_role(self, person_id: str, role: Role, pin: str | None, *, actor: str) -> None:
        """Another role."""

    def retire(self, person_id: str, *, actor: str) -> None:
        """They have left."""

    def reset_tries(self, person_id: str, *, actor: str) -> None:
        """No more waiting."""


class PeoplePresenter(PanelPresenter):
    """State of the panel. GUI thread only. A PIN passes through into the change and is not kept.

    Args:
        desk: called on the review service's threads.
        who: name of the manager who acts.
    """

    def __init__(self, desk: Desk, review: Asking, who: Callable[[], str]) -> None:
        super().__init__("people", "people", review)
        self._desk, self._who = desk, who
        self._asked: tuple[Act, str] = (Act.ADD, "")
        self.states: tuple[PersonState, ...] = ()
        self.at = 0
        """The row that buttons are about."""
        self.rights = False
        """The table of rights is in sight."""

    # ------------------------------------------------------------ asking

    def closed(self) -> None:
        """Nobody waits for the list; a change that was asked for is made."""
        super().closed()
        self._said, self.rights = None, False

    def _read(self) -> tuple[PersonState, ...]:
        return self._desk.states()

    @property
    def chosen(self) -> PersonState | None:
        """Whose row it is."""
        return self.states[self.at] if not self.rights and 0 <= self.at < len(self.states) else None

    def toggle_rights(self) -> None:
        """The people, or the table of rights."""
        self.rights, self._said = not self.rights, None

    def begin(self) -> None:
        """Something else is about to be asked for: what became of the last press is read."""
        self._said = None

    def add(self, name: str, role: Role, pin: str) -> None:
        """Somebody new."""
        who = self._who()
        self._ask(Act.ADD, name, lambda: self._desk.add(name, role, pin, actor=who))

    def set_pin(self, pin: str) -> None:
        """A new PIN for the chosen one."""
        self._about(Act.PIN, lambda person, who: self._desk.set_pin(person.id, pin, actor=who))

    def set_role(self, role: Role, pin: str | None) -> None:
        """Another role for the chosen one."""
        self._about(Act.ROLE, lambda person, who: self._desk.set_role(person.id, role, pin, actor=who))

    def retire(self) -> None:
        """The chosen one has left."""
        self._about(Act.RETIRE, lambda person, who: self._desk.retire(person.id, actor=who))

    def reset(self) -> None:
        """The chosen one waits no more."""
        self._about(Act.RESET, lambda person, who: self._desk.reset_tries(person.id, actor=who))

    def _about(self, act: Act, change: Callable[[Person, str], object]) -> None:
        state, who = self.chosen, self._who()
        if state is not None:
            person = state.person
            self._ask(act, person.name, lambda: change(person, who))

    def _ask(self, act: Act, name: str, change: Callable[[], object]) -> None:
        if self.running:
            return
        self._asked = (act, name)

        def carry_out(_: object) -> None:
            change()

        self._run(CHANGE, self._review.change(CHANGE, carry_out))

    # ------------------------------------------------------------ answers

    def _take_view(self, value: object) -> None:
        if isinstance(value, tuple):
            self.states = value
            self.at = min(self.at, max(0, len(self.states) - 1))

    def _done(self, event: Reported) -> tuple[str, dict[str, str]]:
        del event
        act, name = self._asked
        return act, {"name": name}

    # ------------------------------------------------------------ showing

    def model(self, tr: Translator) -> PeopleModel:
        """The panel now."""
        says, tone = self._says(tr)
        kind = "rights" if self.rights else "people"
        return PeopleModel(
            tr.t(f"people.title.{kind}", count=len(self.states)), tr.t(f"people.hint.{kind}"), self.rights, says, tone,
            self._buttons(tr, self._acts(), KEYS),
        )  # fmt: skip

    def _doing(self, tr: Translator) -> str:
        return tr.t("people.doing")

    def _acts(self) -> list[Act]:
        if self.running:
            return []
        acts = [Act.PEOPLE] if self.rights else [Act.ADD]
        if self.chosen is not None:
            acts += [Act.PIN, Act.ROLE, Act.RETIRE]
            if self.chosen.tries:
                acts.append(Act.RESET)
        if not self.rights:
            acts.append(Act.RIGHTS)
        return acts
