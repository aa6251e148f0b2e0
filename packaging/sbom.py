"""The bill of materials and the licences' texts that a package carries.

    python packaging/sbom.py --out DIR [--bundle DIR]

writes `DIR/sbom.cdx.json` (CycloneDX 1.6) and `DIR/licences/NAME.txt`, one a part. What is a part, its version and its
licence is asked of the installed packages' own metadata (`pos.made_with`); what no Python package tells stands in the
tables below. With `--bundle`, a finished one-folder program, only what really lies in it is listed, and its system
libraries with the Debian package each came from. Reproducible with SOURCE_DATE_EPOCH.

Exit status 1: a part has no licence or no text, or the result is no valid CycloneDX; nothing is left out silently.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import Distribution, distribution
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from cyclonedx.contrib.license.factories import LicenseFactory  # noqa: E402
from cyclonedx.model.bom import Bom  # noqa: E402
from cyclonedx.model.component import Component, ComponentType  # noqa: E402
from cyclonedx.output.json import JsonV1Dot6  # noqa: E402
from cyclonedx.schema import SchemaVersion  # noqa: E402
from cyclonedx.validation.json import JsonStrictValidator  # noqa: E402
from packageurl import PackageURL  # noqa: E402
from sbom_bundle import Bundle, SystemLibrary  # noqa: E402

from pos import made_with  # noqa: E402
from pos.made_with import Part  # noqa: E402
from pos.version import VERSION  # noqa: E402

TEXTS = HERE / "licences"
_QT = ("Qt.txt", "LGPL-3.0.txt", "GPL-3.0.txt")
TEXTS_OF = {
    # Wheels of PySide6 and shiboken6 carry no text.
    "PySide6_Essentials": _QT,
    "shiboken6": _QT,
    # Its wheel was made before wheels carried licences.
    "pyserial": ("pyserial.txt",),
    # No Python packages.
    "Python": ("PSF-2.0.txt",),
    "Qt": _QT,
    "Qt third-party code": ("Qt-third-party.txt",),
    "OpenSSL": ("Apache-2.0.txt",),
    "SQLite": ("SQLite.txt",),
    "Microsoft runtime libraries": ("Microsoft-runtime.txt",),
}
"""Parts that bring no text themselves: files of `packaging/licences`. Everything else brings its own."""
QT_THIRD_PARTY = "several permissive licences, listed by Qt"
BOOTLOADER = "PyInstaller bootloader"
MICROSOFT = "Microsoft Software License Terms"
_LIBRARY_OF = {"libpython": "Python", "libssl": "OpenSSL", "libcrypto": "OpenSSL", "libsqlite3": "SQLite"}
"""A system library that is one of our parts already: it gives that part its Debian package, and is none of its own."""


@dataclass(frozen=True)
class Described:
    """One part with all that is written of it."""

    part: Part
    text: str
    purl: PackageURL
    within: tuple[Component, ...] = ()
    needs: tuple[str, ...] = ()


def described(bundle: Bundle | None) -> list[Described]:
    """Every part of what is installed, or of the bundle."""
    packages = [each for each in made_with.packages_needed() if bundle is None or bundle.holds(each)]
    names = {made_with.canonical(each.name): each.name for each in packages}
    found = [_package(each, names) for each in packages]
    others = made_with.parts_without_package()
    qt = next(part.version for part in others if part.name == "Qt")
    others.append(Part("Qt third-party code", qt, QT_THIRD_PARTY))
    if bundle is not None and bundle.has_microsoft_runtime:
        others.append(Part("Microsoft runtime libraries", "", MICROSOFT))
    found += [_without_package(part) for part in others]
    if bundle is not None:
        found.append(_bootloader())
        found = _with_system_libraries(found, bundle.system_libraries())
    return sorted(found, key=lambda each: each.part.name.lower())


def _package(package: Distribution, names: dict[str, str]) -> Described:
    part = Part(package.name, package.version, made_with.licence(package))
    asked = {made_with.canonical(name) for name, _ in made_with.asked_for(package, frozenset())}
    text = _text_of(part.name) or made_with.installed_text(part.name)
    purl = PackageURL("pypi", None, made_with.canonical(part.name), part.version)
    needs = tuple(names[name] for name in sorted(asked & set(names)))
    return Described(part, text, purl, tuple(_within(package)), needs)


def _without_package(part: Part) -> Described:
    text = _text_of(part.name) or made_with.installed_text(part.name)
    return Described(part, text, PackageURL("generic", None, part.name.lower().replace(" ", "-"), part.version or None))


def _bootloader() -> Described:
    """The small program that starts ours in a bundle; its licence lets it go with programs of any licence."""
    version = distribution("pyinstaller").version
    part = Part(BOOTLOADER, version, "GPL-2.0-or-later WITH Bootloader-exception")
    return Described(part, made_with.installed_text("pyinstaller"), PackageURL("pypi", None, "pyinstaller", version))


def _with_system_libraries(found: list[Described], libraries: Iterable[SystemLibrary]) -> list[Described]:
    by_name = {each.part.name: each for each in found}
    for library in libraries:
        ours = next((name for begin, name in _LIBRARY_OF.items() if library.file.startswith(begin)), "")
        if ours:
            by_name[ours] = replace(by_name[ours], purl=library.purl)
        else:
            part = Part(library.package, library.version, library.licence)
            by_name[library.package] = Described(part, library.text, library.purl)
    return list(by_name.values())


def _text_of(name: str) -> str:
    return "\n\n\n".join((TEXTS / file).read_text("utf-8").strip() for file in TEXTS_OF.get(name, ()))


# ---------------------------------------------------------------- CycloneDX


def _within(package: Distribution) -> Iterable[Component]:
    """What a package says is compiled into it (PEP 770): OpenSSL of `cryptography`, codecs of Pillow, crates."""
    seen = set()
    for file in sorted(package.files or (), key=str):
        if len(file.parts) < 3 or file.parts[1] != "sboms" or file.suffix != ".json":
            continue
        for told in json.loads(file.read_text("utf-8")).get("components", []):
            name, version = told["name"], told.get("version", "")
            if (name, version) in seen or name == package.name:
                continue
            seen.add((name, version))
            ref = f"{made_with.canonical(package.name)}/{name}@{version}"
            licence = made_with.licence_words(told)
            yield _component(Part(name, version, licence), _plain(told.get("purl")), ref)


def _plain(purl: str | None) -> PackageURL | None:
    """Without the places on somebody's build machine that some put into it."""
    return PackageURL.from_string(purl)._replace(qualifiers={}) if purl else None


