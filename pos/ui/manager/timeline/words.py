"""The engine's stable words of a timeline in a person's language. A word that nobody knows is told as one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime

from pos.domain.business_date import local_time
from pos.i18n import Translator
from pos.i18n import Value as Filling
from pos.till.review.timeline_views import Entry, Value
from pos.ui.signs import Shape
from pos.ui.theme import Tone

SIGNS: dict[str, tuple[Tone, Shape]] = {
    "plain": (Tone.NEUTRAL, Shape.DOT),
    "good": (Tone.USABLE, Shape.TICK),
    "bad": (Tone.REFUSED, Shape.X),
    "unknown": (Tone.UNKNOWN, Shape.WAIT),
    "risk": (Tone.OFFLINE, Shape.SHIELD),
    "person": (Tone.BRAND, Shape.DIAMOND),
}
"""Colour and shape of each `pos.till.review.timeline_views.Tone`."""
_STABLE = frozenset({"reason", "result", "failure", "note", "word", "why"})
_CASES = ("case.{}", "cases.sale.{}.title", "cases.booking.{}.title", "cases.day.{}.title")
_LONGEST_RAW = 160
_MESSAGE = re.compile(r'"(message(?:_vi|_en)?)"\s*:\s*"((?:[^"\\]|\\.)*)"', re.IGNORECASE)
"""By sight: what the journal keeps of an answer may be cut off, and is no JSON then."""
_SEEN_APART = frozenset({"raw", "call", "http_status"})
"""Params that stand below the sentence, not in it."""


def entry_words(tr: Translator, entry: Entry) -> str:
    """What happened, in one sentence. A step of a booking is told as the cashier's page tells it."""
    key = entry.kind if entry.kind.startswith("booking.step.") else f"timeline.{entry.kind}"
    if not tr.has(key):
        return tr.t("timeline.other", kind=entry.kind)
    return tr.t(key, **{name: _param(tr, entry.kind, name, value) for name, value in entry.params})


def entry_details(tr: Translator, entry: Entry, took: str) -> list[str]:
    """What goes below: who, how long it took, status and wording of the issuer."""
    params = dict(entry.params)
    details = [who_words(tr, entry.who)] if entry.who else []
    if took:
        details.append(tr.t("timeline.took", took=took))
    if params.get("http_status"):
        details.append(tr.t("timeline.http", status=str(params["http_status"])))
    said = issuer_message(tr, str(params.get("raw") or ""))
    if said:
        details.append(tr.t("timeline.raw", raw=said))
    return details


def issuer_message(tr: Translator, raw: str) -> str:
    """What the issuer's answer says to people, without what it says to programs; in this language if it has both."""
    found = {name.lower(): text for name, text in _MESSAGE.findall(raw)}
    wanted = ("message_en", "message", "message_vi") if tr.language == "en" else ("message_vi", "message", "message_en")
    said = next((found[name] for name in wanted if found.get(name)), "" if raw.lstrip()[:1] in ("{", "[", "<") else raw)
    said = " ".join(_unescaped(said).split())
    return said if len(said) <= _LONGEST_RAW else f"{said[:_LONGEST_RAW]}…"


def _unescaped(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"'))
    except ValueError:
        return text


def who_words(tr: Translator, who: str) -> str:
    """A part of the program by its name; a person by hers."""
    key = f"timeline.who.{who}"
    return tr.t(key) if tr.has(key) else who


def stable_word(tr: Translator, word: str) -> str:
    """A stable word of the engine in this language; one that has no words is said to be a code."""
    for key in (
        f"timeline.word.{word}",
        f"reason.{word}.short",
        f"case.{word}",
        f"message.{word}.what",
        word if word.startswith("sale.") else f"sale.{word}",
        f"booking.{word}",
        f"message.booking.{word}.what",
    ):
        if tr.has(key):
            return tr.t(key).rstrip(".")
    paid, slash, issued = word.partition("/")
    if slash:
        return ", ".join(booking_state(tr, kind, state) for kind, state in (("paid", paid), ("issued", issued)))
    return tr.t("timeline.code", word=word)


def booking_state(tr: Translator, kind: str, state: str) -> str:
    """The issuer's own word for payment (`paid`) or ticket (`issued`)."""
    key = f"bookpay.{kind}.{state.lower()}"
    return tr.t(key) if tr.has(key) else tr.t("timeline.code", word=state)


def case_words(tr: Translator, kind: str) -> str:
    """The name of a case of any of the four kinds."""
    found = _first(tr, (key.format(kind) for key in _CASES))
    return found or stable_word(tr, kind)


def fact_words(tr: Translator, name: str, value: Value) -> str:
    """The value of a fact."""
    if name.endswith("_utc") and isinstance(value, str):
        return _moment(tr, value)
    if name == "hold":
        return _first(tr, (f"timeline.fact_hold.{value}",)) or str(value)
    if name == "quarantine":
        return stable_word(tr, str(value))
    if name in ("payment_status", "issue_status"):
        return booking_state(tr, "paid" if name == "payment_status" else "issued", str(value))
    if isinstance(value, bool):
        return tr.t("timeline.yes" if value else "timeline.no")
    return tr.write(name, value)


def _param(tr: Translator, kind: str, name: str, value: Value) -> Filling:
    if name in _SEEN_APART:
        return None
    if not value and not name.endswith("_s"):
        return None  # not so, nothing of it
    if isinstance(value, bool):
        return tr.t("timeline.yes")
    if name == "operation":
        return _first(tr, (f"timeline.op.{value}",)) or str(value)
    if name == "case":
        return case_words(tr, str(value))
    if name == "finding":
        return _first(tr, (f"timeline.finding.{value}",)) or str(value)
    if name == "reason" and kind == "drawer":
        return _first(tr, (f"drawer.reason.{value}",)) or str(value)
    if name in _STABLE and isinstance(value, str) and not _free_text(kind, name):
        return stable_word(tr, value)
    return value


def _free_text(kind: str, name: str) -> bool:
    """Reasons that a person wrote."""
    return name == "reason" and kind.startswith(("decision.", "taken_back.", "sale.shown."))


def _first(tr: Translator, keys: Iterable[str]) -> str:
    return next((tr.t(key) for key in keys if tr.has(key)), "")


def _moment(tr: Translator, text: str) -> str:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{local_time(at):%H:%M:%S} {tr.date(local_time(at).date())}" if at.tzinfo is not None else text
