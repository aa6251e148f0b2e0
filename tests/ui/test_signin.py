"""Sign-in: a name, a PIN, and nothing of it left behind."""

from __future__ import annotations

from pos.i18n import Translator
from pos.till.views import CommandFailed, Message, SignedIn
from tests.ui.fake_till import LAN
from tests.ui.hands import Hands

VI = Translator("vi")


def test_a_name_by_its_key_and_a_pin_sign_in(hands: Hands) -> None:
    """F1, four digits, Enter."""
    hands.press("F1")
    hands.type("1111")
    hands.press("Enter")
    assert hands.till.commands == [("sign_in", "p1", "1111")]
    assert hands.window.screens.signin_screen.pad.digits == ""


def test_the_pin_is_never_shown(hands: Hands) -> None:
    """Neither digits nor their number's value reach a label or the accessible name."""
    hands.press("F1")
    hands.type("2468")
    assert "2468" not in hands.window.screens.signin_screen.pad.accessibleName()
    assert "4" in hands.window.screens.signin_screen.pad.accessibleName()


def test_a_wrong_pin_says_so_and_another_can_be_typed_at_once(hands: Hands) -> None:
    """The reason stands below the pad; the name stays chosen."""
    hands.press("F1")
    hands.type("1")
    hands.press("Enter")
    hands.till.say(CommandFailed("sign_in", Message("pin.wait", (("wait_s", 30),))))
    hands.settle()
    assert "30 giây" in hands.window.screens.signin_screen._error.text()
    hands.type("1111")
    hands.press("Enter")
    assert hands.till.commands[-1] == ("sign_in", "p1", "1111")


def test_while_a_pin_is_checked_a_second_one_is_not_sent(hands: Hands) -> None:
    """An impatient finger does not use up tries."""
    hands.press("F1")
    hands.type("1111")
    hands.press("Enter")
    hands.type("1111")
    hands.press("Enter")
    assert len(hands.till.commands) == 1


def test_signing_in_opens_a_bill_ready_to_scan(hands: Hands) -> None:
    """No key between the PIN and the first voucher."""
    hands.till.say(SignedIn(LAN))
    hands.settle()
    assert hands.till.commands[-1] == ("open_bill", "k1")
    assert hands.window.screens.counter_screen.entry.hasFocus()
