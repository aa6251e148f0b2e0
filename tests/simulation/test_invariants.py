"""The checker is checked: every promise is shown to be able to fail, each by the smallest lie that breaks it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.simulation.book import Book
from tests.simulation.invariants import (
    ALL,
    Drain,
    Limits,
    Watch,
    book_of,
    check,
    check_between_tills,
    drains_linearly,
)
from tests.simulation.issuer import Effect, Seen
from tests.simulation.small_shop import PIN, TILL, A, B, C, SmallShop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[SmallShop]:
    shop = SmallShop(tmp_path)
    yield shop
    shop.rig.close()


@pytest.fixture
def reserving_shop(tmp_path: Path) -> Iterator[SmallShop]:
    shop = SmallShop(tmp_path, reserving=True)
    yield shop
    shop.rig.close()


def sold(shop: SmallShop) -> None:
    shop.sold(A, B)


def offline(shop: SmallShop) -> None:
    shop.taken_offline()


def lost(shop: SmallShop) -> None:
    shop.lost(effect=True)


def unused(shop: SmallShop) -> None:
    shop.proven_unused()


def not_sent(shop: SmallShop) -> None:
    bill = shop.rig.bill()
    bill.scan(A)
    shop.line.cable_in = False
    bill.confirm()


def dropped(shop: SmallShop) -> None:
    shop.proven_unused()
    shop.rig.resume().drop()
    shop.tell(says="dropped")


def late(shop: SmallShop) -> None:
    """Proven unused and dropped; ten minutes after it was sent the call takes effect."""
    dropped(shop)
    carried_out_late(shop)


def carried_out_late(shop: SmallShop) -> None:
    first = next(seen for seen in shop.issuer.requests if seen.operation == "check")
    sent_at_s, at_s = first.at_s, first.at_s + 600
    number = len(shop.issuer.requests) + 1
    shop.issuer.requests.append(Seen(number, at_s, "mark_use", (A,), "B1", answered=True, sent_at_s=sent_at_s))
    truth = shop.issuer.vouchers[A]
    truth.used_for, truth.times_used = "B1", 1
    truth.history.append(Effect(at_s, "mark_use", "B1", A, changed=True, call=number))


def paid_and_late(shop: SmallShop) -> None:
    """Given up, the bill paid with another voucher, and used after all: found the next day, and a case."""
    shop.lost(effect=False, total_vnd=100_000)
    shop.clock.pass_s(61)
    shop.rig.settle(now=True)
    bill = shop.rig.resume()
    bill.drop()
    bill.scan(B)
    bill.confirm()
    shop.tell(nth=1, phase="done")
    carried_out_late(shop)
    shop.clock.pass_s(24 * 3600)
    shop.rig.settle()
    shop.tell(says="late")


def loss(shop: SmallShop) -> None:
    shop.taken_offline()
    shop.issuer.use_elsewhere(A)
    shop.line.cable_in = True
    shop.rig.settle_to_rest()


def refused(shop: SmallShop) -> None:
    bill = shop.rig.bill()
    bill.scan(A)
    shop.issuer.use_elsewhere(A)
    bill.confirm()
    shop.tell(says="refused")


def no_then_offline(shop: SmallShop) -> None:
    """A till that has forgotten the issuer's no."""
    refused(shop)
    shop.spoil("UPDATE last_check SET reason = NULL")
    shop.line.cable_in = False
    bill = shop.rig.bill("B2")
    bill.scan(A)
    bill.accept_offline()


def old_check(shop: SmallShop) -> None:
    """A till whose clock of checks was turned."""
    bill = shop.rig.bill()
    bill.scan(A)
    shop.clock.pass_s(3000)
    shop.spoil("UPDATE last_check SET mono_s = mono_s + 3000")
    shop.line.cable_in = False
    bill.confirm()
    bill.accept_offline()
    shop.tell(says="accepted_offline")


def no_lie(_: SmallShop) -> None:
    pass


def sql(*statements: str) -> Callable[[SmallShop], None]:
    """A lie in the journal's file."""
    return lambda shop: shop.spoil(*statements)


def tells(**what: Any) -> Callable[[SmallShop], None]:
    """A lie on the screen or on paper."""
    return lambda shop: shop.tell(**what)


def used_behind_our_back(shop: SmallShop) -> None:
    body = {"pin": PIN, "codes": [C], "bill_number": "B1", "skip_reserved_when_mark_used": True, "total_bill": 265_000}
    shop.issuer.handle("/merchant/v6.0/usemultiple", json.dumps(body).encode())


