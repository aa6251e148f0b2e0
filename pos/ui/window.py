"""The window: one event comes in, one screen is drawn. It routes keys, scans and till events, and decides nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from pos.domain.permissions import Action
from pos.i18n import Translator
from pos.till.commands import CounterTill
from pos.till.ports import Person
from pos.till.rights import may
from pos.till.views import (
    Banner,
    BannerKind,
    BannerRaised,
    BillChanged,
    BookingScanned,
    CommandFailed,
    DeviceView,
    DrawerOpened,
    Environment,
    Link,
    ListsChanged,
    Message,
    SignedIn,
    StripChanged,
    TakeBackEnded,
)
from pos.ui.bridge import Bridge
from pos.ui.config import Choices, UiConfig
from pos.ui.counter.boxes import CounterBoxes
from pos.ui.counter.manager_boxes import DONE, end_banner, end_message
from pos.ui.counter.model import ActionId
from pos.ui.counter.presenter import CounterPresenter, Effect
from pos.ui.counter.screen import CounterScreen
from pos.ui.desk_boxes import DeskBoxes
from pos.ui.drawer.sheet import DrawerSheet
from pos.ui.look import Look, fitting, size_step
from pos.ui.page import PageScreen
from pos.ui.readiness.sheet import ReadinessSheet
from pos.ui.readiness.watch import ReadinessFound
from pos.ui.settings.boxes import SettingsBoxes
from pos.ui.shell.bars import BannerBar, TopBar
from pos.ui.shell.frame import FRAME_PX, Area, Root, Stage
from pos.ui.shell.keyboard import Keyboard
from pos.ui.shell.lists import ListDeck
from pos.ui.shell.pages import PageDeck
from pos.ui.shell.presenter import CASES_KEY, PAGES, SCREEN_KEYS, Screen, ShellPresenter
from pos.ui.signin.hands import SignInHands
from pos.ui.signin.idle import IdleWatch
from pos.ui.signin.locking import HeldBox, forget_pins, holds_input
from pos.ui.signin.presenter import SignInPresenter
from pos.ui.signin.screen import SignInScreen
from pos.ui.signs import Sound
from pos.ui.sounds import Player
from pos.ui.strip.presenter import strip_model
from pos.ui.strip.screen import StatusStrip
from pos.ui.theme import THEMES
from pos.ui.wedge_filter import WedgeFilter
from pos.ui.widgets.list_screen import ListScreen
from pos.ui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Callable

    from pos.checkup.findings import Finding


TICK_MS = 250
SHEET, SETTINGS = (600, 600), (640, 660)
"""Design sizes in which every box has room."""


class MainWindow(QMainWindow):
    """The till's window; `till` takes commands and returns at once, events come from `bridge`.

    Signals:
        verdict_painted(str, str): bill key and phase, after the panel was really drawn (for measuring).
        closed(): the window is about to go.
    """

    verdict_painted = Signal(str, str)
    closed = Signal()

    def __init__(self, till: CounterTill, config: UiConfig, bridge: Bridge) -> None:
        super().__init__()
        self.till, self._config, self.bridge = till, config, bridge
        self.choices = config.choices
        self.shell = ShellPresenter(config.access)
        self.counter = CounterPresenter(till, config.mono_s)
        self.counter.takes_back = config.takes_back
        self.boxes = CounterBoxes(self.counter, till, self)
        self.boxes.bill_wanted.connect(self.resume)
        self.boxes.manager.box_wanted.connect(self._open_box)
        self.boxes.manager.heard.connect(self._on_box_refused)
        self.desk_boxes = DeskBoxes(till, self)
        self.desk_boxes.heard.connect(self._sound)
        self.settings_boxes = SettingsBoxes(config, self.shell, room=self._room, show=self._open, parent=self)
        self.settings_boxes.chosen.connect(self._on_choices)
        self.settings_boxes.heard.connect(self._sound)
        self.scanner_test = self.settings_boxes.scanner_test
        self.signin = SignInPresenter(till)
        self.pages = PageDeck(config.pages, self)
        self.counter.has_bookings = self.pages.has(Screen.BOOKING)
        self.pages.heard.connect(self._sound)
        self.pages.box_wanted.connect(self._open_box)
        self.pages.changed.connect(self._on_page_changed)
        self.pages.told.connect(self._on_told)
        self.pages.leads.connect(self._on_leads)
        self.pages.test_wanted.connect(self._on_test_wanted)
        self.pages.choices_wanted.connect(self._on_choices_wanted)
        self.player = Player(self.choices.volume_percent, parent=self)
        self._sheet: Sheet | None = None
        self._held = HeldBox()
        self._red: tuple[Finding, ...] = ()
        self._keyboard = Keyboard(self)
        self._step, self._ticks = 1.0, 0
        self._side: Callable[[Look], QWidget] | None = None
        self._side_width = 0
        self.resize(*config.size)
        self._connect(bridge)
        self._wedge = WedgeFilter(config.wedge, self) if config.wedge is not None else None
        if self._wedge is not None:
            self._wedge.scan.connect(self.take_scan)
            self._wedge.dropped.connect(self._on_scan_dropped)
            self._wedge.install()
        self._idle = IdleWatch(config.mono_s, config.lock_after_s, self._must_be_seen, self)
        self._idle.idle.connect(self._on_idle)
        self._idle.install()
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus)
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._on_tick)
        self._build()
        self._tick.start()

    # ------------------------------------------------------------ building

    def _connect(self, bridge: Bridge) -> None:
        queued = Qt.ConnectionType.QueuedConnection
        bridge.happened.connect(self._on_event, queued)
        bridge.scan.connect(self.take_scan, queued)
        bridge.scan_dropped.connect(self._on_scan_dropped, queued)
        bridge.reading.connect(self.scanner_test.take_reading, queued)
        bridge.printer_test.connect(self.settings_boxes.take_printed, queued)
        bridge.device.connect(self._on_device, queued)

    def _build(self) -> None:
        """Make every screen anew for the current look, from the same snapshots."""
        choices = self.choices
        self._step = self._size_step()
        factor = self._step * choices.scale_percent / 100
        self.look = Look(THEMES[choices.theme], Translator(choices.language), factor)
        QApplication.setFont(self.look.font(16))
        QApplication.setPalette(self.look.palette())
        typed = self.counter_screen.entry.text() if hasattr(self, "counter_screen") else ""
        self._sheet = None
        self._held.forget()
        self.settings_boxes.end()  # its box goes with the old screens
        self.boxes.manager.end()
        root = Root(self.look, self._environment)
        outer = QHBoxLayout(root)
        edge = FRAME_PX if self._environment is not Environment.PRODUCTION else 0
        outer.setContentsMargins(edge, edge, edge, edge)
        outer.setSpacing(0)
        self._desk = QWidget(root)  # boxes stand on it, and leave training's panel in reach
        column = QVBoxLayout(self._desk)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        outer.addWidget(self._desk, 1)
        self._build_bars(column)
        self._build_side(outer)
        self.setCentralWidget(root)
        self.counter_screen.entry.setText(typed)
        self.setWindowTitle(self._title())
        self.refresh()

    def _build_bars(self, column: QVBoxLayout) -> None:
        look = self.look
        bar_look = self._fitting(1000, 700)
        self.top = TopBar(bar_look, self._place(), self.pages.bar())
        self.top.screen_chosen.connect(self.open_screen)
        self.top.settings_wanted.connect(self.open_settings)
        self.top.lock_wanted.connect(self.lock)
        self.banner_bar = BannerBar(look)
        self.banner_bar.open_wanted.connect(self.open_banner)
        self.banner_bar.dismissed.connect(self.dismiss_banner)
        self.stage = Stage()
        self._build_screens()
        self.strip = StatusStrip(bar_look, SCREEN_KEYS[Screen.SLIPS], CASES_KEY)
        self.strip.cases_wanted.connect(self.open_cases)
        self.strip.slips_wanted.connect(self.open_slips)
        for widget, stretch in ((self.top, 0), (self.banner_bar, 0), (Area(look, self.stage), 1), (self.strip, 0)):
            column.addWidget(widget, stretch)

    def _build_screens(self) -> None:
        look = self.look
        self.signin_screen = SignInScreen(look)
        SignInHands(self.signin, self.signin_screen, look.tr)
        self.counter_screen = CounterScreen(look)
        screen = self.counter_screen
        screen.acted.connect(self.act)
        screen.typed.connect(self.take_typed)
        screen.selected.connect(self._on_selected)
        screen.declared.connect(self._on_declared)
        screen.pin_given.connect(self._on_manager_pin)
        screen.was_painted.connect(self._on_painted)
        self.stage.addWidget(self.signin_screen)
        self.stage.addWidget(self.counter_screen)
        self.lists = ListDeck(look, self.shell, self._config)
        self.lists.bill_wanted.connect(self.resume)
        self.lists.settle_wanted.connect(self.settle_now)
        self.lists.slip_wanted.connect(self.open_slip)
        self.lists.print_wanted.connect(self.desk_boxes.print_now)
        for widget in self.lists.screens.values():
            self.stage.addWidget(widget)
        self.pages.build(look)
        for page in self.pages.screens.values():
            self.stage.addWidget(page)

    def _show_lists(self) -> None:
        if self.shell.person is not None:
            self.lists.show(self.shell.screen)

    def _fitting(self, design_width: int, design_height: int) -> Look:
        """The look, no larger than lets this much of the design stand in the window."""
        return fitting(self.look, self.width() - self._side_width, self.height(), design_width, design_height)

    def _size_step(self) -> float:
        """How large everything is drawn in the room beside the panel."""
        return size_step(self.width() - self._side_width, self.height())

    def _build_side(self, outer: QHBoxLayout) -> None:
        if self._side is not None:
            panel = self._side(replace(self.look, factor=min(1.0, self._fitting(1000, 700).factor)))  # as wide as ever
            panel.setFixedWidth(self._side_width)
            outer.addWidget(panel)

    def set_side(self, make: Callable[[Look], QWidget], width_px: int) -> None:
        """Put a panel beside the till (training mode); the window grows by its width, but not beyond the screen."""
        self._side, self._side_width = make, width_px
        room, wanted = self.screen().availableGeometry().width(), self.width() + width_px
        self.resize(room if self.width() <= room < wanted else wanted, self.height())
        self._build()

    @property
    def _environment(self) -> Environment:
        return self.shell.strip.environment if self.shell.strip else self._config.environment

    def _place(self) -> str:
        return self.look.tr.t("app.place", store=self._config.store, till=self._config.till)

    def _title(self) -> str:
        parts = [self.look.tr.t("app.name"), self._place()]
        if self._environment is not Environment.PRODUCTION:
            parts.append(self.look.tr.t(f"env.{self._environment}.title"))
        return " – ".join(parts)

    # ------------------------------------------------------------ drawing

    def refresh(self) -> None:
        """Draw everything from the snapshots."""
        self._show_screen()
        self._show_counter()
        self._show_page()
        self._show_strip()
        self._show_banner()

    def _show_screen(self) -> None:
        signed_in = self.shell.person is not None
        screens = {screen: self.shell.count_of(screen) + self.pages.count_of(screen) for screen in Screen}
        self.top.show_state(self.shell.screen if signed_in else None, screens)
        wanted = self._stage_widget() if signed_in else self.signin_screen
        if not signed_in:
            self.signin_screen.show_model(self.signin.model(self.look.tr))
        self._show_lists()
        if self.stage.currentWidget() is not wanted:
            self.stage.setCurrentWidget(wanted)
            self.focus_home()

    def _stage_widget(self) -> QWidget:
        screen = self.shell.screen
        return self.pages.screens.get(screen) or self.lists.screens.get(screen) or self.counter_screen

    @property
    def page_in_sight(self) -> PageScreen | None:
        """The page that is open; None on the counter, a list or the sign-in."""
        return self.pages.screens.get(self.shell.screen) if self.shell.person is not None else None

    def _show_page(self) -> None:
        if self.shell.person is not None:
            self.pages.refresh(self.shell.screen)

    def _show_counter(self) -> None:
        model = self.counter.model(self.look.tr)
        if model is not None and self.stage.currentWidget() is self.counter_screen:
            self.counter_screen.show_model(model)

    def _show_strip(self) -> None:
        if self.shell.strip is not None:
            now_utc, mono_s = self._config.now_utc(), self._config.mono_s()
            self.strip.show_model(strip_model(self.look.tr, self.shell.strip, now_utc=now_utc, mono_s=mono_s))

    def _show_banner(self) -> None:
        self.banner_bar.show_banner(self.shell.banner(self.look.tr))

    def focus_home(self) -> None:
        """Put the keyboard where the next key belongs."""
        if self._sheet is not None:
            self._sheet.focus_home()
            return
        current = self.stage.currentWidget()
        if isinstance(current, CounterScreen | SignInScreen | ListScreen | PageScreen):
            current.focus_home()
        elif current is not None:
            current.setFocus()

    # ------------------------------------------------------------ events from the till

    @Slot(object)
    def _on_event(self, event: object) -> None:
        if self.pages.take_event(event):
            self._on_page_changed()
            return
        handler = self._handlers().get(type(event))
        if handler is not None:
            handler(event)

    def _handlers(self) -> dict[type, Callable[..., None]]:
        return {
            BillChanged: self._on_bill,
            StripChanged: self._on_strip,
            ListsChanged: self._on_lists,
            BannerRaised: self._on_banner,
            SignedIn: self._on_signed_in,
            CommandFailed: self._on_failed,
            DrawerOpened: self._on_drawer_opened,
            BookingScanned: self._on_booking_scanned,
            TakeBackEnded: self._on_take_back_ended,
            ReadinessFound: self._on_readiness,
        }

    def _on_bill(self, event: BillChanged) -> None:
        sound = self.counter.on_bill(event.view)
        self.boxes.manager.take_bill(event.view)
        if self.shell.person is None and sound is not None and event.view.key == self.counter.key:
            self._say_hint("hint.result_waits", sound)  # seen first thing by whoever signs in next
            return
        if event.view.key == self.counter.key:
            self.shell.forget_bill(event.view.number)
            self._show_counter()
            self._show_banner()
        self._sound(sound)

    def _on_strip(self, event: StripChanged) -> None:
        before = self._environment
        self._sound(self.shell.take_strip(event.view))
        self.counter.has_drawer = event.view.printer.link is not Link.OFF
        if event.view.environment is not before:
            self._build()
            return
        self.refresh()
        self.settings_boxes.take_devices()

    def _on_lists(self, event: ListsChanged) -> None:
        self.shell.take_lists(event.view)
        self.desk_boxes.take_lists(event.view, self._box)
        self._show_screen()
        self._show_banner()

    def _on_banner(self, event: BannerRaised) -> None:
        number, of_paper = event.banner.bill_number, event.banner.kind is BannerKind.PRINT_DOUBTFUL
        if number is not None and not of_paper and self._shows(number):
            return  # the panel says it already, but never how a slip came out
        self._sound(self.shell.raise_banner(event.banner, self._config.mono_s()))
        self._show_banner()

    def _shows(self, bill_number: str) -> bool:
        view = self.counter.view
        shown = view is not None and view.number == bill_number and view.key == self.counter.key
        return shown and self.stage.currentWidget() is self.counter_screen

    def _on_signed_in(self, event: SignedIn) -> None:
        person = event.person
        if person is None:
            self._shut()
            return
        before, self.shell.person = self.shell.person, person
        if not self._goes_on(person, before):
            self.shell.screen = Screen.COUNTER
        self.pages.signed_in(person)
        self.signin.came_in(person)
        self.shell.hint = ""
        self.counter.start()
        self._idle.touched()
        self.refresh()
        if self._config.readiness is not None and self.shell.strip is not None:
            self._config.readiness.signed_in(person, self.shell.strip.business_date)
        sheet = self._held.take_back(person)
        if sheet is not None:
            self._open(sheet)
        self.focus_home()

    def _goes_on(self, person: Person, before: Person | None) -> bool:
        """She goes on where she was: she has come back, or has taken the shift over on her own page."""
        back = self.signin.is_back(person)
        if self.shell.screen is Screen.MANAGER:
            return (back or before is not None) and may(Action.SEE_DAY, person)
        return back

    def _shut(self) -> None:
        """Nobody is signed in: nothing of the till can be seen or reached but the sign-in."""
        person, sheet = self.shell.person, self._sheet
        self.shell.person, self.shell.hint = None, ""
        if sheet is not None:
            # A box on the manager's page is hers who gave her PIN at its gate, not the cashier's who is signed in.
            hers = self.shell.screen is not Screen.MANAGER or may(Action.SEE_DAY, person)
            if person is not None and hers and holds_input(sheet):
                self._sheet = None
                self._held.put_by(sheet, person)
            else:
                sheet.dismiss()
        forget_pins(self)
        self.pages.signed_in(None)
        self.signin.refresh()
        self.refresh()
        self.focus_home()

    def _on_failed(self, event: CommandFailed) -> None:
        if event.command == "sign_in":
            self.signin.failed(event.message)
            self._sound(Sound.REFUSED)
            self._show_screen()
            return
        if self.desk_boxes.take_failure(event.command, event.message, self._box):
            return
        if self.boxes.manager.take_failure(self.look, event.message):
            return
        if event.command == "resume_bill":
            self.counter.on_missing()
        if (
            event.command == "resume_bill" or self.shell.screen is not Screen.COUNTER
        ):  # the counter's panel is not in sight
            self._on_banner(BannerRaised(Banner(BannerKind.STORAGE, message=event.message)))
            return
        self._sound(self.counter.on_failed(event.message))
        self._show_counter()

    def _on_drawer_opened(self, event: DrawerOpened) -> None:
        del event
        if isinstance(self._box, DrawerSheet):
            self._box.dismiss()

    def _on_booking_scanned(self, event: BookingScanned) -> None:
        """The bill at the counter stays; its number is looked up where bookings are paid."""
        if event.key != self.counter.key or self.shell.person is None:
            return
        if self.pages.has(Screen.BOOKING) and not self.box_open:
            self.open_screen(Screen.BOOKING)
            self.pages.take_scan(Screen.BOOKING, event.number)
            self._show_page()
        else:
            code = "scan.is_booking" if self.pages.has(Screen.BOOKING) else "scan.no_bookings"
            self._sound(self.counter.on_failed(Message(code, (("number", event.number),))))
            self._show_counter()

    def _on_take_back_ended(self, event: TakeBackEnded) -> None:
        self.boxes.manager.take_end(event)
        if not self._shows(event.bill_number):
            self._on_banner(BannerRaised(end_banner(event)))
        elif event.end == DONE:
            self._sound(Sound.NOTICE)  # the panel says it
        else:
            self._sound(self.counter.on_failed(end_message(event)))
            self._show_counter()

    def _on_readiness(self, event: ReadinessFound) -> None:
        """She may be selling already: a line above the bill, never a box over it."""
        if event.person == self.shell.person:
            self._red = event.red
            self._on_banner(BannerRaised(event.banner))

    @Slot()
    def _on_box_refused(self) -> None:
        self._sound(Sound.REFUSED)

    @Slot(str, object)
    def _on_device(self, name: str, view: object) -> None:
        if self.shell.strip is None or not isinstance(view, DeviceView):
            return
        if name == "printer":
            self._on_strip(StripChanged(replace(self.shell.strip, printer=view)))
        elif name == "scanner":
            self._on_strip(StripChanged(replace(self.shell.strip, scanner=view)))

    # ------------------------------------------------------------ scans

    @Slot(str)
    def take_scan(self, text: str) -> None:
        """One scan, from whatever scanner: to the current bill, or refused so that it is noticed."""
        self._idle.touched()
        if self.scanner_test.take_scan(text):
            return
        refusal = self.shell.refuse_scan(box_open=self.box_open)
        if refusal is None and self.pages.take_scan(self.shell.screen, text):
            self._say_hint(None)
            self._show_page()
            return
        if refusal is None:
            if self.shell.screen is not Screen.COUNTER:
                self.open_screen(Screen.COUNTER)
            refusal = self.counter.scan(text)
        self._say_hint(refusal)
        if refusal is None:
            self._show_counter()
            self.counter_screen.focus_home()

    @Slot(str)
    def take_typed(self, text: str) -> None:
        """A code typed by hand is treated as a scan."""
        self.take_scan(text)

    @Slot(str)
    def _on_scan_dropped(self, why: str) -> None:
        if self.scanner_test.take_dropped(why):
            return
        if why != "repeated":
            self._say_hint(f"hint.{why}")
        elif self.shell.hint:  # says why the first one was not taken, which is what matters
            self._sound(Sound.REPEATED)
        else:
            self._say_hint("hint.repeated", Sound.REPEATED)

    def _say_hint(self, hint: str | None, sound: Sound = Sound.REFUSED) -> None:
        self.shell.hint = hint or ""
        if hint:
            self._sound(sound)
        self._show_banner()

    # ------------------------------------------------------------ what the cashier does

    @Slot(object)
    def act(self, action: object) -> None:
        """An action of the counter."""
        if not isinstance(action, ActionId):
            return
        self.shell.hint = ""
        effect = self.counter.act(action)
        self._show_counter()
        self._show_banner()
        box = self.boxes.box_for(effect, self._fitting(*SHEET), self._desk)
        if box is not None:
            self._open(box)
        elif effect is Effect.OPEN_DRAWER:
            self._open(self.desk_boxes.drawer(self._fitting(*SHEET), self._desk))
        elif effect is Effect.FOCUS_ENTRY:
            self.counter_screen.focus_home()

    @property
    def box_open(self) -> bool:
        """Whether a box covers the screen: keys and scans are its own."""
        return self._sheet is not None

    @property
    def _box(self) -> Sheet | None:
        """The box that is open, or waits behind the lock."""
        return self._sheet or self._held.sheet

    def _room(self) -> tuple[Look, QWidget]:
        return self._fitting(*SETTINGS), self._desk

    def _open(self, sheet: Sheet) -> None:
        if self._sheet is not None:
            self._sheet.dismiss()
        self._sheet = sheet
        sheet.closed.connect(self._on_sheet_closed)
        sheet.show()
        sheet.raise_()
        sheet.focus_home()

    @Slot(object)
    def _on_told(self, banner: object) -> None:
        """News of a page; while it is open it says them itself."""
        if isinstance(banner, Banner):
            self._on_banner(BannerRaised(banner))

    @Slot(object, str)
    def _on_leads(self, screen: object, bill_number: str) -> None:
        """A page sends her to what stands on a bill elsewhere."""
        if screen is Screen.COUNTER:
            self.resume(bill_number)
        elif isinstance(screen, Screen):
            self.pages.resume(screen, bill_number)
            self.open_screen(screen)

    @Slot()
    def _on_page_changed(self) -> None:
        self._show_screen()
        self._show_page()

    @Slot(object)
    def _open_box(self, make: Callable[[Look, QWidget], Sheet]) -> None:
        """A box that a page wants."""
        self._open(make(self._fitting(*SHEET), self._desk))

    @Slot(QWidget, QWidget)
    def _on_focus(self, old: QWidget | None, now: QWidget | None) -> None:
        """While a box is open the keyboard is its own: a screen drawn anew below it must not catch a PIN."""
        sheet = self._sheet
        if sheet is None or now is None or sheet.isAncestorOf(now) or not self._desk.isAncestorOf(now):
            return
        if old is not None and sheet.isAncestorOf(old) and old.isVisible():
            old.setFocus()
        elif now is not sheet:
            sheet.focus_home()

    @Slot()
    def _on_sheet_closed(self) -> None:
        if self.sender() is self._held.sheet:
            self._held.forget()
        if self.sender() is self._sheet:
            self._sheet = None
            self.focus_home()

    @Slot(str)
    def _on_selected(self, line_id: str) -> None:
        self.counter.select(line_id)
        self._show_counter()

    @Slot(str)
    def _on_declared(self, digits: str) -> None:
        self.counter.declare(int(digits or "0"))
        self._show_counter()

    @Slot(str)
    def _on_manager_pin(self, pin: str) -> None:
        self.counter.give_pin(pin)
        self._show_counter()

    @Slot()
    def _on_painted(self) -> None:
        view = self.counter.view
        if view is not None:
            self.counter.painted()
            self.verdict_painted.emit(view.key, view.phase.value)

    @Slot(object)
    def open_screen(self, screen: object) -> None:
        """Go to a screen of the top bar."""
        if isinstance(screen, Screen) and self.shell.person is not None and self.pages.has(screen):
            self.shell.screen = screen
            self._show_screen()
            self._show_counter()
            self._show_page()
            self._show_banner()
            self.focus_home()

    @Slot()
    def open_cases(self) -> None:
        """Go to what needs a manager."""
        self.pages.resume(Screen.MANAGER, "cases")
        self.open_screen(Screen.MANAGER)

    @Slot()
    def open_slips(self) -> None:
        """Go to the slips that are not on paper for sure."""
        self.open_screen(Screen.SLIPS)

    @Slot(str)
    def open_slip(self, job_id: str) -> None:
        """Ask about one of them."""
        sheet = self.desk_boxes.slip(job_id, self.shell.lists, self._fitting(*SHEET), self._desk)
        if sheet is not None:
            self._open(sheet)

    @Slot()
    def open_settings(self) -> None:
        """Language, colours, size, sound, the tests of the devices."""
        self.settings_boxes.open(self.choices)

    @Slot(object)
    def _on_choices(self, choices: object) -> None:
        if isinstance(choices, Choices):
            self.choose(choices)
            self.open_settings()
            self._sound(Sound.USABLE)

    @Slot(object)
    def _on_choices_wanted(self, choices: object) -> None:
        """From the set-up: as from the settings box, but without it."""
        if isinstance(choices, Choices) and choices != self.choices:
            self.choose(choices)

    @Slot(str)
    def _on_test_wanted(self, device: str) -> None:
        if device == "drawer":
            self._open(self.desk_boxes.drawer(self._fitting(*SHEET), self._desk))
        elif device == "printer":
            self.settings_boxes.test_printer()
        else:
            self.settings_boxes.test_scanner()

    @Slot()
    def settle_now(self) -> None:
        """Send the queue now."""
        self.till.settle_now()

    @Slot()
    def lock(self) -> None:
        """End the cashier's turn; shut at once, whatever the till is waiting for."""
        self._lock(idle=False)

    @Slot()
    def _on_idle(self) -> None:
        self._lock(idle=True)

    def _lock(self, *, idle: bool) -> None:
        person = self.shell.person
        if person is not None:
            self.signin.went(person)
            self._shut()
            self.till.sign_out(idle=idle)

    def _must_be_seen(self) -> bool:
        """Between a customer's confirmed voucher or money and the word of how it ended nobody is shut out."""
        on_counter = self.stage.currentWidget() is self.counter_screen
        return self.counter.calling or self.pages.calling() or (on_counter and self.counter.unpainted)

    @Slot()
    def open_banner(self) -> None:
        """Bring the banner's bill to the counter, or go to the slips."""
        banner, number = self.shell.banner(self.look.tr), self.shell.top_bill()
        if banner is None or self.shell.person is None:
            return
        if banner.boxed:
            self.dismiss_banner()
            self._open(ReadinessSheet(self._fitting(*SHEET), self._red, self._desk))
        elif banner.opens is Screen.SLIPS:
            self.open_slips()
        elif number is not None and banner.opens in PAGES:
            self.shell.forget_bill(number)
            self.pages.resume(banner.opens, number)
            self.open_screen(banner.opens)
        elif number is not None:
            self.resume(number)

    @Slot(str)
    def resume(self, bill_number: str) -> None:
        """Bring an open bill to the counter."""
        self.shell.forget_bill(bill_number)
        self.counter.resume(bill_number)
        self.open_screen(Screen.COUNTER)
        self._show_banner()

    @Slot()
    def dismiss_banner(self) -> None:
        """Take the hint or the top banner away."""
        if self.shell.hint:
            self.shell.hint = ""
        elif self.shell.person is not None:  # what nobody has read yet is not waved away at a locked till
            notice = self.shell.dismiss_banner()
            if notice is not None:
                self.till.notice_seen(notice)
        self._show_banner()
        self.focus_home()

    def choose(self, choices: Choices) -> None:
        """Another language, theme, size or volume: draw everything anew and remember it."""
        self.choices = choices
        self.player.volume_percent = choices.volume_percent
        self._config.save(choices)
        self._build()

    # ------------------------------------------------------------ keys, time, size

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys nobody below wanted: the actions as their buttons show them, then letters for the field."""
        if self._keyboard.take(event):
            event.accept()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _on_tick(self) -> None:
        self._ticks += 1
        model = self.counter.model(self.look.tr)
        if model is not None and model.ticking:
            self._show_counter()
        if self._ticks % 4 == 0:
            self._idle.look()
            if self.shell.expire(self._config.mono_s()):
                self._show_banner()
            self._show_strip()
            self._show_lists()
            self._show_page()

    @Slot(object)
    def _sound(self, sound: Sound | None) -> None:
        if sound is not None:
            self.player.play(sound)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A larger window is drawn larger."""
        super().resizeEvent(event)
        if self._size_step() != self._step:
            self._build()

    def changeEvent(self, event: QEvent) -> None:
        """Coming back to the window: the keyboard goes where it belongs."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow() and self.focusWidget() is None:
            self.focus_home()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Nothing is asked: what runs goes on to its end in the till's own shutdown."""
        self._tick.stop()
        self._idle.remove()
        if self._wedge is not None:
            self._wedge.remove()
        self.player.close()
        self.closed.emit()
        super().closeEvent(event)
