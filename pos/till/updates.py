"""A newer program as a manager sees it. Frozen values, and what a screen may ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from pos.domain.updates import Hindrance
from pos.till.review.events import Running
from pos.till.views import Message

ATTACKS = frozenset({"update.bad_signature", "update.replayed", "update.damaged", "update.staged_damaged"})
"""Somebody, or a disk, changed what was signed: a manager is told at the counter until she has read it."""


class Way(StrEnum):
    """How a newer program gets to where this one is; follows from how this one was brought here."""

    FLIP = "flip"  # unpacked beside this one, and a link is turned
    SYSTEM = "system"  # the system's own package tool, which asks for an administrator
    INSTALLER = "installer"  # Windows
    BY_HAND = "by_hand"  # from source or as a wheel: the file is fetched and checked, nothing more


@dataclass(frozen=True, slots=True)
class Offer:
    """A newer program that the release owner has signed.

    Args:
        version: greater than the one that runs.
        package: for which kind of installation.
        file: its name; `length` in bytes, `sha256` in hex.
        commit: of the program's source, hex; may be empty.
        schema: of the journal that it works with; 0: not told.
        notes_vi, notes_en: what is new, for people.
    """

    version: str
    package: str
    file: str
    length: int
    sha256: str
    commit: str
    schema: int
    notes_vi: str
    notes_en: str

    def notes(self, language: str) -> str:
        """What is new."""
        return self.notes_vi if language == "vi" else self.notes_en


@dataclass(frozen=True, slots=True)
class Stops:
    """What stands in the way now. `profile`: of another till of this user, on the same program; "": this one."""

    hindrance: Hindrance
    profile: str
    unsettled: int = 0

    @property
    def a_copy_helps(self) -> bool:
        """Whether nothing but money open at this till stands in the way: then the journal is copied first."""
        return self.hindrance is Hindrance.UNSETTLED and not self.profile


@dataclass(frozen=True, slots=True)
class UpdateView:
    """How it stands.

    Args:
        installed: version and package of the program that runs, for people.
        source: folder or address as set; empty: none, and nothing is ever asked.
        way: how it would be put in place.
        looked_utc: when somebody last looked with success.
        offer: what was found then.
        staged: the offer lies here, fetched and checked.
        scheduled_by: who wants it put in place at closing; empty: nobody.
        at_end: it is put in place as soon as this program has ended.
        stops: what stands in the way now.
        refused: why the last try was refused, and when; cleared by a success.
        applied: version that was put in place and begins with the next start; empty: none.
        previous: version one can go back to; empty: none.
        file: where the staged file lies; empty: none.
        development: this program believes keys that nobody keeps: it is none of a release.
    """

    installed: str
    source: str
    way: Way
    looked_utc: datetime | None = None
    offer: Offer | None = None
    staged: bool = False
    scheduled_by: str = ""
    stops: Stops | None = None
    refused: Message | None = None
    refused_utc: datetime | None = None
    applied: str = ""
    previous: str = ""
    file: str = ""
    development: bool = False
    at_end: bool = False


class UpdatePort(Protocol):
    """Updates for a manager. On the review service's threads, or a command's; `view` reads files only.

    Raises (all but `view`): `UpdateError`, `JournalError`, and for an actor who may not
    `SecurityError("right.needs_manager")`; the program that runs stays.
    """

    def view(self) -> UpdateView:
        """How it stands."""

    def look(self, actor: str) -> Offer | None:
        """Ask the source now; None: nothing newer."""

    def fetch(self, actor: str, running: Running | None = None) -> Offer:
        """Bring the offer here and check it; goes on where an earlier try was cut off."""

    def schedule(self, actor: str, *, on: bool) -> None:
        """Put it in place once the day is closed; or not after all."""

    def apply(self, actor: str) -> str:
        """Put it in place: now, or where the old program must have ended first, at its end. Returns its version."""

    def back(self, actor: str) -> str:
        """Go back to the version before; returns it."""
