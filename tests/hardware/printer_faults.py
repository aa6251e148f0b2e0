"""The faults of a counter on sockets, pseudo-terminals and a real CUPS: ``python -m tests.hardware.printer_faults``.

Each fault is caused, a slip is printed into it, the fault is mended, and the same driver prints again. The table says
what the cashier is told, after how long, and how long after the mending the next slip was through.
"""

from __future__ import annotations

import os
import pwd
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import serial

from hardware.address import parse_address
from hardware.printer.cups import CupsSpooler
from hardware.printer.driver import PrinterDriver, PrintResult
from hardware.printer.spooler import SpoolerTransport
from hardware.printer.status import PrinterStatus
from hardware.virtual.printer import PrinterFault, VirtualPrinter
from tests.hardware.cups_server import cups_server
from tests.hardware.profiles import PAPER_80
from tests.hardware.test_transports import SerialPrinter
from tests.hardware.test_usb_printer import Bus

SLIP = b"\x1b@" + b"a line of the slip\n" * 120 + b"\x1dV\x00"
_GARBAGE = b"\xf8\x80\xfe"


@dataclass(frozen=True)
class Scene:
    """A driver, what goes wrong and what mends it."""

    driver: PrinterDriver
    cause: Callable[[], object]
    mend: Callable[[], object]


MakeScene = Callable[[Path], AbstractContextManager[Scene]]


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    during: PrintResult
    told_s: float
    after: PrintResult
    healed_s: float


def in_turn(*steps: Callable[[], object]) -> None:
    for step in steps:
        step()


def driver_for(address: str, end_timeout_s: float = 5.0) -> PrinterDriver:
    return PrinterDriver(address, PAPER_80, write_timeout_s=1.0, end_timeout_s=end_timeout_s, mend_timeout_s=2.0)


@contextmanager
def usb_unplugged_in_mid_slip(folder: Path) -> Iterator[Scene]:
    bus = Bus(folder)
    printer = bus.plug(0)
    pulled = pull_when_printing(printer, lambda: bus.unplug(0))
    yield Scene(bus.driver(), pulled.start, lambda: in_turn(lambda: pulled.join(5), lambda: bus.plug(4)))
    bus.unplug_all()


@contextmanager
def usb_comes_back_as_another(folder: Path) -> Iterator[Scene]:
    bus = Bus(folder)
    bus.plug(0)

    def swap() -> None:
        bus.unplug(0)
        bus.plug(0, "0a5f:00a0")

    yield Scene(bus.driver(), swap, lambda: bus.plug(1))
    bus.unplug_all()


@contextmanager
def usb_driver_taken_away(folder: Path) -> Iterator[Scene]:
    bus = Bus(folder)
    bus.plug(0, driver=False)
    yield Scene(bus.driver(), lambda: None, lambda: in_turn(lambda: bus.unplug(0), lambda: bus.plug(0)))
    bus.unplug_all()


@contextmanager
def usb_permission_refused(folder: Path) -> Iterator[Scene]:
    bus = Bus(folder)
    node = os.ttyname(bus.plug(0).far)
    was = os.geteuid()
    os.chmod(node, 0)
    if was == 0:
        os.seteuid(pwd.getpwnam("nobody").pw_uid)

    def let_in() -> None:
        os.seteuid(was)
        os.chmod(node, 0o660)

    try:
        yield Scene(bus.driver(), lambda: None, let_in)
    finally:
        os.seteuid(was)
        bus.unplug_all()


@contextmanager
def serial_unplugged_in_mid_slip(folder: Path) -> Iterator[Scene]:
    path = folder / "printer"
    printers = [SerialPrinter(path)]
    pulled = pull_when_printing(printers[0], lambda: in_turn(path.unlink, lambda: printers.pop().unplug()))
    yield Scene(
        driver_for(printers[0].address),
        pulled.start,
        lambda: in_turn(lambda: pulled.join(5), lambda: printers.append(SerialPrinter(path))),
    )
    printers.pop().unplug()


