"""Links of the chain in words."""

from __future__ import annotations

from pos.domain.audit import AuditValue, Break, BreakKind, RowFault
from pos.domain.business_date import from_utc_text, local_time
from pos.i18n import Translator
from pos.till.review.audit import Change, Group, Link, Proven, Wanted, beginnings
from pos.ui.widgets.window_table import WindowRow
from pos.ui.words import masked

MOST_TOLD = 4
_ALL_TOLD = 2
"""Changes of one link that a line names; how many more there are is said."""
_CASES = ("case", "sale.case", "booking.case", "cases.kind")


def row_of(tr: Translator, link: Link, wanted: Wanted) -> WindowRow:
    """One line of the list."""
    when = "–" if link.at_utc is None else f"{local_time(link.at_utc):%H:%M:%S  %d/%m}"
    return WindowRow(str(link.number), (str(link.number), when, actor_words(tr, link.actor), what(tr, link, wanted)))


def actor_words(tr: Translator, actor: str) -> str:
    """Who acted: a person by name, a part of the program by a word."""
    return tr.t(f"audit.actor.{actor or 'program'}") if tr.has(f"audit.actor.{actor or 'program'}") else actor


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
}
"""Facts that are stable words, and where their sentences stand."""


def _state(tr: Translator, state: str) -> str:
    outcome = state.split("/", maxsplit=1)[0]
    key = "outcome.accepted_offline" if state == "unsent/yes" else f"outcome.{outcome}"
    return tr.t(key) if tr.has(key) else outcome


# ---------------------------------------------------------------- the proof


def break_words(tr: Translator, found: Break) -> str:
    """Where and how the chain breaks."""
    who = actor_words(tr, found.actor) if found.kind in (BreakKind.CHANGED, BreakKind.TAKEN_OUT) else ""
    key = f"audit.break.{found.kind}" + (".many" if found.last > found.first and found.kind != BreakKind.CUT else "")
    return tr.t(
        key, first=found.first, last=found.last, count=found.last - found.first + 1, who=who, at=when(found.at_utc)
    )


def row_words(tr: Translator, fault: RowFault) -> str:
    """Which row is not as the chain says."""
    table = tr.t(f"audit.table.{fault.table}") if tr.has(f"audit.table.{fault.table}") else fault.table
    columns = ", ".join(_column(tr, name) for name in fault.columns[:MOST_TOLD]) + (
        "…" if len(fault.columns) > MOST_TOLD else ""
    )
    return tr.t(f"audit.row.{fault.kind}", table=table, key=fault.key, columns=columns, link=fault.link)


def _column(tr: Translator, name: str) -> str:
    return f"{tr.t(f'audit.column.{name}')} ({name})" if tr.has(f"audit.column.{name}") else name


def when(at_utc: str) -> str:
    """A time text as the shop's clock shows it; what is none, as it stands."""
    try:
        return f"{local_time(from_utc_text(at_utc)):%H:%M %d/%m/%Y}"
    except ValueError:
        return at_utc or "–"


def proof_lines(tr: Translator, proven: Proven) -> tuple[str, ...]:
    """Everything that was found, most important first; for a whole journal what it was proven by."""
    proof = proven.proof
    lines = [break_words(tr, found) for found in proof.breaks]
    if proof.break_count > len(proof.breaks):
        lines.append(tr.t("audit.more_breaks", count=proof.break_count - len(proof.breaks)))
    lines += [row_words(tr, fault) for fault in proof.row_faults]
    if proof.row_fault_count > len(proof.row_faults):
        lines.append(tr.t("audit.more_rows", count=proof.row_fault_count - len(proof.row_faults)))
    other = [fault for fault in proof.faults if not fault.startswith(("audit_chain:", "row_"))]
    lines += [_other(tr, fault) for fault in other]
    return tuple(lines)


def _other(tr: Translator, fault: str) -> str:
    kind, _, where = fault.partition(":")
    key = f"audit.fault.{kind}"
    return tr.t(key, where=where) if tr.has(key) else tr.t("audit.fault.other", where=fault)


def group_words(tr: Translator, group: Group) -> str:
    """What is shown."""
    return tr.t(f"audit.group.{group}")
