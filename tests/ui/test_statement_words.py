"""Every word of the statement check stands in both languages; none of its codes reaches a person without a sentence."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from pos.domain.statement import DifferenceKind
from pos.domain.statement_layout import DateOrder, Part
from pos.domain.statement_values import Meaning
from pos.i18n import LANGUAGES, Translator, resource_path
from pos.reports.statement_csv import SEPARATORS
from pos.reports.statement_encoding import ENCODINGS
from pos.ui.manager.statement.boxes import ENCODINGS as OFFERED
from pos.ui.manager.statement.boxes import SEPARATORS as NAMED

ROOT = Path(__file__).resolve().parents[2] / "pos"
SOURCES = [
    *(path for path in ROOT.rglob("statement*.py") if "journal" not in path.parts),  # what it audits is said elsewhere
    *(ROOT / "ui" / "manager" / "statement").glob("*.py"),
]


def constants() -> set[str]:
    """Every text literal of the statement's code."""
    found: set[str] = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


def arguments(name: str) -> set[str]:
    """First literal argument of every call of this name."""
    found: set[str] = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and getattr(node.func, "id", "") == name:
                at = 1 if name == "Unread" else 0
                first = node.args[at] if len(node.args) > at else None
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.add(first.value)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_and_key_has_its_words(language: str) -> None:
    tr = Translator(language)
    whole = {text for text in constants() if re.fullmatch(r"statement(\.[a-z_0-9]+)+", text)}
    silent = {text for text in whole if not tr.has(text) and not tr.has(f"message.{text}.what")}
    assert silent == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_note_and_kind_has_its_words(language: str) -> None:
    tr = Translator(language)
    problems = arguments("UnreadableCell") | arguments("Unread")
    notes = {
        "back_unknown", "taken_back_here", "taken_back_there", "here_open", "here_not_given", "several_rows",
        "several_lines", "sent_later", "loss", "never_sent", "not_confirmed",
    }  # fmt: skip
    wanted = {f"statement.problem.{each}" for each in problems} | {f"statement.note.{each}" for each in notes}
    wanted |= {f"statement.problem.{each}.why" for each in problems}
    wanted |= {f"statement.kind.{kind}" for kind in DifferenceKind}
    wanted |= {f"statement.kind.{kind}.why" for kind in DifferenceKind if kind is not DifferenceKind.UNREADABLE}
    wanted |= {f"statement.part.{part}{end}" for part in Part for end in ("", ".hint", ".short")}
    wanted |= {f"statement.meaning.{meaning}" for meaning in Meaning}
    wanted |= {f"statement.dates.{order}" for order in DateOrder}
    wanted |= {f"statement.left_out.{why}" for why in arguments("LeftOut") | {"total", "remark", "not_done"}}
    wanted |= {f"statement.encoding.{name}" for name in ENCODINGS} | {
        f"statement.option.encoding.{n}" for n in ENCODINGS
    }
    assert len(problems) >= 9
    assert {key for key in wanted if not tr.has(key)} == set()


def test_what_the_files_can_be_is_what_is_offered() -> None:
    assert (tuple(OFFERED), set(NAMED)) == (ENCODINGS, set(SEPARATORS))


def test_both_languages_say_the_same_things() -> None:
    vi, en = (
        json.loads(resource_path(f"locale/{language}.statement.json").read_text(encoding="utf-8"))
        for language in LANGUAGES
    )
    assert vi.keys() == en.keys()
    fields = re.compile(r"{(\w+)}")
    assert {key for key in vi if set(fields.findall(vi[key])) != set(fields.findall(en[key]))} == set()
