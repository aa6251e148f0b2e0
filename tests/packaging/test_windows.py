"""`packaging/windows/quay.nsi`: what the silent installer promises, tried under Wine with a stand-in for the program.

Skipped where NSIS or 64-bit Wine is not there (Debian: nsis, wine64).
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKENSIS = shutil.which("makensis")
WINE = shutil.which("wine64") or shutil.which("wine64", path="/usr/lib/wine")
PROGRAM = r"C:\Program Files\Quay Voucher"

STAND_IN = r"""
Unicode true
Target amd64-unicode
SilentInstall silent
RequestExecutionLevel user
OutFile "${OUT}"
!include FileFunc.nsh
!include LogicLib.nsh
Section
  System::Call 'kernel32::GetStdHandle(i -11)p.r0'
  ${GetParameters} $1
  ${If} $1 == "run"
    FileWrite $0 "open$\r$\n"
    Sleep 60000
  ${Else}
    ; `unsettled --data "FOLDER"`: the status that a file in there tells
    ${GetOptions} $1 "--data" $2
    FileOpen $1 "$2\status" r
    FileRead $1 $3
    SetErrorLevel $3
  ${EndIf}
SectionEnd
"""

needs_nsis = pytest.mark.skipif(MAKENSIS is None, reason="needs NSIS")
needs_wine = pytest.mark.skipif(MAKENSIS is None or WINE is None, reason="needs NSIS and 64-bit Wine")


def compile_nsis(script: Path, out: Path, **defined: str) -> None:
    options = [f"-D{name}={value}" for name, value in {"OUT": str(out), **defined}.items()]
    assert MAKENSIS is not None
    done = subprocess.run([MAKENSIS, "-V2", *options, script], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def bundle(folder: Path, version: str) -> Path:
    """A program folder of three files."""
    (folder / "_internal").mkdir(parents=True)
    (folder / "_internal" / f"only-in-{version}.txt").touch()
    for name in ("quay.exe", "quayw.exe"):
        (folder / name).write_bytes(b"MZ")
    return folder


@needs_nsis
def test_the_script_compiles_as_windows_will_compile_it(tmp_path: Path) -> None:
    out = tmp_path / "setup.exe"
    script = ROOT / "packaging" / "windows" / "quay.nsi"
    compile_nsis(script, out, VERSION="1.2.3", BUNDLE=str(bundle(tmp_path / "bundle", "1")), SIGN="true")
    assert out.read_bytes()[:2] == b"MZ"
    assert "1.2.3".encode("utf-16-le") in out.read_bytes()


class Machine:
    """A Windows with two installers on its desk."""

    def __init__(self, folder: Path) -> None:
        self.drive = folder / "prefix" / "drive_c"
        self.place = self.drive / "Program Files" / "Quay Voucher"
        self._env = os.environ | {"WINEPREFIX": str(folder / "prefix"), "WINEDEBUG": "-all", "DISPLAY": ""}
        (folder / "stand_in.nsi").write_text(STAND_IN)
        program = folder / "program.exe"
        compile_nsis(folder / "stand_in.nsi", program)
        for version in ("1", "2"):
            parts = bundle(folder / f"bundle-{version}", version)
            for name in ("quay.exe", "quayw.exe"):
                shutil.copy(program, parts / name)
            compile_nsis(
                ROOT / "packaging" / "windows" / "quay.nsi", folder / f"setup-{version}.exe",
                TARGET="amd64-unicode", VERSION=f"{version}.0.0", BUNDLE=str(parts),
            )  # fmt: skip
        self._folder = folder
        self.run("wineboot", "-i")

    def run(self, *command: str | Path) -> int:
        """The status of one command run to its end."""
        assert WINE is not None
        done = subprocess.run([WINE, *command], env=self._env, capture_output=True, check=False, timeout=100)
        return done.returncode

    def install(self, version: str) -> int:
        return self.run(self._folder / f"setup-{version}.exe", "/S")

    def remove(self, *words: str) -> int:
        """As a script removes it that wants the status."""
        call = rf'@"{PROGRAM}\uninstall.exe" /S {" ".join(words)} _?={PROGRAM}'
        (self.drive / "remove.bat").write_text(f"{call}\r\n@exit /b %errorlevel%\r\n")
        return self.run("cmd", "/c", r"C:\remove.bat")

    def open_till(self) -> subprocess.Popen[str]:
        """The program, running."""
        assert WINE is not None
        till = subprocess.Popen(
            [WINE, self.place / "quay.exe", "run"], env=self._env, stdout=subprocess.PIPE, text=True
        )
        assert till.stdout is not None
        assert till.stdout.readline().strip() == "open"
        return till

    def till_of(self, person: str, status: int) -> Path:
        """A till of somebody else's, of which `quay unsettled` says this."""
        till = self.drive / "users" / person / "AppData" / "Local" / "quay-voucher" / "production"
        till.mkdir(parents=True, exist_ok=True)
        (till / "journal.db").write_bytes(b"the day's work")
        (till / "status").write_text(str(status))
        return till

    def held(self) -> set[str]:
        return {file.name for file in (self.place / "_internal").glob("*")}

    def end(self) -> None:
        server = shutil.which("wineserver") or shutil.which("wineserver", path="/usr/lib/wine")
        if server is not None:
            subprocess.run([server, "-k"], env=self._env, check=False, timeout=30)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    machine = Machine(tmp_path_factory.mktemp("windows"))
    yield machine
    machine.end()


@pytest.fixture
def installed(machine: Machine) -> Machine:
    shutil.rmtree(machine.place, ignore_errors=True)
    assert machine.install("1") == 0
    return machine


@needs_wine
def test_an_update_takes_the_old_programs_place_whole(installed: Machine) -> None:
    assert installed.install("2") == 0
    assert installed.held() == {"only-in-2.txt"}
    assert not (installed.place / "new").exists()
    assert not (installed.place / "old").exists()


@needs_wine
def test_while_the_till_is_open_nothing_is_changed(installed: Machine) -> None:
    till = installed.open_till()
    try:
        assert (installed.install("2"), installed.held()) == (2, {"only-in-1.txt"})
        assert (installed.remove(), installed.held()) == (2, {"only-in-1.txt"})
    finally:
        till.kill()
        till.communicate()
        installed.run("taskkill", "/f", "/im", "quay.exe")


@needs_wine
@pytest.mark.parametrize("status", [2, 3, 4])
def test_removing_stops_over_what_any_account_has_not_settled_unless_told_and_keeps_the_data(
    installed: Machine, status: int
) -> None:
    """Statuses of `quay unsettled`: not readable, unknown, open."""
    till = installed.till_of("Lan", status)

    assert (installed.remove(), installed.held()) == (3, {"only-in-1.txt"})
    assert installed.remove("/LEAVE") == 0

    assert not (installed.place / "quay.exe").exists()
    assert (till / "journal.db").read_bytes() == b"the day's work"


@needs_wine
def test_with_nothing_waiting_it_is_removed_at_once(installed: Machine) -> None:
    installed.till_of("Lan", 0)
    assert installed.remove() == 0
    assert not installed.held()
    assert not list(installed.drive.rglob("*.lnk"))
