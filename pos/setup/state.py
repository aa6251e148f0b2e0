"""How far the set-up of a till has come: one small file beside what was entered, so that it can be left at any point.

What is entered goes where it belongs at once: settings, sealed secrets, people. Here stands only where the person was,
what was put off and how the trials came out. No secret is ever in it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from pos.domain.errors import JournalUnavailable
from pos.durable import make_folder, replace_file
from pos.i18n import LANGUAGES
from pos.sound_json import read_json

FILE = "setup.json"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class SetupState:
    """Frozen; every change is another one.

    Args:
        language: chosen; empty: not yet.
        profile: chosen; empty: not yet.
        at: name of the step that is open.
        passed: steps that were gone through.
        later: steps that were put off.
        tried: how each trial ended last, by what was tried: a `Sort` as its word.
        spent_s: seconds at each step so far.
        done: the set-up is over.
    """

    language: str = ""
    profile: str = ""
    at: str = ""
    passed: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    tried: dict[str, str] = field(default_factory=dict)
    spent_s: dict[str, float] = field(default_factory=dict)
    done: bool = False

    def went_through(self, step: str, *, later: bool) -> SetupState:
        """The step is behind us, done or put off."""
        passed = tuple(sorted({*self.passed, step}))
        put_off = {*self.later, step} if later else {*self.later} - {step}
        return replace(self, passed=passed, later=tuple(sorted(put_off)))

    def was_tried(self, what: str, how: str) -> SetupState:
        """A trial ended; empty: what was tried has changed since."""
        tried = {name: word for name, word in self.tried.items() if name != what}
        return replace(self, tried={**tried, what: how} if how else tried)

    def spent(self, step: str, seconds: float) -> SetupState:
        """More time at a step."""
        return replace(self, spent_s={**self.spent_s, step: round(self.spent_s.get(step, 0.0) + seconds, 1)})


def load(folder: Path) -> SetupState:
    """What stands in the folder; a file that cannot be read is as if there were none: nothing that counts is in it."""
    try:
        raw = read_json((folder / FILE).read_text("utf-8"))
        return _read(raw)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return SetupState()


def save(folder: Path, state: SetupState) -> None:
    """Keep it, on the disk when this returns.

    Raises:
        JournalUnavailable: `setup.not_kept`: what stood there stands.
    """
    text = json.dumps({"version": _VERSION, **asdict(state)}, ensure_ascii=False, indent=2)
    try:
        make_folder(folder)
        replace_file(folder / FILE, text.encode())
    except OSError as error:
        raise JournalUnavailable("setup.not_kept", file=FILE) from error


def is_unfinished(folder: Path) -> bool:
    """Whether a set-up was begun here and left; False also where none was ever begun."""
    return (folder / FILE).exists() and not load(folder).done


def needs_first_run(folder: Path) -> bool:
    """Whether a till in this folder is not set up yet, as far as files tell: none was begun, or it was left."""
    return is_unfinished(folder) or not (folder / "journal.db").exists()


def _read(raw: dict[str, Any]) -> SetupState:
    return SetupState(
        language=raw["language"] if raw["language"] in LANGUAGES else "",
        profile=str(raw["profile"]),
        at=str(raw["at"]),
        passed=tuple(str(name) for name in raw["passed"]),
        later=tuple(str(name) for name in raw["later"]),
        tried={str(name): str(word) for name, word in raw["tried"].items()},
        spent_s={str(name): float(spent) for name, spent in raw["spent_s"].items()},
        done=raw["done"] is True,
    )
