"""A release in one command: `packaging/dev release X.Y.Z [--dry-run]`.

    python packaging/release/release.py X.Y.Z            all up to the tag; what needs a person's key is told at the end
    python packaging/release/release.py --told vX.Y.Z    what changed, if this tree is what the tag says

Promises: nothing is written before everything that can be looked at beforehand is right; the tag is set last, when all
packages are there; a run that fails on the way says which one command takes its commit back. Status: 0 done, 1 refused
or failed.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VERSION_FILE, CHANGELOG = "pos/version.py", "CHANGELOG.md"
NEXT = "Next"
BRANCH = "main"
SUMS = "SHA256SUMS"
SBOM_IN_PACKAGE = "_internal/pos/resources/sbom.cdx.json"
_VERSION = re.compile(r'^VERSION = "([^"]+)"$', re.MULTILINE)
_PLAIN = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")


class Refused(Exception):
    """A sentence that says why, and what to do."""


# ---------------------------------------------------------------- the two files


def version_in(text: str) -> str:
    """What `pos/version.py` says."""
    found = _VERSION.search(text)
    if found is None:
        raise Refused(f"{VERSION_FILE} has no line VERSION = …")
    return found[1]


def raised(text: str, version: str) -> str:
    """`pos/version.py` with this version, which must be a later one."""
    if _number(version) <= _number(version_in(text)):
        raise Refused(f"{version} is not later than {version_in(text)}, which {VERSION_FILE} says")
    return _VERSION.sub(f'VERSION = "{version}"', text)


def _number(version: str) -> tuple[int, ...]:
    if not _PLAIN.fullmatch(version):
        raise Refused(f"{version} is no version: MAJOR.MINOR.PATCH, such as 1.2.0")
    return tuple(map(int, version.split(".")))


def turned(changelog: str, version: str, day: str) -> str:
    """What is next is this version's, of this day."""
    if section(changelog, version):
        raise Refused(f"{CHANGELOG} tells of {version} already")
    if not section(changelog, NEXT):
        raise Refused(f"{CHANGELOG} has nothing under “## {NEXT}”: say in a shop owner's words what changed")
    return re.sub(rf"^## {NEXT}$", f"## {version} – {day}", changelog, count=1, flags=re.MULTILINE)


