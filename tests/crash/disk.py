"""A folder as the disk has it: what is certain, what is only hoped for until somebody syncs, and what was never there.

The rules are POSIX's and no file system's: a write, a new length, a new name is on the disk for certain only when its
file or its folder was synced. Until then any part of it may be there, in any order, sector by sector. (ext4 or APFS
promise more; a till that holds under these rules holds there too.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

SECTOR_BYTES = 512
"""A disk writes a sector whole or not at all."""


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes put into file number `file` at `offset`."""

    file: int
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Resize:
    """The file's length set."""

    file: int
    size: int


@dataclass(frozen=True, slots=True)
class Sync:
    """Everything done to the file so far is on the disk when this returns."""

    file: int


@dataclass(frozen=True, slots=True)
class SyncFolder:
    """The names in the folder are."""

    folder: str


@dataclass(frozen=True, slots=True)
class Named:
    """The name now stands for this file (`file` None: for none); `was` is a name it had until then (a rename)."""

    name: str
    file: int | None
    was: str | None = None


@dataclass(frozen=True, slots=True)
class FolderMade:
    """A new folder."""

    name: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Not a disk operation: what the story did in the world at this moment."""

    kind: str
    facts: Mapping[str, object]


Change = Write | Resize
NameChange = Named | FolderMade
Step = Change | Sync | SyncFolder | NameChange | Mark


@dataclass(slots=True)
class Image:
    """What stands on the disk after the cut: folders and files by path below the recorded root."""

    folders: set[str] = field(default_factory=set)
    files: dict[str, bytes] = field(default_factory=dict)


class Disk:
    """Replays steps and keeps apart what is certain and what is pending.

    Args:
        lies: syncs return and do nothing, as with a disk whose cache lies. Not survivable: the instrument's own test.
    """

    def __init__(self, *, lies: bool = False) -> None:
        self._lies = lies
        self._contents: dict[int, bytes] = {}
        self._names: dict[str, int] = {}
        self._folders: set[str] = set()
        self.changes: list[Change] = []
        self.names: list[NameChange] = []
        self.syncs = 0

    def take(self, step: Step) -> None:
        """One step of the record."""
        if isinstance(step, Write | Resize):
            self.changes.append(step)
        elif isinstance(step, Named | FolderMade):
            self.names.append(step)
        elif isinstance(step, Sync):
            self.syncs += 1
            if not self._lies:
                self._sync(step.file)
        elif isinstance(step, SyncFolder):
            self.syncs += 1
            if not self._lies:
                self._sync_folder(step.folder)

    def _sync(self, file: int) -> None:
        mine = [change for change in self.changes if change.file == file]
        self._contents[file] = applied(self._contents.get(file, b""), mine)
        self.changes = [change for change in self.changes if change.file != file]

    def _sync_folder(self, folder: str) -> None:
        here = [change for change in self.names if str(PurePosixPath(change.name).parent) == folder]
        self._rename(self._folders, self._names, here)
        self.names = [change for change in self.names if change not in here]
        reachable = set(self._names.values()) | {change.file for change in self.names if isinstance(change, Named)}
        self.changes = [change for change in self.changes if change.file in reachable]

    @staticmethod
    def _rename(folders: set[str], names: dict[str, int], changes: list[NameChange]) -> None:
        for change in changes:
            if isinstance(change, FolderMade):
                folders.add(change.name)
                continue
            if change.was is not None:  # a rename is one step on every file system: both names change or neither
                names.pop(change.was, None)
            if change.file is None:
                names.pop(change.name, None)
            else:
                names[change.name] = change.file

    def length(self, file: int) -> int:
        """Bytes of the file that are certain."""
        return len(self._contents.get(file, b""))

    def known_names(self) -> list[tuple[str, int]]:
        """Names of files as the program sees them."""
        names = dict(self._names)
        self._rename(set(), names, self.names)
        return list(names.items())

    def image(self, changes: list[Change], names: list[NameChange]) -> Image:
        """What is certain, with these of the pending changes."""
        image, found = Image(set(self._folders)), dict(self._names)
        self._rename(image.folders, found, names)
        for name, file in found.items():
            if name.rpartition("/")[0] in image.folders or "/" not in name:
                mine = [change for change in changes if change.file == file]
                image.files[name] = applied(self._contents.get(file, b""), mine)
        return image


def applied(content: bytes, changes: list[Change]) -> bytes:
    """The content after these changes; a gap is filled with zeros."""
    if not changes:
        return content
    data = bytearray(content)
    for change in changes:
        if isinstance(change, Resize):
            data = data[: change.size] + bytes(max(0, change.size - len(data)))
            continue
        end = change.offset + len(change.data)
        if len(data) < end:
            data += bytes(end - len(data))
        data[change.offset : end] = change.data
    return bytes(data)


def sectors(write: Write) -> list[Write]:
    """The write cut where sectors of the disk begin."""
    pieces, offset, data = [], write.offset, write.data
    while data:
        room = SECTOR_BYTES - offset % SECTOR_BYTES
        pieces.append(Write(write.file, offset, data[:room]))
        offset, data = offset + room, data[room:]
    return pieces
