"""What sections over a presenter share: the presenter hears when they are in sight, and they hold what draws them."""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import QObject

from pos.ui.look import Look
from pos.ui.page import PageScreen


class InSight(Protocol):
    """What a presenter hears."""

    def opened(self) -> None:
        """Into sight: ask for what is shown."""

    def closed(self) -> None:
        """Out of sight: nobody waits for answers."""


P = TypeVar("P", bound=InSight)
S = TypeVar("S", bound=PageScreen)


class Presented(QObject, Generic[P, S]):
    """The common part of a `pos.ui.manager.section.Section`; name, drawing and events are the heir's."""

    def __init__(self, presenter: P) -> None:
        super().__init__()
        self.presenter = presenter
        self._look: Look | None = None
        self._drawn: S | None = None

    def opened(self) -> None:
        """It comes into sight."""
        self.presenter.opened()

    def closed(self) -> None:
        """It goes out of sight."""
        self.presenter.closed()

    def waiting(self) -> int:
        """Nothing waits here for a person."""
        return 0
