"""The set-up section on a running till: what a manager changes there is kept, and stands in the chain by her name."""

from __future__ import annotations

import os
from collections.abc import Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos.bootstrap import Program
from pos.i18n import Translator
from pos.running import RunningTill
from pos.till.ports import Role
from pos.till.views import SignedIn
from pos.ui.app import application, build_window
from pos.ui.bridge import Bridge
from pos.ui.config import Choices, UiConfig
from pos.ui.manager.page import ManagerPage
from pos.ui.manager.section import Section
from pos.ui.manager.setup.about.panel import AboutPanel
from pos.ui.manager.setup.backup.panel import BackupPanel
from pos.ui.manager.setup.section import SetupSection
from pos.ui.manager.setup.settings.panel import SettingsPanel
from pos.ui.manager.setup.updates.panel import UpdatesPanel
from pos.ui.shell.presenter import Screen
from pos.ui.start import _pages
from tests.integration.counter import Counter
from tests.integration.test_running import Window

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")
PIN = "482913"


@pytest.fixture
def seller(counter: Counter) -> Iterator[Window]:
    running = RunningTill(Program(counter.folder), on_scan=lambda _: None, on_scan_dropped=lambda _: None)
    window = Window(running)
    running.start()
    yield window
    assert running.close(), "a thread did not end"


def test_a_setting_a_copy_and_a_trial_on_a_running_till(qtbot: QtBot, seller: Window) -> None:
    """Nothing is faked: review service, journal, table of rights and the issuer's sandbox answer."""
    application()
    running, bridge = seller.running, Bridge()
    program = running.program
    manager = program.people.add("Hương", Role.MANAGER, PIN, actor="Hương")
    pages = _pages(running, bridge)
    window = build_window(seller.till, UiConfig(choices=Choices(volume_percent=0), pages=pages), bridge)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)  # a window that is still being mapped may be drawn anew under a test's fingers
    window.activateWindow()
    bridge.post(SignedIn(manager))
    QApplication.processEvents()
    window.navigation.open_screen(Screen.MANAGER)
    page = next(page for page in pages if isinstance(page, ManagerPage))
    page.show_section("setup")
    section = next(each for each in page._sections if isinstance(each, SetupSection))
    panels: dict[str, Section] = {panel.name: panel for panel in section._panels}
    assert [*panels] == [name for name in ORDER if name in panels], "in the order of the list"

    shop = panels["shop"]
    assert isinstance(shop, SettingsPanel)
    section.show_panel("shop")
    qtbot.waitUntil(lambda: bool(shop.presenter._standings), timeout=10_000)
    qtbot.waitUntil(lambda: getattr(window.screens.page_in_sight, "_current", None) is section._drawn, timeout=10_000)
    shop._edited("bill.max_vouchers", "17")
    window._keyboard.press("F8")
    qtbot.waitUntil(lambda: program.settings.number("bill.max_vouchers") == 17, timeout=30_000)
    qtbot.waitUntil(lambda: not shop.presenter.busy, timeout=10_000)
    (newest, *_) = shop.presenter._desk.history("bill.max_vouchers")
    assert (newest.actor, newest.now) == ("Hương", 17)

    section.show_panel("issuers")
    issuers = panels["issuers"]
    assert isinstance(issuers, SettingsPanel)
    qtbot.waitUntil(lambda: bool(issuers.presenter._standings), timeout=10_000)
    window._keyboard.press("F5")
    works = Translator().message("trial.works.gotit", {"issuer": "Got It"}).what
    qtbot.waitUntil(lambda: works in issuers.presenter.model(Translator()).says, timeout=20_000)

    section.show_panel("backup")
    copies = panels["backup"]
    assert isinstance(copies, BackupPanel)
    qtbot.waitUntil(lambda: copies.presenter.view is not None, timeout=10_000)
    before = copies.total()
    window._keyboard.press("F5")
    qtbot.waitUntil(lambda: copies.total() == before + 1, timeout=20_000)
    assert copies.presenter.copies[0].verified

    section.show_panel("updates")
    updates = panels["updates"]
    assert isinstance(updates, UpdatesPanel)
    qtbot.waitUntil(lambda: updates.presenter.view is not None, timeout=10_000)
    updates.presenter.set_source(str(program.folder.path / "no-stick"), checks=False)
    qtbot.waitUntil(lambda: bool(updates.presenter.view and updates.presenter.view.source), timeout=20_000)
    window._keyboard.press("F5")
    missing = Translator().message("update.source_missing", {"source": str(program.folder.path / "no-stick")}).what
    qtbot.waitUntil(lambda: updates.presenter.model(Translator()).title == missing, timeout=20_000)

    section.show_panel("about")
    about = panels["about"]
    assert isinstance(about, AboutPanel)
    qtbot.waitUntil(lambda: about.total() > 10, timeout=10_000)
    window.close()


ORDER = ("people", "shop", "issuers", "devices", "policy", "reports", "looks", "backup", "health", "about",
         "updates")  # fmt: skip
