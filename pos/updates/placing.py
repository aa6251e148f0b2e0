"""Putting a checked program in place of the one that runs: one way for each kind of installation."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Protocol

from pos.domain.errors import UpdateError
from pos.domain.updates import read_version
from pos.durable import flush_folder, replace_file
from pos.till.updates import Way
from pos.updates.unpacking import unpack

_TRY_S = 120.0
_APT_S = 900.0
_NOT_ALLOWED = frozenset({126, 127})  # pkexec(1): not authorised, or dismissed


class Placing(Protocol):
    """Puts a program in place. A thread that may wait for minutes.

    `beside` is whether the old program can go on running meanwhile; else it must have ended.

    Raises (both methods): `UpdateError`, `OSError`; the program that runs is still the one that starts.
    """

    way: Way
    beside: bool

    def place(self, file: Path, version: str) -> None:
        """The file was checked; the program in it begins with the next start when this returns."""

    def previous(self) -> str:
        """The version one can go back to; empty: none."""

    def back(self) -> str:
        """Go back; returns that version."""


class Flip:
    """`PREFIX/versions/VERSION/` holds programs, `PREFIX/current` links to one, `PREFIX/before` names the one before.

    The new one is unpacked beside the old one and must say its own name; then one rename turns the link. Killed at any
    moment, the link shows a whole program: the old or the new one.

    Args:
        prefix: of the installation.
        running: version of the program that asks, where it runs out of there.
    """

    way, beside = Way.FLIP, True

    def __init__(self, prefix: Path, running: str = "") -> None:
        self._prefix, self._versions, self._running = prefix, prefix / "versions", running

    def place(self, file: Path, version: str) -> None:
        """Unpack, try, turn."""
        read_version(version)  # becomes the name of a folder
        new, draft = self._versions / version, self._versions / f"{version}.part"
        if self._current() == version:
            return
        if not os.access(self._versions, os.W_OK) or not os.access(self._prefix, os.W_OK):  # installed by root
            raise UpdateError("update.by_command", command=_unpacked_by_root(file, version))
        shutil.rmtree(draft, ignore_errors=True)
        if draft.exists():
            raise UpdateError("update.not_written", folder=str(self._versions))
        unpack(file, draft)
        if new.exists():  # of an earlier try, or gone back from: what was just checked counts
            shutil.rmtree(new)
        os.replace(draft, new)
        flush_folder(self._versions)
        says_its_name(new / "quay", version)
        was = self._current()
        if was:
            self._note_before(was)
        self._turn(version)
        self._forget_others()

    def previous(self) -> str:
        """As noted, if it is still there."""
        try:
            noted = (self._prefix / "before").read_text("ascii").strip()
        except (OSError, ValueError):
            return ""
        known = _is_version(noted) and noted != self._current() and (self._versions / noted).is_dir()
        return noted if known else ""

    def back(self) -> str:
        """Turn the link to the one before, which must still say its own name."""
        previous, was = self.previous(), self._current()
        if not previous:
            raise UpdateError("update.no_previous")
        says_its_name(self._versions / previous / "quay", previous)
        self._turn(previous)
        self._note_before(was)
        return previous

    def _current(self) -> str:
        try:
            return Path(os.readlink(self._prefix / "current")).name
        except OSError:
            return ""

    def _note_before(self, version: str) -> None:
        """As `install.sh` of the tarball notes and reads it."""
        replace_file(self._prefix / "before", f"{version}\n".encode())
        (self._prefix / "before").chmod(0o644)

    def _turn(self, version: str) -> None:
        draft = self._prefix / "current.part"
        draft.unlink(missing_ok=True)
        draft.symlink_to(Path("versions") / version)
        os.replace(draft, self._prefix / "current")
        flush_folder(self._prefix)

    def _forget_others(self) -> None:
        """Kept are the one that starts, the way back, and the one that runs: it loads parts of itself when they are
        first wanted, and may be neither after two updates in one run.
        """
        keep = {self._current(), self.previous(), self._running}
        for folder in self._versions.iterdir():
            if folder.name not in keep and folder.is_dir() and not folder.is_symlink():
                shutil.rmtree(folder, ignore_errors=True)


class System:
    """A .deb by the system's own package tool, for which `pkexec` asks an administrator on the screen.

    Tried with polkit and a rule in the administrator's place (`packaging/linux/test-package`); not with a box to type
    a password in.
    """

    way, beside = Way.SYSTEM, False  # its files are replaced under it

    def place(self, file: Path, version: str) -> None:
        """Ask and install; without `pkexec` the command is told."""
        del version
        if shutil.which("pkexec") is None or shutil.which("apt-get") is None:
            raise UpdateError("update.by_command", command=command_for(file))
        try:
            done = subprocess.run(
                ["pkexec", "apt-get", "install", "-y", str(file)],
                capture_output=True, text=True, timeout=_APT_S, check=False, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UpdateError("update.by_command", command=command_for(file)) from error
        if done.returncode in _NOT_ALLOWED:
            raise UpdateError("update.not_allowed", command=command_for(file))
        if done.returncode:
            raise UpdateError("update.not_placed", status=done.returncode, command=command_for(file))

    def previous(self) -> str:
        """None: apt keeps no older package."""
        return ""

    def back(self) -> str:
        """With the older .deb, by hand."""
        raise UpdateError("update.back_by_hand")


class Installer:
    """The checked installer for Windows, started without questions. Written from NSIS's manual; untried: there is no
    Windows on the machines this was made on.
    """

    way, beside = Way.INSTALLER, False

    def place(self, file: Path, version: str) -> None:
        """Start it; it waits for the till to be closed."""
        del version
        flags = getattr(subprocess, "DETACHED_PROCESS", 0) | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
        subprocess.Popen([str(file), "/S"], creationflags=flags, close_fds=True)

    def previous(self) -> str:
        """None is kept."""
        return ""

    def back(self) -> str:
        """With the older installer, by hand."""
        raise UpdateError("update.back_by_hand")


class ByHand:
    """From source or as a wheel: where the checked file lies is told, nothing is done."""

    way, beside = Way.BY_HAND, True

    def place(self, file: Path, version: str) -> None:
        """Tell."""
        raise UpdateError("update.by_hand", file=str(file), version=version)

    def previous(self) -> str:
        """Nothing was put in place."""
        return ""

    def back(self) -> str:
        """Likewise."""
        raise UpdateError("update.no_previous")


def placing_for(package: str, program: Path) -> Placing:
    """How programs are put in place here.

    Args:
        package: `pos.version.Build.package`.
        program: what runs, `sys.executable` in a package.
    """
    if package == "tarball":
        versions = program.resolve().parent.parent
        if versions.name == "versions" and (versions.parent / "current").is_symlink():
            return Flip(versions.parent, program.resolve().parent.name)
        return ByHand()  # unpacked somewhere by somebody
    if package == "deb":
        return System()
    return Installer() if package == "windows" and sys.platform == "win32" else ByHand()


def _unpacked_by_root(file: Path, version: str) -> str:
    return f"sudo tar -xJf '{file}' -C /opt && sudo /opt/quay-voucher-{version}-linux-x86_64/install.sh"


def _is_version(text: str) -> bool:
    try:
        return bool(read_version(text))
    except ValueError:
        return False


def command_for(file: Path) -> str:
    """What an administrator types for a .deb."""
    return f"sudo apt-get install '{file}'"


def says_its_name(program: Path, version: str) -> None:
    """Start a program once: does it start at all, and is it the version that it should be?

    Raises:
        UpdateError: `update.does_not_start`.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("LD_", "PYTHON", "_PYI"))}
    said = ""
    with contextlib.suppress(OSError, subprocess.TimeoutExpired, ValueError):
        done = subprocess.run(
            [str(program), "--version"],
            capture_output=True, text=True, timeout=_TRY_S, check=False, env=environment, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        said = done.stdout if done.returncode == 0 else ""
    if said.split()[1:2] != [version]:  # `quay 0.2.0 (tarball)`
        raise UpdateError("update.does_not_start", version=version)
