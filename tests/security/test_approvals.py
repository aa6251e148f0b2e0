"""Who did what: a manager's word is kept with the cashier's name beside it, and after a switch each act is hers who did
it.
"""

from __future__ import annotations

import json
from typing import Any

from pos.till.views import CommandFailed, Phase, SignedIn, TakeBackEnded
from tests.till.fake_issuer import FakeIssuer
from tests.till.test_service import Window
from tests.till.test_service_several import E1, asked, other, window

__all__ = ["other", "window"]
LANS_PIN, HOAS_PIN = "2580", "7391"


def sign_in(window: Window, person_id: str, pin: str) -> None:
    window.events.clear()
    window.till.sign_in(person_id, pin)
    window.wait(lambda: any(isinstance(event, SignedIn) and event.person for event in window.events))


def chain(window: Window, *kinds: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Actor, kind and facts of these changes, oldest first."""
    journal: Any = window.till._desk.journal
    rows = journal.core.connections.get().execute("SELECT actor, facts FROM audit ORDER BY seq").fetchall()
    changes = [(actor, change) for actor, facts in rows for change in json.loads(facts)]
    return [(actor, change["kind"], change["facts"]) for actor, change in changes if change["kind"] in kinds]


def test_a_managers_word_at_a_cashiers_counter_stands_with_both_names(window: Window, other: FakeIssuer) -> None:
    sign_in(window, "1", LANS_PIN)
    other.faults["mark_used"] = ["lost_after"]
    key, line_id = asked(window)
    window.till.change_issuer(key, line_id, "vinid-evoucher")
    window.till.confirm(key, loss_accepted=True)
    window.phase(key, Phase.UNKNOWN)
    view = window.last(key)
    assert view is not None
    window.till.ask_again(view.number)
    window.wait(lambda: any(line.needs_decision for line in (window.last(key) or view).lines))
    line_id = (window.last(key) or view).lines[0].id
    window.till.decide(view.number, line_id, accept=True, reason="khách còn ở quầy", manager_pin=HOAS_PIN)
    window.phase(key, Phase.DONE)
    window.till.take_back(view.number, line_id, reason="nhầm", manager_pin=HOAS_PIN, no_other_till=True)
    window.wait(lambda: TakeBackEnded(view.number, E1[-4:], "done") in window.events)
    window.till.manager_unlock(HOAS_PIN)
    window.wait(lambda: bool(chain(window, "scanning.unlocked")))
    assert chain(window, "approved", "scanning.unlocked") == [
        ("Hoa", "approved", {"action": "decide_undecided", "cashier": "Lan", "manager": "Hoa"}),
        ("Hoa", "approved", {"action": "take_back", "cashier": "Lan", "manager": "Hoa"}),
        ("Lan", "scanning.unlocked", {"manager": "Hoa"}),
    ]


def test_after_a_switch_each_act_is_hers_who_did_it_and_the_bill_stays(window: Window) -> None:
    sign_in(window, "1", LANS_PIN)
    key, line_id = asked(window)
    window.till.change_issuer(key, line_id, "vinid-evoucher")
    sign_in(window, "2", HOAS_PIN)
    window.till.confirm(key, loss_accepted=True)
    window.phase(key, Phase.DONE)
    moves = chain(window, "move")
    assert {actor for actor, _, _ in moves} == {"Hoa"}
    assert [actor for actor, _, _ in chain(window, "bill")] == ["Hoa"]  # it was written when it was confirmed


def test_the_till_that_locked_itself_says_so(window: Window) -> None:
    sign_in(window, "1", LANS_PIN)
    window.till.sign_out(idle=True)
    window.wait(lambda: SignedIn(None) in window.events)
    assert chain(window, "signed_out") == [("Lan", "signed_out", {"idle": True, "role": "cashier"})]


def test_a_cashiers_own_pin_is_no_managers_word(window: Window) -> None:
    sign_in(window, "1", LANS_PIN)
    window.till.manager_unlock(LANS_PIN)
    window.wait(lambda: any(isinstance(e, CommandFailed) and e.message.code == "pin.wrong" for e in window.events))
    assert chain(window, "scanning.unlocked") == []
