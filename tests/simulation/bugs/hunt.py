"""Looks for a planted bug: worlds from seed after seed, each in a process of its own with a limit of time."""

from __future__ import annotations

import os
import pickle
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tests.simulation.bugs.planting import Bug
from tests.simulation.plan import plan_of
from tests.simulation.run import run_plan

HANGS = "comes_to_an_end"
_LIMIT_S = 60.0


@dataclass(frozen=True, slots=True)
class Caught:
    """What a bug was caught by.

    Args:
        by: name of the invariant; empty: it was not.
        what: the first violation's words.
        seed: of the world, which repeats it with `steps`.
        tried: worlds looked at, the last one included.
        took_s: real seconds for the last one.
    """

    by: str
    what: str
    seed: int
    steps: int
    tried: int
    took_s: float


def hunt(bug: Bug, worlds: Sequence[tuple[int, int]], *, limit_s: float = _LIMIT_S) -> Caught:
    """Live through these worlds until one shows the bug.

    Args:
        bug: planted while each world lasts.
        worlds: seed and the steps of each cashier, in this order.
        limit_s: real seconds after which a world counts as one that never ends.
    """
    with bug.plant():
        pass  # that it no longer fits the engine must not look like a catch
    for tried, (seed, steps) in enumerate(worlds, 1):
        began_s = time.monotonic()
        by, what = _in_fork(lambda seed=seed, steps=steps: _world(bug, seed, steps), limit_s)  # type: ignore[misc]
        if by:
            return Caught(by, what, seed, steps, tried, time.monotonic() - began_s)
    return Caught("", "", 0, 0, len(worlds), 0.0)


def _world(bug: Bug, seed: int, steps: int) -> tuple[str, str]:
    plan = replace(plan_of(seed, steps=steps), **bug.weather)
    with bug.plant():
        found = run_plan(plan).violations
    return (found[0].invariant, found[0].what) if found else ("", "")


def _in_fork(job: Callable[[], tuple[str, str]], limit_s: float) -> tuple[str, str]:
    """A bug may leave anything behind, or never end: so each world has a process of its own."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        try:
            ended = job()
        except BaseException as error:  # noqa: BLE001 - a till that breaks the world is found as well
            ended = ("runs_on", f"{type(error).__name__}: {error}")
        os.write(write, pickle.dumps((ended[0], ended[1][:2000])))
        os._exit(0)
    os.close(write)
    try:
        ends_s = time.monotonic() + limit_s
        while time.monotonic() < ends_s:
            done, _ = os.waitpid(child, os.WNOHANG)
            if done:
                told: tuple[str, str] = pickle.loads(os.read(read, 65536) or pickle.dumps(("runs_on", "died")))  # noqa: S301
                return told
            time.sleep(0.005)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return (HANGS, f"no end after {limit_s:.0f} s")
    finally:
        os.close(read)
