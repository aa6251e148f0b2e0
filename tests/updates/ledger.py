"""A desk for updates over a till that only keeps what it is told."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pos.domain.audit import AuditValue
from pos.domain.errors import JournalUnavailable, Param
from pos.domain.permissions import Role
from pos.domain.updates import Hindrance
from pos.till.ports import Person
from pos.till.rights import Rights
from pos.till.updates import Stops, Way
from pos.updates.desk import Surroundings, UpdateDesk
from pos.updates.source import Source, open_source

HOA = "Hoa"


class Ledger:
    """Keeps the audit chain and the notices; a transaction that raises keeps nothing."""

    def __init__(self) -> None:
        self.chain: list[tuple[str, str, str]] = []
        self.told: dict[str, dict[str, Param]] = {}
        self._open: list[tuple[str, str, str]] = []
        self._actor = ""

    @contextmanager
    def transaction(self, actor: str) -> Iterator[Ledger]:
        self._open, self._actor = [], actor
        yield self
        self.chain += self._open

    def audit(self, kind: str, ref: str, **facts: AuditValue) -> None:
        assert all(value is None or isinstance(value, str | int) for value in facts.values())
        self._open.append((self._actor, kind, ref))

    def keep(self, name: str, text: str) -> None:
        del name, text

    def notice(self, tx: object, found: Mapping[str, Mapping[str, Param]]) -> None:
        assert tx is self
        self.told.update({code: dict(facts) for code, facts in found.items()})

    def kinds(self) -> list[str]:
        return [kind for _, kind, _ in self.chain]


class FakePlacing:
    """Puts programs nowhere, and says which."""

    way = Way.FLIP

    def __init__(self) -> None:
        self.beside = True
        self.placed: list[tuple[str, str]] = []
        self.fault: Exception | None = None

    def place(self, file: Path, version: str) -> None:
        if self.fault is not None:
            raise self.fault
        self.placed.append((file.name, version))

    def previous(self) -> str:
        return "0.0.9"

    def back(self) -> str:
        return "0.0.9"


class LedgerClock:
    """The machine's clock, moved by hand."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def now_utc(self) -> datetime:
        return self.now

    def mono_s(self) -> float:
        return time.monotonic()


class OneManager:
    """Hoa works here, and Lan."""

    def everyone(self) -> tuple[Person, ...]:
        return (Person("1", "Lan", Role.CASHIER), Person("2", HOA, Role.MANAGER))


class Shop:
    """What stands around the desk.

    Args:
        folder: the till's `updates`.
        root: whom it believes.
    """

    def __init__(self, folder: Path, root: bytes = b"{}", rights: Rights | None = None) -> None:
        self.ledger, self.placing, self.clock = Ledger(), FakePlacing(), LedgerClock()
        self.source, self.installed, self.managed, self.window = "", "0.1.0", True, False
        self.stops: Stops | None = None
        self.copies: list[str] = []
        self.copy_fault: JournalUnavailable | None = None
        self.folder, self.root = folder, root
        self.rights = rights or Rights(OneManager())  # type: ignore[arg-type]

    def desk(self) -> UpdateDesk:
        """As after a start of the program."""
        around = Surroundings(
            self.folder, self.root, self.installed, f"{self.installed} (tarball)", "tarball", lambda: self.source,
            self._open, self._stops, self._copy, self.ledger.transaction, self.ledger.notice,
            lambda: self.managed, self.window,
        )  # fmt: skip
        return UpdateDesk(around, self.placing, self.rights, self.clock)

    def _open(self, text: str) -> Source:
        return open_source(text, time.monotonic)

    def _stops(self, copied: bool) -> Stops | None:
        unsettled = self.stops is not None and self.stops.hindrance is Hindrance.UNSETTLED
        return None if copied and unsettled else self.stops

    def _copy(self, actor: str) -> None:
        if self.copy_fault is not None:
            raise self.copy_fault
        self.copies.append(actor)


def ledger_desk(rights: Rights) -> UpdateDesk:
    """One whose rights are asked for, and nothing else."""
    return Shop(Path(_FOLDER.name) / "updates", rights=rights).desk()


_FOLDER = tempfile.TemporaryDirectory()
