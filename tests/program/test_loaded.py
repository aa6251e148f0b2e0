"""What a start loads: a till pays for what its shop has, and for nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_SCRIPT = """
import sys
from pathlib import Path
from pos.bootstrap import Program
from pos.running import RunningTill
import pos.ui.start
running = RunningTill(Program(Path(sys.argv[1])), on_scan=print, on_scan_dropped=print)
print(sorted(name for name in sys.modules if name.startswith((
    "pos.till.selling.", "pos.till.booking.", "pos.journal.sale", "pos.journal.booking", "pos.ui.manager.",
    "pos.till.review.", "pos.reports", "xlsxwriter", "reportlab", "python_calamine", "sqlite_utils",
    "pos.updates", "pos.till.updates", "tuf", "securesystemslib", "urllib3", "tarfile"))))
running.program.close()
"""
_ALWAYS = [
    "pos.till.review.events", "pos.till.review.service", "pos.ui.manager.gate", "pos.ui.manager.page",
    "pos.ui.manager.screen", "pos.ui.manager.screen_stack",
]  # fmt: skip


def test_a_till_that_only_redeems_loads_neither_selling_nor_bookings_nor_the_managers_sections(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, str(tmp_path / "till")], capture_output=True, text=True, check=True, timeout=60,
        env={**os.environ, "QUAY_KEYSTORE": "file"},
    )  # fmt: skip
    assert done.stdout.strip() == str(_ALWAYS)
