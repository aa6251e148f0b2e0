"""Several issuers at one counter: nobody is asked before a person said whom; a manager ends what nobody can tell."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from pos.i18n import Translator
from pos.till.views import (
    BillChanged,
    BookingScanned,
    CommandFailed,
    IssuerChoice,
    LineStatus,
    Message,
    TakeBackEnded,
)
from pos.ui.app import application, build_window
from pos.ui.booking.page import BookingPage
from pos.ui.config import Choices, UiConfig
from pos.ui.counter.boxes import whole_number
from pos.ui.counter.model import ActionId, Ask
from pos.ui.counter.presenter import CounterPresenter
from pos.ui.shell.presenter import Screen
from pos.ui.signs import Sound
from pos.ui.theme import Tone
from pos.ui.widgets.approval import ApprovalSheet
from pos.ui.widgets.choice import ChoiceSheet
from tests.ui.fake_bookings import FakeBookings
from tests.ui.fake_till import FakeTill, ManualClock, draft
from tests.ui.hands import Hands
from tests.ui.scenes import FIFTY, WHOSE, bill, scenes

VI = Translator("vi")


@pytest.fixture
def at_till(qtbot: QtBot, till: FakeTill, clock: ManualClock) -> Hands:
    """A till whose shop takes redemptions back, and has no page for bookings."""
    return hands_at(qtbot, till, clock)


def hands_at(qtbot: QtBot, till: FakeTill, clock: ManualClock, *pages: BookingPage) -> Hands:
    application()
    config = UiConfig(
        choices=Choices(volume_percent=0), store="03", till="2", mono_s=clock.mono_s, now_utc=clock.now_utc,
        takes_back=True, pages=pages,
    )  # fmt: skip
    window = build_window(till, config)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    hands = Hands(qtbot, window, till, clock)
    hands.sign_in()
    till.commands.clear()
    return hands


def presenter(name: str) -> tuple[CounterPresenter, FakeTill, ManualClock]:
    clock, till = ManualClock(), FakeTill()
    counter = CounterPresenter(till, clock.mono_s)
    counter.start()
    counter.on_bill(draft("k1"))
    counter.on_bill(replace(scenes()[name], key="k1"))
    clock.mono += 1
    till.commands.clear()
    return counter, till, clock


def approve(hands: Hands, reason: str = "đã hỏi các quầy", pin: str = "7391") -> None:
    """The manager's reason and PIN, in the box that is open."""
    box_of(hands).field.setText(reason)
    hands.press("Enter")
    hands.type(pin)
    hands.press("Enter")


def box_of(hands: Hands) -> ApprovalSheet:
    sheet = hands.window.box.sheet
    assert isinstance(sheet, ApprovalSheet)
    return sheet


# ---------------------------------------------------------------- whose voucher


def test_every_row_says_whose_voucher_it_is(at_till: Hands) -> None:
    """Two issuers on one bill are told apart at a glance, and by an assistive tool."""
    at_till.show("several")
    model = at_till.window.counter.model(VI)
    assert model is not None
    assert [row.title for row in model.rows] == ["Got It", "VinID"]
    assert all(row.title in row.spoken for row in model.rows)
    assert model.panel.what.startswith("VinID")


def test_a_code_of_several_issuers_is_asked_of_nobody_until_a_digit_names_one(at_till: Hands) -> None:
    """The question, the issuers with their digits; the digit answers it for this voucher."""
    at_till.show("whose")
    assert at_till.title() == "Mã này của ai?"
    assert {key: label for key, label in at_till.buttons().items() if key.isdigit()} == {"1": "Got It", "2": "VinID"}
    assert at_till.till.commands == []
    at_till.type("2")
    assert at_till.till.commands == [("change_issuer", "k1", "l8", "vinid-evoucher")]


def test_no_reflex_answers_the_question(at_till: Hands) -> None:
    """Enter, letters and other digits name no issuer: shown to the wrong one the voucher is given away."""
    at_till.show("whose-first")
    at_till.press("Enter", "Enter")
    at_till.type("EV3")
    assert at_till.till.commands == []


