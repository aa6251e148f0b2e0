"""`quay devices status`: how printer and scanner are now. What does not answer is told as unknown, never as fine."""

from __future__ import annotations

import argparse
import queue
from typing import TYPE_CHECKING, Any

from pos.cli import output
from pos.cli.device_list import trouble_word
from pos.cli.device_print import profile_name
from pos.cli.folder import plain_settings
from pos.cli.output import Output
from pos.domain.errors import ConfigError

if TYPE_CHECKING:
    from hardware.printer.profile import PrinterProfile
    from hardware.scanner.scan_loop import ScannerStatus

_LINE_S = 5.0
"""How long a scanner's line may take to say how it is, seconds; a port that is there opens in milliseconds."""
_PAPER = {"ready": "enough", "paper_low": "low", "paper_out": "out"}


def execute(args: argparse.Namespace, out: Output) -> int:
    """Ask and tell; the worst of both is the status."""
    wanted = _wanted(args)
    if not wanted:
        raise ConfigError("devices.none_set")
    told = [
        _scanner(out, address) if role == "scanner" else _printer(out, address, _kind(args)) for role, address in wanted
    ]
    if out.as_json:
        out.json([said for _, said in told])
    statuses = {status for status, _ in told}
    return next(status for status in (output.REFUSED, output.UNKNOWN, output.OK) if status in statuses)


def _wanted(args: argparse.Namespace) -> list[tuple[str, str]]:
    """Role and address of what is to be asked."""
    if args.address:
        return [(args.role or ("scanner" if args.address.startswith("hid:") else "printer"), args.address)]
    settings = plain_settings(args)
    addresses = [(role, settings.text(f"{role}.address")) for role in ("printer", "scanner")]
    return [(role, address) for role, address in addresses if address and args.role in (None, role)]


def _kind(args: argparse.Namespace) -> PrinterProfile:
    """The till's own kind of printer, since not every kind may be asked; any kind where an address was given."""
    from hardware.printer.profile import PrinterProfile, load_profile
    from pos.bootstrap import printer_profile_dir

    if args.address:
        return PrinterProfile(name="any", label="any", paper_mm=80, width_dots=576)
    return load_profile(printer_profile_dir(), profile_name(plain_settings(args)))


def _printer(out: Output, address: str, profile: PrinterProfile) -> tuple[int, dict[str, Any]]:
    from hardware.printer.driver import PrinterDriver

    report = PrinterDriver(address, profile).report()
    word, cause = report.status.value, report.cause.value if report.cause else None
    paper = _PAPER.get(word, "unknown")
    out.say(f"{address}: {out.words.t(f'devices.printer.{word}')}")
    if report.reason:
        _say_why(out, address, report.reason)
    if cause:
        out.say("  " + out.words.t(f"devices.cause.{cause}"))
    out.say("  " + out.words.t(f"devices.paper.{paper}"))
    status = {"ready": output.OK, "paper_low": output.OK, "unknown": output.UNKNOWN}.get(word, output.REFUSED)
    return status, {
        "role": "printer", "address": address, "status": word, "cause": cause, "paper": paper,
        "reason": report.reason or None,
    }  # fmt: skip


def _say_why(out: Output, address: str, code: str) -> None:
    from hardware.errors import DevicePermissionError, permission_hint

    if code == DevicePermissionError.code:
        hint = permission_hint(address)
        out.say("  " + out.words.t(hint.code, **hint.params))
    else:
        out.say("  " + trouble_word(out, code))


def _scanner(out: Output, address: str) -> tuple[int, dict[str, Any]]:
    from hardware.scanner.scan_loop import ScannerStatus
    from pos.scanner_setup import build_scanner

    said: queue.SimpleQueue[ScannerStatus] = queue.SimpleQueue()
    scanner = build_scanner(address, None, on_scan=lambda _: None, on_status=said.put)
    scanner.start()
    try:
        status = said.get(timeout=_LINE_S)
    except queue.Empty:
        status = ScannerStatus.CONNECTING
    finally:
        scanner.stop()
    out.say(f"{address}: {out.words.t('device.' + status.value)}")
    if status is ScannerStatus.READY:
        out.say("  " + out.words.t("devices.line_only"))
    elif status is ScannerStatus.PERMISSION_DENIED:
        _say_why(out, address, f"device.{status.value}")
    ends = {ScannerStatus.READY: output.OK, ScannerStatus.CONNECTING: output.UNKNOWN}
    return ends.get(status, output.REFUSED), {"role": "scanner", "address": address, "status": status.value}
