"""The figures of a day, a shift or a Z report in words, and the reports as they are read on the screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pos.domain.business_date import local_time
from pos.domain.closing import Difference, DifferenceKind, Flow, Standing
from pos.i18n import Translator
from pos.till.review.closing import Figures, PaperCount, PrintEnd, ReportPrinted, XReport, ZReport
from pos.ui.manager.closing.model import Act, Figure, LeftRow, ReportModel
from pos.ui.manager.closing.moment import case_word, paper_word
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.bar_action import BarAction
from pos.ui.words import masked, short_number

_S = Standing
X_ROW = "x"
MOST_DIFFERENCES = 12
HASH_DIGITS = 16
"""Of a chain hash, as many as on the slip."""
_TONES = {_S.AT_RISK: Tone.OFFLINE, _S.LOSS: Tone.REFUSED, _S.UNKNOWN: Tone.UNKNOWN, _S.OPEN: Tone.UNKNOWN,
          _S.USED_NOT_GIVEN: Tone.UNKNOWN, _S.TAKING_BACK: Tone.UNKNOWN}  # fmt: skip
_SHOWN: tuple[tuple[Flow, tuple[Standing, ...]], ...] = (
    (Flow.VOUCHER, (_S.USED, _S.AT_RISK, _S.LOSS, _S.UNKNOWN, _S.USED_NOT_GIVEN, _S.UNSENT, _S.TAKING_BACK,
                    _S.TAKEN_BACK)),
    (Flow.SALE, (_S.SOLD, _S.OPEN, _S.PAID_BACK)),
    (Flow.BOOKING, (_S.SOLD, _S.OPEN, _S.PAID_BACK)),
)  # fmt: skip
"""What a manager adds up; what was refused or dropped moved no money."""


@dataclass(frozen=True, slots=True)
class Names:
    """The language, and issuers' names for people."""

    tr: Translator
    label: Callable[[str], str]


def day_figures(names: Names, figures: Figures) -> tuple[Figure, ...]:
    """Totals by flow, each with its issuers below; then slips."""
    tr = names.tr
    lines = [Figure(tr.t("closing.fig.bills"), str(figures.bills), strong=True)]
    for flow, standings in _SHOWN:
        for standing in standings:
            lines += _total(names, figures, flow, standing)
    slips = figures.slips
    on_paper = slips.confirmed + slips.sent
    lines.append(Figure(tr.t("closing.fig.slips"), str(on_paper), strong=True))
    if slips.sent:
        lines.append(Figure(tr.t("closing.fig.slips_sent"), str(slips.sent)))
    if slips.copies:
        lines.append(Figure(tr.t("closing.fig.slip_copies"), str(slips.copies)))
    if slips.unprinted:
        lines.append(Figure(tr.t("closing.fig.slips_unprinted"), str(slips.unprinted), tone=Tone.UNKNOWN))
    return tuple(lines)


def _total(names: Names, figures: Figures, flow: Flow, standing: Standing) -> list[Figure]:
    """A sum, and its issuers if there are several; nothing for none, but for what was used or sold."""
    count, amount_vnd = figures.sum(flow, standing)
    if not count and (flow, standing) != (Flow.VOUCHER, _S.USED):
        return []
    tr, label = names.tr, f"closing.fig.{flow}.{standing}"
    of = [one for one in figures.totals if one.flow is flow and one.standing is standing]
    pieces = sum(one.pieces for one in of)
    main = Figure(tr.t(label, count=pieces), tr.money(amount_vnd), strong=True, tone=_TONES.get(standing, Tone.NEUTRAL))
    if standing not in (_S.USED, _S.SOLD) or len(of) < 2:
        return [main]
    return [main, *(Figure(f"{names.label(one.issuer)} · {one.pieces}", tr.money(one.amount_vnd)) for one in of)]


def cashier_figures(names: Names, figures: Figures) -> tuple[Figure, ...]:
    """What each person made."""
    tr = names.tr
    return tuple(
        Figure(
            one.cashier,
            tr.money(one.vouchers_vnd + one.sold_vnd + one.booked_vnd),
            tr.t("closing.fig.cashier", bills=one.bills, vouchers=one.vouchers),
            strong=at == 0,
        )
        for at, one in enumerate(figures.cashiers)
    )


def moved_figures(names: Names, report: ZReport) -> tuple[Figure, ...]:
    """What became of rows that earlier reports left open."""
    tr = names.tr
    return tuple(
        Figure(
            tr.t("closing.fig.moved", label=names.label(one.issuer), count=one.pieces),
            tr.money(one.amount_vnd),
            tr.t(
                "closing.fig.moved_how",
                before=tr.t(f"closing.standing.{one.before}")
                if one.before is not None
                else tr.t("closing.standing.new"),
                now=tr.t(f"closing.standing.{one.now}"),
            ),
            strong=at == 0,
        )
        for at, one in enumerate(report.moved)
    )


def paper_figures(names: Names, papers: tuple[PaperCount, ...]) -> tuple[Figure, ...]:
    """Counted papers, issuer by issuer."""
    tr = names.tr
    return tuple(
        Figure(
            tr.t("closing.fig.papers", label=names.label(paper.issuer), count=paper.expected),
            paper_word(tr, paper),
            strong=at == 0,
            tone=Tone.NEUTRAL if paper.counted in (None, paper.expected) else Tone.REFUSED,
        )
        for at, paper in enumerate(papers)
    )


