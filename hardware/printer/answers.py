"""Takes a printer's answers apart: one stream carries four kinds, told from each other by their fixed bits.

Source: Epson, ESC/POS Command Reference, "Identifying transmission data" and the commands in ``status``: real-time
answers are 0xx1xx10, in-turn answers 0xx0xxxx, automatic status begins with 0xx1xx00 and goes on with three 0xx0xxxx, a
process id is 37h 22h, four bytes, 00h. XON and XOFF (11h, 13h) fit none of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hardware.printer.status import (
    PROCESS_ID_BYTES,
    is_asb_byte,
    is_end_answer,
    is_process_id_byte,
    is_realtime_answer,
)

_XON_XOFF = (0x11, 0x13)
_ID_HEAD = b"\x37\x22"


@dataclass(frozen=True, slots=True)
class RealtimeAnswer:
    """The byte for a DLE EOT n."""

    byte: int


@dataclass(frozen=True, slots=True)
class InTurnAnswer:
    """The byte for a GS r n."""

    byte: int


@dataclass(frozen=True, slots=True)
class AutomaticStatus:
    """The four bytes a printer sends by itself."""

    block: bytes


@dataclass(frozen=True, slots=True)
class ProcessIdAnswer:
    """Everything before the query with this id has been printed."""

    process_id: bytes


@dataclass(frozen=True, slots=True)
class Garbage:
    """A byte that fits no answer."""

    byte: int


Answer = RealtimeAnswer | InTurnAnswer | AutomaticStatus | ProcessIdAnswer | Garbage


class AnswerParser:
    """Turns a stream of bytes into answers, whatever the pieces it comes in. Keeps six bytes at most.

    What was begun and turns out to be no answer is garbage, and so is whatever then looks like an in-turn answer until
    the line has been quiet: the remains of a torn automatic status or process id look like that, and one of them can be
    taken for the proof that a slip is on paper.
    """

    def __init__(self) -> None:
        self._begun = b""
        self._torn = False

    def feed(self, data: bytes) -> list[Answer]:
        """Take bytes and return what they complete."""
        answers: list[Answer] = []
        for byte in data:
            begun = self._begun + bytes((byte,))
            for fits, length, make in _BLOCKS:
                if all(fits(place, value) for place, value in enumerate(begun)):
                    self._begun = begun
                    if len(begun) == length:
                        self._begun = b""
                        answers.append(make(begun))
                    break
            else:
                self._torn = self._torn or len(self._begun) > 1
                answers += self._drop_begun()
                answers += self._alone(byte)
        return answers

    def quiet(self) -> list[Answer]:
        """The line has been quiet for longer than an answer lasts: what was begun is not going to be one."""
        self._torn = False
        return self._drop_begun()

    def _drop_begun(self) -> list[Answer]:
        broken, self._begun = self._begun, b""
        return [Garbage(byte) for byte in broken]

    def _alone(self, byte: int) -> list[Answer]:
        if is_realtime_answer(byte):
            return [RealtimeAnswer(byte)]
        if is_end_answer(byte):
            return [Garbage(byte) if self._torn else InTurnAnswer(byte)]
        if is_asb_byte(0, byte) or byte == _ID_HEAD[0]:  # did not fit what was begun, and begins the next
            self._begun = bytes((byte,))
            return []
        return [] if byte in _XON_XOFF else [Garbage(byte)]


def _fits_process_id(place: int, byte: int) -> bool:
    if place < len(_ID_HEAD):
        return byte == _ID_HEAD[place]
    return is_process_id_byte(byte) if place < len(_ID_HEAD) + PROCESS_ID_BYTES else byte == 0


def _process_id(block: bytes) -> Answer:
    return ProcessIdAnswer(block[len(_ID_HEAD) : -1])


_Block = tuple[Callable[[int, int], bool], int, Callable[[bytes], Answer]]
_BLOCKS: tuple[_Block, ...] = ((is_asb_byte, 4, AutomaticStatus), (_fits_process_id, 7, _process_id))
