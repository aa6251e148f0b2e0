"""Pictures of readiness and health: `python -m tests.ui.shots_health OUT [language] [width] [theme]`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from pos.checkup.desk import for_shift
from pos.till.views import Environment, SignedIn, StripChanged
from pos.ui.app import application
from pos.ui.manager.setup.health.screen import HealthScreen
from pos.ui.readiness.watch import ReadinessFound
from pos.ui.theme import ThemeName
from tests.ui.fake_health import RED, WELL
from tests.ui.fake_till import HUONG, LAN, strip
from tests.ui.setup_office import SetupOffice
from tests.ui.shots import SIZES, make, settle, shoot


def panel(out: Path, language: str, size: tuple[int, int], theme: ThemeName, tag: str) -> None:
    """Well, not well, and an assumption to verify."""
    with tempfile.TemporaryDirectory() as folder:
        s = SetupOffice(Path(folder), language, size, theme)
        for name, findings in (("well", WELL), ("red", RED + WELL)):
            s.health.findings = findings
            s.sight("health")
            s.press("F5")
            s.run()
            s.settle()
            shoot(s.window, out, f"{tag}-health-{name}")
        drawn = s.sight("health")
        assert isinstance(drawn, HealthScreen)
        drawn.table.selectRow(len(RED + WELL))
        s.settle()
        shoot(s.window, out, f"{tag}-health-assumption")
        s.close()


def shift(out: Path, language: str, size: tuple[int, int], theme: ThemeName, tag: str) -> None:
    """Ready, not ready, and the box behind it."""
    app = application()
    for person, findings in ((LAN, WELL), (LAN, RED), (HUONG, RED)):
        window, till = make(language, size, theme)
        till.say(StripChanged(strip(Environment.PRODUCTION)))
        till.say(SignedIn(person))
        settle(app)
        red = for_shift(findings, manager=person is HUONG)
        window.bridge.post(ReadinessFound(person, red))
        settle(app)
        name = f"{'ready' if not red else 'not-ready'}-{'manager' if person is HUONG else 'cashier'}"
        shoot(window, out, f"{tag}-{name}")
        if red:
            window.open_banner()
            settle(app)
            shoot(window, out, f"{tag}-{name}-box")
        window.close()


def main() -> None:
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    wanted = sys.argv[2:]
    application()
    for language in ("vi", "en"):
        for size in SIZES:
            for theme in (ThemeName.LIGHT, ThemeName.DARK):
                tag = f"{language}-{size[0]}-{theme}"
                if all(part in tag.split("-") for part in wanted):
                    panel(out, language, size, theme, tag)
                    shift(out, language, size, theme, tag)


if __name__ == "__main__":
    main()
