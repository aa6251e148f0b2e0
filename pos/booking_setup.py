"""Builds what pays bookings, from a journal and the issuers that are set up. Part of the bootstrap."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pos.journal.booking_store import BookingStore
from pos.journal.store import SqliteJournal
from pos.till.booking.desk import BookingDesk
from pos.till.booking_port import BookingIssuer
from pos.till.clockwatch import ClockWatch
from pos.till.ports import Chance, Clock


def build_booking(
    journal: SqliteJournal,
    issuers: Mapping[str, BookingIssuer],
    clock: Clock,
    chance: Chance,
    next_bill_number: Callable[[str], str],
) -> BookingDesk:
    """Wire it; nothing is connected.

    Args:
        journal: holds the payments.
        issuers: by name; empty: no booking is paid, and what is open stays in the list.
        clock: of this machine.
        chance: ids.
        next_bill_number: the next number for a business date's text, written to disk by taking it.
    """

    def bill_number() -> str:
        return next_bill_number(journal.business_date(clock.now_utc()).strftime("%Y%m%d"))

    watch = ClockWatch(clock, journal.latest_record_utc())
    return BookingDesk(BookingStore(journal), issuers, clock, chance, watch, bill_number)
