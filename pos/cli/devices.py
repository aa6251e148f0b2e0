"""`quay devices …`: find the scanners and printers of this machine, try them, play them in software."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path

from pos.cli.output import Output
from pos.domain.drawer import A_PERSON_S

_MODULES = {
    "list": "pos.cli.device_list",
    "status": "pos.cli.device_status",
    "scan": "pos.cli.device_scan",
    "print-test": "pos.cli.device_print",
    "drawer": "pos.cli.device_drawer",
    "simulate": "pos.cli.device_simulate",
}

_REASONS = [reason.value for reason in A_PERSON_S]


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="every device that can be found, with its address; opens none")
    status = actions.add_parser("status", help="how printer and scanner are; sends nothing that prints")
    status.add_argument("--as", choices=("printer", "scanner"), dest="role", help="what is at the address")
    scan = actions.add_parser("scan", help="scanner test: raw bytes and the reading")
    scan.add_argument("--count", type=_whole, help="end after so many readings")
    scan.add_argument("--seconds", type=_whole, default=60, help="end after so many seconds (default: 60)")
    scan.add_argument("--show-codes", action="store_true", help="show whole codes: only with worthless ones")
    printing = actions.add_parser("print-test", help="print a page with everything slips use")
    printing.add_argument("--profile", dest="kind", metavar="NAME", help="kind of printer (default: as set)")
    printing.add_argument(
        "--prove", action="store_true", help='"can you read this line?": proves a code page, keeps it in the settings'
    )
    drawer = actions.add_parser("drawer", help="open the cash drawer; a manager's PIN comes on stdin, all is recorded")
    drawer.add_argument("--reason", required=True, choices=_REASONS, help="why")
    drawer.add_argument("--note", default="", metavar="WORDS", help="in words, for --reason other")
    drawer.add_argument("--pin", type=int, choices=(2, 5), help="connector pin of the drawer (default: as set)")
    for action in (status, scan, printing):
        action.add_argument("--address", metavar="ADDRESS", help="device address (default: as set)")
    for action in (listing, status, scan, printing, drawer):
        _shared(action)
    _simulators(actions.add_parser("simulate", help="a scanner or printer made of software, until stopped"))


def _simulators(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="device", metavar="scanner|printer", required=True)
    scanner = kinds.add_parser("scanner", help="on a pseudo-terminal; scans each line of stdin")
    printer = kinds.add_parser("printer", help="on TCP or a pseudo-terminal; each line of stdin is a fault to play")
    for device in (scanner, printer):
        device.add_argument("--baud", type=_whole, default=None, help="speed of the line (printer: makes it serial)")
        device.add_argument("--address-file", metavar="FILE", type=Path, help="write the address there, too")
        device.add_argument("--path", metavar="PATH", type=Path, help="where the port shall appear")
        device.add_argument(
            "--fault", metavar="FAULT", default="none", help="what goes wrong; an unknown one lists all"
        )
        _shared(device)
    printer.add_argument("--port", type=_port, default=0, help="TCP port on 127.0.0.1; default: a free one")
    printer.add_argument(
        "--profile", dest="kind", metavar="NAME", help="kind of printer it plays (default: generic-80)"
    )
    printer.add_argument("--out", metavar="DIR", type=Path, help="save each slip there as a PNG")


def _shared(parser: argparse.ArgumentParser) -> None:
    # `--profile` is a printer's here: which till is meant stands before the command.
    parser.add_argument("--data", metavar="DIR", type=Path, default=argparse.SUPPRESS, help="data folder of the till")
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON value on stdout")
    parser.add_argument("--lang", choices=("vi", "en"), default=argparse.SUPPRESS, help="language of messages")


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) <= 10_000_000:
        raise argparse.ArgumentTypeError("expected a number above 0")
    return int(text)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) > 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def execute(args: argparse.Namespace, out: Output) -> int:
    """Do it. Status 0 fine, 1 the device says no or cannot, 2 usage or set-up, 3 it does not say."""
    from hardware.errors import DeviceAddressError
    from hardware.printer.profile import PrinterProfileError, profile_names
    from pos.bootstrap import printer_profile_dir
    from pos.domain.errors import ConfigError

    try:
        status: int = importlib.import_module(_MODULES[args.action]).execute(args, out)
    except DeviceAddressError as error:
        out.hint(out.words.t("devices.address_forms"))
        raise ConfigError(error.code) from error
    except PrinterProfileError as error:
        out.hint(out.words.t("devices.profiles", names=", ".join(profile_names(printer_profile_dir()))))
        raise ConfigError(error.code) from error
    return status
