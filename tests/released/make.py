"""Make the data folder that one version of the program leaves behind, with everything open that it knows of.

python -m tests.released.make                                 # of today's program, into tests/released/<version>/
python -m tests.released.make --program CLONE --name schema-6 # of the program in another clone

The program is driven by its own command line, the issuers are today's sandbox. What goes into the archive:

- `till/`: the data folder: a manager, a bill whose vouchers are used, two taken offline, one whose answer was lost
  after the issuer had used it and one where nothing reached it, a code sale and a booking whose answers were lost
  where the program knew them, slips that nobody printed; last the program is killed in the middle of a call.
- `sandbox/`: the issuers' own memory, so that they answer for these vouchers and orders as they would have then.
- `told.json`: which program it was, its schema, bills, codes and the manager's PIN: play money, play keys.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.sandbox_process import SandboxProcess

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PIN = "739152"
BOOKING_SCHEMA = 5
"""From here on the command line pays bookings."""
_MAIN = "import sys; sys.path.insert(0, '.'); from pos.cli.main import main; sys.exit(main())"
_HELD_S = 20.0


class Till:
    """The program of some clone, on a data folder."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.program, self.folder = program, folder

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command and go on."""
        return subprocess.Popen(
            [sys.executable, "-c", _MAIN, *words, "--data", str(self.folder)],
            cwd=self.program,
            env={**os.environ, "QUAY_KEYSTORE": "file", "PYTHONPATH": str(self.program)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def run(self, *words: str, stdin: str = "", wanted: int | None = 0) -> str:
        """Run a command to its end; its standard output.

        Raises:
            AssertionError: another exit status than was wanted (None: any).
        """
        process = self.start(*words)
        out, err = process.communicate(stdin, timeout=120)
        assert "Traceback" not in err, err
        assert wanted in (None, process.returncode), f"{words}: {process.returncode}\n{out}\n{err}"
        return out

    def set(self, values: dict[str, object]) -> None:
        """Change settings, before there is a manager."""
        self.run("config", "set", *(str(word) for pair in values.items() for word in pair))

    def redeem(self, bill: str, *codes: str, wanted: int) -> None:
        """`quay redeem`, ending as wanted."""
        self.run("redeem", "--json", "--bill-number", bill, "--total", "265000", *codes, wanted=wanted)


def schema_of(program: Path) -> int:
    """The newest schema that the program in this clone knows."""
    return max(int(path.name[1:5]) for path in (program / "pos" / "journal" / "migrations").glob("m0*.py"))


def leave(till: Till, sandbox: SandboxProcess, schema: int) -> dict[str, Any]:
    """Trade until everything is open that can be; returns what was done, for whoever looks later."""
    known = till.run("config", "list")
    till.set({key: value for key, value in settings(sandbox).items() if key in known})
    till.run("people", "add", "Hoa", "--role", "manager", stdin=f"{PIN}\n")
    codes = sandbox.add_plain_vouchers(9)
    bills = {"used": "TN-1", "offline": "TN-2", "lost_used": "TN-3", "lost_not_used": "TN-4", "killed": "TN-5"}
    of = dict(zip(bills, (codes[:2], codes[2:4], codes[4:5], codes[5:6], codes[6:7]), strict=True))
    till.redeem(bills["used"], *of["used"], wanted=0)
    for name, fault in (("lost_used", "drop_after"), ("lost_not_used", "drop_before")):
        sandbox.faults([{"operation": "mark_use", "fault": fault, "times": 1}])
        till.redeem(bills[name], *of[name], wanted=3)
        sandbox.faults([])
    if "appotapay.base_url" in known:
        _sell(till, sandbox)
    if schema >= BOOKING_SCHEMA:
        _book(till, sandbox)
    till.run("check", *of["offline"])
    sandbox.pull_cable()
    till.redeem(bills["offline"], *of["offline"], wanted=4)
    sandbox.plug_in()
    _die_in_a_call(till, sandbox, bills["killed"], *of["killed"])
    return {"bills": bills, "codes": of, "pin": PIN}


def settings(sandbox: SandboxProcess) -> dict[str, object]:
    """What a till needs to know of this sandbox."""
    sells, books = sandbox.ready["appotapay"], sandbox.ready["gotadi"]
    of_sales = ("partner_code", "api_key", "secret_key", "private_key")
    of_bookings = ("api_key", "access_code", "user_id", "partner_private_key", "gotadi_public_key")
    return {
        "gotit.base_url": sandbox.url, "gotit.pin": sandbox.pin, "gotit.ca_file": sandbox.ca_file,
        "gotit.pause_ms": 0, "gotit.deadline_s": 3, "appotapay.base_url": sandbox.url,
        "appotapay.ca_file": sandbox.ca_file, "appotapay.enabled": "true", "appotapay.buy_deadline_s": 3,
        **{f"appotapay.{name}": sells[name] for name in of_sales},
        "gotadi.base_url": sandbox.url, "gotadi.ca_file": sandbox.ca_file,
        **{f"gotadi.{name}": books[name] for name in of_bookings},
    }  # fmt: skip


def _sell(till: Till, sandbox: SandboxProcess) -> None:
    """The money is taken, the order leaves, nobody hears of it again."""
    lost = [{"operation": name, "fault": "drop_after", "times": 9} for name in ("buy", "transaction")]
    sandbox.control("PUT", "/appotapay/faults", lost)
    product = sandbox.ready["appotapay"]["products"][0]["code"]
    unhurried = ("--wait", "0") if "--wait" in till.run("sell", "buy", "--help") else ()
    till.run("sell", "buy", product, "--json", *unhurried, "--seller", "appotapay", wanted=3)
    sandbox.control("PUT", "/appotapay/faults", [])


def _book(till: Till, sandbox: SandboxProcess) -> None:
    """The customer has paid, commit left, its answer is lost."""
    number = next(each["number"] for each in sandbox.ready["gotadi"]["bookings"] if each["label"] == "flight")
    sandbox.control("POST", "/gotadi/change", {"issue_after_s": 3600, "patience_s": 0.5})
    due = json.loads(till.run("booking", "order", number, "--json"))["due_vnd"]
    lost = [{"operation": name, "fault": "drop_after", "times": 1} for name in ("commit",)]
    sandbox.control("PUT", "/gotadi/faults", lost)
    till.run("booking", "pay", number, "--taken", str(due), "--json", wanted=3)
    sandbox.control("PUT", "/gotadi/faults", [])


def _die_in_a_call(till: Till, sandbox: SandboxProcess, bill: str, code: str) -> None:
    """The issuer has used the voucher and does not say so; the program is killed meanwhile."""
    sandbox.clear_log()
    sandbox.faults([{"operation": "mark_use", "fault": "late_commit", "times": 1, "seconds": 0.2}])
    process = till.start("redeem", "--json", "--bill-number", bill, "--total", "265000", code)
    end_s = time.monotonic() + _HELD_S
    while sandbox.voucher(code)["times_used"] == 0:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end_s, "the call never left"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    sandbox.faults([])


# ---------------------------------------------------------------- archives


def archives() -> list[Path]:
    """Every kept folder, oldest program first."""
    return sorted(HERE.glob("*/data.tar.xz"))


@contextmanager
def unpacked(archive: Path) -> Iterator[Path]:
    """A copy to work on, removed at the end."""
    base = Path(tempfile.mkdtemp(prefix="released-"))
    try:
        with tarfile.open(archive) as packed:
            packed.extractall(base, filter="data")
        for path in (base, *base.rglob("*")):
            path.chmod(0o700 if path.is_dir() else 0o600)
        yield base
    finally:
        shutil.rmtree(base, ignore_errors=True)


def _pack(base: Path, archive: Path) -> None:
    def plain(info: tarfile.TarInfo) -> tarfile.TarInfo | None:
        if info.name.endswith(("-shm", "/lock", ".part")) or "/logs" in info.name:
            return None
        info.uid = info.gid = 0
        info.uname = info.gname = ""
        return info

    archive.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive, "w:xz", preset=9) as packed:
        for name in ("till", "sandbox", "told.json"):
            packed.add(base / name, name, filter=plain)


def make(program: Path, name: str) -> Path:
    """Make one and pack it; returns the archive."""
    schema = schema_of(program)
    base = Path(tempfile.mkdtemp(prefix="released-"))
    try:
        (base / "sandbox").mkdir()
        with SandboxProcess(base / "sandbox") as sandbox:
            till = Till(program, base / "till")
            told = leave(till, sandbox, schema)
            sandbox.clear_log()
        (base / "told.json").write_text(json.dumps({"name": name, "schema": schema, **told}, indent=2) + "\n")
        archive = HERE / name / "data.tar.xz"
        _pack(base, archive)
    finally:
        shutil.rmtree(base, ignore_errors=True)
    return archive


if __name__ == "__main__":
    from pos.version import VERSION

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, default=ROOT)
    parser.add_argument("--name", default=VERSION)
    given = parser.parse_args()
    made = make(given.program.resolve(), given.name)
    sys.stdout.write(f"{made.relative_to(ROOT)}: {made.stat().st_size // 1024} KiB\n")
