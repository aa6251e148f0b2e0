"""Profiles: production, sandbox and training as data folders of their own that share nothing.

Each has its own key, secrets, people, journal and bill-number series, because each is a whole data folder. The root
remembers which one is meant when nobody says. A till from before there were profiles lies in the root itself: it goes
on being used as the profile that it is.
"""

from __future__ import annotations

from pathlib import Path

from pos.domain.errors import ConfigError
from pos.durable import make_folder, replace_file
from pos.journal.failures import os_error
from pos.settings.worlds import MARK, profile_of
from pos.till.views import Environment

NAMES = ("production", "sandbox", "training")
DEFAULT = "sandbox"
"""Where nobody has chosen nothing real can be sent."""
_CHOICE = "chosen-profile"
_OWN = ("journal.db", "secrets.bin", "settings.json", "key", "keystore.json")


class Profiles:
    """The profiles below one root.

    Args:
        root: the user's data folder for this program; made when something is chosen.

    Raises (all methods): `ConfigError`: `profile.unknown` (no such name), `profile.unreadable` (a file that should
    name a profile does not); `JournalUnavailable`: a file cannot be read or written, and nothing was changed.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def chosen(self) -> str | None:
        """The remembered choice; None: nobody has chosen yet."""
        try:
            return _known((self.root / _CHOICE).read_text("ascii").strip())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise os_error(error) from error
        except (ValueError, ConfigError):
            raise ConfigError("profile.unreadable", folder=self.root.name) from None

    def current(self) -> str:
        """Which profile is meant when nobody says: as remembered, else that of a till in the root, else sandbox."""
        return self.chosen() or self.legacy() or DEFAULT

    def use(self, name: str) -> Path:
        """Remember this profile, make its folder if it is missing, and return it."""
        folder = self.make(name)
        _write(self.root / _CHOICE, name)
        return folder

    def folder(self, name: str | None = None) -> Path:
        """The data folder of a profile, None: of the current one. Nothing is made."""
        name = _known(name) if name else self.current()
        return self.root if name == self.legacy() else self.root / name

    def make(self, name: str | None = None) -> Path:
        """The data folder of a profile, made with its mark in it if it is missing.

        Raises:
            ConfigError: `profile.taken`: what lies there is of another profile, or was begun without one.
        """
        name = _known(name) if name else self.current()
        folder = self.folder(name)
        if folder == self.root:
            return folder
        try:
            make_folder(self.root)  # by itself: folders on the way to one are made for everybody to look into
        except OSError as error:
            raise os_error(error) from error
        mark_folder(folder, name)
        return folder

    def legacy(self) -> str | None:
        """What the till in the root itself is; None: there is none."""
        if not _holds_a_till(self.root):
            return None
        try:
            return Environment((self.root / "environment").read_text("ascii").strip()).value
        except (OSError, ValueError):  # never opened since it was set up: its settings say what it will be
            return _environment_set(self.root).value

    def made(self, name: str) -> bool:
        """Whether this profile has a data folder."""
        folder = self.folder(name)
        return folder == self.root or profile_of(folder) is not None


def mark_folder(folder: Path, name: str) -> None:
    """Make a folder one of this profile, for ever; it is made if it is missing.

    Raises:
        ConfigError: `profile.taken`: what lies there is of another profile, or was begun without one.
        JournalUnavailable: it cannot be written.
    """
    found = profile_of(folder)
    if found is None:
        if _holds_a_till(folder):
            raise ConfigError("profile.taken", folder=folder.name)
        _write(folder / MARK, _known(name))  # before anything else: a folder with data always says what it is
    elif found.value != name:
        raise ConfigError("profile.taken", folder=folder.name)


def _holds_a_till(folder: Path) -> bool:
    return any((folder / own).exists() for own in _OWN)


def _environment_set(folder: Path) -> Environment:
    from pos.settings import NoSecrets, Settings

    return Settings(folder, NoSecrets()).environment


def _known(name: str) -> str:
    if name not in NAMES:
        raise ConfigError("profile.unknown", name=name, known=", ".join(NAMES))
    return name


def _write(path: Path, name: str) -> None:
    try:
        make_folder(path.parent)
        replace_file(path, f"{name}\n".encode())
    except OSError as error:
        raise os_error(error) from error
