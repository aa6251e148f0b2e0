"""A Z and an X with something of everything on them; `python -m tests.receipts.reports OUT` draws them as printed."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from hardware.printer.escpos import EscposEncoder
from hardware.printer.profile import PrinterProfile
from hardware.virtual.brain import PrinterBrain
from hardware.virtual.paper import Slip
from pos.bootstrap import font_dir
from pos.domain.closing import Difference, DifferenceKind, Flow, Standing
from pos.i18n import Translator
from pos.receipts.report_slip import x_slip, z_slip
from pos.till.review.closing import (
    CaseCount,
    CashierTotal,
    Figures,
    Moved,
    PaperCount,
    Shift,
    Shop,
    SlipTotals,
    Total,
    XReport,
    ZReport,
)
from tests.hardware.profiles import PAPER_58, PAPER_80

NOW = datetime(2026, 11, 21, 15, 5, 12, tzinfo=UTC)
DAY = date(2026, 11, 21)
SHOP = Shop(
    "Cà phê Trà Lợi – 72 Nguyễn Huệ", "HN03", "T2", "production",
    (("appotapay", "AppotaPay"), ("gotadi", "Gotadi"), ("gotit", "Got It"), ("vinid", "VinID")),
)  # fmt: skip
SHIFT = Shift(7, DAY, datetime(2026, 11, 21, 0, 2, tzinfo=UTC), "Nguyễn Thị Hương", 100)
FIGURES = Figures(
    148,
    (
        Total(Flow.VOUCHER, "gotit", Standing.USED, 131, 131, 12_450_000),
        Total(Flow.VOUCHER, "gotit", Standing.AT_RISK, 2, 2, 150_000),
        Total(Flow.VOUCHER, "gotit", Standing.LOSS, 1, 1, 100_000),
        Total(Flow.VOUCHER, "gotit", Standing.REFUSED, 5, 5, 350_000),
        Total(Flow.VOUCHER, "vinid", Standing.USED, 4, 4, 400_000),
        Total(Flow.VOUCHER, "vinid", Standing.TAKEN_BACK, 1, 1, 100_000),
        Total(Flow.SALE, "appotapay", Standing.SOLD, 9, 14, 1_400_000),
        Total(Flow.SALE, "appotapay", Standing.OPEN, 1, 2, 200_000),
        Total(Flow.BOOKING, "gotadi", Standing.SOLD, 2, 2, 7_640_000),
    ),
    (
        CashierTotal("Lan", 90, 80, 7_900_000, 1_000_000, 0),
        CashierTotal("Nguyễn Thị Hương", 58, 58, 5_200_000, 600_000, 7_640_000),
    ),
    SlipTotals(140, 3, 2, 1),
)
PLAIN = ZReport(
    number=31, day=DAY, shop=SHOP, closed_utc=NOW, closed_by="Trần Thu Hà", after_bill_seq=4_210, last_bill_seq=4_358,
    dates=(DAY,), figures=FIGURES, moved=(), open_left=(), differences=(), new_cases=0,
    papers=(PaperCount("gotit", 134, 134, "Trần Thu Hà", NOW),), cases=(), shift=SHIFT, audit_seq=18_231,
    audit_hash="9f2c41d07be65a38" + "0" * 48, link_hash="04bd77a1e95c3f62" + "1" * 48,
)  # fmt: skip
FULL = replace(
    PLAIN,
    dates=(date(2026, 11, 19), date(2026, 11, 20), DAY),
    moved=(
        Moved(Flow.VOUCHER, "gotit", Standing.AT_RISK, Standing.USED, 3, 3, 250_000, 250_000),
        Moved(Flow.VOUCHER, "gotit", Standing.AT_RISK, Standing.LOSS, 1, 1, 50_000, 50_000),
        Moved(Flow.VOUCHER, "gotit", None, Standing.USED, 1, 1, 0, 50_000),
    ),
    differences=(
        Difference(DifferenceKind.AT_RISK, "r1", "gotit", "HN03-T2-20261121-000148", "2835", 50_000, NOW),
        Difference(DifferenceKind.UNKNOWN, "r2", "vinid", "HN03-T2-20261121-000149", "7719", 100_000, NOW),
        Difference(DifferenceKind.SALE_OPEN, "s1", "appotapay", "HN03-T2-20261121-000150", "", 200_000, NOW, 2),
        Difference(DifferenceKind.SLIP_DOUBTFUL, "j1", "", "HN03-T2-20261121-000151", "", 50_000, NOW),
        Difference(DifferenceKind.PAPER, "2026-11-21", "gotit", "", "", 0, NOW, -2),
    ),
    new_cases=4,
    papers=(PaperCount("gotit", 134, 132, "Trần Thu Hà", NOW), PaperCount("vinid", 4, None)),
    cases=(CaseCount("cases", "loss", 1, 100_000, NOW), CaseCount("day_case", "open_row", 5, 350_000, NOW)),
)
X = XReport(SHOP, NOW, DAY, SHIFT, FIGURES)


def print_out(report: ZReport | XReport, profile: PrinterProfile, language: str, folder: Path) -> Slip:
    """The slip as this kind of printer burns it, read by the independent decoder."""
    words = Translator(language)
    document = z_slip(report, words) if isinstance(report, ZReport) else x_slip(report, words)
    brain = PrinterBrain(profile.width_dots)
    brain.receive(EscposEncoder(profile, font_dir(), folder).encode(document))
    brain.line_closed()
    (paper,) = brain.slips
    return paper


def main() -> None:
    """Draw each report at both widths in both languages."""
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, report in (("z", FULL), ("zero", PLAIN), ("x", X)):
            for profile in (PAPER_58, PAPER_80):
                for language in ("vi", "en"):
                    slip = print_out(report, profile, language, Path(folder))
                    slip.image.convert("L").save(out / f"{name}-{profile.name}-{language}.png")


if __name__ == "__main__":
    main()
