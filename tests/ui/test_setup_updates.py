"""The panel of updates: by keys from the source to a program that begins with the next start; refusals are told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from pos.domain.errors import UpdateError
from pos.domain.updates import Hindrance
from pos.i18n import Translator
from pos.till.review.events import ReportProgress
from pos.till.updates import Stops
from pos.ui.manager.setup.updates.model import UpdatesModel
from pos.ui.manager.setup.updates.panel import UpdatesPanel
from pos.ui.manager.setup.updates.presenter import FETCH
from pos.ui.manager.setup.updates.source_sheet import SourceSheet
from pos.ui.theme import Tone
from tests.ui.setup_office import SetupOffice

EN = Translator("en")


@pytest.fixture
def office(qtbot: QtBot, tmp_path: Path) -> Iterator[SetupOffice]:
    office = SetupOffice(tmp_path / "till", "en")
    qtbot.addWidget(office.window)
    qtbot.waitExposed(office.window)
    yield office
    office.close()


def opened(office: SetupOffice, source: str = "/media/usb/quay") -> UpdatesPanel:
    if source:
        office.settings.set_many({"updates.source": source})
    office.sight("updates")
    panel = office.panels["updates"]
    assert isinstance(panel, UpdatesPanel)
    return panel


def shown(panel: UpdatesPanel) -> UpdatesModel:
    return panel.presenter.model(EN)


def buttons(panel: UpdatesPanel) -> list[str]:
    return [action.id for action in shown(panel).actions]


def lines(panel: UpdatesPanel) -> dict[str, str]:
    return {line.label: line.words for line in shown(panel).lines}


def test_as_shipped_nobody_is_asked_and_a_source_is_all_one_can_set(office: SetupOffice) -> None:
    panel = opened(office, source="")
    assert buttons(panel) == ["source"]
    assert office.updates.acts == []
    office.press("F5", "F6", "F7", "F8")
    office.run()
    assert office.updates.acts == []


def test_a_folder_is_set_in_the_managers_name_and_looked_into_daily_when_she_says_so(office: SetupOffice) -> None:
    panel = opened(office, source="")
    office.press("F4")
    assert isinstance(office.box, SourceSheet)
    office.box.field.setText("/media/usb/quay")
    office.key("F6")
    office.key("Enter")
    office.run()
    assert (office.settings.text("updates.source"), office.settings.flag("updates.check")) == ("/media/usb/quay", True)
    assert {change[:2] for change in office.changes()} == {("updates.source", "Hương"), ("updates.check", "Hương")}
    assert "look" in buttons(panel)


@pytest.mark.parametrize("text", ["http://example.vn", "usb", "", "ftp://x/y"])
def test_what_can_be_no_place_is_not_taken(office: SetupOffice, text: str) -> None:
    opened(office, source="")
    office.press("F4")
    box = office.box
    assert isinstance(box, SourceSheet)
    box.field.setText(text)
    box.accept()
    assert "✗" in box.says.text()
    assert office.settings.text("updates.source") == ""


def test_no_source_any_more_turns_the_daily_look_off(office: SetupOffice) -> None:
    office.settings.set_many({"updates.check": "true"})
    opened(office)
    office.press("F4")
    office.key("F7")
    office.run()
    assert (office.settings.text("updates.source"), office.settings.flag("updates.check")) == ("", False)


def test_from_a_look_to_the_next_start_by_keys(office: SetupOffice) -> None:
    panel = opened(office)
    assert buttons(panel) == ["look", "source"]
    office.press("F5")
    assert buttons(panel) == []
    office.run()
    assert "0.2.0" in shown(panel).title
    assert "Scanning is faster" in shown(panel).notes
    assert panel.waiting() == 1
    assert buttons(panel) == ["fetch", "look", "source"]
    office.press("F6")
    office.run()
    assert buttons(panel) == ["apply", "later", "look", "source"]
    office.press("F8")
    office.run()
    assert office.updates.acts == [("look", "Hương"), ("fetch", "Hương"), ("apply", "Hương")]
    assert shown(panel).title == EN.t("setup.updates.applied", version="0.2.0")
    assert panel.waiting() == 0


def test_in_a_shift_it_can_only_be_put_off_to_the_closing(office: SetupOffice) -> None:
    panel = opened(office)
    office.updates.fetch("Hương")
    office.updates.acts.clear()
    office.updates._now(stops=Stops(Hindrance.SHIFT_OPEN, ""))
    opened(office)
    panel.opened()
    office.run()
    assert buttons(panel) == ["later", "look", "source"]
    assert "shift" in lines(panel)["When"]
    office.press("F8")
    office.run()
    assert office.updates.acts == []
    office.press("F7")
    office.run()
    assert office.updates.acts == [("schedule", "Hương")]
    assert "At closing (Hương)" in lines(panel)["When"]
    assert panel.waiting() == 0
    office.press("F7")
    office.run()
    assert office.updates.acts[-1] == ("unschedule", "Hương")


def test_where_the_till_must_be_closed_first_that_is_the_verdict_and_can_be_called_off(office: SetupOffice) -> None:
    office.updates.beside = False
    office.updates.fetch("Hương")
    panel = opened(office)
    office.press("F8")
    office.run()
    assert shown(panel).title == EN.t("setup.updates.at_end", version="0.2.0")
    assert "administrator" in lines(panel)["When"]
    assert buttons(panel) == ["look", "not_later", "source"]
    office.press("F7")
    office.run()
    assert buttons(panel) == ["apply", "later", "look", "source"]


@pytest.mark.parametrize(("profile", "free"), [("", True), ("production", False)])
def test_with_money_open_the_copy_is_announced_and_another_tills_money_is_not_copied(
    office: SetupOffice, profile: str, free: bool
) -> None:
    office.updates.fetch("Hương")
    office.updates._now(stops=Stops(Hindrance.UNSETTLED, profile, 3))
    panel = opened(office)
    assert ("apply" in buttons(panel)) is free
    assert ("copied" in lines(panel)["When"]) is free


def test_how_far_it_is_is_told_and_it_can_be_stopped_or_left(office: SetupOffice) -> None:
    panel = opened(office)
    office.press("F5")
    office.run()
    office.press("F6")
    assert buttons(panel) == ["stop"]
    panel.take_event(ReportProgress(FETCH, panel.presenter._tickets[FETCH], 28_000_000, 56_000_000))
    assert "50%" in shown(panel).says
    office.press("F6")
    beside = panel.presenter._beside
    assert beside.stopped  # type: ignore[attr-defined]
    office.sight("shop")
    office.run()
    office.sight("updates")
    assert office.updates.state.staged
    assert "apply" in buttons(panel)


@pytest.mark.parametrize(
    ("code", "tone"), [("bad_signature", Tone.REFUSED), ("replayed", Tone.REFUSED), ("source_missing", Tone.UNKNOWN)]
)
def test_a_refusal_is_the_verdict_with_what_to_do_and_stays_until_it_goes_well(
    office: SetupOffice, code: str, tone: Tone
) -> None:
    panel = opened(office)
    office.updates.fault = UpdateError(f"update.{code}", source="/media/usb/quay")
    office.press("F5")
    office.run()
    model = shown(panel)
    told = EN.message(f"update.{code}", {"source": "/media/usb/quay"})
    assert (model.title, model.tone, model.says) == (told.what, tone, "")
    assert lines(panel)["What to do"] == told.do
    assert panel.waiting() == 1
    office.sight("shop")
    office.sight("updates")
    assert shown(panel).title == told.what
    office.press("F5")
    office.run()
    assert "0.2.0" in shown(panel).title


def test_keys_that_nobody_keeps_are_told(office: SetupOffice) -> None:
    office.updates.state = replace(office.updates.state, development=True)
    panel = opened(office)
    assert "development keys" in lines(panel)["Keys"]
