"""The test page and the guided proof of a code page ("can you read this line?") on the printer of the slips.

A person at the window asks for them; whatever touches the printer or the disk is an errand on the printer's thread,
after the slip in hand: nobody waits, and nobody else opens the printer meanwhile.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pos.domain.errors import PosError
from pos.i18n import Translator
from pos.receipts.slip_printer import DriverSlipPrinter
from pos.till.views import Message

if TYPE_CHECKING:
    from hardware.printer.driver import PrinterDriver, PrintResult
    from hardware.printer.proving import Candidate, SamplePageWords

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PageEnded:
    """What became of a page.

    Args:
        outcome: a `hardware.printer.outcome.PrintOutcome`, as its word.
        reason: why, where it is not confirmed: a `PrintResult.reason`, or `printer.none`.
        cause: a `hardware.printer.status.ErrorCause` as its word, where the printer told one.
        lines: what stands on it to be read; of a proof only.
    """

    outcome: str
    reason: str = ""
    cause: str = ""
    lines: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class NothingToProve:
    """Printers of this kind print text as pictures; no page was printed."""


@dataclass(frozen=True, slots=True)
class ProofKept:
    """The answers are in the settings and the next slip is printed so; with a `failure` nothing was changed."""

    failure: Message | None = None


PrinterTestEvent = PageEnded | NothingToProve | ProofKept


class _Left(Exception):
    """Nobody waits for the page any more."""


class PrinterTest:
    """One person's test at a time. Every method returns at once, on any thread.

    Args:
        printer: of the slips.
        at_printer: runs an errand on the printer's thread.
        words: the language of the moment.
        keep: writes `printer.text_codepage`; called on the printer's thread; may raise `PosError`.
        told: hears what became of it, on the printer's thread; nothing more after `leave`.
    """

    def __init__(
        self,
        printer: DriverSlipPrinter,
        at_printer: Callable[[Callable[[], None]], None],
        *,
        words: Callable[[], Translator],
        keep: Callable[[str], None],
        told: Callable[[PrinterTestEvent], None],
    ) -> None:
        self._printer = printer
        self._at_printer = at_printer
        self._words = words
        self._keep = keep
        self._told = told
        self._visit = 0

    def print_sample(self) -> None:
        """Print the test page."""
        self._put(self._print_sample)

    def print_lines(self) -> None:
        """Print each code page's line over the same as a picture."""
        self._put(self._print_lines)

    def keep(self, readable: Collection[int]) -> None:
        """Print from now on as these answers prove: numbers of the lines that could be read; none: pictures."""
        self._put(lambda _: self._keep_proof(frozenset(readable)))

    def leave(self) -> None:
        """Nothing is wanted any more; a page that has not begun stays unprinted, and nothing is kept."""
        self._visit += 1

    def _put(self, work: Callable[[Callable[[], None]], PrinterTestEvent]) -> None:
        visit = self._visit

        def begin() -> None:
            if visit != self._visit:
                raise _Left

        def errand() -> None:
            try:
                begin()
                event = work(begin)
            except _Left:
                return
            except Exception:  # the person waits for a word, and printing goes on
                log.exception("the printer could not be tested")
                event = PageEnded("doubtful", "device.failed")
            if visit == self._visit:
                self._told(event)

        self._at_printer(errand)

    def _print_sample(self, begin: Callable[[], None]) -> PrinterTestEvent:
        from hardware.printer.proving import sample_page

        def make(driver: PrinterDriver) -> bytes:
            words = sample_words(self._words())
            return self._printer.encoder(self._printer.proven()).encode(sample_page(driver.profile, words))

        return self._print(make, begin)

    def _print_lines(self, begin: Callable[[], None]) -> PrinterTestEvent:
        from hardware.errors import DeviceError
        from hardware.printer.proving import candidates, reading_slip

        try:
            driver = self._printer.driver()
        except DeviceError as error:
            return PageEnded("not_sent", error.code)
        lines = candidates(driver.profile) if driver else ()
        if driver and not lines:
            return NothingToProve()
        heading = self._words().t("prove.heading")
        return self._print(lambda driver: reading_slip(driver.profile, heading, self._printer.encoder), begin, lines)

    def _print(
        self, make: Callable[[PrinterDriver], bytes], begin: Callable[[], None], lines: tuple[Candidate, ...] = ()
    ) -> PageEnded:
        from hardware.errors import DeviceError

        try:
            driver = self._printer.driver()
            if driver is None:
                return PageEnded("not_sent", "printer.none")
            result: PrintResult = driver.print(make(driver), begin=begin)
        except DeviceError as error:
            return PageEnded("not_sent", error.code)
        self._printer.tell_end(result)
        cause = result.cause.value if result.cause else ""
        return PageEnded(result.outcome.value, result.reason, cause, lines)

    def _keep_proof(self, readable: frozenset[int]) -> PrinterTestEvent:
        from hardware.errors import DeviceError
        from hardware.printer.proving import proof_of

        try:
            driver = self._printer.driver()
            proof = proof_of(driver.address, driver.profile, readable) if driver else None
            text = proof.as_text() if proof else ""
            self._keep(text)
            self._printer.use_codepage(text)
        except DeviceError as error:
            return ProofKept(Message(error.code))
        except PosError as error:
            return ProofKept(Message(error.code, tuple(error.params.items())))
        return ProofKept()


def sample_words(tr: Translator) -> SamplePageWords:
    """What the test page says. It opens no drawer: that is done where it is written down."""
    from hardware.printer.proving import SamplePageWords

    return SamplePageWords(
        title=tr.t("sample.title"),
        width=tr.t("sample.width"),
        sizes=(tr.t("sample.small"), tr.t("sample.normal"), tr.t("sample.large"), tr.t("sample.huge")),
        codes=tr.t("sample.codes"),
        drawer="",
    )
