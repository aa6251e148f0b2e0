"""Which PINs are refused because a colleague would try them first.

Refused is what is guessed without knowing anything (a few hundred of the ten thousand PINs of four digits) and a date
as it is written here, which is what people choose when they may not have 1234: about one in nine of all PINs of four
digits. The rest stays free, so that a PIN can still be remembered.
"""

from __future__ import annotations

from itertools import pairwise

from pos.domain.errors import SecurityError

CASHIER_DIGITS = range(4, 9)
"""How many digits a cashier's PIN may have."""
MANAGER_DIGITS = range(6, 9)
"""A manager's PIN opens everything and is asked for at every pad without her name: four digits are too few."""
FEWEST_DIFFERENT = 3
_YEARS = range(1930, 2036)
_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_LINES = ("123", "456", "789", "147", "258", "369", "159", "357")
"""Straight lines over a pad; a PIN of two of them is drawn, not thought of."""
_SMALL_STEP = 3

_WELL_KNOWN = """
    2580 0852 1470 0741 3690 0963 1379 1397 3179 3197 7139 7931 9713 9731 1739 3971 1478 3698 1236 7896 3214 9874
    7412 1590 3570 1475 3979 7939 8386 8683 1368 6839 6879 7879 3839 1102 4078 2204 1004 1024 4096 1314 0520 1123
    1233 1235 0007 5683 1425 3625 3344 0911 0113 0114 0115 1150
    112233 223344 445566 778899 332211 123321 321123 654123 102030 010203 142536 415263 314159 271828 246810 135790
    147896 159951 123654 789654 456123 100200 121314 131415 112358 520131 521314 168168 686879 696868 398686
    12344321 11223344 44332211 13145200 10203040 01020304 18273645 14725800 15975300
"""
LISTED = frozenset(_WELL_KNOWN.split())
"""Drawn on the pad (a column with the 0, corners, hooks), lucky ones, and what phones come with: no rule below catches
most of them.
"""


def must_fit(pin: str, *, manager: bool) -> None:
    """Whether this may be a new PIN, as far as it can be told without knowing the others'.

    Raises:
        SecurityError: `pin.unusable` (not so many digits), `pin.short_for_manager`, `pin.unfit` (too common).
    """
    if not (pin.isascii() and pin.isdigit() and len(pin) in CASHIER_DIGITS):
        raise SecurityError("pin.unusable")
    if manager and len(pin) not in MANAGER_DIGITS:
        raise SecurityError("pin.short_for_manager")
    if too_common(pin):
        raise SecurityError("pin.unfit")


def too_common(pin: str) -> bool:
    """Whether a PIN of digits is one of those that are tried first."""
    return (
        pin in LISTED
        or len(set(pin)) < FEWEST_DIFFERENT
        or _even_steps(pin)
        or _repeats(pin)
        or _drawn(pin)
        or _is_year(pin)
        or _is_date(pin)
    )


def _even_steps(pin: str) -> bool:
    """1234, 9876, 2468, 9630: the same small step from each digit to the next; 7890 and 2109 go on over the 0."""
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    over_zero = {step % 10 for step in steps}
    return (len(steps) == 1 and abs(min(steps)) <= _SMALL_STEP) or over_zero in ({1}, {9})


def _repeats(pin: str) -> bool:
    """123123, 4774 4774: one half twice, or three equal parts."""
    return any(len(pin) % parts == 0 and pin == pin[: len(pin) // parts] * parts for parts in (2, 3))


def _drawn(pin: str) -> bool:
    """147258, 159357, 963852: two or more straight lines over the pad."""
    lines = {*_LINES, *(line[::-1] for line in _LINES)}
    return len(pin) >= 6 and all(pin[at : at + 3] in lines for at in range(0, len(pin) // 3 * 3, 3)) and len(pin) < 8


def _is_year(pin: str) -> bool:
    return len(pin) == 4 and int(pin) in _YEARS


def _is_date(pin: str) -> bool:
    """Day and month (0209), with the year in two digits (020990) or four (02091990), or the year first (19900209)."""
    if len(pin) == 4:
        return _day_and_month(pin[:2], pin[2:])
    if len(pin) == 6:
        return _day_and_month(pin[:2], pin[2:4])
    if len(pin) != 8:
        return False
    return (int(pin[4:]) in _YEARS and _day_and_month(pin[:2], pin[2:4])) or (
        int(pin[:4]) in _YEARS and _day_and_month(pin[6:], pin[4:6])
    )


def _day_and_month(day: str, month: str) -> bool:
    return 1 <= int(month) <= len(_MONTH_DAYS) and 1 <= int(day) <= _MONTH_DAYS[int(month) - 1]
