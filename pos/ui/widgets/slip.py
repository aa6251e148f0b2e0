"""A slip as it came out of the printer, drawn as paper."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from pos.ui.look import Look


def picture_of(paper: object) -> QImage:
    """A picture of paper from what a printer hands out: a slip with `.image`, a Pillow image, or encoded bytes."""
    if isinstance(paper, QImage):
        return paper
    if isinstance(paper, bytes):
        return QImage.fromData(paper)
    image = getattr(paper, "image", paper)
    convert = getattr(image, "convert", None)
    if convert is None:
        return QImage()
    grey = convert("L")
    width, height = grey.size
    return QImage(grey.tobytes(), width, height, width, QImage.Format.Format_Grayscale8).copy()


class SlipPreview(QWidget):
    """One slip, as wide as it is given room, never enlarged beyond its dots."""

    def __init__(self, look: Look, picture: QImage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._picture = look, QPixmap.fromImage(picture)
        self.setAccessibleName(look.tr.t("slip.preview"))
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def heightForWidth(self, width: int) -> int:
        """Keeps the paper's shape."""
        if self._picture.isNull():
            return 0
        shown = min(width, self._picture.width())
        return round(self._picture.height() * shown / self._picture.width()) + self._look.px(8)

    def sizeHint(self) -> QSize:
        """The paper's own size."""
        return QSize(self._picture.width(), self.heightForWidth(self._picture.width()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the paper with a thin edge."""
        del event
        if self._picture.isNull():
            return
        painter = QPainter(self)
        shown = min(self.width(), self._picture.width())
        scaled = self._picture.scaledToWidth(shown, Qt.TransformationMode.SmoothTransformation)
        left = (self.width() - shown) // 2
        painter.drawPixmap(left, 0, scaled)
        painter.setPen(QPen(QColor(self._look.theme.outline), 1))
        painter.drawRect(left, 0, shown - 1, scaled.height() - 1)
