"""`python -m tests.hardware.fuzz_printing --inputs 1000000`: bad profile files and bad printer bytes, for a long time.

A profile is refused with `PrinterProfileError` or it is sound; the virtual printer takes any bytes without an exception
and without growing. What breaks that is printed with the seed that makes it again; status 1.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
from collections import Counter

from hardware.printer.profile import PrinterProfileError, parse_profile
from hardware.virtual.brain import Pace, PrinterBrain, PrinterFault
from hardware.virtual.paper import Build
from tests.hardware.profiles import PROFILE_DIR

_FILES = [path.read_bytes() for path in sorted(PROFILE_DIR.glob("*.toml"))]
_LINES = sorted({line for file in _FILES for line in file.splitlines() if b"=" in line and b"sources" not in line})
_KEYS = sorted({line.split(b" = ")[0] for line in _LINES})
_VALUES = [
    b"0",
    b"1",
    b"-1",
    b"24",
    b"256",
    b"576",
    b"203",
    b"1e3",
    b"nan",
    b"true",
    b"false",
    b'""',
    b'"none"',
    b'"full"',
    b"[]",
    b"[2]",
    b"[2, 5]",
    b"[[2]]",
    b"{}",
    b"{a = 1}",
    b"{tcvn3 = [30, 31]}",
    b"{cp1258 = [999]}",
    b"1979-05-27",
    b"9" * 40,
    b'"\\u1ea4"',
    b"'''",
    b"[" * 50,
    b"{sources = {}}",
    b'{dpi = "x"}',
    b"0x10",
    b"+inf",
    b'"' + b"x" * 200 + b'"',
]
_GOOD = b'label = "A"\npaper_mm = 80\nwidth_dots = 576\ndpi = 203\n'
_COMMANDS = [
    b"\x1b@",
    b"\x1b!",
    b"\x1b$",
    b"\x1b\\",
    b"\x1b*",
    b"\x1b-",
    b"\x1b2",
    b"\x1b3",
    b"\x1b=",
    b"\x1bB",
    b"\x1bD",
    b"\x1bE",
    b"\x1bJ",
    b"\x1bM",
    b"\x1ba",
    b"\x1bc",
    b"\x1bd",
    b"\x1bp",
    b"\x1bt",
    b"\x1b{",
    b"\x1c.",
    b"\x1c&",
    b"\x1d!",
    b"\x1dB",
    b"\x1d(k",
    b"\x1d(L",
    b"\x1d(H",
    b"\x1d8L",
    b"\x1dH",
    b"\x1dI",
    b"\x1dL",
    b"\x1dP",
    b"\x1dV\x00",
    b"\x1dW",
    b"\x1da",
    b"\x1dh",
    b"\x1dk",
    b"\x1dr",
    b"\x1dv0",
    b"\x1dw",
    b"\x10\x04",
    b"\x10\x05",
    b"\x10\x14",
    b"\n",
    b"\t",
    b"\r",
    b"\x0c",
    b"text",
    b"\xd5\xec",
    b"\x1d(k\x04\x001A2\x00",
    b"\x1d(k\x05\x001P0ab",
    b"\x1d(k\x03\x001Q0",
    b"\x1dk\x49\x04{Bab",
    b"\x1dv0\x00\x02\x00\x02\x00\xff\x00\xff\x00",
    b"\x1b*\x21\x01\x00\xff\xff\xff",
    b"\x1d(L\x0b\x000p0\x01\x011\x08\x00\x01\x00\xff",
    b"\x1d(L\x02\x0002",
]


def profile_bytes(chance: random.Random) -> bytes:
    """A profile file that may be sound, broken in one place, or nonsense."""
    kind = chance.random()
    if kind < 0.02:
        data = bytearray(chance.choice(_FILES))
    elif kind < 0.8:
        keys = (chance.choice(_KEYS) + b" = " + chance.choice(_VALUES) for _ in range(chance.randrange(3)))
        lines = [*_GOOD.splitlines(), *chance.sample(_LINES, chance.randrange(4)), *keys]
        data = bytearray(b"\n".join(lines))
    else:
        data = bytearray(chance.randbytes(chance.randrange(60)))
    for _ in range(chance.choice((0, 0, 0, 0, 1, 3))):
        if data:
            data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


def printer_bytes(chance: random.Random) -> bytes:
    """Commands with parameters that may be right, and noise."""
    parts = [
        chance.choice(_COMMANDS) + chance.randbytes(chance.choice((0, 0, 1, 2, 3, 4, 6, 12)))
        for _ in range(chance.randrange(1, 6))
    ]
    return b"".join(parts)


def try_profile(data: bytes) -> str:
    """Read one; any exception but the one that is promised goes through."""
    try:
        profile = parse_profile("fuzzed", data)
    except PrinterProfileError:
        return "profile refused"
    assert profile.width_dots % 8 == 0
    assert set(profile.drawer_pins) <= {2, 5}
    return "profile read"


class Printers:
    """Virtual printers that live through many inputs, each in another condition."""

    def __init__(self) -> None:
        self.now_s = 0.0
        clock = self._clock
        self._brains = [
            PrinterBrain(384, clock=clock),
            PrinterBrain(build=Build(width_dots=512, dpi=180, units_per_inch=360), clock=clock),
            PrinterBrain(build=Build(kanji=True), pace=Pace(buffer_bytes=512, dots_per_s=500), clock=clock),
        ]

    def _clock(self) -> float:
        return self.now_s

    def print(self, chance: random.Random, data: bytes) -> str:
        """Give one of them the bytes, in pieces; now and then something happens to it."""
        brain = chance.choice(self._brains)
        cut = chance.randrange(len(data) + 1)
        answers = brain.receive(data[:cut]) + brain.receive(data[cut:])
        self.now_s += chance.choice((0.0, 0.01, 10.0))
        happens = chance.random()
        if happens < 0.02:
            brain.fault = chance.choice(list(PrinterFault))
        elif happens < 0.10:
            brain.load_paper(chance.choice((None, None, 50, 100_000)))
        elif happens < 0.12:
            brain.line_closed()
        elif happens < 0.25:  # often: a command that announced much swallows all that follows
            brain.power_cycle()
        brain.tick()
        assert len(answers) <= 64 + 16 * len(data)
        return "printer answered" if answers else "printer silent"


def run(inputs: int, seed: int) -> Counter[str]:
    """Try ``inputs`` of both kinds in turns; every thousand draws from a seed of its own, to be found again."""
    seen: Counter[str] = Counter()
    printers = Printers()
    for block in range(0, inputs, 1000):
        chance = random.Random(f"{seed}/{block}")
        for _ in range(min(1000, inputs - block)):
            try:
                if chance.random() < 0.4:
                    seen[try_profile(profile_bytes(chance))] += 1
                else:
                    seen[printers.print(chance, printer_bytes(chance))] += 1
            except Exception:
                print(f"broken in block {block} of seed {seed}", file=sys.stderr)  # noqa: T201  a command
                raise
    return seen


def main() -> int:
    """Run, then tell what was tried and how much memory it took."""
    parser = argparse.ArgumentParser(prog="python -m tests.hardware.fuzz_printing", description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    run(2_000, args.seed)
    before_kib, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    seen = run(args.inputs, args.seed + 1)
    grown_mib = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib) / 1024
    for what, count in sorted(seen.items()):
        print(f"{what:18} {count:>9,}")  # noqa: T201  a command
    print(f"{args.inputs:,} inputs in {time.monotonic() - began:.0f} s, memory grew by {grown_mib:.0f} MiB")  # noqa: T201
    return 1 if grown_mib > 200 else 0


if __name__ == "__main__":
    sys.exit(main())
