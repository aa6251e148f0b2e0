"""Kill a till in the middle of a sale, of a booking's payment, of e-vouchers; let it come to rest; compare the books.

A chain is one folder: one life or several, each killed (SIGKILL) at a drawn moment – after so long, shortly after
something happened, or exactly before a transaction, before its commit or after it – then one that comes to rest.
"""

from __future__ import annotations

import os
import select
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from random import Random

from pos.bootstrap import Program, open_folder
from pos.till.ports import Role
from pos.training.accounts import account_settings
from tests.crash.clerk import CALLS, MANAGER_PIN
from tests.crash.issuer_life import Errand, live_issuers
from tests.crash.judge_issuers import Told, Truth, judge_issuers
from tests.crash.kill import NEVER, Length, Moment, one_life, ram_folder
from tests.sandbox_process import SandboxProcess

STORIES = ("sale", "booking", "evoucher")
_ISSUERS = ("gotadi", "appotapay", "vinid")
_GOTADI, _APPOTAPAY = {"gotadi.base_url": ""}, {"appotapay.enabled": "false"}
_GIFTCODE, _EVOUCHER = {"vinid.giftcode": "false"}, {"vinid.evoucher": "false"}
_WITHOUT = {
    "appotapay": _GOTADI | _GIFTCODE | _EVOUCHER, "vinid": _GOTADI | _APPOTAPAY | _EVOUCHER,
    "booking": _APPOTAPAY | _GIFTCODE | _EVOUCHER, "evoucher": _GOTADI | _APPOTAPAY | _GIFTCODE,
}  # fmt: skip
_LOOK_EVERY = 25
_LAST_S = 120.0
_APART_S = 30.0
_CALL_S = 0.25


@dataclass(slots=True)
class Losses:
    """What happened so far."""

    story: str
    chains: int = 0
    kills: int = 0
    ended_first: int = 0
    left: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.story}: {self.kills} kills in {self.chains} chains, each then started and brought to rest; "
            f"{self.ended_first} lives ended before their kill; {len(self.violations)} violations"
        )


class Town:
    """The sandbox, a folder that is set up, and the numbers of what customers bring."""

    def __init__(self, sandbox: SandboxProcess, base: Path) -> None:
        self.sandbox, self._base, self._count = sandbox, base, 0
        self._lives = self._folders = 0
        issuers = {name: sandbox.ready[name] for name in _ISSUERS}
        settings = account_settings(sandbox.url, str(sandbox.ca_file), issuers)
        model = base / "model"
        open_folder(model).settings.set_many(
            settings
            | {
                "gotit.base_url": sandbox.url, "gotit.pin": sandbox.pin, "gotit.ca_file": str(sandbox.ca_file),
                "appotapay.buy_deadline_s": "2", "vinid.withdraw_deadline_s": "2", "vinid.use_deadline_s": "2",
            }
        )  # fmt: skip
        program = Program(model)
        program.people.add("Hương", Role.MANAGER, MANAGER_PIN, actor="setup")
        program.close()
        for kind in _WITHOUT:
            shutil.copytree(model, base / kind)
            open_folder(base / kind).settings.set_many(_WITHOUT[kind])

    def folder(self, kind: str) -> Path:
        """A new one, set up with the issuer of the story only: each has keys that take time to read.

        Args:
            kind: the seller of a sale, else the story.
        """
        self._folders += 1
        return Path(shutil.copytree(self._base / kind, self._base / f"{self._folders}" / "till"))

    def begin(self) -> None:
        """Everything back to the samples, tickets at once."""
        self.sandbox.reset()
        self.sandbox.control("POST", "/gotadi/change", {"issue_after_s": 0.05, "patience_s": 0.5})

    def goods(self, story: str, chance: Random) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What the customers of one life bring: bookings and vouchers, or e-vouchers."""
        self._count += 1
        if story == "evoucher":
            return tuple(self._evoucher(nth) for nth in range(4)), ()
        if story == "booking":
            return tuple(self._booking(nth, chance) for nth in range(2)), tuple(self._voucher(nth) for nth in range(2))
        return (), ()

    def _evoucher(self, nth: int) -> str:
        serial = f"EV{self._count:09d}{nth}"
        self.sandbox.control("POST", "/vinid/change", {"add": {"serial": serial}})
        return serial

    def _booking(self, nth: int, chance: Random) -> str:
        number = f"ADCO2401{self._count:08d}{nth}"
        script = "payment_failed" if chance.random() < 0.15 else "good"
        booking = {"number": number, "product": "AIR", "total_fare_vnd": 1_550_000, "label": "kill", "script": script}
        self.sandbox.control("POST", "/gotadi/change", {"booking": booking})
        return number

    def _voucher(self, nth: int) -> str:
        code = f"Giet{self._count:05d}x{nth}"
        self.sandbox.control(
            "POST", "/gotadi/change", {"voucher": {"code": code, "label": "", "amount_off_vnd": 50_000}}
        )
        return code

    def seconds_of_its_own(self, kind: str) -> float:
        """How far ahead of the machine's the wall clock of the next life is."""
        self._lives += 1
        return self._lives * _APART_S if kind == "appotapay" else 0.0

    def calm(self) -> None:
        """No more faults, and what a dead till had sent has been carried out."""
        self.clear()
        end_mono_s = time.monotonic() + 5
        while any(map(_under_way, self.sandbox.log())) and time.monotonic() < end_mono_s:
            select.select([], [], [], 0.05)

    def clear(self) -> None:
        """No more faults; whatever came before this is being worked on."""
        for issuer in _ISSUERS:
            self.sandbox.control("PUT", f"/{issuer}/faults", [])


