"""Pictures of people and lock: `python -m tests.ui.shots_people OUT [language] [width] [theme]`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from pos.domain.errors import SecurityError
from pos.till.views import Banner, BannerKind, BannerRaised, Message, SignedIn
from pos.ui.manager.setup.people.sheets import PersonSheet
from tests.ui.camera import ORDINARY, Camera, render
from tests.ui.fake_till import LAN
from tests.ui.people_office import PeopleOffice


def boxes(s: PeopleOffice, picture: Callable[[str], None]) -> None:
    """What is asked."""
    s.press("F5")
    picture("add-role")
    s.window.box.sheet.buttons["1"].click()  # type: ignore[union-attr]
    sheet = s.window.box.sheet
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
    s.box.dismiss()
    s.press("F4")
    picture("rights")
    s.press("F4")


def scenes(s: PeopleOffice, camera: Camera) -> None:
    """The panel and the lock."""

    def picture(name: str) -> None:
        camera.take(s.window, name)

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
    s.window.turns.lock()
    picture("locked")
    s.window.scans.take("GI7KQ2MX0P2835")
    picture("locked-scan")


def draw(camera: Camera) -> None:
    with tempfile.TemporaryDirectory() as folder:
        s = PeopleOffice(Path(folder), camera.language, camera.size, camera.theme)
        scenes(s, camera)
        s.close()


if __name__ == "__main__":
    render(draw, ORDINARY)
