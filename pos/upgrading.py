"""Brings a folder's journal to this program's schema before anything else is opened, and says how far it has come.

Only where an upgrade is due: every other start goes its usual way and pays nothing for this.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from pos.domain.business_date import utc_text
from pos.domain.errors import JournalDamaged, JournalError, JournalTooNew
from pos.instance_lock import InstanceLock
from pos.journal.migrations import Stage
from pos.journal.opening import prepare
from pos.journal.opening import upgrade_due as _due

_SPANS = {Stage.COPY: (0, 40), Stage.CHECK: (40, 20), Stage.CHANGE: (60, 40)}
"""Where in all of it a stage begins, and its share, in percent."""
TOLD_AFTER_S = 1.0
"""What is over sooner is not worth a word."""


class Progress:
    """Turns what an upgrade tells into percent of all of it, for whoever shows it. On the thread that upgrades.

    Args:
        show: hears of stage and percent, each time they are others than before.
        after_s: nothing is shown earlier.
        mono_s: a clock.
    """

    def __init__(
        self,
        show: Callable[[Stage, int], None],
        *,
        after_s: float = TOLD_AFTER_S,
        mono_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._show, self._after_s, self._mono_s = show, after_s, mono_s
        self._began_s = mono_s()
        self._last: tuple[Stage, int] | None = None

    def told(self, stage: Stage, done: int, total: int) -> None:
        """As `pos.journal.migrations.Told`."""
        begins, share = _SPANS[stage]
        part = 0 if stage is Stage.CHECK else share * done // max(total, 1)
        now = (stage, begins + part)
        if now != self._last and self._mono_s() >= self._began_s + self._after_s:
            self._last = now
            self._show(*now)


def upgrade_due(data_dir: Path) -> bool:
    """Whether the journal there is of an earlier program. Reads a hundred bytes."""
    return _due(data_dir / "journal.db")


def upgrade(data_dir: Path, progress: Progress, *, wait_s: float = 0.0) -> None:
    """Upgrade the journal of this folder. A damaged one is left for the opening after this, which has the means for it.

    Args:
        data_dir: the data folder.
        progress: hears how far it has come.
        wait_s: how long another command on the same folder may finish first.

    Raises:
        ConfigError: `lock.other_window`.
        JournalUnavailable, JournalTooNew: nothing was changed.
    """
    from pos.backup_setup import keep_wal

    lock = InstanceLock(data_dir, wait_s=wait_s)
    try:
        path = data_dir / "journal.db"
        kept = keep_wal(path)
        try:
            prepare(path, now_utc=utc_text(datetime.now(UTC)), writing=True, told=progress.told)
        except JournalDamaged:
            return  # the log that was kept is what the opening after this needs
        except JournalError as error:
            if isinstance(error, JournalTooNew) or error.code == "upgrade.no_room":
                kept.unlink(missing_ok=True)  # nothing is wrong with it
            raise
        kept.unlink(missing_ok=True)
    finally:
        lock.release()
