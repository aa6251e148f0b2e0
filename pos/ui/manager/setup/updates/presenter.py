"""Decides what the panel of updates asks and shows. Plain Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from pos.i18n import Translator
from pos.security.secret import Secret
from pos.setup.settings_desk import SettingsDesk
from pos.till.review.events import Job, Reported, ReportProgress
from pos.till.updates import Offer, UpdatePort, UpdateView
from pos.till.views import Message
from pos.ui.manager.asking import Asking
from pos.ui.manager.setup.panel_presenter import SHAPES, PanelPresenter
from pos.ui.manager.setup.updates import words
from pos.ui.manager.setup.updates.model import KEYS, Act, UpdatesModel
from pos.ui.signs import Shape
from pos.ui.theme import Tone

ASK, FETCH, LATER, APPLY, SOURCE = (f"setup/updates/{what}" for what in ("ask", "fetch", "later", "apply", "source"))
SOURCE_KEY, CHECK_KEY = "updates.source", "updates.check"


class Beside(Protocol):
    """`pos.setup.apart.Apart`, or what stands in for it."""

    def begin(self, key: str, job: Job) -> int:
        """Begin; returns the ticket of its answer."""

    def stop(self) -> None:
        """Ask it to give up."""


class UpdatesPresenter(PanelPresenter):
    """State of the panel. GUI thread only.

    Args:
        updates: gives the desk; called on the threads that ask it.
        review: reads how it stands, changes settings.
        beside: does what may take minutes.
        desk: changes source and daily look.
        checks: whether the shop wants it to look by itself.
        who: name of the manager who acts.
    """

    def __init__(
        self, updates: Callable[[], UpdatePort], review: Asking, beside: Beside, desk: SettingsDesk,
        checks: Callable[[], bool], who: Callable[[], str],
    ) -> None:  # fmt: skip
        super().__init__("updates", "setup.updates", review)
        self._updates, self._beside, self._desk = updates, beside, desk
        self._checks, self._who = checks, who
        self.view: UpdateView | None = None
        self._far: tuple[int, int] | None = None

    # ------------------------------------------------------------ asking

    def waiting(self) -> int:
        """A refusal, or a newer program that nobody has decided about."""
        view = self.view
        if view is None:
            return 0
        return int(view.refused is not None or (view.offer is not None and not view.scheduled_by and not view.at_end))

    def _read(self) -> UpdateView:
        return self._updates().view()

    def ask(self) -> None:
        """Ask the source now."""
        updates, who = self._updates, self._who()
        self._begin(ASK, lambda _: updates().look(who))

    def fetch(self) -> None:
        """Bring the offer here."""
        updates, who = self._updates, self._who()
        self._begin(FETCH, lambda run: updates().fetch(who, run))

    def stop(self) -> None:
        """Give fetching up for now."""
        if self.running == FETCH:
            self._beside.stop()

    def later(self, *, on: bool) -> None:
        """At closing, or not after all."""
        updates, who = self._updates, self._who()
        self._begin(LATER, lambda _: updates().schedule(who, on=on))

    def apply(self) -> None:
        """Now."""
        updates, who = self._updates, self._who()
        self._begin(APPLY, lambda _: updates().apply(who))

    def set_source(self, source: str, *, checks: bool) -> None:
        """Newer programs come from there from now on; empty: from nowhere."""
        if not self.running:
            desk, who = self._desk, self._who()
            values = {SOURCE_KEY: Secret(source), CHECK_KEY: Secret("true" if source and checks else "false")}
            self._run(SOURCE, self._review.change(SOURCE, lambda _: desk.save(values, {}, who=who)))

    @property
    def checks(self) -> bool:
        """Whether it looks by itself."""
        return self._checks()

    def _begin(self, key: str, job: Job) -> None:
        if not self.running:
            self._run(key, self._beside.begin(key, job))

    def _run(self, key: str, ticket: int) -> None:
        super()._run(key, ticket)
        self._far = None

    # ------------------------------------------------------------ answers

    def mine(self, event: object) -> bool:
        """Also how far it has come."""
        return super().mine(event) or (isinstance(event, ReportProgress) and event.key.startswith(self._prefix))

    def take(self, event: object) -> bool | Message | None:
        """Also how far it has come."""
        if isinstance(event, ReportProgress) and self._tickets.get(event.key) == event.ticket:
            self._far = (event.done, event.total)
        return super().take(event)

    def _take_view(self, value: object) -> None:
        if isinstance(value, UpdateView):
            self.view = value

    def _done(self, event: Reported) -> tuple[str, dict[str, str]] | None:
        if event.key == APPLY:
            return None  # the verdict tells that, with what is left to do
        nothing = event.key == ASK and event.value is None
        return "nothing" if nothing else event.key.rpartition("/")[2], {"version": _version(event.value)}

    # ------------------------------------------------------------ showing

    def model(self, tr: Translator) -> UpdatesModel:
        """The panel now."""
        says, says_tone = self._says(tr)
        view = self.view
        title, tone = words.verdict(tr, view) if view is not None else (tr.t("setup.reading"), Tone.NEUTRAL)
        notes = view.offer.notes(tr.language) if view is not None and view.offer is not None else ""
        return UpdatesModel(
            title,
            tone,
            SHAPES.get(tone, Shape.QUESTION),
            words.lines(tr, view, checks=self.checks) if view is not None else (),
            says,
            says_tone,
            self._buttons(tr, self._acts(), KEYS),
            tr.t("setup.updates.notes") if notes else "",
            notes,
        )

    def _doing(self, tr: Translator) -> str:
        return super()._doing(tr) if self._far is None else words.progress(tr, *self._far)

    def _says(self, tr: Translator) -> tuple[str, Tone]:
        if self._fault is None and self._said is not None and self.view is not None and self.view.refused == self._said:
            return "", Tone.REFUSED  # the verdict tells it
        return super()._says(tr)

    def _acts(self) -> list[Act]:
        view = self.view
        if self.running:
            return [Act.STOP] if self.running == FETCH else []
        if view is None:
            return []
        if not view.source:
            return [Act.SOURCE]
        if view.offer is None:
            return [Act.LOOK, Act.SOURCE]
        if not view.staged:
            return [Act.FETCH, Act.LOOK, Act.SOURCE]
        if view.at_end:
            return [Act.LOOK, Act.NOT_LATER, Act.SOURCE]
        now = [Act.APPLY] if view.stops is None or view.stops.a_copy_helps else []
        if view.scheduled_by:
            return [*now, Act.LOOK, Act.NOT_LATER, Act.SOURCE]
        return [*now, Act.LATER, Act.LOOK, Act.SOURCE]


def _version(value: object) -> str:
    if isinstance(value, Offer):
        return value.version
    return value if isinstance(value, str) else ""
