"""What the health panel shows: plain values, and how findings become them."""

from __future__ import annotations

from dataclasses import dataclass

from pos.checkup.assumptions import Standing
from pos.checkup.desk import HealthView
from pos.checkup.findings import Finding, Level, Reader, tell, worst, worst_first
from pos.i18n import Translator
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.bar_action import BarAction
from pos.ui.widgets.pill import Pill

LOOK_KEY, VERIFY_KEY = "F5", "F8"
LOOKS_OF = {
    Level.BAD: (Tone.REFUSED, Shape.CROSS),
    Level.WARN: (Tone.UNKNOWN, Shape.WAIT),
    Level.NOTE: (Tone.BRAND, Shape.DOT),
    Level.OK: (Tone.USABLE, Shape.CHECK),
}
"""How each level is drawn: colour and shape, never colour alone."""


@dataclass(frozen=True, slots=True)
class HealthRow:
    """One line of the list and all there is to say of it.

    Args:
        assumption: name of what a manager may verify; empty: a finding.
    """

    pill: Pill
    label: str
    said: str
    next: str
    assumption: str = ""
    verified: bool = False


@dataclass(frozen=True, slots=True)
class HealthModel:
    """The panel. `next` is empty where there is nothing to do."""

    title: str
    tone: Tone
    shape: Shape
    says: str
    says_tone: Tone
    label: str
    said: str
    next: str
    actions: tuple[BarAction, ...]


def rows_of(tr: Translator, view: HealthView) -> tuple[HealthRow, ...]:
    """Findings, worst first; then, where money is real, what is not verified, then what is."""
    rows = [_of_finding(tr, finding) for finding in worst_first(view.findings)]
    if view.counts:
        rows += [_of_standing(tr, each) for each in sorted(view.standings, key=lambda each: each.verified)]
    return tuple(rows)


def _of_finding(tr: Translator, finding: Finding) -> HealthRow:
    told = tell(tr, finding, Reader.MANAGER)
    tone, shape = LOOKS_OF[finding.level]
    return HealthRow(Pill(tr.t(f"check.level.{finding.level}"), tone, shape), told.label, told.said, told.next)


def _of_standing(tr: Translator, each: Standing) -> HealthRow:
    assumption = each.assumption
    tone, shape = (Tone.USABLE, Shape.CHECK) if each.verified else (Tone.BRAND, Shape.QUESTION)
    label = tr.t(f"check.label.{assumption.service}")
    text = tr.t(f"assumption.{assumption.name}")
    if each.verified and each.on is not None:
        return HealthRow(
            Pill(tr.t("assumption.verified"), tone, shape), label, text,
            tr.t("assumption.by", by=each.by, on=each.on), assumption.name, verified=True,
        )  # fmt: skip
    where = ", ".join(assumption.settings)
    return HealthRow(
        Pill(tr.t("assumption.open"), tone, shape), label, text,
        tr.t("assumption.next", section=assumption.section, settings=where or None), assumption.name,
    )  # fmt: skip


def verdict(tr: Translator, view: HealthView) -> tuple[str, Tone, Shape]:
    """The largest words."""
    level = worst(view.findings)
    red = sum(finding.level is Level.BAD for finding in view.findings)
    yellow = sum(finding.level is Level.WARN for finding in view.findings)
    if level is Level.BAD:
        title = tr.t("health.bad", count=red, others=yellow or None)
    elif level is Level.WARN:
        title = tr.t("health.warn", count=yellow)
    else:
        title = tr.t("health.well")
        level = Level.OK
    return (title, *LOOKS_OF[level])
