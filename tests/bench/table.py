"""One measured figure beside its peer, and the table of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

_HEADS = ("name", "ours", "peer or limit", "ratio", "target", "ok")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Args:
        name: what was measured.
        ours: our figure with its unit.
        peer: who or what it is held against, with its figure.
        ratio: ours to the peer's, in the sense of `target`; None where there is no target for one.
        target: what issue and design ask for; "–" for a line that stands for comparison only.
        met: whether it is met; None for comparison only or not measured.
        note: how it was measured, or why not.
    """

    name: str
    ours: str
    peer: str
    ratio: float | None = None
    target: str = "–"
    met: bool | None = None
    note: str = ""

    def cells(self) -> tuple[str, ...]:
        """The texts of the line."""
        ratio = "–" if self.ratio is None else f"{self.ratio:.2f}"
        ok = {True: "yes", False: "NO", None: "–"}[self.met]
        return (self.name, self.ours, self.peer, ratio, self.target, ok)

    def as_json(self) -> dict[str, Any]:
        """The same for a program."""
        return asdict(self)


def text_of(rows: Sequence[Row]) -> str:
    """The table, and below it the notes."""
    lines = [_HEADS, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADS))]
    drawn = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    drawn.insert(1, "  ".join("-" * width for width in widths))
    notes = [f"{row.name}: {row.note}" for row in rows if row.note]
    return "\n".join([*drawn, "", *notes]).rstrip()
