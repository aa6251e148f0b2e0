"""The port's promises, in the order of its methods."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from pos.domain.bill import SkuLine
from pos.domain.business_date import business_date
from pos.domain.cases import CaseKind
from pos.domain.codes import VoucherCode
from pos.domain.errors import JournalError, RuleBroken
from pos.domain.reasons import Reason
from pos.domain.redemption import (
    AT_RISK,
    DONE,
    LOSS,
    NEVER_AGAIN,
    STATES,
    UNKNOWN_GIVEN,
    UNSENT_GIVEN,
    USED_NOT_GIVEN,
    Event,
    Hold,
    HoldEvent,
    State,
)
from pos.domain.voucher import Detail
from pos.journal.store import SqliteJournal
from pos.till.ports import NewRedemption, PrintState, RememberedCheck, Risk, Trace, Work
from tests.journal.shop import (
    GOTIT,
    NOON,
    SteadyClock,
    accept_offline,
    add,
    bill,
    bring_to,
    code,
    new,
    open_journal,
    stamp,
)

SKUS = (SkuLine("TRA-DAO", 2, 55_000), SkuLine("BÁNH:1", 1, 30_000))


def test_a_bill_comes_back_as_it_was_written(journal: SqliteJournal) -> None:
    with journal.transaction("lan") as tx:
        tx.add_bill(bill(skus=SKUS), business_date=date(2026, 11, 21))
    stored = journal.bill("B1")
    assert stored is not None
    assert (stored.bill, stored.business_date, stored.cashier) == (bill(skus=SKUS), date(2026, 11, 21), "lan")
    assert journal.bill("B2") is None


def test_an_unsent_bill_takes_a_new_total_and_keeps_who_wrote_it(journal: SqliteJournal) -> None:
    add(journal, "r1", 1)
    with journal.transaction("minh") as tx:
        tx.add_bill(bill(total_vnd=300_000, skus=SKUS), business_date=date(2026, 11, 22))
    stored = journal.bill("B1")
    assert stored is not None
    assert (stored.bill.total_vnd, stored.bill.skus) == (300_000, SKUS)
    assert (stored.cashier, stored.business_date) == ("lan", date(2026, 11, 21))


def test_a_bill_the_issuer_was_told_of_keeps_its_total(journal: SqliteJournal) -> None:
    add(journal, "r1", 1)
    bring_to(journal, "r1", UNKNOWN_GIVEN)
    with pytest.raises(RuleBroken, match=r"rule\.bill_sent"), journal.transaction("lan") as tx:
        tx.add_bill(bill(total_vnd=1), business_date=date(2026, 11, 21))
    with journal.transaction("lan") as tx:  # the same once more is no change
        tx.add_bill(bill(), business_date=date(2026, 11, 21))
    stored = journal.bill("B1")
    assert stored is not None
    assert stored.bill.total_vnd == 265_000


def test_a_redemption_comes_back_with_every_fact(journal: SqliteJournal) -> None:
    row = NewRedemption("r1", 3, GOTIT, VoucherCode("0012345678"), True, 55_000, 50_000, 5_000, True, SKUS)
    with journal.transaction("lan") as tx:
        tx.add_bill(bill(), business_date=business_date(NOON, 0))
        tx.add_redemption("B1", row)
    found = journal.redemption("r1")
    assert found.code.reveal() == "0012345678"
    assert replace(found, code=code(1)) == replace(
        found,
        code=code(1),
        position=3,
        reserving=True,
        worth_vnd=55_000,
        amount_vnd=50_000,
        lost_vnd=5_000,
        declared=True,
        skus=SKUS,
        state=State(found.state.outcome.UNSENT, False),
        hold=Hold.NONE,
        created_utc=NOON,
        business_date=date(2026, 11, 21),
        cashier="lan",
        sent=None,
        sends=0,
        shown=False,
    )


def test_the_shops_day_starts_at_midnight_in_viet_nam(journal: SqliteJournal, clock: SteadyClock) -> None:
    clock.wall = datetime(2026, 11, 21, 16, 59, 59, tzinfo=UTC)
    add(journal, "r1", 1)
    clock.wall = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
    add(journal, "r2", 2)
    assert [journal.redemption(r).business_date.day for r in ("r1", "r2")] == [21, 22]


def test_an_unknown_row_is_told_so(journal: SqliteJournal) -> None:
    with pytest.raises(JournalError, match=r"journal\.no_such_row"):
        journal.redemption("nobody")
    with pytest.raises(JournalError, match=r"journal\.no_such_row"), journal.transaction("lan") as tx:
        tx.move("nobody", Event.SEND)


@pytest.mark.parametrize("state", sorted(NEVER_AGAIN), ids=str)
def test_a_code_that_stands_is_not_taken_again(journal: SqliteJournal, state: State) -> None:
    add(journal, "r1", 1)
    bring_to(journal, "r1", state)
    standing = journal.standing(GOTIT, code(1))
    assert standing is not None
    assert standing.state == state
    with pytest.raises(RuleBroken, match=r"rule\.already_taken"):
        add(journal, "r2", 1, bill_number="B2")
    assert journal.bill("B2") is None


@pytest.mark.parametrize("state", sorted(set(STATES) - NEVER_AGAIN), ids=str)
def test_a_code_that_does_not_stand_may_come_again(journal: SqliteJournal, state: State) -> None:
    add(journal, "r1", 1)
    bring_to(journal, "r1", state)
    assert journal.standing(GOTIT, code(1)) is None
    add(journal, "r2", 1, bill_number="B2")
    assert journal.redemption("r2").bill_number == "B2"


def test_of_two_unsent_rows_of_one_code_only_one_can_be_sent(journal: SqliteJournal) -> None:
    add(journal, "r1", 1)
    add(journal, "r2", 1, bill_number="B2")
    bring_to(journal, "r1", UNSENT_GIVEN)
    with pytest.raises(RuleBroken, match=r"rule\.already_taken"), journal.transaction("lan") as tx:
        tx.move("r2", Event.SEND, sent=stamp())
    assert journal.redemption("r2").state.outcome.value == "unsent"


def test_the_same_code_of_another_issuer_is_another_voucher(journal: SqliteJournal) -> None:
    accept_offline(journal, "r1", 1)
    with journal.transaction("lan") as tx:
        tx.add_redemption("B1", replace(new("r2", 1), provider="other"))
        tx.move("r2", Event.ACCEPT_OFFLINE)
    standing = journal.standing("other", code(1))
    assert standing is not None
    assert standing.id == "r2"


def test_one_code_twice_in_one_transaction_is_refused(journal: SqliteJournal) -> None:
    def twice() -> None:
        with journal.transaction("lan") as tx:
            tx.add_bill(bill(), business_date=business_date(NOON, 0))
            tx.add_redemption("B1", new("r1", 1))
            tx.move("r1", Event.ACCEPT_OFFLINE)
            tx.add_redemption("B1", new("r2", 1, position=2))

    with pytest.raises(RuleBroken, match=r"rule\.already_taken"):
        twice()
    assert journal.bill_numbers() == ()


def test_a_move_keeps_the_facts_that_came_with_it(journal: SqliteJournal, clock: SteadyClock) -> None:
    add(journal, "r1", 1)
    with journal.transaction("lan") as tx:
        tx.move("r1", Event.SEND, sent=stamp(7.5))
    sent = journal.redemption("r1")
    assert (sent.sent, sent.sends) == (stamp(7.5), 1)
    with journal.transaction("lan") as tx:
        tx.move("r1", Event.LOST, answered=True, reason=Reason.ISSUER_ERROR)
    assert journal.redemption("r1").answered
    assert journal.redemption("r1").reason is Reason.ISSUER_ERROR
    with journal.transaction("lan") as tx:
        tx.move("r1", Event.USED_HERE, transaction_id="T-9", worth_vnd=48_000, by_inquiry=True)
    used = journal.redemption("r1")
    assert (used.transaction_id, used.worth_vnd, used.amount_vnd, used.reason) == ("T-9", 48_000, 50_000, None)
    assert not used.answered


def test_a_refusal_keeps_its_detail_word_for_word(journal: SqliteJournal) -> None:
    detail = Detail(
        used_at="20/11/2026 18:02", store_vi="Cà phê số 3", on_date=date(2026, 11, 20), order_value_vnd=0,
        start_date=date(2027, 1, 1), excluded=("A", "B"), skus=("TRA",), code="101", message_vi='"đã dùng"',
    )  # fmt: skip
    add(journal, "r1", 1)
    with journal.transaction("lan") as tx:
        tx.move("r1", Event.REFUSED, reason=Reason.ALREADY_USED, detail=detail)
    assert journal.redemption("r1").detail == detail


def test_proof_of_no_effect_is_remembered_through_the_next_try(journal: SqliteJournal) -> None:
    add(journal, "r1", 1)
    for event in (Event.SEND, Event.LOST, Event.PROVEN_UNUSED, Event.SEND, Event.NOT_SENT, Event.DROP):
        with journal.transaction("lan") as tx:
            tx.move("r1", event, sent=stamp() if event is Event.SEND else None)
    row = journal.redemption("r1")
    assert (row.proven_unused, row.sends, row.state.outcome.value) == (True, 2, "dropped")


def test_a_pair_outside_the_table_changes_nothing_in_the_whole_transaction(journal: SqliteJournal) -> None:
    add(journal, "r1", 1)

    def one_good_one_bad() -> None:
        with journal.transaction("lan") as tx:
            tx.move("r1", Event.SEND, sent=stamp())
            tx.move("r1", Event.HAND_OVER)

    with pytest.raises(RuleBroken, match=r"rule\.transition"):
        one_good_one_bad()
    assert journal.redemption("r1").sends == 0


def test_a_transaction_in_which_something_failed_never_commits(journal: SqliteJournal) -> None:
    add(journal, "r1", 1)

    def goes_on_regardless() -> None:
        with journal.transaction("lan") as tx:
            tx.move("r1", Event.SEND, sent=stamp())
            with contextlib.suppress(RuleBroken):
                tx.move("r1", Event.DROP)

    with pytest.raises(RuleBroken, match=r"rule\.abandoned_transaction"):
        goes_on_regardless()
    assert journal.redemption("r1").state.outcome.value == "unsent"


def test_a_reservation_goes_its_own_way(journal: SqliteJournal) -> None:
    add(journal, "r1", 1)
    with journal.transaction("lan") as tx:
        assert tx.move_hold("r1", HoldEvent.RESERVE, sent=stamp()) is Hold.RESERVING
    assert [row.id for row in journal.in_flight()] == ["r1"]
    with journal.transaction("lan") as tx:
        tx.move_hold("r1", HoldEvent.HELD)
    row = journal.redemption("r1")
    assert (row.hold, row.sends, row.sent) == (Hold.HELD, 0, stamp())
    with pytest.raises(RuleBroken, match=r"rule\.hold_transition"), journal.transaction("lan") as tx:
        tx.move_hold("r1", HoldEvent.RESERVE)


def test_amounts_are_settled_before_anything_is_sent(journal: SqliteJournal) -> None:
    add(journal, "r1", 1)
    with journal.transaction("lan") as tx:
        tx.set_amounts("r1", worth_vnd=60_000, amount_vnd=40_000, lost_vnd=20_000)
    row = journal.redemption("r1")
    assert (row.worth_vnd, row.amount_vnd, row.lost_vnd) == (60_000, 40_000, 20_000)
    bring_to(journal, "r1", UNSENT_GIVEN)
    with pytest.raises(RuleBroken, match=r"rule\.amount_stays"), journal.transaction("lan") as tx:
        tx.set_amounts("r1", worth_vnd=1, amount_vnd=1, lost_vnd=0)


def test_amounts_of_a_row_added_in_the_same_transaction(journal: SqliteJournal) -> None:
    with journal.transaction("lan") as tx:
        tx.add_bill(bill(), business_date=business_date(NOON, 0))
        tx.add_redemption("B1", new("r1", 1))
        tx.set_amounts("r1", worth_vnd=9, amount_vnd=8, lost_vnd=1)
        tx.move("r1", Event.ACCEPT_OFFLINE)
    assert journal.redemption("r1").amount_vnd == 8
    assert journal.risk().sum_vnd == 8


def test_running_numbers_are_never_given_twice(journal: SqliteJournal, path: object, clock: SteadyClock) -> None:
    assert [journal.next_number("bill-20261121") for _ in range(3)] == [1, 2, 3]
    assert journal.next_number("bill-20261122") == 1
    journal.close()
    again = open_journal(journal.path, clock)
    assert again.next_number("bill-20261121") == 4
    again.close()


def test_the_last_check_of_a_code_is_remembered(journal: SqliteJournal) -> None:
    assert journal.last_check(GOTIT, code(1)) is None
    first = RememberedCheck(NOON, "run", 5.0, 50_000, None)
    last = RememberedCheck(NOON + timedelta(minutes=1), "run", 65.0, None, Reason.EXPIRED)
    for check in (first, last):
        journal.remember_check(GOTIT, code(1), check)
    assert journal.last_check(GOTIT, code(1)) == last
    assert journal.last_check(GOTIT, code(2)) is None


@pytest.mark.parametrize("state", STATES, ids=str)
def test_what_is_given_and_open_is_at_risk_and_nothing_else(journal: SqliteJournal, state: State) -> None:
    journal.risk()  # so that the kept count has to follow every move
    add(journal, "r1", 1)
    bring_to(journal, "r1", state)
    wanted = Risk(1, 50_000, NOON) if state in AT_RISK else Risk(0, 0, None)
    assert journal.risk() == wanted
    reader = open_journal(journal.path, writing=False)
    assert reader.risk() == wanted
    reader.close()


def test_the_age_of_the_oldest_at_risk_follows_what_settles(journal: SqliteJournal, clock: SteadyClock) -> None:
    assert journal.risk() == Risk(0, 0, None)
    for number in (1, 2, 3):
        accept_offline(journal, f"r{number}", number)
        clock.pass_s(60)
    assert journal.risk() == Risk(3, 150_000, NOON)
    for event in (Event.SEND, Event.USED):
        with journal.transaction("settle") as tx:
            tx.move("r1", event, sent=stamp())
    assert journal.risk() == Risk(2, 100_000, NOON + timedelta(seconds=60))


def test_risk_survives_a_transaction_that_did_not_commit(journal: SqliteJournal) -> None:
    accept_offline(journal, "r1", 1)
    assert journal.risk().count == 1
    seen = []

    def dies_half_way() -> None:
        with journal.transaction("lan") as tx:
            tx.add_redemption("B1", new("r2", 2))
            tx.move("r2", Event.ACCEPT_OFFLINE)
            seen.append(journal.risk().count)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        dies_half_way()
    assert seen == [2]  # its own thread sees its own rows
    assert journal.risk().count == 1


def test_the_outbox_is_oldest_first_with_its_schedule(journal: SqliteJournal) -> None:
    for number in (2, 1, 3):
        accept_offline(journal, f"r{number}", number, bill_number=f"B{number}")
    with journal.transaction("settle") as tx:
        tx.schedule(
            "r2",
            Work.INQUIRE,
            session="s2",
            due_mono_s=9.5,
            due_utc=NOON + timedelta(seconds=9),
            unanswered=2,
            failures=1,
        )
        tx.quarantine("r3", "five strange answers")
    found = journal.outbox()
    assert [(row.redemption_id, row.bill_number) for row in found] == [("r1", "B1"), ("r2", "B2"), ("r3", "B3")]
    second = found[1]
    assert (second.work, second.unanswered, second.failures, second.due_session, second.due_mono_s) == (
        Work.INQUIRE, 2, 1, "s2", 9.5,
    )  # fmt: skip
    assert [row.quarantine for row in found] == [None, None, "five strange answers"]
    assert journal.outbox(limit=1) == found[:1]


def test_scheduling_again_ends_a_quarantine(journal: SqliteJournal) -> None:
    accept_offline(journal, "r1", 1)
    with journal.transaction("settle") as tx:
        tx.quarantine("r1", "why")
    with journal.transaction("boss") as tx:
        tx.schedule("r1", Work.SEND, session="s", due_mono_s=0.0, due_utc=NOON)
    assert journal.outbox()[0].quarantine is None


def test_open_bills_are_those_somebody_must_look_at(journal: SqliteJournal) -> None:
    for number, state in enumerate(STATES):
        add(journal, f"r{number:02d}", number, bill_number=f"{state.outcome.value}/{state.given}")
        bring_to(journal, f"r{number:02d}", state)
    assert set(journal.open_bills()) == {
        "unsent/False", "unknown/False", "unknown/True", "used/False", "used/True", "refused/False",
    }  # fmt: skip
    assert set(journal.unshown()) == {"used/False", "used/True", "refused/False"}
    with journal.transaction("lan") as tx:
        tx.mark_shown([f"r{number:02d}" for number in range(len(STATES))])
    assert journal.unshown() == ()
    assert set(journal.open_bills()) == {"unsent/False", "unknown/False", "unknown/True", "used/False"}


def test_a_refusal_before_anything_was_sent_needs_no_showing(journal: SqliteJournal) -> None:
    add(journal, "r1", 1)
    with journal.transaction("lan") as tx:
        tx.move("r1", Event.REFUSED, reason=Reason.EXPIRED)
    assert journal.unshown() == ()
    assert journal.open_bills() == ()


def test_an_open_hold_keeps_its_bill_open(journal: SqliteJournal) -> None:
    add(journal, "r1", 1)
    with journal.transaction("lan") as tx:
        tx.move_hold("r1", HoldEvent.RESERVE, sent=stamp())
        tx.move_hold("r1", HoldEvent.HELD)
        tx.move("r1", Event.DROP)
    assert journal.open_bills() == ("B1",)
    assert [row.id for row in journal.open_holds()] == ["r1"]


def test_a_new_outcome_must_be_shown_again(journal: SqliteJournal) -> None:
    add(journal, "r1", 1)
    bring_to(journal, "r1", USED_NOT_GIVEN)
    with journal.transaction("lan") as tx:
        tx.mark_shown(["r1"])
    with journal.transaction("lan") as tx:
        tx.move("r1", Event.HAND_OVER)  # the outcome is the same: it was shown
    assert journal.redemption("r1").shown
    add(journal, "r2", 2)
    with journal.transaction("lan") as tx:
        tx.mark_shown(["r2"])
        tx.move("r2", Event.SEND, sent=stamp())
    assert not journal.redemption("r2").shown


def test_a_second_painting_is_no_new_fact(journal: SqliteJournal, clock: SteadyClock) -> None:
    add(journal, "r1", 1)
    bring_to(journal, "r1", USED_NOT_GIVEN)
    with journal.transaction("lan") as tx:
        tx.mark_shown(["r1"])
    links = journal.verify().links
    clock.pass_s(60)
    with journal.transaction("lan") as tx:
        tx.mark_shown(["r1"])
    assert journal.verify().links == links


def test_a_state_that_is_not_what_the_domain_decided_on_is_not_overwritten(journal: SqliteJournal) -> None:
    add(journal, "r1", 1)
    with pytest.raises(RuleBroken, match=r"rule\.state_changed_meanwhile"), journal.transaction("lan") as tx:
        tx._store("r1", tx._facts("r1"), UNKNOWN_GIVEN)


def test_bills_are_listed_newest_first(journal: SqliteJournal) -> None:
    for number in ("B7", "A1", "C3"):
        with journal.transaction("lan") as tx:
            tx.add_bill(bill(number), business_date=business_date(NOON, 0))
    assert journal.bill_numbers() == ("C3", "A1", "B7")
    assert journal.bill_numbers(limit=1) == ("C3",)


def test_rows_of_a_bill_come_in_the_order_of_the_screen(journal: SqliteJournal) -> None:
    with journal.transaction("lan") as tx:
        tx.add_bill(bill(), business_date=business_date(NOON, 0))
        for position, row in ((2, "r1"), (1, "r2"), (3, "r3")):
            tx.add_redemption("B1", new(row, position, position=position))
    assert [row.id for row in journal.redemptions_of("B1")] == ["r2", "r1", "r3"]


def test_a_loss_opens_its_case_by_itself_and_once(journal: SqliteJournal) -> None:
    add(journal, "r1", 1)
    bring_to(journal, "r1", State(STATES[0].outcome.REFUSED, True))
    with journal.transaction("settle") as tx:
        tx.open_case("r1", CaseKind.LOSS)
    (case,) = journal.cases()
    assert (case.kind, case.bill_number, case.ending, case.amount_vnd) == (CaseKind.LOSS, "B1", "0001", 50_000)


def test_a_person_closes_a_case_with_a_reason_once(journal: SqliteJournal, clock: SteadyClock) -> None:
    add(journal, "r1", 1)
    bring_to(journal, "r1", State(STATES[0].outcome.REFUSED, True))
    (case,) = journal.cases()
    clock.pass_s(60)
    with journal.transaction("minh") as tx:
        tx.close_case(case.id, closure="khách đã trả tiền mặt")
    assert journal.cases() == ()
    (closed,) = journal.cases_of("B1")
    assert (closed.closed_by, closed.closure, closed.closed_utc) == (
        "minh", "khách đã trả tiền mặt", NOON + timedelta(seconds=60),
    )  # fmt: skip
    with pytest.raises(RuleBroken, match=r"rule\.case_closed"), journal.transaction("minh") as tx:
        tx.close_case(case.id, closure="once more")
    assert journal.cases(only_open=False) == (closed,)


def test_a_case_of_a_sale_not_finished_cannot_be_talked_away(journal: SqliteJournal) -> None:
    add(journal, "r1", 1)
    bring_to(journal, "r1", USED_NOT_GIVEN)
    with journal.transaction("lan") as tx:
        tx.open_case("r1", CaseKind.USED_NOT_GIVEN)
    (case,) = journal.cases()
    with pytest.raises(RuleBroken, match=r"rule\.case_not_closable"), journal.transaction("minh") as tx:
        tx.close_case(case.id, closure="never mind")


@pytest.mark.parametrize("closure", ["", "   "])
def test_a_case_is_not_closed_without_words(journal: SqliteJournal, closure: str) -> None:
    add(journal, "r1", 1)
    with journal.transaction("lan") as tx:
        tx.open_case("r1", CaseKind.VALUE_MISMATCH)
    with pytest.raises(RuleBroken), journal.transaction("minh") as tx:
        tx.close_case(journal.cases()[0].id, closure=closure)
    assert len(journal.cases()) == 1


def test_slips_are_durable_jobs_and_copies_are_counted(journal: SqliteJournal) -> None:
    accept_offline(journal, "r1", 1)
    with journal.transaction("lan") as tx:
        assert tx.add_print_job("p2", "B1").copy == 1
        tx.set_print_state("slip-r1", PrintState.DOUBTFUL, note="paper_out")
    waiting = journal.print_jobs(states=[PrintState.PENDING, PrintState.DOUBTFUL])
    assert [(job.id, job.copy, job.state, job.tries, job.note) for job in waiting] == [
        ("p2", 1, PrintState.PENDING, 0, None), ("slip-r1", 0, PrintState.DOUBTFUL, 1, "paper_out"),
    ]  # fmt: skip
    with journal.transaction("lan") as tx:
        tx.set_print_state("slip-r1", PrintState.CANCELLED)
    assert [job.id for job in journal.print_jobs(states=[PrintState.CANCELLED, PrintState.PENDING])] == [
        "p2",
        "slip-r1",
    ]


def test_calls_and_answers_are_kept_and_cut_to_size(journal: SqliteJournal) -> None:
    add(journal, "r1", 1)
    with journal.transaction("lan") as tx:
        tx.add_attempt("c1", "mark_used", ["r1"], stamp())
    with journal.transaction("lan") as tx:
        tx.add_answer("c1", "lost", Trace(504, NOON, "x" * 10_000, "read_timeout", True), offset_s=-1.5)
        tx.add_answer("c1", "late", Trace(), offset_s=None)
    lines = (journal.path.parent / "out").with_suffix(".jsonl")
    journal.export(lines)
    text = lines.read_text()
    assert text.count('"table": "attempt"') == 1
    assert text.count('"table": "answer"') == 2
    assert "x" * 8192 in text
    assert "x" * 8193 not in text


def test_the_latest_time_on_record_does_not_go_back_with_the_clock(journal: SqliteJournal, clock: SteadyClock) -> None:
    assert journal.latest_record_utc() is None
    add(journal, "r1", 1)
    clock.pass_s(-3600)
    add(journal, "r2", 2)
    add(journal, "r3", 3)
    assert journal.latest_record_utc() == NOON
    clock.pass_s(7200)
    add(journal, "r4", 4)
    assert journal.latest_record_utc() == NOON + timedelta(seconds=3600)


def test_a_verdict_on_value_given_earlier_waits_for_nobody_at_the_counter(journal: SqliteJournal) -> None:
    accept_offline(journal, "r1", 1)
    for event in (Event.SEND, Event.USED):
        with journal.transaction("settle") as tx:
            tx.move("r1", event, sent=stamp())
    assert journal.redemption("r1").shown
    assert journal.open_bills() == ()


def test_a_reader_in_the_same_thread_sees_rows_not_yet_committed(journal: SqliteJournal) -> None:
    with journal.transaction("lan") as tx:
        tx.add_bill(bill(), business_date=business_date(NOON, 0))
        tx.add_redemption("B1", new("r1", 1))
        assert journal.redemption("r1").amount_vnd == 50_000


def test_a_transaction_in_a_transaction_is_refused_and_harms_nothing(journal: SqliteJournal) -> None:
    with journal.transaction("lan") as tx:
        tx.add_bill(bill(), business_date=business_date(NOON, 0))
        with pytest.raises(JournalError, match=r"journal\.nested_transaction"):
            journal.transaction("minh").__enter__()
    assert journal.bill_numbers() == ("B1",)


def test_a_second_look_at_a_running_journal_cannot_write(journal: SqliteJournal) -> None:
    accept_offline(journal, "r1", 1)
    reader = open_journal(journal.path, writing=False)
    assert reader.bill_numbers() == ("B1",)
    with pytest.raises(JournalError, match=r"journal\.read_only"):
        reader.transaction("lan")
    with pytest.raises(JournalError, match=r"journal\.read_only"):
        reader.next_number("bill")
    reader.close()


def test_the_revision_tells_when_lists_must_be_read_anew(journal: SqliteJournal) -> None:
    """Not for what no list shows (a remembered check); always after a commit that failed: its rows may stand."""
    before = journal.revision
    journal.remember_check(GOTIT, code(1), RememberedCheck(NOON, "run", 1.0, 50_000, None))
    assert journal.revision == before
    add(journal, "r1", 1)
    assert journal.revision != before
    before = journal.revision
    with pytest.raises(RuleBroken), journal.transaction("lan") as tx:
        tx.move("r1", Event.USED)
    assert journal.revision != before


@pytest.mark.parametrize("state", sorted(STATES), ids=str)
def test_what_a_slip_counts_as_paid_is_what_was_given_or_is_about_to_be(journal: SqliteJournal, state: State) -> None:
    add(journal, "r1", 1)
    bring_to(journal, "r1", state)
    paid = state in AT_RISK | {DONE, LOSS, USED_NOT_GIVEN}
    assert journal.paid_vnd(["B1", "B0"]).get("B1", 0) == (50_000 if paid else 0)
    if state == USED_NOT_GIVEN:
        with journal.transaction("till") as tx:
            tx.open_case("r1", CaseKind.LATE_EFFECT)
        assert journal.paid_vnd(["B1"]) == {}, "it took effect after the bill was over"


def test_the_unsettled_are_those_at_risk_oldest_first_and_no_more_than_asked_for(journal: SqliteJournal) -> None:
    for number, state in enumerate(sorted(STATES), 1):
        add(journal, f"r{number:02}", number, bill_number=f"B{number}")
        bring_to(journal, f"r{number:02}", state)
        with journal.transaction("till") as tx:
            tx.schedule(f"r{number:02}", Work.INQUIRE, session=journal.session, due_mono_s=1000.0, due_utc=NOON)
    due = [row for number in range(1, len(STATES) + 1) for row in journal.redemptions_of(f"B{number}")]
    risky = [row for row in due if row.state in AT_RISK]
    assert [row for _, row in journal.unsettled(100)] == risky
    assert [entry.redemption_id for entry, _ in journal.unsettled(2)] == [row.id for row in risky[:2]]
    assert journal.unsettled(100)[0][0] == journal.outbox_of(risky[0].bill_number)[0]
