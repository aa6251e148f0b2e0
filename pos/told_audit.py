"""What a proof of the journal found, in words: for the window and for the command line."""

from __future__ import annotations

from pos.domain.audit import Break, BreakKind, RowFault
from pos.domain.business_date import from_utc_text, local_time
from pos.i18n import Translator
from pos.till.review.audit import Proof

_MOST_COLUMNS = 4


def actor_words(tr: Translator, actor: str) -> str:
    """Who acted: a person by name, a part of the program by a word."""
    return tr.t(f"audit.actor.{actor or 'program'}") if tr.has(f"audit.actor.{actor or 'program'}") else actor


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
    columns = ", ".join(_column(tr, name) for name in fault.columns[:_MOST_COLUMNS]) + (
        "…" if len(fault.columns) > _MOST_COLUMNS else ""
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


def proof_lines(tr: Translator, proof: Proof) -> tuple[str, ...]:
    """Everything that was found, most important first; for a whole journal what it was proven by."""
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
