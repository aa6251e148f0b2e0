"""The words of a setting in one language, for every edge that shows it."""

from __future__ import annotations

from pos.i18n import Translator
from pos.settings.setting import Setting, Unit, Value


def label(tr: Translator, setting: Setting) -> str:
    """Its name for people, a few words."""
    return tr.t(f"setting.{setting.key}.label")


def meaning(tr: Translator, setting: Setting) -> str:
    """What it does and where its value comes from, a sentence or two."""
    return tr.t(f"setting.{setting.key}.help")


def choice(tr: Translator, setting: Setting, value: str) -> str:
    """A choice in words where it has some, else as it is written."""
    key = f"setting.{setting.key}.choice.{value}"
    return tr.t(key) if tr.has(key) else value


def unit(tr: Translator, setting: Setting) -> str:
    """The unit in words; empty where a number has none."""
    return "" if setting.unit is Unit.NONE else tr.t(f"setting.unit.{setting.unit}")


def allowed(tr: Translator, setting: Setting) -> str:
    """What it may be: `1–60 giây`, the choices, or empty where any text will do."""
    if setting.kind == "number":
        return f"{_grouped(setting.low)}–{_grouped(setting.high)} {unit(tr, setting)}".rstrip()
    return " · ".join(setting.choices)


def value(tr: Translator, setting: Setting, now: Value) -> str:
    """A value in words: yes or no, an amount, a number with its unit, a choice's name."""
    if isinstance(now, bool):
        return tr.t("setting.yes" if now else "setting.no")
    if isinstance(now, int):
        return f"{_grouped(now)} {unit(tr, setting)}".rstrip()
    if now and setting.choices:
        return f"{choice(tr, setting, now)} {unit(tr, setting)}".rstrip()
    return now or tr.t("setting.empty")


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", ".")
