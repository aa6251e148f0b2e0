"""Text from outside on a terminal or in a log: it says what it says and commands nothing."""

from __future__ import annotations

_BLANKS = "\u00a0\u202f"
"""Not printable to Python, and part of amounts as people write them."""


def tamed(text: str, keep: str = "") -> str:
    r"""The text with everything a terminal obeys or a reader does not see written out, as `\x1b` or `\u202e`.

    That is: control characters of both sets, line and paragraph separators, signs that turn the direction of writing,
    and halves of surrogate pairs. With a new line in it, one message in a log could be made to look like two.

    Args:
        text: whatever came.
        keep: characters that may stand all the same, such as the new lines of our own sentences.
    """
    if text.isprintable():
        return text
    kept = _BLANKS + keep
    return "".join(char if char.isprintable() or char in kept else _written(ord(char)) for char in text)


def _written(point: int) -> str:
    if point < 0x100:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"
