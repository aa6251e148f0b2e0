"""Notices that nobody has touched the till for a while. A till left alone locks itself."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

_TOUCHES = frozenset({
    QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.Wheel,
    QEvent.Type.TouchBegin, QEvent.Type.TabletPress,
})  # fmt: skip
_SHAKING_PX = 12.0
"""A mouse beside a slip printer creeps by itself: that is no hand."""


class IdleWatch(QObject):
    """Watches every key, touch and move of the whole program. GUI thread.

    Args:
        mono_s: counts the time; no clock that can be set.
        limit_s: seconds without a touch, as set at this moment; 0: never.
        held_up: whether something is going on that its person must see the end of: time begins anew after it.

    Signals:
        idle(): nobody is here; told once, and again after another such time.
    """

    idle = Signal()

    def __init__(
        self, mono_s: Callable[[], float], limit_s: Callable[[], float], held_up: Callable[[], bool], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._mono_s, self._limit_s, self._held_up = mono_s, limit_s, held_up
        self._last_mono_s = mono_s()
        self._mouse_at = QPointF()

    def install(self) -> None:
        """Begin to watch."""
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    def remove(self) -> None:
        """Watch no more."""
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)

    def touched(self) -> None:
        """Somebody is here; a scan says so too."""
        self._last_mono_s = self._mono_s()

    def look(self) -> None:
        """Called every second or so."""
        if self._held_up():
            self.touched()
            return
        limit_s = self._limit_s()
        if limit_s > 0 and self._mono_s() - self._last_mono_s >= limit_s:
            self.touched()
            self.idle.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take nothing away from anybody."""
        del watched
        if event.type() in _TOUCHES and self._is_hand(event):
            self.touched()
        return False

    def _is_hand(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent):
            return not event.isAutoRepeat()  # something that lies on the keyboard
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
            way = event.globalPosition() - self._mouse_at
            if way.manhattanLength() < _SHAKING_PX:
                return False
            self._mouse_at = event.globalPosition()
        return True
