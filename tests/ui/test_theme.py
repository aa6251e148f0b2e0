"""Everything that is written can be read: WCAG AA in light and dark, AAA in high contrast."""

from __future__ import annotations

import pytest

from pos.ui.theme import THEMES, ThemeName, Tone, contrast_ratio, reading_pairs

NEEDED = {ThemeName.LIGHT: 4.5, ThemeName.DARK: 4.5, ThemeName.CONTRAST: 7.0}


def test_the_arithmetic_agrees_with_the_standards_own_ends() -> None:
    """Black on white is 21, a colour on itself 1, and #767676 on white the well-known 4.54."""
    assert contrast_ratio("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast_ratio("#A61B1B", "#A61B1B") == pytest.approx(1)
    assert contrast_ratio("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("name", ThemeName)
def test_every_pair_of_ink_and_ground_is_readable(name: ThemeName) -> None:
    """No text of any theme falls below its contrast, key hints and muted words included."""
    low = {
        pair: round(contrast_ratio(*colours), 2)
        for pair, colours in reading_pairs(THEMES[name]).items()
        if contrast_ratio(*colours) < NEEDED[name]
    }
    assert low == {}


@pytest.mark.parametrize("name", ThemeName)
def test_focus_and_outlines_are_seen(name: ThemeName) -> None:
    """The focus ring stands out from what is around it, and buttons have an edge (WCAG 1.4.11: 3 to 1)."""
    theme = THEMES[name]
    assert contrast_ratio(theme.focus, theme.surface) >= 3
    assert contrast_ratio(theme.focus, theme.background) >= 3
    assert contrast_ratio(theme.outline, theme.surface) >= 3


@pytest.mark.parametrize("name", ThemeName)
def test_the_badge_looks_like_nothing_else(name: ThemeName) -> None:
    """Sandbox and training cannot be taken for a verdict or for production."""
    theme = THEMES[name]
    others = {theme.brand, theme.focus, *(theme.tones[tone].fill for tone in Tone)}
    assert theme.badge not in others
