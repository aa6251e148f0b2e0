"""The counter keeps its promises: one glance, two actions, honest undo, nothing by accident."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pos.i18n import Translator
from pos.till.views import BillChanged, CommandFailed, LineStatus, Message, Phase
from pos.ui.counter.model import ActionId, Ask
from pos.ui.counter.presenter import BOUNCE_S, CounterPresenter
from pos.ui.signs import Sound
from pos.ui.theme import Tone
from tests.ui.fake_till import FakeTill, ManualClock, draft
from tests.ui.hands import Hands
from tests.ui.scenes import BILL, FIFTY, PEACH, as_, bill, scenes

VI = Translator("vi")


@pytest.fixture
def signed_in(hands: Hands) -> Hands:
    hands.sign_in()
    hands.till.commands.clear()
    return hands


def presenter() -> tuple[CounterPresenter, FakeTill, ManualClock]:
    clock, till = ManualClock(), FakeTill()
    counter = CounterPresenter(till, clock.mono_s)
    counter.start()
    counter.on_bill(draft("k1"))
    till.commands.clear()
    return counter, till, clock


def test_scan_and_enter_are_all_it_takes(signed_in: Hands) -> None:
    """Two actions for the common case, nothing asked in between."""
    signed_in.show(BILL)
    signed_in.scan("4471902835")
    assert signed_in.till.commands == [("scan", "k1", "4471902835")]
    signed_in.show("usable-one")
    signed_in.press("Enter")
    assert signed_in.till.commands == [("confirm", "k1", False)]


def test_every_key_shown_does_what_its_button_says_and_no_other_key_does(signed_in: Hands) -> None:
    """What can be seen is what works, in every state."""
    for name in scenes():
        signed_in.show(name)
        model = signed_in.window.counter.model(VI)
        assert model is not None
        keys = [action.key for action in model.actions]
        assert len(keys) == len(set(keys)), f"{name}: two actions on one key"
        shown = {action.key for action in model.actions if action.place.value != "header"}
        assert shown == set(signed_in.buttons()), name


def test_an_action_that_is_not_offered_is_not_carried_out() -> None:
    """No forgotten shortcut confirms, drops or hands over."""
    for name, view in scenes().items():
        counter, till, clock = presenter()
        counter.on_bill(replace(view, key="k1"))
        clock.mono += 1
        model = counter.model(VI)
        assert model is not None
        offered = {action.id for action in model.actions}
        till.commands.clear()
        for action in set(ActionId) - offered:
            counter.act(action)
        assert till.commands == [], name


def test_a_total_that_is_missing_is_asked_for_instead_of_confirming(signed_in: Hands) -> None:
    """Enter on a usable voucher without a total opens the keypad; digits and Enter set it."""
    signed_in.show("usable-no-total")
    signed_in.press("Enter")
    signed_in.type("265000")
    signed_in.press("Enter")
    assert signed_in.till.commands == [("set_total", "k1", 265_000)]


def test_a_loss_is_said_and_asked_once(signed_in: Hands) -> None:
    """The amount to be lost stands large before anything is sent; the answer goes with the confirmation."""
    signed_in.show("loss-question")
    assert "35.000" in signed_in.title()
    signed_in.press("Enter")
    assert signed_in.till.commands == [("confirm", "k1", True)]


def test_a_voucher_that_takes_nothing_off_the_bill_is_not_shown_with_its_worth() -> None:
    """The bill is covered already: its row says 0 ₫, so that the rows add up to what the vouchers pay."""
    counter, _, _ = presenter()
    covered = replace(FIFTY, id="l2", number=2, amount_vnd=0, lost_vnd=50_000)
    for status, total_vnd, shown_vnd in ((LineStatus.USABLE, 50_000, 0), (LineStatus.USED, 50_000, 0),
                                         (LineStatus.USABLE, 0, 50_000)):  # fmt: skip
        counter.on_bill(replace(bill(FIFTY, replace(covered, status=status)), key="k1", total_vnd=total_vnd))
        model = counter.model(VI)
        assert model is not None
        assert model.rows[1].amount == VI.money(shown_vnd)


def test_backing_out_of_a_loss_sends_nothing(signed_in: Hands) -> None:
    """Esc leaves the bill as it was, and the next Enter asks again."""
    signed_in.show("loss-question")
    signed_in.press("Esc")
    assert signed_in.title() == "Dùng được"
    signed_in.press("Enter")
    assert "35.000" in signed_in.title()
    assert signed_in.till.commands == []


def test_a_hurried_second_enter_neither_answers_a_question_nor_skips_a_result() -> None:
    """A bouncing key never accepts a loss and never hides the verdict."""
    counter, till, clock = presenter()
    counter.on_bill(replace(scenes()["usable-loss"], key="k1"))
    counter.on_bill(replace(scenes()["loss-question"], key="k1"))
    counter.act(ActionId.CONFIRM_LOSS)
    assert till.commands == []
    clock.mono += BOUNCE_S + 0.01
    counter.act(ActionId.CONFIRM_LOSS)
    assert till.commands == [("confirm", "k1", True)]
    counter.on_bill(replace(scenes()["done"], key="k1"))
    counter.act(ActionId.NEXT)
    assert ("open_bill", "k2") not in till.commands


def test_a_refusal_is_read_before_enter_can_confirm_the_rest(signed_in: Hands) -> None:
    """The reflex Enter after a red panel does not use up the customer's other voucher."""
    signed_in.show("refused")
    signed_in.press("Enter")
    assert signed_in.till.commands == []
    assert signed_in.title() == "Sẵn sàng"
    signed_in.press("Enter")
    assert signed_in.till.commands == [("confirm", "k1", False)]


