"""Pictures of the manager's day and of timelines: `python -m tests.ui.shots_day OUT`; `sheet-….png` holds one look."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPixmap

from pos.till.views import Message
from pos.ui.app import application
from pos.ui.manager.day.periods import Period
from pos.ui.theme import ThemeName
from tests.ui.day_shop import Shop
from tests.ui.fake_day import FakeReads, busy_rows, cases, long_names
from tests.ui.shots import SIZES, settle, shoot


def scenes(shop: Shop, out: Path, tag: str) -> None:
    """Every state of the section."""
    window = shop.window
    shop.open()
    shop.clock.mono += 0.2
    window._on_page_changed()
    shoot(window, out, f"{tag}-loading")
    shop.run()
    shoot(window, out, f"{tag}-busy")
    for key, name in (("F4", "days"), ("F6", "filters"), ("F7", "saved")):
        shop.press(key)
        shop.run()
        shoot(window, out, f"{tag}-{name}")
        if name == "saved" and shop.section._saved.sheet is not None:
            shop.section._saved.sheet.keep_wanted.emit("Lỗ trong tháng")
            shop.section._saved.sheet.keep_wanted.emit("Got It hôm qua")
            shop.run()
            shop.run()
            shoot(window, out, f"{tag}-saved-two")
        shop.close_box()
    for name, status in (("used", "used"), ("loss", "lost")):
        row = next(number for number, row in enumerate(shop.reads.rows_list) if row.status == status)
        shop.section.open_row(row)
        shop.run()
        shoot(window, out, f"{tag}-timeline-{name}")
        shop.close_box()
    shop.type("9999")
    shop.run()
    shoot(window, out, f"{tag}-nothing-found")
    shop.press("Esc")
    shop.drawn.cards[1].click()
    shop.run()
    shoot(window, out, f"{tag}-filtered")
    shop.press("Esc")
    shop.run()
    shop.review.faults["day/view"] = Message("report.failed")
    shop.review.faults["day/rows"] = Message("report.failed")
    shop.review.journal_changed()
    settle(application())
    shop.run()
    shoot(window, out, f"{tag}-failed")


def others(language: str, size: tuple[int, int], theme: ThemeName, out: Path, tag: str) -> None:
    """Days that are not like others."""
    for name, reads in (("no-sales", FakeReads()), ("long", FakeReads(long_names()))):
        shop = Shop(reads, language, size, theme)
        shop.open()
        shop.run()
        shoot(shop.window, out, f"{tag}-{name}")
        if name == "no-sales":
            shop.review.faults["day/view"] = shop.review.faults["day/rows"] = Message("report.failed")
            shop.section.presenter.choose_days(Period.YESTERDAY)
            shop.run()
            shoot(shop.window, out, f"{tag}-failed-first")
        shop.window.close()


def contact_sheet(out: Path, tag: str, columns: int = 4, width: int = 640) -> None:
    """All pictures of one look on one."""
    pictures = [(file.stem, QPixmap(str(file))) for file in sorted(out.glob(f"{tag}-*.png"))]
    if not pictures:
        return
    high = max(picture.height() * width // picture.width() for _, picture in pictures) + 20
    rows = -(-len(pictures) // columns)
    sheet = QPixmap(columns * (width + 8), rows * (high + 8))
    sheet.fill(Qt.GlobalColor.white)
    painter = QPainter(sheet)
    for number, (name, picture) in enumerate(pictures):
        x, y = number % columns * (width + 8), number // columns * (high + 8)
        painter.drawText(x + 4, y + 14, name)
        painter.drawPixmap(x, y + 20, picture.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation))
    painter.end()
    sheet.save(str(out / f"sheet-{tag}.png"))


def main(argv: list[str]) -> int:
    """Render everything into a folder."""
    out = Path(argv[0])
    out.mkdir(parents=True, exist_ok=True)
    themes = [ThemeName(name) for name in argv[1:]] or list(ThemeName)
    for language in ("vi", "en"):
        for size in SIZES:
            for theme in themes:
                tag = f"day-{language}-{size[0]}-{theme}"
                shop = Shop(FakeReads(busy_rows(), cases()), language, size, theme)
                scenes(shop, out, tag)
                shop.window.close()
                others(language, size, theme, out, tag)
                contact_sheet(out, tag)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
