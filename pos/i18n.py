"""Words for people: sentences by key from `resources/locale`, amounts, dates and durations as a shop writes them.

One `Translator` holds one language; switching the language at run time means using another one. The only place in
the program where text for people is made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from pos.domain.business_date import local_time
from pos.domain.errors import Param

LANGUAGES = ("vi", "en")
"""Vietnamese first: it is the language of a fresh installation."""

Value = Param | date | datetime
"""What a sentence may hold. Times are aware and shown as the shop's wall clock shows them."""


def resource_path(name: str) -> Path:
    """A file or folder below `resources/`, in a clone as well as in an installed package.

    Args:
        name: path below `resources/`, with forward slashes.
    """
    here = Path(__file__).resolve().parent
    installed = here / "resources" / name
    return installed if installed.exists() else here.parent / "resources" / name


@cache
def _catalogue(language: str) -> Mapping[str, str]:
    """Every file of the language: `vi.json` for the window, `vi.slip.json` for paper, `vi.cli.json` for the shell."""
    texts: dict[str, str] = {}
    for file in sorted(resource_path("locale").glob(f"{language}.*json")):
        texts.update(json.loads(file.read_text(encoding="utf-8")))
    return texts


@dataclass(frozen=True, slots=True)
class Sentence:
    """What an error says: what happened, what is safe, what to do now."""

    what: str
    safe: str
    do: str

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, self.safe, self.do) if part)


class Translator:
    """Sentences of one language.

    Args:
        language: one of `LANGUAGES`; anything else is read as Vietnamese.
    """

    def __init__(self, language: str = "vi") -> None:
        self.language = language if language in LANGUAGES else LANGUAGES[0]
        self._texts = _catalogue(self.language)

    def has(self, key: str) -> bool:
        """Whether this language has the key."""
        return key in self._texts

    def t(self, key: str, /, **params: Value) -> str:
        """The sentence of `key` with `params` filled in.

        Of the variants `key@field+field` the one with the most fields wins whose fields all have a value; with
        `count=1` a variant `key.one` goes first. Parameters are written by their name's unit: `_vnd` as an amount,
        `_s` as a duration, dates and times as the shop writes them. An unknown key gives the key itself: ugly, but
        a screen never breaks over a word.
        """
        text = self._texts.get(self._variant(key, params))
        return key if text is None else text.format_map(_Filling(self, params))

    def message(self, code: str, params: Mapping[str, Value] | None = None) -> Sentence:
        """The three sentences of an error code; a code without words gets the general safe sentence."""
        known = self.has(f"message.{code}.what")
        base = f"message.{code}" if known else "message.unknown_code"
        filling = dict(params or {})
        return Sentence(*(self.t(f"{base}.{part}", **filling) for part in ("what", "safe", "do")))

    def money(self, amount_vnd: int) -> str:
        """`50.000 ₫`: Vietnamese grouping in both languages, as it stands on the voucher and the price tag."""
        return f"{amount_vnd:,}".replace(",", ".") + "\u00a0₫"

    def date(self, day: date) -> str:
        """`21/11/2026`."""
        return f"{day:%d/%m/%Y}"

    def clock(self, instant: datetime) -> str:
        """`09:12` on the shop's wall."""
        return f"{local_time(instant):%H:%M}"

    def moment(self, instant: datetime) -> str:
        """`09:12 21/11/2026` on the shop's wall."""
        return f"{local_time(instant):%H:%M %d/%m/%Y}"

    def duration(self, seconds: float) -> str:
        """`38 giây`, `5 phút`, `1 giờ 10 phút`, `2 ngày`: rounded down to what matters, never below 0."""
        whole = max(0, int(seconds))
        if whole < 60:
            return self.t("time.seconds", count=whole)
        if whole < 3600:
            return self.t("time.minutes", count=whole // 60)
        if whole < 24 * 3600:
            hours, minutes = whole // 3600, whole % 3600 // 60
            key = "time.hours_minutes" if minutes else "time.hours"
            return self.t(key, count=hours, minutes=minutes)
        return self.t("time.days", count=whole // 86400)

    def write(self, name: str, value: Value) -> str:
        """One parameter as it stands in a sentence; `name` tells its unit."""
        if isinstance(value, datetime):
            return self.moment(value)
        if isinstance(value, date):
            return self.date(value)
        if name.endswith("_vnd") and isinstance(value, int):
            return self.money(value)
        if name.endswith("_s") and isinstance(value, int | float):
            return self.duration(value)
        return "" if value is None else str(value)

    def _variant(self, key: str, params: Mapping[str, Value]) -> str:
        if params.get("count") == 1 and f"{key}.one" in self._texts:
            return f"{key}.one"
        best, most = key, 0
        for candidate in _variants(self.language).get(key, ()):
            fields = candidate.rpartition("@")[2].split("+")
            if len(fields) > most and all(params.get(field) not in (None, "", ()) for field in fields):
                best, most = candidate, len(fields)
        return best


@cache
def _variants(language: str) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for key in _catalogue(language):
        base, sign, _ = key.partition("@")
        if sign:
            found[base] = (*found.get(base, ()), key)
    return found


class _Filling(dict[str, str]):
    """Parameters as text; one that is missing leaves a dash, never an exception on a cashier's screen."""

    def __init__(self, translator: Translator, params: Mapping[str, Value]) -> None:
        super().__init__({name: translator.write(name, value) for name, value in params.items()})

    def __missing__(self, key: str) -> str:
        return "–"
