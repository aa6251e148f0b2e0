"""All that stands in the window: made anew for each look, drawn from what the presenters know."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from pos.i18n import Translator
from pos.till.views import Environment
from pos.ui.config import Choices, UiConfig
from pos.ui.counter.presenter import CounterPresenter
from pos.ui.counter.screen import CounterScreen
from pos.ui.look import Look, fitting, size_step
from pos.ui.page import PageScreen
from pos.ui.shell.bars import BannerBar, TopBar
from pos.ui.shell.frame import FRAME_PX, Area, Root, Stage
from pos.ui.shell.lists import ListDeck
from pos.ui.shell.pages import PageDeck
from pos.ui.shell.presenter import CASES_KEY, SCREEN_KEYS, Screen, ShellPresenter
from pos.ui.signin.hands import SignInHands
from pos.ui.signin.presenter import SignInPresenter
from pos.ui.signin.screen import SignInScreen
from pos.ui.strip.presenter import strip_model
from pos.ui.strip.screen import StatusStrip
from pos.ui.theme import THEMES
from pos.ui.widgets.list_screen import ListScreen

if TYPE_CHECKING:
    from collections.abc import Callable


class Screens(QObject):
    """Bars, the stage with every screen, the strip, and a panel beside them. Decides nothing.

    After `build` all of them are other objects: whoever listens to one connects anew.

    Args:
        window: what they stand in, and whose size they fit.
        config: names, clocks and the world until the till says it.
        shell, counter, signin, pages: what is drawn.

    Signals:
        switched(): another screen is in sight.
    """

    switched = Signal()

    def __init__(
        self,
        window: QMainWindow,
        config: UiConfig,
        *,
        shell: ShellPresenter,
        counter: CounterPresenter,
        signin: SignInPresenter,
        pages: PageDeck,
    ) -> None:
        super().__init__(window)
        self._window, self._config = window, config
        self._shell, self._counter, self._signin, self._pages = shell, counter, signin, pages
        self._step = 1.0
        self._side: Callable[[Look], QWidget] | None = None
        self._side_width = 0

    # ------------------------------------------------------------ building

    def build(self, choices: Choices) -> None:
        """Make all of them anew; what was typed at the counter stays. `refresh` draws them."""
        self._step = self._size_step()
        factor = self._step * choices.scale_percent / 100
        self.look = Look(THEMES[choices.theme], Translator(choices.language), factor)
        QApplication.setFont(self.look.font(16))
        QApplication.setPalette(self.look.palette())
        typed = self.counter_screen.entry.text() if hasattr(self, "counter_screen") else ""
        root = Root(self.look, self.environment)
        outer = QHBoxLayout(root)
        edge = FRAME_PX if self.environment is not Environment.PRODUCTION else 0
        outer.setContentsMargins(edge, edge, edge, edge)
        outer.setSpacing(0)
        self.desk = QWidget(root)  # boxes stand on it, and leave training's panel in reach
        column = QVBoxLayout(self.desk)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        outer.addWidget(self.desk, 1)
        self._build_bars(column)
        self._build_side(outer)
        self._window.setCentralWidget(root)
        self.counter_screen.entry.setText(typed)
        self._window.setWindowTitle(self._title())

    def _build_bars(self, column: QVBoxLayout) -> None:
        look = self.look
        bar_look = self.fitting(1000, 700)
        self.top = TopBar(bar_look, self._place(), self._pages.bar())
        self.banner_bar = BannerBar(look)
        self.stage = Stage()
        self._build_stage()
        self.strip = StatusStrip(bar_look, SCREEN_KEYS[Screen.SLIPS], CASES_KEY)
        for widget, stretch in ((self.top, 0), (self.banner_bar, 0), (Area(look, self.stage), 1), (self.strip, 0)):
            column.addWidget(widget, stretch)

    def _build_stage(self) -> None:
        look = self.look
        self.signin_screen = SignInScreen(look)
        SignInHands(self._signin, self.signin_screen, look.tr)
        self.counter_screen = CounterScreen(look)
        self.stage.addWidget(self.signin_screen)
        self.stage.addWidget(self.counter_screen)
        self.lists = ListDeck(look, self._shell, self._config)
        for widget in self.lists.screens.values():
            self.stage.addWidget(widget)
        self._pages.build(look)
        for page in self._pages.screens.values():
            self.stage.addWidget(page)

    def put_beside(self, make: Callable[[Look], QWidget], width_px: int) -> None:
        """From the next `build` on a panel of this width stands beside the till."""
        self._side, self._side_width = make, width_px

    def _build_side(self, outer: QHBoxLayout) -> None:
        if self._side is not None:
            panel = self._side(replace(self.look, factor=min(1.0, self.fitting(1000, 700).factor)))  # as wide as ever
            panel.setFixedWidth(self._side_width)
            outer.addWidget(panel)

    def fitting(self, design_width: int, design_height: int) -> Look:
        """The look, no larger than lets this much of the design stand in the window."""
        width = self._window.width() - self._side_width
        return fitting(self.look, width, self._window.height(), design_width, design_height)

    def outgrown(self) -> bool:
        """The window has another size by now, in which all would be drawn larger or smaller."""
        return self._size_step() != self._step

    def _size_step(self) -> float:
        """How large everything is drawn in the room beside the panel."""
        return size_step(self._window.width() - self._side_width, self._window.height())

    @property
    def environment(self) -> Environment:
        """The world the till is in."""
        return self._shell.strip.environment if self._shell.strip else self._config.environment

    def _place(self) -> str:
        return self.look.tr.t("app.place", store=self._config.store, till=self._config.till)

    def _title(self) -> str:
        parts = [self.look.tr.t("app.name"), self._place()]
        if self.environment is not Environment.PRODUCTION:
            parts.append(self.look.tr.t(f"env.{self.environment}.title"))
        return " – ".join(parts)

    # ------------------------------------------------------------ drawing

    def refresh(self) -> None:
        """Draw everything from the snapshots."""
        self.show_screen()
        self.show_counter()
        self.show_page()
        self.show_strip()
        self.show_banner()

    def show_screen(self) -> None:
        """Bring the screen that is wanted in sight: the sign-in while nobody is signed in."""
        signed_in = self._shell.person is not None
        screens = {screen: self._shell.count_of(screen) + self._pages.count_of(screen) for screen in Screen}
        self.top.show_state(self._shell.screen if signed_in else None, screens)
        wanted = self._wanted() if signed_in else self.signin_screen
        if not signed_in:
            self.signin_screen.show_model(self._signin.model(self.look.tr))
        self.show_lists()
        if self.stage.currentWidget() is not wanted:
            self.stage.setCurrentWidget(wanted)
            self.switched.emit()

    def _wanted(self) -> QWidget:
        screen = self._shell.screen
        return self._pages.screens.get(screen) or self.lists.screens.get(screen) or self.counter_screen

    def show_lists(self) -> None:
        """Draw the list that is open."""
        if self._shell.person is not None:
            self.lists.show(self._shell.screen)

    def show_page(self) -> None:
        """Draw the page that is open."""
        if self._shell.person is not None:
            self._pages.refresh(self._shell.screen)

    @Slot()
    def show_changed_page(self) -> None:
        """The same, and how many wait on each page."""
        self.show_screen()
        self.show_page()

    def show_counter(self) -> None:
        """Draw the bill, if it is in sight."""
        model = self._counter.model(self.look.tr)
        if model is not None and self.counter_in_sight:
            self.counter_screen.show_model(model)

    def show_strip(self) -> None:
        """Draw the state of the world."""
        if self._shell.strip is not None:
            now_utc, mono_s = self._config.now_utc(), self._config.mono_s()
            self.strip.show_model(strip_model(self.look.tr, self._shell.strip, now_utc=now_utc, mono_s=mono_s))

    def show_banner(self) -> None:
        """Draw the hint or the top banner, if there is one."""
        self.banner_bar.show_banner(self._shell.banner(self.look.tr))

    # ------------------------------------------------------------ in sight

    @property
    def counter_in_sight(self) -> bool:
        """Whether the counter is open."""
        return self.stage.currentWidget() is self.counter_screen

    @property
    def page_in_sight(self) -> PageScreen | None:
        """The page that is open; None on the counter, a list or the sign-in."""
        return self._pages.screens.get(self._shell.screen) if self._shell.person is not None else None

    def focus_home(self) -> None:
        """Put the keyboard where the next key belongs on the screen in sight."""
        current = self.stage.currentWidget()
        if isinstance(current, CounterScreen | SignInScreen | ListScreen | PageScreen):
            current.focus_home()
        elif current is not None:
            current.setFocus()
