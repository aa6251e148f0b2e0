"""A timeline ready to be drawn, and as plain text for support."""

from __future__ import annotations

from dataclasses import dataclass

from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.pill import Pill


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened.

    Args:
        gap: how long after the one before, where that is long enough to matter; else empty.
        details: who, how long it took, what the issuer wrote; below the words.
    """

    time: str
    words: str
    details: str
    gap: str
    tone: Tone
    shape: Shape


@dataclass(frozen=True, slots=True)
class TimelineModel:
    """The whole box.

    Args:
        facts: label and value, in order.
        words: stands in for the steps: while they are loaded, or why they cannot be; `do`: what to do.
        text: all of it for support; empty while there is nothing to copy.
    """

    title: str
    subtitle: str
    pill: Pill
    facts: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]
    note: str
    words: str
    text: str
