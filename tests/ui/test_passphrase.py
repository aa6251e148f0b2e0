"""The passphrase window: asked before there is a till; wrong ones are told, Esc leaves, and nothing of it stays."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from pos.domain.errors import SecurityError
from pos.security.asking import Unattended
from pos.security.keystore import KeyStore
from pos.security.passphrase import Cost
from pos.ui.look import Look
from pos.ui.passphrase.asker import WindowAsker
from pos.ui.passphrase.screen import PassphraseScreen
from pos.ui.theme import ThemeName

PHRASE = "bon con meo muop"
CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
Step = Callable[[PassphraseScreen], None]


class Person:
    """Does one step each time the window waits for somebody."""

    def __init__(self, *steps: Step) -> None:
        self.steps = list(steps)
        self.windows: list[PassphraseScreen] = []
        self.said: list[str] = []

    def meets(self, screen: PassphraseScreen) -> None:
        self.windows.append(screen)
        show = screen.show_model

        def shown(model: object) -> None:
            show(model)  # type: ignore[arg-type]
            self.said.append(screen.accessibleDescription())
            if screen.button.isEnabled():
                QTimer.singleShot(0, self._next)

        screen.show_model = shown  # type: ignore[method-assign]

    def _next(self) -> None:
        if self.steps:
            self.steps.pop(0)(self.windows[-1])


def typed(*texts: str) -> Step:
    """Each text, and Enter behind it."""

    def step(screen: PassphraseScreen) -> None:
        for field, text in zip((screen.field, screen.again), texts, strict=False):
            field.setFocus()
            QTest.keyClicks(field, text)
            QTest.keyClick(field, Qt.Key.Key_Return)

    return step


def pressed(key: Qt.Key) -> Step:
    return lambda screen: QTest.keyClick(screen, key)


def asker(person: Person) -> WindowAsker:
    look = Look.of(ThemeName.LIGHT, "en")
    return WindowAsker(lambda: look, shop="Lê Lợi", unattended=Unattended({}), made=person.meets)


def key_store(folder: Path, person: Person) -> KeyStore:
    return KeyStore(folder, {}, lambda: (), ask=asker(person), cost=CHEAP)


@pytest.mark.usefixtures("qapp")
def test_a_passphrase_is_chosen_and_opens_the_till_the_next_time(tmp_path: Path) -> None:
    first = Person(typed(PHRASE, PHRASE))
    key = key_store(tmp_path, first).master_key(data_exists=False)
    second = Person(typed(PHRASE))
    assert key_store(tmp_path, second).master_key(data_exists=True) == key
    assert not any(
        isinstance(window, PassphraseScreen) and window.isVisible() for window in QApplication.topLevelWidgets()
    )


@pytest.mark.usefixtures("qapp")
def test_weak_and_unlike_ones_are_told_and_asked_for_again(tmp_path: Path) -> None:
    person = Person(typed("short", "short"), typed("x" + PHRASE, PHRASE), typed(PHRASE, PHRASE))
    with pytest.MonkeyPatch.context() as patch:
        _empties_before_typing(patch)
        key_store(tmp_path, person).master_key(data_exists=False)
    said = " | ".join(person.said)
    assert "at least 12 characters" in said
    assert "not the same" in said
    assert PHRASE not in said


@pytest.mark.usefixtures("qapp")
def test_a_wrong_one_is_told_taken_out_and_asked_for_again(tmp_path: Path) -> None:
    key = key_store(tmp_path, Person(typed(PHRASE, PHRASE))).master_key(data_exists=False)
    left: list[str] = []

    def again(screen: PassphraseScreen) -> None:
        left.append(screen.field.text())
        typed(PHRASE)(screen)

    person = Person(typed("something else"), again)
    assert key_store(tmp_path, person).master_key(data_exists=True) == key
    assert left == [""]
    assert any(said.startswith("That is not the passphrase") for said in person.said)


@pytest.mark.parametrize("leave", [pressed(Qt.Key.Key_Escape), lambda screen: screen.close()], ids=["esc", "closed"])
@pytest.mark.usefixtures("qapp")
def test_who_leaves_opens_nothing_and_makes_nothing(tmp_path: Path, leave: Step) -> None:
    with pytest.raises(SecurityError, match=r"key\.cancelled"):
        key_store(tmp_path, Person(leave)).master_key(data_exists=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("qapp")
def test_the_window_does_not_wait_for_the_key(tmp_path: Path) -> None:
    """The slow part is not on the thread that draws."""
    threads: list[str] = []

    def attempt(_: str) -> None:
        threads.append(threading.current_thread().name)

    asker(Person(typed(PHRASE))).existing(attempt)
    assert threads == ["passphrase"]


@pytest.mark.usefixtures("qapp")
def test_a_fault_that_no_other_passphrase_mends_ends_the_question(tmp_path: Path) -> None:
    def attempt(_: str) -> None:
        raise SecurityError("key.wrong", holder="passphrase")

    with pytest.raises(SecurityError, match=r"key\.wrong"):
        asker(Person(typed(PHRASE))).existing(attempt)


@pytest.mark.usefixtures("qapp")
def test_what_is_typed_shows_as_dots_until_somebody_asks_to_see_it(tmp_path: Path) -> None:
    modes: list[QLineEdit.EchoMode] = []

    def look(screen: PassphraseScreen) -> None:
        QTest.keyClicks(screen.field, PHRASE)
        for _ in range(3):
            modes.append(screen.field.echoMode())
            assert (
                screen.field.displayText()
                == (PHRASE if screen.field.echoMode() is QLineEdit.EchoMode.Normal else "●" * len(PHRASE))
                or screen.field.echoMode() is QLineEdit.EchoMode.Password
            )
            QTest.keyClick(screen, Qt.Key.Key_F2)
        screen.field.selectAll()
        screen.field.copy()
        QTest.keyClick(screen, Qt.Key.Key_F2)
        screen.close()

    with pytest.raises(SecurityError, match=r"key\.cancelled"):
        asker(Person(look)).existing(lambda _: None)
    dots, plain = QLineEdit.EchoMode.Password, QLineEdit.EchoMode.Normal
    assert modes == [dots, plain, dots]


@pytest.mark.usefixtures("qapp")
def test_it_is_used_with_the_keyboard_alone_and_read_aloud() -> None:
    screen = PassphraseScreen(Look.of(ThemeName.LIGHT, "vi"), new=True)
    screen.show()
    names = [part.accessibleName() or part.text() for part in (screen.field, screen.again)]
    assert names == ["Mật khẩu mới", "Nhập lại mật khẩu"]
    assert [button.key for button in (screen.button, screen.show_button, screen.back)] == ["Enter", "F2", "Esc"]
    assert all(part.height() >= 48 for part in (screen.field, screen.again, screen.button, screen.back))
    screen.field.setFocus()
    stops = set()
    for _ in range(6):
        stops.add(screen.focusWidget())
        QTest.keyClick(screen.focusWidget(), Qt.Key.Key_Tab)
    assert {screen.field, screen.again, screen.button, screen.show_button, screen.back} <= stops
    screen.hide()
    screen.deleteLater()


def _empties_before_typing(patch: pytest.MonkeyPatch) -> None:
    """A person marks what stands in a field and types over it."""
    clicks = QTest.keyClicks

    def over(field: QLineEdit, text: str) -> None:
        field.clear()
        clicks(field, text)

    patch.setattr(QTest, "keyClicks", over)
