"""Text from outside in a file that somebody opens as a spreadsheet."""

from __future__ import annotations

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""The wide forms are formulas to Excel set up for East Asia."""


def harmless(text: str) -> str:
    """Text that a spreadsheet would take for a formula stands behind an apostrophe."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
