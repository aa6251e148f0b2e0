"""A bill before anything is sent: what a scan, a total, a second thought do, and what the screen says at each step."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pos.domain.bill import SkuLine
from pos.domain.errors import JournalUnavailable
from pos.domain.reasons import Reason
from pos.domain.voucher import CallRefused, Detail, NotUsable, Usable
from pos.till.lines import Line
from pos.till.views import LineStatus, Phase
from tests.till.fake_issuer import WORTH_VND, FakeIssuer
from tests.till.hand_clock import HandClock
from tests.till.rig import TOTAL_VND, Rig, voucher
from tests.till.screen import Screen

A, B, C = "4471902835", "880213457719", "5550000000012"
MILK, RICE = SkuLine("MILK", 2, 12_000), SkuLine("RICE", 1, 90_000)


@pytest.fixture
def screen(till: Rig) -> Screen:
    return Screen(till)


# ---------------------------------------------------------------- scanning


def test_a_scan_is_shown_as_running_and_then_with_its_worth(screen: Screen, clock: HandClock) -> None:
    """The cashier sees at once that something runs and since when, then what the voucher takes off."""
    screen.bill.scan(A)
    assert [view.since_mono_s for view in screen.views] == [clock.mono_s(), None]
    assert screen.story() == ["draft* checking", "draft usable"]
    line = screen.line(A)
    assert (line.number, line.ending, line.provider, line.status) == (1, "2835", "Got It", LineStatus.USABLE)
    assert (line.worth_vnd, line.amount_vnd, line.lost_vnd) == (WORTH_VND, WORTH_VND, 0)
    assert (line.declared, line.needs_value, line.reason, line.redeems) == (False, False, None, ())
    assert line.checked_utc == clock.now_utc()
    last = screen.last
    assert (last.key, last.number, last.total_vnd, last.phase) == ("key", "B1", TOTAL_VND, Phase.DRAFT)
    assert (last.voucher_vnd, last.waiting_vnd, last.left_vnd, last.lost_vnd) == (WORTH_VND, 0, 165_000, 0)
    assert (last.confirm_loss, last.offer, last.set_aside, last.transaction_id) == (0, None, False, None)
    assert (last.busy, last.can_set_aside, last.inquiries, last.next_inquiry_mono_s) == (False, False, 0, None)


def test_the_panel_speaks_of_the_last_scan(screen: Screen) -> None:
    for code in (A, B):
        screen.bill.scan(code)
        assert screen.focus == code[-4:]


def test_the_same_code_twice_points_at_the_line_that_is_there(screen: Screen, issuer: FakeIssuer) -> None:
    """It is neither added nor asked about again; the next command ends the message."""
    screen.bill.scan(A)
    screen.bill.scan(B)
    asked = len(issuer.calls)
    screen.bill.scan(A)
    assert screen.message() == ("scan.already_on_bill", {"ending": "2835"})
    assert (screen.focus, len(screen.last.lines), len(issuer.calls)) == ("2835", 2, asked)
    screen.bill.scan_code(voucher(C))
    assert screen.message() is None


@pytest.mark.parametrize(
    ("text", "code"),
    [("123", "scan.too_short"), ("https://v.gotit.vn/x", "scan.web_address"), ("", "scan.empty"),
     ("https://a:1:2/3", "scan.web_address")],
)  # fmt: skip
def test_a_scan_that_is_no_code_says_why_and_asks_nobody(
    screen: Screen, issuer: FakeIssuer, text: str, code: str
) -> None:
    screen.bill.scan(text)
    assert screen.message() == (code, {})
    assert issuer.calls == []
    screen.bill.acknowledge()
    assert screen.message() is None


def test_a_bill_takes_as_many_vouchers_as_the_contract_allows(till: Rig, issuer: FakeIssuer) -> None:
    """The twentieth is taken, the next one is not and says how many."""
    screen = Screen(till, total_vnd=50_000_000)
    for nth in range(20):
        screen.bill.scan(f"55500000{nth:02d}")
        assert screen.message() is None
    screen.bill.scan(A)
    assert screen.message() == ("scan.bill_full", {"max": 20})
    assert len(screen.last.lines) == 20


def test_after_five_unknown_codes_a_manager_is_called(screen: Screen, issuer: FakeIssuer) -> None:
    """Four may be bad luck; a known one in between starts the count anew."""
    for nth in range(4):
        issuer.vouchers[f"66600000{nth:02d}"].refused = Reason.CODE_UNKNOWN
        screen.bill.scan(f"66600000{nth:02d}")
    screen.bill.scan(A)
    for nth in range(4, 9):
        issuer.vouchers[f"66600000{nth:02d}"].refused = (Reason.CODE_WRONG, Reason.CODE_UNKNOWN)[nth % 2]
        screen.bill.scan(f"66600000{nth:02d}")
        assert screen.message() is None
    screen.bill.scan(B)
    assert screen.message() == ("guard.too_many_unknown", {})
    assert len(screen.last.lines) == 10


def test_the_shops_own_bill_is_scanned_with_number_and_total(screen: Screen) -> None:
    """`BILL:number:total`, colons in the number included."""
    screen.bill.scan("BILL:HN-7:8:265.000")
    assert (screen.last.number, screen.last.total_vnd) == ("HN-7:8", 265_000)
    screen.bill.scan("BILL::9")
    assert screen.message() == ("bill.number_missing", {})
    screen.bill.scan("BILL:X:much")
    assert screen.message() == ("amount.unreadable", {})
    assert (screen.last.number, screen.last.total_vnd) == ("HN-7:8", 265_000)


def test_goods_are_scanned_one_or_many_and_add_up(screen: Screen) -> None:
    screen.bill.scan("MILK:1:12000")
    screen.bill.scan("MILK:1:12.000; RICE:1:90000;\n")
    assert screen.last.skus == (MILK, RICE)
    screen.bill.add_sku("MILK:1")
    assert screen.message() == ("sku.unreadable", {})
    screen.bill.add_sku("MILK:1:13000")
    assert screen.message() == ("sku.two_prices", {"sku": "MILK"})
    screen.bill.acknowledge()
    assert screen.message() is None
    assert screen.last.skus == (MILK, RICE)


# ---------------------------------------------------------------- checking


def test_other_goods_need_another_answer(screen: Screen, issuer: FakeIssuer) -> None:
    """A refused voucher may fit now and a usable one may not: both are asked about anew, once each."""
    issuer.vouchers[B].refused = Reason.NEEDS_SKUS
    screen.bill.scan(A)
    screen.bill.scan(B)
    assert screen.line(B).status is LineStatus.REFUSED
    issuer.vouchers[B].refused = None
    issuer.vouchers[A].refused = Reason.SKU_NO_MATCH
    asked = issuer.count("check")
    screen.bill.set_total(TOTAL_VND)
    assert issuer.count("check") == asked
    screen.bill.scan("MILK:1:12000")
    assert issuer.count("check") == asked + 2
    assert (screen.line(A).status, screen.line(B).status) == (LineStatus.REFUSED, LineStatus.USABLE)
    assert screen.line(A).reason is Reason.SKU_NO_MATCH


def test_a_line_that_could_not_be_asked_about_is_not_asked_by_other_goods(screen: Screen, issuer: FakeIssuer) -> None:
    issuer.faults["check"] = ["throttled"]
    screen.bill.scan(A)
    asked = issuer.count("check")
    screen.bill.scan("MILK:1:12000")
    assert issuer.count("check") == asked


@pytest.mark.parametrize(
    ("fault", "reason", "phase"),
    [("not_sent", Reason.OFFLINE, Phase.OFFERED), ("lost_before", Reason.ASKING_FAILED, Phase.OFFERED),
     ("throttled", Reason.THROTTLED, Phase.DRAFT), ("setup", Reason.ASKING_FAILED, Phase.DRAFT)],
)  # fmt: skip
def test_a_check_without_an_answer_says_what_went_wrong(
    screen: Screen, issuer: FakeIssuer, fault: str, reason: Reason, phase: Phase
) -> None:
    """Offline the policy speaks; a set-up fault is told for the whole bill; asking again ends it all."""
    issuer.faults["check"] = [fault]
    screen.bill.scan(A)
    line = screen.line(A)
    assert (line.status, line.reason, line.needs_value) == (LineStatus.UNCHECKED, reason, True)
    assert screen.last.phase is phase
    assert screen.message() == (("gotit.pin_wrong", {}) if fault == "setup" else None)
    screen.story()
    screen.bill.check_again(line.id)
    assert screen.story()[1:] == [f"{phase.value}* checking", "draft usable"] or fault == "setup"
    assert (screen.line(A).status, screen.line(A).reason, screen.message()) == (LineStatus.USABLE, None, None)
    assert screen.last.offer is None


def test_asking_again_about_one_line_turns_to_it(screen: Screen, issuer: FakeIssuer) -> None:
    """And asks about the others together with it, for it may not go with them."""
    screen.bill.scan(A)
    screen.bill.scan(B)
    together = issuer.count("check_together")
    issuer.vouchers[A].worth_vnd = 50_000
    screen.bill.set_total(TOTAL_VND - 1)
    screen.bill.check_again(screen.line(A).id)
    assert (screen.focus, screen.line(A).worth_vnd) == ("2835", 50_000)
    assert issuer.count("check_together") == together + 1
    calls = len(issuer.calls)
    screen.bill.check_again("no such line")
    assert len(issuer.calls) == calls


def test_vouchers_that_do_not_go_together_blame_the_one_the_issuer_named(screen: Screen, issuer: FakeIssuer) -> None:
    """The panel turns to it and nothing is sent; without it the others are asked about together again."""
    screen.bill.scan(A)
    screen.bill.scan(B)
    issuer.faults["check_together"] = [CallRefused(Reason.STACK_CASH, Detail(code="254"), voucher(A))]
    screen.bill.scan(C)
    line = screen.line(A)
    assert (line.status, line.reason, line.detail.code) == (LineStatus.REFUSED, Reason.STACK_CASH, "254")
    assert screen.focus == "2835"
    assert [screen.line(code).status for code in (B, C)] == [LineStatus.USABLE] * 2
    assert (screen.last.voucher_vnd, screen.last.left_vnd) == (200_000, 65_000)


def test_a_refusal_of_all_together_that_names_nobody_blames_the_last(screen: Screen, issuer: FakeIssuer) -> None:
    screen.bill.scan(A)
    issuer.faults["check_together"] = [CallRefused(Reason.STACK_CASH)]
    screen.bill.scan(B)
    assert (screen.line(A).status, screen.line(B).status) == (LineStatus.USABLE, LineStatus.REFUSED)


def test_two_are_asked_about_together_once_for_one_bill(screen: Screen, issuer: FakeIssuer) -> None:
    """One needs no joint check; two do, with the goods of both; the confirm does not repeat it."""
    screen.bill.scan(A)
    assert issuer.count("check_together") == 0
    screen.bill.scan(B)
    assert issuer.count("check_together") == 1
    screen.bill.confirm(loss_accepted=True)
    assert issuer.count("check_together") == 1
    assert screen.last.phase is Phase.DONE


def test_another_total_is_asked_about_anew_before_it_is_sent(screen: Screen, issuer: FakeIssuer) -> None:
    """A voucher may need a least total: what was said for another one counts no more."""
    screen.bill.scan(A)
    screen.bill.scan(B)
    screen.bill.set_total(240_000)
    checks, together = issuer.count("check"), issuer.count("check_together")
    screen.bill.confirm(loss_accepted=True)
    assert (issuer.count("check"), issuer.count("check_together")) == (checks + 2, together + 1)
    assert screen.last.phase is Phase.DONE


def test_a_joint_check_that_fails_leaves_the_word_to_mark_use(screen: Screen, issuer: FakeIssuer) -> None:
    screen.bill.scan(A)
    issuer.faults["check_together"] = ["lost_before", "lost_before"]
    screen.bill.scan(B)
    screen.bill.confirm(loss_accepted=True)
    assert screen.last.phase is Phase.DONE


def test_a_look_at_a_voucher_puts_it_on_no_bill(screen: Screen, till: Rig, issuer: FakeIssuer) -> None:
    """And says where this till has taken it already."""
    line: Line = screen.bill.check_only(voucher(A))
    assert isinstance(line.answer, Usable)
    assert screen.bill.view().lines == ()
    till.sold(B, number="B7")
    asked = issuer.count("check")
    taken = screen.bill.check_only(voucher(B))
    assert taken.answer == NotUsable(Reason.ALREADY_TAKEN_HERE, Detail(bill_number="B7"))
    assert issuer.count("check") == asked


def test_a_check_that_cannot_be_remembered_is_a_check_all_the_same(
    screen: Screen, till: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full: the voucher is usable, and the cashier hears of the disk."""

    def full(*_: object) -> None:
        raise JournalUnavailable("journal.full")

    monkeypatch.setattr(till.journal, "remember_check", full)
    screen.bill.scan(A)
    assert (screen.line(A).status, screen.message()) == (LineStatus.USABLE, ("journal.full", {}))


