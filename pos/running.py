"""The till with its threads: counter workers, settling, printer, scanner. Started in order, closed in reverse."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from pos.bootstrap import Program, font_dir, printer_profile_dir
from pos.domain.errors import JournalError
from pos.domain.permissions import Action
from pos.i18n import Translator
from pos.receipts.printer_test import PrinterTest, PrinterTestEvent
from pos.receipts.slip_printer import DriverSlipPrinter
from pos.scanner_setup import build_scanner, reading_rules
from pos.till.backup_loop import BackupLoop
from pos.till.drawer import DrawerDesk
from pos.till.ports import CashDrawer, Person, PrintJob, PrintState, SlipKind
from pos.till.printing import Printing, PrintLoop
from pos.till.review.service import ReviewService
from pos.till.service import Till, TillInfo
from pos.till.views import DeviceView, Link

if TYPE_CHECKING:
    from hardware.scanner.reading import Reading
    from hardware.scanner.scan_loop import ScanLoop, ScannerStatus
    from hardware.scanner.wedge import WedgeMachine
    from pos.till.booking.service import BookingService
    from pos.till.review.copies import CopyDesk, CopyView
    from pos.till.review.events import Running
    from pos.till.selling.service import SaleService
    from pos.updates.desk import UpdateDesk

_SCANNER_LINKS = {"ready": Link.OK, "connecting": Link.UNKNOWN, "stopped": Link.OFF}
_CLOSE_S = 45.0
"""Longer than a call's whole deadline: a window closed in mid-call lets the call end and be written."""
_UPDATE_S = 5.0
"""A source that does not answer is not waited for: nothing half is ever believed."""