def test_del_takes_the_voucher_the_panel_speaks_of(signed_in: Hands) -> None:
    """Arrow up looks at another voucher; Del removes that one."""
    signed_in.show("usable")
    signed_in.press("Up")
    assert "50.000" in signed_in.window.screens.counter_screen.verdict._amount.text()
    signed_in.press("Del")
    assert signed_in.till.commands == [("remove_line", "k1", "l1")]


def test_what_is_unknown_is_never_shown_as_paid(signed_in: Hands) -> None:
    """Left to pay is the whole bill; the waiting part is named as waiting; the goods stay."""
    signed_in.show("unknown")
    screen = signed_in.window.screens.counter_screen
    assert screen.to_pay._value.text() == "265.000\u00a0₫"
    assert screen.voucher._value.text() == "chờ 105.000\u00a0₫"
    assert "Chưa giao hàng" in screen.verdict._what.text()


def test_the_countdown_to_the_next_inquiry_runs_without_the_engine(signed_in: Hands) -> None:
    """The cashier sees how long, second by second."""
    signed_in.show("unknown")
    signed_in.clock.mono = 1001.0
    signed_in.window._on_tick()
    assert "37 giây" in signed_in.window.screens.counter_screen.verdict._note.text()
    signed_in.clock.mono = 1040.0
    signed_in.window._on_tick()
    assert "Đang hỏi lại" in signed_in.window.screens.counter_screen.verdict._note.text()


def test_a_hanging_call_may_be_set_aside_after_eight_seconds_and_not_before(signed_in: Hands) -> None:
    """The next customer never waits longer, whatever the engine says meanwhile."""
    view = scenes()["sending"]
    signed_in.show(replace(view, since_mono_s=signed_in.clock.mono))
    signed_in.clock.mono += 7.4
    signed_in.press("F5")
    assert signed_in.till.commands == []
    signed_in.clock.mono += 0.2
    signed_in.window._on_tick()
    signed_in.press("F5")
    assert signed_in.till.commands == [("set_aside", "k1"), ("open_bill", "k2")]


def test_the_result_takes_the_whole_width_and_the_next_scan_begins_the_next_bill(signed_in: Hands) -> None:
    """After confirm: one result; no key is needed before the next customer's voucher."""
    signed_in.show("done")
    assert signed_in.window.screens.counter_screen.left.isHidden()
    signed_in.scan("9900112233")
    assert signed_in.till.commands[-3:] == [("close_bill", "k1"), ("open_bill", "k2"), ("scan", "k2", "9900112233")]
    assert not signed_in.window.screens.counter_screen.left.isHidden()


