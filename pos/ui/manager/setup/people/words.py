"""People and rights in words."""

from __future__ import annotations

from datetime import datetime

from pos.domain.permissions import Action, Right, Role, right_of
from pos.i18n import Translator
from pos.till.people_port import PersonState
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.pill import Pill
from pos.ui.widgets.window_table import WindowRow

ACTIONS = tuple(Action)
_RIGHTS = {
    Right.MAY: (Tone.USABLE, Shape.CHECK),
    Right.APPROVAL: (Tone.UNKNOWN, Shape.SHIELD),
    Right.NO: (Tone.NEUTRAL, Shape.CROSS),
}


def person_row(tr: Translator, state: PersonState) -> WindowRow:
    """One person."""
    person = state.person
    tone = Tone.BRAND if person.role is Role.MANAGER else Tone.NEUTRAL
    return WindowRow(
        person.id,
        (
            person.name,
            Pill(tr.t(f"role.{person.role}"), tone, Shape.RING),
            tr.date(state.since_utc.date()),
            _moment(tr, state.last_in_utc),
            _tries(tr, state),
        ),
    )


def _moment(tr: Translator, at_utc: datetime | None) -> str:
    return tr.t("people.never") if at_utc is None else tr.moment(at_utc)


def _tries(tr: Translator, state: PersonState) -> str | Pill:
    if state.wait_s:
        return Pill(tr.t("people.wait", wait_s=state.wait_s), Tone.REFUSED, Shape.WAIT)
    return tr.t("people.tries", count=state.tries) if state.tries else ""


def right_row(tr: Translator, action: Action) -> WindowRow:
    """One action with what each role may."""
    return WindowRow(action.value, (tr.t(f"right.{action}"), *(_right(tr, right_of(action, role)) for role in Role)))


def _right(tr: Translator, right: Right) -> Pill:
    tone, shape = _RIGHTS[right]
    return Pill(tr.t(f"right.rights.{right}"), tone, shape)
