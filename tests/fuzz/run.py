"""Feeds the parsers and counts what happens."""

from __future__ import annotations

import random
import resource
import signal
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.fuzz import devices, files, issuers, keys, texts, updates
from tests.fuzz.mutate import Mutator

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from tests.fuzz.target import Target

SLOW_S = 1.0
"""Of computing."""
_GIVEN_UP_S = 20
_MEMORY = 3 << 30
"""Bytes of address space: an input that wants more is a finding."""
_LARGEST = 1_000_000


class Hang(BaseException):
    """An input that does not come to an end."""


@dataclass(frozen=True)
class Finding:
    """An input that did what no input may."""

    target: str
    number: int
    what: str
    data: bytes


@dataclass
class Count:
    """What a run came to."""

    read: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    took_s: float = 0.0
    slowest_s: float = 0.0
    slowest: str = ""
    grown_mib: float = 0.0

    @property
    def inputs(self) -> int:
        """All of them."""
        return self.read.total() + self.refused.total() + len(self.findings)

    def summary(self) -> str:
        """In a line."""
        slowest = f"slowest {self.slowest_s * 1000:.0f} ms ({self.slowest})"
        memory = f"memory +{self.grown_mib:.0f} MiB after the first fifth"
        return f"{self.inputs} inputs in {self.took_s:.0f} s, {len(self.findings)} findings; {slowest}; {memory}"


def all_targets(seed: int) -> list[Target]:
    """Every parser."""
    return [
        *issuers.targets(),
        *texts.targets(),
        *keys.targets(),
        *files.targets(),
        *updates.targets(),
        *devices.targets(seed),
    ]


def run(inputs: int, seed: int, *, only: str = "", most_findings: int = 200) -> Count:
    """Feed so many inputs, in one thread. The same numbers make the same run."""
    found = [target for target in all_targets(seed) if only in target.name]
    chance = random.Random(seed)
    mutator, count = Mutator(chance), Count()
    weights = [target.weight for target in found]
    began_mono_s = time.monotonic()
    base_kib = 0
    seen: set[str] = set()
    with _limits():
        for number in range(inputs):
            if number == inputs // 5:
                base_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            target = chance.choices(found, weights)[0]
            data = mutator.changed(target.seeds)[:_LARGEST]
            _feed(target, data, number, random.Random(seed * 1_000_003 + number), count, seen)
            if len(count.findings) >= most_findings:
                break
    count.took_s = time.monotonic() - began_mono_s
    count.grown_mib = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - base_kib) / 1024
    files.clean()
    return count


def _feed(target: Target, data: bytes, number: int, chance: random.Random, count: Count, seen: set[str]) -> None:
    began_s, what = time.process_time(), ""  # of this process: a busy machine is no fault of an input
    signal.alarm(_GIVEN_UP_S)
    try:
        target.run(data, chance)
        count.read[target.name] += 1
    except target.refusals:
        count.refused[target.name] += 1
    except (Exception, Hang, SystemExit) as error:  # noqa: BLE001 - whatever it is, it is a finding
        frames = traceback.extract_tb(error.__traceback__)
        ours = [frame for frame in frames if "/tests/fuzz/" not in frame.filename]
        place = ours[-1] if ours else frames[-1]
        inner = next((f for f in reversed(ours) if "/pos/" in f.filename or "/hardware/" in f.filename), place)
        what = f"{type(error).__name__} at {inner.filename.rsplit('/', 1)[-1]}:{inner.lineno} ({place.name})"
    finally:
        signal.alarm(0)
    took_s = time.process_time() - began_s
    if took_s > count.slowest_s:
        count.slowest_s, count.slowest = took_s, f"{target.name}, input {number}"
    if not what and took_s > SLOW_S:
        what = f"took over {SLOW_S} s"
    if what:
        key = f"{target.name}: {what}"
        count.refused[target.name] += key in seen
        if key not in seen:
            seen.add(key)
            count.findings.append(Finding(target.name, number, what, data))


@contextmanager
def _limits() -> Iterator[None]:
    def over(_: int, __: FrameType | None) -> None:
        raise Hang

    before, limits = signal.signal(signal.SIGALRM, over), resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limits)
        signal.signal(signal.SIGALRM, before)


def table(counts: Sequence[Count]) -> list[str]:
    """For people: a line a parser."""
    read = sum((count.read for count in counts), Counter[str]())
    refused = sum((count.refused for count in counts), Counter[str]())
    found = Counter(finding.target for count in counts for finding in count.findings)
    lines = [f"{'parser':<18}{'inputs':>9}{'read':>9}{'refused':>9}{'findings':>9}"]
    for name in sorted(read.keys() | refused.keys() | found.keys()):
        inputs = read[name] + refused[name]
        lines.append(f"{name:<18}{inputs:>9}{read[name]:>9}{refused[name]:>9}{found[name]:>9}")
    return lines
