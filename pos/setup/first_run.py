"""The first run of a till: everything the wizard does, one call after the other, on one thread that is not the GUI's.

Whatever is entered is on the disk when its call returns, where it belongs; nothing is held back for an end that may
never come. Each call gives the whole state as one frozen value.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pos.bootstrap import HeldFolder, SystemClock
from pos.domain.errors import ConfigError, PosError, SecurityError
from pos.domain.permissions import Action
from pos.i18n import Translator
from pos.security.asking import Unattended
from pos.security.common_pins import CASHIER_DIGITS, MANAGER_DIGITS, too_common
from pos.settings import BY_KEY, NoSecrets, Settings
from pos.setup import state as kept
from pos.setup.place import Place
from pos.setup.policies import Policy, policy_of, values_of
from pos.setup.steps import Facts, Step, StepState, after, before, may_open, resting_place, state_of, steps
from pos.setup.trials import ISSUERS, TrialResult, begun, missing_credentials
from pos.till.ports import Clock, Role
from pos.till.rights import Rights

BILL_PREFIX = {"production": "", "sandbox": "TN-", "training": "DT-"}


@dataclass(frozen=True, slots=True)
class Progress:
    """How the set-up stands.

    Args:
        at: the open step.
        steps: those of this till in order, each with how it stands.
        may_open: steps that can be gone to.
        policy: which of the three choices the settings are; None: finer ones.
        locked: a manager was made in an earlier run: her PIN opens the rest.
        done: it is over.
        spent_s: seconds at each step so far.
    """

    at: Step
    facts: Facts
    steps: tuple[tuple[Step, StepState], ...]
    may_open: frozenset[Step]
    policy: Policy | None = None
    locked: bool = False
    done: bool = False
    folder: Path | None = None
    spent_s: Mapping[str, float] | None = None

    def series(self) -> str:
        """What the bill numbers of this till will look like; empty: not known yet."""
        store, till = self.facts.values.get("store.code", ""), self.facts.values.get("till.code", "")
        if not store or not till:
            return ""
        return f"{BILL_PREFIX.get(self.facts.profile, '')}{store}-{till}-{time.strftime('%Y%m%d')}-000001"


class FirstRun:
    """The set-up of one till. One thread at a time; every method but `close` returns the new `Progress`.

    Args:
        place: where.
        clock: of this machine.
        language: shown until one is chosen.
        profile: that was asked for by name; empty: the person chooses.

    Raises (all methods): `PosError` with a sentence for people; what was there before stands.
    """

    def __init__(
        self,
        place: Place,
        *,
        clock: Clock | None = None,
        language: str = "vi",
        profile: str = "",
    ) -> None:
        self._place = place
        self._clock = clock or SystemClock()
        self.shown_language = language
        self._held: HeldFolder | None = None
        self._phrase = _Phrase()
        self._manager = ""
        self._unlocked = True
        self._state = kept.load(place.home)
        if profile and profile != self._state.profile:
            self._state = kept.SetupState(self._state.language, profile)
        self._since_mono_s = self._clock.mono_s()

    # ------------------------------------------------------------ looking

    @property
    def settings(self) -> Settings:
        """Of the open folder. Raises `ConfigError`: none is open yet."""
        return self._open_folder().settings

    @property
    def clock(self) -> Clock:
        """The till's."""
        return self._clock

    def text_kept(self, name: str) -> str | None:
        """A text of the program's own that the journal keeps."""
        return self._open_folder().journal.kept(name)

    def _open_folder(self) -> HeldFolder:
        if self._held is None:
            raise ConfigError("setup.no_folder")
        return self._held

    def begin(self) -> Progress:
        """Take the set-up up where it was left."""
        if self._state.profile and self._state.profile != "training":
            self._open(self._state.profile)
        if self._held is None and self._phrase.wanted:
            self._state = replace(self._state, at=self._state.at or Step.PASSPHRASE)
        if self._state.done and self._state.profile != "training" and not self._manager:
            self._state = replace(self._state, done=False)
        if not self._state.done:
            self._state = replace(self._state, at=resting_place(self._state.at, self._facts()))
        self._since_mono_s = self._clock.mono_s()
        return self.view()

    def view(self) -> Progress:
        """The state now."""
        facts = self._facts()
        there = steps(facts)
        at = next((step for step in there if step == self._state.at), there[0])
        return Progress(
            at=at,
            facts=facts,
            steps=tuple((step, state_of(step, facts)) for step in there),
            may_open=frozenset(step for step in there if may_open(step, facts)),
            policy=policy_of(self._held.settings) if self._held is not None else None,
            locked=not self._unlocked,
            done=self._state.done,
            folder=self._held.settings.folder if self._held is not None else None,
            spent_s=dict(self._state.spent_s),
        )

    def _facts(self) -> Facts:
        state, settings = self._state, self._held.settings if self._held is not None else None
        values: dict[str, str] = {}
        lengths: dict[str, int] = {}
        lacking: dict[str, tuple[str, ...]] = {}
        if settings is not None:
            values = {s.key: str(settings.shown(s.key)) for s in BY_KEY.values() if not s.secret}
            lengths = {s.key: len(settings.text(s.key)) for s in BY_KEY.values() if s.secret}
            lacking = {name: missing_credentials(name, settings) for name in ISSUERS if begun(name, settings)}
            if "shop" not in state.passed:  # what is shipped is nobody's choice
                values |= {key: "" for key in ("store.code", "till.code") if settings.unchosen(key)}
        return Facts(
            language=state.language,
            profile=state.profile,
            values=values,
            lengths=lengths,
            manager=self._manager,
            credentials=lacking,
            tried=dict(state.tried),
            passed=frozenset(state.passed),
            later=frozenset(state.later),
            asks_passphrase=self._phrase.wanted,
            knows_passphrase=self._phrase.chosen,
            opened=settings is not None,
        )

    # ------------------------------------------------------------ answers

    def set_language(self, language: str) -> Progress:
        """The language of everything."""
        self._keep(replace(self._state, language=language))
        if self._held is not None:
            self._change({"ui.language": language})
        return self.view()

    def choose_profile(self, profile: str) -> Progress:
        """Sandbox, production or training; the folder of it is opened, or made."""
        if profile == self._state.profile and self._held is not None:
            return self.view()
        self._leave_folder()
        if profile == "training":
            self._keep(replace(self._state, profile=profile))
            return self.view()
        self._place.folder(profile)
        self._keep(replace(self._state, profile=profile))
        self._open(profile)
        return self.view()

    def give_passphrase(self, phrase: str) -> Progress:
        """What guards the keys on a machine without a key store. Raises `SecurityError`: too weak, or wrong."""
        left_at = kept.load(self._place.folder(self._state.profile)).at
        self._phrase.text = phrase
        try:
            self._open(self._state.profile)
        finally:
            self._phrase.text = ""
        if left_at:
            self._keep(replace(self._state, at=resting_place(left_at, self._facts())))
        return self.view()

    def keep(self, values: Mapping[str, str]) -> Progress:
        """Settings as typed; secrets are sealed. What was tried with other values counts as untried again."""
        if not self._unlocked:
            raise SecurityError("right.needs_manager")
        settings = self.settings
        changed = {key: text for key, text in values.items() if settings.text(key) != text or settings.unchosen(key)}
        if not changed:
            return self.view()
        self._change(changed)
        state = self._state
        for name in {_tried_by(key) for key in changed} & state.tried.keys():
            state = state.was_tried(name, "")
        if any(key.startswith("vinid.") for key in changed):
            state = state.was_tried("vinid", "").was_tried("vinid-evoucher", "")
        if state != self._state:
            self._keep(state)
        return self.view()

    def make_manager(self, name: str, pin: str) -> Progress:
        """The first manager; once only. Raises `SecurityError` as `PinPeople.add`."""
        held = self._open_folder()
        if not held.managed():
            held.people.add(name, Role.MANAGER, pin, actor=" ".join(name.split()))
        self._manager = self._manager_in(held)
        return self.view()

    def check_pin(self, pin: str) -> None:
        """Whether a PIN may be a manager's, before it is typed again. Raises `SecurityError` as `PinPeople.add`."""
        if not (pin.isascii() and pin.isdigit() and len(pin) in CASHIER_DIGITS):
            raise SecurityError("pin.unusable")
        if len(pin) not in MANAGER_DIGITS:
            raise SecurityError("pin.short_for_manager")
        if too_common(pin):
            raise SecurityError("pin.unfit")

    def unlock(self, pin: str) -> Progress:
        """The manager lets the set-up go on. Raises `SecurityError` as `PinPeople.manager_by_pin`."""
        self._manager = Rights(self._open_folder().people).allow(Action.CHANGE_SETTINGS, None, pin).person.name
        self._unlocked = True
        return self.view()

    def choose_policy(self, policy: Policy) -> Progress:
        """What is taken without network."""
        return self.keep(values_of(policy))

    def note_trial(self, result: TrialResult) -> Progress:
        """Remember how a trial ended."""
        self._keep(self._state.was_tried(result.what, result.sort.value))
        return self.view()

    # ------------------------------------------------------------ moving

    def go_on(self, step: Step, *, later: bool = False) -> Progress:
        """Leave a step behind: done, or put off."""
        state = self._timed(step).went_through(step, later=later)
        self._keep(state)
        self._keep(replace(state, at=after(step, self._facts())))
        return self.view()

    def go_back(self, step: Step) -> Progress:
        """To the step before."""
        self._keep(replace(self._timed(step), at=before(step, self._facts())))
        return self.view()

    def go_to(self, step: Step, left: Step) -> Progress:
        """To any step that may be opened."""
        if may_open(step, self._facts()):
            self._keep(replace(self._timed(left), at=step))
        return self.view()

    def finish(self) -> Progress:
        """The set-up is over: written into the audit chain, with what was left for later."""
        self._keep(replace(self._timed(Step.DONE), at=Step.DONE))
        if self._held is not None:
            facts = self._facts()
            asked = [step for step in steps(facts) if step is not Step.DONE]
            left = ",".join(step for step in asked if state_of(step, facts) is not StepState.READY)
            with self._held.journal.transaction(self._manager) as tx:
                tx.audit("setup.finished", facts.profile, left=left)
        self._keep(replace(self._state, done=True))
        return self.view()

    def close(self) -> None:
        """Let go of the folder; what was entered stays."""
        with contextlib.suppress(PosError):  # how long somebody looked at a step is worth no word
            self._keep(self._timed(Step(self._state.at or Step.LANGUAGE)))
        self._leave_folder()

    # ------------------------------------------------------------ inside

    def _timed(self, step: Step) -> kept.SetupState:
        now = self._clock.mono_s()
        spent_s, self._since_mono_s = now - self._since_mono_s, now
        return self._state.spent(step, spent_s)

    def _keep(self, state: kept.SetupState) -> None:
        home = self._held.settings.folder if self._held is not None else self._place.home
        kept.save(home, state)
        if home != self._place.home:
            # The home remembers only the way here; a second profile begins with steps of its own.
            kept.save(self._place.home, kept.SetupState(state.language, state.profile, done=state.done))
        self._state = state

    def _change(self, values: Mapping[str, str]) -> None:
        """In the manager's name as soon as there is one; until then set-up is free."""
        words = Translator(self._state.language or self.shown_language)
        self._open_folder().settings_noted.change(values, actor=self._manager, reason=words.t("first_run.bar"))

    def _open(self, profile: str) -> None:
        """Open the folder; where a passphrase is wanted and not given yet, leave it closed."""
        folder = self._place.folder(profile)
        known = kept.load(folder)
        worlds = self._place.settings_for(profile)
        if worlds and profile != known.profile:
            # Before the key is made: where money is real it never lies in plain sight.
            plain = Settings(folder, NoSecrets())
            plain.set_many({key: value for key, value in worlds.items() if plain.text(key) != value})
        try:
            held = HeldFolder(folder, clock=self._clock, ask=self._phrase)
        except SecurityError as error:
            if error.code != "key.passphrase_needed" or not self._phrase.wanted:
                raise
            return
        self._held = held
        self._manager = self._manager_in(held)
        self._unlocked = not self._manager  # whichever way the folder was come to: another purpose, a passphrase
        self._state = _with_way_here(known, self._state, profile)
        language = self._state.language or self.shown_language
        if held.settings.text("ui.language") != language:
            self._change({"ui.language": language})
        self._keep(self._state)

    @staticmethod
    def _manager_in(held: HeldFolder) -> str:
        return next((person.name for person in held.people.everyone() if person.role is Role.MANAGER), "")

    def _leave_folder(self) -> None:
        held, self._held, self._manager, self._unlocked = self._held, None, "", True
        if held is not None:
            held.close()


