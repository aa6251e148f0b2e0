"""The table of rights decides: every action, as every role, on the desks that carry it out.

For each action a probe tries it on the real desk with nobody's PIN and with a manager's. What comes of it must be what
the table says – also when the table says something else, so that no desk decides by itself. An action without a probe
fails, and so does one without a line in the table or without words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pos.domain.backups import CopyReason
from pos.domain.drawer import DrawerReason
from pos.domain.errors import PosError, SecurityError
from pos.domain.permissions import TABLE, Action, Right, Role, right_of
from pos.i18n import LANGUAGES, Translator
from pos.setup.backup_desk import BackupDesk
from pos.till.booking.service import BookingService
from pos.till.booking.views import BookingFailed
from pos.till.counter import CounterBill
from pos.till.drawer import DrawerDesk
from pos.till.people_desk import PeopleDesk
from pos.till.ports import DrawerEnd, Person
from pos.till.review.cases import CaseDesk
from pos.till.review.cases_views import CaseSource
from pos.till.review.shifts import ShiftDesk
from pos.till.rights import NEEDS_MANAGER, Rights
from pos.till.selling.service import SaleService
from pos.till.selling.views import SaleFailed
from pos.till.service import Till, TillInfo
from pos.till.take_back import TakeBackDesk
from pos.till.undecided import UndecidedDesk
from pos.till.views import CommandFailed, Environment
from pos.ui.manager.page import SECTION_ACTIONS, ManagerPage
from tests.booking.issuer import NUMBER
from tests.booking.rig import BookingRig
from tests.till.fake_issuer import FakeIssuer
from tests.till.hand_clock import CountingChance, HandClock
from tests.till.rig import Rig
from tests.till.selling.fake_seller import FakeSeller
from tests.till.selling.rig import SaleRig
from tests.updates.ledger import ledger_desk

LAN, HOA = Person("1", "Lan", Role.CASHIER), Person("2", "Hoa", Role.MANAGER)
PINS = {LAN: "4826", HOA: "739155"}
REFUSALS = {
    NEEDS_MANAGER, "drawer.needs_manager", "sale.needs_manager", "case.manager", "undecided.manager",
    "take_back.manager",
}  # fmt: skip


class Two:
    """A cashier and a manager."""

    def everyone(self) -> tuple[Person, ...]:
        return (LAN, HOA)

    def verify(self, person_id: str, pin: str) -> Person:
        return next(person for person in PINS if person.id == person_id)

    def manager_by_pin(self, pin: str) -> Person:
        if pin != PINS[HOA]:
            raise SecurityError("pin.wrong", wait_s=None)
        return HOA

    def __getattr__(self, name: str) -> Any:
        return lambda *_, **__: None  # a change of the people, for the desk that asks first


class AtOnce:
    """Workers that work in the caller's own thread."""

    def put(self, key: str, job: Callable[[], None]) -> None:
        job()

    def forget(self, key: str) -> None:
        """Nothing is kept."""

    def close(self, timeout_s: float) -> bool:
        return True


class Shut:
    """A drawer that nobody waits for."""

    def open_drawer(self) -> tuple[DrawerEnd, str | None]:
        return DrawerEnd.SENT, None


class Seen:
    """Notices that write down who has read them."""

    def __init__(self) -> None:
        self.by: list[Person] = []

    def pending(self) -> tuple[()]:
        return ()

    def seen(self, code: str, person: Person) -> None:
        self.by.append(person)


class NoCases:
    """No case is ever there."""

    def __getattr__(self, name: str) -> Any:
        raise PosError("journal.no_such_row")


