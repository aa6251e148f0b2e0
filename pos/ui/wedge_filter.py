"""Keeps a keyboard-wedge scanner's keystrokes out of every field: they become a scan before a widget sees them.

The machine that tells a scan from typing by its rhythm is handed in; this filter only feeds it Qt's key presses and
what input methods make of them, and gives back what turned out to be typing.
"""

from __future__ import annotations

import sys
import time
from collections import deque
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QApplication

DOUBLED_KEY_S = 0.012
MARK = "\ufffc"
"""Stands for a composed text or a dead key among the characters the machine holds."""
_GS1_SEPARATOR = "\x1d"  # a scanner types it as Ctrl+]
_CONTROL_KEYS = {"\b": Qt.Key.Key_Backspace}
# Which key of the keyboard it was, and the state of Caps Lock, as the platform tells Qt: X11 and Wayland give the evdev
# code + 8 and the X modifier mask; Windows the set 1 scan code and Qt's own mask (qwindowskeymapper.cpp).
_DIGIT_ROW, _CAPS_LOCK = (range(2, 12), 0x100) if sys.platform == "win32" else (range(10, 20), 0x2)
# Pressed by a scanner around its letters and before a lock: keys on their own that are neither typing nor its end.
_WITHOUT_TEXT = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock)
_DEAD_KEYS = range(Qt.Key.Key_Dead_Grave.value, Qt.Key.Key_Dead_Longsolidusoverlay.value + 1)
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
    def dropped(self) -> str:
        """Why a scan was swallowed, a stable word; empty when none was."""


class Wedge(Protocol):
    """The machine. Times are seconds of one clock that only grows."""

    @property
    def deadline_mono_s(self) -> float | None:
        """When `tick` has to be called; None while nothing is held."""

    def feed(self, char: str, mono_s: float, /, *, shift: bool, caps_lock: bool, digit_row: bool) -> WedgeDecision:
        """One typed character, Enter as CR, Tab as HT, Backspace as BS."""

    def composed(self, mark: str, mono_s: float, /, *, dead_key: bool) -> WedgeDecision:
        """A text an input method put together, or a dead key; `mark` stands for it in `release`."""

    def tick(self, mono_s: float, /) -> WedgeDecision:
        """It is now this late."""

    def interrupt(self) -> WedgeDecision:
        """A key that no scanner sends, or the focus is about to move."""


class WedgeFilter(QObject):
    """An application-wide event filter around a `Wedge`.

    Signals:
        scan(str): a whole scan, its terminator taken off.
        dropped(str): why a scan was swallowed: `too_long`, `repeated`, `changed_by_ime`, `changed_by_layout`,
            `caps_lock`, `noise`, `gs1_ai_missing`.
    """

    scan = Signal(str)
    dropped = Signal(str)

    def __init__(self, machine: Wedge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._machine = machine
        self._delivering = False
        self._discarding = False
        self._marked: deque[QEvent] = deque()
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
        if not watched.isWidgetType():
            return False
        if kind == QEvent.Type.InputMethod and isinstance(event, QInputMethodEvent):
            return self._discarding or self._on_composed(event)
        return kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._on_key(event)

    def _on_key(self, event: QKeyEvent) -> bool:
        if event.key() in _WITHOUT_TEXT:
            return False
        typed, self._key_s = self._typed(event), _stamp_s(event)
        if event.key() in _DEAD_KEYS:
            mark = QKeyEvent(event.type(), event.key(), event.modifiers(), event.text())
            return self._take(self._machine.composed(MARK, self._time_of(event), dead_key=True), mark)
        if not typed:
            self._deliver(self._machine.interrupt().release)
            return False
        return self._take(
            self._machine.feed(
                _char(event),
                self._time_of(event),
                shift=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier),
                caps_lock=bool(event.nativeModifiers() & _CAPS_LOCK),
                digit_row=event.nativeScanCode() in _DIGIT_ROW,
            )
        )

    def _on_composed(self, event: QInputMethodEvent) -> bool:
        """An input method's text has no time stamp: now, on the clock of the keys."""
        if not event.commitString() and not event.preeditString() and not self._marked:
            return False  # nothing to take back, nothing to keep in order
        copy = QInputMethodEvent(event.preeditString(), event.attributes())
        copy.setCommitString(event.commitString(), event.replacementStart(), event.replacementLength())
        now_s = time.monotonic() + self._ahead_s
        return self._take(self._machine.composed(MARK, now_s, dead_key=False), copy)

    def _take(self, decision: WedgeDecision, mark: QEvent | None = None) -> bool:
        """Do what the machine says; True when the current event must not go on."""
        self._deliver(decision.release)
        if mark is not None and decision.held:
            self._marked.append(mark)
        if decision.dropped:
            self._discard()
            self.dropped.emit(decision.dropped)
        if decision.scan is not None:
            self.scan.emit(decision.scan)
        self._arm()
        return decision.held

    def _discard(self) -> None:
        """Throw away what an input method made of a scan, also what it has not said yet."""
        if not self._marked:
            return
        self._marked.clear()
        self._discarding = True
        try:
            QGuiApplication.inputMethod().reset()
        finally:
            self._discarding = False

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
        if event.text() == _GS1_SEPARATOR:
            return True
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
                event = self._marked.popleft() if char == MARK and self._marked else _press_of(char)
                if target is not None:
                    QApplication.sendEvent(target, event)
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
    if event.key() == Qt.Key.Key_Backspace:
        return "\b"
    return text if text.isprintable() or text == _GS1_SEPARATOR else ""


def _press_of(char: str) -> QKeyEvent:
    upper = char.upper()
    key = ord(upper) if len(upper) == 1 and ord(upper) < 128 else Qt.Key.Key_unknown.value
    if char in _CONTROL_KEYS:
        key = _CONTROL_KEYS[char].value
    return QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, char)
