"""What the other issuers cost: sealed calls, bought codes, the long poll, and what waits."""

from __future__ import annotations

from tests.bench import long_poll, open_work, sealed_calls, sold_codes
from tests.bench.table import Row


def run() -> list[Row]:
    """All of them."""
    return [*sealed_calls.run(), *sold_codes.run(), *long_poll.run(), *open_work.run()]
