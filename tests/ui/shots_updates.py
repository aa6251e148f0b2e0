"""Pictures of the panel of updates: `python -m tests.ui.shots_updates OUT [language] [width] [theme]`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from pos.domain.errors import UpdateError
from pos.domain.updates import Hindrance
from pos.till.review.events import ReportProgress
from pos.till.updates import Stops
from pos.ui.manager.setup.updates.panel import UpdatesPanel
from pos.ui.manager.setup.updates.presenter import FETCH
from tests.ui.camera import ORDINARY, Camera, render
from tests.ui.setup_office import SetupOffice


def scenes(s: SetupOffice, camera: Camera) -> None:
    """From no source to a program that begins with the next start, and what is refused."""

    def picture(name: str) -> None:
        camera.take(s.window, f"updates-{name}")

    s.updates._now(development=True)
    s.sight("updates")
    picture("none")
    s.press("F4")
    picture("source")
    s.box.dismiss()
    s.updates._now(development=False)
    s.settings.set_many({"updates.source": "/media/usb/quay-updates", "updates.check": "true"})
    s.sight("shop")
    s.sight("updates")
    picture("set")
    s.press("F5")
    s.run()
    picture("offered")
    s.press("F6")
    panel = s.panels["updates"]
    assert isinstance(panel, UpdatesPanel)
    panel.take_event(ReportProgress(FETCH, panel.presenter._tickets[FETCH], 23_400_000, 56_300_000))
    picture("fetching")
    s.updates._now(stops=Stops(Hindrance.SHIFT_OPEN, ""))
    s.run()
    picture("in-a-shift")
    s.press("F7")
    s.run()
    picture("at-closing")
    s.updates._now(stops=None, scheduled_by="")
    s.sight("shop")
    s.sight("updates")
    picture("ready")
    s.updates.beside = False
    s.press("F8")
    s.run()
    picture("at-end")
    s.updates.beside = True
    s.updates.apply("Hương")
    s.sight("shop")
    s.sight("updates")
    picture("applied")
    s.updates._now(applied="", previous="0.0.9")
    s.updates.fault = UpdateError("update.bad_signature")
    s.sight("shop")
    s.sight("updates")
    s.press("F5")
    s.run()
    picture("forged")
    s.updates.fault = UpdateError("update.source_missing", source="/media/usb/quay-updates")
    s.press("F5")
    s.run()
    picture("no-stick")


def draw(camera: Camera) -> None:
    with tempfile.TemporaryDirectory() as folder:
        s = SetupOffice(Path(folder), camera.language, camera.size, camera.theme)
        scenes(s, camera)
        s.close()


if __name__ == "__main__":
    render(draw, ORDINARY)
