"""Labels whose colour changes by palette alone: no style sheet is parsed while a cashier waits."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPalette
from PySide6.QtGui import Qt as RichText
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from pos.ui.look import Look


def literal(text: str) -> str:
    """Text for a tool tip or a message box, which take what looks like HTML for HTML: a person or a file that is called
    `<img src=…>` is shown by that name, and nothing is loaded.
    """
    return RichText.convertFromPlainText(text) if RichText.mightBeRichText(text) else text


class Text(QLabel):
    """Plain text at a size and weight of the design.

    It carries no accessible name: on Qt that would hide its text from assistive tools.

    Args:
        design_px, weight: as in the 1024×768 design.
        colour: `#RRGGBB`; the theme's text colour if None.
    """

    def __init__(
        self,
        look: Look,
        text: str = "",
        *,
        design_px: float = 16,
        weight: int = 400,
        colour: str | None = None,
        wrap: bool = False,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._look = look
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(look.font(design_px, weight))
        self.setWordWrap(wrap)
        self.setAlignment(align | Qt.AlignmentFlag.AlignVCenter)
        self.set_colour(QColor(colour or look.theme.text))
        if wrap:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def set_colour(self, colour: QColor) -> None:
        """Write in this colour."""
        palette = self.palette()
        if palette.color(QPalette.ColorRole.WindowText) != colour:
            palette.setColor(QPalette.ColorRole.WindowText, colour)
            self.setPalette(palette)

    def say(self, text: str) -> None:
        """Show this text, or take no room for an empty one."""
        if text != self.text():
            self.setText(text)
        if self.isHidden() == bool(text):
            self.setVisible(bool(text))


class ElidedText(Text):
    """One line that gives way: it takes what room is left and ends in an ellipsis."""

    def minimumSizeHint(self) -> QSize:
        """Needs no room."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much of the text as fits; hardly any is none."""
        del event
        metrics = QFontMetrics(self.font())
        if self.width() < metrics.averageCharWidth() * 5:
            return
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        painter.setFont(self.font())
        text = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), int(self.alignment()), text)
