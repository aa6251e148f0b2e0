"""Promises about words: what the screen and the slip said was true when said, and was said where it had to be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from tests.simulation.promise import Facts, Invariant, Told, promise

_SAYS_UNUSED = frozenset({"unsent", "unused", "dropped", "refused"})
_GIVES = frozenset({"used_here", "hand_over", "accept_offline"})
_HAND_OVER = frozenset({"done", "accepted_offline"})


@promise("What the screen and the slip said was true when it was said.")
def told_true(facts: Facts) -> Iterator[str]:
    for told in facts.told:
        lie = _lie(facts, told) if told.kind != "painted" else None  # judged when it was published
        if lie:
            place = f"{told.till} bill {told.bill_number} ••••{told.ending}"
            yield f'{place}: the {told.kind} said "{told.says}" at {told.at_s:.1f} s, but {lie}'


def _lie(facts: Facts, told: Told) -> str | None:
    ours = told.used_for == told.bill_number
    if told.says == "used":
        if not ours:
            return "the issuer had not used it for this bill"
        if told.outcome != "used":
            return f"the journal had it as {told.outcome}"
    if told.says == "late" and (told.outcome, told.given) != ("used", False):
        return f"the journal had it as {told.outcome}, given: {told.given}"
    if told.says == "accepted_offline" and not told.given:
        return "no value had been given in the journal"
    if told.says == "refused" and told.reason == "already_used" and told.sends and ours:
        return "it was used for this very bill"  # however late: the issuer's words were a reason to ask
    if told.says in _SAYS_UNUSED and told.row_id is not None and ours and _was_sent(told):
        return _unless_too_late(facts, told)
    if told.says in ("used", "accepted_offline"):
        if told.kind == "screen" and told.phase in _HAND_OVER and not told.given:
            return "it told the cashier to hand over what the journal had not given"
        if told.amount_vnd is not None and told.amount_vnd != told.row_amount_vnd:
            return f"it named {told.amount_vnd} for {told.row_amount_vnd}"
    if told.copy != told.job_copy:
        return f"its copy mark was {told.copy} for copy {told.job_copy}"
    return None


def _was_sent(told: Told) -> bool:
    return told.sends > 0 or told.says != "refused"


def _unless_too_late(facts: Facts, told: Told) -> str | None:
    """An effect after all waiting is over makes nobody a liar."""
    for (code, bill_number), effect in facts.uses.items():
        if bill_number == told.bill_number and code[-4:] == told.ending and not facts.too_late(effect):
            return "the issuer had used it for this bill"
    return None


@promise("A verdict counts as shown only if it was drawn on a screen.")
def shown_was_painted(facts: Facts) -> Iterator[str]:
    painted = {(told.row_id, told.says) for told in facts.told if told.kind == "painted"}
    offline = {c.ref for c in facts.book.changes if c.kind == "offline_accepted"}
    for row in facts.book.rows.values():
        verdict = row.outcome == "used" or (row.outcome == "refused" and row.sends > 0)
        if verdict and row.shown_utc and row.id not in offline and (row.id, row.outcome) not in painted:
            yield f"{facts.name(row)}: {row.outcome}, marked as shown, never drawn"


@promise("A verdict that is not the queue's waits to be shown until it was.")
def unshown_waits(facts: Facts) -> Iterator[str]:
    told_to_chain = {c.ref for c in facts.book.changes if c.kind == "shown"}
    offline = {c.ref for c in facts.book.changes if c.kind == "offline_accepted"}
    for row in facts.book.rows.values():
        if row.outcome == "used" and row.shown_utc and row.id not in told_to_chain | offline:
            yield f"{facts.name(row)}: marked as shown, and nobody showed it"


@promise("Each finished bill has one original slip, and no slip comes out twice; every repeat says that it is a copy.")
def one_original(facts: Facts) -> Iterator[str]:
    copies: dict[str, list[int]] = defaultdict(list)
    for job in facts.book.jobs:
        copies[job.bill_number].append(job.copy)
    for number, (_, slips) in facts.book.bills.items():
        if sorted(copies[number]) != list(range(slips)):
            yield f"{facts.till} bill {number}: {slips} slips counted, copies {sorted(copies[number])}"
    papers: dict[str, set[int]] = defaultdict(set)
    for told in facts.told:
        if told.kind == "slip" and told.copy == 0 and told.paper is not None:
            papers[told.bill_number].add(told.paper)
    for number, originals in papers.items():
        if len(originals) > 1:
            yield f"{facts.till} bill {number}: {len(originals)} originals on paper"
    by_job: dict[tuple[str, str], set[int]] = defaultdict(set)
    for told in facts.told:
        if told.job_id is not None and told.paper is not None:
            by_job[told.bill_number, told.job_id].add(told.paper)
    for (number, _), same in by_job.items():
        if len(same) > 1:
            yield f"{facts.till} bill {number}: the same slip {len(same)} times on paper"


@promise("Where nothing on a bill is open, a slip tells of each value that was given on it.")
def slip_is_due(facts: Facts) -> Iterator[str]:
    states = defaultdict(set)
    for row in facts.book.rows.values():
        if "late_effect" not in facts.book.kinds_of(row.id):  # nobody waits for that one
            states[row.bill_number].add(row.state)
    given_at: dict[str, int] = {}
    slip_at: dict[str, int] = {}
    for change in facts.book.changes:
        if change.kind == "slip":
            slip_at[change.facts["bill"]] = change.seq
        elif change.kind == "move" and change.facts["event"] in _GIVES and change.ref in facts.book.rows:
            given_at[facts.book.rows[change.ref].bill_number] = change.seq
    for number, found in states.items():
        open_fate = any(not given and outcome not in ("refused", "dropped") for outcome, given in found)
        if number not in given_at or open_fate:
            continue
        if facts.book.bills[number][1] == 0 or slip_at.get(number, 0) < given_at[number]:
            yield f"{facts.till} bill {number}: value given, and no slip after that"


TOLD: tuple[Invariant, ...] = (told_true, shown_was_painted, unshown_waits, one_original, slip_is_due)
