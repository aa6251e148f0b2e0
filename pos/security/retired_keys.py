"""Master keys that were replaced, sealed under the one in force: a copy of the journal from before stays readable.

What that costs: whoever gets the key in force and this file reads old copies as well. Where a key was changed because
somebody had it, that is no loss – he reads the old copies anyway –, but where the old copies are gone the old keys
should be too: `quay keys rotate --forget-old`.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from pathlib import Path

from pos.domain.errors import SecurityError
from pos.security.private_file import wipe_private
from pos.security.secret_store import SecretStore
from pos.security.vault import KEY_BYTES, Vault, key_check

FILE = "keys.retired"


class RetiredKeys:
    """The keys before the one in force.

    Args:
        folder: the data folder.
        vault: opens the file.

    Raises (all methods): as `SecretStore`.
    """

    def __init__(self, folder: Path, vault: Vault) -> None:
        self._path = folder / FILE
        self._store = SecretStore(self._path, vault)

    def exist(self) -> bool:
        """Whether any key was ever replaced."""
        return self._path.exists()

    def all(self) -> tuple[bytes, ...]:
        """The keys."""
        try:
            keys = tuple(base64.b64decode(text, validate=True) for text in self._store.all().values())
        except ValueError:
            raise SecurityError("secrets.damaged") from None
        if any(len(key) != KEY_BYTES for key in keys):
            raise SecurityError("secrets.damaged")
        return keys

    def keep(self, keys: Iterable[bytes]) -> None:
        """Keep these too; the file is under the vault's key from now on."""
        self._store.put_back(_named(keys))

    def replace(self, keys: Iterable[bytes]) -> None:
        """Keep these and no others, whatever the file was."""
        self._store.replace(_named(keys))

    def forget(self) -> None:
        """What only these keys open is gone for good."""
        wipe_private(self._path)


def _named(keys: Iterable[bytes]) -> dict[str, str]:
    return {key_check(key): base64.b64encode(key).decode() for key in keys}
