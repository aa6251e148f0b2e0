"""The people panel: people are looked after by name; a PIN is typed by its owner, twice, and kept nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pos.domain.errors import SecurityError
from pos.till.ports import Role
from pos.ui.manager.setup.people.sheets import PersonSheet, SureSheet
from tests.ui.people_office import PINS, PeopleOffice


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PeopleOffice]:
    opened = PeopleOffice(tmp_path)
    opened.sight("people")
    opened.run()
    yield opened
    opened.close()


def rows(office: PeopleOffice) -> list[tuple[str, str]]:
    return [(state.person.name, state.person.role.value) for state in office.panel.presenter.states]


def choose(office: PeopleOffice, name: str) -> None:
    office.panel._chosen([state.person.name for state in office.panel.presenter.states].index(name))


def sheet(office: PeopleOffice) -> PersonSheet:
    assert isinstance(office.box, PersonSheet)
    return office.box


def says(office: PeopleOffice) -> str:
    return office.panel.presenter.model(office.window.screens.look.tr).says


def twice(office: PeopleOffice, first: str, second: str = "") -> None:
    for pin in (first, second or first):
        office.type(pin)
        office.key("Enter")
    office.run()


def test_somebody_new_gives_a_name_and_types_her_own_pin_twice(office: PeopleOffice) -> None:
    office.press("F5")
    office.type("1")
    office.type("Thao")
    office.key("Enter")
    twice(office, "6158")
    assert ("Thao", "cashier") in rows(office)
    assert office.people.verify(office.person("Thao").id, "6158").name == "Thao"
    assert not office.window.box.is_open
    assert says(office) == "Đã thêm Thao."


def test_two_different_pins_and_a_common_one_are_asked_for_again(office: PeopleOffice) -> None:
    office.press("F5")
    office.type("1")
    office.type("Thao")
    office.key("Enter")
    twice(office, "6158", "6159")
    assert "không giống nhau" in sheet(office)._error.text()
    twice(office, "1234")
    assert "dễ đoán" in sheet(office)._error.text()
    twice(office, PINS["Hương"])  # the manager's own
    assert "dễ đoán hoặc đã có người dùng" in sheet(office)._error.text()
    twice(office, "6158")
    assert ("Thao", "cashier") in rows(office)


def test_a_name_that_is_taken_asks_for_the_name_again(office: PeopleOffice) -> None:
    office.press("F5")
    office.type("1")
    office.type("Lan")
    office.key("Enter")
    twice(office, "6158")
    assert "Lan" in sheet(office)._error.text()
    assert sheet(office).field.isVisible()


def test_a_new_pin_for_her_who_forgot_it_ends_her_wait(office: PeopleOffice) -> None:
    lan = office.person("Lan")
    for _ in range(5):
        with pytest.raises(SecurityError):
            office.people.verify(lan.id, "0000")
    choose(office, "Lan")
    office.press("F6")
    twice(office, "6158")
    assert office.people.verify(lan.id, "6158") == lan


def test_the_wait_shows_and_a_manager_ends_it(office: PeopleOffice) -> None:
    minh = office.person("Minh")
    for _ in range(5):
        with pytest.raises(SecurityError):
            office.people.verify(minh.id, "0000")
    office.panel.presenter.opened()
    office.run()
    choose(office, "Minh")
    assert "F8" in [action.key for action in office.panel.presenter.model(office.window.screens.look.tr).actions]
    office.press("F8")
    office.run()
    assert office.people.verify(minh.id, PINS["Minh"]) == minh
    assert "F8" not in [action.key for action in office.panel.presenter.model(office.window.screens.look.tr).actions]


def test_a_cashier_becomes_a_manager_with_a_longer_pin_and_back_with_one_question(office: PeopleOffice) -> None:
    choose(office, "Lan")
    office.press("F7")
    twice(office, "6158")
    assert "từ 6 đến 8 số" in sheet(office)._error.text()
    twice(office, "615849")
    assert ("Lan", "manager") in rows(office)
    choose(office, "Lan")
    office.press("F7")
    assert isinstance(office.box, SureSheet)
    office.key("Enter")
    office.run()
    assert office.person("Lan").role is Role.CASHIER


def test_who_leaves_is_asked_about_once_and_the_last_manager_stays(office: PeopleOffice) -> None:
    choose(office, "Minh")
    office.press("Del")
    office.key("Esc")
    assert ("Minh", "cashier") in rows(office)
    office.press("Del")
    office.key("Enter")
    office.run()
    assert ("Minh", "cashier") not in rows(office)
    choose(office, "Hương")
    office.press("Del")
    office.key("Enter")
    office.run()
    assert ("Hương", "manager") in rows(office)
    assert "quản lý cuối cùng" in says(office)


def test_the_table_of_rights_is_there_to_read(office: PeopleOffice) -> None:
    office.press("F4")
    drawn = office.panel._drawn
    assert drawn is not None
    assert drawn.rights.isVisible()
    assert drawn.verdict_title == "Ai được làm gì"
    office.press("F6")  # no row of a person is chosen here
    assert not office.window.box.is_open
    office.press("F4")
    assert drawn.people.isVisible()


def test_what_is_typed_is_in_no_audit_and_no_accessible_name(office: PeopleOffice) -> None:
    choose(office, "Lan")
    office.press("F6")
    office.type("615")
    assert "615" not in sheet(office).pad.accessibleName()
    office.type("8")
    office.key("Enter")
    twice_more = sheet(office)
    office.type("6158")
    office.key("Enter")
    office.run()
    assert twice_more._first == ""
    texts = [row[0] for row in office.journal.core.connections.get().execute("SELECT facts FROM audit").fetchall()]
    assert not any("6158" in text for text in texts)
    assert any('"person.pin"' in text and '"Lan"' in text for text in texts)
