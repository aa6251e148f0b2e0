"""The selling page: what a cashier sees and what her keys do, above all where money is at stake."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from pos.i18n import LANGUAGES, Translator
from pos.till.ports import Person
from pos.till.selling.views import ProductsChanged, SaleChanged, SaleFailed, SalePhase
from pos.till.views import Message, SignedIn
from pos.ui.app import application, build_window
from pos.ui.config import Choices, UiConfig
from pos.ui.sell.model import Act
from pos.ui.sell.page import SellPage
from pos.ui.sell.phone_sheet import PhoneSheet
from pos.ui.sell.presenter import BOUNCE_S
from pos.ui.shell.presenter import Screen
from pos.ui.widgets.approval import ApprovalSheet
from pos.ui.widgets.buttons import KeyButton
from tests.ui.fake_sales import FakeSales, open_sales, products, sales, say_sale, shown, stale
from tests.ui.fake_till import HUONG, LAN, FakeTill, ManualClock
from tests.ui.hands import Hands

PIN = "4826"


class Seller(Hands):
    """A person in front of the selling page."""

    selling: FakeSales
    page: SellPage

    def say(self, name: str) -> None:
        """The sale in hand is in this phase, and a moment has gone by."""
        say_sale(self.selling, sales()[name])
        self.settle()
        self.clock.mono += BOUNCE_S * 2

    def begin(self) -> None:
        """Sell the first tile: the engine opens the draft."""
        self.press("Right", "Enter")
        self.say("draft")
        self.selling.commands.clear()

    def offered(self) -> dict[str, str]:
        """Key → what it does, for every button of the sale."""
        model = self.page.presenter.model(Translator("en"))
        return {action.key: action.id for action in model.actions}

    def panel(self) -> str:
        """The word of the verdict."""
        return self.page.presenter.model(Translator("en")).panel.title

    def act(self, person: Person) -> None:
        self.till.say(SignedIn(person))
        self.settle()

    @property
    def box(self) -> ApprovalSheet:
        """The box that is open."""
        assert isinstance(self.window.box.sheet, ApprovalSheet)
        return self.window.box.sheet

    @property
    def phone_box(self) -> PhoneSheet:
        """The box that asks for a number."""
        assert isinstance(self.window.box.sheet, PhoneSheet)
        return self.window.box.sheet


@pytest.fixture
def seller(qtbot: QtBot) -> Seller:
    application()
    till, clock, selling = FakeTill(), ManualClock(), FakeSales()
    page = SellPage(selling, clock.mono_s, clock.now_utc)
    config = UiConfig(choices=Choices(volume_percent=0), mono_s=clock.mono_s, now_utc=clock.now_utc, pages=(page,))
    window = build_window(till, config)
    selling.subscribe(window.bridge.happened.emit)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    made = Seller(qtbot, window, till, clock)
    made.selling, made.page = selling, page
    made.act(LAN)
    for news in products():
        selling.say(news)
    made.settle()
    made.press("F2")
    selling.commands.clear()
    return made


# ---------------------------------------------------------------- choosing


def test_signing_in_asks_every_seller_for_its_list(seller: Seller) -> None:
    """The first customer of a turn is not sold from yesterday's list."""
    seller.act(HUONG)
    assert seller.selling.commands == [("refresh_products", "appotapay"), ("refresh_products", "vinid")]


def test_two_enters_from_the_tile_to_the_money_and_the_digit_is_the_quantity(seller: Seller) -> None:
    """Arrow, number, Enter, money in hand, Enter: nothing between asks what is known."""
    seller.press("Right")
    seller.type("3")
    seller.press("Enter")
    assert seller.selling.commands == [("start_sale", "appotapay", "Mob10", 3)]
    seller.say("draft")
    seller.press("Enter")
    assert seller.selling.commands[-1] == ("money_taken", "s1")


@pytest.mark.parametrize("code", ["8285130608", "EV0000000001", "12345"])
def test_the_enter_of_a_scanner_that_types_slowly_or_little_never_says_that_money_was_taken(
    seller: Seller, code: str
) -> None:
    """Its letters look like typing; she is told, and her own Enter a moment later counts."""
    seller.begin()
    seller.type(code)
    seller.press("Enter")
    assert seller.selling.commands == []
    assert seller.window.shell.hint == "hint.slow_scan"
    seller.clock.mono += 2
    seller.press("Enter")
    assert seller.selling.commands == [("money_taken", "s1")]


