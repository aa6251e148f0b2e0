"""The panels of the set-up section, in the order of their list. Imported when the section first opens.

A panel is a `pos.ui.manager.section.Section`: `name`, `build(look)`, `take_event`, `opened`, `closed`, `waiting`. It is
opened when it comes into sight and closed when another does or the section is left; it hears every event of the till
and of the review service, also out of sight.

One that reads how something stands and does one thing at a time is a `Panel` over a `PanelPresenter`, drawn on a
`PanelScreen`: then only its own words and deeds are left to write.

To hang one in: make it in `pos/ui/manager/setup/<name>/`, put it into the tuple that `build_panels` returns, and give
it its words: `setup.panel.<name>` stands in the list, `setup.about.<name>` is said aloud and as a tool tip. Keys reach
the drawn `PageScreen` by `press`; digits that it does not take by `take_letter`, 1 to 9 and 0, are the list's, and
`Esc` goes back to it. Whatever a panel does goes through `running.review.ask` and `running.review.change`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from pos.checkup.desk import build_health
from pos.made_with import licence_text
from pos.office import Office
from pos.settings import Group
from pos.setup.apart import Apart
from pos.setup.backup_desk import BackupDesk
from pos.setup.settings_desk import SettingsDesk
from pos.till.people_desk import PeopleDesk
from pos.ui.manager.page import Acting
from pos.ui.manager.section import Section
from pos.ui.manager.setup.about.panel import AboutPanel
from pos.ui.manager.setup.backup.panel import BackupPanel
from pos.ui.manager.setup.backup.presenter import BackupPresenter
from pos.ui.manager.setup.devices.panel import DevicesPanel, DevicesPresenter
from pos.ui.manager.setup.health.panel import HealthPanel
from pos.ui.manager.setup.health.presenter import HealthPresenter
from pos.ui.manager.setup.issuers.panel import IssuersPanel
from pos.ui.manager.setup.issuers.presenter import IssuersPresenter
from pos.ui.manager.setup.issuers.trying import Trying
from pos.ui.manager.setup.looks_panel import SPEC as LOOKS
from pos.ui.manager.setup.looks_panel import LooksPanel
from pos.ui.manager.setup.people.panel import PeoplePanel
from pos.ui.manager.setup.people.presenter import PeoplePresenter
from pos.ui.manager.setup.settings.panel import SettingsPanel
from pos.ui.manager.setup.settings.presenter import PanelSpec, SettingsPresenter
from pos.ui.manager.setup.updates.panel import UpdatesPanel
from pos.ui.manager.setup.updates.presenter import CHECK_KEY, UpdatesPresenter

if TYPE_CHECKING:
    from hardware.discovery import FoundDevice
    from pos.running import RunningTill
    from pos.setup.about import AboutFacts
    from pos.setup.trials import Trial

SHOP = PanelSpec("shop", {"shop": (Group.SHOP, Group.SECURITY)})
POLICY = PanelSpec("policy", {"policy": (Group.POLICY,)})
SECOND_FOLDER = "backup.second_folder"
REPORTS = PanelSpec("reports", {"reports": (Group.REPORTS,)})


def build_panels(running: RunningTill, office: Office, acting: Acting) -> Sequence[Section]:
    """Make them all: people, shop, issuers, devices, policy, reports, looks, backup, health, about,
    updates.
    """
    program, review = running.program, running.review
    desk = SettingsDesk(program.settings, program.settings_noted, office.audit, program.rights)

    def who() -> str:
        return acting.name

    def plain(spec: PanelSpec) -> SettingsPanel:
        return SettingsPanel(SettingsPresenter(spec, desk, review, who))

    trying = Trying(lambda name, values: _trial(running, name, values), review.emit)
    return (
        PeoplePanel(PeoplePresenter(PeopleDesk(program.people, program.rights), review, who)),
        plain(SHOP),
        IssuersPanel(IssuersPresenter(desk, review, who, trying)),
        DevicesPanel(DevicesPresenter(desk, review, who), review, _find),
        plain(POLICY),
        plain(REPORTS),
        LooksPanel(SettingsPresenter(LOOKS, desk, review, who), program.settings),
        _copies(running, desk, who),
        HealthPanel(HealthPresenter(build_health(program), review, who)),
        AboutPanel(review, _about(running), licence_text),
        UpdatesPanel(
            UpdatesPresenter(
                running.updates,
                review,
                Apart(review.emit, program.journal.close_thread),
                desk,
                lambda: program.settings.flag(CHECK_KEY),
                who,
            )
        ),
    )


def _copies(running: RunningTill, desk: SettingsDesk, who: Callable[[], str]) -> BackupPanel:
    program = running.program
    presenter = BackupPresenter(
        BackupDesk(program.backups, program.rights), running.review, desk, SECOND_FOLDER, who, program.clock.now_utc
    )
    folder = program.folder.path  # named in full: typed in any shell, it means this till and no other profile
    return BackupPanel(presenter, lambda name: f'quay backup restore {name} --with-log --data "{folder}"')


def _trial(running: RunningTill, name: str, values: Mapping[str, str]) -> Trial:
    from pos.setup.trials import IssuerTrial

    return IssuerTrial(name, running.program.settings, running.program.clock, values=values)


def _find(kind: str) -> tuple[FoundDevice, ...]:
    from pos.setup.device_trials import found_devices

    return found_devices(kind)


def _about(running: RunningTill) -> Callable[[], AboutFacts]:
    def gather() -> AboutFacts:
        from pos.journal.migrations import known_version
        from pos.setup.about import gather as gathered

        settings = running.program.settings
        return gathered(settings.environment, running.program.folder.path, known_version())

    return gather
