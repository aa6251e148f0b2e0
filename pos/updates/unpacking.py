"""A program's archive unpacked: plain files, folders and links inside it, nothing else, nowhere else.

The archive was signed, so this guards against a mistake in making it. `tarfile`'s own filter is newer than the Python
of Debian 12, and lets a link's place be written through.
"""

from __future__ import annotations

import lzma
import os
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from pos.domain.errors import UpdateError
from pos.durable import flush_folder

_MOST_BYTES = 2 << 30
_MOST_MEMBERS = 50_000


def unpack(archive: Path, target: Path) -> None:
    """Unpack into a folder that does not exist yet; everything is on the disk when this returns.

    An archive whose members all lie in one folder is unpacked without it.

    Raises:
        UpdateError: `update.package_unsafe`: something in it has no business in a program's archive.
        OSError: no room, or cannot be written.
    """
    target.mkdir(mode=0o755)
    try:
        with tarfile.open(archive) as opened:
            members = opened.getmembers()
            if len(members) > _MOST_MEMBERS or sum(one.size for one in members) > _MOST_BYTES:
                raise _unsafe("size")
            placed = list(_placed(members))
            for member, place in placed:
                _put(opened, member, target / place)
            # Last, so that nothing is ever written through one.
            for member, place in placed:
                if member.issym():
                    _link(member, target, place)
    except (tarfile.TarError, EOFError, lzma.LZMAError) as error:
        raise _unsafe("unreadable") from error
    except FileExistsError as error:
        raise _unsafe("twice") from error
    for folder, _, _ in os.walk(target):
        os.chmod(folder, 0o755)  # noqa: S103 - whatever this process's mask: a program may be for all users of a machine
        flush_folder(Path(folder))


def _placed(members: list[tarfile.TarInfo]) -> Iterator[tuple[tarfile.TarInfo, PurePosixPath]]:
    """Each member with its place inside the target."""
    paths = [_inside(member.name) for member in members]
    tops = {path.parts[0] for path in paths if path.parts}
    whole = len(tops) == 1 and not any(len(p.parts) == 1 and not m.isdir() for m, p in zip(members, paths, strict=True))
    for member, path in zip(members, paths, strict=True):
        place = PurePosixPath(*path.parts[1:]) if whole else path
        if place.parts:
            yield member, place


def _inside(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if (
        path.is_absolute()
        or ".." in path.parts
        or "\\" in name
        or "\0" in name
        or (path.parts and ":" in path.parts[0])
    ):
        raise _unsafe("path")
    return path


def _put(opened: tarfile.TarFile, member: tarfile.TarInfo, place: Path) -> None:
    if member.isdir():
        place.mkdir(mode=0o755, parents=True, exist_ok=True)
        return
    if member.issym():
        return
    content = opened.extractfile(member) if member.isreg() else None
    if content is None:
        raise _unsafe("kind")
    place.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    mode = 0o755 if member.mode & 0o100 else 0o644
    descriptor = os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), mode)
    with os.fdopen(descriptor, "wb") as file:
        shutil.copyfileobj(content, file, 1 << 20)
        if hasattr(os, "fchmod"):
            os.fchmod(descriptor, mode)  # likewise
        file.flush()
        os.fsync(descriptor)


def _link(member: tarfile.TarInfo, target: Path, place: PurePosixPath) -> None:
    """Relative, and its end inside: counted in parts, so that no link on the way has a say."""
    aim, here = PurePosixPath(member.linkname), list(place.parent.parts)
    if aim.is_absolute() or "\\" in member.linkname:
        raise _unsafe("link")
    for part in aim.parts:
        if part != "..":
            here.append(part)
        elif here:
            here.pop()
        else:
            raise _unsafe("link")
    link = target / place
    if link.parent.resolve() != (target.resolve() / place.parent):
        raise _unsafe("link")
    link.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    link.symlink_to(member.linkname)


def _unsafe(what: str) -> UpdateError:
    return UpdateError("update.package_unsafe", what=what)
