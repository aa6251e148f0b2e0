"""Decides what the panel of updates asks and shows. Plain Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from pos.i18n import Translator
from pos.security.secret import Secret
from pos.setup.settings_desk import SettingsDesk
from pos.till.review.events import Job, Reported, ReportFailed, ReportProgress
from pos.till.updates import Offer, UpdatePort, UpdateView
from pos.till.views import Message
from pos.ui.manager.asking import Asking
from pos.ui.manager.setup.updates import words
from pos.ui.manager.setup.updates.model import KEYS, Act, UpdatesModel
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.bar_action import BarAction
from pos.ui.words import say_message

VIEW, ASK, FETCH, LATER, APPLY, SOURCE = (
    f"setup/updates/{what}" for what in ("view", "ask", "fetch", "later", "apply", "source")
)
SOURCE_KEY, CHECK_KEY = "updates.source", "updates.check"
_SHAPES = {Tone.USABLE: Shape.CHECK, Tone.REFUSED: Shape.CROSS, Tone.UNKNOWN: Shape.WAIT, Tone.BRAND: Shape.GEAR}


class Beside(Protocol):
    """`pos.setup.apart.Apart`, or what stands in for it."""

    def begin(self, key: str, job: Job) -> int:
        """Begin; returns the ticket of its answer."""

    def stop(self) -> None:
        """Ask it to give up."""


class UpdatesPresenter:
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
        self._updates, self._review, self._beside, self._desk = updates, review, beside, desk
        self._checks, self._who = checks, who
        self._tickets = dict.fromkeys((VIEW, ASK, FETCH, LATER, APPLY, SOURCE), 0)
        self.view: UpdateView | None = None
        self.running = ""
        self._far: tuple[int, int] | None = None
        self._said: tuple[str, dict[str, str]] | Message | None = None
        self._fault: Message | None = None

    # ------------------------------------------------------------ asking

    def opened(self) -> None:
        """Into sight: read how it stands."""
        self._look()

    def closed(self) -> None:
        """Out of sight; what was begun goes on."""
        self._review.forget(VIEW)

    def waiting(self) -> int:
        """A refusal, or a newer program that nobody has decided about."""
        view = self.view
        if view is None:
            return 0
        return int(view.refused is not None or (view.offer is not None and not view.scheduled_by and not view.at_end))

    def _look(self) -> None:
        updates = self._updates
        self._tickets[VIEW] = self._review.ask(VIEW, lambda _: updates().view())

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
        self.running, self._said, self._far, self._tickets[key] = key, None, None, ticket

    # ------------------------------------------------------------ answers

    def mine(self, event: object) -> bool:
        """Whether the event is about this panel."""
        return isinstance(event, Reported | ReportFailed | ReportProgress) and event.key in self._tickets

    def take(self, event: object) -> bool | None:
        """An answer: whether a press ended well; None if no press ended."""
        if not isinstance(event, Reported | ReportFailed | ReportProgress):
            return None
        if self._tickets.get(event.key) != event.ticket:
            return None
        if isinstance(event, ReportProgress):
            self._far = (event.done, event.total)
            return None
        if event.key == VIEW:
            self._take_view(event)
            return None
        self.running, self._far = "", None
        if isinstance(event, ReportFailed):
            self._said = event.message
        elif event.key != APPLY:  # the verdict tells that, with what is left to do
            self._said = (f"setup.updates.done.{_done(event)}", {"version": _version(event.value)})
        self._look()
        return isinstance(event, Reported)

    def _take_view(self, event: Reported | ReportFailed) -> None:
        if isinstance(event, ReportFailed):
            self._fault = event.message
        elif isinstance(event.value, UpdateView):
            self._fault, self.view = None, event.value

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
            _SHAPES.get(tone, Shape.QUESTION),
            words.lines(tr, view, checks=self.checks) if view is not None else (),
            tr.t("setup.updates.notes") if notes else "",
            notes,
            says,
            says_tone,
            self._actions(tr),
        )

    def _says(self, tr: Translator) -> tuple[str, Tone]:
        if self.running:
            if self._far is not None:
                return words.progress(tr, *self._far), Tone.BRAND
            return tr.t(f"setup.updates.doing.{self.running.rpartition('/')[2]}"), Tone.BRAND
        if self._fault is not None:
            return str(say_message(tr, self._fault)), Tone.REFUSED
        if isinstance(self._said, Message):
            shown = self.view is not None and self.view.refused == self._said
            return ("" if shown else str(say_message(tr, self._said))), Tone.REFUSED
        if self._said is not None:
            key, facts = self._said
            return tr.t(key, **facts), Tone.USABLE
        return "", Tone.NEUTRAL

    def _actions(self, tr: Translator) -> tuple[BarAction, ...]:
        acts = self._acts()
        return tuple(BarAction(act, tr.t(f"setup.updates.do.{act}"), KEYS[act], primary=act is acts[0]) for act in acts)

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


def _done(event: Reported) -> str:
    what = event.key.rpartition("/")[2]
    return "nothing" if what == "ask" and event.value is None else what


def _version(value: object) -> str:
    if isinstance(value, Offer):
        return value.version
    return value if isinstance(value, str) else ""
