"""What the report thread tells: frozen, with the question's key and ticket, so that a late answer is known as such."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from pos.till.views import Message


@dataclass(frozen=True, slots=True)
class Reported:
    """The answer to an `ask`. `value` is what the question's job returned, a frozen snapshot."""

    key: str
    ticket: int
    value: object


@dataclass(frozen=True, slots=True)
class ReportFailed:
    """The question, or the change, was not carried out; nothing changed."""

    key: str
    ticket: int
    message: Message


@dataclass(frozen=True, slots=True)
class ReportProgress:
    """How far it has come. `total` is 0 while nobody knows."""

    key: str
    ticket: int
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class JournalChanged:
    """Something a manager looks at may be another now; said at most once a second, only while asked for."""

    revision: int


ReviewEvent = Reported | ReportFailed | ReportProgress | JournalChanged
ReviewListener = Callable[[ReviewEvent], None]


class Running(Protocol):
    """What a job sees of its own run."""

    def stopped(self) -> bool:
        """Whether nobody waits for the answer any more; a long job looks often and returns whatever."""

    def progress(self, done: int, total: int) -> None:
        """Tell how far it has come; cheap, told at most ten times a second."""


Job = Callable[[Running], object]
