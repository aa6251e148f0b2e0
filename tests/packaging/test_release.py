"""`packaging/release/release.py` and the workflow: a release is what its tag says, or there is none."""

import hashlib
import io
import re
import shutil
import subprocess
import tarfile
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from tests.packaging.scripts import load

ROOT = Path(__file__).resolve().parents[2]
WORKFLOW = ROOT / ".github" / "workflows" / "release.yml"
release = load("release/release.py")

VERSION_TEXT = '"""Which program."""\n\nVERSION = "0.9.0"\n"""Raised by a release alone."""\n'
CHANGELOG = "# What changed\n\n## Next\n\n### New\n- Codes by SMS.\n\n## 0.9.0 – first counter\n\n- Vouchers.\n"


def git(clone: Path, *words: str) -> str:
    who = ["-c", "user.name=n", "-c", "user.email=n@example.invalid"]
    done = subprocess.run(["git", *who, *words], cwd=clone, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    clone = tmp_path / "clone"
    for name, text in {
        release.VERSION_FILE: VERSION_TEXT,
        release.CHANGELOG: CHANGELOG,
        "tests/released/README.md": "",
        "pos/journal/migrations/m0007_keys.py": "",
        ".gitignore": "build/\n",
    }.items():
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        (clone / name).write_text(text)
    git(clone, "init", "-q", "-b", "main")
    for key, value in {"user.name": "n", "user.email": "n@example.invalid", "commit.gpgsign": "false"}.items():
        git(clone, "config", key, value)
    git(clone, "add", "-A")
    git(clone, "commit", "-q", "-m", "all of it")
    return clone


class Chores:
    """Stands in for the long chores; git is real. `fails`: the word of a command that ends with an error."""

    def __init__(self, clone: Path, fails: str = "") -> None:
        self.clone, self.fails, self.done = clone, fails, list[str]()

    def __call__(self, words: Sequence[str]) -> None:
        said = " ".join(words)
        self.done.append(said)
        if self.fails and self.fails in words:
            raise subprocess.CalledProcessError(1, words)
        if words[0] == "git":
            subprocess.run(words, cwd=self.clone, capture_output=True, check=True)
        elif words[-1] == "tests.released.make":
            version = release.version_in((self.clone / release.VERSION_FILE).read_text())
            kept = self.clone / "tests" / "released" / version / "data.tar.xz"
            kept.parent.mkdir()
            kept.touch()
        elif "package" in words:
            packages = self.clone / "build" / "packages"
            packages.mkdir(parents=True)
            (packages / "quay-voucher_1.0.0_amd64.deb").write_bytes(b"deb")
            with tarfile.open(packages / "quay-voucher-1.0.0-linux-x86_64.tar.xz", "w:xz") as packed:
                bill = tarfile.TarInfo(f"quay-voucher-1.0.0-linux-x86_64/{release.SBOM_IN_PACKAGE}")
                bill.size = 2
                packed.addfile(bill, io.BytesIO(b"{}"))


def run(clone: Path, version: str = "1.0.0", fails: str = "", *, dry: bool = False) -> Chores:
    chores = Chores(clone, fails)
    release.make(release.Release(clone, version, "30/11/2026", chores), dry=dry)
    return chores


def test_a_release_says_its_version_everywhere_and_its_tag_comes_last(
    clone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chores = run(clone)

    assert chores.done[0] == "packaging/dev test"
    assert chores.done[-1].startswith("git tag -a v1.0.0")
    assert git(clone, "log", "-1", "--format=%s", "v1.0.0") == "Release 1.0.0"
    assert git(clone, "status", "--porcelain") == ""
    assert (clone / release.VERSION_FILE).read_text() == VERSION_TEXT.replace("0.9.0", "1.0.0")
    assert (clone / release.CHANGELOG).read_text() == CHANGELOG.replace("## Next", "## 1.0.0 – 30/11/2026")
    assert git(clone, "ls-files", "tests/released/1.0.0") == "tests/released/1.0.0/data.tar.xz"
    assert release.told(clone, "v1.0.0") == "### New\n- Codes by SMS."
    told = capsys.readouterr().out
    assert "git push --atomic origin main v1.0.0" in told
    assert "--schema 7" in told


def test_what_is_published_has_its_bill_of_materials_and_a_checksum_each(clone: Path) -> None:
    run(clone)
    out = clone / "build" / "release" / "1.0.0"
    assert (out / "quay-voucher-1.0.0.cdx.json").read_bytes() == b"{}"
    sums = dict(reversed(line.split("  ")) for line in (out / release.SUMS).read_text().splitlines())
    assert {path.name for path in out.iterdir()} == {*sums, release.SUMS}
    assert len(sums) == 3
    for name, told in sums.items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == told


def test_a_dry_run_shows_the_steps_and_does_none(clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = git(clone, "rev-parse", "HEAD")
    assert run(clone, dry=True).done == []
    assert (git(clone, "rev-parse", "HEAD"), git(clone, "status", "--porcelain")) == (before, "")
    told = capsys.readouterr().out
    assert re.findall(r"^\[(\d)/7\]", told, re.MULTILINE) == list("1234567")
    assert "Nothing was done." in told


@pytest.mark.parametrize(
    ("spoil", "version", "why"),
    [
        ("echo x >> CHANGELOG.md", "1.0.0", "not committed"),
        ("git switch -qc other", "1.0.0", "made on main"),
        ("git tag v1.0.0", "1.0.0", "is there already"),
        ("true", "0.9.0", "not later than 0.9.0"),
        ("true", "0.8.9", "not later than 0.9.0"),
        ("true", "1.0", "no version"),
        ("true", "01.0.0", "no version"),
        ("sed -i '/SMS/d;/### New/d' CHANGELOG.md && git commit -qam x", "1.0.0", "nothing under"),
        ("sed -i 's/^## Next/## 1.0.0 – soon/' CHANGELOG.md && git commit -qam x", "1.0.0", "tells of 1.0.0 already"),
    ],
)
def test_what_is_not_right_is_refused_before_anything_is_written(
    clone: Path, spoil: str, version: str, why: str
) -> None:
    subprocess.run(["bash", "-c", spoil], cwd=clone, check=True)
    before = git(clone, "rev-parse", "HEAD"), git(clone, "status", "--porcelain")
    with pytest.raises(release.Refused, match=why):
        run(clone, version)
    assert (git(clone, "rev-parse", "HEAD"), git(clone, "status", "--porcelain")) == before


@pytest.mark.parametrize("fails", ["test", "tests.released.make", "package"])
def test_a_failure_on_the_way_leaves_no_tag_and_one_command_takes_all_back(clone: Path, fails: str) -> None:
    before = git(clone, "rev-parse", "HEAD")
    made = release.Release(clone, "1.0.0", "30/11/2026", Chores(clone, fails))
    with pytest.raises(subprocess.CalledProcessError):
        release.make(made, dry=False)
    assert git(clone, "tag") == ""

    subprocess.run(["bash", "-c", made.take_back()], cwd=clone, capture_output=True, check=True)

    assert (git(clone, "rev-parse", "HEAD"), git(clone, "status", "--porcelain")) == (before, "")


def test_a_tarball_without_its_bill_of_materials_is_not_released(clone: Path) -> None:
    chores = Chores(clone)
    made = release.Release(clone, "1.0.0", "30/11/2026", chores)
    made.out.mkdir(parents=True)
    with tarfile.open(made.out / "quay-voucher-1.0.0-linux-x86_64.tar.xz", "w:xz"):
        pass
    with pytest.raises(release.Refused, match="no bill of materials"):
        made._sum_up()


@pytest.mark.parametrize("tag", ["v0.9.1", "0.9.0", "v0.9.0-rc1"])
def test_a_tag_that_is_not_what_the_tree_says_builds_nothing(clone: Path, tag: str) -> None:
    with pytest.raises(release.Refused, match=re.escape(tag)):
        release.told(clone, tag)


def test_this_very_tree_can_be_released(tmp_path: Path) -> None:
    """The real two files, on a copy."""
    for name in (release.VERSION_FILE, release.CHANGELOG):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    version = release.raised((tmp_path / release.VERSION_FILE).read_text("utf-8"), "99.0.0")
    assert release.version_in(version) == "99.0.0"
    changelog = (tmp_path / release.CHANGELOG).read_text("utf-8")
    if release.section(changelog, release.NEXT):  # right after a release there is nothing
        assert release.section(release.turned(changelog, "99.0.0", "1/1/2030"), "99.0.0")
    assert release.section(changelog, release.version_in((ROOT / release.VERSION_FILE).read_text("utf-8")))


# ---------------------------------------------------------------- the workflow


def test_the_workflow_starts_at_version_tags_and_asks_first_whether_the_tag_is_true() -> None:
    flow = yaml.safe_load(WORKFLOW.read_text("utf-8"))
    assert flow[True] == {"push": {"tags": ["v*"]}}  # YAML 1.1 reads `on` as a truth value
    assert flow["permissions"] == {"contents": "read"}
    jobs = flow["jobs"]
    assert any("--told" in step.get("run", "") for step in jobs["told"]["steps"])

    def needs(name: str) -> set[str]:
        asked = jobs[name].get("needs", [])
        direct = {asked} if isinstance(asked, str) else set(asked)
        return direct.union(*(needs(each) for each in direct))

    assert all(name == "told" or "told" in needs(name) for name in jobs)


def test_the_workflow_uses_actions_by_their_commit_and_scripts_that_exist() -> None:
    text = WORKFLOW.read_text("utf-8")
    used = re.findall(r"uses: (\S+)", text)
    assert used
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", each) for each in used)
    for script in re.findall(r"(?:packaging|\.ci)/[\w./-]+", text):
        assert (ROOT / script).exists(), script