def test_the_digits_of_a_code_being_typed_are_no_answer() -> None:
    """A question that comes up in the middle of typing waits until the typing has stopped."""
    counter, till, clock = presenter("draft-total")
    counter.on_bill(replace(scenes()["whose-first"], key="k1"))
    for _ in range(6):
        clock.mono += 0.3
        counter.act(ActionId.ISSUER_1)
    assert till.commands == []
    clock.mono += 0.6
    counter.act(ActionId.ISSUER_1)
    assert till.commands == [("change_issuer", "k1", "l8", "gotit")]


def test_scanning_goes_on_while_the_question_stands(at_till: Hands) -> None:
    """The next voucher is not kept waiting by the one before it."""
    at_till.show("whose-first")
    at_till.scan("4471902835")
    assert at_till.till.commands == [("scan", "k1", "4471902835")]


def test_enter_brings_an_open_question_up_instead_of_leaving_its_voucher_behind(at_till: Hands) -> None:
    """A bill is not confirmed without a voucher that the customer handed in and nobody has named the issuer of."""
    at_till.show("whose-waits")
    at_till.press("Enter")
    assert at_till.till.commands == []
    assert at_till.title() == "Mã này của ai?"


def test_after_a_refusal_was_read_an_open_question_comes_up(at_till: Hands) -> None:
    """The panel does not ask for the next voucher while one of this customer's is still nobody's."""
    refused = replace(scenes()["several-refused"].lines[1], number=1)
    at_till.show(bill(WHOSE, refused, focus="l9"))
    at_till.press("Enter")
    assert at_till.title() == "Mã này của ai?"


def test_an_offline_offer_waits_for_the_question_too() -> None:
    """The value is not given away while a voucher of the bill is still nobody's."""
    silent = replace(scenes()["offered-accept"].lines[0], id="l1")
    view = replace(scenes()["offered-accept"], lines=(WHOSE, silent), focus="l1", key="k1")
    counter, _, _ = presenter("draft-total")
    counter.on_bill(view)
    model = counter.model(VI)
    assert model is not None
    assert model.panel.ask is Ask.ISSUER
    assert ActionId.ACCEPT_OFFLINE not in {action.id for action in model.actions}


def test_a_wrong_issuer_is_changed_by_one_key_and_a_digit(at_till: Hands) -> None:
    """Refused because it was another issuer's: its own is one box away."""
    at_till.show("several-refused")
    at_till.press("Ctrl+I")
    assert isinstance(at_till.window.box.sheet, ChoiceSheet)
    at_till.press("Enter")
    assert at_till.till.commands == [], "Enter alone chooses nothing"
    at_till.type("1")
    assert at_till.till.commands == [("change_issuer", "k1", "l9", "gotit")]
    assert not at_till.window.box.is_open


@pytest.mark.parametrize("name", ["sending", "unknown", "done", "decide", "unsent", "finish", "usable-one"])
def test_the_issuer_cannot_be_changed_once_something_was_sent_or_there_is_no_other(name: str) -> None:
    """What an issuer has been told stays with that issuer."""
    counter, _, _ = presenter(name)
    model = counter.model(VI)
    assert model is not None
    assert ActionId.CHANGE_ISSUER not in {action.id for action in model.actions}


def test_more_issuers_than_buttons_are_all_in_the_box() -> None:
    """A fifth issuer can be named too."""
    many = tuple(IssuerChoice(f"i{n}", f"Issuer {n}") for n in range(1, 6))
    counter, _, _ = presenter("draft-total")
    counter.on_bill(replace(bill(replace(WHOSE, choices=many)), key="k1"))
    model = counter.model(VI)
    assert model is not None
    assert ActionId.CHANGE_ISSUER in {action.id for action in model.actions}


# ---------------------------------------------------------------- bookings


def test_a_booking_number_opens_its_page_and_the_bill_stays(qtbot: QtBot, till: FakeTill, clock: ManualClock) -> None:
    """The number is looked up where bookings are paid; back at the counter the bill is as it was, without a message."""
    bookings = FakeBookings()
    hands = hands_at(qtbot, till, clock, BookingPage(bookings, clock.mono_s, clock.now_utc))
    view = hands.show("usable-one")
    till.say(BillChanged(replace(view, message=Message("scan.is_booking", (("number", "ADCO2401010000001"),)))))
    till.say(BookingScanned(view.key, "ADCO2401010000001"))
    hands.settle()
    assert hands.window.shell.screen is Screen.BOOKING
    assert ("look_up", "ADCO2401010000001") in [command[:2] for command in bookings.commands]
    hands.press("F1")
    assert hands.title() == "Dùng được"


