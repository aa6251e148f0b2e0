"""A built package: its size, and the start out of it beside the start from source, warm and cold."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from pos.till.ports import Role
from tests.bench.table import Row
from tests.bench.tills import open_till, scratch
from tests.bench.timing import in_turns, median, median_ratio

DEB_MB, INSTALLED_MB, RATIO, WARM_S, COLD_S = 60, 180, 1.2, 1.0, 2.0
_ROUNDS, _ROUNDS_COLD = 7, 3
_WITHIN_S = 30.0
_ROOT = Path(__file__).resolve().parents[2]
_DROP = Path("/proc/sys/vm/drop_caches")


def run(package: Path | None) -> list[Row]:
    """Measure one package.

    Args:
        package: a .deb, or a folder with `quay` in it; None: the newest .deb of build/packages.
    """
    found = package or max((_ROOT / "build" / "packages").glob("*.deb"), key=_age, default=None)
    if found is None:
        return [Row("package", "–", "none built: packaging/dev package deb")]
    with scratch() as folder:
        rows = []
        program = found
        if found.is_file():
            subprocess.run(["dpkg-deb", "-x", found, folder / "tree"], check=True)
            program = folder / "tree" / "usr" / "lib" / "quay-voucher"
            rows += _sizes(found, folder / "tree")
        with open_till(folder / "till") as till:
            till.people.add("Hương", Role.MANAGER, "739152", actor="Hương")
        return rows + _starts(folder, program)


def _age(path: Path) -> float:
    return path.stat().st_mtime


def _sizes(deb: Path, tree: Path) -> list[Row]:
    packed = deb.stat().st_size / 1e6
    on_disk = int(subprocess.run(["du", "-sm", tree], capture_output=True, text=True, check=True).stdout.split()[0])
    return [
        Row("package: .deb", f"{packed:.1f} MB", "", None, f"≤ {DEB_MB} MB", packed <= DEB_MB),
        Row("package: installed", f"{on_disk} MB", "", None, f"≤ {INSTALLED_MB} MB", on_disk <= INSTALLED_MB),
    ]


def _starts(folder: Path, program: Path) -> list[Row]:
    source = [
        sys.executable,
        "-c",
        "import sys; from pos.cli import main; sys.exit(main())",
    ]
    jobs = {
        "package": lambda: _start([str(program / "quay")], folder),
        "source": lambda: _start(source, folder),
    }
    in_turns(jobs, 1)
    warm = in_turns(jobs, _ROUNDS)
    ours_s, ratio = median(warm["package"]), median_ratio(warm["package"], warm["source"])
    rows = [
        Row("package: start → ready to scan", f"{ours_s:.2f} s", f"from source: {median(warm['source']):.2f} s", ratio,
            f"≤ {RATIO}, ≤ {WARM_S:.0f} s", ratio <= RATIO and ours_s <= WARM_S,
            f"median of {_ROUNDS} by turns, warm; ready: its scanner is opened, after the first paint"),
    ]  # fmt: skip
    if not os.access(_DROP, os.W_OK):
        return [*rows, Row("package: start, cold", "–", "needs root: the disk's cache is dropped")]
    cold = [_cold(program, folder) for _ in range(_ROUNDS_COLD)]
    slow_s = median(cold)
    return [*rows, Row("package: start, cold", f"{slow_s:.2f} s", "", None, f"≤ {COLD_S:.0f} s", slow_s <= COLD_S,
                       "the first start after switching on: nothing of it in memory")]  # fmt: skip


def _cold(program: Path, folder: Path) -> float:
    return _start([str(program / "quay")], folder, cold=True)


def _start(command: Sequence[str], folder: Path, *, cold: bool = False) -> float:
    """Seconds until the till opens its scanner's line: it does so after its window was painted.

    Raises:
        RuntimeError: it did not within half a minute.
    """
    till = folder / "till-now"  # each time the same: a till that was killed looks closely at its journal
    shutil.rmtree(till, ignore_errors=True)
    shutil.copytree(folder / "till", till)
    line, other_end = pty.openpty()
    address = os.ttyname(other_end)
    os.close(other_end)  # from now on the kernel says "hung up", until somebody opens it
    environment = {
        **os.environ, "QT_QPA_PLATFORM": "offscreen", "QUAY_KEYSTORE": "file",
        "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
    }  # fmt: skip
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    subprocess.run(
        [*command, "--data", till, "config", "set", "scanner.address", f"serial:{address}"],
        env=environment, cwd=_ROOT, input="739152\n", text=True, check=True, capture_output=True,
    )  # fmt: skip
    if cold:
        os.sync()
        _DROP.write_text("3")
    watch = select.poll()
    watch.register(line, select.POLLIN)
    began = time.monotonic()
    with subprocess.Popen(
        [*command, "--data", till, "run"], env=environment, cwd=_ROOT, stderr=subprocess.DEVNULL
    ) as running:
        try:
            while any(event & select.POLLHUP for _, event in watch.poll(0)):
                if time.monotonic() - began > _WITHIN_S or running.poll() is not None:
                    raise RuntimeError(f"{command[0]} was not ready to scan")
                time.sleep(0.001)
            return time.monotonic() - began
        finally:
            running.kill()
            os.close(line)
