"""`quay doctor`: is everything set up and sound? Each line says what was looked at and what it means."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pos.cli import output
from pos.cli.folder import data_dir, read_journal
from pos.cli.output import Output
from pos.domain.errors import PosError

if TYPE_CHECKING:
    from pos.settings import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor."""

    what: str
    ok: bool
    note: str


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    """Declare the arguments."""
    parser.add_argument("--offline", action="store_true", help="do not connect to the issuer")


def execute(args: argparse.Namespace, out: Output) -> int:
    """Look at everything; status 2 if anything is wrong."""
    from pos.bootstrap import open_folder

    settings = open_folder(data_dir(args)).settings
    findings = [
        Finding("environment", True, settings.environment.value),
        Finding("gotit.pin", bool(settings.text("gotit.pin")), str(settings.shown("gotit.pin"))),
        _try("journal", out, lambda: _journal(args)),
        _try("printer", out, lambda: _device(settings.text("printer.address"))),
        _try("scanner", out, lambda: _device(settings.text("scanner.address"))),
    ]
    if not args.offline:
        findings.append(_try("gotit", out, lambda: _issuer(settings)))
    if out.as_json:
        out.json([{"what": f.what, "ok": f.ok, "note": f.note} for f in findings])
    for finding in findings:
        out.say(f"{'✓' if finding.ok else '✗'} {finding.what}: {finding.note}")
    return output.OK if all(finding.ok for finding in findings) else output.USAGE


def _try(what: str, out: Output, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, look())
    except PosError as error:
        return Finding(what, False, out.sentence(error.code, error.params))


def _journal(args: argparse.Namespace) -> str:
    if not (data_dir(args) / "journal.db").exists():
        return "new"
    with read_journal(args) as journal:
        journal.check_whole()
        risk = journal.risk()
    return f"{risk.count} at risk"


def _device(address: str) -> str:
    from hardware.address import parse_address
    from hardware.errors import DeviceError

    if not address:
        return "none"
    try:
        parse_address(address)
    except DeviceError as error:
        raise PosError(error.code) from error
    return address


def _issuer(settings: Settings) -> str:
    from pos.bootstrap import SystemClock, build_gotit

    provider = build_gotit(settings, SystemClock())
    try:
        provider.reach()
    finally:
        provider.close()
    return settings.text("gotit.base_url")