def test_the_button_that_has_the_keyboard_is_not_pressed_by_a_scanner_either(seller: Seller) -> None:
    seller.begin()
    seller.press("Tab")
    button = seller.window.focusWidget()
    assert isinstance(button, KeyButton)
    pressed = QSignalSpy(button.clicked)
    seller.type("8285130608")
    seller.press("Enter")
    assert (pressed.count(), seller.selling.commands) == (0, [])
    assert seller.window.shell.hint == "hint.slow_scan"
    seller.clock.mono += 2
    seller.press("Enter")
    assert pressed.count() == 1


def test_more_than_the_shop_allows_or_the_stock_has_cannot_be_typed(seller: Seller) -> None:
    """No draft is begun that the engine would refuse."""
    few = next(tile for tile in products()[1].view.tiles if tile.stock == 4)
    seller.press("Right")
    seller.page.presenter.choose(f"vinid/{few.code}")
    seller.type("9")
    seller.press("Enter")
    assert seller.selling.commands == [("start_sale", "vinid", few.code, 1)]


def test_products_of_one_supplier_and_value_are_told_apart_before_money_is_asked_for(seller: Seller) -> None:
    """Calls and data for 10.000: the wrong one cannot be given back."""
    calls = products()[0].view
    data = replace(calls.tiles[0], code="D10", name="Mobi data 10K")
    twin = replace(calls.tiles[0], code="E10", name="Mobi data 10K")
    seller.selling.say(ProductsChanged(replace(calls, tiles=(*calls.tiles, data, twin))))
    seller.settle()
    model = seller.page.presenter.model(Translator("en"))
    shown = [(tile.supplier, tile.value) for tile in model.tiles]
    assert len(set(shown)) == len(shown)
    seller.page.presenter.choose("appotapay/D10")
    assert seller.panel() == "Mobi data 10K (D10)"


def test_what_is_sold_out_or_from_an_old_list_offers_no_sale(seller: Seller) -> None:
    """The tile says it, and Enter does nothing."""
    seller.page.presenter.choose("vinid/100")
    assert seller.offered() == {}
    seller.press("Enter")
    seller.selling.say(stale())
    seller.settle()
    seller.page.presenter.choose("appotapay/Mob10")
    seller.press("Enter")
    assert seller.selling.commands == []


def test_a_refused_start_is_told_and_the_tiles_are_free_again(seller: Seller) -> None:
    """What happened, what is safe, what to do; then the next try."""
    seller.press("Right", "Enter")
    seller.selling.say(SaleFailed("start_sale", None, Message("net.refused")))
    seller.settle()
    assert seller.panel() == Translator("en").message("net.refused").what
    seller.clock.mono += 1
    seller.press("Enter")
    seller.press("Enter")
    assert [name for name, *_ in seller.selling.commands] == ["start_sale", "start_sale"]


# ---------------------------------------------------------------- money


def test_the_enter_that_began_the_sale_never_takes_the_money(seller: Seller) -> None:
    """A hurried hand presses twice: the second press must not say that the money was taken."""
    seller.press("Right", "Enter")
    say_sale(seller.selling, sales()["draft"])
    seller.settle()
    seller.press("Enter")
    assert [name for name, *_ in seller.selling.commands] == ["start_sale"]


def test_before_money_is_taken_the_page_says_that_it_cannot_be_undone(seller: Seller) -> None:
    """Undo is honest: before, not after."""
    seller.begin()
    for language, word in (("vi", "không trả lại được"), ("en", "cannot be given back")):
        assert word in seller.page.presenter.model(Translator(language)).panel.note


def test_a_draft_left_is_forgotten_by_the_engine_too(seller: Seller) -> None:
    """No money, no sale."""
    seller.begin()
    seller.press("Esc")
    assert seller.selling.commands == [("cancel", "s1")]


@pytest.mark.parametrize("phase", ["waiting", "by_hand", "buying", "incomplete", "unreadable", "to_hand_over"])
def test_nothing_offers_money_back_or_a_second_purchase_while_the_issuer_may_have_sold(
    seller: Seller, phase: str
) -> None:
    """The two ways to lose money on a sale."""
    seller.begin()
    seller.say(phase)
    assert not {Act.PAID_BACK, Act.DROP, Act.SEND_AGAIN, Act.SELL, Act.MONEY_TAKEN} & set(seller.offered().values())


def test_money_back_is_offered_where_nothing_was_bought_and_takes_one_deliberate_enter(seller: Seller) -> None:
    """The amount stands on the button."""
    seller.begin()
    say_sale(seller.selling, sales()["pay_back"])
    seller.settle()
    seller.press("Enter")
    assert seller.selling.commands == []
    seller.clock.mono += 1
    seller.press("Enter")
    assert seller.selling.commands == [("paid_back", "s1")]


