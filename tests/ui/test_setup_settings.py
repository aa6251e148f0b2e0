"""The set-up's panels of settings: changed by keys, checked at the field, saved by name, secrets nowhere to be seen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from PySide6.QtCore import QEvent
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from pos.domain.errors import ConfigError, SecurityError
from pos.i18n import Translator
from pos.security.secret import Secret
from pos.settings import SETTINGS
from pos.setup.trials import Sort, TrialResult
from pos.till.review.audit import Group as AuditGroup
from pos.till.review.audit import Wanted
from pos.till.views import Message, SignedIn
from pos.ui.manager.setup.devices.found_sheet import FoundSheet
from pos.ui.manager.setup.devices.panel import SPEC as DEVICES
from pos.ui.manager.setup.issuers.presenter import SPEC as ISSUERS
from pos.ui.manager.setup.looks_panel import SPEC as LOOKS
from pos.ui.manager.setup.panels import POLICY, REPORTS, SECOND_FOLDER, SHOP
from pos.ui.manager.setup.settings.history_sheet import HistorySheet
from pos.ui.manager.setup.settings.panel import SettingsPanel
from pos.ui.manager.setup.settings.screen import SettingsScreen
from pos.ui.manager.setup.settings.secret_sheet import SecretSheet
from pos.ui.manager.setup.updates.presenter import CHECK_KEY, SOURCE_KEY
from pos.ui.scanner_test.sheet import ScannerTestSheet
from pos.ui.widgets.approval import ApprovalSheet
from tests.ui.setup_office import PIN, SetupOffice

EN = Translator("en")
SECRET = "s3cr3t-K3y-2468"


@pytest.fixture
def office(qtbot: QtBot, tmp_path: Path) -> Iterator[SetupOffice]:
    office = SetupOffice(tmp_path / "till", "en")
    qtbot.addWidget(office.window)
    qtbot.waitExposed(office.window)
    yield office
    office.close()


def file_of(office: SetupOffice) -> dict[str, object]:
    path = office.settings.folder / "settings.json"
    read: dict[str, object] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return read


def change_number(
    office: SetupOffice, text: str, panel: str = "shop", key: str = "bill.max_vouchers"
) -> SettingsScreen:
    drawn = office.open(panel)
    drawn.go_to(key)
    office.settle()
    drawn.rows[key].control.stops[0].selectAll()  # type: ignore[attr-defined]
    office.type(text)
    return drawn


# ------------------------------------------------------------ changing and saving


def test_a_number_changed_by_keys_stands_in_the_file_and_in_the_audit_with_her_name(office: SetupOffice) -> None:
    drawn = change_number(office, "35")
    assert file_of(office) == {}, "nothing is written before it is saved"
    office.key("F8")
    office.run()
    assert file_of(office) == {"bill.max_vouchers": 35}
    assert office.changes() == [("bill.max_vouchers", "Hương", 20, 35, "")]
    assert "saved" in drawn.verdict_title
    assert "Hương" in drawn.rows["bill.max_vouchers"].model.note


def test_a_bad_value_is_refused_at_its_field_and_nothing_at_all_is_saved(office: SetupOffice) -> None:
    drawn = change_number(office, "999")
    drawn.edited.emit("store.name", "Hương Lan")
    assert "200" in drawn.rows["bill.max_vouchers"].model.error
    assert "“" in drawn.rows["bill.max_vouchers"].model.error, "it is named as people know it"
    office.key("F8")
    office.run()
    assert file_of(office) == {}
    assert drawn.at == "bill.max_vouchers", "the keyboard is where it has to be mended"
    drawn.rows["bill.max_vouchers"].control.stops[0].selectAll()  # type: ignore[attr-defined]
    office.type("40")
    office.key("F8")
    office.run()
    assert file_of(office) == {"bill.max_vouchers": 40, "store.name": "Hương Lan"}


def test_what_was_typed_can_be_taken_back_before_and_set_as_shipped_after(office: SetupOffice) -> None:
    drawn = change_number(office, "35")
    assert office.panels["shop"].waiting() == 1
    office.key("F4")
    assert drawn.rows["bill.max_vouchers"].model.text == "20"
    assert office.panels["shop"].waiting() == 0
    change_number(office, "35")
    office.key("F8")
    office.run()
    drawn.go_to("bill.max_vouchers")
    office.key("F7", "F8")
    office.run()
    assert office.settings.number("bill.max_vouchers") == 20
    assert office.changes()[0] == ("bill.max_vouchers", "Hương", 35, 20, "")


def test_points_between_the_digits_of_an_amount_are_no_mistake(office: SetupOffice) -> None:
    drawn = change_number(office, "1.500.000", "policy", "policy.sum_alone_vnd")
    assert drawn.rows["policy.sum_alone_vnd"].model.error == ""
    assert drawn.rows["policy.sum_alone_vnd"].model.text == "1500000"


def test_a_change_made_elsewhere_meanwhile_is_told_and_not_overwritten(office: SetupOffice) -> None:
    drawn = change_number(office, "35")
    office.noted.change({"bill.max_vouchers": "50"}, actor="Minh")
    office.key("F8")
    office.run()
    assert office.settings.number("bill.max_vouchers") == 50
    assert EN.message("settings.conflict").safe.split(";")[0] in drawn._model.says or "elsewhere" in drawn._model.says  # type: ignore[union-attr]
    assert "Minh" in drawn.rows["bill.max_vouchers"].model.note
    assert drawn.rows["bill.max_vouchers"].model.text == "35", "what she typed is still there"
    drawn.edited.emit("bill.max_vouchers", "36")
    office.key("F8")
    office.run()
    assert office.settings.number("bill.max_vouchers") == 36, "she has seen the other value, and wants hers"


def test_what_an_editor_wrote_into_the_file_meanwhile_is_not_overwritten(office: SetupOffice) -> None:
    """The till has not read it: nobody has seen what would be lost."""
    office.noted.change({"store.name": "A"}, actor="Minh")
    drawn = change_number(office, "35")
    (office.settings.folder / "settings.json").write_text(json.dumps({"store.name": "B"}), "utf-8")
    office.key("F8")
    office.run()
    assert file_of(office) == {"store.name": "B"}
    assert "outside" in drawn.verdict_title


def test_a_setting_that_waits_for_a_restart_says_so_until_it_is_as_the_till_was_started(office: SetupOffice) -> None:
    drawn = office.open("shop")
    drawn.edited.emit("till.code", "T9")
    office.press("F8")
    office.run()
    assert drawn.rows["till.code"].model.waits
    drawn.edited.emit("till.code", "T1")
    office.press("F8")
    office.run()
    assert not drawn.rows["till.code"].model.waits


def test_a_failed_save_keeps_what_was_typed(office: SetupOffice) -> None:
    drawn = change_number(office, "35")
    office.review.faults["setup/shop/save"] = Message("journal.io", (("file", "settings.json"),))
    office.key("F8")
    office.run()
    assert drawn.rows["bill.max_vouchers"].model.edited
    office.key("F8")
    office.run()
    assert office.settings.number("bill.max_vouchers") == 35


# ------------------------------------------------------------ policy


def test_the_policy_is_changed_only_with_a_reason_and_a_manager_s_pin(office: SetupOffice) -> None:
    change_number(office, "1000000", "policy", "policy.sum_alone_vnd")
    office.key("F8")
    assert isinstance(office.box, ApprovalSheet)
    office.key("Enter")  # no reason yet
    office.type("it rui ro hon")
    office.key("Enter")
    office.type("111111")
    office.key("Enter")
    office.run()
    assert isinstance(office.box, ApprovalSheet), "a wrong PIN leaves the box, and says so"
    assert office.settings.number("policy.sum_alone_vnd") == 2_000_000
    office.type(PIN)
    office.key("Enter")
    office.run()
    assert office.window.box.sheet is None
    assert office.settings.number("policy.sum_alone_vnd") == 1_000_000
    assert office.changes()[0] == ("policy.sum_alone_vnd", "Hương", 2_000_000, 1_000_000, "it rui ro hon")


def test_what_was_typed_goes_with_whoever_typed_it(office: SetupOffice) -> None:
    """The next manager never saves a key under her name that another one typed, nor does it stay in the memory."""
    office.open("issuers").edited.emit("gotit.pin", SECRET)
    panel = office.panels["issuers"]
    assert isinstance(panel, SettingsPanel)
    office.press("F1", "F9")
    assert panel.waiting() == 1, "she was only at the counter"
    office.till.say(SignedIn(None))
    office.settle()
    assert panel.waiting() == 0
    assert not panel.presenter.edits


def test_no_way_round_the_pin_for_the_policy(office: SetupOffice) -> None:
    """The desk itself demands it, whatever a screen forgets."""
    with pytest.raises(ConfigError, match="needs_approval"):
        office.desk.save({"policy.sum_alone_vnd": Secret("0")}, {}, who="Hương", reason="vì thế")
    assert office.settings.number("policy.sum_alone_vnd") == 2_000_000


def test_nobody_who_may_not_changes_a_setting(office: SetupOffice) -> None:
    """Whoever left the page, or never was a manager: the desk asks the table by name."""
    for who in ("", "Lan", "nobody"):
        with pytest.raises(SecurityError, match="needs_manager"):
            office.desk.save({"store.name": Secret("x")}, {}, who=who)
    assert file_of(office) == {}


def test_the_policy_can_be_tightened_but_never_loosened(office: SetupOffice) -> None:
    drawn = change_number(office, "2000001", "policy", "policy.sum_alone_vnd")
    assert drawn.rows["policy.sum_alone_vnd"].model.error
    assert "2.000.000" in drawn.rows["policy.sum_alone_vnd"].model.allowed


# ------------------------------------------------------------ secrets


def said_by(widget: QWidget) -> str:
    """Everything a screen reader, a tool tip or a look into the widgets could tell."""
    told: list[str] = []
    for one in [widget, *widget.findChildren(QWidget)]:
        told += [one.accessibleName(), one.accessibleDescription(), one.toolTip(), one.windowTitle(), one.objectName()]
        face = QAccessible.queryAccessibleInterface(one)
        if face is not None:
            told += [face.text(kind) for kind in QAccessible.Text if kind is not QAccessible.Text.UserText]
    return "\n".join(told)


def test_a_secret_that_is_typed_is_sealed_and_seen_nowhere(office: SetupOffice) -> None:
    drawn = office.open("issuers")
    drawn.go_to("gotit.pin")
    office.key("Enter")
    assert isinstance(office.box, SecretSheet)
    office.type(SECRET)
    assert SECRET not in said_by(office.window), "while it is typed"
    office.box.field.selectAll()
    office.box.field.copy()
    assert SECRET not in QGuiApplication.clipboard().text()
    office.key("Enter")
    office.settle()
    panel = office.panels["issuers"]
    assert isinstance(panel, SettingsPanel)
    assert SECRET not in said_by(office.window), "while it waits to be saved"
    assert SECRET not in repr(panel.presenter.model(EN)) + repr(panel.presenter.edits) + repr(vars(panel.presenter))
    office.key("F8")
    office.run()
    assert office.settings.text("gotit.pin") == SECRET
    assert SECRET not in said_by(office.window)
    assert drawn.rows["gotit.pin"].model.shown == EN.t("setup.secret.kept")
    files = [path for path in office.settings.folder.rglob("*") if path.is_file()]
    assert not any(SECRET.encode() in path.read_bytes() for path in files)
    assert office.changes()[0] == ("gotit.pin", "Hương", None, None, "")
    assert SECRET not in repr(office.chain.page(Wanted(AuditGroup.ALL)))
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert not office.window.findChildren(SecretSheet), "the box is gone, and with it what was typed"


def test_a_pasted_secret_does_not_stay_on_the_clipboard(office: SetupOffice) -> None:
    drawn = office.open("issuers")
    drawn.wanted.emit("gotit.pin")
    QGuiApplication.clipboard().setText(SECRET)
    office.key("F5", "Enter")
    office.press("F8")
    office.run()
    assert office.settings.text("gotit.pin") == SECRET
    assert QGuiApplication.clipboard().text() == ""


def test_a_key_of_the_wrong_kind_is_told_in_words_before_it_is_taken(office: SetupOffice, tmp_path: Path) -> None:
    key = generate_private_key(65537, 2048)
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "public.pem").write_bytes(public)
    (tmp_path / "private.pem").write_bytes(private)
    drawn = office.open("issuers")
    drawn.chip_chosen.emit("vinid")
    drawn.wanted.emit("vinid.giftcode_private_key")
    box = office.box
    assert isinstance(box, SecretSheet)
    box.read_file(str(tmp_path / "public.pem"))
    assert EN.message("trial.key.is_public").what in box.says.text()
    office.key("Enter")
    assert office.window.box.sheet is box, "there is nothing to take"
    box.read_file(str(tmp_path / "private.pem"))
    assert "2048" in box.says.text()
    assert "PRIVATE" not in said_by(office.window)
    box.accept()
    office.press("F8")
    office.run()
    assert office.settings.text("vinid.giftcode_private_key") == private.decode().strip()
    assert "BEGIN" not in said_by(office.window)


def test_a_secret_can_be_removed_and_only_that_it_changed_is_kept(office: SetupOffice) -> None:
    office.noted.change({"gotit.pin": SECRET}, actor="Minh")
    drawn = office.open("issuers")
    drawn.go_to("gotit.pin")
    office.key("F7", "F8")
    office.run()
    assert office.settings.text("gotit.pin") == ""
    assert [change[:2] for change in office.changes()] == [("gotit.pin", "Hương"), ("gotit.pin", "Minh")]


# ------------------------------------------------------------ who changed what


def test_the_history_of_one_setting_and_of_all(office: SetupOffice) -> None:
    office.noted.change({"bill.max_vouchers": "30", "store.name": "A"}, actor="Minh")
    office.noted.change({"bill.max_vouchers": "31"}, actor="Lan")
    drawn = office.open("shop")
    office.key("F6")
    office.run()
    box = office.box
    assert isinstance(box, HistorySheet)
    assert box.total() == 3, "with the keyboard on no setting: of all"
    office.key("Esc")
    drawn.go_to("bill.max_vouchers")
    office.key("F6")
    office.run()
    box = office.box
    assert isinstance(box, HistorySheet)
    assert box.total() == 2
    row = box.row(0)
    assert row is not None
    assert row.cells[1:] == ("Lan", "30", "31")


def test_an_old_change_is_found_in_a_long_chain(office: SetupOffice) -> None:
    """Who changed it stands in the chain of years, not only in its newest part; a link of several changes counts."""
    office.noted.change({"store.name": "A", "bill.max_vouchers": "30"}, actor="Minh")
    for number in range(200):
        with office.journal.transaction("till") as tx:
            tx.audit("signed_in", f"p{number}")
    drawn = office.open("shop")
    assert "Minh" in drawn.rows["bill.max_vouchers"].model.note
    assert "Minh" in drawn.rows["store.name"].model.note
    assert "Minh" not in drawn.rows["till.code"].model.note


def test_a_change_outside_the_program_is_told_as_such(office: SetupOffice) -> None:
    with office.journal.transaction("") as tx:
        tx.audit("settings.changed_outside", "bill.max_vouchers", before=20, now=99)
    drawn = office.open("shop")
    assert "outside" in drawn.rows["bill.max_vouchers"].model.note


# ------------------------------------------------------------ every setting, every word


def test_every_setting_has_its_place_on_one_panel(office: SetupOffice) -> None:
    """A setting that is declared is shown, without anybody remembering to put it on a screen."""
    shown = [
        one.key for spec in (SHOP, ISSUERS, DEVICES, POLICY, REPORTS, LOOKS) for part in spec.parts
        for one in spec.settings(part)
    ]  # fmt: skip
    elsewhere = {"training", SECOND_FOLDER, SOURCE_KEY, CHECK_KEY}  # the profile's own; on panels of their own
    assert sorted(shown) == sorted(setting.key for setting in SETTINGS if setting.key not in elsewhere)


def test_no_row_needs_more_width_than_there_is(office: SetupOffice) -> None:
    for panel in ("shop", "issuers", "devices", "policy", "reports", "looks"):
        drawn = office.open(panel)
        for chip in drawn.chips or [""]:
            drawn.chip_chosen.emit(chip)
            office.settle()
            assert drawn._inner.minimumSizeHint().width() <= drawn.area.viewport().width(), (panel, chip)


def test_up_and_down_walk_through_the_rows_and_esc_leads_back_to_the_list(office: SetupOffice) -> None:
    drawn = office.open("shop")
    office.key("Enter")
    keys = list(drawn.rows)
    assert drawn.at == keys[0]
    office.key("Down", "Down")
    assert drawn.at == keys[2]
    office.type("4")
    assert drawn.rows[keys[2]].model.text.endswith("4"), "a digit belongs to the field, not to the list"
    office.key("Up", "Esc")
    assert drawn.at == ""
    office.type("5")
    assert office.section._open is office.panels["policy"]


def test_a_switch_and_a_choice_by_keys(office: SetupOffice) -> None:
    drawn = office.open("devices")
    drawn.chip_chosen.emit("drawer")
    drawn.go_to("drawer.cashier_may_open")
    office.key("Right")
    assert drawn.rows["drawer.cashier_may_open"].model.text == "true"
    drawn.go_to("printer.drawer_pin")
    office.key("Enter")
    office.type("2")  # the second answer
    assert drawn.rows["printer.drawer_pin"].model.text == "5"
    drawn.go_to("printer.drawer_pin")
    office.key("Left")
    assert drawn.rows["printer.drawer_pin"].model.text == "2"


# ------------------------------------------------------------ issuers, devices, looks


def test_try_now_tries_what_is_typed_and_says_in_words_what_it_found(office: SetupOffice) -> None:
    drawn = office.open("issuers")
    drawn.edited.emit("gotit.deadline_s", "20")
    office.press("F5")
    office.trial_ended()
    assert office.tried == [("gotit", {"gotit.deadline_s": "20"})]
    assert EN.message("trial.works.gotit", {"issuer": "Got It"}).what in drawn.verdict_title
    drawn.edited.emit("gotit.deadline_s", "21")
    assert EN.message("trial.works.gotit", {"issuer": "Got It"}).what not in drawn.verdict_title, "that was of another"
    office.trial_result = TrialResult("gotit", Sort.KEY_REFUSED, Message("trial.key_refused", (("issuer", "Got It"),)))
    office.press("F5")
    office.trial_ended()
    assert EN.message("trial.key_refused", {"issuer": "Got It"}).what in drawn.verdict_title


def test_of_vinid_what_is_switched_on_is_tried(office: SetupOffice) -> None:
    drawn = office.open("issuers")
    drawn.chip_chosen.emit("vinid")
    drawn.edited.emit("vinid.evoucher", "true")
    office.press("F5")
    office.trial_ended()
    assert [name for name, _ in office.tried] == ["vinid-evoucher"]


def test_a_trial_that_was_left_is_nobody_s(office: SetupOffice) -> None:
    drawn = office.open("issuers")
    office.press("F5", "F5")
    office.trial_ended()
    assert "Got It answers" not in drawn.verdict_title
    assert drawn._model is not None
    assert not drawn._model.says


def test_a_device_that_is_plugged_in_fills_in_its_address(office: SetupOffice) -> None:
    drawn = office.open("devices")
    drawn.wanted.emit("scanner.address")
    office.run()
    assert isinstance(office.box, FoundSheet)
    office.type("1")
    assert drawn.rows["scanner.address"].model.text == "serial:usb:05e0:1701?baud=9600"


def test_the_devices_are_tested_with_the_window_s_own_tests(office: SetupOffice) -> None:
    office.open("devices")
    office.press("F5")
    assert isinstance(office.box, ScannerTestSheet)


def test_looks_that_are_saved_show_at_once(office: SetupOffice) -> None:
    drawn = office.open("looks")
    drawn.edited.emit("ui.theme", "dark")
    office.press("F8")
    office.run()
    assert office.window.choices.theme == "dark"
    assert QApplication.palette().window().color().lightness() < 60
