"""Small wrong versions of a module, one change each, made on its syntax tree.

What is changed: comparisons, `and`/`or`, conditions, `not`, arithmetic, numbers, texts, True/False, returned and
assigned values, calls and raises as statements, keyword arguments, `break`/`continue`, branches of `x if c else y`.

What is not: annotations, docstrings, what is logged, the texts of enumeration members (names that other tests hold
against the locale files and the database's CHECKs), `TYPE_CHECKING` and type variables.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import ndiff
from pathlib import Path
from typing import Any

_COMPARE: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult, ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
}  # fmt: skip
_LOGS = frozenset({"log", "_LOG"})


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change; while the generator stands at it, `tree` is the changed module.

    Args:
        number: within the module, the same for the same source.
        place: module and qualified name of the function or class, `pos.till.gate:Gate.throttled`.
        was: the source lines that change, unparsed. `now`: what they become.
        lines: first and last line of the smallest statement around it.
        in_function: the change takes effect when the function's code is exchanged; else only in a fresh import.
    """

    number: int
    place: str
    was: str
    now: str
    lines: tuple[int, int]
    in_function: bool
    tree: ast.Module

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is known by when lines have moved."""
        return (self.place, self.was, self.now)


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where the walk stands."""

    names: tuple[str, ...]
    statement: ast.stmt
    in_function: bool


def module_name(path: Path) -> str:
    """`pos/till/gate.py` → `pos.till.gate`."""
    return ".".join(path.with_suffix("").parts)


def mutants(path: Path, source: str | None = None) -> Iterator[Mutant]:
    """Every wrong version of a module, in the order of its source.

    Args:
        path: relative to the repository.
        source: its text, read from `path` by default.
    """
    tree = ast.parse(path.read_text() if source is None else source)
    name = module_name(path)
    number = 0
    for spot, change in _body(tree.body, (), in_function=False):
        before = _text(spot.statement)
        undo = change()
        now = _text(spot.statement)
        if now != before:
            was_lines, now_lines = _difference(before, now)
            last = spot.statement.end_lineno or spot.statement.lineno
            lines = (spot.statement.lineno, _head_end(spot.statement) or last)
            place = f"{name}:{'.'.join(spot.names)}"
            yield Mutant(number, place, was_lines, now_lines, lines, spot.in_function, tree)
            number += 1
        undo()


Change = Callable[[], Callable[[], None]]
"""Makes the change and returns how to take it back."""


def _body(body: list[ast.stmt], names: tuple[str, ...], *, in_function: bool) -> Iterator[tuple[_Spot, Change]]:
    for statement in body:
        spot = _Spot(names, statement, in_function)
        if _untouched(statement, names):
            continue
        if isinstance(statement, ast.ClassDef):
            inner = (*names, statement.name)
            yield from _class(statement, inner)
            continue
        if isinstance(statement, ast.FunctionDef):
            inner = (*names, statement.name)
            head = _Spot(inner, statement, in_function)
            for default in (*statement.args.defaults, *(d for d in statement.args.kw_defaults if d is not None)):
                yield from _expressions(default, head)
            yield from _body(statement.body, inner, in_function=True)
            continue
        yield from _statement(statement, spot)
        for part in ("body", "orelse", "finalbody"):
            yield from _body(getattr(statement, part, []), names, in_function=in_function)
        for handler in getattr(statement, "handlers", []):
            yield from _body(handler.body, names, in_function=in_function)


def _class(statement: ast.ClassDef, names: tuple[str, ...]) -> Iterator[tuple[_Spot, Change]]:
    enumeration = any(isinstance(base, ast.Name) and base.id.endswith("Enum") for base in statement.bases)
    if any(isinstance(base, ast.Name) and base.id == "Protocol" for base in statement.bases):
        return
    body = [s for s in statement.body if not (enumeration and isinstance(s, ast.Assign))]
    yield from _body(body, names, in_function=False)


def _untouched(statement: ast.stmt, names: tuple[str, ...]) -> bool:
    if isinstance(statement, ast.Import | ast.ImportFrom | ast.Pass | ast.Global | ast.Nonlocal):
        return True
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return True  # a docstring
    if isinstance(statement, ast.If) and ast.unparse(statement.test) == "TYPE_CHECKING":
        return True
    if isinstance(statement, ast.Assign) and not names:
        alias = isinstance(statement.value, ast.BinOp) and isinstance(statement.value.op, ast.BitOr)
        variable = isinstance(statement.value, ast.Call) and ast.unparse(statement.value.func) == "TypeVar"
        logger = ast.unparse(statement.targets[0]) in _LOGS
        return alias or variable or logger
    return _is_log(statement)