class Shop:
    """Every desk, one person signed in at all of them."""

    def __init__(self, folder: Path) -> None:
        self.person: Person | None = None
        self.failures: list[str] = []
        self.people, self.notices = Two(), Seen()
        self.rig = Rig(folder / "till", FakeIssuer(), HandClock(), CountingChance())
        self.till = self._till()
        clock = HandClock()
        self.sale_rig = SaleRig(folder / "sales", FakeSeller(clock), clock)
        self.sale_rig.stock_up()
        self.sales = SaleService(
            self.sale_rig.desk, self.sale_rig.selling.settler, self.people, person=lambda: self.person,
            slip_kinds=(self.sale_rig.slips,),
        )  # fmt: skip
        self.booking_rig = BookingRig(folder / "bookings")
        self.bookings = BookingService(self.booking_rig.desk, self.people, person=lambda: self.person)
        for desk in (self.till, self.sales, self.bookings):
            desk._workers = AtOnce()  # type: ignore[assignment]
            desk.subscribe(self._hear)

    def _till(self) -> Till:
        desk, people = self.rig.desk, self.people
        drawer = DrawerDesk(desk.journal, people, desk.clock, desk.chance, Shut(), cashier_may_open=lambda: False)
        return Till(
            desk,
            lambda *_: self.rig.make_settler(lambda: False),
            people,
            TillInfo(Environment.TRAINING, lambda day, n: f"DT-{day}-{n:06d}", lambda day: f"bill/{day}"),
            drawer=drawer,
            undecided=UndecidedDesk(desk.journal, desk.issuers, desk.leases, desk.redeemer),
            take_back=TakeBackDesk(desk.journal, desk.issuers, desk.clock, desk.chance, desk.leases, desk.redeemer, {}),
            notices=self.notices,
            pause_s=0.0,
        )

    def _hear(self, event: object) -> None:
        if isinstance(event, CommandFailed | SaleFailed | BookingFailed):
            self.failures.append(event.message.code)

    def signed_in(self, person: Person) -> None:
        self.person = self.till._person = person
        self.failures.clear()

    def bill(self) -> tuple[str, str]:
        """A draft on the counter; its key and number."""
        key = self.till.open_bill()
        return key, self.till._open[key].counter.bill.number if key in self.till._open else ""

    def sale(self, cashier: str) -> str:
        """A sale whose slip waits for paper."""
        draft = self.sale_rig.desk.draft("codes", "VT50", 1)
        self.sale_rig.desk.record(draft, actor=cashier)
        self.sale_rig.desk.send(draft.id, actor=cashier, here=lambda: True)
        return draft.id

    def refused(self, act: Callable[[], object]) -> bool:
        """Whether it was refused for want of a right; whatever else stands in its way comes after that."""
        try:
            act()
        except PosError as error:
            self.failures.append(error.code)
        return any(code in REFUSALS for code in self.failures)

    def close(self) -> None:
        for journal in (self.rig.journal, self.sale_rig.journal, self.booking_rig.journal):
            journal.close()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("rights")
    for name in ("till", "sales", "bookings"):
        (folder / name).mkdir()
    opened = Shop(folder)
    yield opened
    opened.close()


def _on_bill(act: Callable[[Till, str, str, str], object]) -> Callable[[Shop, Person, str], bool]:
    def probe(shop: Shop, person: Person, pin: str) -> bool:
        key, number = shop.bill()
        return not shop.refused(lambda: act(shop.till, key, number, pin))

    return probe


def _beyond(shop: Shop, person: Person, pin: str) -> bool:
    """What the bill is told: on whose word."""
    words: list[Person | None] = []
    key, _ = shop.bill()
    counter: Any = shop.till._open[key].counter
    kept, shop.till._open[key].counter = counter, _Told(counter, words)  # type: ignore[assignment]
    shop.till.accept_offline(key, manager_pin=pin or None)
    shop.till._open[key].counter = kept
    return words[-1:] != [None] and bool(words)


class _Told:
    """A bill that only hears on whose word value is given."""

    def __init__(self, bill: CounterBill, words: list[Person | None]) -> None:
        self._bill, self._words = bill, words
        self.actor = ""

    def accept_offline(self, manager: Person | None) -> None:
        self._words.append(manager)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bill, name)


def _on_sale(
    act: Callable[[SaleService, str, str | None], object], *, own: bool
) -> Callable[[Shop, Person, str], bool]:
    def probe(shop: Shop, person: Person, pin: str) -> bool:
        sale_id = shop.sale(person.name if own else "Mai")
        shop.failures.clear()
        return not shop.refused(lambda: act(shop.sales, sale_id, pin or None))

    return probe


def _settle_booking(shop: Shop, person: Person, pin: str) -> bool:
    key = shop.bookings.look_up(NUMBER)
    shop.failures.clear()
    return not shop.refused(lambda: shop.bookings.settle(key, manager_pin=pin, closure=""))


def _section(name: str) -> Callable[[Shop, Person, str], bool]:
    """Whether the section is shown on the manager's page, to somebody signed in or behind a PIN at its gate."""

    def probe(shop: Shop, person: Person, pin: str) -> bool:
        page = ManagerPage(None, lambda _: HOA, lambda _: ())  # type: ignore[arg-type]
        page.signed_in(person)
        if pin:
            page.acting.person, page._by_pin = shop.people.manager_by_pin(pin), True
        elif SECTION_ACTIONS[name] is not Action.SEE_DAY:
            page.acting.person = person  # suppose the page were open to her
        return page._may(name)

    return probe


