"""Opens the window on a till and runs it until it is closed. Called by the composition root only."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from pos.i18n import resource_path
from pos.till.commands import CounterTill
from pos.ui.bridge import Bridge
from pos.ui.collector import Collector
from pos.ui.config import UiConfig
from pos.ui.look import load_fonts
from pos.ui.window import MainWindow


def application() -> QApplication:
    """The one application object, with our typeface and a plain style; made at the first call."""
    running = QApplication.instance()
    if isinstance(running, QApplication):
        app = running
    else:
        app = QApplication(sys.argv[:1])
        app.setApplicationName("quay-voucher")
        app.setDesktopFileName("vn.quayvoucher.till")  # whose icon and name a desktop shows: packaging/linux/share
    if app.property("quay.ready") is None:
        app.setProperty("quay.ready", True)
        app.setStyle("Fusion")
        app.setWindowIcon(_icon())
        load_fonts()
        Collector(app)
    return app


def _icon() -> QIcon:
    icon = QIcon()
    for size in (48, 128, 256):
        icon.addFile(str(resource_path(f"icons/quay-voucher-{size}.png")))
    return icon


def build_window(till: CounterTill, config: UiConfig, bridge: Bridge | None = None) -> MainWindow:
    """The window, subscribed to the till, not yet shown; `bridge` is the door that scanners and devices use as well."""
    application()
    door = bridge or Bridge()
    window = MainWindow(till, config, door)
    till.subscribe(door.post)
    return window


def run_window(
    till: CounterTill,
    config: UiConfig,
    bridge: Bridge | None = None,
    *,
    on_closed: Callable[[], None],
    on_ready: Callable[[MainWindow], None] | None = None,
) -> int:
    """Show the window and run until it is closed.

    Args:
        till: the engine, or a fake.
        config: what the window is told.
        bridge: the door for scanners and devices; a new one if None.
        on_closed: called on this thread when the window has gone, before this returns.
        on_ready: called once the window is shown; starts whatever may start after the first paint.

    Returns:
        Exit status of the event loop.
    """
    app = application()
    window = build_window(till, config, bridge)
    if config.maximised:
        window.showMaximized()
    else:
        window.show()
    if on_ready is not None:
        on_ready(window)
    gc.freeze()  # what stands now stays all day: no collection walks through it while a customer waits
    try:
        return app.exec()
    finally:
        on_closed()
