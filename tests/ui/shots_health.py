"""Pictures of readiness and health: `python -m tests.ui.shots_health OUT [language] [width] [theme]`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from pos.checkup.desk import for_shift
from pos.till.views import Environment, SignedIn, StripChanged
from pos.ui.app import application
from pos.ui.manager.setup.health.screen import HealthScreen
from pos.ui.readiness.watch import ReadinessFound
from tests.ui.camera import ORDINARY, Camera, render, settle
from tests.ui.fake_health import RED, WELL
from tests.ui.fake_till import HUONG, LAN, strip
from tests.ui.setup_office import SetupOffice
from tests.ui.shots import make


def panel(camera: Camera) -> None:
    """Well, not well, and an assumption to verify."""
    with tempfile.TemporaryDirectory() as folder:
        s = SetupOffice(Path(folder), camera.language, camera.size, camera.theme)
        for name, findings in (("well", WELL), ("red", RED + WELL)):
            s.health.findings = findings
            s.sight("health")
            s.press("F5")
            s.run()
            camera.take(s.window, f"health-{name}")
        drawn = s.sight("health")
        assert isinstance(drawn, HealthScreen)
        drawn.table.selectRow(len(RED + WELL))
        camera.take(s.window, "health-assumption")
        s.close()


def shift(camera: Camera) -> None:
    """Ready, not ready, and the box behind it."""
    app = application()
    for person, findings in ((LAN, WELL), (LAN, RED), (HUONG, RED)):
        window, till = make(camera)
        till.say(StripChanged(strip(Environment.PRODUCTION)))
        till.say(SignedIn(person))
        settle(app)
        red = for_shift(findings, manager=person is HUONG)
        window.bridge.post(ReadinessFound(person, red))
        settle(app)
        name = f"{'ready' if not red else 'not-ready'}-{'manager' if person is HUONG else 'cashier'}"
        camera.take(window, name)
        if red:
            window.banners.open()
            settle(app)
            camera.take(window, f"{name}-box")
        window.close()


def draw(camera: Camera) -> None:
    panel(camera)
    shift(camera)


if __name__ == "__main__":
    render(draw, ORDINARY)
