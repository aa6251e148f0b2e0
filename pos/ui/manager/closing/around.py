"""What the closing section's presenter works with and answers: plain values and calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pos.till.ports import Person
from pos.till.review.events import ReviewEvent
from pos.till.views import Message
from pos.ui.signs import Sound

VIEW, REPORTS, X, SETTLE = "closing/view", "closing/reports", "closing/x", "closing/settle"
COUNT, SEEN, REPRINT, CLOSE = "closing/count", "closing/seen", "closing/reprint", "closing/close"
HAND_OVER, PRINT, PRINTED = "closing/hand_over", "closing/print", "closing/printed"
"""Keys of what is asked of the review service."""


@dataclass(frozen=True, slots=True)
class Around:
    """What the section needs besides its desk.

    Args:
        acting: name of the manager who acts. people: who may take a shift.
        print_now: try the waiting slips now. labels: issuers' names for people.
        say: hands an event to the GUI thread; any thread may call.
    """

    acting: Callable[[], str]
    people: Callable[[], tuple[Person, ...]]
    print_now: Callable[[], None]
    labels: Mapping[str, str]
    say: Callable[[ReviewEvent], None]
    mono_s: Callable[[], float]
    now_utc: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class News:
    """What became of something a person did. `good`: it went well."""

    message: Message
    good: bool

    @staticmethod
    def of(code: str, *, good: bool, **params: str | int) -> News:
        """By the message's code."""
        return News(Message(code, tuple(sorted(params.items()))), good)


@dataclass(frozen=True, slots=True)
class Heard:
    """What goes with an event: a sound, the end of a box, or why it stays open."""

    sound: Sound | None = None
    done: bool = False
    refused: Message | None = None


NOTHING = Heard()
