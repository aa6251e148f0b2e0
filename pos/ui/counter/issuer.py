"""Whose voucher is it? The question about a code that may be of several issuers, and changing an issuer that is wrong.

Nobody is asked about such a code before a person has said whose it is: a voucher shown to a stranger is a voucher given
away. So no reflex answers: Enter means nothing here, and the keyboard rests on no button.
"""

from __future__ import annotations

from pos.i18n import Translator
from pos.till.views import BillView, IssuerChoice, LineView, Phase
from pos.ui.counter.model import Action, ActionId, Ask, Panel
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.words import masked, provider_name

_BUTTONS = (ActionId.ISSUER_1, ActionId.ISSUER_2, ActionId.ISSUER_3, ActionId.ISSUER_4)
_OPEN = frozenset({Phase.DRAFT, Phase.OFFERED})


def is_question(line: LineView) -> bool:
    """Whether a person must say whose voucher this is."""
    return not line.provider and bool(line.choices)


def open_question(view: BillView) -> LineView | None:
    """The first voucher of the bill that waits for that."""
    return next((line for line in view.lines if is_question(line)), None) if view.phase in _OPEN else None


def choice_of(line: LineView, action: ActionId) -> IssuerChoice | None:
    """The issuer a button stands for."""
    at = _BUTTONS.index(action) if action in _BUTTONS else len(line.choices)
    return line.choices[at] if at < len(line.choices) else None


def choice_name(tr: Translator, choice: IssuerChoice) -> str:
    """An issuer as the buttons name it."""
    return provider_name(tr, choice.label)


def issuer_title(tr: Translator, line: LineView) -> str:
    """The issuer on a voucher's row; while nobody has said which it is, those it may be."""
    if is_question(line):
        return tr.t("counter.whose", issuers=" / ".join(choice_name(tr, choice) for choice in line.choices))
    return provider_name(tr, line.provider)


def question_panel_of(tr: Translator, line: LineView) -> Panel:
    """What is asked, what is safe, what to do."""
    return Panel(
        Tone.UNKNOWN,
        Shape.QUESTION,
        tr.t("panel.issuer.title"),
        amount=masked(line.ending),
        what=tr.t("panel.issuer.what"),
        note=tr.t("panel.issuer.note"),
        ask=Ask.ISSUER,
    )


def answers(tr: Translator, line: LineView) -> tuple[Action, ...]:
    """One button with its digit for each issuer; where there are more, a box lists them all."""
    buttons = tuple(
        Action(action, choice_name(tr, choice), str(digit), primary=True)
        for digit, (action, choice) in enumerate(zip(_BUTTONS, line.choices, strict=False), start=1)
    )
    return buttons if len(line.choices) <= len(_BUTTONS) else (*buttons, *change(tr, line))


def change(tr: Translator, line: LineView | None) -> tuple[Action, ...]:
    """Opens the box with the other issuers; nothing while there is none, or once something was sent."""
    if line is None or not line.choices:
        return ()
    return (Action(ActionId.CHANGE_ISSUER, tr.t("action.change_issuer"), "Ctrl+I"),)
