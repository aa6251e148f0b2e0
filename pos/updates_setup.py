"""Builds the desk for updates of a till. Part of the bootstrap; imported when somebody first asks."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pos.domain.backups import CopyReason
from pos.domain.business_date import business_date
from pos.domain.errors import PosError
from pos.domain.updates import Hindrance, Standing, hindrance
from pos.i18n import resource_path
from pos.journal.update_reads import standing_of
from pos.settings.worlds import profile_of
from pos.till.updates import Stops, UpdateView
from pos.till.views import Environment
from pos.updates.desk import FOLDER, Surroundings, UpdateDesk, place_at_end, view_of
from pos.updates.placing import Placing, placing_for
from pos.version import VERSION, build

if TYPE_CHECKING:
    from pos.bootstrap import HeldFolder
    from pos.journal.backup import Backups
    from pos.settings import Settings
    from pos.updates.source import Source

SOURCE = "updates.source"
ROOT = "updates/root.json"
"""Below `resources/`: whom this program believes. packaging/release/README.md tells who makes it."""
_PACKAGES = {"deb": "deb", "windows": "windows"}


def build_updates(
    held: HeldFolder, *, source: str = "", somebody_here: Callable[[], bool] = lambda: False,
    backups: Backups | None = None, window: bool = False, placing: Placing | None = None, installed: str = VERSION,
    root: bytes | None = None,
) -> UpdateDesk:  # fmt: skip
    """The desk.

    Args:
        held: the till, open.
        source: folder or address instead of the one that is set.
        somebody_here: whether somebody is signed in.
        backups: of a running till; None: made for this.
        window: the till's window is open.
        placing: how programs are put in place; None: as this one was brought here.
        installed: version of the program that runs.
        root: whom to believe; None: as this program was built.
    """
    settings, clock = held.settings, held.clock

    def open_source(text: str) -> Source:
        from pos.providers.registry import proxy_rule
        from pos.updates.source import open_source as opened

        return opened(text, clock.mono_s, proxy=proxy_rule(settings))

    def stops(copied: bool) -> Stops | None:
        hour = settings.number("store.day_change_hour")
        return stops_of(held.folder.path, hour, clock.now_utc(), copied=copied, somebody_here=somebody_here())

    def copy(actor: str) -> None:
        from pos.journal.backup import Backups

        copies = backups or Backups(held.journal, clock, lambda: settings.text("backup.second_folder"))
        copies.verify(copies.make(CopyReason.BY_HAND, actor).name)

    package = build().package
    return UpdateDesk(
        Surroundings(
            held.folder.path / FOLDER,
            root if root is not None else resource_path(ROOT).read_bytes(),
            installed,
            str(build()),
            _PACKAGES.get(package, "tarball"),
            lambda: source or settings.text(SOURCE),
            open_source,
            stops,
            copy,
            held.journal.transaction,
            held.notices.add,
            held.managed,
            window,
        ),
        placing or placing_for(package, Path(sys.executable)),
        held.rights,
        clock,
    )


def stops_of(folder: Path, change_hour: int, now_utc: datetime, *, copied: bool, somebody_here: bool) -> Stops | None:
    """What stands in the way of a newer program: at this till, and at the one with real money beside it.

    Args:
        folder: the till's data folder.
        change_hour: hour at which the shop's day changes.
        now_utc: the clock.
        copied: as in `pos.domain.updates.Standing`.
        somebody_here: likewise.

    Raises:
        JournalError: a journal cannot be read.
    """
    mine, real = profile_of(folder), Environment.PRODUCTION.value
    tills = [("", folder, True)]
    if mine is not None and mine is not Environment.PRODUCTION:
        tills.append((real, folder.parent / real, False))
    today = business_date(now_utc, change_hour).isoformat()
    for name, till, here in tills:
        found = standing_of(till / "journal.db")
        stands = hindrance(
            Standing(
                shift_open=found.shift_open,
                unsettled=found.unsettled,
                copied=copied and here,
                day_closed=today in found.closed,
                somebody_here=here and somebody_here,
            )
        )
        if stands is not None:
            return Stops(stands, name, found.unsettled if stands is Hindrance.UNSETTLED else 0)
    return None


def place_after_end(folder: Path, placing: Placing | None = None) -> str:
    """When the till in this data folder has ended: put in place what a manager wanted then. Returns its version, or "".

    Never raises what can be expected: the program ends, and the next start tells.
    """
    from pos.settings import NoSecrets, Settings

    try:
        hour = Settings(folder, NoSecrets()).number("store.day_change_hour")
        return place_at_end(
            folder / FOLDER,
            VERSION,
            placing or placing_for(build().package, Path(sys.executable)),
            lambda: stops_of(folder, hour, datetime.now(UTC), copied=True, somebody_here=False),
        )
    except (OSError, PosError):
        return ""


def look_at(folder: Path, settings: Settings) -> UpdateView:
    """How it stands, beside a running window too. Raises `JournalError`."""
    now = datetime.now(UTC)
    return view_of(
        folder / FOLDER,
        installed=VERSION,
        told=str(build()),
        source=settings.text(SOURCE),
        placing=placing_for(build().package, Path(sys.executable)),
        stops=stops_of(folder, settings.number("store.day_change_hour"), now, copied=False, somebody_here=False),
        root=resource_path(ROOT).read_bytes(),
    )