def test_a_till_without_that_page_says_so(at_till: Hands) -> None:
    """What was scanned, that nothing happened, and where it can be paid."""
    view = at_till.show("usable-one")
    at_till.till.say(BookingScanned(view.key, "ADCO2401010000001"))
    at_till.settle()
    assert at_till.window.shell.screen is Screen.COUNTER
    verdict = at_till.window.screens.counter_screen.verdict
    assert "Mã đặt chỗ" in verdict._title.text()
    assert "ADCO2401010000001" in verdict._what.text()
    assert "không thanh toán đặt chỗ" in verdict._note.text()


# ---------------------------------------------------------------- the manager decides


def test_an_outcome_nobody_can_tell_hands_nothing_over_and_calls_a_manager(at_till: Hands) -> None:
    """Do not hand over, who cannot say, who decides, with which key; the part is not counted as paid."""
    at_till.show("decide")
    screen = at_till.window.screens.counter_screen
    assert at_till.title() == "Quản lý quyết định"
    assert "Chưa giao hàng" in screen.verdict._what.text()
    assert "VinID không cho biết" in screen.verdict._what.text()
    assert screen.to_pay._value.text() == "215.000\u00a0₫"
    at_till.press("Enter")
    assert at_till.till.commands == []


@pytest.mark.parametrize(("digit", "accept"), [("1", True), ("2", False)])
def test_a_manager_decides_with_reason_and_pin(at_till: Hands, digit: str, accept: bool) -> None:
    """The decision goes to the till with both; the box stays until the till has written it."""
    view = at_till.show("decide")
    at_till.press("Ctrl+D")
    at_till.type(digit)
    approve(at_till)
    assert at_till.till.commands == [("decide", view.number, "l9", accept, "đã hỏi các quầy", "7391")]
    assert at_till.window.box.is_open
    at_till.till.say(BillChanged(replace(scenes()["unconfirmed"], key=view.key)))
    at_till.settle()
    assert not at_till.window.box.is_open


def test_a_wrong_pin_is_told_in_the_box_and_asked_for_again(at_till: Hands) -> None:
    """Nothing was decided; the reason need not be typed twice."""
    at_till.show("decide")
    at_till.press("Ctrl+D")
    at_till.type("1")
    approve(at_till, pin="0000")
    at_till.till.say(CommandFailed("bill", Message("pin.wrong")))
    at_till.settle()
    assert "PIN chưa đúng" in box_of(at_till)._error.text()
    at_till.till.commands.clear()
    at_till.type("7391")
    at_till.press("Enter")
    assert [command[-2:] for command in at_till.till.commands] == [("đã hỏi các quầy", "7391")]


def test_an_accepted_voucher_is_never_shown_as_confirmed() -> None:
    """Handed over at the shop's risk, in another colour and word than the issuer's yes, on the panel and on its row."""
    counter, _, _ = presenter("unconfirmed")
    model = counter.model(VI)
    assert model is not None
    assert model.panel.tone is Tone.OFFLINE
    assert model.panel.title == "Quản lý đã nhận"
    assert "Chưa được VinID xác nhận" in model.panel.what
    assert any("Chưa xác nhận" in point for point in model.panel.points)
    assert [row.tone for row in model.rows] == [Tone.USABLE, Tone.OFFLINE]


def test_a_rejected_voucher_is_not_said_to_be_unused() -> None:
    """The issuer may count it as used: whoever tells the customer "not used" would be wrong."""
    counter, _, _ = presenter("rejected")
    model = counter.model(VI)
    assert model is not None
    assert model.panel.title == "Quản lý từ chối"
    assert "vẫn tính voucher là đã dùng" in model.panel.note


# ---------------------------------------------------------------- taking back


