"""Starting the window where it cannot be started."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from pos.instance_lock import InstanceLock


def test_a_second_window_on_the_folder_is_refused_at_once_in_words(tmp_path: Path) -> None:
    """A script or a shell gets the sentence and status 2, not a box that waits for a click."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QUAY_KEYSTORE": "file"}
    command = [sys.executable, "-m", "pos.cli.main", "run", "--data", str(tmp_path), "--lang", "en"]
    lock = InstanceLock(tmp_path)
    try:
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)
    finally:
        lock.release()
    assert ended.returncode == 2
    assert "another window" in ended.stderr.lower() or "already open" in ended.stderr.lower()
