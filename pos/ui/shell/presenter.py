"""What goes on around the screens: who is signed in, where a scan goes, which banners wait. Knows no widget."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum

from pos.i18n import Translator
from pos.till.ports import Person
from pos.till.views import Banner, BannerKind, ListsView, StripView
from pos.ui.signs import Sound
from pos.ui.theme import Tone
from pos.ui.words import provider_name, say_message

MOST_BANNERS = 20
GOOD_NEWS_S = 10.0
"""How long a banner stays that only says that all is well."""


class Screen(StrEnum):
    """The screens of the top bar, with their keys."""

    COUNTER = "counter"
    OPEN_BILLS = "open_bills"
    QUEUE = "queue"
    CASES = "cases"


SCREEN_KEYS: dict[Screen, str] = {
    Screen.COUNTER: "F1",
    Screen.OPEN_BILLS: "F10",
    Screen.QUEUE: "F11",
    Screen.CASES: "F12",
}


@dataclass(frozen=True, slots=True)
class BannerModel:
    """The banner on top: the newest, and how many wait behind it."""

    text: str
    tone: Tone
    bill_number: str | None


_TONES: dict[BannerKind, Tone] = {
    BannerKind.RESOLVED_USED: Tone.USABLE,
    BannerKind.RESOLVED_UNUSED: Tone.BRAND,
    BannerKind.RESOLVED_REFUSED: Tone.REFUSED,
    BannerKind.UNDECIDABLE: Tone.UNKNOWN,
    BannerKind.LOSS: Tone.REFUSED,
    BannerKind.LATE_EFFECT: Tone.REFUSED,
    BannerKind.QUEUE_EMPTY: Tone.USABLE,
    BannerKind.AFTER_RESTART: Tone.UNKNOWN,
    BannerKind.PRINT_DOUBTFUL: Tone.UNKNOWN,
    BannerKind.CLOCK: Tone.UNKNOWN,
    BannerKind.STORAGE: Tone.REFUSED,
}
_SOUNDS: dict[Tone, Sound] = {Tone.REFUSED: Sound.REFUSED, Tone.UNKNOWN: Sound.UNKNOWN, Tone.USABLE: Sound.NOTICE}


class ShellPresenter:
    """State of the window around the screens."""

    def __init__(self) -> None:
        self.person: Person | None = None
        self.screen = Screen.COUNTER
        self.strip: StripView | None = None
        self.lists = ListsView((), (), ())
        self._banners: deque[Banner] = deque(maxlen=MOST_BANNERS)
        self.hint = ""
        self._raised_mono_s = 0.0

    def refuse_scan(self, *, box_open: bool) -> str | None:
        """Why a scan cannot reach the counter now: the key of a hint, or None."""
        if self.person is None:
            return "hint.signed_out"
        return "hint.dialog" if box_open else None

    def raise_banner(self, banner: Banner, mono_s: float) -> Sound:
        """Put a banner on top; news of a bill replaces what was said of it before."""
        self._raised_mono_s = mono_s
        if banner.bill_number is not None:
            stale = [old for old in self._banners if old.bill_number == banner.bill_number]
            for old in stale:
                self._banners.remove(old)
        self._banners.append(banner)
        return _SOUNDS.get(_TONES[banner.kind], Sound.NOTICE)

    def expire(self, mono_s: float) -> bool:
        """Take good news that asks nothing away after a while; true if something went."""
        if mono_s - self._raised_mono_s < GOOD_NEWS_S:
            return False
        stale = [banner for banner in self._banners if banner.kind is BannerKind.QUEUE_EMPTY]
        for banner in stale:
            self._banners.remove(banner)
        return bool(stale)

    def dismiss_banner(self) -> Banner | None:
        """Take the top banner away."""
        return self._banners.pop() if self._banners else None

    def top_bill(self) -> str | None:
        """The bill of the top banner."""
        return self._banners[-1].bill_number if self._banners else None

    def forget_bill(self, bill_number: str) -> None:
        """The bill is on the counter: its banners have done their work."""
        for old in [banner for banner in self._banners if banner.bill_number == bill_number]:
            self._banners.remove(old)

    def banner(self, tr: Translator) -> BannerModel | None:
        """What the banner says now."""
        if self.hint:
            return BannerModel(tr.t(self.hint), Tone.UNKNOWN, None)
        if not self._banners:
            return None
        top = self._banners[-1]
        text = tr.t(
            f"banner.{top.kind}", bill=top.bill_number, amount_vnd=top.amount_vnd, provider=provider_name(tr, "gotit"),
        )  # fmt: skip
        if top.message is not None:
            said = say_message(tr, top.message)
            text = f"{said.what} {said.safe} {said.do}"
        if len(self._banners) > 1:
            text = f"{text} ({tr.t('banner.more', count=len(self._banners) - 1)})"
        return BannerModel(text, _TONES[top.kind], top.bill_number)

    def count_of(self, screen: Screen) -> int:
        """How many entries wait on a list screen."""
        if self.strip is None:
            return 0
        return {
            Screen.OPEN_BILLS: self.strip.open_bills,
            Screen.QUEUE: self.strip.queue_count,
            Screen.CASES: self.strip.open_cases,
        }.get(screen, 0)
