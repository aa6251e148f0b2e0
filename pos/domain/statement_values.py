"""Cells of a statement as values: amounts, days, endings, references, what a status means. Nothing is evaluated.

A formula's text is text. What cannot be read for certain is not read: `UnreadableCell` says why.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

from pos.domain.business_date import local_time
from pos.domain.statement_layout import Cell, DateOrder

MOST_VND = 10**12
MOST_TEXT = 80
"""Characters kept of a reference."""
_EXACT = 10**15
"""Spreadsheets keep 15 digits; a longer number has lost its end."""


class UnreadableCell(ValueError):
    """`problem` is a stable word: `statement.problem.<word>`."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class Meaning(StrEnum):
    """What a line is, by its status."""

    COUNTS = "counts"
    BACK = "back"  # takes back what was counted
    LEFT_OUT = "left_out"  # failed or not done: neither side counts it


# ---------------------------------------------------------------- text

_BLANKS = re.compile(r"[\s\u00a0\u2007\u202f\u200b\ufeff]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_LITERAL = re.compile(r'="([^"]*)"')
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d{2,3}")
_PUNCTUATION = re.compile(r"[^0-9a-z]+")


def text_of(cell: Cell) -> str:
    """The words of a cell: NFC, blanks trimmed, harmless to show. Raises `UnreadableCell`."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        text = cell.strip()
        if text.isascii() and text.isalnum():
            return text
        if "\x00" in text or "\ufffd" in text:
            raise UnreadableCell("damaged")
        if literal := _LITERAL.fullmatch(text):  # how spreadsheets are told to keep leading zeros
            text = literal.group(1)
        return _CONTROL.sub("", _BLANKS.sub(" ", unicodedata.normalize("NFC", text))).strip().removeprefix("'")
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, int | float):
        if abs(cell) >= _EXACT or cell != cell:
            raise UnreadableCell("rounded")
        return str(int(cell)) if cell == int(cell) else str(cell)
    return str(cell)


def text_of_or_empty(cell: Cell) -> str:
    """The words of a cell; none where it has none for certain."""
    try:
        return text_of(cell)[:MOST_TEXT]
    except UnreadableCell:
        return ""


def fold(text: str) -> str:
    """For comparing words: lower case without accents, blanks for everything that is no letter or digit."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return _PUNCTUATION.sub(" ", "".join(c for c in plain if not unicodedata.combining(c))).strip()


def reference_of(cell: Cell) -> str:
    """A transaction id or bill number. Raises `UnreadableCell`: a spreadsheet has rounded it."""
    text = text_of(cell)
    if "+" in text and _SCIENTIFIC.fullmatch(text):
        raise UnreadableCell("rounded")
    return text[:MOST_TEXT]


_ALNUM_END = re.compile(r"[0-9A-Za-z]+$")


def ending_of(cell: Cell) -> str:
    """The last 4 characters of a code, whole or masked; empty where the end is masked or there is none."""
    text = reference_of(cell)
    found = _ALNUM_END.search(text.replace(" ", "").replace("-", ""))
    if found is None:
        return ""
    ending = found.group()[-4:].upper()
    return ending.zfill(4) if ending.isdigit() else ending  # a spreadsheet drops leading zeros


# ---------------------------------------------------------------- amounts

_CURRENCY = re.compile(r"vnd|vnđ|dong|đồng|₫|đ|d$", re.IGNORECASE)
_SIGNED = re.compile(r"(\()? ?([+-])? ?(\d[\d.,' ]*?) ?(-)?(\))?")
_GROUPED = re.compile(r"\d{1,3}(?:([.,' ])\d{3})(?:\1\d{3})*")


def amount_of(cell: Cell, decimal: str = "") -> int:
    """Đồng, negative where it says so (`-`, parentheses, a minus behind). Raises `UnreadableCell`.

    Args:
        cell: a number, or text with thousands in points, commas or blanks and perhaps the currency.
        decimal: the sign before a fraction, or empty: a group of three is thousands whatever its sign.
    """
    if isinstance(cell, bool) or cell is None:
        raise UnreadableCell("no_amount")
    if isinstance(cell, int | float):
        if cell != cell or abs(cell) > MOST_VND:
            raise UnreadableCell("amount")
        if cell != int(cell):
            raise UnreadableCell("amount_not_whole")
        return int(cell)
    if not isinstance(cell, str):
        raise UnreadableCell("amount")
    return _amount_text(cell, decimal)


@lru_cache(maxsize=4096)
def _amount_text(cell: str, decimal: str) -> int:
    text = text_of(cell)
    if not text:
        raise UnreadableCell("no_amount")
    found = _SIGNED.fullmatch(_CURRENCY.sub("", text.replace("−", "-").replace("–", "-")).strip())
    if found is None or bool(found.group(1)) is not bool(found.group(5)):
        raise UnreadableCell("amount")
    signs = [sign for sign in (found.group(1), found.group(2), found.group(4)) if sign]
    if len(signs) > 1:
        raise UnreadableCell("amount")
    negative, text = signs != [] and signs != ["+"], found.group(3)
    digits, fraction = _split(text, decimal)
    if not digits.isascii() or not digits.isdigit() or len(digits) > 13 or not (fraction == "" or fraction.isdigit()):
        raise UnreadableCell("amount")
    if fraction.strip("0"):
        raise UnreadableCell("amount_not_whole")
    if int(digits) > MOST_VND:
        raise UnreadableCell("amount")
    return -int(digits) if negative else int(digits)


def _split(text: str, decimal: str) -> tuple[str, str]:
    """Digits before and after the fraction's sign."""
    last = max(text.rfind("."), text.rfind(","))
    if last < 0:
        return _ungrouped(text), ""
    sign, behind = text[last], text[last + 1 :]
    other = "," if sign == "." else "."
    if decimal:
        if decimal != sign or text.count(sign) > 1:
            return _ungrouped(text), ""
        return _ungrouped(text[:last]), behind
    if len(behind) == 3 and other not in text:
        return _ungrouped(text), ""
    if text.count(sign) > 1 or not behind:
        return _ungrouped(text), ""
    if len(behind) > 2 and set(behind) != {"0"}:
        raise UnreadableCell("amount")
    return _ungrouped(text[:last]), behind


def _ungrouped(text: str) -> str:
    if text.isdigit():
        return text
    if _GROUPED.fullmatch(text) is None:
        raise UnreadableCell("amount")
    return "".join(c for c in text if c.isdigit())


# ---------------------------------------------------------------- days

_EXCEL_ZERO = date(1899, 12, 30)
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ,]+(.*))?")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?:[T ,]+(.*))?")
_TIME_FIRST = re.compile(r"(\d{1,2}[:hg]\d{2}(?:[:m]\d{2})?)[ ,-]+(\S+)")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{4}|\d{6})?")
_OFFSET = re.compile(r"(?:Z|[+-]\d{2}:?\d{2})$")
_MONTH_WORD = re.compile(r"(\d{1,2})[- ]([A-Za-z]{3})[a-z]*[- ,]+(\d{4})(?: .*)?")
_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11,
    "dec": 12,
}  # fmt: skip


