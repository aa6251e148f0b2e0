"""The only place that builds concrete objects and threads. Nothing happens at import."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pos.domain.business_date import local_date
from pos.domain.errors import ConfigError, JournalDamaged, JournalUnavailable, SecurityError
from pos.domain.offline_policy import OfflinePolicy
from pos.domain.permissions import Action, Role
from pos.domain.routing import SHIPPED_RULES, Rule, read_rules
from pos.durable import replace_file
from pos.instance_lock import InstanceLock
from pos.journal.level_store import LevelStore
from pos.journal.store import SqliteJournal
from pos.measuring import measured
from pos.notices import Notices
from pos.outside import OutsideWatch
from pos.paths import resource_dir
from pos.security.keystore import KeyStore
from pos.security.people import PinPeople
from pos.security.retired_keys import RetiredKeys
from pos.security.secret_store import SecretStore
from pos.security.vault import Vault
from pos.settings import NoSecrets, Settings, Who, known, offline_policy
from pos.settings_noted import SettingsNoted
from pos.till.clockwatch import ClockWatch
from pos.till.desk import Desk
from pos.till.inquiry import Inquirer
from pos.till.issuers import Issuers
from pos.till.leases import Leases
from pos.till.meter import Meter
from pos.till.offline import OfflineDesk
from pos.till.redeem import Redeemer
from pos.till.reserve import Reserver
from pos.till.rights import Rights
from pos.till.settle import Settled, Settler
from pos.till.take_back import TakeBackDesk
from pos.till.take_back_round import TakeBackRound
from pos.till.undecided import UndecidedDesk
from pos.till.views import Environment

if TYPE_CHECKING:
    from pos.journal.backup import Backups
    from pos.providers.built import Built
    from pos.receipts.slip import SlipFacts
    from pos.security.asking import Asker
    from pos.security.key_facts import KeyFacts
    from pos.selling_setup import Selling
    from pos.till.booking.desk import BookingDesk
    from pos.till.booking_port import BookingIssuer
    from pos.till.ports import Chance, Clock, PrintJob
    from pos.till.sale_port import CodeSeller

PROVIDER = "gotit"
_BILL_PREFIX = {Environment.PRODUCTION: "", Environment.SANDBOX: "TN-", Environment.TRAINING: "DT-"}
"""Sandbox and training never share a bill-number series with production (contracts/gotit.md §2)."""


class SystemClock:
    """The machine's clocks."""

    def now_utc(self) -> datetime:
        """Wall clock."""
        return datetime.now(UTC)

    def mono_s(self) -> float:
        """Monotonic clock, seconds."""
        return time.monotonic()


class SystemChance:
    """The machine's randomness. Ids are 12 hex digits of milliseconds, then 14 random ones."""

    def random01(self) -> float:
        """For jitter only."""
        return random.random()  # noqa: S311 - jitter, not a secret

    def new_id(self) -> str:
        """Sortable by time; the random part comes from a secure source."""
        return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(7)}"


@dataclass(frozen=True, slots=True)
class Folder:
    """An opened data folder: key, secrets and settings, before any journal or issuer."""

    path: Path
    vault: Vault
    settings: Settings
    secrets: SecretStore
    keys: KeyStore
    retired: RetiredKeys

    @property
    def journal_path(self) -> Path:
        """The journal's file."""
        return self.path / "journal.db"

    def vault_for_copies(self) -> Vault:
        """Opens copies from before the key was changed as well; for rebuilding a journal from one, and nothing else."""
        return Vault(self.keys.ring(data_exists=True).current, self.retired.all())

    def key_facts(self) -> KeyFacts:
        """Where the key lives, its age and its backup, and when a key of an issuer ends."""
        from pos.security.key_facts import key_facts

        return key_facts(
            self.keys.facts(),
            today=local_date(datetime.now(UTC)),
            secrets_mark=self.secrets.mark(),
            has_secrets=bool(self.secrets.names()),
            expires_on=self.settings.text("vinid.key_expires_on"),
        )


def open_folder(data_dir: Path, ask: Asker | None = None) -> Folder:
    """Open key, secrets and settings; makes the folder at the first start.

    Args:
        data_dir: the data folder.
        ask: gets the passphrase where the machine has no key store; None: only the file that
            `QUAY_PASSPHRASE_FILE` names is looked into.

    Raises:
        SecurityError, ConfigError, JournalUnavailable: nothing was overwritten.
    """
    return _opened(data_dir, key_store(data_dir, ask))


def key_store(data_dir: Path, ask: Asker | None = None) -> KeyStore:
    """Where the folder's key lives; nothing is opened yet. Plain settings say whether money is real here.

    Raises:
        ConfigError, JournalUnavailable: the settings cannot be read.
    """
    plain = Settings(data_dir, NoSecrets())
    return KeyStore(data_dir, ask=ask, production=plain.environment is Environment.PRODUCTION)


