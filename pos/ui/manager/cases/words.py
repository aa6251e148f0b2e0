"""Cases in words: kinds, ages, what the issuer was asked and said, what cannot be done now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pos.domain.reasons import Reason
from pos.i18n import Translator
from pos.till.review.cases_views import CallView, CaseDetail, CaseSource, CaseView, Choice, ChoiceKind
from pos.till.views import Message
from pos.ui.manager.cases.model import Block, CallLine, CasePanel, CaseRow
from pos.ui.theme import Tone
from pos.ui.words import masked, reason_short, say_message, short_number

DAY_S = 24 * 3600.0
_MOST_CALLS = 8
_BAD = frozenset({"loss", "late_effect", "not_taken_back", "value_mismatch", "failed_issue", "amount_mismatch"})


def kind_words(tr: Translator, source: CaseSource, kind: str) -> str:
    """The kind in a few words."""
    return tr.t(f"case.{kind}" if source is CaseSource.REDEMPTION else f"cases.{source}.{kind}.title")


def age_words(tr: Translator, age_s: float) -> tuple[str, Tone]:
    """How long it is open; over a day and over three days say so in words."""
    if age_s >= 3 * DAY_S:
        return tr.t("cases.age.very_late", age_s=age_s), Tone.REFUSED
    if age_s >= DAY_S:
        return tr.t("cases.age.late", age_s=age_s), Tone.UNKNOWN
    return tr.duration(age_s), Tone.NEUTRAL


def row_of(tr: Translator, view: CaseView, now_utc: datetime) -> CaseRow:
    """One case of the list."""
    kind = kind_words(tr, view.source, view.kind)
    if view.closed_utc is None:
        age, tone = age_words(tr, (now_utc - view.opened_utc).total_seconds())
        owner = view.owner or tr.t("cases.nobody")
    else:
        age, tone = tr.moment(view.closed_utc), Tone.NEUTRAL
        owner = f"{view.closed_by}: {view.closure}"
    about = about_words(tr, view)
    return CaseRow(view.key, kind, age, tone, about, owner, ". ".join((kind, age, about, owner)))


def about_words(tr: Translator, view: CaseView) -> str:
    """`…000148 · ••••4410 · Got It · 100.000 ₫`."""
    ending = masked(view.ending) if view.ending else ""
    return _joined(short_number(view.bill_number), ending, view.label, tr.money(view.amount_vnd))


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def panel_of(tr: Translator, detail: CaseDetail) -> CasePanel:
    """One case whole."""
    view = detail.view
    base = f"cases.{view.source}.{view.kind}"
    said = {
        part: tr.t(f"{base}.{part}", label=view.label, amount_vnd=view.amount_vnd) for part in ("what", "safe", "do")
    }
    blocks = [Block(tr.t("cases.what"), said["what"]), Block(tr.t("cases.safe"), said["safe"])]
    if view.closed_utc is None:
        blocks.append(Block(tr.t("cases.now"), said["do"], Tone.BRAND))
    else:
        who = tr.t("cases.closed_by", who=view.closed_by, when=view.closed_utc)
        blocks.append(Block(tr.t("cases.fact.closed"), f"{who}: {view.closure}", Tone.USABLE))
    return CasePanel(
        key=view.key,
        title=kind_words(tr, view.source, view.kind),
        tone=Tone.REFUSED if view.kind in _BAD else Tone.UNKNOWN,
        amount=tr.money(view.amount_vnd),
        about=_joined(view.bill_number, masked(view.ending) if view.ending else "", view.label),
        blocks=tuple(blocks),
        not_now=tuple(_not_now(tr, choice.why_not) for choice in detail.choices if choice.why_not is not None),
        facts=facts_of(tr, detail),
        evidence="" if detail.calls else tr.t("cases.call_none"),
        calls=calls_of(tr, detail.calls),
    )  # fmt: skip


def facts_of(tr: Translator, detail: CaseDetail) -> tuple[tuple[str, str], ...]:
    """What stands in the books about it, by name; what is empty is left out."""
    view, facts = detail.view, detail.facts
    decided = "" if facts.decided is None else tr.t("cases.decided.yes" if facts.decided else "cases.decided.no")
    taking = f"cases.taking_back.{facts.taking_back}"
    others = ", ".join(kind_words(tr, other.source, other.kind) for other in detail.others if other.open)
    pairs = (
        ("opened", tr.moment(view.opened_utc)),
        ("owner", view.owner or tr.t("cases.nobody")),
        ("reason", reason_words(tr, view)),
        ("transaction", facts.transaction_id),
        ("order", facts.order_id),
        ("cashier", facts.cashier),
        ("business_date", facts.business_date and "/".join(reversed(facts.business_date.split("-")))),
        ("decided", decided),
        ("taking_back", tr.t(taking) if tr.has(taking) else ""),
        ("others", others),
    )
    return tuple((tr.t(f"cases.fact.{name}"), value) for name, value in pairs if value)


def reason_words(tr: Translator, view: CaseView) -> str:
    """Why, where the issuer or the closing has said so."""
    if not view.reason:
        return ""
    if view.source is CaseSource.REDEMPTION and view.reason in {reason.value for reason in Reason}:
        return reason_short(tr, Reason(view.reason))
    key = f"sale.{view.reason}"
    return tr.t(key) if tr.has(key) else view.reason


def calls_of(tr: Translator, calls: Sequence[CallView]) -> tuple[CallLine, ...]:
    """Calls to the issuer, oldest first; equal ones in a row are one line, and of many the last."""
    lines: list[tuple[CallView, str, int]] = []
    for call in calls:
        words = call_words(tr, call)
        if lines and lines[-1][1] == words:
            lines[-1] = (lines[-1][0], words, lines[-1][2] + 1)
        else:
            lines.append((call, words, 1))
    return tuple(
        CallLine(tr.moment(call.at_utc), words if times == 1 else tr.t("cases.times", what=words, times=times))
        for call, words, times in lines[-_MOST_CALLS:]
    )


def call_words(tr: Translator, call: CallView) -> str:
    """`Trừ voucher: không có trả lời`."""
    operation = f"cases.call.{call.operation}"
    what = tr.t(operation) if tr.has(operation) else call.operation
    status = f" (HTTP {call.http_status})" if call.http_status is not None else ""
    return tr.t("cases.call", what=what, result=result_words(tr, call)) + status


def result_words(tr: Translator, call: CallView) -> str:
    """How a call ended."""
    result = call.result
    if result is None:
        return tr.t("cases.result.none")
    if tr.has(f"cases.result.{result}"):
        return tr.t(f"cases.result.{result}")
    if result in {reason.value for reason in Reason}:
        return reason_short(tr, Reason(result))
    if call.failure is not None or call.http_status is None:
        return tr.t("cases.result.no_answer")
    return tr.t("cases.result.answered")


def closes_words(tr: Translator, view: CaseView, choice: Choice) -> str:
    """Which other cases end with this choice."""
    others = [kind_words(tr, view.source, kind) for kind in choice.closes if kind != view.kind]
    return tr.t("cases.hint.closes", kinds=", ".join(others)) if others else ""


def hint_words(tr: Translator, view: CaseView, choice: Choice) -> str:
    """What a choice means, before it is made."""
    hint = tr.t(f"cases.hint.{choice.kind}", label=view.label, amount_vnd=view.amount_vnd)
    return " ".join(part for part in (hint, closes_words(tr, view, choice)) if part)


def _not_now(tr: Translator, why_not: Message) -> str:
    said = say_message(tr, why_not)
    return f"{said.what} {said.do}"


ORDER = (
    ChoiceKind.ASK, ChoiceKind.OPEN_BILL, ChoiceKind.OPEN_SALE, ChoiceKind.OPEN_BOOKING, ChoiceKind.ACCEPT,
    ChoiceKind.REJECT, ChoiceKind.ISSUED, ChoiceKind.NOT_PAID, ChoiceKind.VOUCHER_USED, ChoiceKind.VOUCHER_UNUSED,
    ChoiceKind.NOT_BOUGHT, ChoiceKind.READ_AGAIN, ChoiceKind.PAID_BACK, ChoiceKind.TICKET_GIVEN, ChoiceKind.TAKE_BACK,
    ChoiceKind.NEVER_GIVEN, ChoiceKind.CLOSE,
)  # fmt: skip
"""In which order choices stand; asking costs nothing and goes first, closing ends it and goes last."""
