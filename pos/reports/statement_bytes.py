"""The bytes of a file that somebody chose: read once, whole, within limits, and known not to have changed meanwhile."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from pos.domain.statement import StatementRefused

MOST_BYTES = 64 << 20
_CHUNK = 1 << 20
_SNIFF = 1024

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "statement.pdf"),
    (b"\x89PNG", "statement.other_kind"),
    (b"\xff\xd8\xff", "statement.other_kind"),
    (b"GIF8", "statement.other_kind"),
    (b"Rar!", "statement.other_kind"),
    (b"7z\xbc\xaf", "statement.other_kind"),
    (b"\x1f\x8b", "statement.other_kind"),
    (b"MZ", "statement.other_kind"),
    (b"\x7fELF", "statement.other_kind"),
    (b"SQLite format 3", "statement.other_kind"),
)
_WEB = (b"<!doctype", b"<html", b"<head", b"<meta", b"<table", b"<style", b"<?xml", b"<body", b"<div")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A whole file. `kind`: `csv` or `xlsx` by its bytes, whatever its name says."""

    name: str
    kind: str
    data: bytes
    sha256: str


def load(path: str) -> Loaded:
    """Read it.

    Raises:
        StatementRefused: it is not there, is none of ours to read, is too big, changed, or is no table.
    """
    file = Path(path)
    name = file.name
    try:
        before = file.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise StatementRefused("statement.file_missing", file=name) from None
    except (OSError, ValueError) as error:
        raise _refused(error, name) from error
    if stat.S_ISDIR(before.st_mode):
        raise StatementRefused("statement.folder", file=name)
    if not stat.S_ISREG(before.st_mode):  # opening a pipe or a device would wait for ever
        raise StatementRefused("statement.other_kind", file=name)
    if before.st_size > MOST_BYTES:
        raise StatementRefused("statement.too_big", file=name, most_mb=MOST_BYTES >> 20)
    data, digest = _read(file, before)
    return Loaded(name, _kind(data, name), data, digest)


def _read(file: Path, before: os.stat_result) -> tuple[bytes, str]:
    digest, parts, size = hashlib.sha256(), [], 0
    try:
        with file.open("rb") as source:
            while chunk := source.read(_CHUNK):
                size += len(chunk)
                if size > MOST_BYTES:
                    raise StatementRefused("statement.too_big", file=file.name, most_mb=MOST_BYTES >> 20)
                digest.update(chunk)
                parts.append(chunk)
            after = os.fstat(source.fileno())
        now = file.stat()
    except FileNotFoundError:
        raise StatementRefused("statement.changed", file=file.name) from None
    except OSError as error:
        raise _refused(error, file.name) from error
    if size != before.st_size or _mark(before) != _mark(after) or _mark(before) != _mark(now):
        raise StatementRefused("statement.changed", file=file.name)
    return b"".join(parts), digest.hexdigest()


def _mark(found: os.stat_result) -> tuple[int, int]:
    return found.st_size, found.st_mtime_ns


def _refused(error: Exception, name: str) -> StatementRefused:
    code = "statement.no_right" if isinstance(error, PermissionError) else "statement.cannot_read"
    return StatementRefused(code, file=name)


def _kind(data: bytes, name: str) -> str:
    if not data.strip(b"\x00\xef\xbb\xbf\xff\xfe\t\r\n "):
        raise StatementRefused("statement.empty", file=name)
    if data.startswith(b"PK\x03\x04"):
        return "xlsx"
    if data.startswith(_OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in data
        raise StatementRefused("statement.locked" if locked else "statement.old_excel", file=name)
    for magic, code in _MAGIC:
        if data.startswith(magic):
            raise StatementRefused(code, file=name)
    start = data[:_SNIFF].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe\t\r\n ").lower()
    if start.startswith(_WEB):
        raise StatementRefused("statement.web_page", file=name)
    return "csv"
