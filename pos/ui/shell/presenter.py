"""What goes on around the screens: who is signed in, where a scan goes, which banners wait. Knows no widget."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pos.i18n import Translator
from pos.till.ports import Person, PrintState
from pos.till.views import Banner, BannerKind, DeviceView, Link, ListsView, Message, StripView
from pos.ui.signs import Sound
from pos.ui.strip.presenter import device_word
from pos.ui.theme import Tone
from pos.ui.words import provider_name, say_message

if TYPE_CHECKING:
    from hardware.errors import PermissionHint

DEVICES = ("printer", "scanner")
MOST_BANNERS = 20
GOOD_NEWS_S = 10.0
"""How long a banner stays that only says that all is well."""


class Screen(StrEnum):
    """The screens, with their keys: those of the top bar, and the slips, which the strip opens."""

    COUNTER = "counter"
    SELL = "sell"
    BOOKING = "booking"
    OPEN_BILLS = "open_bills"
    QUEUE = "queue"
    MANAGER = "manager"
    SLIPS = "slips"


SCREEN_KEYS: dict[Screen, str] = {
    Screen.COUNTER: "F1",
    Screen.SELL: "F2",
    Screen.BOOKING: "F3",
    Screen.OPEN_BILLS: "F10",
    Screen.QUEUE: "F11",
    Screen.MANAGER: "F9",
    Screen.SLIPS: "Ctrl+S",
}
BAR_SCREENS = (Screen.COUNTER, Screen.SELL, Screen.BOOKING, Screen.OPEN_BILLS, Screen.QUEUE, Screen.MANAGER)
"""Those of the top bar; selling and bookings only where the shop has an issuer for them."""
PAGES = frozenset({Screen.SELL, Screen.BOOKING, Screen.MANAGER})
CASES_KEY = "F12"
"""Leads to the cases on the manager's page."""


@dataclass(frozen=True, slots=True)
class BannerModel:
    """The banner on top: the newest, and how many wait behind it.

    Args:
        opens: where its button leads, if it has one; `boxed`: it opens a box instead.
    """

    text: str
    tone: Tone
    opens: Screen | None = None
    boxed: bool = False


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
    BannerKind.SALE_READY: Tone.USABLE,
    BannerKind.SALE_PAY_BACK: Tone.REFUSED,
    BannerKind.SALE_CASE: Tone.UNKNOWN,
    BannerKind.BOOKING_ISSUED: Tone.USABLE,
    BannerKind.BOOKING_PAY_BACK: Tone.REFUSED,
    BannerKind.BOOKING_CASE: Tone.UNKNOWN,
    BannerKind.TAKEN_BACK: Tone.USABLE,
    BannerKind.NOT_TAKEN_BACK: Tone.UNKNOWN,
    BannerKind.NOTICE: Tone.REFUSED,
    BannerKind.READY: Tone.USABLE,
    BannerKind.NOT_READY: Tone.UNKNOWN,
}
_LEADS: dict[BannerKind, Screen] = {
    BannerKind.PRINT_DOUBTFUL: Screen.SLIPS,
    BannerKind.SALE_READY: Screen.SELL,
    BannerKind.SALE_PAY_BACK: Screen.SELL,
    BannerKind.SALE_CASE: Screen.SELL,
    BannerKind.BOOKING_ISSUED: Screen.BOOKING,
    BannerKind.BOOKING_PAY_BACK: Screen.BOOKING,
    BannerKind.BOOKING_CASE: Screen.BOOKING,
}
"""Where a banner leads; all others are of the counter's bills."""
_READINESS = (BannerKind.READY, BannerKind.NOT_READY)
_GOOD_NEWS = (BannerKind.QUEUE_EMPTY, BannerKind.READY)
_SOUNDS: dict[Tone, Sound] = {Tone.REFUSED: Sound.REFUSED, Tone.UNKNOWN: Sound.UNKNOWN, Tone.USABLE: Sound.NOTICE}