def _is_log(statement: ast.stmt) -> bool:
    if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)):
        return False
    function = statement.value.func
    return isinstance(function, ast.Attribute) and ast.unparse(function.value) in _LOGS


# ---------------------------------------------------------------- statements


def _statement(statement: ast.stmt, spot: _Spot) -> Iterator[tuple[_Spot, Change]]:
    # What is inside first: `_expressions` hands out changes of children of the statement.
    yield from _expressions(statement, spot, top=True)
    if isinstance(statement, ast.Return) and statement.value is not None and not _is_none(statement.value):
        yield spot, _setting(statement, "value", ast.Constant(None))
    if isinstance(statement, ast.Assign | ast.AnnAssign) and spot.in_function and statement.value is not None:
        replacement = ast.Constant("") if _is_none(statement.value) else ast.Constant(None)
        yield spot, _setting(statement, "value", replacement)
    if isinstance(statement, ast.AugAssign) and type(statement.op) in _ARITHMETIC:
        yield spot, _setting(statement, "op", _ARITHMETIC[type(statement.op)]())
    if isinstance(statement, ast.Expr | ast.Raise | ast.Delete) and spot.in_function:
        yield spot, _emptying(statement)
    if isinstance(statement, ast.Break | ast.Continue):
        yield spot, _swapping(statement)
    if isinstance(statement, ast.If | ast.While) and not isinstance(statement.test, ast.Compare | ast.UnaryOp):
        yield spot, _setting(statement, "test", ast.UnaryOp(ast.Not(), statement.test))


def _emptying(statement: ast.stmt) -> Change:
    """The statement does nothing: its class is kept for the walk, its effect is gone."""

    def change() -> Callable[[], None]:
        kind, fields = statement.__class__, dict(statement.__dict__)
        statement.__class__ = ast.Pass
        for name in ("value", "exc", "cause", "targets"):
            statement.__dict__.pop(name, None)

        def undo() -> None:
            statement.__class__ = kind
            statement.__dict__.update(fields)

        return undo

    return change


def _swapping(statement: ast.stmt) -> Change:
    def change() -> Callable[[], None]:
        kind = statement.__class__
        statement.__class__ = ast.Continue if kind is ast.Break else ast.Break

        def undo() -> None:
            statement.__class__ = kind

        return undo

    return change


# ---------------------------------------------------------------- expressions


def _expressions(node: ast.AST, spot: _Spot, *, top: bool = False) -> Iterator[tuple[_Spot, Change]]:
    """Changes of this expression and of all below it, but not of statements below."""
    if not top:
        yield from ((spot, change) for change in _changes(node))
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "type_params", "targets", "decorator_list") or (top and name == "target"):
            continue
        if isinstance(node, ast.JoinedStr | ast.FormattedValue) and name != "value" and name != "values":
            continue
        children = value if isinstance(value, list) else [value]
        for child in children:
            if isinstance(child, ast.expr | ast.keyword | ast.comprehension | ast.withitem):
                if isinstance(node, ast.JoinedStr) and isinstance(child, ast.Constant):
                    yield from ((spot, change) for change in _texts(child))
                    continue
                yield from _expressions(child, spot)


def _changes(node: ast.AST) -> Iterator[Change]:
    for kind, changes in _CHANGES.items():
        if isinstance(node, kind):
            yield from changes(node)


def _comparison(node: ast.Compare) -> Iterator[Change]:
    for at, op in enumerate(node.ops):
        for other in _COMPARE.get(type(op), ()):
            yield _replacing(node.ops, at, other())


def _and_or(node: ast.BoolOp) -> Iterator[Change]:
    yield _setting(node, "op", ast.Or() if isinstance(node.op, ast.And) else ast.And())
    if len(node.values) > 2:
        yield from _each_left_out(node, "values")


def _arithmetic(node: ast.BinOp) -> Iterator[Change]:
    if type(node.op) in _ARITHMETIC:
        yield _setting(node, "op", _ARITHMETIC[type(node.op)]())


