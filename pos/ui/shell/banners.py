"""News and hints above the screens: raised, opened, waved away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from pos.till.views import Banner, BannerKind, BannerRaised
from pos.ui.readiness.sheet import ReadinessSheet
from pos.ui.readiness.watch import ReadinessFound
from pos.ui.shell.presenter import PAGES, Screen
from pos.ui.signs import Sound

if TYPE_CHECKING:
    from pos.checkup.findings import Finding
    from pos.ui.window import MainWindow


class Banners(QObject):
    """Raises them with their sound and does what is pressed on them; `ShellPresenter` keeps them and finds the words.

    Args:
        window: above whose screens.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._red: tuple[Finding, ...] = ()

    def take(self, event: BannerRaised) -> None:
        """The till has news."""
        self.raise_banner(event.banner)

    def take_readiness(self, event: ReadinessFound) -> None:
        """She may be selling already: a line above the bill, never a box over it."""
        if event.person == self._window.shell.person:
            self._red = event.red
            self.raise_banner(event.banner)

    @Slot(object)
    def take_told(self, banner: object) -> None:
        """News of a page; while it is open it says them itself."""
        if isinstance(banner, Banner):
            self.raise_banner(banner)

    def raise_banner(self, banner: Banner) -> None:
        """Put it on top, unless the counter shows it."""
        window = self._window
        number, of_paper = banner.bill_number, banner.kind is BannerKind.PRINT_DOUBTFUL
        if number is not None and not of_paper and self.counter_shows(number):
            return  # the panel says it already, but never how a slip came out
        window.player.hear(window.shell.raise_banner(banner, window.config.mono_s()))
        window.screens.show_banner()

    def counter_shows(self, bill_number: str) -> bool:
        """Whether this bill is in sight at the counter."""
        counter, view = self._window.counter, self._window.counter.view
        shown = view is not None and view.number == bill_number and view.key == counter.key
        return shown and self._window.screens.counter_in_sight

    def say_hint(self, hint: str | None, sound: Sound = Sound.REFUSED) -> None:
        """Say this, aloud, before every banner; None takes the hint away."""
        window = self._window
        window.shell.hint = hint or ""
        if hint:
            window.player.hear(sound)
        window.screens.show_banner()

    @Slot()
    def open(self) -> None:
        """Bring the top banner's bill to the counter, or go to the slips, or say in a box what is not ready."""
        window = self._window
        banner, number = window.shell.banner(window.screens.look.tr), window.shell.top_bill()
        if banner is None or window.shell.person is None:
            return
        if banner.boxed:
            self.dismiss()
            look, desk = window.box.room()
            window.box.open(ReadinessSheet(look, self._red, desk))
        elif banner.opens is Screen.SLIPS:
            window.navigation.open_slips()
        elif number is not None and banner.opens in PAGES:
            window.shell.forget_bill(number)
            window.pages.resume(banner.opens, number)
            window.navigation.open_screen(banner.opens)
        elif number is not None:
            window.navigation.resume(number)

    @Slot()
    def dismiss(self) -> None:
        """Take the hint or the top banner away."""
        window = self._window
        if window.shell.hint:
            window.shell.hint = ""
        elif window.shell.person is not None:  # what nobody has read yet is not waved away at a locked till
            notice = window.shell.dismiss_banner()
            if notice is not None:
                window.till.notice_seen(notice)
        window.screens.show_banner()
        window.box.focus_home()
