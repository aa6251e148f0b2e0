"""The two ways Gotadi writes base64, and the one lenient way to read both (contracts/gotadi.md §4.2). Pure."""

from __future__ import annotations

import base64

_TO_STANDARD = str.maketrans({"-": "+", "_": "/", "\r": None, "\n": None, " ": None, "\t": None})


def url64(raw: bytes) -> str:
    """URL-safe alphabet, no padding: `key` and `data`."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def standard64(raw: bytes) -> str:
    """Standard alphabet with padding: the signature inside the text."""
    return base64.b64encode(raw).decode()


def read64(text: str) -> bytes:
    """Either alphabet, with or without `=`, line breaks and blanks ignored: old Java libraries break lines.

    Raises:
        ValueError: any other character, or a length no base64 has.
    """
    bare = text.translate(_TO_STANDARD).rstrip("=")
    return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
