"""Pictures of the window that says how far an upgrade has come: `python -m tests.ui.shots_upgrade OUT`."""

from __future__ import annotations

from pos.journal.migrations import Stage
from pos.ui.upgrade.screen import UpgradeScreen
from tests.ui.camera import ORDINARY, Camera, render


def draw(camera: Camera) -> None:
    """Each stage."""
    for stage, percent in ((Stage.COPY, 0), (Stage.CHECK, 40), (Stage.CHANGE, 80)):
        screen = UpgradeScreen(camera.look, shop="Lê Lợi")
        screen.show_progress(stage, percent)
        screen.resize(*camera.size)
        screen.show()
        camera.take(screen, stage)
        screen.end()


if __name__ == "__main__":
    render(draw, ORDINARY)