def _case(shop: Shop, person: Person, pin: str) -> bool:
    desk = CaseDesk(NoCases(), {}, shop.people)
    if pin:
        return not shop.refused(
            lambda: desk.close(CaseSource.REDEMPTION, 1, "x", actor=shop.people.manager_by_pin(pin).name)
        )
    seen = _section("cases")(shop, person, pin)
    return seen and not shop.refused(lambda: desk.close(CaseSource.REDEMPTION, 1, "x", actor=person.name))


def _notice(shop: Shop, person: Person, pin: str) -> bool:
    shop.notices.by.clear()
    shop.till.notice_seen("manager.recovered")
    return bool(shop.notices.by)


def _people(shop: Shop, person: Person, pin: str) -> bool:
    desk = PeopleDesk(shop.people, Rights(shop.people))
    return not shop.refused(lambda: desk.set_pin("1", "4826", actor=person.name))


def _back_up(shop: Shop, person: Person, pin: str) -> bool:
    desk = BackupDesk(NoCases(), Rights(shop.people))
    return not shop.refused(lambda: desk.make(CopyReason.BY_HAND, person.name))


def _hand_over(shop: Shop, person: Person, pin: str) -> bool:
    desk = ShiftDesk(NoCases(), shop.people, HandClock().now_utc)
    return not shop.refused(lambda: desk.hand_over("Mai", person.id, PINS[person]))


def _command(action: Action) -> Callable[[Shop, Person, str], bool]:
    """Where only a command does it: nobody is signed in there, so it is a manager's PIN or nothing."""

    def probe(shop: Shop, person: Person, pin: str) -> bool:
        return not shop.refused(lambda: Rights(shop.people).allow(action, None, pin))

    return probe


def _update(shop: Shop, person: Person, _: str) -> bool:
    return not shop.refused(lambda: ledger_desk(Rights(shop.people)).schedule(person.name, on=False))


PROBES: dict[Action, Callable[[Shop, Person, str], bool]] = {
    Action.REDEEM: lambda shop, *_: not shop.refused(shop.till.open_bill),
    Action.ACCEPT_OFFLINE: _on_bill(lambda till, key, *_: till.accept_offline(key)),
    Action.ACCEPT_OFFLINE_BEYOND: _beyond,
    Action.DECIDE_UNDECIDED: _on_bill(
        lambda till, _, number, pin: till.decide(number, "l1", accept=True, reason="x", manager_pin=pin)
    ),
    Action.TAKE_BACK: _on_bill(lambda till, _, number, pin: till.take_back(number, "l1", reason="x", manager_pin=pin)),
    Action.UNLOCK_SCANNING: lambda shop, _, pin: not shop.refused(lambda: shop.till.manager_unlock(pin)),
    Action.OPEN_DRAWER: lambda shop, _, pin: (
        not shop.refused(lambda: shop.till.open_drawer(DrawerReason.CHANGE, manager_pin=pin or None))
    ),
    Action.REPRINT_SLIP: _on_bill(lambda till, _, number, __: till.reprint(number)),
    Action.SELL: lambda shop, *_: not shop.refused(lambda: shop.sales.start_sale("codes", "VT50", 1)),
    Action.SHOW_CODES: _on_sale(lambda sales, sale, _: sales.show_codes(sale), own=True),
    Action.SHOW_CODES_AGAIN: _on_sale(
        lambda sales, sale, pin: sales.show_codes(sale, manager_pin=pin, reason="x"), own=False
    ),
    Action.REPRINT_CODES: _on_sale(lambda sales, sale, pin: sales.reprint(sale, manager_pin=pin, reason="x"), own=True),
    Action.HAND_OVER_LATE: _on_sale(lambda sales, sale, pin: sales.hand_over_late(sale, manager_pin=pin), own=True),
    Action.CLOSE_SALE: _on_sale(
        lambda sales, sale, pin: sales.close_case(sale, manager_pin=pin, closure="x"), own=True
    ),
    Action.PAY_BOOKING: lambda shop, *_: not shop.refused(lambda: shop.bookings.look_up(NUMBER)),
    Action.SETTLE_BOOKING: _settle_booking,
    Action.HAND_OVER_SHIFT: _hand_over,
    Action.SEE_DAY: _section("day"),
    Action.SETTLE_CASE: _case,
    Action.CLOSE_DAY: _section("closing"),
    Action.CHECK_STATEMENT: _section("statement"),
    Action.SEE_LEVELS: _section("levels"),
    Action.SEE_AUDIT: _section("audit"),
    Action.CHANGE_SETTINGS: _section("setup"),
    Action.MANAGE_PEOPLE: _people,
    Action.ACKNOWLEDGE: _notice,
    Action.BACK_UP: _back_up,
    Action.RESTORE: _command(Action.RESTORE),
    Action.BACK_UP_KEYS: _command(Action.BACK_UP_KEYS),
    Action.ROTATE_KEYS: _command(Action.ROTATE_KEYS),
    Action.UPDATE_PROGRAM: _update,
}
BY_OWN_PIN = {Action.HAND_OVER_SHIFT, Action.MANAGE_PEOPLE, Action.BACK_UP, Action.UPDATE_PROGRAM}
"""Carried out behind the PIN of whoever does it: a manager's approval of herself is given with it."""
NO_PAD = {Action.REDEEM, Action.ACCEPT_OFFLINE, Action.REPRINT_SLIP, Action.SELL, Action.SHOW_CODES, Action.PAY_BOOKING,
          Action.ACKNOWLEDGE, *BY_OWN_PIN}  # fmt: skip