_WAY_HERE = frozenset({Step.LANGUAGE.value, Step.PROFILE.value})
"""Gone through before there is a data folder."""


def _with_way_here(known: kept.SetupState, now: kept.SetupState, profile: str) -> kept.SetupState:
    """What a folder knows of its own set-up, and how the person came to it just now."""
    return replace(
        known,
        language=now.language or known.language,
        profile=profile,
        at=now.at or known.at,
        passed=tuple(sorted({*known.passed, *(_WAY_HERE & {*now.passed})})),
        spent_s={**{step: now.spent_s[step] for step in _WAY_HERE & now.spent_s.keys()}, **known.spent_s},
    )


class _Phrase:
    """Answers the key store's question with what was typed at the passphrase step, or stands in a file."""

    def __init__(self) -> None:
        self.text = ""
        self.wanted = self.chosen = False
        self._unattended = Unattended()

    def existing(self, attempt: Callable[[str], None]) -> None:
        """The passphrase of this folder."""
        self.chosen = True
        self._unattended.existing(attempt) if self._unattended.answers else self._answer(attempt)

    def new(self, attempt: Callable[[str], None]) -> None:
        """One that is chosen now."""
        self.chosen = False
        self._unattended.new(attempt) if self._unattended.answers else self._answer(attempt)

    def _answer(self, attempt: Callable[[str], None]) -> None:
        self.wanted = True
        if not self.text:
            raise SecurityError("key.passphrase_needed")
        attempt(self.text)


def _tried_by(key: str) -> str:
    """The trial that a setting has a part in."""
    return key.partition(".")[0]
