"""A window whose people panel stands on a real journal, with PINs that hash quickly."""

from __future__ import annotations

from argon2 import PasswordHasher

from pos.security.people import PinPeople
from pos.till.people_desk import PeopleDesk
from pos.till.ports import Person, Role
from pos.till.rights import Rights
from pos.ui.manager.page import Acting
from pos.ui.manager.section import Section
from pos.ui.manager.setup.people.panel import PeoplePanel
from pos.ui.manager.setup.people.presenter import PeoplePresenter
from tests.journal.shop import Counting, SteadyClock
from tests.ui.setup_office import SetupOffice

QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
PINS = {"Hương": "482915", "Lan": "4826", "Minh": "7391"}


class PeopleOffice(SetupOffice):
    """Hương is the manager, Lan and Minh are cashiers."""

    people: PinPeople
    people_clock: SteadyClock

    def _panels(self, acting: Acting) -> tuple[Section, ...]:
        super()._panels(acting)
        self.people_clock = SteadyClock()
        self.people = PinPeople(self.journal.people, self.people_clock, Counting(), QUICK)
        for name, pin in PINS.items():
            role = Role.MANAGER if name == "Hương" else Role.CASHIER
            self.people.add(name, role, pin, actor="Hương")
        with self.journal.transaction("Lan") as tx:
            tx.audit("signed_in", self.person("Lan").id, role="cashier")
        desk = PeopleDesk(self.people, Rights(self.people))
        self.panels["people"] = PeoplePanel(PeoplePresenter(desk, self.review, lambda: acting.name))
        return tuple(self.panels.values())

    def person(self, name: str) -> Person:
        """By name."""
        return next(person for person in self.people.everyone() if person.name == name)

    @property
    def panel(self) -> PeoplePanel:
        """The panel."""
        panel = self.panels["people"]
        assert isinstance(panel, PeoplePanel)
        return panel
