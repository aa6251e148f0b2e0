"""Pictures of the closing section: `python -m tests.ui.shots_closing OUT [language] [width] [theme]`."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from pos.domain.errors import SecurityError
from pos.till.review.closing import ClosedBy, ClosingView, PrintEnd, ReportPrinted
from pos.till.views import DeviceView, Environment, Link, Message, SignedIn, StripChanged
from pos.ui.app import application, build_window
from pos.ui.config import Choices, UiConfig
from pos.ui.manager.closing.presenter import Around
from pos.ui.manager.closing.section import ClosingSection
from pos.ui.manager.page import Acting, ManagerPage
from pos.ui.theme import ThemeName
from pos.ui.window import MainWindow
from tests.ui.fake_closing import DAY, EVENING, LABELS, FakeClosingDesk, busy, earlier, figures, row, zero
from tests.ui.fake_review import FakeReview
from tests.ui.fake_till import EVERYONE, HUONG, FakeTill, ManualClock, strip
from tests.ui.shots import SIZES, settle, shoot


class Evening(ManualClock):
    """The end of the day."""

    def __init__(self) -> None:
        super().__init__()
        self.start = self.mono

    def now_utc(self):  # type: ignore[no-untyped-def]
        return EVENING + timedelta(seconds=self.mono - self.start)


class Scene:
    """A window with the closing section open."""

    def __init__(self, language: str, size: tuple[int, int], theme: ThemeName) -> None:
        self.clock, self.till, self.desk, self.review = Evening(), FakeTill(), FakeClosingDesk(), FakeReview()
        self.page = ManagerPage(self.review, lambda _: HUONG, self._sections)  # type: ignore[arg-type]
        config = UiConfig(
            choices=Choices(language=language, theme=theme, volume_percent=0), store="03", till="2",
            environment=Environment.SANDBOX, mono_s=self.clock.mono_s, now_utc=self.clock.now_utc, size=size,
            maximised=False, pages=(self.page,),
        )  # fmt: skip
        self.window: MainWindow = build_window(self.till, config)
        self.review.subscribe(self.window.bridge.post)
        self.window.show()
        self.till.say(StripChanged(strip(Environment.SANDBOX)))
        self.till.say(SignedIn(HUONG))
        settle(application())

    def _sections(self, acting: Acting) -> tuple[ClosingSection, ...]:
        around = Around(
            lambda: acting.name, lambda: EVERYONE, lambda: None, LABELS, self.review.say, self.clock.mono_s,
            self.clock.now_utc,
        )  # fmt: skip
        self.section = ClosingSection(self.desk, self.review, around)
        return (self.section,)

    def press(self, *names: str) -> None:
        for name in names:
            if len(name) == 1:
                self.window._keyboard._type(name)
            else:
                self.window._keyboard.press(name)
            settle(application())

    def show(self, view: ClosingView) -> None:
        """The day looks like this now."""
        self.desk.now = view
        self.review.journal_changed()
        self.run()

    def run(self) -> None:
        self.review.run()
        settle(application())
        self.window._on_page_changed()
        settle(application())


def scenes(s: Scene, out: Path, tag: str) -> None:
    """Every state of the section."""

    def picture(name: str) -> None:
        shoot(s.window, out, f"{tag}-{name}")

    s.press("F9")
    picture("reading")
    s.run()
    picture("zero")
    s.show(busy())
    for number, step in enumerate(("issuer", "slips", "papers", "cases"), start=1):
        s.press(str(number))
        picture(f"left-{step}")
    s.press("1", "F4")
    s.clock.mono += 12
    s.show(replace(busy(), rows=busy().rows[1:]))
    picture("asking")
    s.press("Esc")
    picture("left-asking")
    s.press("F8")
    picture("box-leave")
    s.window._sheet.dismiss()  # type: ignore[union-attr]
    s.press("3", "F4")
    picture("box-count")
    s.window._sheet.dismiss()  # type: ignore[union-attr]
    s.press("F6")
    picture("box-hand-over")
    s.window._sheet.accept()  # type: ignore[union-attr]
    picture("box-hand-over-pin")
    s.section.presenter.hand_over("p1", "0000")
    s.desk.faults["hand_over"] = SecurityError("pin.wrong")
    s.run()
    picture("box-hand-over-refused")
    s.window._sheet.dismiss()  # type: ignore[union-attr]
    s.till.say(
        StripChanged(replace(strip(Environment.SANDBOX), network=DeviceView(Link.DOWN, "net.unreachable", EVENING)))
    )
    s.show(busy())
    s.press("1")
    picture("no-network")
    s.till.say(StripChanged(strip(Environment.SANDBOX)))
    s.show(replace(busy(), dates=(DAY - timedelta(days=2), DAY - timedelta(days=1), DAY)))
    picture("earlier-open")
    s.show(replace(zero(), figures=figures(0), dates=(), papers=()))
    picture("no-sales")
    many = tuple(row(number) for number in range(1, 40))
    s.show(replace(zero(), rows=many))
    picture("many")
    s.show(zero())
    s.press("F8")
    picture("box-zero")
    s.desk.reports = earlier()
    s.desk.print_end = None
    s.window._sheet.accept()  # type: ignore[union-attr]
    settle(application())
    s.clock.mono += 2
    s.window._on_page_changed()
    picture("closing")
    s.run()
    s.run()
    picture("z")
    s.desk.told[0][1](ReportPrinted(PrintEnd.NOT_PRINTED, "printer.paper_out"))
    settle(application())
    picture("z-not-printed")
    s.press("Esc")
    s.run()
    picture("closed")
    s.press("F5")
    s.run()
    picture("x")
    s.press("F7")
    s.show(replace(busy(), closed=None))
    s.desk.print_end = ReportPrinted(PrintEnd.PRINTED)
    s.press("F8")
    s.section._sheet.agreed.emit()  # type: ignore[union-attr]
    s.window._sheet.dismiss()  # type: ignore[union-attr]
    s.run()
    s.run()
    picture("z-left")
    s.press("Esc")
    s.desk.now = replace(zero(), closed=ClosedBy(41, DAY, "Tuấn", EVENING))
    s.section.presenter._news = Message("closing.changed")
    s.run()
    picture("changed")


def main(argv: list[str]) -> int:
    """Render everything into a folder."""
    out = Path(argv[0])
    out.mkdir(parents=True, exist_ok=True)
    for language in ("vi", "en"):
        for size in SIZES:
            for theme in ThemeName:
                tag = f"{language}-{size[0]}-{theme}"
                if all(word in tag for word in argv[1:]):
                    scene = Scene(language, size, theme)
                    scenes(scene, out, f"closing-{tag}")
                    scene.window.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
