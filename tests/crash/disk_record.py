"""Run a program under `strace` and read back, in order, everything it did to one folder, with the story's own marks.

The record is taken at the system calls, so that nothing stands between the till and what is judged: its own SQLite
library, its own key and settings files, every `fsync` or its absence.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tests.crash.disk import FolderMade, Image, Mark, Named, Resize, Step, Sync, SyncFolder, Write

ROOT = Path(__file__).resolve().parents[2]
_HANDLED = ("open", "openat", "creat", "write", "pwrite64", "ftruncate", "fsync", "fdatasync", "lseek", "rename",
            "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat", "mkdir", "mkdirat")  # fmt: skip
_UNHANDLED = ("writev", "pwritev", "pwritev2", "truncate", "fallocate", "copy_file_range", "sendfile", "symlink",
              "symlinkat", "rmdir", "sync_file_range", "sync", "syncfs", "openat2", "mmap")  # fmt: skip
_CALL = re.compile(r"^(\d+) +(\w+)\((.*)\) += (-?\d+)(?:<.*>)?(?: .*)?$")
_MEMORY = re.compile(r"^\d+ +(?:mmap\(NULL, .*MAP_ANONYMOUS.* <unfinished \.\.\.>|<\.\.\. mmap resumed>)")
_FD = re.compile(r"^(\d+)(?:<((?:\\x[0-9a-f]{2})*)>)?")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
BEGUN = "begun"
"""The mark behind the steps that only lead to what stood before: no power is cut until then."""
MARKS = "marks"
"""Name of the file beside the recorded folder to which a story writes its marks, one JSON object a write."""


class RecordError(Exception):
    """The record cannot be taken or not be trusted."""


def record(words: Sequence[str], root: Path, before: Image | None = None) -> list[Step]:
    """Run `python -m WORDS` and return what it did below `root`, as steps.

    Args:
        words: for Python.
        root: holds `before` and nothing else.
        before: what is certain at the beginning; told by the first steps.

    Raises:
        RecordError: no `strace`, the program failed, or it did something that this reader does not know.
    """
    trace = root.with_name(root.name + ".trace")
    calls = ",".join(f"?{name}" for name in _HANDLED + _UNHANDLED)
    command = ["strace", "-f", "-y", "-xx", "-s", "16777216", "-e", f"trace={calls}", "-o", str(trace),
               sys.executable, "-m", *words]  # fmt: skip
    try:
        done = subprocess.run(
            command, cwd=ROOT, env={**os.environ, "QUAY_KEYSTORE": "file"}, capture_output=True, text=True, check=False,
            timeout=300,
        )  # fmt: skip
    except FileNotFoundError as error:
        raise RecordError("strace is not installed") from error
    if done.returncode:
        raise RecordError(f"the recorded program failed: {done.stderr[-2000:]}")
    with trace.open(encoding="ascii") as lines:
        reader = _Reader(root)
        steps = [*reader.begin(before or Image()), *reader.read(lines)]
    trace.unlink()
    return steps


@dataclass(slots=True)
class _Open:
    """An open file: its number, where the next `write` goes, and whether it is a folder."""

    path: str
    file: int | None
    offset: int = 0


class _Reader:
    """Turns trace lines into steps. Paths in steps are below `root` (`.` is the root itself)."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._marks = str(root.with_name(MARKS))
        self._files: dict[str, int] = {}
        self._sizes: dict[int, int] = {}
        self._open_in: defaultdict[str, dict[int, _Open]] = defaultdict(dict)  # by process
        self._open: dict[int, _Open] = {}
        self._next = 0

    def begin(self, image: Image) -> Iterator[Step]:
        """Steps that lead to what stands already."""
        for folder in sorted(image.folders):
            yield FolderMade(folder)
            yield SyncFolder(str(PurePosixPath(folder).parent))
        for name, content in image.files.items():
            self._files[name], self._sizes[self._next] = self._next, len(content)
            yield from (Named(name, self._next), Write(self._next, 0, content), Sync(self._next))
            yield SyncFolder(str(PurePosixPath(name).parent))
            self._next += 1
        yield Mark(BEGUN, {})

    def read(self, lines: Iterator[str]) -> Iterator[Step]:
        for line in lines:
            if _MEMORY.match(line):
                continue  # the hash of a PIN works on several threads; nothing of it reaches a disk
            if "unfinished ..." in line or "resumed>" in line:
                raise RecordError("two threads at once: their order cannot be told")
            found = _CALL.match(line.rstrip())
            if found is None or int(found[4]) < 0:
                continue  # a signal, the end of a process, or a call that failed
            self._open = self._open_in[found[1]]
            yield from self._call(found[2], found[3], int(found[4]))

    def _call(self, name: str, words: str, result: int) -> Iterator[Step]:
        if name in ("open", "openat", "creat"):
            yield from self._opened(words, result)
        elif name in ("rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat", "mkdir", "mkdirat"):
            yield from self._names(name, words)
        elif name in ("write", "pwrite64", "ftruncate", "fsync", "fdatasync", "lseek"):
            yield from self._on_open(name, words, result)
        elif self._touched(name, words):
            raise RecordError(f"{name} is not understood")

    def _touched(self, name: str, words: str) -> bool:
        if name == "mmap" and ("MAP_SHARED" not in words or "PROT_WRITE" not in words):
            return False
        paths = [_decoded(text) for text in re.findall(r'[<"]((?:\\x[0-9a-f]{2})+)[>"]', words)]
        return any(self._below(path) is not None and not path.endswith("-shm") for path in paths)

    def _below(self, path: str) -> str | None:
        """The path below the root; None for what is not recorded. A `-shm` holds nothing that a cut must keep."""
        if path == self._root:
            return "."
        if not path.startswith(self._root + "/"):
            return None
        return path[len(self._root) + 1 :]

    def _opened(self, words: str, descriptor: int) -> Iterator[Step]:
        self._open.pop(descriptor, None)
        text = _TEXT.search(words)
        path = _decoded(text[1]) if text else ""
        if path == self._marks:
            self._open[descriptor] = _Open(path, None)
        below = self._below(path)
        if below is None or below.endswith("-shm"):
            return
        if "O_CREAT" in words and below not in self._files:
            self._files[below] = self._next
            yield Named(below, self._next)
            self._next += 1
        file = self._files.get(below)
        if file is not None and "O_TRUNC" in words and self._sizes.get(file):
            self._sizes[file] = 0
            yield Resize(file, 0)
        offset = self._sizes.get(file, 0) if file is not None and "O_APPEND" in words else 0
        self._open[descriptor] = _Open(below, file, offset)

    def _names(self, name: str, words: str) -> Iterator[Step]:
        paths = [self._below(_decoded(text)) for text in _TEXT.findall(words)]
        if all(path is None or path.endswith("-shm") for path in paths):
            return
        first = paths[0]
        if first is None or None in paths:
            raise RecordError(f"{name} across the recorded folder's border")
        if name.startswith("mkdir"):
            yield FolderMade(first)
        elif name.startswith("unlink"):
            del self._files[first]
            yield Named(first, None)
        else:
            target = paths[1]
            assert target is not None
            if name.startswith("link"):  # a second name for the same bytes
                file = self._files[target] = self._files[first]
                yield Named(target, file)
                return
            file = self._files[target] = self._files.pop(first)
            yield Named(target, file, was=first)

    def _on_open(self, name: str, words: str, result: int) -> Iterator[Step]:
        found = _FD.match(words)
        opened = self._open.get(int(found[1])) if found else None
        if found is None or opened is None or not self._same(found[2], opened):
            return
        if opened.path == self._marks:
            text = _TEXT.search(words)
            facts = json.loads(bytes.fromhex(text[1].replace("\\x", ""))) if text else {}
            yield Mark(facts.pop("mark"), facts)
        elif name == "lseek":
            opened.offset = result
        elif name in ("fsync", "fdatasync"):
            yield SyncFolder(opened.path) if opened.file is None else Sync(opened.file)
        elif opened.file is not None:
            yield self._changed(name, words, opened, opened.file, result)

    def _same(self, shown: str | None, opened: _Open) -> bool:
        """The descriptor still is the file that was opened under it (closing is not recorded)."""
        path = _decoded(shown or "")
        return path == opened.path or self._below(path.removesuffix(" (deleted)")) is not None

    def _changed(self, name: str, words: str, opened: _Open, file: int, result: int) -> Step:
        if name == "ftruncate":
            size = int(words.rsplit(", ", 1)[1])
            self._sizes[file] = size
            return Resize(file, size)
        text = _TEXT.search(words)
        data = bytes.fromhex(text[1].replace("\\x", "")) if text else b""
        if len(data) < result:
            raise RecordError("strace shortened a write")
        offset = int(words.rsplit(", ", 1)[1]) if name == "pwrite64" else opened.offset
        if name == "write":
            opened.offset += result
        self._sizes[file] = max(self._sizes.get(file, 0), offset + result)
        return Write(file, offset, data[:result])


def _decoded(text: str) -> str:
    return bytes.fromhex(text.replace("\\x", "")).decode()
