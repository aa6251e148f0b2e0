"""The .deb and the tarball: what their files promise, and what installing and removing do, without building one."""

from __future__ import annotations

import configparser
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pos.cli.main import _COMMANDS, _parser

ROOT = Path(__file__).resolve().parents[2]
LINUX = ROOT / "packaging" / "linux"
APP_ID = "vn.quayvoucher.till"
AT = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.fixture
def part(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Loads a module of packaging/, which is no package of the program."""
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    return importlib.import_module


# ---------------------------------------------------------------- what a desktop shows


def test_the_menu_opens_the_till_and_speaks_vietnamese() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment, method-assign]
    entry.read(LINUX / "share" / f"{APP_ID}.desktop", encoding="utf-8")
    menu = entry["Desktop Entry"]
    assert menu["Exec"] == "quay run"
    assert menu["Comment[vi]"].startswith("Kiểm tra voucher")
    assert (ROOT / "resources" / "icons" / f"{menu['Icon']}.svg").exists()
    assert entry["Desktop Action training"]["Exec"] == "quay demo"


def test_the_window_belongs_to_its_menu_entry() -> None:
    """Else a desktop shows it without name and icon."""
    asked = "from pos.ui.app import application; print(application().desktopFileName())"
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    said = subprocess.run([sys.executable, "-c", asked], env=env, capture_output=True, text=True, check=True).stdout
    assert said.strip() == APP_ID


def test_the_software_shop_tells_the_newest_changes(part: Any) -> None:
    told = part("linux.told")
    shipped = (LINUX / "share" / f"{APP_ID}.metainfo.xml").read_text("utf-8")
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    component = ET.fromstring(shipped.replace("@RELEASES@", told.releases(changes, "1.2.3", AT)))  # noqa: S314 - our own file
    assert component.findtext("id") == APP_ID
    assert component.findtext("launchable") == f"{APP_ID}.desktop"
    language = "{http://www.w3.org/XML/1998/namespace}lang"
    assert {text.get(language) for text in component.iter("p")} == {None, "vi"}
    release = component.find("releases/release")
    assert release is not None
    assert (release.get("version"), release.get("date")) == ("1.2.3", "2026-11-30")
    assert len(list(release.iter("li"))) == len(told.newest_changes(changes)) > 0


def test_the_manual_names_every_command(part: Any) -> None:
    page = part("linux.told").man_page(_parser(None), "1.2.3", AT)
    for command in _COMMANDS:
        assert f"\n.B {command}\n" in page, command
    assert "1.2.3" in page
    if shutil.which("man"):
        read = subprocess.run(
            ["man", "--warnings", "-E", "UTF-8", "-l", "-"], input=page, capture_output=True, text=True, check=False
        )
        assert (read.returncode, read.stderr) == (0, "")


# ---------------------------------------------------------------- what is in it


def test_every_field_of_the_package_is_filled_in(part: Any) -> None:
    control = (LINUX / "debian" / "control").read_text("utf-8")
    tree = (LINUX / "tree.py").read_text("utf-8")
    for field in re.findall(r"@(\w+)@", control):
        assert f'"{field}":' in tree, field
    assert "Package: quay-voucher\n" in control
    assert "Section: misc\n" in control
    assert "gnome-keyring | kwalletmanager" in control


def test_the_copyright_file_names_every_part_of_the_bill(part: Any, tmp_path: Path) -> None:
    bill = tmp_path / "sbom.cdx.json"
    parts = [
        {"name": "Qt", "version": "6.11.3", "licenses": [{"license": {"id": "LGPL-3.0-only"}}]},
        {"name": "Be Vietnam Pro", "licenses": [{"expression": "OFL-1.1"}]},
    ]
    bill.write_text(json.dumps({"components": parts}), "utf-8")
    text = part("linux.told").copyright_text(ROOT, bill)
    assert "\n Be Vietnam Pro: OFL-1.1\n Qt 6.11.3: LGPL-3.0-only\n" in text
    assert "@" not in text


def test_a_library_that_nobody_brings_stops_the_build(
    part: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = part("linux.tree")
    shutil.copy("/bin/sh", tmp_path / "program")
    assert tree.linked_outside(tmp_path) == {"libc.so.6"}
    monkeypatch.delitem(tree.system_libraries.PACKAGES, "libc.so.6")
    with pytest.raises(SystemExit, match=r"libc\.so\.6"):
        tree.linked_outside(tmp_path)


def test_only_plugins_that_a_till_loads_stay_with_what_they_need(part: Any) -> None:
    bundle = part("bundle")
    plugins, libraries = "PySide6/Qt/plugins", "PySide6/Qt/lib"
    links = {
        f"{plugins}/platforms/libqxcb.so": ["libQt6XcbQpa.so.6", "libX11.so.6"],
        f"{libraries}/libQt6XcbQpa.so.6": ["libxcb-cursor.so.0"],
        f"{plugins}/platforminputcontexts/libqtvirtualkeyboardplugin.so": ["libQt6Qml.so.6"],
    }
    others = [f"{libraries}/libQt6Qml.so.6", "libxcb-cursor.so.0", "libX11.so.6"]
    collected = [(place, place, "BINARY") for place in [*links, *others]]
    kept, dropped = bundle.keep(collected, lambda file: links.get(file, ()), system=("libX11.so.6",))
    assert {place for place, _, _ in kept} == {
        f"{plugins}/platforms/libqxcb.so",
        f"{libraries}/libQt6XcbQpa.so.6",
        "libxcb-cursor.so.0",
    }
    assert len(kept) + len(dropped) == len(collected)


# ---------------------------------------------------------------- installing and removing

OWED = "  B1  ••••9427  50.000 ₫  chưa gửi"


class Machine:
    """A home folder, a tarball's contents around a program of three lines, and a user who is nobody special."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.data = self.home / ".local" / "share" / "quay-voucher"
        self.data.mkdir(parents=True)
        (self.data / "journal.db").write_bytes(b"the shop's")
        self.programs = self.home / ".local" / "share" / "quay-voucher-program"
        stubs = folder / "stubs"
        stubs.mkdir()
        (stubs / "id").write_text('#!/bin/sh\n[ "$1" = -u ] && echo 1000 || echo thungan\n')
        (stubs / "id").chmod(0o755)
        self.path = f"{stubs}:/usr/bin:/bin"

    def unpacked(self, version: str) -> Path:
        """A tarball of this version, unpacked."""
        place = self.home / f"quay-voucher-{version}-linux-x86_64"
        (place / "share" / "man" / "man1").mkdir(parents=True)
        shutil.copytree(ROOT / "resources" / "icons", place / "share" / "icons" / "hicolor" / "scalable" / "apps")
        (place / "share" / "applications").mkdir()
        shutil.copy(LINUX / "share" / f"{APP_ID}.desktop", place / "share" / "applications")
        (place / "share" / "version").write_text(f"{version}\n")
        (place / "share" / "man" / "man1" / "quay.1.gz").write_bytes(b"")
        (place / "share" / "system-libraries").write_text("libnowhere.so.9 libnowhere9 | libelse\n")
        for script in ("install.sh", "open-tills", "tell-unsettled"):
            shutil.copy(LINUX / script, place / script)
        (place / "quay").write_text(f'#!/bin/sh\n[ "$1" = unsettled ] || exec echo {version}\necho "{OWED}"; exit 4\n')
        (place / "quay").chmod(0o755)
        return place

    def call(self, *command: str | Path) -> str:
        done = subprocess.run(
            command, env={"HOME": str(self.home), "PATH": self.path}, cwd=self.home, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def running(self) -> str:
        return self.call(self.home / ".local" / "bin" / "quay").strip()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_an_upgrade_keeps_the_version_before_and_goes_back(machine: Machine) -> None:
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        said = machine.call(machine.unpacked(version) / "install.sh")
        assert machine.running() == version
        assert "libnowhere9" in said, "the missing library is named"
        assert OWED not in said, "an upgrade is not worth a warning"
    assert sorted(os.listdir(machine.programs / "versions")) == ["1.1.0", "1.2.0"]
    machine.call(machine.programs / "versions" / "1.1.0" / "install.sh")
    assert machine.running() == "1.1.0"
    assert sorted(os.listdir(machine.programs / "versions")) == ["1.1.0", "1.2.0"]
    menu = (machine.home / ".local" / "share" / "applications" / f"{APP_ID}.desktop").read_text("utf-8")
    assert f'Exec="{machine.programs}/current/quay" run' in menu


def test_removing_names_what_is_owed_and_leaves_the_shops_data(machine: Machine) -> None:
    machine.call(machine.unpacked("1.0.0") / "install.sh")
    before = sorted(machine.data.rglob("*"))
    said = machine.call(machine.programs / "current" / "install.sh", "--remove")
    assert OWED in said
    assert "CHÚ Ý" in said
    assert str(machine.data) in said
    assert not machine.programs.exists()
    assert not (machine.home / ".local" / "bin" / "quay").exists()
    assert sorted(machine.data.rglob("*")) == before


def test_removing_leaves_what_else_lies_in_a_chosen_folder(machine: Machine) -> None:
    place = machine.unpacked("1.0.0")
    chosen = machine.home / "đồ của tôi"
    chosen.mkdir()
    (chosen / "notes").write_text("mine")
    machine.call(place / "install.sh", "--prefix", chosen)
    machine.call(place / "install.sh", "--prefix", chosen, "--remove")
    assert [path.name for path in chosen.iterdir()] == ["notes"]


@pytest.mark.parametrize("again", ["1.0.0", "2.0.0"])
def test_cut_off_before_any_of_its_steps_a_whole_program_still_starts(
    machine: Machine, tmp_path: Path, again: str
) -> None:
    """Also where the same version is installed over itself."""
    machine.call(machine.unpacked("1.0.0") / "install.sh")
    place = machine.home / f"quay-voucher-{again}-linux-x86_64"
    place = place if place.exists() else machine.unpacked(again)
    steps, cut = tmp_path / "steps", tmp_path / "cut"
    cut.mkdir()
    for name in ("mv", "rm", "ln", "cp"):
        (cut / name).write_text(
            f'#!/bin/sh\necho >>"{steps}"\n'
            f'[ "$(wc -l <"{steps}")" -eq "$CUT" ] && kill -9 "$PPID" && exit\nexec /bin/{name} "$@"\n'
        )
        (cut / name).chmod(0o755)
    for number in range(1, 60):
        # Each twice: what a cut leaves behind is cut off there, too.
        for _ in range(2):
            steps.write_text("")
            environment = {"HOME": str(machine.home), "PATH": f"{cut}:{machine.path}", "CUT": str(number)}
            command = [place / "install.sh"]
            done = subprocess.run(command, env=environment, cwd=machine.home, capture_output=True, check=False)
            assert machine.running() in {"1.0.0", again}, number
        if done.returncode == 0:
            break
    assert number > 6
    assert machine.running() == again
    assert {path.name for path in (machine.programs / "versions").iterdir()} <= {"1.0.0", again}


def test_a_till_that_cannot_be_asked_is_no_reason_to_stay(machine: Machine) -> None:
    place = machine.unpacked("1.0.0")
    (place / "quay").write_text("#!/bin/sh\nexit 139\n")
    machine.call(place / "install.sh")
    said = machine.call(place / "install.sh", "--remove")
    assert "could not be looked at" in said
    assert not machine.programs.exists()


@contextmanager
def open_till(place: Path) -> Iterator[Path]:
    """A program that runs from this folder until the block ends."""
    program = place / "quay"
    program.unlink(missing_ok=True)
    shutil.copy("/bin/sh", program)
    with subprocess.Popen([program, "-c", "read line"], stdin=subprocess.PIPE) as till:
        yield program
        till.communicate(b"\n")


@pytest.mark.parametrize("again", ["--remove", "the same version"])
def test_what_an_open_till_runs_from_is_neither_replaced_nor_removed(machine: Machine, again: str) -> None:
    unpacked = machine.unpacked("1.0.0")
    machine.call(unpacked / "install.sh")
    place = machine.programs / "versions" / "1.0.0"
    command: list[str | Path] = [unpacked / "install.sh", *(["--remove"] if again == "--remove" else [])]
    with open_till(place) as program:
        before = sorted(machine.programs.rglob("*"))
        done = subprocess.run(
            command, env={"HOME": str(machine.home), "PATH": machine.path}, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert "Quầy Voucher is open" in done.stderr
        assert sorted(machine.programs.rglob("*")) == before
        assert program.exists()
    machine.call(*command)
    assert place.exists() == (again != "--remove")


def test_a_version_that_is_still_open_stays_until_the_next_installation(machine: Machine) -> None:
    machine.call(machine.unpacked("1.0.0") / "install.sh")
    with open_till(machine.programs / "versions" / "1.0.0"):
        for version in ("1.1.0", "1.2.0"):
            machine.call(machine.unpacked(version) / "install.sh")
            assert machine.running() == version
        assert (machine.programs / "versions" / "1.0.0" / "quay").exists()
    machine.call(machine.unpacked("1.3.0") / "install.sh")
    assert sorted(os.listdir(machine.programs / "versions")) == ["1.2.0", "1.3.0"]


def maintainer_script(name: str, program: Path) -> Path:
    """The package's script, for a program that lies here."""
    text = (LINUX / "debian" / name).read_text("utf-8")
    assert "/usr/lib/quay-voucher" in text
    script = program.parent / name
    script.write_text(text.replace("/usr/lib/quay-voucher", str(program)), "utf-8")
    for helper in ("open-tills", "tell-unsettled"):
        shutil.copy(LINUX / helper, program / helper)
    return script


@pytest.mark.parametrize("words", [("upgrade", "2.0"), ("failed-upgrade", "1.0"), ("deconfigure",)])
def test_an_upgrade_of_the_package_says_nothing(machine: Machine, words: tuple[str, ...]) -> None:
    script = maintainer_script("prerm", machine.unpacked("1.0.0"))
    assert machine.call("sh", script, *words) == ""


@pytest.mark.parametrize("words", [("upgrade", "2.0"), ("failed-upgrade", "1.0"), ("remove",)])
def test_an_open_till_is_not_replaced_or_removed_unless_it_asked_for_it_itself(
    machine: Machine, words: tuple[str, ...]
) -> None:
    program = machine.unpacked("1.0.0")
    script = maintainer_script("prerm", program)
    change = ["sh", str(script), *words]
    environment = {"HOME": str(machine.home), "PATH": machine.path}

    with open_till(program) as till:
        refused = subprocess.run(change, env=environment, capture_output=True, text=True, check=False)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "Nothing was replaced or removed." in refused.stderr
    assert subprocess.run(change, env=environment, capture_output=True, check=False).returncode == 0
    # The till at its end runs apt, which runs the script: `"$@"; exit` keeps the shell there as its ancestor.
    asked = [str(till), "-c", '"$@"; exit $?', "till", *change]
    assert subprocess.run(asked, env=environment, capture_output=True, check=False).returncode == 0


def test_scripts_of_the_package_are_sound_shell() -> None:
    scripts = [LINUX / name for name in ("install.sh", "open-tills", "tell-unsettled", "fill-queue")]
    for script in [*scripts, *(LINUX / "debian" / name for name in ("postinst", "prerm", "postrm"))]:
        assert os.access(script, os.X_OK), script
        assert subprocess.run(["sh", "-n", script], check=False).returncode == 0, script