@contextmanager
def power_cycled_in_mid_slip(folder: Path) -> Iterator[Scene]:
    printer = SerialPrinter(folder / "printer")
    brain, receive = printer.brain, printer.brain.receive

    def power_fails(data: bytes) -> bytes:
        if b"slip" in data:
            brain.receive = lambda data: b""  # type: ignore[method-assign]
            return b""
        return receive(data)

    def power_returns() -> None:
        brain.switch_off()
        brain.receive = receive  # type: ignore[method-assign]

    brain.receive = power_fails  # type: ignore[method-assign]
    yield Scene(driver_for(printer.address, end_timeout_s=1.0), lambda: None, power_returns)
    printer.unplug()


@contextmanager
def two_programs_on_one_port(folder: Path) -> Iterator[Scene]:
    printer = SerialPrinter(folder / "printer")
    other = serial.Serial(str(folder / "printer"), exclusive=True)
    yield Scene(driver_for(printer.address), lambda: None, other.close)
    printer.unplug()


@contextmanager
def wrong_baud_rate(folder: Path) -> Iterator[Scene]:
    printer = SerialPrinter(folder / "printer")
    receive = printer.brain.receive
    answer = [lambda data: _GARBAGE]
    printer.brain.receive = lambda data: answer[-1](data)  # type: ignore[method-assign]
    yield Scene(driver_for(printer.address), lambda: None, lambda: answer.append(receive))
    printer.unplug()


@contextmanager
def answers_a_second_late(folder: Path) -> Iterator[Scene]:
    printer = SerialPrinter(folder / "printer")
    receive = printer.brain.receive
    in_time, printed = threading.Event(), threading.Event()

    def late(data: bytes) -> bytes:
        in_time.wait(1.0)
        answer = receive(data)
        if printer.brain.slips:
            printed.set()
        return answer

    printer.brain.receive = late  # type: ignore[method-assign]
    yield Scene(driver_for(printer.address), lambda: None, lambda: in_turn(in_time.set, lambda: printed.wait(10)))
    printer.unplug()


def network(fault: PrinterFault) -> MakeScene:
    @contextmanager
    def scene(_: Path) -> Iterator[Scene]:
        with VirtualPrinter() as printer:
            yield Scene(
                driver_for(printer.address),
                lambda: printer.set_fault(fault),
                lambda: printer.set_fault(PrinterFault.NONE),
            )

    return scene


@contextmanager
def never_reads(_: Path) -> Iterator[Scene]:
    with VirtualPrinter() as printer:

        def read_again() -> None:
            printer.set_fault(PrinterFault.NONE)
            printer.wait_for_slips(1)

        yield Scene(driver_for(printer.address), lambda: printer.set_fault(PrinterFault.NEVER_READ), read_again)


def paper_out_in_mid_slip(*, mended: bool) -> MakeScene:
    @contextmanager
    def scene(folder: Path) -> Iterator[Scene]:
        printer = SerialPrinter(folder / "printer")
        brain, receive = printer.brain, printer.brain.receive

        def roll_ends(data: bytes) -> bytes:
            if b"slip" in data:  # everything from here on waits in the printer
                brain.receive = receive  # type: ignore[method-assign]
                brain.fault = PrinterFault.PAPER_OUT
            return receive(data)

        def put_paper_in() -> None:
            brain.fault = PrinterFault.NONE
            os.write(printer.near, brain.receive(b""))

        def on_status(status: PrinterStatus) -> None:
            if mended and not status.can_print:
                put_paper_in()

        brain.receive = roll_ends  # type: ignore[method-assign]
        driver = PrinterDriver(
            printer.address, PAPER_80, end_timeout_s=5.0, mend_timeout_s=10.0 if mended else 1.0, on_status=on_status
        )
        yield Scene(driver, lambda: None, put_paper_in)
        printer.unplug()

    return scene


def spooler(command: str, undo: str) -> MakeScene:
    @contextmanager
    def scene(_: Path) -> Iterator[Scene]:
        with cups_server() as cups, VirtualPrinter() as printer:
            cups.add_queue("till", int(printer.address.rpartition(":")[2]))

            def transport(address: str) -> SpoolerTransport:
                return SpoolerTransport(parse_address(address), CupsSpooler(address, "till", cups.environment))

            driver = PrinterDriver("cups:till", PAPER_80, transport=transport, write_timeout_s=5.0)
            yield Scene(driver, lambda: cups.call(command, "till"), lambda: cups.call(undo, "till"))

    return scene


