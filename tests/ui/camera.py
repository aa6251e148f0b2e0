"""What all scripts with pictures share: `python -m tests.ui.shots_… OUT [language] [width] [theme]`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QWidget

from pos.ui.app import application
from pos.ui.look import Look, size_step
from pos.ui.theme import ThemeName

SIZES = ((1024, 768), (1920, 1080))
LANGUAGES = ("vi", "en")
ORDINARY = (ThemeName.LIGHT, ThemeName.DARK)
LOOKS = {*LANGUAGES, *(str(size[0]) for size in SIZES), *ThemeName}
"""Words that name a look, or a part of it."""


def settle(app: QApplication) -> None:
    """Let queued events and layouts run."""
    for _ in range(6):
        app.processEvents()


@dataclass(frozen=True, slots=True)
class Camera:
    """Takes pictures of one look into a folder."""

    out: Path
    language: str
    size: tuple[int, int]
    theme: ThemeName

    @property
    def tag(self) -> str:
        """Which look it is, in the names of its pictures."""
        return f"{self.language}-{self.size[0]}-{self.theme}"

    @property
    def look(self) -> Look:
        """For what is drawn without a window of the till around it."""
        return Look.of(self.theme, self.language, size_step(*self.size))

    def take(self, window: QWidget, name: str) -> None:
        """What the window shows now."""
        settle(application())
        window.grab().save(str(self.out / f"{self.tag}-{name}.png"))


def render(draw: Callable[[Camera], None], themes: tuple[ThemeName, ...] = tuple(ThemeName)) -> None:
    """Take all pictures of each look, or of those that the command line names."""
    out, wanted = Path(sys.argv[1]), LOOKS & set(sys.argv[2:])
    out.mkdir(parents=True, exist_ok=True)
    application().setCursorFlashTime(0)  # no picture depends on its moment
    for language, size, theme in product(LANGUAGES, SIZES, themes):
        if wanted <= {language, str(size[0]), theme}:
            draw(Camera(out, language, size, theme))