@pytest.mark.parametrize(
    ("name", "key", "command"),
    [
        ("unknown", "F8", ("ask_again", BILL.number)),
        ("unsent", "Enter", ("send_again", BILL.number)),
        ("finish", "Enter", ("finish_sale", BILL.number)),
        ("offered-accept", "Enter", ("accept_offline", "k1", None)),
        ("offered-accept", "F8", ("check_again", "k1", "l1")),
        ("held", "Enter", ("confirm", "k1", False)),
        ("unchecked", "Enter", ("check_again", "k1", "l1")),
    ],
)
def test_each_phase_goes_on_by_one_key(signed_in: Hands, name: str, key: str, command: tuple[object, ...]) -> None:
    """Whatever happened, one key is the way on."""
    signed_in.show(name)
    signed_in.press(key)
    assert signed_in.till.commands == [command]


@pytest.mark.parametrize(
    ("name", "key", "command"),
    [
        ("unsent", "Del", ("drop", BILL.number)),
        ("finish", "Del", ("customer_left", BILL.number)),
        ("usable", "F5", ("abandon", "k1")),
        ("held", "F5", ("abandon", "k1")),
    ],
)
def test_what_cannot_be_undone_is_asked_first(
    signed_in: Hands, name: str, key: str, command: tuple[object, ...]
) -> None:
    """Dropping, leaving and giving up a bill say what they do and wait for a second key."""
    signed_in.show(name)
    signed_in.press(key)
    assert signed_in.till.commands == []
    signed_in.clock.mono += 1
    signed_in.press("Enter")
    assert signed_in.till.commands[0] == command


def test_the_shops_own_bill_number_replaces_the_tills(signed_in: Hands) -> None:
    """F6 shows the number that stands; what is typed takes its place and is not hung on at its end."""
    signed_in.show("usable")
    signed_in.press("F6")
    signed_in.type("HD-1")
    signed_in.press("Enter")
    assert signed_in.till.commands == [("set_bill_number", "k1", "HD-1")]


def test_offline_the_face_value_is_typed_on_the_panels_keypad(signed_in: Hands) -> None:
    """Digits go to the pad by themselves, `000` is one key, Enter declares."""
    signed_in.show("offered-value")
    signed_in.type("150")
    pad = signed_in.window.screens.counter_screen.verdict.pad()
    assert pad is not None
    pad._type("000")
    signed_in.press("Enter")
    assert signed_in.till.commands == [("declare", "k1", "l1", 150_000)]


def test_the_next_vouchers_face_value_begins_with_an_empty_pad(signed_in: Hands) -> None:
    """What was typed for one voucher is never the beginning of another's value, nor its value by a second Enter."""
    blind = scenes()["offered-value"]
    first, second = blind.lines[0], replace(blind.lines[0], id="l2", number=2, ending="0017")
    told = replace(first, needs_value=False, worth_vnd=150_000, amount_vnd=150_000, declared=True)
    signed_in.show(replace(blind, lines=(first, second)))
    signed_in.type("150000")
    signed_in.press("Enter")
    signed_in.show(replace(blind, lines=(told, second)))
    signed_in.press("Enter")
    signed_in.type("50000")
    signed_in.press("Enter")
    assert signed_in.till.commands == [("declare", "k1", "l2", 50_000)]


def test_digits_typed_for_a_voucher_taken_off_are_not_the_next_ones(signed_in: Hands) -> None:
    """The pad asks about another voucher: it begins empty."""
    blind = scenes()["offered-value"]
    second = replace(blind.lines[0], id="l2", number=2, ending="0017")
    signed_in.show(replace(blind, lines=(*blind.lines, second)))
    signed_in.type("150000")
    signed_in.show(replace(blind, lines=(replace(second, number=1),), focus="l2"))
    pad = signed_in.window.screens.counter_screen.verdict.pad()
    assert pad is not None
    assert pad.digits == ""


