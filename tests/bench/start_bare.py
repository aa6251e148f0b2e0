"""The peer of the start: a bare window that imports what the till imports, paints, and says so."""

from __future__ import annotations

import argparse  # noqa: F401
import json
import sqlite3  # noqa: F401
import sys
import time

import argon2  # noqa: F401
import cryptography.hazmat.primitives.ciphers.aead  # noqa: F401
import escpos.printer  # noqa: F401
import httpx  # noqa: F401
import segno  # noqa: F401
import serial  # noqa: F401
from PIL import Image, ImageDraw, ImageFont  # noqa: F401
from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow

from tests.bench.start_memory import peak_kib


class _Label(QLabel):
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        QTimer.singleShot(0, _say)


def _say() -> None:
    print(json.dumps({"ready_mono_s": time.monotonic(), "peak_kib": peak_kib()}), flush=True)
    QApplication.quit()


def main() -> int:
    """Show the window."""
    app = QApplication(sys.argv[:1])
    window = QMainWindow()
    window.resize(1024, 768)
    window.setCentralWidget(_Label("Quầy Voucher"))
    window.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
