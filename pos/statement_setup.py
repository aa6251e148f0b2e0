"""The statement check over an opened till. Imported when it is first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pos.journal.statement_store import StatementStore
from pos.reports.statement_file import DiskFiles
from pos.till.review.statement_desk import StatementDesk

if TYPE_CHECKING:
    from pos.bootstrap import Program


def build_statement(program: Program) -> StatementDesk:
    """The desk, with every issuer that is set up by its name for people. For any thread."""
    built = program.built
    labels = {name: issuer.capabilities.label for name, issuer in built.vouchers.items()}
    labels |= {name: issuer.capabilities.label for name, issuer in built.sellers.items()}
    labels |= {name: issuer.capabilities.label for name, issuer in built.bookings.items()}
    return StatementDesk(DiskFiles(), StatementStore(program.journal, lambda name: labels.get(name, name)), labels)
