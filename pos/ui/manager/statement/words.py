"""The statement section in words: what the presenter knows, ready to be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from pos.domain.statement_layout import DateOrder
from pos.i18n import Translator
from pos.till.review.statement import EarlierCheck, Preview, PreviewLine
from pos.ui.counter.model import Panel
from pos.ui.manager.statement.boxes import DECIMALS, PARTS, SEPARATORS, column_letter
from pos.ui.manager.statement.model import Act, HomeModel, IssuerTile, MappingModel, Pane, StatementModel
from pos.ui.manager.statement.result_words import day_text, result_actions, result_model, tail
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.bar_action import BarAction
from pos.ui.widgets.figure import FigureModel
from pos.ui.widgets.pill import Pill
from pos.ui.widgets.window_table import WindowRow
from pos.ui.words import say_message

if TYPE_CHECKING:
    from pos.ui.manager.statement.presenter import StatementPresenter

SLOW_S = 1.0


@dataclass(frozen=True, slots=True)
class Now:
    """What is known at this moment. `waited_s`: for how long something runs."""

    of: StatementPresenter
    waited_s: float


def statement_model(tr: Translator, now: Now) -> StatementModel:
    """Everything to be drawn."""
    p = now.of
    if p.pane is Pane.PANEL or p.working.endswith(("compare", "keep")):
        return StatementModel(Pane.PANEL, _panel_actions(tr, now), panel=_panel(tr, now))
    if p.pane is Pane.MAPPING and p.preview is not None:
        return StatementModel(Pane.MAPPING, _mapping_actions(tr, p), mapping=_mapping(tr, p, p.preview))
    if p.pane is Pane.RESULT and p.result is not None:
        return StatementModel(Pane.RESULT, result_actions(tr, p), result=result_model(tr, p, p.result))
    return StatementModel(Pane.HOME, _home_actions(tr, p), home=_home(tr, p))


# ---------------------------------------------------------------- home


def _home(tr: Translator, p: StatementPresenter) -> HomeModel:
    tiles = tuple(
        IssuerTile(each.issuer, each.label, str(number), each.issuer == p.issuer)
        for number, each in enumerate(p.issuers, 1)
    )
    chosen = next((each for each in p.issuers if each.issuer == p.issuer), None)
    note = "statement.home.choose"
    if chosen is not None:
        note = "statement.home.remembered" if chosen.layout is not None else "statement.home.first_time"
    rows = tuple(_earlier(tr, each) for each in p.earlier or ())
    empty = "" if p.earlier is None else tr.t("statement.earlier.none")
    if not p.issuers and p.earlier is not None:
        note = "statement.home.no_issuer"
    return HomeModel(tiles, tr.t(note), p.path, rows, empty)


def _earlier(tr: Translator, check: EarlierCheck) -> WindowRow:
    first, last = f"{check.first_day:%d/%m}", f"{check.last_day:%d/%m}"
    days = first if first == last else tr.t("statement.days", first=first, last=last)
    if check.differences:
        pill = Pill(tr.t("statement.earlier.differs", count=check.differences), Tone.UNKNOWN, Shape.DIAMOND)
    else:
        pill = Pill(tr.t("statement.earlier.agrees"), Tone.USABLE, Shape.CHECK)
    return WindowRow(str(check.id), (tr.moment(check.checked_utc), f"{check.issuer_label} · {days}", pill))


def _days(tr: Translator, first: date, last: date) -> str:
    return tr.date(first) if first == last else tr.t("statement.days", first=f"{first:%d/%m}", last=tr.date(last))


def _home_actions(tr: Translator, p: StatementPresenter) -> tuple[BarAction, ...]:
    choose = BarAction(Act.CHOOSE_FILE, tr.t("statement.do.choose_file"), "F4", primary=bool(p.issuer and not p.path))
    if not p.issuer:
        return ()
    look = (BarAction(Act.LOOK, tr.t("statement.do.look"), "Enter", primary=True),) if p.path else ()
    return (choose, *look)


# ---------------------------------------------------------------- mapping


def _mapping(tr: Translator, p: StatementPresenter, preview: Preview) -> MappingModel:
    sample = preview.sample
    note, tone = _mapping_note(tr, preview)
    meanings = " · ".join(f"“{word}” = {tr.t(f'statement.meaning.{meaning}')}" for word, meaning in preview.meanings)
    return MappingModel(
        title=tr.t("statement.map.title", issuer=preview.issuer_label, file=sample.name),
        note=note,
        note_tone=tone,
        parts=tuple(_part(tr, preview, number) for number in range(len(PARTS))),
        options=_options(tr, p, preview),
        meanings=meanings,
        rows=tuple(_preview_row(tr, line) for line in preview.lines),
    )


def _mapping_note(tr: Translator, preview: Preview) -> tuple[str, Tone]:
    if preview.missing:
        return tr.t(f"statement.map.missing.{preview.missing[0]}"), Tone.REFUSED
    if preview.earlier:
        one = preview.earlier[0]
        return tr.t("statement.map.again", moment=one.checked_utc, name=one.checked_by), Tone.UNKNOWN
    if preview.changed:
        return tr.t("statement.map.changed", issuer=preview.issuer_label), Tone.UNKNOWN
    if preview.sample.hidden:
        return tr.t("statement.map.hidden", count=len(preview.sample.hidden)), Tone.NEUTRAL
    return tr.t("statement.map.remembered" if preview.remembered else "statement.map.proposed"), Tone.NEUTRAL


def _part(tr: Translator, preview: Preview, number: int) -> FigureModel:
    part = PARTS[number]
    column = preview.layout.column(part)
    label = f"{number + 1} · {tr.t(f'statement.part.{part}')}"
    does = tr.t("statement.map.choose_column")
    if column is None:
        return FigureModel(
            label, tr.t("statement.column.none"), tr.t(f"statement.part.{part}.short"), Tone.NEUTRAL, does=does
        )
    head = preview.heads[column] if column < len(preview.heads) else ""
    place = tr.t("statement.column", letter=column_letter(column))
    return FigureModel(label, head or place, place if head else "", Tone.BRAND, does=does)


def _options(tr: Translator, p: StatementPresenter, preview: Preview) -> tuple[BarAction, ...]:
    layout, sample = preview.layout, preview.sample
    dates = "dmy" if layout.date_order is DateOrder.DAY_FIRST else "mdy"
    header = tr.t("statement.option.header", row=layout.header) if layout.header else tr.t("statement.option.no_header")
    period = tr.t("statement.option.period_file")
    if p.period is not None:
        period = _days(tr, *p.period)
    found: list[BarAction] = []
    if sample.kind == "xlsx":
        found.append(BarAction(Act.SHEET, tr.t("statement.option.sheet", name=sample.sheet[:16]), "F4"))
    else:
        found.append(BarAction(Act.SEPARATOR, tr.t(f"statement.option.separator.{SEPARATORS[sample.separator]}"), "F4"))
        found.append(BarAction(Act.ENCODING, tr.t(f"statement.option.encoding.{sample.encoding}"), "Ctrl+E"))
    return (
        *found,
        BarAction(Act.HEADER, header, "F5"),
        BarAction(Act.DATES, tr.t(f"statement.option.{dates}"), "F6"),
        BarAction(Act.DECIMAL, tr.t(f"statement.option.decimal.{DECIMALS[layout.decimal]}"), "F7"),
        BarAction(Act.PERIOD, period, "F8"),
    )


def _preview_row(tr: Translator, line: PreviewLine) -> WindowRow:
    if line.problem:
        pill = Pill(tr.t(f"statement.problem.{line.problem}"), Tone.REFUSED, Shape.X)
    elif line.left_out:
        pill = Pill(tr.t(f"statement.left_out.{line.left_out}"), Tone.NEUTRAL, Shape.DOT)
    elif line.back:
        pill = Pill(tr.t("statement.meaning.back"), Tone.UNKNOWN, Shape.BACK)
    else:
        pill = Pill(tr.t("statement.meaning.counts"), Tone.USABLE, Shape.TICK)
    amount = "" if line.amount_vnd is None else tr.money(line.amount_vnd)
    ending = f"••••{line.ending}" if line.ending else ""
    cells = (
        str(line.number),
        tail(line.transaction, 9),
        tail(line.bill, 2),
        ending,
        day_text(tr, line.day),
        amount,
        pill,
    )
    return WindowRow(str(line.number), cells)


def _mapping_actions(tr: Translator, p: StatementPresenter) -> tuple[BarAction, ...]:
    back = BarAction(Act.BACK, tr.t("statement.do.other_file"), "Esc")
    if p.preview is None or p.preview.missing:
        return (back,)
    return (back, BarAction(Act.COMPARE, tr.t("statement.do.compare"), "Enter", primary=True))


# ---------------------------------------------------------------- working, refused


def _panel(tr: Translator, now: Now) -> Panel:
    p = now.of
    if p.working or p.fault is None:
        what = p.working.partition("/")[2] or "preview"
        lines = tr.t("statement.working.lines", count=f"{p.read_lines:,}".replace(",", ".")) if p.read_lines else ""
        waited = tr.t("statement.working.waited", waited_s=now.waited_s) if now.waited_s >= SLOW_S else ""
        return Panel(
            Tone.BRAND, Shape.WORKING, tr.t(f"statement.working.{what}"), what=lines, note=waited,
            points=(tr.t("statement.working.counter"),),
        )  # fmt: skip
    said = say_message(tr, p.fault)
    return Panel(
        Tone.REFUSED, Shape.CROSS, tr.t("statement.refused"), what=said.what, note=said.safe, points=(said.do,)
    )


def _panel_actions(tr: Translator, now: Now) -> tuple[BarAction, ...]:
    p = now.of
    if p.working.endswith("keep"):
        return ()
    if p.working:
        return (BarAction(Act.STOP, tr.t("statement.do.stop"), "Esc"),)
    again = BarAction(Act.CHOOSE_FILE, tr.t("statement.do.choose_file"), "F4", primary=True)
    return (BarAction(Act.BACK, tr.t("action.back"), "Esc"), again)
