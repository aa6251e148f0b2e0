"""Which fault a call of a till meets: by the plan, what is new to its kind of call first."""

from __future__ import annotations

import random
from collections import Counter

from tests.simulation.faults import AT_CONNECT, Fault, makes_sense
from tests.simulation.network import CallSeen, Trouble
from tests.simulation.plan import Plan

STAYS_HELD = {
    "reserve": (Fault.DROP_AFTER, Fault.RESET_AFTER, Fault.SILENT_AFTER),
    "unreserve": (Fault.DROP_BEFORE, Fault.RESET_BEFORE, Fault.SILENT_BEFORE),
}
"""The till does not know of the hold, and the issuer has it: only so can a mark-use take effect after its proof."""
_HELD_SHARE = 0.9


class LineFaults:
    """One till's.

    Args:
        plan: of the world.
        dice: the till's.
        struck: counts of faults by call, of the whole world; written here.
    """

    def __init__(self, plan: Plan, dice: random.Random, struck: Counter[str]) -> None:
        self._plan = plan
        self._dice = dice
        self._struck = struck
        self._late: dict[str, float] = {}
        """Until when a mark-use of this code may still take effect after its proof."""

    def choose(self, call: CallSeen, now_s: float, *, asking: bool) -> Trouble | None:
        """The fault of this call, if any.

        Args:
            call: what the network has seen of it.
            now_s: virtual seconds.
            asking: a check that is an inquiry.
        """
        plan, dice = self._plan, self._dice
        operation = "inquire" if asking and call.operation == "check" else call.operation or "connect"
        fits = [fault for fault in plan.network if _fits(fault, call)]
        fresh = [fault for fault in fits if not self._struck[f"{operation} × {fault}"]]
        often = plan.network_rate
        if operation not in ("check", "connect"):
            # Checks are most of the calls, and their faults the least harmful. What has not yet happened here to a
            # call of this kind comes first: releases and inquiries are few.
            often = min(0.5, often * (6 if fresh else 3))
        if operation in STAYS_HELD and any(now_s < self._late.get(code, 0.0) for code in call.codes):
            fresh, often = [fault for fault in fits if fault in STAYS_HELD[operation]], _HELD_SHARE
        elif operation == "mark_use" and plan.late_rate and Fault.VERY_LATE in fits:
            fresh, often = [Fault.VERY_LATE], plan.late_rate
        if not fits or dice.random() >= often:
            return None
        fault = dice.choice(fresh or fits)
        self._struck[f"{operation} × {fault}"] += 1
        if fault is not Fault.VERY_LATE:
            return Trouble(fault, dice.choice((3.0, 9.0, 20.0, 34.0, 58.0)))
        delay_s = dice.choice((90.0, 200.0, 400.0) if plan.late_rate else (61.0, 90.0, 400.0, 4000.0))
        if operation == "mark_use":
            self._late.update(dict.fromkeys(call.codes, now_s + delay_s))
        return Trouble(fault, delay_s)


def _fits(fault: Fault, call: CallSeen) -> bool:
    if call.stage == "connect":
        return fault in AT_CONNECT
    return fault not in AT_CONNECT and makes_sense(fault, call.operation, len(call.codes))