def sent_twice(shop: SmallShop) -> None:
    """As if somebody had sent the first mark-use again two seconds later, and had written it down like the first."""
    first = next(seen for seen in shop.issuer.requests if seen.operation == "mark_use")
    number = len(shop.issuer.requests) + 1
    shop.issuer.requests.append(replace(first, number=number, at_s=first.at_s + 2, answered=False, return_code="101"))
    shop.spoil(
        "INSERT INTO attempt SELECT redemption_id, 'again', operation, at_utc, session, mono_s, issuer_utc FROM attempt"
    )


def sent_twice_after_a_check(shop: SmallShop) -> None:
    sent_twice(shop)
    first = next(seen for seen in shop.issuer.requests if seen.operation == "mark_use")
    again = shop.issuer.requests.pop()
    look = Seen(again.number, first.at_s + 1, "check", (A,), "B1", answered=True, delivered=True)
    shop.issuer.requests += [look, replace(again, number=again.number + 1)]


def forgotten(shop: SmallShop) -> None:
    for truth in shop.issuer.vouchers.values():
        truth.history.clear()


def never_used(shop: SmallShop) -> None:
    forgotten(shop)
    for truth in shop.issuer.vouchers.values():
        truth.used_for, truth.times_used = None, 0


def other_worth(shop: SmallShop) -> None:
    shop.issuer.vouchers[A].worth_vnd = 50_000


def held_for_b1(shop: SmallShop) -> None:
    shop.issuer.vouchers[C].held_for = "B1"


def used_within_the_wait(shop: SmallShop) -> None:
    """The call took effect 20 s after it was sent, and the till had said "proven unused" all the same."""
    first = next(seen for seen in shop.issuer.requests if seen.operation == "check")
    at_s = first.at_s + 20
    shop.issuer.requests.append(Seen(len(shop.issuer.requests) + 1, at_s, "mark_use", (A,), "B1", sent_at_s=first.at_s))
    effect = Effect(at_s, "mark_use", "B1", A, changed=True, call=len(shop.issuer.requests))
    shop.issuer.vouchers[A].history.append(effect)


def marked_as_shown(shop: SmallShop) -> None:
    shop.spoil("UPDATE redemption SET shown_utc = 'x'")
    shop.told.clear()


def two_originals(shop: SmallShop) -> None:
    shop.tell(kind="slip", paper=1)
    shop.tell(kind="slip", paper=2)


def same_copy_twice(shop: SmallShop) -> None:
    for paper in (1, 2):
        shop.tell(kind="slip", paper=paper, copy=1, job_copy=1, job_id="copy-of-b1")


def late_found(shop: SmallShop) -> None:
    late(shop)
    shop.clock.pass_s(24 * 3600)
    shop.rig.settle()
    shop.tell(says="late")


def slip_of_both(shop: SmallShop) -> None:
    for nth in range(2):
        shop.tell(nth=nth, kind="slip", paper=1)


