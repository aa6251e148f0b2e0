"""The start that is measured: `quay run` on a data folder, until a scan would be taken.

`python -m tests.bench.start_till FOLDER`
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pos.cli.main  # noqa: F401 - the command line's own imports belong to the start

if TYPE_CHECKING:
    from pos.running import RunningTill
    from pos.ui.window import MainWindow

_WITHIN_S = 30.0


def _watch(window: MainWindow, running: RunningTill) -> None:
    """Say when the window was painted and the scanner's line is open; then when the issuer was reached, end."""
    from PySide6.QtCore import QEvent, QObject, QTimer

    class Watch(QObject):
        painted = False
        ready_mono_s = 0.0
        began_mono_s = time.monotonic()

        def eventFilter(self, _: QObject, event: QEvent) -> bool:
            if event.type() is QEvent.Type.Paint:
                self.painted = True
            return False

        def look(self) -> None:
            scanner = running._scanner
            if not self.ready_mono_s and self.painted and scanner is not None and scanner.status.value == "ready":
                self.ready_mono_s = time.monotonic()
            over = time.monotonic() - self.began_mono_s > _WITHIN_S
            if over or (self.ready_mono_s and running.program.desk.issuers.link.up):
                self.tell()

        def tell(self) -> None:
            from tests.bench.start_memory import load_what_a_slip_needs, peak_kib

            load_what_a_slip_needs()

            print(
                json.dumps({"ready_mono_s": self.ready_mono_s or time.monotonic(), "peak_kib": peak_kib()}), flush=True
            )
            timer.stop()
            window.close()

    watch = Watch(window)
    timer = QTimer(window)
    timer.timeout.connect(watch.look)
    window.screens.signin_screen.installEventFilter(watch)
    timer.start(1)


def main() -> int:
    """Open the window the way the program does."""
    os.environ["QUAY_KEYSTORE"] = "file"
    from pos.ui.start import open_window

    return open_window(Path(sys.argv[1]), maximised=False, on_ready=_watch)


if __name__ == "__main__":
    sys.exit(main())
