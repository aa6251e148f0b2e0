"""`quay devices simulate`: a scanner or a printer made of software, for training, support and tests.

One JSON line with its address when it is ready; then each line of stdin is a code to scan, or a fault to play. It runs
until it is stopped; the scanner also ends with its stdin.
"""

from __future__ import annotations

import argparse
import errno
import json
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from pos.cli import output
from pos.cli.output import Output
from pos.domain.errors import ConfigError
from pos.durable import replace_file

if TYPE_CHECKING:
    from hardware.printer.profile import PrinterProfile
    from hardware.virtual.paper import Slip
    from hardware.virtual.printer import VirtualPrinter, VirtualSerialPrinter
    from hardware.virtual.scanner import VirtualScanner

SCANNER_FAULTS = ("none", "noise", "split", "unplug", "wrong_baud")
"""What can go wrong with a scanner: rubbish before each code, byte by byte, the cable out in the middle of each code,
half the speed of the till's port."""
_DEFAULT_BAUD = {"scanner": 9600, "printer": 115_200}
_UNREAD_S = 5.0
_POLL_S = 0.005


def execute(args: argparse.Namespace, out: Output) -> int:
    """Play the device until stopped."""
    with _stoppable(), tempfile.TemporaryDirectory(prefix="quay-device-") as folder:
        path = args.path or Path(folder) / args.device
        try:
            if path.exists():  # a real port, or somebody's file: it would be replaced
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
            if args.device == "scanner":
                return _scanner(args, path, out)
            return _printer(args, path, out)
        except KeyboardInterrupt:
            return output.OK
        except OSError as error:  # the port is taken, the folder for the path is missing
            raise ConfigError("devices.simulate", reason=error.strerror or type(error).__name__) from error
        except ImportError as error:  # no pseudo-terminals on this system
            raise ConfigError("devices.simulate", reason=str(error.name)) from error


@contextmanager
def _stoppable() -> Iterator[None]:
    """End on SIGTERM as on Ctrl-C, so that nothing is left behind."""

    def stop(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _scanner(args: argparse.Namespace, path: Path, out: Output) -> int:
    from hardware.virtual.scanner import VirtualScanner

    _check_fault(args.fault, SCANNER_FAULTS)
    baud = args.baud or _DEFAULT_BAUD["scanner"]
    with VirtualScanner(path) as scanner:
        _ready(args, f"serial:{path}?baud={baud}")
        for line in sys.stdin:
            code = line.rstrip("\r\n")
            if not code:
                continue
            try:
                _scan(scanner, code, args.fault, baud)
            except BlockingIOError:
                out.hint(out.words.t("devices.simulate.nobody_reads"))
        _await_read(scanner)
    return output.OK


def _scan(scanner: VirtualScanner, code: str, fault: str, baud: int) -> None:
    match fault:
        case "noise":
            scanner.noise()
            scanner.scan(code)
        case "split":
            for _ in scanner.in_pieces(scanner.frame(code)):
                _await_read(scanner)
        case "unplug":
            data = scanner.frame(code)
            scanner.send(data[: len(data) // 2])
            _await_read(scanner)
            scanner.unplug()
            scanner.replug()
        case "wrong_baud":
            scanner.scan_at_baud(code, sent_baud=baud // 2, read_baud=baud)
        case _:
            scanner.scan(code)


def _await_read(scanner: VirtualScanner) -> None:
    """Wait until the till has read everything: what is unread is lost with the cable, and with our end."""
    deadline_mono_s = time.monotonic() + _UNREAD_S
    time.sleep(_POLL_S)  # the system hands sent bytes over a moment after they were sent
    while scanner.unread and time.monotonic() < deadline_mono_s:
        time.sleep(_POLL_S)


def _printer(args: argparse.Namespace, path: Path, out: Output) -> int:
    from hardware.printer.profile import load_profile
    from hardware.virtual.printer import PrinterFault
    from pos.bootstrap import printer_profile_dir

    faults = tuple(fault.value for fault in PrinterFault)
    _check_fault(args.fault, faults)
    profile = load_profile(printer_profile_dir(), args.kind or "generic-80")
    if args.out is not None:
        args.out.mkdir(parents=True, exist_ok=True)
    with _virtual_printer(args, path, profile, _Saver(args.out, out).keep) as printer:
        printer.set_fault(PrinterFault(args.fault))
        _ready(args, printer.address)
        for line in sys.stdin:
            word = line.strip()
            if word == "paper":
                printer.load_paper()
            elif word in faults:
                printer.set_fault(PrinterFault(word))
            elif word:
                out.hint(out.words.t("devices.simulate.faults", faults=", ".join((*faults, "paper"))))
        threading.Event().wait()  # a printer started by a script has no stdin, and goes on
    return output.OK


def _virtual_printer(
    args: argparse.Namespace, path: Path, profile: PrinterProfile, on_slip: Callable[[Slip], None]
) -> VirtualPrinter | VirtualSerialPrinter:
    from hardware.virtual.printer import Build, Pace, VirtualPrinter, VirtualSerialPrinter
    from pos.bootstrap import font_dir

    font = font_dir() / "BeVietnamPro-Regular.ttf"  # one with every letter, so that a code page can be proven on it
    build = Build(width_dots=profile.width_dots, dpi=profile.dpi, kanji=profile.kanji_mode, font=font)
    if args.baud is None and args.path is None:
        return VirtualPrinter(on_slip=on_slip, build=build, port=args.port)
    pace = Pace(buffer_bytes=profile.buffer_bytes, dots_per_s=profile.dots_per_s)
    baud = args.baud or _DEFAULT_BAUD["printer"]
    return VirtualSerialPrinter(path, baud, on_slip=on_slip, build=build, pace=pace)


class _Saver:
    """Keeps each slip as a picture and tells of it; runs on the printer's thread."""

    def __init__(self, folder: Path | None, out: Output) -> None:
        self._folder = folder
        self._out = out
        self._count = 0

    def keep(self, slip: Slip) -> None:
        """Take a slip that came out."""
        self._count += 1
        name = f"slip-{self._count:04d}.png"
        if self._folder is not None:
            try:
                slip.save(self._folder / name)
            except OSError as error:  # a full disk must not stop the printer
                name = error.strerror or type(error).__name__
        strange = len(slip.not_understood)
        self._out.hint(self._out.words.t("devices.simulate.slip", name=name, strange=strange, lost=slip.overrun_bytes))
        for pin in slip.pulses:
            self._out.hint(self._out.words.t("devices.simulate.drawer", pin=pin))


def _check_fault(fault: str, known: tuple[str, ...]) -> None:
    if fault not in known:
        raise ConfigError("devices.no_fault", faults=", ".join(known))


def _ready(args: argparse.Namespace, address: str) -> None:
    if args.address_file is not None:
        replace_file(args.address_file.absolute(), address.encode() + b"\n")
    print(json.dumps({"device": args.device, "address": address}), flush=True)
