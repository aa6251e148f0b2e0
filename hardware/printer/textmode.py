"""Sets a document's plain lines in the printer's own letters: a fiftieth of the bytes of a picture.

Only on a printer whose code page a person has read (``proving``), and only for items whose characters all stand in
that page: everything else stays a picture.
"""

from __future__ import annotations

from hardware.printer.codepages import TextPage
from hardware.printer.document import Align, Columns, Item, Size, Text
from hardware.printer.wrapping import clean, wrap, wrap_even

FONT_A_DOTS = 12
"""Width of a character of font A: Epson, ESC/POS Command Reference, ESC M."""
_GAP = 1

# Signs that no Vietnamese page has, and what a typewriter puts for them.
_PLAIN = str.maketrans({"₫": "đ", "•": "*", "·": "-", "–": "-", "—": "-", "…": "...", "×": "x"})


def text_lines(item: Item, page: TextPage, columns: int) -> list[str] | None:
    """Return the lines of ``item`` in the printer's own letters, None when it must be a picture.

    Args:
        item: Any item; only normal-sized text qualifies, other sizes would all look alike.
        page: The proven code page.
        columns: Characters on a line of font A.
    """
    match item:
        case Text(text, Size.NORMAL, inverse=False):
            lines = _paragraph(text.translate(_PLAIN), item.align, columns)
        case Columns(left, right, Size.NORMAL):
            lines = _columns(left.translate(_PLAIN), right.translate(_PLAIN), columns)
        case _:
            return None
    lines = [line.replace("\xa0", " ") for line in lines]  # only now: it held words together
    return lines if all(page.has(line) for line in lines) else None


def _paragraph(text: str, align: Align, columns: int) -> list[str]:
    if align is Align.CENTER:
        return [line.center(columns).rstrip() for line in wrap_even(text, len, columns)]
    lines = wrap(text, len, columns)
    return [line.rjust(columns) for line in lines] if align is Align.RIGHT else lines


def _columns(left: str, right: str, columns: int) -> list[str]:
    amount = clean(right)
    room = columns - len(amount) - _GAP
    beside = room >= columns // 3 or len(clean(left)) <= room
    lines = wrap(left, len, room if beside else columns) if left else [""]
    if not beside:
        lines.append("")
    if len(amount) > columns:
        return lines[:-1] + [line.rjust(columns) for line in wrap(right, len, columns)]
    return [*lines[:-1], lines[-1] + amount.rjust(columns - len(lines[-1]))]
