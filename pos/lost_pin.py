"""A manager's PIN that nobody knows any more: the one way to a new one, and it leaves marks.

There is no back door, so somebody has to prove what a cashier cannot:

| the shop has | then |
|---|---|
| a key backup and its recovery sheet | file and code open, and hold this till's master key: new PIN at once |
| never made one | the account of the computer that owns the data folder: new PIN at once |
| lost its sheet | that account asks; for 24 hours every sign-in tells, and a manager can end it; then it asks again |

Whoever owns that account could replace the program's files anyway; this way only spares an honest shop that, and shows.
A new PIN stands in the audit chain with the account's name, and is told at every sign-in until a manager who was there
before and is not the one concerned has read it, or for seven days at the least.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pos.domain.business_date import from_utc_text, local_time, utc_text
from pos.domain.errors import Param, SecurityError
from pos.domain.permissions import Role
from pos.notices import BY, FROM_UTC
from pos.security.key_backup import open_backup
from pos.security.names import alike
from pos.security.secret import Secret
from pos.till.ports import Person

if TYPE_CHECKING:
    from pos.bootstrap import HeldFolder

RECOVERED, ASKED = "manager.recovered", "manager.recovery_asked"
"""Kinds in the audit chain, and codes of the sentences a manager reads."""
WAIT = timedelta(hours=24)
"""By the machine's clock, which this account can set; that a clock went back or jumped is noticed and told as well."""
TOLD = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Recovered:
    """How it went. `after_utc`: None: the PIN is new; else when to ask again."""

    person: Person
    after_utc: datetime | None = None


class LostPin:
    """Gives a manager a new PIN without the old one. For a command, with the till's window closed.

    Args:
        held: the folder, alone on it.
        os_user: name of the account that runs this.
    """

    def __init__(self, held: HeldFolder, os_user: str) -> None:
        self._held, self._os_user = held, os_user

    def with_sheet(self, name: str, pin: str, backup: bytes, code: Secret) -> Recovered:
        """On the code of the recovery sheet and the file that belongs to it.

        Raises:
            SecurityError: `lost_pin.other_till` (of another till's key), `lost_pin.no_such_manager`, as
                `open_backup`, and as `PinPeople.set_pin`. Nothing was changed.
        """
        folder = self._held.folder
        ours = {folder.keys.ring(data_exists=True).current}
        if folder.retired.exist():
            ours.update(folder.retired.all())
        if open_backup(backup, code).key not in ours:
            raise SecurityError("lost_pin.other_till")
        return self._renew(self._manager(name), pin, "sheet")

    def by_owner(self, name: str, pin: str, *, sheet_lost: bool) -> Recovered:
        """On the account that owns the data folder.

        Args:
            name: of the manager.
            pin: the new one.
            sheet_lost: there was a sheet once, and it is gone.

        Raises:
            SecurityError: `lost_pin.not_owner`, `lost_pin.sheet_needed`, `lost_pin.no_such_manager`, and as
                `PinPeople.set_pin`. Nothing was changed.
        """
        _must_own(self._held.folder.path)
        manager = self._manager(name)
        if not self._held.folder.keys.facts().get("backup_utc"):
            return self._renew(manager, pin, "account")
        if not sheet_lost:
            raise SecurityError("lost_pin.sheet_needed")
        self._held.people.try_pin(manager.id, pin)
        asked_utc, now = self._asked(manager), self._held.clock.now_utc()
        if asked_utc is None:
            self._ask(manager, now)
            return Recovered(manager, now + WAIT)
        if now < asked_utc + WAIT:
            return Recovered(manager, asked_utc + WAIT)
        return self._renew(manager, pin, "account")

    # ------------------------------------------------------------ inside

    def _manager(self, name: str) -> Person:
        for person in self._held.people.everyone():
            if alike(person.name) == alike(name) and person.role is Role.MANAGER:
                return person
        raise SecurityError("lost_pin.no_such_manager", name=name)

    def _asked(self, manager: Person) -> datetime | None:
        """When it was asked for; None: never, or a manager has read that and so ended it."""
        facts = self._told(ASKED)
        return from_utc_text(str(facts["at_utc"])) if facts.get("person_id") == manager.id else None

    def _ask(self, manager: Person, now: datetime) -> None:
        with self._held.journal.transaction("") as tx:
            tx.audit(ASKED, manager.id, name=manager.name, os_user=self._os_user)
            facts: dict[str, Param] = {
                "name": manager.name, "os_user": self._os_user, "when": _shop_time(now),
                "person_id": manager.id, "at_utc": utc_text(now),
            }  # fmt: skip
            self._held.notices.add(tx, {ASKED: facts})

    def _renew(self, manager: Person, pin: str, way: str) -> Recovered:
        held, now = self._held, self._held.clock.now_utc()
        held.people.try_pin(manager.id, pin)
        facts = self._facts(manager, now)
        before = self._told(RECOVERED)
        if before:  # two in a row: neither may take the other's mark away
            facts["name"] = f"{before['name']}, {manager.name}" if manager.name != before["name"] else manager.name
            seen_by = set(str(before[BY]).split()) & set(str(facts[BY]).split())
            facts[BY] = " ".join(sorted(seen_by))
        with held.journal.transaction("") as tx:  # the mark first: a new PIN without it must not be
            tx.audit(RECOVERED, manager.id, name=manager.name, os_user=self._os_user, way=way)
            held.notices.add(tx, {RECOVERED: facts})
        held.people.set_pin(manager.id, pin, actor="")
        return Recovered(manager)

    def _facts(self, manager: Person, now: datetime) -> dict[str, Param]:
        others = [
            person.id
            for person in self._held.people.everyone()
            if person.role is Role.MANAGER and person.id != manager.id
        ]
        return {
            "name": manager.name, "os_user": self._os_user, "when": _shop_time(now),
            BY: " ".join(others), FROM_UTC: utc_text(now + TOLD),
        }  # fmt: skip

    def _told(self, code: str) -> Mapping[str, Param]:
        return next((dict(message.params) for message in self._held.notices.pending() if message.code == code), {})


def _shop_time(now: datetime) -> str:
    return f"{local_time(now):%H:%M %d/%m/%Y}"


def _must_own(folder: Path) -> None:
    """Raises `SecurityError("lost_pin.not_owner")`. Where there are no owners by number, who can read the key is."""
    if hasattr(os, "geteuid") and folder.stat().st_uid != os.geteuid():
        raise SecurityError("lost_pin.not_owner")
