"""Opening the data folder for a command."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pos.paths import default_data_dir

if TYPE_CHECKING:
    from pos.bootstrap import Program
    from pos.journal.store import SqliteJournal
    from pos.security.asking import Asker
    from pos.settings import Settings

_WAIT_S = 3.0
"""How long a command waits for another short-lived one on the same folder."""


def data_dir(args: argparse.Namespace) -> Path:
    """`--data`, or the user's own folder for this program."""
    given: Path | None = getattr(args, "data", None)
    return given if given is not None else default_data_dir()


def asker(args: argparse.Namespace, *, choosing: bool = False) -> Asker:
    """Gets the passphrase for a command, where the machine has no key store of its own.

    Args:
        args: of the command.
        choosing: a passphrase is replaced: the new one stands in no file that has the old one.
    """
    from pos.cli.asking import TerminalAsker
    from pos.security.asking import Unattended

    chosen = Unattended(variable="QUAY_NEW_PASSPHRASE_FILE") if choosing else None
    return TerminalAsker(lambda: getattr(args, "lang", None) or plain_settings(args).text("ui.language"), chosen=chosen)


def plain_settings(args: argparse.Namespace) -> Settings:
    """The settings but for secrets; as shipped where there is no data folder. Makes and opens nothing else.

    Raises:
        PosError: the file cannot be read.
    """
    from pos.bootstrap import NoSecrets
    from pos.settings import Settings

    return Settings(data_dir(args), NoSecrets())


@contextmanager
def open_program(args: argparse.Namespace, *, choosing: bool = False) -> Iterator[Program]:
    """The whole till, alone on its folder; recovery has run.

    Args:
        args: of the command.
        choosing: as `asker` takes it.

    Raises:
        PosError: it cannot be opened.
    """
    from pos import logs
    from pos.bootstrap import Program

    program = Program(data_dir(args), wait_s=_WAIT_S, ask=asker(args, choosing=choosing))
    end_log = logs.begin(data_dir(args), program.settings.secret_values())
    try:
        yield program
    finally:
        program.close()
        end_log()


def require_pin(program: Program, issuer: str) -> None:
    """Calls without the store's PIN are refused by Got It, and are not made.

    Raises:
        ConfigError: `gotit.pin_missing`.
    """
    from pos.domain.errors import ConfigError

    if issuer == "gotit" and not program.settings.text("gotit.pin"):
        raise ConfigError("gotit.pin_missing")


@contextmanager
def read_journal(args: argparse.Namespace) -> Iterator[SqliteJournal]:
    """The journal for reading only; a running window is not disturbed.

    Raises:
        PosError: there is none, or it cannot be read.
    """
    from pos.bootstrap import SystemChance, SystemClock, open_folder, open_journal
    from pos.domain.errors import ConfigError

    if not (data_dir(args) / "journal.db").exists():
        raise ConfigError("config.no_journal")
    folder = open_folder(data_dir(args), asker(args))
    journal = open_journal(folder, SystemClock(), SystemChance(), writing=False)
    try:
        yield journal
    finally:
        journal.close()
