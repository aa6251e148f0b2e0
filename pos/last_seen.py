"""How the till was when the program last looked: sealed in a small file outside the database.

A copy of the journal that is put back behind the program's back, another journal in its place, or a clock set back
do not fit what stands here. The file is sealed under the master key: without it nobody can write one that fits.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from pos.domain.errors import SecurityError
from pos.security.private_file import read_private, write_private
from pos.security.vault import Vault
from pos.sound_json import read_json

FILE = "seen.bin"
_PLACE = "last seen"


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen.

    Args:
        links: number of the audit chain's last link; 0: none.
        hash: of that link, hex.
        at_utc: time text of the looking.
        accepted_by: whoever restored a copy: whatever is found at the next start is the right end.
    """

    links: int
    hash: str
    at_utc: str
    accepted_by: str = ""


class SeenFile:
    """The file of one data folder."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        self._path, self._vault = folder / FILE, vault

    def read(self) -> Seen | None:
        """What was seen last; None: there is no file.

        Raises:
            SecurityError: `seen.damaged`, `secrets.not_readable`.
        """
        raw = read_private(self._path)
        if raw is None:
            return None
        try:
            fields = read_json(self._vault.open(raw, _PLACE))
            return Seen(int(fields["links"]), str(fields["hash"]), str(fields["at_utc"]), str(fields["accepted_by"]))
        except (SecurityError, ValueError, KeyError, TypeError):
            raise SecurityError("seen.damaged") from None

    def write(self, seen: Seen) -> None:
        """Put it down, flushed. Raises `SecurityError("secrets.not_written")`."""
        write_private(self._path, self._vault.seal(json.dumps(asdict(seen)), _PLACE))


def accept_restored(folder: Path, vault: Vault, *, actor: str, at_utc: str) -> None:
    """A copy was put back on purpose: the next start takes the journal and the settings as it finds them.

    Call it after the copy stands in its place. The start writes `journal.end_accepted` with this name.

    Args:
        folder: the data folder.
        vault: of its master key as it will be at the next start.
        actor: who restored it.
        at_utc: time text of now.

    Raises:
        SecurityError: `secrets.not_written`.
    """
    SeenFile(folder, vault).write(Seen(0, "", at_utc, accepted_by=actor or "till"))
