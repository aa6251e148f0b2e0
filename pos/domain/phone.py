"""Mobile numbers of Viet Nam, to which an issuer sends a code by SMS (contracts/appotapay.md §8.2, §8.5)."""

from __future__ import annotations

import re

from pos.domain.errors import RuleBroken

_LOCAL = re.compile(r"0[35789][0-9]{8}")
_ABROAD = "+84"


def read_mobile(text: str) -> str:
    """The number in its local form, `0` and nine digits, from what a person typed; blanks and `+84` are accepted.

    Raises:
        RuleBroken: `sale.phone`; it is no mobile number of this country. The error does not repeat it.
    """
    number = "".join(text.split())
    if number.startswith(_ABROAD):
        number = "0" + number.removeprefix(_ABROAD)
    if _LOCAL.fullmatch(number) is None:
        raise RuleBroken("sale.phone")
    return number


def masked_mobile(number: str) -> str:
    """What screens and paper show of a number: its last 3 digits; empty for none."""
    return f"•••• {number[-3:]}" if number else ""
