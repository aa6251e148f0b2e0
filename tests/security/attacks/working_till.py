"""A till that really works, in a process of its own, and tells its examiner everything that must stay inside.

    TMPDIR=FOLDER python -m tests.security.attacks.working_till PICTURES

It is `quay demo --tour`, as a person starts it: the window offscreen, sandbox over TLS, scans over a pseudo-terminal,
slips over TCP, a cashier's day from signing in to closing. What the vault sealed or opened, bought codes that were
opened, what went into headers, PINs and keys are told its examiner as JSON lines `{"secret": …}` and `{"key": hex}`;
what a screen reader, a task bar or the clipboard gets, as `{"seen": …, "where": …}`. After `{"ready": …}` it waits for
a line on stdin, so that it can be looked into while it works. Its temporary folders are kept.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

CASHIER_PIN, MANAGER_PIN = "59382716", "80264937"
_SHORTEST = 6
"""Shorter texts stand by chance in any file of a megabyte."""
_NO_SECRETS = ("settings_", "last seen")
"""Places of what is sealed so that nobody changes it: settings that stand open in their own file, the chain's end."""
_LONGEST_OPEN = 36
"""Characters of the longest header value that is no secret, an id."""


class Examiner:
    """Tells on its own pipe, so that what the program says on stdout is the program's."""

    def __init__(self) -> None:
        self._pipe = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        self._told: set[tuple[str, str]] = set()

    def tell(self, kind: str, text: str, **more: str) -> None:
        if (kind, text) not in self._told:
            self._told.add((kind, text))
            self._pipe.write(json.dumps({kind: text, **more}) + "\n")
            self._pipe.flush()

    def secret(self, text: str) -> None:
        """A text that must be found nowhere; of a JSON object each text in it."""
        try:
            parts = list(_texts(json.loads(text))) if text.startswith("{") else [text]
        except ValueError:
            parts = [text]
        for part in parts:
            if len(part.strip()) >= _SHORTEST:
                self.tell("secret", part.strip())


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def listen(examiner: Examiner) -> None:
    """Hear what the vault and the lines to the issuers are given; the program goes on as it is."""
    from pos.domain.sale import PlainCode
    from pos.providers import http, sealed
    from pos.security.vault import Vault

    seal, open_, begin, request = Vault.seal, Vault.open, Vault.__init__, http.HttpClient._request

    def sealing(self: Vault, text: str, aad: str) -> bytes:
        if not aad.startswith(_NO_SECRETS):
            examiner.secret(text)
        return seal(self, text, aad)

    def opening(self: Vault, blob: bytes, aad: str) -> str:
        text = open_(self, blob, aad)
        if not aad.startswith(_NO_SECRETS):
            examiner.secret(text)
        return text

    def beginning(self: Vault, key_material: bytes, older: Sequence[bytes] = ()) -> None:
        for key in (key_material, *older):
            examiner.tell("key", key.hex())
        begin(self, key_material, older)

    def asking(self: http.HttpClient, call: http.Call, started_mono_s: float) -> Any:
        for _, value in call.headers:
            if len(value) > _LONGEST_OPEN:  # tokens and signatures, not media types, ids and names of operations
                examiner.secret(value.removeprefix("Bearer "))
        return request(self, call, started_mono_s)

    unseal = sealed._opened

    def unsealing(*how: Any) -> Any:
        opened = unseal(*how)
        if isinstance(opened, PlainCode):
            examiner.secret(opened.reveal())
        return opened

    Vault.seal, Vault.open, Vault.__init__ = sealing, opening, beginning  # type: ignore[method-assign]
    http.HttpClient._request = asking  # type: ignore[method-assign]
    sealed._opened = unsealing  # type: ignore[assignment]


def drive(out: Path) -> int:
    """The tour as the command runs it. What it leaves in temporary folders stays, to be searched."""
    examiner = Examiner()
    listen(examiner)
    from pos.cli import main
    from pos.training import school
    from pos.ui.training.tour import Tour

    school.CASHIER_PIN, school.MANAGER_PIN = CASHIER_PIN, MANAGER_PIN
    for pin in (CASHIER_PIN, MANAGER_PIN):
        examiner.secret(pin)
    shot, run = Tour._shot, Tour.run

    def looked_at(self: Tour, title: str) -> Path:
        for where, text in seen_of(self._window):
            examiner.tell("seen", text, where=f"{title}: {where}")
        return shot(self, title)

    def run_and_wait(self: Tour) -> bool:
        held = run(self)
        examiner.tell("ready", str(held))
        sys.stdin.readline()
        return held

    Tour._shot, Tour.run = looked_at, run_and_wait  # type: ignore[method-assign, assignment]
    tempfile.TemporaryDirectory.cleanup = lambda self: self._finalizer.detach()  # type: ignore[method-assign, attr-defined]
    sys.argv = ["quay", "demo", "--tour", "--lang", "en", "--out", str(out)]
    return main()


def seen_of(window: Any) -> Iterable[tuple[str, str]]:
    """Every text that a screen reader, a task bar or another program's clipboard gets of this program."""
    from PySide6.QtGui import QAccessible, QGuiApplication
    from PySide6.QtWidgets import QApplication

    for top in QApplication.topLevelWidgets():
        yield "window title", top.windowTitle()
    clipboard = QGuiApplication.clipboard()
    for mode in (clipboard.Mode.Clipboard, clipboard.Mode.Selection):
        yield "clipboard", clipboard.text(mode)

    def below(interface: Any) -> Iterator[str]:
        for kind in QAccessible.Text:
            if kind.name != "UserText":
                yield interface.text(kind)
        for number in range(interface.childCount()):
            child = interface.child(number)
            if child is not None:
                yield from below(child)

    for text in below(QAccessible.queryAccessibleInterface(window)):
        if text:
            yield "accessibility", text


if __name__ == "__main__":
    sys.exit(drive(Path(sys.argv[1])))
