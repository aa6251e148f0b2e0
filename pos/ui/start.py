"""The window on a running till: what `quay run` and training mode share."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hardware.errors import permission_hint
from pos import logs
from pos.bootstrap import Program
from pos.domain.errors import ConfigError, PosError
from pos.journal.opening import upgrade_due
from pos.running import RunningTill
from pos.ui.app import application, run_window
from pos.ui.bridge import Bridge
from pos.ui.config import Choices, UiConfig, choices_of
from pos.ui.manager.page import Acting, ManagerPage
from pos.ui.readiness.watch import ReadinessWatch
from pos.ui.shell.presenter import DEVICES
from pos.ui.theme import ThemeName
from pos.version import VERSION

if TYPE_CHECKING:
    from pos.checkup.findings import Finding
    from pos.security.asking import Asker
    from pos.settings import Settings
    from pos.ui.look import Look
    from pos.ui.manager.section import Section
    from pos.ui.page import Page
    from pos.ui.window import MainWindow

_SIZE = (1024, 768)


def open_window(
    data_dir: Path,
    *,
    maximised: bool,
    size: tuple[int, int] = _SIZE,
    on_ready: Callable[[MainWindow, RunningTill], None] = lambda *_: None,
    on_closing: Callable[[], None] = lambda: None,
) -> int:
    """Open the data folder, start the till, show the window, close everything in order.

    Args:
        data_dir: the till's data folder.
        maximised: fill the screen, as on a till.
        size: of the window otherwise, pixels.
        on_ready: after the first paint; training mode adds its panel here.
        on_closing: on the GUI thread when the window has gone, before the till stops.

    Raises:
        PosError: nothing was opened; `setup.no_manager`: the till has to be set up first.
    """
    _upgrade(data_dir, maximised=maximised)
    program = Program(data_dir, ask=_asker(data_dir, maximised=maximised))
    if not program.managed():
        program.close()
        raise ConfigError("setup.no_manager")
    end_log = logs.begin(data_dir, program.settings.secret_values())
    bridge = Bridge()
    running = RunningTill(program, on_scan=bridge.scanned, on_scan_dropped=bridge.dropped_scan)
    started = False

    def start(window: MainWindow) -> None:
        nonlocal started
        started = True
        running.start()
        on_ready(window, running)

    try:
        return run_window(
            running.till,
            replace(
                ui_config(program.settings, running.keep_looks, maximised=maximised, size=size),
                wedge=running.wedge(),
                test_scanner=lambda on: _test_scanner(running, bridge, on=on),
                printer_test=running.printer_test(bridge.printer_tested),
                lock_after_s=lambda: 60.0 * program.settings.number("security.lock_after_min"),
                takes_back=bool(program.built.refunders),
                pages=_pages(running, bridge),
                readiness=_readiness(running, bridge),
                access={name: permission_hint(program.settings.text(f"{name}.address")) for name in DEVICES},
            ),
            bridge,
            on_closed=on_closing,
            on_ready=start,
        )
    finally:
        running.close() if started else program.close()
        end_log()
        if (data_dir / "updates" / "state.json").exists():  # else nobody here has ever looked for a newer program
            from pos.updates_setup import place_after_end

            place_after_end(data_dir)


def _upgrade(data_dir: Path, *, maximised: bool) -> None:
    """Data of an earlier program is brought up to date first, on a thread of its own, with a window that says so."""
    if upgrade_due(data_dir / "journal.db"):
        from pos.ui.upgrade.shown import upgrade_shown

        plain = _plain(data_dir)
        upgrade_shown(data_dir, lambda: _look(plain), shop=plain.text("store.name"), maximised=maximised)


def _asker(data_dir: Path, *, maximised: bool) -> Asker:
    """Asks in a window, in the till's own language and colours: those stand in plain settings."""
    from pos.ui.passphrase.asker import WindowAsker

    plain = _plain(data_dir)
    return WindowAsker(lambda: _look(plain), shop=plain.text("store.name"), maximised=maximised)


def _plain(data_dir: Path) -> Settings:
    from pos.settings import NoSecrets, Settings

    return Settings(data_dir, NoSecrets())


def _look(plain: Settings) -> Look:
    from pos.ui.look import Look

    return Look.of(ThemeName(plain.text("ui.theme")), plain.text("ui.language"), plain.number("ui.scale") / 100)


def _pages(running: RunningTill, bridge: Bridge) -> tuple[Page, ...]:
    """The pages beside the counter: those for which the shop has an issuer, and the manager's."""
    application()

    def sections(acting: Acting) -> Sequence[Section]:
        from pos.ui.manager.sections import build_sections

        return build_sections(running, acting)

    clock = running.program.clock
    pages: list[Page] = []
    running.review.subscribe(bridge.post)
    if running.sales is not None and running.sales.sellers():
        from pos.ui.sell.page import SellPage

        running.sales.subscribe(bridge.post)
        pages.append(SellPage(running.sales, clock.mono_s, clock.now_utc))
    if running.bookings is not None and running.bookings.issuers():
        from pos.ui.booking.page import BookingPage

        running.bookings.subscribe(bridge.post)
        pages.append(BookingPage(running.bookings, clock.mono_s, clock.now_utc))
    pages.append(ManagerPage(running.review, running.unlock, sections))
    return tuple(pages)


def _readiness(running: RunningTill, bridge: Bridge) -> ReadinessWatch:
    def look() -> tuple[Finding, ...]:
        from pos.checkup.desk import build_health  # modules that no start needs

        return build_health(running.program).findings()

    return ReadinessWatch(look, bridge.post)


def ui_config(
    settings: Settings, keep: Callable[[Mapping[str, str]], None], *, maximised: bool, size: tuple[int, int] = _SIZE
) -> UiConfig:
    """The window's share of the settings; `keep` is called away from the GUI thread with a change of choices."""
    return UiConfig(
        choices=choices_of(settings),
        store=settings.text("store.name") or settings.text("store.code"),
        till=settings.text("till.code"),
        environment=settings.environment,
        version=VERSION,
        save=lambda choices: threading.Thread(target=_save, args=(keep, choices), name="save").start(),
        size=size,
        maximised=maximised,
    )


def _test_scanner(running: RunningTill, bridge: Bridge, *, on: bool) -> None:
    from hardware.scanner.test_mode import observe

    running.watch_scanner((lambda reading: bridge.scanner_said(observe(reading))) if on else None)


def _save(keep: Callable[[Mapping[str, str]], None], choices: Choices) -> None:
    values = {
        "ui.language": choices.language,
        "ui.theme": choices.theme.value,
        "ui.scale": str(choices.scale_percent),
        "ui.volume": str(choices.volume_percent),
    }
    with suppress(PosError):  # a choice of colours that cannot be kept is no reason to disturb a cashier
        keep(values)
