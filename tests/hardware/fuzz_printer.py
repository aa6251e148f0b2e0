"""Throws random answers at all that listens to a printer: ``python -m tests.hardware.fuzz_printer --inputs 1000000``.

Nine inputs in ten go to the parsers, one is a whole slip on a printer that answers at random. The judge is the printer
itself: it knows whether it has given the answer to the question that stands after the slip, and a slip that is called
confirmed without it fails the run. What no till can tell is left out: a single stray byte that looks exactly like the
end answer, between the end question and its true answer.
"""

from __future__ import annotations

import argparse
import dataclasses
import random
import resource
import time
from collections import Counter

from hardware.address import DeviceAddress, parse_address
from hardware.errors import DeviceDisconnectedError, DeviceError, DeviceTimeoutError
from hardware.printer.answers import AnswerParser, AutomaticStatus, ProcessIdAnswer
from hardware.printer.driver import PrinterDriver, PrintOutcome
from hardware.printer.status import Query, end_answer_has_paper, parse_asb, parse_error_cause, parse_status
from tests.hardware.model_printer import ModelClock
from tests.hardware.profiles import PAPER_80

_SLIP_ODDS = 10
_BIASED = bytes.fromhex("00030c0f10121416181a1e32373c3e52727e1113ff22")
_PIECES = (b"\x14\x00\x00\x0f", b"\x1c\x00\x0c\x0f", b"\x37\x22A1b~\x00", b"\x37\x22", b"\x12", b"\x00")
_NOT_IN_TURN = bytes(byte for byte in range(256) if byte & 0x90)


def random_bytes(dice: random.Random, most: int) -> bytes:
    """Return bytes that are often nearly an answer."""
    made = b""
    while len(made) < most and dice.random() < 0.9:
        match dice.randrange(4):
            case 0:
                made += dice.randbytes(dice.randrange(1, 8))
            case 1:
                made += bytes((dice.choice(_BIASED),))
            case 2:
                made += dice.choice(_PIECES)
            case 3:
                piece = dice.choice(_PIECES)
                made += piece[dice.randrange(len(piece)) :] + piece[: dice.randrange(len(piece) + 1)]
    return made[:most]


def try_parsers(dice: random.Random) -> None:
    """Feed one random stream in random pieces; nothing may fail, no byte may be kept that is not needed."""
    data = random_bytes(dice, 64)
    parser, at, taken = AnswerParser(), 0, 0
    while at < len(data):
        end = at + dice.randrange(1, 9)
        answers = parser.feed(data[at:end])
        at = min(end, len(data))
        if dice.random() < 0.1:
            answers += parser.quiet()
        for answer in answers:
            taken += 4 if isinstance(answer, AutomaticStatus) else 7 if isinstance(answer, ProcessIdAnswer) else 1
        kept = len(parser._begun)
        quiet = sum(data[:at].count(byte) for byte in (0x11, 0x13))
        assert kept <= 6, (data.hex(), kept)
        assert at - quiet <= taken + kept <= at, (data.hex(), at, taken, kept)
    parse_asb(data[:4])
    parse_status({query: byte for query, byte in zip(Query, data, strict=False) if dice.random() < 0.8})
    for byte in data[:4]:
        parse_error_cause(byte)
        end_answer_has_paper(byte)


