"""A till that pays bookings, without threads: real engine and journal, an issuer and a clock of the test's choice."""

from __future__ import annotations

from pathlib import Path

from pos.domain.booking_payment import BookingCaseKind
from pos.journal.booking_store import BookingStore
from pos.security.vault import Vault
from pos.till.booking.attend import Attendant, recover
from pos.till.booking.counter import BookingCounter
from pos.till.booking.desk import BookingDesk
from pos.till.booking.poll_loop import Rounds
from pos.till.booking.polling import Poller
from pos.till.booking.ports import Payment
from pos.till.clockwatch import ClockWatch
from tests.booking.issuer import NUMBER, FakeBookings
from tests.booking.ports import PortJournal, Ports
from tests.till.hand_clock import CountingChance, HandClock
from tests.till.rig import KEY


class BookingRig:
    """One till on one data folder. `restart` ends it as a power cut does and opens it anew."""

    def __init__(self, folder: Path, ports: Ports | None = None) -> None:
        self.ports = ports or Ports()
        self.issuer = FakeBookings(self.ports)
        self.clock, self.chance = HandClock(), CountingChance()
        self.folder = folder
        self.here = True
        self.open()

    def open(self) -> None:
        """As every start of the program does."""
        self.journal = PortJournal(self.folder / "journal.db", Vault(KEY), self.clock, self.chance)
        self.journal.ports = self.ports
        self.store = BookingStore(self.journal)
        watch = ClockWatch(self.clock, None)
        self.desk = BookingDesk(self.store, {"gotadi": self.issuer}, self.clock, self.chance, watch, self._bill_number)
        self.poller = Poller(self.desk, lambda _: self.here)
        self.attendant = Attendant(self.desk, lambda _: self.here)
        self.polls = Rounds(self.desk, "gotadi", self.poller, self.attendant)
        self.rest = Rounds(self.desk, None, self.poller, self.attendant)

    def recover(self) -> None:
        """May itself be cut off."""
        recover(self.desk)

    def _bill_number(self) -> str:
        return f"B{self.journal.next_number('bill')}"

    def restart(self) -> None:
        """The program starts again; what was not on disk is gone."""
        self.journal.close()
        self.clock.pass_s(1)
        self.open()

    def counter(self, number: str = NUMBER) -> BookingCounter:
        """A booking at the counter, looked up."""
        counter = BookingCounter(self.desk, self.chance.new_id(), "gotadi", number)
        counter.look_up()
        return counter

    def paid(self, *, code: str | None = None) -> BookingCounter:
        """The cashier has taken the money and commit was called."""
        counter = self.counter()
        if code is not None:
            counter.try_voucher(code)
            counter.redeem("lan")
        counter.order("lan")
        counter.money_taken("lan")
        return counter

    def payment(self, number: str = NUMBER) -> Payment:
        """The newest payment of this booking."""
        rows = self.journal.core.connections.get().execute(
            "SELECT id FROM booking WHERE number = ? ORDER BY id DESC LIMIT 1", (number,)
        )
        return self.desk.payment(rows.fetchone()[0])

    def cases(self) -> set[BookingCaseKind]:
        """Open cases of the newest payment."""
        return {case.kind for case in self.store.cases(self.payment().id) if case.closed_utc is None}

    def run_due(self) -> bool:
        """One round of each loop; whether anything was due."""
        return bool(self.polls.step()) | bool(self.rest.step())

    def wait(self, seconds: float) -> None:
        """Time goes by and the loops do what is due, when it is due."""
        until_mono_s = self.clock.mono_s() + seconds
        while True:
            while self.run_due():
                pass
            dues = [self.store.next_due_mono_s(journeys=journeys) for journeys in (True, False)]
            next_s = min((at for at in dues if at is not None), default=until_mono_s)
            if next_s >= until_mono_s:
                self.clock.pass_s(max(0.0, until_mono_s - self.clock.mono_s()))
                return
            self.clock.pass_s(max(0.001, next_s - self.clock.mono_s()))

    def audit(self) -> int:
        """Links of the audit chain."""
        count: int = self.journal.verify().links
        return count

    def close(self) -> None:
        self.journal.close()
