"""Changes inputs as an attacker would: by bytes, by the grammar of JSON, by pieces that mean something to somebody."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any

NASTY = (
    "", " ", "0", "-1", "null", "true", "NaN", "Infinity", "1e999", "9" * 400, "-" + "9" * 30, "0x10", "1_000",
    "٣", "½", "\x00", "\x1b[2J", "\x1b@", "\x1d(k", "\r\nX: y", "\u202e\u2066", "\ufeff", "\ud800",
    "\U0001f4a9", "Phiếu", "\\", '"', "<img src=x>", "=cmd|'/c calc'!A0", "'; DROP TABLE bill;--",
    "../../etc/passwd", "%s%n%x", "{0}", "${x}", "|", "||||", ";:,", "2026-02-30", "0000-00-00",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:60+99:99", "31-12-2027", "1" * 5000, "A" * 3000,
    "-----BEGIN PRIVATE KEY-----",
)  # fmt: skip
_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, -(2**63) - 1, 10**40, 0.1, -0.0, 1e308, [], {}, [[]], [None], {"": None},
)  # fmt: skip
_RAW = (
    b'{"a":1,"a":2}', b"NaN", b"-Infinity", b"1e400", b"9" * 5000, b"[" * 3000, b'{"a":' * 2000, b"\xff\xfe",
    b"\xef\xbb\xbf", b'"\\ud800"', b"\x00" * 16, b"//", b"'", b"\x1f\x8b\x08", b"PK\x03\x04",
    b"\xc0\xae\xc0\xae", b"\xed\xa0\x80", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>",
    b"\r\n\r\n", b"SQLite format 3\x00",
)  # fmt: skip


class Mutator:
    """Makes inputs out of seeds. The same seed number makes the same inputs."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def changed(self, seeds: Sequence[bytes]) -> bytes:
        """One input."""
        chance = self.chance
        data = chance.choice(seeds)
        if chance.random() < 0.6:
            try:
                value = json.loads(data)
            except (ValueError, RecursionError):
                pass
            else:
                data = self._as_json(value)
        for _ in range(chance.choice((0, 0, 1, 1, 2, 4))):
            data = self._bytes(data, seeds)
        return data

    def text(self, seeds: Sequence[bytes]) -> str:
        """One input as text."""
        data = self.changed(seeds)
        return data.decode("utf-8", "surrogateescape") if self.chance.random() < 0.7 else data.decode("latin-1")

    def _as_json(self, value: Any) -> bytes:
        for _ in range(self.chance.choice((1, 1, 1, 2, 3, 6))):
            value = self._tree(value, 0)
        ascii_only, spread = self.chance.random() < 0.5, self.chance.random() < 0.1
        text = json.dumps(value, ensure_ascii=ascii_only, indent=1 if spread else None)
        return text.encode("utf-8", "surrogatepass")

    def _tree(self, value: Any, depth: int) -> Any:
        """The value with one place in it changed."""
        chance = self.chance
        if depth < 8 and isinstance(value, dict) and value and chance.random() < 0.8:
            name = chance.choice(list(value))
            changed = dict(value)
            match chance.randrange(6):
                case 0:
                    del changed[name]
                case 1:
                    changed[chance.choice(NASTY)] = changed[name]
                case 2:
                    changed[name] = changed[chance.choice(list(value))]
                case _:
                    changed[name] = self._tree(changed[name], depth + 1)
            return changed
        if depth < 8 and isinstance(value, list) and value and chance.random() < 0.8:
            at = chance.randrange(len(value))
            match chance.randrange(4):
                case 0:
                    return value[:at] + value[at + 1 :]
                case 1:
                    return value + value[at : at + 1] * chance.choice((1, 2, 30))
                case _:
                    return [*value[:at], self._tree(value[at], depth + 1), *value[at + 1 :]]
        return self._leaf(value)

    def _leaf(self, value: Any) -> Any:
        chance = self.chance
        match chance.randrange(6):
            case 0:
                return chance.choice(_VALUES)
            case 1:
                return chance.choice(NASTY)
            case 2 if isinstance(value, str):
                at = chance.randint(0, len(value))
                return value[:at] + chance.choice(NASTY) + value[at + chance.randint(0, 3) :]
            case 3 if isinstance(value, int | float):
                return value * chance.choice((-1, 10, 0.5, 10**18)) if abs(value) < 10**300 else 0
            case 4:
                return str(value) if chance.random() < 0.5 else [value]
            case _:
                nested: Any = value
                for _ in range(chance.choice((1, 3, 60))):
                    nested = [nested] if chance.random() < 0.5 else {"data": nested}
                return nested

    def _bytes(self, data: bytes, seeds: Sequence[bytes]) -> bytes:
        chance = self.chance
        at = chance.randint(0, len(data))
        end = min(len(data), at + chance.choice((0, 1, 1, 2, 8, 64)))
        match chance.randrange(8):
            case 0:
                return data[:at] + chance.randbytes(chance.choice((1, 1, 2, 16))) + data[end:]
            case 1:
                return data[:at] + chance.choice(NASTY).encode("utf-8", "surrogatepass") + data[end:]
            case 2:
                return data[:at] + chance.choice(_RAW) + data[end:]
            case 3:
                return data[:at]
            case 4:
                return data[:at] + data[at:end] * chance.choice((2, 3, 40)) + data[end:]
            case 5:
                other = chance.choice(seeds)
                return data[:at] + other[chance.randint(0, len(other)) :]
            case 6 if data:
                spoilt = bytearray(data)
                spoilt[min(at, len(data) - 1)] ^= 1 << chance.randrange(8)
                return bytes(spoilt)
            case _:
                return data[:at] + data[end:]