def test_an_unsent_sale_is_sent_again_or_dropped_as_the_engine_allows(seller: Seller) -> None:
    """What the snapshot does not allow is not on a button."""
    seller.begin()
    seller.say("unsent")
    seller.press("Enter")
    assert seller.selling.commands == [("send_again", "s1")]
    say_sale(seller.selling, replace(sales()["unsent"], can_send=False))
    seller.settle()
    assert Act.SEND_AGAIN not in seller.offered().values()


# ---------------------------------------------------------------- by SMS


def sms_on(seller: Seller) -> None:
    """AppotaPay sends codes by SMS here; VinID does not."""
    for news in products():
        view = news.view
        seller.selling.say(ProductsChanged(replace(view, by_phone=view.seller == "appotapay")))
    seller.settle()


def test_where_no_issuer_sends_by_sms_nothing_of_it_is_visible(seller: Seller) -> None:
    """Off is off: no button, no key, and every phase in its usual words."""
    seller.press("Right")
    assert Act.SMS not in seller.offered().values()
    seller.press("F7")
    assert seller.window.box.sheet is None
    assert seller.selling.commands == []


def test_by_sms_is_offered_for_one_code_of_an_issuer_that_sends(seller: Seller) -> None:
    """contracts/appotapay.md §13; a number of codes that was typed is never changed unseen."""
    sms_on(seller)
    seller.press("Right")
    assert seller.offered()["F7"] == Act.SMS
    seller.type("3")
    assert "F7" not in seller.offered()
    seller.page.presenter.choose("vinid/50")
    assert "F7" not in seller.offered()


def test_a_wrong_number_is_told_in_the_box_and_begins_nothing(seller: Seller) -> None:
    """A code sent to a wrong number is gone: the box stays until it is one, and Esc leaves everything as it was."""
    sms_on(seller)
    seller.press("Right", "F7")
    box = seller.phone_box
    seller.type("0212345678")
    seller.press("Enter")
    assert box.error.text()
    assert box.isVisible()
    seller.press("Esc")
    assert seller.window.box.sheet is None
    assert seller.selling.commands == []
    assert seller.offered()["Enter"] == Act.SELL


def test_the_number_begins_one_sale_and_the_page_says_what_is_printed(seller: Seller) -> None:
    """Before the money: where it goes, that it cannot be had back, and that no code is printed."""
    sms_on(seller)
    seller.press("Right", "F7")
    seller.type("+84 912 345 678")
    seller.press("Enter")
    assert seller.selling.commands == [("start_sale", "appotapay", "Mob10", 1, "0912345678")]
    assert seller.window.box.sheet is None
    say_sale(seller.selling, replace(sales()["draft"], quantity=1, phone="•••• 678"))
    seller.settle()
    seller.clock.mono += BOUNCE_S * 2
    for language, word in (("vi", "không có mã"), ("en", "without code")):
        note = seller.page.presenter.model(Translator(language)).panel.note
        assert word in note
        assert "•••• 678" in note
    seller.press("Enter")
    assert seller.selling.commands[-1] == ("money_taken", "s1")


def test_sold_by_sms_is_told_and_no_code_can_be_shown(seller: Seller) -> None:
    """The issuer has sent it; what is left is the proof."""
    seller.begin()
    for phase in ("done", "incomplete", "doubtful"):
        say_sale(seller.selling, replace(sales()[phase], quantity=1, phone="•••• 678", codes=()))
        seller.settle()
        assert Act.SHOW not in seller.offered().values()
        assert "•••• 678" in str(seller.page.presenter.model(Translator("en")).panel)
    assert seller.panel() == Translator("en").t("sell.sms.doubtful.title")


@pytest.mark.parametrize("phase", list(SalePhase))
def test_every_phase_has_its_words_by_sms(seller: Seller, phase: SalePhase) -> None:
    """No key of the catalogue, and in both languages."""
    seller.begin()
    say_sale(seller.selling, replace(sales()[str(phase)], quantity=1, phone="•••• 678", codes=()))
    seller.settle()
    for language in LANGUAGES:
        panel = seller.page.presenter.model(Translator(language)).panel
        assert "sell." not in panel.title + panel.note
        assert "{" not in panel.title + panel.note


# ---------------------------------------------------------------- waiting


def test_a_silent_supplier_keeps_the_next_customer_waiting_eight_seconds_at_most(seller: Seller) -> None:
    """After that the sale can be left to itself; the engine is told, and the tiles are free."""
    seller.begin()
    say_sale(seller.selling, sales()["buying"])
    seller.settle()
    assert seller.offered() == {}
    seller.clock.mono += 8
    seller.window.screens.show_changed_page()
    seller.press("F5")
    assert seller.selling.commands == [("set_aside", "s1")]
    seller.press("Right")
    assert seller.offered()["Enter"] == Act.SELL