def test_offline_a_managers_pin_accepts_and_is_forgotten_at_once(signed_in: Hands) -> None:
    """The PIN goes to the engine and stays nowhere on the screen."""
    signed_in.show("offered-manager")
    signed_in.type("2468")
    signed_in.press("Enter")
    assert signed_in.till.commands == [("accept_offline", "k1", "2468")]
    pad = signed_in.window.screens.counter_screen.verdict.pad()
    assert pad is not None
    assert pad.digits == ""


def test_a_wrong_managers_pin_is_told_beside_the_pad(signed_in: Hands) -> None:
    """The pad stays, the reason stands below it, the next try is possible."""
    signed_in.show("offered-manager")
    signed_in.till.say(CommandFailed("bill", Message("pin.wrong")))
    signed_in.settle()
    assert signed_in.window.screens.counter_screen.asks is Ask.MANAGER_PIN
    assert "PIN chưa đúng" in signed_in.window.screens.counter_screen.verdict._error.text()


def test_too_many_unknown_codes_wait_for_a_manager(signed_in: Hands) -> None:
    """A guessing customer meets a manager's PIN, not an endless row of refusals."""
    signed_in.show("unlock")
    signed_in.type("2468")
    signed_in.press("Enter")
    assert signed_in.till.commands == [("manager_unlock", "2468")]


def test_a_failed_command_says_what_happened_what_is_safe_and_what_to_do(signed_in: Hands) -> None:
    """No codes, no stack traces: three sentences, and Enter goes on."""
    signed_in.show("usable")
    signed_in.till.say(CommandFailed("bill", Message("journal.disk_full")))
    signed_in.settle()
    verdict = signed_in.window.screens.counter_screen.verdict
    assert verdict._title.text() == "Ổ đĩa của máy đã đầy."
    assert "Chưa gửi gì đi" in verdict._what.text()
    assert "quản lý" in verdict._note.text()
    signed_in.clock.mono += 1
    signed_in.press("Enter")
    assert signed_in.title() == "Dùng được"


def test_the_same_bad_scan_twice_is_told_twice() -> None:
    """A cashier who scans a web address again hears and sees it again, though the snapshot is the same."""
    counter, _, clock = presenter()
    bad = replace(bill(FIFTY, message=Message("scan.web_address")), key="k1")
    counter.on_bill(replace(bad, message=None))
    for _ in range(2):
        counter.scan("https://v.gotit.vn/abc")
        assert counter.on_bill(bad) is Sound.REFUSED
        clock.mono += 1
        model = counter.model(VI)
        assert model is not None
        assert "trang web" in model.panel.title
        counter.act(ActionId.CONTINUE)


def test_a_message_that_was_read_does_not_come_back_by_itself() -> None:
    """A snapshot that only repeats the old message neither sounds nor covers the verdict again."""
    counter, _, clock = presenter()
    bad = replace(bill(FIFTY, message=Message("scan.web_address")), key="k1")
    counter.on_bill(bad)
    clock.mono += 1
    counter.act(ActionId.CONTINUE)
    assert counter.on_bill(replace(bad, inquiries=1)) is None
    model = counter.model(VI)
    assert model is not None
    assert model.panel.title == "Dùng được"


def test_a_draft_waits_behind_a_resumed_bill_and_comes_back() -> None:
    """Finishing yesterday's open bill does not cost today's customer her scanned vouchers."""
    counter, till, clock = presenter()
    started = replace(bill(FIFTY), key="k1")
    counter.on_bill(started)
    counter.resume("HN03-000141")
    counter.on_bill(replace(scenes()["finish"], key="r-HN03-000141", number="HN03-000141"))
    counter.on_bill(replace(bill(FIFTY, PEACH), key="k1"))
    clock.mono += 1
    counter.act(ActionId.FINISH)
    counter.on_bill(replace(scenes()["done"], key="r-HN03-000141", number="HN03-000141"))
    clock.mono += 1
    counter.act(ActionId.NEXT)
    assert counter.key == "k1"
    assert counter.view is not None
    assert len(counter.view.lines) == 2
    assert not any(command[0] == "open_bill" for command in till.commands)


