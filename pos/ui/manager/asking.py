"""What a section needs of the review service."""

from __future__ import annotations

from typing import Protocol

from pos.till.review.events import Job


class Asking(Protocol):
    """`pos.till.review.service.ReviewService`, or what stands in for it. No call waits."""

    def ask(self, key: str, job: Job) -> int:
        """Ask a question; returns the ticket of its answer. A newer one of the same key takes its place."""

    def forget(self, key: str) -> None:
        """Nobody waits for this key's answer any more."""

    def change(self, key: str, job: Job) -> int:
        """Make a change; returns the ticket of its answer."""

    def watch(self, *, on: bool) -> None:
        """Whether `JournalChanged` is wanted."""
