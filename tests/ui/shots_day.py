"""Pictures of the manager's day and of timelines: `python -m tests.ui.shots_day OUT`; `sheet-….png` holds one look."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPixmap

from pos.till.views import Message
from pos.ui.manager.day.periods import Period
from tests.ui.camera import Camera, render
from tests.ui.day_shop import Shop
from tests.ui.fake_day import FakeReads, busy_rows, cases, long_names


def scenes(shop: Shop, camera: Camera) -> None:
    """Every state of the section."""
    window = shop.window
    shop.open()
    shop.clock.mono += 0.2
    window.screens.show_changed_page()
    camera.take(window, "loading")
    shop.run()
    camera.take(window, "busy")
    for key, name in (("F4", "days"), ("F6", "filters"), ("F7", "saved")):
        shop.press(key)
        shop.run()
        camera.take(window, name)
        if name == "saved" and shop.section._saved.sheet is not None:
            shop.section._saved.sheet.keep_wanted.emit("Lỗ trong tháng")
            shop.section._saved.sheet.keep_wanted.emit("Got It hôm qua")
            shop.run()
            shop.run()
            camera.take(window, "saved-two")
        shop.close_box()
    for name, status in (("used", "used"), ("loss", "lost")):
        row = next(number for number, row in enumerate(shop.reads.rows_list) if row.status == status)
        shop.section.open_row(row)
        shop.run()
        camera.take(window, f"timeline-{name}")
        shop.close_box()
    shop.type("9999")
    shop.run()
    camera.take(window, "nothing-found")
    shop.press("Esc")
    shop.drawn.cards[1].click()
    shop.run()
    camera.take(window, "filtered")
    shop.press("Esc")
    shop.run()
    shop.review.faults["day/view"] = Message("report.failed")
    shop.review.faults["day/rows"] = Message("report.failed")
    shop.review.journal_changed()
    shop.settle()
    shop.run()
    camera.take(window, "failed")


def others(camera: Camera) -> None:
    """Days that are not like others."""
    for name, reads in (("no-sales", FakeReads()), ("long", FakeReads(long_names()))):
        shop = Shop(reads, camera.language, camera.size, camera.theme)
        shop.open()
        shop.run()
        camera.take(shop.window, name)
        if name == "no-sales":
            shop.review.faults["day/view"] = shop.review.faults["day/rows"] = Message("report.failed")
            shop.section.presenter.choose_days(Period.YESTERDAY)
            shop.run()
            camera.take(shop.window, "failed-first")
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


def draw(camera: Camera) -> None:
    shop = Shop(FakeReads(busy_rows(), cases()), camera.language, camera.size, camera.theme)
    scenes(shop, camera)
    shop.close()
    others(camera)
    contact_sheet(camera.out, camera.tag)


if __name__ == "__main__":
    render(draw)
