"""Cases from their beginning to their end: what is offered is what can be done, a person closes each, once, with a
reason, and who and why stand in the journal.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from pos.domain.errors import ConfigError, PosError, RuleBroken, SecurityError
from pos.domain.redemption import DONE, LOSS, USED_NOT_GIVEN
from pos.journal import case_store, reads
from pos.journal.case_store import CaseStore
from pos.till.review.cases_views import PAGES, CaseSource, CaseView, ChoiceKind
from tests.booking.issuer import CODE
from tests.till.review.case_worlds import (
    DAY_S,
    EV,
    HUONG,
    LAN,
    MINH,
    WORLDS,
    A,
    World,
    accepted,
    by_hand,
    held,
    loss,
    not_delivered_refused,
    other_voucher,
    rejected,
    ticket_to_give,
    undecidable,
    undecidable_weak,
    used_not_given,
    used_not_given_weak,
)

DOES = [kind for kind in ChoiceKind if kind not in PAGES]
every_kind = pytest.mark.parametrize("make", WORLDS.values(), ids=WORLDS)


@every_kind
def test_every_kind_is_in_the_inbox_with_what_a_manager_asks_first(
    make: Callable[[Path], World], tmp_path: Path
) -> None:
    world = make(tmp_path)
    inbox = world.desk.inbox()
    view = next(row for row in inbox.rows if (row.source, row.kind) == (world.source, world.kind))
    assert inbox.open_count == len(inbox.rows) == world.journal.count_open_cases()
    assert view.open
    assert (view.owner, view.closed_by, view.closure) == (None, None, None)
    assert view.bill_number
    assert view.issuer in ("gotit", "vinid-evoucher", "codes", "gotadi")
    assert view.amount_vnd > 0
    assert view.opened_utc <= world.clock.now_utc()
    assert [row.opened_utc for row in inbox.rows] == sorted(row.opened_utc for row in inbox.rows)


@every_kind
def test_what_is_offered_can_be_done_and_stands_in_the_journal_with_who_and_why(
    make: Callable[[Path], World], tmp_path: Path
) -> None:
    """Each choice in a world of its own: none of those that are offered is refused."""
    for kind in sorted(make(tmp_path / "look").offered() - PAGES):
        world = make(tmp_path / kind)
        choice = world.detail().choice(kind)
        assert choice is not None
        before = len(world.audit())
        world.do(kind, "hỗ trợ trả lời lúc 9 giờ")
        written = world.audit()[before:]
        if kind is not ChoiceKind.ASK:
            assert {actor for _, actor, _ in written} == {HUONG.name}, kind
        if choice.needs_reason:
            assert any("hỗ trợ trả lời lúc 9 giờ" in facts for _, _, facts in written), kind
        for ended in choice.closes:
            view = next(row for row in world.desk.inbox(closed=True).rows if row.kind == ended)
            assert (view.closed_by, bool(view.closure)) == (HUONG.name, True)
            if choice.needs_reason:
                assert view.closure == "hỗ trợ trả lời lúc 9 giờ"
        assert world.journal.verify().whole


@every_kind
def test_what_is_not_offered_is_refused_and_changes_nothing(make: Callable[[Path], World], tmp_path: Path) -> None:
    world = make(tmp_path)
    offered, before = world.offered(), world.audit()
    for kind in set(DOES) - offered:
        with pytest.raises(RuleBroken, match=r"case\."):
            world.do(kind)
    for kind in PAGES:
        with pytest.raises(RuleBroken, match=r"case\.not_offered"):
            world.do(kind)
    assert world.audit() == before
    assert world.case.open


@every_kind
def test_no_case_is_closed_by_time_or_by_the_till(make: Callable[[Path], World], tmp_path: Path) -> None:
    """Two days go by with all that the till does by itself: whoever closed a case since has a name and did it."""
    world = make(tmp_path)
    key = world.case.key
    world.rest(2 * DAY_S)
    world.settle()
    assert key in {row.key for row in world.desk.inbox().rows}


@every_kind
def test_every_kind_comes_to_an_end_by_what_is_offered(make: Callable[[Path], World], tmp_path: Path) -> None:
    """Some way of offered choices, here or on the page that is offered, leads every kind to its end."""
    world = make(tmp_path)
    for _ in range(6):
        inbox = world.desk.inbox()
        if not inbox.rows:
            break
        for view in inbox.rows:
            _go_on(world, view)
    assert world.desk.inbox().rows == ()
    closed = world.desk.inbox(closed=True).rows
    assert all(row.closed_by in (HUONG.name, LAN.name) and row.closure for row in closed)
    assert world.journal.verify().whole


_WAYS = (
    ChoiceKind.CLOSE, ChoiceKind.REJECT, ChoiceKind.NEVER_GIVEN, ChoiceKind.PAID_BACK, ChoiceKind.TICKET_GIVEN,
    ChoiceKind.ISSUED, ChoiceKind.VOUCHER_UNUSED,
)  # fmt: skip


def _go_on(world: World, view: CaseView) -> None:
    detail = world.desk.detail(view.source, view.id)
    if not detail.view.open:
        return  # ended with the one before it
    way = next((kind for kind in _WAYS if detail.choice(kind)), None)
    if way is not None:
        world.desk.carry_out(view.source, view.id, way, actor=HUONG.name, reason="xong")
    elif detail.choice(ChoiceKind.OPEN_SALE):
        world.rig.desk.drop(view.ref, actor=LAN.name)
    elif detail.choice(ChoiceKind.OPEN_BOOKING):
        from pos.till.booking.counter import BookingCounter

        BookingCounter.resume(world.rig.desk, world.rig.payment()).give_up(LAN.name)
    else:
        raise AssertionError(f"{view.kind} has no way out")


# ---------------------------------------------------------------- owners


@every_kind
def test_a_case_is_taken_and_handed_on(make: Callable[[Path], World], tmp_path: Path) -> None:
    world = make(tmp_path)
    case = world.case
    taken = world.desk.own(case.source, case.id, HUONG.name, actor=HUONG.name)
    assert taken.owner == HUONG.name
    assert world.desk.own(case.source, case.id, LAN.name, actor=HUONG.name).owner == LAN.name
    notes = [(actor, facts) for kind, actor, facts in world.audit(case.ref) if kind == "case.owner"]
    assert [actor for actor, _ in notes] == [HUONG.name, HUONG.name]
    assert LAN.name in notes[-1][1]
    assert world.case.owner == LAN.name
    assert world.journal.verify().whole


def test_only_who_works_here_owns_a_case_and_only_a_manager_says_so(tmp_path: Path) -> None:
    world = loss(tmp_path)
    case = world.case
    with pytest.raises(ConfigError, match=r"case\.no_such_person"):
        world.desk.own(case.source, case.id, "ai đó", actor=HUONG.name)
    for nobody in (LAN.name, "", "ai đó"):
        with pytest.raises(SecurityError, match=r"case\.manager"):
            world.desk.own(case.source, case.id, LAN.name, actor=nobody)
        with pytest.raises(SecurityError, match=r"case\.manager"):
            world.desk.close(case.source, case.id, "xong", actor=nobody)
    assert world.case.owner is None


# ---------------------------------------------------------------- closing


@pytest.mark.parametrize("name", ["loss", "by_hand", "failed_issue", "day_paper"])
def test_who_comes_second_is_told_who_was_first(name: str, tmp_path: Path) -> None:
    world = WORLDS[name](tmp_path)
    case = world.case
    ends: list[object] = []
    gate = threading.Barrier(2)

    def close(manager: str, reason: str) -> None:
        gate.wait()
        try:
            ends.append(world.desk.close(case.source, case.id, reason, actor=manager))
        except PosError as error:
            ends.append(error)
        finally:
            world.journal.close_thread()

    threads = [threading.Thread(target=close, args=(who.name, f"do {who.name}")) for who in (HUONG, MINH)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    (first,) = [end for end in ends if isinstance(end, CaseView)]
    (second,) = [end for end in ends if isinstance(end, RuleBroken)]
    assert second.code == "case.closed_already"
    assert (second.params["who"], second.params["closure"]) == (first.closed_by, f"do {first.closed_by}")
    assert second.params["when"]
    with pytest.raises(RuleBroken, match=r"case\.closed_already"):
        world.desk.own(case.source, case.id, MINH.name, actor=MINH.name)


def test_what_ends_in_the_very_moment_is_told_as_ended(tmp_path: Path) -> None:
    """Looked at, found open – and closed by another way before this one could write."""
    world = loss(tmp_path)
    case, rules = world.case, world.desk._rules[CaseSource.REDEMPTION]

    class Slow:
        """Another manager is quicker."""

        def __getattr__(self, name: str) -> object:
            return getattr(rules, name)

        def carry_out(self, view: CaseView, *details: object, **more: object) -> None:
            with world.journal.transaction(MINH.name) as tx:
                tx.close_case(view.id, closure="quicker")
            rules.carry_out(view, *details, **more)  # type: ignore[arg-type]

    world.desk._rules = {CaseSource.REDEMPTION: Slow()}  # type: ignore[dict-item]
    with pytest.raises(RuleBroken, match=r"case\.closed_already") as told:
        world.desk.close(case.source, case.id, "late", actor=HUONG.name)
    assert (told.value.params["who"], told.value.params["closure"]) == (MINH.name, "quicker")


def test_what_waits_for_a_decision_is_decided_before_it_is_closed(tmp_path: Path) -> None:
    """Else nobody would ever say whether the customer gets her goods."""
    world = undecidable_weak(tmp_path)
    with pytest.raises(RuleBroken, match=r"case\.decide_first"):
        world.do(ChoiceKind.CLOSE)
    world.do(ChoiceKind.REJECT)
    world.do(ChoiceKind.CLOSE)
    assert not world.case.open


def test_no_reason_no_end(tmp_path: Path) -> None:
    world = loss(tmp_path)
    for empty in ("", "   "):
        with pytest.raises(ConfigError, match=r"case\.reason_missing"):
            world.do(ChoiceKind.CLOSE, empty)
    assert world.case.open


def test_a_closed_case_is_found_again_by_bill_ending_person_and_reason(tmp_path: Path) -> None:
    world = loss(tmp_path)
    world.do(ChoiceKind.CLOSE, "khách đã trả 100% tiền mặt")
    for text in ("B1", A[-4:], "hương".capitalize(), "100%", ""):
        assert [row.kind for row in world.desk.inbox(closed=True, text=text).rows] == ["loss"], text
    for text in ("B2", "9999", "_", "1000%"):
        assert world.desk.inbox(closed=True, text=text).rows == (), text
    detail = world.detail()
    assert (detail.choices, detail.view.closed_by) == ((), HUONG.name)
    assert world.desk.inbox().open_count == 0


def test_the_journals_own_rule_stands_behind_the_desk(tmp_path: Path) -> None:
    """Used and not given is not closed by anybody who goes round the desk either."""
    world = used_not_given(tmp_path)
    with pytest.raises(RuleBroken, match=r"rule\.case_not_closable"), world.journal.transaction("x") as tx:
        tx.close_case(world.case.id, closure="never mind")
    case = CaseStore(world.journal).case(CaseSource.REDEMPTION, world.case.id)
    assert case is not None
    assert case.open


# ---------------------------------------------------------------- what the choices do


def test_asking_again_finds_out_and_what_is_proven_is_written(tmp_path: Path) -> None:
    """The record names our bill by now: used, and the customer gets her goods at the counter."""
    world = undecidable(tmp_path)
    detail = world.do(ChoiceKind.ASK)
    assert world.rig.row().state == USED_NOT_GIVEN
    assert {ChoiceKind.OPEN_BILL, ChoiceKind.CLOSE} <= {choice.kind for choice in detail.choices if choice.offered}
    assert detail.calls[-1].result == "used_by_us"
    assert world.worked_on == [world.case.key]


def test_no_answer_is_said_and_nothing_is_concluded(tmp_path: Path) -> None:
    world = undecidable(tmp_path)
    world.rig.issuer.cable_in = False
    with pytest.raises(PosError):
        world.do(ChoiceKind.ASK)
    assert world.case.open
    assert world.rig.row().state.outcome == "unknown"


def test_accepted_with_the_customer_there_the_value_is_given_and_the_case_stays(tmp_path: Path) -> None:
    world = undecidable_weak(tmp_path, here=True)
    detail = world.do(ChoiceKind.ACCEPT, "khách quen")
    assert world.rig.row().state == DONE
    assert (detail.view.open, detail.facts.decided) == (True, True)
    assert [kind for kind, _, _ in world.audit(world.rig.row().id) if kind == "decision"] == ["decision"]


def test_rejected_and_taken_back_only_with_the_word_about_other_tills(tmp_path: Path) -> None:
    world = rejected(tmp_path)
    choice = world.detail().choice(ChoiceKind.TAKE_BACK)
    assert choice is not None
    assert choice.other_till
    with pytest.raises(ConfigError, match=r"take_back\.other_till"):
        world.do(ChoiceKind.TAKE_BACK, no_other_till=False)
    assert world.rig.issuer.count("take_back") == 0
    world.do(ChoiceKind.TAKE_BACK)
    assert world.rig.issuer.vouchers[EV].used_for is None


def test_the_next_day_nothing_is_taken_back_any_more(tmp_path: Path) -> None:
    world = accepted(tmp_path)
    world.clock.pass_s(DAY_S)
    assert ChoiceKind.TAKE_BACK not in world.offered()


def test_used_and_taken_back_may_be_closed_though_nothing_was_ever_given(tmp_path: Path) -> None:
    world = used_not_given_weak(tmp_path)
    assert ChoiceKind.CLOSE not in world.offered()
    world.do(ChoiceKind.TAKE_BACK)
    world.do(ChoiceKind.CLOSE, "đã hoàn cho khách")
    assert (world.case.closure, world.rig.row().state) == ("đã hoàn cho khách", USED_NOT_GIVEN)


def test_never_to_be_given_is_settled_with_the_issuer_and_never_handed_over(tmp_path: Path) -> None:
    """The customer does not come back: the one case ends with its reason, another says what is still to be settled."""
    world = used_not_given(tmp_path)
    world.do(ChoiceKind.NEVER_GIVEN, "gọi ba lần không nghe máy")
    assert (world.case.closed_by, world.case.closure) == (HUONG.name, "gọi ba lần không nghe máy")
    (left,) = world.desk.inbox().rows
    assert left.kind == "late_effect"
    world.rig.resume().finish_sale()
    assert world.rig.row().state == USED_NOT_GIVEN, "nothing is handed over for it any more"
    assert world.journal.open_bills() in ((), ("B1",))


def test_handed_over_at_the_counter_the_case_may_be_closed(tmp_path: Path) -> None:
    world = used_not_given(tmp_path)
    assert ChoiceKind.OPEN_BILL in world.offered()
    world.rig.resume().finish_sale()
    assert ChoiceKind.CLOSE in world.offered()
    world.do(ChoiceKind.CLOSE, "khách quay lại")
    assert not world.case.open


def test_a_loss_stays_a_loss_when_its_case_is_closed(tmp_path: Path) -> None:
    world = loss(tmp_path)
    world.do(ChoiceKind.CLOSE)
    assert world.rig.row().state == LOSS


def test_not_sold_says_the_support_and_the_customer_is_paid_back(tmp_path: Path) -> None:
    world = by_hand(tmp_path)
    world.do(ChoiceKind.NOT_BOUGHT, "hỗ trợ: không bán")
    assert (world.case.closure, world.rig.sale(world.case.ref).state.outcome) == ("hỗ trợ: không bán", "not_bought")
    world = not_delivered_refused(tmp_path / "2")
    world.do(ChoiceKind.PAID_BACK)
    assert world.rig.sale(world.case.ref).state.closed


def test_the_supports_word_about_a_booking(tmp_path: Path) -> None:
    world = held(tmp_path / "1")
    world.do(ChoiceKind.ISSUED, "vé đã xuất lúc 10:05")
    assert {row.kind for row in world.desk.inbox().rows} == {"held", "ticket_to_give"}
    world.do(ChoiceKind.TICKET_GIVEN)
    assert world.desk.inbox().rows == ()
    world = other_voucher(tmp_path / "2")
    world.do(ChoiceKind.VOUCHER_USED, "voucher đã trừ")
    assert (world.case.open, world.rig.payment().state.voucher) == (False, "used")


def test_while_somebody_gives_the_ticket_at_the_counter_the_manager_is_told(tmp_path: Path) -> None:
    world = ticket_to_give(tmp_path)
    case = world.case
    from pos.till.booking.counter import BookingCounter

    BookingCounter.resume(world.rig.desk, world.rig.payment()).close(LAN.name)
    with pytest.raises(RuleBroken, match=r"case\.closed_already") as told:
        world.desk.carry_out(case.source, case.id, ChoiceKind.TICKET_GIVEN, actor=HUONG.name)
    assert told.value.params["who"] == LAN.name


# ---------------------------------------------------------------- age, secrets, cost


def test_age_counts_from_the_opening_however_often_somebody_looks(tmp_path: Path) -> None:
    world = loss(tmp_path)
    opened_utc = world.case.opened_utc
    world.clock.pass_s(3 * DAY_S)
    world.desk.own(world.case.source, world.case.id, MINH.name, actor=HUONG.name)
    assert world.case.opened_utc == opened_utc
    assert world.clock.now_utc() - world.case.opened_utc >= timedelta(days=3)


@every_kind
def test_no_view_holds_more_than_four_characters_of_a_code(make: Callable[[Path], World], tmp_path: Path) -> None:
    world = make(tmp_path)
    told = repr((world.desk.inbox(), world.detail()))
    for code in (A, EV, CODE):
        assert code not in told
        assert code[:-4] not in told


@pytest.mark.parametrize("asked", [reads._OPEN_CASES, case_store._OPEN], ids=["count", "inbox"])
def test_open_cases_cost_the_open_ones_only(asked: str, tmp_path: Path) -> None:
    """The strip asks after every change: partial indexes answer, whatever was closed in the years before."""
    world = loss(tmp_path)
    plan = [row[3] for row in world.journal.core.connections.get().execute(f"EXPLAIN QUERY PLAN {asked}")]
    scans = [step for step in plan if step.startswith("SCAN") and "CONSTANT" not in step]
    assert len(scans) == 4
    assert all("_open" in scan.partition("USING INDEX ")[2] for scan in scans)