def day_of(cell: Cell, order: DateOrder = DateOrder.DAY_FIRST) -> str:
    """The shop's day as `YYYY-MM-DD`; empty if the cell is. Raises `UnreadableCell`.

    Dates, spreadsheet day numbers, seconds or milliseconds since 1970, and text: `21/11/2026 14:05`, ISO with or
    without an offset, `14:05 21/11/2026`, `20261121140500`.
    """
    if isinstance(cell, datetime):
        return (local_time(cell) if cell.tzinfo is not None else cell).date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool | time | timedelta):
        raise UnreadableCell("day")
    if isinstance(cell, int | float):
        return _day_of_number(cell)
    if cell is None or not cell.strip():
        return ""
    return _day_text(cell, order)


def _day_of_number(number: float) -> str:
    if 36_526 <= number < 73_051:  # 2000 to 2099 as a spreadsheet counts days
        return (_EXCEL_ZERO + timedelta(days=int(number))).isoformat()
    for unit in (1, 1000):
        if 946_684_800 * unit <= number < 4_102_444_800 * unit:
            return local_time(datetime.fromtimestamp(number / unit, UTC)).date().isoformat()
    if number == number and 0 <= number < _EXACT and (found := _COMPACT.fullmatch(str(int(number)))):
        return _day(*found.group(1, 2, 3))
    raise UnreadableCell("day")


@lru_cache(maxsize=8192)
def _day_text(cell: str, order: DateOrder) -> str:
    text = text_of(cell)
    if swapped := _TIME_FIRST.fullmatch(text):
        text = f"{swapped.group(2)} {swapped.group(1)}"
    if found := _YEAR_FIRST.fullmatch(text):
        if found.group(4) and _OFFSET.search(found.group(4)):
            return _with_offset(text)
        return _day(*found.group(1, 2, 3))
    if found := _YEAR_LAST.fullmatch(text):
        first, second, year = found.group(1, 2, 3)
        day, month = (first, second) if order is DateOrder.DAY_FIRST else (second, first)
        return _day(year if len(year) == 4 else f"20{year}", month, day)
    if found := _COMPACT.fullmatch(text):
        return _day(*found.group(1, 2, 3))
    if (found := _MONTH_WORD.fullmatch(text)) and found.group(2).lower() in _MONTHS:
        return _day(found.group(3), str(_MONTHS[found.group(2).lower()]), found.group(1))
    if text.isascii() and len(text) < 18 and text.replace(".", "", 1).isdigit():
        return _day_of_number(float(text))
    raise UnreadableCell("day")


def _day(year: str, month: str, day: str) -> str:
    try:
        made = date(int(year), int(month), int(day))
    except ValueError:
        raise UnreadableCell("day") from None
    if not 2000 <= made.year < 2100:
        raise UnreadableCell("day")
    return made.isoformat()


def _with_offset(text: str) -> str:
    try:
        return local_time(datetime.fromisoformat(text.replace("/", "-"))).date().isoformat()
    except (ValueError, OverflowError):
        raise UnreadableCell("day") from None


# ---------------------------------------------------------------- status

_NOT_DONE = re.compile(
    r"that bai|fail|\bloi\b|tu choi|reject|declin|unsuccessful|error"
    r"|(?:khong|chua) (?:thanh cong|hoan (?:tat|thanh)|su dung|xu ly|thanh toan)|not (?:used|success|complete|paid)"
    r"|cho (?:xu ly|xac nhan|thanh toan)|dang (?:cho|xu ly)|pending|processing|unused"
)
_NOT_BACK = re.compile(r"(?:khong|chua|not|non|no) (?:\w+ )?(?:hoan|huy|thu hoi|refund|cancel|revers|void)")
_BACK = re.compile(
    r"hoan (?:tien|tra|lai|huy)|tra lai|^(?:da )?hoan$|\bhuy\b|thu hoi|refund|revers|cancel|\bvoid|charge ?back|return"
)


@lru_cache(maxsize=512)
def meaning_of(status: str) -> Meaning:
    """What a line with this status is, in Vietnamese or English; words that say nothing else count."""
    words = fold(status)
    if _NOT_DONE.search(words):
        return Meaning.LEFT_OUT
    if _NOT_BACK.search(words) or not _BACK.search(words):
        return Meaning.COUNTS
    return Meaning.BACK
