"""Asks a printer and hears it out on one connection: which answer belongs to which question, what it said by itself.

Money is at stake in one mistake: an answer that comes late, taken for the answer to a later question, would confirm a
slip that is not on paper. Answers carry no number, so they are counted: a printer answers questions of a kind in the
order in which they were asked, and the second question has its answer only when two have come.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from hardware.printer.answers import (
    Answer,
    AnswerParser,
    AutomaticStatus,
    Garbage,
    InTurnAnswer,
    ProcessIdAnswer,
    RealtimeAnswer,
)
from hardware.printer.clock import Clock
from hardware.printer.status import (
    END_QUERY,
    ErrorCause,
    PrinterStatus,
    Query,
    parse_asb,
    parse_error_cause,
    parse_status,
    process_id_query,
    query_bytes,
)
from hardware.printer.transport import Transport

ANSWER_S = 0.2  # a real-time answer comes in a millisecond; a mute printer must not be felt
_PATIENT_S = 1.0  # for one that is known to talk: a slow moment of this machine is no reason to doubt a slip
_FORGET_S = 2.0  # a real-time answer that has not come by then was never given
_TORN_S = 0.04  # the bytes of one answer follow each other; 7 of them last 8 ms at 9600 baud
_QUIET_S = 0.05  # two answers that wait in the printer come within this of each other, even at 9600 baud
_SETTLE_S = 1.0
_REHEARSALS = 4
_READ_BYTES = 256
_MAX_GARBAGE_BYTES = 16
_STATUS_QUERIES = (Query.PRINTER, Query.OFFLINE_CAUSE, Query.PAPER)


@dataclass(slots=True, eq=False)
class Question:
    """A question that waits for its one byte.

    Attributes:
        asked_mono_s: When it was asked.
        byte: The answer; None as long as there is none.
    """

    asked_mono_s: float
    byte: int | None = None


class Dialogue:
    """Questions and answers on one open transport.

    Args:
        transport: Open, and one that answers.
        clock: Time.
        talks: It has answered in real time before; it is given more time then.

    Attributes:
        talks: As above, and whether it has by now.
        automatic: The last status that the printer sent by itself; UNKNOWN as long as there is none.
        cause: Why the printer is in the state ERROR, as far as it said.
        process_id: The last process id that came.
        surplus: In-turn answers that nobody had asked for since the last :meth:`rehearse`: the count cannot be trusted.
        garbage_bytes: Bytes that are no answer at all.
        heard: Something came, whatever it was.
    """

    def __init__(self, transport: Transport, clock: Clock, *, talks: bool = False) -> None:
        self._transport = transport
        self._clock = clock
        self._parser = AnswerParser()
        self._realtime: deque[Question] = deque()
        self._in_turn: deque[Question] = deque()
        self.talks = talks
        self.automatic = PrinterStatus.UNKNOWN
        self.cause: ErrorCause | None = None
        self.process_id = b""
        self.surplus = 0
        self.garbage_bytes = 0
        self.heard = False

    @property
    def garbled(self) -> bool:
        """What comes back is not a printer that we understand: its answers prove nothing."""
        return self.surplus > 0 or self.garbage_bytes > _MAX_GARBAGE_BYTES

    def write(self, data: bytes, timeout_s: float) -> None:
        """Send; see ``Transport.write``."""
        self._transport.write(data, self._clock.monotonic() + timeout_s)

    def ask(self, query: Query) -> int | None:
        """Ask in real time and return the answer; None when it did not come at once."""
        now_mono_s = self._clock.monotonic()
        while self._realtime and now_mono_s - self._realtime[0].asked_mono_s > _FORGET_S:
            self._realtime.popleft()
        question = Question(now_mono_s)
        self._realtime.append(question)
        self.write(query_bytes(query), ANSWER_S)
        self.await_answer(question, _PATIENT_S if self.talks else ANSWER_S)
        return question.byte

    def ask_in_turn(self, timeout_s: float) -> Question:
        """Ask GS r 1 and return the question at once; it has its answer when everything before it has been done.

        Args:
            timeout_s: How long the printer may take to accept the question, seconds.
        """
        question = Question(self._clock.monotonic())
        self._in_turn.append(question)
        self.write(END_QUERY, timeout_s)
        return question

    def await_answer(self, question: Question, timeout_s: float) -> None:
        """Wait until the question has its answer, or ``timeout_s`` seconds are over."""
        deadline_mono_s = self._clock.monotonic() + timeout_s
        while question.byte is None and (left_s := deadline_mono_s - self._clock.monotonic()) > 0:
            self.listen(left_s)

    def ask_process_id(self, process_id: bytes, timeout_s: float) -> None:
        """Ask for a process id; it stands in :attr:`process_id` when everything before it has been printed."""
        self.write(process_id_query(process_id), timeout_s)

    def status(self) -> PrinterStatus:
        """Ask everything and make one status of it; UNKNOWN when the printer is silent or not understood."""
        answers: dict[Query, int] = {}
        for query in _STATUS_QUERIES:
            byte = self.ask(query)
            if byte is None:
                break  # mute: asking on would only make the cashier wait
            answers[query] = byte
        status = parse_status(answers)
        self.cause = None
        if status is PrinterStatus.ERROR and (byte := self.ask(Query.ERROR_CAUSE)) is not None:
            self.cause = parse_error_cause(byte)
        return status

    def speaks_rubbish(self) -> bool:
        """Say whether two questions in a row brought bytes and no answer: wrong baud rate, or no ESC/POS printer.

        Noise when a line is opened brings some bytes once, and is not called so.
        """
        for _ in range(2):
            before = self.garbage_bytes
            if self.ask(Query.PRINTER) is not None or self.garbage_bytes == before:
                return False
        return True

    def rehearse(self, timeout_s: float) -> bool:
        """Ask in turn before a slip, until one question has brought exactly one answer; say whether it did.

        What the printer still owes to earlier questions comes first, and right before the answer to this one. Whenever
        more came than was asked for, it is not known which was which, and it is asked again.

        Args:
            timeout_s: How long to wait for an answer: as long as the printer may be busy with something earlier.
        """
        for _ in range(_REHEARSALS):
            question = self.ask_in_turn(ANSWER_S)
            self.await_answer(question, timeout_s)
            extra = self._settle()
            if question.byte is None or not extra:
                return question.byte is not None
        self.surplus += 1
        return False

    def _settle(self) -> int:
        """Hear out what is still coming until the line is quiet; return how many answers nobody had asked for."""
        deadline_mono_s = self._clock.monotonic() + _SETTLE_S
        while self.listen(_QUIET_S) and self._clock.monotonic() < deadline_mono_s:
            pass
        extra, self.surplus = self.surplus, 0
        return extra

    def listen(self, timeout_s: float) -> bool:
        """Take in what comes within ``timeout_s`` seconds; return whether anything came.

        Raises:
            DeviceError: The printer went away.
        """
        began_mono_s = self._clock.monotonic()
        data = self._transport.read(_READ_BYTES, timeout_s)
        if not data and self._clock.monotonic() - began_mono_s >= _TORN_S:
            self._take(self._parser.quiet())
        self.heard = self.heard or bool(data)
        self._take(self._parser.feed(data))
        return bool(data)

    def _take(self, answers: list[Answer]) -> None:
        for answer in answers:
            match answer:
                case RealtimeAnswer(byte):
                    self.talks = True
                    if self._realtime:
                        self._realtime.popleft().byte = byte
                case InTurnAnswer(byte):
                    if self._in_turn:
                        self._in_turn.popleft().byte = byte
                    else:
                        self.surplus += 1
                case AutomaticStatus(block):
                    self.automatic = parse_asb(block)
                case ProcessIdAnswer(process_id):
                    self.process_id = process_id
                case Garbage():
                    self.garbage_bytes += 1
