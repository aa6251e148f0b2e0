"""The result of a statement check in words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pos.domain.statement import DifferenceKind
from pos.i18n import Translator
from pos.till.review.statement import StatementDifference, StatementResult
from pos.ui.manager.statement.model import Act, ResultModel
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.bar_action import BarAction
from pos.ui.widgets.figure import FigureModel
from pos.ui.widgets.pill import Pill
from pos.ui.widgets.window_table import WindowRow
from pos.ui.words import say_message

if TYPE_CHECKING:
    from pos.ui.manager.statement.presenter import StatementPresenter

SHOWN_AS: dict[DifferenceKind, tuple[Tone, Shape]] = {
    DifferenceKind.MISSING_HERE: (Tone.REFUSED, Shape.CROSS),
    DifferenceKind.MISSING_THERE: (Tone.OFFLINE, Shape.SHIELD),
    DifferenceKind.AMOUNT_DIFFERS: (Tone.UNKNOWN, Shape.DIAMOND),
    DifferenceKind.DOUBTFUL: (Tone.UNKNOWN, Shape.QUESTION),
    DifferenceKind.DUPLICATE: (Tone.REFUSED, Shape.RING),
    DifferenceKind.UNREADABLE: (Tone.NEUTRAL, Shape.X),
}


def day_text(tr: Translator, day: str) -> str:
    """`21/11/2026`; what is no day stays away."""
    try:
        return tr.date(date.fromisoformat(day)) if day else ""
    except ValueError:
        return ""


def tail(number: str, parts: int) -> str:
    """The end of a bill number or id, which tells it from the others; the whole stands in the detail."""
    pieces = number.rsplit("-", parts)
    if len(number) > _SHORT and len(pieces) > parts:
        return "…" + "-".join(pieces[-parts:])
    return number if len(number) <= _SHORT + 2 else f"…{number[-_SHORT:]}"


_SHORT = 15


def result_model(tr: Translator, p: StatementPresenter, result: StatementResult) -> ResultModel:
    """Counts as cards, differences as rows, the chosen one in full."""
    shown = p.shown()
    current = min(p.current, len(shown) - 1)
    chosen = result.differences[shown[current]] if shown else None
    note, tone = _note(tr, p, result)
    return ResultModel(
        title=tr.t(
            "statement.result.title",
            issuer=result.issuer_label,
            first=f"{result.first_day:%d/%m}",
            last=result.last_day,
            file=result.file_name,
        ),
        sums=_sums(tr, result),
        note=note,
        note_tone=tone,
        cards=_cards(tr, p, result),
        shown=(result.id, result.sha256, p.kind),
        total=len(shown),
        current=current,
        detail=_detail(tr, result, chosen) if chosen is not None else "",
        empty="" if shown else _empty(tr, result),
        empty_tone=Tone.NEUTRAL if shown or result.differences else Tone.USABLE,
    )


def _sums(tr: Translator, result: StatementResult) -> str:
    apart = result.theirs_vnd - result.ours_vnd
    key = "statement.result.sums_equal" if not apart else "statement.result.sums"
    return tr.t(
        key, theirs=tr.money(result.theirs_vnd), ours=tr.money(result.ours_vnd), apart=tr.money(apart),
        lines=result.lines, rows=result.ours,
    )  # fmt: skip


def _note(tr: Translator, p: StatementPresenter, result: StatementResult) -> tuple[str, Tone]:
    """The one thing to know first."""
    if p.news is not None:
        good = p.news.code.startswith("statement.cases_made")
        return str(say_message(tr, p.news)), Tone.USABLE if good else Tone.REFUSED
    if not result.whole:
        return tr.t("statement.result.not_whole"), Tone.REFUSED
    parts = [
        tr.t(f"statement.left_out.{why}.count", count=count) for why, count in result.left_out if why == "other_till"
    ]
    others = sum(count for why, count in result.left_out if why != "other_till")
    if others:
        parts.append(tr.t("statement.left_out.count", count=others))
    if result.earlier and result.id:
        parts.append(tr.t("statement.result.again", moment=result.earlier[0].checked_utc))
    if dict(result.by).get("transaction", 0) == 0 and result.matched:
        parts.append(tr.t("statement.result.no_ids"))
    return " · ".join(parts), Tone.NEUTRAL


def _cards(tr: Translator, p: StatementPresenter, result: StatementResult) -> tuple[FigureModel, ...]:
    matched = FigureModel(
        tr.t("statement.kind.matched"), f"{result.matched:,}".replace(",", "."),
        tr.t("statement.kind.matched.note", count=result.lines), Tone.USABLE if result.matched else Tone.NEUTRAL,
    )  # fmt: skip
    cards = [matched]
    for number, kind in enumerate(DifferenceKind, 1):
        count = result.count(kind)
        tone = SHOWN_AS[kind][0] if count else Tone.NEUTRAL
        label = f"{number} · {tr.t(f'statement.kind.{kind}')}"
        note = tr.t("statement.kind.shown") if p.kind is kind else tr.t(f"statement.kind.{kind}.note")
        does = tr.t("statement.kind.filter") if count else ""
        cards.append(FigureModel(label, f"{count:,}".replace(",", "."), note, tone, does=does))
    return tuple(cards)


def difference_row(tr: Translator, p: StatementPresenter, found: StatementDifference) -> WindowRow:
    """One difference, ready to be drawn."""
    tone, shape = SHOWN_AS[found.kind]
    if found.case:
        mark = Pill(tr.t(f"statement.case.{found.case}"), Tone.BRAND, Shape.TICK)
    elif found.position in p.marked:
        mark = Pill(tr.t("statement.case.marked"), Tone.USABLE, Shape.CHECK)
    else:
        mark = Pill("–", Tone.NEUTRAL, Shape.NONE)
    ending = found.ending or found.our_ending
    return WindowRow(
        str(found.position),
        (
            mark,
            Pill(tr.t(f"statement.kind.{found.kind}"), tone, shape),
            "" if found.line is None else str(found.line),
            tail(found.our_bill or found.bill_number or found.reference, 1),
            f"••••{ending}" if ending else "",
            day_text(tr, found.day),
            "" if found.theirs_vnd is None else tr.money(found.theirs_vnd),
            "" if found.ours_vnd is None else tr.money(found.ours_vnd),
        ),
    )


def _detail(tr: Translator, result: StatementResult, found: StatementDifference) -> str:
    """Both sides of one difference, and why."""
    lines = [_theirs(tr, found), _ours(tr, found)]
    why = f"statement.note.{found.note}"
    if found.kind is DifferenceKind.UNREADABLE:
        why = f"statement.problem.{found.note}.why"
    lines.append(tr.t(why if found.note else f"statement.kind.{found.kind}.why", issuer=result.issuer_label))
    return "\n".join(lines)


def _theirs(tr: Translator, found: StatementDifference) -> str:
    if found.line is None:
        return tr.t("statement.detail.not_theirs")
    facts = (
        found.reference, found.bill_number, f"••••{found.ending}" if found.ending else "", day_text(tr, found.day),
        "" if found.theirs_vnd is None else tr.money(found.theirs_vnd),
    )  # fmt: skip
    return tr.t("statement.detail.theirs", line=found.line, facts=" · ".join(fact for fact in facts if fact))


def _ours(tr: Translator, found: StatementDifference) -> str:
    if not found.row_id:
        return tr.t("statement.detail.not_ours")
    facts = (
        found.our_bill, f"••••{found.our_ending}" if found.our_ending else "",
        "" if found.made_utc is None else tr.moment(found.made_utc),
        "" if found.ours_vnd is None else tr.money(found.ours_vnd),
    )  # fmt: skip
    kind = tr.t(f"statement.row.{found.row_kind}")
    return tr.t("statement.detail.ours", kind=kind, facts=" · ".join(fact for fact in facts if fact))


def _empty(tr: Translator, result: StatementResult) -> str:
    if result.differences:
        return tr.t("statement.result.none_of_kind")
    return tr.t("statement.result.agrees", count=result.matched)


def result_actions(tr: Translator, p: StatementPresenter) -> tuple[BarAction, ...]:
    """What can be done with it."""
    back = BarAction(Act.BACK, tr.t("statement.do.done"), "Esc")
    found = [back]
    if p.preview is not None:
        found.append(BarAction(Act.COLUMNS, tr.t("statement.do.columns"), "F7"))
    result = p.result
    if result is not None and result.id and not p.working and any(not each.case for each in result.differences):
        found.append(BarAction(Act.MARK_ALL, tr.t("statement.do.mark_all"), "F6"))
        found.append(BarAction(Act.MARK, tr.t("statement.do.mark"), "Enter"))
        if p.marked:
            words = tr.t("statement.do.cases", count=len(p.marked))
            found.append(BarAction(Act.CASES, words, "F5", primary=True))
    return tuple(found)
