"""Runs the looks: each on a thread of its own, with a time of its own. One that breaks or hangs is a finding itself."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pos.checkup.findings import Finding, Level, found, of_error
from pos.domain.errors import PosError

if TYPE_CHECKING:
    from pos.checkup.subject import Subject

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """One look.

    Args:
        name: of the finding that stands for it where it finds nothing out: it broke or took too long.
        at: does it; yields what it finds as it finds it.
        within_s: how long it may take.
        online: it connects to somebody.
    """

    name: str
    at: Callable[[Subject], Iterable[Finding]]
    within_s: float = 2.0
    online: bool = False


def examine(subject: Subject, looks: Iterable[Look]) -> tuple[Finding, ...]:
    """Look at everything, in the order of the looks. Takes as long as the slowest may; not on the GUI thread."""
    under_way = [_UnderWay(look, subject) for look in looks if subject.online or not look.online]
    return tuple(finding for each in under_way for finding in each.findings())


class _UnderWay:
    """A look that has begun. Its thread is left to end by itself if it hangs: nobody can stop a disk or a driver."""

    def __init__(self, look: Look, subject: Subject) -> None:
        self._look, self._subject = look, subject
        self._until = time.monotonic() + look.within_s
        self._heard: queue.SimpleQueue[Finding | None] = queue.SimpleQueue()
        threading.Thread(target=self._run, name=f"look {look.name}", daemon=True).start()

    def findings(self) -> Iterable[Finding]:
        """What it has found by the time it may take."""
        while True:
            try:
                finding = self._heard.get(timeout=max(0.0, self._until - time.monotonic()))
            except queue.Empty:
                yield found(self._look.name, Level.WARN, "checkup.too_slow", within_s=self._look.within_s)
                return
            if finding is None:
                return
            yield finding

    def _run(self) -> None:
        try:
            for finding in self._look.at(self._subject):
                self._heard.put(finding)
        except PosError as error:
            self._heard.put(of_error(self._look.name, error))
        except Exception as error:  # noqa: BLE001 - one look that is wrong must not hide what the others find
            _LOG.exception("look %s", self._look.name)
            self._heard.put(found(self._look.name, Level.WARN, "checkup.broken", kind=type(error).__name__))
        finally:
            self._subject.forget_thread()
            self._heard.put(None)
