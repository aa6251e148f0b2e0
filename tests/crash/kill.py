"""Kill the running till at random moments, start again on the same folder, let it come to rest, compare the books.

A chain is one folder: one life or several, each killed (SIGKILL) by this process, then the check. The moment is drawn
either evenly over a life's length or shortly after a random one of the things that happen in it.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

from pos.backup_setup import rebuild
from pos.bootstrap import Program, SystemClock, open_folder
from pos.domain.errors import PosError
from tests.crash.judge_kill import Handed, judge_kill
from tests.crash.life import Order, live
from tests.journal.damage_shop import DAMAGES
from tests.sandbox_process import SandboxProcess

_CODES = 48
_LOOK_EVERY = 25
"""Chains between two looks at how long a life lasts, and two resets of the sandbox, whose book so stays short."""
NEVER = 1_000_000


@dataclass(slots=True)
class Length:
    """How long a life is, in seconds and in things that happen: the longest of those measured since the last look."""

    seconds: float = 0.0
    points: int = 1


@dataclass(frozen=True, slots=True)
class Moment:
    """When to kill: so many seconds after that many points (0: from the start); `of` counts only lines that end so."""

    after_points: int
    seconds: float
    of: bytes = b"\n"

    @classmethod
    def drawn(cls, chance: Random, length: Length) -> Moment:
        """Half of them evenly over time, half of them shortly after something happened."""
        if chance.random() < 0.5:
            return cls(0, chance.uniform(0, length.seconds))
        return cls(chance.randint(1, length.points), chance.uniform(0, 0.006))


@dataclass(slots=True)
class Toll:
    """What happened so far."""

    chains: int = 0
    kills: int = 0
    ended_first: int = 0
    handed: int = 0
    found: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.kills} kills in {self.chains} chains, each then started, settled to rest and compared; "
            f"{self.ended_first} lives ended before their kill; {self.handed} hand-overs before a kill; "
            f"{len(self.violations)} violations"
        )


def kills(
    count: int,
    *,
    seed: int,
    hasty: bool = False,
    damaged: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> Toll:
    """Kill `count` times or a few times more (a chain is carried through).

    Args:
        count: of kills.
        seed: of everything that is drawn here; the moment itself is the machine's.
        hasty: plant a cashier who hands over before the verdict; ends with the first violation.
        damaged: hurt the journal after the last kill of a chain: the next start builds it anew.
        tell: hears of progress.
    """
    os.environ["QUAY_KEYSTORE"] = "file"
    toll, chance, length, began = Toll(), Random(seed), Length(), time.monotonic()
    with SandboxProcess() as sandbox, ram_folder() as base:
        while toll.kills < count:
            if toll.chains % _LOOK_EVERY == 0:
                sandbox.reset()
                length = _measured(base / "measured", sandbox, toll)
            chain_seed = chance.randrange(1 << 32)
            wrong = _chain(base / f"{toll.chains}", sandbox, chain_seed, length, toll, hasty=hasty, damaged=damaged)
            toll.chains += 1
            for what in wrong:
                toll.violations.append(f"chain {toll.chains} (seed {chain_seed}): {what}")
                tell(f"  VIOLATION {toll.violations[-1]}")
            if wrong and hasty:
                break
            if toll.chains % 50 == 0:
                tell(f"  {toll}; {time.monotonic() - began:.0f} s; a life lasts {length.seconds:.2f} s")
    return toll


@contextmanager
def ram_folder() -> Iterator[Path]:
    """A folder in memory where there is one, gone at the end: a kill loses nothing that was handed to the kernel."""
    shared = Path("/dev/shm")  # noqa: S108 - a folder of our own below it
    base = Path(tempfile.mkdtemp(prefix="kills-", dir=shared if shared.is_dir() else None))
    try:
        yield base
    finally:
        shutil.rmtree(base, ignore_errors=True)


def _chain(
    base: Path, sandbox: SandboxProcess, seed: int, length: Length, toll: Toll, *, hasty: bool, damaged: bool
) -> list[str]:
    """One folder: lives until each is killed, then the check."""
    chance = Random(seed)
    base.mkdir()
    flow = chance.choice(("direct", "direct", "reserve"))
    papers = base / "slips"
    papers.mkdir()
    printer = f"file:{papers}/" if chance.random() < 0.4 else ""  # each paper a file
    handed: list[Handed] = []
    codes: list[str] = []
    trouble: list[str] = []
    sandbox.clear_log()
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        fresh = sandbox.add_plain_vouchers(_CODES)
        codes += fresh
        order = Order(
            base / "till", tuple(fresh), chance.randrange(1 << 32), flow, printer, chance.random() < 0.5, hasty
        )
        said, killed = one_life(partial(live, order, sandbox), Moment.drawn(chance, length))
        toll.kills, toll.ended_first = toll.kills + killed, toll.ended_first + (not killed)
        handed += [Handed.read(line) for line in said if line.startswith("H ")]
        trouble += [line for line in said if line.startswith("X ")]
        if not killed and "E" not in said:
            trouble.append(f"the till ended by itself: {said[-1:]}")
        sandbox.faults([])
        sandbox.plug_in()
        sandbox.control("GET", "/network")  # what the dead till had sent has been read by now
    toll.handed += len(handed)
    if damaged and (base / "till" / "journal.db").exists():
        trouble += _hurt_and_start(base / "till", chance, toll)
    wrong = trouble + judge_kill(
        base / "till", sandbox, codes, handed, papers, reserving=flow == "reserve", found=toll.found
    )
    shutil.rmtree(base)
    return wrong


def _hurt_and_start(till: Path, chance: Random, toll: Toll) -> list[str]:
    """Damage of some kind, then a start: it has to open by itself, because the log of a killed program is whole.

    But for one transaction: killed between a commit and its place in the second log, the till had sent nothing for it
    and told nobody. If it began a bill, the damaged journal may still name that bill, and a manager is asked.
    """
    name = chance.choice([*DAMAGES])
    try:
        DAMAGES[name](till / "journal.db")
    except (OSError, sqlite3.Error):
        name = "all lost"  # killed before there was anything to hurt in that way
        DAMAGES[name](till / "journal.db")
    asked = False
    try:
        program = Program(till)
    except PosError as error:
        asked = error.code == "journal.damaged_ask" and error.params["missing"] == 1
        if not asked:
            return [f"the till does not open after damage ({name}): {error}"]
        rebuild(open_folder(till), SystemClock(), str(error.params["what"]), decided_by="Hoa")
        program = Program(till)
    told = program.backups.notices()
    program.close()
    toll.found[f"damaged: {name}{' (asked)' if asked else ' (rebuilt)' if told else ''}"] += 1
    return [f"the rebuilding is not certain ({name})" for notice in told if not notice.certain and not asked]


def _measured(base: Path, sandbox: SandboxProcess, toll: Toll) -> Length:
    """Let two lives end by themselves."""
    length = Length()
    for flow in ("direct", "reserve"):
        began = time.monotonic()
        order = Order(base / flow, tuple(sandbox.add_plain_vouchers(_CODES)), toll.chains, flow, "", last=True)
        said, _ = one_life(partial(live, order, sandbox), Moment(NEVER, 0.0))
        if "E" not in said:
            toll.violations.append(f"a life that nobody killed: {said[-3:]}")
        length.seconds = max(length.seconds, time.monotonic() - began)
        length.points = max(length.points, len(said))
    shutil.rmtree(base)
    return length


def one_life(live: Callable[[int], None], moment: Moment, *, most_s: float = 60.0) -> tuple[list[str], bool]:
    """Start one, kill it at its moment. Returns what it said and whether it was still alive then.

    Args:
        live: the till; it is given the pipe for what it says.
        moment: of the kill.
        most_s: it is killed then at the latest.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _be_the_till(live, reading, writing)
    os.close(writing)
    heard = _listen(reading, moment, most_s)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    while part := os.read(reading, 65536):
        heard += part
    os.close(reading)
    said = heard.decode().splitlines()
    return said, os.WIFSIGNALED(status)


def _be_the_till(live: Callable[[int], None], reading: int, writing: int) -> None:
    os.close(reading)
    try:
        live(writing)
    except BaseException as error:  # noqa: BLE001 - the process ends here; the other end of the pipe must hear why
        os.write(writing, f"X {type(error).__name__}: {error}\n".encode())
    finally:
        os._exit(0)


def _listen(reading: int, moment: Moment, most_s: float) -> bytes:
    """Hear the till until its moment has come (or it has ended)."""
    heard, points = b"", 0
    end_mono_s = time.monotonic() + most_s
    if not moment.after_points:
        end_mono_s = time.monotonic() + moment.seconds
    while (left_s := end_mono_s - time.monotonic()) > 0:
        if not select.select([reading], [], [], left_s)[0]:
            break
        part = os.read(reading, 65536)
        if not part:
            break
        heard, points = heard + part, points + part.count(moment.of)
        if moment.after_points and points >= moment.after_points:
            end_mono_s, moment = time.monotonic() + moment.seconds, Moment(0, 0.0)
    return heard
