"""The first run as an installer goes through it: from an empty folder to the first voucher, left and taken up again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from hardware.virtual.printer import Build, VirtualPrinter
from hardware.virtual.scanner import VirtualScanner
from pos.bootstrap import font_dir
from pos.cli import main
from pos.domain.errors import SecurityError
from pos.i18n import Translator
from pos.profiles import Profiles
from pos.setup.first_run import FirstRun
from pos.setup.place import FolderPlace, ProfilePlace
from pos.setup.policies import Policy
from pos.setup.steps import Step
from pos.setup.trials import Sort, Stage, TrialResult
from pos.setup.words import say_result
from pos.till.views import Environment
from pos.ui.app import application
from pos.ui.first_run.boxes import SetupField
from pos.ui.first_run.open import build_first_run, run_first_run
from pos.ui.first_run.part_views import ResultBox
from pos.ui.first_run.window import FirstRunWindow
from pos.ui.widgets.pad import DigitPad
from pos.ui.window import MainWindow
from tests.sandbox_process import SandboxProcess
from tests.ui.first_run_hands import Fingers, Installer

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")

PIN = "739154"
STORE = (("store.name", "Lê Lợi"), ("store.code", "HN03"), ("till.code", "T2"))


Open = Callable[..., Installer]


@dataclass
class Bench:
    """What stands on the counter beside the new till."""

    sandbox: SandboxProcess
    printer: VirtualPrinter
    scanner: VirtualScanner
    folder: Path
    seen: list[str] = field(default_factory=list)


@pytest.fixture
def bench(tmp_path: Path, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    printer = VirtualPrinter(build=Build(font=font_dir() / "BeVietnamPro-Regular.ttf"))
    scanner = VirtualScanner(tmp_path / "scanner")
    yield Bench(sandbox, printer, scanner, tmp_path / "home" / "quay-voucher")
    scanner.close()
    printer.close()


@pytest.fixture
def opened(qtbot: QtBot) -> Open:
    """Opens windows on a folder; what is left of them is closed, and gone before the next test begins."""

    def open_(folder: Path, language: str = "vi") -> Installer:
        application()
        window = build_first_run(ProfilePlace(Profiles(folder)), language=language)
        qtbot.addWidget(window)
        window.show()
        window.activateWindow()
        hands = Installer(window)
        hands.wait(lambda: not window.flow.busy)
        return hands

    return open_


# ---------------------------------------------------------------- the steps, by hand


def to_profile(hands: Installer, bench: Bench) -> None:
    hands.press("Enter")
    hands.at(Step.PROFILE)


def to_shop(hands: Installer, bench: Bench) -> None:
    hands.press("F1")
    hands.rest()
    hands.press("Enter")
    hands.at(Step.SHOP)


def to_manager(hands: Installer, bench: Bench) -> None:
    for name, text in STORE:
        hands.fill(name, text)
    hands.press("Enter")
    hands.at(Step.MANAGER)


def to_keys(hands: Installer, bench: Bench) -> None:
    hands.fill("manager", "Hương")
    hands.press("Enter")
    for _ in range(2):
        hands.type(PIN)
        hands.press("Enter")
        hands.rest()
    hands.at(Step.KEYS)


def to_scanner(hands: Installer, bench: Bench) -> None:
    flow = hands.window.flow
    hands.press("F1")
    hands.fill("gotit.pin", bench.sandbox.pin)
    hands.fill_address("gotit.base_url", bench.sandbox.url)
    hands.fill_address("gotit.ca_file", str(bench.sandbox.ca_file))
    hands.press("F5")
    hands.wait(lambda: isinstance(flow.trials.get("gotit"), TrialResult), "trial of the issuer")
    result = flow.trials["gotit"]
    assert isinstance(result, TrialResult)
    assert result.works, result
    hands.rest()
    hands.press("Alt+Left")
    hands.wait(lambda: not flow.issuer)
    hands.press("Enter")  # as the button says: on, not into the same issuer once more
    hands.at(Step.SCANNER)


def to_printer(hands: Installer, bench: Bench) -> None:
    flow = hands.window.flow
    hands.fill_address("scanner.address", bench.scanner.address)
    hands.press("F5")
    hands.wait(lambda: flow.trials.get("scanner") is Stage.WAITING, "the scanner's line")
    bench.scanner.scan("ABCDEF123456")
    hands.wait(lambda: isinstance(flow.trials.get("scanner"), TrialResult), "a scan")
    hands.rest()
    hands.click(hands.window.page.on)
    hands.at(Step.PRINTER)


def to_policy(hands: Installer, bench: Bench) -> None:
    flow = hands.window.flow
    hands.fill_address("printer.address", bench.printer.address)
    hands.press("F5")
    hands.wait(lambda: flow.trials.get("printer") is Stage.WAITING, "the test page")
    assert len(bench.printer.slips) == 1
    hands.press("F6")
    hands.wait(lambda: isinstance(flow.trials.get("printer"), TrialResult))
    hands.rest()
    hands.click(hands.window.page.on)
    hands.at(Step.POLICY)


def to_done(hands: Installer, bench: Bench) -> None:
    hands.press("Enter")
    hands.at(Step.DONE)


WALK = (to_profile, to_shop, to_manager, to_keys, to_scanner, to_printer, to_policy, to_done)


# ---------------------------------------------------------------- from nothing to the first voucher


def test_from_an_empty_folder_to_the_first_voucher(bench: Bench) -> None:
    """`quay run` on a machine that never saw the program: the wizard, then the counter, then a voucher that is used."""
    code = bench.sandbox.add_plain_vouchers(1, 50_000)[0]
    failures: list[BaseException] = []

    def wizard() -> None:
        with told(failures):
            window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, FirstRunWindow))
            hands = Installer(window)
            hands.wait(lambda: not window.flow.busy)
            for step in WALK:
                step(hands, bench)
            QTimer.singleShot(50, counter)
            hands.press("Enter")
            hands.wait(lambda: not window.isVisible())

    def counter() -> None:
        shown = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()]
        if not shown:
            QTimer.singleShot(50, counter)
            return
        with told(failures):
            (window,) = shown
            hands = Fingers(window)
            window.activateWindow()
            hands.wait(lambda: window.screens.signin_screen.isVisible() and window.screens.signin_screen.pad.hasFocus())
            assert window.signin.model(Translator("vi")).chosen is not None, "her name is chosen already"
            hands.tap(window.screens.signin_screen.pad, PIN)
            hands.press("Enter")
            hands.wait(lambda: window.screens.counter_screen.isVisible(), "the counter")
            hands.wait(lambda: window.counter.view is not None and not window.counter.view.busy, "a bill")
            hands.press("F4")
            hands.wait(lambda: isinstance(QApplication.focusWidget(), DigitPad), "the bill's total")
            pad = QApplication.focusWidget()
            assert isinstance(pad, DigitPad)
            hands.tap(pad, "150000")
            hands.press("Enter")
            bench.scanner.scan(code)
            hands.wait(lambda: "Dùng được" in window.screens.counter_screen.verdict._title.text(), "the check")
            hands.press("Enter")
            hands.wait(lambda: len(bench.printer.slips) == 2, "the slip")
            window.close()

    application()
    QTimer.singleShot(100, wizard)
    assert main(["run", "--windowed"]) == 0
    assert not failures, failures[0]

    voucher = bench.sandbox.voucher(code)
    assert voucher["times_used"] == 1
    assert voucher["bill_number"].startswith("TN-HN03-T2-")
    assert (bench.folder / "sandbox" / "journal.db").exists()


class told:  # noqa: N801 - reads as a word in its line
    """A failure in a timer's call ends the windows and is kept for the test."""

    def __init__(self, failures: list[BaseException]) -> None:
        self._failures = failures

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        if error is not None:
            self._failures.append(error)
            for widget in QApplication.topLevelWidgets():
                widget.close()
        return error is not None


