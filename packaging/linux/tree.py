"""Lays a frozen program out as a .deb or a tarball: the same bytes from the same commit, whoever builds it.

Runs inside the clean root (see `package`), with SOURCE_DATE_EPOCH, QUAY_COMMIT and the program installed.

    python tree.py deb FROZEN OUT        python tree.py tarball FROZEN OUT
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(ROOT), str(HERE.parent)]

import bundle  # noqa: E402

from linux import system_libraries, told  # noqa: E402

NAME = "quay-voucher"
APP_ID = "vn.quayvoucher.till"
"""No domain of this name is owned: it only has to be one that no other program uses."""
MAINTAINER = "Quầy Voucher developers <maintainers@quay-voucher.invalid>"
SCRIPTS = ("postinst", "prerm", "postrm")
ICON_SIZES = (48, 128, 256)
EXECUTABLE = frozenset(("quay", "open-tills", "tell-unsettled", "install.sh"))


def lay_program(frozen: Path, target: Path, package: str, epoch_s: int) -> None:
    """The one folder, what this build is, and the scripts that a removal asks."""
    shutil.copytree(frozen, target, symlinks=True)
    build = {
        "commit": os.environ["QUAY_COMMIT"],
        "date": f"{told.when(epoch_s):%Y-%m-%dT%H:%M:%SZ}",
        "package": package,
    }
    resources = target / "_internal" / "pos" / "resources"
    (resources / "build.json").write_text(json.dumps(build, indent=2) + "\n", "utf-8")
    for script in ("open-tills", "tell-unsettled"):
        shutil.copy(HERE / script, target / script)


def lay_share(share: Path, epoch_s: int) -> None:
    """Menu entry, icons, software shop's page, manual: below `/usr/share` or where a tarball keeps them."""
    version, changelog = told.version(ROOT), (ROOT / "CHANGELOG.md").read_text("utf-8")
    _write(share / "applications" / f"{APP_ID}.desktop", (HERE / "share" / f"{APP_ID}.desktop").read_text("utf-8"))
    metainfo = (HERE / "share" / f"{APP_ID}.metainfo.xml").read_text("utf-8")
    released = told.releases(changelog, version, told.when(epoch_s))
    _write(share / "metainfo" / f"{APP_ID}.metainfo.xml", metainfo.replace("@RELEASES@", released))
    icons, hicolor = ROOT / "resources" / "icons", share / "icons" / "hicolor"
    _copy(icons / "quay-voucher.svg", hicolor / "scalable" / "apps" / "quay-voucher.svg")
    for size in ICON_SIZES:
        _copy(icons / f"quay-voucher-{size}.png", hicolor / f"{size}x{size}" / "apps" / "quay-voucher.png")
    _compress(share / "man" / "man1" / "quay.1.gz", _manual(version, epoch_s))
    _copy(HERE / "share" / "kiosk-autostart.desktop", share / NAME / "kiosk" / "quay-voucher.desktop")
    _copy(HERE / "share" / "kiosk-README", share / NAME / "kiosk" / "README")


def _manual(version: str, epoch_s: int) -> str:
    from pos.cli.main import _parser

    return told.man_page(_parser(None), version, told.when(epoch_s))


def linked_outside(folder: Path) -> set[str]:
    """Names of the shared libraries that what is in the folder needs and does not bring.

    Raises:
        SystemExit: one of them is not known: it has to be named in `system_libraries`, or bundled.
    """
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    brought = {path.name for path in folder.rglob("*")}
    wanted = {name for file in files if _is_elf(file) for name in bundle.linked_to(str(file))}
    outside = wanted - brought
    unknown = sorted(outside - system_libraries.PACKAGES.keys())
    if unknown:
        raise SystemExit(f"neither bundled nor named in packaging/linux/system_libraries.py: {', '.join(unknown)}")
    return outside


