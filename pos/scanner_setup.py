"""Builds the scanner that an address means, set up as the settings say: for the till and for trying it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from hardware.scanner.framing import FramingRules
    from hardware.scanner.reading import Reading, ReadingRules
    from hardware.scanner.scan_loop import ScanLoop, ScannerStatus


class Texts(Protocol):
    """The settings, or values that are only tried."""

    def text(self, key: str) -> str:
        """A text or choice."""


def reading_rules(settings: Texts) -> ReadingRules:
    """What the till wants of a code."""
    from hardware.scanner.reading import ReadingRules

    return ReadingRules(gs1_ai=settings.text("scanner.gs1_ai"))


def build_scanner(
    address: str,
    settings: Texts | None,
    *,
    on_scan: Callable[[Reading], None],
    on_status: Callable[[ScannerStatus], None],
) -> ScanLoop:
    """Build a scanner, not started.

    Args:
        address: `serial:…` or `hid:…`.
        settings: how it is set up; None: as most scanners are.
        on_scan: called with each reading, on the scanner's thread.
        on_status: called on each change, on that thread.

    Raises:
        DeviceAddressError: the address is no scanner's.
    """
    from hardware.scanner.hid_scanner import HidScanner
    from hardware.scanner.serial_scanner import SerialScanner

    driver = HidScanner if address.strip().startswith("hid:") else SerialScanner
    if settings is None:
        return driver(address, on_scan, on_status)
    return driver(address, on_scan, on_status, rules=_framing(settings), reading=reading_rules(settings))


def _framing(settings: Texts) -> FramingRules:
    from hardware.scanner.framing import FramingRules, Terminator

    return FramingRules(
        Terminator(settings.text("scanner.framing")),
        prefix=settings.text("scanner.prefix"),
        suffix=settings.text("scanner.suffix"),
    )
