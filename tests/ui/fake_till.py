"""A till without an engine: it writes down commands and says what a test tells it to say."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from pos.domain.drawer import DrawerReason
from pos.till.commands import Listener
from pos.till.ports import Person, Role
from pos.till.views import (
    BillChanged,
    BillView,
    ClockView,
    DeviceView,
    Environment,
    Link,
    Phase,
    SignedIn,
    StripView,
    TillEvent,
    Verdicts,
)

LAN = Person("p1", "Lan", Role.CASHIER)
MINH = Person("p2", "Minh", Role.CASHIER)
HUONG = Person("p3", "Hương", Role.MANAGER)
EVERYONE = (LAN, MINH, HUONG)
NOW_UTC = datetime(2026, 11, 21, 2, 12, tzinfo=UTC)


class ManualClock:
    """Time that moves only when a test moves it."""

    def __init__(self) -> None:
        self.mono = 1000.0

    def mono_s(self) -> float:
        return self.mono

    def now_utc(self) -> datetime:
        return NOW_UTC + timedelta(seconds=self.mono - 1000.0)


class FakeTill:
    """Records every command as `(name, *arguments)`."""

    def __init__(self, everyone: tuple[Person, ...] = EVERYONE) -> None:
        self.commands: list[tuple[object, ...]] = []
        self.everyone = everyone
        self.listeners: list[Listener] = []
        self.bills = 0

    def say(self, event: TillEvent) -> None:
        for listener in self.listeners:
            listener(event)

    def subscribe(self, listener: Listener) -> None:
        self.listeners.append(listener)

    def people(self) -> tuple[Person, ...]:
        return self.everyone

    def sign_in(self, person_id: str, pin: str) -> None:
        self.commands.append(("sign_in", person_id, pin))

    def sign_out(self, *, idle: bool = False) -> None:
        self.commands.append(("sign_out", "idle") if idle else ("sign_out",))
        self.say(SignedIn(None))

    def notice_seen(self, code: str) -> None:
        self.commands.append(("notice_seen", code))

    def open_bill(self) -> str:
        self.bills += 1
        key = f"k{self.bills}"
        self.commands.append(("open_bill", key))
        self.say(BillChanged(draft(key)))
        return key

    def resume_bill(self, bill_number: str) -> str:
        self.commands.append(("resume_bill", bill_number))
        return f"r-{bill_number}"

    def set_bill_number(self, key: str, text: str) -> None:
        self.commands.append(("set_bill_number", key, text))

    def set_total(self, key: str, total_vnd: int) -> None:
        self.commands.append(("set_total", key, total_vnd))

    def add_sku(self, key: str, text: str) -> None:
        self.commands.append(("add_sku", key, text))

    def scan(self, key: str, text: str) -> None:
        self.commands.append(("scan", key, text))

    def check_again(self, key: str, line_id: str) -> None:
        self.commands.append(("check_again", key, line_id))

    def change_issuer(self, key: str, line_id: str, provider: str) -> None:
        self.commands.append(("change_issuer", key, line_id, provider))

    def decide(self, bill_number: str, line_id: str, *, accept: bool, reason: str, manager_pin: str) -> None:
        self.commands.append(("decide", bill_number, line_id, accept, reason, manager_pin))

    def take_back(
        self, bill_number: str, line_id: str, *, reason: str, manager_pin: str, no_other_till: bool = False
    ) -> None:
        self.commands.append(("take_back", bill_number, line_id, reason, manager_pin, no_other_till))

    def remove_line(self, key: str, line_id: str) -> None:
        self.commands.append(("remove_line", key, line_id))

    def declare(self, key: str, line_id: str, worth_vnd: int) -> None:
        self.commands.append(("declare", key, line_id, worth_vnd))

    def confirm(self, key: str, *, loss_accepted: bool = False) -> None:
        self.commands.append(("confirm", key, loss_accepted))

    def accept_offline(self, key: str, *, manager_pin: str | None = None) -> None:
        self.commands.append(("accept_offline", key, manager_pin))

    def manager_unlock(self, manager_pin: str) -> None:
        self.commands.append(("manager_unlock", manager_pin))

    def close_bill(self, key: str) -> None:
        self.commands.append(("close_bill", key))

    def set_aside(self, key: str) -> None:
        self.commands.append(("set_aside", key))

    def abandon(self, key: str) -> None:
        self.commands.append(("abandon", key))

    def ask_again(self, bill_number: str) -> None:
        self.commands.append(("ask_again", bill_number))

    def send_again(self, bill_number: str) -> None:
        self.commands.append(("send_again", bill_number))

    def drop(self, bill_number: str) -> None:
        self.commands.append(("drop", bill_number))

    def finish_sale(self, bill_number: str) -> None:
        self.commands.append(("finish_sale", bill_number))

    def customer_left(self, bill_number: str) -> None:
        self.commands.append(("customer_left", bill_number))

    def painted(self, bill_number: str, verdicts: Verdicts) -> None:
        self.commands.append(("painted", bill_number))

    def reprint(self, bill_number: str) -> None:
        self.commands.append(("reprint", bill_number))

    def print_now(self) -> None:
        self.commands.append(("print_now",))

    def slip_seen(self, job_id: str) -> None:
        self.commands.append(("slip_seen", job_id))

    def open_drawer(self, reason: DrawerReason, note: str = "", *, manager_pin: str | None = None) -> None:
        self.commands.append(("open_drawer", reason, note, manager_pin))

    def settle_now(self) -> None:
        self.commands.append(("settle_now",))


def draft(key: str, number: str | None = None) -> BillView:
    """An empty bill."""
    return BillView(key=key, number=number or "HN03-T2-20261121-000148", total_vnd=0, phase=Phase.DRAFT, lines=())


def strip(environment: Environment = Environment.PRODUCTION, person: Person | None = LAN) -> StripView:
    """All is well."""
    ready = DeviceView(Link.OK, "ready")
    return StripView(
        network=DeviceView(Link.OK, "online", NOW_UTC),
        queue_count=0,
        at_risk_vnd=0,
        oldest_utc=None,
        open_bills=0,
        open_cases=0,
        unprinted=0,
        printer=ready,
        scanner=ready,
        clock=ClockView(trusted=True, offset_s=0.4, jumped_back=False),
        person=person,
        business_date=date(2026, 11, 21),
        environment=environment,
    )
