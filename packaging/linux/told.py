"""What a package says of the program, made from the program itself: man page, release notes, licences."""

# ruff: noqa: SLF001 - argparse has no public way to list commands and options

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape


def version(root: Path) -> str:
    """`VERSION` of pos/version.py, read as text: building needs no import of the program."""
    found = re.search(r'^VERSION = "([^"]+)"', (root / "pos" / "version.py").read_text("utf-8"), re.MULTILINE)
    if found is None:
        raise ValueError("pos/version.py names no VERSION")
    return found[1]


# ---------------------------------------------------------------- the manual


def man_page(parser: argparse.ArgumentParser, version: str, at: datetime) -> str:
    """`quay(1)`: every command of the parser with its options."""
    commands = next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    about = {choice.dest: choice.help or "" for choice in commands._choices_actions}
    shared = {action.dest for action in parser._actions}
    lines = [
        f'.TH QUAY 1 "{at:%Y-%m-%d}" "Quầy Voucher {version}" "User commands"',
        ".SH NAME",
        "quay \\- voucher till for shop counters in Viet Nam",
        ".SH SYNOPSIS",
        ".B quay",
        "[\\-\\-data DIR | \\-\\-profile NAME] [\\-\\-json] [\\-\\-lang vi|en] COMMAND ...",
        ".SH DESCRIPTION",
        *_text(f"{parser.description} quay run opens the till, quay demo the training mode with play money."),
        ".SH COMMANDS",
    ]
    for name, command in commands.choices.items():
        told = about[name] + ("" if about[name].endswith("?") else ".")
        lines += [".TP", f".B {_plain(name)}", *_text(told), *_options(command, but=shared)]
    lines += [
        *(".SH OPTIONS", "They may stand before or after the command.", *_options(parser)),
        *(".SH EXIT STATUS", *_text(_statuses(parser))),
        *(".SH FILES", ".TP", ".I ~/.local/share/quay\\-voucher"),
        "The tills' data, a folder for each profile. No package ever removes it.",
        *(".SH ENVIRONMENT", ".TP", ".B QUAY_PASSPHRASE_FILE"),
        "A file with the passphrase, readable for its owner only, where the machine has no key store.",
        *(".SH SEE ALSO", "The built\\-in help: quay COMMAND \\-\\-help."),
    ]
    return "\n".join(lines) + "\n"


def _statuses(parser: argparse.ArgumentParser) -> str:
    return (parser.epilog or "").removeprefix("Exit status: ")


def _options(parser: argparse.ArgumentParser, but: Collection[str] = ("help",)) -> Iterator[str]:
    for action in parser._actions:
        if action.option_strings and action.help not in (None, argparse.SUPPRESS) and action.dest not in but:
            value = action.metavar or "|".join(map(str, action.choices or ()))
            name = ", ".join(action.option_strings) + (f" {value}" if value else "")
            yield from (".RS", ".TP", f".B {_plain(name)}", *_text(action.help or ""), ".RE")


def _text(text: str) -> list[str]:
    plain = _plain(text)
    return ["\\&" + plain if plain.startswith((".", "'")) else plain]


def _plain(text: str) -> str:
    return text.replace("\\", "\\e").replace("-", "\\-").replace("%%", "%")


# ---------------------------------------------------------------- what changed


def newest_changes(changelog: str) -> list[str]:
    """The headings of the newest section of CHANGELOG.md: what a reader of a software shop sees."""
    section = re.split(r"^## .*$", changelog, flags=re.MULTILINE)[1]
    return [found.rstrip(":.") for found in re.findall(r"^- \*\*(.+?)\*\*", section, re.MULTILINE)]


def releases(changelog: str, version: str, at: datetime) -> str:
    """The AppStream entry of this release."""
    items = "\n".join(f"          <li>{escape(change)}</li>" for change in newest_changes(changelog))
    return (
        f'    <release version="{version}" date="{at:%Y-%m-%d}">\n      <description>\n        <ul>\n{items}\n'
        "        </ul>\n      </description>\n    </release>"
    )


def debian_changelog(changelog: str, version: str, at: datetime, maintainer: str) -> str:
    """Debian's form of the same."""
    items = "".join(f"  * {change}{'' if change.endswith('?') else '.'}\n" for change in newest_changes(changelog))
    stamp = at.strftime("%a, %d %b %Y %H:%M:%S +0000")
    return f"quay-voucher ({version}) stable; urgency=medium\n\n{items}\n -- {maintainer}  {stamp}\n"


def when(epoch_s: int) -> datetime:
    """The commit's time."""
    return datetime.fromtimestamp(epoch_s, UTC)


# ---------------------------------------------------------------- licences


def copyright_text(root: Path, sbom: Path) -> str:
    """Debian's machine-readable form (DEP-5): ours, then every bundled part as the bill of materials tells it."""
    parts = json.loads(sbom.read_text("utf-8"))["components"]
    lines = [f" {part['name']} {part.get('version', '')}".rstrip() + f": {_licences(part)}" for part in parts]
    text = (root / "packaging" / "linux" / "debian" / "copyright").read_text("utf-8")
    return text.replace("@PARTS@", "\n".join(sorted(lines, key=str.lower)))


def _licences(part: dict[str, Any]) -> str:
    told = part.get("licenses", ())
    words = [each.get("expression") or each["license"].get("id") or each["license"].get("name") for each in told]
    return " and ".join(words)