# ---------------------------------------------------------------- second thoughts


def test_a_voucher_taken_off_gives_the_panel_to_the_last_one_left(screen: Screen, issuer: FakeIssuer) -> None:
    """Its share goes to the others, and the rest is asked about together again."""
    for code in (A, B, C):
        screen.bill.scan(code)
    assert screen.line(C).amount_vnd == 65_000
    screen.bill.remove_line(screen.line(A).id)
    assert [line.ending for line in screen.last.lines] == [B[-4:], C[-4:]]
    assert (screen.focus, screen.line(C).amount_vnd) == (C[-4:], WORTH_VND)
    together = issuer.count("check_together")
    screen.bill.confirm(loss_accepted=True)
    assert issuer.count("check_together") == together + 1
    screen.bill.remove_line("no such line")


def test_the_last_voucher_taken_off_leaves_an_empty_draft(screen: Screen, issuer: FakeIssuer) -> None:
    issuer.cable_in = False
    screen.bill.scan(A)
    assert screen.last.phase is Phase.OFFERED
    screen.bill.remove_line(screen.line(A).id)
    assert (screen.last.phase, screen.last.lines, screen.last.focus, screen.last.offer) == (Phase.DRAFT, (), None, None)


def test_number_and_goods_change_while_nothing_was_sent(screen: Screen, till: Rig) -> None:
    screen.bill.set_number("  HN-9 ")
    assert screen.last.number == "HN-9"
    screen.bill.set_number("")
    assert screen.message() == ("bill.number_missing", {})
    screen.bill.change_draft(90_000, (RICE,))
    assert screen.message() is None
    assert (screen.last.total_vnd, screen.last.skus) == (90_000, (RICE,))
    till.sold(A, number="OLD")
    screen.bill.set_number("OLD")
    assert (screen.message(), screen.last.number) == (("bill.number_taken", {}), "HN-9")


