"""Named secrets, such as an issuer's PIN, in one small encrypted file; keys that were replaced in another."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from pathlib import Path

from pos.domain.errors import SecurityError
from pos.security.private_file import read_private, write_private
from pos.security.vault import Vault
from pos.sound_json import read_json


class SecretStore:
    """Named secrets, sealed under the vault.

    Args:
        path: the file; missing until the first secret is set. What is sealed is bound to its name.

    Raises (all methods): `SecurityError`: `vault.wrong_key`, `secrets.damaged`, `secrets.not_readable`,
    `secrets.not_written`.
    """

    def __init__(self, path: Path, vault: Vault) -> None:
        self._path = path
        self._vault = vault
        self._lock = threading.Lock()

    def get(self, name: str) -> str | None:
        """The secret of that name, None if it was never set."""
        return self._read().get(name)

    def set(self, name: str, value: str) -> None:
        """Keep a secret; it is on the disk when this returns."""
        with self._lock:
            self._write(self._read() | {name: value})

    def forget(self, name: str) -> None:
        """Take a secret out; nothing happens if there is none."""
        with self._lock:
            left = self._read()
            if left.pop(name, None) is not None:
                self._write(left)

    def names(self) -> tuple[str, ...]:
        """What is set, without the values."""
        return tuple(sorted(self._read()))

    def all(self) -> dict[str, str]:
        """Every secret by its name, for a backup of the keys."""
        return self._read()

    def put_back(self, values: Mapping[str, str]) -> None:
        """Take these in, over what stands there under the same names."""
        with self._lock:
            self._write(self._read() | dict(values))

    def replace(self, values: Mapping[str, str]) -> None:
        """Keep these and nothing else, whatever the file was."""
        with self._lock:
            self._write(dict(values))

    def mark(self) -> str:
        """A keyed mark of all that is kept: another one when anything changed; tells nothing without the key."""
        text = json.dumps(self._read(), ensure_ascii=False, sort_keys=True)
        return self._vault.lookup(f"{self._path.name} as a whole", text).hex()

    def _read(self) -> dict[str, str]:
        raw = read_private(self._path)
        if raw is None:
            return {}
        text = self._vault.open(raw, self._path.name)
        try:
            return {str(name): str(value) for name, value in read_json(text).items()}
        except (ValueError, AttributeError):
            raise SecurityError("secrets.damaged") from None

    def _write(self, values: dict[str, str]) -> None:
        write_private(self._path, self._vault.seal(json.dumps(values, ensure_ascii=False), self._path.name))
