"""A printer of the Windows spooler, raw, through ``winspool.drv``. Never run: see ``hardware/README.md``.

Source: Microsoft, Win32 API, "Print Spooler API": OpenPrinterW, StartDocPrinterW (DOC_INFO_1W, data type RAW),
WritePrinter, GetPrinterW (PRINTER_INFO_2W), GetJobW (JOB_INFO_1W), SetJobW; status bits from ``winspool.h``.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import wintypes
from typing import Any, ClassVar

from hardware.errors import (
    DeviceDisconnectedError,
    DeviceError,
    DeviceNotFoundError,
    DevicePermissionError,
    DeviceSpoolerRejectsError,
    DeviceSpoolerStoppedError,
)
from hardware.printer.spooler import JobState

_INVALID_PARAMETER = 87  # ERROR_INVALID_PARAMETER: no such job
_JOB_CONTROL_DELETE = 5

# PRINTER_STATUS_*: PAUSED, ERROR, PENDING_DELETION, OFFLINE, NOT_AVAILABLE, USER_INTERVENTION
_PRINTER_STOPPED = 0x1 | 0x2 | 0x4 | 0x80 | 0x1000 | 0x100000
# PRINTER_STATUS_*: PAPER_JAM, PAPER_OUT, PAPER_PROBLEM, DOOR_OPEN
_PRINTER_PAPER = 0x8 | 0x10 | 0x40 | 0x400000
_WORK_OFFLINE = 0x400  # PRINTER_ATTRIBUTE_WORK_OFFLINE

_JOB_SPOOLING, _JOB_PAUSED = 0x8, 0x1
_JOB_SENT = 0x80 | 0x1000  # JOB_STATUS_PRINTED, JOB_STATUS_COMPLETE
_JOB_LOST = 0x4 | 0x100  # JOB_STATUS_DELETING, JOB_STATUS_DELETED


class _DocInfo(ctypes.Structure):
    _fields_: ClassVar = [
        ("pDocName", wintypes.LPCWSTR),
        ("pOutputFile", wintypes.LPCWSTR),
        ("pDatatype", wintypes.LPCWSTR),
    ]


class _PrinterInfo2(ctypes.Structure):
    _fields_: ClassVar = [
        *((name, ctypes.c_void_p) for name in ("server", "printer", "share", "port", "driver", "comment", "location")),
        *(
            (name, ctypes.c_void_p)
            for name in ("devmode", "sepfile", "processor", "datatype", "parameters", "security")
        ),
        *((name, wintypes.DWORD) for name in ("attributes", "priority", "default_priority", "start", "until")),
        *((name, wintypes.DWORD) for name in ("status", "jobs", "average_ppm")),
    ]


class _JobInfo1(ctypes.Structure):
    _fields_: ClassVar = [
        ("job_id", wintypes.DWORD),
        *((name, ctypes.c_void_p) for name in ("printer", "machine", "user", "document", "datatype", "status_text")),
        *((name, wintypes.DWORD) for name in ("status", "priority", "position", "total_pages", "pages_printed")),
        ("submitted", wintypes.WORD * 8),
    ]


def job_state(status: int) -> JobState:
    """Read JOB_STATUS_* bits.

    Only spooling, paused or no bit at all is a job that has not begun; any other bit (printing, offline, out of paper,
    error, restarted) comes from sending it.
    """
    if status & _JOB_LOST:
        return JobState(begun=True, ended=True, failed=True)
    if status & _JOB_SENT:
        return JobState(begun=True, ended=True)
    return JobState(begun=bool(status & ~(_JOB_SPOOLING | _JOB_PAUSED)), ended=False)


def printer_trouble(address: str, status: int, attributes: int) -> DeviceError | None:
    """Read PRINTER_STATUS_* bits and the attribute "use printer offline"; None when a job would be printed now."""
    if attributes & _WORK_OFFLINE or status & _PRINTER_STOPPED:
        return DeviceSpoolerStoppedError(address, f"printer status {status:#x}")
    if status & _PRINTER_PAPER:
        return DeviceSpoolerStoppedError(address, f"paper or cover, printer status {status:#x}")
    return None


class WindowsSpooler:
    """One printer by its Windows name.

    Args:
        address: The address, for errors.
        printer: The name as Windows shows it.
        winspool: The library; None: the system's.
        last_error: Returns the error of the last call that failed; None: the system's.
    """

    def __init__(
        self,
        address: str,
        printer: str,
        winspool: Any = None,  # noqa: ANN401  a library has no type
        last_error: Callable[[], int] | None = None,
    ) -> None:
        self._address = address
        self._printer = printer
        self._dll = winspool or getattr(ctypes, "WinDLL")("winspool.drv", use_last_error=True)  # noqa: B009  Windows only
        self._last_error: Callable[[], int] = last_error or getattr(ctypes, "get_last_error")  # noqa: B009  Windows only
        self._begun: set[str] = set()
        self._cancelled: set[str] = set()

    def check(self) -> None:
        """Raise when the printer is missing or stopped; see ``Spooler``."""
        with self._printer_handle() as handle:
            info = self._info(self._dll.GetPrinterW, _PrinterInfo2, handle)
        if info is None:
            raise self._failure()
        if trouble := printer_trouble(self._address, info.status, info.attributes):
            raise trouble

    def submit(self, data: bytes, timeout_s: float) -> str:
        """Hand over a raw job; see ``Spooler``. The spooler writes to disk, no deadline can be given to it."""
        with self._printer_handle() as handle:
            document = _DocInfo("slip", None, "RAW")
            job = int(self._dll.StartDocPrinterW(handle, 1, ctypes.byref(document)))
            if not job:
                raise self._failure()
            try:
                self._write(handle, data)
            except DeviceError:
                self._dll.AbortPrinter(handle)
                raise
            if not self._dll.EndDocPrinter(handle):
                raise DeviceDisconnectedError(self._address, "EndDocPrinter failed", sent_bytes=len(data))
        return str(job)

    def look(self, job: str) -> JobState | None:
        """Return how a job stands; see ``Spooler``. A job leaves the queue when it has been sent or deleted."""
        with self._printer_handle() as handle:
            info = self._info(self._dll.GetJobW, _JobInfo1, handle, int(job))
        if info is None:
            if self._last_error() != _INVALID_PARAMETER:
                raise self._failure()
            ours = job in self._cancelled
            return JobState(begun=job in self._begun or not ours, ended=True, failed=ours)
        state = job_state(info.status)
        if state.begun:
            self._begun.add(job)
        return JobState(begun=job in self._begun, ended=state.ended, failed=state.failed)

    def cancel(self, job: str) -> bool:
        """Take a job back; see ``Spooler``."""
        with self._printer_handle() as handle:
            done = bool(self._dll.SetJobW(handle, int(job), 0, None, _JOB_CONTROL_DELETE))
        if done:
            self._cancelled.add(job)
        return done

    def _write(self, handle: wintypes.HANDLE, data: bytes) -> None:
        sent = 0
        while sent < len(data):
            written = wintypes.DWORD()
            piece = data[sent:]
            if not self._dll.WritePrinter(handle, piece, len(piece), ctypes.byref(written)) or not written.value:
                raise DeviceSpoolerRejectsError(self._address, "WritePrinter failed")
            sent += written.value

    @contextmanager
    def _printer_handle(self) -> Iterator[wintypes.HANDLE]:
        handle = wintypes.HANDLE()
        if not self._dll.OpenPrinterW(self._printer, ctypes.byref(handle), None):
            raise self._failure()
        try:
            yield handle
        finally:
            self._dll.ClosePrinter(handle)

    def _info(self, call: Any, layout: type[ctypes.Structure], handle: wintypes.HANDLE, *job: int) -> Any:  # noqa: ANN401
        """Call GetPrinterW or GetJobW twice: for the size it needs, then for the data; None when it fails."""
        level = 2 if layout is _PrinterInfo2 else 1
        needed = wintypes.DWORD()
        call(handle, *job, level, None, 0, ctypes.byref(needed))
        if not needed.value:
            return None
        buffer = ctypes.create_string_buffer(max(needed.value, ctypes.sizeof(layout)))
        if not call(handle, *job, level, buffer, len(buffer), ctypes.byref(needed)):
            return None
        return layout.from_buffer(buffer)

    def _failure(self) -> DeviceError:
        number = self._last_error()
        match number:
            case 1801:  # ERROR_INVALID_PRINTER_NAME
                return DeviceNotFoundError(self._address, "no printer of this name")
            case 5:  # ERROR_ACCESS_DENIED
                return DevicePermissionError(self._address, "access denied")
        return DeviceDisconnectedError(self._address, f"spooler error {number}")
