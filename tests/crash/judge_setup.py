"""After a power cut during set-up: the program starts, and what it was told to keep is kept."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pos.bootstrap import Program
from pos.domain.errors import PosError
from tests.crash.disk import Mark


@dataclass(slots=True)
class Setup:
    """What the installer had been told is kept."""

    kept: dict[str, Any] = field(default_factory=dict)
    story: str = ""
    version: int = 0

    def take(self, mark: Mark) -> None:
        """One mark of the record."""
        self.version += 1
        if mark.kind == "kept":
            self.kept = {**self.kept, **mark.facts}
        else:
            self.story = str(mark.facts["name"])


def judge_setup(folder: Path, known: Setup) -> list[str]:
    """Start the real program on what the cut left and say what is wrong."""
    os.environ["QUAY_KEYSTORE"] = "file"
    try:
        program = Program(folder)
    except PosError as error:
        return [f"the till does not start: {error.code} {dict(error.params)}"]
    try:
        settings, kept = program.settings, known.kept
        people, bills = [person.name for person in program.people.everyone()], program.journal.bill_numbers()
        stores = (kept["store"], _next(kept["store"])) if "store" in kept else ()
        marker = (folder / "environment").read_text("ascii")
        rules = (
            ("a setting that was kept is gone", bool(stores) and settings.text("store.code") not in stores),
            ("a secret that was kept is gone", "pin" in kept and not settings.text("gotit.pin").startswith("pin-")),
            ("a secret went back", kept.get("pin", "") > settings.text("gotit.pin")),
            ("a person is gone", not set(kept.get("people", ())) <= set(people)),
            ("a bill is gone", "bill" in kept and kept["bill"] not in bills),
            ("the folder belongs to another environment", marker != settings.environment.value),
            ("back in the sandbox", kept.get("environment") == "training" and marker != "training"),
            ("the journal is not whole", not program.journal.verify().whole),
        )
        return [what for what, broken in rules if broken]
    finally:
        program.close()


def _next(store: str) -> str:
    """The store code that was being set when the power went, perhaps."""
    return f"{store[:-1]}{int(store[-1]) + 1}"
