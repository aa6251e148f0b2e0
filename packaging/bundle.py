"""What goes into a package and what stays out: used by quay.spec on every system, so that all packages hold the same.

PyInstaller collects what is imported, and for Qt every plugin with whatever that plugin needs. Most of it no till
ever loads. Here the plugins wanted are named, and a shared library stays only if something that stays needs it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Collection, Iterable
from importlib.metadata import PackageNotFoundError, distribution, requires
from pathlib import Path, PurePosixPath

Entry = tuple[str, str, str]
"""Place in the bundle, file it comes from, PyInstaller's kind of it."""

OWN = "quay-voucher"
SANDBOX = "sandbox"
NOT_BUNDLED = frozenset(("pip", "setuptools"))
"""Asked for by libraries for tools of theirs, never imported here."""

NEVER = (
    # Other tool kits, tests, builders; and what libraries import only where it happens to be installed.
    *("tkinter", "_tkinter", "turtle", "idlelib", "unittest.mock", "test", "pydoc_data", "lib2to3", "ensurepip"),
    *("numpy", "pandas", "IPython", "matplotlib", "lxml", "gi", "Xlib", "setuptools", "pkg_resources", "pip", "wheel"),
    "readline",  # line editing for an interpreter that nobody opens; its library is GPL
    *("pytest", "_pytest", "hypothesis", "mypy", "ruff", "greenlet", "openpyxl", "pypdfium2", "zxingcpp"),
    *("persistqueue", "PyInstaller", "cyclonedx", "hatchling", "rich", "pygments", "trio", "curio"),
    # Pictures nobody prints: AVIF and WebP bring 8 MB of coders.
    *("PIL.AvifImagePlugin", "PIL._avif", "PIL.WebPImagePlugin", "PIL._webp", "PIL.ImageTk", "PIL.ImageQt"),
    # Qt modules that hooks would collect for a hint of an import.
    *(f"PySide6.Qt{name}" for name in ("Network", "Qml", "Quick", "QuickWidgets", "Pdf", "Sql", "Xml", "OpenGL",
                                       "OpenGLWidgets", "PrintSupport", "Svg", "SvgWidgets", "DBus", "Concurrent",
                                       "Designer", "Help", "UiTools")),
)  # fmt: skip

QT_PLUGINS = frozenset((
    # How it is drawn: on X11, on Wayland (a kiosk's `cage` has nothing else), in memory (the tour), on Windows.
    "platforms/xcb", "platforms/wayland", "platforms/offscreen", "platforms/windows",
    "wayland-shell-integration/xdg-shell", "wayland-decoration-client/bradient",
    # How Vietnamese is typed: IBus, and the X11 compose key.
    "platforminputcontexts/ibusplatforminputcontextplugin", "platforminputcontexts/composeplatforminputcontextplugin",
    "imageformats/ico", "imageformats/jpeg",
))  # fmt: skip

RESOURCES = ("fonts", "icons", "locale", "printers", "updates")
"""Of `resources/`: everything but the README's pictures."""


def metadata_files() -> list[tuple[str, str]]:
    """What the program and its libraries say of themselves, versions and entry points; each with its folder.

    Licences' texts are not among them: `sbom.py` gathers those, of other parts too.
    """
    found = []
    for name in sorted(distributions(f"{OWN}[{SANDBOX}]") - NOT_BUNDLED):
        for file in distribution(name).files or ():
            place = PurePosixPath(*file.parts)
            if place.parent.name.endswith(".dist-info") and place.name in ("METADATA", "entry_points.txt"):
                found.append((str(file.locate()), str(place.parent)))
    return found


def distributions(requirement: str, *, seen: set[str] | None = None) -> set[str]:
    """Names of a distribution and of everything it needs on this system.

    Args:
        requirement: `name`, or `name[extra]`.
        seen: those known already.
    """
    from packaging.requirements import Requirement

    seen = set() if seen is None else seen
    wanted = Requirement(requirement)
    name = wanted.name.lower().replace("_", "-")
    extras = wanted.extras or {""}
    if name in seen and not wanted.extras:
        return seen
    try:
        needed = requires(name) or []
    except PackageNotFoundError:
        return seen
    seen.add(name)
    for line in needed:
        part = Requirement(line)
        if part.marker is None or any(part.marker.evaluate({"extra": extra}) for extra in extras):
            distributions(str(part).split(";")[0], seen=seen)
    return seen


