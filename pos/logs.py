"""The program's log: one rotating file in the data folder, for the next person. Never a secret, never a whole code.

Times are ISO in UTC; the file is its owner's only; five files of 1 MB at most.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from pos.security.process_guard import place_of
from pos.security.redact import RedactingFilter

_BYTES = 1_000_000
_KEPT = 4
log = logging.getLogger("quay")


def begin(data_dir: Path, secrets: Iterable[str]) -> Callable[[], None]:
    """Write the log of this run to `data_dir/logs/quay.log`.

    Args:
        data_dir: the till's data folder.
        secrets: values that must never appear.

    Returns:
        What ends it. A folder that cannot be written leaves the program without a log, not without a till.
    """
    folder = data_dir / "logs"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        old_mask = os.umask(0o077)
        try:
            handler = RotatingFileHandler(folder / "quay.log", maxBytes=_BYTES, backupCount=_KEPT, encoding="utf-8")
        finally:
            os.umask(old_mask)
    except OSError:
        return lambda: None
    form = logging.Formatter("%(asctime)s.%(msecs)03dZ %(levelname)s %(threadName)s %(name)s %(message)s")
    form.converter = time.gmtime
    form.datefmt = "%Y-%m-%dT%H:%M:%S"
    handler.setFormatter(form)
    mask = RedactingFilter()
    for secret in secrets:
        if secret:
            mask.register(secret)
    handler.addFilter(mask)
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for noisy in ("httpx", "httpcore", "PIL", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    hooks = (sys.excepthook, threading.excepthook)
    sys.excepthook = _crashed
    threading.excepthook = lambda args: _crashed(args.exc_type, args.exc_value, args.exc_traceback)

    def end() -> None:
        sys.excepthook, threading.excepthook = hooks
        root.removeHandler(handler)
        handler.close()

    return end


def _crashed(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    """A bug: where it happened goes to the log, without the values it happened with."""
    log.critical("unexpected %s", place_of(kind, trace))
    del error