# ---------------------------------------------------------------- left and taken up again


def test_left_after_every_step_it_goes_on_there_with_the_same_values(bench: Bench, opened: Open) -> None:
    """The window is closed after each step and opened anew; once there is a manager, her PIN lets it go on."""
    hands = opened(bench.folder)
    for step in WALK:
        step(hands, bench)
        large_and_named(hands.window)
        was = hands.window.flow.progress
        fields = [box.edit.text() for box in hands.window.page.fields() if isinstance(box.edit, SetupField)]
        hands.window.close()

        hands = opened(bench.folder)
        flow = hands.window.flow
        if was.facts.manager:
            assert flow.wants_unlocking
            hands.type("118273")
            hands.press("Enter")
            hands.rest()
            assert flow.wants_unlocking, "a wrong PIN lets nobody on"
            hands.type(PIN)
            hands.press("Enter")
            hands.rest()
        now = flow.progress
        assert [box.edit.text() for box in hands.window.page.fields() if isinstance(box.edit, SetupField)] == fields
        assert now.at is was.at
        assert now.facts == was.facts
        assert now.steps == was.steps


def test_left_in_the_middle_of_a_step_every_field_shows_what_was_kept(bench: Bench, opened: Open) -> None:
    """The first one too, where the cursor stands."""
    hands = opened(bench.folder)
    for step in (to_profile, to_shop):
        step(hands, bench)
    hands.fill("store.name", "Lê Lợi")
    hands.fill("store.code", "HN03")
    hands.rest()
    hands.wait(lambda: hands.window.flow.facts.values["store.code"] == "HN03", "kept")
    hands.window.close()
    page = opened(bench.folder).window.page
    shown = {box.part.name: box.edit.text() for box in page.fields() if isinstance(box.edit, SetupField)}
    assert shown == {"store.name": "Lê Lợi", "store.code": "HN03", "till.code": ""}


