"""Drawer and unprinted slips on the running till, at a printer that decodes what it gets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware.virtual.printer import PrinterFault, VirtualPrinter
from pos.bootstrap import Program, open_folder
from pos.domain.drawer import DrawerReason
from pos.running import RunningTill
from pos.till.ports import PrintState, Role
from pos.till.views import (
    CommandFailed,
    DrawerOpened,
    ListsChanged,
    Phase,
    SignedIn,
    StripChanged,
    StripView,
    TillEvent,
)
from tests.integration.counter import Counter
from tests.integration.test_running import Window
from tests.sandbox_process import SandboxProcess

LANS_PIN, HOAS_PIN = "4826", "739155"


class Shop(Window):
    """The running till with people, and everything it told."""

    def __init__(self, running: RunningTill) -> None:
        self.events: list[TillEvent] = []
        super().__init__(running)

    def _hear(self, event: TillEvent) -> None:
        self.events.append(event)
        super()._hear(event)

    def failure(self) -> str:
        """Wait for a refused opening: its code and cause."""
        self.wait(lambda: any(isinstance(event, CommandFailed) for event in self.events))
        message = next(event.message for event in self.events if isinstance(event, CommandFailed))
        return " ".join((message.code, *(str(value) for _, value in message.params)))

    def strip(self) -> StripView | None:
        views = [event.view for event in self.events if isinstance(event, StripChanged)]
        return views[-1] if views else None

    def says(self, unprinted: int, doubtful: int, printer: str) -> bool:
        """Whether the strip says so of slips and printer."""
        strip = self.strip()
        found = strip and (strip.unprinted, strip.doubtful, strip.printer.word.rpartition(".")[2])
        return found == (unprinted, doubtful, printer)

    def slips(self) -> list[tuple[int, PrintState, str | None]]:
        views = [event.view for event in self.events if isinstance(event, ListsChanged)]
        return [(row.copy, row.state, row.note) for row in views[-1].slips] if views else []

    def sign_in(self, name: str) -> None:
        """Cashier Lan or manager Hoa."""
        person = next(person for person in self.till.people() if person.name == name)
        self.till.sign_in(person.id, LANS_PIN if name == "Lan" else HOAS_PIN)
        self.wait(lambda: any(isinstance(event, SignedIn) for event in self.events))


@pytest.fixture
def printer() -> Iterator[VirtualPrinter]:
    with VirtualPrinter() as printer:
        yield printer


def opened(folder: Path, printer: VirtualPrinter, **settings: str) -> Shop:
    """A till on this folder and printer; Lan is a cashier, Hoa a manager."""
    wanted = {"printer.address": printer.address, "printer.drawer_pin": "5"}
    open_folder(folder).settings.set_many(wanted | {name.replace("__", "."): text for name, text in settings.items()})
    program = Program(folder)
    if not program.people.everyone():
        program.people.add("Hoa", Role.MANAGER, HOAS_PIN, actor="Hoa")
        program.people.add("Lan", Role.CASHIER, LANS_PIN, actor="Hoa")
    shop = Shop(RunningTill(program, on_scan=lambda _: None, on_scan_dropped=lambda _: None))
    shop.running.start()
    return shop


def book(folder: Path) -> list[tuple[str, str, dict[str, Any]]]:
    """What an exported journal says of the drawer: kind, who, facts; the till is closed and its chain whole."""
    program = Program(folder)
    try:
        assert program.journal.verify().whole
        program.journal.export(folder / "out.jsonl", as_csv=False)
    finally:
        program.close()
    rows = [json.loads(line) for line in (folder / "out.jsonl").read_text("utf-8").splitlines()]
    links = [(row["actor"], change) for row in rows if row["table"] == "audit" for change in json.loads(row["facts"])]
    return [(c["kind"], actor, c["facts"]) for actor, c in links if c["kind"].startswith("drawer")]


def test_a_manager_s_pin_opens_the_drawer_on_its_pin_and_the_export_tells_all(
    tmp_path: Path, printer: VirtualPrinter
) -> None:
    shop = opened(tmp_path, printer)
    shop.sign_in("Lan")
    shop.till.open_drawer(DrawerReason.CASH_OUT)
    assert shop.failure() == "drawer.needs_manager"
    assert printer.slips == []
    shop.till.open_drawer(DrawerReason.CASH_OUT, manager_pin=HOAS_PIN)
    shop.wait(lambda: DrawerOpened() in shop.events)
    assert [slip.pulses for slip in printer.wait_for_slips(1)] == [(5,)]
    assert shop.running.close()
    assert book(tmp_path) == [
        ("drawer", "Lan", {"reason": "cash_out", "note": None, "manager": "Hoa"}),
        ("drawer.end", "Lan", {"end": "sent", "why": None}),
    ]


@pytest.mark.parametrize(
    ("fault", "why"),
    [(PrinterFault.PAPER_OUT, "printer.paper_out"), (PrinterFault.DEAD, "device.not_found")],
)
def test_no_pulse_waits_in_a_printer_that_cannot_be_used(
    tmp_path: Path, printer: VirtualPrinter, fault: PrinterFault, why: str
) -> None:
    """Told at once; with paper in and power on again the drawer stays shut, also after a restart of the till."""
    printer.set_fault(fault)
    shop = opened(tmp_path, printer, drawer__cashier_may_open="yes")
    shop.sign_in("Lan")
    shop.till.open_drawer(DrawerReason.CHANGE)
    assert shop.failure() == f"drawer.shut {why}"
    assert shop.running.close()
    printer.set_fault(PrinterFault.NONE)
    again = opened(tmp_path, printer)
    again.wait(lambda: again.says(0, 0, "ready"))
    assert again.running.close()
    assert printer.slips == []
    assert [(kind, facts.get("why")) for kind, _, facts in book(tmp_path)] == [("drawer", None), ("drawer.end", why)]


@pytest.fixture
def selling(counter: Counter, printer: VirtualPrinter) -> Iterator[Shop]:
    shop = opened(counter.folder, printer, printer__drawer="yes")
    yield shop
    shop.running.close()


def sell(shop: Shop, sandbox: SandboxProcess) -> str:
    """One sale; its bill number."""
    key = shop.bill(sandbox.labelled("plain")[0])
    shop.till.confirm(key, loss_accepted=True)
    return shop.phase(key, Phase.DONE).number


def test_an_original_opens_the_drawer_and_is_in_the_book_a_copy_does_not(
    selling: Shop, sandbox: SandboxProcess, printer: VirtualPrinter, counter: Counter
) -> None:
    selling.sign_in("Lan")
    number = sell(selling, sandbox)
    assert [slip.pulses for slip in printer.wait_for_slips(1)] == [(5,)]
    selling.till.reprint(number)
    assert [slip.pulses for slip in printer.wait_for_slips(2)] == [(5,), ()]
    assert selling.running.close()
    assert book(counter.folder) == [("drawer", "printer", {"reason": "slip", "bill": number, "cashier": "Lan"})]


def test_paper_out_holds_the_slip_says_so_and_prints_it_once_with_paper(
    selling: Shop, sandbox: SandboxProcess, printer: VirtualPrinter
) -> None:
    printer.set_fault(PrinterFault.PAPER_OUT)
    sell(selling, sandbox)
    selling.wait(lambda: selling.slips() == [(0, PrintState.PENDING, "printer.paper_out")])
    selling.wait(lambda: selling.says(1, 0, "paper_out"))
    printer.set_fault(PrinterFault.NONE)
    selling.till.print_now()
    selling.wait(lambda: selling.slips() == [] and selling.says(0, 0, "ready"))
    assert len(printer.wait_for_slips(1)) == 1
    jobs = selling.running.program.journal.print_jobs(states=list(PrintState))
    assert [job.state for job in jobs] == [PrintState.PRINTED]


def test_a_slip_that_broke_off_is_listed_as_doubtful_and_settled_by_a_copy(
    selling: Shop, sandbox: SandboxProcess, printer: VirtualPrinter
) -> None:
    printer.set_fault(PrinterFault.CLOSE_MID_SLIP)
    number = sell(selling, sandbox)
    selling.wait(lambda: [row[:2] for row in selling.slips()] == [(0, PrintState.DOUBTFUL)])
    selling.wait(lambda: selling.says(1, 1, "disconnected"))
    printer.set_fault(PrinterFault.NONE)
    selling.till.reprint(number)
    selling.wait(lambda: selling.slips() == [])
    jobs = selling.running.program.journal.print_jobs(states=list(PrintState))
    assert [(job.copy, job.state) for job in jobs] == [(0, PrintState.CANCELLED), (1, PrintState.PRINTED)]
