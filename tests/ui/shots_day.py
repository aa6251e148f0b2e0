"""Pictures of the manager's day and of timelines: `python -m tests.ui.shots_day OUT`; `sheet.png` holds all of them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPixmap

from pos.till.ports import Person
from pos.till.views import Environment, Message, SignedIn, StripChanged
from pos.ui.app import application, build_window
from pos.ui.config import Choices, UiConfig
from pos.ui.manager.day.section import DaySection
from pos.ui.manager.page import Acting, ManagerPage
from pos.ui.manager.section import Section
from pos.ui.shell.presenter import Screen
from pos.ui.theme import ThemeName
from pos.ui.window import MainWindow
from tests.ui.fake_day import FakeReads, FakeSaved, busy_rows, cases, fake_desk, long_names
from tests.ui.fake_review import FakeReview
from tests.ui.fake_till import HUONG, FakeTill, ManualClock, strip
from tests.ui.shots import SIZES, settle, shoot


class Shop:
    """A window on the manager's day."""

    def __init__(
        self, reads: FakeReads, language: str, size: tuple[int, int], theme: ThemeName, scale: int = 100
    ) -> None:
        self.clock, self.till, self.review = ManualClock(), FakeTill(), FakeReview()
        self.reads, self.saved = reads, FakeSaved()
        self.exported: list[object] = []
        self.section: DaySection | None = None
        self.page = ManagerPage(self.review, self._pin, self._sections)  # type: ignore[arg-type]
        config = UiConfig(
            choices=Choices(language=language, theme=theme, volume_percent=0, scale_percent=scale), store="03",
            till="2", environment=Environment.SANDBOX, mono_s=self.clock.mono_s, now_utc=self.clock.now_utc, size=size,
            maximised=False, pages=(self.page,),
        )  # fmt: skip
        self.window: MainWindow = build_window(self.till, config)
        self.review.subscribe(self.window.bridge.happened.emit)
        self.window.show()
        self.till.say(StripChanged(strip(Environment.SANDBOX)))
        self.till.say(SignedIn(HUONG))
        settle(application())

    @staticmethod
    def _pin(pin: str) -> Person:
        del pin
        return HUONG

    def _sections(self, acting: Acting) -> Sequence[Section]:
        self.section = DaySection(
            self.review, fake_desk(self.reads, self.saved), now_utc=self.clock.now_utc, mono_s=self.clock.mono_s,
            who=lambda: acting.name, open_cases=lambda: self.reads.cases,
            on_export=lambda screen, query: self.exported.append(query), show_section=self.page.show_section,
        )  # fmt: skip
        return (self.section,)

    def open(self) -> None:
        """Go to the page; nothing has been answered yet."""
        self.window.open_screen(Screen.MANAGER)
        settle(application())

    def run(self) -> None:
        """Let everything be answered."""
        for _ in range(3):
            self.review.run()
            settle(application())

    def press(self, key: str) -> None:
        """A key that the window gets."""
        self.window._keyboard.press(key)
        settle(application())

    def type(self, text: str) -> None:
        """Search for this."""
        drawn = self.section._drawn  # type: ignore[union-attr]
        drawn.take_letter(text)  # type: ignore[union-attr]
        drawn._entered(text)  # type: ignore[union-attr]
        settle(application())


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
        if name == "saved" and shop.section is not None and shop.section._saved is not None:
            shop.section._saved.keep_wanted.emit("Lỗ trong tháng")
            shop.section._saved.keep_wanted.emit("Got It hôm qua")
            shop.run()
            shop.run()
            shoot(window, out, f"{tag}-saved-two")
        window._sheet.dismiss()  # type: ignore[union-attr]
    for name, status in (("used", "used"), ("loss", "lost")):
        row = next(number for number, row in enumerate(shop.reads.rows_list) if row.status == status)
        shop.section.open_row(row)  # type: ignore[union-attr]
        shop.run()
        shoot(window, out, f"{tag}-timeline-{name}")
        window._sheet.dismiss()  # type: ignore[union-attr]
    shop.type("9999")
    shop.run()
    shoot(window, out, f"{tag}-nothing-found")
    shop.press("Esc")
    shop.section._drawn.cards[1].click()  # type: ignore[union-attr]
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
            shop.section.presenter.choose_days("yesterday")  # type: ignore[arg-type, union-attr]
            shop.run()
            shoot(shop.window, out, f"{tag}-failed-first")
        shop.window.close()


def contact_sheet(out: Path, pattern: str, columns: int, width: int) -> None:
    """All pictures on one."""
    pictures = [(file.stem, QPixmap(str(file))) for file in sorted(out.glob(pattern))]
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
    sheet.save(str(out / "sheet.png"))


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
                shop.clock.mono += timedelta(hours=11, minutes=30).total_seconds()
                scenes(shop, out, tag)
                shop.window.close()
                others(language, size, theme, out, tag)
    contact_sheet(out, "day-*.png", 6, 480)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