def _under_way(entry: dict[str, object]) -> bool:
    faults = entry["faults"]
    waits = isinstance(faults, list) and "delay" in faults and entry["effect"] == "none" and entry["answered"] is None
    return entry["effect"] == "pending" or waits


@contextmanager
def open_town() -> Iterator[Town]:
    """A sandbox of its own, and a folder in memory."""
    os.environ["QUAY_KEYSTORE"] = "file"
    with SandboxProcess() as sandbox, ram_folder() as base:
        yield Town(sandbox, base)


def issuer_kills(
    town: Town, story: str, count: int, *, seed: int, tell: Callable[[str], None] = lambda _: None, hasty: bool = False
) -> Losses:
    """Kill `count` times or a few times more (a chain is carried through).

    Args:
        town: where.
        story: of `STORIES`.
        count: of kills.
        seed: of everything that is drawn here; the moment itself is the machine's.
        tell: hears of progress.
        hasty: plant people who hand over before the verdict; ends with the first violation.
    """
    losses, chance, length, began = Losses(story), Random(seed), Length(), time.monotonic()
    while losses.kills < count:
        if losses.chains % _LOOK_EVERY == 0:
            town.begin()
            length = _measured(town, story, losses)
        chain_seed = chance.randrange(1 << 32)
        wrong = _chain(town, story, chain_seed, length, losses, hasty=hasty)
        losses.chains += 1
        for what in wrong:
            losses.violations.append(f"{story}, chain {losses.chains} (seed {chain_seed}): {what}")
            tell(f"  VIOLATION {losses.violations[-1]}")
        if wrong and hasty:
            break
        if losses.chains % 25 == 0:
            tell(f"  {losses}; {time.monotonic() - began:.0f} s; a life lasts {length.seconds:.2f} s")
    return losses


def _drawn(chance: Random, length: Length) -> tuple[int, Moment]:
    """When: at a point of its own transactions, while a changing call runs, or at any time."""
    kind = chance.random()
    if kind < 0.3:
        return chance.randint(1, length.points), Moment(NEVER, 0.0)
    if kind < 0.7:
        return 0, Moment(chance.choice((1, 1, 2, 3)), chance.uniform(0, _CALL_S), CALLS)
    return 0, Moment.drawn(chance, length)


