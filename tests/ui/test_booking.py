"""The booking page: what a cashier sees and what her keys and scans do, above all where money is at stake."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from pos.domain.booking_payment import VoucherFact
from pos.i18n import LANGUAGES, Translator
from pos.till.booking.commands import Finding
from pos.till.booking.views import (
    BookingAction,
    BookingChanged,
    BookingEnded,
    BookingFailed,
    BookingPhase,
    BookingView,
    StepKind,
)
from pos.till.ports import Person
from pos.till.views import Message, SignedIn
from pos.ui.app import application, build_window
from pos.ui.booking.model import Act
from pos.ui.booking.page import BookingPage
from pos.ui.booking.presenter import BOUNCE_S
from pos.ui.config import Choices, UiConfig
from pos.ui.shell.presenter import Screen
from pos.ui.theme import Tone
from pos.ui.widgets.approval import ApprovalSheet
from tests.ui.fake_bookings import FakeBookings, bookings, open_bookings
from tests.ui.fake_till import HUONG, LAN, FakeTill, ManualClock
from tests.ui.hands import Hands

NUMBER, VOUCHER, PIN = "ADCO2401010000001", "Tet24aBc", "4826"


class Agent(Hands):
    """A person in front of the booking page."""

    paying: FakeBookings
    page: BookingPage

    def say(self, view: str | BookingView) -> None:
        """The booking in hand looks like this, and a moment has gone by."""
        self.paying.say(BookingChanged(bookings()[view] if isinstance(view, str) else view))
        self.settle()
        self.clock.mono += BOUNCE_S * 2

    def begin(self, view: str = "ready") -> None:
        """A booking is in hand."""
        self.scan(NUMBER)
        self.say(view)
        self.paying.commands.clear()

    def offered(self) -> dict[str, str]:
        """Key → what it does."""
        return {action.key: action.id for action in self.page.presenter.model(Translator("en")).actions}

    def panel(self) -> str:
        """The word of the verdict."""
        return self.page.presenter.model(Translator("en")).panel.title

    def be(self, person: Person) -> None:
        self.till.say(SignedIn(person))
        self.settle()
        self.press("F3")
        self.paying.commands.clear()


@pytest.fixture
def agent(qtbot: QtBot) -> Agent:
    application()
    till, clock, paying = FakeTill(), ManualClock(), FakeBookings()
    page = BookingPage(paying, clock.mono_s, clock.now_utc)
    config = UiConfig(choices=Choices(volume_percent=0), mono_s=clock.mono_s, now_utc=clock.now_utc, pages=(page,))
    window = build_window(till, config)
    paying.subscribe(window.bridge.happened.emit)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    made = Agent(qtbot, window, till, clock)
    made.paying, made.page = paying, page
    made.be(LAN)
    return made


# ---------------------------------------------------------------- scans


def test_the_first_scan_is_the_booking_the_second_its_voucher(agent: Agent) -> None:
    """Nothing is chosen in between; neither lands at the counter."""
    agent.scan(NUMBER)
    agent.say("ready")
    agent.scan(VOUCHER)
    assert agent.paying.commands == [("look_up", NUMBER), ("try_voucher", "b1", VOUCHER)]
    assert not [command for command in agent.till.commands if command[0] == "scan"]


def test_a_typed_number_does_the_same(agent: Agent) -> None:
    """A till may have no scanner."""
    agent.type(NUMBER)
    agent.press("Enter")
    assert agent.paying.commands == [("look_up", NUMBER)]


@pytest.mark.parametrize("phase", ["due", "waiting", "voucher_unknown", "committing"])
def test_a_scan_in_the_middle_of_a_payment_is_refused_aloud_and_changes_nothing(agent: Agent, phase: str) -> None:
    """It must not become a second voucher, nor take the booking off the screen."""
    agent.begin(phase)
    agent.scan("9988776655")
    assert agent.paying.commands == []
    assert agent.panel() == Translator("en").message("booking.busy").what
    agent.clock.mono += 1
    agent.press("Enter")
    assert agent.panel() == Translator("en").t(f"bookpay.{bookings()[phase].phase}.title", label="Gotadi")


def test_over_a_finished_booking_the_next_is_scanned_at_once(agent: Agent) -> None:
    """No key between two customers."""
    agent.begin("done")
    agent.scan("HDCO2401010000002")
    assert agent.paying.commands[-1] == ("look_up", "HDCO2401010000002")


# ---------------------------------------------------------------- money


def test_voucher_amount_money_take_one_enter_each(agent: Agent) -> None:
    """The whole payment by Enter, each step only after the engine has said the one before."""
    agent.begin("usable")
    for view in ("used", "due", None):
        agent.press("Enter")
        if view is not None:
            agent.say(view)
    assert agent.paying.commands == [("redeem", "b1"), ("order", "b1"), ("money_taken", "b1")]


def test_the_enter_of_a_scanner_that_types_slowly_never_says_that_money_was_taken(agent: Agent) -> None:
    """Its letters look like typing; her own Enter a moment later counts."""
    agent.begin("due")
    agent.type(VOUCHER)
    agent.press("Enter")
    assert agent.paying.commands == []
    assert agent.window.shell.hint == "hint.slow_scan"
    agent.clock.mono += 2
    agent.press("Enter")
    assert [name for name, *_ in agent.paying.commands] == ["money_taken"]


def test_the_enter_that_asked_for_the_amount_never_says_that_it_was_taken(agent: Agent) -> None:
    """A hurried hand presses twice."""
    agent.begin("used")
    agent.press("Enter")
    agent.paying.say(BookingChanged(bookings()["due"]))
    agent.settle()
    agent.press("Enter")
    assert agent.paying.commands == [("order", "b1")]


@pytest.mark.parametrize("view", sorted(bookings()))
def test_no_button_is_there_that_the_engine_does_not_allow(agent: Agent, view: str) -> None:
    """The page gives words and keys to what is allowed, and nothing else."""
    agent.begin(view)
    money = {Act.MONEY_TAKEN, Act.PAID_BACK, Act.SEND_COMMIT, Act.REDEEM, Act.ORDER, Act.GIVE_UP, Act.CLOSE}
    allowed = {action.value for action in bookings()[view].actions}
    assert {act for act in agent.offered().values() if act in money} <= allowed


@pytest.mark.parametrize("view", ["committing", "waiting", "held", "issued"])
def test_money_is_never_offered_back_while_the_booking_may_be_paid(agent: Agent, view: str) -> None:
    """Nor is it taken a second time."""
    agent.begin(view)
    assert not {Act.PAID_BACK, Act.GIVE_UP, Act.MONEY_TAKEN} & set(agent.offered().values())


def test_two_amounts_that_differ_are_both_shown_and_no_money_is_asked_for(agent: Agent) -> None:
    """She tells the supplier both figures."""
    agent.begin("differs")
    panel = agent.page.presenter.model(Translator("vi")).panel
    assert "1.500.000" in panel.points[0]
    assert "1.550.000" in panel.points[1]
    assert panel.amount == ""


@pytest.mark.parametrize(("view", "vi", "en"), [
    ("usable", "không lấy lại được", "cannot be taken back"), ("due", "không hủy được", "cannot be cancelled"),
])  # fmt: skip
def test_what_cannot_be_undone_says_so_before(agent: Agent, view: str, vi: str, en: str) -> None:
    """Undo is honest."""
    agent.begin(view)
    assert vi in agent.page.presenter.model(Translator("vi")).panel.note
    assert en in agent.page.presenter.model(Translator("en")).panel.note


def test_giving_up_is_asked_once_and_tells_what_becomes_of_a_used_voucher(agent: Agent) -> None:
    """Esc goes back, Enter gives up."""
    agent.begin("used")
    agent.press("Del")
    assert "cannot be taken back" in agent.page.presenter.model(Translator("en")).panel.note
    agent.clock.mono += 1
    agent.press("Esc")
    agent.press("Del")
    agent.clock.mono += 1
    agent.press("Enter")
    assert agent.paying.commands == [("give_up", "b1")]


def test_a_payment_that_could_not_be_told_is_sent_by_enter(agent: Agent) -> None:
    """Money is in the drawer: the way on is the first button, not the way out."""
    agent.begin("not_committed")
    agent.press("Enter")
    assert agent.paying.commands == [("send_commit", "b1")]


# ---------------------------------------------------------------- waiting


@pytest.mark.parametrize(
    ("left_s", "tone"), [(2_880, Tone.NEUTRAL), (599, Tone.UNKNOWN), (179, Tone.REFUSED), (-1, Tone.REFUSED)]
)
def test_the_deadline_warns_in_time(agent: Agent, left_s: int, tone: Tone) -> None:
    """Amber under ten minutes, red under three; in words too."""
    from datetime import timedelta

    agent.begin("ready")
    last = agent.clock.now_utc() + timedelta(seconds=left_s)
    agent.say(replace(bookings()["ready"], begin_until_utc=last + timedelta(seconds=BOUNCE_S * 2)))
    model = agent.page.presenter.model(Translator("en"))
    assert (model.deadline_tone, bool(model.deadline)) == (tone, True)


def test_the_next_customer_never_waits_for_a_ticket(agent: Agent) -> None:
    """Enter sets it aside; it stands in the list and on the key."""
    agent.begin("waiting")
    agent.press("Enter")
    assert agent.paying.commands == [("set_aside", "b1"), ("leave", "b1")]
    agent.paying.say(open_bookings())
    agent.settle()
    assert "(3)" in agent.window.screens.top.screens[Screen.BOOKING].text()
    agent.press("F6", "Down", "Enter")
    assert agent.paying.commands[-1] == ("resume", "o2")


def test_a_ticket_that_comes_while_she_serves_others_calls_her_back(agent: Agent) -> None:
    """The banner leads to the very booking."""
    agent.paying.say(open_bookings())
    agent.press("F1")
    ended = replace(bookings()["issued"], key="o2", bill_number="HN03-T2-20261121-000152")
    agent.paying.say(BookingEnded(ended))
    agent.settle()
    agent.press("Ctrl+O")
    assert agent.window.shell.screen is Screen.BOOKING
    assert ("resume", "o2") in agent.paying.commands


def test_a_failed_look_up_frees_the_field(agent: Agent) -> None:
    """What happened, what is safe, what to do; then the next try."""
    agent.scan(NUMBER)
    agent.paying.say(BookingFailed("look_up", "b1", Message("net.refused")))
    agent.settle()
    assert agent.panel() == Translator("en").message("net.refused").what
    agent.clock.mono += 1
    agent.press("Enter")
    agent.scan(NUMBER)
    assert [name for name, *_ in agent.paying.commands].count("look_up") == 2


# ---------------------------------------------------------------- a manager's


def test_a_managers_finding_takes_words_and_her_pin(agent: Agent) -> None:
    """What the supplier said, who said it, by whose right."""
    agent.be(HUONG)
    agent.begin("held")
    agent.press("Ctrl+B")
    agent.clock.mono += 1
    agent.type("1")
    agent.type("Chi Mai noi da xuat")
    agent.press("Enter")
    agent.type(PIN)
    agent.press("Enter")
    assert agent.paying.commands == [("settle", "b1", PIN, "Chi Mai noi da xuat", Finding.ISSUED)]
    agent.paying.say(BookingFailed("settle", "b1", Message("pin.wrong", (("wait_s", 2),))))
    agent.settle()
    sheet = agent.window.box.sheet
    assert isinstance(sheet, ApprovalSheet)
    assert sheet._error.text()


def test_a_cashier_is_not_offered_it_and_a_voucher_is_decided_before_the_payment(agent: Agent) -> None:
    """First whether the voucher was used, then whether the booking was paid."""
    agent.begin("held")
    assert Act.SETTLE not in agent.offered().values()
    agent.be(HUONG)
    agent.begin()
    allowed = frozenset({BookingAction.SETTLE})
    agent.say(replace(bookings()["voucher_unknown"], voucher_fact=VoucherFact.UNKNOWN, actions=allowed))
    agent.press("Ctrl+B")
    assert set(agent.offered().values()) == {
        Act.FOUND_VOUCHER_USED, Act.FOUND_VOUCHER_UNUSED, Act.FOUND_NONE, Act.BACK,
    }  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phase_and_step_has_its_words(language: str) -> None:
    """No key of the catalogue ever stands on the screen."""
    tr = Translator(language)
    wanted = [f"bookpay.{phase}.title" for phase in BookingPhase] + [f"bookpay.state.{phase}" for phase in BookingPhase]
    wanted += [f"booking.step.{kind}" for kind in StepKind] + [f"bookpay.now.{phase}" for phase in BookingPhase]
    assert [key for key in wanted if not tr.has(key)] == []
