"""The box that somebody has asked for, while it stands open."""

from __future__ import annotations

from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from pos.ui.widgets.sheet import Sheet

Box = TypeVar("Box", bound=Sheet)


class KeptBox(QObject, Generic[Box]):
    """Keeps one box: an answer that comes late finds it, or None once it is gone.

    Signals:
        gone(): it was closed, whatever the reason.
    """

    gone = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.sheet: Box | None = None

    def keep(self, sheet: Box) -> Box:
        """This one from now on; what becomes of the one before is nobody's matter."""
        sheet.closed.connect(self._closed)
        self.sheet = sheet
        return sheet

    def forget(self) -> None:
        """It goes with the screen it stands on."""
        self.sheet = None

    @Slot()
    def _closed(self) -> None:
        if self.sender() is self.sheet:
            self.sheet = None
            self.gone.emit()
