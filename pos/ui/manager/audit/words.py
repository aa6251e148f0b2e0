"""Links of the chain in words."""

from __future__ import annotations

from pos.domain.audit import AuditValue
from pos.domain.business_date import local_time
from pos.i18n import Translator
from pos.settings import BY_KEY, words
from pos.till.review.audit import Change, Group, Link, Wanted, beginnings
from pos.told_audit import actor_words
from pos.ui.widgets.window_table import WindowRow
from pos.ui.words import masked

_ALL_TOLD = 2
"""Changes of one link that a line names; how many more there are is said."""
_CASES = ("case", "sale.case", "booking.case", "cases.kind")


def row_of(tr: Translator, link: Link, wanted: Wanted) -> WindowRow:
    """One line of the list."""
    when = "–" if link.at_utc is None else f"{local_time(link.at_utc):%H:%M:%S  %d/%m}"
    return WindowRow(str(link.number), (str(link.number), when, actor_words(tr, link.actor), what(tr, link, wanted)))


def what(tr: Translator, link: Link, wanted: Wanted) -> str:
    """What a link is about, as far as it was asked for."""
    begins = beginnings(wanted.group)
    changes = [change for change in link.changes if not begins or change.kind.startswith(begins)]
    if not changes:
        return tr.t("audit.unreadable" if not link.changes and begins else "audit.sealed_only")
    told = [change_words(tr, change) for change in changes[:_ALL_TOLD]]
    more = len(changes) - len(told)
    return " · ".join(told) + (f" · {tr.t('audit.more', count=more)}" if more > 0 else "")


def change_words(tr: Translator, change: Change) -> str:
    """One change."""
    params: dict[str, AuditValue] = {"ref": change.ref, **change.facts}
    for name, keys in _TRANSLATED.items():
        value = change.facts.get(name)
        if isinstance(value, str):
            params[name] = next((tr.t(key) for key in (f"{k}.{value}" for k in keys) if tr.has(key)), value)
    if isinstance(change.facts.get("to"), str):
        params["to"] = _state(tr, str(change.facts["to"]))
    if "ending" in change.facts:
        params["ending"] = masked(str(change.facts["ending"]))
    setting = BY_KEY.get(change.ref)
    if setting is not None:
        params["ref"] = f"{words.label(tr, setting)} ({setting.key})"
        for name in ("before", "now"):
            value = change.facts.get(name)
            params[name] = words.value(tr, setting, value) if value is not None else ""
    if change.facts.get("secret"):
        params["now"] = params["before"] = "••••"
    key = f"audit.kind.{change.kind}"
    return tr.t(key, **params) if tr.has(key) else tr.t("audit.kind_other")


_TRANSLATED = {
    "kind": _CASES,
    "reason": ("drawer.reason", "audit.drawer"),
    "role": ("role",),
    "end": ("audit.drawer_end",),
    "state": ("audit.slip",),
    "step": ("audit.take_back",),
    "operation": ("audit.call",),
    "accepted": ("audit.accepted",),
    "action": ("right",),
}
"""Facts that are stable words, and where their sentences stand."""


def _state(tr: Translator, state: str) -> str:
    outcome = state.split("/", maxsplit=1)[0]
    key = "outcome.accepted_offline" if state == "unsent/yes" else f"outcome.{outcome}"
    return tr.t(key) if tr.has(key) else outcome


def group_words(tr: Translator, group: Group) -> str:
    """What is shown."""
    return tr.t(f"audit.group.{group}")
