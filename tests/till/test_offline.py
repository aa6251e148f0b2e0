"""Taking vouchers without the issuer's word: the written policy at the counter, to the second and to the đồng."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pos.domain.errors import JournalUnavailable
from pos.domain.offline_policy import Ground
from pos.domain.reasons import Reason
from pos.domain.redemption import DONE, UNSENT_GIVEN
from pos.till.counter import CounterBill
from pos.till.ports import JournalTx, Person, PrintState, Role
from pos.till.views import OfflineOffer, Phase, Verdict
from tests.till.fake_issuer import FakeIssuer
from tests.till.hand_clock import HandClock
from tests.till.rig import Rig

A, B = "4471902835", "880213457719"
HOA = Person("2", "Hoa", Role.MANAGER)
DAY_S = 24 * 3600


def offered(till: Rig, issuer: FakeIssuer, code: str = A, *, worth_vnd: int, age_s: float = 0, number: str = "B1"
            ) -> tuple[CounterBill, OfflineOffer]:  # fmt: skip
    """A voucher checked `age_s` seconds before the network went."""
    assert isinstance(till.clock, HandClock)
    issuer.cable_in = True
    issuer.vouchers[code].worth_vnd = worth_vnd
    bill = till.bill(number, 50_000_000)
    bill.scan(code)
    till.clock.pass_s(age_s)
    issuer.cable_in = False
    bill.confirm()
    offer = bill.view().offer
    assert offer is not None
    return bill, offer


@pytest.mark.parametrize(
    ("worth_vnd", "age_s", "verdict", "grounds"),
    [
        (500_000, 0, Verdict.ACCEPT, ()),
        (500_001, 0, Verdict.NEEDS_MANAGER, (Ground.AMOUNT,)),
        (2_000_000, 0, Verdict.NEEDS_MANAGER, (Ground.AMOUNT,)),
        (2_000_001, 0, Verdict.REFUSE, (Ground.AMOUNT,)),
        (500_000, 900, Verdict.ACCEPT, ()),
        (200_000, 901, Verdict.NEEDS_MANAGER, (Ground.NEVER_CHECKED,)),
        (200_001, 901, Verdict.REFUSE, (Ground.AMOUNT,)),
    ],
)
def test_checked_vouchers(
    till: Rig, issuer: FakeIssuer, worth_vnd: int, age_s: float, verdict: Verdict, grounds: tuple[Ground, ...]
) -> None:
    """Alone up to 500,000 within 15 min, a manager up to 2,000,000; older counts as never checked."""
    bill, offer = offered(till, issuer, worth_vnd=worth_vnd, age_s=age_s)
    assert (offer.verdict, offer.grounds) == (verdict, grounds)
    bill.accept_offline()
    assert (till.journal.risk().count == 1) == (verdict is Verdict.ACCEPT)
    bill.accept_offline(HOA)
    assert (till.journal.risk().count == 1) == (verdict is not Verdict.REFUSE)


def test_the_sum_at_risk_counts_all_bills_and_this_bill_s_other_vouchers(till: Rig, issuer: FakeIssuer) -> None:
    """2,000,000 alone, 5,000,000 with a manager; one đồng more is refused."""
    for nth in range(4):
        bill, _ = offered(till, issuer, f"55500000{nth:02d}", worth_vnd=500_000, number=f"S{nth}")
        bill.accept_offline()
    assert till.journal.risk().sum_vnd == 2_000_000
    bill, offer = offered(till, issuer, worth_vnd=1_000)
    assert (offer.verdict, offer.grounds) == (Verdict.NEEDS_MANAGER, (Ground.SUM,))
    for nth in range(4, 6):
        bill, _ = offered(till, issuer, f"55500000{nth:02d}", worth_vnd=1_500_000, number=f"S{nth}")
        bill.accept_offline(HOA)
    assert till.journal.risk().sum_vnd == 5_000_000
    bill, offer = offered(till, issuer, B, worth_vnd=1_000, number="B2")
    assert (offer.verdict, offer.grounds) == (Verdict.REFUSE, (Ground.SUM,))
    assert (offer.at_risk_count, offer.at_risk_vnd) == (6, 5_000_000)


@pytest.mark.parametrize(
    ("age_s", "verdict"),
    [(DAY_S - 60, Verdict.ACCEPT), (DAY_S + 60, Verdict.NEEDS_MANAGER), (3 * DAY_S + 60, Verdict.REFUSE)],
)
def test_the_oldest_unsettled_row_limits_the_next(
    till: Rig, issuer: FakeIssuer, clock: HandClock, age_s: float, verdict: Verdict
) -> None:
    """24 h alone, 72 h with a manager."""
    bill, _ = offered(till, issuer, worth_vnd=100_000)
    bill.accept_offline()
    clock.pass_s(age_s)
    _, offer = offered(till, issuer, B, worth_vnd=100_000, number="B2")
    assert offer.verdict is verdict


def test_a_voucher_never_checked_needs_its_declared_value_and_a_manager(till: Rig, issuer: FakeIssuer) -> None:
    """No value: refused. Declared up to 200,000: a manager. The slip and the queue hold the declared amount."""
    issuer.cable_in = False
    bill = till.bill()
    bill.scan(A)
    (line,) = bill.view().lines
    assert line.needs_value
    assert (offer := bill.view().offer) is not None
    assert (offer.verdict, offer.grounds) == (Verdict.REFUSE, (Ground.NO_VALUE,))
    bill.declare(line.id, 200_000)
    assert (offer := bill.view().offer) is not None
    assert offer.verdict is Verdict.NEEDS_MANAGER
    bill.accept_offline()
    assert till.journal.risk().count == 0
    bill.accept_offline(HOA)
    assert till.row().state == UNSENT_GIVEN
    assert (till.row().declared, till.row().worth_vnd) == (True, 200_000)
    issuer.cable_in, issuer.vouchers[A].worth_vnd = True, 200_000
    till.settle_to_rest()
    assert till.row().state == DONE
    assert till.journal.cases() == ()


def test_a_voucher_last_seen_as_no_good_is_never_taken(till: Rig, issuer: FakeIssuer) -> None:
    """The last check said no: no PIN helps."""
    issuer.vouchers[A].refused = Reason.EXPIRED
    till.bill("B0").scan(A)
    issuer.cable_in = False
    bill = till.bill()
    bill.scan(A)
    bill.declare(bill.view().lines[0].id, 50_000)
    assert (offer := bill.view().offer) is not None
    assert (offer.verdict, offer.grounds) == (Verdict.REFUSE, (Ground.CHECK_REFUSED,))
    bill.accept_offline(HOA)
    assert till.journal.risk().count == 0


def test_a_clock_set_back_stops_offline_acceptance_until_the_issuer_agrees_again(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """Ages cannot be trusted; online goes on."""
    bill, offer = offered(till, issuer, worth_vnd=100_000)
    assert offer.verdict is Verdict.ACCEPT
    clock.jump_s(-3600)
    bill.accept_offline()
    assert till.journal.risk().count == 0
    bill, offer = offered(till, issuer, B, worth_vnd=100_000, number="B2")
    assert offer.verdict is Verdict.ACCEPT, "the issuer's Date agreed with the clock that was set"


def test_a_start_with_a_clock_before_the_last_record_is_noticed(
    till: Rig, issuer: FakeIssuer, clock: HandClock
) -> None:
    """A dead battery: the till starts in the past."""
    till.sold(A)
    clock.jump_s(-7200)
    till.restart()
    view = till.issuers.watch.view()
    assert (view.trusted, view.jumped_back) == (False, True)


def test_a_bill_is_taken_whole_or_not_at_all(till: Rig, issuer: FakeIssuer) -> None:
    """One voucher over the limit keeps the others back too; one slip for all."""
    issuer.vouchers[B].worth_vnd = 2_500_000
    bill = till.bill(total_vnd=9_000_000)
    bill.scan(A)
    bill.scan(B)
    issuer.cable_in = False
    bill.confirm()
    bill.accept_offline(HOA)
    assert till.journal.risk().count == 0
    bill.remove_line(bill.view().lines[1].id)
    bill.accept_offline(HOA)
    assert till.journal.risk().count == 1
    assert len(till.journal.print_jobs(states=[PrintState.PENDING])) == 1
    assert bill.view().phase is Phase.ACCEPTED_OFFLINE


def test_another_provider_s_rule_is_kept(till: Rig, issuer: FakeIssuer) -> None:
    """An issuer whose vouchers need its answer is never offline."""
    issuer.capabilities = type(issuer.capabilities)("X", offline=False, reserving=False, max_codes=20)
    _, offer = offered(till, issuer, worth_vnd=1_000)
    assert (offer.verdict, offer.grounds) == (Verdict.REFUSE, (Ground.PROVIDER,))


def test_what_was_accepted_is_in_the_audit_chain_with_its_facts(till: Rig, issuer: FakeIssuer) -> None:
    """Who, how much, how old the check was, what the risk was, and which manager."""
    bill, _ = offered(till, issuer, worth_vnd=700_000, age_s=100)
    bill.accept_offline(HOA)
    facts = [text for text in _audit(till) if "offline_accepted" in text]
    assert len(facts) == 1
    for word in ('"manager":"Hoa"', '"checked_age_s":100', '"worth_vnd":700000', '"alone":false'):
        assert word in facts[0]


def _audit(till: Rig) -> list[str]:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(till.folder / "journal.db")) as reader:
        return [row[0] for row in reader.execute("SELECT facts FROM audit ORDER BY seq")]


def test_this_bill_s_vouchers_count_together(till: Rig, issuer: FakeIssuer) -> None:
    """Five times 500,000 on one bill: over 2,000,000 together, a manager's word is needed."""
    bill = till.bill(total_vnd=9_000_000)
    for nth in range(5):
        issuer.vouchers[f"55500000{nth:02d}"].worth_vnd = 500_000
        bill.scan(f"55500000{nth:02d}")
    issuer.cable_in = False
    bill.confirm()
    assert (offer := bill.view().offer) is not None
    assert (offer.verdict, offer.grounds) == (Verdict.NEEDS_MANAGER, (Ground.SUM,))


