"""A printer that is a file: for a spooler, a kernel printer device, training and tests."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from hardware.address import DeviceAddress
from hardware.errors import DeviceDisconnectedError, device_error
from hardware.printer.descriptor import write_all

_BINARY = getattr(os, "O_BINARY", 0)  # Windows would turn every line feed of a picture into two bytes
_APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND | _BINARY
_ONE_EACH = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY


class FileTransport:
    """Bytes into ``file:/path/slips.bin`` (appended) or ``file:/folder/`` (one file each time it is opened).

    A path such as ``/dev/usb/lp0`` works too. Nothing ever comes back.

    Args:
        address: The path; a folder when it ends in a slash or is one already.
    """

    answers = False

    def __init__(self, address: DeviceAddress) -> None:
        self.address = address
        self._descriptor: int | None = None

    def open(self) -> None:
        """Open the file, or a new one in the folder."""
        nonblocking = getattr(os, "O_NONBLOCK", 0)
        target = self.address.target
        try:
            if target.endswith("/") or Path(target).is_dir():
                self._descriptor = self._new_file(Path(target), nonblocking)
            else:
                self._descriptor = os.open(target, _APPEND | nonblocking, 0o600)
        except OSError as error:
            raise device_error(self.address.text, error) from error

    def write(self, data: bytes, deadline_mono_s: float) -> None:
        """Write; on a disk, wait until it is there."""
        if self._descriptor is None:
            raise DeviceDisconnectedError(self.address.text, "not open")
        write_all(self._descriptor, data, deadline_mono_s, self.address.text)
        try:
            if stat.S_ISREG(os.fstat(self._descriptor).st_mode):
                os.fsync(self._descriptor)
        except OSError as error:
            raise device_error(self.address.text, error, sent_bytes=len(data)) from error

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        """Return nothing: a file does not answer."""
        return b""

    def close(self) -> None:
        """Close the file."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def _new_file(self, folder: Path, nonblocking: int) -> int:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        for number in count(1):
            try:
                return os.open(folder / f"slip-{stamp}-{number:03d}.bin", _ONE_EACH | nonblocking, 0o600)
            except FileExistsError:
                continue
        raise AssertionError  # count() never ends
