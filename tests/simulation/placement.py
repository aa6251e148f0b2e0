"""Every single fault, and every pair of faults, at every port call of every scripted sale: enumerated, none skipped.

    python -m tests.simulation.placement                      all singles of all stories
    python -m tests.simulation.placement --pairs direct       every pair for one story (or several)
    python -m tests.simulation.placement --pairs --sample 500 a seeded sample of the pairs of every story
    python -m tests.simulation.placement --one direct/patient 7=late 19=crash

A dry run records the port calls; each option of each of them is then one run of its own. A second fault stands at any
port call that comes after the first one in the run which that one makes, the restart after a crash included. After the
story: faults end, people finish or give up what is open, the till comes to rest, a night passes – and all promises
of `invariants` hold, before, then, and the next day.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import multiprocessing.pool
import os
import random
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from greenlet import GreenletExit  # type: ignore[import-untyped]

from pos.domain.errors import PosError
from pos.till.views import Phase
from tests.simulation.shop import DAY_S, Port, PowerCut, Shop, memory_folder, options, shop
from tests.simulation.stories import HASTY, PATIENT, STORIES, Sale

Plan = tuple[tuple[int, str], ...]
"""Port call and what goes wrong there, in order."""
MANNERS = (PATIENT, HASTY)
PROCESSES = 2


@dataclass(frozen=True, slots=True)
class Run:
    """One telling of a story.

    Args:
        wrong: broken promises and stumbles, in words.
    """

    story: str
    manner: str
    plan: Plan
    trace: tuple[Port, ...] = field(repr=False)
    wrong: tuple[str, ...]

    @property
    def command(self) -> str:
        """Repeats it."""
        places = " ".join(f"{number}={what}" for number, what in self.plan)
        return f"python -m tests.simulation.placement --one {self.story}/{self.manner} {places}".rstrip()


# ---------------------------------------------------------------- one run


_NUMBERS = itertools.count(1)
_PLACE: list[Path] = []
"""The folder under which this process keeps its journals, one at a time."""


@contextmanager
def place() -> Iterator[Path]:
    """Room for the journals of this process and of those it forks meanwhile."""
    folder = memory_folder()
    _PLACE.append(folder)
    try:
        yield folder
    finally:
        _PLACE.remove(folder)
        shutil.rmtree(folder)


def tell(story_name: str, manner: str, plan: Plan = ()) -> Run:
    """Tell one story with these faults, heal everything, come to rest, and judge. Within a `place`."""
    story = STORIES[story_name]
    folder = _PLACE[-1] / f"{os.getpid()}-{next(_NUMBERS)}"
    wrong: list[str] = []
    with shop(folder, dict(plan), reserving=story.reserving, max_vouchers=story.max_vouchers) as till:
        try:
            sale = story.tell(till, manner)
            sale.go_on()
            trace = tuple(till.trace)
            _come_to_rest(till)
            wrong += _about_the_customer(till, sale)
        except (PowerCut, GreenletExit):
            raise AssertionError(f"a cut outside of the counted part: {story_name} {plan}") from None
        except Exception as error:  # noqa: BLE001 - whatever it is, it must be told with its placement
            trace = tuple(till.trace)
            wrong.append(f"stumbled: {type(error).__name__}: {error}")
        wrong += [str(violation) for violation in till.violations]
        return Run(story_name, manner, plan, trace, tuple(dict.fromkeys(wrong)))


def _come_to_rest(till: Shop) -> None:
    till.look(at_rest=False)
    till.heal()
    _settle(till)
    till.look(at_rest=True)
    _finish_bills(till)
    _settle(till)
    till.time.sleep(DAY_S)
    _settle(till)
    till.look(at_rest=True, day_closed=True)


def _settle(till: Shop) -> None:
    """As long as something comes due; a person presses "retry" once, which ends a stop after a wrong PIN."""
    for pressed in (False, True):
        till.rig.settle(now=pressed)
        till.rig.settle_to_rest(40_000.0)
    till.print()


def _finish_bills(till: Shop) -> None:
    """The cashier's end of day: what is unused is dropped, what is used without the customer goes to a person."""
    for number in till.rig.journal.bill_numbers(limit=-1):
        bill = till.resume(number)
        phase = bill.view().phase
        if phase is Phase.FINISH:
            bill.customer_left()
        bill.drop()
        bill.publish()
        if bill.view().message is not None:
            raise PosError(bill.view().message.code)  # type: ignore[union-attr]


def _about_the_customer(till: Shop, sale: Sale) -> Iterator[str]:
    """What she was handed stands in the journal as given, whatever crashed afterwards."""
    given = [
        row for number in till.rig.journal.bill_numbers(limit=-1) for row in till.rig.journal.redemptions_of(number)
    ]
    if sale.handed_over and not any(row.state.given for row in given):
        yield "value was handed over and the journal does not know"


# ---------------------------------------------------------------- enumeration


def singles(story: str, manner: str) -> list[Plan]:
    """Every option of every port call of the story without faults."""
    dry = tell(story, manner)
    if dry.wrong:
        raise AssertionError(f"{dry.command}: {dry.wrong}")
    return [((port.number, what),) for port in dry.trace for what in options(port.name, port.codes)]


def pairs_after(first: Run) -> list[Plan]:
    """Every option of every later port call of the run that the first fault makes."""
    number = first.plan[0][0]
    return [
        (*first.plan, (port.number, what))
        for port in first.trace
        if port.number > number
        for what in options(port.name, port.codes)
    ]


def _one_single(job: tuple[str, str, Plan]) -> Run:
    return tell(*job)