def _left_behind(path: Path) -> Iterator[str]:
    """What stands on disk right after a kill and is not over, to show that kills come at every moment."""
    with closing(sqlite3.connect(path)) as disk:
        for (outcome,) in disk.execute("SELECT outcome FROM sale WHERE closed = 0"):
            yield f"sale {outcome}"
        for facts in disk.execute("SELECT voucher, money, journey FROM booking WHERE closed = 0"):
            yield f"booking {'/'.join(facts)}"
        for outcome, given in disk.execute(
            "SELECT outcome, given FROM redemption WHERE outcome NOT IN ('dropped', 'refused')"
        ):
            if not (outcome == "used" and given):
                yield f"e-voucher {outcome}"
        for (state,) in disk.execute("SELECT state FROM print_job WHERE state IN ('pending', 'printing', 'doubtful')"):
            yield f"slip {state}"


def _measured(town: Town, story: str, losses: Losses) -> Length:
    """Let one life of each kind end by itself."""
    length = Length()
    for nth, seller in enumerate(("appotapay", "vinid") if story == "sale" else ("",)):
        goods, vouchers = town.goods(story, Random(nth))
        errand = Errand(town.folder(seller or story), story, nth, goods, vouchers, seller)
        open_folder(errand.folder).settings.set_many({"printer.address": f"file:{errand.folder}/"})
        began = time.monotonic()
        said, _ = one_life(partial(live_issuers, errand, town.sandbox), Moment(NEVER, 0.0))
        town.calm()
        if "E" not in said:
            losses.violations.append(f"a life that nobody killed: {said[-3:]}")
        length.seconds = max(length.seconds, time.monotonic() - began)
        length.points = max(length.points, len(said))
    return length


def _chain(town: Town, story: str, seed: int, length: Length, losses: Losses, *, hasty: bool) -> list[str]:
    """One folder: lives until each is killed, one that comes to rest, then the judgement."""
    chance, told = Random(seed), Told()
    all_goods: list[str] = []
    seller = chance.choice(("appotapay", "vinid")) if story == "sale" else ""
    folder, prints = town.folder(seller or story), chance.random() < 0.5
    papers = folder.with_name("slips")
    papers.mkdir()
    errand = Errand(folder, story, 0, seller=seller, prints=prints, hasty=hasty)
    if prints:
        open_folder(errand.folder).settings.set_many({"printer.address": f"file:{papers}/"})
    town.sandbox.clear_log()
    before = Truth.of(town.sandbox)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        goods, vouchers = town.goods(story, chance)
        all_goods += goods
        exactly, moment = _drawn(chance, length)
        life = replace(
            errand, seed=chance.randrange(1 << 32), goods=goods, vouchers=vouchers, kill_at=exactly,
            wall_ahead_s=town.seconds_of_its_own(seller),
        )  # fmt: skip
        said, killed = one_life(partial(live_issuers, life, town.sandbox), moment)
        losses.kills, losses.ended_first = losses.kills + killed, losses.ended_first + (not killed)
        told.lines += said
        if not killed and "E" not in said:
            told.lines.append(f"X the till ended by itself: {said[-1:]}")
        town.clear()
    losses.left.update(_left_behind(errand.folder / "journal.db"))
    town.calm()
    last = replace(
        errand, seed=chance.randrange(1 << 32), last=True, wall_ahead_s=town.seconds_of_its_own(seller)
    )  # fmt: skip
    said, killed = one_life(partial(live_issuers, last, town.sandbox), Moment(NEVER, 0.0), most_s=_LAST_S)
    town.clear()
    told.lines += said + (["X the last life hangs"] if killed else [])
    losses.told.update(line[0] for line in told.lines if line[0] in "SDBMTPH")
    trouble = [line for line in told.lines if line.startswith("X ")]
    wrong, ends = judge_issuers(errand.folder, town.sandbox, before, told, all_goods, papers)
    losses.ends.update(ends)
    shutil.rmtree(folder.parent)
    return trouble + wrong