def test_the_cursor_alone_keeps_no_field_from_showing_what_is_kept(bench: Bench, opened: Open) -> None:
    """It stands in the first field before anything has been read from the disk; what is being typed is left alone."""
    hands = opened(bench.folder)
    for step in (to_profile, to_shop):
        step(hands, bench)
    box = hands.window.page.field("store.name")
    assert isinstance(box.edit, SetupField)
    hands.click(box.edit)
    assert box.edit.hasFocus()
    box.show_part(replace(box.part, text="Lê Lợi"))
    assert box.edit.text() == "Lê Lợi"
    hands.type(" 3")
    box.show_part(replace(box.part, text="Lê Lợi"))
    assert box.edit.text() == "Lê Lợi 3"


def test_nobody_gets_the_shipped_code_of_a_till_without_typing_it(bench: Bench, opened: Open) -> None:
    """Two tills whose installer only typed the shop's name would give the same bill numbers."""
    hands = opened(bench.folder)
    for step in (to_profile, to_shop):
        step(hands, bench)
    hands.fill("store.name", "Lê Lợi")
    hands.press("Tab", "Tab")
    hands.rest()
    assert not hands.window.flow.complete
    for name, text in (("store.code", "CH01"), ("till.code", "T1")):  # as shipped, and chosen
        hands.fill(name, text)
    hands.press("Enter")
    hands.at(Step.MANAGER)


def large_and_named(window: FirstRunWindow) -> None:
    """What may be pressed is large enough for a finger, and everything has a name for those who do not see it."""
    for button in window.page.findChildren(QAbstractButton):
        if button.isVisible():
            assert button.height() >= 48, button.accessibleName()
            assert button.accessibleName()
    for box in window.page.fields():
        assert box.edit.accessibleName()


def test_killed_in_the_middle_nothing_entered_is_lost(bench: Bench) -> None:
    """SIGKILL right after a name, a PIN and a secret were entered, before any step was left."""
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, str(bench.folder), PIN],
        env={**os.environ, "QUAY_KEYSTORE": "file"},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL

    engine = FirstRun(ProfilePlace(Profiles(bench.folder)))
    progress = engine.begin()
    assert (progress.at, progress.locked) == (Step.MANAGER, True)
    assert (progress.facts.manager, progress.facts.values["store.name"]) == ("Hương", "Lê Lợi")
    assert progress.facts.lengths["gotit.pin"] == len("PLANTED-PIN-4711")
    engine.close()
    for file in bench.folder.rglob("*"):
        if file.is_file():
            assert b"PLANTED" not in file.read_bytes(), file


