"""The door of the sandbox: accepts connections itself, so that it can refuse one before TLS.

uvicorn speaks HTTP behind it. The TLS port serves the Merchant API, the page and the control plane; a second,
plain port on loopback serves page and control plane only, and stays reachable while the first one refuses.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable, Generator
from types import FrameType
from typing import Any, Final

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from pos.sandbox.certificates import Contexts
from pos.sandbox.faults import FaultBook

LOOPBACK: Final = "127.0.0.1"
CONTROL_PATH: Final = "/_sandbox"
Application = Callable[..., Awaitable[None]]

_KEEP_ALIVE_S: Final = 75
_HANDSHAKE_TIMEOUT_S: Final = 10.0
_GREETING_TIMEOUT_S: Final = 2.0
_MOST_GREETING_BYTES: Final = 16_384
# Closing with this option sends RST instead of FIN. The struct's fields are shorts on Windows.
_LINGER_RESET: Final = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)


class ApiConnection(H11Protocol):
    """One connection of a client; the application reaches it as `scope["state"]["connection"]`."""

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, {**app_state, "connection": self}, _loop)

    def drop(self) -> None:
        """Close at once; what is not sent yet is lost."""
        self.transport.abort()

    def finish(self) -> None:
        """Close as soon as everything written so far is out."""
        self.transport.close()

    def end_when_idle(self) -> None:
        """Close now if no request is under way, else after its answer. Control connections stay."""
        control = self.scope is not None and self.scope["path"].startswith(CONTROL_PATH)
        if self.scheme == "https" and not control and not self.transport.is_closing():
            self.shutdown()


class Front(uvicorn.Server):
    """The server: uvicorn on the plain control port, and our own acceptor on the TLS port."""

    def __init__(
        self,
        make_app: Callable[[Callable[[], None]], Application],
        tls_socket: socket.socket,
        contexts: Contexts,
        faults: FaultBook,
        on_ready: Callable[[], None],
    ) -> None:
        """Prepare; nothing is accepted before `serve`.

        Args:
            make_app: Makes the ASGI application for both ports; gets `end_connections`.
            tls_socket: Bound and listening.
            contexts: TLS contexts, honest and dishonest.
            faults: Asked for every connection.
            on_ready: Called once when both ports answer.
        """
        super().__init__(_quiet_config(make_app(self.end_connections)))
        self._tls_socket = tls_socket
        self._contexts = contexts
        self._faults = faults
        self._on_ready = on_ready
        self._tasks: set[asyncio.Task[None]] = set()
        self._accepting: asyncio.Task[None] | None = None

    def end_connections(self) -> None:
        """Close all API connections that are idle, and let busy ones close after their answer."""
        for connection in list(self.server_state.connections):
            if isinstance(connection, ApiConnection):
                connection.end_when_idle()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open both ports, then report readiness."""
        await super().startup(sockets)
        self._tls_socket.setblocking(False)
        self._accepting = asyncio.get_running_loop().create_task(self._accept_for_ever())
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop accepting, cut all connections, end."""
        if self._accepting is not None:
            self._accepting.cancel()
        self._tls_socket.close()
        # Requests that wait on a fault are given up: carrying out and writing is never torn apart by this, as
        # nothing is awaited in between.
        for task in (*self._tasks, *self.server_state.tasks):
            task.cancel()
        for connection in list(self.server_state.connections):
            if isinstance(connection, ApiConnection):
                connection.drop()
        # Let the dropped connections tell their requests before uvicorn looks at them.
        await asyncio.sleep(0)
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Stop on SIGINT and SIGTERM. uvicorn's own would raise them again and end the process uncleaned."""

        def stop(number: int, frame: FrameType | None) -> None:
            self.should_exit = True

        before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    async def _accept_for_ever(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(self._tls_socket)
            except OSError:
                # Too many open files, or the peer left while queued: neither may end the sandbox.
                await asyncio.sleep(0.05)
                continue
            if self._faults.refuse_next_connection():
                _reset(connection)
                continue
            task = loop.create_task(self._welcome(connection))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _welcome(self, connection: socket.socket) -> None:
        """Do the TLS handshake and hand the connection to uvicorn's protocol."""
        mode = self._faults.tls_mode()
        context = self._contexts.of(mode)
        try:
            if mode == "tls11_only" and not await asyncio.to_thread(_greet_or_alert, connection, context):
                return
            await asyncio.get_running_loop().connect_accepted_socket(
                self._new_protocol, connection, ssl=context, ssl_handshake_timeout=_HANDSHAKE_TIMEOUT_S
            )
        except OSError:
            # The client refused our certificate or hung up: nothing was received.
            connection.close()

    def _new_protocol(self) -> ApiConnection:
        return ApiConnection(self.config, self.server_state, self.lifespan.state)


def listen_on(port: int) -> socket.socket:
    """Return a listening socket on loopback.

    Args:
        port: 0 for any free one.

    Raises:
        OSError: The port is taken.
    """
    # The protocol is named because asyncio sets TCP_NODELAY only on sockets that name it; without, each answer
    # waits 40 ms for a delayed acknowledgement.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name != "nt":
            # So that a restart on the same port does not wait for old connections to fade.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


def _quiet_config(app: Application) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=ApiConnection,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        # The application sends Date itself: a fault shifts it.
        date_header=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=1,
    )


def _greet_or_alert(connection: socket.socket, context: ssl.SSLContext) -> bool:
    """Tell whether the client's greeting is acceptable; if not, send the TLS alert and close.

    asyncio closes without the alert when a handshake fails, so a client would see a mere end of stream where
    every other server tells it "protocol version".

    Raises:
        OSError: The client hung up or never spoke.
    """
    connection.settimeout(_GREETING_TIMEOUT_S)
    greeting = connection.recv(_MOST_GREETING_BYTES, socket.MSG_PEEK)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    incoming.write(greeting)
    try:
        context.wrap_bio(incoming, outgoing, server_side=True).do_handshake()
    except ssl.SSLWantReadError:
        return True
    except ssl.SSLError:
        # Taken from the queue first: closing with unread bytes would reset the connection and lose the alert.
        connection.recv(_MOST_GREETING_BYTES)
        connection.sendall(outgoing.read())
        connection.close()
        return False
    return True


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_RESET)
    connection.close()
