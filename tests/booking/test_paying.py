"""One payment from look-up to ticket, and every way in which it may come to another end."""

from __future__ import annotations

import pytest

from hardware.printer.document import Columns, Text
from pos.domain.booking import CommitWord
from pos.domain.booking_payment import BookingCaseKind, JourneyFact, MoneyFact, VoucherFact
from pos.domain.errors import RuleBroken
from pos.i18n import LANGUAGES, Translator
from pos.receipts.booking_slip import booking_slip
from pos.receipts.slip import SlipFacts
from pos.till.booking.commands import Finding
from pos.till.booking.counter import BookingCounter
from pos.till.booking.settle_cases import settle
from pos.till.booking.views import BookingAction, BookingPhase, VoucherOutcome
from pos.till.ports import PrintState
from pos.till.slips import slip_rows
from pos.till.views import Environment
from tests.booking.issuer import CODE, NUMBER, OFF_VND, PRICE_VND
from tests.booking.ports import Crash
from tests.booking.rig import BookingRig


def test_a_slip_that_is_not_on_paper_is_listed_with_the_money_that_was_taken(till: BookingRig) -> None:
    till.paid(code=CODE)
    till.wait(60)
    (row,) = slip_rows(till.journal, till.journal.print_jobs(states=[PrintState.PENDING]))
    assert (row.bill_number, row.amount_vnd) == (till.payment().bill_number, PRICE_VND - OFF_VND)


def test_a_booking_with_a_voucher_is_paid_and_issued(till: BookingRig) -> None:
    counter = till.counter()
    assert counter.view().phase is BookingPhase.READY
    counter.try_voucher(f"  {CODE} ")
    assert counter.view().voucher.outcome is VoucherOutcome.USABLE  # type: ignore[union-attr]
    assert BookingAction.ORDER not in counter.view().actions
    assert till.issuer.redeems == 0
    counter.redeem("lan")
    assert counter.view().voucher_fact is VoucherFact.USED
    counter.order("lan")
    view = counter.view()
    assert (view.phase, view.due_vnd) == (BookingPhase.AMOUNT_DUE, PRICE_VND - OFF_VND)
    counter.money_taken("lan")
    till.wait(60)
    view = counter.view()
    assert (view.phase, view.closed, view.tickets) == (BookingPhase.DONE, True, ("738-1",))
    assert till.issuer.bookings[NUMBER].paid == [(till.payment().transaction_id, PRICE_VND - OFF_VND)]
    assert till.journal.verify().whole
    assert [job.copy for job in till.store.slips(view.bill_number)] == [0]


def test_a_discount_that_reaches_the_price_is_shown_and_not_redeemed(till: BookingRig) -> None:
    till.issuer.vouchers[CODE] = PRICE_VND
    counter = till.counter()
    counter.try_voucher(CODE)
    view = counter.view()
    assert view.voucher is not None
    assert view.voucher.outcome is VoucherOutcome.COVERS_ALL
    assert not view.actions & {BookingAction.REDEEM, BookingAction.ORDER}
    with pytest.raises(RuleBroken):
        counter.redeem("lan")
    assert till.issuer.redeems == 0


def test_an_amount_that_differs_stops_before_the_money(till: BookingRig) -> None:
    till.issuer.lowers = False
    counter = till.counter()
    counter.try_voucher(CODE)
    counter.redeem("lan")
    counter.order("lan")
    view = counter.view()
    assert (view.phase, view.shown_vnd, view.signed_vnd, view.due_vnd) == (
        BookingPhase.AMOUNT_DIFFERS,
        PRICE_VND - OFF_VND,
        PRICE_VND,
        None,
    )
    assert view.message is not None
    assert dict(view.message.params) == {"shown_vnd": PRICE_VND - OFF_VND, "signed_vnd": PRICE_VND}
    assert BookingAction.MONEY_TAKEN not in view.actions
    with pytest.raises(RuleBroken):
        counter.money_taken("lan")
    assert till.issuer.commits == []
    assert till.cases() == {BookingCaseKind.AMOUNT_MISMATCH}


