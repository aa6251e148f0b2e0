"""Pictures of the statement section: `python -m tests.ui.shots_statement OUT [language] [width] [theme]`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from pos.till.views import Environment, SignedIn, StripChanged
from pos.ui.app import application, build_window
from pos.ui.config import Choices, UiConfig
from pos.ui.manager.page import Acting, ManagerPage
from pos.ui.manager.statement.section import StatementSection
from pos.ui.theme import ThemeName
from pos.ui.window import MainWindow
from tests.ui.fake_review import FakeReview
from tests.ui.fake_statement import FakeStore, desk_over, many_lines, put
from tests.ui.fake_till import HUONG, FakeTill, ManualClock, strip
from tests.ui.shots import SIZES, settle, shoot


class Scene:
    """A window with the statement section open, real files, a made-up journal."""

    def __init__(self, language: str, size: tuple[int, int], theme: ThemeName) -> None:
        self.clock, self.till, self.store, self.review = ManualClock(), FakeTill(), FakeStore(), FakeReview()
        self.page = ManagerPage(self.review, lambda _: HUONG, self._sections)
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

    def _sections(self, acting: Acting) -> tuple[StatementSection, ...]:
        self.section = StatementSection(
            desk_over(self.store), self.review, lambda: acting.name, self.clock.mono_s
        )  # fmt: skip
        return (self.section,)

    def press(self, *names: str) -> None:
        for name in names:
            if len(name) == 1:
                self.window._keyboard._type(name)
            else:
                self.window._keyboard.press(name)
            settle(application())

    def run(self) -> None:
        self.review.run()
        settle(application())
        self.window._on_page_changed()
        settle(application())

    def look(self, path: str) -> None:
        self.section.presenter.look(path)
        self.run()


def scenes(s: Scene, out: Path, tag: str, folder: Path) -> None:
    """Every state of the section."""

    def picture(name: str) -> None:
        shoot(s.window, out, f"{tag}-{name}")

    s.press("F9")
    s.run()
    picture("first-time")
    s.press("1")
    picture("chosen")
    s.look(put(folder, "doi-soat-thang-11.csv", many_lines(s.store)))
    picture("mapping")
    s.press("4")
    picture("box-column")
    s.window._sheet.dismiss()  # type: ignore[union-attr]
    s.press("F8")
    picture("box-period")
    s.window._sheet.dismiss()  # type: ignore[union-attr]
    s.section.presenter.picked("amount", "")
    s.run()
    picture("mapping-missing")
    s.section.presenter.picked("amount", "3")
    s.run()
    s.press("Enter")
    s.section.presenter.read_lines = 42_000
    s.clock.mono += 3
    s.window._on_page_changed()
    picture("running")
    s.run()
    s.run()
    picture("differences")
    s.press("F6")
    picture("marked")
    s.press("F5")
    picture("box-reason")
    s.window._sheet.dismiss()  # type: ignore[union-attr]
    s.section.presenter.make_cases("hỏi Got It")
    s.run()
    s.run()
    picture("cases-made")
    s.press("2")
    picture("filtered")
    s.press("Esc")
    s.run()
    picture("home-earlier")
    s.store.exact = True
    s.look(put(folder, "khop.csv", many_lines(s.store)))
    s.press("Enter")
    s.run()
    s.run()
    picture("clean")
    s.press("Esc")
    s.run()
    s.look(put(folder, "hoa-don.csv", b"%PDF-1.7"))
    picture("refused")


def main(argv: list[str]) -> int:
    """Render everything into a folder."""
    out = Path(argv[0])
    out.mkdir(parents=True, exist_ok=True)
    wanted = set(argv[1:])
    for language in ("vi", "en"):
        for size in SIZES:
            for theme in ThemeName:
                if wanted and not wanted <= {language, str(size[0]), str(theme)}:
                    continue
                with tempfile.TemporaryDirectory() as folder:
                    scene = Scene(language, size, theme)
                    scenes(scene, out, f"statement-{language}-{size[0]}-{theme}", Path(folder))
                    scene.window.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
