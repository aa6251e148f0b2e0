"""What a person may choose about the window, and what each press makes of it. Plain values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from pos.i18n import LANGUAGES, Translator
from pos.ui.config import Choices
from pos.ui.theme import ThemeName

SCALE_STEP, SMALLEST_SCALE, LARGEST_SCALE = 10, 80, 200
VOLUME_STEP = 10


class Group(StrEnum):
    """The groups of the settings box."""

    LANGUAGE = "language"
    THEME = "theme"
    SCALE = "scale"
    SOUND = "sound"


@dataclass(frozen=True, slots=True)
class Option:
    """One button: the choices it leads to. `current` marks what holds now."""

    group: Group
    label: str
    key: str
    choices: Choices
    current: bool = False


def options(tr: Translator, now: Choices) -> tuple[Option, ...]:
    """Every button, in reading order, with its key."""
    found: list[Option] = []
    for language in LANGUAGES:
        label = tr.t(f"settings.language.{language}")
        found.append(_option(Group.LANGUAGE, label, replace(now, language=language), len(found), now))
    for theme in ThemeName:
        label = tr.t(f"settings.theme.{theme}")
        found.append(_option(Group.THEME, label, replace(now, theme=theme), len(found), now))
    for label, step in ((tr.t("settings.smaller"), -SCALE_STEP), (tr.t("settings.larger"), SCALE_STEP)):
        percent = min(LARGEST_SCALE, max(SMALLEST_SCALE, now.scale_percent + step))
        found.append(_step(Group.SCALE, label, replace(now, scale_percent=percent), len(found)))
    for label, step in ((tr.t("settings.quieter"), -VOLUME_STEP), (tr.t("settings.louder"), VOLUME_STEP)):
        percent = min(100, max(0, now.volume_percent + step))
        found.append(_step(Group.SOUND, label, replace(now, volume_percent=percent), len(found)))
    return tuple(found)


def value_of(tr: Translator, group: Group, now: Choices) -> str:
    """What a group with steps stands at."""
    if group is Group.SCALE:
        return tr.t("settings.scale_value", percent=now.scale_percent)
    if group is Group.SOUND:
        volume = now.volume_percent
        return tr.t("settings.scale_value", percent=volume) if volume else tr.t("settings.sound_off")
    return ""


def _option(group: Group, label: str, choices: Choices, index: int, now: Choices) -> Option:
    return Option(group, label, f"F{index + 1}", choices, current=choices == now)


def _step(group: Group, label: str, choices: Choices, index: int) -> Option:
    return Option(group, label, f"F{index + 1}", choices)
