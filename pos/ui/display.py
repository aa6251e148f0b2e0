"""Is there a screen to draw on, and how to tell somebody who clicked an icon why nothing opened."""

from __future__ import annotations

import ctypes
import os
import stat
import sys

from pos.domain.errors import ConfigError


def has_display() -> bool:
    """Whether a window would be seen. A platform plugin that was asked for by name counts as one."""
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    wayland, x11 = (bool(os.environ.get(name)) for name in ("WAYLAND_DISPLAY", "DISPLAY"))
    return (wayland and _wayland_answers()) or (x11 and _x_answers())


def _x_answers() -> bool:
    """A display that is named but gone, or lets nobody in (another user's, a session over ssh), would end the process
    in Qt with an abort. Asked as Qt's plugin asks it; `xcb_connect(3)`.
    """
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # Qt says what is missing
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    refused: int = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not refused


def _wayland_answers() -> bool:
    try:
        wayland = ctypes.CDLL("libwayland-client.so.0")
    except OSError:
        return True
    wayland.wl_display_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(wayland.wl_display_connect(None))
    if connection:
        wayland.wl_display_disconnect(connection)
    return bool(connection)


def can_be_seen() -> bool:
    """Whether somebody could look at the window: not when it would be drawn into memory."""
    return has_display() and os.environ.get("QT_QPA_PLATFORM", "").split(":")[0] not in ("offscreen", "minimal")


def require_display() -> None:
    """Raise `ConfigError("ui.no_display")` when Qt would abort the process."""
    if not has_display():
        raise ConfigError("ui.no_display")


def tell_refusal(sentence: str) -> None:
    """Show why the till did not open, to somebody who clicked an icon; a shell or a script reads it on stderr."""
    if _somebody_reads_stderr() or not can_be_seen():
        return
    from PySide6.QtGui import QFont
    from PySide6.QtWidgets import QMessageBox

    from pos.ui.app import application
    from pos.ui.widgets.text import literal

    application().setFont(QFont("Be Vietnam Pro", 13))
    QMessageBox.warning(None, "Quầy Voucher", literal(sentence))


def _somebody_reads_stderr() -> bool:
    """A terminal, a pipe or a file; not the desktop's log (a socket) and not nothing."""
    try:
        descriptor = sys.stderr.fileno()
        mode = os.fstat(descriptor).st_mode
    except (AttributeError, OSError, ValueError):
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode) or os.isatty(descriptor)
