"""The shapes that go with every colour, painted from paths: no font has to have them, and they scale."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from pos.ui.signs import Shape


def paint_shape(painter: QPainter, shape: Shape, box: QRectF, colour: QColor, turn: int = 0) -> None:
    """Draw a shape inside a square box; `turn` is the step of the working shape, 0 to 7."""
    if shape is Shape.NONE:
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.topLeft())
    painter.scale(box.width() / 100, box.height() / 100)
    width = 8.0 if shape not in _SMALL else 12.0
    pen = QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if shape in _FILLED:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
    if shape is Shape.WORKING:
        _paint_working(painter, colour, turn)
    else:
        painter.drawPath(_PATHS[shape])
        if shape in _MARKS:
            _paint_mark(painter, colour, *_MARKS[shape])
    painter.restore()


def _paint_working(painter: QPainter, colour: QColor, turn: int) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    for step in range(8):
        shade = QColor(colour)
        shade.setAlphaF(0.25 + 0.75 * (((step - turn) % 8) / 7))
        painter.save()
        painter.translate(50, 50)
        painter.rotate(45 * step)
        painter.setBrush(shade)
        painter.drawEllipse(QPointF(0, -38), 8, 8)
        painter.restore()


def _paint_mark(painter: QPainter, colour: QColor, top: float, bottom: float, dot: float) -> None:
    painter.drawLine(QPointF(50, top), QPointF(50, bottom))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(50, dot), 5.5, 5.5)


def _polyline(*points: tuple[float, float], closed: bool = False) -> QPainterPath:
    path = QPainterPath(QPointF(*points[0]))
    for point in points[1:]:
        path.lineTo(QPointF(*point))
    if closed:
        path.closeSubpath()
    return path


def _check() -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QRectF(6, 6, 88, 88))
    path.addPath(_polyline((31, 52), (45, 66), (70, 37)))
    return path


def _cross() -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(8, 8, 84, 84), 14, 14)
    path.addPath(_polyline((35, 35), (65, 65)))
    path.addPath(_polyline((65, 35), (35, 65)))
    return path


def _shield() -> QPainterPath:
    path = QPainterPath(QPointF(50, 6))
    path.lineTo(88, 20)
    path.lineTo(88, 50)
    path.cubicTo(88, 72, 72, 86, 50, 94)
    path.cubicTo(28, 86, 12, 72, 12, 50)
    path.lineTo(12, 20)
    path.closeSubpath()
    path.addPath(_polyline((34, 50), (46, 62), (67, 38)))
    return path


def _scan() -> QPainterPath:
    path = QPainterPath()
    for corner in (((8, 30), (8, 8), (30, 8)), ((70, 8), (92, 8), (92, 30)),
                   ((92, 70), (92, 92), (70, 92)), ((30, 92), (8, 92), (8, 70))):  # fmt: skip
        path.addPath(_polyline(*corner))
    for x in (30, 43, 57, 70):
        path.addPath(_polyline((x, 32), (x, 68)))
    return path


def _x() -> QPainterPath:
    path = _polyline((20, 20), (80, 80))
    path.addPath(_polyline((80, 20), (20, 80)))
    return path


def _disc(radius: float) -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(50, 50), radius, radius)
    return path


def _question() -> QPainterPath:
    path = QPainterPath(QPointF(36, 38))
    path.cubicTo(36, 20, 66, 20, 66, 40)
    path.cubicTo(66, 52, 50, 50, 50, 62)
    path.addEllipse(QRectF(6, 6, 88, 88))
    return path


def _bag() -> QPainterPath:
    path = _polyline((16, 34), (84, 34), (78, 92), (22, 92), closed=True)
    path.moveTo(34, 46)
    path.cubicTo(34, 2, 66, 2, 66, 46)
    return path


def _lock() -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(QRectF(18, 44, 64, 46), 8, 8)
    path.moveTo(32, 44)
    path.lineTo(32, 30)
    path.cubicTo(32, 6, 68, 6, 68, 30)
    path.lineTo(68, 44)
    return path


def _gear() -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(50, 50), 14, 14)
    path.addEllipse(QPointF(50, 50), 30, 30)
    for dx, dy in ((0, 1), (0.71, 0.71), (1, 0), (0.71, -0.71), (0, -1), (-0.71, -0.71), (-1, 0), (-0.71, 0.71)):
        path.addPath(_polyline((50 + 32 * dx, 50 + 32 * dy), (50 + 44 * dx, 50 + 44 * dy)))
    return path


def _back() -> QPainterPath:
    path = _polyline((92, 50), (8, 50))
    path.addPath(_polyline((40, 18), (8, 50), (40, 82)))
    return path


_SMALL = frozenset({Shape.TICK, Shape.X, Shape.LOCK, Shape.GEAR, Shape.BACK})
_FILLED = frozenset({Shape.DOT, Shape.DIAMOND})
_MARKS: dict[Shape, tuple[float, float, float]] = {Shape.WAIT: (40, 62, 76), Shape.QUESTION: (62, 62, 76)}
_PATHS: dict[Shape, QPainterPath] = {
    Shape.CHECK: _check(),
    Shape.CROSS: _cross(),
    Shape.WAIT: _polyline((50, 8), (94, 90), (6, 90), closed=True),
    Shape.SHIELD: _shield(),
    Shape.SCAN: _scan(),
    Shape.QUESTION: _question(),
    Shape.TICK: _polyline((14, 54), (40, 80), (86, 24)),
    Shape.X: _x(),
    Shape.DOT: _disc(42),
    Shape.DIAMOND: _polyline((50, 2), (98, 50), (50, 98), (2, 50), closed=True),
    Shape.RING: _disc(36),
    Shape.GOODS: _bag(),
    Shape.LOCK: _lock(),
    Shape.GEAR: _gear(),
    Shape.BACK: _back(),
}
