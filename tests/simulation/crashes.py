"""When a till's process dies, and at which port call: every kind of call gets its share, however rare it is."""

from __future__ import annotations

import random

from tests.simulation.coverage import Coverage
from tests.simulation.plan import Plan

FIRST_START_SHARE = 0.15
"""Of the port calls, until a till has come up for the first time: schema, first manager. The folder was empty, and what
a death leaves in it must come up whole. There are half a dozen such calls, so that the till does come up."""
AIMED_SHARE = 2 / 3
"""Of the crashes wait for a kind of port call that nobody has died at here yet."""
RARE_SHARE, RARE = 0.2, 1000
"""A kind that comes less than once in a thousand port calls is no target to wait for: this share of it dies at once."""


class Crashes:
    """A world's.

    Args:
        plan: whether there are any, and how often.
        coverage: what was reached, and died at, in this world; the deaths are written here.
    """

    def __init__(self, plan: Plan, coverage: Coverage) -> None:
        self._every = plan.crash_every if "crash" in plan.others else 0
        self._coverage = coverage
        self._dice = random.Random(f"{plan.seed} crashes")
        self._next = self._anywhere = 0
        self._target = ""

    def draw(self, number: int) -> None:
        """The next crash comes after port call `number`; one whose target does not come again comes anywhere."""
        if not self._every:
            return
        self._next = number + 1 + int(self._dice.expovariate(1 / self._every))
        fresh = sorted(self._coverage.ports.keys() - self._coverage.crashed.keys())
        self._target = self._dice.choice(fresh) if fresh and self._dice.random() < AIMED_SHARE else ""
        self._anywhere = self._next + (self._every if self._target else 0)

    def due(self, number: int, name: str, *, opened: bool) -> bool:
        """Whether the process dies at this port call.

        Args:
            number: of the port call in this world.
            name: its kind.
            opened: the till has come up before on its folder.
        """
        if not self._every:
            return False
        if not opened:
            dies = self._dice.random() < FIRST_START_SHARE
        else:
            dies = number >= (self._next if name == self._target else self._anywhere) or self._rare(number, name)
        self._coverage.crashed.update([name] if dies else [])
        return dies

    def _rare(self, number: int, name: str) -> bool:
        seen, crashed = self._coverage.ports[name], self._coverage.crashed
        return seen * RARE < number and not crashed[name] and self._dice.random() < RARE_SHARE
