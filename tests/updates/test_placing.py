"""Putting a program in place: the old one or the new one starts, whatever happens; nothing is unpacked elsewhere."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pos.domain.errors import UpdateError
from pos.till.updates import Way
from pos.updates.placing import ByHand, Flip, Installer, System, placing_for
from pos.updates.unpacking import unpack
from tests.updates.owner import program_archive, put
from tests.updates.test_catalogue import refused


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """An installation of 0.1.0 by tarball."""
    prefix = tmp_path / "opt"
    (prefix / "versions").mkdir(parents=True)
    program_archive(tmp_path / "0.1.0.tar.xz", "0.1.0")
    unpack(tmp_path / "0.1.0.tar.xz", prefix / "versions" / "0.1.0")
    (prefix / "current").symlink_to("versions/0.1.0")
    return prefix


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    program_archive(tmp_path / "0.2.0.tar.xz", "0.2.0")
    return tmp_path / "0.2.0.tar.xz"


def starts(prefix: Path) -> str:
    """What a start of the till is now."""
    said = subprocess.run([prefix / "current" / "quay", "--version"], capture_output=True, text=True, check=True)
    return said.stdout.split()[1]


def test_the_next_start_is_the_new_program_and_the_old_one_is_kept(prefix: Path, newer: Path) -> None:
    flip = Flip(prefix)
    flip.place(newer, "0.2.0")
    assert (starts(prefix), flip.previous()) == ("0.2.0", "0.1.0")
    program, library = prefix / "current" / "quay", prefix / "current" / "_internal" / "libone.so"
    assert stat.S_IMODE(program.stat().st_mode) == 0o755
    assert library.is_symlink()
    assert library.read_bytes() == b"one" * 1000
    assert sorted(os.listdir(prefix)) == ["before", "current", "versions"]


def test_the_program_that_runs_is_kept_through_two_updates_without_a_start_between(
    prefix: Path, newer: Path, tmp_path: Path
) -> None:
    newest = tmp_path / "0.3.0.tar.xz"
    program_archive(newest, "0.3.0")
    flip = placing_for("tarball", prefix / "current" / "quay")
    flip.place(newer, "0.2.0")
    flip.place(newest, "0.3.0")
    assert (starts(prefix), flip.previous()) == ("0.3.0", "0.2.0")
    assert (prefix / "versions" / "0.1.0" / "quay").is_file()
    placing_for("tarball", prefix / "current" / "quay").place(newer, "0.2.0")  # after a start of 0.3.0
    assert sorted(os.listdir(prefix / "versions")) == ["0.2.0", "0.3.0"]


def test_a_program_is_for_all_users_of_the_machine_whatever_the_tills_own_mask(prefix: Path, newer: Path) -> None:
    mask = os.umask(0o077)  # as `quay` runs
    try:
        Flip(prefix).place(newer, "0.2.0")
    finally:
        os.umask(mask)
    for path in (prefix / "before", *(prefix / "versions" / "0.2.0").rglob("*"), prefix / "versions" / "0.2.0"):
        if not path.is_symlink():
            assert path.stat().st_mode & 0o044 == 0o044, path
            assert not path.is_dir() or stat.S_IMODE(path.stat().st_mode) == 0o755


def test_one_goes_back_and_forth(prefix: Path, newer: Path) -> None:
    flip = Flip(prefix)
    assert refused(flip.back) == "update.no_previous"
    flip.place(newer, "0.2.0")
    assert flip.back() == "0.1.0"
    assert starts(prefix) == "0.1.0"
    flip.place(newer, "0.2.0")
    assert (starts(prefix), flip.previous()) == ("0.2.0", "0.1.0")


def test_two_programs_are_kept_and_no_more(prefix: Path, tmp_path: Path) -> None:
    for version in ("0.2.0", "0.3.0", "0.4.0"):
        program_archive(tmp_path / version, version)
        Flip(prefix).place(tmp_path / version, version)
    assert sorted(os.listdir(prefix / "versions")) == ["0.3.0", "0.4.0"]


@pytest.mark.parametrize(
    "script",
    ["#!/bin/sh\nexit 1\n", "#!/bin/sh\necho 'quay-voucher 0.1.0 (tarball)'\n", "\x7fELF nothing", "#!/no/such/thing\n",
     "#!/bin/sh\nkill -9 $$\n"],
    ids=["fails", "another-version", "no-program", "no-interpreter", "crashes"],
)  # fmt: skip
def test_a_program_that_does_not_start_never_becomes_the_one_that_does(
    prefix: Path, tmp_path: Path, script: str
) -> None:
    program_archive(tmp_path / "bad.tar.xz", "0.2.0", script=script)
    assert refused(lambda: Flip(prefix).place(tmp_path / "bad.tar.xz", "0.2.0")) == "update.does_not_start"
    assert starts(prefix) == "0.1.0"


def _member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> Callable[[tarfile.TarFile], None]:
    def add(archive: tarfile.TarFile) -> None:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, link
        archive.addfile(member)

    return add


def _through_a_link(archive: tarfile.TarFile) -> None:
    _member("quay-voucher-0.2.0/way", tarfile.SYMTYPE, "_internal")(archive)
    put(archive, "quay-voucher-0.2.0/way/libone.so.1", b"written through a link")


TOP = "quay-voucher-0.2.0"


@pytest.mark.parametrize(
    "attack",
    [
        _member("../outside"),
        _member(f"{TOP}/../../outside"),
        _member("/tmp/outside"),  # noqa: S108 - that is the attack
        _member(f"{TOP}/..\\outside"),
        _member("C:/outside"),
        _member(f"{TOP}/link", tarfile.SYMTYPE, "/etc/passwd"),
        _member(f"{TOP}/link", tarfile.SYMTYPE, "../../outside"),
        _member(f"{TOP}/deep/link", tarfile.SYMTYPE, "../../../outside"),
        _member(f"{TOP}/link", tarfile.LNKTYPE, "/etc/passwd"),
        _member(f"{TOP}/link", tarfile.LNKTYPE, f"{TOP}/quay"),
        _member(f"{TOP}/pipe", tarfile.FIFOTYPE),
        _member(f"{TOP}/disk", tarfile.BLKTYPE),
        _member(f"{TOP}/tty", tarfile.CHRTYPE),
        _through_a_link,
    ],
)
def test_an_archive_with_anything_but_files_in_its_own_folder_is_refused(
    prefix: Path, tmp_path: Path, attack: Callable[[tarfile.TarFile], None]
) -> None:
    before = sorted(path for path in tmp_path.rglob("*"))
    program_archive(tmp_path / "bad.tar.xz", "0.2.0", more=attack)
    assert refused(lambda: Flip(prefix).place(tmp_path / "bad.tar.xz", "0.2.0")) == "update.package_unsafe"
    after = {path for path in tmp_path.rglob("*") if "0.2.0.part" not in str(path)}
    assert after - {tmp_path / "bad.tar.xz"} == set(before)
    assert starts(prefix) == "0.1.0"


def test_a_link_chain_that_leaves_the_folder_is_refused(prefix: Path, tmp_path: Path) -> None:
    """Each link alone stays inside; together they would not."""

    def chain(archive: tarfile.TarFile) -> None:
        _member(f"{TOP}/a", tarfile.SYMTYPE, "_internal/..")(archive)
        _member(f"{TOP}/a/b", tarfile.SYMTYPE, "..")(archive)

    program_archive(tmp_path / "bad.tar.xz", "0.2.0", more=chain)
    assert refused(lambda: Flip(prefix).place(tmp_path / "bad.tar.xz", "0.2.0")) == "update.package_unsafe"


@pytest.mark.parametrize("keep", [0, 100, 0.5, 0.7])
def test_a_cut_off_archive_is_refused(prefix: Path, newer: Path, keep: float) -> None:
    data = newer.read_bytes()
    newer.write_bytes(data[: int(keep * len(data)) if isinstance(keep, float) else keep])
    assert refused(lambda: Flip(prefix).place(newer, "0.2.0")) == "update.package_unsafe"
    assert starts(prefix) == "0.1.0"


def doomed(touch: int, *rest: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.updates.doomed", str(touch), *map(str, rest)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.timeout(300)
def test_killed_at_any_touch_of_the_disk_a_whole_program_starts(prefix: Path, newer: Path) -> None:
    """A real process, SIGKILL before each rename, link, open, removal and start; then once more to the end."""
    seen, touch = set(), 0
    while True:
        touch += 1
        done = doomed(touch, prefix, "place", prefix, newer, "0.2.0")
        seen.add(starts(prefix))
        if done.returncode != -9:
            break
        assert done.stdout == ""
        if starts(prefix) == "0.2.0":  # turned already: back, for the next death
            Flip(prefix).back()
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == touch - 1
    assert touch > 15
    assert seen == {"0.1.0", "0.2.0"}
    assert starts(prefix) == "0.2.0"
    assert Flip(prefix).previous() == "0.1.0"


def test_each_kind_of_installation_has_its_way(prefix: Path) -> None:
    assert placing_for("tarball", prefix / "current" / "quay").way is Way.FLIP
    assert isinstance(placing_for("tarball", prefix / "elsewhere" / "quay"), ByHand)
    assert isinstance(placing_for("deb", Path("/usr/lib/quay-voucher/quay")), System)
    for package in ("source", "wheel"):
        assert isinstance(placing_for(package, Path(sys.executable)), ByHand)
    if sys.platform != "win32":
        assert isinstance(placing_for("windows", prefix / "quay.exe"), ByHand)
    assert Installer().previous() == ""
    assert [way.beside for way in (Flip(prefix), System(), Installer(), ByHand())] == [True, False, False, True]


@pytest.mark.parametrize(
    ("pkexec", "code"),
    [("exit 126", "update.not_allowed"), ("exit 127", "update.not_allowed"), ("exit 100", "update.not_placed"),
     (None, "update.by_command")],
)  # fmt: skip
def test_a_deb_that_the_system_does_not_install_leaves_the_command_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pkexec: str | None, code: str
) -> None:
    _tools(tmp_path, monkeypatch, pkexec)
    file = tmp_path / "quay-voucher_0.2.0_amd64.deb"
    with pytest.raises(UpdateError) as caught:
        System().place(file, "0.2.0")
    assert caught.value.code == code
    assert caught.value.params["command"] == f"sudo apt-get install '{file}'"


def test_a_deb_is_given_to_the_systems_own_tool_by_its_full_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _tools(tmp_path, monkeypatch, f'echo "$@" > {tmp_path}/asked')
    System().place(tmp_path / "quay-voucher_0.2.0_amd64.deb", "0.2.0")
    asked = (tmp_path / "asked").read_text().split()
    assert asked == ["apt-get", "install", "-y", str(tmp_path / "quay-voucher_0.2.0_amd64.deb")]


def _tools(folder: Path, monkeypatch: pytest.MonkeyPatch, pkexec: str | None) -> None:
    tools = folder / "bin"
    tools.mkdir()
    for name, says in (("pkexec", pkexec), ("apt-get", "exit 1")):
        if says is not None:
            (tools / name).write_text(f"#!/bin/sh\n{says}\n")
            (tools / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tools))