def _component(part: Part, purl: PackageURL | None, ref: str, within: Iterable[Component] = ()) -> Component:
    licences = [LicenseFactory().make_from_string(part.licence)] if part.licence else []
    kind = {"Python": ComponentType.PLATFORM, made_with.TYPEFACE: ComponentType.FILE}
    return Component(
        name=part.name,
        version=part.version or None,
        type=kind.get(part.name, ComponentType.LIBRARY),
        licenses=licences,
        purl=purl,
        bom_ref=ref,
        components=within,
    )


def bill(parts: list[Described], made: datetime) -> str:
    """The bill of materials as JSON, the same bytes for the same parts and time."""
    own = _component(Part(made_with.OWN, VERSION, "MIT"), PackageURL("pypi", None, made_with.OWN, VERSION), "program")
    own.type = ComponentType.APPLICATION
    bom = Bom(serial_number=UUID(int=0))
    bom.metadata.component, bom.metadata.timestamp = own, made
    components = {each.part.name: _component(each.part, each.purl, str(each.purl), each.within) for each in parts}
    for each in parts:
        bom.components.add(components[each.part.name])
        bom.register_dependency(components[each.part.name], [components[name] for name in each.needs])
    asked = {
        made_with.canonical(name) for name, _ in made_with.asked_for(distribution(made_with.OWN), made_with.EXTRAS)
    }
    by_others = {name for each in parts for name in each.needs}
    direct = [name for name in components if made_with.canonical(name) in asked or name not in by_others]
    bom.register_dependency(own, [components[name] for name in direct])
    bom.serial_number = uuid5(NAMESPACE_URL, JsonV1Dot6(bom).output_as_string())
    text: str = JsonV1Dot6(bom).output_as_string(indent=2)
    return text + "\n"


def faults(parts: list[Described], text: str) -> list[str]:
    """Why this must not be shipped, in sentences."""
    found = [f"{each.part.name}: no licence is told" for each in parts if not each.part.licence]
    found += [f"{each.part.name}: no licence text" for each in parts if not each.text.strip()]
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    return found + ([f"no valid CycloneDX 1.6: {error}"] if error else [])


def main() -> int:
    """Write both, after both were checked."""
    parser = argparse.ArgumentParser(description="Write the bill of materials and the licences of a package.")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="resources of the package")
    parser.add_argument("--bundle", type=Path, metavar="DIR", help="the finished one-folder program")
    args = parser.parse_args()
    parts = described(Bundle(args.bundle) if args.bundle else None)
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH") or time.time())
    text = bill(parts, datetime.fromtimestamp(epoch, UTC))
    wrong = faults(parts, text)
    if wrong:
        print(*wrong, sep="\n", file=sys.stderr)
        return 1
    texts = args.out / made_with.TEXTS
    shutil.rmtree(texts, ignore_errors=True)
    texts.mkdir(parents=True)
    for each in parts:
        (texts / made_with.text_name(each.part.name)).write_text(each.text.rstrip() + "\n", "utf-8")
    shutil.copyfile(HERE.parent / "LICENSE", texts / made_with.text_name(made_with.OWN))
    (args.out / made_with.SBOM_FILE).write_text(text, "utf-8")
    print(f"{args.out / made_with.SBOM_FILE}: {len(parts)} parts")
    return 0


if __name__ == "__main__":
    sys.exit(main())
