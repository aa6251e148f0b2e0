"""Pictures of the passphrase window: `python -m tests.ui.shots_keys OUT`."""

from __future__ import annotations

from pos.domain.errors import SecurityError
from pos.security.asking import SHORTEST
from pos.ui.passphrase.presenter import PassphraseModel
from pos.ui.passphrase.screen import PassphraseScreen
from tests.ui.camera import ORDINARY, Camera, render

WRONG = SecurityError("key.passphrase_wrong")
SHORT = SecurityError("key.passphrase_short", shortest=SHORTEST)


def draw(camera: Camera) -> None:
    """Every state of the window."""
    look = camera.look
    for new, error, typed, busy in (
        (False, None, "", False),
        (False, WRONG, "", False),
        (False, None, "bốn con mèo mướp", True),
        (True, None, "", False),
        (True, SHORT, "meo muop", False),
    ):
        screen = PassphraseScreen(look, new=new, shop="Sách Nhã Nam · Lê Lợi")
        screen.resize(*camera.size)
        screen.show()
        screen.field.setText(typed)
        said = look.tr.message(error.code, error.params) if error else None
        text = f"{said.what} {said.do}" if said else ""
        screen.show_model(PassphraseModel(new, busy=busy, error=text))
        state = "busy" if busy else error.code.rpartition("_")[2] if error else "empty"
        camera.take(screen, f"{'new' if new else 'old'}-{state}")
        screen.hide()
        screen.deleteLater()


if __name__ == "__main__":
    render(draw, ORDINARY)