def section(changelog: str, name: str) -> str:
    """What stands under `## NAME` (or `## NAME – …`); empty if there is no such section or nothing in it."""
    found = re.search(rf"^## {re.escape(name)}(?: – [^\n]*)?\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    return found[1].strip() if found else ""


def told(root: Path, tag: str) -> str:
    """What the changelog tells of a tag; refuses one that is not what the tree says of itself."""
    version = version_in((root / VERSION_FILE).read_text("utf-8"))
    if tag != f"v{version}":
        raise Refused(f"the tag is {tag}, {VERSION_FILE} says {version}")
    changes = section((root / CHANGELOG).read_text("utf-8"), version)
    if not changes:
        raise Refused(f"{CHANGELOG} does not tell of {version}")
    return changes


# ---------------------------------------------------------------- the steps


class Release:
    """One release of the clone at `root`.

    Args:
        run: runs one command in the clone, to its end.
    """

    def __init__(self, root: Path, version: str, day: str, run: Callable[[Sequence[str]], None]) -> None:
        self.root, self.version, self.day, self._run = root, version, day, run
        self.out = root / "build" / "release" / version
        self._began = ""

    def check(self) -> None:
        """Everything that can be seen before anything is written."""
        self._began = self._git("rev-parse", "HEAD")
        if self._git("status", "--porcelain"):
            raise Refused("there are changes that are not committed: git status")
        if self._git("rev-parse", "--abbrev-ref", "HEAD") != BRANCH:
            raise Refused(f"a release is made on {BRANCH}: git switch {BRANCH}")
        if self._git("tag", "--list", f"v{self.version}"):
            raise Refused(f"v{self.version} is there already: git tag --list")
        raised(self._text(VERSION_FILE), self.version)
        turned(self._text(CHANGELOG), self.version, self.day)

    def steps(self) -> list[tuple[str, Callable[[], None]]]:
        """What is done, in order, each with its words."""
        return [
            ("all checks: packaging/dev test", self._command("packaging/dev", "test")),
            (f"{VERSION_FILE} and {CHANGELOG} say {self.version}", self._write),
            ("the data folder this version leaves behind: tests/released", self._keep_data),
            (f"commit “Release {self.version}”", self._commit),
            ("packages: deb, tarball, wheel", self._build),
            (f"bill of materials and {SUMS} in build/release/{self.version}", self._sum_up),
            (
                f"tag v{self.version}",
                self._command("git", "tag", "-a", self._tag, "-m", f"Quầy Voucher {self.version}"),
            ),
        ]

    def left_to_do(self) -> str:
        """What only the owner of a key does."""
        files = [path for pattern in ("*.deb", "*.tar.xz") for path in sorted(self.out.glob(pattern))]
        packages = shlex.join(map(str, files)) or "…"
        return (
            f"Two steps need a person's key:\n"
            f"1. git push --atomic origin {BRANCH} {self._tag}\n"
            f"   (the workflow builds the same packages and the Windows installer: compare {SUMS}, add the installer)\n"
            f"2. Sign them into the folder that tills are updated from (packaging/release/README.md):\n"
            f"   python packaging/release/updates.py add --repo … --keys … --notes-vi … --notes-en … \\\n"
            f'       --commit "$(git rev-parse {self._tag})" --schema {self._schema()} {packages}\n'
        )

    def take_back(self) -> str:
        """What undoes a release that failed before its tag."""
        return f"git reset --hard {self._began} && git clean -fd tests/released"

    @property
    def _tag(self) -> str:
        return f"v{self.version}"

    def _text(self, name: str) -> str:
        return (self.root / name).read_text("utf-8")

    def _git(self, *words: str) -> str:
        done = subprocess.run(["git", *words], cwd=self.root, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def _command(self, *words: str) -> Callable[[], None]:
        return lambda: self._run(words)

    def _write(self) -> None:
        version = raised(self._text(VERSION_FILE), self.version)
        changelog = turned(self._text(CHANGELOG), self.version, self.day)
        (self.root / VERSION_FILE).write_text(version, "utf-8")
        (self.root / CHANGELOG).write_text(changelog, "utf-8")

    def _keep_data(self) -> None:
        self._run((sys.executable, "-m", "tests.released.make"))

    def _commit(self) -> None:
        self._run(("git", "add", VERSION_FILE, CHANGELOG, "tests/released"))
        self._run(("git", "commit", "-m", f"Release {self.version}"))

    def _build(self) -> None:
        self._run(("packaging/dev", "package", "deb", "tarball", "wheel"))
        self.out.mkdir(parents=True, exist_ok=True)
        for path in sorted((self.root / "build" / "packages").glob(f"quay*{self.version}*")):
            shutil.copy2(path, self.out)

    def _sum_up(self) -> None:
        (tarball,) = self.out.glob("*.tar.xz")
        with tarfile.open(tarball) as packed:
            name = next((each for each in packed.getnames() if each.endswith(SBOM_IN_PACKAGE)), None)
            held = packed.extractfile(name) if name else None
            if held is None:
                raise Refused(f"{tarball.name} carries no bill of materials")
            (self.out / f"quay-voucher-{self.version}.cdx.json").write_bytes(held.read())
        write_sums(self.out)

    def _schema(self) -> str:
        steps = sorted((self.root / "pos/journal/migrations").glob("m[0-9]*.py"))
        return str(int(steps[-1].name[1:5])) if steps else "?"


def write_sums(folder: Path) -> None:
    """`SHA256SUMS` of every file, as `sha256sum --check` reads it."""
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name != SUMS)
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (folder / SUMS).write_text("".join(lines), "utf-8")


# ---------------------------------------------------------------- the command


def make(release: Release, *, dry: bool) -> None:
    """Check, then every step, telling each."""
    release.check()
    steps = release.steps()
    for number, (words, do) in enumerate(steps, 1):
        print(f"[{number}/{len(steps)}] {words}", flush=True)
        if not dry:
            do()
    print(("\nNothing was done.\n" if dry else "\n") + release.left_to_do(), end="")


def main(argv: Sequence[str] | None = None) -> int:
    """Run it in this clone."""
    parser = argparse.ArgumentParser(prog="packaging/dev release", description="Make a release, up to its tag.")
    parser.add_argument("version", nargs="?", metavar="X.Y.Z")
    parser.add_argument("--dry-run", action="store_true", help="look at everything, show the steps, do nothing")
    parser.add_argument("--told", metavar="TAG", help="only: what changed, if this tree is what the tag says")
    parser.add_argument("--sums", type=Path, metavar="DIR", help=f"only write {SUMS} of a folder's files")
    args = parser.parse_args(argv)
    asked = [each for each in (args.version, args.told, args.sums) if each]
    if len(asked) != 1:
        parser.error("one of: a version, --told TAG, --sums DIR")

    def run(words: Sequence[str]) -> None:
        subprocess.run(words, cwd=ROOT, check=True)

    release = None
    try:
        if args.told:
            print(told(ROOT, args.told))
        elif args.sums:
            write_sums(args.sums)
        else:
            release = Release(ROOT, args.version, f"{datetime.now(UTC):%d/%m/%Y}", run)
            make(release, dry=args.dry_run)
    except Refused as refused:
        print(f"{refused}.", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"failed: {shlex.join(map(str, error.cmd))}", file=sys.stderr)
        if release is not None:
            print(f"To take back what this run committed or wrote: {release.take_back()}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
