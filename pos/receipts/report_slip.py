"""The slips of X and Z: figures, what does not agree, and the audit chain's hashes, from a report and nothing else."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from hardware.printer.document import Align, Columns, Cut, Document, Feed, Item, Rule, Size, Text
from pos.domain.business_date import local_time
from pos.domain.closing import Difference, DifferenceKind, Flow, Standing
from pos.i18n import Translator
from pos.receipts.slip_printer import DriverSlipPrinter
from pos.till.review.closing import (
    Figures,
    Moved,
    PaperCount,
    PrintEnd,
    ReportPrinted,
    Shift,
    Shop,
    Total,
    XReport,
    ZReport,
)

log = logging.getLogger(__name__)

HASH_DIGITS = 16
"""Hex digits of a chain hash on paper: 64 bits, so that nobody makes another chain that ends the same."""
_GIVEN = frozenset({Standing.USED, Standing.AT_RISK, Standing.LOSS})
MOST_NAMED = 40
"""Differences told one by one; a slip is no list, and the rest is counted."""
_LINE = 42
_ENDS = {
    "confirmed": PrintEnd.PRINTED,
    "sent_unconfirmed": PrintEnd.SENT,
    "not_sent": PrintEnd.NOT_PRINTED,
}


def z_slip(report: ZReport, words: Translator) -> Document:
    """The proof of a closed day; made of the stored report, so that each printing says the same."""
    shop = report.shop
    items = [
        *_head(shop, words, words.t("zslip.z", number=report.number)),
        Columns(words.t("zslip.day"), words.date(report.day), Size.LARGE, True),
        Columns(words.t("zslip.closed"), words.moment(report.closed_utc)),
        Columns(words.t("zslip.by"), f"{report.closed_by} · {shop.store_code}/{shop.till_code}"),
    ]
    other = [day for day in report.dates if day != report.day]
    if other:
        days = ", ".join(f"{day:%d/%m}" for day in other)
        items.append(Text(words.t("zslip.other_days", days=days), bold=True))
    if report.shift is not None:
        items.append(_shift(report.shift, words))
    items += _figures(report.figures, shop, words)
    items += _moved(report.moved, shop, words)
    items += _papers(report.papers, shop, words)
    items += _differences(report, words)
    items += _chain(report, words)
    return Document((*items, *_foot(shop, words), Feed(16), Cut()))


def x_slip(report: XReport, words: Translator) -> Document:
    """The open shift so far; says that it closes nothing."""
    shop = report.shop
    items = [
        *_head(shop, words, words.t("zslip.x")),
        Columns(words.t("zslip.day"), words.date(report.business_date), Size.LARGE, True),
        Columns(words.t("zslip.made"), words.moment(report.made_utc)),
        Columns(words.t("zslip.till"), f"{shop.store_code}/{shop.till_code}"),
        _shift(report.shift, words) if report.shift is not None else Text(words.t("zslip.no_shift")),
        *_figures(report.figures, shop, words),
        Rule(),
        Text(words.t("zslip.x_note"), Size.SMALL, align=Align.CENTER),
    ]
    return Document((*items, *_foot(shop, words), Feed(16), Cut()))


def lines_of(document: Document) -> list[str]:
    """The same slip as lines of text, for the command line."""
    lines: list[str] = []
    for item in document.items:
        if isinstance(item, Text):
            lines.append(item.text)
        elif isinstance(item, Columns):
            lines.append(f"{item.left}  {item.right}".rstrip())
        elif isinstance(item, Rule):
            lines.append("-" * _LINE)
    return lines


def _head(shop: Shop, words: Translator, title: str) -> list[Item]:
    items: list[Item] = _foot(shop, words)
    if shop.store_name:
        items.append(Text(shop.store_name, Size.LARGE, True, Align.CENTER))
    return [*items, Text(title, Size.LARGE, True, Align.CENTER), Rule()]


def _foot(shop: Shop, words: Translator) -> list[Item]:
    """A loud mark where nothing is real."""
    if shop.environment == "production":
        return []
    return [Text(words.t(f"slip.not_real.{shop.environment}"), Size.LARGE, True, Align.CENTER, True)]


def _title(text: str) -> list[Item]:
    return [Rule(dashed=True), Text(text, bold=True)]


def _shift(shift: Shift, words: Translator) -> Text:
    opened = f"{local_time(shift.opened_utc):%H:%M %d/%m}"
    return Text(words.t("zslip.shift", number=shift.id, who=shift.opened_by, since=opened), Size.SMALL)


# ---------------------------------------------------------------- figures


def _figures(figures: Figures, shop: Shop, words: Translator) -> list[Item]:
    items: list[Item] = [Rule(), Columns(words.t("zslip.bills"), str(figures.bills))]
    for flow in Flow:
        items += _flow(flow, [one for one in figures.totals if one.flow is flow], shop, words)
    if figures.cashiers:
        items += _title(words.t("zslip.cashiers"))
    for one in figures.cashiers:
        items.append(Columns(words.t("zslip.cashier", who=one.cashier, count=one.bills), ""))
        sums = (("vouchers", one.vouchers_vnd), ("sold", one.sold_vnd), ("booked", one.booked_vnd))
        items += [
            Columns(words.t(f"zslip.cashier.{name}"), words.money(amount_vnd), Size.SMALL)
            for name, amount_vnd in sums
            if amount_vnd
        ]
    slips = figures.slips
    items += [*_title(words.t("zslip.slips")), Columns(words.t("zslip.slips.confirmed"), str(slips.confirmed))]
    for name, count in (("sent", slips.sent), ("copies", slips.copies), ("unprinted", slips.unprinted)):
        if count:
            items.append(Columns(words.t(f"zslip.slips.{name}"), str(count)))
    return items


def _flow(flow: Flow, totals: list[Total], shop: Shop, words: Translator) -> list[Item]:
    if not totals:
        return []
    items = _title(words.t(f"zslip.flow.{flow.value}"))
    for issuer in dict.fromkeys(one.issuer for one in totals):
        items.append(Text(shop.label(issuer), bold=True))
        items += [_total(one, words) for one in totals if one.issuer == issuer]
    given = [one for one in totals if one.standing in _GIVEN]
    if flow is Flow.VOUCHER and given:
        told = words.t("zslip.given") + _times(str(sum(one.count for one in given)))
        items.append(Columns(told, words.money(sum(one.amount_vnd for one in given)), bold=True))
    return items


def _total(one: Total, words: Translator) -> Columns:
    count = words.t("zslip.pieces", count=one.count, pieces=one.pieces) if one.pieces != one.count else str(one.count)
    loud = one.standing in (Standing.LOSS, Standing.UNKNOWN, Standing.AT_RISK)
    told = _standing(one.flow, one.standing, words) + _times(count)
    return Columns(told, words.money(one.amount_vnd), bold=loud)


def _times(count: str) -> str:
    """Held together on one line."""
    return f" ×\u00a0{count}".replace(" (", "\u00a0(")


def _standing(flow: Flow, standing: Standing, words: Translator) -> str:
    special = f"zslip.standing.{flow.value}.{standing.value}"
    return words.t(special if words.has(special) else f"zslip.standing.{standing.value}")


def _moved(moved: tuple[Moved, ...], shop: Shop, words: Translator) -> list[Item]:
    """What earlier Zs left open and what became of it: its own block, because it is not of these bills."""
    if not moved:
        return []
    items = _title(words.t("zslip.moved"))
    for one in moved:
        now = _standing(one.flow, one.now, words)
        before = words.t("zslip.new_on_old_bill") if one.before is None else _standing(one.flow, one.before, words)
        items.append(Text(f"{shop.label(one.issuer)}: {before}"))
        items.append(Columns(words.t("zslip.moved.now", now=now) + _times(str(one.count)), words.money(one.amount_vnd)))
    return items


# ---------------------------------------------------------------- to zero


def _papers(papers: tuple[PaperCount, ...], shop: Shop, words: Translator) -> list[Item]:
    if not papers:
        return []
    items = _title(words.t("zslip.papers"))
    for one in papers:
        counted = words.t("zslip.not_counted") if one.counted is None else f"{one.counted}/{one.expected}"
        loud = one.counted not in (None, one.expected)
        items.append(Columns(shop.label(one.issuer), counted, bold=loud))
    return items


def _differences(report: ZReport, words: Translator) -> list[Item]:
    items = _title(words.t("zslip.differences"))
    if not report.differences:
        items.append(Text(words.t("zslip.zero"), Size.LARGE, True, Align.CENTER))
    for one in report.differences[:MOST_NAMED]:
        items += _difference(one, report.shop, words)
    more = len(report.differences) - MOST_NAMED
    if more > 0:
        items.append(Text(words.t("zslip.more", count=more), bold=True))
    open_cases = sum(one.count for one in report.cases)
    if open_cases:
        items.append(Text(words.t("zslip.cases", count=open_cases, fresh=report.new_cases, who=report.closed_by)))
    return items


def _difference(one: Difference, shop: Shop, words: Translator) -> Iterable[Item]:
    who = shop.label(one.issuer) if one.issuer else ""
    ending = f"••••{one.ending}" if one.ending else ""
    if one.kind is DifferenceKind.PAPER:
        yield Text(f"{words.t('difference.paper')}: {who} {one.count:+d}")
        return
    yield Columns(words.t(f"difference.{one.kind.value}"), words.money(one.amount_vnd))
    yield Text(" ".join(part for part in (who, ending, one.bill_number) if part), Size.SMALL)


def _chain(report: ZReport, words: Translator) -> list[Item]:
    before, own = report.audit_hash[:HASH_DIGITS], report.link_hash[:HASH_DIGITS]
    return [
        *_title(words.t("zslip.chain")),
        Text(words.t("zslip.chain.last", number=report.audit_seq), Size.SMALL),
        Text(_grouped(before), bold=True),
        Text(words.t("zslip.chain.own", number=report.audit_seq + 1), Size.SMALL),
        Text(_grouped(own), bold=True),
    ]


def _grouped(digits: str) -> str:
    """Four by four, as a person compares them."""
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


# ---------------------------------------------------------------- paper


class ReportSlipPrinter:
    """The port `ReportPrinter` on the printer of the slips. Nothing is repeated by itself: a person asks again.

    Args:
        printer: of the slips; touched on its own thread only.
        at_printer: runs an errand there.
        words: the language of the moment.
    """

    def __init__(
        self,
        printer: DriverSlipPrinter,
        at_printer: Callable[[Callable[[], None]], None],
        words: Callable[[], Translator],
    ) -> None:
        self._printer = printer
        self._at_printer = at_printer
        self._words = words

    def print_z(self, report: ZReport, told: Callable[[ReportPrinted], None]) -> None:
        """The slip of a Z."""
        self._put(lambda: z_slip(report, self._words()), told)

    def print_x(self, report: XReport, told: Callable[[ReportPrinted], None]) -> None:
        """The slip of an X."""
        self._put(lambda: x_slip(report, self._words()), told)

    def _put(self, make: Callable[[], Document], told: Callable[[ReportPrinted], None]) -> None:
        def errand() -> None:
            begun: list[bool] = []
            try:
                end = self._print(make(), lambda: begun.append(True))
            except Exception:  # the person waits for a word, and printing goes on
                log.exception("a report could not be printed")
                end = ReportPrinted(PrintEnd.DOUBTFUL if begun else PrintEnd.NOT_PRINTED, "device.failed")
            told(end)

        self._at_printer(errand)

    def _print(self, document: Document, begin: Callable[[], None]) -> ReportPrinted:
        from hardware.errors import DeviceError

        try:
            driver = self._printer.driver()
            if driver is None:
                return ReportPrinted(PrintEnd.NOT_PRINTED, "printer.none")
            data = self._printer.encoder(self._printer.proven()).encode(document)
            result = driver.print(data, begin=begin)
        except DeviceError as error:
            return ReportPrinted(PrintEnd.NOT_PRINTED, error.code)
        self._printer.tell_end(result)
        return ReportPrinted(_ENDS.get(result.outcome.value, PrintEnd.DOUBTFUL), result.reason)
