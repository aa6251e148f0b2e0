"""What a manager has to have seen before the till says no more of it. A port."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pos.till.ports import Person
from pos.till.views import Message


class Notices(Protocol):
    """Such as a setting that was changed behind the program's back. Any thread but the GUI's."""

    def pending(self) -> Sequence[Message]:
        """What no manager has seen, oldest first. Raises `JournalError`."""

    def seen(self, code: str, person: Person) -> None:
        """This manager has read it. Raises `JournalError`: it stays."""
