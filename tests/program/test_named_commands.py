"""Every command that a sentence tells a person to type exists."""

from __future__ import annotations

import argparse
import json
import re
from functools import cache

import pytest

from pos.cli.main import _COMMANDS, _parser
from pos.i18n import LANGUAGES, resource_path

NAMED = re.compile(r"\bquay (?!commands\b)([a-z]+)\b(?: ([a-z]+(?:-[a-z]+)*)\b)?")
"""Not "quay lại" (go back), and not "quay commands" in general."""


@cache
def _actions(command: str) -> frozenset[str]:
    """The second words of a command; none for one that takes none."""
    commands = _sub(_parser(command))
    actions = _sub(commands[command])
    return frozenset(actions)


def _sub(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_names_a_command_that_is_not_there(language: str) -> None:
    """A person in trouble types what she reads."""
    wrong: list[str] = []
    for file in sorted(resource_path("locale").glob(f"{language}.*json")):
        for key, text in json.loads(file.read_text("utf-8")).items():
            for command, action in NAMED.findall(text):
                if command not in _COMMANDS or (action and _actions(command) and action not in _actions(command)):
                    wrong.append(f"{key}: quay {command} {action}")
    assert wrong == []
