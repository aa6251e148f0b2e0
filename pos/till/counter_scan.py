"""Putting vouchers on a bill: whose code it is, asked once at the right issuer and at no other."""

from __future__ import annotations

from pos.domain.codes import ScanFault, VoucherCode
from pos.domain.routing import Several, route
from pos.till.counter_check import BillChecks
from pos.till.lines import Line
from pos.till.views import Message


class BillScans(BillChecks):
    """From a scanned text to a line that has its issuer's answer."""

    def _scan_code(self, text: str) -> None:
        found, issuers = route(text, self._desk.rules), self._desk.issuers.names()
        if isinstance(found, ScanFault):
            self._message = Message(f"scan.{found.value}")
            self.publish()
        elif isinstance(found, Several):
            self._take(found.code, "", tuple(name for name in found.issuers if name in issuers))
        elif found.issuer in issuers:
            self.scan_code(found.code, found.issuer)
        else:
            self._scan_booking(found.code.reveal())

    def _scan_booking(self, number: str) -> None:
        self._message = Message("scan.is_booking", (("number", number),))
        self.publish()
        self._on_booking(number)

    def scan_code(self, code: VoucherCode, provider: str = "") -> None:
        """Put a voucher on the bill and ask its issuer about it.

        Args:
            code: the voucher's.
            provider: its issuer; default: the desk's.
        """
        issuers = self._desk.issuers.names()
        self._take(code, provider or self._desk.provider, issuers if len(issuers) > 1 else ())

    def _take(self, code: VoucherCode, provider: str, choices: tuple[str, ...]) -> None:
        self._begin()
        if self._desk.issuers.gate.needs_manager:
            self._message = Message("guard.too_many_unknown")
        elif known := next((line for line in self._open_lines() if line.code == code), None):
            self._focus = known.id
            self._message = Message("scan.already_on_bill", (("ending", code.ending),))
        elif len(self._open_lines()) >= self._desk.max_vouchers:
            self._message = Message("scan.bill_full", (("max", self._desk.max_vouchers),))
        else:
            self._add_line(Line(self._desk.chance.new_id(), code, provider, choices=choices))
            return
        self.publish()

    def _add_line(self, line: Line) -> None:
        self._lines.append(line)
        self._focus = line.id
        self._check_alone_and_together(line)
        self.publish()

    def _check_alone_and_together(self, line: Line) -> None:
        if not line.provider:
            self._scan_mono_s = None  # a person thinks about whose it is: no time of the till's
        elif self._check(line):
            self._check_together()

    def change_issuer(self, line_id: str, provider: str) -> None:
        """A person says whose voucher it is: it is asked about anew, at that issuer alone. Only before it was sent."""
        self._begin()
        line = self._line(line_id)
        if line is None or line.row_id is not None or provider not in line.choices or provider == line.provider:
            return
        place = self._lines.index(line)
        # A new line: nothing that another issuer said of the same text counts for this one.
        self._lines[place] = Line(self._desk.chance.new_id(), line.code, provider, choices=line.choices)
        self._together_for.clear()
        self._focus = self._lines[place].id
        self._check_alone_and_together(self._lines[place])
        self._reoffer()
        self.publish()

    def check_again(self, line_id: str) -> None:
        """Ask about one line once more."""
        self._begin()
        line = self._line(line_id)
        if line is not None and line.row_id is None:
            self._focus = line.id
            self._check_alone_and_together(line)
            self.publish()
