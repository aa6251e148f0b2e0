"""A device the system refuses: the window names the group or rule that is missing, wherever it tells of the device."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from hardware.errors import PermissionHint
from pos.till.views import DeviceView, Link, StripChanged
from pos.ui.app import application, build_window
from pos.ui.config import Choices, UiConfig
from pos.ui.scanner_test.sheet import ScannerTestSheet
from tests.ui.fake_till import LAN, FakeTill, ManualClock, strip
from tests.ui.hands import Hands

RULE = "70-quay-voucher.rules"
DENIED = DeviceView(Link.DOWN, "device.permission_denied")


@pytest.fixture(params=["vi", "en"])
def refused(qtbot: QtBot, request: pytest.FixtureRequest) -> Hands:
    """A window whose scanner is in nobody's group; the printer's group came after the session began."""
    application()
    till, clock = FakeTill(), ManualClock()
    config = UiConfig(
        choices=Choices(language=request.param, volume_percent=0), mono_s=clock.mono_s, now_utc=clock.now_utc,
        access={
            "scanner": PermissionHint("device.hint.group", {"group": "dialout", "rule": RULE}),
            "printer": PermissionHint("device.hint.login_again", {"group": "lp"}),
        },
    )  # fmt: skip
    window = build_window(till, config)
    qtbot.addWidget(window)
    window.show()
    hands = Hands(qtbot, window, till, clock)
    hands.sign_in(LAN)
    return hands


def tell(hands: Hands, unprinted: int = 0, **devices: DeviceView) -> None:
    hands.till.say(StripChanged(replace(strip(), unprinted=unprinted, **devices)))  # type: ignore[arg-type]
    hands.settle()


def banner(hands: Hands) -> str:
    bar = hands.window.screens.banner_bar
    return "" if bar.isHidden() else bar._text.text()


def test_the_banner_says_what_is_missing_until_it_is_waved_away_or_mended(refused: Hands) -> None:
    tell(refused, scanner=DeviceView(Link.DOWN, "permission_denied"))
    assert "dialout" in banner(refused)
    assert RULE in banner(refused)
    refused.press("Esc")
    assert banner(refused) == ""
    tell(refused, scanner=DeviceView(Link.DOWN, "permission_denied"))
    assert banner(refused) == "", "once waved away it does not come back by itself"
    tell(refused)
    tell(refused, scanner=DeviceView(Link.DOWN, "permission_denied"))
    assert "dialout" in banner(refused), "it was mended meanwhile: this is news"
    tell(refused)
    assert banner(refused) == ""


def test_slips_that_wait_for_a_refused_printer_are_counted_and_the_cause_named(refused: Hands) -> None:
    tell(refused, printer=DENIED)
    assert "lp" in banner(refused)
    tell(refused, unprinted=3, printer=DENIED)
    assert "3" in banner(refused)
    assert "lp" in banner(refused)


def test_both_devices_are_told_one_after_the_other(refused: Hands) -> None:
    tell(refused, printer=DENIED, scanner=DENIED)
    assert "lp" in banner(refused)
    refused.press("Esc")
    assert "dialout" in banner(refused)
    refused.press("Esc")
    assert banner(refused) == ""


def test_settings_and_scanner_test_say_it_and_the_test_goes_on_when_it_is_mended(refused: Hands) -> None:
    tell(refused, scanner=DENIED)
    refused.press("Ctrl+,")
    box = refused.window.box.sheet
    assert box is not None
    assert RULE in "\n".join(label.text() for label in box.findChildren(QLabel))

    refused.press("F10")
    test = refused.window.box.sheet
    assert isinstance(test, ScannerTestSheet)
    assert test.verdict.text().startswith("✗")
    assert "dialout" in test.verdict.text()
    tell(refused)
    assert test.verdict.text() == refused.window.screens.look.tr.t("scanner_test.waiting")
    refused.window.scans.take("4471902835")
    tell(refused, scanner=DENIED)
    assert test.verdict.text().startswith("✓"), "what was read stays"


@pytest.mark.parametrize("word", ["not_found", "device.busy", "disconnected"])
def test_any_other_trouble_of_a_device_says_what_to_do(refused: Hands, word: str) -> None:
    tell(refused, scanner=DeviceView(Link.DOWN, word))
    tr = refused.window.screens.look.tr
    said = refused.window.shell.trouble(tr, "scanner")
    assert said.endswith(tr.message(f"device.{word.rpartition('.')[2]}").do)
    assert banner(refused) == "", "it heals by itself: the strip is enough"
