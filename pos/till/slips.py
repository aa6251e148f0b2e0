"""Slips that are not on paper for sure: what a person is shown of them, and what she may decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pos.domain.errors import SecurityError
from pos.till.ports import SEEN_ON_PAPER, Chance, Journal, PrintJob, PrintState, SlipKind
from pos.till.views import SlipRow

NOT_ON_PAPER_FOR_SURE = (PrintState.PENDING, PrintState.PRINTING, PrintState.DOUBTFUL)


@dataclass(frozen=True, slots=True)
class Unprinted:
    """How many slips are not on paper for sure; `doubtful` of them may be."""

    count: int
    doubtful: int


def unprinted(jobs: tuple[PrintJob, ...]) -> Unprinted:
    """Count these jobs."""
    return Unprinted(len(jobs), sum(job.state is PrintState.DOUBTFUL for job in jobs))


def slip_rows(journal: Journal, jobs: tuple[PrintJob, ...]) -> tuple[SlipRow, ...]:
    """These jobs as rows, with what their slips say was paid."""
    paid_vnd = journal.paid_vnd([job.bill_number for job in jobs])
    return tuple(
        SlipRow(
            job.id, job.bill_number, job.copy, job.created_utc, paid_vnd.get(job.bill_number, 0), job.state, job.note
        )
        for job in jobs
    )


def kind_of(kinds: Sequence[SlipKind], bill_number: str) -> SlipKind | None:
    """What prints this bill; None: its redemptions do."""
    return next((kind for kind in kinds if kind.owns(bill_number)), None)


def queue_copy(
    journal: Journal, chance: Chance, bill_number: str, *, actor: str, kinds: Sequence[SlipKind] = ()
) -> None:
    """Queue another slip of the bill, marked as a copy. It settles every doubt whether an earlier one came out.

    Raises:
        SecurityError: `slip.copy_needs_manager`: the slip is worth money, its use case lets it be repeated.
    """
    kind = kind_of(kinds, bill_number)
    if kind is not None and kind.copy_needs_manager:
        raise SecurityError("slip.copy_needs_manager")
    with journal.transaction(actor) as tx:
        for job in journal.print_jobs(states=[PrintState.DOUBTFUL]):
            if job.bill_number == bill_number:
                tx.set_print_state(job.id, PrintState.CANCELLED, note=job.note)
        tx.add_print_job(chance.new_id(), bill_number)


def seen_on_paper(journal: Journal, job_id: str, *, actor: str, kinds: Sequence[SlipKind] = ()) -> None:
    """A person has looked: the doubtful slip is on paper. Changes nothing of a slip that is not doubtful any more."""
    for job in journal.print_jobs(states=[PrintState.DOUBTFUL]):
        if job.id == job_id:
            kind = kind_of(kinds, job.bill_number)
            with journal.transaction(actor) as tx:
                tx.set_print_state(job_id, PrintState.PRINTED, note=SEEN_ON_PAPER)
                if kind is not None:
                    kind.ended(tx, job, PrintState.PRINTED)
