"""Every call to issuer and disk is a numbered port; a plan says which of them meets which fault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType

from pos.domain.errors import JournalUnavailable
from pos.journal.store import SqliteJournal
from pos.journal.work_writes import SqliteTx

CALL_FAULTS = ("not_sent", "lost_before", "lost_after", "setup", "throttled", "crash_before", "crash_after")
DISK_FAULTS = ("full", "crash_before", "crash_after")


class Crash(BaseException):
    """The plug is pulled here."""


@dataclass(slots=True)
class Ports:
    """What was visited, and what happens where. Numbers go on over restarts."""

    plan: Mapping[int, str] = field(default_factory=dict)
    visited: list[str] = field(default_factory=list)

    def visit(self, name: str) -> str | None:
        """The fault at this port, if any."""
        self.visited.append(name)
        return self.plan.get(len(self.visited))


class PortTx(SqliteTx):
    """A real transaction whose commit is a port."""

    ports: Ports

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        fault = self.ports.visit("disk") if error is None else None
        if fault == "crash_before":
            error = Crash()
        elif fault == "full":
            error = JournalUnavailable("journal.full")
        super().__exit__(type(error) if error is not None else None, error, trace)
        if fault in ("crash_before", "full") and error is not None:
            raise error
        if fault == "crash_after":
            raise Crash


class PortJournal(SqliteJournal):
    """A real journal whose commits are ports."""

    ports: Ports

    def transaction(self, actor: str) -> SqliteTx:
        tx = PortTx(self._core, actor)
        tx.ports = self.ports
        return tx
