"""Pictures of the set-up section: `python -m tests.ui.shots_setup OUT [language] [width] [theme]`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from pos.setup.trials import Sort, TrialResult
from pos.till.views import Message
from pos.ui.app import application
from pos.ui.manager.setup.issuers.trying import KEY
from pos.ui.manager.setup.settings.panel import SettingsPanel
from pos.ui.theme import ThemeName
from tests.ui.setup_office import SetupOffice
from tests.ui.shots import SIZES, shoot

PANELS = ("shop", "issuers", "devices", "policy", "reports", "looks", "about")


def scenes(s: SetupOffice, out: Path, tag: str) -> None:
    """Every panel, and what changes look like."""

    def picture(name: str) -> None:
        s.settle()
        shoot(s.window, out, f"{tag}-{name}")

    for name in PANELS:
        s.open(name)
        picture(name)
    drawn = s.open("shop")
    drawn.go_to("bill.max_vouchers")
    panel = s.panels["shop"]
    assert isinstance(panel, SettingsPanel)
    panel._edited("store.name", "Cà phê Hương Lan – 12 Trần Phú")
    panel._edited("bill.max_vouchers", "999")
    picture("shop-wrong")
    panel._edited("bill.max_vouchers", "30")
    picture("shop-edited")
    s.press("F8")
    s.run()
    picture("shop-saved")
    s.press("F6")
    s.run()
    picture("shop-history")


def main() -> None:
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    wanted = sys.argv[2:]
    application()
    for language in ("vi", "en"):
        for size in SIZES:
            for theme in (ThemeName.LIGHT, ThemeName.DARK):
                tag = f"{language}-{size[0]}-{theme}"
                if not all(part in tag.split("-") for part in wanted):
                    continue
                with tempfile.TemporaryDirectory() as folder:
                    s = SetupOffice(Path(folder), language, size, theme)
                    scenes(s, out, tag)
                    s.close()


if __name__ == "__main__":
    main()
