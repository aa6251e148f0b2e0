"""The mutator itself: each change is one change, and taking it back leaves the source as it was."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.mutation.__main__ import MODULES, accepted
from tests.mutation.mutants import mutants

PATH = Path("pos/till/example.py")
POS = Path(__file__).parents[2] / "pos"


def changes(source: str) -> list[tuple[str, str]]:
    return [(one.was, one.now) for one in mutants(PATH, source)]


@pytest.mark.parametrize(
    ("line", "becomes"),
    [
        ("return a <= b", ["return a < b", "return a > b", "return None"]),
        ("return a and b", ["return a or b", "return None"]),
        ("return not a", ["return a", "return None"]),
        ("return a is None", ["return a is not None", "return None"]),
        ("x = a + 1", ["x = a - 1", "x = a + 2", "x = None"]),
        ("x = None", ["x = ''"]),
        ("x = b if a else 7", ["x = b if True else 7", "x = b if False else 7", "x = b if a else 8", "x = None"]),
        ("go(a, soon=True)", ["go(a)", "go(a, soon=False)", "pass"]),
        ("raise a", ["pass"]),
        ("return [i for i in a if i]", ["return [i for i in a]", "return None"]),
        ("return {a: b, b: a}", ["return {b: a}", "return {a: b}", "return None"]),
        ('go("text")', ["go('XX')", "pass"]),
        ('log.info("text")', []),
    ],
)
def test_what_becomes_of_a_line(line: str, becomes: list[str]) -> None:
    """Nothing is left out, and what is logged is left alone."""
    assert [now for _, now in changes(f"def f(a, b):\n    {line}\n")] == becomes


def test_a_change_is_taken_back_before_the_next() -> None:
    """When the walk is over the tree is the module it was."""
    source = (POS / "till/redeem.py").read_text()
    last = None
    for last in mutants(PATH, source):
        assert last.was != last.now
    assert last is not None
    assert ast.dump(last.tree) == ast.dump(ast.parse(source))


def test_each_mutant_is_a_program() -> None:
    for mutant in mutants(PATH, (POS / "domain/redemption.py").read_text()):
        compile(ast.fix_missing_locations(mutant.tree), "mutant", "exec")


def test_changes_outside_functions_are_known_as_such() -> None:
    """They need a fresh import: a default, a table, a class's field."""
    source = "LIMIT = 3\n\n\ndef f(a=4):\n    return 5\n\n\nclass C:\n    x: int = 6\n"
    outside = {mutant.was: not mutant.in_function for mutant in mutants(PATH, source)}
    assert outside == {"LIMIT = 3": True, "def f(a=4)": True, "return 5": False, "x: int = 6": True}


def test_each_reason_is_given_for_a_change_that_can_be_made() -> None:
    """A reason for a line that is gone would be believed of another line one day."""
    paths = [path for folder in MODULES for path in sorted((POS.parent / folder).glob("*.py"))]
    possible = {mutant.key for path in paths for mutant in mutants(path.relative_to(POS.parent), path.read_text())}
    assert sorted(accepted().keys() - possible) == []
