"""What devices send: scanners in every framing, printers' status bytes, addresses, profiles, identities."""

from __future__ import annotations

import random
from pathlib import Path

from hardware.address import parse_address
from hardware.errors import DeviceError
from hardware.printer.answers import AnswerParser
from hardware.printer.profile import load_profile, parse_profile
from hardware.printer.proving import proven_page
from hardware.usb_identity import parse_usb_identity
from pos.bootstrap import printer_profile_dir
from tests.fuzz.target import Target, text_of
from tests.hardware.fuzz_scanner import Fuzz, some_bytes

_ADDRESSES = (
    b"tcp:192.0.2.7:9100",
    b"serial:usb:1a86:7523?baud=9600",
    b"usb:04b8:0202",
    b"cups:Receipt",
    b"file:/tmp/x",
    b"hid:1",
)


def targets(seed: int) -> list[Target]:
    """All of them."""
    scanners = Fuzz(seed)
    profiles = [path.read_bytes() for path in sorted(Path(printer_profile_dir()).glob("*.toml"))]
    profile = load_profile(printer_profile_dir(), "epson-tm-t82")

    def scan(data: bytes, chance: random.Random) -> object:
        scanners.now_s += chance.choice((0.001, 0.06, 0.6, 3.0))
        return chance.choice(scanners.targets)(data[:600])

    def answer(data: bytes, chance: random.Random) -> object:
        parser, at = AnswerParser(), 0
        while at < len(data[:200]):
            end = at + chance.randint(1, 9)
            parser.feed(data[at:end])
            at = end
        return parser.quiet()

    def words(data: bytes, chance: random.Random) -> object:
        text = text_of(data, chance)
        readers = (parse_address, parse_usb_identity, lambda proof: proven_page(proof, "tcp:192.0.2.7:9100", profile))
        return chance.choice(readers)(text)

    pieces = [some_bytes(random.Random(number)) for number in range(200)]
    status = [
        bytes.fromhex(text) for text in ("1400000f", "1c000c0f", "37224131627e00", "3722", "12", "00", "13", "11")
    ]
    return [
        Target("scanner", pieces, scan, (), weight=450),
        Target("printer answers", status, answer, (), weight=150),
        Target("addresses", _ADDRESSES, words, (DeviceError,), weight=250),
        Target("profiles", profiles, lambda data, _: parse_profile("x", data), (DeviceError,), weight=25),
    ]  # fmt: skip
