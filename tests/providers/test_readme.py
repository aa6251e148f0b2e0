"""The page about the issuers says which test shows what; here it is held to its word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "pos/providers/README.md").read_text()
TESTS = Path(__file__).parent.parent
NAMED = sorted(set(re.findall(r"`(\w+(?:/\w+)*)::(\w+)`", PAGE)) - {("a/b", "c")})


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_a_test_that_is_named_is_there(file: str, name: str) -> None:
    folder, _, last = file.rpartition("/")
    source = TESTS / (folder or "providers") / f"test_{last}.py"
    assert re.search(rf"^def test_{name}\(", source.read_text(), re.MULTILINE)
