"""After the power cut: put the disk back, start the till on it, let it come to rest, and say what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from pos.domain.bill import Bill, SkuLine
from pos.domain.codes import VoucherCode
from pos.domain.errors import PosError
from pos.domain.redemption import DONE, OPEN_HOLDS, Outcome
from pos.domain.voucher import CallDone, CallRefused, MarkedUsed
from pos.journal.chain import read_tail
from pos.journal.store import SqliteJournal
from pos.till.ports import Chance, Clock, PrintJob, PrintState, Redemption, StoredBill, Trace
from pos.till.printing import Printing
from pos.till.views import Phase
from tests.crash.day import SERIES, LaterIds
from tests.crash.disk import Mark
from tests.crash.marking import truth_of
from tests.till.fake_issuer import FakeIssuer
from tests.till.hand_clock import HandClock
from tests.till.rig import Rig, broken_promises, open_journal

_FLAT_BATTERY_S = 3e8
"""So far back is the clock of a machine whose battery went flat in the dark."""


@dataclass(slots=True)
class World:
    """What the world knew at the moment of the cut."""

    issuer: dict[str, Any] = field(default_factory=lambda: {"vouchers": {}, "late": None, "reserving": False})
    told: list[dict[str, Any]] = field(default_factory=list)
    opened: bool = False
    links: int = 0
    papers: list[str] = field(default_factory=list)
    number: int = 0
    since_noon_s: float = 0.0
    story: str = ""
    version: int = 0

    def take(self, mark: Mark) -> None:
        """One mark of the record."""
        self.version += 1
        facts: dict[str, Any] = dict(mark.facts)
        match mark.kind:
            case "issuer":
                self.issuer = facts
            case "told":
                self.told = [*self.told, facts]
            case "paper":
                self.papers = [*self.papers, facts["job"]]
            case "committed":
                self.links = facts["links"]
            case "number":
                self.number = facts["number"]
            case "clock":
                self.since_noon_s = facts["since_noon_s"]
            case "opened":
                self.opened = True
            case "story":
                self.story = facts["name"]


class WatchfulIssuer(FakeIssuer):
    """The issuer as it stood at the cut; notes every changing call that it had to refuse."""

    def __init__(self, world: World) -> None:
        super().__init__(reserving=bool(world.issuer["reserving"]))
        for code, facts in world.issuer["vouchers"].items():
            self.vouchers[code] = truth_of(facts)
        self.repeated: list[str] = []

    def carry_out_late(self, late: dict[str, Any] | None) -> None:
        """A call of before the cut takes effect now."""
        for code in late["codes"] if late else ():
            truth = self.vouchers[code]
            truth.used_for, truth.held_for, truth.times_used = str(late and late["bill"]), None, truth.times_used + 1

    def mark_used(
        self, codes: Sequence[VoucherCode], bill: Bill, skus: Sequence[SkuLine], *, reserving: bool, trace: Trace
    ) -> MarkedUsed | CallRefused:
        answer = super().mark_used(codes, bill, skus, reserving=reserving, trace=trace)
        self._note("mark_used", answer, codes)
        return answer

    def reserve(
        self, codes: Sequence[VoucherCode], bill: Bill, skus: Sequence[SkuLine], *, trace: Trace
    ) -> CallDone | CallRefused:
        answer = super().reserve(codes, bill, skus, trace=trace)
        self._note("reserve", answer, codes)
        return answer

    def _note(self, call: str, answer: object, codes: Sequence[VoucherCode]) -> None:
        if isinstance(answer, CallRefused) and not any(self.vouchers[code.reveal()].refused for code in codes):
            self.repeated.append(f"{call}: {answer.reason}")


class WatchfulPrinter:
    """A healthy printer after the cut; keeps what came out of it."""

    def __init__(self) -> None:
        self.papers: list[str] = []

    def print_slip(
        self, job: PrintJob, lines: tuple[Redemption, ...], bill: StoredBill, *, begin: Callable[[], None]
    ) -> tuple[PrintState, str | None]:
        begin()
        self.papers.append(job.id)
        return PrintState.PRINTED, None


def judge_day(folder: Path, world: World) -> list[str]:
    """Start on what the cut left (`folder` may be missing) and say what is wrong."""
    issuer, clock = WatchfulIssuer(world), HandClock()
    clock.pass_s(world.since_noon_s + 5)
    clock.reboot()
    behind_s = _FLAT_BATTERY_S if world.version % 5 == 0 else 0.0
    clock.jump_s(-behind_s)
    issuer.date = lambda: clock.now_utc() + timedelta(seconds=behind_s)
    links: list[int] = []

    def journal(path: Path, clock: Clock, chance: Chance) -> SqliteJournal:
        opened = open_journal(path, clock, chance)
        links.append(read_tail(opened._core.connections.get())[0])  # before recovery adds its own
        return opened

    try:
        till = Rig(folder, issuer, clock, LaterIds(9), journal=journal)
    except PosError as error:
        return [f"the till does not open: {error.code} {dict(error.params)}"]
    with closing(till):
        issuer.carry_out_late(world.issuer["late"])
        try:
            gone = ["a commit that was told is gone"] if links[0] < world.links else []
            return [*gone, *_at_the_start(till, world), *_on_paper(till, world), *_at_rest(till, issuer)]
        except Exception as error:  # noqa: BLE001 - whatever it is, a power cut must not bring it about
            return [f"the till cannot go on: {type(error).__name__}: {error}"]


def _on_paper(till: Rig, world: World) -> list[str]:
    """The printer's thread begins: what came out before the cut comes out no second time."""
    printer = WatchfulPrinter()
    Printing(till.journal, printer, till.chance).run_pending()
    return [f"a slip came out twice: {job_id}" for job_id in printer.papers if job_id in world.papers]


