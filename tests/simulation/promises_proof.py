"""Promises about repeats and evidence: nothing is done twice without proof, and the audit chain tells it all."""

from __future__ import annotations

from collections.abc import Iterator

from tests.simulation.book import Answer, Attempt, Change
from tests.simulation.promise import PROOF_AFTER_S, TRANSIT_S, Facts, Invariant, Request, promise, sent_at_s

_CALLER_REFUSED = frozenset({"200", "201", "202", "002", "205", "210", "230", "231", "242", "251", "252"})
"""Refused before any voucher was looked at (contracts/gotit.md §8, classes SETUP and REQUEST)."""
_NO_VERDICT = frozenset({None, "209", "004"})
_HELD = frozenset({"105", "207", "213"})
_NOTHING_LEFT = frozenset({
    "net.refused", "net.dns", "net.unreachable", "net.connect_timeout", "net.busy", "net.tls_untrusted",
    "net.tls_host", "net.tls_expired", "net.tls_not_yet_valid", "net.tls_version", "net.tls_failed", "net.ca_file",
    "net.address", "net.shut_down",
})  # fmt: skip
"""Ends of a call before the first byte of its request: no connection was made."""
_CALLER_WORDS = frozenset({"gotit.pin_wrong", "gotit.pin_unknown", "gotit.pin_missing"})
_REQUEST_WORDS = frozenset({
    "too_many_codes", "codes_missing", "bill_number_missing", "bill_number_too_long", "code_twice", "sku_twice",
    "total_missing", "total_invalid",
})  # fmt: skip
_LEGAL = frozenset({
    ("unsent/no", "in_flight/no"), ("unsent/no", "refused/no"), ("unsent/no", "unsent/yes"),
    ("unsent/no", "dropped/no"),
    ("unsent/yes", "in_flight/yes"), ("unsent/yes", "refused/yes"), ("in_flight/no", "unsent/no"),
    ("in_flight/no", "unknown/no"), ("in_flight/no", "used/yes"), ("in_flight/no", "used/no"),
    ("in_flight/no", "refused/no"), ("in_flight/yes", "unsent/yes"), ("in_flight/yes", "unknown/yes"),
    ("in_flight/yes", "used/yes"), ("in_flight/yes", "refused/yes"), ("unknown/no", "used/yes"),
    ("unknown/no", "used/no"), ("unknown/no", "refused/no"), ("unknown/no", "unsent/no"), ("unknown/yes", "used/yes"),
    ("unknown/yes", "refused/yes"), ("unknown/yes", "unsent/yes"), ("used/no", "used/yes"), ("unsent/no", "used/no"),
    ("unsent/yes", "used/yes"), ("dropped/no", "used/no"),
})  # fmt: skip
"""Steps between the two facts that design.md §2 allows."""


@promise("No changing call is repeated unless an answer or an inquiry proved that the first did nothing.")
def no_blind_repeat(facts: Facts) -> Iterator[str]:
    last: dict[tuple[str, str], Request] = {}
    looks: dict[str, list[Request]] = {}
    for seen in sorted(facts.requests, key=sent_at_s):
        if seen.operation == "check" and len(seen.codes) == 1:
            looks.setdefault(seen.codes[0], []).append(seen)
        if seen.operation != "mark_use" or not facts.owns(seen.bill_number):
            continue
        for code in seen.codes:
            first = last.get((code, seen.bill_number))
            if first is not None and not _proved(first, seen, looks.get(code, [])):
                gap_s = sent_at_s(seen) - sent_at_s(first)
                yield f"{facts.name(bill_number=seen.bill_number, code=code)}: sent again after {gap_s:.0f} s unproven"
            last[code, seen.bill_number] = seen


def _proved(first: Request, again: Request, looks: list[Request]) -> bool:
    heard = first.delivered and first.return_code not in _NO_VERDICT and first.answered is False
    if heard and (len(first.codes) == 1 or first.return_code in _CALLER_REFUSED):
        return True
    over = first.delivered and first.answered is not None and first.return_code != "004"
    wait_s = 0.0 if over else PROOF_AFTER_S - TRANSIT_S
    return any(
        look.delivered
        and (look.answered or look.return_code in _HELD)
        and sent_at_s(first) + wait_s <= sent_at_s(look) <= sent_at_s(again)
        for look in looks
    )


@promise('A call is called "not sent" only when nothing left this machine or the issuer refused the caller.')
def not_sent_is_proven(facts: Facts) -> Iterator[str]:
    calls = _Calls(facts)
    for change in facts.book.changes:
        calls.follow(change)
        step = (change.kind, change.facts.get("from"), change.facts.get("event"))
        if step not in _CLEARED and step[::2] != ("move", "not_sent"):
            continue
        answer = calls.answer_of(change.ref)
        if answer is None or not _nothing_done(answer, refusable=step == _NOT_RESERVED):
            name = facts.name(facts.book.rows[change.ref])
            yield f"{name}: called not sent after {answer.result if answer else 'no answer at all'}"


_NOT_RESERVED = ("hold", "reserving", "not_held")
_CLEARED = frozenset({_NOT_RESERVED, ("hold", "releasing", "held")})


