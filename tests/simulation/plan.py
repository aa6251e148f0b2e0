"""What kind of world a seed makes: how many tills, which faults, how often, how bold the people."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from tests.simulation.disk import CHOICE as DISK_FAULTS
from tests.simulation.disk import DiskFault
from tests.simulation.network import Fault
from tests.simulation.printer import CHOICE as PRINTER_FAULTS
from tests.simulation.printer import PrinterFault
from tests.simulation.promise import Limits

NETWORK_FAULTS = tuple(Fault)
LATE_FAULTS = (Fault.LATE, Fault.VERY_LATE, Fault.HTTP_502_LATE, Fault.SILENT_AFTER, Fault.DELAY_EFFECT)
"""The effect is there and the till does not know: they are hardest together."""
OTHER_FAULTS = ("crash", "cable", "clock", "elsewhere", "restart", "aside", "rush")
"""Troubles that are no port's: crashes, the cable, somebody setting the clock, other shops, the window closed in
mid-call, bills set aside, and cashiers who do not wait."""
ALL_FAULTS: tuple[str, ...] = (
    *(f"net.{fault}" for fault in NETWORK_FAULTS),
    *(f"disk.{fault}" for fault in DISK_FAULTS),
    *(f"printer.{fault}" for fault in PRINTER_FAULTS),
    *OTHER_FAULTS,
)

SHIPPED = Limits()
BOLD = Limits(3600, 2_500_000, 2_500_000, 500_000, 2_500_000, 10_000_000, 20_000_000)
"""A shop that takes nearly everything: long queues."""
TIGHT = Limits(120, 100_000, 500_000, 50_000, 100_000, 200_000, 400_000, 60, 300)
"""A shop whose limits are met all the time."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The frame of one run.

    Args:
        steps: decisions of each till's cashier.
        network, disk, printer: faults that may happen, each kind by its port.
        network_rate: share of the calls that meet one. `disk_rate`: of the transactions. `printer_rate`: of the slips.
        crash_every: port calls between two crashes, on average; 0: none.
        others: names of `OTHER_FAULTS`.
        hold_lasts_s: after which the issuer ends a hold; None: never (contracts/gotit.md §14 no. 8).
        goods: whether there are vouchers for goods.
        bulk: whether customers bring up to 25 vouchers.
        lag_s: one way to the issuer. `date_offset_s`: how far its `Date` header is off.
        oddity: how often a cashier does something else than the obvious.
        late_rate: share of the mark-uses that take effect after their proof; 0: as every other fault.
        again: share of the vouchers that were shown before, here or at another till.
        limits: the shop's risk policy.
    """

    seed: int
    tills: int
    steps: int
    network: tuple[Fault, ...]
    disk: tuple[DiskFault, ...]
    printer: tuple[PrinterFault, ...]
    others: frozenset[str]
    network_rate: float
    disk_rate: float
    printer_rate: float
    crash_every: int
    reserving: float
    hold_lasts_s: float | None
    goods: bool
    bulk: bool
    lag_s: float
    date_offset_s: float
    oddity: float
    late_rate: float = 0.0
    again: float = 0.05
    limits: Limits = SHIPPED

    def without(self, faults: frozenset[str]) -> Plan:
        """The same world with some faults left out (names of `ALL_FAULTS`)."""
        return replace(
            self,
            network=tuple(fault for fault in self.network if f"net.{fault}" not in faults),
            disk=tuple(fault for fault in self.disk if f"disk.{fault}" not in faults),
            printer=tuple(fault for fault in self.printer if f"printer.{fault}" not in faults),
            others=self.others - faults,
        )

    def faults(self) -> tuple[str, ...]:
        """Names of the faults that may happen."""
        mine = {f"net.{f}" for f in self.network} | {f"disk.{f}" for f in self.disk}
        mine |= {f"printer.{f}" for f in self.printer} | self.others
        return tuple(name for name in ALL_FAULTS if name in mine)


STEPS = 800


def plan_of(seed: int, *, steps: int | None = None, tills: int | None = None) -> Plan:
    """The world of this seed.

    Each has a handful of faults of its own rather than all of them: what goes wrong together in a shop goes wrong for
    one reason, and a rare pair of faults is met sooner where there are few kinds.

    What must come together for a rare call to meet a rare fault goes round from seed to seed (flow, all faults at once,
    crashes), so that a few dozen worlds in a row have every combination; the rest is drawn.
    """
    dice = random.Random(f"plan {seed}")
    every, dying = seed % 4 == 0, seed % 3 == 0
    calm = dice.random() < 0.08 and not every
    network = NETWORK_FAULTS if every else dice.sample(NETWORK_FAULTS, dice.randint(2, 9))
    if dice.random() < 0.3:
        network = sorted({*network, *dice.sample(LATE_FAULTS, 3)})
    drawn = dice.choice((1, 1, 1, 2, 2, 3))  # drawn even if not needed, or all that follows would be drawn otherwise
    plan = Plan(
        seed=seed,
        tills=tills or drawn,
        steps=steps or STEPS,
        network=() if calm else tuple(network),
        disk=() if dice.random() < 0.5 else tuple(dice.sample(DISK_FAULTS, dice.randint(1, len(DISK_FAULTS)))),
        printer=tuple(dice.sample(PRINTER_FAULTS, dice.randint(0, len(PRINTER_FAULTS)))),
        others=frozenset(
            name for name in OTHER_FAULTS if not calm and (dice.random() < 0.7 or (dying and name == "crash"))
        ),
        network_rate=dice.choice((0.01, 0.02, 0.04) if every else (0.005, 0.02, 0.02, 0.05, 0.05, 0.1, 0.3)),
        disk_rate=dice.choice((0.001, 0.003, 0.01, 0.03)),
        printer_rate=dice.choice((0.02, 0.2, 0.6)),
        crash_every=(400, 2000, 8000)[seed % 3],
        reserving=max(0.5 if every else 0.0, (0.0, 1.0, 0.5, 0.0, 1.0)[seed % 5]),
        hold_lasts_s=dice.choice((None, None, 300.0, 3600.0)),
        goods=dice.random() < 0.4,
        bulk=dice.random() < 0.3,
        lag_s=dice.choice((0.005, 0.02, 0.2)),
        date_offset_s=dice.choice((0.0, 0.0, 0.0, 40.0, -90.0, 300.0)),
        oddity=dice.choice((0.01, 0.03, 0.1)),
        limits=dice.choice((SHIPPED, SHIPPED, BOLD, TIGHT)),
    )
    return {0: _after_the_proof, 6: _given_then_lost}.get(seed % 11, replace)(plan)


def _given_then_lost(plan: Plan) -> Plan:
    """The queue's own troubles: value given offline, and the call for it dies with the till, or is lost while another
    shop takes the voucher.
    """
    return replace(
        plan,
        network=(Fault.REFUSED, Fault.DROP_BEFORE, Fault.SILENT_BEFORE, Fault.ELSEWHERE_BETWEEN),
        disk=(),
        others=plan.others - {"clock"} | {"cable", "crash", "elsewhere"},
        network_rate=0.1,
        crash_every=300,
        reserving=0.0,
        bulk=False,
        date_offset_s=0.0,
    )


def _after_the_proof(plan: Plan) -> Plan:
    """Late effects in the reserving flow, the rarest of all chains: an offline voucher's mark-use is proven unused, its
    hold has run out, the answer to the reserve before the next try is lost, and then the first mark-use takes effect
    after all. Clock, disk and other shops are left out: they would break the chain in most cases.
    """
    return replace(
        plan,
        network=(Fault.VERY_LATE, Fault.SILENT_AFTER, Fault.SILENT_BEFORE, Fault.REFUSED),
        disk=(),
        others=plan.others - {"clock", "elsewhere"} | {"cable"},
        network_rate=0.05,
        late_rate=0.7,
        reserving=1.0,
        hold_lasts_s=59.0,
        bulk=False,
        date_offset_s=0.0,
    )
