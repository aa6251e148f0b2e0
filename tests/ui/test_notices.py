"""A notice that a manager has to see stands in the bar until somebody waves it away, and the till is told who did."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from pos.i18n import Translator
from pos.till.ports import Person, Role
from pos.till.views import Banner, BannerKind, BannerRaised, Environment, Message, SignedIn, StripChanged
from pos.ui.app import build_window
from pos.ui.config import Choices, UiConfig
from pos.ui.shell.presenter import ShellPresenter
from pos.ui.theme import Tone
from tests.ui.fake_till import FakeTill, strip

NOTICE = Banner(BannerKind.NOTICE, message=Message("settings.changed_outside", (("keys", "store.name"),)))
HUONG = Person("p1", "Hương", Role.MANAGER)


def test_told_again_at_a_sign_in_it_stands_there_once() -> None:
    shell = ShellPresenter()
    for _ in range(3):
        shell.raise_banner(NOTICE, 1.0)
    shown = shell.banner(Translator("vi"))
    assert shown is not None
    assert (shown.tone, "Tên cửa hàng" in shown.text, "tin nữa" in shown.text) == (Tone.REFUSED, True, False)
    assert shell.dismiss_banner() == "settings.changed_outside"
    assert shell.banner(Translator("vi")) is None


def test_waved_away_at_the_window_the_till_hears_of_it(qtbot: QtBot) -> None:
    till = FakeTill()
    window = build_window(till, UiConfig(choices=Choices(volume_percent=0), environment=Environment.SANDBOX))
    try:
        till.say(StripChanged(strip(Environment.SANDBOX)))
        till.say(SignedIn(HUONG))
        till.say(BannerRaised(NOTICE))
        qtbot.waitUntil(lambda: "Tên cửa hàng" in window.screens.banner_bar._text.text())
        window.banners.dismiss()
        assert ("notice_seen", "settings.changed_outside") in till.commands
    finally:
        window.close()
