"""Builds shifts and closing on a till. Part of the bootstrap; imported when somebody signs in or a manager looks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pos.bootstrap import Program
from pos.i18n import Translator
from pos.journal.closing_store import ClosingStore
from pos.journal.health_reads import HealthReads
from pos.till.ports import Person, SlipKind
from pos.till.review.closing import Shop
from pos.till.review.shifts import ShiftDesk

if TYPE_CHECKING:
    from pos.receipts.slip_printer import DriverSlipPrinter
    from pos.till.review.closing_desk import ClosingDesk

_RECENT = timedelta(hours=12)
_FAR_S = 86_400.0
"""A clock put right since then is behind that answer, or has long passed it: the answer no longer counts."""


def build_shifts(program: Program, handed_over: Callable[[str, Person], None] = lambda *_: None) -> ShiftDesk:
    """Who has the till. `handed_over`: see `ShiftDesk`."""
    return ShiftDesk(ClosingStore(program.journal), program.people, _now(program), handed_over=handed_over)


def build_closing(
    program: Program,
    printer: DriverSlipPrinter,
    at_printer: Callable[[Callable[[], None]], None],
    *,
    handed_over: Callable[[str, Person], None] = lambda *_: None,
    settle: Callable[[], None] = lambda: None,
    wake_printer: Callable[[], None] = lambda: None,
    slip_kinds: Sequence[SlipKind] = (),
) -> ClosingDesk:
    """The closing desk.

    Args:
        program: opened.
        printer: of the slips.
        at_printer: runs an errand on the printer's thread.
        handed_over: see `ShiftDesk`.
        settle: wakes everything that asks issuers.
        wake_printer: a slip may wait.
        slip_kinds: what prints other slips than redemptions'.
    """
    from pos.receipts.report_slip import ReportSlipPrinter
    from pos.till.review.closing_desk import ClosingDesk

    return ClosingDesk(
        ClosingStore(program.journal),
        program.journal,
        build_shifts(program, handed_over),
        program.clock,
        program.chance,
        now=_now(program),
        shop=lambda: shop_of(program),
        printer=ReportSlipPrinter(printer, at_printer, lambda: Translator(program.settings.text("ui.language"))),
        settle=settle,
        wake_printer=wake_printer,
        slip_kinds=slip_kinds,
    )


def shop_of(program: Program) -> Shop:
    """Where a report is made, and what its issuers are called."""
    settings = program.settings
    return Shop(
        settings.text("store.name"),
        settings.text("store.code"),
        settings.text("till.code"),
        settings.environment.value,
        tuple(sorted(program.built.labels.items())),
    )


def _now(program: Program) -> Callable[[], datetime]:
    """The issuer's clock where it is known: a day is not closed because ours runs ahead."""
    return lambda: program.desk.issuers.watch.issuer_now() or _by_last_answer(program)


def _by_last_answer(program: Program) -> datetime:
    """Our clock, or the issuer's as another run of the program has just learnt it, where ours is days ahead of it.

    Once a date in the far future is closed, none before it can be. A command asks no issuer, so the journal has to say.
    """
    ours = program.clock.now_utc()
    mark = HealthReads(program.journal.core).last_offset()
    if mark is None or not timedelta(0) <= ours - mark.at_utc <= _RECENT or mark.offset_s > -_FAR_S:
        return ours
    return ours + timedelta(seconds=mark.offset_s)
