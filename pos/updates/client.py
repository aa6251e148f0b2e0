"""What the release owner has signed, as far as The Update Framework (specification 1.0) lets us believe it.

Trust begins with `resources/updates/root.json`, which this program was built with. A chain of newer roots, each signed
by the one before, may follow it; then timestamp, snapshot, targets, and the file itself by length and SHA-256. What was
seen once is kept, so that an older timestamp or snapshot is known as a replay for ever after.

Expired is refused, never "warned": an update that comes a week late harms nobody, and whoever holds back the newer ones
(a freeze) must not be able to do it for ever. For shops whose stick comes by post the release tool makes the timestamp
good for 190 days; a stick older than that is written anew with one command (packaging/release/README.md).
"""

from __future__ import annotations

import contextlib
import errno
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tuf.api import exceptions as tuf_errors
from tuf.api.metadata import Metadata, TargetFile, Targets, Timestamp
from tuf.ngclient import Updater, UpdaterConfig

from pos.domain.business_date import from_utc_text, local_time
from pos.domain.errors import UpdateError
from pos.domain.one_line import tamed
from pos.domain.updates import read_version
from pos.durable import flush_file, flush_folder, make_folder
from pos.till.updates import Offer
from pos.updates.source import Gone, Source

log = logging.getLogger(__name__)

MADE = "x-made-utc"
"""Of the timestamp, beside what the framework knows: a till whose clock is behind it is told so."""
_EARLY = timedelta(days=1)
_LIMITS = UpdaterConfig(
    max_root_rotations=64,
    max_delegations=1,
    root_max_length=128_000,
    timestamp_max_length=16_384,
    snapshot_max_length=128_000,
    targets_max_length=1_000_000,
)
_MISSING = frozenset({403, 404})
_NOTES_MOST = 4000
FILES = {
    "deb": re.compile(r"quay-voucher_(?P<version>[0-9.]+)_amd64\.deb"),
    "tarball": re.compile(r"quay-voucher-(?P<version>[0-9.]+)-linux-x86_64\.tar\.xz"),
    "windows": re.compile(r"QuayVoucher-(?P<version>[0-9.]+)-setup\.exe"),
}
"""Names of files by the kind of installation they are for."""


@dataclass(frozen=True, slots=True)
class Signed:
    """An offer, and how the framework checks its file."""

    offer: Offer
    info: TargetFile
    path: str


class Catalogue:
    """One look at a source. Any thread, one at a time for a folder; every method may take long.

    Args:
        folder: where what was seen is kept; made for its owner only.
        root: the root metadata to begin with.
        source: where to ask.
        now_utc: this machine's clock, for the sentence about it.
    """

    def __init__(self, folder: Path, root: bytes, source: Source, now_utc: datetime) -> None:
        self._folder, self._root, self._source, self._now_utc = folder, root, source, now_utc

    def newest(self, package: str, than: str) -> Signed | None:
        """The newest signed program for this kind of installation that is newer than this version.

        Raises:
            UpdateError: what came is not to be believed, or cannot be had; the code says why.
        """
        with sorted_failures(self._now_utc, str(self._folder)):
            make_folder(self._folder)
            make_folder(self._folder / "root_history")
            updater = Updater(
                str(self._folder),
                self._source.metadata_url,
                target_base_url=self._source.targets_url,
                fetcher=self._source,
                config=_LIMITS,
                bootstrap=self._root,
            )
            updater.refresh()
            self._flush()
            self._check_clock()
            return self._choose(updater, package, than)

    def _choose(self, updater: Updater, package: str, than: str) -> Signed | None:
        found = None
        for name in self._names():
            info = updater.get_targetinfo(name)
            offer = _offer(info, package) if info is not None else None
            if info is None or offer is None or read_version(offer.version) <= read_version(than):
                continue
            if found is None or read_version(offer.version) > read_version(found.offer.version):
                found = Signed(offer, info, f"targets/{offer.sha256}.{offer.file}")
        return found

    def _names(self) -> tuple[str, ...]:
        """Of the file that was just checked; each name's facts come from the framework, not from here."""
        targets = Metadata[Targets].from_file(str(self._folder / "targets.json")).signed
        return tuple(sorted(targets.targets))

    def _flush(self) -> None:
        """What was seen must outlive a power cut: it is how a replay is known. The framework flushes nothing."""
        for file in (*self._folder.glob("*.json"), *self._folder.glob("root_history/*.json")):
            flush_file(file)
        flush_folder(self._folder / "root_history")
        flush_folder(self._folder)

    def _check_clock(self) -> None:
        stamp = Metadata[Timestamp].from_file(str(self._folder / "timestamp.json")).signed
        made = stamp.unrecognized_fields.get(MADE)
        if isinstance(made, str) and self._now_utc < from_utc_text(made) - _EARLY:
            raise UpdateError("update.clock_behind", now=_moment(self._now_utc), made=_moment(from_utc_text(made)))


def _offer(info: TargetFile, package: str) -> Offer | None:
    """The signed facts of a file; None: it is for another kind of installation, or says of itself what it is not."""
    named = FILES[package].fullmatch(info.path)
    told: Any = info.unrecognized_fields.get("custom")
    if named is None or not isinstance(told, dict):
        return None
    notes, schema, commit = told.get("notes"), told.get("schema", 0), told.get("commit", "")
    sound = type(schema) is int and isinstance(commit, str) and "sha256" in info.hashes
    if (
        not sound
        or not isinstance(notes, dict)
        or told.get("version") != named["version"]
        or told.get("package") != package
    ):
        log.warning("a signed file says of itself what it is not: %s", info.path)
        return None
    with contextlib.suppress(ValueError):
        read_version(named["version"])
        return Offer(
            named["version"], package, info.path, info.length, info.hashes["sha256"], commit, schema,
            _note(notes, "vi"), _note(notes, "en"),
        )  # fmt: skip
    return None


def _note(notes: dict[str, Any], language: str) -> str:
    text = notes.get(language, "")
    return tamed(text[:_NOTES_MOST], "\n") if isinstance(text, str) else ""


@contextmanager
def sorted_failures(now_utc: datetime, folder: str) -> Iterator[None]:
    """Whatever the framework, the source or the disk raise, as an `UpdateError` with a sentence of its own.

    Raises:
        UpdateError: as told.
    """
    try:
        yield
    except Gone as error:
        raise error.told from error
    except tuf_errors.DownloadHTTPError as error:
        raise UpdateError("update.incomplete", status=error.status_code) from error
    except (tuf_errors.DownloadLengthMismatchError, tuf_errors.LengthOrHashMismatchError) as error:
        raise UpdateError("update.damaged") from error
    except tuf_errors.ExpiredMetadataError as error:
        raise UpdateError("update.expired", now=_moment(now_utc)) from error
    except tuf_errors.BadVersionNumberError as error:
        raise UpdateError("update.replayed") from error
    except tuf_errors.UnsignedMetadataError as error:
        raise UpdateError("update.bad_signature") from error
    except (tuf_errors.RepositoryError, tuf_errors.DownloadError, ValueError) as error:
        raise UpdateError("update.unreadable") from error
    except tuf_errors.StorageError as error:
        raise UpdateError("update.not_written", folder=folder) from error
    except OSError as error:
        raise UpdateError(_disk_code(error), folder=folder) from error


def _disk_code(error: OSError) -> str:
    return "update.disk_full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "update.not_written"


def _moment(instant: datetime) -> str:
    return f"{local_time(instant):%H:%M %d/%m/%Y}"
