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
    del acting
    return (_levels(running), _audit(running))


def _levels(running: RunningTill) -> Section:
    from pos.ui.manager.levels.section import LevelsSection

    return LevelsSection(running.level_desk(), running.review, running.issuer_labels(), running.program.clock.now_utc)


def _audit(running: RunningTill) -> Section:
    from pos.ui.manager.audit.section import AuditSection

    return AuditSection(running.audit_desk(), running.review)
