"""One slip on one connection to a printer that can answer: ask, send, wait for the proof, judge."""

from __future__ import annotations

import contextlib
import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from hardware.address import DeviceAddress
from hardware.errors import DeviceError, DeviceTimeoutError
from hardware.printer.clock import Clock
from hardware.printer.dialogue import ANSWER_S, Dialogue, Question
from hardware.printer.outcome import PrintOutcome, PrintResult
from hardware.printer.pacing import Slice, plan
from hardware.printer.profile import PrinterProfile
from hardware.printer.status import ASB_OFF, ASB_ON, PROCESS_ID_BYTES, PrinterStatus, end_answer_has_paper
from hardware.printer.transport import Transport

_SHORT_END_S = 0.3
_FIRST_REHEARSAL_S = 1.0  # once for a printer that nothing is known of; it may be busy with another till's slip
_POLL_S = 0.25
_LATE_S = 0.02  # a serial line tells only every 10 ms that it is empty
_LETTERS = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a printer and its people may take, seconds; see ``PrinterDriver``."""

    write_timeout_s: float
    end_timeout_s: float
    mend_timeout_s: float


class Proof:
    """How a printer proves that a slip is on paper, and what is known of that from earlier slips.

    With a profile's ``process_id`` the proof carries this slip's own id. Otherwise it is the answer to ``GS r``, and
    with neither there is none.

    Args:
        profile: What the printer can do.

    Attributes:
        answers: True once the printer has given a proof, False when it was asked and has never given one.
        talks: It has answered in real time.
    """

    def __init__(self, profile: PrinterProfile) -> None:
        self.by_process_id = profile.process_id
        self.by_end_answer = profile.end_answer and not profile.process_id
        self.answers: bool | None = None
        self.talks = False
        # Anywhere to begin with: the printer may still owe an answer to the program that ran before this one.
        self._numbers = count(secrets.randbelow(len(_LETTERS) ** PROCESS_ID_BYTES))

    def next_process_id(self) -> bytes:
        """Return an id that no recent slip had."""
        number = next(self._numbers)
        return bytes(_LETTERS[number // len(_LETTERS) ** place % len(_LETTERS)] for place in range(PROCESS_ID_BYTES))


class PrintRun:
    """Prints one slip; made anew for each.

    Args:
        transport: Open, and one that answers.
        profile: What the printer can do.
        proof: How it proves.
        limits: How long things may take.
        clock: Time.
        on_status: Hears of troubles and their end.
    """

    def __init__(
        self,
        transport: Transport,
        profile: PrinterProfile,
        proof: Proof,
        limits: Limits,
        clock: Clock,
        on_status: Callable[[PrinterStatus], None],
    ) -> None:
        self._transport = transport
        self._profile = profile
        self._proof = proof
        self._limits = limits
        self._clock = clock
        self._on_status = on_status
        self._dialogue = Dialogue(transport, clock, talks=proof.talks)
        self._before = PrinterStatus.UNKNOWN
        self._rehearsed = False  # it has answered GS r on this connection

    def print(self, data: bytes, begin: Callable[[], None] = lambda: None) -> PrintResult:
        """Print and say what became of it.

        Args:
            data: The slip.
            begin: Called right before its first byte leaves; see ``PrinterDriver.print``.
        """
        try:
            refused = self._prepare()
        except DeviceError as error:
            return PrintResult(PrintOutcome.NOT_SENT, error.code, PrinterStatus.OFFLINE)
        if refused is not None:
            return refused
        begin()
        stopped = self._deliver(data)
        if stopped is not None:
            return stopped
        try:
            return self._confirm()
        except DeviceError as error:
            return PrintResult(PrintOutcome.DOUBTFUL, error.code, PrinterStatus.OFFLINE)

    def _prepare(self) -> PrintResult | None:
        """Ask how it is and settle what it still owes; return why nothing is sent, or None."""
        if self._profile.realtime_status:
            self._before = self._dialogue.status()
        self._proof.talks = self._dialogue.talks and self._before is not PrinterStatus.UNKNOWN
        if self._before is PrinterStatus.UNKNOWN and self._dialogue.garbage_bytes and self._dialogue.speaks_rubbish():
            # Most likely another baud rate: it would print rubbish, a metre of it.
            return PrintResult(PrintOutcome.NOT_SENT, "printer.garbled")
        if not self._before.can_print:
            return self._result(PrintOutcome.NOT_SENT, self._before)
        if self._proof.by_end_answer and self._before is not PrinterStatus.UNKNOWN:
            # The answer that an earlier slip waited for in vain may still come, and would be taken for the end of this
            # one. Without a rehearsal no later answer proves anything, so a printer known to answer is given time.
            self._rehearsed = self._dialogue.rehearse(self._rehearsal_s())
            if not self._rehearsed:  # another printer by now, or busy with something long: do not wait so long again
                self._proof.answers = None
            if self._dialogue.garbled:
                return PrintResult(PrintOutcome.NOT_SENT, "printer.garbled", self._before)
        if self._profile.asb:
            self._dialogue.write(ASB_ON, ANSWER_S)
        return None

    def _rehearsal_s(self) -> float:
        if self._proof.answers is None:
            return _FIRST_REHEARSAL_S
        return self._limits.end_timeout_s if self._proof.answers else _SHORT_END_S

    def _deliver(self, data: bytes) -> PrintResult | None:
        """Send the slip, paced; return why it was given up, or None."""
        began_mono_s = self._clock.monotonic()
        for piece in _slices(data, self._transport.address, self._profile):
            try:
                trouble = self._until(began_mono_s + piece.earliest_s)
                if trouble is not None:
                    return self._result(PrintOutcome.DOUBTFUL if piece.start else PrintOutcome.NOT_SENT, trouble)
                deadline_mono_s = self._clock.monotonic() + self._limits.write_timeout_s
                self._transport.write(data[piece.start : piece.end], deadline_mono_s)
                # Held up, on the line or in this machine: the printer is behind the plan, and so is its buffer.
                late_s = self._clock.monotonic() - (began_mono_s + piece.carried_s)
                began_mono_s += late_s if late_s > _LATE_S else 0.0
            except DeviceError as error:
                outcome = PrintOutcome.DOUBTFUL if piece.start + error.sent_bytes else PrintOutcome.NOT_SENT
                return PrintResult(outcome, error.code, self._last_word())
        return None

    def _last_word(self) -> PrinterStatus:
        """Return what the printer may have said of itself before it stopped taking bytes or went away."""
        with contextlib.suppress(DeviceError):
            self._dialogue.listen(0.0)
        told = self._dialogue.automatic
        return PrinterStatus.OFFLINE if told.can_print else told

    def _until(self, earliest_mono_s: float) -> PrinterStatus | None:
        """Wait for the time of a piece, and for a trouble to be mended that the printer tells by itself.

        Nothing may be asked here: in the middle of a picture a question is part of the picture.
        """
        self._dialogue.listen(max(0.0, earliest_mono_s - self._clock.monotonic()))
        while (left_s := earliest_mono_s - self._clock.monotonic()) > 0:
            self._dialogue.listen(left_s)
        trouble = self._dialogue.automatic
        if trouble.can_print:
            return None
        self._on_status(trouble)
        return self._wait(lambda: self._dialogue.automatic.can_print, 0.0, trouble=trouble)

    def _confirm(self) -> PrintResult:
        """Ask for the proof, wait for it, and judge."""
        process_id, end = b"", None
        if self._proof.by_process_id:
            process_id = self._proof.next_process_id()
            self._dialogue.ask_process_id(process_id, self._limits.write_timeout_s)
        elif self._rehearsed:
            end = self._dialogue.ask_in_turn(self._limits.write_timeout_s)

        def proved() -> bool:
            if process_id:
                return self._dialogue.process_id == process_id
            return end is None or end.byte is not None

        trouble = self._wait(proved, self._end_wait_s(), poll=self._before is not PrinterStatus.UNKNOWN)
        after = trouble or (self._dialogue.status() if self._profile.realtime_status else PrinterStatus.UNKNOWN)
        if self._profile.asb:
            with contextlib.suppress(DeviceError):
                self._dialogue.write(ASB_OFF, ANSWER_S)
        if process_id and proved():
            # The id is this slip's own: whatever happened since, it is on paper.
            self._proof.answers = True
            return PrintResult(PrintOutcome.CONFIRMED, "", after, self._dialogue.cause)
        return self._judge(end, after)

    def _end_wait_s(self) -> float:
        expected = self._rehearsed or self._proof.answers
        if self._proof.by_process_id and self._proof.answers is None:  # the first slip: not yet known
            expected = self._before is not PrinterStatus.UNKNOWN
        return self._limits.end_timeout_s if expected else _SHORT_END_S

    def _judge(self, end: Question | None, after: PrinterStatus) -> PrintResult:
        """Decide without a process id: anything that does not fit is doubt, never proof."""
        if not after.can_print:
            return self._result(PrintOutcome.DOUBTFUL, after)
        if self._dialogue.garbled:
            return PrintResult(PrintOutcome.DOUBTFUL, "printer.garbled", after)
        if end is not None and end.byte is not None and not end_answer_has_paper(end.byte):
            return self._result(PrintOutcome.DOUBTFUL, PrinterStatus.PAPER_OUT)
        if after is PrinterStatus.UNKNOWN:
            if self._before is after:
                return PrintResult(PrintOutcome.SENT_UNCONFIRMED, "printer.mute")
            # It talked before the slip and fell silent during it.
            return PrintResult(PrintOutcome.DOUBTFUL, "printer.fell_silent")
        if end is not None and end.byte is not None:
            self._proof.answers = True
            return PrintResult(PrintOutcome.CONFIRMED, "", after)
        if end is not None or self._proof.answers:
            # It can answer, is well, and has not said that this slip is through.
            return PrintResult(PrintOutcome.DOUBTFUL, "printer.no_end_answer", after)
        self._proof.answers = False
        return PrintResult(PrintOutcome.SENT_UNCONFIRMED, "printer.no_end_answer", after)

    def _wait(
        self, done: Callable[[], bool], wait_s: float, *, poll: bool = False, trouble: PrinterStatus | None = None
    ) -> PrinterStatus | None:
        """Wait until ``done``, for ``wait_s`` seconds while the printer is well; return the trouble it is left in.

        A trouble is told at once. While it lasts the clock of ``wait_s`` stands still and ``mend_timeout_s`` runs.

        Args:
            done: What is waited for.
            wait_s: How long.
            poll: Ask the printer how it is, four times a second; what it tells by itself is heard in any case.
            trouble: What it is in already.
        """
        now_s = self._clock.monotonic()
        deadline_s = now_s + (wait_s if trouble is None else self._limits.mend_timeout_s)
        poll_s = now_s + _POLL_S if poll else math.inf
        while not done():
            now_s = self._clock.monotonic()
            if now_s >= deadline_s:
                return trouble
            heard = self._dialogue.automatic
            self._dialogue.listen(max(0.0, min(deadline_s, poll_s) - now_s))
            news = self._dialogue.automatic if self._dialogue.automatic is not heard else PrinterStatus.UNKNOWN
            if news is PrinterStatus.UNKNOWN and self._clock.monotonic() >= poll_s:
                news = self._poll()
                poll_s = self._clock.monotonic() + _POLL_S
            if news is PrinterStatus.UNKNOWN or (news.can_print and trouble is None) or news is trouble:
                continue
            if news.can_print or trouble is None:
                deadline_s = self._clock.monotonic() + (wait_s if news.can_print else self._limits.mend_timeout_s)
            trouble = None if news.can_print else news
            self._on_status(news)
        return None

    def _poll(self) -> PrinterStatus:
        try:
            return self._dialogue.status()
        except DeviceTimeoutError:  # its buffer is full: it will say when it can
            return PrinterStatus.UNKNOWN

    def _result(self, outcome: PrintOutcome, status: PrinterStatus) -> PrintResult:
        return PrintResult(outcome, f"printer.{status.value}", status, self._dialogue.cause)


def _slices(data: bytes, address: DeviceAddress, profile: PrinterProfile) -> list[Slice]:
    """Return the pieces of a slip: paced on a serial line where nothing else keeps the buffer from overrunning."""
    if address.scheme != "serial" or address.flag("rtscts") or address.flag("xonxoff"):
        return [Slice(0, len(data), 0.0, math.inf)]
    bits = 1 + address.integer("bits", 8) + address.integer("stop", 1)
    bits += address.options.get("parity", "N") != "N"
    line_bytes_per_s = address.integer("baud", 9600) / bits
    return plan(
        data, line_bytes_per_s=line_bytes_per_s, buffer_bytes=profile.buffer_bytes, dots_per_s=profile.dots_per_s
    )