def test_two_bills_offering_the_same_code_take_it_once(till: Rig, issuer: FakeIssuer) -> None:
    """The first acceptance decides; the second is refused, manager or not."""
    first, second = till.bill("B1"), till.bill("B2")
    first.scan(A)
    second.scan(A)
    issuer.cable_in = False
    first.confirm()
    second.confirm()
    first.accept_offline()
    second.accept_offline(HOA)
    assert till.journal.risk().count == 1
    assert (offer := second.view().offer) is not None
    assert (offer.verdict, offer.grounds) == (Verdict.REFUSE, (Ground.TAKEN_BEFORE,))


def test_a_scan_that_is_answered_ends_the_offer(till: Rig, issuer: FakeIssuer) -> None:
    """The network is back between the lost confirm and the next scan: everything goes online again."""
    issuer.faults["mark_used"] = ["not_sent"]
    bill = till.sold(A)
    assert bill.view().phase is Phase.OFFERED
    bill.scan(B)
    assert bill.view().offer is None


def test_a_voucher_worth_more_than_the_bill_says_what_is_lost_before_it_is_taken_offline(
    till: Rig, issuer: FakeIssuer
) -> None:
    """Nothing on the screen may promise more than the bill takes."""
    issuer.cable_in = False
    bill = till.bill("B1", 30_000)
    bill.scan(A)
    bill.declare(bill.view().lines[0].id, 50_000)

    line = bill.view().lines[0]
    assert (line.amount_vnd, line.lost_vnd) == (30_000, 20_000)
    assert bill.view().left_vnd == 30_000


