"""A serial scanner made of software: a pseudo-terminal under a path that survives unplugging."""

from __future__ import annotations

import contextlib
import fcntl
import os
import struct
import termios
import tty
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hardware.usb_identity import UsbIdentity

_NOISE = b"\xff\xfe\x00\x9c\xe2\x82\r"


@dataclass(frozen=True, slots=True)
class VirtualPort:
    """A serial port as `hardware.serial_port.list_ports` lists it."""

    device: str
    vid: int | None
    pid: int | None
    serial_number: str | None


class VirtualScanner:
    """A scanner the till opens like any other serial port.

    The path is a symbolic link that goes away when the scanner is unplugged and leads to a new pseudo-terminal when it
    is plugged in again, as ``/dev/serial/by-id/…`` does; or under another name, as ``/dev/ttyACM1`` after
    ``/dev/ttyACM0``.

    Args:
        path: Where the port shall appear; its folder must exist.
        terminator: What the scanner sends after each code.
        prefix: What it sends before each code.
        suffix: What it sends after each code, before the terminator.
        usb: Who the scanner says it is, for `ports`.
    """

    def __init__(
        self, path: Path, *, terminator: str = "\r", prefix: str = "", suffix: str = "", usb: UsbIdentity | None = None
    ) -> None:
        self.path = path
        self.usb = usb
        self._terminator = terminator
        self._prefix = prefix
        self._suffix = suffix
        self._ends: tuple[int, int] | None = None
        self.replug()

    @property
    def address(self) -> str:
        """The address a scanner driver is given: by identity where the scanner has one, else by its path."""
        return f"serial:{self.path if self.usb is None else f'usb:{self.usb}'}?baud=115200"

    @property
    def plugged(self) -> bool:
        """True while the cable is in."""
        return self._ends is not None

    def ports(self) -> list[VirtualPort]:
        """The serial ports of a machine that has only this one; fits the drivers' ``ports``."""
        usb = self.usb
        if not self.plugged:
            return []
        if usb is None:
            return [VirtualPort(str(self.path), None, None, None)]
        return [VirtualPort(str(self.path), usb.vendor, usb.product, usb.serial)]

    def scan(self, text: str) -> None:
        """Scan a code."""
        self.send(self.frame(text))

    def frame(self, text: str) -> bytes:
        """The bytes the scanner sends for a code."""
        return (self._prefix + text + self._suffix + self._terminator).encode()

    def in_pieces(self, data: bytes, size: int = 1) -> Iterator[int]:
        """Send bytes piece by piece: each step of the iterator sends one more and tells how many are sent.

        Whoever iterates decides when the next piece follows, for example when `unread` is 0.
        """
        for start in range(0, len(data), size):
            piece = data[start : start + size]
            self.send(piece)
            yield start + len(piece)

    @property
    def unread(self) -> int:
        """Bytes that arrived and that the till has not read yet; 0 while unplugged.

        The system hands sent bytes over a moment after they were sent.
        """
        if self._ends is None:
            return 0
        count = fcntl.ioctl(self._ends[1], termios.FIONREAD, bytes(4))
        return int(struct.unpack("i", count)[0])

    def noise(self) -> None:
        """Send bytes that are no text, as a bad cable does."""
        self.send(_NOISE)

    def scan_at_baud(self, text: str, sent_baud: int, read_baud: int) -> None:
        """Scan a code with a scanner set to another speed than the till's port: what arrives is garbage."""
        self.send(read_at_other_baud(self.frame(text), sent_baud, read_baud))

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

    def replug(self, path: Path | None = None) -> None:
        """Put the cable back in.

        Args:
            path: The name the port gets now; None: the same as before.
        """
        if self._ends is not None:
            return
        self.path = path or self.path
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


def read_at_other_baud(data: bytes, sent_baud: int, read_baud: int) -> bytes:
    """What a receiver makes of bytes (8N1) sent at another speed: it samples the line in the middle of its own bits.

    A missing stop bit is no reason to throw a byte away: without parity checking the system hands it on.
    """
    line = [level for byte in data for level in (0, *(byte >> bit & 1 for bit in range(8)), 1)]  # start, bits, stop
    ratio = sent_baud / read_baud  # sent bits that pass in one received bit

    def level_at(sent_bit: float) -> int:
        return line[int(sent_bit)] if sent_bit < len(line) else 1  # a silent line is high

    received, place = bytearray(), 0.0
    while place < len(line):
        if level_at(place):
            place += min(1.0, ratio) / 8  # waits for the fall of a start bit, as a UART does, in parts of a bit
            continue
        received.append(sum(level_at(place + (1.5 + bit) * ratio) << bit for bit in range(8)))
        place += 9.5 * ratio  # the middle of the stop bit
    return bytes(received)
