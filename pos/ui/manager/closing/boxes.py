"""The boxes that the closing section asks for, as plain values."""

from __future__ import annotations

from dataclasses import dataclass

from pos.till.ports import Person


@dataclass(frozen=True, slots=True)
class CloseBox:
    """Close the day?

    Args:
        facts: what the Z will cover. `left`: what stays behind as cases, in words.
        warning: what cannot be undone. `ok`: what the button does.
    """

    title: str
    facts: str
    left_title: str
    left: tuple[str, ...]
    warning: str
    ok: str


@dataclass(frozen=True, slots=True)
class CountBox:
    """How many papers of this issuer?"""

    issuer: str
    title: str
    hint: str


@dataclass(frozen=True, slots=True)
class SlipBox:
    """Is this slip on paper?"""

    job_id: str
    bill_number: str
    title: str
    hint: str


@dataclass(frozen=True, slots=True)
class HandOverBox:
    """Who takes the shift, and her PIN."""

    title: str
    hint: str
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class GoTo:
    """Another section has what was opened."""

    section: str


Box = CloseBox | CountBox | SlipBox | HandOverBox | GoTo