class RunningTill:
    """Everything of a till but its window. `sales` and `bookings` are None at a till that never had any.

    Args:
        program: opened and recovered.
        on_scan: hears each whole scan, on the scanner's thread.
        on_scan_dropped: hears why a scan was thrown away: any `ReadingKind` but a scan (`repeated`, `noise`…).
    """

    def __init__(
        self, program: Program, *, on_scan: Callable[[str], None], on_scan_dropped: Callable[[str], None]
    ) -> None:
        self.program = program
        self._on_scan = on_scan
        self._on_scan_dropped = on_scan_dropped
        settings = program.settings
        self.slips = build_slip_printer(program, lambda view: self.till.printer_changed(view))
        self.slip_kinds = kinds = self._slip_kinds()
        self.till = Till(
            program.desk,
            program.settler,
            program.people,
            TillInfo(settings.environment, program.bill_number, program.bill_series),
            wake_printer=lambda: self.print_loop.wake(),
            drawer=build_drawer(program, self.slips),
            undecided=program.undecided,
            take_back=program.take_back,
            at_printer=lambda errand: self.print_loop.put(errand),
            slip_kinds=kinds,
            signed_in=self._signed_in,
            notices=program.notices,
            each_round=self._each_round,
            end_thread=program.journal.close_thread,
            pause_s=settings.number("gotit.pause_ms") / 1000,
        )
        program.on_link_change = self.till.link_changed
        self.sales = self._build_sales(kinds) if program.sells else None
        self.bookings = self._build_bookings() if program.books else None
        self.review = ReviewService(
            program.clock,
            lambda: program.journal.revision,
            program.journal.close_thread,
            idle=self._copy_if_due,
            counter_first=self.till.at_work,
            changed=self._reviewed,
        )
        self.backup_loop = BackupLoop(self._back_up_if_due, program.journal.close_thread)
        self.update_loop = BackupLoop(self._update_if_due, program.journal.close_thread, "updates")
        self._copies: CopyDesk | None = None
        self._updates: UpdateDesk | None = None
        self._building = threading.Lock()
        self.print_loop = PrintLoop(
            Printing(
                program.journal,
                self.slips,
                program.chance,
                told=self._slip_ended,
                begun=self.till.slips_changed,
                opens_drawer=program.opens_drawer,
                kinds=kinds,
            ),
            idle=self.slips.ask,
            storage=self.till.storage_fault,
            on_end=program.journal.close_thread,
        )
        self._watch_scanner: Callable[[Reading], None] | None = None
        self._scanner = self._build_scanner(settings.text("scanner.address"))

    def _slip_kinds(self) -> tuple[SlipKind, ...]:
        kinds: list[SlipKind] = []
        if self.program.sells:
            from pos.receipts.sale_slip import DriverSoldSlipPrinter

            kinds.append(self.program.selling.slips(DriverSoldSlipPrinter(self.slips)))
        if self.program.books:
            from pos.receipts.booking_slip import DriverPaidSlipPrinter
            from pos.till.booking.slips import BookingSlips

            kinds.append(BookingSlips(self.program.booking.store, DriverPaidSlipPrinter(self.slips)))
        return tuple(kinds)

    def _build_sales(self, kinds: tuple[SlipKind, ...]) -> SaleService:
        from pos.till.selling.service import SaleService
        from pos.till.selling.views import OpenSalesChanged

        sales = SaleService(
            self.program.selling.desk,
            self.program.selling.settler,
            self.program.people,
            person=lambda: self.till.person,
            slip_kinds=kinds,
            wake_printer=lambda: self.print_loop.wake(),
            storage=self.till.storage_fault,
            end_thread=self.program.journal.close_thread,
        )
        sales.subscribe(lambda news: self._cases_may_be_new(isinstance(news, OpenSalesChanged)))
        return sales

    def _build_bookings(self) -> BookingService:
        from pos.till.booking.service import BookingService
        from pos.till.booking.views import OpenBookingsChanged

        bookings = BookingService(
            self.program.booking,
            self.program.people,
            person=lambda: self.till.person,
            wake_printer=lambda: self.print_loop.wake(),
            storage=self.till.storage_fault,
            end_thread=self.program.journal.close_thread,
        )
        bookings.subscribe(lambda news: self._cases_may_be_new(isinstance(news, OpenBookingsChanged)))
        return bookings

    def _slip_ended(self, job: PrintJob, state: PrintState, note: str | None) -> None:
        self.till.slip_ended(job, state, note)
        if self.sales is not None:
            self.sales.slip_ended(job)

    def _cases_may_be_new(self, listed: bool) -> None:
        if listed:
            self.till.cases_changed()

    def _actor(self) -> str:
        """Whose hand is at the till now."""
        person = self.till.person
        return person.name if person is not None else "till"

    def keep_looks(self, values: Mapping[str, str]) -> None:
        """Language, colours, size, sound: anybody's to choose. For a thread that ends with it.

        Raises:
            PosError: not kept.
        """
        self.program.settings_noted.change(values, actor=self._actor())
        self.program.journal.close_thread()

    def _reviewed(self) -> None:
        """A manager changed something: a case, or a day was closed and wants its copy, or a newer program."""
        self.till.cases_changed()
        self.backup_loop.wake()
        self.update_loop.wake()

    def updates(self) -> UpdateDesk:
        """Newer programs; built when a shop has them come from somewhere, or a manager looks. Any thread."""
        with self._building:
            if self._updates is None:
                from pos.updates_setup import build_updates

                program = self.program
                self._updates = build_updates(
                    program, backups=program.backups, somebody_here=lambda: self.till.person is not None, window=True
                )
            return self._updates

    def _update_if_due(self) -> None:
        """On the thread `updates`."""
        settings, notices = self.program.settings, self.program.notices
        with suppress(JournalError):  # a disk in trouble is told by whatever writes; here nothing was done
            before = notices.pending()
            self.updates().note_arrival()
            if settings.flag("updates.check") and settings.text("updates.source"):
                self.updates().look_if_due()
            self.updates().apply_if_scheduled()
            if notices.pending() != before:
                self.till.notices_changed()

    def _back_up_if_due(self) -> None:
        """On the thread `backup`."""
        backups = self.program.backups
        backups.counter_first, backups.told = self.till.at_work, self.till.storage_fault
        backups.ending = lambda: self.backup_loop.ending
        backups.look()

    def _each_round(self) -> None:
        self.program.meter.write_if_due()
        self.program.outside.remember_if_due()

    def unlock(self, pin: str) -> Person:
        """The manager whose PIN this is, for her page; noted. Raises `SecurityError` as `People.manager_by_pin`."""
        manager = self.program.rights.allow(Action.SEE_DAY, None, pin).person
        cashier = self.till.person
        with self.program.journal.transaction(manager.name) as tx:
            at = cashier.name if cashier is not None and cashier.id != manager.id else None
            tx.audit("manager.unlocked", manager.id, cashier=at)
        return manager

    def start(self) -> None:
        """Open for business."""
        self.till.start()
        for service in (self.sales, self.bookings):
            if service is not None:
                service.start()
        self.print_loop.start()
        self.program.settings.changed = self._stand_by
        self._stand_by()
        self.backup_loop.start()
        if self._scanner is not None:
            self._scanner.start()
        elif self.program.settings.text("scanner.address"):
            self.till.scanner_changed(DeviceView(Link.DOWN, "bad_address"))

    def _stand_by(self) -> None:
        """A folder for copies, or a source of updates, that is set on a running till is used from then on."""
        if self.program.settings.text("reports.copy_folder"):
            self.review.stand_by()
        if self.program.settings.text("updates.source"):
            self.update_loop.start()

    def close(self) -> bool:
        """Stop in reverse order; calls in hand end and are written. True if all ended in time."""
        if self._scanner is not None:
            self._scanner.stop()
        ended = self.review.close(_CLOSE_S)
        ended = self.backup_loop.stop(_CLOSE_S) and ended
        ended = self.update_loop.stop(_UPDATE_S) and ended
        if self.bookings is not None:
            ended = self.bookings.stop(_CLOSE_S) and ended
        if self.sales is not None:
            ended = self.sales.close(_CLOSE_S) and ended
        ended = self.till.close(_CLOSE_S) and ended
        ended = self.print_loop.stop(_CLOSE_S) and ended
        self.program.meter.write()
        self.program.close()
        return ended

    # ------------------------------------------------------------ scheduled copies

    def copies(self) -> CopyView:
        """How the scheduled copies stand."""
        from pos.till.review.copies import CopyView

        view = None if self._copies is None else self._copies.view
        return view or CopyView(self.program.settings.text("reports.copy_folder"))

    def _copy_if_due(self, running: Running) -> None:
        """On the report thread, in a second in which nobody asks it anything."""
        if not self.program.settings.text("reports.copy_folder"):
            return
        if self._copies is None:
            from pos.reports_setup import build_copies

            self._copies = build_copies(self.program.journal, self.program.settings, self.program.clock)
        self._copies.look(running)

    # ------------------------------------------------------------ shift, settling

    def _signed_in(self, person: Person) -> None:
        from pos.closing_setup import build_shifts

        try:
            build_shifts(self.program).signed_in(person)
        except JournalError as error:  # she works all the same; the shift opens with the next who signs in
            self.till.storage_fault(error)

    def settle_now(self) -> None:
        """Ask about everything that is open, now; returns at once."""
        self.till.settle_now()
        if self.sales is not None:
            self.sales.settle_now()
        if self.bookings is not None:
            self.bookings.settle_now()

    # ------------------------------------------------------------ tests of the devices

    def printer_test(self, told: Callable[[PrinterTestEvent], None]) -> PrinterTest:
        """The test page and the proof of a code page on the printer's thread; `told` is called there."""
        settings = self.program.settings
        return PrinterTest(
            self.slips,
            self.print_loop.put,
            words=lambda: Translator(settings.text("ui.language")),
            keep=self._keep_proof,
            told=told,
        )

    def _keep_proof(self, text: str) -> None:
        self.program.settings_noted.change({"printer.text_codepage": text}, actor=self._actor())

    def wedge(self) -> WedgeMachine:
        """Tells a keyboard scanner from typing, set up as the serial one is."""
        from hardware.scanner.wedge import WedgeMachine, WedgeRules

        settings = self.program.settings
        rules = WedgeRules(prefix=settings.text("scanner.prefix"), suffix=settings.text("scanner.suffix"))
        return WedgeMachine(rules, reading_rules(settings))

    def watch_scanner(self, watcher: Callable[[Reading], None] | None) -> None:
        """Test mode: readings go to `watcher`, on the scanner's thread, and none to the counter; None ends it."""
        self._watch_scanner = watcher

    def _build_scanner(self, address: str) -> ScanLoop | None:
        if not address:
            return None
        from hardware.errors import DeviceAddressError

        try:
            return build_scanner(address, self.program.settings, on_scan=self._scanned, on_status=self._scanner_status)
        except DeviceAddressError:  # told in the strip; the till that mends this setting must open
            return None

    def _scanned(self, reading: Reading) -> None:
        watcher = self._watch_scanner
        if watcher is not None:
            watcher(reading)
        elif reading.kind.value == "scan":
            self._on_scan(reading.text)
        else:
            self._on_scan_dropped(reading.kind.value)

    def _scanner_status(self, status: ScannerStatus) -> None:
        self.till.scanner_changed(DeviceView(_SCANNER_LINKS.get(status.value, Link.DOWN), status.value))


