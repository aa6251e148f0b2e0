"""A closing desk without an engine: a day as a test wants it; what a person does changes it as the engine would."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from pos.domain.closing import Difference, DifferenceKind, Flow, Standing
from pos.domain.errors import ConfigError, PosError, RuleBroken
from pos.till.ports import Person
from pos.till.review.closing import (
    CaseCount,
    CashierTotal,
    ClosedBy,
    ClosingView,
    Doing,
    Figures,
    OpenRow,
    OpenSlip,
    PaperCount,
    PrintEnd,
    ReportPrinted,
    Shift,
    Shop,
    SlipTotals,
    Total,
    XReport,
    ZReport,
)
from pos.till.review.events import Running
from tests.ui.fake_till import EVERYONE, HUONG, NOW_UTC

DAY = date(2026, 11, 21)
LABELS = {"gotit": "Got It", "vinid-evoucher": "VinID", "appotapay": "AppotaPay", "gotadi": "Gotadi"}
SHOP = Shop("Cửa hàng 03", "HN03", "T2", "sandbox", tuple(LABELS.items()))
EVENING = NOW_UTC + timedelta(hours=12, minutes=40)
HASH = "9f2c4b7a1de08853c6aa90b1f4e27d3356c1b8097ae4d2f0618b3c5d7e9fa124"


def difference(kind: DifferenceKind, number: int, amount_vnd: int = 100_000, issuer: str = "gotit") -> Difference:
    slip = kind in (DifferenceKind.SLIP_PENDING, DifferenceKind.SLIP_DOUBTFUL)
    ref, ending = f"{'job' if slip else 'row'}{number}", "" if slip else f"{4000 + number}"
    bill = f"HN03-T2-20261121-{100 + number:06d}"
    return Difference(kind, ref, "" if slip else issuer, bill, ending, amount_vnd, EVENING - timedelta(minutes=number))


def row(number: int, kind: DifferenceKind = DifferenceKind.AT_RISK, doing: Doing = Doing.ASKING) -> OpenRow:
    due = {Doing.ASKING: 20.0, Doing.QUEUED: 45.0}.get(doing)
    return OpenRow(difference(kind, number), doing, due, 2)


def slip(number: int, kind: DifferenceKind, *, case: bool = False) -> OpenSlip:
    return OpenSlip(difference(kind, number, 155_000), 0, "printer.paper_out", case)


def figures(bills: int = 163) -> Figures:
    if not bills:
        return Figures(0, (), (), SlipTotals(0, 0, 0, 0))
    totals = (
        Total(Flow.VOUCHER, "gotit", Standing.USED, 171, 171, 14_350_000),
        Total(Flow.VOUCHER, "vinid-evoucher", Standing.USED, 43, 43, 4_100_000),
        Total(Flow.VOUCHER, "gotit", Standing.AT_RISK, 3, 3, 200_000),
        Total(Flow.VOUCHER, "gotit", Standing.LOSS, 1, 1, 100_000),
        Total(Flow.VOUCHER, "gotit", Standing.REFUSED, 9, 9, 0),
        Total(Flow.SALE, "appotapay", Standing.SOLD, 38, 41, 6_300_000),
        Total(Flow.BOOKING, "gotadi", Standing.SOLD, 2, 2, 3_150_000),
    )
    people = (
        CashierTotal("Lan", 96, 130, 11_200_000, 4_100_000, 3_150_000),
        CashierTotal("Minh", 67, 84, 7_250_000, 2_200_000, 0),
    )
    return Figures(bills, totals, people, SlipTotals(120, 41, 3, 2))


CASES = (
    CaseCount("cases", "loss", 1, 100_000, EVENING - timedelta(hours=1, minutes=10)),
    CaseCount("cases", "undecidable", 1, 50_000, EVENING - timedelta(minutes=22)),
)
SHIFT = Shift(7, DAY, EVENING - timedelta(hours=6, minutes=15), "Lan", 90)


def zero() -> ClosingView:
    """A day on which everything agrees."""
    papers = tuple(
        PaperCount(issuer, count, count, "Hương", EVENING) for issuer, count in (("gotit", 171), ("vinid-evoucher", 43))
    )
    return ClosingView(
        DAY, DAY, None, ClosedBy(40, DAY - timedelta(days=1), "Hương", EVENING - timedelta(days=1)), (DAY,),
        figures(), (), (), papers, (), (), SHIFT,
    )  # fmt: skip


def with_left(view: ClosingView) -> ClosingView:
    """Its differences, made of what is left in it, as the engine does."""
    rows = [one.difference for one in view.rows if one.doing is not Doing.CASE]
    slips = [one.difference for one in view.slips if not one.case]
    papers = [
        Difference(
            DifferenceKind.PAPER, view.day.isoformat(), paper.issuer, "", "", 0, EVENING, paper.counted - paper.expected
        )
        for paper in view.papers
        if paper.counted is not None and paper.counted != paper.expected
    ]
    return replace(view, differences=(*rows, *slips, *papers))


def busy() -> ClosingView:
    """One of everything is left."""
    rows = (
        row(1),
        row(2, DifferenceKind.UNKNOWN, Doing.PARKED),
        row(3, DifferenceKind.UNSENT, Doing.AT_COUNTER),
        row(4, DifferenceKind.AT_RISK, Doing.QUEUED),
        row(5, DifferenceKind.UNKNOWN, Doing.CASE),
    )
    slips = (slip(11, DifferenceKind.SLIP_PENDING), slip(12, DifferenceKind.SLIP_DOUBTFUL))
    papers = (PaperCount("gotit", 171, 170, "Hương", EVENING), PaperCount("vinid-evoucher", 43, None))
    return with_left(replace(zero(), rows=rows, slips=slips, papers=papers, cases=CASES))


class FakeClosingDesk:
    """Fits `ClosingDeskPort`. `done` are all changes so far; `faults[name]` makes the next call of that name fail."""

    def __init__(self, view: ClosingView | None = None, everyone: tuple[Person, ...] = EVERYONE) -> None:
        self.now = view or zero()
        self.everyone = everyone
        self.done: list[tuple[object, ...]] = []
        self.faults: dict[str, PosError] = {}
        self.reports: tuple[ZReport, ...] = ()
        self.told: list[tuple[str, Callable[[ReportPrinted], None]]] = []
        self.print_end: ReportPrinted | None = ReportPrinted(PrintEnd.PRINTED)

    def _fault(self, name: str) -> None:
        fault = self.faults.pop(name, None)
        if fault is not None:
            raise fault

    def view(self, running: Running, day: date | None = None) -> ClosingView:
        del running
        self._fault("view")
        self.now = with_left(replace(self.now, day=day or self.now.today))
        return self.now

    def settle_now(self) -> None:
        self._fault("settle_now")
        self.done.append(("settle_now",))

    def reprint(self, bill_number: str, actor: str) -> None:
        self.done.append(("reprint", bill_number, actor))

    def seen_on_paper(self, job_id: str, actor: str) -> None:
        self.done.append(("seen", job_id, actor))
        self.now = replace(self.now, slips=tuple(one for one in self.now.slips if one.difference.ref != job_id))

    def count_papers(self, issuer: str, counted: int, actor: str, day: date | None = None) -> PaperCount:
        self.done.append(("count", issuer, counted, actor, day))
        papers = tuple(
            replace(paper, counted=counted, counted_by=actor, counted_utc=EVENING) if paper.issuer == issuer else paper
            for paper in self.now.papers
        )
        self.now = replace(self.now, papers=papers)
        return next(paper for paper in papers if paper.issuer == issuer)

    def close(self, day: date, actor: str, *, leave_as_cases: bool) -> ZReport:
        self._fault("close")
        left = with_left(self.now).differences
        if self.now.closed is not None:
            one = self.now.closed
            raise ConfigError(
                "day.already_closed", day=f"{day:%d/%m/%Y}", who=one.closed_by, when="22:05", number=one.number
            )
        if left and not leave_as_cases:
            raise RuleBroken("day.differences_left", count=len(left))
        self.done.append(("close", day, actor, leave_as_cases))
        report = z_report(41, day, actor, replace(self.now, differences=left))
        self.reports = (report, *self.reports)
        closed = ClosedBy(41, day, actor, EVENING)
        self.now = replace(
            self.now, closed=closed, last=closed, rows=(), slips=(), figures=figures(0), dates=(), shift=None
        )
        return report

    def z_reports(self, limit: int) -> tuple[ZReport, ...]:
        return self.reports[:limit]

    def x_report(self) -> XReport:
        return XReport(SHOP, EVENING, DAY, self.now.shift, self.now.figures)

    def shift(self) -> Shift | None:
        return self.now.shift

    def hand_over(self, outgoing: str, incoming_id: str, pin: str) -> Shift:
        self._fault("hand_over")
        self.done.append(("hand_over", outgoing, incoming_id, len(pin)))
        name = next(person.name for person in self.everyone if person.id == incoming_id)
        shift = Shift(8, DAY, EVENING, name, 163)
        self.now = replace(self.now, shift=shift)
        return shift

    def print_z(self, number: int, told: Callable[[ReportPrinted], None]) -> None:
        self._print(f"z/{number}", told)

    def print_x(self, told: Callable[[ReportPrinted], None]) -> None:
        self._print("x", told)

    def _print(self, what: str, told: Callable[[ReportPrinted], None]) -> None:
        self.done.append(("print", what))
        if self.print_end is None:
            self.told.append((what, told))
        else:
            told(self.print_end)


def z_report(number: int, day: date, actor: str = HUONG.name, view: ClosingView | None = None) -> ZReport:
    """The Z of that day."""
    view = view or zero()
    closed_utc = datetime.combine(day, EVENING.timetz())
    return ZReport(
        number, day, SHOP, closed_utc, actor, 100, 263, (day,), view.figures, (), (), view.differences,
        len(view.differences), view.papers, view.cases, view.shift, 18_204, HASH,
    )  # fmt: skip


def earlier(count: int = 6) -> tuple[ZReport, ...]:
    """Z reports of the days before, the newest first."""
    return tuple(z_report(40 - back, DAY - timedelta(days=back + 1)) for back in range(count))
