"""Random input into everything that reads a scanner: ``python -m tests.hardware.fuzz_scanner --inputs 1000000``.

A promise of each target is checked on every input; an exception of any kind is a finding, told with the seed and the
number of the input that made it. Memory is measured over the whole run.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import tracemalloc
from collections.abc import Callable

from hardware.scanner.aim import split_identifier, symbology_of
from hardware.scanner.framing import FrameKind, FramingRules, ScanFramer, Terminator
from hardware.scanner.gs1 import parse_elements
from hardware.scanner.hid_report import HidReader
from hardware.scanner.reader import ScanReader
from hardware.scanner.reading import Reading, ReadingKind, ReadingRules, read_bytes, read_text
from hardware.scanner.test_mode import observe
from hardware.scanner.wedge import Decision, WedgeMachine, WedgeRules

MAX_BYTES = 64
_PIECES = (
    b"]C1", b"]d2", b"]Q3", b"]E0", b"]E4", b"]", b"\x1d", b"\x02", b"\x03", b"\r", b"\n", b"\r\n", b"01", b"21",
    b"3103", b"8112", b"VCH7K2M9XQ1", b"4006381333931", b"96385074", b"\xff\xfe", b"\xef\xbb\xbf",
    b"\xf0\x9f\x98\x80", b"\xc3", b"Phi\xea\xecu", b"\x00", b"[)>\x1e06\x1d", "Phiếu".encode(), b"\xed\xa0\x80",
)  # fmt: skip
_KEYS = "AB4DD7K2M9é'&çĂĐ\b\x1d\ufffc]C1\u0301 \x00"


def some_bytes(chance: random.Random) -> bytes:
    """Up to some hundred bytes: pieces that mean something, and bytes that do not."""
    parts = (
        chance.choice(_PIECES) if chance.random() < 0.6 else chance.randbytes(chance.randint(0, 12))
        for _ in range(chance.randint(1, 8))
    )
    return b"".join(parts) * (50 if chance.random() < 0.003 else 1)


class Fuzz:
    """All targets, each kept over the whole run so that what one input leaves behind meets the next."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.now_s = 1.0
        framings = [FramingRules(terminator, max_bytes=MAX_BYTES) for terminator in Terminator]
        framings.append(FramingRules(prefix="]C1", suffix="#", max_bytes=MAX_BYTES))
        self._framers = [ScanFramer(rules) for rules in framings]
        self._readers = [ScanReader(rules, ReadingRules(gs1_ai=ai)) for rules in framings for ai in ("", "21")]
        self._hids = [HidReader(FramingRules(max_bytes=MAX_BYTES), ReadingRules(gs1_ai=ai)) for ai in ("", "21")]
        self._wedges = [WedgeMachine(WedgeRules(max_chars=MAX_BYTES)), WedgeMachine(WedgeRules(prefix="A", suffix="9"))]
        self.targets: tuple[Callable[[bytes], None], ...] = (
            self.framing,
            self.stream,
            self.aim,
            self.gs1,
            self.reading,
            self.hid,
            self.wedge,
        )

    def step(self) -> None:
        """One input into one target."""
        self.now_s += self.chance.choice((0.001, 0.01, 0.06, 0.6, 3.0))
        self.chance.choice(self.targets)(some_bytes(self.chance))

    def framing(self, data: bytes) -> None:
        framer = self.chance.choice(self._framers)
        frames = framer.tick(self.now_s) + framer.feed(data, self.now_s)
        for frame in frames:
            assert len(frame.data) <= MAX_BYTES
            assert len(frame.raw) <= MAX_BYTES + 4
            assert bool(frame.data) == (frame.kind is FrameKind.WHOLE)

    def stream(self, data: bytes) -> None:
        reader = self.chance.choice(self._readers)
        if self.chance.random() < 0.05:
            reader.reset()
        for reading in reader.tick(self.now_s) + reader.feed(data, self.now_s):
            self._check(reading)

    def aim(self, data: bytes) -> None:
        text = data.decode("latin-1")
        identifier, rest = split_identifier(text)
        symbology_of(identifier)
        assert identifier + rest == text

    def gs1(self, data: bytes) -> None:
        text = data.decode("latin-1")
        for element in parse_elements(text) or ():
            assert element.ai.isdigit()
            assert 0 < len(element.value) <= 90

    def reading(self, data: bytes) -> None:
        rules = ReadingRules(gs1_ai=self.chance.choice(("", "21", "01", "255")))
        self._check(read_bytes(data, rules))
        self._check(read_text(data.decode("utf-8", "surrogateescape"), rules))

    def hid(self, data: bytes) -> None:
        reader = self.chance.choice(self._hids)
        report = data
        if self.chance.random() < 0.7:
            report = bytes((2, min(len(data), self.chance.randint(0, 60)))) + data
            report = report.ljust(63, b"\0")[:63] + bytes((self.chance.randint(0, 1),))
        for reading in reader.tick(self.now_s) + reader.feed(report, self.now_s):
            self._check(reading)

    def wedge(self, data: bytes) -> None:
        machine, chance = self.chance.choice(self._wedges), self.chance
        keys = data.decode("latin-1") if chance.random() < 0.5 else "".join(chance.choices(_KEYS, k=len(data)))
        for char in keys[:200]:
            self.now_s += chance.choice((0.001, 0.005, 0.02)) if chance.random() < 0.97 else 0.3
            self._check_decision(machine.tick(self.now_s))
            if char == "\ufffc":
                self._check_decision(machine.composed(char, self.now_s, dead_key=chance.random() < 0.5))
            else:
                facts = {name: chance.random() < 0.1 for name in ("shift", "caps_lock", "digit_row")}
                self._check_decision(machine.feed(char, self.now_s, **facts))
        self._check_decision(machine.feed("\r", self.now_s))

    def _check(self, reading: Reading) -> None:
        assert len(reading.raw) <= 16 * MAX_BYTES
        taken = reading.kind in (ReadingKind.SCAN, ReadingKind.REPEATED)
        assert taken or not reading.text
        assert not (taken and reading.elements) or reading.text.isascii()
        shown = observe(reading)
        assert len(reading.text) <= 8 or reading.text not in shown.text + shown.elements + repr(reading)

    def _check_decision(self, decision: Decision) -> None:
        assert len(decision.release) <= 513
        assert not (decision.scan and decision.dropped)
        assert decision.scan is None or decision.scan.isascii()


def run(inputs: int, seed: int) -> tuple[float, int]:
    """Feed so many inputs.

    Returns:
        Seconds it took, and by how many bytes the memory in use grew after the first tenth.
    """
    fuzz = Fuzz(seed)
    began_mono_s = time.monotonic()
    tracemalloc.start()
    base = 0
    try:
        for number in range(inputs):
            if number == inputs // 10:
                base = tracemalloc.get_traced_memory()[0]
            try:
                fuzz.step()
            except Exception as error:
                raise AssertionError(f"input {number} of seed {seed}: {type(error).__name__}") from error
        grown = tracemalloc.get_traced_memory()[0] - base
    finally:
        tracemalloc.stop()
    return time.monotonic() - began_mono_s, grown


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=20261128)
    order = parser.parse_args()
    took_s, grown = run(order.inputs, order.seed)
    sys.stdout.write(f"{order.inputs} inputs, seed {order.seed}: {took_s:.0f} s, no finding, memory +{grown} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