def test_a_bill_that_stands_in_the_journal_keeps_its_number(screen: Screen, issuer: FakeIssuer) -> None:
    """Unsent, its total may still change; sent, nothing of it may."""
    screen.bill.scan(A)
    issuer.cable_in = False
    screen.bill.confirm()
    screen.bill.set_number("OTHER")
    assert screen.message() == ("bill.already_sent", {})
    issuer.cable_in = True
    screen.bill.confirm(loss_accepted=True)
    screen.bill.set_total(1)
    assert (screen.message(), screen.last.total_vnd) == (("bill.already_sent", {}), TOTAL_VND)


def test_worth_to_be_lost_is_asked_about_once(screen: Screen, issuer: FakeIssuer) -> None:
    """The amount is named, nothing is sent; another total takes the question back."""
    screen.bill.set_total(70_000)
    screen.bill.scan(A)
    screen.bill.confirm()
    assert (screen.last.confirm_loss, screen.last.lost_vnd, screen.last.phase) == (30_000, 30_000, Phase.DRAFT)
    assert issuer.changing() == []
    screen.bill.set_total(80_000)
    assert screen.last.confirm_loss == 0
    screen.bill.confirm()
    assert screen.last.confirm_loss == 20_000
    screen.bill.confirm(loss_accepted=True)
    assert (screen.last.phase, screen.line(A).lost_vnd) == (Phase.DONE, 20_000)