_KILLED = """
import os, signal, sys
from pathlib import Path
from pos.profiles import Profiles
from pos.setup.first_run import FirstRun
from pos.setup.first_run import FirstRun
from pos.setup.place import ProfilePlace
from pos.setup.steps import Step
engine = FirstRun(ProfilePlace(Profiles(Path(sys.argv[1]))))
engine.begin()
engine.set_language("vi")
engine.go_on(Step.LANGUAGE)
engine.choose_profile("sandbox")
engine.go_on(Step.PROFILE)
engine.keep({"store.name": "Lê Lợi", "store.code": "HN03", "till.code": "T2"})
engine.go_on(Step.SHOP)
engine.make_manager("Hương", sys.argv[2])
engine.keep({"gotit.pin": "PLANTED-PIN-4711"})
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_closed_set_up_is_gone_before_the_till_opens(bench: Bench) -> None:
    """Left to the collector, it would be taken apart in the middle of a sale."""
    application()
    seen: list[QWidget] = []

    def close() -> None:
        (window,) = (each for each in QApplication.topLevelWidgets() if isinstance(each, FirstRunWindow))
        seen.append(window)
        window.close()

    QTimer.singleShot(0, close)
    ended = run_first_run(ProfilePlace(Profiles(bench.folder)), maximised=False)
    assert not ended.open_till
    assert [isValid(window) for window in seen] == [False]


# ---------------------------------------------------------------- what goes wrong


def test_a_half_typed_secret_is_on_no_disk_in_plain_and_on_no_screen(bench: Bench, opened: Open) -> None:
    hands = opened(bench.folder)
    for step in WALK[:4]:
        step(hands, bench)
    hands.press("F1")
    hands.fill("gotit.pin", "PLANTED-HAL")
    hands.rest()
    hands.window.close()

    assert not [file for file in bench.folder.rglob("*") if file.is_file() and b"PLANTED" in file.read_bytes()]
    names = {
        w.accessibleName() + w.accessibleDescription() + w.windowTitle() for w in hands.window.findChildren(QWidget)
    }
    assert not any("PLANTED" in name for name in names)


def test_a_pasted_key_leaves_the_clipboard(bench: Bench, opened: Open) -> None:
    hands = opened(bench.folder)
    for step in WALK[:4]:
        step(hands, bench)
    hands.press("F3")
    key = bench.sandbox.ready["vinid"]["api_private_key"]
    hands.paste("vinid.api_private_key", key)
    hands.rest()

    assert QGuiApplication.clipboard().text() == ""
    box = hands.window.page.field("vinid.api_private_key")
    assert "RSA 2048" in box.note.text()
    assert box.part.length == len(key.strip())


def test_a_wrong_key_is_told_at_its_field_and_not_kept(bench: Bench, opened: Open) -> None:
    hands = opened(bench.folder)
    for step in WALK[:4]:
        step(hands, bench)
    hands.press("F4")
    hands.paste("appotapay.private_key", "-----BEGIN PRIVATE KEY-----\nMIIEv\n-----END PRIVATE KEY-----")
    hands.wait(lambda: "appotapay.private_key" in hands.window.flow.wrong)

    assert "bị mất một phần" in hands.window.page.field("appotapay.private_key").note.text()
    assert hands.window.flow.facts.lengths["appotapay.private_key"] == 0


def test_a_full_disk_is_told_and_the_text_stays(bench: Bench, opened: Open) -> None:
    """The draft of the settings' file cannot be made: as with a full disk nothing is written."""
    hands = opened(bench.folder)
    for step in WALK[:2]:
        step(hands, bench)
    blocked = bench.folder / "sandbox" / "settings.json.part"
    (blocked / "full").mkdir(parents=True)
    hands.fill("store.name", "Lê Lợi")
    hands.wait(lambda: "store.name" in hands.window.flow.wrong)
    assert hands.window.page.field("store.name").note.text()
    assert not hands.window.page.on.isEnabled()

    (blocked / "full").rmdir()
    blocked.rmdir()
    for name, text in STORE:
        hands.fill(name, text)
    hands.press("Enter")
    hands.at(Step.MANAGER)
    assert hands.window.flow.facts.values["store.name"] == "Lê Lợi"


