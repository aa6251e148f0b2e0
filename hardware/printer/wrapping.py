"""Breaks text into lines, in whatever unit widths are given: dots for pictures, characters for text mode."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

Width = Callable[[str], int]


def clean(text: str) -> str:
    """Return ``text`` composed and without control characters.

    The fonts have ready-made glyphs for all of Vietnamese, placed better than two drawn over each other; control
    characters would print as boxes or be taken for commands.
    """
    composed = unicodedata.normalize("NFC", text).replace("\t", " ")
    if composed.isprintable():
        return composed.rstrip(" ")
    return "".join(char for char in composed if unicodedata.category(char)[0] != "C").rstrip()


def wrap(text: str, width: Width, room: int) -> list[str]:
    """Break ``text`` into lines no wider than ``room``.

    Lines break at spaces (never at a no-break space), and inside a word only when it is wider than the paper.

    Args:
        text: With a line break between paragraphs.
        width: Measures a piece of text.
        room: What a line may take, in the unit of ``width``.
    """
    lines = []
    for words in _measured(text, width):
        lines += _filled(words, width, room)
    return lines


def wrap_even(text: str, width: Width, room: int) -> list[str]:
    """As :func:`wrap`, with as many lines but none that ends in a lonely word: what a centred paragraph needs."""
    paragraphs = _measured(text, width)

    def at(narrow: int) -> list[str]:
        return [line for words in paragraphs for line in _filled(words, width, narrow)]

    lines = at(room)
    if len(lines) == len(paragraphs):
        return lines
    narrow, wide = room // 2, room
    while wide - narrow > max(1, room // 150):
        middle = (narrow + wide) // 2
        tried = at(middle)
        if len(tried) > len(lines):
            narrow = middle
        else:
            wide, lines = middle, tried
    return lines


def _measured(text: str, width: Width) -> list[list[tuple[str, int]]]:
    return [[(word, width(word)) for word in clean(paragraph).split(" ")] for paragraph in text.split("\n")]


def _filled(words: list[tuple[str, int]], width: Width, room: int) -> list[str]:
    lines = []
    space = width(" ")
    line, used = "", 0
    for word, wide in words:
        if line and used + space + wide <= room:
            line, used = f"{line} {word}", used + space + wide
            continue
        if line:
            lines.append(line)
        if wide <= room:
            line, used = word, wide
        else:
            *full, line = _broken(word, width, room)
            lines += full
            used = width(line)
    return [*lines, line]


def _broken(word: str, width: Width, room: int) -> list[str]:
    pieces = []
    while len(word) > 1 and width(word) > room:
        length = next((n for n in range(len(word) - 1, 1, -1) if width(word[:n]) <= room), 1)
        pieces.append(word[:length])
        word = word[length:]
    return [*pieces, word]
