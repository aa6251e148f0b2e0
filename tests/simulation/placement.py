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
import os
import random
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.pool import Pool
from pathlib import Path

from greenlet import GreenletExit

from pos.domain.errors import PosError
from pos.till.views import Phase
from tests.simulation.shop import DAY_S, Astray, Port, PowerCut, Shop, memory_folder, options, shop
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
        manner_mattered: False: the other manner of cashier makes exactly the same run.
    """

    story: str
    manner: str
    plan: Plan
    trace: tuple[Port, ...] = field(repr=False)
    wrong: tuple[str, ...]
    manner_mattered: bool = False

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
    mattered = True
    with shop(folder, dict(plan), reserving=story.reserving, max_vouchers=story.max_vouchers) as till:
        try:
            sale = story.tell(till, manner)
            sale.go_on()
            trace, mattered = tuple(till.trace), sale.manner_mattered
            _come_to_rest(till)
            wrong += _about_the_customer(till, sale)
        except (PowerCut, GreenletExit):
            raise AssertionError(f"a cut outside of the counted part: {story_name} {plan}") from None
        except (Exception, Astray) as error:  # noqa: BLE001 - whatever it is, it must be told with its placement
            trace = tuple(till.trace)
            wrong.append(f"stumbled: {type(error).__name__}: {error}")
        wrong += [str(violation) for violation in till.violations]
        return Run(story_name, manner, plan, trace, tuple(dict.fromkeys(wrong)), mattered)


Job = tuple[str, tuple[str, ...], Plan]
"""A story, the manners of cashier for which this plan has a place in it, and the plan."""


def tell_all(job: Job) -> list[Run]:
    """The run of each manner of cashier; one run where they are the same to the last port call."""
    story, manners, plan = job
    first = tell(story, manners[0], plan)
    return [first, *(tell(story, other, plan) for other in manners[1:] if first.manner_mattered)]


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
    """As long as something comes due; a person presses "retry", which ends a stop after a wrong PIN.

    Twice: the first time may only find out that a call has no verdict, the second time asks.
    """
    for pressed in (False, True, True):
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


def singles(story: str) -> list[Job]:
    """Every option of every port call of the story without faults, for each manner of cashier."""
    dry = tell_all((story, MANNERS, ()))
    for run in dry:
        if run.wrong:
            raise AssertionError(f"{run.command}: {run.wrong}")
    return [
        (story, _manners(run, dry), ((port.number, what),))
        for run in dry
        for port in run.trace
        for what in options(port.name, port.codes)
    ]


def pairs_of(first: Job) -> list[Job]:
    """Every option of every later port call of the runs that the first fault makes."""
    number = first[2][0][0]
    runs = tell_all(first)
    return [
        (run.story, _manners(run, runs, of=first[1]), (*run.plan, (port.number, what)))
        for run in runs
        for port in run.trace
        if port.number > number
        for what in options(port.name, port.codes)
    ]


def _manners(run: Run, runs: Sequence[Run], of: tuple[str, ...] = MANNERS) -> tuple[str, ...]:
    """For whom this run stands."""
    return of if len(runs) == 1 else (run.manner,)


@dataclass(slots=True)
class Tally:
    """What was told: placements (a pair counts once a manner), runs made for them, and the bad ones."""

    placements: int = 0
    runs: int = 0
    bad: list[Run] = field(default_factory=list)

    def add(self, job: Job) -> None:
        """Tell one placement, in the manners that have it."""
        runs = tell_all(job)
        self.placements += len(job[1])
        self.runs += len(runs)
        self.bad += [run for run in runs if run.wrong]

    def join(self, other: Tally) -> None:
        """Both together."""
        self.placements += other.placements
        self.runs += other.runs
        self.bad += other.bad


def _one_job(job: Job) -> Tally:
    tally = Tally()
    tally.add(job)
    return tally


def _all_pairs(first: Job) -> Tally:
    """Every second fault after this first one."""
    tally = Tally()
    for job in pairs_of(first):
        tally.add(job)
    return tally


def sampled_pairs(story: str, count: int, seed: int) -> Iterator[Job]:
    """Some pairs, the same ones for the same seed."""
    dice = random.Random(f"{story} {seed}")
    firsts = singles(story)
    while count:
        seconds = pairs_of(dice.choice(firsts))
        for second in dice.sample(seconds, min(4, count, len(seconds))):
            count -= 1
            yield second


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


def _print_singles(stories: Sequence[str], pool: Pool, limit: int) -> list[Run]:
    whole = Tally()
    say("story                   port calls  placements    runs   bad      s")
    for story in stories:
        began_s, tally = time.perf_counter(), Tally()
        jobs = singles(story)
        for part in pool.imap_unordered(_one_job, jobs, chunksize=8):
            tally.join(part)
        ports, took_s = len({plan[0][0] for _, _, plan in jobs}), time.perf_counter() - began_s
        say(f"{story:23} {ports:10} {tally.placements:11} {tally.runs:7} {len(tally.bad):5} {took_s:6.1f}")
        whole.join(tally)
    say(f"{whole.placements} placements of one fault, {whole.runs} runs, {len(whole.bad)} bad")
    _report(whole.bad, limit)
    return whole.bad


def _print_pairs(stories: Sequence[str], pool: Pool, limit: int) -> list[Run]:
    whole, shown = Tally(), 0
    for story in stories:
        began_s, tally = time.perf_counter(), Tally()
        jobs = singles(story)
        for done, part in enumerate(pool.imap_unordered(_all_pairs, jobs), start=1):
            tally.join(part)
            took_s = time.perf_counter() - began_s
            for run in part.bad[: max(0, limit - shown)]:
                shown += 1
                say(f"\n  {run.command}\n    {run.wrong[0]}")
            say(
                f"\r{story}: {done} of {len(jobs)} first faults, {tally.placements} pairs, {tally.runs} runs, "
                f"{len(tally.bad)} bad, {took_s:.0f} s",
                end="",
            )
        say("")
        whole.join(tally)
    say(f"{whole.placements} placements of two faults, {whole.runs} runs, {len(whole.bad)} bad")
    _report(whole.bad, limit)
    return whole.bad


def _print_sample(stories: Sequence[str], pool: Pool, arguments: argparse.Namespace) -> list[Run]:
    jobs = [job for story in stories for job in sampled_pairs(story, arguments.sample, arguments.seed)]
    tally = Tally()
    for part in pool.imap_unordered(_one_job, jobs, chunksize=8):
        tally.join(part)
    say(f"{len(jobs)} sampled pairs (seed {arguments.seed}), {tally.runs} runs, {len(tally.bad)} bad")
    _report(tally.bad, arguments.show)
    return tally.bad


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
    parser.add_argument("--sample", type=int, default=0, help="so many pairs of each story")
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
            bad = _print_pairs(stories, pool, arguments.show)
        else:
            bad = _print_singles(stories, pool, arguments.show)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
