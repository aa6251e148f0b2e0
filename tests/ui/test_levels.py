"""The levels section: a week at a glance, live, in words a manager can act on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pos.domain.business_date import local_date
from pos.domain.level_counts import Count
from pos.domain.levels import What, bucket_of
from pos.i18n import Translator
from pos.till.review.levels import LevelDesk
from pos.till.views import Message
from pos.ui.manager.levels.presenter import KEY, LevelsPresenter, seconds
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from tests.ui.fake_review import FakeReview
from tests.ui.shots_levels import LABELS, NOW, TODAY, Counted, a_week

VI = Translator("vi")


class Section:
    """A presenter over a week that was counted."""

    def __init__(self, counts: list[Count]) -> None:
        self.counts, self.review = counts, FakeReview()
        self.presenter = LevelsPresenter(LevelDesk(Counted(counts)), self.review, LABELS, lambda: local_date(NOW))
        self.review.listeners.append(lambda event: self.heard.append(self.presenter.take(event)))
        self.heard: list[bool] = []
        self.presenter.opened()
        self.review.run()

    def told(self, column: int) -> list[str]:
        self.presenter.choose(column)
        return [told.words for told in self.presenter.model(VI).told]


@pytest.fixture
def section() -> Section:
    return Section(a_week())


def test_each_day_says_whose_fault_it_was(section: Section) -> None:
    assert section.told(5) == ["Mọi nhà phát hành cùng mất liên lạc 36 phút: do đường mạng của cửa hàng. Gọi nhà mạng."]
    assert section.told(4)[0].startswith("Riêng VinID trả lời chậm")
    assert section.told(2)[0] == "Riêng Gotadi không gọi được 12 phút, nhà khác vẫn trả lời: lỗi phía Gotadi."
    assert section.told(6)[-1].startswith("Máy in:")
    assert section.told(3) == ["Không có gì bất thường: đường mạng, nhà phát hành và máy in đều ổn."]
    assert section.told(0) == ["Chưa đo được gì."]


def test_what_is_worth_a_look_has_a_shape_beside_its_colour(section: Section) -> None:
    for column in section.presenter.model(VI).columns:
        for cell in column.cells:
            assert (cell.tone is Tone.NEUTRAL) == (cell.shape is Shape.NONE)
            assert 0 <= cell.part <= 1


def test_today_is_live_while_it_is_looked_at_and_no_other_week(section: Section) -> None:
    before = section.presenter.model(VI).columns[6].cells[0].words
    section.counts += [Count(TODAY.isoformat(), 12, What.VERDICT, "gotit", bucket_of(9_000), 5_000)]
    section.review.journal_changed()
    section.review.run()
    assert section.presenter.model(VI).columns[6].cells[0].words != before
    section.presenter.go(-1)
    section.review.run()
    asked = len(section.review.asked)
    section.review.journal_changed()
    assert len(section.review.asked) == asked
    assert False in section.heard  # a change of the journal is everybody's


def test_weeks_go_back_and_never_beyond_today(section: Section) -> None:
    model = section.presenter.model(VI)
    assert not model.can_go_on
    assert model.columns[6].head == "Hôm nay"
    section.presenter.go(-1)
    section.review.run()
    earlier = section.presenter.model(VI)
    assert earlier.can_go_on
    assert earlier.columns[6].head_note == f"{TODAY - timedelta(days=7):%d/%m}"
    section.presenter.go(5)
    section.review.run()
    assert section.presenter.model(VI).columns[6].head == "Hôm nay"


def test_a_journal_in_trouble_is_said_beside_what_was_known(section: Section) -> None:
    section.review.faults[KEY] = Message("journal.damaged", (("what", "x"),))
    section.presenter.go(0)
    section.review.run()
    model = section.presenter.model(VI)
    assert model.note
    assert model.columns


def test_when_it_is_left_nothing_is_asked_any_more(section: Section) -> None:
    section.presenter.opened()
    section.presenter.closed()
    assert section.review.forgotten[-1] == KEY
    assert not section.review.watching


def test_seconds_are_written_as_the_shop_writes_them() -> None:
    assert [seconds(VI, ms) for ms in (8, 520, 2_100, 66_000)] == [
        "0,01\u00a0s",
        "0,52\u00a0s",
        "2,1\u00a0s",
        "66\u00a0s",
    ]
    assert seconds(Translator("en"), 2_100) == "2.1\u00a0s"
