"""A web server of files over TLS on loopback, honest or not."""

from __future__ import annotations

import contextlib
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme


class Web:
    """What the server does; changed while it runs.

    Args:
        ranges: it understands `Range`.
        cut: hang up after so many bytes of a body, once; None: never.
        endless: bodies never end.
        redirect: answer everything with a redirect.
        another_piece: answer with the piece behind the one that was asked for.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ranges = True
        self.cut: int | None = None
        self.endless = self.redirect = self.another_piece = False
        self.asked: list[tuple[str, str]] = []
        self.address = ""
        self.ca_file = Path()


@contextmanager
def serving(folder: Path, files: Path) -> Iterator[Web]:
    """Serve `folder` until the block ends."""
    web, authority = Web(folder), trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    web.ca_file = files / "ca.pem"
    authority.cert_pem.write_to_path(str(web.ca_file))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            del format, args

        def do_GET(self) -> None:
            web.asked.append((self.path, self.headers.get("Range", "")))
            with contextlib.suppress(OSError):
                self._answer()

        def _answer(self) -> None:
            if web.redirect:
                self.send_response(302)
                self.send_header("Location", "https://127.0.0.1:1/")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            file = web.folder / self.path.lstrip("/")
            if not file.is_file():
                self.send_error(404)
                return
            body, wanted = file.read_bytes(), re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
            if wanted and web.ranges:
                first, last = int(wanted[1]) + 1000 * web.another_piece, min(int(wanted[2]), len(body) - 1)
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {first}-{last}/{len(body)}")
                body = body[first : last + 1]
            else:
                self.send_response(200)
            self._send(body)

        def _send(self, body: bytes) -> None:
            if web.endless:
                self.send_header("Connection", "close")
                self.end_headers()
                while True:
                    self.wfile.write(bytes(65536))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if web.cut is not None and len(body) > web.cut:
                self.wfile.write(body[: web.cut])
                web.cut = None
                self.close_connection = True
                return
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    web.address = f"https://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
