"""Where newer programs come from: a folder – a stick, a share – or an https address. Both hold the same files.

What comes from there is untrusted until The Update Framework has checked it; here only is seen to it that reading ends,
stays inside the folder, and that whatever goes wrong has a name.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from tuf.api.exceptions import DownloadError, DownloadHTTPError
from tuf.ngclient import FetcherInterface

from pos.domain.errors import ConfigError, NotSent, UpdateError
from pos.providers.proxy import STRAIGHT, ProxyRule
from pos.updates.offers import is_plain_name

CHUNK = 64 * 1024
PIECE = 4 * 1024 * 1024
"""A file is asked for in pieces, each with a deadline of its own: a line that stands still is noticed, a slow one is
not cut off, and what has come stays."""
_DEADLINE_S = 120.0
_CONNECT_S = 10.0
_MISSING = 404
_PARTIAL, _WHOLE = 206, 200
_PAST_END = 416
_BASE = "source:/"


class Gone(DownloadError):
    """The source stopped answering; `told` is the sentence."""

    def __init__(self, told: UpdateError) -> None:
        super().__init__(told.code)
        self.told = told


class Source(FetcherInterface):
    """Reads files below one place by name."""

    metadata_url = _BASE + "metadata/"
    targets_url = _BASE + "targets/"

    def read_from(self, path: str, offset: int, length: int) -> Iterator[bytes]:
        """A file's bytes from there on, at most so many; fewer where it ends.

        Raises:
            DownloadHTTPError: 404, there is none. Gone: it cannot be read (any more).
        """
        raise NotImplementedError

    def close(self) -> None:
        """Let go of it."""

    def _fetch(self, url: str) -> Iterator[bytes]:
        return self.read_from(url.removeprefix(_BASE), 0, 0)


def _parts(path: str) -> list[str]:
    parts = path.split("/")
    if not all(is_plain_name(part) for part in parts):
        raise DownloadHTTPError("not a name of ours", _MISSING)
    return parts


class FolderSource(Source):
    """A folder with `metadata` and `targets` in it.

    Raises:
        UpdateError: `update.source_missing`: it is not there now.
    """

    def __init__(self, folder: Path) -> None:
        if not (folder / "metadata").is_dir():
            raise UpdateError("update.source_missing", source=str(folder))
        self._folder = folder

    def read_from(self, path: str, offset: int, length: int) -> Iterator[bytes]:
        """As promised above."""
        file = self._folder.joinpath(*_parts(path))
        gone = Gone(UpdateError("update.source_gone", source=str(self._folder)))
        try:
            # Never waits: a pipe that somebody put there would be waited on for ever.
            descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        except FileNotFoundError:
            if not (self._folder / "metadata").is_dir():
                raise gone from None
            raise DownloadHTTPError("missing", _MISSING) from None
        except OSError as error:
            raise gone from error
        with os.fdopen(descriptor, "rb") as opened:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise gone
            left = length or None
            try:
                opened.seek(offset)
                while left is None or left > 0:
                    chunk = opened.read(CHUNK if left is None else min(CHUNK, left))
                    if not chunk:
                        return
                    left = None if left is None else left - len(chunk)
                    yield chunk
            except OSError as error:  # the stick was pulled out
                raise gone from error


class HttpsSource(Source):
    """An address below which `metadata` and `targets` lie; any web server of files will do that answers `Range`.

    Args:
        address: `https://host[:port][/path]`.
        mono_s: monotonic clock, seconds.
        ca_file: the only CA to trust; None: the system's.
        proxy: the way there.
    """

    def __init__(
        self,
        address: str,
        mono_s: Callable[[], float],
        *,
        ca_file: Path | None = None,
        proxy: ProxyRule = STRAIGHT,
    ) -> None:
        from pos.providers.tls import client_context
        from pos.providers.transport import DeadlineTransport

        self._address, self._mono_s = address.rstrip("/"), mono_s
        self._transport = DeadlineTransport(
            client_context(ca_file), mono_s=mono_s, max_connections=1, idle_s=4.0, proxy=proxy
        )

    def close(self) -> None:
        """Hang up."""
        self._transport.close()

    def read_from(self, path: str, offset: int, length: int) -> Iterator[bytes]:
        """As promised above."""
        import httpx

        _parts(path)
        now_s = self._mono_s()
        waits = {"pool": _CONNECT_S, "connect": now_s + _CONNECT_S}
        waits |= {"write": now_s + _DEADLINE_S, "read": now_s + _DEADLINE_S}
        headers = {"Accept-Encoding": "identity", "User-Agent": "quay-voucher"}
        if length:
            headers["Range"] = f"bytes={offset}-{offset + length - 1}"
        request = httpx.Request("GET", f"{self._address}/{path}", headers=headers, extensions={"timeout": waits})
        try:
            response = self._transport.handle_request(request)
            try:
                yield from _body(response, offset, length)
            finally:
                response.close()
        except DownloadError:
            raise
        except Exception as error:  # whatever httpx or httpcore raise: nothing was changed anywhere
            raise Gone(self._unreachable(error)) from error

    def _unreachable(self, error: Exception) -> UpdateError:
        from pos.providers.http import family_of

        family, code = family_of(type(error))
        if family is NotSent:
            at_fault = error if hasattr(error, "fault") else error.__cause__
            code = str(getattr(at_fault, "fault", code))
        return UpdateError("update.unreachable", host=urlsplit(self._address).netloc, why=code)


def _body(response: object, offset: int, length: int) -> Iterator[bytes]:
    import httpx

    assert isinstance(response, httpx.Response)  # noqa: S101 - for the type checker: the library loads lazily
    status = response.status_code
    if status == _PAST_END and length:
        return
    if status not in (_WHOLE, _PARTIAL) or (status == _PARTIAL and not length):
        raise DownloadHTTPError(f"status {status}", status)
    if status == _PARTIAL and not _begins_at(response.headers.get("content-range", ""), offset):
        raise DownloadHTTPError("another piece than asked for", _PAST_END)
    skip, left = (offset if status == _WHOLE else 0), (length or None)
    for chunk in response.iter_raw(CHUNK):
        piece = chunk[skip:]
        skip = max(0, skip - len(chunk))
        if left is not None:
            piece = piece[:left]
            left -= len(piece)
        if piece:
            yield piece
        if left == 0:
            return


def _begins_at(content_range: str, offset: int) -> bool:
    return content_range.startswith(f"bytes {offset}-")


def open_source(
    text: str, mono_s: Callable[[], float], *, ca_file: Path | None = None, proxy: ProxyRule = STRAIGHT
) -> Source:
    """The source that a setting names.

    Raises:
        UpdateError: `update.no_source` (nothing is set), `update.source_missing`.
        ConfigError: `update.source_odd`: neither an absolute folder nor an https address.
    """
    if not text:
        raise UpdateError("update.no_source")
    if text.startswith("https://"):
        parts = urlsplit(text)
        if not parts.hostname or parts.query or parts.fragment or parts.username is not None:
            raise ConfigError("update.source_odd")
        return HttpsSource(text, mono_s, ca_file=ca_file, proxy=proxy)
    folder = Path(text)
    if "://" in text or not folder.is_absolute():
        raise ConfigError("update.source_odd")
    return FolderSource(folder)
