"""The Windows spooler's port, as far as it can be tried elsewhere: what its bits mean and the order of its calls."""

from __future__ import annotations

import ctypes
from typing import Any

import pytest

from hardware.address import parse_address
from hardware.errors import DeviceError, DeviceNotFoundError, DevicePermissionError, DeviceSpoolerStoppedError
from hardware.printer.driver import PrinterDriver, PrintOutcome
from hardware.printer.spooler import JobState, SpoolerTransport
from hardware.printer.spooler_windows import (
    WindowsSpooler,
    _JobInfo1,
    _PrinterInfo2,
    job_state,
    printer_trouble,
)
from tests.hardware.profiles import PAPER_80

SLIP = b"\x1b@a slip\n\x1dV\x00"


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (0x0, JobState(begun=False, ended=False)),
        (0x8, JobState(begun=False, ended=False)),  # spooling
        (0x1, JobState(begun=False, ended=False)),  # paused
        (0x10, JobState(begun=True, ended=False)),  # printing
        (0x22, JobState(begun=True, ended=False)),  # error, offline
        (0x80, JobState(begun=True, ended=True)),  # printed
        (0x1000, JobState(begun=True, ended=True)),  # complete
        (0x100, JobState(begun=True, ended=True, failed=True)),  # deleted
        (0x114, JobState(begun=True, ended=True, failed=True)),
    ],
)
def test_job_bits_say_no_more_than_is_certain(status: int, state: JobState) -> None:
    assert job_state(status) == state


@pytest.mark.parametrize(
    ("status", "attributes", "stopped"),
    [(0, 0, False), (0x400, 0, False), (0x1, 0, True), (0x80, 0, True), (0x10, 0, True), (0, 0x400, True)],
)
def test_a_printer_that_would_not_print_now_is_stopped(status: int, attributes: int, stopped: bool) -> None:
    assert isinstance(printer_trouble("cups:p", status, attributes), DeviceSpoolerStoppedError) is stopped


class Winspool:
    """The calls of ``winspool.drv`` on one printer, in Python."""

    def __init__(self) -> None:
        self.error = 0
        self.printer_status = 0
        self.job_statuses: list[int | None] = [0x10, None]
        self.written = b""
        self.calls: list[str] = []

    def last_error(self) -> int:
        return self.error

    def OpenPrinterW(self, name: str, handle: Any, defaults: None) -> int:  # noqa: N802
        handle._obj.value = 7
        return 0 if self.error in (5, 1801) else 1

    def ClosePrinter(self, handle: Any) -> int:  # noqa: N802
        self.calls.append("close")
        return 1

    def StartDocPrinterW(self, handle: Any, level: int, document: Any) -> int:  # noqa: N802
        self.calls.append(f"start {document._obj.pDatatype}")
        return 42

    def WritePrinter(self, handle: Any, data: bytes, size: int, written: Any) -> int:  # noqa: N802
        taken = data[: max(1, size // 2)]  # it may take less than it is given
        self.written += taken
        written._obj.value = len(taken)
        return 1

    def EndDocPrinter(self, handle: Any) -> int:  # noqa: N802
        self.calls.append("end")
        return 1

    def GetPrinterW(self, handle: Any, level: int, buffer: Any, size: int, needed: Any) -> int:  # noqa: N802
        return self._fill(_PrinterInfo2(status=self.printer_status), buffer, needed)

    def GetJobW(self, handle: Any, job: int, level: int, buffer: Any, size: int, needed: Any) -> int:  # noqa: N802
        status = self.job_statuses[0]
        if status is None:
            self.error = 87
            return 0
        if buffer is not None:
            self.job_statuses.pop(0)
        return self._fill(_JobInfo1(status=status), buffer, needed)

    def SetJobW(self, handle: Any, job: int, level: int, info: None, command: int) -> int:  # noqa: N802
        self.calls.append(f"set {job} {command}")
        self.job_statuses = [None]
        return 1

    def _fill(self, info: ctypes.Structure, buffer: Any, needed: Any) -> int:
        needed._obj.value = ctypes.sizeof(info)
        if buffer is None:
            return 0
        ctypes.memmove(buffer, ctypes.byref(info), ctypes.sizeof(info))
        return 1


def driver_for(dll: Winspool, write_timeout_s: float = 1.0) -> PrinterDriver:
    def transport(address: str) -> SpoolerTransport:
        return SpoolerTransport(parse_address(address), WindowsSpooler(address, "Till", dll, dll.last_error))

    return PrinterDriver("cups:Till", PAPER_80, transport=transport, write_timeout_s=write_timeout_s)


def test_a_slip_is_one_raw_document_written_whole() -> None:
    dll = Winspool()

    assert driver_for(dll).print(SLIP).outcome is PrintOutcome.SENT_UNCONFIRMED
    assert dll.written == SLIP
    assert [call for call in dll.calls if call != "close"] == ["start RAW", "end"]


def test_a_job_that_waits_is_deleted_and_counts_as_never_begun() -> None:
    dll = Winspool()
    dll.job_statuses = [0] * 1000
    result = driver_for(dll, write_timeout_s=0.1).print(SLIP)

    assert (result.outcome, result.reason) == (PrintOutcome.NOT_SENT, "device.timeout")
    assert "set 42 5" in dll.calls


def test_a_job_that_was_being_sent_is_deleted_and_doubtful() -> None:
    dll = Winspool()
    dll.job_statuses = [0x10] * 1000

    assert driver_for(dll, write_timeout_s=0.1).print(SLIP).outcome is PrintOutcome.DOUBTFUL


def test_a_stopped_printer_gets_nothing() -> None:
    dll = Winspool()
    dll.printer_status = 0x1
    result = driver_for(dll).print(SLIP)

    assert (result.outcome, result.reason) == (PrintOutcome.NOT_SENT, "device.spooler_stopped")
    assert dll.written == b""


@pytest.mark.parametrize(("number", "family"), [(1801, DeviceNotFoundError), (5, DevicePermissionError)])
def test_a_refused_printer_is_named_for_what_it_is(number: int, family: type[DeviceError]) -> None:
    dll = Winspool()
    dll.error = number
    with pytest.raises(family):
        WindowsSpooler("cups:Till", "Till", dll, dll.last_error).check()
