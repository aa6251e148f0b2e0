"""The window that says how far an upgrade has come: it comes when that takes long, draws on, stays until the end."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from pos.domain.errors import JournalUnavailable
from pos.i18n import Translator
from pos.journal.migrations import Stage
from pos.ui.look import Look
from pos.ui.theme import ThemeName
from pos.ui.upgrade.screen import UpgradeScreen
from pos.ui.upgrade.shown import upgrade_shown
from pos.upgrading import Progress, upgrade_due
from tests.released.make import HERE, unpacked

PATIENCE_S = 20.0


def look(language: str = "en") -> Look:
    return Look.of(ThemeName.LIGHT, language)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.usefixtures("qapp")
def test_a_long_one_is_shown_drawn_on_and_cannot_be_closed(tmp_path: Path, language: str) -> None:
    seen, windows, go_on = list[str](), list[UpgradeScreen](), threading.Event()

    def work(_: Path, progress: Progress) -> None:
        progress.told(Stage.COPY, 1, 2)
        assert go_on.wait(PATIENCE_S), "the GUI thread waits for the upgrade"
        progress.told(Stage.CHANGE, 1, 2)

    def made(screen: UpgradeScreen) -> None:
        windows.append(screen)
        QTimer.singleShot(0, drawn)

    def drawn() -> None:
        screen = windows[0]
        if "20" not in screen.accessibleDescription():  # the word is still on its way from the other thread
            QTimer.singleShot(0, drawn)
            return
        seen.append(screen.accessibleDescription())
        assert not screen.close()
        assert screen.isVisible()
        go_on.set()

    upgrade_shown(tmp_path, lambda: look(language), made=made, after_s=0.0, work=work)
    tr = Translator(language)
    assert seen == [tr.t("upgrade.step", stage=tr.t("upgrade.stage.copy"), percent=20)]
    assert not [w for w in QApplication.topLevelWidgets() if isinstance(w, UpgradeScreen) and w.isVisible()]


@pytest.mark.usefixtures("qapp")
def test_a_short_one_shows_nothing(tmp_path: Path) -> None:
    windows = list[UpgradeScreen]()
    threads = list[str]()
    upgrade_shown(tmp_path, look, made=windows.append, work=lambda *_: threads.append(threading.current_thread().name))
    assert (windows, threads) == ([], ["upgrade"])


@pytest.mark.usefixtures("qapp")
def test_what_goes_wrong_is_told_by_whoever_opens_the_till(tmp_path: Path) -> None:
    def work(*_: object) -> None:
        raise JournalUnavailable("upgrade.no_room", megabytes=3)

    with pytest.raises(JournalUnavailable, match=r"upgrade\.no_room"):
        upgrade_shown(tmp_path, look, after_s=0.0, work=work)


@pytest.mark.usefixtures("qapp")
def test_a_folder_of_an_earlier_version_is_upgraded_and_the_next_start_pays_nothing() -> None:
    with unpacked(HERE / "schema-6" / "data.tar.xz") as base:
        till = base / "till"
        assert upgrade_due(till)
        upgrade_shown(till, look, after_s=0.0)
        assert not upgrade_due(till)
