"""Updates that a test decides: what is offered, what goes wrong, what stands in the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from pos.domain.errors import PosError
from pos.till.review.events import Job, Running
from pos.till.updates import Offer, UpdateView, Way
from pos.till.views import Message
from tests.ui.fake_review import FakeReview

OFFER = Offer(
    "0.2.0", "tarball", "quay-voucher-0.2.0-linux-x86_64.tar.xz", 56_300_000, "ab" * 32, "c" * 40, 8,
    "• Quét nhanh hơn khi khách đưa nhiều voucher liền nhau.\n"
    "• Chốt ngày: phiếu kiểm đếm in gọn trên giấy 58 mm.\n"
    "• Sửa lỗi: ngăn kéo không mở sau khi máy in hết giấy.",
    "• Scanning is faster when a customer hands over several vouchers.\n"
    "• Closing: the count sheet fits 58 mm paper.\n"
    "• Mended: the drawer stayed shut after the printer had run out of paper.",
)  # fmt: skip


class FakeUpdates:
    """Fits `pos.till.updates.UpdatePort`; `fault` is raised by the next act."""

    def __init__(self, source: Callable[[], str]) -> None:
        self._source = source
        self.newest: Offer | None = OFFER
        self.state = UpdateView("0.1.0 (tarball, 1a2b3c4d5e6f)", "", Way.FLIP)
        self.fault: PosError | None = None
        self.acts: list[tuple[str, str]] = []
        self.beside = True
        self.on_fetch: Callable[[Running | None], None] = lambda _: None

    def view(self) -> UpdateView:
        return replace(self.state, source=self._source())

    def look(self, actor: str) -> Offer | None:
        self._act("look", actor)
        self._now(offer=self.newest, refused=None, looked_utc=datetime(2026, 11, 30, 2, 5, tzinfo=UTC))
        return self.newest

    def fetch(self, actor: str, running: Running | None = None) -> Offer:
        self.on_fetch(running)
        self._act("fetch", actor)
        assert self.newest is not None
        self._now(offer=self.newest, staged=True, refused=None)
        return self.newest

    def schedule(self, actor: str, *, on: bool) -> None:
        self._act("schedule" if on else "unschedule", actor)
        self._now(scheduled_by=actor if on else "", at_end=False)

    def apply(self, actor: str) -> str:
        self._act("apply", actor)
        if not self.beside:
            self._now(at_end=True, scheduled_by="")
            return "0.2.0"
        self._now(offer=None, staged=False, scheduled_by="", applied="0.2.0", previous="")
        return "0.2.0"

    def back(self, actor: str) -> str:
        self._act("back", actor)
        return "0.0.9"

    def _act(self, what: str, actor: str) -> None:
        fault, self.fault = self.fault, None
        if fault is not None:
            self._now(refused=Message(fault.code, tuple(sorted(fault.params.items()))))
            raise fault
        self.acts.append((what, actor))

    def _now(self, **what: object) -> None:
        self.state = replace(self.state, **what)  # type: ignore[arg-type]


class FakeBeside:
    """Fits `pos.ui.manager.setup.updates.presenter.Beside`: the work waits until the test lets it run."""

    def __init__(self, review: FakeReview) -> None:
        self._review = review
        self.stopped = False

    def begin(self, key: str, job: Job) -> int:
        return self._review.change(key, job)

    def stop(self) -> None:
        self.stopped = True
