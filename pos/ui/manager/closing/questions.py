"""The boxes of the closing section in words: close the day, count papers, a doubtful slip, hand over the shift."""

from __future__ import annotations

from pos.domain.closing import DifferenceKind, Flow, Standing
from pos.i18n import Translator
from pos.till.ports import Person
from pos.till.review.closing import OpenSlip, PaperCount
from pos.ui.manager.closing.boxes import CloseBox, CountBox, HandOverBox, SlipBox
from pos.ui.manager.closing.report_words import Names, difference_words
from pos.ui.manager.closing.steps import Moment, case_total, is_zero, uncounted
from pos.ui.words import short_number

MOST_LINES = 6


def close_words(m: Moment) -> str:
    """What the one button will do, exactly."""
    view, day = m.view, f"{m.view.day:%d/%m}"
    if view.differences:
        return m.tr.t("closing.do.close_left", day=day, count=len(view.differences))
    if is_zero(view):
        return m.tr.t("closing.do.close_zero" if view.figures.bills else "closing.do.close_empty", day=day)
    if uncounted(view):
        return m.tr.t("closing.do.close_uncounted", day=day)
    return m.tr.t("closing.do.close_cases", day=day, count=case_total(view))


def close_box(m: Moment) -> CloseBox:
    """What will stand for ever, what stays behind, what cannot be undone."""
    tr, view = m.tr, m.view
    names = Names(tr, m.label)
    left = [difference_words(names, one) for one in view.differences]
    more = len(left) - MOST_LINES
    if more > 1:
        left = [*left[:MOST_LINES], tr.t("closing.more", count=more)]
    left_title = tr.t("closing.box.left", count=len(view.differences)) if left else ""
    notes = []
    if not left and uncounted(view):
        notes.append(tr.t("closing.box.uncounted", issuers=", ".join(m.label(one.issuer) for one in uncounted(view))))
    if case_total(view):
        notes.append(tr.t("closing.box.cases", count=case_total(view)))
    used, used_vnd = view.figures.sum(Flow.VOUCHER, Standing.USED)
    facts = tr.t("closing.box.facts", bills=view.figures.bills, vouchers=used, amount_vnd=used_vnd)
    if not view.figures.bills:
        facts = tr.t("closing.box.empty")
    if len(view.dates) > 1:
        facts = f"{facts} {tr.t('closing.box.dates', first=view.dates[0], last=view.dates[-1])}"
    return CloseBox(
        title=tr.t("closing.box.title", day=view.day),
        facts="\n".join((facts, *notes)),
        left_title=left_title,
        left=tuple(left),
        warning=tr.t("closing.box.warning", day=view.day),
        ok=tr.t("closing.box.ok_left", count=len(view.differences)) if left else tr.t("closing.box.ok"),
    )


def count_box(tr: Translator, paper: PaperCount, label: str) -> CountBox:
    """How many papers of one issuer."""
    hint = tr.t("closing.count.hint", count=paper.expected)
    if paper.counted is not None:
        hint = f"{hint} {tr.t('closing.count.before', counted=paper.counted, name=paper.counted_by)}"
    return CountBox(paper.issuer, tr.t("closing.count.title", label=label), hint)


def slip_box(tr: Translator, slip: OpenSlip) -> SlipBox | None:
    """A doubtful slip; None for one that simply waits."""
    one = slip.difference
    if one.kind is not DifferenceKind.SLIP_DOUBTFUL:
        return None
    facts = f"{one.bill_number} · {tr.money(one.amount_vnd)} · {tr.clock(one.since_utc)}"
    title = tr.t("closing.slip.title", bill=short_number(one.bill_number))
    return SlipBox(one.ref, one.bill_number, title, f"{facts}\n{tr.t('closing.slip.hint')}")


def hand_over_box(tr: Translator, holder: str, people: tuple[Person, ...]) -> HandOverBox:
    """Who may take the shift: everybody but who has it."""
    others = tuple(person for person in people if person.name != holder)
    return HandOverBox(tr.t("closing.hand_over.title"), tr.t("closing.hand_over.hint", name=holder), others)