def _at_the_start(till: Rig, world: World) -> list[str]:
    """Before anything is asked: what the world knows, the journal knows."""
    journal = till.journal
    rules = [("a bill number may be given twice", journal.next_number(SERIES) <= world.number)]
    for told in world.told:
        rows = {row.ending: row for row in journal.redemptions_of(told["bill"])}
        given = all(ending in rows and rows[ending].state.given for ending in told["endings"])
        rules.append((f"{told['bill']}: value was handed over and the journal does not know", not given))
    for code, truth in world.issuer["vouchers"].items():
        number = truth["used_for"] or truth["held_for"]
        rows_of = [row for row in journal.redemptions_of(number or "") if row.code.reveal() == code]
        rules.append(
            (f"{number}: used at the issuer, unknown to us", bool(truth["used_for"]) and not _expects(rows_of))
        )
        held = any(row.hold in OPEN_HOLDS for row in rows_of)
        rules.append((f"{number}: held at the issuer, unknown to us", bool(truth["held_for"]) and not held))
    for number in journal.bill_numbers(limit=-1):
        fresh = [row for row in journal.redemptions_of(number) if row.state == DONE and not row.shown]
        hidden = bool(fresh) and number not in journal.unshown()
        rules.append((f"{number}: a verdict nobody saw is not shown first thing", hidden))
    flying = bool([row for row in journal.in_flight() if row.state.outcome is Outcome.IN_FLIGHT])
    rules.append(("still in flight after the start", flying))
    return [what for what, broken in rules if broken]


def _expects(rows: list[Redemption]) -> bool:
    return any(row.state.outcome in (Outcome.USED, Outcome.UNKNOWN) for row in rows)


def _at_rest(till: Rig, issuer: WatchfulIssuer) -> list[str]:
    """Settle, let the cashier finish or drop what is left to her, settle again: the books agree."""
    till.settle_to_rest()
    for number in till.journal.open_bills():
        bill = till.resume(number)
        phase = bill.view().phase
        if phase is Phase.FINISH:
            bill.finish_sale()
        elif phase in (Phase.HELD, Phase.UNSENT, Phase.OFFERED):
            bill.drop()
    till.settle_to_rest()
    used = [(code, truth.used_for) for code, truth in issuer.vouchers.items() if truth.used_for]
    wrong = broken_promises(till.journal, used, at_rest=True)
    rows = [row for number in till.journal.bill_numbers(limit=-1) for row in till.journal.redemptions_of(number)]
    given = {row.code.reveal() for row in rows if row.state.given}
    unused = [code for code in given if not issuer.vouchers[code].times_used and not issuer.vouchers[code].refused]
    phases = (till.resume(number).view().phase for number in till.journal.open_bills())
    left = [phase.value for phase in phases if phase not in (Phase.DONE, Phase.CLOSED)]  # of these, only to be shown
    rules = (
        ("a voucher was used twice", any(truth.times_used > 1 for truth in issuer.vouchers.values())),
        ("a customer's voucher stays locked", any(truth.held_for for truth in issuer.vouchers.values())),
        ("value given, not used", bool(unused)),
        (f"a changing call was repeated without proof: {issuer.repeated}", bool(issuer.repeated)),
        (f"bills are left open: {left}", bool(left)),
    )
    return wrong + [what for what, broken in rules if broken]
