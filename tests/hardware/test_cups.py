"""Through a real CUPS: what is handed over, what is refused, and nothing that comes out hours later."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.address import DeviceAddress, parse_address
from hardware.errors import DeviceAddressError, DeviceError, DeviceSpoolerStoppedError, DeviceTimeoutError
from hardware.printer.cups import CupsSpooler
from hardware.printer.driver import PrinterDriver, PrintOutcome, PrintResult
from hardware.printer.spooler import JobState, SpoolerTransport
from hardware.printer.status import PrinterStatus
from hardware.printer.transport import make_transport
from hardware.virtual.printer import PrinterFault, VirtualPrinter
from tests.hardware.cups_server import CupsServer, cups_server
from tests.hardware.profiles import PAPER_80

SLIP = b"\x1b@" + b"a line of the slip\n" * 40 + b"\x1dV\x00"
BIG = b"\x1b@" + b"a line of the slip\n" * 400_000
HAS_CUPS = bool(shutil.which("cupsd", path=f"{os.environ['PATH']}:/usr/sbin") and shutil.which("lp"))
real = pytest.mark.skipif(not HAS_CUPS, reason="CUPS is not installed here (Debian: cups, cups-client)")


@pytest.fixture(scope="module")
def cups() -> Iterator[CupsServer]:
    with cups_server() as server:
        yield server


@pytest.fixture
def queue(cups: CupsServer, paper_printer: VirtualPrinter) -> str:
    """A started raw queue of its own for each test, in front of the virtual printer."""
    name = f"till{len(cups.call('lpstat', '-e').split())}"
    cups.add_queue(name, int(paper_printer.address.rpartition(":")[2]))
    return name


def driver_for(cups: CupsServer, queue: str, write_timeout_s: float = 15.0) -> PrinterDriver:
    def transport(address: str) -> SpoolerTransport:
        return SpoolerTransport(parse_address(address), CupsSpooler(address, queue, cups.environment))

    return PrinterDriver(f"cups:{queue}", PAPER_80, transport=transport, write_timeout_s=write_timeout_s)


@real
def test_a_slip_comes_out_and_is_called_sent_and_never_confirmed(
    cups: CupsServer, queue: str, paper_printer: VirtualPrinter
) -> None:
    driver = driver_for(cups, queue)

    assert driver.print(SLIP) == PrintResult(PrintOutcome.SENT_UNCONFIRMED, "printer.cannot_answer")
    assert driver.status() is PrinterStatus.UNKNOWN
    (paper,) = paper_printer.wait_for_slips(1)
    assert paper.cut
    assert paper.not_understood == ()


@real
def test_a_missing_queue_is_not_found(cups: CupsServer) -> None:
    result = driver_for(cups, "nobody").print(SLIP)

    assert (result.outcome, result.reason) == (PrintOutcome.NOT_SENT, "device.not_found")


@real
def test_a_stopped_queue_gets_nothing_and_prints_nothing_when_it_is_started(
    cups: CupsServer, queue: str, paper_printer: VirtualPrinter
) -> None:
    driver = driver_for(cups, queue)
    cups.call("cupsdisable", queue)
    result = driver.print(SLIP)

    assert (result.outcome, result.reason) == (PrintOutcome.NOT_SENT, "device.spooler_stopped")
    assert driver.status() is PrinterStatus.OFFLINE
    cups.call("cupsenable", queue)
    assert driver.print(SLIP).outcome is PrintOutcome.SENT_UNCONFIRMED
    assert len(paper_printer.wait_for_slips(1)) == 1


@real
def test_a_job_caught_in_a_queue_that_stops_is_taken_back_and_free_to_print_again(
    cups: CupsServer, queue: str, paper_printer: VirtualPrinter
) -> None:
    """Stopped between our look and ``lp``: CUPS takes the job, and would print it whenever the queue is started."""
    cups.call("cupsdisable", queue)

    class LookedTooEarly(CupsSpooler):
        looked = False

        def check(self) -> None:
            if self.looked:
                super().check()
            self.looked = True

    transport = SpoolerTransport(parse_address(f"cups:{queue}"), LookedTooEarly("cups", queue, cups.environment))
    transport.open()
    with pytest.raises(DeviceSpoolerStoppedError) as caught:
        transport.write(SLIP, deadline(5))

    assert caught.value.sent_bytes == 0
    assert cups.waiting_jobs(queue) == ""
    cups.call("cupsenable", queue)
    assert driver_for(cups, queue).print(SLIP).outcome is PrintOutcome.SENT_UNCONFIRMED
    assert len(paper_printer.wait_for_slips(1)) == 1


@real
def test_a_queue_that_takes_no_jobs_says_so(cups: CupsServer, queue: str) -> None:
    cups.call("cupsreject", queue)
    result = driver_for(cups, queue).print(SLIP)

    assert (result.outcome, result.reason) == (PrintOutcome.NOT_SENT, "device.spooler_rejects")


@real
def test_a_printer_that_is_switched_off_leaves_doubt_and_nothing_to_come_out_later(
    cups: CupsServer, queue: str, paper_printer: VirtualPrinter
) -> None:
    paper_printer.set_fault(PrinterFault.DEAD)
    result = driver_for(cups, queue, write_timeout_s=1.0).print(SLIP)

    assert (result.outcome, result.reason) == (PrintOutcome.DOUBTFUL, "device.timeout")
    assert cups.waiting_jobs(queue) == ""
    paper_printer.set_fault(PrinterFault.NONE)
    assert driver_for(cups, queue).print(SLIP).outcome is PrintOutcome.SENT_UNCONFIRMED
    assert len(paper_printer.wait_for_slips(1)) == 1


@real
@pytest.mark.parametrize("policy", ["abort-job", "retry-job", "stop-printer"])
def test_a_printer_that_drops_the_line_leaves_doubt_whatever_the_queue_does_then(
    cups: CupsServer, queue: str, paper_printer: VirtualPrinter, policy: str
) -> None:
    cups.call("lpadmin", "-p", queue, "-o", f"printer-error-policy={policy}")
    paper_printer.set_fault(PrinterFault.CLOSE_MID_SLIP)
    result = driver_for(cups, queue, write_timeout_s=3.0).print(BIG)

    assert result.outcome is PrintOutcome.DOUBTFUL
    assert cups.waiting_jobs(queue) == ""


@real
def test_a_printer_that_never_reads_is_given_up_and_its_job_taken_back(
    cups: CupsServer, queue: str, paper_printer: VirtualPrinter
) -> None:
    paper_printer.set_fault(PrinterFault.NEVER_READ)
    result = driver_for(cups, queue, write_timeout_s=1.0).print(BIG)

    assert (result.outcome, result.reason) == (PrintOutcome.DOUBTFUL, "device.timeout")
    assert cups.waiting_jobs(queue) == ""


@real
def test_a_scheduler_that_does_not_run_is_not_found(cups: CupsServer) -> None:
    away = CupsSpooler("cups:q", "q", {**cups.environment, "CUPS_SERVER": "/nowhere/sock"})
    transport = SpoolerTransport(parse_address("cups:q"), away)

    with pytest.raises(DeviceError, match="not_found"):
        transport.open()


@real
def test_without_a_job_history_nothing_can_be_said() -> None:
    with cups_server("PreserveJobHistory No") as cups, VirtualPrinter() as printer:
        cups.add_queue("q", int(printer.address.rpartition(":")[2]))
        result = driver_for(cups, "q").print(SLIP)

        assert (result.outcome, result.reason) == (PrintOutcome.DOUBTFUL, "device.disconnected")
        assert len(printer.wait_for_slips(1)) == 1


def deadline(seconds: float) -> float:
    import time

    return time.monotonic() + seconds


class Commands:
    """A folder with ``lp``, ``lpstat`` and ``cancel`` that say what the test wants, for what CUPS rarely does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("lpstat", 'case "$*" in *-a*) echo "printer q is idle.  enabled since x"; echo "q accepting";; esac')
        self.write("cancel", f'echo "$*" >> {folder}/cancelled')
        self.write("lp", 'cat >/dev/null; echo "request id is q-7 (0 file(s))"')

    def write(self, name: str, script: str) -> None:
        path = self.folder / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def jobs(self, waiting: str, completed: str = "") -> None:
        """What ``lpstat -l -o`` tells."""
        self.write(
            "lpstat",
            'case "$*" in *-a*) echo "printer q is idle.  enabled since x"; echo "q accepting";;\n'
            f"*not-completed*) printf '{waiting}';; *completed*) printf '{completed}';; esac",
        )

    @property
    def cancelled(self) -> str:
        path = self.folder / "cancelled"
        return path.read_text() if path.exists() else ""

    def write_slip(self, timeout_s: float = 0.3) -> DeviceError | None:
        environment = {"PATH": f"{self.folder}:{os.environ['PATH']}"}
        transport = SpoolerTransport(parse_address("cups:q"), CupsSpooler("cups:q", "q", environment))
        transport.open()
        try:
            transport.write(SLIP, deadline(timeout_s))
        except DeviceError as error:
            return error
        return None


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    return Commands(tmp_path)


