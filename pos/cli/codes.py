"""Codes from the command line: whose they are, by the shop's rules or as the command says."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pos.domain.codes import ScanFault, VoucherCode
from pos.domain.errors import ConfigError
from pos.domain.routing import One, route

if TYPE_CHECKING:
    from pos.bootstrap import Program


HELP = "voucher code; - reads codes from stdin, one a line: they are in no list of processes then"


def told_codes(words: Sequence[str]) -> list[str]:
    """The codes that a command was given. For each `-`, what stands on standard input, one a line.

    Raises:
        ConfigError: `scan.empty`: there was none.
    """
    codes: list[str] = []
    for word in words:
        codes += [line.strip() for line in sys.stdin if line.strip()] if word == "-" else [word]
    if not codes:
        raise ConfigError("scan.empty")
    return codes


def issuer_named(program: Program, name: str) -> str:
    """An issuer of vouchers at this till.

    Raises:
        ConfigError: it is not set up, or set up wrongly (then what is wrong).
    """
    if name not in program.built.vouchers:
        raise program.built.faults.get(name) or ConfigError("config.provider_missing", provider=name)
    return name


def routed(program: Program, text: str, issuer: str | None = None) -> tuple[VoucherCode, str] | ScanFault:
    """The code and its issuer.

    Args:
        program: whose rules.
        text: as typed.
        issuer: as the command says; None: by the rules.

    Raises:
        ConfigError: a booking number, or a code that several issuers may have: nobody is asked.
    """
    rules = program.desk.rules
    mine = tuple(rule for rule in rules if issuer is None or rule.issuer == issuer)
    found = route(text, mine or rules)
    if isinstance(found, ScanFault):
        return found
    if issuer is not None:
        return found.code, issuer
    if not isinstance(found, One):
        raise ConfigError("scan.which_issuer", ending=found.code.ending, issuers=", ".join(found.issuers))
    if found.issuer not in program.built.vouchers:
        raise ConfigError("scan.is_booking", number=found.code.reveal())
    return found.code, found.issuer