def test_a_finished_bills_voucher_is_taken_back_with_reason_and_pin(at_till: Hands) -> None:
    """One key, what it means, the reason, the PIN; the end stands on the panel and counts for nothing any more."""
    view = at_till.show("may-take-back")
    at_till.press("Ctrl+B")
    approve(at_till, "khách đổi ý")
    assert at_till.till.commands == [("take_back", view.number, "l9", "khách đổi ý", "7391", False)]
    assert "VinID" in box_of(at_till)._says.text()
    at_till.till.say(BillChanged(replace(scenes()["taken-back"], key=view.key)))
    at_till.till.say(TakeBackEnded(view.number, "0002", "done"))
    at_till.settle()
    assert not at_till.window.box.is_open
    assert at_till.title() == "Đã hoàn voucher"
    assert "100.000" in at_till.window.screens.counter_screen.verdict._total.text()


def test_the_customer_owes_what_the_voucher_paid_and_nothing_a_second_time() -> None:
    """The rest of the finished bill, 115,000 đồng, was taken with the goods: only the voucher's part is open again."""
    counter, _, _ = presenter("taken-back")
    model = counter.model(VI)
    assert model is not None
    assert VI.money(100_000) in model.panel.total
    assert VI.money(215_000) not in model.panel.total


def test_what_the_issuer_never_confirmed_is_not_freed_before_the_other_tills_were_asked(at_till: Hands) -> None:
    """Another till may have taken it rightly; the answer goes with the command."""
    at_till.show("unconfirmed")
    at_till.press("Ctrl+B")
    assert isinstance(at_till.window.box.sheet, ChoiceSheet)
    at_till.press("Enter")
    assert isinstance(at_till.window.box.sheet, ChoiceSheet), "Enter alone is no answer"
    at_till.type("1")
    approve(at_till)
    assert at_till.till.commands[0][-1] is True


def test_of_several_vouchers_the_one_that_is_chosen_is_taken_back(at_till: Hands) -> None:
    """The other stays used."""
    lines = scenes()["may-take-back"].lines
    at_till.show(replace(scenes()["may-take-back"], lines=(*lines, replace(lines[1], id="l7", ending="0003"))))
    at_till.press("Ctrl+B")
    at_till.type("2")
    approve(at_till)
    assert at_till.till.commands[0][2] == "l7"


@pytest.mark.parametrize("name", ["done", "taken-back", "closed", "accepted"])
def test_taking_back_is_offered_only_where_the_till_says_it_can_be(name: str) -> None:
    """No key that would only be refused."""
    counter, _, _ = presenter(name)
    model = counter.model(VI)
    assert model is not None
    assert ActionId.TAKE_BACK not in {action.id for action in model.actions}


@pytest.mark.parametrize(
    ("end", "title", "do"),
    [
        ("refused", "Không hoàn được", "Quản lý liên hệ"),
        ("by_hand", "Chưa hoàn được", "Chưa trả tiền lại"),
        ("open", "Chưa rõ", "Máy tự làm tiếp"),
    ],
)
def test_every_other_end_says_what_stands_and_what_to_do(at_till: Hands, end: str, title: str, do: str) -> None:
    """Nobody pays a customer back for a voucher that may still be used."""
    view = at_till.show("may-take-back")
    at_till.till.say(TakeBackEnded(view.number, "0002", end))
    at_till.settle()
    verdict = at_till.window.screens.counter_screen.verdict
    assert title in verdict._title.text()
    assert "đã dùng" in verdict._what.text()
    assert do in verdict._note.text()


def test_an_end_that_comes_while_another_bill_is_on_screen_is_a_banner(at_till: Hands) -> None:
    """Whoever did not wait hears of it."""
    at_till.show("usable-one")
    at_till.till.say(TakeBackEnded("HN03-T2-20261121-000088", "0002", "open"))
    at_till.settle()
    assert not at_till.window.screens.banner_bar.isHidden()
    assert at_till.title() == "Dùng được"


def test_a_bill_of_today_is_found_by_the_last_digits_on_its_slip(at_till: Hands) -> None:
    """The customer comes back with the slip: nobody types 22 characters."""
    at_till.show("draft-empty")
    at_till.press("Ctrl+B")
    at_till.type("141")
    at_till.press("Enter")
    assert ("resume_bill", "HN03-T2-20261121-000141") in at_till.till.commands


