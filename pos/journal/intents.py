"""The second log: what every transaction wrote, once more, beside the journal, in files that are only appended to.

After each COMMIT and before anything is sent, the rows that it wrote go to the end of a file as they stand in the
database (codes are sealed there), with the link of the audit chain that speaks of them. From a copy of the journal and
this log a damaged journal is rebuilt (`pos.journal.rebuild`).

A file is a *segment*: a head, then one line a record, `LENGTH CHECKSUM PAYLOAD`. A payload is a Python literal: exact
for every value SQLite knows, made in a quarter of the time that JSON takes, and readable with the eye. The checksum is
BLAKE2b under a key that only the vault can make, over the checksum before it and the payload: nobody forges, changes or
reorders a record, and a torn last one shows. A segment tells with which link of the chain it begins and continues the
one before, unless that bears the suffix `.gap`: then something that was committed is not in the log.

Lines reach the operating system before `append` returns, so that the death of the program loses none of them. They are
flushed to the disk within `FLUSH_S`: only a power cut that damages the journal as well can lose that last moment, which
`End.certain` tells.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from pos.durable import flush_folder, make_folder
from pos.journal.chain import Link, Tail
from pos.journal.row_seals import Image

log = logging.getLogger(__name__)

FLUSH_S = 0.5
"""How long a record may wait for the disk."""
FULL = 16 << 20
"""Bytes of a segment from which on a new copy is wanted, so that a new one may begin."""
MOST = 256 << 20
"""Bytes at which a segment takes no more: copies have failed for days, and the disk belongs to the journal."""
FOLDER = "intents"
SUFFIX, GAP = ".log", ".gap"
CHECK_BYTES = 16
HEAD, WRITTEN, MISSED, OPENED, CLOSED = "quay second log 1", "written", "missed", "opened", "closed"
"""First word of a payload."""
_NAME = re.compile(r"(\d{8})\.(log|gap)")
_SYNC = getattr(os, "fdatasync", os.fsync)  # Windows has the slower one only


@dataclass(frozen=True, slots=True)
class Point:
    """A place in the audit chain: number and hash of a link."""

    seq: int
    hash: bytes


def checksum(key: bytes, before: bytes, payload: bytes) -> bytes:
    """Of a record, given the one before it (`b""` for a head)."""
    return blake2b(before + payload, digest_size=CHECK_BYTES, key=key).digest()


def boot_id() -> str:
    """Another text after each start of the operating system; "" where that cannot be told."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""


def segments(folder: Path) -> list[Path]:
    """The segments of a log, oldest first."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        return sorted((path for path in folder.iterdir() if _NAME.fullmatch(path.name)), key=number_of)
    return []


def number_of(path: Path) -> int:
    """A segment's number."""
    return int(path.name.partition(".")[0])


