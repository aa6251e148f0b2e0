"""The health panel as the set-up section knows it; also where its table's rows come from."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from pos.ui.look import Look
from pos.ui.manager.setup.health.model import HealthRow
from pos.ui.manager.setup.health.presenter import HealthPresenter
from pos.ui.manager.setup.health.screen import HealthScreen
from pos.ui.page import PageScreen
from pos.ui.widgets.window_table import WindowRow


class HealthPanel(QObject):
    """A `pos.ui.manager.section.Section` over a `HealthPresenter`."""

    name = "health"

    def __init__(self, presenter: HealthPresenter) -> None:
        super().__init__()
        self.presenter = presenter
        self._look: Look | None = None
        self._drawn: HealthScreen | None = None
        self._rows: tuple[HealthRow, ...] = ()

    def build(self, look: Look) -> PageScreen:
        """Draw it in this look."""
        self._look = look
        drawn = self._drawn = HealthScreen(look, self)
        drawn.acted.connect(self.act)
        drawn.table.chosen.connect(self._chosen)
        drawn.table.opened.connect(self._chosen)
        self._show()
        return drawn

    def take_event(self, event: object) -> bool:
        """Its own answers."""
        if not self.presenter.take(event):
            return False
        self._show()
        return True

    def opened(self) -> None:
        """Into sight: look anew."""
        self.presenter.look()
        self._show()

    def closed(self) -> None:
        """Nobody waits for what a slow issuer will say."""
        self.presenter.closed()

    def waiting(self) -> int:
        """How many findings are red."""
        return self.presenter.waiting()

    # ------------------------------------------------------------ rows of the table

    def total(self) -> int:
        """How many."""
        return len(self._rows)

    def row(self, number: int) -> WindowRow | None:
        """One of them."""
        if number >= len(self._rows):
            return None
        row = self._rows[number]
        return WindowRow(f"{row.assumption}{number}", (row.pill, row.label, row.said))

    # ------------------------------------------------------------ hands

    @Slot(str)
    def act(self, name: str) -> None:
        """A button or its key."""
        if name == "look":
            self.presenter.look()
        elif self.presenter.at < len(self._rows):
            self.presenter.verify(self._rows[self.presenter.at])
        self._show()

    @Slot(int)
    def _chosen(self, number: int) -> None:
        self.presenter.at = number
        self._show()

    def _show(self) -> None:
        if self._drawn is None or self._look is None:
            return
        rows = self.presenter.rows(self._look.tr)
        anew, self._rows = rows != self._rows, rows
        self.presenter.at = min(self.presenter.at, max(0, len(rows) - 1))
        self._drawn.show_model(self.presenter.model(self._look.tr))
        if anew:
            self._drawn.table.refresh(anew=self.presenter.at == 0, current=self.presenter.at if rows else -1)
