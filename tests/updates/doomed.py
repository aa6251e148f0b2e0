"""A process that fetches or puts a program in place, and is killed at its Nth touch of a folder.

`python -m tests.updates.doomed TOUCH FOLDER ACT ARGUMENTS…`; it prints how many touches there were when it lives.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

_TOUCHES = ("open", "os.rename", "os.mkdir", "os.symlink", "os.remove", "os.rmdir", "os.link", "os.chmod",
            "os.truncate", "subprocess.Popen")  # fmt: skip


def main() -> None:
    touch, folder, act, *rest = sys.argv[1:]
    touches = 0

    def watch(event: str, args: tuple[object, ...]) -> None:
        nonlocal touches
        if event in _TOUCHES and any(folder in os.fsdecode(arg) for arg in args if isinstance(arg, str | bytes)):
            touches += 1
            if touches == int(touch):
                os.kill(os.getpid(), signal.SIGKILL)

    {"place": _place, "fetch": _fetch}[act](watch, *rest)
    sys.stdout.write(str(touches))


def _place(watch: object, prefix: str, file: str, version: str) -> None:
    from pos.updates.placing import Flip

    sys.addaudithook(watch)  # type: ignore[arg-type]
    Flip(Path(prefix)).place(Path(file), version)


def _fetch(watch: object, repo: str, root: str, folder: str) -> None:
    from pos.updates.client import Catalogue
    from pos.updates.source import FolderSource
    from pos.updates.staging import fetch

    source = FolderSource(Path(repo))
    sys.addaudithook(watch)  # type: ignore[arg-type]
    catalogue = Catalogue(Path(folder) / "trusted", Path(root).read_bytes(), source, datetime.now(UTC))
    found = catalogue.newest("tarball", "0.1.0")
    if found is not None:
        fetch(found, source, Path(folder) / "staged")
        (Path(folder) / "believed.json").write_text(json.dumps(found.offer.version))


if __name__ == "__main__":
    main()
