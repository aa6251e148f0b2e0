"""Opening the data folder for a command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pos.domain.errors import ConfigError, JournalDamaged
from pos.paths import default_data_dir
from pos.profiles import NAMES, Profiles

if TYPE_CHECKING:
    from pos.bootstrap import HeldFolder, Program
    from pos.journal.store import SqliteJournal
    from pos.security.asking import Asker
    from pos.settings import Settings

_OF_THE_JOURNAL = ("journal.rebuilt", "journal.restored", "journal.rolled_back")
_WAIT_S = 3.0
"""How long a command waits for another short-lived one on the same folder."""


def place_arguments(parser: argparse.ArgumentParser) -> None:
    """`--data DIR` and `--profile NAME`: which till is meant."""
    parser.add_argument(
        "--data", metavar="DIR", type=_folder, default=argparse.SUPPRESS, help="data folder of the till"
    )
    parser.add_argument(
        "--profile", metavar="NAME", choices=NAMES, default=argparse.SUPPRESS,
        help=f"{', '.join(NAMES)} (default: as chosen with `quay profile use`)",
    )  # fmt: skip


def _folder(text: str) -> Path:
    """An empty name is a script's unset variable, never the folder that it happens to run in."""
    if not text.strip():
        raise argparse.ArgumentTypeError("the name of the folder is empty")
    return Path(text)


def profiles() -> Profiles:
    """The profiles of this user."""
    return Profiles(default_data_dir())


def data_dir(args: argparse.Namespace, *, make: bool = True) -> Path:
    """`--data`, or the folder of the profile that is meant.

    Args:
        args: with `data` or `profile`; both at once contradict each other.
        make: the profile's folder is made if it is missing.

    Raises:
        ConfigError: `profile.with_data`, `config.no_folder`, or as `Profiles.make`.
    """
    given: Path | None = getattr(args, "data", None)
    name: str | None = getattr(args, "profile", None)
    if given is not None and name is not None:
        raise ConfigError("profile.with_data")
    if given is not None:
        if given.exists() and not given.is_dir():
            raise ConfigError("config.no_folder", folder=str(given))
        return given
    return profiles().make(name) if make else profiles().folder(name)


def must_be_there(args: argparse.Namespace) -> None:
    """For what works with a till that was set up: a name that was mistyped after `--data` makes no new, empty one.

    Raises:
        ConfigError: `config.no_till`.
    """
    given: Path | None = getattr(args, "data", None)
    if given is not None and not given.exists():
        raise ConfigError("config.no_till", folder=str(given))


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
    from pos.settings import NoSecrets, Settings

    return Settings(data_dir(args, make=False), NoSecrets())


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

    must_be_there(args)
    _upgrade(args)
    program = Program(data_dir(args), wait_s=_WAIT_S, ask=asker(args, choosing=choosing))
    end_log = logs.begin(data_dir(args), program.settings.secret_values())
    try:
        _tell_notices(args, program)
        yield program
        program.backups.look()  # a command may have closed the day
    finally:
        program.close()
        end_log()


def _upgrade(args: argparse.Namespace) -> None:
    """Bring the journal of an earlier program up to date; what takes longer than a second says so on stderr.

    Raises:
        PosError: it could not be; nothing was changed.
    """
    from pos.journal.opening import upgrade_due

    folder = data_dir(args)
    if not upgrade_due(folder / "journal.db"):
        return
    from pos.i18n import Translator
    from pos.upgrading import Progress, upgrade

    words = Translator(getattr(args, "lang", None) or plain_settings(args).text("ui.language"))

    def show(stage: str, percent: int) -> None:
        line = words.t("upgrade.line", stage=words.t(f"upgrade.stage.{stage}"), percent=percent)
        print(line, file=sys.stderr, flush=True)

    upgrade(folder, Progress(show), wait_s=_WAIT_S)


def _tell_notices(args: argparse.Namespace, program: Program) -> None:
    """On stderr, until a manager has acknowledged it: that the journal was rebuilt or restored."""
    told = [message for message in program.notices.pending() if message.code.startswith(_OF_THE_JOURNAL)]
    if told:
        from pos.i18n import Translator

        words = Translator(getattr(args, "lang", None) or program.settings.text("ui.language"))
        for message in told:
            print(words.message(message.code, dict(message.params)), file=sys.stderr, flush=True)


@contextmanager
def held_folder(args: argparse.Namespace) -> Iterator[HeldFolder]:
    """The data folder alone, for changing what is set: opens even where an issuer is set up wrongly.

    Raises:
        PosError: it cannot be opened.
    """
    from pos.bootstrap import HeldFolder

    _upgrade(args)
    held = HeldFolder(data_dir(args), wait_s=_WAIT_S, ask=asker(args))
    try:
        yield held
    finally:
        held.close()


def pin_line() -> str:
    """A manager's PIN: the first line of stdin, never an argument that a list of processes shows."""
    if sys.stdin.isatty():
        import getpass

        return getpass.getpass("PIN: ").strip()
    return sys.stdin.readline().strip()


def require_pin(program: Program, issuer: str) -> None:
    """Calls without the store's PIN are refused by Got It, and are not made.

    Raises:
        ConfigError: `gotit.pin_missing`.
    """
    if issuer == "gotit" and not program.settings.text("gotit.pin"):
        raise ConfigError("gotit.pin_missing")


@contextmanager
def read_journal(args: argparse.Namespace) -> Iterator[SqliteJournal]:
    """The journal for reading only; a running window is not disturbed.

    Raises:
        PosError: there is none, or it cannot be read.
    """
    from pos.bootstrap import SystemChance, SystemClock, open_folder, open_journal

    if not (data_dir(args) / "journal.db").exists():
        from pos.backup_setup import had_journal

        if had_journal(data_dir(args)):
            raise JournalDamaged("journal.damaged", what="lost")
        raise ConfigError("config.no_journal")
    _upgrade(args)
    folder = open_folder(data_dir(args), asker(args))
    journal = open_journal(folder, SystemClock(), SystemChance(), writing=False)
    try:
        yield journal
    finally:
        journal.close()
