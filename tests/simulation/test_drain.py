"""How long the queue takes, by its length."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from pos.domain.offline_policy import OfflinePolicy
from tests.simulation.invariants import Drain, Limits, drains_linearly
from tests.simulation.small_shop import SmallShop

_NO_LIMIT = 10**12
_EVERY = 100
PAUSE_S = 0.25
"""Between two calls of the queue (contracts/gotit.md §11)."""


def counted(shop: SmallShop) -> list[None]:
    """Grows by one for every hundred instructions that SQLite carries out for this till from now on."""
    ticks: list[None] = []
    shop.rig.journal._core.connections.get().set_progress_handler(lambda: ticks.append(None), _EVERY)
    return ticks


def drained(folder: Path, rows: int) -> Drain:
    """A queue of so many vouchers taken offline, then a healthy network: what it cost to empty it."""
    shop = SmallShop(folder)
    shop.rig.policy = OfflinePolicy(sum_alone_vnd=_NO_LIMIT, sum_manager_vnd=_NO_LIMIT)
    with closing(shop.rig):
        for nth in range(rows):
            code = f"{nth:06d}771234"
            shop.issuer.add(code)
            shop.line.cable_in = True
            shop.taken_offline(code, f"B{nth}")
        shop.line.cable_in = True
        calls, began_s, instructions = len(shop.issuer.requests), shop.clock.mono_s(), counted(shop)

        def pause() -> bool:
            shop.clock.pass_s(PAUSE_S)
            return False

        settler = shop.rig.make_settler(pause)
        while shop.rig.journal.outbox():
            settler.run_pass()
        drained_calls, took_s = len(shop.issuer.requests) - calls, shop.clock.mono_s() - began_s
        cost = Drain(rows, drained_calls, took_s, _EVERY * len(instructions))
        used = [voucher.times_used for voucher in shop.issuer.vouchers.values() if voucher.used_for]
        assert used == [1] * rows, "the issuer has each of them once"
        assert shop.found(limits=Limits(sum_alone_vnd=_NO_LIMIT, sum_manager_vnd=_NO_LIMIT)) == set()
        return cost


def test_a_queue_four_times_as_long_takes_four_times_as_long(tmp_path: Path) -> None:
    """Calls, seconds of the till's clock and SQLite's work a row stay what they are; each row costs one call."""
    short, long = drained(tmp_path / "short", 150), drained(tmp_path / "long", 600)
    assert drains_linearly(short, long) == []
    assert long.calls == long.rows