def test_a_step_that_cannot_be_kept_is_not_left(bench: Bench, opened: Open) -> None:
    hands = opened(bench.folder)
    for step in WALK[:2]:
        step(hands, bench)
    for name, text in STORE:
        hands.fill(name, text)
    hands.rest()
    blocked = bench.folder / "sandbox" / "setup.json.part"
    (blocked / "full").mkdir(parents=True)
    hands.press("Enter")
    hands.wait(lambda: hands.window.flow.error is not None)

    assert "Chưa ghi được xuống đĩa" in hands.window.page.error.what.text()
    assert hands.window.flow.at is Step.SHOP
    (blocked / "full").rmdir()
    blocked.rmdir()
    hands.press("Enter")
    hands.at(Step.MANAGER)


@pytest.mark.parametrize(
    ("change", "sort"),
    [
        ({"gotit.pin": "wrong"}, Sort.KEY_REFUSED),
        ({"gotit.base_url": "https://127.0.0.1:9"}, Sort.ADDRESS),
        ({"gotit.ca_file": ""}, Sort.CERTIFICATE),
    ],
)
def test_a_trial_that_fails_says_what_is_wrong_and_keeps_what_was_entered(
    bench: Bench, opened: Open, change: dict[str, str], sort: Sort
) -> None:
    hands = opened(bench.folder, "en")
    for step in WALK[:4]:
        step(hands, bench)
    flow = hands.window.flow
    right = {"gotit.pin": bench.sandbox.pin, "gotit.base_url": bench.sandbox.url,
             "gotit.ca_file": str(bench.sandbox.ca_file)} | change  # fmt: skip
    hands.press("F1")
    for name, text in right.items():
        if text:
            hands.fill_address(name, text)
    hands.press("F5")
    hands.wait(lambda: isinstance(flow.trials.get("gotit"), TrialResult))
    hands.rest()

    result = flow.trials["gotit"]
    assert isinstance(result, TrialResult)
    assert result.sort is sort
    box = next(widget for _, widget in hands.window.page.drawn if isinstance(widget, ResultBox))
    assert box.what.text() == say_result(Translator("en"), result).sentence.what
    assert flow.facts.lengths["gotit.pin"] == len(right["gotit.pin"])
    hands.press("Alt+Left")
    assert not hands.window.flow.issuer


def test_the_language_changes_at_once_and_everywhere(bench: Bench, opened: Open) -> None:
    hands = opened(bench.folder)
    hands.press("F2")
    hands.rest()
    assert hands.window.page.title.text() == Translator("en").t("first_run.language.title")
    hands.press("Enter")
    hands.at(Step.PROFILE)
    hands.press("Ctrl+L")
    hands.rest()
    assert hands.window.page.title.text() == Translator("vi").t("first_run.profile.title")


def test_what_a_key_chose_enter_does_not_choose_otherwise(bench: Bench, opened: Open) -> None:
    """F3, "never without network", and Enter: on, with that answer; so for the language and the purpose."""
    hands = opened(bench.folder)
    hands.press("F2")
    hands.rest()
    hands.press("Enter")
    hands.at(Step.PROFILE)
    assert hands.window.flow.facts.language == "en"
    hands.press("F1")
    hands.rest()
    hands.press("Enter")
    hands.at(Step.SHOP)
    to_manager(hands, bench)
    to_keys(hands, bench)
    for then in (Step.SCANNER, Step.PRINTER, Step.POLICY):
        hands.press("F9")
        hands.at(then)
    hands.press("F3")
    hands.rest()
    hands.press("Enter")
    hands.at(Step.DONE)
    assert hands.window.flow.progress.policy is Policy.NEVER


