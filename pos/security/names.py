"""Names of people: how one is written, and which two would be taken for one."""

from __future__ import annotations

import unicodedata

from pos.domain.errors import SecurityError

LONGEST_NAME = 60
"""Letters; what slips and screens have room for."""


def read_name(text: str) -> str:
    """The name in a text: single spaces, each letter with its marks as one character.

    Raises:
        SecurityError: `person.name_missing`, or `person.name_unfit` (too long, or with what cannot be seen).
    """
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if not name:
        raise SecurityError("person.name_missing")
    if not name.isprintable() or len(name) > LONGEST_NAME:
        raise SecurityError("person.name_unfit", most=LONGEST_NAME)
    return name


def alike(name: str) -> str:
    """The same for two names that whoever reads "approved by" would take for one: `Lan` and `lan`."""
    return unicodedata.normalize("NFC", " ".join(name.split())).casefold()