def _opened(data_dir: Path, keys: KeyStore) -> Folder:
    exists = (data_dir / "journal.db").exists() or (data_dir / "secrets.bin").exists()
    ring = keys.ring(data_exists=exists)
    # The other key only opens, and only until the change is done: what an old key sealed is else not taken for ours.
    vault = Vault(ring.current, () if ring.other is None else (ring.other,))
    secret_store = SecretStore(data_dir / "secrets.bin", vault)
    return Folder(data_dir, vault, Settings(data_dir, secret_store), secret_store, keys, RetiredKeys(data_dir, vault))


def open_journal(folder: Folder, clock: Clock, chance: Chance, *, writing: bool = True) -> SqliteJournal:
    """The journal of a folder; for writing with its second log. Raises as `SqliteJournal` and `open_logged`."""
    if writing:
        from pos.backup_setup import open_logged

        return open_logged(folder, clock, chance)
    return SqliteJournal(
        folder.journal_path,
        folder.vault,
        clock,
        chance,
        change_hour=lambda: folder.settings.number("store.day_change_hour"),
        writing=False,
    )


class HeldFolder:
    """One data folder, alone on it: key, settings, journal, people. No issuer, so that a wrong setting can be mended.

    What happened behind the program's back has been looked for (`outside`).

    Args:
        data_dir: the data folder.
        wait_s: how long to wait for another short-lived command on the same folder.
        clock: of this machine; or one that runs ahead, to see what a till does after hours.
        ask: as `open_folder` takes it.

    Raises:
        PosError: with a sentence for people; nothing was opened.
    """

    def __init__(
        self, data_dir: Path, *, wait_s: float = 0.0, clock: Clock | None = None, ask: Asker | None = None
    ) -> None:
        self.lock = InstanceLock(data_dir, wait_s=wait_s)
        try:
            try:
                self._hold(data_dir, clock or SystemClock(), ask)
            except JournalDamaged as error:
                if error.code != "journal.damaged":
                    raise
                # Met only behind the header: now it is known, so that the journal is read through and built anew.
                self._hold(data_dir, clock or SystemClock(), ask)
        except BaseException:
            self.lock.release()
            raise

    def _hold(self, data_dir: Path, clock: Clock, ask: Asker | None) -> None:
        self.folder = open_folder(data_dir, ask)
        self.clock, self.chance = clock, SystemChance()
        if self.folder.keys.ring(data_exists=True).other is not None:
            self._settle_keys(data_dir, ask)
        try:
            self.journal = open_journal(self.folder, self.clock, self.chance)
        except SecurityError as error:
            if error.code != "key.wrong" or not self.folder.retired.exist():
                raise
            self._settle_keys(data_dir, ask)  # a copy from before the key was changed
            self.journal = open_journal(self.folder, self.clock, self.chance)
        self.settings = self.folder.settings
        try:
            self._note_restored()
            self.journal.people.seal_old()
            self.people = PinPeople(self.journal.people, self.clock, self.chance)
            self.rights = Rights(self.people, lambda _: self.settings.flag("drawer.cashier_may_open"))
            self.settings_noted = SettingsNoted(self.settings, self.journal, self.folder.vault)
            self.notices = Notices(self.journal)
            self.outside = OutsideWatch(
                data_dir, self.folder.vault, self.journal, self.settings_noted, self.notices, self.clock
            )
            self.latest_utc = self.outside.look(managed=self.managed())
        except BaseException:
            self.journal.close()
            raise

    def _note_restored(self) -> None:
        """The keys were put back from a backup: whoever did that leaves a mark."""
        if restored := self.folder.keys.restored():
            number, _, at_utc = restored.partition(" ")
            with self.journal.transaction("") as tx:
                tx.audit("keys.restored", number, at_utc=at_utc)
            self.folder.keys.note_restored()

    def _settle_keys(self, data_dir: Path, ask: Asker | None) -> None:
        """Go on with a change of the key that was cut off, before anything else is opened."""
        from pos.key_rotation import settle_keys

        settle_keys(self.folder, self.clock, self.chance)
        self.folder = _opened(data_dir, self.folder.keys)

    def managed(self) -> bool:
        """Whether a manager works here: from then on what is a manager's to change needs her."""
        return any(person.role is Role.MANAGER for person in self.people.everyone())

    def actor(self, keys: Iterable[str], pin: Callable[[], str]) -> str:
        """In whose name these settings are changed: a manager's, as soon as there is one and one of them is hers.

        Args:
            keys: of the settings.
            pin: reads her PIN; called only if it is needed.

        Raises:
            SecurityError: as `People.manager_by_pin`.
            ConfigError: a key nobody declared.
        """
        hers = [key for key in keys if known(key).who is Who.MANAGER]
        if not hers or not self.managed():
            return ""
        return self.rights.allow(Action.CHANGE_SETTINGS, None, pin()).person.name

    def close(self) -> None:
        """Remember how it was left, and let the next one in."""
        self.outside.remember()
        self.journal.close()
        self.lock.release()


