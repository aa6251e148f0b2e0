"""Trials of issuers for the panel: each on a thread of its own, told through the review service's listeners."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count

from pos.setup.trials import Trial, TrialResult, run_apart
from pos.till.review.events import Reported

KEY = "setup/issuers/trial"
MakeTrial = Callable[[str, Mapping[str, str]], Trial]
"""By an issuer's stable name, with values that are not saved yet."""


class Trying:
    """Runs one trial at a time. GUI thread; the answer comes as `Reported` with the tuple of results.

    Args:
        make: makes a trial.
        say: tells the answer, on the trial's thread: `ReviewService.emit`.
    """

    def __init__(self, make: MakeTrial, say: Callable[[Reported], None]) -> None:
        self._make, self._say = make, say
        self._tickets = count(1)
        self._now: Trial | None = None
        self.ticket = 0

    def begin(self, names: tuple[str, ...], values: Mapping[str, str]) -> None:
        """Try these one after the other.

        Raises:
            ConfigError: a value that was typed cannot be one.
        """
        ticket = self.ticket = next(self._tickets)
        trials = [self._make(name, values) for name in names]

        def work() -> tuple[TrialResult, ...]:
            results = []
            for trial in trials:
                if ticket == self.ticket:
                    self._now = trial
                    results.append(trial.run())
            return tuple(results)

        run_apart(work, lambda results: self._say(Reported(KEY, ticket, results)))

    def stop(self) -> None:
        """Give up: what still comes is nobody's."""
        self.ticket = 0
        if self._now is not None:
            self._now.cancel()
