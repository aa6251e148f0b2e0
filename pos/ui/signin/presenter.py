"""Sign-in: choose a name, enter the PIN; or make the first manager when nobody works here yet. Knows no widget."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pos.domain.errors import SecurityError
from pos.i18n import Translator
from pos.security.common_pins import must_fit
from pos.till.commands import CounterTill
from pos.till.ports import Person
from pos.till.views import Message
from pos.ui.words import say_message


class Step(StrEnum):
    """Where the sign-in stands."""

    CHOOSE = "choose"
    PIN = "pin"
    FIRST_NAME = "first_name"
    FIRST_PIN = "first_pin"
    FIRST_PIN_AGAIN = "first_pin_again"


@dataclass(frozen=True, slots=True)
class SignInModel:
    """What the sign-in shows."""

    step: Step
    title: str
    hint: str
    people: tuple[Person, ...]
    chosen: str | None
    error: str = ""
    busy: bool = False
    button: str = ""


class SignInPresenter:
    """One sign-in. A PIN passes through and is never kept longer than its repetition needs."""

    def __init__(self, till: CounterTill) -> None:
        self._till = till
        self._error: Message | str | None = None
        self._busy = False
        self._chosen: Person | None = None
        self._name = ""
        self._first_pin = ""
        self.people: tuple[Person, ...] = ()
        self.last: Person | None = None  # her PIN goes straight on
        self._locked = False
        self._step = Step.CHOOSE
        self.refresh()

    def went(self, person: Person) -> None:
        """The till locks behind this person."""
        self.last, self._locked = person, True

    def is_back(self, person: Person) -> bool:
        """Whether the till had locked behind this very person."""
        return self._locked and self.last is not None and self.last.id == person.id

    def came_in(self, person: Person) -> None:
        """Somebody has signed in."""
        self.refresh()
        self.last, self._locked = person, False

    def refresh(self) -> None:
        """Begin anew with the people who work here now. One alone, or who has just left, is chosen already."""
        self.people = self._till.people()
        self._error, self._busy, self._name, self._first_pin = None, False, "", ""
        last = self.last if self._locked and self.last in self.people else None
        self._chosen = self.people[0] if len(self.people) == 1 else last
        self._step = Step.FIRST_NAME if not self.people else Step.PIN if self._chosen else Step.CHOOSE

    def model(self, tr: Translator) -> SignInModel:
        """What to draw."""
        title, hint = self._words(tr)
        error = self._error
        if isinstance(error, Message):
            said = say_message(tr, error)
            error = f"{said.what} {said.do}"
        first = self._step in (Step.FIRST_NAME, Step.FIRST_PIN, Step.FIRST_PIN_AGAIN)
        button = "signin.button"
        if first:
            button = "signin.first_button" if self._step is Step.FIRST_PIN_AGAIN else "signin.next"
        chosen = self._chosen.id if self._chosen else None
        said_error = tr.t(error) if isinstance(error, str) and tr.has(error) else error or ""
        return SignInModel(
            self._step, title, hint, self.people, chosen, error=said_error, busy=self._busy, button=tr.t(button)
        )

    def choose(self, person_id: str) -> None:
        """A tile was pressed."""
        self._chosen = next((person for person in self.people if person.id == person_id), None)
        self._error = None
        self._step = Step.PIN if self._chosen else Step.CHOOSE

    def give_name(self, name: str) -> None:
        """The first manager's name."""
        self._name = name.strip()
        self._error = None if self._name else "signin.first_need_name"
        if self._name:
            self._step = Step.FIRST_PIN

    def give_pin(self, pin: str) -> None:
        """Enter on the pad."""
        if self._busy:
            return
        self._error = None
        if self._step is Step.FIRST_PIN:
            self._take_first(pin)
        elif self._step is Step.FIRST_PIN_AGAIN:
            self._take_second(pin)
        elif self._chosen is None:
            self._error = "signin.choose_first"
        elif pin:
            self._busy = True
            self._till.sign_in(self._chosen.id, pin)

    def failed(self, message: Message) -> None:
        """The till said no."""
        self._busy, self._error = False, message
        if self._step is Step.FIRST_PIN_AGAIN:
            self._step = Step.FIRST_PIN

    def _take_first(self, pin: str) -> None:
        try:
            must_fit(pin, manager=True)  # before she types it once more for nothing
        except SecurityError as error:
            self._error = Message(error.code)
            return
        self._first_pin, self._step = pin, Step.FIRST_PIN_AGAIN

    def _take_second(self, pin: str) -> None:
        first, self._first_pin = self._first_pin, ""
        if pin != first:
            self._error, self._step = "signin.first_mismatch", Step.FIRST_PIN
            return
        self._busy = True
        self._till.first_manager(self._name, pin)

    def _words(self, tr: Translator) -> tuple[str, str]:
        if self._step is Step.CHOOSE:
            return tr.t("signin.title"), tr.t("signin.hint")
        if self._step is Step.PIN and self._chosen is not None:
            back = self._locked and self._chosen == self.last
            if back and len(self.people) > 1:
                return tr.t("signin.locked"), tr.t("signin.locked_hint", name=self._chosen.name)
            return tr.t("signin.locked" if back else "signin.title"), tr.t("signin.pin_for", name=self._chosen.name)
        hints = {
            Step.FIRST_NAME: "signin.first_hint",
            Step.FIRST_PIN: "signin.first_pin",
            Step.FIRST_PIN_AGAIN: "signin.first_pin_again",
        }
        return tr.t("signin.first_title"), tr.t(hints.get(self._step, "signin.hint"))
