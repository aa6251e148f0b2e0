"""A scanner in HID-POS mode, read through the optional library ``hidapi``; it heals itself as a serial one does."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any, Protocol

from hardware.address import DeviceAddress, parse_address
from hardware.errors import (
    DeviceAddressError,
    DeviceDisconnectedError,
    DeviceError,
    DeviceLibraryMissingError,
    DeviceNotFoundError,
    DevicePermissionError,
)
from hardware.scanner.framing import FramingRules
from hardware.scanner.hid_report import REPORT_BYTES, USAGE_PAGE, HidReader
from hardware.scanner.reading import Reading, ReadingRules
from hardware.scanner.scan_loop import RETRY_S, ScanLoop, ScannerStatus

_WAKE_S = 0.2  # the library cannot end a read from another thread: stop() waits this long at most


class HidLibrary(Protocol):
    """What is used of the package ``hidapi`` (its module ``hid``, or ``hidraw`` on Linux)."""

    def enumerate(self) -> Sequence[Mapping[str, Any]]:
        """Every HID interface of this machine."""

    def device(self) -> Any:  # noqa: ANN401  the library has no types
        """A closed device, with `open_path`, `read` and `close`."""


def hid_library() -> HidLibrary:
    """Return the library.

    Raises:
        DeviceLibraryMissingError: The package ``hidapi`` is not installed.
    """
    # hidraw needs no more than the right to the device's node; the other back end takes the device from the kernel.
    for name in ("hidraw", "hid") if sys.platform == "linux" else ("hid",):
        try:
            module: Any = import_module(name)
        except ImportError:
            continue
        if hasattr(module, "device") and hasattr(module, "enumerate"):  # another package is called hid as well
            library: HidLibrary = module
            return library
    raise DeviceLibraryMissingError("hid:", "hidapi")


class HidScanner(ScanLoop):
    """Reads one HID-POS scanner on a thread of its own; see `ScanLoop` for the callbacks.

    Args:
        address: ``hid:05e0:1300`` or ``hid:05e0:1300:SERIAL``.
        on_scan: Called with every reading.
        on_status: Called on each change of status.
        rules: Prefix, suffix and longest code, as of a serial scanner.
        reading: What the till wants of a code.
        retry_s: Pause between two tries to open the device, seconds.
        clock: Monotonic clock, seconds.
        library: Finds the library; called at each try, so that one installed later is taken.

    Raises:
        DeviceAddressError: The address is not a HID one.
    """

    def __init__(
        self,
        address: str,
        on_scan: Callable[[Reading], None],
        on_status: Callable[[ScannerStatus], None],
        *,
        rules: FramingRules | None = None,
        reading: ReadingRules | None = None,
        retry_s: float = RETRY_S,
        clock: Callable[[], float] = time.monotonic,
        library: Callable[[], HidLibrary] = hid_library,
    ) -> None:
        parsed = parse_address(address)
        if parsed.scheme != "hid":
            raise DeviceAddressError(address, "a HID scanner needs hid:")
        super().__init__(
            address,
            lambda: _HidLink(parsed, library()),
            HidReader(rules, reading),
            on_scan,
            on_status,
            retry_s=retry_s,
            clock=clock,
        )


class _HidLink:
    """An open HID device, as `ScanLoop` reads it."""

    def __init__(self, address: DeviceAddress, library: HidLibrary) -> None:
        self._address = address.text
        path = _path_of(address, library)
        self._device = library.device()
        try:
            self._device.open_path(path)
        except (OSError, ValueError) as error:
            raise _open_failure(address.text, path) from error

    def read(self, timeout_s: float) -> bytes:
        try:
            # A timeout of 0 would mean a read that does not wait at all.
            return bytes(self._device.read(REPORT_BYTES, max(1, int(min(timeout_s, _WAKE_S) * 1000))))
        except (OSError, ValueError) as error:  # hidapi says no more than "read error"
            raise DeviceDisconnectedError(self._address, type(error).__name__) from error

    def wake(self) -> None:
        pass

    def close(self) -> None:
        self._device.close()


def _path_of(address: DeviceAddress, library: HidLibrary) -> bytes:
    """The device's path now. A scanner may have other interfaces (a keyboard): the one of page 0x8C is meant."""
    try:
        present = library.enumerate()
    except (OSError, ValueError) as error:
        raise DeviceDisconnectedError(address.text, type(error).__name__) from error
    usb = address.usb
    ours = [i for i in present if usb and usb.matches(i["vendor_id"], i["product_id"], i["serial_number"])]
    if not ours:
        raise DeviceNotFoundError(address.text, "no HID device has this identity")
    paths = sorted(i["path"] for i in ours if i["usage_page"] == USAGE_PAGE)
    if not paths:
        raise DeviceAddressError(address.text, "this device is not in HID-POS mode")
    path: bytes = paths[0]
    return path


def _open_failure(address: str, path: bytes) -> DeviceError:
    """The library says only "open failed": on Linux the node itself tells whether it is the rights."""
    node = os.fsdecode(path)
    if os.path.exists(node) and not os.access(node, os.R_OK | os.W_OK):
        return DevicePermissionError(address, "hidraw")
    return DeviceDisconnectedError(address, "open failed")