def test_a_sale_that_ends_while_nobody_looks_calls_the_cashier_back(seller: Seller) -> None:
    """The banner leads to the very sale."""
    seller.begin()
    seller.say("waiting")
    seller.press("Enter")
    seller.selling.say(open_sales())
    ready = replace(open_sales().rows[1], id="s1", bill_number="HN03-T2-20261121-000149")
    seller.selling.say(replace(open_sales(), rows=(ready,), count=1))
    seller.press("F1")
    seller.selling.say(SaleChanged(ready))
    seller.settle()
    assert not seller.window.screens.banner_bar.isHidden()
    seller.press("Ctrl+O")
    assert seller.window.shell.screen is Screen.SELL
    assert seller.panel() == Translator("en").t("sell.to_hand_over.title")


def test_the_bar_counts_the_sales_that_wait_and_the_list_opens_one(seller: Seller) -> None:
    """Nothing that waits is out of sight."""
    seller.selling.say(open_sales())
    seller.settle()
    assert "(4)" in seller.window.screens.top.screens[Screen.SELL].text()
    seller.press("F6", "Down", "Enter")
    assert seller.panel() == Translator("en").t("sell.to_hand_over.title")


# ---------------------------------------------------------------- codes


def test_codes_are_masked_until_they_are_shown_and_forgotten_when_left(seller: Seller) -> None:
    """The page holds a readable code only while it stands on the screen."""
    seller.begin()
    seller.say("printing")
    secret = "5081273349901"
    assert secret not in str(seller.page.presenter.model(Translator("en")).codes)
    seller.press("F7")
    seller.selling.say(shown())
    seller.settle()
    assert secret in str(seller.page.presenter.model(Translator("en")).codes)
    seller.clock.mono += 1
    seller.press("Enter")
    seller.press("Enter")
    assert secret not in str(seller.page.presenter.model(Translator("en")))
    assert seller.selling.commands == [("show_codes", "s1", None, "")]


def test_codes_that_come_after_the_cashier_has_left_are_never_drawn(seller: Seller) -> None:
    """They would stand in front of the next customer."""
    seller.begin()
    seller.say("printing")
    seller.press("F7", "Enter")
    seller.selling.say(shown())
    seller.settle()
    assert seller.page.presenter.model(Translator("en")).codes == ()


def test_shown_codes_do_not_follow_the_cashier_to_another_sale(seller: Seller) -> None:
    """Whoever opens the list leaves the codes behind."""
    seller.begin()
    seller.say("printing")
    seller.selling.say(open_sales())
    seller.press("F7")
    seller.selling.say(shown())
    seller.settle()
    seller.press("F6", "Down", "Enter")
    assert "5081273349901" not in str(seller.page.presenter.model(Translator("en")).codes)


def test_showing_that_needs_a_manager_asks_reason_and_pin_and_tells_a_wrong_one(seller: Seller) -> None:
    """Both stand in the journal; a wrong PIN shows nothing."""
    seller.begin()
    seller.say("done")
    seller.say("printing")
    seller.press("F7")
    seller.selling.say(SaleFailed("show_codes", "s1", Message("sale.needs_manager")))
    seller.settle()
    seller.type("mat phieu")
    seller.press("Enter")
    seller.type(PIN)
    seller.press("Enter")
    assert seller.selling.commands[-1] == ("show_codes", "s1", PIN, "mat phieu")
    seller.selling.say(SaleFailed("show_codes", "s1", Message("pin.wrong", (("wait_s", 2),))))
    seller.settle()
    assert seller.box._error.text()
    seller.selling.say(shown())
    seller.settle()
    assert seller.window.box.sheet is None


def test_a_manager_is_not_asked_for_her_own_pin_but_for_her_reason(seller: Seller) -> None:
    """She is signed in; the reason is what the journal lacks."""
    seller.act(HUONG)
    seller.press("F2")
    seller.begin()
    seller.say("done")
    seller.press("Ctrl+P")
    seller.type("rach phieu")
    seller.press("Enter")
    assert seller.selling.commands[-1] == ("reprint", "s1", None, "rach phieu")


def test_handing_over_late_is_a_managers(seller: Seller) -> None:
    """The cashier gives the PIN pad to her manager; no reason is asked."""
    seller.begin()
    seller.say("to_hand_over")
    seller.press("Enter")
    seller.type(PIN)
    seller.press("Enter")
    assert seller.selling.commands[-1] == ("hand_over_late", "s1", PIN)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("phase", list(SalePhase))
def test_every_phase_has_its_words(phase: SalePhase, language: str) -> None:
    """No key of the catalogue ever stands on the screen."""
    tr = Translator(language)
    for part in (f"sell.{phase}.title", f"sell.{phase}.note", f"sell.state.{phase}"):
        assert tr.has(part), part
