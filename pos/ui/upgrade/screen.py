"""The upgrade's window drawn: what is done, how far it has come, and that the machine should stay on."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Slot
from PySide6.QtGui import QCloseEvent, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from pos.ui.before import BeforeWindow
from pos.ui.look import Look
from pos.ui.theme import Tone
from pos.ui.widgets.text import Text

_BAR_PX = 14


class _Bar(QWidget):
    """A bar that fills from left to right."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look, self._percent = look, 0
        self.setFixedHeight(look.px(_BAR_PX))

    def fill(self, percent: int) -> None:
        """So far."""
        self._percent = percent
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw it."""
        whole, round_px = QRectF(self.rect()), self.height() / 2
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._look.theme.line))
        painter.drawRoundedRect(whole, round_px, round_px)
        whole.setWidth(max(self.height(), whole.width() * self._percent / 100))
        painter.setBrush(QColor(self._look.theme.tones[Tone.BRAND].fill))
        painter.drawRoundedRect(whole, round_px, round_px)
        painter.end()


class UpgradeScreen(BeforeWindow):
    """Says how far an upgrade has come. It cannot be closed: what it shows goes on whether it is seen or not."""

    def __init__(self, look: Look, *, shop: str = "", parent: QWidget | None = None) -> None:
        super().__init__(look, look.tr.t("upgrade.title"), shop, spacing=14, parent=parent)
        self._over = False
        card, column = self._card, self._column
        self._bar = _Bar(look, card)
        column.addWidget(self._bar)
        self._step = Text(look, design_px=18, weight=700, wrap=True, parent=card)
        column.addWidget(self._step)
        patience = look.tr.t("upgrade.patience")
        column.addWidget(Text(look, patience, design_px=16, colour=look.theme.muted, wrap=True, parent=card))

    @Slot(str, int)
    def show_progress(self, stage: str, percent: int) -> None:
        """Draw this."""
        tr = self._look.tr
        text = tr.t("upgrade.step", stage=tr.t(f"upgrade.stage.{stage}"), percent=percent)
        self._step.setText(text)
        self._bar.fill(percent)
        self.setAccessibleDescription(text)

    def end(self) -> None:
        """It is over: go."""
        self._over = True
        self.close()
        self.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Not before it is over."""
        event.setAccepted(self._over)
