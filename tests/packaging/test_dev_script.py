"""`packaging/dev`, `.ci/run` and the lock: what a developer with a fresh clone is promised."""

import hashlib
import os
import re
import shutil
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.packaging import tiny_backend

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = ["demo", "run", "quay", "test", "bench", "simulate", "prove"]
COMMANDS += ["package", "release", "test-package", "lint", "lock", "help"]
LIMIT_S = 100


def call(command: list[str | Path], env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run one command to its end with no standard input, as CI does."""
    return subprocess.run(
        command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=LIMIT_S
    )


@dataclass(frozen=True)
class Clone:
    """A clone with a program of three lines and a lock of one wheel; real venv, real pip, no network."""

    root: Path
    wheels: Path

    @property
    def script(self) -> Path:
        return self.root / "packaging" / "dev"

    @property
    def log(self) -> Path:
        return self.root / ".venv" / "setup.log"

    def env(self) -> dict[str, str]:
        """The surroundings of a bare service: no HOME, no pip settings but the folder of wheels."""
        kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
        pip = {"PIP_CONFIG_FILE": "/dev/null", "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": self.wheels.as_uri()}
        return kept | pip | {"CI": "true"}

    def quay(self, *words: str) -> subprocess.CompletedProcess[str]:
        return call([self.script, "quay", *words], self.env())


def make_clone(folder: Path) -> Clone:
    clone = Clone(folder / "quầy của tôi", folder / "wheels")
    clone.wheels.mkdir(parents=True)
    clone.script.parent.mkdir(parents=True)
    shutil.copy(ROOT / "packaging" / "dev", clone.script)
    shutil.copy(tiny_backend.__file__, clone.root / "tiny_backend.py")
    wheel = clone.wheels / tiny_backend.write_wheel(clone.wheels, "sample", "")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (clone.root / "requirements.lock").write_text(f"sample==1.0 --hash=sha256:{digest}\n")
    (clone.root / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "tiny_backend"\nbackend-path = ["."]\n'
        '[project]\nname = "tinyquay"\nversion = "1.0"\n'
    )
    return clone


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    return make_clone(tmp_path_factory.mktemp("fresh"))


@pytest.fixture(scope="module")
def first_start(fresh: Clone) -> subprocess.CompletedProcess[str]:
    return fresh.quay("check", "--json")


@pytest.fixture
def ready(fresh: Clone, first_start: subprocess.CompletedProcess[str]) -> Clone:
    assert first_start.returncode == 0, first_start.stderr
    return fresh


def test_the_first_start_shows_each_step_and_keeps_standard_output_for_the_program(
    first_start: subprocess.CompletedProcess[str],
) -> None:
    assert first_start.returncode == 0, first_start.stderr
    assert first_start.stdout == f"{Path.cwd()}|check|--json\n"
    done = re.findall(r"^\[(\d)/4\] .*… \d+ s ✓$", first_start.stderr, re.MULTILINE)
    assert done == ["1", "2", "3", "4"]


def test_the_second_start_sets_nothing_up(ready: Clone) -> None:
    log_before = ready.log.stat().st_mtime_ns
    nowhere = Clone(ready.root, ready.wheels / "gone")  # any call of pip for packages would fail

    second = nowhere.quay("bills")

    assert (second.returncode, second.stderr) == (0, "")
    assert second.stdout.endswith("|bills\n")
    assert ready.log.stat().st_mtime_ns == log_before


def test_a_changed_project_file_costs_one_step_not_a_new_venv(ready: Clone) -> None:
    kept = ready.root / ".venv" / "kept"
    kept.touch()
    with (ready.root / "pyproject.toml").open("a") as project:
        project.write("# changed\n")

    again = ready.quay()

    assert again.returncode == 0, again.stderr
    assert "[4/4]" in again.stderr
    assert "[3/4]" not in again.stderr
    assert kept.exists()


def test_a_half_made_venv_is_made_anew_once_by_two_starts_at_the_same_time(ready: Clone) -> None:
    (ready.root / ".venv" / "setup-done").unlink()
    shutil.rmtree(next((ready.root / ".venv" / "lib").glob("python*")))

    def start(word: str) -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [ready.script, "quay", word],
            env=ready.env(),
            stdin=subprocess.DEVNULL,
            stdout=pipe,
            stderr=pipe,
            text=True,
        )

    both = {word: start(word) for word in ("one", "two")}
    said = {word: process.communicate(timeout=LIMIT_S) for word, process in both.items()}

    assert [process.returncode for process in both.values()] == [0, 0], said
    assert all(out.endswith(f"|{word}\n") for word, (out, _) in said.items())
    lines = "".join(err for _, err in said.values()).splitlines()
    assert sum("[2/4]" in line and line.rstrip().endswith("✓") for line in lines) == 1  # by one of them


@pytest.mark.parametrize(
    ("pin", "reason"),
    [
        ("sample==1.0 --hash=sha256:" + "0" * 64, "THESE PACKAGES DO NOT MATCH THE HASHES"),
        ("sample==1.0", "Hashes are required in --require-hashes mode"),
    ],
)
def test_a_package_without_its_locked_hash_is_refused_and_the_reason_shown(
    tmp_path: Path, pin: str, reason: str
) -> None:
    clone = make_clone(tmp_path)
    (clone.root / "requirements.lock").write_text(pin + "\n")

    refused = clone.quay("check")

    assert refused.returncode == 2
    assert refused.stdout == ""
    assert reason in refused.stderr
    assert "Cài đặt không thành" in refused.stderr
    assert "The set-up did not finish" in refused.stderr
    assert not (clone.root / ".venv" / "setup-done").exists()


def test_without_a_new_enough_python_it_says_so_in_both_languages(tmp_path: Path) -> None:
    clone = make_clone(tmp_path)
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("bash", "env", "readlink", "sha256sum", "flock", "grep", "cat"):
        (tools / name).symlink_to(str(shutil.which(name)))
    old = tools / "python3"
    old.write_text("#!/usr/bin/env bash\nexit 1\n")  # what every question to an old Python comes to
    old.chmod(0o755)

    stopped = call([clone.script, "quay"], clone.env() | {"PATH": str(tools)})

    assert stopped.returncode == 2
    assert "Cần Python 3.11 trở lên" in stopped.stderr
    assert "Python 3.11 or newer is needed" in stopped.stderr


def test_help_names_every_command() -> None:
    shown = call([ROOT / "packaging" / "dev", "help"])

    assert shown.returncode == 0
    assert re.findall(r"^  ([\w-]+) ", shown.stdout, re.MULTILINE) == COMMANDS


def test_an_unknown_command_ends_with_2_and_names_it() -> None:
    refused = call([ROOT / "packaging" / "dev", "demmo"])

    assert refused.returncode == 2
    assert refused.stdout == ""
    assert "No such command: demmo" in refused.stderr


@pytest.mark.parametrize(
    ("last_line", "status", "expected"),
    [
        ("12 passed, 1 skipped in 3.10s", 0, 0),
        ("1 failed, 11 passed in 3.10s", 1, 1),
        ("no tests ran in 0.01s", 5, 5),
        ("10 skipped in 0.01s", 0, 1),
        ("10 deselected in 0.01s", 0, 1),
    ],
)
def test_ci_passes_only_when_tests_ran_and_passed(tmp_path: Path, last_line: str, status: int, expected: int) -> None:
    for folder in (".ci", "packaging"):
        (tmp_path / folder).mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    (tmp_path / "packaging" / "dev").write_text(f"echo '{last_line}'\nexit {status}\n")

    assert call(["bash", tmp_path / ".ci" / "run"]).returncode == expected


def locked() -> dict[str, tuple[Requirement, list[str]]]:
    """Each pin of the lock by its canonical name, with its hashes."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8").replace("\\\n", " ")
    pins: dict[str, tuple[Requirement, list[str]]] = {}
    for line in filter(None, text.splitlines()):
        pin, *hashes = line.split("--hash=")
        requirement = Requirement(pin)
        pins[canonicalize_name(requirement.name)] = (requirement, [each.strip() for each in hashes])
    return pins


def test_the_lock_names_no_address() -> None:
    assert "://" not in (ROOT / "requirements.lock").read_text(encoding="utf-8")


def test_every_pin_is_exact_and_has_a_sha256() -> None:
    pins = locked()

    assert len(pins) > 40
    for requirement, hashes in pins.values():
        assert re.fullmatch(r"==[^*]+", str(requirement.specifier)), requirement
        assert hashes, requirement
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", each) for each in hashes), requirement


def test_every_package_the_project_asks_for_is_locked_in_its_range() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [
        *project["build-system"]["requires"],
        *project["project"]["dependencies"],
        *(line for extra in project["project"]["optional-dependencies"].values() for line in extra),
    ]
    pins = locked()
    own = canonicalize_name(project["project"]["name"])

    for requirement in map(Requirement, asked):
        name = canonicalize_name(requirement.name)
        if name != own:
            version = str(pins[name][0].specifier).removeprefix("==")
            assert requirement.specifier.contains(version), requirement
