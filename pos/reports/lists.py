"""Cases, and the differences of a statement check, as files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pos.i18n import Translator
from pos.reports.day import Made
from pos.reports.model import Cell, Column, Figure, Kind, Report, Table
from pos.reports.wording import mark_of, period, reason_words, writer_words
from pos.till.review.cases_views import CaseInbox, CaseSource, CaseView
from pos.till.review.statement import StatementResult


def cases_report(inbox: CaseInbox, made: Made, words: Translator) -> Report:
    """The listed cases, in the order of the list."""
    columns = (
        _column(words, "case", Kind.TEXT, 30),
        _column(words, "opened", Kind.MOMENT, 20),
        _column(words, "issuer", Kind.TEXT, 15),
        _column(words, "bill", Kind.TEXT, 27),
        _column(words, "ending", Kind.TEXT, 11),
        _column(words, "amount", Kind.MONEY, 15),
        _column(words, "reason", Kind.TEXT, 30, on_paper=False),
        _column(words, "owner", Kind.TEXT, 16),
        _column(words, "closed", Kind.MOMENT, 20, on_paper=False),
        _column(words, "closed_by", Kind.TEXT, 16, on_paper=False),
        _column(words, "closure", Kind.TEXT, 40, on_paper=False),
    )
    open_vnd = sum(case.amount_vnd for case in inbox.rows if case.open)
    return _report(
        words.t("report.cases.title"),
        made,
        words,
        Table(columns, tuple(_case(case, words) for case in inbox.rows), len(inbox.rows)),
        [
            Figure(words.t("report.figure.cases"), Kind.COUNT, inbox.open_count),
            Figure(words.t("report.figure.at_stake"), Kind.MONEY, open_vnd),
        ],
    )


def _case(case: CaseView, words: Translator) -> Sequence[Cell]:
    redemption = case.source is CaseSource.REDEMPTION
    return (
        words.t(f"case.{case.kind}" if redemption else f"cases.{case.source}.{case.kind}.title"),
        case.opened_utc,
        case.label,
        case.bill_number,
        f"••••{case.ending}" if case.ending else "",
        case.amount_vnd,
        reason_words(case.reason, words),
        case.owner or "",
        case.closed_utc,
        case.closed_by or "",
        case.closure or "",
    )


def statement_report(result: StatementResult, made: Made, words: Translator) -> Report:
    """The differences of a check, in the order of their file."""
    columns = (
        _column(words, "difference", Kind.TEXT, 22),
        _column(words, "line", Kind.COUNT, 8),
        _column(words, "reference", Kind.TEXT, 26),
        _column(words, "bill", Kind.TEXT, 27),
        _column(words, "ending", Kind.TEXT, 11),
        _column(words, "day", Kind.TEXT, 12),
        _column(words, "theirs", Kind.MONEY, 15, summed=True),
        _column(words, "ours", Kind.MONEY, 15, summed=True),
        _column(words, "note", Kind.TEXT, 34, on_paper=False),
    )
    figures = [
        Figure(words.t("report.figure.matched"), Kind.COUNT, result.matched),
        Figure(words.t("report.figure.theirs"), Kind.MONEY, result.theirs_vnd),
        Figure(words.t("report.figure.ours"), Kind.MONEY, result.ours_vnd),
        *(Figure(words.t(f"statement.kind.{kind}"), Kind.COUNT, count) for kind, count in result.counts if count),
    ]
    head = [
        (words.t("report.head.file"), result.file_name),
        (words.t("report.head.issuer"), result.issuer_label),
        (words.t("report.head.dates"), period(result.first_day, result.last_day, words)),
    ]
    title = words.t("report.statement.title", issuer=result.issuer_label)
    rows = tuple(_differences(result, words))
    return _report(title, made, words, Table(columns, rows, len(rows)), figures, head)


def _differences(result: StatementResult, words: Translator) -> Iterator[Sequence[Cell]]:
    for one in result.differences:
        whys = (f"statement.note.{one.note}", f"statement.problem.{one.note}.why")
        yield (
            words.t(f"statement.kind.{one.kind}"),
            one.line,
            one.reference,
            one.bill_number,
            f"••••{one.ending}" if one.ending else "",
            one.day,
            one.theirs_vnd,
            one.ours_vnd,
            next((words.t(why) for why in whys if words.has(why)), one.note),
        )


def _report(
    title: str, made: Made, words: Translator, table: Table, figures: Sequence[Figure],
    head: Sequence[tuple[str, str]] = (),
) -> Report:  # fmt: skip
    shop = made.shop
    name = shop.store_name or shop.store_code
    return Report(
        title=title,
        head=(
            (words.t("report.head.shop"), name),
            (words.t("report.head.till"), f"{shop.store_code}-{shop.till_code}"),
            *head,
            (words.t("report.head.made"), words.moment(made.made_utc)),
        ),
        mark=mark_of(shop, words),
        author=name,
        made_utc=made.made_utc,
        words=writer_words(words),
        table=table,
        figures=figures,
        foot=words.t("report.last_hash", hash=made.last_hash) if made.last_hash else "",
    )


def _column(
    words: Translator, key: str, kind: Kind, width: int, *, summed: bool = False, on_paper: bool = True
) -> Column:
    return Column(key, words.t(f"report.column.{key}"), kind, width, summed, on_paper)
