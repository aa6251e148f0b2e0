"""The day's figures and its chart in words and bars."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pos.i18n import Translator
from pos.till.review.day_views import DayView, Figures, hours_of
from pos.till.review.day_views import HourBar as HourSum
from pos.ui.manager.day.choosing import Chosen
from pos.ui.manager.day.model import Act
from pos.ui.theme import Tone
from pos.ui.widgets.figure import FigureModel
from pos.ui.widgets.hour_chart import HourBar, HourChartModel
from pos.ui.words import provider_name

Cards = tuple[tuple[FigureModel, Act | None], ...]


def cards(
    tr: Translator, chosen: Chosen, figures: Figures | None, now_utc: datetime, waited_s: float | None = 0.0
) -> Cards:
    """The five cards. Without figures: they have been on their way for `waited_s`; None: they could not be read."""
    name = "day.fig.redeemed_today" if chosen.is_plain else "day.fig.redeemed"
    if figures is None:
        labels = (name, "day.fig.at_risk", "day.fig.cases", "day.fig.sold", "day.fig.customer")
        if waited_s is None:
            value, note = "–", tr.t("day.not_read")
        else:
            value, note = "…", tr.t("day.loading") if waited_s < 1 else tr.t("day.loading_for", waited_s=waited_s)
        return tuple((FigureModel(tr.t(label), value, note), None) for label in labels)
    return (
        (_redeemed(tr, name, figures), Act.REDEEMED),
        (_at_risk(tr, figures, now_utc), Act.AT_RISK),
        (_cases(tr, figures, now_utc), Act.CASES),
        (_sold(tr, figures), Act.SOLD),
        (_customer(tr, figures), None),
    )


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _redeemed(tr: Translator, name: str, figures: Figures) -> FigureModel:
    note = _joined(
        tr.t("day.fig.vouchers", count=figures.vouchers),
        tr.t("day.fig.bills", count=figures.bills),
        tr.t("day.fig.taken_back", count=figures.taken_back) if figures.taken_back else "",
    )
    return FigureModel(tr.t(name), tr.money(figures.redeemed_vnd), note, does=tr.t("day.do.redeemed"))


def _at_risk(tr: Translator, figures: Figures, now_utc: datetime) -> FigureModel:
    if not figures.at_risk:
        note, tone = tr.t("day.fig.no_risk"), Tone.NEUTRAL
    else:
        oldest = figures.at_risk_oldest_utc
        age = tr.t("day.fig.oldest", age_s=(now_utc - oldest).total_seconds()) if oldest is not None else ""
        note, tone = _joined(tr.t("day.fig.at_risk_count", count=figures.at_risk), age), Tone.OFFLINE
    return FigureModel(tr.t("day.fig.at_risk"), tr.money(figures.at_risk_vnd), note, tone, does=tr.t("day.do.at_risk"))


def _cases(tr: Translator, figures: Figures, now_utc: datetime) -> FigureModel:
    loss = tr.t("day.fig.losses", amount_vnd=figures.loss_vnd) if figures.losses else ""
    if not figures.cases:
        return FigureModel(
            tr.t("day.fig.cases"), tr.t("day.fig.case_count", count=0), _joined(loss, tr.t("day.fig.no_case")),
            Tone.REFUSED if figures.losses else Tone.NEUTRAL, does=tr.t("day.do.cases"),
        )  # fmt: skip
    oldest = figures.case_oldest_utc
    age = tr.t("day.fig.oldest", age_s=(now_utc - oldest).total_seconds()) if oldest is not None else ""
    return FigureModel(
        tr.t("day.fig.cases"), tr.t("day.fig.case_count", count=figures.cases), _joined(loss, age), Tone.REFUSED,
        does=tr.t("day.do.cases"),
    )  # fmt: skip


def _sold(tr: Translator, figures: Figures) -> FigureModel:
    """Codes; a shop that only takes bookings sees those."""
    booked = bool(figures.bookings or figures.bookings_waiting)
    sold = bool(figures.sales or figures.sales_waiting)
    waiting = figures.sales_waiting + figures.bookings_waiting
    waits = tr.t("day.fig.waiting", count=waiting) if waiting else ""
    if booked and not sold:
        value, label = figures.booked_vnd, "day.fig.booked"
        note = _joined(tr.t("day.fig.bookings", count=figures.bookings), waits)
    else:
        value, label = figures.sold_vnd, "day.fig.sold"
        bookings = tr.t("day.fig.booked_too", amount_vnd=figures.booked_vnd) if booked else ""
        note = _joined(tr.t("day.fig.codes", count=figures.codes), waits, bookings)
    return FigureModel(tr.t(label), tr.money(value), note, does=tr.t("day.do.sold"))


def _customer(tr: Translator, figures: Figures) -> FigureModel:
    slips = tr.t("day.fig.unprinted", count=figures.unprinted) if figures.unprinted else tr.t("day.fig.all_printed")
    value = "–" if figures.customer_s is None else seconds(tr, figures.customer_s)
    return FigureModel(
        tr.t("day.fig.customer"), value, slips, note_tone=Tone.UNKNOWN if figures.unprinted else Tone.NEUTRAL
    )


def seconds(tr: Translator, took_s: float) -> str:
    """`5 ms`, `0,8 s`, `38 s`, then as every duration."""
    if took_s >= 60:
        return tr.duration(took_s)
    if took_s < 0.1:
        return tr.t("timeline.ms", count=round(took_s * 1000))
    text = f"{took_s:.1f}" if took_s < 10 else f"{took_s:.0f}"
    return f"{text.replace('.', ',') if tr.language == 'vi' else text} s"


# ---------------------------------------------------------------- chart


def chart(tr: Translator, chosen: Chosen, view: DayView | None, *, failed: bool = False) -> HourChartModel:
    """Redeemed by hour, the issuer with most of it at the foot."""
    title = tr.t("day.chart.title" if chosen.one_day else "day.chart.title_days")
    if view is None or not view.hours:
        missing = "day.not_read" if failed else "day.loading"
        words = missing if view is None else "day.chart.empty"
        return HourChartModel(title, (), (), tr.t(words))
    issuers = _by_size(view.hours)
    sums = {(bar.hour, bar.issuer): bar for bar in view.hours}
    bars = tuple(
        HourBar(
            tr.t("day.chart.hour", hour=hour),
            tuple(sums[hour, issuer].amount_vnd if (hour, issuer) in sums else 0 for issuer in issuers),
            _spoken(tr, hour, [sums[hour, issuer] for issuer in issuers if (hour, issuer) in sums]),
        )
        for hour in hours_of(view.hours)
    )
    return HourChartModel(title, tuple(provider_name(tr, issuer) for issuer in issuers), bars, "")


def _by_size(hours: Sequence[HourSum]) -> list[str]:
    totals: dict[str, int] = {}
    for bar in hours:
        totals[bar.issuer] = totals.get(bar.issuer, 0) + bar.amount_vnd
    return sorted(totals, key=lambda issuer: (-totals[issuer], issuer))


def _spoken(tr: Translator, hour: int, sums: Sequence[HourSum]) -> str:
    if not sums:
        return tr.t("day.chart.none", hour=hour, until=hour + 1)
    parts = ", ".join(
        tr.t("day.chart.part", issuer=provider_name(tr, bar.issuer), amount_vnd=bar.amount_vnd, count=bar.count)
        for bar in sums
    )
    return tr.t("day.chart.spoken", hour=hour, until=hour + 1, parts=parts)
