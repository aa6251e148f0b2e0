"""The levels section as the manager's page knows it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Slot

from pos.till.review.levels import LevelDesk
from pos.ui.look import Look
from pos.ui.manager.asking import Asking
from pos.ui.manager.levels.presenter import LevelsPresenter
from pos.ui.manager.levels.screen import LevelsScreen
from pos.ui.manager.presented import Presented
from pos.ui.page import PageScreen


class LevelsSection(Presented[LevelsPresenter, LevelsScreen]):
    """A `pos.ui.manager.section.Section` over a `LevelDesk`."""

    name = "levels"

    def __init__(self, desk: LevelDesk, review: Asking, labels: dict[str, str], today: Callable[[], date]) -> None:
        super().__init__(LevelsPresenter(desk, review, labels, today))

    def build(self, look: Look) -> PageScreen:
        """Draw it in this look."""
        self._look = look
        drawn = self._drawn = LevelsScreen(look)
        drawn.went.connect(self._go)
        drawn.chosen.connect(self._choose)
        self._show()
        return drawn

    def take_event(self, event: object) -> bool:
        """Its own answers; the journal's changes are everybody's."""
        taken = self.presenter.take(event)
        if taken:
            self._show()
        return taken

    @Slot(int)
    def _go(self, weeks: int) -> None:
        self.presenter.go(weeks)
        self._show()

    @Slot(int)
    def _choose(self, column: int) -> None:
        self.presenter.choose(column)
        self._show()

    def _show(self) -> None:
        if self._drawn is not None and self._look is not None:
            self._drawn.show_model(self.presenter.model(self._look.tr))
