"""What the screens stand in: the framed ground, the scrolling area, the stack of screens."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollArea, QStackedWidget, QWidget

from pos.till.views import Environment
from pos.ui.look import Look
from pos.ui.widgets.window_table import scroll_bar_style

FRAME_PX = 5
"""Width of the coloured frame around anything but production."""


class Area(QScrollArea):
    """Scrolls by touch, wheel and focus, once a person has chosen a size that does not fit; keys are the window's."""

    def __init__(self, look: Look, stage: Stage) -> None:
        super().__init__()
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.verticalScrollBar().setStyleSheet(scroll_bar_style(look))
        self.setWidget(stage)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys choose a voucher."""
        event.ignore()


class Stage(QStackedWidget):
    """The screens; only the one that is open asks for room."""

    def minimumSizeHint(self) -> QSize:
        """What the open screen needs."""
        current = self.currentWidget()
        return QSize() if current is None else current.minimumSize().expandedTo(current.minimumSizeHint())

    def sizeHint(self) -> QSize:
        """What the open screen needs."""
        return self.minimumSizeHint()

    def heightForWidth(self, width: int) -> int:
        """What the open screen needs; Qt's own is the tallest of all, and below a banner every one would scroll."""
        current = self.currentWidget()
        return -1 if current is None or not current.hasHeightForWidth() else current.heightForWidth(width)


class Root(QWidget):
    """The ground of the window; framed in the badge's colour unless it is production."""

    def __init__(self, look: Look, environment: Environment) -> None:
        super().__init__()
        production = environment is Environment.PRODUCTION
        self._colour = QColor(look.theme.background if production else look.theme.badge)
        self._ground = QColor(look.theme.background)
        self._edge = 0 if production else FRAME_PX

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw frame and ground."""
        del event
        painter = QPainter(self)
        edge = self._edge
        painter.fillRect(self.rect(), self._colour)
        painter.fillRect(self.rect().adjusted(edge, edge, -edge, -edge), self._ground)
