"""After the kill: start on the folder, settle to rest, compare the till's book with the sandbox's."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from pos.bootstrap import open_folder
from pos.domain.errors import PosError
from pos.domain.redemption import DONE, OPEN_HOLDS, SETTLED, Outcome
from pos.journal.store import SqliteJournal
from pos.providers.registry import ProviderSettings, build_provider
from pos.till.ports import Chance, Clock, PrintState
from pos.till.views import Phase
from tests.providers.steady_clock import SteadyClock
from tests.sandbox_process import SandboxProcess
from tests.till.hand_clock import CountingChance, HandClock
from tests.till.rig import Rig, broken_promises


@dataclass(frozen=True, slots=True)
class Handed:
    """Value that a customer has in her hand."""

    bill: str
    endings: tuple[str, ...]

    @classmethod
    def read(cls, line: str) -> Self:
        """From the cashier's line `H <bill> <endings>`."""
        _, bill, endings = line.split(" ")
        return cls(bill, tuple(endings.split(",")))


def judge_kill(
    folder: Path,
    sandbox: SandboxProcess,
    codes: Sequence[str],
    handed: Sequence[Handed],
    papers: Path,
    *,
    reserving: bool,
    found: Counter[str],
) -> list[str]:
    """Say what is wrong; count in `found` what the kill left behind. `papers` holds what the printer put out."""
    settings = ProviderSettings(sandbox.url, sandbox.pin, sandbox.ca_file, deadline_s=5, reserving=reserving)
    try:
        vault = open_folder(folder).vault
    except PosError as error:
        return [f"the folder does not open: {error}"]

    def journal(path: Path, clock: Clock, chance: Chance) -> SqliteJournal:
        return SqliteJournal(path, vault, clock, chance)

    with closing(build_provider("gotit", settings, SteadyClock())) as issuer:
        try:
            till = Rig(folder, issuer, HandClock(datetime.now(UTC)), CountingChance(), journal=journal)
        except PosError as error:
            return [f"the till does not open: {error}"]
        with closing(till):
            found.update(_left_behind(till))
            wrong = [*_at_the_start(till, handed), *_on_paper(till, papers)]
            _to_rest(till, sandbox)
            truth = {voucher["code"]: voucher for voucher in sandbox.state()["vouchers"]}
            vouchers = [truth[code] for code in codes]
            used = [(voucher["code"], voucher["bill_number"]) for voucher in vouchers if voucher["times_used"]]
            wrong += broken_promises(till.journal, used, at_rest=True)
            return [*wrong, *_at_the_issuer(till, vouchers), *_in_the_log(sandbox.log())]


def _left_behind(till: Rig) -> Iterator[str]:
    """What there was to do after the start, so that it can be seen that kills come at every moment."""
    journal = till.journal
    numbers = journal.bill_numbers(limit=-1)
    rows = [row for number in numbers for row in journal.redemptions_of(number)]
    states = {f"{row.state.outcome.value}{' given' * row.state.given}" for row in rows if row.state not in SETTLED}
    holds = {f"hold {row.hold.value}" for row in rows if row.hold in OPEN_HOLDS}
    yield from states | holds or {"all at rest" if rows else "no bill"}
    if journal.unshown():
        yield "not shown"
    if journal.print_jobs(states=[PrintState.PENDING]):
        yield "slip waits"
    if journal.print_jobs(states=[PrintState.PRINTING]):
        yield "slip begun"
    if journal.print_jobs(states=[PrintState.DOUBTFUL]):
        yield "slip doubtful"


def _to_rest(till: Rig, sandbox: SandboxProcess) -> None:
    """Settle; the cashier finishes or drops what is left to her; settle again, and once more the next day.

    The look after the day's end waits for the issuer's clock too: its `Date` goes with the till's clock.
    """
    till.settle_to_rest()
    for number in till.journal.open_bills():
        bill = till.resume(number)
        phase = bill.view().phase
        if phase is Phase.FINISH:
            bill.finish_sale()
        elif phase in (Phase.HELD, Phase.UNSENT, Phase.OFFERED):
            bill.drop()
    till.settle_to_rest()
    till.clock.pass_s(86_400)
    ahead_s = (till.clock.now_utc() - datetime.now(UTC)).total_seconds()
    sandbox.faults([{"fault": "clock_offset", "seconds": ahead_s}])
    till.settle_to_rest()
    sandbox.faults([])


def _at_the_start(till: Rig, handed: Sequence[Handed]) -> Iterator[str]:
    journal = till.journal
    unshown = journal.unshown()
    for value in handed:
        given = {row.ending for row in journal.redemptions_of(value.bill) if row.state.given}
        if not set(value.endings) <= given:
            yield f"{value.bill}: value was handed over and the journal does not know"
    for number in journal.bill_numbers(limit=-1):
        rows = journal.redemptions_of(number)
        if any(row.state == DONE and not row.shown for row in rows) and number not in unshown:
            yield f"{number}: a verdict nobody saw is not shown first thing"
        if any(row.state.outcome is Outcome.IN_FLIGHT for row in rows):
            yield f"{number}: still in flight after the start"


def _on_paper(till: Rig, papers: Path) -> Iterator[str]:
    """No slip came out twice, over all lives: there is no more paper than slips that were begun."""
    begun = [state for state in PrintState if state is not PrintState.PENDING]
    jobs = len(till.journal.print_jobs(states=begun))
    count = sum(1 for paper in papers.iterdir() if paper.stat().st_size)
    if count > jobs:
        yield f"{count} slips on paper, {jobs} begun"


def _at_the_issuer(till: Rig, vouchers: Sequence[dict[str, Any]]) -> Iterator[str]:
    journal = till.journal
    rows = [row for number in journal.bill_numbers(limit=-1) for row in journal.redemptions_of(number)]
    given = {row.code.reveal() for row in rows if row.state.given}
    for voucher in vouchers:
        ending = f"••••{voucher['code'][-4:]}"
        if voucher["times_used"] > 1:
            yield f"{ending} was used twice"
        if voucher["state"] == 11:
            yield f"{ending} stays locked"
        if voucher["code"] in given and not voucher["times_used"]:
            yield f"{ending}: value given, not used"
    left = [entry.work.value for entry in journal.outbox() if not entry.quarantine]
    if left:
        yield f"left in the outbox: {left}"


def _in_the_log(log: Sequence[dict[str, Any]]) -> Iterator[str]:
    """No changing call was refused, and none came again for a voucher before the issuer had been asked about it."""
    unproven: dict[tuple[str, str], bool] = {}
    for entry in log:
        operation, body = entry["operation"], json.loads(entry["body"])
        codes = body.get("codes") or [body.get("code")]
        if operation == "check":
            unproven = {key: doubt for key, doubt in unproven.items() if key[1] not in codes}
        if operation not in ("mark_use", "reserve"):
            continue
        answered = entry["answered"]
        if answered is not None and not answered.get("success"):
            yield f"{operation} was refused ({answered.get('return_code')}): repeated without proof"
        for code in codes:
            if (operation, code) in unproven:
                yield f"••••{code[-4:]}: {operation} came twice without a question between"
            unproven[operation, code] = True