def build_slip_printer(
    program: Program,
    on_device: Callable[[DeviceView], None] = lambda _: None,
    *,
    drawer_pin: Literal[2, 5] | None = None,
) -> DriverSlipPrinter:
    """The printer and its drawer as the settings say; nothing is touched. For one thread.

    Args:
        program: whose settings.
        on_device: hears how the printer is.
        drawer_pin: the drawer's connector pin; None: as set.
    """
    settings = program.settings
    return DriverSlipPrinter(
        settings.text("printer.address"),
        settings.text("printer.profile") or f"generic-{settings.text('printer.paper_mm')}",
        text_codepage=settings.text("printer.text_codepage"),
        profile_dir=printer_profile_dir(),
        font_dir=font_dir(),
        cache_dir=program.folder.path / "cache",
        facts=program.slip_facts,
        words=lambda: Translator(settings.text("ui.language")),
        on_device=on_device,
        drawer_pin=program.drawer_pin if drawer_pin is None else lambda: drawer_pin,
    )


def build_drawer(program: Program, drawer: CashDrawer) -> DrawerDesk:
    """Who may open the drawer, and the book of it: for the window and for a command, which carries out what it asks."""
    return DrawerDesk(
        program.journal,
        program.people,
        program.clock,
        program.chance,
        drawer,
        cashier_may_open=lambda: program.settings.flag("drawer.cashier_may_open"),
    )
