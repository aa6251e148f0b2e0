"""A printer on the network (raw port, usually 9100)."""

from __future__ import annotations

import contextlib
import select
import socket
import time

from hardware.address import DeviceAddress
from hardware.errors import DeviceDisconnectedError, DeviceTimeoutError, device_error

CONNECT_TIMEOUT_S = 3.0
_CHUNK_BYTES = 4096
_SEND_BUFFER_BYTES = 16_384  # small, so that "taken by the system" stays close to "taken by the printer"
_LINGER_S = 0.1
_POLL_S = 0.005


class TcpTransport:
    """Bytes to and from ``tcp:host:port``.

    The first write after the peer has closed passes silently, so the end of the stream is looked for before, during
    and after each write; and a write counts only when the peer's machine has acknowledged every byte.

    Args:
        address: Where the printer listens.
        connect_timeout_s: How long a connect may take, seconds.
    """

    answers = True

    def __init__(self, address: DeviceAddress, connect_timeout_s: float = CONNECT_TIMEOUT_S) -> None:
        self.address = address
        self._connect_timeout_s = connect_timeout_s
        self._socket: socket.socket | None = None
        self._received = bytearray()
        self._ended = False

    def open(self) -> None:
        """Connect; see :class:`~hardware.printer.transport.Transport`."""
        target = (self.address.target, self.address.port)
        try:
            connection = socket.create_connection(target, timeout=self._connect_timeout_s)
        except OSError as error:
            raise device_error(self.address.text, error) from error
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
        connection.setblocking(False)
        self._socket, self._ended = connection, False
        self._received.clear()

    def write(self, data: bytes, deadline_mono_s: float) -> None:
        """Send and wait until the peer's machine has all of it."""
        connection = self._connected()
        sent = 0
        while sent < len(data):
            left_s = deadline_mono_s - time.monotonic()
            if left_s <= 0:
                raise self._too_slow(connection, sent)
            readable, writable, _ = select.select([connection], [connection], [], left_s)
            if readable:
                self._receive(connection, sent)
            if self._ended:
                raise DeviceDisconnectedError(self.address.text, "closed by the printer", sent_bytes=sent)
            if writable:
                sent += self._send(connection, data[sent : sent + _CHUNK_BYTES], sent)
        self._await_acknowledged(connection, sent, deadline_mono_s)

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        """Return what came within ``timeout_s`` seconds."""
        connection = self._connected()
        if not self._received and not self._ended and select.select([connection], [], [], timeout_s)[0]:
            self._receive(connection, 0)
        if self._ended and not self._received:
            raise DeviceDisconnectedError(self.address.text, "closed by the printer")
        taken = bytes(self._received[:max_bytes])
        del self._received[:max_bytes]
        return taken

    def close(self) -> None:
        """Say goodbye first: closing with unread answers would reset the line and cost the printer its last bytes."""
        connection, self._socket = self._socket, None
        if connection is None:
            return
        with connection, contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_WR)
            while select.select([connection], [], [], _LINGER_S)[0] and connection.recv(_CHUNK_BYTES):
                pass

    def _connected(self) -> socket.socket:
        if self._socket is None:
            raise DeviceDisconnectedError(self.address.text, "not open")
        return self._socket

    def _receive(self, connection: socket.socket, sent: int) -> None:
        try:
            data = connection.recv(_CHUNK_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            raise device_error(self.address.text, error, sent_bytes=sent) from error
        self._received += data
        self._ended = not data

    def _send(self, connection: socket.socket, data: bytes, sent: int) -> int:
        try:
            return connection.send(data)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise device_error(self.address.text, error, sent_bytes=sent) from error

    def _await_acknowledged(self, connection: socket.socket, sent: int, deadline_mono_s: float) -> None:
        while _unacknowledged_bytes(connection):
            if time.monotonic() >= deadline_mono_s:
                raise self._too_slow(connection, sent)
            # The system tells nobody when the last byte is acknowledged, so this one is asked for.
            if select.select([connection], [], [], _POLL_S)[0]:
                self._receive(connection, sent)
                self._fail_if_ended(sent)
        if select.select([connection], [], [], 0)[0]:
            self._receive(connection, sent)
            self._fail_if_ended(sent)

    def _fail_if_ended(self, sent: int) -> None:
        if self._ended:
            raise DeviceDisconnectedError(self.address.text, "closed by the printer", sent_bytes=sent)

    def _too_slow(self, connection: socket.socket, sent: int) -> DeviceTimeoutError:
        arrived = max(0, sent - _unacknowledged_bytes(connection))
        return DeviceTimeoutError(self.address.text, "printer does not read", sent_bytes=arrived)


def _unacknowledged_bytes(connection: socket.socket) -> int:
    """Return how many sent bytes the peer's machine has not acknowledged; 0 where the system cannot tell.

    Source: Linux tcp(7), SIOCOUTQ, which has the number of TIOCOUTQ.
    """
    try:
        import fcntl
        import termios
    except ImportError:  # Windows
        return 0
    try:
        answer = fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, b"\0\0\0\0")
    except OSError:
        return 0
    return int.from_bytes(answer, "little")
