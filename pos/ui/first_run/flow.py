"""Decides what the first run shows and does with what is pressed and typed. Plain Python; knows no widget.

What is typed is kept through the engine's own thread; nothing here waits. An answer that cannot be kept stays in its
field with the sentence why, and the way on is closed until it can.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol, TypeVar

from pos.bootstrap import font_dir, printer_profile_dir
from pos.domain.errors import PosError
from pos.receipts.printer_test import PageEnded, PrinterTestEvent
from pos.settings import BY_KEY
from pos.setup.device_trials import Paper, open_paper, page_result
from pos.setup.first_run import FirstRun, Progress
from pos.setup.key_trials import RULES as KEY_RULES
from pos.setup.key_trials import try_key
from pos.setup.policies import Policy
from pos.setup.steps import Facts, Step, missing, untried
from pos.setup.trials import Sort, Stage, Trial, TrialResult
from pos.till.views import Message
from pos.ui.signs import Sound
from pos.ui.words import MASK

if TYPE_CHECKING:
    from hardware.discovery import FoundDevice

T = TypeVar("T")


class Errands(Protocol):
    """Carries work away from the GUI thread; every `done` comes back on it."""

    def ask(self, work: Callable[[], T], done: Callable[[T | PosError], None]) -> None:
        """In order, one after the other."""

    def apart(self, work: Callable[[], T], done: Callable[[T | PosError], None]) -> None:
        """On a thread of its own."""

    def back(self, told: Callable[[], None]) -> None:
        """Call it on the GUI thread; from any thread."""


class Flow:
    """One first run.

    Args:
        engine: does and keeps.
        errands: threads.
        changed: something is to be drawn anew.
        heard: a `Sound` for a trial's end.
        ended: the window is to close; True: open the till.
    """

    def __init__(
        self,
        engine: FirstRun,
        errands: Errands,
        *,
        changed: Callable[[], None],
        heard: Callable[[Sound], None] = lambda _: None,
        ended: Callable[[bool], None],
    ) -> None:
        self.engine, self.errands = engine, errands
        self.changed, self.heard, self.ended = changed, heard, ended
        self.progress: Progress = engine.view()
        self.issuer = ""
        """The issuer whose keys are open; empty: the list of all."""
        self.drafts: dict[str, str] = {}
        """Typed and not kept yet."""
        self.wrong: dict[str, Message] = {}
        """Why a field's text was not kept."""
        self.notes: dict[str, Message] = {}
        """What is known of a field's text: a key's fingerprint."""
        self.error: Message | None = None
        self.busy = True
        self.trials: dict[str, Stage | TrialResult] = {}
        self.running: dict[str, Trial] = {}
        self.found: dict[str, tuple[FoundDevice, ...] | None] = {}
        """Devices by kind; None: they are looked for."""
        self.unverified: tuple[str, ...] = ()
        """Names of what is assumed about the issuers and was not seen; of a production till at its end."""
        self._paper: Paper | None = None
        self.name = ""
        self.first_pin = ""
        self.pin_asks = 0

    @property
    def facts(self) -> Facts:
        """What is known of the till."""
        return self.progress.facts

    @property
    def at(self) -> Step:
        """The open step."""
        return self.progress.at

    @property
    def wants_unlocking(self) -> bool:
        """A manager was made in an earlier run, and has not let this one go on yet."""
        return self.progress.locked

    @property
    def complete(self) -> bool:
        """Whether one may go on from the open step."""
        if self.at is Step.LANGUAGE:
            return True
        typed = {key for key, text in self.drafts.items() if text.strip()}
        lacking = [key for key in missing(self.at, self.facts) if key not in typed]
        return not lacking and not any(key in self.wrong for key in self.drafts)

    def untried(self) -> tuple[str, ...]:
        """What is set up at the open step and was not seen to work."""
        return untried(self.at, self.facts)

    # ------------------------------------------------------------ doing

    def begin(self) -> None:
        """Take the set-up up."""
        self._do(self.engine.begin)

    def _do(self, work: Callable[[], Progress], then: Callable[[], None] = lambda: None) -> None:
        self.busy, self.error = True, None
        self.changed()

        def done(came: Progress | PosError) -> None:
            self.busy = False
            if isinstance(came, PosError):
                self.error = Message(came.code, tuple(came.params.items()))
            else:
                self._take(came)
                then()
            self.changed()

        self.errands.ask(work, done)

    def _take(self, progress: Progress) -> None:
        if progress.at is not self.progress.at:
            self.stop_trials()
            self.issuer, self.first_pin, self.name = "", "", ""
            self.wrong, self.notes, self.drafts = {}, {}, {}
        self.progress = progress
        if progress.at is Step.DONE and progress.facts.profile == "production":
            self.errands.ask(self._look_unverified, self._took_unverified)

    def _look_unverified(self) -> tuple[str, ...]:
        """On the engine's thread: what nobody has seen to be true at this shop yet."""
        from pos.checkup.assumptions import KEPT, standings

        found = standings(self.engine.settings, self.engine.text_kept(KEPT))
        return tuple(standing.assumption.name for standing in found if not standing.verified)

    def _took_unverified(self, came: tuple[str, ...] | PosError) -> None:
        if not isinstance(came, PosError):
            self.unverified = came
            self.changed()

    def set_language(self, language: str) -> None:
        """Shown at once, kept meanwhile."""
        self._do(lambda: self.engine.set_language(language))

    def choose_profile(self, profile: str) -> None:
        """Its folder is opened, which may ask for a passphrase."""
        self._do(lambda: self.engine.choose_profile(profile))

    def give_passphrase(self, phrase: str) -> None:
        """What guards the keys."""

        def taken() -> None:
            self.drafts = {}  # it is nobody's from here on
            if self.at is Step.PASSPHRASE:  # else the set-up goes on where it was left
                self.on()

        self._do(lambda: self.engine.give_passphrase(phrase), taken)

    # ------------------------------------------------------------ what is typed

    def typed(self, field: str, text: str) -> None:
        """A field's text changed; it is kept as soon as the person pauses (`keep`)."""
        if field == "manager":
            self.name = text
        elif self.drafts.get(field, self.facts.values.get(field, "")) != text:
            self.drafts[field] = text
            self.wrong.pop(field, None)
            self.changed()

    def keep(self, field: str, then: Callable[[], None] = lambda: None) -> None:
        """Keep what stands in the field."""
        text = self.drafts.get(field)
        if text is None:
            then()
            return
        self.errands.ask(lambda: self._kept(field, text), lambda came: self._was_kept(field, text, came, then))

    def _kept(self, field: str, text: str) -> tuple[Progress, Message | None]:
        """On the engine's thread. A key that is none is not kept."""
        note = None
        if field in KEY_RULES and text.strip():
            result = try_key(field, text, self.engine.settings)
            if not result.works:
                raise PosError(result.message.code, **dict(result.message.params))
            note = result.message
        return self.engine.keep({field: text, **self._switch(field)}), note

    def _switch(self, field: str) -> Mapping[str, str]:
        """The issuer whose keys are typed is wanted."""
        switch = SWITCHES.get(self.issuer, "")
        return {switch: "true"} if switch and field.startswith(switch.partition(".")[0]) else {}

    def _was_kept(
        self, field: str, text: str, came: tuple[Progress, Message | None] | PosError, then: Callable[[], None]
    ) -> None:
        if isinstance(came, PosError):
            self.wrong[field] = Message(came.code, tuple(came.params.items()))
            self.changed()
            return
        progress, note = came
        if self.drafts.get(field) == text:  # not typed on meanwhile
            del self.drafts[field]
        self.wrong.pop(field, None)
        self.notes.pop(field, None)
        if note is not None:
            self.notes[field] = note
        self._forget_stale(progress)
        self.progress = progress
        then()
        self.changed()

    def _forget_stale(self, progress: Progress) -> None:
        for what in list(self.trials):
            if what not in self.running and what not in progress.facts.tried:
                del self.trials[what]

    def keep_all(self, then: Callable[[], None]) -> None:
        """Keep whatever is typed, then go on with `then`; a text that cannot be kept stops it."""
        fields = [field for field in self.drafts if field in BY_KEY]  # a passphrase is no setting
        if not fields:
            then()
            return
        self.keep(fields[0], lambda: self.keep_all(then))

    def choose(self, key: str, value: str) -> None:
        """One of a few words."""
        self._do(lambda: self.engine.keep({key: value}))

    def choose_policy(self, policy: Policy) -> None:
        """What is taken without network."""
        self._do(lambda: self.engine.choose_policy(policy))

    # ------------------------------------------------------------ trials

    def begin_trial(self, what: str, make: Callable[[Callable[[Stage], None]], Trial]) -> None:
        """Try something on a thread of its own; one trial of a kind at a time."""
        if what in self.running:
            return

        def told(stage: Stage) -> None:
            self.errands.back(lambda: self._stage(what, trial, stage))

        trial = make(told)
        self.running[what], self.trials[what] = trial, Stage.READING
        self.errands.apart(trial.run, lambda came: self._tried(what, trial, came))
        self.changed()

    def _stage(self, what: str, trial: Trial, stage: Stage) -> None:
        if self.running.get(what) is trial:
            self.trials[what] = stage
            self.changed()

    def _tried(self, what: str, trial: Trial, came: TrialResult | PosError) -> None:
        if self.running.get(what) is not trial:
            return
        del self.running[what]
        if isinstance(came, PosError):
            del self.trials[what]
            self.error = Message(came.code, tuple(came.params.items()))
            self.changed()
            return
        self.end_trial(came)

    def end_trial(self, result: TrialResult) -> None:
        """How something came out: shown, heard, remembered."""
        self.trials[result.what] = result
        self.heard(Sound.USABLE if result.works else Sound.REFUSED)
        self.errands.ask(lambda: self.engine.note_trial(result), self._noted)
        self.changed()

    def _noted(self, came: Progress | PosError) -> None:
        if isinstance(came, PosError):
            self.error = Message(came.code, tuple(came.params.items()))
        else:
            self.progress = came
        self.changed()

    def stop_trial(self, what: str) -> None:
        """Give it up."""
        trial = self.running.pop(what, None)
        if trial is not None:
            self.trials.pop(what, None)
            trial.cancel()
            self.changed()

    def stop_trials(self) -> None:
        """Give all up."""
        for what in list(self.running):
            self.stop_trial(what)
        self.close_paper()
        self.trials = {what: found for what, found in self.trials.items() if isinstance(found, TrialResult)}

    # ------------------------------------------------------------ scanner and printer

    def await_keyboard(self) -> None:
        """A keyboard scanner types; the window hears it."""
        self.trials["scanner"] = Stage.WAITING
        self.changed()

    def take_scan(self, text: str) -> None:
        """A keyboard scanner's scan; anywhere but at the scanner's step it is nobody's."""
        if self.at is Step.SCANNER and not self.facts.values.get("scanner.address"):
            facts = (("ending", f"{MASK}{text[-4:]}"), ("length", len(text)))
            self.end_trial(TrialResult("scanner", Sort.WORKS, Message("trial.scanner.works", facts)))

    def print_sample(self) -> None:
        """A page with all letters, on the printer that is set now."""
        if not self.facts.values.get("printer.address") or self.trials.get("printer") is Stage.ASKING:
            return
        self.close_paper()
        language = self.facts.language or "vi"
        self._paper = open_paper(
            self.engine.settings,
            profile_dir=printer_profile_dir(),
            font_dir=font_dir(),
            told=lambda event: self.errands.back(lambda: self._printed(event)),
            language=lambda: language,
        )
        self.trials["printer"] = Stage.ASKING
        self._paper.test.print_sample()
        self.changed()

    def _printed(self, event: PrinterTestEvent) -> None:
        if isinstance(event, PageEnded) and self.trials.get("printer") is Stage.ASKING:
            result = page_result(event)
            if result.sort is Sort.DEVICE:
                self.end_trial(result)
                return
            self.trials["printer"] = Stage.WAITING
            self.heard(Sound.UNKNOWN)
            self.changed()

    def answer_reading(self, *, readable: bool) -> None:
        """What the person says of the paper."""
        if self.trials.get("printer") is Stage.WAITING:
            sort, code = (Sort.WORKS, "read") if readable else (Sort.DEVICE, "unreadable")
            self.end_trial(TrialResult("printer", sort, Message(f"trial.printer.{code}")))

    def close_paper(self) -> None:
        """Nothing more is printed for this window."""
        if self._paper is not None:
            self._paper.test.leave()
            self._paper.close()
            self._paper = None
        if isinstance(self.trials.get("printer"), Stage):
            del self.trials["printer"]

    # ------------------------------------------------------------ the manager

    def give_pin(self, pin: str) -> None:
        """Enter on the pad: of a new manager twice, of one that is there once."""
        self.pin_asks += 1
        self.error = None
        if self.wants_unlocking:
            self._do(lambda: self.engine.unlock(pin))
        elif not self.name.strip():
            self.error = Message("person.name_missing")
        elif not self.first_pin:
            self._check_first(pin)
            return
        elif pin != self.first_pin:
            self.first_pin, self.error = "", Message("setup.pins_differ")
        else:
            self._make_manager(self.name, pin)
            return
        self.changed()

    def _check_first(self, pin: str) -> None:
        """Whether this PIN may be one at all is told before it is typed again."""

        def done(came: object) -> None:
            self.busy = False
            if isinstance(came, PosError):
                self.error = Message(came.code, tuple(came.params.items()))
            else:
                self.first_pin = pin
            self.changed()

        self.busy = True
        self.changed()
        self.errands.ask(lambda: self.engine.check_pin(pin), done)

    def _make_manager(self, name: str, pin: str) -> None:
        self.first_pin = ""
        self._do(lambda: self.engine.make_manager(name, pin), self.on)

    # ------------------------------------------------------------ moving

    def on(self) -> None:
        """The way on, if the step is complete."""
        if self.at is Step.DONE:
            self._do(self.engine.finish, lambda: self.ended(True))
        elif self.at is Step.LANGUAGE and not self.facts.language:
            self._do(lambda: self.engine.set_language(self.engine.shown_language), self._leave)
        elif self.issuer:
            self.keep_all(self.close_issuer)
        elif self.complete:
            self.keep_all(self._leave)

    def _leave(self) -> None:
        if self.complete and not self.busy:
            step = self.at
            self._do(lambda: self.engine.go_on(step))

    def later(self) -> None:
        """Put the step off."""
        step = self.at
        self.drafts = {}
        self._do(lambda: self.engine.go_on(step, later=True))

    def back(self) -> None:
        """One step back, or from an issuer to the list."""
        if self.first_pin:
            self.first_pin, self.error = "", None
            self.pin_asks += 1
            self.changed()
        elif self.issuer:
            self.keep_all(self.close_issuer)
        else:
            step = self.at
            self.keep_all(lambda: self._do(lambda: self.engine.go_back(step)))

    def go_to(self, step: Step) -> None:
        """A step of the rail."""
        left = self.at
        if step is not left and not self.wants_unlocking:
            self.keep_all(lambda: self._do(lambda: self.engine.go_to(step, left)))

    def open_issuer(self, name: str) -> None:
        """Its keys."""
        self.issuer = name
        self.wrong, self.notes = {}, {}
        self.changed()

    def close_issuer(self) -> None:
        """Back to the list."""
        self.stop_trials()
        self.issuer = ""
        self.changed()


SWITCHES = {"appotapay": "appotapay.enabled", "vinid": "vinid.giftcode", "vinid-evoucher": "vinid.evoucher"}
"""What makes an issuer one of this till's."""
