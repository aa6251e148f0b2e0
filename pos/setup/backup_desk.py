"""Copies of the journal as a manager makes and reads them: every act asks the table of rights by her name first."""

from __future__ import annotations

from collections.abc import Sequence

from pos.domain.backups import CopyReason
from pos.domain.permissions import Action
from pos.till.backups import BackupPort, BackupView, CopyMade, JournalNotice
from pos.till.review.events import Running
from pos.till.rights import Rights


class BackupDesk:
    """A `BackupPort` behind the table of rights. On the review service's threads.

    Acts raise `SecurityError("right.needs_manager")` for an actor who may not; then nothing was done.

    Args:
        backups: does it.
        rights: asks the table.
    """

    def __init__(self, backups: BackupPort, rights: Rights) -> None:
        self._backups, self._rights = backups, rights

    def view(self) -> BackupView:
        """How it stands."""
        return self._backups.view()

    def make(self, reason: CopyReason, actor: str, running: Running | None = None) -> CopyMade:
        """Make one now."""
        self._rights.named(Action.BACK_UP, actor)
        return self._backups.make(reason, actor, running)

    def verify(self, name: str) -> CopyMade:
        """Read one through."""
        return self._backups.verify(name)

    def notices(self) -> Sequence[JournalNotice]:
        """What no manager has acknowledged yet."""
        return self._backups.notices()

    def acknowledge(self, actor: str) -> None:
        """A manager has read them."""
        self._rights.named(Action.ACKNOWLEDGE, actor)
        self._backups.acknowledge(actor)
