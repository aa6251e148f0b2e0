"""How a mistake is planted: a few words of an engine function exchanged, in this process only and for a while."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any

from tests.simulation.faults import Fault


def line(*faults: Fault, **more: Any) -> dict[str, Any]:
    """The weather of a line that has these faults and has them often."""
    return {"network": faults, "network_rate": 0.3, **more}


@dataclass(frozen=True, slots=True)
class Bug:
    """A mistake somebody could make.

    Args:
        name: of the table's row.
        sentence: what the programmer did wrong.
        plant: puts it into the engine while the context lasts.
        weather: fields of the `Plan`, where a world of chance would meet the right trouble too rarely.
    """

    name: str
    sentence: str
    plant: Callable[[], AbstractContextManager[object]]
    weather: Mapping[str, Any] = field(default_factory=dict)


class Drifted(Exception):
    """The engine no longer holds the words that the mistake exchanges: the bug must be planted anew."""


@contextmanager
def words(function: Any, *changes: tuple[str, str]) -> Iterator[None]:
    """Exchange words in a function's source while this lasts.

    Args:
        function: of the engine; decorated ones are found beneath their decorator.
        changes: the words that stand there exactly once, and what stands there instead.

    Raises:
        Drifted: they do not stand there exactly once.
    """
    target = inspect.unwrap(getattr(function, "fget", function))
    assert isinstance(target, FunctionType)
    source = textwrap.dedent(inspect.getsource(target))
    for was, now in changes:
        if source.count(was) != 1:
            raise Drifted(f"{target.__qualname__}: {was!r} stands there {source.count(was)} times")
        source = source.replace(was, now)
    lines = source.splitlines()
    while lines[0].startswith("@"):
        del lines[0]
    made: dict[str, Any] = {}
    exec(compile("\n".join(lines), f"<{target.__qualname__} with a bug>", "exec"), target.__globals__, made)  # noqa: S102
    kept = target.__code__
    target.__code__ = made[target.__name__].__code__
    try:
        yield
    finally:
        target.__code__ = kept


@contextmanager
def entry(table: dict[Any, Any], key: Any, value: Any) -> Iterator[None]:
    """Another entry in one of the engine's tables while this lasts."""
    kept = table.get(key, table)
    table[key] = value
    try:
        yield
    finally:
        if kept is table:
            del table[key]
        else:
            table[key] = kept


@contextmanager
def swapped(owner: Any, name: str, function: Callable[..., Any]) -> Iterator[None]:
    """Another method while this lasts."""
    kept = vars(owner)[name]
    setattr(owner, name, function)
    try:
        yield
    finally:
        setattr(owner, name, kept)


@contextmanager
def together(*plants: AbstractContextManager[object]) -> Iterator[None]:
    """Several at once."""
    with ExitStack() as stack:
        for plant in plants:
            stack.enter_context(plant)
        yield