def test_a_held_job_is_taken_back_as_never_begun(commands: Commands) -> None:
    job = "q-7  root 1024 x\\n\\tAlerts: {}\\n\\tqueued for q\\n"
    commands.jobs(waiting=job.format("job-hold-until-specified"))
    commands.write(
        "cancel", f'echo "$*" >> {commands.folder}/cancelled; mv {commands.folder}/after {commands.folder}/lpstat'
    )
    keep = (commands.folder / "lpstat").read_text()
    commands.jobs(waiting="", completed=job.format("processing-to-stop-point"))
    (commands.folder / "lpstat").rename(commands.folder / "after")
    (commands.folder / "lpstat").write_text(keep)
    (commands.folder / "lpstat").chmod(0o755)

    error = commands.write_slip()

    assert isinstance(error, DeviceTimeoutError)
    assert error.sent_bytes == 0
    assert commands.cancelled == "q-7\n"


def test_a_job_that_cannot_be_taken_back_is_doubtful(commands: Commands) -> None:
    commands.jobs(waiting="q-7  root 1024 x\\n\\tAlerts: none\\n")
    commands.write("cancel", "exit 1")

    error = commands.write_slip()

    assert error is not None
    assert error.sent_bytes == len(SLIP)


@pytest.mark.parametrize(
    "alerts", ["job-canceled-by-user", "aborted-by-system", "canceled-at-device", "cups-backend-crashed"]
)
def test_a_job_that_somebody_ended_is_doubtful(commands: Commands, alerts: str) -> None:
    commands.jobs(waiting="", completed=f"q-7  root 1024 x\\n\\tStatus: \\n\\tAlerts: {alerts}\\n")

    error = commands.write_slip()

    assert error is not None
    assert error.sent_bytes == len(SLIP)


