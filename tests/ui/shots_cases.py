"""Pictures of the cases: `python -m tests.ui.shots_cases OUT [vi|en] [1024|1920] [light|dark|contrast]`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from pos.domain.errors import SecurityError
from pos.till.ports import Person
from pos.till.review.cases_views import CaseDetail
from pos.till.review.day_views import RowKind
from pos.till.review.service import ReviewService
from pos.till.review.timeline_views import Timeline
from pos.till.views import Environment, SignedIn, StripChanged
from pos.ui.app import application, build_window
from pos.ui.config import Choices, UiConfig
from pos.ui.manager.cases.presenter import CasesPresenter
from pos.ui.manager.cases.section import CasesSection
from pos.ui.manager.page import Acting, ManagerPage
from pos.ui.manager.timeline.box import TimelineBox
from pos.ui.theme import ThemeName
from pos.ui.window import MainWindow
from tests.ui.fake_cases import FakeCases, details
from tests.ui.fake_review import FakeReview
from tests.ui.fake_till import HUONG, FakeTill, ManualClock, strip
from tests.ui.shots import SIZES, settle, shoot


def _nobody(pin: str) -> Person:
    raise SecurityError("pin.wrong", wait_s=0)


def _no_course(kind: RowKind, row_id: str) -> Timeline:
    raise AssertionError((kind, row_id))


def make(
    language: str, size: tuple[int, int], theme: ThemeName, cases: tuple[CaseDetail, ...]
) -> tuple[MainWindow, CasesSection, FakeCases]:
    """A window with the cases open."""
    clock, till, review, desk = ManualClock(), FakeTill(), FakeReview(at_once=False), FakeCases(cases)
    made: list[CasesSection] = []

    def sections(acting: Acting) -> tuple[CasesSection, ...]:
        presenter = CasesPresenter(review, desk.desk, lambda: acting.name, clock.now_utc, "Lê Lợi · T2", Path.cwd)
        made.append(CasesSection(presenter, TimelineBox(review, "cases/timeline", _no_course)))
        return tuple(made)

    page = ManagerPage(ReviewService(clock, lambda: 1), _nobody, sections)
    config = UiConfig(
        choices=Choices(language=language, theme=theme, volume_percent=0), store="03", till="2",
        environment=Environment.SANDBOX, mono_s=clock.mono_s, now_utc=clock.now_utc, size=size, maximised=False,
        pages=(page,),
    )  # fmt: skip
    window = build_window(till, config)
    review.subscribe(window.bridge.happened.emit)
    window.show()
    till.say(StripChanged(replace(strip(Environment.SANDBOX, person=HUONG), open_cases=len(cases), unprinted=1)))
    till.say(SignedIn(HUONG))
    settle(application())
    window._keyboard.press("F12")
    _run(review)
    return window, made[0], desk


def _run(review: FakeReview) -> None:
    for _ in range(4):
        settle(application())
        review.run()
    settle(application())


def main(argv: list[str]) -> int:
    """Render everything into a folder."""
    out, only = Path(argv[0]), set(argv[1:])
    out.mkdir(parents=True, exist_ok=True)
    cases = details()
    for language in ("vi", "en"):
        for size in SIZES:
            for theme in ThemeName:
                tags = {language, str(size[0]), theme.value}
                if only and not only <= tags:
                    continue
                tag = f"cases-{language}-{size[0]}-{theme}"
                window, section, desk = make(language, size, theme, cases)
                review = section.presenter._review
                assert isinstance(review, FakeReview)
                for detail in cases:
                    section.presenter.choose(detail.view.key)
                    _run(review)
                    shoot(window, out, f"{tag}-{detail.view.id:02d}-{detail.view.kind}")
                    if detail.view.kind in ("by_hand", "undecidable", "pay_back") and len(detail.choices) > 2:
                        for choice in detail.choices:
                            if choice.offered and choice.kind in ("not_bought", "accept", "paid_back"):
                                section.act(choice.kind)
                                shoot(window, out, f"{tag}-box-{choice.kind}")
                                if window._sheet is not None:
                                    window._sheet.dismiss()
                for key, name in (("F4", "owner"), ("Ctrl+E", "support")):
                    window._keyboard.press(key)
                    shoot(window, out, f"{tag}-box-{name}")
                    if window._sheet is not None:
                        window._sheet.dismiss()
                desk.close_by(cases[0].view.key, "Hương", "khách đã trả tiền mặt, phiếu thu 118")
                desk.close_by(cases[1].view.key, "Minh", "Got It xác nhận qua email, vé hỗ trợ 4471")
                section.act("switch")
                _run(review)
                shoot(window, out, f"{tag}-closed")
                desk.all.clear()
                section.act("switch")
                _run(review)
                shoot(window, out, f"{tag}-none")
                window.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
