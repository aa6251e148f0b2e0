"""A serial scanner made of software: a pseudo-terminal under a path that survives unplugging."""

from __future__ import annotations

import contextlib
import os
import tty
from pathlib import Path

_NOISE = b"\xff\xfe\x00\x9c\xe2\x82\r"


class VirtualScanner:
    """A scanner the till opens like any other serial port.

    The path is a symbolic link that goes away when the scanner is unplugged and leads to a new pseudo-terminal when it
    is plugged in again, as ``/dev/serial/by-id/…`` does.

    Args:
        path: Where the port shall appear; its folder must exist.
        terminator: What the scanner sends after each code.
        prefix: What it sends before each code.
        suffix: What it sends after each code, before the terminator.
    """

    def __init__(self, path: Path, *, terminator: str = "\r", prefix: str = "", suffix: str = "") -> None:
        self.path = path
        self._terminator = terminator
        self._prefix = prefix
        self._suffix = suffix
        self._ends: tuple[int, int] | None = None
        self.replug()

    @property
    def address(self) -> str:
        """The address a scanner driver is given."""
        return f"serial:{self.path}?baud=115200"

    @property
    def plugged(self) -> bool:
        """True while the cable is in."""
        return self._ends is not None

    def scan(self, text: str) -> None:
        """Scan a code."""
        self.send((self._prefix + text + self._suffix + self._terminator).encode())

    def noise(self) -> None:
        """Send bytes that are no text, as a bad cable or a wrong baud rate does."""
        self.send(_NOISE)

    def send(self, data: bytes) -> None:
        """Send raw bytes; they are lost while unplugged.

        Raises:
            BlockingIOError: Nobody reads and the line is full.
        """
        if self._ends is None:
            return
        sent = 0
        while sent < len(data):
            sent += os.write(self._ends[0], data[sent:])

    def unplug(self) -> None:
        """Pull the cable: the path goes away and whoever has it open reads a hang-up."""
        ends, self._ends = self._ends, None
        self.path.unlink(missing_ok=True)
        for end in ends or ():
            with contextlib.suppress(OSError):
                os.close(end)

    def replug(self) -> None:
        """Put the cable back in."""
        if self._ends is not None:
            return
        # The far end stays open here too: with none open the near end reads an error before the till connects.
        near, far = os.openpty()
        tty.setraw(far)
        os.set_blocking(near, False)
        self._ends = near, far
        # Linked under another name first: the path never leads to a half-made device.
        fresh = self.path.with_name(self.path.name + ".new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.ttyname(far))
        fresh.replace(self.path)

    def close(self) -> None:
        """Put it away."""
        self.unplug()

    def __enter__(self) -> VirtualScanner:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
