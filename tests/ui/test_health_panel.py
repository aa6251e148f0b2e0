"""The health panel: worst first, one next step, and what a manager has seen to be true goes into the journal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from pos.checkup.assumptions import KEPT, Standing, standings, verify
from pos.checkup.desk import HealthView
from pos.i18n import Translator
from pos.till.views import Message
from pos.ui.manager.setup.health.model import rows_of
from pos.ui.manager.setup.health.presenter import LOOK, VERIFY
from pos.ui.manager.setup.health.screen import HealthScreen
from tests.ui.fake_health import RED, WELL
from tests.ui.setup_office import SetupOffice

EN = Translator("en")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[SetupOffice]:
    made = SetupOffice(tmp_path, "en")
    yield made
    made.close()


def opened(office: SetupOffice) -> HealthScreen:
    drawn = office.sight("health")
    assert isinstance(drawn, HealthScreen)
    return drawn


def test_it_looks_when_it_comes_into_sight_and_tells_the_worst_first(office: SetupOffice) -> None:
    """The chosen line is told in full with its one next step; the list of panels counts what is red."""
    office.health.findings = WELL + RED
    drawn = opened(office)
    assert office.health.looked == 1
    assert drawn.verdict_title == "3 to mend, 3 to see to"
    assert drawn._label.text() == "Printer"
    assert drawn._next.text() == "→ Check power and cable."
    assert office.panels["health"].waiting() == 3
    office.press("F5")
    office.run()
    assert office.health.looked == 2


def test_a_till_that_is_well_says_so(office: SetupOffice) -> None:
    drawn = opened(office)
    assert drawn.verdict_title == "The till is ready"
    assert office.panels["health"].waiting() == 0


def test_an_assumption_is_verified_in_the_name_of_the_manager(office: SetupOffice) -> None:
    """F8 on its line; the list is read anew and says by whom. On any other line F8 does nothing."""
    drawn = opened(office)
    office.press("F8")
    office.run()
    assert list(office.health.verified) == ["gotit.flow"]
    drawn.table.selectRow(len(WELL))
    office.settle()
    assert "Contract §14.5" in drawn._next.text()
    office.press("F8")
    office.run()
    assert office.health.verified["gotit.bill_is_told"] == "Hương"
    assert office.health.looked == 2
    rows = [row for row in rows_of(EN, office.health.look()) if row.assumption == "gotit.bill_is_told"]
    assert rows[0].verified
    assert "Hương" in rows[0].next


def test_a_look_that_fails_is_told_and_may_be_tried_again(office: SetupOffice) -> None:
    office.review.faults[LOOK] = Message("journal.io", (("file", "journal.db"),))
    drawn = opened(office)
    assert drawn._says.text()
    office.press("F5")
    office.run()
    assert drawn._says.text() == ""
    office.review.faults[VERIFY] = Message("journal.io", (("file", "journal.db"),))
    drawn.table.selectRow(len(WELL))
    office.settle()
    office.press("F8")
    office.run()
    assert drawn._says.text()
    assert "gotit.bill_is_told" not in office.health.verified


def test_where_no_money_is_real_nothing_has_to_be_verified() -> None:
    known = (Standing(standings_of()[0]),)
    assert [row for row in rows_of(EN, HealthView(WELL, known, counts=False)) if row.assumption] == []
    assert len([row for row in rows_of(EN, HealthView(WELL, known, counts=True)) if row.assumption]) == 1


def standings_of() -> list:
    from pos.checkup.unverified import ASSUMPTIONS

    return list(ASSUMPTIONS)


def test_what_she_has_seen_stands_in_the_journal_and_its_audit_chain(office: SetupOffice) -> None:
    """Name, date and the setting's value; another reader finds the same."""
    verify(office.journal, office.settings, "gotit.flow", manager="Hương", today=date(2026, 11, 21))
    known = {each.assumption.name: each for each in standings(office.settings, office.journal.kept(KEPT))}
    assert (known["gotit.flow"].by, known["gotit.flow"].on) == ("Hương", date(2026, 11, 21))
    kinds = office.journal.core.connections.get().execute(
        "SELECT actor, ref, facts FROM audit ORDER BY seq DESC LIMIT 1"
    )
    actor, ref, facts = kinds.fetchone()
    assert (actor, ref) == ("Hương", "gotit.flow")
    assert "gotit.flow=direct" in facts
