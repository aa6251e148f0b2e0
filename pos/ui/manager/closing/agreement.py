"""What she is asked to agree to before a day is closed, while it goes on changing under the question."""

from __future__ import annotations

from datetime import date

from pos.domain.closing import Difference
from pos.till.review.closing import ClosingView
from pos.ui.manager.closing.changes import new_in


class Agreement:
    """The open question, if there is one. Plain Python."""

    def __init__(self) -> None:
        self._asked: tuple[date, tuple[Difference, ...]] | None = None

    @property
    def open(self) -> bool:
        """Whether the question is asked now."""
        return self._asked is not None

    def ask(self, view: ClosingView) -> None:
        """Close this day and leave over what differs in it?"""
        self._asked = view.day, view.differences

    def given(self) -> tuple[date, tuple[Difference, ...]] | None:
        """She has said yes: the day, and every difference she has seen. The question is over."""
        asked, self._asked = self._asked, None
        return asked

    def take(self, view: ClosingView) -> bool:
        """The day has been read again. True: the question is not the one she reads any more, and is taken back. With
        fewer differences it goes on; with others, or a day that somebody else has closed, it does not.
        """
        if self._asked is None:
            return False
        day, known = self._asked
        if view.day != day or view.closed is not None or new_in(view, known):
            self._asked = None
            return True
        self._asked = day, view.differences
        return False