class ShellPresenter:
    """State of the window around the screens.

    Args:
        access: what a device of `DEVICES` lacks where the system refuses it.
    """

    def __init__(self, access: Mapping[str, PermissionHint] | None = None) -> None:
        self._access = access or {}
        self._refusals_waved: set[str] = set()
        self.person: Person | None = None
        self.screen = Screen.COUNTER
        self.strip: StripView | None = None
        self.lists = ListsView((), ())
        self._stop_waved = False
        self._banners: deque[Banner] = deque(maxlen=MOST_BANNERS)
        self.hint = ""
        self._raised_mono_s = 0.0

    def refuse_scan(self, *, box_open: bool) -> str | None:
        """Why a scan cannot reach the counter now: the key of a hint, or None."""
        if self.person is None:
            return "hint.signed_out"
        return "hint.dialog" if box_open else None

    def take_strip(self, strip: StripView) -> Sound | None:
        """A new state of the world; a sound if the printer has just stopped with slips waiting."""
        stopped = self._printer_stopped()
        self.strip = strip
        self._refusals_waved &= set(self._denied())
        if not self._printer_stopped():
            self._stop_waved = False
            return None
        return None if stopped else Sound.UNKNOWN

    def _printer_stopped(self) -> bool:
        strip = self.strip
        return strip is not None and strip.printer.link is Link.DOWN and strip.unprinted > strip.doubtful

    def take_lists(self, lists: ListsView) -> None:
        """New lists; what a person has said of a doubtful slip takes its banner away."""
        settled = _doubtful_bills(self.lists) - _doubtful_bills(lists)
        self.lists = lists
        self._forget([old for old in self._banners if _of_paper(old) and old.bill_number in settled])

    def raise_banner(self, banner: Banner, mono_s: float) -> Sound | None:
        """Put a banner on top; news of a bill or of its slip replaces what was said of that before.

        Good news that asks nothing is said in silence and below what waits already; that the till is ready, always.
        """
        self._raised_mono_s = mono_s
        if banner.bill_number is not None:
            number, of_paper = banner.bill_number, _of_paper(banner)
            self._forget([old for old in self._banners if old.bill_number == number and _of_paper(old) == of_paper])
        if banner.kind is BannerKind.NOTICE:  # told again at every sign-in
            self._forget([old for old in self._banners if old == banner])
        if banner.kind in _READINESS:
            self._forget([old for old in self._banners if old.kind in _READINESS])
        if banner.kind is BannerKind.READY or (banner.kind in _GOOD_NEWS and self._banners):
            self._banners.appendleft(banner)
            return None
        self._banners.append(banner)
        return _SOUNDS.get(_TONES[banner.kind], Sound.NOTICE)

    def expire(self, mono_s: float) -> bool:
        """Take good news that asks nothing away after a while; true if something went."""
        if mono_s - self._raised_mono_s < GOOD_NEWS_S:
            return False
        stale = [banner for banner in self._banners if banner.kind in _GOOD_NEWS]
        self._forget(stale)
        return bool(stale)

    def dismiss_banner(self) -> str | None:
        """Take the top banner away; that of a stopped printer comes back when it stops anew.

        Returns:
            The code of a notice that was waved away.
        """
        if self._banners:
            gone = self._banners.pop()
            return gone.message.code if gone.kind is BannerKind.NOTICE and gone.message else None
        if self._stop_stands():
            self._stop_waved = True
        else:
            self._refusals_waved.update(self._refused_devices()[:1])
        return None

    def top_bill(self) -> str | None:
        """The bill of the top banner."""
        return self._banners[-1].bill_number if self._banners else None

    def forget_bill(self, bill_number: str) -> None:
        """The bill is on the counter: its banners have done their work, but for a doubtful slip's."""
        self._forget([old for old in self._banners if old.bill_number == bill_number and not _of_paper(old)])

    def _forget(self, banners: list[Banner]) -> None:
        for banner in banners:
            self._banners.remove(banner)

    def banner(self, tr: Translator) -> BannerModel | None:
        """What the banner says now."""
        if self.hint:
            return BannerModel(tr.t(self.hint), Tone.UNKNOWN)
        if not self._banners:
            return self._stop_banner(tr) or self._refusal_banner(tr)
        top = self._banners[-1]
        text = tr.t(
            f"banner.{top.kind}", bill=top.bill_number, amount_vnd=top.amount_vnd, provider=provider_name(tr, "gotit"),
        )  # fmt: skip
        if top.message is not None:
            said = say_message(tr, _with_labels(tr, top.message))
            text = f"{said.what} {said.safe} {said.do}"
        if len(self._banners) > 1:
            text = f"{text} ({tr.t('banner.more', count=len(self._banners) - 1)})"
        if top.kind is BannerKind.NOT_READY:
            return BannerModel(text, _TONES[top.kind], boxed=True)
        leads = self._slips() if _of_paper(top) else _LEADS.get(top.kind, Screen.COUNTER)
        return BannerModel(text, _TONES[top.kind], leads if top.bill_number is not None else None)

    def _slips(self) -> Screen | None:
        """Where a banner about slips leads: nowhere while their list is in sight."""
        return None if self.screen is Screen.SLIPS else Screen.SLIPS

    def _stop_banner(self, tr: Translator) -> BannerModel | None:
        """It stands as long as the printer does and slips wait, unless it was waved away."""
        strip = self.strip
        if strip is None or not self._stop_stands():
            return None
        key = f"banner.printer.{_word(strip.printer)}"
        count, hint = strip.unprinted - strip.doubtful, self.access(tr, "printer")
        text = tr.t(key if tr.has(key) else "banner.printer", count=count, hint=hint)
        return BannerModel(text, Tone.UNKNOWN, self._slips())

    def _stop_stands(self) -> bool:
        return self._printer_stopped() and not self._stop_waved

    def _refusal_banner(self, tr: Translator) -> BannerModel | None:
        """A device that the system refuses heals by no waiting: it is said before the first sale, until waved away."""
        for name in self._refused_devices():
            return BannerModel(tr.t(f"banner.access.{name}", hint=self.access(tr, name)), Tone.UNKNOWN)
        return None

    def _refused_devices(self) -> list[str]:
        """Those nobody has waved away yet."""
        return [name for name in self._denied() if name not in self._refusals_waved]

    def _denied(self) -> list[str]:
        return [name for name in DEVICES if (view := self._device(name)) and _word(view) == "permission_denied"]

    def _device(self, name: str) -> DeviceView | None:
        if self.strip is None:
            return None
        return self.strip.printer if name == "printer" else self.strip.scanner

    def access(self, tr: Translator, name: str) -> str:
        """What this user lacks to use the device, and what mends it; only meant where the system refuses it."""
        hint = self._access.get(name)
        return tr.t(hint.code, **hint.params) if hint else tr.t("device.hint.other")

    def trouble(self, tr: Translator, name: str) -> str:
        """Why a device of `DEVICES` cannot be used at this moment; empty if it can."""
        view = self._device(name)
        if view is None or view.link is not Link.DOWN:
            return ""
        text, word = tr.t(f"device.trouble.{name}", why=device_word(tr, view)), _word(view)
        if word == "permission_denied":
            return f"{text} {self.access(tr, name)}"
        code = next((code for code in (f"device.{word}", f"printer.{word}") if tr.has(f"message.{code}.do")), "")
        return f"{text} {tr.message(code).do}" if code else text

    def count_of(self, screen: Screen) -> int:
        """How many entries wait on a list screen."""
        if self.strip is None:
            return 0
        return {
            Screen.OPEN_BILLS: self.strip.open_bills,
            Screen.QUEUE: self.strip.queue_count,
            Screen.MANAGER: self.strip.open_cases,
        }.get(screen, 0)


def _with_labels(tr: Translator, message: Message) -> Message:
    """Settings by the names that people know them by."""
    params = dict(message.params)
    keys = params.get("keys")
    if isinstance(keys, str):
        labels = {key: f"setting.{key}.label" for key in keys.rstrip("…").split(", ")}
        for key, label in labels.items():
            keys = keys.replace(key, tr.t(label)) if tr.has(label) else keys
        params["keys"] = keys
    return Message(message.code, tuple(params.items()))


def _word(view: DeviceView) -> str:
    """Its state without what it is of: `device.not_found` and `not_found` are one."""
    return view.word.rpartition(".")[2]


def _of_paper(banner: Banner) -> bool:
    return banner.kind is BannerKind.PRINT_DOUBTFUL


def _doubtful_bills(lists: ListsView) -> set[str]:
    return {row.bill_number for row in lists.slips if row.state is PrintState.DOUBTFUL}