def test_a_lost_redeem_is_looked_up_and_never_repeated(till: BookingRig) -> None:
    till.ports.plan = {len(till.ports.visited) + n: "lost_after" for n, name in _path(till) if name == "redeem"}
    counter = till.counter()
    counter.try_voucher(CODE)
    counter.redeem("lan")
    assert counter.view().phase is BookingPhase.VOUCHER_UNKNOWN
    assert not counter.view().actions & {BookingAction.REDEEM, BookingAction.ORDER, BookingAction.GIVE_UP}
    till.wait(1)
    assert counter.view().voucher_fact is VoucherFact.USED
    assert till.issuer.redeems == 1


def test_a_redeem_that_never_arrived_is_proven_by_two_looks_ten_seconds_apart(till: BookingRig) -> None:
    till.ports.plan = {len(till.ports.visited) + n: "lost_before" for n, name in _path(till) if name == "redeem"}
    counter = till.counter()
    counter.try_voucher(CODE)
    counter.redeem("lan")
    till.wait(9)
    assert counter.view().phase is BookingPhase.VOUCHER_UNKNOWN
    till.wait(2)
    assert counter.view().phase is BookingPhase.VOUCHER_UNSENT
    counter.redeem("lan")
    assert counter.view().voucher_fact is VoucherFact.USED
    assert till.issuer.bookings[NUMBER].redemptions == 1


def _path(till: BookingRig) -> list[tuple[int, str]]:
    """Ports of a sale with a voucher, numbered as they will come."""
    return list(enumerate(("detail", "validate", "disk", "detail", "disk", "disk", "disk", "redeem"), 1))


def test_a_lost_commit_is_asked_about_and_never_repeated(till: BookingRig) -> None:
    counter = till.counter()
    counter.order("lan")
    till.issuer.before["commit"] = [lambda: till.ports.plan.update({len(till.ports.visited) + 1: "lost_after"})]  # type: ignore[attr-defined]
    counter.money_taken("lan")
    assert counter.view().phase is BookingPhase.WAITING
    assert not counter.view().actions & {BookingAction.GIVE_UP, BookingAction.PAID_BACK, BookingAction.SEND_COMMIT}
    till.wait(60)
    assert counter.view().phase is BookingPhase.DONE
    assert len(till.issuer.commits) == 1


def test_commit_is_sent_again_only_by_hand_and_only_when_the_record_allows(till: BookingRig) -> None:
    counter = till.counter()
    counter.order("lan")
    till.issuer.before["commit"] = [lambda: till.ports.plan.update({len(till.ports.visited) + 1: "lost_before"})]  # type: ignore[attr-defined]
    counter.money_taken("lan")
    till.wait(50)
    assert BookingAction.SEND_COMMIT not in counter.view().actions
    till.wait(16 * 60)
    assert (counter.view().phase, till.cases()) == (BookingPhase.HELD, {BookingCaseKind.HELD})
    assert BookingAction.SEND_COMMIT in counter.view().actions
    assert till.issuer.commits == []
    counter.send_commit("lan")
    assert till.issuer.commits == [till.payment().transaction_id]
    till.wait(60)
    assert counter.view().journey is JourneyFact.ISSUED


def test_a_commit_that_may_count_is_not_sent_again(till: BookingRig) -> None:
    """The record changed between the offer and the press."""
    counter = till.counter()
    counter.order("lan")
    till.issuer.before["commit"] = [lambda: till.ports.plan.update({len(till.ports.visited) + 1: "lost_before"})]  # type: ignore[attr-defined]
    counter.money_taken("lan")
    till.wait(17 * 60)
    till.issuer.bookings[NUMBER].payment = "SUCCEEDED"
    counter.send_commit("lan")
    assert till.issuer.commits == []
    assert counter.view().message.code == "booking.commit_may_count"  # type: ignore[union-attr]


