"""Writes to a file descriptor that may stop taking bytes, without ever waiting past a deadline."""

from __future__ import annotations

import os
import select
import time

from hardware.errors import DeviceTimeoutError, device_error

_CHUNK_BYTES = 512


def write_all(descriptor: int, data: bytes, deadline_mono_s: float, address: str) -> None:
    """Write all of ``data`` to a non-blocking descriptor.

    Args:
        descriptor: Opened with ``O_NONBLOCK``.
        data: What to write.
        deadline_mono_s: When to give up, seconds of ``time.monotonic``.
        address: The device's address, for errors.

    Raises:
        DeviceTimeoutError: It stopped taking bytes; ``sent_bytes`` says how many it took.
        DeviceError: It went away, or the disk is full.
    """
    sent = 0
    while sent < len(data):
        left_s = deadline_mono_s - time.monotonic()
        try:
            if left_s <= 0 or not _is_writable(descriptor, left_s):
                raise DeviceTimeoutError(address, "device does not take bytes", sent_bytes=sent)
            sent += os.write(descriptor, data[sent : sent + _CHUNK_BYTES])
        except BlockingIOError:
            continue
        except OSError as error:
            raise device_error(address, error, sent_bytes=sent) from error


def _is_writable(descriptor: int, timeout_s: float) -> bool:
    if os.name == "nt":
        return True  # only sockets can be waited for there; a file on a disk takes what it is given
    return bool(select.select([], [descriptor], [], timeout_s)[1])
