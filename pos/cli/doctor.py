"""`quay doctor`: is everything set up and sound? Each line says what was looked at and what it means."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from pos.cli import output
from pos.cli.device_print import profile_name
from pos.cli.folder import asker, data_dir, read_journal
from pos.cli.output import Output
from pos.domain.errors import PosError

if TYPE_CHECKING:
    from pos.settings import Settings


class Reachable(Protocol):
    """Any issuer."""

    @property
    def name(self) -> str:
        """Stable id, `issuer` or `issuer-service`."""

    def reach(self) -> None:
        """Make a connection and no request."""


_SCHEMES = {"printer": ("usb", "serial", "tcp", "cups", "file"), "scanner": ("serial", "hid")}


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

    settings = open_folder(data_dir(args), asker(args)).settings
    findings = [
        Finding("environment", True, settings.environment.value),
        Finding("gotit.pin", bool(settings.text("gotit.pin")), str(settings.shown("gotit.pin"))),
        _try("journal", out, lambda: _journal(args)),
        *_printer(out, settings),
        _device(out, "scanner", settings.text("scanner.address")),
    ]
    findings += _issuers(settings, out, offline=args.offline)
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


def _printer(out: Output, settings: Settings) -> list[Finding]:
    """The printer, its kind, and whether the code page that was proven is this printer's."""
    from hardware.errors import DeviceError
    from hardware.printer.profile import load_profile
    from hardware.printer.proving import proven_page
    from pos.bootstrap import printer_profile_dir

    address = settings.text("printer.address")
    printer = _device(out, "printer", address)
    if not address:
        return [printer]
    name = profile_name(settings)
    try:
        profile = load_profile(printer_profile_dir(), name)
    except DeviceError as error:
        return [printer, Finding("printer.profile", False, f"{name}: {out.sentence(error.code, {})}")]
    kind = Finding("printer.profile", True, f"{name} ({profile.label})")
    proof = settings.text("printer.text_codepage")
    if not proof:
        return [printer, kind]
    page = proven_page(proof, address, profile)
    # No fault: its slips are right, only slower.
    note = page.encoding if page else out.words.t("doctor.proof_of_another")
    return [printer, kind, Finding("printer.text_codepage", True, note)]


def _device(out: Output, role: str, address: str) -> Finding:
    """Whether an address is one of this role, the device is there, and this user may open it. Opens nothing."""
    from hardware.address import parse_address
    from hardware.discovery import check_access
    from hardware.errors import DeviceAddressError, DeviceError, DevicePermissionError, permission_hint

    if not address:
        return Finding(role, True, "none")
    try:
        parsed = parse_address(address)
        if parsed.scheme not in _SCHEMES[role]:
            raise DeviceAddressError(address, f"no way to a {role}")
        check_access(parsed)
    except DevicePermissionError as error:
        hint = permission_hint(address)
        advice = out.words.t(hint.code, **hint.params)
        return Finding(role, False, f"{address}: {out.sentence(error.code, {})} {advice}")
    except DeviceError as error:
        return Finding(role, False, f"{address}: {out.sentence(error.code, {})}")
    return Finding(role, True, address)


def _issuers(settings: Settings, out: Output, *, offline: bool) -> list[Finding]:
    """Each issuer that is set up: whether it could be built, and whether it can be reached. Sends no request."""
    from pos.bootstrap import SystemClock, build_issuers

    try:
        built = build_issuers(settings, SystemClock())
    except PosError as error:
        return [Finding("gotit", False, out.sentence(error.code, error.params))]
    try:
        wrong = [Finding(name, False, out.sentence(e.code, e.params)) for name, e in built.faults.items()]
        found: dict[str, Reachable] = {**built.vouchers, **built.sellers, **built.bookings}
        if offline:
            return wrong
        return [*wrong, *(_try(name, out, partial(_reached, issuer, settings)) for name, issuer in found.items())]
    finally:
        built.close()


def _reached(issuer: Reachable, settings: Settings) -> str:
    issuer.reach()
    return settings.text(f"{issuer.name.partition('-')[0]}.base_url")
