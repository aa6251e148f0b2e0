"""Qt without a screen; one application for all tests."""

from __future__ import annotations

import os
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from pytestqt.qtbot import QtBot

from pos.ui.app import application, build_window
from pos.ui.config import Choices, UiConfig
from pos.ui.window import MainWindow
from tests.ui.fake_till import FakeTill, ManualClock
from tests.ui.hands import Hands

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen platform says once a window that it cannot hint its size; every other Qt warning fails a test."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints"))


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
    window.activateWindow()
    return window


@pytest.fixture
def hands(qtbot: QtBot, window: MainWindow, till: FakeTill, clock: ManualClock) -> Hands:
    return Hands(qtbot, window, till, clock)