def test_a_voucher_that_the_issuer_refused_at_the_till_is_not_taken_offline(till: Rig, issuer: FakeIssuer) -> None:
    """Checked usable, then refused when it was to be used: the refusal is the issuer's last word, not the check."""
    bill = till.bill("B1")
    bill.scan(A)
    issuer.vouchers[A].used_for = "another shop's bill"
    bill.confirm()
    assert till.row("B1").reason is Reason.ALREADY_USED
    issuer.cable_in = False
    again = till.bill("B2")
    again.scan(A)
    offer = again.view().offer
    assert offer is not None
    assert (offer.verdict, offer.grounds) == (Verdict.REFUSE, (Ground.CHECK_REFUSED,))


@pytest.mark.parametrize("before", ["unsent", "draft"])
def test_a_commit_that_failed_and_stands_all_the_same_is_shown_as_it_stands(
    till: Rig, issuer: FakeIssuer, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    """An I/O error after the rows were in the file: the value counts as given, the slip prints, the screen says so."""
    if before == "unsent":
        bill, _ = offered(till, issuer, worth_vnd=100_000)
    else:
        bill = till.bill()
        bill.scan(A)
        issuer.cable_in = False
        bill.check_again(bill.view().lines[0].id)
    begin = till.journal.transaction

    @contextmanager
    def failing_late(actor: str) -> Iterator[JournalTx]:
        with begin(actor) as tx:
            yield tx
        raise JournalUnavailable("journal.io")

    with monkeypatch.context() as disk:
        disk.setattr(till.journal, "transaction", failing_late)
        bill.accept_offline()
    view = bill.view()
    assert view.message is not None
    assert view.message.code == "journal.io"
    assert (till.row().state, view.phase) == (UNSENT_GIVEN, Phase.ACCEPTED_OFFLINE)
    assert view.offer is None
