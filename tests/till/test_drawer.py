"""The cash drawer: only with the right to, in the book before it moves, never opened by itself later."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from pos.domain.drawer import A_PERSON_S, MOST_NOTE_CHARS, DrawerReason
from pos.domain.errors import JournalUnavailable, RuleBroken, SecurityError
from pos.till.drawer import STILL_WANTED_S, DrawerDesk
from pos.till.ports import DrawerEnd, JournalTx, Person, Role
from tests.till.hand_clock import HandClock
from tests.till.record import changes
from tests.till.rig import Rig
from tests.till.test_service import TwoPeople

LAN, HOA = Person("1", "Lan", Role.CASHIER), Person("2", "Hoa", Role.MANAGER)
HOAS_PIN = "7391"


class Box:
    """A drawer that counts its pulses and ends each as the test says."""

    def __init__(self) -> None:
        self.pulses = 0
        self.end: tuple[DrawerEnd, str | None] = (DrawerEnd.SENT, None)
        self.before: Callable[[], None] = lambda: None

    def open_drawer(self) -> tuple[DrawerEnd, str | None]:
        self.before()
        self.pulses += 1
        return self.end


@pytest.fixture
def box() -> Box:
    return Box()


def desk_of(till: Rig, box: Box, *, cashier_may_open: bool = False) -> DrawerDesk:
    """As every start of the program builds it."""
    return DrawerDesk(
        till.journal, TwoPeople(), till.clock, till.chance, box, cashier_may_open=lambda: cashier_may_open
    )


def actors(till: Rig) -> list[tuple[str, str]]:
    """Kind and actor of each link about the drawer."""
    found = till.journal._core.connections.get().execute("SELECT facts, actor FROM audit ORDER BY seq").fetchall()
    kinds = [(json.loads(text)[0]["kind"], actor) for text, actor in found]
    return [entry for entry in kinds if entry[0].startswith("drawer")]


def book(till: Rig) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Openings and how they ended."""
    return changes(till, "drawer"), changes(till, "drawer.end")


@pytest.mark.parametrize("reason", A_PERSON_S)
def test_a_manager_opens_and_the_book_names_who_and_why(till: Rig, box: Box, reason: DrawerReason) -> None:
    desk = desk_of(till, box)
    note = "đổi tiền lẻ" if reason is DrawerReason.OTHER else None
    assert desk.carry_out(desk.ask(HOA, reason, note or "")) == (DrawerEnd.SENT, None)
    assert box.pulses == 1
    assert book(till) == ([{"reason": reason.value, "note": note, "manager": None}], [{"end": "sent", "why": None}])
    assert actors(till) == [("drawer", "Hoa"), ("drawer.end", "Hoa")]
    assert till.journal.verify().whole


def test_a_cashier_alone_does_not_open_it(till: Rig, box: Box) -> None:
    """Nothing is written either: nothing happened."""
    with pytest.raises(SecurityError, match=r"drawer\.needs_manager"):
        desk_of(till, box).ask(LAN, DrawerReason.CHANGE)
    assert (box.pulses, book(till)) == (0, ([], []))


def test_a_cashier_opens_it_where_the_shop_allows(till: Rig, box: Box) -> None:
    desk = desk_of(till, box, cashier_may_open=True)
    desk.carry_out(desk.ask(LAN, DrawerReason.CHANGE))
    assert (box.pulses, actors(till)[0]) == (1, ("drawer", "Lan"))


def test_a_manager_s_pin_on_the_spot_opens_it_for_the_cashier_and_both_names_stand(till: Rig, box: Box) -> None:
    desk = desk_of(till, box)
    desk.carry_out(desk.ask(LAN, DrawerReason.CASH_OUT, manager_pin=HOAS_PIN))
    assert (box.pulses, actors(till)[0]) == (1, ("drawer", "Lan"))
    assert book(till)[0] == [{"reason": "cash_out", "note": None, "manager": "Hoa"}]


@pytest.mark.parametrize("pin", ["0000", "2580"])
def test_no_other_pin_does(till: Rig, box: Box, pin: str) -> None:
    """2580 is the cashier's own."""
    with pytest.raises(SecurityError, match=r"pin\.wrong"):
        desk_of(till, box).ask(LAN, DrawerReason.CHANGE, manager_pin=pin)
    assert (box.pulses, book(till)) == (0, ([], []))


