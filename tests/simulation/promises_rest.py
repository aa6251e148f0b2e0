"""Promises about the end of trouble: with network and printer healthy again, only people have something left to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.simulation.promise import OPEN_HOLDS, OVER, UNCLEAR, Facts, Invariant, Violation, promise

_LINEAR = 1.3
"""How much dearer a row of the long queue may be than one of the short queue."""


@promise("With a healthy network, and given time, nothing is left open but what a person must decide.")
def only_cases_at_rest(facts: Facts) -> Iterator[str]:
    if not facts.at_rest:
        return
    for row in facts.book.rows.values():
        person = bool(facts.book.kinds_of(row.id, only_open=True)) or facts.book.parked(row.id)
        unclear = row.outcome in UNCLEAR or row.state == ("unsent", True)
        left_to_cashier = row.state in (("unsent", False), ("used", False))
        hold = row.hold in ("reserving", "unknown", "releasing") or (row.hold == "held" and row.outcome in OVER)
        if unclear and not person:
            yield f"{facts.name(row)}: still {row.outcome}/{'yes' if row.given else 'no'}"
        elif hold and not person:
            yield f"{facts.name(row)}: its hold is still {row.hold}"
        elif facts.day_closed and left_to_cashier and not person:
            yield f"{facts.name(row)}: the day is closed over {row.outcome}/no"
    for entry in facts.book.waiting.values():
        row = facts.book.rows[entry.row_id]
        waits_for_person = entry.quarantine or facts.book.kinds_of(row.id, only_open=True)
        if not waits_for_person and not (entry.work == "recheck" and not facts.day_closed):
            yield f'{facts.name(row)}: still waits for "{entry.work}"'
    for job in facts.book.jobs:
        if job.state in ("pending", "printing"):
            yield f"{facts.till} bill {job.bill_number}: a slip was never printed"


@promise("No customer's voucher stays locked for a sale that is over.")
def no_hold_left(facts: Facts) -> Iterator[str]:
    for code, truth in facts.vouchers.items():
        number = truth.held_for
        if number is None or not facts.owns(number):
            continue
        rows, name = facts.book.rows_of(code, number), facts.name(bill_number=number, code=code)
        late = any(e.operation == "reserve" and e.changed and facts.too_late(e) for e in truth.history)
        if late or any(facts.book.with_a_person(row.id) for row in rows):
            continue
        known = any(row.hold in OPEN_HOLDS or row.outcome in UNCLEAR for row in rows)
        selling = any(row.outcome == "unsent" and row.hold == "held" for row in rows)
        if not known:
            yield f"{name}: held at the issuer, and we believe that it is not"
        elif facts.at_rest and (facts.day_closed or not selling):
            yield f"{name}: held at the issuer for a sale that is over"


REST: tuple[Invariant, ...] = (only_cases_at_rest, no_hold_left)


@dataclass(frozen=True, slots=True)
class Drain:
    """What it cost to empty a queue: rows, calls to the issuer, virtual seconds, and SQLite's instructions where
    counted (work that does not depend on how busy the machine is).
    """

    rows: int
    calls: int
    virtual_s: float
    instructions: int | None = None


def drains_linearly(short: Drain, long: Drain) -> list[Violation]:
    """The queue drains in time linear in its length: a row of the long queue costs what one of the short does.

    Args:
        short: of `n` rows, as healthy as the other.
        long: of some times as many.
    """
    sentence = "The queue drains in time linear in its length."
    costs = [("calls", short.calls, long.calls), ("seconds", short.virtual_s, long.virtual_s)]
    if short.instructions is not None and long.instructions is not None:
        costs.append(("instructions", short.instructions, long.instructions))
    found = []
    for what, few, many in costs:
        if many / long.rows > few / short.rows * _LINEAR:
            what_for = (
                f"{few / short.rows:.3f} {what} a row with {short.rows} rows, {many / long.rows:.3f} with {long.rows}"
            )
            found.append(Violation("drains_linearly", sentence, what_for))
    return found
