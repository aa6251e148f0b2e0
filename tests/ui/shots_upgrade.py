"""Pictures of the window that says how far an upgrade has come: `python -m tests.ui.shots_upgrade OUT`."""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path

from pos.journal.migrations import Stage
from pos.ui.app import application
from pos.ui.look import Look, size_step
from pos.ui.theme import ThemeName
from pos.ui.upgrade.screen import UpgradeScreen
from tests.ui.shots import SIZES, shoot


def main(out: Path) -> None:
    """Each stage in each language, size and theme."""
    application()
    out.mkdir(parents=True, exist_ok=True)
    for language, size, theme in product(("vi", "en"), SIZES, (ThemeName.LIGHT, ThemeName.DARK)):
        look = Look.of(theme, language, size_step(*size))
        for stage, percent in ((Stage.COPY, 0), (Stage.CHECK, 40), (Stage.CHANGE, 80)):
            screen = UpgradeScreen(look, shop="Lê Lợi")
            screen.show_progress(stage, percent)
            screen.resize(*size)
            screen.show()
            shoot(screen, out, f"{language}-{size[0]}-{theme}-{stage}")
            screen.end()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