@pytest.mark.parametrize(("total_vnd", "goes"), [(0, False), (1, True)])
def test_a_bill_without_a_total_is_not_sent(screen: Screen, issuer: FakeIssuer, total_vnd: int, goes: bool) -> None:
    screen.bill.set_total(total_vnd)
    screen.bill.scan(A)
    screen.bill.confirm(loss_accepted=True)
    assert bool(issuer.changing()) is goes
    assert screen.message() == (None if goes else ("bill.total_missing", {}))


def test_an_empty_bill_has_nothing_to_confirm(screen: Screen) -> None:
    screen.bill.confirm()
    assert screen.message() == ("confirm.nothing", {})
    screen.bill.drop()
    assert screen.message() is None


def test_a_face_value_is_declared_only_where_nobody_knows_better(screen: Screen, issuer: FakeIssuer) -> None:
    """On a line without an answer it counts and is marked as declared; a checked line keeps the issuer's word."""
    screen.bill.scan(A)
    screen.bill.declare(screen.line(A).id, 7)
    assert (screen.line(A).worth_vnd, screen.line(A).declared) == (WORTH_VND, False)
    issuer.cable_in = False
    screen.bill.scan(B)
    screen.bill.scan(C)
    screen.bill.declare(screen.line(B).id, 150_000)
    line = screen.line(B)
    assert (screen.focus, line.worth_vnd, line.declared, line.needs_value) == (B[-4:], 150_000, True, False)
    screen.bill.declare(screen.line(B).id, 0)
    assert (screen.line(B).worth_vnd, screen.line(B).needs_value) == (None, True)
    screen.bill.declare("no such line", 5)


