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
    return (_statement(running, acting),)


def _statement(running: RunningTill, acting: Acting) -> Section:
    from pos.statement_setup import build_statement
    from pos.ui.manager.statement.section import StatementSection

    program = running.program
    return StatementSection(build_statement(program), running.review, lambda: acting.name, program.clock.mono_s)
