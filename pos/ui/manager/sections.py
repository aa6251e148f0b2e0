"""The sections of the manager's page over a running till, in the order of their tabs. Imported when it first opens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pos.paths import documents_dir
from pos.ui.manager.page import Acting
from pos.ui.manager.section import Section

if TYPE_CHECKING:
    from pos.running import RunningTill
    from pos.ui.manager.export_sheet import ExportBox


def build_sections(running: RunningTill, acting: Acting) -> Sequence[Section]:
    """Make them all: day, cases, closing, statement, levels, audit."""
    return (_day(running, acting), _cases(running, acting))


def _day(running: RunningTill, acting: Acting) -> Section:
    from pos.day_setup import build_day
    from pos.ui.manager.day.section import DaySection

    clock, case_desk = running.program.clock, running.case_desk()
    return DaySection(
        running.review,
        build_day(running.program),
        now_utc=clock.now_utc,
        mono_s=clock.mono_s,
        who=lambda: acting.name,
        open_cases=lambda: case_desk.inbox().rows,
        exporting=_exporting(running),
    )


def _exporting(running: RunningTill) -> ExportBox:
    from pos.ui.manager.export_presenter import ExportPresenter
    from pos.ui.manager.export_sheet import ExportBox

    return ExportBox(
        ExportPresenter(running.review, running.export_desk(), running.copies, running.program.clock.mono_s)
    )


def _cases(running: RunningTill, acting: Acting) -> Section:
    from pos.day_setup import build_day
    from pos.ui.manager.cases.presenter import CasesPresenter
    from pos.ui.manager.cases.section import CasesSection
    from pos.ui.manager.timeline.box import TimelineBox

    program = running.program
    settings = program.settings
    presenter = CasesPresenter(
        running.review,
        running.case_desk(),
        lambda: acting.name,
        program.clock.now_utc,
        f"{settings.text('store.name') or settings.text('store.code')} · {settings.text('till.code')}",
        documents_dir,
    )
    return CasesSection(presenter, TimelineBox(running.review, "cases/timeline", build_day(program).timeline))