def test_a_number_that_is_no_bill_leaves_the_counter_ready(at_till: Hands) -> None:
    """The next customer's voucher is taken as if nothing had been asked."""
    at_till.show("draft-empty")
    at_till.press("Ctrl+B")
    at_till.type("999")
    at_till.press("Enter")
    at_till.till.say(CommandFailed("resume_bill", Message("bill.not_found")))
    at_till.settle()
    assert not at_till.window.screens.banner_bar.isHidden()
    at_till.till.commands.clear()
    at_till.scan("4471902835")
    assert [command[0] for command in at_till.till.commands] == ["scan"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("141", "HN03-T2-20261121-000141"),
        ("000141", "HN03-T2-20261121-000141"),
        ("HN03-T2-20261120-000009", "HN03-T2-20261120-000009"),
        ("1234567", "1234567"),
        ("A-7", "A-7"),
    ],
)
def test_last_digits_stand_for_todays_bill_and_nothing_else_is_changed(text: str, number: str) -> None:
    """A number typed whole is taken as it is."""
    assert whole_number(text, "HN03-T2-20261121-000148") == number


def test_a_shops_own_running_number_is_not_taken_for_ours() -> None:
    """Where the bill's number is nothing but digits, three digits are a number of their own."""
    assert whole_number("141", "000148") == "141"


# ---------------------------------------------------------------- offline


def test_an_issuer_that_needs_the_network_says_so_at_once(at_till: Hands) -> None:
    """Not asked for a face value, no PIN pad: what happened, what is safe, what to do."""
    at_till.show("network")
    verdict = at_till.window.screens.counter_screen.verdict
    assert at_till.title() == "VinID cần có mạng"
    assert "quản lý cũng không nhận được" in verdict._what.text()
    assert "chưa bị dùng" in verdict._note.text()
    assert verdict.pad() is None
    at_till.press("F8")
    assert at_till.till.commands == [("check_again", "k1", "l9")]


def test_what_is_left_after_the_offline_acceptance_is_named_and_can_be_taken_off(at_till: Hands) -> None:
    """The accepted part is said to be taken; Del speaks of the other voucher, never of what was given."""
    at_till.show("network-left")
    assert at_till.title() == "VinID cần có mạng"
    assert "50.000" in at_till.window.screens.counter_screen.verdict._total.text()
    at_till.press("Del")
    assert at_till.till.commands == [("remove_line", "k1", "l9")]


def test_an_offer_for_one_issuers_voucher_does_not_speak_for_the_others(at_till: Hands) -> None:
    """Beside a voucher that can be taken offline, the other is named as not counted."""
    at_till.show("network-beside")
    verdict = at_till.window.screens.counter_screen.verdict
    assert verdict._amount.text() == "50.000\u00a0₫"
    assert "Got It" in verdict._what.text()
    assert "VinID" not in verdict._what.text()
    assert "VinID ••••0002 cần có mạng" in verdict._note.text()


def test_what_was_to_be_sent_is_sent_again_and_not_only_checked() -> None:
    """Confirmed, then the cable was out: F8 sends it, once the network is back."""
    unsent = replace(FIFTY, status=LineStatus.UNSENT)
    counter, till, _ = presenter("draft-total")
    counter.on_bill(replace(scenes()["network"], lines=(unsent,), focus="l1", key="k1"))
    counter.act(ActionId.SEND_AGAIN)
    assert [command[0] for command in till.commands] == ["send_again"]


def test_one_issuers_refusal_does_not_let_the_other_one_say_anything(at_till: Hands) -> None:
    """The other was never sent: no word of it confirming what nobody asked."""
    at_till.show("unsent-beside")
    what = at_till.window.screens.counter_screen.verdict._what.text()
    assert "VinID chưa bị dùng" in what
    assert "xác nhận" not in what


def test_a_decision_that_is_due_is_heard() -> None:
    """Eyes on the customer: the ear knows that nothing is to be handed over."""
    counter, _, _ = presenter("sending")
    assert counter.on_bill(replace(scenes()["decide"], key="k1")) is Sound.UNKNOWN
