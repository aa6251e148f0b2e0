"""What every bill at this till shares."""

from __future__ import annotations

from dataclasses import dataclass

from pos.domain.bill import (
    MAX_VOUCHERS,
)
from pos.domain.routing import SHIPPED_RULES, Rule
from pos.till.inquiry import Inquirer
from pos.till.issuers import Issuers
from pos.till.leases import Leases
from pos.till.meter import Meter
from pos.till.offline import OfflineDesk
from pos.till.ports import (
    Chance,
    Clock,
    Journal,
)
from pos.till.redeem import Redeemer
from pos.till.reserve import Reserver
from pos.till.take_back import TakeBackDesk


@dataclass(frozen=True, slots=True)
class Desk:
    """What every bill at this till shares.

    Args:
        provider: the issuer of codes about which no rule is asked.
        rules: whose codes look like what, of the issuers at this till. An issuer of a rule that is none of `issuers`
            has bookings: its numbers are told to the window.
        meter: measures how long a customer waits; None: nobody does.
        take_back: says which redemptions may be taken back; None: no issuer here does that.
    """

    journal: Journal
    issuers: Issuers
    clock: Clock
    chance: Chance
    leases: Leases
    redeemer: Redeemer
    reserver: Reserver
    inquirer: Inquirer
    offline: OfflineDesk
    provider: str
    max_vouchers: int = MAX_VOUCHERS
    rules: tuple[Rule, ...] = SHIPPED_RULES[:1]
    take_back: TakeBackDesk | None = None
    meter: Meter | None = None
