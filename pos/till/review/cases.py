"""Cases: what needs a person, with its evidence, the choices that the rules allow, an owner, and an end with a reason.

A case is closed by a person, never by a timer, and once. What changes money, codes or bookings is done by the use cases
of the counter; this desk offers exactly what they would do now, and refuses what it does not offer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol

from pos.domain.business_date import local_time
from pos.domain.errors import ConfigError, JournalError, RuleBroken
from pos.domain.permissions import Action
from pos.till.ports import People, Person
from pos.till.review.cases_ports import CaseJournal
from pos.till.review.cases_views import (
    PAGES,
    CaseDetail,
    CaseFacts,
    CaseInbox,
    CaseSource,
    CaseView,
    Choice,
    ChoiceKind,
)
from pos.till.rights import Rights

MOST_CLOSED = 500
"""Closed cases that are looked up at once."""


class CaseRules(Protocol):
    """What may be done about the cases of one source, and doing it."""

    def facts(self, view: CaseView) -> CaseFacts:
        """How the thing itself stands."""

    def choices(self, view: CaseView, open_kinds: frozenset[str]) -> tuple[Choice, ...]:
        """What the rules allow now, CLOSE among it; `open_kinds` are all that is open about the same thing."""

    def carry_out(self, view: CaseView, kind: ChoiceKind, *, manager: Person, reason: str, no_other_till: bool) -> None:
        """Do what was offered. Raises as the use case that does it."""


class DayCases:
    """Cases that a closing or a statement check left over: nothing but a person's word ends them."""

    def __init__(self, cases: CaseJournal) -> None:
        self._cases = cases

    def facts(self, view: CaseView) -> CaseFacts:
        """There are none beside the case."""
        return CaseFacts(created_utc=view.opened_utc)

    def choices(self, view: CaseView, open_kinds: frozenset[str]) -> tuple[Choice, ...]:
        """Closed with a reason."""
        return (Choice(ChoiceKind.CLOSE, closes=(view.kind,)),)

    def carry_out(self, view: CaseView, kind: ChoiceKind, *, manager: Person, reason: str, no_other_till: bool) -> None:
        """Close it."""
        with self._cases.journal.transaction(manager.name) as tx:
            self._cases.writes(tx).close_day_case(view, closure=reason)


