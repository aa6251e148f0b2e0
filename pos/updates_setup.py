"""Builds the desk for updates of a till. Part of the bootstrap; imported when somebody first asks."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pos.domain.backups import CopyReason
from pos.domain.business_date import business_date
from pos.domain.updates import Hindrance, Standing, hindrance
from pos.i18n import resource_path
from pos.journal.update_reads import standing_of
from pos.settings.worlds import profile_of
from pos.till.updates import Stops
from pos.till.views import Environment
from pos.updates.desk import FOLDER, Surroundings, UpdateDesk
from pos.updates.placing import Placing, placing_for
from pos.version import VERSION, build

if TYPE_CHECKING:
    from pos.bootstrap import HeldFolder
    from pos.journal.backup import Backups
    from pos.updates.source import Source

ROOT = "updates/root.json"
"""Below `resources/`: whom this program believes. packaging/release/README.md tells who makes it."""
_PACKAGES = {"deb": "deb", "windows": "windows"}


def build_updates(
    held: HeldFolder, *, source: str = "", somebody_here: Callable[[], bool] = lambda: False,
    backups: Backups | None = None, placing: Placing | None = None, installed: str = VERSION, root: bytes | None = None,
) -> UpdateDesk:  # fmt: skip
    """The desk.

    Args:
        held: the till, open.
        source: folder or address instead of the one that is set.
        somebody_here: whether somebody is signed in.
        backups: of a running till; None: made for this.
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
        return stops_of(held, copied=copied, somebody_here=somebody_here())

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
            lambda: source or settings.text("updates.source"),
            open_source,
            stops,
            copy,
            held.journal.transaction,
            held.notices.add,
            held.managed,
        ),
        placing or placing_for(package, Path(sys.executable)),
        held.rights,
        clock,
    )


def stops_of(held: HeldFolder, *, copied: bool, somebody_here: bool) -> Stops | None:
    """What stands in the way of a newer program: at this till, and at the one with real money beside it."""
    folder = held.folder.path
    mine = profile_of(folder)
    tills = [(mine.value if mine is not None else folder.name, held.folder.journal_path, True)]
    real = Environment.PRODUCTION.value
    if mine is not None and mine is not Environment.PRODUCTION:
        tills.append((real, folder.parent / real / "journal.db", False))
    today = business_date(held.clock.now_utc(), held.settings.number("store.day_change_hour")).isoformat()
    for name, journal, here in tills:
        found = standing_of(journal)
        standing = Standing(
            shift_open=found.shift_open,
            unsettled=found.unsettled,
            copied=copied and here,
            day_closed=today in found.closed,
            somebody_here=here and somebody_here,
        )
        stands = hindrance(standing)
        if stands is not None:
            return Stops(stands, name, found.unsettled if stands is Hindrance.UNSETTLED else 0)
    return None
