"""What the printer test asks next and what it says of the printer's answer. Plain Python; knows no widget."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from pos.i18n import Translator
from pos.till.views import DeviceView, Link
from pos.ui.strip.presenter import device_word
from pos.ui.theme import Tone

if TYPE_CHECKING:
    from hardware.printer.proving import Candidate
    from pos.receipts.printer_test import PageEnded, PrinterTestEvent

_NOT_REACHED = frozenset({"offline", "not_found", "disconnected", "timeout"})
_UNCONFIRMED, _NOT_SENT, _DOUBTFUL = "sent_unconfirmed", "not_sent", "doubtful"


class PrinterDesk(Protocol):
    """What prints and keeps (`pos.receipts.printer_test.PrinterTest`). Every call returns at once."""

    def print_sample(self) -> None:
        """Print the test page."""

    def print_lines(self) -> None:
        """Print the lines that are to be read."""

    def keep(self, readable: Collection[int]) -> None:
        """Print from now on as these answers prove."""

    def leave(self) -> None:
        """Nothing is wanted any more."""


class Stage(StrEnum):
    """What the box does now."""

    CHOOSE = "choose"
    PRINTING = "printing"  # the printer is at it
    QUESTION = "question"  # one line at a time
    SUMMARY = "summary"  # all are answered, nothing is kept yet
    KEEPING = "keeping"


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence with its sign and colour."""

    text: str
    tone: Tone = Tone.NEUTRAL


class PrinterTestPresenter:
    """One visit: from the choice to what is kept.

    Args:
        desk: prints and keeps.
        manager: whether the person signed in may change how slips are printed.
        access: what to do where the system does not let the till use the printer.
    """

    def __init__(self, desk: PrinterDesk, *, manager: bool, access: str = "") -> None:
        self._desk = desk
        self.manager = manager
        self._access = access
        self.stage = Stage.CHOOSE
        self._proving = False
        self._lines: tuple[Candidate, ...] = ()
        self._readable: list[int] = []
        self._asked = 0
        self._told: PrinterTestEvent | None = None

    # ------------------------------------------------------------ what a person does

    def print_sample(self) -> None:
        """The test page."""
        if self.stage is Stage.CHOOSE:
            self._begin(proving=False)
            self._desk.print_sample()

    def print_lines(self) -> None:
        """The lines to be read; a manager only."""
        if self.stage is Stage.CHOOSE and self.manager:
            self._begin(proving=True)
            self._desk.print_lines()

    def _begin(self, *, proving: bool) -> None:
        self.stage, self._proving, self._told = Stage.PRINTING, proving, None

    def answer(self, *, readable: bool) -> None:
        """Whether the line asked about could be read."""
        if self.stage is not Stage.QUESTION:
            return
        if readable:
            self._readable.append(self._lines[self._asked].number)
        self._asked += 1
        if self._asked == len(self._lines):
            self.stage = Stage.SUMMARY

    def keep(self) -> None:
        """Print from now on as the answers prove."""
        if self.stage is Stage.SUMMARY:
            self.stage = Stage.KEEPING
            self._desk.keep(tuple(self._readable))

    def leave(self) -> None:
        """The box goes."""
        self._desk.leave()

    # ------------------------------------------------------------ what the printer's thread tells

    def take(self, event: PrinterTestEvent) -> None:
        """An answer; one that nobody waits for changes nothing."""
        from pos.receipts.printer_test import PageEnded, ProofKept

        awaited = Stage.KEEPING if isinstance(event, ProofKept) else Stage.PRINTING
        if self.stage is not awaited:
            return
        self._told, self.stage = event, Stage.CHOOSE
        if isinstance(event, PageEnded) and self._proving and event.outcome not in (_NOT_SENT, _DOUBTFUL):
            self.stage, self._lines, self._readable, self._asked = Stage.QUESTION, event.lines, [], 0

    # ------------------------------------------------------------ what is said

    def says(self, tr: Translator, trouble: str = "") -> Said:
        """The sentence of the stage; `trouble`: why the printer cannot be used at this moment."""
        if self.stage is Stage.QUESTION:
            number = self._lines[self._asked].number
            return Said(tr.t("printer_test.question", number=number))
        if self.stage is Stage.SUMMARY:
            return self._summary(tr)
        if self.stage is Stage.CHOOSE and self._told is not None:
            return self._ended(tr, self._told)
        if self.stage is Stage.CHOOSE and trouble:
            return Said(trouble, Tone.REFUSED)
        return Said(tr.t(f"printer_test.{self.stage}"))

    def note(self, tr: Translator, printer: DeviceView | None) -> str:
        """What goes with it; `printer`: how it is at this moment."""
        if self.stage is Stage.PRINTING and printer is not None and printer.link is Link.DOWN:
            return tr.t("printer_test.held", why=device_word(tr, printer))
        if self.stage is Stage.QUESTION:
            unconfirmed = self._ended(tr, self._told) if self._told is not None else Said("")
            step = tr.t("printer_test.step", number=self._asked + 1, count=len(self._lines))
            how = tr.t("printer_test.compare")
            return f"{how}\n{unconfirmed.text}\n{step}" if unconfirmed.tone is Tone.UNKNOWN else f"{how}\n{step}"
        if self.stage is Stage.SUMMARY:
            return tr.t("printer_test.not_kept_yet")
        if self.stage is Stage.CHOOSE:
            return tr.t("printer_test.prove_note" if self.manager else "printer_test.manager_only")
        return ""

    def _summary(self, tr: Translator) -> Said:
        from hardware.printer.proving import best

        winner = best(self._lines, self._readable)
        if winner is None:
            return Said(tr.t("printer_test.pictures"), Tone.BRAND)
        return Said(tr.t("printer_test.text_mode", number=winner.number), Tone.BRAND)

    def _ended(self, tr: Translator, event: PrinterTestEvent) -> Said:
        """How a page or the keeping came out."""
        from pos.receipts.printer_test import PageEnded, ProofKept

        if isinstance(event, ProofKept):
            if event.failure is None:
                return Said(tr.t("printer_test.kept"), Tone.USABLE)
            said = tr.message(event.failure.code, dict(event.failure.params))
            return Said(f"{tr.t('printer_test.unkept')} {said.what} {said.do}", Tone.REFUSED)
        if not isinstance(event, PageEnded):
            return Said(tr.t("printer_test.nothing_to_prove"), Tone.BRAND)
        if event.outcome == _UNCONFIRMED:
            mute = event.reason == "printer.mute"
            return Said(tr.t("printer_test.mute" if mute else "printer_test.unconfirmed"), Tone.UNKNOWN)
        if event.outcome not in (_NOT_SENT, _DOUBTFUL):
            return Said(tr.t("printer_test.confirmed"), Tone.USABLE)
        tone = Tone.REFUSED if event.outcome == _NOT_SENT else Tone.UNKNOWN
        return Said(f"{tr.t('printer_test.' + event.outcome)} {self._why(tr, event)}".rstrip(), tone)

    def _why(self, tr: Translator, event: PageEnded) -> str:
        """Why a page is not on paper, and what to do about it."""
        word = event.reason.rpartition(".")[2]
        if word == "permission_denied":
            return f"{tr.message(event.reason).what} {self._access}"
        key = f"printer_test.why.{'not_reached' if word in _NOT_REACHED else word}"
        said = tr.message(event.reason)
        text = tr.t(key) if tr.has(key) else f"{said.what} {said.do}"
        return f"{text} ({tr.t('devices.cause.' + event.cause)})" if event.cause else text
