"""`packaging/wheel.sh`: the whole program, nothing that was not committed, and it starts where pip put it."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pos.version import VERSION

ROOT = Path(__file__).resolve().parents[2]
WHOLE = ("pos", "hardware", "resources", "packaging")
FILES = ("pyproject.toml", "README.md", "LICENSE", ".gitignore")


def run(*command: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This tree as a clone of its own, all of it committed but one file."""
    folder = tmp_path_factory.mktemp("clone")
    for name in WHOLE:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)
    run("git", "init", "-q", "-b", "main", cwd=folder)
    run("git", "add", "-A", cwd=folder)
    who = ("-c", "user.name=n", "-c", "user.email=n@example.invalid", "-c", "commit.gpgsign=false")
    run("git", *who, "commit", "-q", "-m", "all of it", cwd=folder)
    (folder / "pos" / "half_done.py").write_text("not committed")
    return folder


def build(clone: Path, out: Path) -> Path:
    run(clone / "packaging" / "wheel.sh", sys.executable, out, cwd=clone)
    (wheel,) = out.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(clone, tmp_path_factory.mktemp("dist"))


def test_every_module_and_every_resource_is_in_it_and_nothing_uncommitted(clone: Path, wheel: Path) -> None:
    tracked = run("git", "ls-files", *WHOLE[:3], cwd=clone).splitlines()
    wanted = {
        name.replace("resources/", "pos/resources/", 1) if name.startswith("resources/") else name
        for name in tracked
        if not name.startswith("resources/screenshots/")
    }
    info = f"quay_voucher-{VERSION}.dist-info/"
    held = {name for name in zipfile.ZipFile(wheel).namelist() if not name.startswith(info)}
    assert held == wanted | {"pos/resources/build.json"}


def test_it_says_what_it_is(clone: Path, wheel: Path) -> None:
    info = f"quay_voucher-{VERSION}.dist-info"
    with zipfile.ZipFile(wheel) as held:
        metadata = held.read(f"{info}/METADATA").decode()
        assert held.read(f"{info}/licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()
        assert "quay = pos.cli:main" in held.read(f"{info}/entry_points.txt").decode()
        told = json.loads(held.read("pos/resources/build.json"))
    assert re.search(f"^Version: {re.escape(VERSION)}$", metadata, re.MULTILINE)
    assert (told["package"], told["commit"]) == ("wheel", run("git", "rev-parse", "HEAD", cwd=clone).strip())


def test_the_same_commit_makes_the_same_bytes(clone: Path, wheel: Path, tmp_path: Path) -> None:
    assert build(clone, tmp_path).read_bytes() == wheel.read_bytes()


def test_pip_puts_it_anywhere_and_it_starts_there(wheel: Path, tmp_path: Path) -> None:
    """Without this clone: its own modules and resources, the folder it is called from is another one."""
    place = tmp_path / "anywhere"
    run(sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", place, wheel, cwd=tmp_path)
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(place), "QUAY_KEYSTORE": "file"}
    quay = place / "bin" / "quay"

    told = json.loads(run(quay, "--version", "--json", cwd=tmp_path, env=env))
    assert (told["version"], told["package"]) == (VERSION, "wheel")
    assert run(quay, "--help", cwd=tmp_path, env=env).startswith("usage: quay")
    listed = json.loads(run(quay, "--data", "till", "config", "list", "--json", cwd=tmp_path, env=env))
    assert "store.code" in listed