"""Where no PIN is asked for on the spot."""
COMMANDS = {Action.RESTORE, Action.BACK_UP_KEYS, Action.ROTATE_KEYS}


def test_every_action_has_a_line_a_probe_and_words() -> None:
    assert set(TABLE) == set(Action) == set(PROBES)
    for language in LANGUAGES:
        words = Translator(language)
        assert all(words.has(f"right.{action}") for action in Action)
        assert all(words.has(f"right.rights.{right}") for right in Right)


def test_the_table_in_force() -> None:
    """A cashier serves; whatever costs or hides something is a manager's, and nothing is closed to her."""
    cashiers = {action for action in Action if right_of(action, Role.CASHIER) is Right.MAY}
    assert cashiers == {
        Action.REDEEM, Action.ACCEPT_OFFLINE, Action.REPRINT_SLIP, Action.SELL, Action.SHOW_CODES, Action.PAY_BOOKING,
        Action.HAND_OVER_SHIFT,
    }  # fmt: skip
    assert all(right_of(action, Role.MANAGER) is not Right.NO for action in Action)


@pytest.mark.parametrize("right", Right)
@pytest.mark.parametrize("person", [LAN, HOA], ids=["cashier", "manager"])
@pytest.mark.parametrize("action", Action)
def test_the_desk_does_what_the_table_says(
    shop: Shop, action: Action, person: Person, right: Right, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever stands in the table: the desk asks it, and has no opinion of its own."""
    cashier, manager = TABLE[action]
    monkeypatch.setitem(TABLE, action, (right, manager) if person is LAN else (cashier, right))
    if action is Action.SHOW_CODES:  # else whoever may see any sale's codes may see her own
        monkeypatch.setitem(TABLE, Action.SHOW_CODES_AGAIN, (Right.APPROVAL, Right.APPROVAL))
    shop.signed_in(person)
    alone = PROBES[action](shop, person, "")
    if action in COMMANDS:
        assert not alone
    elif action in BY_OWN_PIN:
        assert alone is (right is Right.MAY or (right is Right.APPROVAL and person is HOA))
    else:
        assert alone is (right is Right.MAY)


@pytest.mark.parametrize("right", Right)
@pytest.mark.parametrize("action", sorted(set(Action) - NO_PAD))
def test_a_managers_pin_on_the_spot_opens_what_the_table_leaves_to_managers(
    shop: Shop, action: Action, right: Right, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TABLE, action, (Right.APPROVAL, right))
    shop.signed_in(LAN)
    assert PROBES[action](shop, LAN, PINS[HOA]) is (right is not Right.NO)


@pytest.mark.parametrize("pin", ["4826", "000000"])
@pytest.mark.parametrize("action", sorted(set(Action) - NO_PAD))
def test_no_other_pin_opens_anything(shop: Shop, action: Action, pin: str) -> None:
    """A cashier's own PIN on a manager's pad, or a guess."""
    shop.signed_in(LAN)
    told: list[str] = []
    try:
        PROBES[action](shop, LAN, pin)
    except SecurityError as error:
        told.append(error.code)
    assert "pin.wrong" in (*told, *shop.failures)
