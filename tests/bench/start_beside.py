"""From the command to the first window on a real screen: ours beside other Qt programs of this machine, by turns.

Measured from outside and alike for all: a process is started on an X server of its own, and the clock stops when a
window of it is visible. Only what is installed takes part: `electrum` (Debian), `novelwriter` (PyPI), and our own
package where `QUAY_PACKAGE` names its `quay`.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pos.till.ports import Role
from tests.bench.table import Row
from tests.bench.tills import open_till, scratch
from tests.bench.timing import in_turns, median

_ROUNDS, _WITHIN_S, _LOOK_S = 7, 30.0, 0.005
_ROOT = Path(__file__).resolve().parents[2]


def run() -> list[Row]:
    """Start each by turns, warm; without an X server of our own there is nothing to measure."""
    if shutil.which("Xvfb") is None or shutil.which("xdotool") is None:
        note = "not measured: Xvfb and xdotool are needed"
        return [Row("first window on a screen", "–", "–", None, "–", None, note)]
    with scratch() as folder, _screen() as display:
        with open_till(folder / "till") as program:
            program.people.add("Hương", Role.MANAGER, "739152", actor="Hương")
        programs = _programs(folder)
        taken = in_turns({name: _start(command, folder, display) for name, command in programs.items()}, _ROUNDS + 1)
    return _rows({name: times[1:] for name, times in taken.items()})


def _programs(folder: Path) -> dict[str, list[str]]:
    run_till = ["run", "--data", str(folder / "till")]
    found = {"ours": [sys.executable, "-m", "pos.cli.main", *run_till]}
    if package := os.environ.get("QUAY_PACKAGE"):
        found["our package"] = [package, *run_till]
    if electrum := shutil.which("electrum"):
        found["electrum"] = [electrum, "--offline", "-D", str(folder / "electrum")]
    if novelwriter := os.environ.get("NOVELWRITER") or shutil.which("novelwriter"):
        found["novelwriter"] = [novelwriter, "--config", str(folder), "--data", str(folder)]
    return found


def _start(command: list[str], folder: Path, display: str) -> Callable[[], float]:
    # Compiled modules are kept, as an installed program has them.
    away = ("PYTHONDONTWRITEBYTECODE", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in away}
    environment |= {
        "DISPLAY": display, "XDG_CONFIG_HOME": str(folder), "QUAY_KEYSTORE": "file",
        "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
    }  # fmt: skip

    def start() -> float:
        began_s = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=_ROOT, env=environment, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            while not _visible(display):
                if process.poll() is not None or time.perf_counter() > began_s + _WITHIN_S:
                    raise RuntimeError(f"{command[0]} showed no window (status {process.returncode})")
                time.sleep(_LOOK_S)
            return time.perf_counter() - began_s
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            while _visible(display):
                time.sleep(_LOOK_S)

    return start


def _visible(display: str) -> bool:
    looked = subprocess.run(
        ["xdotool", "search", "--onlyvisible", "--name", "."],
        env={**os.environ, "DISPLAY": display}, capture_output=True, check=False,
    )  # fmt: skip
    return bool(looked.stdout.strip())


@contextmanager
def _screen() -> Iterator[str]:
    reads, writes = os.pipe()
    command = ["Xvfb", "-displayfd", str(writes), "-screen", "0", "1366x768x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=(writes,), stderr=subprocess.DEVNULL) as server:
        os.close(writes)
        try:
            with os.fdopen(reads) as told:
                yield f":{told.readline().strip()}"
        finally:
            server.terminate()


def _rows(taken: dict[str, list[float]]) -> list[Row]:
    ours_s = median(taken["ours"])
    note = f"median of {_ROUNDS} by turns, warm, until a window is visible; killed then"
    rows = [Row("first window on a screen", f"{ours_s:.2f} s", "–", None, "–", None, note)]
    for name, times in taken.items():
        if name != "ours":
            rows.append(
                Row(
                    f"  beside {name}",
                    f"{ours_s:.2f} s",
                    f"{median(times):.2f} s",
                    ours_s / median(times),
                    "–",
                    None,
                    "",
                )
            )
    return rows
