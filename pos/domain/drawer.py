"""Why the cash drawer is opened. Every opening has a reason of this list, written down before the drawer moves."""

from __future__ import annotations

from enum import StrEnum

from pos.domain.errors import RuleBroken

MOST_NOTE_CHARS = 120
"""Length of the words that go with `OTHER`."""


class DrawerReason(StrEnum):
    """Why."""

    CHANGE = "change"  # give change
    CASH_IN = "cash_in"
    CASH_OUT = "cash_out"
    COUNT = "count"
    OTHER = "other"  # said in words
    SLIP = "slip"  # by itself, with an original slip (setting `printer.drawer`)


A_PERSON_S = tuple(reason for reason in DrawerReason if reason is not DrawerReason.SLIP)
"""Reasons that a person may give, in the order in which a screen offers them."""


def checked_note(reason: DrawerReason, note: str) -> str:
    """The words that go with a person's reason: needed for `OTHER`, empty for the rest.

    Raises:
        RuleBroken: `drawer.note_missing`, `drawer.note_unusable` (unprintable or too long), `drawer.reason_unusable`.
    """
    if reason not in A_PERSON_S:
        raise RuleBroken("drawer.reason_unusable")
    if reason is not DrawerReason.OTHER:
        return ""
    note = " ".join(note.split())
    if not note:
        raise RuleBroken("drawer.note_missing")
    if not note.isprintable() or len(note) > MOST_NOTE_CHARS:
        raise RuleBroken("drawer.note_unusable")
    return note
