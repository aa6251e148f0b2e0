"""Bars by hour, one part an issuer. Each part has a colour and a pattern, so that it is read without colours too."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from pos.ui.look import Look
from pos.ui.theme import ThemeName

_LIGHT = ("#1F5FA8", "#7A4EC2", "#B86A00", "#0B7A63", "#8A2E5C", "#5A6675")
_DARK = ("#6FAEF5", "#B79AF0", "#F0B054", "#4FCBAA", "#F08AB8", "#A9B7C6")
_PATTERNS = (
    Qt.BrushStyle.SolidPattern,
    Qt.BrushStyle.BDiagPattern,
    Qt.BrushStyle.Dense4Pattern,
    Qt.BrushStyle.CrossPattern,
    Qt.BrushStyle.HorPattern,
    Qt.BrushStyle.FDiagPattern,
)
"""The first is the whole colour; no two that stand beside each other look alike in grey."""


@dataclass(frozen=True, slots=True)
class HourBar:
    """One hour.

    Args:
        label: below the bar: `12h`.
        parts: amounts, đồng, one for each series, in their order.
        spoken: the hour in words, for the tool tip and assistive tools.
    """

    label: str
    parts: tuple[int, ...]
    spoken: str


@dataclass(frozen=True, slots=True)
class HourChartModel:
    """What the chart shows; `empty` stands in for a chart without bars."""

    title: str
    series: tuple[str, ...]
    bars: tuple[HourBar, ...]
    empty: str


class HourChart(QWidget):
    """Draws an `HourChartModel`. Its values are spoken: they are the accessible description."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._model = HourChartModel("", (), (), "")
        self._colours = _DARK if look.theme.name is ThemeName.DARK else _LIGHT
        self._small, self._name = look.font(12, 500), look.font(15, 700)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(look.px(96))

    def show_chart(self, model: HourChartModel) -> None:
        """Draw this."""
        if model == self._model:
            return
        self._model = model
        self.setAccessibleName(model.title)
        self.setAccessibleDescription("; ".join(bar.spoken for bar in model.bars) or model.empty)
        self.update()

    def sizeHint(self) -> QSize:
        """Takes what room there is."""
        return QSize(self._look.px(300), self._look.px(120))

    def event(self, event: QEvent) -> bool:
        """The hour below the pointer is told in words."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            bar = self._bar_at(event.pos().x())
            QToolTip.showText(event.globalPos(), bar.spoken if bar is not None else "", self)
            return True
        return super().event(event)

    def _bar_at(self, x: int) -> HourBar | None:
        bars = self._model.bars
        number = int(x * len(bars) / max(1, self.width())) if bars else -1
        return bars[number] if 0 <= number < len(bars) else None

    # ------------------------------------------------------------ drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw title, legend, bars and hours."""
        del event
        look, model = self._look, self._model
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        head = QRect(0, 0, self.width(), look.px(22))
        used = self._paint_title(painter, head)
        if model.bars:
            self._paint_legend(painter, head.adjusted(used + look.px(12), 0, 0, 0))
            self._paint_bars(painter, self.rect().adjusted(0, look.px(28), 0, 0))
        else:
            painter.setPen(QColor(look.theme.muted))
            painter.setFont(look.font(15, 500))
            flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
            painter.drawText(self.rect().adjusted(0, look.px(22), 0, 0), flags, model.empty)

    def _paint_title(self, painter: QPainter, room: QRect) -> int:
        painter.setFont(self._name)
        painter.setPen(QColor(self._look.theme.text))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), self._model.title)
        return QFontMetrics(self._name).horizontalAdvance(self._model.title)

    def _paint_legend(self, painter: QPainter, room: QRect) -> None:
        """From the right; what has no room ends in an ellipsis and is spoken."""
        look, metrics = self._look, QFontMetrics(self._small)
        painter.setFont(self._small)
        swatch, gap, right = look.px(14), look.px(6), room.right()
        for number in reversed(range(len(self._model.series))):
            name = self._model.series[number]
            width = metrics.horizontalAdvance(name) + 2
            left = right - width - gap - swatch
            if left < room.left():
                break
            box = QRectF(left, room.center().y() - swatch / 2 + 1, swatch, swatch)
            self._fill(painter, number, box)
            painter.setPen(QColor(look.theme.text))
            words = QRect(left + swatch + gap, room.top(), width, room.height())
            painter.drawText(words, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), name)
            right = left - look.px(14)

    def _paint_bars(self, painter: QPainter, room: QRect) -> None:
        look, bars = self._look, self._model.bars
        hours = look.px(18)
        most = max(sum(bar.parts) for bar in bars) or 1
        step, high = room.width() / len(bars), room.height() - hours
        ground = room.top() + high
        width = min(step * 0.86, look.px(70))
        for number, bar in enumerate(bars):
            left = room.left() + step * number + (step - width) / 2
            self._paint_bar(painter, bar, QRectF(left, ground, width, 0), high / most)
        painter.setPen(QPen(QColor(look.theme.line), 1))
        painter.drawLine(room.left(), ground, room.right(), ground)
        painter.setFont(self._small)
        painter.setPen(QColor(look.theme.muted))
        metrics = QFontMetrics(self._small)
        widest = max(metrics.horizontalAdvance(bar.label) for bar in bars) + look.px(6)
        every = max(1, int(-(-widest // step)))
        for number in range(0, len(bars), every):
            middle = room.left() + step * number + step / 2
            box = QRectF(middle - widest, ground + 2, 2 * widest, hours)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), bars[number].label)

    def _paint_bar(self, painter: QPainter, bar: HourBar, foot: QRectF, px_a_dong: float) -> None:
        """Stacked from the ground; what is not nothing is at least a line high."""
        top = foot.top()
        for number, amount in enumerate(bar.parts):
            if amount <= 0:
                continue
            high = max(2.0, amount * px_a_dong)
            top -= high
            self._fill(painter, number, QRectF(foot.left(), top, foot.width(), max(2.0, high - 2)))

    def _fill(self, painter: QPainter, number: int, box: QRectF) -> None:
        colour = QColor(self._colours[number % len(self._colours)])
        pattern = _PATTERNS[number % len(_PATTERNS)]
        radius = min(self._look.px(2), box.height() / 2)
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(QBrush(colour, pattern))
        painter.drawRoundedRect(box.adjusted(0.75, 0.75, -0.75, -0.75), radius, radius)
