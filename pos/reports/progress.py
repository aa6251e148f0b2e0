"""Rows counted on their way into a file: who waits sees how far it is, and may stop it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pos.reports.model import Cell, Table
from pos.till.review.events import Running
from pos.till.review.exports import Stopped

_EVERY = 500
"""Rows between two looks: some milliseconds."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Tells `running` of the rows that went by."""

    running: Running

    def over(self, table: Table) -> Iterator[Sequence[Cell]]:
        """The table's rows. Raises `Stopped` when nobody waits any more."""
        number = 0
        for number, row in enumerate(table.rows, 1):
            if number % _EVERY == 0:
                if self.running.stopped():
                    raise Stopped
                self.running.progress(number, max(number, table.count))
            yield row
        self.running.progress(number, number)
