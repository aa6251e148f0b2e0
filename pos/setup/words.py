"""What a trial found, in sentences: the same on the command line, in the wizard and beside a test button."""

from __future__ import annotations

from dataclasses import dataclass

from pos.i18n import Sentence, Translator
from pos.setup.trials import Sort, TrialResult
from pos.till.views import Message


@dataclass(frozen=True, slots=True)
class Said:
    """A result for people.

    Args:
        sentence: what was found, what is safe, what to do.
        detail: the finer reason in one sentence; may be empty.
    """

    sentence: Sentence
    detail: str = ""


def say_result(tr: Translator, result: TrialResult) -> Said:
    """The sentences of a result."""
    sentence = tr.message(result.message.code, dict(result.message.params))
    cause = result.cause
    if cause is None or result.sort is Sort.CANCELLED:
        return Said(sentence)
    detail = _detail(tr, cause)
    return Said(sentence, "" if detail == sentence.what else detail)


def _detail(tr: Translator, cause: Message) -> str:
    if cause.code.startswith("hint."):
        return tr.t(cause.code)
    if cause.code == "trial.missing":
        labels = (_label(tr, key) for key in str(dict(cause.params).get("setting", "")).split(", "))
        return tr.t("trial.missing", names=", ".join(labels))
    known = tr.has(f"message.{cause.code}.what")
    return tr.message(cause.code, dict(cause.params)).what if known else ""


def _label(tr: Translator, key: str) -> str:
    name = f"setting.{key}.label"
    return tr.t(name) if tr.has(name) else key
