"""What the cases' section shows: plain values, made by its presenter."""

from __future__ import annotations

from dataclasses import dataclass, field

from pos.ui.theme import Tone
from pos.ui.widgets.bar_action import BarAction


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case in the list.

    Args:
        id: its key.
        spoken: all of it in one sentence, for assistive tools.
    """

    id: str
    kind: str
    age: str
    age_tone: Tone
    about: str
    owner: str
    spoken: str


@dataclass(frozen=True, slots=True)
class Block:
    """A heading and what stands below it."""

    head: str
    text: str
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True)
class CallLine:
    """One call to the issuer."""

    time: str
    words: str


@dataclass(frozen=True, slots=True)
class CasePanel:
    """One case.

    Args:
        key: which; another one is shown from its top.
        about: bill, voucher and issuer in a line.
        blocks: what happened, what is safe, what to do now.
        not_now: what cannot be done now, and why.
        facts: name and value.
    """

    key: str
    title: str
    tone: Tone
    amount: str
    about: str
    blocks: tuple[Block, ...]
    not_now: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    evidence: str = ""
    calls: tuple[CallLine, ...] = ()


@dataclass(frozen=True, slots=True)
class CasesModel:
    """The section.

    Args:
        title: and how many, how much, how old.
        closed: the closed ones are looked up.
        empty: said in place of rows. `loading`: they have not been read yet.
        note: what came of the last thing done; `note_tone` whether it went well.
        edge: above the case: owner, course of events, support. `actions`: the choices.
    """

    title: str
    sum: str
    closed: bool
    rows: tuple[CaseRow, ...]
    empty: str
    loading: bool
    chosen: str
    switch: BarAction
    panel: CasePanel | None = None
    note: str = ""
    note_tone: Tone = Tone.NEUTRAL
    edge: tuple[BarAction, ...] = ()
    actions: tuple[BarAction, ...] = field(default=())