class IntentLog:
    """Appends to the log of one journal. `append`, `begin` and `close` under the journal's lock; any thread.

    Nothing here ever fails a sale: a log that cannot be written is given up, and says so by `broken`, until `begin`.

    Args:
        folder: of the segments.
        key: makes the checksums.
    """

    def __init__(self, folder: Path, key: bytes) -> None:
        self.folder = folder
        self.key = key
        self.broken = True
        """Something that was committed does not stand in the log; a new copy, with a new segment, mends that."""
        self.begins: Point | None = None
        """From this link on every transaction stands in the log, as far as this run knows."""
        self._file = -1
        self._path = folder
        self._length = 0
        self._end = Point(0, b"")
        self._check = b""
        self._unflushed = False
        self._not_flushed = ""
        """Why the thread `intents` could not flush; whoever holds the journal's lock next gives the log up."""
        self._wake = threading.Event()
        self._ended = threading.Event()
        self._flusher: threading.Thread | None = None
        self._flushing = threading.Lock()

    @property
    def length(self) -> int:
        """Bytes of the segment."""
        return self._length

    @property
    def wants_copy(self) -> bool:
        """Whether a copy should be made soon, so that a new segment may begin."""
        return self.broken or bool(self._not_flushed) or self._length >= FULL

    @property
    def segment(self) -> int:
        """Number of the segment that is written."""
        return 0 if self._file < 0 else number_of(self._path)

    # ------------------------------------------------------------ beginning and ending

    def begin(self, at: Point, schema: int, *, whole: bool) -> None:
        """Begin a new segment at the chain's end.

        Args:
            at: the end.
            schema: of the journal.
            whole: it continues the segment before; else that gets the mark of a gap.

        Raises:
            OSError: the log is broken until it can be begun.
        """
        gap = not whole or bool(self._not_flushed) or (self.broken and self._file >= 0)
        if gap:
            self._mark_gap()
        self._close_file()
        self.broken = True
        make_folder(self.folder)
        known = segments(self.folder)
        number = number_of(known[-1]) + 1 if known else 1
        self._path = self.folder / f"{number:08d}{SUFFIX}"
        self._file = os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o600)
        self._length, self._check, self._end = 0, b"", at
        self._write(repr((HEAD, at.seq, at.hash, schema, boot_id())).encode())
        self.flush()
        flush_folder(self.folder)
        self.broken, self._not_flushed = False, ""
        if self.begins is None or gap:
            self.begins = at

    def go_on(self, path: Path, length: int, check: bytes, end: Point, begins: Point) -> None:
        """Append to a segment of an earlier run.

        Args:
            path: the newest segment.
            length: up to here it was read; what lies behind is a torn record.
            check: of its last record.
            end: the link it ends with.
            begins: the link from which on the log is whole.

        Raises:
            OSError: the log is broken until `begin`.
        """
        self._path, self._end, self._check, self.begins = path, end, check, begins
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND)
        os.ftruncate(self._file, length)
        self._length = length
        self.broken = False
        # On the disk before anything else: else after a power cut the log would seem to end where it was closed.
        self._put((OPENED, boot_id()))
        self.flush()

    def close(self, database: Path | None) -> None:
        """End in order.

        Args:
            database: the closed journal file, whose length and time are kept: a start that finds others looks closer;
                None: the journal did not end in order.
        """
        if self._not_flushed and not self.broken:
            self.give_up(self._not_flushed)
        if self._file >= 0 and not self.broken and database is not None:
            with contextlib.suppress(OSError):
                stat = database.stat()
                self._put((CLOSED, stat.st_size, stat.st_mtime_ns))
        with contextlib.suppress(OSError):
            self.flush()
        self._ended.set()  # nobody waits for the pause of a thread that has nothing left to flush
        self._wake.set()
        if self._flusher is not None:
            self._flusher.join(5.0)
        self._close_file()
        self.broken = True

    # ------------------------------------------------------------ appending

    def append(self, before: Tail, link: Link | None, images: Sequence[Image]) -> None:
        """Append what a transaction wrote; it stands in the operating system's memory when this returns.

        Args:
            before: the chain's end before it.
            link: that it added; None: it changed nothing that the chain speaks of.
            images: every row it wrote.
        """
        if self._not_flushed and not self.broken:
            self.give_up(self._not_flushed)
        if self.broken or not (images or link):
            return
        if (before[0], before[1]) != (self._end.seq, self._end.hash):
            self.give_up("another hand wrote to the journal")
            return
        if link is not None:
            self._end = Point(link[0], link[6])
        self._put((WRITTEN, self._end.seq, images, link))
        if not self._unflushed:
            self._unflushed = True
            if self._flusher is None:
                self._flusher = threading.Thread(target=self._flush_on, name="intents", daemon=True)
                self._flusher.start()
            self._wake.set()

    def catch_up(self, to: Point, links: Sequence[Link], images: Sequence[Image]) -> None:
        """Append what an earlier run committed and could not append any more, as it stands now.

        Args:
            to: the journal's end.
            links: those that the log lacks, in order.
            images: every row they speak of.
        """
        self._end = to
        self._put((MISSED, to.seq, images, links))

    def _put(self, value: tuple[object, ...]) -> None:
        if self._length >= MOST:
            self.give_up("too long")
            return
        try:
            self._write(repr(value).encode())
        except (OSError, ValueError) as error:
            self.give_up(type(error).__name__)

    def _write(self, payload: bytes) -> None:
        check = checksum(self.key, self._check, payload)
        line = b"%08x %s %s\n" % (len(payload), check.hex().encode(), payload)
        written = os.write(self._file, line)
        self._length += written
        if written != len(line):
            raise OSError("a record was cut off")
        self._check = check

    def give_up(self, why: str) -> None:
        """Nothing more is appended until `begin`. Never raises."""
        log.warning("the second log is given up until the next copy: %s", why)
        self._mark_gap()

    def _mark_gap(self) -> None:
        """What follows is not in the log. A new name needs no room on a full disk."""
        self.broken = True
        path = self._path
        self._close_file()
        with contextlib.suppress(OSError):
            newest = segments(self.folder)[-1:]
            path = path if path.is_file() else (newest[0] if newest else path)
            if path.suffix == SUFFIX and path.is_file():
                os.replace(path, path.with_suffix(GAP))
                flush_folder(self.folder)

    def _close_file(self) -> None:
        with self._flushing:
            file, self._file = self._file, -1
        if file >= 0:
            with contextlib.suppress(OSError):
                os.close(file)

    # ------------------------------------------------------------ flushing

    def flush(self) -> None:
        """Return when everything appended is on the disk. Raises `OSError`."""
        with self._flushing:
            self._unflushed = False
            if self._file >= 0:
                _SYNC(self._file)

    def _flush_on(self) -> None:
        """The thread `intents`: wakes with the first record after a flush, waits for more, flushes them together."""
        while True:
            self._wake.wait()
            self._wake.clear()
            if self._ended.wait(FLUSH_S):
                return
            try:
                self.flush()
            except OSError as error:
                # Not given up here: a file closed under the writer's hand could be another one's by the time it writes.
                self._not_flushed = type(error).__name__

    # ------------------------------------------------------------ what is not needed any more

    def forget_before(self, number: int) -> None:
        """Take out the segments before this one: every copy that is kept for a rebuilding is newer."""
        with contextlib.suppress(OSError):
            for path in segments(self.folder):
                if number_of(path) < number:
                    path.unlink()
            flush_folder(self.folder)
