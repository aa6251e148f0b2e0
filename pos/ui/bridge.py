"""The one door into the GUI: anything that happens on another thread comes in here as a queued signal."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from pos.till.views import DeviceView


class Bridge(QObject):
    """Hands frozen values from any thread to the GUI thread. Every method may be called from any thread.

    Receivers connect with `Qt.ConnectionType.QueuedConnection`, so that nothing is ever handled inside the call that
    posted it, not even when that call was made on the GUI thread.

    Signals:
        happened: a `TillEvent`, or an event of a page.
        scan: the text of one scan of a serial scanner.
        scan_dropped: a scan that is not passed on; carries the stable word of why, as `hint.<word>` tells it.
        reading: what a scanner said while it is tested, a `hardware.scanner.test_mode.Observation`.
        printer_test: what a test of the printer gave, a `pos.receipts.printer_test.PrinterTestEvent`.
        device: name ("printer", "scanner") and a `DeviceView`.
        paper: a picture of what came out of the virtual printer (training only).
    """

    happened = Signal(object)
    scan = Signal(str)
    scan_dropped = Signal(str)
    reading = Signal(object)
    printer_test = Signal(object)
    device = Signal(str, object)
    paper = Signal(object)

    def post(self, event: object) -> None:
        """A till event; fits `CounterTill.subscribe`."""
        self.happened.emit(event)

    def scanned(self, text: str) -> None:
        """A serial scan, whole, terminator taken off."""
        self.scan.emit(text)

    def dropped_scan(self, why: str) -> None:
        """A scan was thrown away before it was one: `too_long`, `noise`, `repeated`…"""
        self.scan_dropped.emit(why)

    def scanner_said(self, observation: object) -> None:
        """A reading of the scanner test."""
        self.reading.emit(observation)

    def printer_tested(self, event: object) -> None:
        """The printer's thread tells of a test page or a proof."""
        self.printer_test.emit(event)

    def device_status(self, name: str, view: DeviceView) -> None:
        """A device changed its state between two strip snapshots."""
        self.device.emit(name, view)

    def printed(self, picture: object) -> None:
        """Paper of the virtual printer: a `PIL.Image.Image` or PNG bytes."""
        self.paper.emit(picture)
