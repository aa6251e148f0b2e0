"""A desk of cases for screens: details that the real engine made, answers at once, writes down what it is told."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

from pos.domain.errors import PosError, RuleBroken
from pos.till.review.cases import CaseDesk
from pos.till.review.cases_views import CaseDetail, CaseInbox, CaseSource, CaseView, ChoiceKind
from tests.till.review.case_worlds import WORLDS
from tests.ui.fake_till import NOW_UTC

LABELS = {"gotit": "Got It", "vinid-evoucher": "VinID", "codes": "AppotaPay", "gotadi": "Gotadi"}
PEOPLE = ("Hương", "Lan", "Minh")


def details(names: Iterable[str] = WORLDS) -> tuple[CaseDetail, ...]:
    """One case of each of these worlds, oldest first, with ages from half a week to minutes."""
    made = []
    names = tuple(names)
    for number, name in enumerate(names):
        with tempfile.TemporaryDirectory() as folder:
            world = WORLDS[name](Path(folder))
            detail = world.detail()
            world.journal.close()
        ago = timedelta(hours=90) * ((len(names) - number) / len(names)) ** 3 + timedelta(minutes=7)
        made.append(_placed(detail, number, ago))
    return tuple(made)


def _placed(detail: CaseDetail, number: int, ago: timedelta) -> CaseDetail:
    view = replace(
        detail.view,
        id=number + 1,
        label=LABELS[detail.view.issuer],
        bill_number=f"HN03-T2-20261121-{141 + number:06d}",
        opened_utc=NOW_UTC - ago,
        owner="Hương" if number % 4 == 1 else None,
    )
    facts = replace(detail.facts, created_utc=NOW_UTC - ago)
    return replace(detail, view=view, facts=facts, others=())


class FakeCases:
    """Fits `CaseDesk` as the presenter uses it."""

    def __init__(self, open_ones: Iterable[CaseDetail]) -> None:
        self.all = {detail.view.key: detail for detail in open_ones}
        self.done: list[tuple[str, str, str, str, bool]] = []
        self.fault: PosError | None = None

    @property
    def desk(self) -> CaseDesk:
        """As the presenter's type."""
        return cast("CaseDesk", self)

    def inbox(self, *, closed: bool = False, text: str = "") -> CaseInbox:
        rows = tuple(
            detail.view for detail in self.all.values()
            if detail.view.open is not closed and text in (detail.view.closure or "") + detail.view.bill_number
        )  # fmt: skip
        return CaseInbox(rows, sum(detail.view.open for detail in self.all.values()), PEOPLE)

    def detail(self, source: CaseSource, case_id: int) -> CaseDetail:
        return self.all[f"{source}/{case_id}"]

    def own(self, source: CaseSource, case_id: int, owner: str, *, actor: str) -> CaseView:
        self._fail()
        detail = self.detail(source, case_id)
        self.done.append(("own", detail.view.key, actor, owner, False))
        self.all[detail.view.key] = replace(detail, view=replace(detail.view, owner=owner))
        return self.detail(source, case_id).view

    def carry_out(
        self, source: CaseSource, case_id: int, kind: ChoiceKind, *, actor: str, reason: str = "",
        no_other_till: bool = False,
    ) -> CaseDetail:  # fmt: skip
        self._fail()
        detail = self.detail(source, case_id)
        if detail.choice(kind) is None:
            raise RuleBroken("case.not_offered")
        self.done.append((kind.value, detail.view.key, actor, reason, no_other_till))
        if kind is ChoiceKind.CLOSE:
            self.close_by(detail.view.key, actor, reason)
        return self.detail(source, case_id)

    def close_by(self, key: str, who: str, why: str) -> None:
        """Somebody has closed it."""
        detail = self.all[key]
        view = replace(detail.view, closed_utc=NOW_UTC, closed_by=who, closure=why)
        self.all[key] = replace(detail, view=view, choices=())

    def _fail(self) -> None:
        fault, self.fault = self.fault, None
        if fault is not None:
            raise fault
