"""A window whose set-up section stands on a real data folder: settings, secrets, journal."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hardware.discovery import DeviceKind, FoundDevice
from pos.domain.backups import CopyReason
from pos.domain.errors import PosError, SecurityError
from pos.journal.audit_reads import AuditReader
from pos.made_with import Engines, Part
from pos.security.secret_store import SecretStore
from pos.security.vault import Vault
from pos.settings import Settings
from pos.settings_noted import SettingsNoted
from pos.setup.about import AboutFacts
from pos.setup.backup_desk import BackupDesk
from pos.setup.settings_desk import SettingsDesk
from pos.setup.trials import Sort, Trial, TrialResult
from pos.till.backups import BackupView, CopyMade, JournalNotice, LogView, NoticeKind
from pos.till.ports import Person, Role
from pos.till.review.audit import AuditDesk
from pos.till.review.events import Running
from pos.till.rights import Rights
from pos.till.views import Environment, Message
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
from pos.ui.manager.setup.panels import POLICY, REPORTS, SECOND_FOLDER, SHOP
from pos.ui.manager.setup.section import SetupSection
from pos.ui.manager.setup.settings.panel import SettingsPanel
from pos.ui.manager.setup.settings.presenter import PanelSpec, SettingsPresenter
from pos.ui.manager.setup.settings.screen import SettingsScreen
from pos.ui.manager.setup.updates.panel import UpdatesPanel
from pos.ui.manager.setup.updates.presenter import CHECK_KEY, SOURCE_KEY, UpdatesPresenter
from pos.ui.page import PageScreen
from pos.ui.theme import ThemeName
from tests.journal.shop import KEY, NOON, SteadyClock, open_journal
from tests.ui.fake_health import FakeHealth
from tests.ui.fake_till import EVERYONE, HUONG
from tests.ui.fake_updates import FakeBeside, FakeUpdates
from tests.ui.hands import KEYS
from tests.ui.office import ManagerOffice
from tests.ui.test_manager import PlainSection

BEFORE = ("day", "cases", "closing", "statement", "levels", "audit")
PIN = "482913"
FACTS = AboutFacts(
    "1.0.0", Environment.SANDBOX, Path("/data/sandbox"), 7, "Linux 6.8 · x86_64",
    Engines("3.11.9", "6.11.3", "3.45.1", "3.0.13", "3.0.13"),
    (Part("Be Vietnam Pro", "", "OFL-1.1"), Part("PySide6", "6.11.3", "LGPL-3.0-only"), Part("httpx", "0.28.1", "BSD")),
)  # fmt: skip
LICENCES = {
    "Be Vietnam Pro": "SIL OPEN FONT LICENSE",
    "PySide6": "\n\n".join(f"{number}. Terms of this part, in so many words." for number in range(90)),
    "httpx": "",
}
FOUND = (
    FoundDevice(
        ("serial:usb:05e0:1701?baud=9600", "serial:/dev/ttyACM0?baud=9600"), DeviceKind.SCANNER, "Zebra DS2208"
    ),
    FoundDevice(("hid:0c2e:0b61",), DeviceKind.SCANNER, "Honeywell Voyager", "device.permission_denied"),
)


class FakeTrial:
    """A trial that ends as a test says, when the test lets it, or when it is given up."""

    def __init__(self, result: TrialResult, may_end: threading.Event) -> None:
        self.result, self._may_end = result, may_end

    def run(self) -> TrialResult:
        self._may_end.wait(10)
        return self.result

    def cancel(self) -> None:
        self._may_end.set()


class FakeBackups:
    """Copies of a shop that were never made; `fault` is raised by the next call that makes or reads one."""

    def __init__(self) -> None:
        self.copies = [
            CopyMade("journal-20261121-0430-hourly.db", "/data/backups/a.db", NOON - timedelta(minutes=30),
                     CopyReason.HOURLY, 12_400_000, 18_230, 7, 21_400, "ab" * 32, verified=True, second=True),
            CopyMade("journal-20261120-1510-closing.db", "/data/backups/b.db", NOON - timedelta(hours=14),
                     CopyReason.CLOSING, 12_100_000, 17_990, 7, 21_010, "cd" * 32, verified=True, second=True),
            CopyMade("journal-20261101-0200-migration.db", "/data/backups/c.db", NOON - timedelta(days=20),
                     CopyReason.MIGRATION, 8_300_000, 9_120, 6, 11_010, "ef" * 32, verified=False),
        ]  # fmt: skip
        self.second_folder = "/media/usb/quay"
        self.told: list[JournalNotice] = []
        self.fault: PosError | None = None
        self.made: list[tuple[CopyReason, str]] = []
        self.read: list[str] = []
        self.seen_by: list[str] = []

    def view(self) -> BackupView:
        return BackupView(
            "/data/backups",
            tuple(self.copies),
            self.second_folder,
            log=LogView(whole=True, bytes=310_000, since_link=21_400),
        )

    def _fail(self) -> None:
        fault, self.fault = self.fault, None
        if fault is not None:
            raise fault

    def make(self, reason: CopyReason, actor: str, running: Running | None = None) -> CopyMade:
        del running
        self._fail()
        self.made.append((reason, actor))
        copy = replace(self.copies[0], name="journal-now.db", made_utc=NOON, reason=reason)
        self.copies.insert(0, copy)
        return copy

    def verify(self, name: str) -> CopyMade:
        self._fail()
        self.read.append(name)
        return next(copy for copy in self.copies if copy.name == name)

    def notices(self) -> tuple[JournalNotice, ...]:
        return tuple(self.told)

    def acknowledge(self, actor: str) -> None:
        self.seen_by.append(actor)
        self.told.clear()


REBUILT = JournalNotice(
    NoticeKind.REBUILT, NOON - timedelta(hours=2), "", "check", "journal-20261121-0430-hourly.db", 14, 0,
    certain=False, missing=("CH01-T1-20261121-000148",), missing_count=1,
    check=("CH01-T1-20261121-000147",), set_aside="damaged-20261121-0300",
)  # fmt: skip


class ThreePeople:
    """Lan, Minh and Hương; hers is the only manager's PIN."""

    def everyone(self) -> tuple[Person, ...]:
        return EVERYONE

    def add(self, name: str, role: Role, pin: str, *, actor: str) -> Person:
        raise NotImplementedError

    def verify(self, person_id: str, pin: str) -> Person:
        raise NotImplementedError

    def manager_by_pin(self, pin: str) -> Person:
        if pin != PIN:
            raise SecurityError("pin.wrong", wait_s=0)
        return HUONG


