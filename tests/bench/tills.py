"""Tills for measuring: the program itself on a folder of its own, with vouchers to redeem and a queue to drain."""

from __future__ import annotations

import os
import random
import shutil
import string
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pos.bootstrap import Program, open_folder
from pos.domain.bill import Bill
from pos.domain.codes import VoucherCode
from pos.domain.offline_policy import Accept, OfflinePolicy
from pos.till.offline import Candidate, OfflineDesk
from pos.till.ports import NewRedemption, RememberedCheck
from pos.till.redeem import Intent
from tests.sandbox_process import SandboxProcess

WORTH_VND = 100_000
_NO_LIMIT = 10**15
WIDE_POLICY = OfflinePolicy(sum_alone_vnd=_NO_LIMIT, sum_manager_vnd=_NO_LIMIT)
"""The shipped policy but for the sum at risk, which a queue of ten thousand would exceed."""
_NOWHERE = "https://127.0.0.1:9"
"""For what needs no issuer: the discard port."""


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that is removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="quay-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def set_up(folder: Path, sandbox: SandboxProcess | None = None) -> None:
    """Make a data folder that knows its issuer."""
    os.environ["QUAY_KEYSTORE"] = "file"  # a key store of the desktop is no part of what is measured
    settings = {"gotit.base_url": _NOWHERE, "gotit.pin": "0000"}
    if sandbox is not None:
        settings = {
            "gotit.base_url": sandbox.url,
            "gotit.pin": sandbox.pin,
            "gotit.ca_file": str(sandbox.ca_file),
        }
    folder.mkdir(parents=True, exist_ok=True)
    open_folder(folder).settings.set_many({**settings, "gotit.pause_ms": "0", "ui.volume": "0"})


@contextmanager
def open_till(folder: Path, sandbox: SandboxProcess | None = None) -> Iterator[Program]:
    """The program on that folder, without threads and window."""
    set_up(folder, sandbox)
    program = Program(folder)
    try:
        yield program
    finally:
        program.close()


class OfflineCounter:
    """Takes one-voucher bills offline, as the counter does once the cashier has pressed the key."""

    def __init__(self, program: Program) -> None:
        desk = program.desk
        self._program = program
        self._desk = OfflineDesk(
            desk.journal, desk.issuers, desk.clock, desk.chance, desk.redeemer, lambda: WIDE_POLICY
        )

    def accept(self, code: str) -> str:
        """Decide and commit one bill of one voucher; its bill number.

        Raises:
            RuntimeError: the policy said no, so that nothing was measured.
        """
        desk = self._program.desk
        now, voucher = desk.clock.now_utc(), VoucherCode(code)
        bill = Bill(f"TN-CH01-T1-{desk.chance.new_id()}", WORTH_VND, now)
        new = NewRedemption(desk.chance.new_id(), 0, "gotit", voucher, False, WORTH_VND, WORTH_VND, 0)
        check = RememberedCheck(now, desk.journal.session, desk.clock.mono_s(), WORTH_VND, None)
        candidate = Candidate(new.id, "gotit", WORTH_VND, False, check, taken_before=False)
        if not isinstance(self._desk.accept(Intent(bill, (new,)), [candidate], actor="Lan", manager=None), Accept):
            raise RuntimeError("the voucher was not taken")
        return bill.number

    def fill(self, codes: Sequence[str]) -> None:
        """Take many."""
        for code in codes:
            self.accept(code)


def fresh_codes(count: int, seed: int) -> list[str]:
    """Codes that no issuer knows."""
    draw = random.Random(seed)
    return ["".join(draw.choices(string.digits, k=12)) for _ in range(count)]