def test_nobody_signed_in_opens_it_only_as_a_manager(till: Rig, box: Box) -> None:
    """A shop that lets cashiers open it lets cashiers, not passers-by."""
    desk = desk_of(till, box, cashier_may_open=True)
    with pytest.raises(SecurityError, match=r"drawer\.needs_manager"):
        desk.ask(None, DrawerReason.CHANGE)
    desk.carry_out(desk.ask(None, DrawerReason.COUNT, manager_pin=HOAS_PIN))
    assert (box.pulses, actors(till)[0]) == (1, ("drawer", "Hoa"))


@pytest.mark.parametrize(
    ("reason", "note", "code"),
    [
        (DrawerReason.OTHER, "  ", "drawer.note_missing"),
        (DrawerReason.OTHER, "x" * (MOST_NOTE_CHARS + 1), "drawer.note_unusable"),
        (DrawerReason.OTHER, "a\x00b", "drawer.note_unusable"),
        (DrawerReason.SLIP, "", "drawer.reason_unusable"),
    ],
)
def test_a_reason_that_says_nothing_opens_nothing(
    till: Rig, box: Box, reason: DrawerReason, note: str, code: str
) -> None:
    with pytest.raises(RuleBroken, match=code.replace(".", r"\.")):
        desk_of(till, box).ask(HOA, reason, note)
    assert (box.pulses, book(till)) == (0, ([], []))


def test_another_reason_without_any_words_opens_nothing(till: Rig, box: Box) -> None:
    with pytest.raises(RuleBroken, match=r"drawer\.note_missing"):
        desk_of(till, box).ask(HOA, DrawerReason.OTHER)
    assert (box.pulses, book(till)) == (0, ([], []))


def test_it_stands_on_disk_before_the_pulse_leaves(till: Rig, box: Box) -> None:
    seen: list[int] = []
    desk = desk_of(till, box)
    box.before = lambda: seen.append(len(book(till)[0]))
    desk.carry_out(desk.ask(HOA, DrawerReason.COUNT))
    assert seen == [1]


def test_a_disk_that_takes_nothing_keeps_the_drawer_shut(till: Rig, box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(actor: str) -> AbstractContextManager[JournalTx]:
        raise JournalUnavailable("journal.disk_full")

    monkeypatch.setattr(till.journal, "transaction", full_disk)
    with pytest.raises(JournalUnavailable):
        desk_of(till, box).ask(HOA, DrawerReason.CHANGE)
    assert box.pulses == 0


@pytest.mark.parametrize("end", [(DrawerEnd.SHUT, "printer.paper_out"), (DrawerEnd.DOUBTFUL, "device.disconnected")])
def test_a_pulse_that_failed_is_told_written_down_and_not_repeated(
    till: Rig, box: Box, end: tuple[DrawerEnd, str]
) -> None:
    desk = desk_of(till, box)
    box.end = end
    assert desk.carry_out(desk.ask(HOA, DrawerReason.CHANGE)) == end
    assert (box.pulses, book(till)[1]) == (1, [{"end": end[0].value, "why": end[1]}])


def test_a_plug_pulled_between_the_book_and_the_pulse_opens_nothing_at_the_next_start(till: Rig, box: Box) -> None:
    """The book says that somebody asked, and not that the drawer opened."""
    desk_of(till, box).ask(HOA, DrawerReason.CASH_IN)
    till.restart()
    desk_of(till, box)
    assert box.pulses == 0
    assert book(till) == ([{"reason": "cash_in", "note": None, "manager": None}], [])


def test_a_drawer_that_could_not_be_opened_in_time_stays_shut(till: Rig, box: Box, clock: HandClock) -> None:
    """A printer that hung for a minute must not open the drawer before a customer."""
    desk = desk_of(till, box)
    opening = desk.ask(HOA, DrawerReason.CHANGE)
    clock.pass_s(STILL_WANTED_S + 1)
    assert desk.carry_out(opening) == (DrawerEnd.SHUT, "drawer.too_late")
    assert (box.pulses, book(till)[1]) == (0, [{"end": "shut", "why": "drawer.too_late"}])


@pytest.mark.parametrize(("waited_s", "pulses"), [(10.0, 1), (10.01, 0)])
def test_a_drawer_is_wanted_for_ten_seconds(
    till: Rig, box: Box, clock: HandClock, waited_s: float, pulses: int
) -> None:
    """Afterwards nobody may stand before it any more; no note was given, so none is in the book."""
    desk = desk_of(till, box)
    opening = desk.ask(HOA, DrawerReason.CHANGE)
    clock.pass_s(waited_s)
    desk.carry_out(opening)
    assert box.pulses == pulses
    assert book(till)[0] == [{"reason": "change", "note": None, "manager": None}]
