"""The steps of the first run as a table: what each needs, whether it can be put off, and what putting it off means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pos.setup.trials import ISSUERS, Sort


class Step(StrEnum):
    """In the order in which an installer meets them."""

    LANGUAGE = "language"
    PROFILE = "profile"
    PASSPHRASE = "passphrase"  # noqa: S105 - a step, not one
    SHOP = "shop"
    MANAGER = "manager"
    KEYS = "keys"
    SCANNER = "scanner"
    PRINTER = "printer"
    POLICY = "policy"
    DONE = "done"


class StepState(StrEnum):
    """How a step stands."""

    TODO = "todo"
    READY = "ready"
    UNTRIED = "untried"  # entered, but not tried or tried in vain
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the till that is set up.

    Args:
        values: settings that are no secret, as text.
        lengths: characters of each secret that is kept; 0: none.
        manager: her name; empty: there is none yet.
        credentials: what each issuer still lacks, by name of the issuer; of those that were begun only.
        asks_passphrase: this machine has no key store, so a passphrase guards the keys.
        knows_passphrase: it was chosen in an earlier run, and is asked for once.
        opened: the data folder is open.
    """

    language: str = ""
    profile: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    lengths: Mapping[str, int] = field(default_factory=dict)
    manager: str = ""
    credentials: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tried: Mapping[str, str] = field(default_factory=dict)
    passed: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()
    asks_passphrase: bool = False
    knows_passphrase: bool = False
    opened: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One step.

    Args:
        missing: what it still needs, as keys of settings or words; empty: it is complete.
        may_wait: can be put off; `first_run.<step>.later` says what that means.
        there: whether this till has the step at all.
        tried: names of what can be tried here, of those that are set up.
    """

    missing: Callable[[Facts], tuple[str, ...]]
    may_wait: bool = False
    there: Callable[[Facts], bool] = lambda _: True
    tried: Callable[[Facts], tuple[str, ...]] = lambda _: ()


def _lacks(facts: Facts, *keys: str) -> tuple[str, ...]:
    return tuple(key for key in keys if not facts.values.get(key))


def _issuers_lack(facts: Facts) -> tuple[str, ...]:
    """One issuer that is complete is enough to go on; one that is not is told as untried."""
    if any(not lacking for lacking in facts.credentials.values()):
        return ()
    return tuple(key for lacking in facts.credentials.values() for key in lacking) or ("issuer",)


def _scanner(facts: Facts) -> tuple[str, ...]:
    return ("scanner",) if facts.values.get("scanner.address") or "scanner" in facts.tried else ()


RULES: Mapping[Step, Rule] = {
    Step.LANGUAGE: Rule(lambda facts: () if facts.language else ("language",)),
    Step.PROFILE: Rule(lambda facts: () if facts.profile else ("profile",)),
    Step.PASSPHRASE: Rule(
        lambda facts: () if facts.opened else ("passphrase",), there=lambda facts: facts.asks_passphrase
    ),
    Step.SHOP: Rule(lambda facts: _lacks(facts, "store.name", "store.code", "till.code")),
    Step.MANAGER: Rule(lambda facts: () if facts.manager else ("manager",)),
    Step.KEYS: Rule(
        _issuers_lack, may_wait=True, tried=lambda facts: tuple(name for name in ISSUERS if name in facts.credentials)
    ),
    Step.SCANNER: Rule(lambda _: (), may_wait=True, tried=_scanner),
    Step.PRINTER: Rule(
        lambda facts: _lacks(facts, "printer.address"),
        may_wait=True,
        tried=lambda facts: ("printer",) if facts.values.get("printer.address") else (),
    ),
    Step.POLICY: Rule(lambda _: ()),
    Step.DONE: Rule(lambda _: ()),
}


def steps(facts: Facts) -> tuple[Step, ...]:
    """The steps of this till, in order. Training needs nothing but to be chosen."""
    if facts.profile == "training":
        return (Step.LANGUAGE, Step.PROFILE, Step.DONE)
    return tuple(step for step in Step if RULES[step].there(facts))


def missing(step: Step, facts: Facts) -> tuple[str, ...]:
    """What a step still needs before one may go on from it."""
    return RULES[step].missing(facts)


def untried(step: Step, facts: Facts) -> tuple[str, ...]:
    """What is set up at a step and has not been seen to work."""
    return tuple(name for name in RULES[step].tried(facts) if facts.tried.get(name) != Sort.WORKS)


def state_of(step: Step, facts: Facts) -> StepState:
    """How a step stands."""
    if missing(step, facts):
        return StepState.LATER if step in facts.later else StepState.TODO
    if step in facts.later:
        return StepState.LATER
    if step not in facts.passed:
        return StepState.TODO
    return StepState.UNTRIED if untried(step, facts) else StepState.READY


def may_open(step: Step, facts: Facts) -> bool:
    """Whether a step can be gone to: everything before it is complete or put off."""
    for before in steps(facts):
        if before is step:
            return True
        if missing(before, facts) and before not in facts.later:
            return False
    return False


def resting_place(at: str, facts: Facts) -> Step:
    """Where the set-up goes on: the step that was open, or the first before it that lacks something."""
    there = steps(facts)
    wanted = next((step for step in there if step == at), there[0])
    for step in there:
        if step is wanted:
            break
        if missing(step, facts) and step not in facts.later:
            return step
    return wanted


def after(step: Step, facts: Facts) -> Step:
    """The next one; the last one is its own."""
    there = steps(facts)
    return there[min(there.index(step) + 1, len(there) - 1)] if step in there else resting_place(step, facts)


def before(step: Step, facts: Facts) -> Step:
    """The one before; the first one is its own."""
    there = steps(facts)
    return there[max(there.index(step) - 1, 0)] if step in there else there[0]
