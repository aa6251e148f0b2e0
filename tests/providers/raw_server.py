"""A TLS server of raw bytes for nasty cases: it answers each request with the next line of its script."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType

import trustme

Script = Callable[[socket.socket], None]
PATIENCE_S = 10.0


def answer(body: bytes, status: str = "200 OK", headers: str = "") -> Script:
    """A whole answer; the connection stays open."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    return lambda sock: sock.sendall(head.encode() + body)


def raw(data: bytes) -> Script:
    """These bytes, then hang up."""

    def run(sock: socket.socket) -> None:
        sock.sendall(data)
        hang_up(sock)

    return run


def hang_up(sock: socket.socket) -> None:
    """Close without a word."""
    sock.close()


class RawServer:
    """Listens on loopback until closed; keeps every request as received.

    Args:
        context: rules of TLS, with certificate.
        script: what to do after each request, in order; the last one is repeated.
        greet: called with the plain TCP connection instead of a TLS handshake.
        read_requests: False leaves what the client sends in the socket.
    """

    def __init__(
        self,
        context: ssl.SSLContext,
        *script: Script,
        greet: Script | None = None,
        read_requests: bool = True,
    ) -> None:
        self._context = context
        self._script = list(script)
        self._greet = greet
        self._read_requests = read_requests
        self.requests: list[bytes] = []
        self.connections = 0
        self.stopping = threading.Event()
        self.took_request = threading.Event()
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._start(self._accept)

    def __enter__(self) -> RawServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def url(self) -> str:
        """Address by a name the certificates carry."""
        return f"https://localhost:{self.port}"

    def drip(self, data: bytes, pause_s: float = 0.05) -> Script:
        """One byte at a time, until told to stop."""

        def run(sock: socket.socket) -> None:
            for at in range(len(data)):
                if self.stopping.wait(pause_s):
                    return
                sock.sendall(data[at : at + 1])

        return run

    def silent(self, _: socket.socket) -> None:
        """Say nothing until the server is closed."""
        self.stopping.wait(PATIENCE_S)

    def close(self) -> None:
        """Close every connection and wait for all threads."""
        self.stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            left, self._open = self._open, []
        for sock in left:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE_S)
            assert not thread.is_alive()

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._start(self._serve, sock)

    def _serve(self, plain: socket.socket) -> None:
        with self._lock:
            self.connections += 1
            self._open.append(plain)
        sock = plain
        with contextlib.suppress(OSError):
            if self._greet is not None:
                self._greet(plain)
            else:
                sock = self._shake_hands(plain)
                while not self.stopping.is_set() and sock.fileno() >= 0 and self._one_request(sock):
                    self._next_line()(sock)
        sock.close()
        plain.close()

    def _shake_hands(self, plain: socket.socket) -> ssl.SSLSocket:
        plain.settimeout(PATIENCE_S)
        sock = self._context.wrap_socket(plain, server_side=True)
        with self._lock:
            self._open.append(sock)
        return sock

    def _one_request(self, sock: socket.socket) -> bool:
        if not self._read_requests:
            self.took_request.set()
            return True
        data = b""
        while b"\r\n\r\n" not in data or len(data) < _length(data):
            part = sock.recv(65536)
            if not part:
                return False
            data += part
        self.requests.append(data)
        self.took_request.set()
        return True

    def _next_line(self) -> Script:
        with self._lock:
            return self._script.pop(0) if len(self._script) > 1 else self._script[0]


def _length(data: bytes) -> int:
    head, _, _ = data.partition(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return len(head) + 4 + int(value)
    return 0


class Authority:
    """A throw-away CA and server certificates made by it."""

    def __init__(self, folder: Path) -> None:
        self._ca = trustme.CA()
        self.ca_file = folder / "ca.pem"
        self._ca.cert_pem.write_to_path(str(self.ca_file))

    def context(self, *names: str, cert: trustme.LeafCert | None = None) -> ssl.SSLContext:
        """Server rules with a certificate for these names, `localhost` unless told."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        (cert or self.issue(*names)).configure_cert(context)
        return context

    def issue(self, *names: str, **validity: object) -> trustme.LeafCert:
        """A certificate."""
        return self._ca.issue_cert(*(names or ("localhost",)), **validity)  # type: ignore[arg-type]

    def demand_client_certificate(self, context: ssl.SSLContext) -> None:
        """Let nobody in without a certificate of this CA."""
        context.verify_mode = ssl.CERT_REQUIRED
        self._ca.configure_trust(context)


@contextlib.contextmanager
def never_listening() -> Iterator[int]:
    """A port that refuses connections for as long as the block lasts."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]
