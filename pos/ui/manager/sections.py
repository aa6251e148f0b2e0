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
    return (
        _day(running, acting),
        _cases(running, acting),
        _closing(running, acting),
        _statement(running, acting),
        _levels(running),
        _audit(running),
    )


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


def _levels(running: RunningTill) -> Section:
    from pos.ui.manager.levels.section import LevelsSection

    journal, clock = running.program.journal, running.program.clock
    return LevelsSection(
        running.level_desk(),
        running.review,
        running.issuer_labels(),
        lambda: journal.business_date(clock.now_utc()),
    )


def _audit(running: RunningTill) -> Section:
    from pos.ui.manager.audit.section import AuditSection

    return AuditSection(running.audit_desk(), running.review)


def _statement(running: RunningTill, acting: Acting) -> Section:
    from pos.statement_setup import build_statement
    from pos.ui.manager.statement.section import StatementSection

    program = running.program
    return StatementSection(build_statement(program), running.review, lambda: acting.name, program.clock.mono_s)


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
