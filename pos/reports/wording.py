"""Words that every report shares."""

from __future__ import annotations

from datetime import date

from pos.i18n import Translator
from pos.reports.model import Words
from pos.till.review.closing import Shop
from pos.till.views import Environment


def writer_words(words: Translator) -> Words:
    """The writers' own words."""
    return Words(
        total=words.t("report.total"),
        page=words.t("report.page", page="{page}"),
        of=words.t("report.of"),
        overview=words.t("report.overview"),
        rows=words.t("report.rows"),
        hour=words.t("report.hour_column"),
        million=words.t("report.million"),
        empty=words.t("report.empty"),
    )


def mark_of(shop: Shop, words: Translator) -> str:
    """Words that must not be missed where nothing is real; empty in production."""
    if shop.environment == Environment.PRODUCTION.value:
        return ""
    return words.t(f"report.mark.{shop.environment}")


def period(first: date, last: date, words: Translator) -> str:
    """`21/11/2026`, or from – to."""
    return words.date(first) if first == last else f"{words.date(first)} – {words.date(last)}"


def reason_words(reason: str | None, words: Translator) -> str:
    """A stable word of the journal for people; what has no words is shown as it is."""
    if reason is None:
        return ""
    for key in (f"reason.{reason}.short", f"sale.{reason}"):
        if words.has(key):
            return words.t(key)
    return reason