class Program(HeldFolder):
    """One till on one data folder: everything but threads and window.

    Args:
        data_dir: the data folder.
        wait_s: how long to wait for another short-lived command on the same folder.
        clock: of this machine; or one that runs ahead, to see what a till does after hours.
        ask: as `open_folder` takes it.

    Raises:
        PosError: with a sentence for people; nothing was opened.
    """

    def __init__(
        self, data_dir: Path, *, wait_s: float = 0.0, clock: Clock | None = None, ask: Asker | None = None
    ) -> None:
        self.on_link_change: Callable[[], None] = lambda: None
        """Called when the network comes or goes, on the thread that noticed."""
        try:
            self._open(data_dir, wait_s, clock, ask)
        except JournalDamaged as error:
            if error.code != "journal.damaged":
                raise
            self._open(data_dir, wait_s, clock, ask)  # as in `HeldFolder`

    def _open(self, data_dir: Path, wait_s: float, clock: Clock | None, ask: Asker | None) -> None:
        super().__init__(data_dir, wait_s=wait_s, clock=clock, ask=ask)
        try:
            self._build()
        except BaseException:
            super().close()
            raise

    def _build(self) -> None:
        self._claim_environment()
        self.meter = Meter(self.clock, LevelStore(self.journal.core), self.journal.business_date)
        self.built = measured(build_issuers(self.settings, self.clock), self.meter)
        watch = ClockWatch(self.clock, self.latest_utc)
        vouchers = self.built.vouchers
        issuers = Issuers(vouchers, self.clock, watch, link_changed=lambda: self.on_link_change())
        redeemer = Redeemer(self.journal, issuers, self.clock, self.chance)
        leases = Leases(self.clock)
        self.take_back = TakeBackDesk(
            self.journal, issuers, self.clock, self.chance, leases, redeemer, self.built.refunders
        )
        self.desk = Desk(
            journal=self.journal,
            issuers=issuers,
            clock=self.clock,
            chance=self.chance,
            leases=leases,
            redeemer=redeemer,
            reserver=Reserver(self.journal, issuers, self.chance, redeemer),
            inquirer=Inquirer(self.journal, issuers, self.clock, self.chance, redeemer),
            offline=OfflineDesk(self.journal, issuers, self.clock, self.chance, redeemer, self.offline_policy),
            provider=PROVIDER,
            max_vouchers=self.settings.number("bill.max_vouchers"),
            rules=self._rules(),
            take_back=self.take_back,
            meter=self.meter,
        )
        self.undecided = UndecidedDesk(self.journal, issuers, leases, redeemer)
        self._settle_doubt()
        self.settler().recover()
        self._recover_sales_and_bookings()

    def _settle_doubt(self) -> None:
        """After a rebuilding at whose end something may be missing: before anything is recovered, let alone sent."""
        if self.journal.kept("doubt"):
            from pos.backup_setup import settle_doubt

            settle_doubt(self)

    @cached_property
    def backups(self) -> Backups:
        """The copies of the journal."""
        from pos.backup_setup import build_backups

        return build_backups(self)

    def _recover_sales_and_bookings(self) -> None:
        """Only where there are any: half of the program is not even loaded at a till that redeems vouchers alone."""
        self.sells = bool(self.sellers) or self.journal.has_sales()
        self.books = bool(self.booking_issuers) or self.journal.has_bookings()
        if self.sells:
            self.selling.settler().recover()
        if self.books:
            from pos.till.booking.attend import recover

            recover(self.booking)

    @cached_property
    def selling(self) -> Selling:
        """What sells codes here, and looks after the sales that stand in the journal."""
        from pos.selling_setup import build_selling, order_prefix
        from pos.till.selling.desk import SaleInfo

        prefix = order_prefix(_BILL_PREFIX[self.settings.environment], self.settings.text("till.code"))
        info = SaleInfo(self._next_bill_number, prefix)
        return build_selling(self.journal, self.sellers, self.built.prices, self.clock, self.chance, info)

    @cached_property
    def booking(self) -> BookingDesk:
        """What pays bookings here, and looks after the payments that stand in the journal."""
        from pos.booking_setup import build_booking

        return build_booking(self.journal, self.booking_issuers, self.clock, self.chance, self._next_bill_number)

    @property
    def sellers(self) -> Mapping[str, CodeSeller]:
        """Who sells codes at this till, by stable name; empty: nobody."""
        return self.built.sellers

    @property
    def booking_issuers(self) -> Mapping[str, BookingIssuer]:
        """Whose bookings are paid at this till, by stable name; empty: nobody's."""
        return self.built.bookings

    def offline_policy(self) -> OfflinePolicy:
        """The shop's risk as it is set at this moment: what is tightened holds for the next voucher."""
        return offline_policy(self.settings)

    def _rules(self) -> tuple[Rule, ...]:
        """Whose codes look like what, of the issuers that are here."""
        here = {*self.built.vouchers, *self.built.bookings}
        try:
            rules = read_rules(self.settings.text("routing.rules"))
        except ConfigError as error:
            self.built.faults["routing"] = error
            rules = SHIPPED_RULES
        return tuple(rule for rule in rules if rule.issuer in here) or SHIPPED_RULES[:1]

    def _claim_environment(self) -> None:
        """A folder belongs to one environment for ever, once a bill stands in it."""
        marker, now = self.folder.path / "environment", self.settings.environment.value
        profile = self.settings.profile
        if profile is not None and profile.value != now:  # no `set` can do that: the file was edited
            raise ConfigError("profile.tampered", profile=profile.value, now=now)
        try:
            was = marker.read_text("ascii").strip()
        except FileNotFoundError:
            was = ""
        except (OSError, ValueError) as error:
            raise JournalUnavailable("journal.io", file=marker.name) from error
        if was not in ("", now) and self.journal.bill_numbers(limit=1):
            raise ConfigError("config.environment_changed", was=was, now=now)
        if was != now:
            try:
                replace_file(marker, now.encode())  # before the first bill: a lost marker would shut the shop out
            except OSError as error:
                raise JournalUnavailable("journal.io", file=marker.name) from error

    def settler(
        self,
        on_settled: Callable[[Settled], None] = lambda _: None,
        here: Callable[[str], bool] = lambda _: False,
        pause: Callable[[], bool] = lambda: False,
    ) -> Settler:
        """A settler on this till's services."""
        desk = self.desk
        return Settler(
            desk.journal,
            desk.issuers,
            desk.clock,
            desk.chance,
            desk.leases,
            desk.redeemer,
            desk.reserver,
            desk.inquirer,
            on_settled=on_settled,
            here=here,
            pause=pause,
            take_backs=TakeBackRound(self.take_back, desk.journal, desk.issuers, desk.clock, desk.chance),
        )

    def bill_number(self, day: str, running: int) -> str:
        """`HN03-T2-20261121-000148`, with a prefix outside production."""
        prefix = _BILL_PREFIX[self.settings.environment]
        return f"{prefix}{self.settings.text('store.code')}-{self.settings.text('till.code')}-{day}-{running:06d}"

    def _next_bill_number(self, day: str) -> str:
        return self.bill_number(day, self.journal.next_number(self.bill_series(day)))

    def bill_series(self, day: str) -> str:
        """The series of running numbers of a business date, `20261121`."""
        return f"bill/{day}"

    def slip_facts(self, job: PrintJob) -> SlipFacts:
        """What a slip needs besides its bill."""
        from pos.receipts.slip import SlipFacts

        return SlipFacts(
            store_name=self.settings.text("store.name"),
            till_code=self.settings.text("till.code"),
            environment=self.settings.environment,
            provider_labels={name: p.capabilities.label for name, p in self.built.vouchers.items()},
            copy=job.copy,
            drawer=self.settings.flag("printer.drawer"),
            logo=self.settings.text("store.logo"),
            drawer_pin=self.drawer_pin(),
        )

    def drawer_pin(self) -> Literal[2, 5]:
        """Connector pin of the cash drawer."""
        return 5 if self.settings.text("printer.drawer_pin") == "5" else 2

    def opens_drawer(self, job: PrintJob) -> bool:
        """Whether this slip opens the cash drawer: an original, where the shop wants it."""
        return self.settings.flag("printer.drawer") and job.copy == 0

    def close(self) -> None:
        """Close in reverse order; the journal last."""
        self.built.close()
        super().close()


def build_issuers(settings: Settings, clock: Clock) -> Built:
    """Every issuer that is set up; no connection is made."""
    from pos.providers.registry import build_all

    return build_all(settings, clock)


def font_dir() -> Path:
    """Fonts of screen and slip."""
    return resource_dir() / "fonts" / "be-vietnam-pro"


def printer_profile_dir() -> Path:
    """What printers can do, a file a family."""
    return resource_dir() / "printers"
