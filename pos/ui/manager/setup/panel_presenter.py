"""What the presenters share whose panel reads how something stands and does one thing at a time. Plain Python."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from pos.i18n import Translator
from pos.till.review.events import Reported, ReportFailed
from pos.till.views import Message
from pos.ui.manager.asking import Asking
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.bar_action import BarAction
from pos.ui.words import say_message

Act = TypeVar("Act", bound=StrEnum)
SHAPES = {Tone.USABLE: Shape.CHECK, Tone.REFUSED: Shape.CROSS, Tone.UNKNOWN: Shape.WAIT, Tone.BRAND: Shape.GEAR}
"""Beside a verdict in this colour."""


@dataclass(frozen=True, slots=True)
class Line:
    """A label with its sentence."""

    label: str
    words: str
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True)
class VerdictModel:
    """A panel with a verdict.

    Args:
        title: the verdict.
        lines: the facts below it.
        says: what became of the last press, or how far it is.
    """

    title: str
    tone: Tone
    shape: Shape
    lines: tuple[Line, ...]
    says: str
    says_tone: Tone
    actions: tuple[BarAction, ...]


class PanelPresenter(ABC):
    """State of a panel. GUI thread only.

    Args:
        name: its questions are `setup/<name>/…`.
        words: its sentences are `<words>.doing.…`, `<words>.done.…` and `<words>.do.…`.
    """

    def __init__(self, name: str, words: str, review: Asking) -> None:
        self._prefix, self._words, self._review = f"setup/{name}/", words, review
        self.look_key = f"{self._prefix}look"
        self._tickets: dict[str, int] = {}
        self.running = ""
        """Key of what is being done."""
        self._said: tuple[str, dict[str, str]] | Message | None = None
        self._fault: Message | None = None

    # ------------------------------------------------------------ asking

    def _look(self) -> None:
        self._tickets[self.look_key] = self._review.ask(self.look_key, lambda _: self._read())

    @abstractmethod
    def _read(self) -> object:
        """How it stands; on the review service's threads."""

    def opened(self) -> None:
        """Into sight: read how it stands."""
        self._look()

    def closed(self) -> None:
        """Nobody waits for how it stands; what was begun goes on."""
        self._review.forget(self.look_key)

    def _run(self, key: str, ticket: int) -> None:
        self.running, self._said, self._tickets[key] = key, None, ticket

    # ------------------------------------------------------------ answers

    def mine(self, event: object) -> bool:
        """Whether the event is about this panel."""
        return isinstance(event, Reported | ReportFailed) and event.key.startswith(self._prefix)

    def take(self, event: object) -> bool | Message | None:
        """An answer: True: a press ended well; a message: it did not; None: no press ended."""
        if not isinstance(event, Reported | ReportFailed) or self._tickets.get(event.key) != event.ticket:
            return None
        if event.key == self.look_key:
            self._fault = event.message if isinstance(event, ReportFailed) else None
            if isinstance(event, Reported):
                self._take_view(event.value)
            return None
        self._said = event.message if isinstance(event, ReportFailed) else self._done(event)
        self.running = ""
        self._look()
        return event.message if isinstance(event, ReportFailed) else True

    @abstractmethod
    def _take_view(self, value: object) -> None:
        """`_read` gave this."""

    @abstractmethod
    def _done(self, event: Reported) -> tuple[str, dict[str, str]] | None:
        """What is said of this end, with its parameters."""

    # ------------------------------------------------------------ showing

    def _doing(self, tr: Translator) -> str:
        return tr.t(f"{self._words}.doing.{self.running.rpartition('/')[2]}")

    def _says(self, tr: Translator) -> tuple[str, Tone]:
        """What is being done, or what became of the last press."""
        if self.running:
            return self._doing(tr), Tone.BRAND
        told = self._fault or self._said
        if isinstance(told, Message):
            return str(say_message(tr, told)), Tone.REFUSED
        if told is not None:
            word, params = told
            return tr.t(f"{self._words}.done.{word}", **params), Tone.USABLE
        return "", Tone.NEUTRAL

    def _buttons(self, tr: Translator, acts: Sequence[Act], keys: Mapping[Act, str]) -> tuple[BarAction, ...]:
        """The first one is filled."""
        return tuple(
            BarAction(act, tr.t(f"{self._words}.do.{act}"), keys[act], primary=number == 0)
            for number, act in enumerate(acts)
        )
