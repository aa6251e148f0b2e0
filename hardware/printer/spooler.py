"""A printer behind the system's spooler: hands a job over, watches it to its end, and leaves nothing behind.

Money is at stake in one case: a job that waits in a stopped queue comes out when somebody starts the queue, hours after
the cashier has printed the slip again – a second original. So whatever has not ended in time is cancelled, and how the
job then stands decides what is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from hardware.address import DeviceAddress
from hardware.errors import DeviceDisconnectedError, DeviceError, DeviceTimeoutError
from hardware.printer.clock import SYSTEM_CLOCK, Clock

_FIRST_POLL_S, _LONGEST_POLL_S = 0.02, 0.25


@dataclass(frozen=True, slots=True)
class JobState:
    """How a job stands.

    Attributes:
        begun: The spooler has at some time begun to send it to the printer; False only when that is certain.
        ended: The spooler is through with it, one way or another.
        failed: It ended otherwise than by being sent whole.
    """

    begun: bool
    ended: bool
    failed: bool = False


class Spooler(Protocol):
    """One queue of a spooler. Every call is bounded in time."""

    def check(self) -> None:
        """Raise when the queue is missing, stopped, or takes no jobs."""

    def submit(self, data: bytes, timeout_s: float) -> str:
        """Hand over a raw job and return its id.

        Raises:
            DeviceError: ``sent_bytes`` is 0 when the spooler certainly has nothing of it.
        """

    def look(self, job: str) -> JobState | None:
        """Return how a job stands; None when the spooler no longer knows it."""

    def cancel(self, job: str) -> bool:
        """Take a job back; what is being sent may end in the middle. Return False when it had ended before."""


class SpoolerTransport:
    """Bytes into a queue: each write is one job, and is over when the job is.

    A spooler cannot say what became of the paper, so nothing is ever read back.

    Args:
        address: ``cups:QUEUE``.
        spooler: The queue.
        clock: Time.
    """

    answers = False

    def __init__(self, address: DeviceAddress, spooler: Spooler, clock: Clock = SYSTEM_CLOCK) -> None:
        self.address = address
        self._spooler = spooler
        self._clock = clock
        self._is_open = False

    def open(self) -> None:
        """Look whether the queue would print now."""
        self._spooler.check()
        self._is_open = True

    def write(self, data: bytes, deadline_mono_s: float) -> None:
        """Hand over one job and wait until the spooler has sent it whole.

        Raises:
            DeviceError: The job did not end well. ``sent_bytes`` is 0 only when the spooler says that it never began
                and it is gone from the queue.
        """
        if not self._is_open:
            raise DeviceDisconnectedError(self.address.text, "not open")
        job = self._spooler.submit(data, max(0.0, deadline_mono_s - self._clock.monotonic()))
        try:
            cause = self._watch(job, deadline_mono_s)
            if cause is None or self._took_back_too_late(job):
                return
            state = self._spooler.look(job)
        except DeviceError as error:  # the spooler cannot be asked any more: what became of the job is not known
            raise type(error)(error.address, error.detail, sent_bytes=len(data)) from error
        never_began = state is not None and state.ended and not state.begun
        raise type(cause)(cause.address, cause.detail, sent_bytes=0 if never_began else len(data))

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        """Return nothing: a spooler does not answer."""
        return b""

    def close(self) -> None:
        """Forget the queue."""
        self._is_open = False

    def _watch(self, job: str, deadline_mono_s: float) -> DeviceError | None:
        """Wait for the job's end; return None when it was sent whole, or why it must be taken back."""
        pause_s = _FIRST_POLL_S
        while True:
            state = self._spooler.look(job)
            if state is None:
                return DeviceDisconnectedError(self.address.text, "the spooler keeps no job history")
            if state.ended:
                return DeviceDisconnectedError(self.address.text, "the job failed") if state.failed else None
            if not state.begun:
                try:
                    self._spooler.check()
                except DeviceError as stopped:
                    return stopped
            left_s = deadline_mono_s - self._clock.monotonic()
            if left_s <= 0:
                return DeviceTimeoutError(self.address.text, "the job did not end in time")
            self._clock.sleep(min(pause_s, left_s))
            pause_s = min(pause_s * 2, _LONGEST_POLL_S)

    def _took_back_too_late(self, job: str) -> bool:
        """Cancel the job; say whether it had been sent whole before."""
        if self._spooler.cancel(job):
            return False
        state = self._spooler.look(job)
        return state is not None and state.ended and not state.failed
