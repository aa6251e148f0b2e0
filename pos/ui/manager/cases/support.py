"""What an issuer's support needs to find our calls, as text and as CSV. Nothing secret, no whole code."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from pos.domain.business_date import utc_text
from pos.domain.spreadsheet import harmless
from pos.i18n import Translator
from pos.till.review.cases_views import CallView, CaseDetail
from pos.ui.manager.cases.words import call_words, kind_words, reason_words
from pos.ui.words import masked

_COLUMNS = (
    "case", "issuer", "bill", "transaction", "order", "ending", "amount", "what", "reason", "began", "opened",
    "operation", "call", "at", "outcome", "http",
)  # fmt: skip


def as_text(tr: Translator, details: Sequence[CaseDetail], shop: str) -> str:
    """For a mail or a chat: a block a case, times in UTC, so that nobody has to guess the zone."""
    return "\n\n".join([shop, *(_block(tr, detail) for detail in details)]) + "\n"


def _block(tr: Translator, detail: CaseDetail) -> str:
    view, facts = detail.view, detail.facts
    pairs = (
        ("issuer", view.label),
        ("bill", view.bill_number),
        ("transaction", facts.transaction_id),
        ("order", facts.order_id),
        ("ending", masked(view.ending) if view.ending else ""),
        ("amount", tr.money(view.amount_vnd)),
        ("reason", reason_words(tr, view)),
        ("began", utc_text(facts.created_utc) if facts.created_utc else ""),
        ("opened", utc_text(view.opened_utc)),
    )
    lines = [kind_words(tr, view.source, view.kind)]
    lines += [f"{tr.t(f'cases.support.col.{name}')}: {value}" for name, value in pairs if value]
    lines.append(tr.t(f"cases.{view.source}.{view.kind}.what", label=view.label, amount_vnd=view.amount_vnd))
    lines += [f"- {utc_text(call.at_utc)}  {call_words(tr, call)}  [{call.call_id}]" for call in detail.calls]
    return "\n".join(lines)


def as_csv(tr: Translator, details: Sequence[CaseDetail]) -> bytes:
    """A line a call (or one for a case without calls), UTF-8 with a mark, so that spreadsheets read Vietnamese."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([tr.t(f"cases.support.col.{name}") for name in _COLUMNS])
    for detail in details:
        for call in detail.calls or (None,):
            writer.writerow([_harmless(value) for value in _line(tr, detail, call)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _line(tr: Translator, detail: CaseDetail, call: CallView | None) -> tuple[object, ...]:
    view, facts = detail.view, detail.facts
    began = utc_text(facts.created_utc) if facts.created_utc else ""
    about = (
        kind_words(tr, view.source, view.kind), view.label, view.bill_number, facts.transaction_id, facts.order_id,
        view.ending, view.amount_vnd, tr.t(f"cases.{view.source}.{view.kind}.what", label=view.label,
        amount_vnd=view.amount_vnd), reason_words(tr, view), began, utc_text(view.opened_utc),
    )  # fmt: skip
    if call is None:
        return (*about, "", "", "", "", "")
    return (*about, call.operation, call.call_id, utc_text(call.at_utc), call_words(tr, call), call.http_status or "")


def _harmless(value: object) -> object:
    return harmless(value) if isinstance(value, str) else value
