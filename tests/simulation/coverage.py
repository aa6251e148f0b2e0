"""What a run has met: pairs of state and event, the fault behind each, and faults by the port call they struck."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pos.domain.redemption import HOLD_TABLE, TABLE, Event, Hold, HoldEvent, State
from pos.journal import redemption_writes
from tests.simulation.disk import DiskFault
from tests.simulation.faults import AT_CONNECT, COURSES, makes_sense
from tests.simulation.printer import PrinterFault
from tests.simulation.threads import running

PAIRS: tuple[str, ...] = tuple(
    [f"{_state.outcome}/{'yes' if _state.given else 'no'} × {_event}" for _state, _event in TABLE]
    + [f"hold {_hold} × {_hold_event}" for _hold, _hold_event in HOLD_TABLE]
)
"""Every pair that the domain's two tables hold."""
OPERATIONS = ("check", "inquire", "mark_use", "reserve", "unreserve")


def placements() -> Iterator[str]:
    """Every fault at every kind of port call where it can strike and makes a difference."""
    for fault in AT_CONNECT:
        yield f"connect × {fault}"
    for operation in OPERATIONS:
        wire = "check" if operation == "inquire" else operation
        many = 1 if operation in ("unreserve", "inquire") else 2
        for fault in COURSES:
            if makes_sense(fault, wire, many):
                yield f"{operation} × {fault}"
    for disk_fault in DiskFault:
        yield f"disk × {disk_fault}"
    for printer_fault in PrinterFault:
        yield f"printer × {printer_fault}"


@dataclass(slots=True)
class Coverage:
    """Counts; those of many runs add up."""

    pairs: Counter[str] = field(default_factory=Counter)
    triples: Counter[str] = field(default_factory=Counter)
    struck: Counter[str] = field(default_factory=Counter)
    crashed: Counter[str] = field(default_factory=Counter)
    ports: Counter[str] = field(default_factory=Counter)

    def add(self, other: Coverage) -> None:
        """Take another run's counts in."""
        for name in ("pairs", "triples", "struck", "crashed", "ports"):
            getattr(self, name).update(getattr(other, name))

    def plain(self) -> dict[str, dict[str, int]]:
        """For another process."""
        return {name: dict(getattr(self, name)) for name in ("pairs", "triples", "struck", "crashed", "ports")}

    @classmethod
    def of(cls, plain: Mapping[str, Mapping[str, int]]) -> Coverage:
        """The inverse of `plain`."""
        return cls(**{name: Counter(counts) for name, counts in plain.items()})

    def missing_pairs(self) -> list[str]:
        """Pairs of state and event that no run has met."""
        return [pair for pair in PAIRS if not self.pairs[pair]]

    def missing_placements(self) -> list[str]:
        """Faults that struck no call of a kind where they could."""
        return [place for place in placements() if not self.struck[place]]

    def summary(self) -> str:
        """A few lines for people."""
        every = list(placements())
        lost = self.missing_placements()
        gone = self.missing_pairs()
        faults_by_pair = Counter(triple.rpartition(" × ")[0] for triple in self.triples)
        thin = [f"{pair} ({faults_by_pair[pair]})" for pair in PAIRS if 0 < faults_by_pair[pair] < 3]
        dead = sorted(self.ports.keys() - self.crashed.keys())
        lines = [
            f"state × event: {len(PAIRS) - len(gone)} of {len(PAIRS)} pairs, "
            f"{len(self.triples)} with a different fault behind",
            f"port call × fault: {len(every) - len(lost)} of {len(every)}",
            f"port call × crash: {len(self.ports) - len(dead)} of {len(self.ports)} kinds",
        ]
        lines += [f"  never: {pair}" for pair in gone]
        lines += [f"  {call} never met: {faults}" for call, faults in _by_call(lost)]
        if dead:
            lines.append(f"  never died at: {', '.join(dead)}")
        if thin:
            lines.append("  by less than 3 faults: " + "; ".join(thin))
        return "\n".join(lines)


def _by_call(places: list[str]) -> list[tuple[str, str]]:
    found: dict[str, list[str]] = {}
    for place in places:
        call, _, fault = place.partition(" × ")
        found.setdefault(call, []).append(fault)
    return [(call, ", ".join(faults)) for call, faults in found.items()]


@contextmanager
def watching(coverage: Coverage) -> Iterator[None]:
    """Count each step of the journal's rows while this lasts."""
    names: dict[str, Any] = vars(redemption_writes)
    after, hold_after = names["after"], names["hold_after"]

    def note(pair: str) -> None:
        coverage.pairs[pair] += 1
        coverage.triples[f"{pair} × {running().current.facts.get('fault', 'none')}"] += 1

    def counted(state: State, event: Event) -> State:
        follows: State = after(state, event)
        note(f"{state.outcome}/{'yes' if state.given else 'no'} × {event}")
        return follows

    def counted_hold(hold: Hold, event: HoldEvent) -> Hold:
        follows: Hold = hold_after(hold, event)
        note(f"hold {hold} × {event}")
        return follows

    names["after"], names["hold_after"] = counted, counted_hold
    try:
        yield
    finally:
        names["after"], names["hold_after"] = after, hold_after