def test_an_old_picture_can_no_longer_be_acted_on() -> None:
    """Between Enter and the next bill's first snapshot no key reaches the bill that was left."""
    counter, till, clock = presenter()
    counter.on_bill(replace(scenes()["done"], key="k1"))
    clock.mono += 1
    counter.act(ActionId.NEXT)
    till.commands.clear()
    for action in ActionId:
        counter.act(action)
    assert till.commands == []


def test_a_verdict_is_reported_once_and_only_after_it_was_painted(signed_in: Hands) -> None:
    """A verdict that was never on the screen is shown again after a crash."""
    view = replace(scenes()["done"], key="k1")
    signed_in.window.hide()
    signed_in.till.commands.clear()
    signed_in.till.say(BillChanged(view))
    signed_in.settle()
    assert ("painted", view.number) not in signed_in.till.commands
    signed_in.window.show()
    signed_in.qtbot.waitUntil(lambda: ("painted", view.number) in signed_in.till.commands)
    signed_in.window.update()
    signed_in.settle()
    assert signed_in.till.commands.count(("painted", view.number)) == 1


@pytest.mark.parametrize(
    ("before", "after", "sound"),
    [
        ("draft-total", "usable-one", Sound.USABLE),
        ("draft-total", "refused-first", Sound.REFUSED),
        ("sending", "unknown", Sound.UNKNOWN),
        ("sending", "done", Sound.USABLE),
        ("usable", "usable", None),
    ],
)
def test_every_verdict_has_its_sound_once(before: str, after: str, sound: Sound | None) -> None:
    """Eyes on the customer: the ear knows, and a repeated snapshot stays silent."""
    counter, _, _ = presenter()
    counter.on_bill(replace(scenes()[before], key="k1"))
    assert counter.on_bill(replace(scenes()[after], key="k1")) is sound
    assert counter.on_bill(replace(scenes()[after], key="k1")) is None


def test_each_verdict_has_its_own_colour_shape_and_word() -> None:
    """Colour is never the only sign."""
    seen = set()
    for name in ("usable-one", "refused-first", "unknown", "accepted"):
        counter, _, _ = presenter()
        counter.on_bill(replace(scenes()[name], key="k1"))
        model = counter.model(VI)
        assert model is not None
        seen.add((model.panel.tone, model.panel.shape, model.panel.title))
    assert len({tone for tone, _, _ in seen}) == len({shape for _, shape, _ in seen}) == 4
    assert {tone for tone, _, _ in seen} == {Tone.USABLE, Tone.REFUSED, Tone.UNKNOWN, Tone.OFFLINE}


def test_snapshots_of_other_bills_do_not_touch_the_counter(signed_in: Hands) -> None:
    """A bill that was set aside changes in its list, not under the cashier's hands."""
    signed_in.show("usable")
    stranger = replace(bill(*as_(LineStatus.USED, FIFTY)), key="other", phase=Phase.DONE)
    signed_in.till.say(BillChanged(stranger))
    signed_in.settle()
    assert signed_in.title() == "Dùng được"


def test_nothing_is_confirmed_while_a_voucher_is_being_checked(signed_in: Hands) -> None:
    """What is confirmed is what was seen: Enter waits for the verdict of the voucher just scanned."""
    signed_in.show("checking")
    signed_in.press("Enter")
    assert signed_in.till.commands == []


@pytest.mark.parametrize("scene", ["done", "finish", "closed"])
def test_a_late_voucher_is_told_whatever_the_bill_came_to(signed_in: Hands, scene: str) -> None:
    """The cashier must not hand anything over for it: one sentence, with the voucher's ending, beside the result."""
    view = scenes()[scene]
    late = replace(view.lines[0], id="late", ending="2835", status=LineStatus.LATE, reason=None)
    signed_in.show(replace(view, lines=(*view.lines, late)))
    note = signed_in.window.screens.counter_screen.verdict._note.text()
    assert "2835 quá muộn cho hóa đơn này: không giao hàng" in note
    assert "quản lý sẽ giải quyết" in note
    if scene == "closed":
        assert "Không voucher nào bị dùng" not in note
