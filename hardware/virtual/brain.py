"""A receipt printer made of software, behind its plug: buffer, mechanics, answers, and every way to fail.

Nothing here waits: time comes from a clock, bytes come in by :meth:`PrinterBrain.receive`, and answers go out when
they are due.

Source: Epson, ESC/POS Command Reference: DLE EOT, DLE ENQ, DLE DC4, GS r, GS a, GS I, GS ( H <Function 48>; written out
here apart from ``printer.status``.
"""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from hardware.virtual.decoder import EscposDecoder
from hardware.virtual.events import AsbSet, Event, IdAsked, Initialised, ProcessIdSet, Pulse, Recovered, StatusAsked
from hardware.virtual.paper import Build, Paper, Slip


class PrinterFault(Enum):
    """What is wrong with the printer."""

    NONE = "none"
    PAPER_LOW = "paper_low"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    OFFLINE = "offline"
    ERROR = "error"  # the cutter is jammed; DLE ENQ recovers from it
    MUTE = "mute"  # prints, answers nothing
    GARBAGE = "garbage"  # prints, and answers with bytes that mean nothing
    LATE = "late"  # prints, and answers after a while
    CLOSE_MID_SLIP = "close_mid_slip"  # closes the connection after some bytes
    NEVER_READ = "never_read"  # accepts the connection and reads nothing
    DEAD = "dead"  # switched off: nothing listens


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast a printer is, and how little it remembers.

    Attributes:
        buffer_bytes: Receive buffer; bytes that come while it is full are lost.
        dots_per_s: Paper speed while printing and feeding.
        xonxoff: Says XOFF when the buffer is three quarters full and XON when it is a quarter full.
    """

    buffer_bytes: int = 4_096
    dots_per_s: int = 1_200
    xonxoff: bool = False


_FINE = {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}
_ANSWERS: dict[PrinterFault, dict[int, int]] = {
    PrinterFault.PAPER_LOW: {**_FINE, 4: 0x1E},
    PrinterFault.PAPER_OUT: {**_FINE, 1: 0x1A, 2: 0x32, 4: 0x7E},
    PrinterFault.COVER_OPEN: {**_FINE, 1: 0x1A, 2: 0x16},
    PrinterFault.OFFLINE: {**_FINE, 1: 0x1A},
    PrinterFault.ERROR: {**_FINE, 1: 0x1A, 2: 0x52, 3: 0x1A},
}
# Four bytes of automatic status: printer, errors, paper, and one that says nothing.
_ASB_FINE = (0x10, 0x00, 0x00, 0x00)
_ASB: dict[PrinterFault, tuple[int, int, int, int]] = {
    PrinterFault.PAPER_LOW: (0x10, 0x00, 0x03, 0x00),
    PrinterFault.PAPER_OUT: (0x18, 0x00, 0x0F, 0x00),
    PrinterFault.COVER_OPEN: (0x38, 0x00, 0x00, 0x00),
    PrinterFault.OFFLINE: (0x18, 0x00, 0x00, 0x00),
    PrinterFault.ERROR: (0x18, 0x08, 0x00, 0x00),
}
STOPPED = {PrinterFault.PAPER_OUT, PrinterFault.COVER_OPEN, PrinterFault.OFFLINE, PrinterFault.ERROR}
_REALTIME = re.compile(
    rb"\x10(?:\x04(?P<status>[\x01-\x04])|\x05(?P<recover>[\x01\x02])"
    rb"|\x14\x01(?P<pulse>[\x00\x01])[\x01-\x08]|\x14(?P<clear>\x08\x01\x03\x14\x01\x06\x02\x08))",
    re.DOTALL,
)
_LONGEST_REALTIME = 10
_IDS = {1: b"\x20", 49: b"\x20", 2: b"\x02", 50: b"\x02", 3: b"\x01", 51: b"\x01"}
_NAMES = {65: b"1.00", 66: b"QUAY", 67: b"VIRTUAL", 68: b"V0001", 69: b"TCVN"}
_GARBAGE = b"\xff\x81\x00\x13\xaa"
_NEAR_END_DOTS = 8_000
_KEPT_SLIPS, _KEPT_DOTS = 100, 40_000_000  # a dot of a kept picture takes a byte
_XON, _XOFF = b"\x11", b"\x13"
_CHUNK_BYTES = 64  # moved at once from the receive buffer to where it is obeyed


class PrinterBrain:
    """Takes bytes, gives answers, keeps slips. One thread at a time.

    Args:
        width_dots: Printable width, dots, of the ordinary printer; ``build`` says more.
        on_slip: Called with each finished slip.
        build: What kind of printer it is.
        pace: Its speed and its buffer; None: everything is printed at once and nothing is ever lost.
        clock: Monotonic clock, seconds.

    Attributes:
        printed: How many slips have come out in all.
        overrun_bytes: How many bytes were lost in all.
        paper_left_dots: What is left of the roll; None: it never ends. At 0 paper is out.
        late_s: How long LATE takes to answer.
    """

    def __init__(
        self,
        width_dots: int = 576,
        on_slip: Callable[[Slip], None] | None = None,
        *,
        build: Build | None = None,
        pace: Pace | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._slips: deque[Slip] = deque(maxlen=_KEPT_SLIPS)
        self.printed = 0
        self.overrun_bytes = 0
        self.paper_left_dots: int | None = None
        self.late_s = 1.0
        self._fault = PrinterFault.NONE
        self._on_slip = on_slip
        self._pace = pace
        self._clock = clock
        self._paper = Paper(build or Build(width_dots=width_dots))
        self._asb_mask = 0
        self._reported_overrun = 0
        self._host_gone = False
        self._forget()

    def _forget(self) -> None:
        self._buffer = bytearray()
        self._decoder = EscposDecoder()
        self._events: deque[Event] = deque()
        self._outbox: deque[tuple[float, bytes]] = deque()
        self._tail = b""
        self._busy_until_mono_s = 0.0
        self._held_off = False

    # ------------------------------------------------------------ the line

    @property
    def slips(self) -> list[Slip]:
        """The last slips, oldest first."""
        return list(self._slips)

    @property
    def fault(self) -> PrinterFault:
        """What is wrong with it now."""
        return self._fault

    @fault.setter
    def fault(self, fault: PrinterFault) -> None:
        changed, self._fault = fault is not self._fault, fault
        if changed and self._asb_mask:
            self._say(self._asb())

    @property
    def inked_dots(self) -> int:
        """How much paper with the beginnings of a slip has come out, dots."""
        return self._paper.height_dots

    @property
    def room_bytes(self) -> int:
        """How many bytes it can take now without losing one."""
        return 65_536 if self._pace is None else self._pace.buffer_bytes - len(self._buffer)

    def receive(self, data: bytes) -> bytes:
        """Take bytes from the line and return the answers that are due."""
        self._host_gone = False
        data = self._obey_realtime(data)
        while data:
            self._work()  # makes room while the head is free
            room_bytes = self.room_bytes
            if room_bytes <= 0:
                self.overrun_bytes += len(data)
                break
            self._buffer += data[:room_bytes]
            data = data[room_bytes:]
        return self.tick()

    def tick(self) -> bytes:
        """Go on with the work and return the answers that are due."""
        self._work()
        self._flow()
        now_mono_s = self._clock()
        due = b""
        while self._outbox and self._outbox[0][0] <= now_mono_s:
            due += self._outbox.popleft()[1]
        return due

    @property
    def due_mono_s(self) -> float | None:
        """When :meth:`tick` should be called next; None: only when bytes come."""
        moments = [self._outbox[0][0]] if self._outbox else []
        if self._waiting and self._fault not in STOPPED:
            moments.append(self._busy_until_mono_s)
        return min(moments, default=None)

    @property
    def _waiting(self) -> bool:
        """Bytes or commands are there that could be obeyed once the head is free."""
        return bool(self._buffer or self._events or self._host_gone)

    @property
    def held_off(self) -> bool:
        """True between its XOFF and its XON."""
        return self._held_off

    def line_closed(self) -> None:
        """The host went away: what is printed but not cut is torn off, once all has been printed."""
        self._host_gone = True
        self._outbox.clear()
        self._work()

    def power_cycle(self) -> None:
        """Off and on again: what was received but not printed is lost, and so is every mode."""
        self._forget()
        self._asb_mask = 0
        self._paper.drop_line()
        self._paper.take(Initialised())

    def switch_off(self) -> None:
        """Lose everything not yet on paper, and tear off what is."""
        self.power_cycle()
        if slip := self._paper.tear(cut=False):
            self._finish(slip)

    def load_paper(self, dots: int | None = None) -> None:
        """Put a new roll in and close the cover: a slip that stopped in its middle goes on.

        Args:
            dots: Length of the roll; None: it never ends.
        """
        self.paper_left_dots = dots
        self.fault = PrinterFault.NONE

    # ------------------------------------------------------------ work

    def _work(self) -> None:
        # While the head is busy the next command is gathered, its dots going straight to the print buffer; what comes
        # behind it stays in the receive buffer.
        while self._fault not in STOPPED:
            if self._events:
                if self._clock() < self._busy_until_mono_s:
                    break
                self._obey(self._events.popleft())
            elif (events := self._decoder.take()) is not None:
                self._events.extend(events)
            elif self._buffer:
                self._decoder.push(bytes(self._buffer[:_CHUNK_BYTES]))
                del self._buffer[:_CHUNK_BYTES]
            else:
                break
        if self._host_gone and not self._buffer and not self._events and self._fault not in STOPPED:
            self._host_gone = False
            if slip := self._paper.tear(cut=False):
                self._finish(slip)

    def _obey(self, event: Event) -> None:
        match event:
            case StatusAsked(number, realtime=False):
                self._say(self._turn_answer(number))
            case IdAsked(number):
                self._say(_IDS.get(number) or b"_" + _NAMES.get(number, b"") + b"\0")
            case AsbSet(mask):
                self._asb_mask = mask
                if mask:
                    self._say(self._asb())
            case ProcessIdSet(process_id):
                self._say(b"7\x22" + process_id + b"\0")
            case StatusAsked() | Recovered() | Pulse(realtime=True):
                pass  # obeyed when it arrived
            case _:
                self._print(event)

    def _print(self, event: Event) -> None:
        before = self._paper.height_dots
        slip = self._paper.take(event)
        moved_dots = slip.image.height - before if slip else self._paper.height_dots - before
        if slip:
            self._finish(slip)
        if self._pace and moved_dots > 0:
            self._busy_until_mono_s = max(self._busy_until_mono_s, self._clock()) + moved_dots / self._pace.dots_per_s
        if self.paper_left_dots is not None:
            self.paper_left_dots = max(0, self.paper_left_dots - moved_dots)
            if self.paper_left_dots == 0 and self._fault not in STOPPED:
                self.fault = PrinterFault.PAPER_OUT

    def _finish(self, slip: Slip) -> None:
        lost, self._reported_overrun = self.overrun_bytes - self._reported_overrun, self.overrun_bytes
        slip = replace(slip, overrun_bytes=lost)
        self._slips.append(slip)
        while len(self._slips) > 1 and sum(each.image.width * each.image.height for each in self._slips) > _KEPT_DOTS:
            self._slips.popleft()
        self.printed += 1
        if self._on_slip is not None:
            self._on_slip(slip)

    # ------------------------------------------------------------ answers

    def _obey_realtime(self, data: bytes) -> bytes:
        """Obey real-time commands as they arrive, wherever they stand: a printer does not know a picture from them.

        Returns what is to be taken into the buffer: all, or what follows the last command to clear it.
        """
        seen, end, kept_from = self._tail + data, 0, 0
        for match in _REALTIME.finditer(seen):
            end = match.end()
            if number := match["status"]:
                self._say(bytes((self._realtime_answer(number[0]),)))
            elif pulse := match["pulse"]:
                self._paper.take(Pulse(2 if pulse == b"\0" else 5, realtime=True))
            else:
                clear = match["recover"] != b"\x01"
                self._recover(clear=clear)
                kept_from = max(kept_from, end - len(self._tail)) if clear else kept_from
        self._tail = seen[max(end, len(seen) - _LONGEST_REALTIME + 1) :]
        return data[kept_from:]

    def _recover(self, *, clear: bool) -> None:
        if clear:
            self._buffer.clear()
            self._events.clear()
            self._decoder = EscposDecoder()
            self._paper.drop_line()
        if self._fault is PrinterFault.ERROR:
            self.fault = PrinterFault.NONE

    def _flow(self) -> None:
        if self._pace is None or not self._pace.xonxoff:
            return
        if not self._held_off and len(self._buffer) * 4 >= self._pace.buffer_bytes * 3:
            self._held_off = True
            self._outbox.appendleft((self._clock(), _XOFF))
        elif self._held_off and len(self._buffer) * 4 <= self._pace.buffer_bytes:
            self._held_off = False
            self._outbox.appendleft((self._clock(), _XON))

    def _say(self, answer: bytes) -> None:
        if self._fault is PrinterFault.MUTE:
            return
        if self._fault is PrinterFault.GARBAGE:
            answer = (_GARBAGE * len(answer))[: len(answer) + 1]
        late_s = self.late_s if self._fault is PrinterFault.LATE else 0.0
        self._outbox.append((self._clock() + late_s, answer))

    @property
    def _low(self) -> bool:
        near = self.paper_left_dots is not None and self.paper_left_dots <= _NEAR_END_DOTS
        return self._fault is PrinterFault.PAPER_LOW or near

    def _turn_answer(self, number: int) -> bytes:
        return bytes((0x03 if self._low and number in (1, 49) else 0x00,))

    def _realtime_answer(self, number: int) -> int:
        answer = _ANSWERS.get(self._fault, _FINE)[number]
        return answer | 0x0C if number == 4 and self._low else answer

    def _asb(self) -> bytes:
        printer, errors, paper, rest = _ASB.get(self._fault, _ASB_FINE)
        return bytes((printer, errors, paper | (0x03 if self._low else 0), rest))
