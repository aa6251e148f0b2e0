"""Pictures of people and lock: `python -m tests.ui.shots_people OUT [language] [width] [theme]`."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from pos.domain.errors import SecurityError
from pos.till.views import Banner, BannerKind, BannerRaised, Message, SignedIn
from pos.ui.app import application
from pos.ui.manager.setup.people.sheets import PersonSheet
from pos.ui.theme import ThemeName
from tests.ui.fake_till import LAN
from tests.ui.people_office import PeopleOffice
from tests.ui.shots import SIZES, shoot


def boxes(s: PeopleOffice, picture: Callable[[str], None]) -> None:
    """What is asked."""
    s.press("F5")
    picture("add-role")
    s.window._sheet.buttons["1"].click()  # type: ignore[union-attr]
    sheet = s.window._sheet
    assert isinstance(sheet, PersonSheet)
    picture("add-name")
    sheet.field.setText("Thảo")
    sheet.accept()
    for digit in "48":
        sheet.pad._type(digit)
    picture("add-pin")
    sheet.pad.clear()
    for pin in ("1234", "1234"):
        for digit in pin:
            sheet.pad._type(digit)
        sheet.pad.submit()
    s.run()
    picture("add-unfit")
    sheet.dismiss()
    s.press("Del")
    picture("retire")
    s.window._sheet.dismiss()  # type: ignore[union-attr]
    s.press("F4")
    picture("rights")
    s.press("F4")


def scenes(s: PeopleOffice, out: Path, tag: str) -> None:
    """The panel and the lock."""

    def picture(name: str) -> None:
        s.settle()
        shoot(s.window, out, f"{tag}-{name}")

    s.sight("people")
    s.run()
    for _ in range(6):
        with suppress(SecurityError):
            s.people.verify(s.person("Minh").id, "0000")
    s.sight("shop")
    s.sight("people")
    s.run()
    s.panel.presenter.at = 2
    s.panel._show(anew=True)
    picture("people")
    boxes(s, picture)
    facts = (("name", "Hương"), ("os_user", "quay"), ("when", "09:12 21/11/2026"))
    s.till.say(BannerRaised(Banner(BannerKind.NOTICE, message=Message("manager.recovered", facts))))
    picture("recovered")
    s.window.shell.dismiss_banner()
    s.till.say(SignedIn(LAN))
    s.settle()
    s.window.lock()
    picture("locked")
    s.window.take_scan("GI7KQ2MX0P2835")
    picture("locked-scan")


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
                    s = PeopleOffice(Path(folder), language, size, theme)
                    scenes(s, out, tag)
                    s.close()


if __name__ == "__main__":
    main()
