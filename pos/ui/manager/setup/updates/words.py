"""Updates in words."""

from __future__ import annotations

from pos.domain.business_date import local_time
from pos.i18n import Translator
from pos.till.updates import ATTACKS, UpdateView
from pos.ui.manager.setup.panel_presenter import Line
from pos.ui.theme import Tone
from pos.ui.words import say_message

_MB = 1_000_000


def verdict(tr: Translator, view: UpdateView) -> tuple[str, Tone]:
    """The one thing that matters now."""
    if view.applied:
        return tr.t("setup.updates.applied", version=view.applied), Tone.USABLE
    if view.refused is not None:
        return say_message(tr, view.refused).what, Tone.REFUSED if view.refused.code in ATTACKS else Tone.UNKNOWN
    if view.at_end and view.offer is not None:
        return tr.t("setup.updates.at_end", version=view.offer.version), Tone.BRAND
    if view.offer is not None:
        word = "ready" if view.staged else "offered"
        return tr.t(f"setup.updates.{word}", version=view.offer.version), Tone.BRAND
    if not view.source:
        return tr.t("setup.updates.no_source"), Tone.NEUTRAL
    if view.looked_utc is None:
        return tr.t("setup.updates.never_looked"), Tone.NEUTRAL
    return tr.t("setup.updates.newest"), Tone.USABLE


def lines(tr: Translator, view: UpdateView, *, checks: bool) -> tuple[Line, ...]:
    """What runs, where newer ones come from, and when this one is put in place."""
    found = [Line(tr.t("setup.updates.installed"), view.installed)]
    if view.development:
        found.append(Line(tr.t("setup.updates.keys"), tr.t("update.development"), Tone.UNKNOWN))
    source = view.source or tr.t("setup.updates.source.none")
    if view.source and checks:
        source += f" · {tr.t('setup.updates.daily')}"
    found.append(Line(tr.t("setup.updates.source"), source))
    if view.looked_utc is not None:
        found.append(Line(tr.t("setup.updates.looked"), f"{local_time(view.looked_utc):%H:%M %d/%m/%Y}"))
    if view.refused is not None:
        told = say_message(tr, view.refused)
        found.append(Line(tr.t("setup.updates.refused"), told.safe))
        found.append(Line(tr.t("setup.updates.do"), told.do, Tone.BRAND))
    if view.offer is not None:
        size = f"{view.offer.length / _MB:.1f} MB".replace(".", ",")
        state = tr.t("setup.updates.here" if view.staged else "setup.updates.not_here", size=size)
        found.append(Line(tr.t("setup.updates.offer"), f"{view.offer.version} · {state}"))
    if view.staged:
        found.append(_when(tr, view))
    if view.previous:
        found.append(Line(tr.t("setup.updates.previous"), f"{view.previous} · quay update back"))
    return tuple(found)


def _when(tr: Translator, view: UpdateView) -> Line:
    label, stops = tr.t("setup.updates.when"), view.stops
    if view.at_end:
        return Line(label, tr.t("setup.updates.when.at_end"), Tone.BRAND)
    if view.scheduled_by:
        return Line(label, tr.t("setup.updates.later", who=view.scheduled_by), Tone.BRAND)
    if stops is None:
        return Line(label, tr.t("setup.updates.free"), Tone.USABLE)
    if stops.a_copy_helps:
        return Line(label, tr.t("setup.updates.free.copy", count=stops.unsettled), Tone.USABLE)
    sentence = tr.message(f"update.{stops.hindrance}", {"profile": stops.profile, "count": stops.unsettled})
    return Line(label, f"{sentence.what} {sentence.do}", Tone.UNKNOWN)


def progress(tr: Translator, done: int, total: int) -> str:
    """How far it is."""
    percent = 100 * done // total if total else 0
    return tr.t("setup.updates.progress", percent=percent, done=done // _MB, total=total // _MB)
