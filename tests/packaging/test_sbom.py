"""`packaging/sbom.py`: whoever gets a package can see what is in it and under which licence, down to the last part."""

import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from pos import made_with
from tests.packaging.scripts import PACKAGING, load

DEVELOPERS_ONLY = {"pytest", "mypy", "ruff", "hatchling", "hypothesis", "cyclonedx-bom", "quay-voucher"}


def write(out: Path, path: str = "") -> subprocess.CompletedProcess[str]:
    env = os.environ | {"SOURCE_DATE_EPOCH": "1796000000", "PYTHONPATH": path}
    command: list[str | Path] = [sys.executable, PACKAGING / "sbom.py", "--out", out]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sbom")
    done = write(folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def components(out: Path) -> dict[str, dict[str, Any]]:
    told = json.loads((out / "sbom.cdx.json").read_text("utf-8"))
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    return {canonicalize_name(each["name"]): each for each in told["components"]}


def needed() -> set[str]:
    """Every package that runs with the program on this system, reckoned by the library pip uses."""
    found: set[str] = set()
    waiting = [Requirement("quay-voucher[sandbox]")]
    while waiting:
        wanted = waiting.pop()
        found.add(canonicalize_name(wanted.name))
        for line in distribution(wanted.name).requires or ():
            part = Requirement(line)
            extras = wanted.extras or {""}
            applies = part.marker is None or any(part.marker.evaluate({"extra": extra}) for extra in extras)
            if applies and (part.extras or canonicalize_name(part.name) not in found):
                waiting.append(part)
    return found - {"quay-voucher"}


def test_every_package_that_runs_is_listed_with_version_licence_and_text(
    out: Path, components: dict[str, dict[str, Any]]
) -> None:
    names = needed()
    assert len(names) > 40
    for name in names:
        component = components[name]
        assert component["version"] == distribution(name).version
        assert made_with.licence_words(component), name
        text = (out / "licences" / made_with.text_name(component["name"])).read_text("utf-8")
        assert len(text) > 400, name


def test_what_no_python_package_tells_is_listed_too(out: Path, components: dict[str, dict[str, Any]]) -> None:
    for name in ("python", "qt", "qt-third-party-code", "openssl", "sqlite", "be-vietnam-pro"):
        canonical = next(key for key in components if key == name or key.replace(" ", "-") == name)
        assert components[canonical]["licenses"], name
        assert (out / "licences" / made_with.text_name(components[canonical]["name"])).exists()


def test_no_tool_of_a_developer_is_in_it(components: dict[str, dict[str, Any]]) -> None:
    assert not DEVELOPERS_ONLY & set(components)


def test_what_is_compiled_into_a_package_stands_below_it(components: dict[str, dict[str, Any]]) -> None:
    """The next hole in OpenSSL is looked for in every bill: `cryptography` brings one of its own."""
    within = {each["name"]: each["version"] for each in components["cryptography"]["components"]}
    assert within["openssl"] == made_with.engines().sealing
    assert "home/" not in json.dumps(components)


def test_who_needs_whom_can_be_followed_from_the_program_to_every_part(out: Path) -> None:
    told = json.loads((out / "sbom.cdx.json").read_text("utf-8"))
    needs = {each["ref"]: set(each.get("dependsOn", ())) for each in told["dependencies"]}
    program = told["metadata"]["component"]["bom-ref"]
    names = {each["bom-ref"]: each["name"] for each in told["components"]}
    direct = {names[ref] for ref in needs[program]}
    assert {"httpx", "starlette", "Qt"} <= direct
    assert "h11" not in direct

    reached, waiting = set[str](), [program]
    while waiting:
        ref = waiting.pop()
        reached.add(ref)
        waiting += needs[ref] - reached
    assert reached >= set(names)


def test_qt_comes_with_the_terms_of_the_lgpl(out: Path) -> None:
    """Its source, the right to put another Qt in its place, both licences."""
    for name in ("Qt", "PySide6_Essentials", "shiboken6"):
        text = (out / "licences" / f"{name}.txt").read_text("utf-8")
        for licence in ("LESSER GENERAL PUBLIC LICENSE", "GENERAL PUBLIC LICENSE"):
            assert f"GNU {licence}" in text
        assert "https://download.qt.io/" in text
        assert "You may replace these libraries" in text


def test_the_same_parts_make_the_same_bytes(out: Path, tmp_path: Path) -> None:
    assert write(tmp_path).returncode == 0
    for file in ("sbom.cdx.json", "licences/httpx.txt"):
        assert (tmp_path / file).read_bytes() == (out / file).read_bytes()


def test_a_part_without_licence_stops_the_build(tmp_path: Path) -> None:
    """The program's own description asks for a package that tells nothing: no file is written."""
    for name, more in (("quay_voucher", "Requires-Dist: silent"), ("silent", "")):
        info = tmp_path / f"{name}-9.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 9\n{more}\n")

    stopped = write(tmp_path / "out", str(tmp_path))

    assert stopped.returncode == 1
    assert "silent: no licence is told\nsilent: no licence text" in stopped.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="tells what Debian packages a bundle holds")
def test_a_bundles_system_library_is_told_by_its_debian_package(tmp_path: Path) -> None:
    inside = tmp_path / "_internal"
    inside.mkdir()
    libc = next(Path("/lib").glob("*-linux-gnu/libm.so.6"))
    (inside / libc.name).write_bytes(libc.read_bytes())
    bundle = load("sbom_bundle.py").Bundle(tmp_path)

    (library,) = bundle.system_libraries()

    assert (library.package, library.purl.name, "GNU" in library.text) == ("libc6", "libc6", True)
    assert library.licence
    (inside / "libnobody.so.1").touch()
    with pytest.raises(SystemExit, match=r"libnobody\.so\.1"):
        list(bundle.system_libraries())
