"""The plug is pulled at every point: after the next start and settling, the two books agree."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pos.domain.redemption import DONE, Outcome
from pos.providers.registry import ProviderSettings, build_provider
from pos.till.printing import Printing
from tests.crash.doomed import PAPERS, PaperRoll, Points
from tests.providers.steady_clock import SteadyClock
from tests.sandbox_process import SandboxProcess
from tests.till.hand_clock import CountingChance, HandClock
from tests.till.rig import Rig, broken_promises

ROOT = Path(__file__).resolve().parents[2]
STORIES = {
    "direct": 14, "printed": 8, "reserving": 20, "reserving_then_dropped": 14, "offline": 4, "drain": 10,
    "offline_before_reserving": 4, "drain_reserving": 18, "inquiry_of_a_use": 4, "inquiry_of_nothing": 10,
}  # fmt: skip
"""Each story with the least number of points that it must have: fewer, and the points are not where they should be."""


class Doomed:
    """The warm process."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.doomed"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True,
        )  # fmt: skip

    def tell(self, order: dict[str, Any]) -> dict[str, Any]:
        """One story, to its end or to the kill."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        """End it."""
        self._process.communicate(timeout=10)


@pytest.fixture(scope="module")
def doomed() -> Iterator[Doomed]:
    with closing(Doomed()) as process:
        yield process


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess() as process:
        yield process


@pytest.mark.parametrize("story", STORIES)
def test_killed_at_every_point_nothing_is_lost_or_doubled(
    doomed: Doomed, sandbox: SandboxProcess, tmp_path: Path, story: str
) -> None:
    """Kill, start, settle: issuer's book equals ours, value given is owned, nothing sent twice, the chain is whole."""
    for kill_at in range(1, 80):
        codes = sandbox.add_plain_vouchers(2, 100_000)
        sandbox.clear_log()
        folder = tmp_path / str(kill_at)
        order = {"url": sandbox.url, "pin": sandbox.pin, "ca_file": str(sandbox.ca_file), "folder": str(folder)}
        end = doomed.tell({**order, "codes": codes, "story": story, "kill_at": kill_at})
        wrong = _after_the_crash(folder, sandbox, codes, reserving="reserving" in story, handed="H" in end["told"])
        assert wrong == [], f"{story}, killed at point {kill_at}"
        if not end["killed"]:
            assert end["told"].endswith(f"E{kill_at - 1}")
            assert kill_at > STORIES[story]
            return
    pytest.fail("the story never ended")


def _after_the_crash(
    folder: Path, sandbox: SandboxProcess, codes: list[str], *, reserving: bool, handed: bool
) -> list[str]:
    """Start again, settle to rest, and say what is wrong."""
    settings = ProviderSettings(sandbox.url, sandbox.pin, sandbox.ca_file, deadline_s=5, reserving=reserving)
    with closing(build_provider("gotit", settings, SteadyClock())) as issuer:
        till = Rig(folder, issuer, HandClock(datetime.now(UTC)), CountingChance())
        with closing(till):
            rows = till.journal.redemptions_of("B1")
            wrong = _at_the_start(till, handed=handed) + _on_paper(till)
            till.settle_to_rest()
            used = [(code, "B1") for code in codes if sandbox.voucher(code)["times_used"]]
            wrong += broken_promises(till.journal, used, at_rest=True)
            wrong += _at_the_issuer(sandbox, codes, given=any(row.state.given for row in rows))
            wrong += [f"an outbox row is left: {entry.work}" for entry in till.journal.outbox()]
    return wrong


def _at_the_start(till: Rig, *, handed: bool) -> list[str]:
    rows, unshown = till.journal.redemptions_of("B1"), till.journal.unshown()
    fresh = [row for row in rows if row.state == DONE and not row.shown]
    rules = (
        ("value was handed over and the journal does not know", handed and not (rows and rows[0].state.given)),
        ("a verdict nobody saw is not shown first thing", bool(fresh) and "B1" not in unshown),
        ("still in flight after the start", any(row.state.outcome is Outcome.IN_FLIGHT for row in rows)),
    )
    return [what for what, broken in rules if broken]


def _on_paper(till: Rig) -> list[str]:
    """The printer's thread begins; over both lives each slip has come out once at most."""
    roll = till.folder / PAPERS
    Printing(till.journal, PaperRoll(roll, Points(0)), till.chance).run_pending()
    papers = roll.read_text().splitlines() if roll.exists() else []
    return [] if len(papers) == len(set(papers)) else ["a slip came out twice"]


def _at_the_issuer(sandbox: SandboxProcess, codes: list[str], *, given: bool) -> list[str]:
    vouchers = [sandbox.voucher(code) for code in codes]
    refused = [
        entry["operation"] for entry in sandbox.log()
        if entry["operation"] in ("mark_use", "reserve") and not (entry["answered"] or {}).get("success")
    ]  # fmt: skip
    rules = (
        (f"a changing call was repeated without proof: {refused}", bool(refused)),
        ("a voucher was used twice", any(voucher["times_used"] > 1 for voucher in vouchers)),
        ("a customer's voucher stays locked", any(voucher["state"] == 11 for voucher in vouchers)),
        ("value given, not used", given and not all(voucher["times_used"] for voucher in vouchers)),
    )
    return [what for what, broken in rules if broken]
