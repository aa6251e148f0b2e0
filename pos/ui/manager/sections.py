"""The sections of the manager's page over a running till, in the order of their tabs. Imported when it first opens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pos.ui.manager.page import Acting
from pos.ui.manager.section import Section

if TYPE_CHECKING:
    from pos.running import RunningTill


def build_sections(running: RunningTill, acting: Acting) -> Sequence[Section]:
    """Make them all: day, cases, closing, statement, levels, audit."""
    return (_closing(running, acting),)


def _closing(running: RunningTill, acting: Acting) -> Section:
    from pos.closing_setup import shop_of
    from pos.ui.manager.closing.around import Around
    from pos.ui.manager.closing.section import ClosingSection

    clock = running.program.clock
    around = Around(
        acting=lambda: acting.name,
        people=running.till.people,
        print_now=running.till.print_now,
        labels=dict(shop_of(running.program).labels),
        say=running.review.emit,
        mono_s=clock.mono_s,
        now_utc=clock.now_utc,
    )
    return ClosingSection(running.closing_desk(), running.review, around)
