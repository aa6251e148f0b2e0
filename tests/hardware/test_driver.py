"""After every print the till knows what it may believe: confirmed, sent, not sent, or doubtful."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hardware.errors import DeviceAddressError
from hardware.printer.document import Cut, Document, Text
from hardware.printer.driver import PrinterDriver, PrintOutcome, PrintResult
from hardware.printer.escpos import EscposEncoder
from hardware.printer.profile import PrinterProfile
from hardware.printer.status import PrinterStatus
from hardware.virtual.printer import PrinterFault, VirtualPrinter
from tests.hardware.profiles import PAPER_80

LINES = Document((*(Text(f"Dòng thứ {number} của phiếu dài") for number in range(60)), Cut()))


@pytest.fixture(scope="module")
def slip(font_dir: Path, cache_dir: Path) -> bytes:
    return EscposEncoder(PAPER_80, font_dir, cache_dir).encode(LINES)


def driver_for(address: str, profile: PrinterProfile = PAPER_80) -> PrinterDriver:
    return PrinterDriver(address, profile, write_timeout_s=0.6, end_timeout_s=2.0)


def test_a_healthy_printer_confirms_and_the_slip_is_there(paper_printer: VirtualPrinter, slip: bytes) -> None:
    result = driver_for(paper_printer.address).print(slip)

    assert result == PrintResult(PrintOutcome.CONFIRMED, "", PrinterStatus.READY)
    (paper,) = paper_printer.wait_for_slips(1)
    assert paper.cut
    assert paper.not_understood == ()


def test_low_paper_still_prints_and_is_said(paper_printer: VirtualPrinter, slip: bytes) -> None:
    paper_printer.set_fault(PrinterFault.PAPER_LOW)

    assert driver_for(paper_printer.address).print(slip) == PrintResult(
        PrintOutcome.CONFIRMED, "", PrinterStatus.PAPER_LOW
    )


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (PrinterFault.PAPER_OUT, PrinterStatus.PAPER_OUT),
        (PrinterFault.COVER_OPEN, PrinterStatus.COVER_OPEN),
        (PrinterFault.OFFLINE, PrinterStatus.OFFLINE),
        (PrinterFault.ERROR, PrinterStatus.ERROR),
    ],
)
def test_a_printer_that_cannot_print_is_sent_nothing_and_prints_once_when_it_can(
    paper_printer: VirtualPrinter, slip: bytes, fault: PrinterFault, status: PrinterStatus
) -> None:
    driver = driver_for(paper_printer.address)
    paper_printer.set_fault(fault)

    assert driver.status() is status
    refused = driver.print(slip)
    assert (refused.outcome, refused.reason) == (PrintOutcome.NOT_SENT, f"printer.{status.value}")
    assert refused.status is status

    paper_printer.set_fault(PrinterFault.NONE)
    assert driver.print(slip).outcome is PrintOutcome.CONFIRMED
    assert len(paper_printer.slips) == 1


def test_the_beginning_is_told_before_the_first_byte_and_can_stop_it(
    paper_printer: VirtualPrinter, slip: bytes
) -> None:
    """Whoever keeps a record writes it down first; if that fails, the paper stays white."""
    driver, began = driver_for(paper_printer.address), []

    def refuse() -> None:
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        driver.print(slip, begin=refuse)
    assert paper_printer.slips == []
    paper_printer.set_fault(PrinterFault.PAPER_OUT)
    driver.print(slip, begin=lambda: began.append(len(paper_printer.slips)))
    assert began == [], "nothing will leave, so nothing is begun"
    paper_printer.set_fault(PrinterFault.NONE)
    assert driver.print(slip, begin=lambda: began.append(len(paper_printer.slips))).outcome is PrintOutcome.CONFIRMED
    assert began == [0]


def test_a_mute_printer_is_never_called_fine(paper_printer: VirtualPrinter, slip: bytes) -> None:
    paper_printer.set_fault(PrinterFault.MUTE)
    driver = driver_for(paper_printer.address)

    assert driver.print(slip) == PrintResult(PrintOutcome.SENT_UNCONFIRMED, "printer.mute", PrinterStatus.UNKNOWN)
    assert driver.status() is PrinterStatus.UNKNOWN
    assert len(paper_printer.wait_for_slips(1)) == 1


def test_closing_in_mid_slip_is_doubtful(paper_printer: VirtualPrinter, slip: bytes) -> None:
    paper_printer.set_fault(PrinterFault.CLOSE_MID_SLIP)

    result = driver_for(paper_printer.address).print(slip)

    assert (result.outcome, result.reason) == (PrintOutcome.DOUBTFUL, "device.disconnected")


def test_a_printer_that_never_reads_is_given_up_in_time_and_doubtful(
    paper_printer: VirtualPrinter, slip: bytes
) -> None:
    paper_printer.set_fault(PrinterFault.NEVER_READ)
    started_mono_s = time.monotonic()

    result = driver_for(paper_printer.address).print(slip)

    assert (result.outcome, result.reason) == (PrintOutcome.DOUBTFUL, "device.timeout")
    assert time.monotonic() - started_mono_s < 3


def test_a_dead_printer_is_not_sent_to_and_prints_when_it_is_back(paper_printer: VirtualPrinter, slip: bytes) -> None:
    driver = driver_for(paper_printer.address)
    paper_printer.set_fault(PrinterFault.DEAD)

    assert driver.print(slip) == PrintResult(PrintOutcome.NOT_SENT, "device.not_found", PrinterStatus.OFFLINE)
    assert driver.status() is PrinterStatus.OFFLINE

    paper_printer.set_fault(PrinterFault.NONE)
    assert driver.print(slip).outcome is PrintOutcome.CONFIRMED


def test_paper_running_out_during_the_slip_is_doubtful(slip: bytes) -> None:
    with ScriptedPrinter(lambda query, asked: 0x0F if query == b"\x1dr\x01" else 0x12) as printer:
        result = driver_for(printer.address).print(slip)

    assert (result.outcome, result.reason) == (PrintOutcome.DOUBTFUL, "printer.paper_out")


def test_a_printer_that_falls_silent_during_the_slip_is_doubtful(slip: bytes) -> None:
    with ScriptedPrinter(lambda query, asked: 0x12 if asked <= 3 else None) as printer:
        result = driver_for(printer.address).print(slip)

    assert (result.outcome, result.reason) == (PrintOutcome.DOUBTFUL, "printer.fell_silent")


def test_a_printer_without_an_end_answer_is_unconfirmed_and_never_waited_for(slip: bytes) -> None:
    with ScriptedPrinter(lambda query, asked: None if query == b"\x1dr\x01" else 0x12) as printer:
        driver = driver_for(printer.address)
        took_s = []
        for _ in range(2):
            started_mono_s = time.monotonic()
            result = driver.print(slip)
            took_s.append(time.monotonic() - started_mono_s)
            assert (result.outcome, result.reason) == (PrintOutcome.SENT_UNCONFIRMED, "printer.no_end_answer")
            assert result.status is PrinterStatus.READY

    assert max(took_s) < 1.5


def test_stray_bytes_are_not_taken_for_an_answer(slip: bytes) -> None:
    with ScriptedPrinter(lambda query, asked: 0x00 if query == b"\x1dr\x01" else 0x12, stray=b"\xff") as printer:
        assert driver_for(printer.address).print(slip).outcome is PrintOutcome.CONFIRMED


@pytest.mark.parametrize("pin", [2, 5])
def test_the_drawer_pulse_reaches_its_pin(paper_printer: VirtualPrinter, pin: int) -> None:
    driver = driver_for(paper_printer.address)

    result = driver.pulse(2) if pin == 2 else driver.pulse(5)

    assert result.outcome is PrintOutcome.CONFIRMED
    assert paper_printer.wait_for_slips(1)[0].pulses == (pin,)


def test_no_drawer_pulse_is_left_waiting_in_a_printer_without_paper(paper_printer: VirtualPrinter) -> None:
    paper_printer.set_fault(PrinterFault.PAPER_OUT)
    result = driver_for(paper_printer.address).pulse()
    paper_printer.set_fault(PrinterFault.NONE)

    assert result.outcome is PrintOutcome.NOT_SENT
    assert paper_printer.slips == []


def test_a_file_takes_the_slip_and_never_claims_to_have_printed_it(tmp_path: Path, slip: bytes) -> None:
    driver = driver_for(f"file:{tmp_path}/slips.bin")

    assert driver.print(slip).outcome is PrintOutcome.SENT_UNCONFIRMED
    assert driver.status() is PrinterStatus.UNKNOWN
    assert (tmp_path / "slips.bin").read_bytes() == slip


def test_a_wrong_address_is_refused_at_once() -> None:
    for address in ("tcp:printer", "tcp:host:0", "tcp:host:70000", "tcp:host:٣", "lpt:1", "file:", "tcp:h:1?baud=1"):
        with pytest.raises(DeviceAddressError):
            driver_for(address)


class ScriptedPrinter:
    """Reads everything and answers each query as told; for behaviour the virtual printer does not have."""

    def __init__(self, answer: Callable[[bytes, int], int | None], stray: bytes = b"") -> None:
        self._answer = answer
        self._stray = stray
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp:127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __enter__(self) -> ScriptedPrinter:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _run(self) -> None:
        while True:
            try:
                host, _ = self._listener.accept()
            except OSError:
                return
            with host:
                self._serve(host)

    def _serve(self, host: socket.socket) -> None:
        asked = 0
        while data := host.recv(65536):
            for query in (b"\x10\x04\x01", b"\x10\x04\x02", b"\x10\x04\x04", b"\x1dr\x01"):
                if data.endswith(query):
                    asked += 1
                    answer = self._answer(query, asked)
                    if answer is not None:
                        host.sendall(self._stray + bytes((answer,)))