Story = Callable[[SmallShop], None]
LIES: list[tuple[str, Story, Story]] = [
    ("written_first", sold, sql("DELETE FROM attempt")),
    ("written_first", sold, used_behind_our_back),
    ("issuer_use_is_known", sold, used_behind_our_back),
    ("issuer_use_is_known", sold, sql("UPDATE redemption SET outcome = 'refused' WHERE position = 0")),
    ("issuer_use_is_known", dropped, used_within_the_wait),
    ("book_use_is_true", sold, forgotten),
    ("refusal_is_true", refused, never_used),
    ("given_is_owned", offline, sql("DELETE FROM outbox")),
    ("given_is_owned", loss, sql("DELETE FROM cases")),
    ("given_once", sold, sql("UPDATE redemption SET code_hash = (SELECT min(code_hash) FROM redemption)")),
    ("one_standing_row", sold, sql("UPDATE redemption SET code_hash = (SELECT min(code_hash) FROM redemption)")),
    ("next_step", lost, sql("DELETE FROM outbox")),
    ("next_step", unused, sql("UPDATE redemption SET hold = 'unknown'")),
    ("sums_are_right", sold, sql("UPDATE bill SET total_vnd = 199999")),
    ("sums_are_right", sold, sql("UPDATE audit SET facts = replace(facts, 'worth_vnd\":100000', 'worth_vnd\":99999')")),
    ("sums_are_right", paid_and_late, sql("UPDATE redemption SET given = 1, given_utc = 'x' WHERE position = 0")),
    ("sums_are_right", paid_and_late, sql("UPDATE redemption SET outcome = 'unknown' WHERE position = 0")),
    ("sums_are_right", paid_and_late, sql("UPDATE cases SET kind = 'used_not_given'")),
    ("sums_are_right", paid_and_late, sql("UPDATE audit SET facts = replace(facts, '\"late_effect\"', '\"used\"')")),
    ("sums_are_right", paid_and_late, slip_of_both),
    ("late_is_a_case", late_found, sql("UPDATE cases SET kind = 'used_not_given'")),
    ("late_is_a_case", late_found, sql("UPDATE redemption SET given = 1, given_utc = 'x'")),
    ("told_true", late_found, tells(says="used", phase="done")),
    ("told_true", sold, tells(says="late")),
    ("mismatch_is_told", sold, other_worth),
    ("no_blind_repeat", lost, sent_twice),
    ("no_blind_repeat", lost, sent_twice_after_a_check),
    ("not_sent_is_proven", not_sent, sql("UPDATE answer SET result = 'http.5xx', http_status = 500")),
    ("not_sent_is_proven", not_sent, sql("UPDATE answer SET result = 'gotit.throttled', http_status = 200")),
    ("not_sent_is_proven", not_sent, sql("UPDATE answer SET http_status = 200")),
    ("proof_is_proof", unused, sql("UPDATE attempt SET mono_s = mono_s - 2 WHERE operation = 'inquire'")),
    ("proof_is_proof", unused, sql("UPDATE answer SET result = 'used_by_us' WHERE result = 'not_used'")),
    ("proof_is_proof", unused, sql("DELETE FROM attempt WHERE operation = 'inquire'")),
    ("chain_holds", sold, sql("UPDATE audit SET actor = 'hoa' WHERE seq = 1")),
    ("chain_holds", sold, sql("UPDATE audit SET seq = seq + 1 WHERE seq = (SELECT max(seq) FROM audit)")),
    ("chain_tells_all", sold, sql("UPDATE redemption SET hold = 'released'")),
    ("chain_tells_all", lost, sql("UPDATE redemption SET outcome = 'dropped'")),
    ("no_means_no", no_then_offline, no_lie),
    ("offline_word_is_fresh", old_check, no_lie),
    ("offline_within_policy", offline, sql("UPDATE audit SET facts = replace(facts, 'offline_accepted', 'note')")),
    ("told_true", unused, tells(says="used")),
    ("told_true", lost, tells(says="used")),
    ("told_true", lost, tells(says="accepted_offline")),
    ("told_true", lost, tells(says="refused")),
    ("told_true", late, tells(says="refused", reason="already_used")),
    ("told_true", lost, tells(says="unsent")),
    ("told_true", lost, tells(says="dropped")),
    ("told_true", sold, tells(phase="done", given=False)),
    ("told_true", sold, tells(amount_vnd=1)),
    ("told_true", sold, tells(kind="slip", copy=0, job_copy=1)),
    ("shown_was_painted", refused, marked_as_shown),
    ("unshown_waits", sold, sql("UPDATE redemption SET shown_utc = '2026-11-21T05:00:00Z'")),
    ("one_original", sold, sql("UPDATE print_job SET copy = 1")),
    ("one_original", sold, two_originals),
    ("one_original", sold, same_copy_twice),
    ("slip_is_due", sold, sql("DELETE FROM print_job", "UPDATE bill SET slips = 0")),
    ("slip_is_due", sold, sql("UPDATE audit SET facts = replace(facts, 'slip', 'note')")),
    ("no_hold_left", sold, held_for_b1),
]  # fmt: skip


@pytest.mark.parametrize(("name", "story", "lie"), LIES)
def test_a_broken_promise_is_found(shop: SmallShop, name: str, story: Story, lie: Story) -> None:
    """The story alone is sound; with the lie the named promise is broken."""
    story(shop)
    assert lie is no_lie or shop.found() == set()
    lie(shop)
    assert name in shop.found()


