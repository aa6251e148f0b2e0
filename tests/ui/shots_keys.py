"""Pictures of the passphrase window: `python -m tests.ui.shots_keys OUT`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from pos.domain.errors import SecurityError
from pos.i18n import Translator
from pos.security.asking import SHORTEST
from pos.ui.app import application
from pos.ui.look import Look, size_step
from pos.ui.passphrase.presenter import PassphraseModel
from pos.ui.passphrase.screen import PassphraseScreen
from pos.ui.theme import ThemeName
from tests.ui.shots import SIZES, settle

WRONG = SecurityError("key.passphrase_wrong")
SHORT = SecurityError("key.passphrase_short", shortest=SHORTEST)


def main(out: Path) -> None:
    """Every state in both languages, sizes and the two ordinary themes."""
    app = application()
    out.mkdir(parents=True, exist_ok=True)
    for language in ("vi", "en"):
        tr = Translator(language)
        for size in SIZES:
            for theme in (ThemeName.LIGHT, ThemeName.DARK):
                look = Look.of(theme, language, size_step(*size))
                for new, error, typed, busy in (
                    (False, None, "", False),
                    (False, WRONG, "", False),
                    (False, None, "bốn con mèo mướp", True),
                    (True, None, "", False),
                    (True, SHORT, "meo muop", False),
                ):
                    screen = PassphraseScreen(look, new=new, shop="Sách Nhã Nam · Lê Lợi")
                    screen.resize(*size)
                    screen.show()
                    screen.field.setText(typed)
                    said = tr.message(error.code, error.params) if error else None
                    text = f"{said.what} {said.do}" if said else ""
                    screen.show_model(PassphraseModel(new, busy=busy, error=text))
                    settle(app)
                    state = "busy" if busy else error.code.rpartition("_")[2] if error else "empty"
                    screen.grab().save(str(out / f"{language}-{size[0]}-{theme}-{'new' if new else 'old'}-{state}.png"))
                    screen.hide()
                    screen.deleteLater()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
