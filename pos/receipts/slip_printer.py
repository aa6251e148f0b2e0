"""The ports `SlipPrinter` and `CashDrawer` on a driver of `hardware`.

Makes the slip, sends it, says honestly what became of it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pos.i18n import Translator
from pos.receipts.slip import SlipFacts, slip
from pos.till.ports import DrawerEnd, PrintJob, PrintState, Redemption, StoredBill
from pos.till.views import DeviceView, Link

if TYPE_CHECKING:
    from hardware.printer.codepages import TextPage
    from hardware.printer.document import Document
    from hardware.printer.driver import PrinterDriver, PrintResult
    from hardware.printer.escpos import EscposEncoder
    from hardware.printer.status import PrinterStatus


class DriverSlipPrinter:
    """Prints slips on one printer; belongs to the printer's thread. Devices are built at the first slip."""

    def __init__(
        self,
        address: str,
        profile_name: str,
        *,
        text_codepage: str = "",
        profile_dir: Path,
        font_dir: Path,
        cache_dir: Path,
        facts: Callable[[PrintJob], SlipFacts],
        words: Callable[[], Translator],
        on_device: Callable[[DeviceView], None],
        drawer_pin: Callable[[], Literal[2, 5]] = lambda: 2,
    ) -> None:
        """Set up, without touching the printer.

        Args:
            address: `tcp:…`, `serial:…`, `file:…`.
            profile_name: which kind of printer: a file in `profile_dir` without its ending.
            text_codepage: what was proven on it (`hardware.printer.proving`); of another printer, or empty: pictures.
            profile_dir: where the kinds of printers are described.
            font_dir: where the slip's fonts are.
            cache_dir: a folder of ours for python-escpos.
            facts: what the slip of a job needs besides its bill.
            words: the language of the moment.
            on_device: hears how the printer is.
            drawer_pin: connector pin of the drawer at this moment.
        """
        self._address = address
        self._profile_name = profile_name
        self._text_codepage = text_codepage
        self._profile_dir = profile_dir
        self._font_dir = font_dir
        self._cache_dir = cache_dir
        self._facts = facts
        self._words = words
        self._on_device = on_device
        self._drawer_pin = drawer_pin
        self._built: tuple[PrinterDriver, EscposEncoder] | None = None

    def print_slip(
        self, job: PrintJob, lines: tuple[Redemption, ...], bill: StoredBill, *, begin: Callable[[], None]
    ) -> tuple[PrintState, str | None]:
        """Print one slip; PENDING with the reason when nothing of it can be on paper. See the port for `begin`."""
        return self.print_document(job, lambda facts, words: slip(bill, lines, facts, words), begin=begin)

    def print_document(
        self, job: PrintJob, make: Callable[[SlipFacts, Translator], Document], *, begin: Callable[[], None]
    ) -> tuple[PrintState, str | None]:
        """The same for any slip: `make` gives its document, in the language of the moment."""
        from hardware.errors import DeviceError
        from hardware.printer.driver import PrintOutcome

        if not self._address:
            return PrintState.PENDING, "printer.none"
        try:
            driver, encoder = self._devices()
            data = encoder.encode(make(self._facts(job), self._words()))
            result = driver.print(data, begin=begin)
        except DeviceError as error:
            self._on_device(DeviceView(Link.DOWN, error.code))
            return PrintState.PENDING, error.code
        self.tell_end(result)
        if result.outcome is PrintOutcome.CONFIRMED:
            return PrintState.PRINTED, None
        if result.outcome is PrintOutcome.SENT_UNCONFIRMED:
            return PrintState.SENT, None
        state = PrintState.PENDING if result.outcome is PrintOutcome.NOT_SENT else PrintState.DOUBTFUL
        return state, result.reason or None

    def tell_end(self, result: PrintResult) -> None:
        """Tell how the printer is after this page."""
        from hardware.printer.driver import PrintOutcome

        word = result.status.value
        if result.outcome is PrintOutcome.CONFIRMED:
            self._on_device(DeviceView(Link.OK, "ready" if word in ("unknown", "ready") else word))
        elif result.outcome is PrintOutcome.SENT_UNCONFIRMED:
            self._on_device(DeviceView(Link.WARN, "no_status"))
        else:
            self._on_device(DeviceView(Link.DOWN, result.reason or word))

    def open_drawer(self) -> tuple[DrawerEnd, str | None]:
        """One pulse for the cash drawer. See the port."""
        from hardware.errors import DeviceError
        from hardware.printer.driver import PrintOutcome

        if not self._address:
            return DrawerEnd.SHUT, "printer.none"
        try:
            result = self._devices()[0].pulse(self._drawer_pin())
        except DeviceError as error:
            return DrawerEnd.SHUT, error.code
        if result.outcome in (PrintOutcome.CONFIRMED, PrintOutcome.SENT_UNCONFIRMED):
            return DrawerEnd.SENT, None
        end = DrawerEnd.SHUT if result.outcome is PrintOutcome.NOT_SENT else DrawerEnd.DOUBTFUL
        return end, result.reason or None

    def ask(self) -> None:
        """Ask the printer how it is and tell."""
        from hardware.errors import DeviceError

        if not self._address:
            self._on_device(DeviceView(Link.OFF, "none"))
            return
        try:
            report = self._devices()[0].report()
        except DeviceError as error:
            self._on_device(DeviceView(Link.DOWN, error.code))
            return
        if report.reason.startswith("device."):  # it could not even be opened: why is what helps
            self._on_device(DeviceView(Link.DOWN, report.reason))
        else:
            self._tell(report.status)

    def _tell(self, status: PrinterStatus) -> None:
        word = status.value
        links = {"ready": Link.OK, "paper_low": Link.WARN, "unknown": Link.WARN}
        self._on_device(DeviceView(links.get(word, Link.DOWN), "no_status" if word == "unknown" else word))

    def driver(self) -> PrinterDriver | None:
        """The printer itself, for a test of it on this thread; None: none is set up.

        Raises:
            DeviceError: its address or profile is wrong.
        """
        return self._devices()[0] if self._address else None

    def encoder(self, page: TextPage | None) -> EscposEncoder:
        """Makes bytes for it, with text in this code page or, without one, as pictures. Raises as `driver`."""
        from hardware.printer.escpos import EscposEncoder

        return EscposEncoder(self._devices()[0].profile, self._font_dir, self._cache_dir, page=page)

    def proven(self) -> TextPage | None:
        """The code page that was read on it. Raises as `driver`."""
        from hardware.printer.proving import proven_page

        return proven_page(self._text_codepage, self._address, self._devices()[0].profile)

    def use_codepage(self, text: str) -> None:
        """What was proven just now, or empty for pictures; the next slip is printed so. Raises as `driver`."""
        self._text_codepage = text
        self._built = self._devices()[0], self.encoder(self.proven())

    def _devices(self) -> tuple[PrinterDriver, EscposEncoder]:
        if self._built is None:
            from hardware.printer.driver import PrinterDriver
            from hardware.printer.escpos import EscposEncoder
            from hardware.printer.profile import load_profile
            from hardware.printer.proving import proven_page

            profile = load_profile(self._profile_dir, self._profile_name)
            page = proven_page(self._text_codepage, self._address, profile)
            self._cache_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._built = (
                PrinterDriver(self._address, profile, on_status=self._tell),
                EscposEncoder(profile, self._font_dir, self._cache_dir, page=page),
            )
        return self._built
