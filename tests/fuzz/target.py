"""One parser of outside data."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pos.domain.errors import PosError


@dataclass(frozen=True)
class Target:
    """A parser, what it usually reads, and how it may refuse.

    Args:
        name: told with a finding.
        seeds: what its inputs are made of.
        run: reads one input; judges what it can.
        refusals: exceptions that are declared; anything else is a finding.
        weight: how often it gets its turn; a parser of microseconds more often than one that opens files.
    """

    name: str
    seeds: Sequence[bytes]
    run: Callable[[bytes, random.Random], object]
    refusals: tuple[type[BaseException], ...] = (PosError,)
    weight: int = 100


def text_of(data: bytes, chance: random.Random) -> str:
    """Input as text that is not always sound."""
    return data.decode("utf-8", "surrogateescape") if chance.random() < 0.7 else data.decode("latin-1")
