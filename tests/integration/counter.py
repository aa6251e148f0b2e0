"""The command line as a process, on a data folder of its own, set up for one sandbox."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from pos.cli import main
from tests.sandbox_process import SandboxProcess

ROOT = Path(__file__).resolve().parents[2]
_MAIN = "import sys; from pos.cli import main; sys.exit(main())"
VOUCHER_KEYS = {"ending", "outcome", "given", "amount_vnd", "reason"}


@dataclass(frozen=True)
class Said:
    """How a command ended and what it said."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON value on stdout."""
        return json.loads(self.out)

    @property
    def outcomes(self) -> list[tuple[str, bool, str | None]]:
        """Outcome, given, reason of each voucher of a bill object."""
        return [(v["outcome"], v["given"], v["reason"]) for v in self.json["vouchers"]]


class Counter:
    """A data folder and the commands on it."""

    def __init__(self, folder: Path, sandbox: SandboxProcess, **settings: object) -> None:
        """Set the folder up.

        Args:
            folder: of this till alone.
            sandbox: the issuer.
            settings: further settings, `_` first for the dot in their names.
        """
        self.folder = folder
        wanted = {
            "gotit.base_url": sandbox.url,
            "gotit.pin": sandbox.pin,
            "gotit.ca_file": sandbox.ca_file,
            "gotit.pause_ms": 0,
            "gotit.deadline_s": 2,
            "gotit.connect_timeout_s": 2,
            "ui.language": "en",
            **{name.replace("__", "."): value for name, value in settings.items()},
        }
        pairs = [str(word) for pair in wanted.items() for word in pair]
        assert self.here("config", "set", *pairs).status == 0

    def start(
        self, *words: str, stdout: int | IO[str] = subprocess.PIPE, environment: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """Start a command and go on; `environment` holds what differs from ours."""
        return subprocess.Popen(
            [sys.executable, "-c", _MAIN, "--data", str(self.folder), *words],
            cwd=ROOT,
            env={**os.environ, "QUAY_KEYSTORE": "file", **(environment or {})},
            stdin=subprocess.PIPE,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def run(self, *words: str, stdin: str = "", environment: Mapping[str, str] | None = None) -> Said:
        """Run a command to its end; a stack trace is never an answer."""
        process = self.start(*words, environment=environment)
        out, err = process.communicate(stdin, timeout=60)
        assert "Traceback" not in err, err
        return Said(process.returncode, out, err)

    def here(self, *words: str) -> Said:
        """The same in this process: for long tables, at a tenth of the time."""
        return self.on_its_own("--data", str(self.folder), *words)

    def on_its_own(self, *words: str) -> Said:
        """A command in this process that is told no folder."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            try:
                status = main(words)
            except SystemExit as end:
                status = int(end.code or 0)
        return Said(status, out.getvalue(), err.getvalue())

    def redeem(self, number: str, *codes: str, total: int = 265_000, **run: Any) -> Said:
        """`redeem --json`."""
        return self.run("redeem", "--json", "--bill-number", number, "--total", str(total), *codes, **run)

    def sku(self, number: str, *codes: str, skus: tuple[str, ...], total: int = 265_000) -> Said:
        """`redeem --json` with goods."""
        goods = [word for sku in skus for word in ("--sku", sku)]
        return self.run("redeem", "--json", "--bill-number", number, "--total", str(total), *goods, *codes)

    def bill(self, number: str) -> dict[str, Any]:
        """The bill as `bills --json` lists it."""
        listed: list[dict[str, Any]] = self.run("bills", "--json").json
        return next(bill for bill in listed if bill["bill_number"] == number)

    def settle(self) -> Said:
        """`settle --once --json`."""
        return self.run("settle", "--once", "--json")
