"""What a look at the till found, and how it is said: what, how bad, and for whatever is red the one next step."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pos.domain.errors import Param, PosError
from pos.i18n import Translator
from pos.till.views import Message


class Level(StrEnum):
    """How bad; worst first."""

    BAD = "bad"  # something does not work, or is not safe
    WARN = "warn"  # it will not go on like this
    NOTE = "note"  # somebody should know
    OK = "ok"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Args:
        what: stable name; scripts rely on it. Its words: `check.label.<what>`, of a service `check.label.issuer`.
        said: what was found; `check.<code>` and, unless all is well, its next step `check.<code>.do`. An error's own
            sentence where there is none of these.
        cashier: it concerns whoever sells, not only a manager.
    """

    what: str
    level: Level
    said: Message
    cashier: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A finding in words. `next` is empty only where all is well."""

    label: str
    said: str
    next: str


def found(what: str, level: Level, code: str, *, cashier: bool = False, **params: Param) -> Finding:
    """A finding with the facts of its sentence."""
    return Finding(what, level, Message(code, tuple(params.items())), cashier)


def of_error(what: str, error: PosError, level: Level = Level.BAD, *, cashier: bool = False) -> Finding:
    """A finding that is an error; its sentence has what to do in it."""
    return Finding(what, level, Message(error.code, tuple(error.params.items())), cashier)


class Reader(StrEnum):
    """Who reads a finding: what the next step is told with."""

    TERMINAL = ""
    MANAGER = "window"
    CASHIER = "counter"


def tell(words: Translator, finding: Finding, reader: Reader = Reader.TERMINAL) -> Told:
    """In words; the next step is one that its reader can take: keys in the window, commands on a terminal."""
    label = f"check.label.{finding.what}"
    head = words.t(label) if words.has(label) else finding.what
    code, params = finding.said.code, dict(finding.said.params)
    if words.has(f"check.{code}"):
        fine = finding.level is Level.OK
        readers = {Reader.CASHIER: (Reader.CASHIER, Reader.MANAGER), Reader.MANAGER: (Reader.MANAGER,)}.get(reader, ())
        steps = [step for step in (f"check.{code}.do.{each}" for each in readers) if words.has(step)]
        step = steps[0] if steps else f"check.{code}.do"
        return Told(head, words.t(f"check.{code}", **params), "" if fine else words.t(step, **params))
    sentence = words.message(code, params)
    return Told(head, sentence.what, "" if finding.level is Level.OK else sentence.do)


_ORDER = {level: place for place, level in enumerate(Level)}


def worst_first(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """By level, else as they were."""
    return tuple(sorted(findings, key=lambda finding: _ORDER[finding.level]))


def worst(findings: tuple[Finding, ...]) -> Level:
    """The worst level among them; `OK` of none."""
    return min((finding.level for finding in findings), key=_ORDER.__getitem__, default=Level.OK)
