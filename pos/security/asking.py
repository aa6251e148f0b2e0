"""Who is asked for the passphrase of a till whose machine has no key store: a window, a terminal, or a file."""

from __future__ import annotations

import os
import stat
import sys
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from pos.domain.errors import SecurityError

Attempt = Callable[[str], None]
"""Tries a passphrase, on any thread but the GUI's: it takes some tenths of a second and 128 MiB.

Raises `SecurityError`: `key.passphrase_wrong`, or one of `TOO_WEAK`; then another one may be tried.
"""
TOO_WEAK = frozenset(
    {"key.passphrase_short", "key.passphrase_digits", "key.passphrase_alike", "key.passphrase_common",
     "key.passphrase_unusable"}
)  # fmt: skip
"""Why a passphrase is not taken."""

SHORTEST = 12
"""Characters of a passphrase."""
SHORTEST_DIGITS = 20
"""The same where it is nothing but digits: a thief with a copy of the disk tries numbers first."""
_FEWEST_KINDS = 6
_MOST_BYTES = 1_024
_RUNS = ("01234567890123456789", "qwertyuiopasdfghjklzxcvbnm", "abcdefghijklmnopqrstuvwxyz", "98765432109876543210")
_LEFT = 6
_WORDS = ("password", "matkhau", "passphrase", "quayvoucher", "quaythungan", "voucher")


class Asker(Protocol):
    """Gets a passphrase from whoever starts the program.

    Both methods call `attempt` until it no longer raises, or give up.

    Raises:
        SecurityError: `key.cancelled`: the person left; `key.passphrase_needed`: nobody is there to be asked; what
            `attempt` raised last.
    """

    def existing(self, attempt: Attempt) -> None:
        """The passphrase that was chosen for this folder."""

    def new(self, attempt: Attempt) -> None:
        """A passphrase to be chosen now, typed twice where a person types it."""


class Unattended:
    """Asks nobody: the passphrase stands in the file that a variable names, or there is none.

    Args:
        environment: of the process. A service manager gives such a file to the service alone (systemd's
            `LoadCredential`); it never lies in the data folder.
        variable: its name.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ, variable: str = "QUAY_PASSPHRASE_FILE") -> None:
        self._file = environment.get(variable, "")

    @property
    def answers(self) -> bool:
        """Whether there is such a file to look into."""
        return bool(self._file)

    def existing(self, attempt: Attempt) -> None:
        """One attempt with what stands in the file."""
        attempt(self._read())

    def new(self, attempt: Attempt) -> None:
        """The same: what was written there once was chosen with care."""
        attempt(self._read())

    def _read(self) -> str:
        if not self._file:
            raise SecurityError("key.passphrase_needed")
        path = Path(self._file)
        try:
            with path.open("rb") as file:
                known, raw = os.fstat(file.fileno()), file.read(_MOST_BYTES + 2)
        except OSError as error:
            raise SecurityError("key.passphrase_file", file=path.name) from error
        if sys.platform != "win32" and (
            stat.S_ISREG(known.st_mode) and (known.st_mode & 0o077 or known.st_uid not in (0, os.geteuid()))
        ):
            raise SecurityError("key.passphrase_file_open", file=path.name)
        try:
            return raw.decode().rstrip("\r\n")
        except UnicodeDecodeError:
            raise SecurityError("key.passphrase_file", file=path.name) from None


def normal(phrase: str) -> bytes:
    """The bytes that stand for a passphrase: a Vietnamese keyboard may write `ế` as one, two or three characters."""
    return unicodedata.normalize("NFKC", phrase).encode()


def check_strength(phrase: str) -> None:
    """A passphrase stands against somebody who has the disk and all the time he wants.

    Raises:
        SecurityError: one of `TOO_WEAK`, never with the passphrase.
    """
    text = unicodedata.normalize("NFKC", phrase)
    plain = "".join(letter for letter in unicodedata.normalize("NFD", text.lower()) if letter.isalnum())
    if len(text) < SHORTEST:
        raise SecurityError("key.passphrase_short", shortest=SHORTEST)
    if len(text.encode()) > _MOST_BYTES or not text.isprintable():
        raise SecurityError("key.passphrase_unusable")
    if plain.isdigit() and len(plain) < SHORTEST_DIGITS:
        raise SecurityError("key.passphrase_digits", shortest=SHORTEST_DIGITS)
    if len(set(text)) < _FEWEST_KINDS:
        raise SecurityError("key.passphrase_alike")
    if _left_over(plain) < _LEFT:
        raise SecurityError("key.passphrase_common")


def _left_over(plain: str) -> int:
    """Characters that are neither in a word everybody tries first nor in a run of the keyboard."""
    for word in _WORDS:
        plain = plain.replace(word, "")
    for run in _RUNS:
        for length in range(len(run), 3, -1):
            for start in range(len(run) - length + 1):
                plain = plain.replace(run[start : start + length], "")
    return len(plain)