def pull_when_printing(printer: SerialPrinter, pull: Callable[[], object]) -> threading.Thread:
    """Return a thread that pulls the plug as soon as the slip has begun to arrive."""
    seen = threading.Event()
    receive = printer.brain.receive

    def watch(data: bytes) -> bytes:
        if b"slip" in data or seen.is_set():
            seen.set()
            return b""
        return receive(data)

    printer.brain.receive = watch  # type: ignore[method-assign]

    def run() -> None:
        seen.wait(5)
        pull()

    return threading.Thread(target=run)


CONFIRMED, SENT = ("confirmed", ""), ("sent_unconfirmed", "printer.cannot_answer")
FAULTS: dict[str, tuple[MakeScene, tuple[str, str], tuple[str, str]]] = {
    "USB: unplugged in mid-slip": (usb_unplugged_in_mid_slip, ("doubtful", "device.disconnected"), CONFIRMED),
    "USB: comes back as another": (usb_comes_back_as_another, ("not_sent", "device.not_found"), CONFIRMED),
    "USB: driver taken away": (usb_driver_taken_away, ("not_sent", "device.no_driver"), CONFIRMED),
    "USB: permission refused": (usb_permission_refused, ("not_sent", "device.permission_denied"), CONFIRMED),
    "serial: unplugged in mid-slip": (serial_unplugged_in_mid_slip, ("doubtful", "device.disconnected"), CONFIRMED),
    "serial: power-cycled in mid-slip": (power_cycled_in_mid_slip, ("doubtful", "printer.fell_silent"), CONFIRMED),
    "serial: two programs": (two_programs_on_one_port, ("not_sent", "device.busy"), CONFIRMED),
    "serial: wrong baud rate": (wrong_baud_rate, ("not_sent", "printer.garbled"), CONFIRMED),
    "serial: answers 1 s late": (answers_a_second_late, ("sent_unconfirmed", "printer.mute"), CONFIRMED),
    "TCP: switched off": (network(PrinterFault.DEAD), ("not_sent", "device.not_found"), CONFIRMED),
    "TCP: line lost in mid-slip": (
        network(PrinterFault.CLOSE_MID_SLIP),
        ("doubtful", "device.disconnected"),
        CONFIRMED,
    ),
    "TCP: mute": (network(PrinterFault.MUTE), ("sent_unconfirmed", "printer.mute"), CONFIRMED),
    "TCP: never reads": (never_reads, ("sent_unconfirmed", "printer.mute"), CONFIRMED),
    "TCP: out of paper before": (network(PrinterFault.PAPER_OUT), ("not_sent", "printer.paper_out"), CONFIRMED),
    "TCP: cover open": (network(PrinterFault.COVER_OPEN), ("not_sent", "printer.cover_open"), CONFIRMED),
    "serial: paper out in mid-slip, mended": (paper_out_in_mid_slip(mended=True), CONFIRMED, CONFIRMED),
    "serial: paper out in mid-slip, not mended": (
        paper_out_in_mid_slip(mended=False),
        ("doubtful", "printer.paper_out"),
        CONFIRMED,
    ),
    "CUPS: queue stopped": (spooler("cupsdisable", "cupsenable"), ("not_sent", "device.spooler_stopped"), SENT),
    "CUPS: queue closed": (spooler("cupsreject", "cupsaccept"), ("not_sent", "device.spooler_rejects"), SENT),
}
"""Fault → how it is made, and what the slip during it and the slip after it must be called."""


def play(name: str) -> Row:
    """Cause one fault, print, mend, print."""
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    folder.chmod(0o755)
    try:
        with FAULTS[name][0](folder) as scene:
            scene.cause()
            began_mono_s = time.monotonic()
            during = scene.driver.print(SLIP)
            told_mono_s = time.monotonic()
            scene.mend()
            mended_mono_s = time.monotonic()
            after = scene.driver.print(SLIP)
            return Row(name, during, told_mono_s - began_mono_s, after, time.monotonic() - mended_mono_s)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Print the table."""
    print("| fault | said of the slip | after | next slip | healed in |\n|---|---|---|---|---|")  # noqa: T201
    for name in FAULTS:
        row = play(name)
        said = f"{row.during.outcome.value} {row.during.reason}".strip()
        print(f"| {name} | {said} | {row.told_s:.2f} s | {row.after.outcome.value} | {row.healed_s * 1000:.0f} ms |")  # noqa: T201


if __name__ == "__main__":
    main()