def test_held_is_asked_every_five_minutes_for_a_day_then_by_hand(till: BookingRig) -> None:
    till.issuer.bookings[NUMBER].polls_to_issue = 10_000
    counter = till.paid()
    till.wait(15 * 60 + 5)
    assert counter.view().phase is BookingPhase.HELD
    polls = till.ports.visited.count("await_end")
    assert polls in range(30, 36)
    till.wait(3600)
    assert till.ports.visited.count("await_end") - polls == 12
    till.wait(24 * 3600)
    assert till.payment().due is None
    assert BookingCaseKind.BY_HAND in till.cases()
    done = till.ports.visited.count("await_end")
    till.wait(24 * 3600)
    assert till.ports.visited.count("await_end") == done
    till.restart()
    till.recover()
    till.wait(1)
    assert till.ports.visited.count("await_end") == done


def test_after_a_restart_it_is_asked_about_at_once(till: BookingRig) -> None:
    till.issuer.bookings[NUMBER].polls_to_issue = 10_000
    till.paid()
    till.wait(3600)
    before = till.ports.visited.count("await_end")
    till.restart()
    till.recover()
    assert till.run_due()
    assert till.ports.visited.count("await_end") == before + 1


def test_failed_payment_is_paid_back_and_only_then_closed(till: BookingRig) -> None:
    till.issuer.bookings[NUMBER].fails = True
    counter = till.paid()
    assert BookingAction.PAID_BACK not in counter.view().actions
    till.wait(1)
    assert (counter.view().phase, till.cases()) == (BookingPhase.PAY_BACK, {BookingCaseKind.PAY_BACK})
    counter.paid_back("lan")
    assert (counter.view().phase, till.cases()) == (BookingPhase.PAID_BACK, set())


def test_failed_issue_is_held_and_a_persons(till: BookingRig) -> None:
    counter = till.paid()
    till.issuer.bookings[NUMBER].issue = "FAILED"
    till.wait(1)
    assert counter.view().phase is BookingPhase.WAITING
    assert till.cases() == {BookingCaseKind.FAILED_ISSUE}
    till.wait(3600)
    assert counter.view().phase is BookingPhase.HELD
    assert not counter.view().actions & {BookingAction.PAID_BACK, BookingAction.GIVE_UP}


def test_a_commit_refused_unprocessed_may_be_sent_again_or_given_up(till: BookingRig) -> None:
    till.issuer.word = CommitWord.REFUSED
    counter = till.paid()
    till.wait(1)
    view = counter.view()
    assert view.phase is BookingPhase.NOT_COMMITTED
    assert {BookingAction.SEND_COMMIT, BookingAction.GIVE_UP} <= view.actions
    till.issuer.word = None
    counter.send_commit("lan")
    till.wait(60)
    assert counter.view().phase is BookingPhase.DONE
    assert len(till.issuer.bookings[NUMBER].paid) == 1


def test_403_or_404_three_times_and_it_is_held(till: BookingRig) -> None:
    till.paid()
    truth = till.issuer.bookings.pop(NUMBER)
    till.wait(20)
    assert till.payment().state.journey is JourneyFact.HELD
    till.issuer.bookings[NUMBER] = truth
    till.here = False
    till.wait(600)
    assert till.payment().state.journey is JourneyFact.ISSUED
    assert BookingCaseKind.TICKET_TO_GIVE in till.cases()


def test_no_second_payment_while_one_is_open(till: BookingRig) -> None:
    till.issuer.bookings[NUMBER].polls_to_issue = 10_000
    till.paid()
    till.issuer.bookings[NUMBER].payment = till.issuer.bookings[NUMBER].issue = "PENDING"
    second = till.counter()
    with pytest.raises(RuleBroken, match=r"rule\.booking_open"):
        second.order("mai")


def test_a_used_voucher_of_a_payment_given_up_is_a_managers(till: BookingRig) -> None:
    counter = till.counter()
    counter.try_voucher(CODE)
    counter.redeem("lan")
    counter.give_up("lan")
    assert counter.view().closed
    assert till.cases() == {BookingCaseKind.VOUCHER_USED_NOT_PAID}
    again = till.counter()
    assert (again.view().applied_vnd, again.view().shown_vnd) == (OFF_VND, PRICE_VND - OFF_VND)
    assert BookingAction.TRY_VOUCHER not in again.view().actions
    again.order("lan")
    again.money_taken("lan")
    till.wait(60)
    assert (again.view().phase, till.payment().taken_vnd) == (BookingPhase.DONE, PRICE_VND - OFF_VND)


