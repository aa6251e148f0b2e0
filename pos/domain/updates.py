"""A newer program: which version is newer, and when it may take the place of the one that runs.

Never in a shift: whoever sells has learnt the screen she sells with, and an update that goes wrong must not stop a shop
with customers in it. Not while anything is unsettled either, unless the journal was just copied and the copy was read
through: those rows are money that nobody has the last word on, and a journal that is taken over by a newer program is
one more thing that can go wrong. What is left is the closing hour: the day is closed, or nobody is at the till.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

Version = tuple[int, int, int]
_VERSION = re.compile(r"(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})", re.ASCII)


def read_version(text: str) -> Version:
    """`MAJOR.MINOR.PATCH` as numbers, so that 0.10.0 is newer than 0.9.0.

    Raises:
        ValueError: it is anything else; a release has no suffix.
    """
    found = _VERSION.fullmatch(text)
    if found is None:
        raise ValueError("no version")
    major, minor, patch = (int(part) for part in found.groups())
    return major, minor, patch


class Hindrance(StrEnum):
    """Why a newer program may not be put in place now; the gravest is told."""

    SHIFT_OPEN = "shift_open"
    UNSETTLED = "unsettled"  # and no copy of the journal was just made and read through
    DAY_OPEN = "day_open"  # somebody is at the till, and the day is not closed


@dataclass(frozen=True, slots=True)
class Standing:
    """How a till stands.

    Args:
        shift_open: somebody has the till.
        unsettled: vouchers, sales and bookings whose end is not known or not yet told to the issuer.
        copied: the journal was just copied, and the copy was read through.
        day_closed: the business date of now has its Z.
        somebody_here: somebody is signed in, or a window is open in which somebody may sign in.
    """

    shift_open: bool
    unsettled: int
    copied: bool
    day_closed: bool
    somebody_here: bool


def hindrance(standing: Standing) -> Hindrance | None:
    """What stands in the way; None: it may be put in place."""
    if standing.shift_open:
        return Hindrance.SHIFT_OPEN
    if standing.unsettled and not standing.copied:
        return Hindrance.UNSETTLED
    if standing.somebody_here and not standing.day_closed:
        return Hindrance.DAY_OPEN
    return None
