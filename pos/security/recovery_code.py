"""The code on the recovery sheet: what opens a key backup, written so that a person can copy it without a slip.

Seven groups of five characters. The first four of a group are random, together 140 bits, more than anybody can try; the
fifth checks its group and its place, so that a wrong character, two that changed places and two groups that changed
places are told by the number of the group. Letters that look like digits are not used, and are read as those digits
(Crockford's Base32).
"""

from __future__ import annotations

import secrets

from pos.domain.errors import SecurityError
from pos.security.secret import Secret

GROUPS, RANDOM = 7, 4
"""Groups of a code, and random characters in each; one more checks them."""
BITS = GROUPS * RANDOM * 5
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {letter: value for value, letter in enumerate(_LETTERS)} | {"O": 0, "I": 1, "L": 1}
_FIELD = 0b100101
"""x⁵ + x² + 1: the 32 characters are the elements of a field, in which a check by powers of one element misses neither
a single wrong character nor two that changed places."""


def new_code() -> Secret:
    """A fresh code, as it stands on the sheet: groups with blanks between them."""
    groups = []
    for number in range(GROUPS):
        values = [secrets.randbelow(len(_LETTERS)) for _ in range(RANDOM)]
        groups.append("".join(_LETTERS[value] for value in (*values, _check(values, number))))
    return Secret(" ".join(groups))


def read_code(text: str) -> bytes:
    """The secret bytes of a code as somebody typed it: small letters, blanks and dashes as they come.

    Raises:
        SecurityError: `recovery.length` with how many characters there are and how many there should be,
            `recovery.typo` with the number of the first group that is not right.
    """
    signs = [sign for sign in text.upper() if not sign.isspace() and sign not in "-–—.·"]
    wanted = GROUPS * (RANDOM + 1)
    if len(signs) != wanted:
        raise SecurityError("recovery.length", found=len(signs), wanted=wanted)
    bits = 0
    for number in range(GROUPS):
        group = signs[number * (RANDOM + 1) : (number + 1) * (RANDOM + 1)]
        values = [_VALUES.get(sign, -1) for sign in group]
        if -1 in values or _check(values[:RANDOM], number) != values[RANDOM]:
            raise SecurityError("recovery.typo", group=number + 1)
        for value in values[:RANDOM]:
            bits = bits << 5 | value
    return bits.to_bytes(-(-BITS // 8), "big")


def _check(values: list[int], number: int) -> int:
    check = 0
    for value in (*values, number + 1):
        check = _doubled(check) ^ value
    return _doubled(check)


def _doubled(value: int) -> int:
    value <<= 1
    return value ^ _FIELD if value & 32 else value
