"""`quay settle`: whatever is due. Vouchers: drain the queue, inquire, release, go on with take-backs; code sales and
bookings: ask. With `--once` one pass, else until no voucher is left to do anything for.
"""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING, Any

from pos.cli import output
from pos.cli.folder import open_program, require_pin
from pos.cli.output import Output
from pos.cli.settle_rest import Rest
from pos.domain.errors import SetupFault
from pos.domain.redemption import AT_RISK, Hold, Outcome
from pos.domain.schedule import FIRST_INQUIRY_S
from pos.till.ports import Journal, Redemption, Work
from pos.till.settle import PROBE_S, Settled

if TYPE_CHECKING:
    from pos.bootstrap import Program


_COUNTS = ("settled", "queued", "unknown", "cases")


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    """Declare the arguments."""
    parser.add_argument("--once", action="store_true", help="one pass over everything, then say what is left")
    parser.add_argument("--parked", action="store_true", help="also what was left to a person, its cause now mended")


def execute(args: argparse.Namespace, out: Output) -> int:
    """Settle. Status 0: nothing open, 3: outcomes unknown, 4: still queued, 1: cases for a person."""
    settled: list[Settled] = []
    with open_program(args) as program:
        if len(program.built.vouchers) == 1:
            require_pin(program, "gotit")
        journal = program.desk.journal
        pause_s = program.settings.number("gotit.pause_ms") / 1000

        def tell(row: Settled) -> None:
            settled.append(row)
            out.hint(f"••••{row.row_before.ending}  {out.words.t(f'finding.{row.finding.value}')}")

        def pause() -> bool:
            time.sleep(pause_s)
            return False

        settler = program.settler(on_settled=tell, pause=pause)
        if args.parked:
            settler.unpark("cli")
        _let_the_issuer_finish(journal, out)
        rest = Rest(program, out)
        rest.run_pass(now=True)  # first: the queue may be long, and a dead issuer of vouchers keeps no sale waiting
        end = settler.run_pass(now=True)
        while not args.once and _workable(program) and not isinstance(end.stopped_by, SetupFault):
            time.sleep(max(PROBE_S if end.stopped_by else 0.1, min(30.0, settler.next_due_s())))
            rest.run_pass(now=False)
            end = settler.run_pass()
        result: dict[str, Any] = {**_left(journal), "settled": len(settled)}
        result["sales"], result["bookings"] = rest.sales(), rest.bookings()
        if end.stopped_by is not None:
            out.hint(out.sentence(end.stopped_by.code, end.stopped_by.params))
    if out.as_json:
        out.json(result)
    out.say(out.words.t("settle.result", **{name: result[name] for name in _COUNTS}))
    for name in ("sales", "bookings"):
        told = result[name]
        if any(told.values()):
            counts = {"asked": len(told["asked"]), "unknown": told["unknown"], "cases": told["cases"]}
            out.say(out.words.t(f"settle.{name}", **counts))
    if result["take_backs"]:
        out.say(out.words.t("settle.take_backs", count=result["take_backs"]))
    return _status(result)


def _workable(program: Program) -> bool:
    """Whether waiting can bring anything: not for what a person must look at, nor for the next day's check."""
    journal, issuers = program.desk.journal, program.desk.issuers
    take_backs = [one for one in journal.open_take_backs() if one.provider in program.built.refunders]
    if any(issuers.barred_s(one.provider) is not None for one in take_backs):
        return True
    return any(not entry.quarantine and entry.work is not Work.RECHECK for entry in journal.outbox(1_000_000))


def _let_the_issuer_finish(journal: Journal, out: Output) -> None:
    """An inquiry right after its call would ask too early (contracts/gotit.md §12 no. 1)."""
    latest = [
        row.sent.at_utc for entry in journal.outbox() if (row := journal.redemption(entry.redemption_id)).sent
        and row.state.outcome is Outcome.UNKNOWN and not row.answered
    ]  # fmt: skip
    if not latest:
        return
    from datetime import UTC, datetime

    wait_s = FIRST_INQUIRY_S - (datetime.now(UTC) - max(latest)).total_seconds()
    if 0 < wait_s <= FIRST_INQUIRY_S:
        out.hint(out.words.t("settle.waiting", wait_s=wait_s))
        time.sleep(wait_s)


def _left(journal: Journal) -> dict[str, int]:
    rows = [journal.redemption(entry.redemption_id) for entry in journal.outbox(1_000_000)]
    return {
        "queued": sum(row.state in AT_RISK for row in rows),
        "unknown": sum(_unknown(row) for row in rows),
        "cases": len(journal.cases()),
        "take_backs": len(journal.open_take_backs()),
    }


def _unknown(row: Redemption) -> bool:
    return row.state.outcome is Outcome.UNKNOWN or row.hold is Hold.UNKNOWN


def _status(result: dict[str, Any]) -> int:
    each = (result, result["sales"], result["bookings"])
    if result["take_backs"] or any(told["unknown"] for told in each):
        return output.UNKNOWN
    if result["queued"]:
        return output.ACCEPTED_OFFLINE
    return output.REFUSED if any(told["cases"] for told in each) else output.OK
