"""Colours with one meaning each, in three themes, and the arithmetic that proves they can be read.

Source: the project's screen rules ("Look"). Plain values: no Qt here, so that presenters and tests can use them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ThemeName(StrEnum):
    """The themes a person can choose."""

    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"  # WCAG AAA


class Tone(StrEnum):
    """What a colour says. Never the only carrier of its meaning: a word and a shape go with it."""

    NEUTRAL = "neutral"
    USABLE = "usable"  # the issuer says yes
    REFUSED = "refused"  # the issuer says no
    UNKNOWN = "unknown"  # nobody knows yet: hold the goods
    OFFLINE = "offline"  # given at the shop's risk
    BRAND = "brand"  # the ordinary way on


@dataclass(frozen=True, slots=True)
class ToneColours:
    """One tone: `ink` on `tint` for panels and chips, `on_fill` on `fill` for buttons."""

    ink: str
    tint: str
    fill: str
    on_fill: str


@dataclass(frozen=True, slots=True)
class Theme:
    """All colours of one theme as `#RRGGBB`.

    Args:
        brand: the bar at the top; `on_brand` and `on_brand_muted` are written on it.
        field: background of a field to type in. `badge`/`on_badge`: the environment badge, never production.
    """

    name: ThemeName
    background: str
    surface: str
    line: str
    outline: str
    text: str
    muted: str
    field: str
    focus: str
    brand: str
    on_brand: str
    on_brand_muted: str
    badge: str
    on_badge: str
    tones: dict[Tone, ToneColours]


LIGHT = Theme(
    name=ThemeName.LIGHT,
    background="#EEF1F5",
    surface="#FFFFFF",
    line="#D5DBE3",
    outline="#7C8998",
    text="#16202C",
    muted="#4C5A6A",
    field="#FFFFFF",
    focus="#2F6FDE",
    brand="#1F3A5F",
    on_brand="#FFFFFF",
    on_brand_muted="#D3DEEC",
    badge="#B4005A",
    on_badge="#FFFFFF",
    tones={
        Tone.NEUTRAL: ToneColours("#16202C", "#F6F8FA", "#FFFFFF", "#16202C"),
        Tone.USABLE: ToneColours("#0B6B43", "#DDF3E7", "#0B6B43", "#FFFFFF"),
        Tone.REFUSED: ToneColours("#A61B1B", "#FBE3E1", "#A61B1B", "#FFFFFF"),
        Tone.UNKNOWN: ToneColours("#8A4B00", "#FFEFD2", "#8A4B00", "#FFFFFF"),
        Tone.OFFLINE: ToneColours("#0B4F94", "#DFECFA", "#0B4F94", "#FFFFFF"),
        Tone.BRAND: ToneColours("#1F3A5F", "#E6ECF4", "#1F3A5F", "#FFFFFF"),
    },
)

DARK = Theme(
    name=ThemeName.DARK,
    background="#10161D",
    surface="#19222C",
    line="#2E3A47",
    outline="#70808F",
    text="#EDF2F7",
    muted="#A9B7C6",
    field="#121A22",
    focus="#7FB0FF",
    brand="#0C1A2B",
    on_brand="#EDF2F7",
    on_brand_muted="#B5C4D6",
    badge="#B4005A",
    on_badge="#FFFFFF",
    tones={
        Tone.NEUTRAL: ToneColours("#EDF2F7", "#1D2732", "#19222C", "#EDF2F7"),
        Tone.USABLE: ToneColours("#5FD39B", "#123524", "#0B6B43", "#FFFFFF"),
        Tone.REFUSED: ToneColours("#FF9A92", "#3D1717", "#A61B1B", "#FFFFFF"),
        Tone.UNKNOWN: ToneColours("#FFC46B", "#3A2A0B", "#8A4B00", "#FFFFFF"),
        Tone.OFFLINE: ToneColours("#8CC1FF", "#10294A", "#0B4F94", "#FFFFFF"),
        Tone.BRAND: ToneColours("#9CC0EE", "#1A2A40", "#2C5C9E", "#FFFFFF"),
    },
)

CONTRAST = Theme(
    name=ThemeName.CONTRAST,
    background="#FFFFFF",
    surface="#FFFFFF",
    line="#000000",
    outline="#000000",
    text="#000000",
    muted="#1C1C1C",
    field="#FFFFFF",
    focus="#0037B3",
    brand="#000000",
    on_brand="#FFFFFF",
    on_brand_muted="#FFFFFF",
    badge="#8F0047",
    on_badge="#FFFFFF",
    tones={
        Tone.NEUTRAL: ToneColours("#000000", "#FFFFFF", "#FFFFFF", "#000000"),
        Tone.USABLE: ToneColours("#003D24", "#E9FFF3", "#003D24", "#FFFFFF"),
        Tone.REFUSED: ToneColours("#6B0000", "#FFF0EF", "#6B0000", "#FFFFFF"),
        Tone.UNKNOWN: ToneColours("#4F2A00", "#FFF6E2", "#4F2A00", "#FFFFFF"),
        Tone.OFFLINE: ToneColours("#002F60", "#EEF6FF", "#002F60", "#FFFFFF"),
        Tone.BRAND: ToneColours("#000000", "#F2F2F2", "#000000", "#FFFFFF"),
    },
)

THEMES: dict[ThemeName, Theme] = {theme.name: theme for theme in (LIGHT, DARK, CONTRAST)}


def contrast_ratio(one: str, other: str) -> float:
    """WCAG 2.2 contrast of two `#RRGGBB` colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def reading_pairs(theme: Theme) -> dict[str, tuple[str, str]]:
    """Every pair (ink, ground) that text is drawn with, by a name for the test report."""
    pairs = {
        "text/background": (theme.text, theme.background),
        "text/surface": (theme.text, theme.surface),
        "text/field": (theme.text, theme.field),
        "muted/background": (theme.muted, theme.background),
        "muted/surface": (theme.muted, theme.surface),
        "muted/field": (theme.muted, theme.field),
        "on_brand/brand": (theme.on_brand, theme.brand),
        "on_brand_muted/brand": (theme.on_brand_muted, theme.brand),
        "on_badge/badge": (theme.on_badge, theme.badge),
    }
    for tone, colours in theme.tones.items():
        pairs[f"{tone} ink/tint"] = (colours.ink, colours.tint)
        pairs[f"{tone} ink/surface"] = (colours.ink, theme.surface)
        pairs[f"{tone} text/tint"] = (theme.text, colours.tint)
        pairs[f"{tone} muted/tint"] = (theme.muted, colours.tint)
        pairs[f"{tone} on_fill/fill"] = (colours.on_fill, colours.fill)
    return pairs


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