@pytest.mark.parametrize(
    "limits",
    [
        Limits(checked_alone_vnd=99_999),
        Limits(checked_manager_vnd=99_999),
        Limits(checked_age_s=9, declared_manager_vnd=99_999),
        Limits(checked_age_s=9, declared_alone_vnd=99_999),
        Limits(sum_alone_vnd=199_999),
        Limits(sum_manager_vnd=199_999),
        Limits(oldest_alone_s=9),
        Limits(oldest_manager_s=9),
    ],
)
def test_one_dong_or_one_second_over_the_policy_is_found(shop: SmallShop, limits: Limits) -> None:
    """Two vouchers of 100,000 offline, the second checked 10 s ago and the first unsettled for 10 s."""
    bill = shop.rig.bill("B2")
    bill.scan(B)
    shop.taken_offline(A)
    shop.clock.pass_s(10)
    bill.confirm()
    bill.accept_offline()
    assert shop.rig.journal.risk().count == 2
    assert shop.found() == set()
    assert shop.found(limits=limits) == {"offline_within_policy"}


def test_what_never_comes_to_rest_is_found(shop: SmallShop) -> None:
    """Unknown, queued and unprinted may be so for a while, not at rest; an unfinished bill not when the day is over."""
    shop.lost(effect=False)
    shop.taken_offline(B, "B2")
    assert shop.found() == set()
    assert shop.found(at_rest=True) == {"only_cases_at_rest"}
    shop.line.cable_in = True
    shop.rig.settle_to_rest()
    assert shop.found(at_rest=True) == {"only_cases_at_rest"}, "the slip"
    shop.spoil("UPDATE print_job SET state = 'printing'")
    assert shop.found(at_rest=True) == {"only_cases_at_rest"}, "begun, and nobody says how it ended"
    shop.spoil("UPDATE print_job SET state = 'printed'")
    assert shop.found(at_rest=True) == set()
    assert shop.found(day_closed=True) == {"only_cases_at_rest"}
    shop.rig.resume().drop()
    assert shop.found(at_rest=True) == set(), "tomorrow's last look may still be due"
    shop.clock.pass_s(24 * 3600)
    shop.rig.settle()
    assert shop.found(day_closed=True) == set()


def test_a_hold_for_a_sale_that_is_over_is_found(reserving_shop: SmallShop) -> None:
    """A held voucher belongs to an open bill; when the bill is given up the issuer must hold nothing for it."""
    shop = reserving_shop
    bill = shop.rig.sold(A)
    assert shop.issuer.vouchers[A].held_for == "B1"
    assert shop.found(at_rest=True) == set()
    assert "no_hold_left" in shop.found(day_closed=True)
    bill.drop()
    assert shop.issuer.vouchers[A].held_for is None
    assert shop.found(day_closed=True) == set()
    shop.issuer.vouchers[A].held_for = "B1"
    assert "no_hold_left" in shop.found()


def test_an_effect_after_all_waiting_is_over_makes_nobody_a_liar(shop: SmallShop) -> None:
    """The issuer carries a lost call out ten minutes later: the screen was right when it said "not used"."""
    late(shop)
    assert shop.found(at_rest=True) == set()
    shop.spoil("DELETE FROM outbox")
    assert shop.found(at_rest=True) == {"issuer_use_is_known"}, "nobody would look again"


WATCHED: list[tuple[Story, Story]] = [
    (sold, sql("DELETE FROM redemption WHERE position = 1")),
    (sold, sql("UPDATE redemption SET given = 0")),
    (sold, sql("UPDATE redemption SET outcome = 'refused'")),
    (sold, sql("UPDATE redemption SET sends = 0")),
    (sold, sql("UPDATE redemption SET amount_vnd = 1")),
    (sold, sql("UPDATE redemption SET code_hash = zeroblob(32) WHERE position = 1")),
    (unused, sql("UPDATE redemption SET proven_unused = 0")),
    (sold, sql("DELETE FROM attempt")),
    (sold, sql("DELETE FROM answer")),
    (sold, sql("DELETE FROM print_job")),
    (sold, sql("UPDATE audit SET hash = zeroblob(32) WHERE seq = 1")),
    (sold, sql("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)")),
    (offline, sql("DELETE FROM outbox")),
    (loss, sql("DELETE FROM cases")),
    (loss, sql("UPDATE cases SET kind = 'late_effect'")),
    (loss, sql("UPDATE cases SET closed_utc = 'now', closed_by = 'till', closure = 'old'")),
]


