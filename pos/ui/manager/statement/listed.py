"""Few rows, all of them there, for a table that asks for them one by one."""

from __future__ import annotations

from pos.ui.widgets.window_table import WindowRow


class Listed:
    """Rows that are all there: a `RowSource`."""

    def __init__(self) -> None:
        self.rows: tuple[WindowRow, ...] = ()

    def total(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    def row(self, number: int) -> WindowRow | None:
        """The row at this place."""
        return self.rows[number] if number < len(self.rows) else None
