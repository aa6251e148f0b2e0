"""Pictures of the statement section: `python -m tests.ui.shots_statement OUT [language] [width] [theme]`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from pos.ui.manager.page import Acting
from pos.ui.manager.statement.section import StatementSection
from tests.ui.camera import Camera, render
from tests.ui.fake_statement import FakeStore, desk_over, many_lines, put
from tests.ui.office import ManagerOffice


class StatementOffice(ManagerOffice):
    """The statement section, real files, a made-up journal."""

    def __init__(self, camera: Camera) -> None:
        self.store = FakeStore()
        super().__init__(camera.language, camera.size, camera.theme)

    def _sections(self, acting: Acting) -> tuple[StatementSection, ...]:
        self.section = StatementSection(desk_over(self.store), self.review, lambda: acting.name, self.clock.mono_s)
        return (self.section,)

    def run(self) -> None:
        super().run()
        self.window.screens.show_changed_page()
        self.settle()

    def look(self, path: str) -> None:
        self.section.presenter.look(path)
        self.run()


def scenes(s: StatementOffice, camera: Camera, folder: Path) -> None:
    """Every state of the section."""

    def picture(name: str) -> None:
        camera.take(s.window, name)

    s.press("F9")
    s.run()
    picture("first-time")
    s.press("1")
    picture("chosen")
    s.look(put(folder, "doi-soat-thang-11.csv", many_lines(s.store)))
    picture("mapping")
    s.press("4")
    picture("box-column")
    s.box.dismiss()
    s.press("F8")
    picture("box-period")
    s.box.dismiss()
    s.section.presenter.picked("amount", "")
    s.run()
    picture("mapping-missing")
    s.section.presenter.picked("amount", "3")
    s.run()
    s.press("Enter")
    s.section.presenter.read_lines = 42_000
    s.clock.mono += 3
    s.window.screens.show_changed_page()
    picture("running")
    s.run()
    picture("differences")
    s.press("F6")
    picture("marked")
    s.press("F5")
    picture("box-reason")
    s.box.dismiss()
    s.section.presenter.make_cases("hỏi Got It")
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
    picture("clean")
    s.press("Esc")
    s.run()
    s.look(put(folder, "hoa-don.csv", b"%PDF-1.7"))
    picture("refused")


def draw(camera: Camera) -> None:
    with tempfile.TemporaryDirectory() as folder:
        s = StatementOffice(camera)
        scenes(s, camera, Path(folder))
        s.close()


if __name__ == "__main__":
    render(draw)
