"""The sections of the manager's page over a running till, in the order of their tabs. Imported when it first opens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pos.office import Office
from pos.paths import documents_dir
from pos.ui.manager.audit.section import AuditSection
from pos.ui.manager.cases.presenter import CasesPresenter
from pos.ui.manager.cases.section import CasesSection
from pos.ui.manager.closing.around import Around
from pos.ui.manager.closing.section import ClosingSection
from pos.ui.manager.day.section import DaySection
from pos.ui.manager.export_presenter import ExportPresenter
from pos.ui.manager.export_sheet import ExportBox
from pos.ui.manager.levels.section import LevelsSection
from pos.ui.manager.page import Acting
from pos.ui.manager.section import Section
from pos.ui.manager.setup.section import SetupSection
from pos.ui.manager.statement.section import StatementSection
from pos.ui.manager.timeline.box import TimelineBox

if TYPE_CHECKING:
    from pos.running import RunningTill


def build_sections(running: RunningTill, acting: Acting) -> Sequence[Section]:
    """Make them all: day, cases, closing, statement, levels, audit, setup."""
    office, review, clock = Office(running), running.review, running.program.clock

    def who() -> str:
        return acting.name

    return (
        _day(running, office, acting),
        _cases(running, office, acting),
        _closing(running, office, acting),
        StatementSection(office.statement, review, who, clock.mono_s),
        LevelsSection(office.levels, review, office.labels, office.today),
        AuditSection(office.audit, review),
        SetupSection(lambda: _panels(running, office, acting)),
    )


def _day(running: RunningTill, office: Office, acting: Acting) -> Section:
    clock = running.program.clock
    return DaySection(
        running.review,
        office.day,
        now_utc=clock.now_utc,
        mono_s=clock.mono_s,
        who=lambda: acting.name,
        open_cases=lambda: office.cases.inbox().rows,
        exporting=ExportBox(ExportPresenter(running.review, office.exports, running.copies, clock.mono_s)),
    )


def _cases(running: RunningTill, office: Office, acting: Acting) -> Section:
    settings = running.program.settings
    presenter = CasesPresenter(
        running.review,
        office.cases,
        lambda: acting.name,
        running.program.clock.now_utc,
        f"{settings.text('store.name') or settings.text('store.code')} · {settings.text('till.code')}",
        documents_dir,
    )
    return CasesSection(presenter, TimelineBox(running.review, "cases/timeline", office.day.timeline))


def _closing(running: RunningTill, office: Office, acting: Acting) -> Section:
    clock = running.program.clock
    around = Around(
        acting=lambda: acting.name,
        people=running.till.people,
        print_now=running.till.print_now,
        labels=office.labels,
        say=running.review.emit,
        mono_s=clock.mono_s,
        now_utc=clock.now_utc,
    )
    return ClosingSection(office.closing, running.review, around)


def _panels(running: RunningTill, office: Office, acting: Acting) -> Sequence[Section]:
    from pos.ui.manager.setup.panels import build_panels

    return build_panels(running, office, acting)