@pytest.mark.parametrize(("story", "lie"), WATCHED)
def test_what_disappears_between_two_looks_is_found(shop: SmallShop, story: Story, lie: Story) -> None:
    """One look remembers, the next one compares."""
    watch = Watch(TILL)
    story(shop)
    assert watch.look(book_of(shop.rig.journal, shop.issuer)) == []
    assert watch.look(book_of(shop.rig.journal, shop.issuer)) == []
    lie(shop)
    found = watch.look(book_of(shop.rig.journal, shop.issuer))
    assert {violation.invariant for violation in found} == {"nothing_disappears"}


def test_a_slip_that_was_printed_stays_printed(shop: SmallShop) -> None:
    watch = Watch(TILL)
    shop.sold(A)
    shop.spoil("UPDATE print_job SET state = 'printed'")
    assert watch.look(book_of(shop.rig.journal, shop.issuer)) == []
    shop.spoil("UPDATE print_job SET state = 'pending'")
    assert watch.look(book_of(shop.rig.journal, shop.issuer)) != []


def test_settling_makes_nothing_disappear(shop: SmallShop) -> None:
    """From accepted offline to used, from lost to proven unused to dropped: every look is content."""
    watch = Watch(TILL)

    def content() -> bool:
        return watch.look(book_of(shop.rig.journal, shop.issuer)) == []

    shop.taken_offline(B, "B2")
    assert content()
    shop.line.cable_in = True
    shop.lost(A, effect=False)
    assert content()
    shop.rig.settle_to_rest()
    assert content()
    shop.rig.resume().drop()
    assert content()


def test_one_voucher_used_by_two_tills_is_found(shop: SmallShop) -> None:
    shop.sold(A)
    book: Book = book_of(shop.rig.journal, shop.issuer)
    assert check_between_tills({"T1": book}, shop.issuer) == []
    assert [v.invariant for v in check_between_tills({"T1": book, "T2": book}, shop.issuer)] == ["given_once_in_shop"]


def test_a_queue_that_drains_ever_more_slowly_is_found() -> None:
    """Twice the rows may cost twice the calls and twice the time, not four times."""
    short = Drain(100, calls=200, virtual_s=50, instructions=100)
    assert drains_linearly(short, Drain(400, calls=800, virtual_s=200, instructions=440)) == []
    assert len(drains_linearly(short, Drain(400, calls=1600, virtual_s=800, instructions=1600))) == 3


def test_a_start_that_trusts_its_memory_is_found(shop: SmallShop) -> None:
    """After the start nothing is in flight; while the till works something may be."""
    shop.lost(effect=False)
    assert shop.found(just_opened=True) == set()
    was = '"to":"unknown/no'
    shop.spoil(
        "UPDATE redemption SET outcome = 'in_flight'",
        f"UPDATE audit SET facts = replace(facts, '{was}', '{was.replace('unknown', 'in_flight')}')",
    )
    assert "start_knows_nothing" in shop.found(just_opened=True)
    assert "start_knows_nothing" not in shop.found()


def test_a_parked_voucher_that_is_asked_about_again_is_found(shop: SmallShop) -> None:
    """Used, and the issuer does not say for which bill: a person decides, the till keeps quiet."""
    shop.lost(effect=False)
    row = shop.rig.row()
    with shop.rig.journal.transaction("till") as tx:
        tx.quarantine(row.id, "undecidable")
    assert shop.found() == set()
    with shop.rig.journal.transaction("till") as tx:
        tx.add_attempt("again", "inquire", [row.id], shop.rig.desk.redeemer.stamp())
    assert shop.found() == {"parked_is_left_alone"}


def test_messages_hold_no_whole_code(shop: SmallShop) -> None:
    """A violation names till, bill and ending; the code itself is money."""
    shop.sold(A, B)
    used_behind_our_back(shop)
    shop.spoil("UPDATE redemption SET outcome = 'refused'", "DELETE FROM attempt")
    messages = [str(v) for v in check(shop.rig.journal, shop.issuer, shop.told, at_rest=True, till=TILL)]
    assert len(messages) >= 5
    assert not any(code in message for code in (A, B, C) for message in messages)
    assert any("T1 bill B1 ••••2835" in message for message in messages)


def test_every_promise_is_shown_to_be_able_to_fail() -> None:
    shown = {name for name, _, _ in LIES} | {
        "offline_within_policy", "only_cases_at_rest", "start_knows_nothing", "parked_is_left_alone",
    }  # fmt: skip
    assert {one.name for one in ALL} == shown
