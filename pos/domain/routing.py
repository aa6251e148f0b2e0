"""Which issuer does a scanned text belong to? One pure function over rules that the shop sets.

A code that could be of several issuers is a question to a person: it is never tried at one after another, for a
voucher shown to a stranger is a voucher given away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pos.domain.codes import MAX_LENGTH, MIN_LENGTH, ScanFault, VoucherCode, read_code
from pos.domain.errors import ConfigError

LONGEST = 64
"""Characters of the longest code a rule may ask for."""


class Alphabet(StrEnum):
    """Which characters a code is made of."""

    PRINTABLE = "printable"  # any ASCII character but blanks
    DIGITS = "digits"
    UPPER = "upper"  # A-Z and digits
    LETTERS = "letters"  # A-Z, a-z and digits


_CHARACTERS: dict[Alphabet, Callable[[str], object]] = {
    Alphabet.PRINTABLE: re.compile(r"[!-~]+").fullmatch,
    Alphabet.DIGITS: re.compile(r"[0-9]+").fullmatch,
    Alphabet.UPPER: re.compile(r"[A-Z0-9]+").fullmatch,
    Alphabet.LETTERS: re.compile(r"[A-Za-z0-9]+").fullmatch,
}


@dataclass(frozen=True, slots=True)
class Rule:
    """What codes of one issuer look like. An issuer may have several rules.

    Args:
        issuer: its stable name, of vouchers or of bookings.
        shortest: characters, 1 to `LONGEST`; `longest`: not less.
        prefix: how the code begins. A rule with a prefix that fits goes before every rule without one.
    """

    issuer: str
    shortest: int
    longest: int
    alphabet: Alphabet = Alphabet.PRINTABLE
    prefix: str = ""

    def fits(self, code: str) -> bool:
        """Whether the code looks like this."""
        return (
            self.shortest <= len(code) <= self.longest
            and code.startswith(self.prefix)
            and _CHARACTERS[self.alphabet](code) is not None
        )


SHIPPED_RULES = (
    Rule("gotit", MIN_LENGTH, MAX_LENGTH),  # contracts/gotit.md §4
    Rule("vinid-evoucher", 6, 32),  # contracts/vinid.md §8.1: "ticket, code or serial", its form is not stated
    Rule("gotadi", 17, 17, Alphabet.UPPER, "ADCO"),  # contracts/gotadi.md §9: flights
    Rule("gotadi", 17, 17, Alphabet.UPPER, "HDCO"),  # hotels
)


@dataclass(frozen=True, slots=True)
class One:
    """The code is of this issuer."""

    code: VoucherCode
    issuer: str


@dataclass(frozen=True, slots=True)
class Several:
    """The code may be of any of these, in the order of the rules: a person must say of which."""

    code: VoucherCode
    issuers: tuple[str, ...]


Route = One | Several


def route(text: str, rules: Sequence[Rule]) -> Route | ScanFault:
    """Whose code a scanned or typed text is, or why it is nobody's.

    Args:
        text: any length, any characters.
        rules: of the issuers at this till, in the shop's order; at least one.
    """
    code = read_code(text, min(rule.shortest for rule in rules), max(rule.longest for rule in rules))
    if isinstance(code, ScanFault):
        return code
    fitting = [rule for rule in rules if rule.fits(code.reveal())]
    told = [rule for rule in fitting if rule.prefix] or fitting
    issuers = tuple(dict.fromkeys(rule.issuer for rule in told))
    if not issuers:
        return ScanFault.NO_ISSUER
    return One(code, issuers[0]) if len(issuers) == 1 else Several(code, issuers)


def read_rules(text: str) -> tuple[Rule, ...]:
    """The shop's rules as set: `NAME:SHORTEST-LONGEST:ALPHABET:PREFIX;…`; empty: `SHIPPED_RULES`.

    Raises:
        ConfigError: `routing.unreadable`, with the part that cannot be read.
    """
    parts = [part.strip() for part in text.split(";") if part.strip()]
    return tuple(_rule(part) for part in parts) or SHIPPED_RULES


def _rule(part: str) -> Rule:
    fields = [field.strip() for field in part.split(":")]
    lengths = re.fullmatch(r"([0-9]{1,2})-([0-9]{1,2})", fields[1]) if len(fields) == 4 else None
    if lengths is None or not fields[0] or fields[2] not in list(Alphabet):
        raise ConfigError("routing.unreadable", part=part)
    shortest, longest = int(lengths[1]), int(lengths[2])
    if not 1 <= shortest <= longest <= LONGEST or len(fields[3]) > longest:
        raise ConfigError("routing.unreadable", part=part)
    return Rule(fields[0], shortest, longest, Alphabet(fields[2]), fields[3])
