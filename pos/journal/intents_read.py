"""Read the second log: whose it is, where it ends, whether that end is certain, and its records one by one."""

from __future__ import annotations

from ast import literal_eval
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hmac import compare_digest
from pathlib import Path

from pos.journal.chain import Link
from pos.journal.intents import (
    CHECK_BYTES,
    CLOSED,
    GAP,
    HEAD,
    MISSED,
    OPENED,
    WRITTEN,
    Point,
    boot_id,
    checksum,
    number_of,
    segments,
)
from pos.journal.row_seals import Image

_LENGTH, _CHECK = 8, 2 * CHECK_BYTES
_FRAME = _LENGTH + 1 + _CHECK + 1
_WRITTEN, _MISSED, _OPENED, _CLOSED = (f"('{word}', ".encode() for word in (WRITTEN, MISSED, OPENED, CLOSED))
_WITHOUT_LINK = b", None)"
_HEAD = 4096
_MOST = 64 << 20
"""No record is longer: a length that says so is damage."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment, read to its end.

    Args:
        path: the file; `key`: of its checksums.
        begins: the link it begins behind.
        schema: of the journal then.
        end: the link it ends with.
        length: bytes that are good; `check`: of the last good record.
        torn: something lies behind them.
        gap: something that was committed afterwards is not in the log.
        boot: of the operating system, as its last run said.
        closed: its last run ended in order, with the journal's file of that length and time (ns).
    """

    path: Path
    key: bytes
    begins: Point
    schema: int
    end: Point
    length: int
    check: bytes
    torn: bool
    gap: bool
    boot: str
    closed: tuple[int, int] | None

    @property
    def certain(self) -> bool:
        """Whether nothing that was sent can be missing at the end.

        Each record reached the operating system before anything was sent. So its end is certain if the run ended in
        order, or if the operating system has not gone down since.
        """
        return not self.gap and (self.closed is not None or (bool(self.boot) and self.boot == boot_id()))


@dataclass(frozen=True, slots=True)
class Record:
    """What one transaction wrote, or what an earlier run could not append.

    Args:
        seq: number of the chain's last link after it.
        links: the links it added.
        images: the rows as they stood after it.
    """

    seq: int
    links: tuple[Link, ...]
    images: tuple[Image, ...]


def scan(path: Path, key: bytes) -> Segment | None:
    """Read a segment to its end, checking every record.

    Returns:
        None: its head is not one that this key made.

    Raises:
        OSError: it cannot be read.
    """
    data = path.read_bytes()
    found = _next(data, 0, key, b"")
    head = None if found is None else _head_of(found[0])
    if found is None or head is None:
        return None
    begins, schema, boot = head
    _, at, check = found
    last, closed = b"", None
    while (found := _next(data, at, key, check)) is not None:
        payload, at, check = found
        closed = None
        if payload.startswith((_WRITTEN, _MISSED)):
            last = last if payload.endswith(_WITHOUT_LINK) else payload
        elif payload.startswith(_OPENED):
            boot = str(literal_eval(payload.decode())[1])
        elif payload.startswith(_CLOSED):
            _, size, time_ns = literal_eval(payload.decode())
            closed = (size, time_ns)
    end = begins
    if last:
        link = _record(last).links[-1]
        end = Point(link[0], link[6])
    torn, gap = at < len(data), path.suffix == GAP
    return Segment(path, key, begins, schema, end, at, check, torn, gap, boot, None if torn else closed)


def records(segment: Segment) -> Iterator[Record]:
    """The records of a segment up to its end or its first bad one. Raises `OSError`."""
    data, key = segment.path.read_bytes(), segment.key
    found, check = _next(data, 0, key, b""), b""
    while found is not None:
        payload, at, check = found
        if payload.startswith((_WRITTEN, _MISSED)):
            yield _record(payload)
        found = _next(data, at, key, check)


def _next(data: bytes, at: int, key: bytes, before: bytes) -> tuple[bytes, int, bytes] | None:
    """The record at a place: its payload, where the next begins, its checksum; None: there is none that is good."""
    frame = data[at : at + _FRAME]
    try:
        length, check = int(frame[:_LENGTH], 16), bytes.fromhex(frame[_LENGTH + 1 : -1].decode("ascii"))
    except ValueError:
        return None
    end = at + _FRAME + length
    payload = data[at + _FRAME : end]
    if length > _MOST or data[end : end + 1] != b"\n" or len(check) != CHECK_BYTES:
        return None
    return (payload, end + 1, check) if compare_digest(check, checksum(key, before, payload)) else None


def _record(payload: bytes) -> Record:
    word, seq, images, links = literal_eval(payload.decode())
    if word == WRITTEN:
        links = () if links is None else (links,)
    return Record(seq, tuple(links), tuple(images))


def _head_of(payload: bytes) -> tuple[Point, int, str] | None:
    """Where a segment begins, the schema, and the operating system's start."""
    word, seq, digest, schema, boot = literal_eval(payload.decode())
    return (Point(seq, digest), schema, boot) if word == HEAD else None


@dataclass(frozen=True, slots=True)
class WholeLog:
    """Every segment that our keys open, oldest first, read to their ends."""

    segments: tuple[Segment, ...]

    @property
    def end(self) -> Point | None:
        """The last link that stands in it."""
        return self.segments[-1].end if self.segments else None

    @property
    def certain(self) -> bool:
        """Whether nothing that was sent can be missing at the end."""
        return bool(self.segments) and self.segments[-1].certain

    def since(self, base: Point) -> tuple[tuple[Segment, ...], bool]:
        """The segments that lead on from a link, and whether they lead to the log's end without a gap."""
        leading: list[Segment] = []
        at: Point | None = None
        for segment in self.segments:
            if at is None:
                if segment.begins.seq > base.seq:
                    break
                if segment.end.seq < base.seq:
                    continue  # all of it stands in the copy
            elif segment.begins != at:
                return tuple(leading), False
            leading.append(segment)
            at = segment.end
            if segment.gap and segment is not self.segments[-1]:
                return tuple(leading), False
        whole = bool(leading) and leading[-1] is self.segments[-1]
        return tuple(leading), whole


def read_log(folder: Path, keys: Sequence[bytes]) -> WholeLog:
    """Read every segment. Raises `OSError`."""
    found = []
    for path in segments(folder):
        read = (scan(path, key) for key in keys)
        segment = next((one for one in read if one is not None), None)
        if segment is not None:
            found.append(segment)
    return WholeLog(tuple(found))


def covers_from(folder: Path, key: bytes) -> Point | None:
    """The link from which on the log is whole up to its newest segment, by the heads alone; None: there is no log."""
    begins: Point | None = None
    for path in reversed(segments(folder)):
        if begins is not None and path.suffix == GAP:
            break
        head = _head(path, key)
        if head is None:
            break
        begins = head[0]
    return begins


def segment_before(folder: Path, key: bytes, seq: int) -> int | None:
    """The number of the newest segment that begins at this link or before it; None: none does."""
    for path in reversed(segments(folder)):
        head = _head(path, key)
        if head is not None and head[0].seq <= seq:
            return number_of(path)
    return None


def _head(path: Path, key: bytes) -> tuple[Point, int, str] | None:
    with path.open("rb") as file:
        found = _next(file.read(_HEAD), 0, key, b"")
    return None if found is None else _head_of(found[0])