def _all_pairs(job: tuple[str, str, Plan]) -> tuple[int, list[Run]]:
    """Count and bad runs of one first fault; the count tells that none was skipped."""
    first = tell(*job)
    bad = [first] if first.wrong else []
    plans = pairs_after(first)
    for plan in plans:
        run = tell(first.story, first.manner, plan)
        if run.wrong:
            bad.append(run)
    return len(plans), bad


def sampled_pairs(story: str, manner: str, count: int, seed: int) -> Iterator[Plan]:
    """Some pairs, the same ones for the same seed."""
    dice = random.Random(f"{story} {manner} {seed}")
    firsts = singles(story, manner)
    for _ in range(count):
        seconds = pairs_after(tell(story, manner, dice.choice(firsts)))
        if seconds:
            yield dice.choice(seconds)


# ---------------------------------------------------------------- the command


def say(text: str, *, end: str = "\n") -> None:
    """To the terminal, at once."""
    sys.stdout.write(text + end)
    sys.stdout.flush()


def _report(bad: Iterable[Run], limit: int) -> None:
    shown: Counter[str] = Counter()
    for run in bad:
        kind = run.wrong[0].partition(":")[0]
        shown[kind] += 1
        if shown[kind] <= limit:
            say(f"\n  {run.command}")
            for what in run.wrong[:3]:
                say(f"    {what}")
    for kind, times in shown.most_common():
        say(f"  {times} × {kind}")


def _print_singles(stories: Sequence[str], pool: multiprocessing.pool.Pool, limit: int) -> list[Run]:
    found: list[Run] = []
    total = 0
    say("story                     manner    port calls  placements   bad   s")
    for story, manner in itertools.product(stories, MANNERS):
        began_s = time.perf_counter()
        plans = singles(story, manner)
        runs = pool.map(_one_single, [(story, manner, plan) for plan in plans], chunksize=8)
        bad = [run for run in runs if run.wrong]
        ports = len({plan[0][0] for plan in plans})
        took_s = time.perf_counter() - began_s
        say(f"{story:25} {manner:9} {ports:10} {len(runs):11} {len(bad):5} {took_s:5.1f}")
        found += bad
        total += len(runs)
    say(f"{total} singles, {len(found)} bad")
    _report(found, limit)
    return found


def _print_pairs(
    stories: Sequence[str], manners: Sequence[str], pool: multiprocessing.pool.Pool, limit: int
) -> list[Run]:
    found: list[Run] = []
    for story, manner in itertools.product(stories, manners):
        began_s, count, bad_count = time.perf_counter(), 0, 0
        jobs = [(story, manner, plan) for plan in singles(story, manner)]
        for done, (pairs, bad) in enumerate(pool.imap_unordered(_all_pairs, jobs), start=1):
            count += pairs
            bad_count += len(bad)
            found += bad
            took_s = time.perf_counter() - began_s
            rate = count / took_s
            say(f"\r{story}/{manner}: {done} of {len(jobs)} first faults, {count} pairs, {bad_count} bad, "
                  f"{rate:.0f} a second", end="")  # fmt: skip
        say(f"\n{story}/{manner}: {len(jobs)} first faults, {count} pairs, {bad_count} bad, {took_s:.0f} s")
    _report(found, limit)
    return found


def _print_sample(stories: Sequence[str], pool: multiprocessing.pool.Pool, arguments: argparse.Namespace) -> list[Run]:
    jobs = [
        (story, manner, plan)
        for story, manner in itertools.product(stories, MANNERS)
        for plan in sampled_pairs(story, manner, arguments.sample, arguments.seed)
    ]
    bad = [run for run in pool.map(_one_single, jobs, chunksize=8) if run.wrong]
    say(f"{len(jobs)} sampled pairs (seed {arguments.seed}), {len(bad)} bad")
    _report(bad, arguments.show)
    return bad


def _print_one(words: Sequence[str]) -> list[Run]:
    story, _, manner = words[0].partition("/")
    plan = tuple((int(number), what) for number, _, what in (word.partition("=") for word in words[1:]))
    run = tell(story, manner or PATIENT, plan)
    faults = dict(plan)
    for port in run.trace:
        say(f"{port.number:4} {port.name} {'  <== ' + faults[port.number] if port.number in faults else ''}")
    for what in run.wrong:
        say(what)
    return [run] if run.wrong else []


def main() -> int:
    """The command; status 1 if a promise was broken."""
    parser = argparse.ArgumentParser(description="Faults at every port call of every scripted sale.")
    parser.add_argument("stories", nargs="*", help=f"of {', '.join(STORIES)}; all unless told")
    parser.add_argument("--pairs", action="store_true", help="every pair of faults")
    parser.add_argument("--sample", type=int, default=0, help="so many pairs of each story and manner")
    parser.add_argument("--manner", choices=MANNERS, help="for --pairs; both unless told")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--one", nargs="+", metavar="STORY/MANNER NUMBER=FAULT", help="tell one run, with its port calls"
    )
    parser.add_argument("--show", type=int, default=3, help="runs shown of each broken promise")
    arguments = parser.parse_args()
    if arguments.one:
        with place():
            return 1 if _print_one(arguments.one) else 0
    stories = arguments.stories or list(STORIES)
    with place(), multiprocessing.get_context("fork").Pool(PROCESSES) as pool:
        if arguments.sample:
            bad = _print_sample(stories, pool, arguments)
        elif arguments.pairs:
            bad = _print_pairs(stories, [arguments.manner] if arguments.manner else MANNERS, pool, arguments.show)
        else:
            bad = _print_singles(stories, pool, arguments.show)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
