"""The folder of copies: each a file of its own, with a line in the manifest that says what was in it when made."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from pos.domain.backups import CopyReason
from pos.domain.business_date import from_utc_text, utc_text
from pos.domain.errors import JournalDamaged, JournalUnavailable
from pos.durable import flush_folder, make_folder, replace_file
from pos.journal.copying import Copied, facts_of
from pos.till.backups import CopyMade

FOLDER = "copies"
_MANIFEST = "manifest.jsonl"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the manifest."""

    name: str
    made_utc: datetime
    reason: CopyReason
    copied: Copied


class Shelf:
    """Copies in one folder. One thread at a time.

    Args:
        folder: of the copies; made with the first.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def entries(self) -> tuple[Entry, ...]:
        """Every copy whose file is there, oldest first.

        A copy that the manifest does not know (it was carried here, or the manifest is gone) is read through once.
        """
        known = {entry.name: entry for entry in self._lines()}
        found = []
        with contextlib.suppress(FileNotFoundError):
            for path in sorted(self.folder.glob("*.db")):
                entry = known.get(path.name) or self._met(path)
                if entry is not None:
                    found.append(entry)
        return tuple(sorted(found, key=lambda entry: (entry.made_utc, entry.name)))

    def _lines(self) -> Iterator[Entry]:
        try:
            text = (self.folder / _MANIFEST).read_text("utf-8")
        except (OSError, ValueError):
            return
        for line in text.splitlines():
            with contextlib.suppress(ValueError, KeyError, TypeError):  # a damaged line: its copy is met anew
                value = json.loads(line)
                yield Entry(
                    value["name"],
                    from_utc_text(value["made_utc"]),
                    CopyReason(value["reason"]),
                    Copied(**value["copied"]),
                )

    def _met(self, path: Path) -> Entry | None:
        try:
            made = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
            return Entry(path.name, made, _reason_of(path.name), facts_of(path))
        except (OSError, JournalDamaged):
            return None

    def put(self, entry: Entry) -> None:
        """Note a copy whose file is in place. Raises `OSError`."""
        self._write([one for one in self._lines() if one.name != entry.name] + [entry])

    def take_out(self, names: Collection[str]) -> None:
        """Delete copies. Raises `OSError`."""
        if not names:
            return
        self._write([one for one in self._lines() if one.name not in names])
        for name in names:
            (self.folder / name).unlink(missing_ok=True)
        flush_folder(self.folder)

    def _write(self, entries: list[Entry]) -> None:
        make_folder(self.folder)
        lines = [
            json.dumps(
                {
                    "name": one.name,
                    "made_utc": utc_text(one.made_utc),
                    "reason": one.reason.value,
                    "copied": asdict(one.copied),
                }
            )
            for one in entries
            if (self.folder / one.name).exists()
        ]
        replace_file(self.folder / _MANIFEST, "".join(f"{line}\n" for line in lines).encode())

    def free_name(self, made_utc: datetime, reason: CopyReason) -> str:
        """A file name that no copy has."""
        stem = f"{made_utc:%Y%m%d-%H%M%S}-{reason.value.replace('_', '-')}"
        names = (f"{stem}.db", *(f"{stem}-{number}.db" for number in range(2, 1000)))
        return next(name for name in names if not (self.folder / name).exists())

    def find(self, name: str) -> Entry:
        """The copy of that name. Raises `JournalUnavailable`: `backup.missing`."""
        for entry in self.entries():
            if entry.name == name:
                return entry
        raise JournalUnavailable("backup.missing", name=Path(name).name)

    def view(self, entry: Entry, second: Path | None) -> CopyMade:
        """As a manager sees it."""
        path, copied = self.folder / entry.name, entry.copied
        return CopyMade(
            entry.name,
            str(path),
            entry.made_utc,
            entry.reason,
            copied.bytes,
            copied.rows,
            copied.schema,
            copied.links,
            copied.last_hash,
            verified=is_whole(path, copied),
            second=second is not None and (second / entry.name).exists(),
        )


def is_whole(path: Path, copied: Copied) -> bool:
    """Whether the file has the length it had; what that cannot tell, `verify` does."""
    try:
        return path.stat().st_size == copied.bytes
    except OSError:
        return False


def carry(source: Path, folder: Path) -> None:
    """Copy a finished copy to a second folder, flushed, put in place by a rename.

    Raises:
        OSError: the folder is missing, full or not ours.
    """
    draft = folder / f"{source.name}.part"
    with source.open("rb") as reading, open(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as out:
        while chunk := reading.read(_CHUNK):
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    os.replace(draft, folder / source.name)
    flush_folder(folder)


def _reason_of(name: str) -> CopyReason:
    for reason in CopyReason:
        if reason.value.replace("_", "-") in name:
            return reason
    return CopyReason.MIGRATION if name.startswith("before-") else CopyReason.BY_HAND
