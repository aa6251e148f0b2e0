"""What the panel asks before something that should not happen by accident."""

from __future__ import annotations

from pos.i18n import Translator
from pos.till.views import BillView, Phase
from pos.ui.counter.actions import Question
from pos.ui.counter.model import Panel
from pos.ui.signs import Shape
from pos.ui.theme import Tone


def question_panel(tr: Translator, question: Question, view: BillView) -> Panel:
    """The question, what it means, and that it cannot be undone where it cannot."""
    if question is Question.LOSS:
        title = tr.t("panel.loss.title", lost_vnd=view.confirm_loss)
        return Panel(Tone.UNKNOWN, Shape.WAIT, title, what=tr.t("panel.loss.what"), note=tr.t("panel.loss.note"))
    if question is Question.LEAVE:
        what = tr.t("panel.leave.held" if view.phase is Phase.HELD else "panel.leave.what")
        return Panel(Tone.BRAND, Shape.QUESTION, tr.t("panel.leave.title"), what=what)
    if question is Question.LEFT:
        return Panel(Tone.UNKNOWN, Shape.QUESTION, tr.t("panel.left.title"), what=tr.t("panel.left.what"))
    return Panel(Tone.BRAND, Shape.QUESTION, tr.t("panel.drop.title"), what=tr.t("panel.drop.what"))