class CaseDesk:
    """Everything that can be done with a case. Any thread; one thing at a time.

    Args:
        cases: on disk.
        rules: for each source.
        people: who works here.
        label: an issuer's name for people.
        changed: hears of every case that was worked on, on the thread that did it.
    """

    def __init__(
        self,
        cases: CaseJournal,
        rules: Mapping[CaseSource, CaseRules],
        people: People,
        *,
        label: Callable[[str], str] = lambda issuer: issuer,
        changed: Callable[[CaseView], None] = lambda _: None,
    ) -> None:
        self._cases = cases
        self._rules = rules
        self._people = people
        self._rights = Rights(people)
        self._label = label
        self._changed = changed
        self._lock = threading.Lock()

    # ------------------------------------------------------------ looking

    def inbox(self, *, closed: bool = False, text: str = "") -> CaseInbox:
        """The open cases, oldest first; or the last closed ones, newest first.

        Args:
            closed: look the closed ones up.
            text: of those, with this in bill number, ending, who closed it or why.
        """
        found = self._cases.closed_cases(MOST_CLOSED, text.strip()) if closed else self._cases.open_cases()
        names = tuple(person.name for person in self._people.everyone())
        return CaseInbox(tuple(map(self._named, found)), self._cases.count_open(), names)

    def detail(self, source: CaseSource, case_id: int) -> CaseDetail:
        """One case with its evidence and what may be done now. Raises `JournalError("journal.no_such_row")`."""
        view = self._case(source, case_id)
        rules = self._rules[source]
        others = tuple(other for other in self._of_the_same(view) if other.id != view.id)
        choices = self._choices(view) if view.open else ()
        calls = self._cases.calls_of(source, [view.ref]).get(view.ref, ())
        in_order = (*(c for c in choices if c.offered), *(c for c in choices if not c.offered))
        return CaseDetail(view, rules.facts(view), in_order, calls, tuple(map(self._named, others)))

    # ------------------------------------------------------------ doing

    def own(self, source: CaseSource, case_id: int, owner: str, *, actor: str) -> CaseView:
        """Write who looks after it from now on.

        Raises:
            SecurityError: `case.manager`. ConfigError: `case.no_such_person`.
            RuleBroken: `case.closed_already`, with who and when.
        """
        manager = self._manager(actor)
        if owner not in {person.name for person in self._people.everyone()}:
            raise ConfigError("case.no_such_person", name=owner)
        with self._lock:
            view = self._open(source, case_id)
            if view.owner != owner:
                with self._told_if_closed(view), self._cases.journal.transaction(manager.name) as tx:
                    self._cases.writes(tx).set_owner(view, owner)
        self._changed(view)
        return self._case(source, case_id)

    def close(self, source: CaseSource, case_id: int, reason: str, *, actor: str) -> CaseView:
        """Close it with a reason in words. Raises as `carry_out`."""
        return self.carry_out(source, case_id, ChoiceKind.CLOSE, actor=actor, reason=reason).view

    def carry_out(
        self,
        source: CaseSource,
        case_id: int,
        kind: ChoiceKind,
        *,
        actor: str,
        reason: str = "",
        no_other_till: bool = False,
    ) -> CaseDetail:
        """Do one of the choices that are offered now.

        Args:
            source: with `case_id` the case.
            case_id: see `source`.
            kind: of an offered choice that is not a page of the window.
            actor: the manager's name; she is inside, so her PIN was given.
            reason: in words, where the choice wants one.
            no_other_till: the manager says that no other till took this voucher meanwhile.

        Raises:
            SecurityError: `case.manager`. ConfigError: `case.reason_missing`, `take_back.other_till`.
            RuleBroken: `case.closed_already` (with who and when), `case.not_offered`, or why it is not offered.
            PosError: of the use case that does it; nothing was changed by it, or what was is asked about by itself.
        """
        manager = self._manager(actor)
        with self._lock:
            view = self._open(source, case_id)
            choice = self._offered(view, kind)
            if choice.needs_reason and not reason.strip():
                raise ConfigError("case.reason_missing")
            if choice.other_till and not no_other_till:
                raise ConfigError("take_back.other_till")
            try:
                with self._told_if_closed(view):
                    self._rules[source].carry_out(
                        view, kind, manager=manager, reason=reason.strip(), no_other_till=no_other_till
                    )
            finally:
                self._changed(view)
            if view.kind in choice.closes and self._case(source, case_id).open:
                raise RuleBroken("case.not_offered")  # somebody changed the thing itself in this moment
        return self.detail(source, case_id)

    # ------------------------------------------------------------ inside

    def _manager(self, name: str) -> Person:
        return self._rights.named(Action.SETTLE_CASE, name, refusal="case.manager")

    def _case(self, source: CaseSource, case_id: int) -> CaseView:
        found = self._cases.case(source, case_id)
        if found is None:
            raise JournalError("journal.no_such_row")
        return self._named(found)

    def _open(self, source: CaseSource, case_id: int) -> CaseView:
        view = self._case(source, case_id)
        if not view.open:
            raise _closed(view)
        return view

    def _offered(self, view: CaseView, kind: ChoiceKind) -> Choice:
        choice = next((choice for choice in self._choices(view) if choice.kind is kind), None)
        if choice is None or kind in PAGES:
            raise RuleBroken("case.not_offered")
        if choice.why_not is not None:
            raise RuleBroken(choice.why_not.code, **dict(choice.why_not.params))
        return choice

    def _choices(self, view: CaseView) -> tuple[Choice, ...]:
        open_kinds = frozenset(case.kind for case in self._of_the_same(view) if case.open)
        return self._rules[view.source].choices(view, open_kinds)

    def _of_the_same(self, view: CaseView) -> tuple[CaseView, ...]:
        if view.source is CaseSource.DAY:
            return (view,)  # its reference is a word of the closing's or the check's own
        return self._cases.cases_of(view.source, view.ref)

    def _named(self, view: CaseView) -> CaseView:
        return replace(view, label=self._label(view.issuer))

    @contextmanager
    def _told_if_closed(self, view: CaseView) -> Iterator[None]:
        """Who comes second is told who was first."""
        try:
            yield
        except RuleBroken as error:
            now = self._case(view.source, view.id)
            if not now.open:
                raise _closed(now) from error
            raise


def _closed(view: CaseView) -> RuleBroken:
    when = f"{local_time(view.closed_utc):%H:%M %d/%m/%Y}" if view.closed_utc is not None else ""
    return RuleBroken("case.closed_already", who=view.closed_by, when=when, closure=view.closure)
