"""Decides what the panel of the people asks and shows. Plain Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from pos.domain.permissions import Role
from pos.i18n import Translator
from pos.till.people_port import PersonState
from pos.till.ports import Person
from pos.till.review.events import Reported, ReportFailed
from pos.till.views import Message
from pos.ui.manager.asking import Asking
from pos.ui.manager.setup.people.model import KEYS, Act, PeopleModel
from pos.ui.theme import Tone
from pos.ui.widgets.bar_action import BarAction
from pos.ui.words import say_message

LOOK, CHANGE = "setup/people/look", "setup/people/change"


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


class PeoplePresenter:
    """State of the panel. GUI thread only. A PIN passes through into the change and is not kept.

    Args:
        desk: called on the review service's threads.
        who: name of the manager who acts.
    """

    def __init__(self, desk: Desk, review: Asking, who: Callable[[], str]) -> None:
        self._desk, self._review, self._who = desk, review, who
        self._look = self._change = 0
        self._doing: Act | None = None
        self._said: tuple[Act, str] | Message | None = None
        self.states: tuple[PersonState, ...] = ()
        self.at = 0
        """The row that buttons are about."""
        self.rights = False
        """The table of rights is in sight."""

    # ------------------------------------------------------------ asking

    def opened(self) -> None:
        """Into sight: read who works here."""
        self._read()

    def closed(self) -> None:
        """Nobody waits for the list; a change that was asked for is made."""
        self._review.forget(LOOK)
        self._said, self.rights = None, False

    def _read(self) -> None:
        self._look = self._review.ask(LOOK, lambda _: self._desk.states())

    @property
    def chosen(self) -> PersonState | None:
        """Whose row it is."""
        return self.states[self.at] if not self.rights and 0 <= self.at < len(self.states) else None

    @property
    def busy(self) -> bool:
        """A change is on its way."""
        return self._doing is not None

    def toggle_rights(self) -> None:
        """The people, or the table of rights."""
        self.rights, self._said = not self.rights, None

    def begin(self) -> None:
        """Something else is about to be asked for: what became of the last press is read."""
        self._said = None

    def add(self, name: str, role: Role, pin: str) -> None:
        """Somebody new."""
        who = self._who()
        self._run(Act.ADD, name, lambda: self._desk.add(name, role, pin, actor=who))

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
            self._run(act, person.name, lambda: change(person, who))

    def _run(self, act: Act, name: str, change: Callable[[], object]) -> None:
        if self.busy:
            return
        self._doing, self._said = act, (act, name)

        def carry_out(_: object) -> None:
            change()

        self._change = self._review.change(CHANGE, carry_out)

    # ------------------------------------------------------------ answers

    def mine(self, event: object) -> bool:
        """Whether the event is about this panel."""
        return isinstance(event, Reported | ReportFailed) and event.key in (LOOK, CHANGE)

    def take(self, event: object) -> bool | Message | None:
        """An answer: True: a change was made; a message: it was refused; None: neither."""
        if not isinstance(event, Reported | ReportFailed):
            return None
        if event.key == LOOK:
            self._take_states(event)
            return None
        if event.ticket != self._change or self._doing is None:
            return None
        self._doing = None
        if isinstance(event, ReportFailed):
            self._said = event.message
            return event.message
        self._read()
        return True

    def _take_states(self, event: Reported | ReportFailed) -> None:
        if event.ticket != self._look:
            return
        if isinstance(event, ReportFailed):
            self._said = event.message
        elif isinstance(event.value, tuple):
            self.states = event.value
            self.at = min(self.at, max(0, len(self.states) - 1))

    # ------------------------------------------------------------ showing

    def model(self, tr: Translator) -> PeopleModel:
        """The panel now."""
        says, tone = self._says(tr)
        kind = "rights" if self.rights else "people"
        return PeopleModel(
            tr.t(f"people.title.{kind}", count=len(self.states)), tr.t(f"people.hint.{kind}"), self.rights, says, tone,
            self._actions(tr),
        )  # fmt: skip

    def _says(self, tr: Translator) -> tuple[str, Tone]:
        if self._doing is not None:
            return tr.t("people.doing"), Tone.BRAND
        if isinstance(self._said, Message):
            return str(say_message(tr, self._said)), Tone.REFUSED
        if self._said is not None:
            act, name = self._said
            return tr.t(f"people.done.{act}", name=name), Tone.USABLE
        return "", Tone.NEUTRAL

    def _actions(self, tr: Translator) -> tuple[BarAction, ...]:
        if self._doing is not None:
            return ()
        acts = [Act.PEOPLE] if self.rights else [Act.ADD]
        if self.chosen is not None:
            acts += [Act.PIN, Act.ROLE, Act.RETIRE]
            if self.chosen.tries:
                acts.append(Act.RESET)
        if not self.rights:
            acts.append(Act.RIGHTS)
        return tuple(
            BarAction(act, tr.t(f"people.do.{act}"), KEYS[act], primary=number == 0) for number, act in enumerate(acts)
        )
