"""The customer's and the shop's proof: what a bill's vouchers came to, in the words that are true right now.

A slip is made from journal rows only, so that a re-print after a crash says what the first would have said.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hardware.printer.document import (
    Align,
    Columns,
    Cut,
    Document,
    DrawerPulse,
    Feed,
    Item,
    Logo,
    Qr,
    Rule,
    Size,
    Text,
)
from pos.domain.business_date import local_time
from pos.domain.redemption import AT_RISK, DONE, LOSS, UNKNOWN, USED_NOT_GIVEN
from pos.i18n import Translator
from pos.till.ports import Redemption, StoredBill
from pos.till.views import Environment

_SHOWN = AT_RISK | {DONE, LOSS, UNKNOWN, USED_NOT_GIVEN}


@dataclass(frozen=True, slots=True)
class SlipFacts:
    """What a slip needs besides the bill.

    Args:
        provider_labels: issuer's id → name for people.
        copy: 0 for the original; a repeat says BẢN SAO / COPY.
        drawer: open the cash drawer with the original, by the pulse on `drawer_pin`.
        logo: a PNG file; empty: none.
    """

    store_name: str
    till_code: str
    environment: Environment
    provider_labels: dict[str, str]
    copy: int = 0
    drawer: bool = False
    logo: str = ""
    drawer_pin: Literal[2, 5] = 2


def slip(stored: StoredBill, rows: tuple[Redemption, ...], facts: SlipFacts, words: Translator) -> Document:
    """The slip of one bill. Codes show their last 4 characters; the QR holds the bill number."""
    shown = [row for row in rows if row.state in _SHOWN and not row.late]  # late: it paid for nothing on this bill
    items: list[Item] = []
    if facts.drawer and facts.copy == 0:
        items.append(DrawerPulse(facts.drawer_pin))
    items += head(stored, facts, words, title="slip.title")
    for row in shown:
        items += _voucher(row, facts, words)
    items += _sums(stored, shown, words)
    items += _foot(stored, shown, facts, words)
    return Document((*items, Feed(16), Cut()))


def head(stored: StoredBill, facts: SlipFacts, words: Translator, *, title: str) -> list[Item]:
    """Shop, bill, time and cashier; loud marks where the slip is a copy or not real."""
    items: list[Item] = []
    if facts.environment is not Environment.PRODUCTION:
        items.append(Text(words.t(f"slip.not_real.{facts.environment.value}"), Size.LARGE, True, Align.CENTER, True))
    if facts.copy:
        items.append(Text(words.t("slip.copy", number=facts.copy), Size.LARGE, True, Align.CENTER, True))
    if facts.logo:
        items.append(Logo(Path(facts.logo)))
    if facts.store_name:
        items.append(Text(facts.store_name, Size.LARGE, True, Align.CENTER))
    items += [
        Text(words.t(title), Size.NORMAL, True, Align.CENTER),
        Rule(),
        Columns(words.t("slip.bill"), stored.bill.number, bold=True),
        Columns(words.t("slip.time"), f"{local_time(stored.bill.created_utc):%d/%m/%Y %H:%M}"),
        Columns(words.t("slip.cashier"), f"{stored.cashier} · {facts.till_code}"),
        Rule(dashed=True),
    ]
    return items


def _voucher(row: Redemption, facts: SlipFacts, words: Translator) -> list[Item]:
    label = facts.provider_labels.get(row.provider, row.provider)
    items: list[Item] = [Columns(f"{label} ••••{row.ending}", words.money(row.amount_vnd), bold=True)]
    items.append(Text(words.t(_word(row)), Size.SMALL))
    items += [Text(f"{sku.quantity} × {sku.sku}", Size.SMALL) for sku in row.skus]
    if row.lost_vnd:
        items.append(Columns(words.t("slip.lost"), words.money(row.lost_vnd), Size.SMALL))
    if row.transaction_id:
        items.append(Text(words.t("slip.transaction", id=row.transaction_id), Size.SMALL))
    return items


_WORDS = {DONE: "slip.used", USED_NOT_GIVEN: "slip.used", UNKNOWN: "slip.unknown"}


def _word(row: Redemption) -> str:
    """Only what is certain: what the issuer has not confirmed is never called used."""
    if row.taken_back:
        return "slip.taken_back"
    if row.unconfirmed:
        return "slip.unconfirmed"
    return _WORDS.get(row.state, "slip.accepted_offline")


def _sums(stored: StoredBill, shown: list[Redemption], words: Translator) -> list[Item]:
    paid_vnd = sum(row.amount_vnd for row in shown if row.state != UNKNOWN and not row.taken_back)
    return [
        Rule(dashed=True),
        Columns(words.t("slip.total"), words.money(stored.bill.total_vnd)),
        Columns(words.t("slip.voucher"), words.money(paid_vnd)),
        Columns(words.t("slip.left"), words.money(max(0, stored.bill.total_vnd - paid_vnd)), Size.LARGE, True),
    ]


def _foot(stored: StoredBill, shown: list[Redemption], facts: SlipFacts, words: Translator) -> list[Item]:
    items: list[Item] = [Feed(8)]
    if any(row.state in AT_RISK for row in shown):
        items.append(Text(words.t("slip.offline_note"), Size.NORMAL, True, Align.CENTER))
    items += [
        Qr(stored.bill.number),
        Text(words.t("slip.keep"), Size.SMALL, align=Align.CENTER),
    ]
    if facts.environment is not Environment.PRODUCTION:
        mark = words.t(f"slip.not_real.{facts.environment.value}")
        items += [Feed(8), Text(mark, Size.NORMAL, True, Align.CENTER, True)]
    return items
