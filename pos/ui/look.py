"""One look of the whole window: theme, size and language. Widgets take it when they are made.

Changing any of the three builds the screens anew from the same snapshots: rare, 50 ms, and no widget has to know how
to change its language or colours while it lives.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette

from pos.i18n import Translator, resource_path
from pos.ui.theme import THEMES, Theme, ThemeName, Tone

FAMILY = "Be Vietnam Pro"
SMALLEST_SCALE, LARGEST_SCALE = 80, 200
"""Percent a person can choose."""


def load_fonts() -> None:
    """Make the shipped typeface known to Qt. Needs a running application."""
    for file in sorted(resource_path("fonts/be-vietnam-pro").glob("*.ttf")):
        QFontDatabase.addApplicationFont(str(file))


def size_step(width_px: int, height_px: int) -> float:
    """How much larger than on 1024×768 everything is drawn in a window of this size: 1 to 1.6."""
    raw = min(width_px / 1024, height_px / 768)
    return min(1.6, max(1.0, int(raw * 20 + 1e-6) / 20))


@dataclass(frozen=True, slots=True)
class Look:
    """How everything is drawn.

    Args:
        factor: multiplies every size of the 1024×768 design: size step of the window × the person's scale.
    """

    theme: Theme
    tr: Translator
    factor: float = 1.0

    @staticmethod
    def of(theme: ThemeName, language: str, factor: float = 1.0) -> Look:
        """A look by names."""
        return Look(THEMES[theme], Translator(language), factor)

    def px(self, design_px: float) -> int:
        """A length of the 1024×768 design in pixels of this window."""
        return max(1, round(design_px * self.factor))

    def font(self, design_px: float, weight: int = 400) -> QFont:
        """The typeface at this size with tabular figures. Weights: 400, 500, 600, 700, 800."""
        font = QFont(FAMILY)
        font.setPixelSize(self.px(design_px))
        font.setWeight(QFont.Weight(weight))
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def ink(self, tone: Tone) -> QColor:
        """The colour this tone is written in."""
        return QColor(self.theme.tones[tone].ink)

    def tint(self, tone: Tone) -> QColor:
        """The ground this tone is written on."""
        return QColor(self.theme.tones[tone].tint)

    def palette(self) -> QPalette:
        """For the few stock widgets: menus, scroll bars, selections."""
        theme = self.theme
        palette = QPalette()
        role = QPalette.ColorRole
        for target, colour in (
            (role.Window, theme.background), (role.WindowText, theme.text), (role.Base, theme.field),
            (role.AlternateBase, theme.surface), (role.Text, theme.text), (role.Button, theme.surface),
            (role.ButtonText, theme.text), (role.Highlight, theme.focus), (role.HighlightedText, theme.surface),
            (role.PlaceholderText, theme.muted), (role.ToolTipBase, theme.surface), (role.ToolTipText, theme.text),
        ):  # fmt: skip
            palette.setColor(target, QColor(colour))
        return palette


def fitting(look: Look, width_px: int, height_px: int, design_width: float, design_height: float) -> Look:
    """The look, no larger than lets this much of the design stand in that room."""
    most = min(width_px / design_width, height_px / design_height)
    return replace(look, factor=min(look.factor, max(0.8, most)))