def _is_elf(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(4) == b"\x7fELF"


def deb(frozen: Path, out: Path, epoch_s: int) -> Path:
    """Build the .deb; returns it."""
    version = told.version(ROOT)
    tree = out / "deb"
    program, doc = tree / "usr" / "lib" / NAME, tree / "usr" / "share" / "doc" / NAME
    program.parent.mkdir(parents=True)
    lay_program(frozen, program, "deb", epoch_s)
    lay_share(tree / "usr" / "share", epoch_s)
    (tree / "usr" / "bin").mkdir()
    (tree / "usr" / "bin" / "quay").symlink_to(f"../lib/{NAME}/quay")
    _copy(ROOT / "packaging" / "udev" / "70-quay-voucher.rules", tree / "usr/lib/udev/rules.d/70-quay-voucher.rules")
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    _compress(doc / "changelog.gz", told.debian_changelog(changelog, version, told.when(epoch_s), MAINTAINER))
    _compress(doc / "CHANGELOG.md.gz", changelog)
    _write(doc / "copyright", told.copyright_text(ROOT, frozen / "_internal" / "pos" / "resources" / "sbom.cdx.json"))
    _copy(HERE / "debian" / "lintian-overrides", tree / "usr" / "share" / "lintian" / "overrides" / NAME)
    _settle(tree, epoch_s)
    _lay_control(tree, version, sorted({system_libraries.PACKAGES[name] for name in linked_outside(program)}))
    _settle(tree / "DEBIAN", epoch_s, executable=SCRIPTS)
    packed = out / f"{NAME}_{version}_amd64.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Zxz", "--build", tree, packed], check=True)
    return packed


def _lay_control(tree: Path, version: str, depends: list[str]) -> None:
    control = tree / "DEBIAN"
    files = sorted(path for path in tree.rglob("*") if path.is_file() and not path.is_symlink())
    sums = "".join(f"{hashlib.md5(path.read_bytes()).hexdigest()}  {path.relative_to(tree)}\n" for path in files)  # noqa: S324 - dpkg's own form
    installed_kib = sum(-(-path.lstat().st_size // 1024) for path in tree.rglob("*"))
    fields = {
        "VERSION": version,
        "MAINTAINER": MAINTAINER,
        "INSTALLED_KIB": str(installed_kib),
        "DEPENDS": ", ".join(depends),
    }
    text = (HERE / "debian" / "control").read_text("utf-8")
    for name, value in fields.items():
        text = text.replace(f"@{name}@", value)
    _write(control / "control", text)
    _write(control / "md5sums", sums)
    for script in SCRIPTS:
        _copy(HERE / "debian" / script, control / script)


def tarball(frozen: Path, out: Path, epoch_s: int) -> Path:
    """Build the tarball; returns it."""
    version = told.version(ROOT)
    name = f"{NAME}-{version}-linux-x86_64"
    tree = out / name
    lay_program(frozen, tree, "tarball", epoch_s)
    lay_share(tree / "share", epoch_s)
    _copy(ROOT / "packaging" / "udev" / "70-quay-voucher.rules", tree / "share" / "udev" / "70-quay-voucher.rules")
    _copy(ROOT / "LICENSE", tree / "share" / "doc" / "LICENSE")
    _compress(tree / "share" / "doc" / "CHANGELOG.md.gz", (ROOT / "CHANGELOG.md").read_text("utf-8"))
    _copy(HERE / "install.sh", tree / "install.sh")
    outside = sorted(linked_outside(tree))
    _write(tree / "share" / "system-libraries", "".join(f"{n} {system_libraries.PACKAGES[n]}\n" for n in outside))
    _write(tree / "share" / "version", f"{version}\n")
    _settle(tree, epoch_s)
    packed = out / f"{name}.tar.xz"
    # Two threads always: xz cuts its blocks by that, and other blocks are other bytes.
    tar = ["tar", "-C", out, "--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--format=ustar", "-cf", "-"]
    with packed.open("wb") as file, subprocess.Popen([*tar, name], stdout=subprocess.PIPE) as packing:
        subprocess.run(["xz", "-6", "-T2"], stdin=packing.stdout, stdout=file, check=True)
    if packing.returncode:
        raise SystemExit("tar failed")
    return packed


def _settle(tree: Path, epoch_s: int, executable: Iterable[str] = EXECUTABLE) -> None:
    """Modes and times that do not depend on who built it."""
    executable = frozenset(executable)
    for path in [tree, *tree.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.name in executable else 0o644)
        os.utime(path, (epoch_s, epoch_s), follow_symlinks=False)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _compress(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def main() -> int:
    """Build what is asked for."""
    kind, frozen, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    packed = {"deb": deb, "tarball": tarball}[kind](frozen, out, int(os.environ["SOURCE_DATE_EPOCH"]))
    print(packed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
