"""Pictures of the cases: `python -m tests.ui.shots_cases OUT [vi|en] [1024|1920] [light|dark|contrast]`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pos.till.review.cases_views import CaseDetail
from pos.till.review.day_views import RowKind
from pos.till.review.timeline_views import Timeline
from pos.till.views import Environment, StripView
from pos.ui.manager.cases.presenter import CasesPresenter
from pos.ui.manager.cases.section import CasesSection
from pos.ui.manager.page import Acting
from pos.ui.manager.timeline.box import TimelineBox
from tests.ui.camera import Camera, render
from tests.ui.fake_cases import FakeCases, details
from tests.ui.fake_till import HUONG, strip
from tests.ui.office import ManagerOffice


def _no_course(kind: RowKind, row_id: str) -> Timeline:
    raise AssertionError((kind, row_id))


class CasesOffice(ManagerOffice):
    """The cases open."""

    def __init__(self, camera: Camera, cases: tuple[CaseDetail, ...]) -> None:
        self.desk, self._count = FakeCases(cases), len(cases)
        super().__init__(camera.language, camera.size, camera.theme)
        self.press("F12")
        self.run()

    def _sections(self, acting: Acting) -> tuple[CasesSection, ...]:
        presenter = CasesPresenter(
            self.review, self.desk.desk, lambda: acting.name, self.clock.now_utc, "Lê Lợi · T2", Path.cwd
        )
        self.section = CasesSection(presenter, TimelineBox(self.review, "cases/timeline", _no_course))
        return (self.section,)

    def strip(self) -> StripView:
        return replace(strip(Environment.SANDBOX, person=HUONG), open_cases=self._count, unprinted=1)


def scenes(s: CasesOffice, camera: Camera, cases: tuple[CaseDetail, ...]) -> None:
    """Each case, the boxes, what is closed, and no case."""
    for detail in cases:
        s.section.presenter.choose(detail.view.key)
        s.run()
        camera.take(s.window, f"{detail.view.id:02d}-{detail.view.kind}")
        if detail.view.kind in ("by_hand", "undecidable", "pay_back") and len(detail.choices) > 2:
            for choice in detail.choices:
                if choice.offered and choice.kind in ("not_bought", "accept", "paid_back"):
                    s.section.act(choice.kind)
                    camera.take(s.window, f"box-{choice.kind}")
                    s.box.dismiss()
    for key, name in (("F4", "owner"), ("Ctrl+E", "support")):
        s.press(key)
        camera.take(s.window, f"box-{name}")
        s.box.dismiss()
    s.desk.close_by(cases[0].view.key, "Hương", "khách đã trả tiền mặt, phiếu thu 118")
    s.desk.close_by(cases[1].view.key, "Minh", "Got It xác nhận qua email, vé hỗ trợ 4471")
    s.section.act("switch")
    s.run()
    camera.take(s.window, "closed")
    s.desk.all.clear()
    s.section.act("switch")
    s.run()
    camera.take(s.window, "none")


def draw(camera: Camera) -> None:
    cases = details()
    s = CasesOffice(camera, cases)
    scenes(s, camera, cases)
    s.close()


if __name__ == "__main__":
    render(draw)
