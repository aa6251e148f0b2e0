"""A voucher's row on the bill, ready to be drawn and to be spoken."""

from __future__ import annotations

from pos.i18n import Translator
from pos.till.views import LineStatus, LineView
from pos.ui.counter.issuer import issuer_title
from pos.ui.counter.model import Row
from pos.ui.words import chip_of, goods_text, masked


def row_of(tr: Translator, line: LineView, *, has_total: bool) -> Row:
    """The row of one voucher: what it takes off the bill, or its worth while the bill has no total yet."""
    word, tone, shape = chip_of(tr, line)
    issuer = issuer_title(tr, line)
    title = issuer
    if line.redeems:
        title = f"{issuer} · {goods_text(tr, line.redeems)}"
    elif line.declared:
        title = f"{issuer} · {tr.t('counter.declared')}"
    elif line.checked_utc is not None and line.status in (LineStatus.UNCHECKED, LineStatus.ACCEPTED_OFFLINE):
        title = f"{issuer} · {tr.t('counter.checked_at', time=tr.clock(line.checked_utc))}"
    covered = has_total and line.lost_vnd > 0
    shown_vnd = line.amount_vnd if covered else line.amount_vnd or line.worth_vnd
    good = line.status is not LineStatus.REFUSED and shown_vnd is not None
    amount = tr.money(shown_vnd) if good and shown_vnd is not None else tr.t("counter.no_amount")
    spoken = tr.t(
        "counter.row_spoken",
        number=line.number,
        ending=" ".join(line.ending),
        provider=title,
        amount=amount,
        status=word,
    )
    return Row(line.id, str(line.number), masked(line.ending), title, amount, word, tone, shape, spoken)
