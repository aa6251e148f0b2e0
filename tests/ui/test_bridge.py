"""Other threads reach the GUI through one door, in order, and never run its code themselves."""

from __future__ import annotations

import ast
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, QThread, Slot
from pytestqt.qtbot import QtBot

from pos.ui.bridge import Bridge
from tests.ui.hands import Hands

UI = Path(__file__).resolve().parents[2] / "pos" / "ui"
PLAIN = [
    "words.py", "theme.py", "signs.py", "config.py", "counter/model.py", "counter/panels.py", "counter/actions.py",
    "counter/rows.py", "counter/hearing.py", "counter/questions.py", "widgets/rows.py", "widgets/list_model.py",
]  # fmt: skip


class Ear(QObject):
    """Notes what it hears and on which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[str, bool]] = []

    @Slot(str)
    def hear(self, text: str) -> None:
        """A scan."""
        self.heard.append((text, QThread.currentThread() is self.thread()))


def test_scans_of_another_thread_arrive_on_the_gui_thread_in_order(qtbot: QtBot) -> None:
    """A thousand scans from a device thread, none lost, none overtaken, none handled over there."""
    bridge, ear = Bridge(), Ear()
    bridge.scan.connect(ear.hear, Qt.ConnectionType.QueuedConnection)
    wanted = [f"{number:010}" for number in range(1000)]

    def speak() -> None:
        for text in wanted:
            bridge.scanned(text)

    thread = threading.Thread(target=speak)
    thread.start()
    qtbot.waitUntil(lambda: len(ear.heard) == len(wanted), timeout=5000)
    thread.join()
    assert ear.heard == [(text, True) for text in wanted]


def test_scans_of_many_threads_reach_the_bill(hands: Hands) -> None:
    """Serial scanner, virtual scanner and engine may all speak at once."""
    hands.sign_in()
    hands.till.commands.clear()
    threads = [
        threading.Thread(target=hands.window.bridge.scanned, args=(f"44719028{number:02}",)) for number in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    hands.qtbot.waitUntil(lambda: len(hands.till.commands) == len(threads), timeout=5000)
    assert {command[2] for command in hands.till.commands} == {f"44719028{number:02}" for number in range(20)}


@pytest.mark.parametrize(
    "path", [*UI.rglob("presenter.py"), *(UI / name for name in PLAIN)], ids=lambda p: p.parent.name
)
def test_presenters_know_no_qt(path: Path) -> None:
    """What a screen decides can be tested, and read, without a widget."""
    imported = {
        name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    assert not any(name.startswith("PySide6") for name in imported)


def test_every_method_connected_to_a_signal_is_a_slot() -> None:
    """An undecorated slot runs on the wrong thread sooner or later."""
    naked = []
    for path in UI.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        methods = {
            node.name: any("Slot" in ast.dump(entry) for entry in node.decorator_list)
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef)
        }
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "connect" and node.args):
                continue
            target = node.args[0]
            name = (
                target.attr if isinstance(target, ast.Attribute) and getattr(target.value, "id", "") == "self" else ""
            )
            if isinstance(target, ast.Lambda) or (name in methods and not methods[name]):
                naked.append(f"{path.name}:{node.lineno} {name}")
    assert naked == []