def _plugin(place: str) -> str | None:
    """`platforms/xcb` of `PySide6/Qt/plugins/platforms/libqxcb.so`; None: no Qt plugin."""
    parts = PurePosixPath(place.replace("\\", "/")).parts
    if "plugins" not in parts or "PySide6" not in parts:
        return None
    stem = parts[-1].split(".")[0]
    for beginning in ("libq", "lib", "q"):
        if stem.startswith(beginning):
            stem = stem.removeprefix(beginning)
            break
    return f"{parts[-2]}/{stem}"


def is_unwanted_data(entry: Entry, kept: Collection[str]) -> bool:
    """Qt's own words (ours are in `resources/`), what hooks bring for libraries that stay out, links to those; and of a
    `.dist-info` what tells of the machine that built this.

    Args:
        entry: data, or PyInstaller's second name for a library.
        kept: places of the libraries that stay.
    """
    place, target, kind = entry
    if kind == "SYMLINK":
        return target not in kept
    path = PurePosixPath(place.replace("\\", "/"))
    return (
        path.parts[0] == "setuptools"
        or ("PySide6" in path.parts and "translations" in path.parts)
        or (path.parts[0].endswith(".dist-info") and path.name not in ("METADATA", "entry_points.txt"))
    )


def _unwanted(place: str) -> bool:
    plugin = _plugin(place)
    if plugin is not None:
        return plugin not in QT_PLUGINS
    # A software renderer for OpenGL, 20 MB: nothing here draws with it.
    return place.lower().endswith("opengl32sw.dll")


def _is_library(entry: Entry) -> bool:
    """Something that is there only because others are linked to it."""
    place, _, kind = entry
    name = PurePosixPath(place.replace("\\", "/")).name.lower()
    return kind == "BINARY" and _plugin(place) is None and not name.startswith(("libpython", "python3", "vcruntime"))


def keep(
    binaries: Iterable[Entry], needs: Callable[[str], Iterable[str]], system: Iterable[str] = ()
) -> tuple[list[Entry], list[Entry]]:
    """Sort into what stays and what goes.

    Args:
        binaries: as PyInstaller collected them.
        needs: names of the shared libraries a file is linked to.
        system: names of shared libraries that the system brings: never bundled.
    """
    system = frozenset(system)
    candidates = [entry for entry in binaries if not _unwanted(entry[0]) and PurePosixPath(entry[0]).name not in system]
    by_name: dict[str, list[Entry]] = {}
    for entry in candidates:
        by_name.setdefault(PurePosixPath(entry[0].replace("\\", "/")).name.lower(), []).append(entry)
    stays: dict[str, Entry] = {}
    waiting = [entry for entry in candidates if not _is_library(entry)]
    while waiting:
        entry = waiting.pop()
        if entry[0] in stays:
            continue
        stays[entry[0]] = entry
        for name in needs(entry[1]):
            waiting += by_name.get(PurePosixPath(name.replace("\\", "/")).name.lower(), ())
    kept = sorted(stays.values())
    return kept, sorted(entry for entry in binaries if entry[0] not in stays)


def linked_to(file: str) -> list[str]:
    """Names of the shared libraries an ELF file itself asks for. Not `ldd`: that adds what those ask for in turn."""
    told = subprocess.run(["objdump", "-p", file], capture_output=True, text=True, check=False).stdout
    return [line.split()[1] for line in told.splitlines() if line.lstrip().startswith("NEEDED")]


def tell_dropped(dropped: Iterable[Entry]) -> None:
    """Print what was left out, largest first."""
    sized = [(Path(source).stat().st_size if Path(source).is_file() else 0, place) for place, source, _ in dropped]
    sys.stderr.write(f"left out: {len(sized)} files, {sum(size for size, _ in sized) / 1e6:.1f} MB\n")
    for size, place in sorted(sized, reverse=True):
        sys.stderr.write(f"  {size / 1e6:7.2f} MB  {place}\n")