def _nothing_done(answer: Answer, *, refusable: bool) -> bool:
    """Whether this end of a call proves that it did nothing; `refusable`: a plain refusal does so too."""
    if answer.result in _NOTHING_LEFT:
        return answer.http_status is None
    if answer.result in _CALLER_WORDS or answer.result in _REQUEST_WORDS:
        return True
    return refusable and "." not in answer.result and answer.http_status == 200


@promise('"Proven unused" is said only after an inquiry that saw the voucher unused, late enough to be proof.')
def proof_is_proof(facts: Facts) -> Iterator[str]:
    calls = _Calls(facts)
    for change in facts.book.changes:
        calls.follow(change)
        if change.kind != "move" or change.facts["event"] != "proven_unused":
            continue
        name = facts.name(facts.book.rows[change.ref])
        asked, answer = calls.asked.get(change.ref), calls.inquiry_of(change.ref)
        if asked is None or answer is None or answer.result not in ("not_used", "held_by_us"):
            yield f"{name}: proven unused by {answer.result if answer else 'nothing'}"
            continue
        sent = calls.sent.get(change.ref)
        if sent is None or sent.session != asked.session:
            continue  # two runs of the program: `no_blind_repeat` and `issuer_use_is_known` judge by the issuer's time
        over = any(ended.answered for ended in facts.book.answers.get(sent.call_id, ()))
        waited_s = asked.mono_s - sent.mono_s
        if not over and waited_s < PROOF_AFTER_S - 0.01:
            yield f"{name}: proven unused {waited_s:.0f} s after the call"


class _Calls:
    """Which call a row's change speaks of, as the chain is read from its beginning."""

    def __init__(self, facts: Facts) -> None:
        self._answers = facts.book.answers
        self._attempts: dict[str, list[Attempt]] = {}
        for attempt in facts.book.attempts:
            self._attempts.setdefault(attempt.call_id, []).append(attempt)
        self.sent: dict[str, Attempt] = {}
        self.asked: dict[str, Attempt] = {}

    def follow(self, change: Change) -> None:
        """Take note of the calls that this change begins."""
        if change.kind != "attempt":
            return
        for attempt in self._attempts.get(change.ref, ()):
            kind = self.asked if attempt.operation in ("inquire", "recheck") else self.sent
            kind[attempt.row_id] = attempt

    def answer_of(self, row_id: str) -> Answer | None:
        """How the row's last changing call ended."""
        return self._last(self.sent.get(row_id))

    def inquiry_of(self, row_id: str) -> Answer | None:
        """How the row's last inquiry ended."""
        return self._last(self.asked.get(row_id))

    def _last(self, attempt: Attempt | None) -> Answer | None:
        ended = self._answers.get(attempt.call_id, []) if attempt else []
        return ended[-1] if ended else None


@promise("The audit chain holds: no row of it was changed, taken out or put in.")
def chain_holds(facts: Facts) -> Iterator[str]:
    if facts.book.chain_break is not None:
        yield f"{facts.till}: broken at row {facts.book.chain_break} of {len(facts.book.chain)}"


@promise("The audit chain tells how every voucher came to where it stands, by steps that the rules allow.")
def chain_tells_all(facts: Facts) -> Iterator[str]:
    states: dict[str, str] = {}
    holds: dict[str, str] = {}
    for change in facts.book.changes:
        if change.kind == "redemption":
            states[change.ref], holds[change.ref] = "unsent/no", "none"
        elif change.kind in ("move", "hold"):
            known = states if change.kind == "move" else holds
            step = (change.facts["from"], change.facts["to"])
            if known.get(change.ref) != step[0] or (change.kind == "move" and step not in _LEGAL):
                row = facts.book.rows.get(change.ref)
                yield f"{facts.name(row)}: step {step[0]} → {step[1]}, stood at {known.get(change.ref)}"
            known[change.ref] = step[1]
    for row in facts.book.rows.values():
        told = (states.get(row.id), holds.get(row.id))
        stands = (f"{row.outcome}/{'yes' if row.given else 'no'}", row.hold)
        if told != stands:
            yield f"{facts.name(row)}: stands at {stands}, the chain says {told}"


@promise("When the program starts, every call that it does not know the end of is unknown before any screen opens.")
def start_knows_nothing(facts: Facts) -> Iterator[str]:
    for row in facts.book.rows.values():
        if facts.just_opened and (row.outcome == "in_flight" or row.hold in ("reserving", "releasing")):
            yield f"{facts.name(row)}: {row.outcome}, hold {row.hold}, as if a call were running"


@promise("What was left to a person is left alone until a person has touched it.")
def parked_is_left_alone(facts: Facts) -> Iterator[str]:
    parked: set[str] = set()
    for change in facts.book.changes:
        if change.kind == "quarantine":
            parked.add(change.ref)
        elif change.kind == "attempt":
            rows = set(change.facts["rows"].split(","))
            for row_id in rows & parked if change.actor == "till" else ():
                yield f"{facts.name(facts.book.rows[row_id])}: asked about although it was left to a person"
            parked -= rows
        elif change.actor != "till" or change.kind == "unparked":
            parked.discard(change.ref)


PROOF: tuple[Invariant, ...] = (
    no_blind_repeat, not_sent_is_proven, proof_is_proof, chain_holds, chain_tells_all, start_knows_nothing,
    parked_is_left_alone,
)  # fmt: skip
