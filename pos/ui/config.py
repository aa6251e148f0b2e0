"""What the window is told when it is made, and what a person may choose while it runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Protocol

from pos.till.views import Environment
from pos.ui.theme import ThemeName

if TYPE_CHECKING:
    from hardware.errors import PermissionHint
    from pos.settings import Settings
    from pos.till.ports import Person
    from pos.ui.page import Page
    from pos.ui.printer_test.presenter import PrinterDesk
    from pos.ui.wedge_filter import Wedge


class Readiness(Protocol):
    """`pos.ui.readiness.watch.ReadinessWatch`; tells through the bridge."""

    def signed_in(self, person: Person, today: date) -> None:
        """Somebody signed in; returns at once."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person may change at run time; kept by whoever gave `UiConfig.save`.

    Args:
        scale_percent: 80 to 200. volume_percent: 0 (off) to 100.
    """

    language: str = "vi"
    theme: ThemeName = ThemeName.LIGHT
    scale_percent: int = 100
    volume_percent: int = 70


def choices_of(settings: Settings) -> Choices:
    """The window's share of the settings."""
    return Choices(
        settings.text("ui.language"),
        ThemeName(settings.text("ui.theme")),
        settings.number("ui.scale"),
        settings.number("ui.volume"),
    )


def _now_utc() -> datetime:
    return datetime.now(UTC)


def _never() -> float:
    return 0.0


def _forget(choices: Choices) -> None:
    del choices


@dataclass(frozen=True, slots=True)
class UiConfig:
    """Everything the window needs besides the till.

    Args:
        store, till: as people call them, shown in the bar.
        environment: until the first strip snapshot says it.
        mono_s, now_utc: the same clocks the till's snapshots count on.
        save: called on the GUI thread with each change of choices; must return at once.
        wedge: tells a keyboard-wedge scan from typing (`hardware.scanner.wedge.WedgeMachine` fits); None: no wedge.
        test_scanner: true: the scanner's readings come to `Bridge.scanner_said` and none to the counter; false: the
            counter has them again. Returns at once. None: no scanner on a line of its own.
        printer_test: prints test pages and keeps what was read; tells through `Bridge.printer_tested`. None: no test.
        access: what `printer` and `scanner` lack where the system refuses them.
        takes_back: an issuer at this till takes redemptions back.
        lock_after_s: seconds without a touch after which the till locks, as set at this moment; 0: never.
        pages: the pages beside the counter, for which the shop has an issuer.
        readiness: hears who begins her shift and looks the till over for her; None: nobody does.
        size: of the window in pixels; on a till it is shown maximised.
    """

    choices: Choices = field(default_factory=Choices)
    store: str = ""
    till: str = ""
    environment: Environment = Environment.PRODUCTION
    version: str = ""
    mono_s: Callable[[], float] = time.monotonic
    now_utc: Callable[[], datetime] = _now_utc
    save: Callable[[Choices], None] = _forget
    size: tuple[int, int] = (1024, 768)
    maximised: bool = True
    wedge: Wedge | None = None
    test_scanner: Callable[[bool], None] | None = None
    printer_test: PrinterDesk | None = None
    access: Mapping[str, PermissionHint] = field(default_factory=dict)
    takes_back: bool = False
    lock_after_s: Callable[[], float] = _never
    pages: tuple[Page, ...] = ()
    readiness: Readiness | None = None