def test_everything_can_be_put_off_but_people_and_shop(bench: Bench, opened: Open) -> None:
    hands = opened(bench.folder)
    for step in WALK[:4]:
        step(hands, bench)
    for then in (Step.SCANNER, Step.PRINTER, Step.POLICY):
        hands.press("F9")
        hands.at(then)
    hands.press("Enter")
    hands.at(Step.DONE)
    assert hands.window.page.title.text() == Translator("vi").t("first_run.done.title_open")
    hands.press("Enter")
    hands.wait(lambda: hands.window.finished)

    engine = FirstRun(ProfilePlace(Profiles(bench.folder)))
    assert engine.begin().done
    engine.close()


def test_a_keyboard_scanner_is_heard_and_typing_is_not(bench: Bench, opened: Open) -> None:
    hands = opened(bench.folder)
    for step in WALK[:4]:
        step(hands, bench)
    hands.press("F9")
    hands.at(Step.SCANNER)
    flow = hands.window.flow
    hands.press("F5")
    assert flow.trials.get("scanner") is Stage.WAITING
    QTest.keyClicks(QApplication.focusWidget() or hands.window, "ABCDEF123456\r")
    hands.wait(lambda: isinstance(flow.trials.get("scanner"), TrialResult), "a scan")
    result = flow.trials["scanner"]
    assert isinstance(result, TrialResult)
    assert dict(result.message.params) == {"ending": "••••3456", "length": 12}
    assert flow.at is Step.SCANNER, "the scanner's Enter is not the way on"


def begun_with_a_manager(folder: Path) -> None:
    """Up to the keys, and left there."""
    engine = FirstRun(ProfilePlace(Profiles(folder)))
    engine.begin()
    engine.set_language("vi")
    engine.go_on(Step.LANGUAGE)
    engine.choose_profile("sandbox")
    engine.go_on(Step.PROFILE)
    if engine.view().at is Step.PASSPHRASE:
        engine.give_passphrase("four little words here")
        engine.go_on(Step.PASSPHRASE)
    engine.keep(dict(STORE))
    engine.go_on(Step.SHOP)
    engine.make_manager("Hương", PIN)
    engine.go_on(Step.MANAGER)
    engine.close()


def must_not_change(engine: FirstRun) -> None:
    """Locked until she has entered her PIN."""
    assert engine.view().locked
    with pytest.raises(SecurityError, match=r"right\.needs_manager"):
        engine.choose_policy(Policy.NEVER)
    assert not engine.unlock(PIN).locked
    assert engine.choose_policy(Policy.NEVER).policy is Policy.NEVER
    engine.close()


def test_no_way_round_leads_into_a_managers_till_without_her_pin(tmp_path: Path) -> None:
    """Begin another purpose's set-up, then choose hers: everything would be done in her name."""
    begun_with_a_manager(tmp_path)
    engine = FirstRun(ProfilePlace(Profiles(tmp_path)), profile="training")
    assert not engine.begin().locked
    engine.choose_profile("sandbox")
    must_not_change(engine)


def test_behind_a_passphrase_the_set_up_goes_on_where_it_was_with_the_managers_pin(
    tmp_path: Path, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QUAY_KEYSTORE")
    monkeypatch.setattr("pos.security.keystore.real_backends", lambda: ())  # a desktop's own is left alone
    begun_with_a_manager(tmp_path)
    hands = opened(tmp_path)
    assert [box.part.name for box in hands.window.page.fields()] == ["passphrase"], "chosen once, asked for once"
    hands.window.close()
    engine = FirstRun(ProfilePlace(Profiles(tmp_path)))
    assert engine.begin().at is Step.PASSPHRASE
    with pytest.raises(SecurityError, match=r"key\.passphrase_wrong"):
        engine.give_passphrase("other words altogether")
    assert engine.give_passphrase("four little words here").at is Step.KEYS
    must_not_change(engine)


def test_a_named_folder_becomes_what_is_chosen(tmp_path: Path) -> None:
    engine = FirstRun(FolderPlace(tmp_path / "till"))
    engine.begin()
    engine.set_language("en")
    engine.choose_profile("sandbox")
    assert engine.settings.environment is Environment.SANDBOX
    assert engine.settings.text("ui.language") == "en"
    engine.close()
