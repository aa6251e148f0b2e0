"""A section of the manager's page: what stays of it whatever it looks like, and what draws it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pos.ui.look import Look
    from pos.ui.page import PageScreen


class Section(Protocol):
    """One section. GUI thread only; no call waits: questions and changes go to the `ReviewService`."""

    @property
    def name(self) -> str:
        """Stable name: `manager.<name>.title` is its word on the tab."""

    def build(self, look: Look) -> PageScreen:
        """Draw it in this look, from what it knows."""

    def take_event(self, event: object) -> bool:
        """An event of the till or of the review service; True if it was this section's and nobody else's."""

    def opened(self) -> None:
        """It comes into sight: ask for what it shows."""

    def closed(self) -> None:
        """It goes out of sight: nobody waits for its answers."""

    def waiting(self) -> int:
        """How many wait here for a person, for the tab."""
