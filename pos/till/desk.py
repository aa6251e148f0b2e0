"""What every bill at this till shares."""

from __future__ import annotations

from dataclasses import dataclass

from pos.domain.bill import (
    MAX_VOUCHERS,
)
from pos.till.inquiry import Inquirer
from pos.till.issuers import Issuers
from pos.till.leases import Leases
from pos.till.offline import OfflineDesk
from pos.till.ports import (
    Chance,
    Clock,
    Journal,
)
from pos.till.redeem import Redeemer
from pos.till.reserve import Reserver


@dataclass(frozen=True, slots=True)
class Desk:
    """What every bill at this till shares."""

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