def difference_words(names: Names, one: Difference) -> str:
    """One thing that does not agree, in a line."""
    tr = names.tr
    if one.kind is DifferenceKind.PAPER:
        key = "closing.diff.paper_missing" if one.count < 0 else "closing.diff.paper_too_many"
        return tr.t(key, label=names.label(one.issuer), count=abs(one.count))
    parts = (
        names.label(one.issuer) if one.issuer else "",
        masked(one.ending) if one.ending else "",
        short_number(one.bill_number),
        tr.money(one.amount_vnd),
        tr.t(f"closing.kind.{one.kind}"),
    )
    return " · ".join(part for part in parts if part)


# ---------------------------------------------------------------- reports


def z_row(tr: Translator, report: ZReport) -> LeftRow:
    """A Z report in the list."""
    count, amount_vnd = report.figures.sum(Flow.VOUCHER, _S.USED)
    left = len(report.differences)
    note = f"{report.closed_by} · {tr.clock(report.closed_utc)}"
    return LeftRow(
        f"z/{report.number}",
        tr.t("closing.z.row", number=report.number, day=report.day),
        note if not left else f"{note} · {tr.t('closing.z.left', count=left)}",
        tr.money(amount_vnd) if count else "",
        Tone.UNKNOWN if left else Tone.USABLE,
        Shape.WAIT if left else Shape.CHECK,
    )


def x_row(tr: Translator, report: XReport | None) -> LeftRow:
    """The shift so far, above the Z reports."""
    note = tr.t("closing.x.reading") if report is None else tr.t("closing.x.made", clock=tr.clock(report.made_utc))
    return LeftRow(X_ROW, tr.t("closing.x.row"), note, "", Tone.BRAND, Shape.RING)


def z_model(tr: Translator, report: ZReport, printing: ReportPrinted | str | None) -> ReportModel:
    """A Z report to read."""
    names = Names(tr, report.shop.label)
    left = [difference_words(names, one) for one in report.differences]
    if len(left) > MOST_DIFFERENCES:
        left = [*left[:MOST_DIFFERENCES], tr.t("closing.more", count=len(left) - MOST_DIFFERENCES)]
    note = [tr.t("closing.z.by", name=report.closed_by, moment=report.closed_utc)]
    if report.dates and report.dates != (report.day,):
        note.append(tr.t("closing.z.dates", first=report.dates[0], last=report.dates[-1]))
    cases = sum(case.count for case in report.cases)
    verdict = "closing.z.left_over" if left else "closing.z.cases" if cases else "closing.z.zero"
    return ReportModel(
        title=tr.t("closing.z.title", number=report.number, day=report.day),
        note=_with_print(tr, " · ".join(note), printing),
        figures=(
            *(Figure(f"• {line}", "") for line in left),
            *day_figures(names, report.figures),
            *paper_figures(names, report.papers),
            *moved_figures(names, report),
            *(
                Figure(
                    f"{case_word(tr, case)} · {case.count}",
                    tr.money(case.amount_vnd) if case.amount_vnd else "–",
                    strong=at == 0,
                )
                for at, case in enumerate(report.cases)
            ),
            *cashier_figures(names, report.figures),
        ),
        verdict=tr.t(verdict, count=len(report.differences) or cases, fresh=report.new_cases),
        tone=Tone.UNKNOWN if left or cases else Tone.USABLE,
        shape=Shape.WAIT if left or cases else Shape.CHECK,
        chain=(
            f"{tr.t('zslip.chain.last', number=report.audit_seq)}: {_grouped(report.audit_hash)}",
            f"{tr.t('zslip.chain.own', number=report.audit_seq + 1)}: {_grouped(report.link_hash)}",
        ),
        actions=_print(tr),
    )


def x_model(tr: Translator, report: XReport, printing: ReportPrinted | str | None) -> ReportModel:
    """The shift so far, to read."""
    names = Names(tr, report.shop.label)
    shift = report.shift
    who = tr.t("closing.x.no_shift")
    if shift is not None:
        who = tr.t("closing.x.shift", name=shift.opened_by, moment=shift.opened_utc)
    return ReportModel(
        title=tr.t("closing.x.title", clock=f"{local_time(report.made_utc):%H:%M}"),
        note=_with_print(tr, who, printing),
        figures=(*day_figures(names, report.figures), *cashier_figures(names, report.figures)),
        verdict=tr.t("closing.x.changes_nothing"),
        tone=Tone.BRAND,
        shape=Shape.RING,
        chain=(),
        actions=_print(tr),
    )


def _print(tr: Translator) -> tuple[BarAction, ...]:
    return (
        BarAction(Act.PRINT, tr.t("closing.do.print"), "Ctrl+P", primary=True),
        BarAction(Act.REPORTS, tr.t("closing.do.back"), "Esc"),
    )


def _with_print(tr: Translator, note: str, printing: ReportPrinted | str | None) -> str:
    """How printing goes, below who closed it. A text: it runs, and for how long."""
    if printing is None:
        return note
    return f"{note}\n{printing if isinstance(printing, str) else printed_words(tr, printing)}"


def printed_words(tr: Translator, printed: ReportPrinted) -> str:
    """How printing a report ended."""
    word = printed.reason.rpartition(".")[2]
    why = tr.t(f"device.{word}") if word and tr.has(f"device.{word}") else ""
    return tr.t(f"closing.printed.{printed.end}", why=why)


def print_failed(printed: ReportPrinted) -> bool:
    """Whether it is not on paper for sure."""
    return printed.end in (PrintEnd.NOT_PRINTED, PrintEnd.DOUBTFUL)


def _grouped(hash_text: str) -> str:
    """As it stands on the slip, so that it can be compared by eye."""
    return " ".join(hash_text[at : at + 4] for at in range(0, HASH_DIGITS, 4))
