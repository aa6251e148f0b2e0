"""A set-up as a file for the next till: every setting that is not as shipped, no secret, no PIN.

Where a secret is needed the file names one that is to be put beside it: reading it again without that file is refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from pos.i18n import Translator
from pos.settings import SETTINGS, Setting, Settings, Value, words
from pos.till.ports import Person

_TILL_CODE = "till.code"
"""Left open for whoever sets up the next till: with this one's, both would give the same bill numbers."""


def write_plan(settings: Settings, people: Sequence[Person], tr: Translator) -> str:
    """The text of the file.

    Args:
        settings: of the till that is to be copied.
        people: who works there.
        tr: the language of its comments.
    """
    given = [
        each
        for each in SETTINGS
        if not each.secret and (settings.shown(each.key) != each.default or each.key == _TILL_CODE)
    ]
    sealed = [each for each in SETTINGS if each.secret and settings.text(each.key)]
    lines = [*_comment(tr.t("setup.export.head")), f"profile = {_text(settings.environment.value)}"]
    lines += ["", "[settings]"]
    lines += _with_groups(given, tr, lambda each: f"{each.key} = {_value(_told(settings, each))}")
    if sealed:
        lines += ["", *_comment(tr.t("setup.export.secrets")), "[secrets]"]
        lines += _with_groups(sealed, tr, lambda each: f"{each.key} = {{ file = {_text(each.key)} }}")
    if people:
        lines += ["", *_comment(tr.t("setup.export.people"))]
    for number, person in enumerate(people, 1):
        lines += ["[[people]]", f"name = {_text(person.name)}", f"role = {_text(person.role.value)}"]
        lines += [f"pin = {{ file = {_text(f'pin-{number}')} }}", ""]
    return "\n".join(lines).rstrip() + "\n"


def _with_groups(chosen: Sequence[Setting], tr: Translator, line: Callable[[Setting], str]) -> list[str]:
    lines: list[str] = []
    group = None
    for each in chosen:
        if each.group is not group:
            group = each.group
            lines.append(f"# {tr.t(f'setting.group.{group}')}")
        lines.append(f"{line(each)}  # {words.label(tr, each)}")
    return lines


def _told(settings: Settings, setting: Setting) -> Value:
    return "" if setting.key == _TILL_CODE else settings.shown(setting.key)


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in text.splitlines()]


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else _text(value)


def _text(text: str) -> str:
    """A TOML string: what JSON makes of it, for everything a setting or a name may hold."""
    return json.dumps(text, ensure_ascii=False)