def test_another_queues_job_with_a_longer_number_is_not_ours(commands: Commands) -> None:
    commands.jobs(waiting="", completed="q-77  root 1 x\\n\\tStatus: \\n\\tAlerts: none\\n")
    assert commands.write_slip() is not None

    commands.jobs(
        waiting="", completed="q-77  root 1 x\\n\\tAlerts: bad\\nq-7  root 1 x\\n\\tStatus: \\n\\tAlerts: none\\n"
    )
    assert commands.write_slip() is None


def test_lp_that_hangs_is_ended_and_leaves_doubt(commands: Commands) -> None:
    commands.write("lp", "exec cat /dev/zero >/dev/null")
    error = commands.write_slip()

    assert isinstance(error, DeviceTimeoutError)
    assert error.sent_bytes == len(SLIP)


def test_lp_that_names_no_job_leaves_doubt(commands: Commands) -> None:
    commands.write("lp", "cat >/dev/null")
    error = commands.write_slip()

    assert error is not None
    assert error.sent_bytes == len(SLIP)


def test_lp_that_refuses_has_sent_nothing(commands: Commands) -> None:
    commands.write("lp", "exit 1")
    error = commands.write_slip()

    assert error is not None
    assert error.sent_bytes == 0


def test_a_till_without_cups_says_that_nothing_is_there(tmp_path: Path) -> None:
    transport = SpoolerTransport(parse_address("cups:q"), CupsSpooler("cups:q", "q", {"PATH": str(tmp_path)}))
    with pytest.raises(DeviceError, match="not_found"):
        transport.open()


@pytest.mark.parametrize("name", ["-o", "a b", "a/b", "x" * 200])
def test_a_name_that_no_queue_can_have_is_a_wrong_address(name: str) -> None:
    with pytest.raises(DeviceAddressError):
        make_transport(f"cups:{name}")


class Scripted:
    """A spooler whose job goes through given states."""

    def __init__(self, *states: JobState | None, cancels: bool = True) -> None:
        self._states = list(states)
        self._cancels = cancels

    def check(self) -> None:
        return

    def submit(self, data: bytes, timeout_s: float) -> str:
        return "1"

    def look(self, job: str) -> JobState | None:
        return self._states.pop(0) if len(self._states) > 1 else self._states[0]

    def cancel(self, job: str) -> bool:
        return self._cancels


WAITING, SENDING = JobState(begun=False, ended=False), JobState(begun=True, ended=False)
SENT, FAILED = JobState(begun=True, ended=True), JobState(begun=True, ended=True, failed=True)


def spooled(spooler: Scripted, timeout_s: float = 0.0) -> int | None:
    """Return how many bytes may be on paper after a failure; None when all were sent."""
    address: DeviceAddress = parse_address("cups:q")
    transport = SpoolerTransport(address, spooler)
    transport.open()
    try:
        transport.write(SLIP, deadline(timeout_s))
    except DeviceError as error:
        return error.sent_bytes
    return None


def test_what_is_said_of_a_job_follows_from_how_it_ended() -> None:
    assert spooled(Scripted(SENT)) is None
    assert spooled(Scripted(WAITING, SENDING, SENT), 5.0) is None
    assert spooled(Scripted(FAILED)) == len(SLIP)
    assert spooled(Scripted(None)) == len(SLIP)
    assert spooled(Scripted(SENDING)) == len(SLIP)
    assert spooled(Scripted(WAITING, JobState(begun=False, ended=True, failed=True))) == 0
    assert spooled(Scripted(WAITING, SENT, cancels=False)) is None  # ended while we were about to take it back
    assert spooled(Scripted(WAITING, FAILED, cancels=False)) == len(SLIP)
    assert spooled(Scripted(WAITING)) == len(SLIP)  # cancelled, and still there: it may come out