class SetupOffice(ManagerOffice):
    """The set-up section on this folder."""

    def __init__(
        self, folder: Path, language: str = "vi", size: tuple[int, int] = (1024, 768),
        theme: ThemeName = ThemeName.LIGHT,
    ) -> None:  # fmt: skip
        folder.mkdir(parents=True, exist_ok=True)
        self.journal = open_journal(folder / "journal.db", SteadyClock())
        vault = Vault(KEY)
        self.settings = Settings(folder, SecretStore(folder / "secrets.bin", vault))
        self.noted = SettingsNoted(self.settings, self.journal, vault)
        self.chain = AuditDesk(AuditReader(self.journal.core), self.journal.verify, lambda: NOON, lambda: 1.0)
        self.desk = SettingsDesk(self.settings, self.noted, self.chain, Rights(ThreePeople()))
        self.backups = FakeBackups()
        self.health = FakeHealth()
        self.updates = FakeUpdates(lambda: self.settings.text(SOURCE_KEY))
        self.trial_may_end = threading.Event()
        self.tried: list[tuple[str, dict[str, str]]] = []
        self.trial_result = TrialResult("gotit", Sort.WORKS, Message("trial.works.gotit", (("issuer", "Got It"),)))
        super().__init__(language, size, theme)

    def _sections(self, acting: Acting) -> tuple[Section, ...]:
        self.section = SetupSection(lambda: self._panels(acting))
        return (*(PlainSection(name) for name in BEFORE), self.section)

    def _panels(self, acting: Acting) -> tuple[Section, ...]:
        def plain(spec: PanelSpec) -> SettingsPanel:
            return SettingsPanel(SettingsPresenter(spec, self.desk, self.review, lambda: acting.name))

        self.trying = Trying(self._trial, self.review.say)
        self.panels: dict[str, Section] = {
            "people": PlainSection("people"),
            "shop": plain(SHOP),
            "issuers": IssuersPanel(IssuersPresenter(self.desk, self.review, lambda: acting.name, self.trying)),
            "devices": DevicesPanel(
                DevicesPresenter(self.desk, self.review, lambda: acting.name), self.review, lambda _: FOUND
            ),
            "policy": plain(POLICY),
            "reports": plain(REPORTS),
            "looks": LooksPanel(SettingsPresenter(LOOKS, self.desk, self.review, lambda: acting.name), self.settings),
            "backup": BackupPanel(
                BackupPresenter(
                    BackupDesk(self.backups, Rights(ThreePeople())),
                    self.review,
                    self.desk,
                    SECOND_FOLDER,
                    lambda: acting.name,
                    lambda: NOON,
                ),
                lambda name: f"quay backup restore {name}",
            ),
            "health": HealthPanel(HealthPresenter(self.health, self.review, lambda: acting.name)),
            "about": AboutPanel(self.review, lambda: FACTS, LICENCES.__getitem__),
            "updates": UpdatesPanel(
                UpdatesPresenter(
                    lambda: self.updates,
                    self.review,
                    FakeBeside(self.review),
                    self.desk,
                    lambda: self.settings.flag(CHECK_KEY),
                    lambda: acting.name,
                )
            ),
        }
        return tuple(self.panels.values())

    def _trial(self, name: str, values: Mapping[str, str]) -> Trial:
        self.tried.append((name, dict(values)))
        return FakeTrial(self.trial_result, self.trial_may_end)

    # ------------------------------------------------------------ hands

    def key(self, *names: str) -> None:
        """Real key events, to whatever has the keyboard."""
        for name in names:
            control = Qt.KeyboardModifier.ControlModifier if "+" in name else Qt.KeyboardModifier.NoModifier
            QTest.keyClick(QApplication.focusWidget() or self.window, KEYS[name], control)
            self.settle()

    def type(self, text: str) -> None:
        """Letter by letter, as a hand does."""
        for char in text:
            QTest.keyClicks(QApplication.focusWidget() or self.window, char)
        self.settle()

    def changes(self) -> list[tuple[str, str, object, object, str]]:
        """Key, who, before, now and reason of every change in the chain, newest first."""
        return [(one.key, one.actor, one.before, one.now, one.reason) for one in self.desk.history()]

    def open(self, panel: str) -> SettingsScreen:
        """A panel of settings in sight, with what it asked for."""
        drawn = self.sight(panel)
        assert isinstance(drawn, SettingsScreen)
        return drawn

    def sight(self, panel: str) -> PageScreen:
        """Any panel in sight, with what it asked for."""
        self.press("F9", "Ctrl+7")
        self.section.show_panel(panel)
        self.run()
        drawn = self.section._drawn
        assert drawn is not None
        assert drawn._current is not None
        return drawn._current

    def trial_ended(self) -> None:
        """The thread of the last trial has come to its end."""
        self.trial_may_end.set()
        for thread in threading.enumerate():
            if thread.name == "trial":
                thread.join(10)
        self.settle()

    def close(self) -> None:
        super().close()
        self.journal.close()