def test_money_taken_and_no_commit_is_said_to_everybody_after_a_minute(till: BookingRig) -> None:
    counter = till.counter()
    counter.order("lan")
    till.ports.plan = {len(till.ports.visited) + 2: "not_sent"}
    counter.money_taken("lan")
    assert counter.view().phase is BookingPhase.NOT_COMMITTED
    till.wait(61)
    assert till.cases() == {BookingCaseKind.NOT_COMMITTED}
    counter.give_up("lan")
    assert till.payment().state.money is MoneyFact.TAKEN
    counter.paid_back("lan")
    assert till.cases() == set()


def test_nothing_is_begun_two_minutes_before_the_deadline(till: BookingRig) -> None:
    counter = till.counter()
    counter.order("lan")
    till.clock.pass_s(30 * 3600 - 119)
    with pytest.raises(RuleBroken, match=r"booking\.too_late"):
        counter.money_taken("lan")
    assert till.issuer.commits == []


def test_a_start_after_the_plug_was_pulled_in_a_commit_shows_a_question_before_anything_is_asked(
    till: BookingRig,
) -> None:
    counter = till.counter()
    counter.order("lan")
    till.ports.plan = {len(till.ports.visited) + 5: "crash_after"}
    with pytest.raises(Crash):
        counter.money_taken("lan")
    assert till.ports.visited[-1] == "commit"
    assert till.payment().state.journey is JourneyFact.IN_FLIGHT
    till.restart()
    till.recover()
    view = BookingCounter.resume(till.desk, till.payment()).view()
    assert view.phase is BookingPhase.WAITING
    assert not view.actions & {BookingAction.SEND_COMMIT, BookingAction.GIVE_UP, BookingAction.PAID_BACK}
    till.wait(60)
    assert till.payment().state.journey is JourneyFact.ISSUED
    assert len(till.issuer.commits) == 1


def test_a_manager_who_settles_while_the_till_asks_has_the_word(till: BookingRig) -> None:
    till.issuer.bookings[NUMBER].polls_to_issue = 10_000
    till.paid()
    till.wait(16 * 60)
    payment = till.payment()

    def settled() -> None:
        settle(till.desk, payment.id, manager="Hoa", closure="support", finding=Finding.ISSUED)

    till.issuer.before["await_end"] = [settled]
    till.poller.ask(payment, "till")
    assert till.payment().state.journey is JourneyFact.ISSUED
    assert BookingCaseKind.TICKET_TO_GIVE in till.cases()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_slip_calls_nothing_issued_before_it_is(till: BookingRig, language: str) -> None:
    """Set aside, the customer leaves with "waiting"; the ticket's slip is then no copy, a later one is."""
    till.issuer.bookings[NUMBER].polls_to_issue = 4
    till.here = False
    counter = till.paid(code=CODE)
    counter.set_aside("lan")
    words = Translator(language)
    assert words.t("slip.booking_waiting") in _slip(till, 0, words)
    till.wait(120)
    assert till.payment().state.journey is JourneyFact.ISSUED
    ticket = _slip(till, 1, words)
    assert words.t("slip.booking_issued") in ticket
    assert words.t("slip.copy", number=1) not in ticket
    assert {words.money(PRICE_VND - OFF_VND), "738-1", NUMBER, f"-{words.money(OFF_VND)}"} <= set(ticket)
    assert not any(CODE in text for text in ticket)
    counter.reprint("lan")
    assert words.t("slip.copy", number=2) in _slip(till, 2, words)


def _slip(till: BookingRig, copy: int, words: Translator) -> list[str]:
    """Everything written on the slip of that number."""
    payment = till.payment()
    stored = till.journal.bill(payment.bill_number)
    assert stored is not None
    assert [job.copy for job in till.store.slips(payment.bill_number)] == list(range(copy + 1))
    facts = SlipFacts("Shop", "T2", Environment.PRODUCTION, {}, copy=copy)
    items = booking_slip(stored, payment, facts, words).items
    texts = [item.text for item in items if isinstance(item, Text)]
    columns = [text for item in items if isinstance(item, Columns) for text in (item.left, item.right)]
    return texts + columns
