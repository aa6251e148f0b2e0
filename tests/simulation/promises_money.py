"""Promises about money: between the shop's book, the issuer's, and the customer's hands."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from tests.simulation.book import Row
from tests.simulation.promise import UNCLEAR, Facts, Invariant, VoucherSeen, promise

_OPERATION = {"mark_use": "mark_used", "reserve": "reserve", "unreserve": "release"}
"""The issuer's word for a changing call → the journal's."""


@promise("Before anything is asked of an issuer that cannot be taken back, it stands in our journal.")
def written_first(facts: Facts) -> Iterator[str]:
    written = Counter(
        (row.code, row.bill_number, attempt.operation)
        for attempt in facts.book.attempts
        if (row := facts.book.rows.get(attempt.row_id)) is not None
    )
    arrived = Counter(
        (code, seen.bill_number, _OPERATION[seen.operation])
        for seen in facts.requests
        if seen.operation in _OPERATION and facts.owns(seen.bill_number)
        for code in seen.codes
    )
    for (code, bill_number, operation), times in arrived.items():
        if times > written[code, bill_number, operation]:
            told = written[code, bill_number, operation]
            yield f"{facts.name(bill_number=bill_number, code=code)}: {operation} arrived {times} times, written {told}"


@promise("What the issuer calls used for our bill is known to us.")
def issuer_use_is_known(facts: Facts) -> Iterator[str]:
    for (code, bill_number), effect in facts.uses.items():
        rows = facts.book.rows_of(code, bill_number)
        name = facts.name(bill_number=bill_number, code=code)
        if not rows:
            yield f"{name}: used at the issuer, not in our journal at all"
        elif any(row.outcome == "used" or row.outcome in UNCLEAR for row in rows):
            continue
        elif not any(row.proven_unused or facts.book.with_a_person(row.id) for row in rows):
            yield f"{name}: used at the issuer, our journal says {_states(rows)}"
        elif not facts.too_late(effect) and not any(facts.book.with_a_person(row.id) for row in rows):
            yield f"{name}: used within the time we wait for it, yet taken as proven unused ({_states(rows)})"
        elif facts.at_rest and not any(_looked_after(facts, row) for row in rows):
            yield f"{name}: used at the issuer late, and nobody will look at it again ({_states(rows)})"


def _looked_after(facts: Facts, row: Row) -> bool:
    """A person has it, or the till will look at it once more, or it is still on an open bill."""
    return facts.book.with_a_person(row.id) or row.id in facts.book.waiting or row.state == ("unsent", False)


def _states(rows: list[Row]) -> str:
    return ", ".join(f"{row.outcome}/{'yes' if row.given else 'no'}" for row in rows)


@promise("What our journal calls used, the issuer calls used for that bill.")
def book_use_is_true(facts: Facts) -> Iterator[str]:
    for row in facts.book.rows.values():
        if row.outcome == "used" and (row.code, row.bill_number) not in facts.uses:
            yield f"{facts.name(row)}: used in our book only"


@promise("A sound voucher is not turned away once it was sent: the issuer had a reason to refuse what we call refused.")
def refusal_is_true(facts: Facts) -> Iterator[str]:
    for row in facts.book.rows.values():
        truth = facts.vouchers.get(row.code or "")
        if row.outcome == "refused" and row.sends and truth is not None and _always_sound(truth):
            yield f'{facts.name(row)}: turned away as "{row.reason}", and nothing was ever wrong with it'


def _always_sound(truth: VoucherSeen) -> bool:
    """Never used, never held, usable on any bill."""
    conditions = (truth.refused_code, truth.skus, truth.start_date, truth.days_off, truth.weekdays_off, truth.stacking)
    more = (truth.least_order_vnd, truth.campaign, truth.stores)
    touched = any(effect.changed for effect in truth.history)
    return not any(conditions) and more == (None, None, None) and truth.resting_state == 1 and not touched


@promise("Value given to a customer is used at the issuer, or waits in the queue, or is a case with an owner.")
def given_is_owned(facts: Facts) -> Iterator[str]:
    for row in facts.book.rows.values():
        if not row.given or row.outcome == "used":
            continue
        if row.outcome == "refused":
            if "loss" not in facts.book.kinds_of(row.id):
                yield f"{facts.name(row)}: refused after the value was given, and no case"
        elif row.id not in facts.book.waiting:
            yield f"{facts.name(row)}: given, {row.outcome}, and not in the queue"


@promise("No voucher is given value twice by this till.")
def given_once(facts: Facts) -> Iterator[str]:
    by_code: dict[tuple[str, bytes], list[Row]] = defaultdict(list)
    for row in facts.book.rows.values():
        if row.given:
            by_code[row.provider, row.code_hash].append(row)
    for rows in by_code.values():
        if len(rows) > 1:
            bills = ", ".join(row.bill_number for row in rows)
            yield f"{facts.name(rows[0])}: value given {len(rows)} times, on {bills}"


@promise("A voucher stands on one open bill of this till at a time.")
def one_standing_row(facts: Facts) -> Iterator[str]:
    standing = Counter(
        (row.provider, row.code_hash)
        for row in facts.book.rows.values()
        if row.given or row.outcome in UNCLEAR or row.outcome == "used"
    )
    for row in facts.book.rows.values():
        if standing.pop((row.provider, row.code_hash), 0) > 1:
            yield f"{facts.name(row)}: counts more than once"


@promise("Nothing unsettled falls asleep: every voucher whose fate is open has its next step written down.")
def next_step(facts: Facts) -> Iterator[str]:
    for row in facts.book.rows.values():
        open_fate = row.outcome in UNCLEAR or row.state == ("unsent", True)
        open_hold = row.hold in ("reserving", "unknown", "releasing") or (
            row.hold == "held" and row.outcome in ("dropped", "refused")
        )
        if (open_fate or open_hold) and row.id not in facts.book.waiting and not _stuck_and_closed(facts, row):
            yield f"{facts.name(row)}: {row.outcome}, hold {row.hold}, and no next step"


def _stuck_and_closed(facts: Facts, row: Row) -> bool:
    return any(c.row_id == row.id and c.kind == "stuck_hold" and c.closed_utc for c in facts.book.cases)


@promise("The sums are right: no voucher pays more than it is worth, no bill is paid more than its total.")
def sums_are_right(facts: Facts) -> Iterator[str]:
    paid: Counter[str] = Counter()
    for row in facts.book.rows.values():
        if row.given or row.outcome in UNCLEAR or (row.outcome == "used" and not _used_for_nothing(facts, row)):
            paid[row.bill_number] += row.amount_vnd
    for number, amount_vnd in paid.items():
        total_vnd = facts.book.bills[number][0]
        if amount_vnd > total_vnd:
            yield f"{facts.name(bill_number=number)}: vouchers pay {amount_vnd} of {total_vnd}"
    yield from _slips_over_the_total(facts)
    for change in facts.book.changes:
        if change.kind in ("redemption", "amounts"):
            row, worth_vnd = facts.book.rows[change.ref], change.facts["worth_vnd"] or 0
            amount_vnd, lost_vnd = change.facts["amount_vnd"], change.facts.get("lost_vnd")
            if not 0 <= amount_vnd <= worth_vnd or (lost_vnd is not None and amount_vnd + lost_vnd != worth_vnd):
                yield f"{facts.name(row)}: {amount_vnd} of {worth_vnd}, {lost_vnd} lost"


def _slips_over_the_total(facts: Facts) -> Iterator[str]:
    printed: Counter[tuple[str, int]] = Counter()
    for told in facts.told:
        if told.kind == "slip" and told.paper is not None and told.says in ("used", "accepted_offline"):
            printed[told.bill_number, told.paper] += told.amount_vnd or 0
    for (number, _), amount_vnd in printed.items():
        total_vnd = facts.book.bills[number][0] if number in facts.book.bills else amount_vnd
        if amount_vnd > total_vnd:
            yield f"{facts.name(bill_number=number)}: a slip tells of {amount_vnd} of {total_vnd}"


def _used_for_nothing(facts: Facts, row: Row) -> bool:
    """The one exception: a call of ours took effect when the voucher had been given up or the bill was paid. The book
    must say all of it: used by a late effect, not given, and a case.
    """
    moves = [change.facts["event"] for change in facts.book.changes if (change.kind, change.ref) == ("move", row.id)]
    late = row.state == ("used", False) and moves[-1:] == ["late_effect"]
    return late and "late_effect" in facts.book.kinds_of(row.id)


@promise("A voucher used after it was given up is a person's case, and no value is handed over for it.")
def late_is_a_case(facts: Facts) -> Iterator[str]:
    given_up = {c.ref for c in facts.book.changes if c.kind == "move" and c.facts["to"] == "dropped/no"}
    for row in facts.book.rows.values():
        late = "late_effect" in facts.book.kinds_of(row.id)
        if row.outcome == "used" and row.id in given_up and not late:
            yield f"{facts.name(row)}: given up, used after all, and no case"
        if row.state == ("used", True) and late:
            yield f"{facts.name(row)}: a late effect, and handed over"


@promise("Where the issuer took another amount than the bill was given, a person is told.")
def mismatch_is_told(facts: Facts) -> Iterator[str]:
    believed = {
        change.ref: change.facts["worth_vnd"]
        for change in facts.book.changes
        if change.kind in ("redemption", "amounts")
    }
    for row in facts.book.rows.values():
        truth = facts.vouchers.get(row.code or "")
        if row.outcome != "used" or truth is None or truth.skus:
            continue
        worth_vnd = believed.get(row.id)
        if worth_vnd not in (None, truth.worth_vnd) and "value_mismatch" not in facts.book.kinds_of(row.id):
            yield f"{facts.name(row)}: taken as {worth_vnd}, worth {truth.worth_vnd}, no case"


MONEY: tuple[Invariant, ...] = (
    written_first, issuer_use_is_known, book_use_is_true, refusal_is_true, given_is_owned, given_once, one_standing_row,
    next_step, sums_are_right, late_is_a_case, mismatch_is_told,
)  # fmt: skip