def test_the_same_look_twice_is_told_once_unless_somebody_opens_the_bill_anew(screen: Screen) -> None:
    screen.bill.scan(A)
    told = len(screen.views)
    screen.bill.publish()
    assert len(screen.views) == told
    screen.bill.show_again()
    assert len(screen.views) == told + 1


def test_refused_drafts_are_kept_for_the_days_review_once(screen: Screen, till: Rig, issuer: FakeIssuer) -> None:
    """The same refusal of the same voucher is one row, however often it was scanned; a taken code tells elsewhere."""
    issuer.vouchers[A].refused = Reason.EXPIRED
    screen.bill.scan(A)
    assert (screen.bill.refused_drafts(), screen.bill.has_code(voucher(A))) == (True, True)
    assert [line.ending for line in screen.bill.drafts()] == ["2835"]
    screen.bill.record_refusals()
    row = till.row()
    assert (row.reason, row.worth_vnd, row.amount_vnd, row.lost_vnd, row.reserving) == (
        Reason.EXPIRED,
        None,
        0,
        0,
        False,
    )
    assert (row.provider, row.position, row.code) == ("gotit", 0, voucher(A))
    assert (screen.bill.refused_drafts(), screen.bill.has_code(voucher(A)), screen.bill.drafts()) == (False, False, ())
    screen.bill.scan(A)
    screen.bill.record_refusals()
    assert len(till.journal.redemptions_of("B1")) == 1
    issuer.vouchers[A].refused = Reason.CANCELLED
    screen.bill.scan(A)
    screen.bill.record_refusals()
    assert [row.reason for row in till.journal.redemptions_of("B1")] == [Reason.EXPIRED, Reason.CANCELLED]
    till.sold(B, number="B2")
    screen.bill.scan(B)
    screen.bill.record_refusals()
    assert len(till.journal.redemptions_of("B1")) == 2


def test_a_refusal_of_three_that_names_nobody_blames_the_last_scanned(screen: Screen, issuer: FakeIssuer) -> None:
    """And not one more is asked about together than one call takes."""
    issuer.capabilities = replace(issuer.capabilities, max_codes=2)
    screen.bill.scan(A)
    screen.bill.scan(B)
    issuer.faults["check_together"] = [CallRefused(Reason.STACK_CASH)]
    screen.bill.scan(C)
    assert [line.status for line in screen.last.lines] == [LineStatus.USABLE] * 2 + [LineStatus.REFUSED]
    assert all(len(call.endings) <= 2 for call in issuer.calls)


def test_what_stands_in_the_journal_is_not_blamed_by_a_joint_check(screen: Screen, issuer: FakeIssuer) -> None:
    """Its own effect may be what speaks against it: mark-use gives the verdict."""
    issuer.faults["mark_used"] = ["setup"]
    screen.bill.scan(A)
    screen.bill.scan(B)
    screen.bill.confirm()
    screen.bill.set_total(240_000)
    issuer.faults["check_together"] = [CallRefused(Reason.ALREADY_USED, culprit=voucher(A))]
    screen.bill.confirm(loss_accepted=True)
    assert screen.last.phase is Phase.DONE


def test_nothing_is_sent_when_the_joint_check_at_the_confirm_says_no(screen: Screen, issuer: FakeIssuer) -> None:
    """Another total, another answer: the cashier sees who is blamed, at once."""
    screen.bill.scan(A)
    screen.bill.scan(B)
    screen.bill.set_total(240_000)
    issuer.faults["check_together"] = [CallRefused(Reason.STACK_CASH, culprit=voucher(B))]
    screen.bill.confirm(loss_accepted=True)
    assert issuer.changing() == []
    assert (screen.line(B).status, screen.focus) == (LineStatus.REFUSED, B[-4:])


def test_a_confirm_and_an_acceptance_take_the_last_message_away(screen: Screen, issuer: FakeIssuer) -> None:
    screen.bill.scan(A)
    screen.bill.scan("https://v.gotit.vn/x")
    screen.bill.confirm(loss_accepted=True)
    assert (screen.message(), screen.last.phase) == (None, Phase.DONE)
    issuer.cable_in = False
    screen.bill.scan(B)
    screen.bill.scan("https://v.gotit.vn/x")
    screen.bill.accept_offline()
    assert screen.message() is None
