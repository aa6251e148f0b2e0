"""Reports to write: a day with every kind of text that has ever broken a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from pos.reports.model import Cell, Chart, Column, Figure, Kind, Report, Table, Words

MADE = datetime(2026, 11, 21, 14, 30, tzinfo=UTC)
HASH = "9f1c2a7be04d" * 5 + "0123"
WORDS = Words("Tổng", "Trang {page}", "/", "Tổng quan", "Chi tiết", "Giờ", "tr", "Không có dòng nào.")
COLUMNS = (
    Column("at", "Giờ", Kind.CLOCK, 19),
    Column("bill", "Hóa đơn", Kind.TEXT, 26),
    Column("code", "Voucher", Kind.TEXT, 11),
    Column("what", "Nhà phát hành", Kind.TEXT, 28),
    Column("amount", "Số tiền", Kind.MONEY, 14),
    Column("status", "Kết quả", Kind.TEXT, 24),
    Column("redeemed", "Đã đổi", Kind.MONEY, 14, summed=True, on_paper=False),
    Column("cashier", "Thu ngân", Kind.TEXT, 16),
)
NASTY = (
    "Got It · Highlands Coffee – 1 × Trà đào cam sả (cỡ lớn), giao tận nơi trong ngày",
    '=HYPERLINK("https://x.example","đây")',
    "+84 912",
    'Phở, "Bò"\r\nNước',
    "Mu\u0300a thu Ha\u0300 No\u0302\u0323i",  # decomposed letters
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "https://ví-dụ.vn",
)


def rows(count: int) -> Iterator[Sequence[Cell]]:
    """So many rows; the third is refused and counts as nothing."""
    for n in range(count):
        amount = 50_000 + n % 7 * 5_000
        yield (
            MADE - timedelta(seconds=20 * n),
            f"HN03-T2-20261121-{count - n:06d}",
            f"••••{n % 10_000:04d}",
            NASTY[n % len(NASTY)],
            amount,
            "Từ chối" if n % 3 == 2 else "Đã dùng",
            None if n % 3 == 2 else amount,
            "Nguyễn Thị Lan",
        )


def redeemed_vnd(count: int) -> int:
    """What `rows(count)` add up to."""
    return sum(50_000 + n % 7 * 5_000 for n in range(count) if n % 3 != 2)


def report(count: int = 60, *, mark: str = "", told: int | None = None) -> Report:
    """A day."""
    return Report(
        title="Ngày 21/11/2026",
        head=(("Cửa hàng", "Quầy Lê Lợi"), ("Quầy", "T2"), ("Ngày", "21/11/2026")),
        mark=mark,
        author="Quầy Lê Lợi",
        made_utc=MADE,
        words=WORDS,
        table=Table(COLUMNS, rows(count), count if told is None else told),
        figures=(
            Figure("Đã đổi", Kind.MONEY, redeemed_vnd(count), f"{count} voucher · 40 hóa đơn"),
            Figure("Đang chịu rủi ro", Kind.MONEY, 200_000, "3 nhận ngoại tuyến, lâu nhất 26 phút"),
            Figure("Tổn thất", Kind.MONEY, 100_000, "1 voucher bị từ chối sau khi đã giao"),
            Figure("Mã đã bán", Kind.MONEY, 6_300_000, "41 mã · 1 đang chờ"),
            Figure("Phiếu chưa in", Kind.COUNT, 2),
            Figure("Trung bình mỗi khách", Kind.SECONDS, 8.4),
        ),
        chart=Chart(
            "Theo giờ",
            ("Got It", "VinID", "Gotadi"),
            tuple(
                (f"{h}h", (h * 31_000 % 700_000 + 50_000, h * 17_000 % 300_000, h % 3 * 40_000)) for h in range(8, 21)
            ),
        ),
        foot=f"Mã băm cuối của nhật ký: {HASH}",
    )


class Still:
    """A run that nobody stops, unless told to after so many looks."""

    def __init__(self, looks: int = 1_000_000_000) -> None:
        self.looks = looks
        self.told: list[tuple[int, int]] = []

    def stopped(self) -> bool:
        self.looks -= 1
        return self.looks < 0

    def progress(self, done: int, total: int) -> None:
        self.told.append((done, total))
