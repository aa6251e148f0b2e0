"""The panel of the copies: whether a manager may sleep, one made and read through, the way back, what was mended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from pos.domain.backups import CopyReason
from pos.domain.errors import JournalDamaged, JournalUnavailable
from pos.i18n import Translator
from pos.ui.manager.setup.backup.panel import BackupPanel
from pos.ui.manager.setup.backup.restore_sheet import RestoreSheet
from pos.ui.manager.setup.backup.screen import BackupScreen
from pos.ui.theme import Tone
from tests.journal.shop import NOON
from tests.ui.setup_office import REBUILT, SetupOffice

EN = Translator("en")


@pytest.fixture
def office(qtbot: QtBot, tmp_path: Path) -> Iterator[SetupOffice]:
    office = SetupOffice(tmp_path / "till", "en")
    qtbot.addWidget(office.window)
    qtbot.waitExposed(office.window)
    yield office
    office.close()


def opened(office: SetupOffice) -> tuple[BackupScreen, BackupPanel]:
    drawn, panel = office.sight("backup"), office.panels["backup"]
    assert isinstance(drawn, BackupScreen)
    assert isinstance(panel, BackupPanel)
    return drawn, panel


def test_the_newest_good_copy_is_the_verdict(office: SetupOffice) -> None:
    _, panel = opened(office)
    model = panel.presenter.model(EN)
    assert model.tone is Tone.USABLE
    assert "11:30" in model.title
    assert panel.total() == 3


def test_copies_that_were_never_read_through_are_none_to_count_on(office: SetupOffice) -> None:
    office.backups.copies = office.backups.copies[-1:]
    _, panel = opened(office)
    assert panel.presenter.model(EN).tone is Tone.UNKNOWN
    assert panel.presenter.model(EN).title == EN.t("setup.backup.none")


def test_a_copy_of_the_day_before_yesterday_is_told_as_old(office: SetupOffice) -> None:
    office.backups.copies = [replace(office.backups.copies[0], made_utc=NOON - timedelta(days=3))]
    _, panel = opened(office)
    assert panel.presenter.model(EN).tone is Tone.UNKNOWN


def test_one_is_made_by_key_and_by_name(office: SetupOffice) -> None:
    drawn, panel = opened(office)
    office.press("F5")
    assert [action.id for action in drawn._model.actions] == [], "nothing else can be pressed meanwhile"  # type: ignore[union-attr]
    office.run()
    assert office.backups.made == [(CopyReason.BY_HAND, "Hương")]
    assert panel.total() == 4
    assert "verified" in panel.presenter.model(EN).says


def test_a_copy_that_cannot_be_made_says_why(office: SetupOffice) -> None:
    _, panel = opened(office)
    office.backups.fault = JournalUnavailable("journal.disk_full")
    office.press("F5")
    office.run()
    model = panel.presenter.model(EN)
    assert EN.message("journal.disk_full").what in model.says
    assert model.says_tone is Tone.REFUSED


def test_the_chosen_copy_is_read_through(office: SetupOffice) -> None:
    drawn, panel = opened(office)
    drawn.table.chosen.emit(1)
    office.press("F6")
    office.run()
    assert office.backups.read == ["journal-20261120-1510-closing.db"]
    office.backups.fault = JournalDamaged("journal.damaged", what="check")
    office.press("F6")
    office.run()
    assert panel.presenter.model(EN).says_tone is Tone.REFUSED


def test_the_way_back_names_the_very_command(office: SetupOffice) -> None:
    drawn, _ = opened(office)
    drawn.table.chosen.emit(1)
    office.press("F8")
    assert isinstance(office.box, RestoreSheet)
    office.key("F5")
    assert QGuiApplication.clipboard().text() == "quay backup restore journal-20261120-1510-closing.db"


def test_what_was_mended_waits_until_a_manager_has_read_it(office: SetupOffice) -> None:
    office.backups.told.append(REBUILT)
    drawn, panel = opened(office)
    assert office.section.waiting() == 1
    told = panel.presenter.model(EN).notices[0]
    assert "CH01-T1-20261121-000148" in told
    assert "damaged-20261121-0300" in told
    assert drawn.bar.buttons["seen"].key == "F4"
    office.press("F4")
    office.run()
    assert office.backups.seen_by == ["Hương"]
    assert office.section.waiting() == 0
    assert "seen" not in drawn.bar.buttons


def test_the_second_folder_is_a_setting_changed_by_her_name(office: SetupOffice, tmp_path: Path) -> None:
    _, panel = opened(office)
    panel._folder_chosen(str(tmp_path))
    office.run()
    key, who, _, now, _ = office.changes()[0]
    assert (key, who, now) == (panel.presenter._folder_key, "Hương", str(tmp_path))


def test_an_empty_folder_says_how_to_make_the_first(office: SetupOffice) -> None:
    office.backups.copies = []
    drawn, panel = opened(office)
    assert panel.presenter.model(EN).empty == EN.t("setup.backup.list.empty")
    office.press("F6", "F8")
    assert office.window.box.sheet is None
    assert office.backups.read == []
    assert "copy" in drawn.bar.buttons
