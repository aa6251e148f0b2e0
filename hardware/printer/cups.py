"""A CUPS queue through the commands ``lp``, ``lpstat`` and ``cancel``: no library, the way that a person has too.

``lpstat`` does not print a job's state, so it is read from what it does print. Source: CUPS 2.4, ``systemv/lpstat.c``
(``Status:`` is job-printer-state-message, ``Alerts:`` job-state-reasons) and ``scheduler/job.c``; tried with 2.4.2:

- a job that was never started has no ``Status:`` line; a started one has it for ever, if only an empty one;
- one sent whole ends with an empty ``Status:``; one whose back end failed keeps its last error there, under whatever
  error policy; one cancelled while it was being sent ends with ``job-canceled-by-user``;
- ``processing-to-stop-point`` is there with every end, and for a moment while a back end is still being stopped.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence

from hardware.errors import (
    DeviceAddressError,
    DeviceDisconnectedError,
    DeviceNotFoundError,
    DeviceSpoolerMissingError,
    DeviceSpoolerRejectsError,
    DeviceSpoolerStoppedError,
    DeviceTimeoutError,
)
from hardware.printer.spooler import JobState

_CALL_TIMEOUT_S = 5.0
_TITLE = "slip"
_REQUEST_ID = re.compile(rb"request id is (\S+-\d+) ")
# No dash in front: it would be an option. No control characters: no program can be started with a NUL.
_QUEUE = re.compile(r"[^-\s/\\?'\"#,\x00-\x1f\x7f][^\s/\\?'\"#,\x00-\x1f\x7f]{0,126}")
_QUEUE_LINE = re.compile(r"^device for (\S+): (.*)$", re.MULTILINE)
_JOB_LINE = re.compile(r"\S+-\d+\s")
_ENDED_WELL = {"job-completed-successfully", "processing-to-stop-point", "none"}


def list_queues(environment: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
    """Return name and device URI of every queue.

    Args:
        environment: As of `CupsSpooler`.

    Raises:
        DeviceSpoolerMissingError: The command ``lpstat`` is not there, or CUPS does not run.
        DeviceError: It did not answer in time.
    """
    try:
        done = _run("cups:", ["lpstat", "-v"], b"", _CALL_TIMEOUT_S, _untranslated(environment))
    except DeviceNotFoundError as error:
        raise DeviceSpoolerMissingError(error.address, error.detail) from error
    if b"Scheduler is not running" in done.stderr:
        raise DeviceSpoolerMissingError("cups:", "CUPS does not run")
    if done.returncode and b"No destinations added" not in done.stderr:
        raise DeviceDisconnectedError("cups:", "lpstat failed")
    return _QUEUE_LINE.findall(done.stdout.decode("utf-8", "replace"))


class CupsSpooler:
    """One raw queue.

    Args:
        address: The address, for errors.
        queue: Name of the queue.
        environment: What the commands see besides our own language setting; None: what this program sees.

    Raises:
        DeviceAddressError: CUPS has no queue of such a name.
    """

    def __init__(self, address: str, queue: str, environment: Mapping[str, str] | None = None) -> None:
        if not _QUEUE.fullmatch(queue):
            raise DeviceAddressError(address, "no name of a queue")
        self._address = address
        self._queue = queue
        self._environment = _untranslated(environment)

    def check(self) -> None:
        """Raise when the queue is missing, stopped, or takes no jobs; see ``Spooler``."""
        text = self._say(["lpstat", "-p", self._queue, "-a", self._queue])
        printer, _, accepting = text.partition(f"\n{self._queue} ")
        if accepting.startswith("not accepting"):
            raise DeviceSpoolerRejectsError(self._address, "queue takes no jobs")
        if f"printer {self._queue} disabled" in printer:
            raise DeviceSpoolerStoppedError(self._address, "queue is stopped")

    def submit(self, data: bytes, timeout_s: float) -> str:
        """Hand over a raw job and return its id; see ``Spooler``."""
        command = ["lp", "-d", self._queue, "-o", "raw", "-t", _TITLE, "--", "-"]
        try:
            done = self._run(command, data, timeout_s)
        except DeviceTimeoutError as error:  # whether the job was made is not known
            raise DeviceTimeoutError(self._address, error.detail, sent_bytes=len(data)) from error
        if done.returncode:
            self.check()
            raise DeviceSpoolerRejectsError(self._address, "lp refused the job")
        found = _REQUEST_ID.search(done.stdout)
        if found is None:
            raise DeviceDisconnectedError(self._address, "lp named no job", sent_bytes=len(data))
        return found[1].decode("ascii", "replace")

    def look(self, job: str) -> JobState | None:
        """Return how a job stands; see ``Spooler``."""
        waiting = _job_lines(self._say(["lpstat", "-l", "-W", "not-completed", "-o", self._queue]), job)
        if waiting is not None:
            return JobState(begun="Status" in waiting, ended=False)
        over = _job_lines(self._say(["lpstat", "-l", "-W", "completed", "-o", self._queue]), job)
        if over is None:
            return None
        if f"now printing {job}." in self._say(["lpstat", "-p", self._queue]):
            return JobState(begun=True, ended=False)  # cancelled by somebody, and still being stopped
        status, alerts = over.get("Status"), over.get("Alerts", "").split()
        failed = status is None or status != "" or not set(alerts) <= _ENDED_WELL
        return JobState(begun=status is not None, ended=True, failed=failed)

    def cancel(self, job: str) -> bool:
        """Take a job back; see ``Spooler``."""
        return self._run(["cancel", job], b"", _CALL_TIMEOUT_S).returncode == 0

    def _say(self, command: Sequence[str]) -> str:
        done = self._run(command, b"", _CALL_TIMEOUT_S)
        if done.returncode:
            # One status for "no such queue" and "no scheduler": either way nothing is there.
            raise DeviceNotFoundError(self._address, "no such queue, or CUPS does not run")
        return done.stdout.decode("utf-8", "replace")

    def _run(self, command: Sequence[str], data: bytes, timeout_s: float) -> subprocess.CompletedProcess[bytes]:
        return _run(self._address, command, data, timeout_s, self._environment)


def _untranslated(environment: Mapping[str, str] | None) -> Mapping[str, str]:
    """Return what a command shall see: its sentences are read, so they must be the original ones."""
    return {**(os.environ if environment is None else environment), "LC_ALL": "C", "LANGUAGE": ""}


def _run(
    address: str, command: Sequence[str], data: bytes, timeout_s: float, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            command, input=data, capture_output=True, check=False, timeout=timeout_s, env=dict(environment)
        )
    except subprocess.TimeoutExpired as error:
        raise DeviceTimeoutError(address, f"{command[0]} did not end") from error
    except OSError as error:
        raise DeviceNotFoundError(address, f"no command {command[0]}") from error


def _job_lines(text: str, job: str) -> dict[str, str] | None:
    """Return what ``lpstat -l`` says of one job, by the word before the colon; None when it does not name it."""
    found: dict[str, str] | None = None
    for line in text.splitlines():
        if _JOB_LINE.match(line):
            if found is not None:
                break
            found = {} if line.split()[0] == job else None
        elif found is not None and ":" in line:
            name, _, rest = line.strip().partition(":")
            found[name] = rest.strip()
    return found
