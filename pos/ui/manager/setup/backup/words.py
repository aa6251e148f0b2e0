"""Copies, the second log and what was mended, in words."""

from __future__ import annotations

from datetime import datetime, timedelta

from pos.domain.business_date import local_time
from pos.i18n import Translator
from pos.till.backups import BackupView, CopyMade, JournalNotice, LogView
from pos.ui.manager.setup.panel_presenter import Line
from pos.ui.theme import Tone
from pos.ui.widgets.window_table import WindowRow
from pos.ui.words import say_message

_STALE = timedelta(days=2)
"""A shop that sells every day has a copy of each closing; older ones are not what a manager counts on."""
_MB = 1_000_000
_NAMED = 5
"""Bills named in a sentence."""


def when(instant: datetime) -> str:
    """As the shop's clock shows it."""
    return f"{local_time(instant):%H:%M %d/%m/%Y}"


def verdict(tr: Translator, view: BackupView, now_utc: datetime) -> tuple[str, Tone]:
    """Whether a manager may sleep."""
    newest = view.newest
    if newest is None:
        return tr.t("setup.backup.none"), Tone.UNKNOWN
    stale = now_utc - newest.made_utc > _STALE
    return tr.t("setup.backup.stale" if stale else "setup.backup.good", at=when(newest.made_utc)), (
        Tone.UNKNOWN if stale else Tone.USABLE
    )


def lines(tr: Translator, view: BackupView) -> tuple[Line, ...]:
    """Where they lie, on what else, and what went wrong."""
    found = [Line(tr.t("setup.backup.folder"), view.folder)]
    if view.second_fault is not None:
        words = f"{view.second_folder}: {say_message(tr, view.second_fault).what}"
        found.append(Line(tr.t("setup.backup.second"), words, Tone.REFUSED))
    else:
        found.append(Line(tr.t("setup.backup.second"), view.second_folder or tr.t("setup.backup.second.none")))
    if view.log is not None:
        found.append(_log(tr, view.log))
    if view.fault is not None:
        found.append(Line(tr.t("setup.backup.last_try"), str(say_message(tr, view.fault)), Tone.REFUSED))
    return tuple(found)


def _log(tr: Translator, log: LogView) -> Line:
    label, size = tr.t("setup.backup.log"), megabytes(log.bytes)
    if log.whole:
        return Line(label, tr.t("setup.backup.log.whole", link=log.since_link, size=size))
    return Line(label, tr.t("setup.backup.log.gap", link=log.since_link), Tone.UNKNOWN)


def megabytes(count: int) -> str:
    """`12,4 MB`."""
    return f"{count / _MB:.1f} MB".replace(".", ",")


def row(tr: Translator, copy: CopyMade) -> WindowRow:
    """One copy of the list."""
    verified = tr.t("setup.backup.verified" if copy.verified else "setup.backup.unverified")
    return WindowRow(
        copy.name,
        (
            when(copy.made_utc),
            tr.t(f"setup.backup.reason.{copy.reason}"),
            f"{copy.rows:,}".replace(",", "."),
            megabytes(copy.bytes),
            f"✓ {verified}" if copy.verified else f"✗ {verified}",
            tr.t("setup.backup.both") if copy.second else "–",
        ),
    )


def notice(tr: Translator, told: JournalNotice) -> str:
    """What was done to the journal, what is certain, what is missing."""
    kind = told.kind.value
    what = f"journal.damage.{told.what}"
    parts = [
        tr.t(
            f"setup.backup.notice.{kind}",
            at=when(told.at_utc),
            who=told.by,
            what=tr.t(what) if tr.has(what) else told.what,
            copy=told.copy or tr.t("setup.backup.notice.no_copy"),
            count=told.from_log + told.from_damaged,
        )
    ]
    if told.certain:
        parts.append(tr.t("setup.backup.notice.certain"))
    elif told.missing_count:
        parts.append(
            tr.t("setup.backup.notice.missing", count=told.missing_count, bills=", ".join(told.missing[:_NAMED]))
        )
    else:
        parts.append(tr.t("setup.backup.notice.uncertain"))
    if told.check:
        parts.append(tr.t("setup.backup.notice.check", bills=", ".join(told.check[:_NAMED]), count=len(told.check)))
    parts.append(tr.t("setup.backup.notice.set_aside", folder=told.set_aside))
    return " ".join(parts)