def _unary(node: ast.UnaryOp) -> Iterator[Change]:
    if isinstance(node.op, ast.Not):
        yield _becoming(node, node.operand)
    elif isinstance(node.op, ast.USub):
        yield _setting(node, "op", ast.UAdd())


def _either(node: ast.IfExp) -> Iterator[Change]:
    yield _setting(node, "test", ast.Constant(True))
    yield _setting(node, "test", ast.Constant(False))


def _keywords(node: ast.Call) -> Iterator[Change]:
    for at, keyword in enumerate(node.keywords):
        if keyword.arg is not None:
            yield _setting(node, "keywords", node.keywords[:at] + node.keywords[at + 1 :])


def _entries(node: ast.Dict) -> Iterator[Change]:
    if len(node.keys) > 1:
        yield from (_without(node, at) for at in range(len(node.keys)))


def _members(node: ast.Set) -> Iterator[Change]:
    if len(node.elts) > 1:
        yield from _each_left_out(node, "elts")


def _filters(node: ast.comprehension) -> Iterator[Change]:
    yield from _each_left_out(node, "ifs")


def _each_left_out(node: Any, name: str) -> Iterator[Change]:
    items = getattr(node, name)
    for at in range(len(items)):
        yield _setting(node, name, items[:at] + items[at + 1 :])


def _constants(node: ast.Constant) -> Iterator[Change]:
    value = node.value
    if value is True or value is False:
        yield _setting(node, "value", not value)
    elif isinstance(value, int | float):
        yield _setting(node, "value", value + 1)
    elif isinstance(value, str):
        yield from _texts(node)


def _texts(node: ast.Constant) -> Iterator[Change]:
    if isinstance(node.value, str):
        yield _setting(node, "value", "XX")


def _setting(node: Any, name: str, value: Any) -> Change:
    def change() -> Callable[[], None]:
        kept = getattr(node, name)
        setattr(node, name, value)
        return lambda: setattr(node, name, kept)

    return change


def _becoming(node: Any, other: Any) -> Change:
    """The node becomes another one in its place, without its parent being asked."""

    def change() -> Callable[[], None]:
        kind, fields = node.__class__, dict(node.__dict__)
        node.__class__ = other.__class__
        node.__dict__.clear()
        node.__dict__.update(other.__dict__)

        def undo() -> None:
            node.__class__ = kind
            node.__dict__.clear()
            node.__dict__.update(fields)

        return undo

    return change


def _without(node: ast.Dict, at: int) -> Change:
    def change() -> Callable[[], None]:
        key, value = node.keys.pop(at), node.values.pop(at)

        def undo() -> None:
            node.keys.insert(at, key)
            node.values.insert(at, value)

        return undo

    return change


def _replacing(items: list[Any], at: int, other: Any) -> Change:
    def change() -> Callable[[], None]:
        kept, items[at] = items[at], other
        return lambda: items.__setitem__(at, kept)

    return change


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


_CHANGES: dict[type[ast.AST], Callable[[Any], Iterator[Change]]] = {
    ast.Compare: _comparison, ast.BoolOp: _and_or, ast.BinOp: _arithmetic, ast.UnaryOp: _unary, ast.IfExp: _either,
    ast.Constant: _constants, ast.Call: _keywords, ast.Dict: _entries, ast.Set: _members,
    ast.comprehension: _filters,
}  # fmt: skip


# ---------------------------------------------------------------- words


def _text(statement: ast.stmt) -> str:
    """Its source; of a compound statement the head only."""
    text = ast.unparse(statement)
    if isinstance(statement, ast.FunctionDef):
        return text.partition(":\n")[0]
    if _head_end(statement) is not None:
        return text.partition("\n")[0]
    return text


def _head_end(statement: ast.stmt) -> int | None:
    """Last line of a compound statement's head, None for a simple statement."""
    body = getattr(statement, "body", None)
    if not isinstance(body, list) or not body:
        return None
    first: int = body[0].lineno
    return max(statement.lineno, first - 1)


def _difference(before: str, now: str) -> tuple[str, str]:
    lines = list(ndiff(before.splitlines(), now.splitlines()))
    was = "\n".join(line[2:].strip() for line in lines if line.startswith("- "))
    becomes = "\n".join(line[2:].strip() for line in lines if line.startswith("+ "))
    return was, becomes
