"""Printer and scanner: there, of the kind that is set, and this user may open them. Opens nothing."""

from __future__ import annotations

from collections.abc import Iterator

from pos.checkup.findings import Finding, Level, found
from pos.checkup.subject import Subject
from pos.till.views import Message

_SCHEMES = {"printer": ("usb", "serial", "tcp", "cups", "file"), "scanner": ("serial", "hid")}


def printer(subject: Subject) -> Iterator[Finding]:
    """The printer, its kind, and whether the code page that was proven is this printer's."""
    settings = subject.settings
    address = settings.text("printer.address")
    yield _device("printer", address)
    if not address:
        return
    from hardware.errors import DeviceError
    from hardware.printer.profile import load_profile
    from hardware.printer.proving import proven_page
    from pos.bootstrap import printer_profile_dir

    name = settings.text("printer.profile") or f"generic-{settings.text('printer.paper_mm')}"
    try:
        profile = load_profile(printer_profile_dir(), name)
    except DeviceError as error:
        yield found("printer.profile", Level.BAD, error.code, cashier=True, name=name)
        return
    yield found("printer.profile", Level.OK, "printer.kind", name=name, label=profile.label)
    proof = settings.text("printer.text_codepage")
    if not proof:
        return
    page = proven_page(proof, address, profile)
    if page is None:  # no fault: its slips are right, only slower
        yield found("printer.text_codepage", Level.NOTE, "printer.proof_of_another")
    else:
        yield found("printer.text_codepage", Level.OK, "printer.proven", encoding=page.encoding)


def scanner(subject: Subject) -> Iterator[Finding]:
    """The scanner; one that types like a keyboard needs no address."""
    address, printer_s = subject.settings.text("scanner.address"), subject.settings.text("printer.address")
    if address and _port_of(address) == _port_of(printer_s):
        yield found("scanner", Level.BAD, "scanner.is_the_printer", cashier=True, address=address)
    else:
        yield _device("scanner", address)


def _port_of(address: str) -> str:
    """What is plugged in there, whatever its speed."""
    return address.strip().partition("?")[0]


def _device(role: str, address: str) -> Finding:
    from hardware.address import parse_address
    from hardware.discovery import check_access
    from hardware.errors import DeviceAddressError, DeviceError, DevicePermissionError, permission_hint

    if not address:
        return found(role, Level.OK, f"{role}.none")
    try:
        parsed = parse_address(address)
        if parsed.scheme not in _SCHEMES[role]:
            raise DeviceAddressError(address, f"no way to a {role}")
        check_access(parsed)
    except DevicePermissionError:
        hint = permission_hint(address)
        return Finding(role, Level.BAD, Message(hint.code, tuple(hint.params.items())), cashier=True)
    except DeviceError as error:
        return found(role, Level.BAD, error.code, cashier=True, address=address)
    return found(role, Level.OK, "device.there", address=address)
