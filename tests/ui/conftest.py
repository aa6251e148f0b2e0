"""Qt without a screen; one application for all tests."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from pytestqt.qtbot import QtBot

from pos.ui.app import application, build_window
from pos.ui.config import Choices, UiConfig
from pos.ui.window import MainWindow
from tests.ui.fake_till import FakeTill, ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def till() -> FakeTill:
    return FakeTill()


@pytest.fixture
def window(qtbot: QtBot, till: FakeTill, clock: ManualClock) -> MainWindow:
    application()
    config = UiConfig(
        choices=Choices(volume_percent=0), store="03", till="2", mono_s=clock.mono_s, now_utc=clock.now_utc
    )
    window = build_window(till, config)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return window
