"""The reports to read and to print: the X of this shift, and every Z. Plain Python; never waits."""

from __future__ import annotations

from pos.till.review.closing import ReportPrinted, XReport, ZReport
from pos.till.review.closing_ports import ClosingDeskPort
from pos.till.review.events import Reported
from pos.ui.manager.asking import Asking
from pos.ui.manager.closing.around import NOTHING, PRINT, PRINTED, REPORTS, Around, Heard, X
from pos.ui.manager.closing.report_words import X_ROW, print_failed
from pos.ui.signs import Sound

MOST_REPORTS = 400


class ReportShelf:
    """What stands on it, which one is chosen, and how printing each went. GUI thread only."""

    def __init__(self, desk: ClosingDeskPort, review: Asking, around: Around) -> None:
        self._desk, self._review, self._around = desk, review, around
        self.reports: tuple[ZReport, ...] = ()
        self.x: XReport | None = None
        self.chosen = ""
        self._printing: dict[str, ReportPrinted | float] = {}
        self._tickets: dict[str, int] = {}

    def read(self) -> None:
        """Ask for the Z reports."""
        desk = self._desk
        self._tickets[REPORTS] = self._review.ask(REPORTS, lambda _: desk.z_reports(MOST_REPORTS))

    def read_x(self) -> None:
        """Add up the shift so far, and choose it."""
        desk = self._desk
        self.chosen = X_ROW
        self._tickets[X] = self._review.ask(X, lambda _: desk.x_report())

    def forget(self) -> None:
        """Nobody waits for them any more."""
        for key in (REPORTS, X):
            self._review.forget(key)

    def choose(self, row_id: str) -> None:
        """A row of the list."""
        self.chosen = row_id

    def choose_z(self, number: int | None) -> None:
        """This Z, or the newest."""
        newest = self.reports[0].number if self.reports else None
        self.chosen = f"z/{newest if number is None else number}" if newest or number else ""

    def add(self, report: ZReport) -> None:
        """A Z that has just been made; it is the one to read."""
        self.reports = (report, *(one for one in self.reports if one.number != report.number))
        self.chosen = f"z/{report.number}"

    def take(self, event: Reported) -> Heard:
        """An answer."""
        value = event.value
        if event.key == PRINTED:
            return self._printed(value)
        if event.ticket != self._tickets.get(event.key):
            return NOTHING
        if isinstance(value, XReport):
            self.x = value
        elif isinstance(value, tuple):
            self.reports = value
            if self.chosen != X_ROW and not any(f"z/{one.number}" == self.chosen for one in self.reports):
                self.choose_z(None)
        return NOTHING

    def print_chosen(self) -> None:
        """Print it once more, unless it is being printed."""
        desk, chosen, say = self._desk, self.chosen, self._around.say
        if not chosen or isinstance(self._printing.get(chosen), float):
            return
        self._printing[chosen] = self._around.mono_s()

        def told(printed: ReportPrinted) -> None:
            say(Reported(PRINTED, 0, (chosen, printed)))

        number = chosen.partition("/")[2]
        self._review.change(PRINT, lambda _: desk.print_z(int(number), told) if number else desk.print_x(told))

    def print_failed(self) -> None:
        """The printer was never reached; why stands in the notice."""
        self._printing = {row: end for row, end in self._printing.items() if not isinstance(end, float)}

    def printing(self) -> ReportPrinted | float | None:
        """Of the chosen one: for how many seconds it is being printed, or how that ended."""
        printing = self._printing.get(self.chosen)
        return self._around.mono_s() - printing if isinstance(printing, float) else printing

    def _printed(self, value: object) -> Heard:
        if not (isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], ReportPrinted)):
            return NOTHING
        self._printing[str(value[0])] = value[1]
        return Heard(Sound.REFUSED) if print_failed(value[1]) else NOTHING