class RandomPrinter:
    """Answers what it likes, when it likes; in the order it was asked, as a line carries it.

    Attributes:
        proved: The answer to the question after the slip has been read.
    """

    answers = True

    def __init__(self, dice: random.Random, clock: ModelClock) -> None:
        self._dice = dice
        self._clock = clock
        self.address: DeviceAddress = parse_address("tcp:p:1")
        self.proved = False
        self._printed = False
        self._in_turn_s = 0.0  # when the last in-turn answer comes: they keep their order
        self._coming: list[tuple[float, bytes, bool]] = []
        self._honest = dice.random() < 0.5  # will answer the question after the slip
        self._well = dice.random() < 0.7  # answers in time and truly
        self._late_s = dice.choice((0.001, 0.2, 2.0))
        self._breaks = dice.random() < 0.15

    def at(self, address: str) -> RandomPrinter:
        """Stand in for ``make_transport``."""
        self.address = parse_address(address)
        return self

    def open(self) -> None:
        """Be there, or not."""
        self._maybe_break(0)

    def close(self) -> None:
        """Let go."""

    def write(self, data: bytes, deadline_mono_s: float) -> None:
        """Take bytes, and have something to say to them."""
        self._maybe_break(self._dice.randrange(len(data) + 1))
        if data[:2] == b"\x10\x04":
            if self._well or self._dice.random() < 0.5:
                byte = (
                    b"\x12"
                    if self._well and self._dice.random() < 0.95
                    else bytes((self._dice.choice(_BIASED) & 0x6C | 0x12,))
                )
                self._say(byte)
        elif data == b"\x1dr\x01" and not self._printed:
            if self._well or self._dice.random() < 0.7:
                self._answer_rehearsal()
        elif data == b"\x1dr\x01" or data[:3] == b"\x1d(H":
            if self._honest:
                block = b"\x00" if data[:2] == b"\x1dr" else b"\x37\x22" + data[7:] + b"\x00"
                self._say(block, proof=True)
        elif data[:2] != b"\x1da":
            self._printed = True
        if self._dice.random() < 0.2:
            self._babble()

    def read(self, max_bytes: int, timeout_s: float) -> bytes:
        """Return the next that comes in time, or let the time pass."""
        self._maybe_break(0)
        if not self._coming or self._coming[0][0] > self._clock.now_s + timeout_s:
            self._clock.sleep(timeout_s)
            return b""
        due_s, data, proof = self._coming.pop(0)
        self._clock.now_s = max(self._clock.now_s, due_s)
        taken = data[: self._dice.randrange(1, max_bytes + 1)]
        if rest := data[len(taken) :]:
            self._coming.insert(0, (due_s, rest, proof))
        self.proved = self.proved or (proof and not rest)
        return taken

    def _answer_rehearsal(self) -> None:
        """Answer in turn: after what the printer is still busy with, what it owes from earlier, and its last answer.

        Nothing stands between two rehearsals that would keep it busy, nor between what it owes and the first.
        """
        owed = b""
        if self._in_turn_s == 0.0:
            owed = b"\x00" * self._dice.choice((0, 0, 0, 1, 2, 3))
            self._in_turn_s = self._clock.now_s + self._dice.choice((0.0, 0.0, 0.2, 0.35, 0.6, 1.2, 1.5))
        late_s = 0.001 if self._well else self._late_s
        due_s = max(self._clock.now_s + late_s, self._in_turn_s)
        self._in_turn_s = due_s + self._dice.uniform(0, 0.04)
        self._coming.append((due_s, owed or b"\xff", False))
        self._coming.append((self._in_turn_s, b"\x00", False))
        self._coming.sort(key=lambda item: item[0])

    def _babble(self) -> None:
        """Say what nobody asked for."""
        match self._dice.randrange(4):
            case 0:
                self._say(bytes(self._dice.choices(_NOT_IN_TURN, k=self._dice.randrange(1, 30))))
            case 1:
                self._say(self._dice.choice((b"\x14\x00\x00\x0f", b"\x1c\x00\x0c\x0f", b"\x38\x00\x00\x00")))
            case 2:
                self._say(self._dice.choice((b"\x14\x00", b"\x14\x00\x00", b"\x00\x00\x0f", b"\x37\x22A1b")))
            case 3:
                self._say(b"\x37\x22" + bytes(self._dice.choices(range(32, 127), k=4)).lower() + b"\x00")

    def _say(self, data: bytes, *, proof: bool = False) -> float:
        late_s = self._dice.choice((0.0, 0.001, 0.001, 0.01, 0.1, 0.3, 1.0, 5.0)) if not self._well else 0.001
        due_s = max(self._clock.now_s + late_s, self._coming[-1][0] if self._coming else 0.0)
        if data:
            self._coming.append((due_s, data, proof))
        return due_s

    def _maybe_break(self, sent: int) -> None:
        if self._breaks and self._dice.random() < 0.05:
            family = self._dice.choice((DeviceDisconnectedError, DeviceTimeoutError))
            raise family(self.address.text, "broken", sent_bytes=sent)


def try_slip(dice: random.Random) -> PrintOutcome:
    """Print one or two slips on a random printer; never confirmed without proof, never an exception."""
    clock = ModelClock()
    profile = dataclasses.replace(
        PAPER_80,
        end_answer=dice.random() < 0.9,
        process_id=dice.random() < 0.3,
        asb=dice.random() < 0.3,
        buffer_bytes=dice.choice((256, 4096)),
    )
    printer = RandomPrinter(dice, clock)
    driver = PrinterDriver(
        dice.choice(("tcp:p:1", "serial:/dev/ttyS0?baud=9600")),
        profile,
        write_timeout_s=1.0,
        end_timeout_s=1.0,
        mend_timeout_s=2.0,
        transport=printer.at,
        clock=clock,
    )
    result = driver.print(b"a slip\n" * dice.choice((1, 1, 100)))
    if result.outcome is PrintOutcome.CONFIRMED and not printer.proved:
        raise AssertionError(f"confirmed without proof: {result}")
    if dice.random() < 0.1:
        driver.status()
    return result.outcome


def fuzz(inputs: int, seed: int) -> Counter[str]:
    """Run ``inputs`` inputs from one seed; return what became of the slips.

    Raises:
        AssertionError: A promise was broken; the message names the seed of that input.
    """
    outcomes: Counter[str] = Counter()
    for number in range(inputs):
        dice = random.Random(f"{seed}/{number}")
        try:
            if number % _SLIP_ODDS:
                try_parsers(dice)
            else:
                outcomes[try_slip(dice).value] += 1
        except (AssertionError, DeviceError, Exception) as error:
            raise AssertionError(f"input {seed}/{number}: {error!r}") from error
    return outcomes


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    began_mono_s = time.monotonic()
    outcomes: Counter[str] = Counter()
    sizes = []
    parts = 10
    for part in range(parts):
        outcomes += fuzz(args.inputs // parts, args.seed * parts + part)
        sizes.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    print(f"{args.inputs} inputs in {time.monotonic() - began_mono_s:.0f} s, no promise broken")  # noqa: T201
    print("slips:", dict(outcomes))  # noqa: T201
    print("most memory by each tenth, KiB:", sizes)  # noqa: T201


if __name__ == "__main__":
    main()
