"""A running till makes its copies by itself, on a thread of its own."""

from __future__ import annotations

from pos.domain.backups import CopyReason
from pos.office import Office
from pos.till.review.events import Running
from tests.integration.counter import Counter
from tests.integration.test_copies import started, until


def test_a_closing_gets_its_copy_while_the_till_runs(counter: Counter) -> None:
    running = started(counter)
    try:
        office = Office(running)

        def close(_: Running) -> object:
            return office.closing.close(office.today(), "Hương", leave_as_cases=True)

        running.review.change("close", close)
        until(lambda: [copy.reason for copy in running.program.backups.view().copies] == [CopyReason.CLOSING])
    finally:
        assert running.close()
    assert counter.here("backup", "verify").status == 0
