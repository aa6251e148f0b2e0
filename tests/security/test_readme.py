"""What the threat model points to is there."""

from __future__ import annotations

import re

import pytest

from tests.security.processes import ROOT

PAGE = (ROOT / "tests/security/README.md").read_text("utf-8")
WORDS = sorted(set(re.findall(r"`([^`\s]+)`", PAGE)))
FILES = [word for word in WORDS if word.endswith((".py", ".yml")) and "*" not in word]
TESTS = [word for word in WORDS if re.fullmatch(r"test_\w+", word)]


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_named_is_there(name: str) -> None:
    places = [ROOT, ROOT / "tests", ROOT / "tests/security", ROOT / "tests/providers", ROOT / "pos"]
    assert any((place / name).is_file() for place in places)


def test_a_test_that_is_named_is_there() -> None:
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert len(FILES) > 15
    assert [name for name in TESTS if f"def {name}(" not in sources] == []
