"""Keeps a keyboard-wedge scanner's keystrokes out of every field: they become a scan before a widget sees them.

The machine that tells a scan from typing by its rhythm is handed in; this filter only feeds it Qt's key presses and
gives back what turned out to be typing.
"""

from __future__ import annotations

import time
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

DOUBLED_KEY_S = 0.012
_TYPED_MODIFIERS = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier


class WedgeDecision(Protocol):
    """What the machine says of a key."""

    @property
    def scan(self) -> str | None:
        """A whole scan."""

    @property
    def release(self) -> str:
        """Characters that were typing after all, to be delivered before the current key."""

    @property
    def held(self) -> bool:
        """The current key must not be delivered now."""

    @property
    def too_long(self) -> bool:
        """A burst longer than any code was dropped."""


class Wedge(Protocol):
    """The machine. Times are seconds of one clock that only grows."""

    @property
    def deadline_mono_s(self) -> float | None:
        """When `tick` has to be called; None while nothing is held."""

    def feed(self, char: str, mono_s: float, /) -> WedgeDecision:
        """One typed character, Enter as CR, Tab as HT."""

    def tick(self, mono_s: float, /) -> WedgeDecision:
        """It is now this late."""

    def interrupt(self) -> WedgeDecision:
        """A key that no scanner sends, or the focus is about to move."""


class WedgeFilter(QObject):
    """An application-wide event filter around a `Wedge`.

    Signals:
        scan(str): a whole scan, its terminator taken off.
        dropped(str): `too_long`.
    """

    scan = Signal(str)
    dropped = Signal(str)

    def __init__(self, machine: Wedge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._machine = machine
        self._delivering = False
        self._ahead_s = 0.0
        self._key_s = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_pause)

    def install(self) -> None:
        """Begin to listen to the whole application."""
        app = QCoreApplication.instance()
        if app is not None:
            app.installEventFilter(self)

    def remove(self) -> None:
        """Stop listening; what is held is typed."""
        self._deliver(self._machine.interrupt().release)
        app = QCoreApplication.instance()
        if app is not None:
            app.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Swallow what may be a scan; let everything else go its way, in order."""
        kind = event.type()
        if self._delivering:
            return False
        if kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._typed(event):
            event.accept()  # comes before the press: no shortcut may take a scanner's key
            return False
        if kind == QEvent.Type.MouseButtonPress:
            self._deliver(self._machine.interrupt().release)
            return False
        if kind != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent) or not watched.isWidgetType():
            return False
        return self._on_key(event)

    def _on_key(self, event: QKeyEvent) -> bool:
        typed, self._key_s = self._typed(event), _stamp_s(event)
        if not typed:
            self._deliver(self._machine.interrupt().release)
            return False
        decision = self._machine.feed(_char(event), self._time_of(event))
        self._deliver(decision.release)
        if decision.too_long:
            self.dropped.emit("too_long")
        if decision.scan is not None:
            self.scan.emit(decision.scan)
        self._arm()
        return decision.held

    def _time_of(self, event: QKeyEvent) -> float:
        """The event's own stamp, so that a busy window does not change a scanner's rhythm."""
        stamp_s = _stamp_s(event)
        self._ahead_s = stamp_s - time.monotonic()
        return stamp_s

    def _typed(self, event: QKeyEvent) -> bool:
        """Whether a scanner could have sent this key.

        Two equal characters of a fast scanner may carry one time stamp, which X11 takes for a key held down; a key that
        is really held down repeats no faster than every 20 ms.
        """
        if event.isAutoRepeat() and _stamp_s(event) - self._key_s > DOUBLED_KEY_S:
            return False
        return not event.modifiers() & ~_TYPED_MODIFIERS and bool(_char(event))

    def _arm(self) -> None:
        deadline = self._machine.deadline_mono_s
        if deadline is None:
            self._timer.stop()
            return
        wait_s = deadline - (time.monotonic() + self._ahead_s)
        self._timer.start(max(1, int(wait_s * 1000) + 2))

    @Slot()
    def _on_pause(self) -> None:
        """Key presses that waited while the window was busy come before the pause is believed: one turn later."""
        QTimer.singleShot(0, self._tick)

    @Slot()
    def _tick(self) -> None:
        self._deliver(self._machine.tick(time.monotonic() + self._ahead_s).release)
        self._arm()

    def _deliver(self, text: str) -> None:
        """Type what was held back, where the keyboard is now."""
        if not text:
            return
        self._delivering = True
        try:
            for char in text:
                target = QApplication.focusWidget() or QApplication.activeWindow()
                if target is not None:
                    QApplication.sendEvent(target, _press_of(char))
        finally:
            self._delivering = False


def _stamp_s(event: QKeyEvent) -> float:
    return event.timestamp() / 1000 or time.monotonic()


def _char(event: QKeyEvent) -> str:
    if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        return "\r"
    if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
        return "\t" if event.key() == Qt.Key.Key_Tab else ""
    text = event.text()
    return text if text.isprintable() else ""


def _press_of(char: str) -> QKeyEvent:
    upper = char.upper()
    key = ord(upper) if len(upper) == 1 and ord(upper) < 128 else Qt.Key.Key_unknown.value
    return QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, char)
