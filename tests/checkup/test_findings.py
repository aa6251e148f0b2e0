"""Each finding turns red by a real cause and green by what its next step says; both are said in both languages."""

from __future__ import annotations

import os
import resource
import shutil
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from pos.checkup.assumptions import KEPT, standings, verify
from pos.checkup.findings import Finding, Level, tell
from pos.checkup.looks_machine import known_bad
from pos.checkup.unverified import ASSUMPTIONS
from pos.domain.backups import CopyReason
from pos.domain.cases import CaseKind
from pos.domain.errors import ConfigError
from pos.domain.redemption import Outcome, State
from pos.i18n import LANGUAGES, Translator
from pos.journal.backup import Backups
from pos.settings import BY_KEY
from pos.till.ports import PrintState, Role, Trace
from tests.checkup.till import Act, LookedAt
from tests.journal.shop import NOON, accept_offline, add, bring_to, stamp
from tests.providers.odd_certificates import a_root


@dataclass(frozen=True)
class Case:
    """One cause.

    Args:
        look: of `pos.checkup.looks`. what: the finding's name.
        spoil: makes it red; `mend` makes it green again.
        level, code: how it is told while it is red.
        after: how it stands mended.
    """

    look: str
    what: str
    spoil: Act
    mend: Act
    level: Level
    code: str
    after: Level = Level.OK


def limit_free(mb: int) -> Act:
    def act(till: LookedAt) -> None:
        till.limits = replace(till.limits, free_bad_mb=mb, free_warn_mb=mb)

    return act


def no_more_bytes(till: LookedAt) -> None:
    """Every write of this process fails, as on a disk that is full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


def bytes_again(till: LookedAt) -> None:
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


def one_bill(till: LookedAt) -> None:
    add(till.journal, "r1", 1)
    till.journal.core.connections.get().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def damage(till: LookedAt) -> None:
    one_bill(till)
    till.close()
    file = till.path / "journal.db"
    shutil.copy(file, till.path.parent / "good.db")
    content = bytearray(file.read_bytes())
    content[-4096:] = os.urandom(4096)
    content[3 * 4096 : 4 * 4096] = os.urandom(4096)
    file.write_bytes(content)


def undamage(till: LookedAt) -> None:
    shutil.copy(till.path.parent / "good.db", till.path / "journal.db")


def rewrite_history(till: LookedAt) -> None:
    one_bill(till)
    till.close()
    shutil.copy(till.path / "journal.db", till.path.parent / "good.db")
    names = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(till.path / "journal.db", isolation_level=None)) as connection:
        for (name,) in connection.execute(names).fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE audit SET actor = 'nobody' WHERE seq = 1")


def ahead(till: LookedAt) -> None:
    till.pass_by(hours=3)
    one_bill(till)
    till.clock.wall -= timedelta(hours=3)


def offset(seconds: float) -> Act:
    def act(till: LookedAt) -> None:
        number = len(till.journal.bill_numbers()) + 1
        add(till.journal, f"r{number}", number, bill_number=f"B{number}")
        with till.journal.transaction("lan") as tx:
            tx.add_attempt(f"c{number}", "check", [f"r{number}"], stamp())
            tx.add_answer(f"c{number}", "usable", Trace(200, NOON), offset_s=seconds)

    return act


def given(till: LookedAt) -> None:
    accept_offline(till.journal, "r1", 1)
    till.pass_by(hours=80)


def settled(till: LookedAt) -> None:
    from pos.domain.redemption import Event

    for event in (Event.SEND, Event.USED):
        with till.journal.transaction("lan") as tx:
            tx.move("r1", event, sent=stamp() if event is Event.SEND else None)


def doubtful_slip(till: LookedAt) -> None:
    one_bill(till)
    with till.journal.transaction("lan") as tx:
        tx.add_print_job("slip-1", "B1")
    till.pass_by(hours=1)


def printed(till: LookedAt) -> None:
    with till.journal.transaction("lan") as tx:
        tx.set_print_state("slip-1", PrintState.PRINTED)


def lost(till: LookedAt) -> None:
    add(till.journal, "r1", 1)
    bring_to(till.journal, "r1", State(Outcome.REFUSED, True))
    with till.journal.transaction("lan") as tx:
        tx.open_case("r1", CaseKind.LOSS)


def decided(till: LookedAt) -> None:
    (case,) = till.journal.cases()
    with till.journal.transaction("huong") as tx:
        tx.close_case(case.id, closure="written off")


def a_copy(till: LookedAt) -> None:
    Backups(till.journal, till.clock).make(CopyReason.BY_HAND, "Hương")


def an_old_copy(till: LookedAt) -> None:
    one_bill(till)
    a_copy(till)
    till.pass_by(hours=30)


def a_manager(till: LookedAt) -> None:
    till.people.add("Hương", Role.MANAGER, "482913", "")


def told_outside(till: LookedAt) -> None:
    from pos.notices import Notices

    with till.journal.transaction("") as tx:
        Notices(till.journal).add(tx, {"policy.changed_outside": {"keys": "policy.sum_alone_vnd"}})


def seen(till: LookedAt) -> None:
    from pos.notices import Notices
    from pos.till.ports import Person

    Notices(till.journal).seen("policy.changed_outside", Person("p1", "Hương", Role.MANAGER))


def in_production(till: LookedAt) -> None:
    one_bill(till)
    till.set(gotit__base_url="https://openapi.gotit.vn")


def all_seen(till: LookedAt) -> None:
    for each in standings(till.folder.settings, till.journal.kept(KEPT)):
        verify(till.journal, till.folder.settings, each.assumption.name, manager="Hương", today=date(2026, 11, 21))


def reports_folder(till: LookedAt) -> None:
    one_bill(till)
    till.set(reports__copy_folder=till.path.parent / "reports")


def setting(**values: object) -> Act:
    return lambda till: till.set(**values)


def ca_file(content: bytes) -> Act:
    def act(till: LookedAt) -> None:
        (till.path.parent / "ca.pem").write_bytes(content)
        till.set(gotit__ca_file=till.path.parent / "ca.pem")

    return act


def short_lived(till: LookedAt) -> None:
    ca_file(a_root().pem)(till)
    till.limits = replace(till.limits, certificate_warn_days=10_000)


def long_lived(till: LookedAt) -> None:
    till.limits = replace(till.limits, certificate_warn_days=14)


def proxy_of_the_system(value: str) -> Act:
    return lambda till: os.environ.update(HTTPS_PROXY=value)


def mode(bits: int, name: str = ".") -> Act:
    return lambda till: (till.path / name).chmod(bits)


CASES = (
    Case("disk", "disk.space", limit_free(10**9), limit_free(1), Level.BAD, "disk.short"),
    Case("disk", "disk.writing", no_more_bytes, bytes_again, Level.BAD, "disk.cannot_write"),
    Case("disk.rights", "disk.rights", mode(0o755), mode(0o700), Level.BAD, "disk.open"),
    Case("disk.rights", "disk.rights", mode(0o644, "key"), mode(0o600, "key"), Level.WARN, "disk.open"),
    Case("journal", "journal", damage, undamage, Level.BAD, "journal.damaged"),
    Case("chain", "chain", rewrite_history, undamage, Level.BAD, "chain.broken"),
    Case("clock", "clock", ahead, lambda till: till.pass_by(hours=3), Level.BAD, "clock.behind"),
    Case("clock", "clock", offset(600.0), offset(0.4), Level.BAD, "clock.off"),
    Case("queue", "queue", given, settled, Level.BAD, "queue.at_risk"),
    Case("slips", "slips", doubtful_slip, printed, Level.WARN, "slips.waiting"),
    Case("cases", "cases", lost, decided, Level.NOTE, "cases.open"),
    Case("people", "people", one_bill, a_manager,
         Level.WARN, "people.no_manager"),
    Case("copies", "copies", one_bill, a_copy, Level.WARN, "copies.none"),
    Case("copies", "copies", an_old_copy, a_copy,
         Level.WARN, "copies.old"),
    Case("outside", "outside", told_outside, seen, Level.BAD, "policy.changed_outside"),
    Case("unverified", "unverified", in_production, all_seen, Level.NOTE, "unverified.are"),
    Case("reports", "reports", reports_folder, lambda till: (till.path.parent / "reports").mkdir(), Level.WARN,
         "reports.no_folder"),
    Case("key", "key.place", setting(gotit__base_url="https://openapi.gotit.vn"),
         setting(gotit__base_url="https://openapi-stg.gotit.vn"), Level.BAD, "key.place.file", Level.NOTE),
    Case("issuers", "place", in_production, setting(store__code="HN03", till__code="T2"), Level.WARN,
         "place.as_shipped"),
    Case("issuers", "gotit.pin", setting(gotit__pin=""), setting(gotit__pin="73051964"), Level.BAD,
         "gotit.pin_missing"),
    Case("ca_file", "gotit.ca_file", ca_file(b"nothing"), ca_file(a_root().pem), Level.BAD, "ca_file.unreadable"),
    Case("ca_file", "gotit.ca_file", short_lived, long_lived, Level.WARN, "ca_file.ends_soon"),
    Case("proxy", "proxy", proxy_of_the_system("socks5://p:1080"), proxy_of_the_system("http://p:3128"), Level.BAD,
         "net.proxy_address"),
    Case("printer", "printer", setting(printer__address="serial:/dev/no-such-port"), setting(printer__address=""),
         Level.BAD, "device.not_found"),
    Case("printer", "printer.profile",
         setting(printer__address="tcp:127.0.0.1:9100", printer__profile="no-such-kind"),
         setting(printer__profile="epson-tm-t82"), Level.BAD, "device.bad_profile"),
    Case("scanner", "scanner", setting(scanner__address="tcp:127.0.0.1:9100"), setting(scanner__address=""),
         Level.BAD, "device.bad_address"),
    Case("scanner", "scanner",
         setting(scanner__address="serial:/dev/ttyACM0?baud=9600", printer__address="serial:/dev/ttyACM0"),
         setting(scanner__address=""), Level.BAD, "scanner.is_the_printer"),
)  # fmt: skip


def in_words(finding: Finding) -> None:
    """Both languages say what it is, what was found and – unless all is well – what to do."""
    for language in LANGUAGES:
        words = Translator(language)
        told = tell(words, finding)
        assert told.label != finding.what
        assert told.said
        assert "{" not in told.said + told.next
        assert told.said != words.message("no.such.code").what, finding.said.code
        assert bool(told.next) is (finding.level is not Level.OK), finding


@pytest.mark.parametrize("case", CASES, ids=[f"{case.what}-{case.code}" for case in CASES])
def test_a_finding_is_red_by_its_cause_and_green_once_mended(
    till: LookedAt, monkeypatch: pytest.MonkeyPatch, case: Case
) -> None:
    """The cause is real, not a stub; no other finding of the same look may hide it."""
    monkeypatch.setenv("HTTPS_PROXY", "")
    case.spoil(till)
    try:
        red = till.findings(case.look)[case.what]
    finally:
        bytes_again(till)
    assert (red.level, red.said.code) == (case.level, case.code)
    in_words(red)
    case.mend(till)
    after = till.findings(case.look)[case.what]
    assert after.level is case.after, after
    in_words(after)


@pytest.mark.parametrize(
    ("ends_on", "what", "level"),
    [(date(2020, 1, 1), "key.expired", Level.BAD), (date.today() + timedelta(days=9), "key.expires_soon", Level.WARN)],  # noqa: DTZ011
)
def test_an_issuers_key_that_ends_is_told_in_time(till: LookedAt, ends_on: date, what: str, level: Level) -> None:
    till.set(vinid__key_expires_on=ends_on.isoformat())
    found = till.findings("key")
    assert found[what].level is level
    in_words(found[what])
    till.set(vinid__key_expires_on="2999-01-01")
    assert what not in till.findings("key")


def test_a_new_till_is_told_what_is_missing_and_nothing_breaks(till: LookedAt) -> None:
    """No journal, no manager, no PIN: those three, and every look says something."""
    found = till.findings()
    for finding in found.values():
        in_words(finding)
    red = {what for what, one in found.items() if one.level in (Level.BAD, Level.WARN)}
    assert red - {"process.swap", "process.core_dumps", "process.readers", "disk.space"} == {"gotit.pin", "people"}
    assert not (till.path / "journal.db").exists(), "looking makes nothing"


def test_what_was_verified_with_another_setting_is_open_again(till: LookedAt) -> None:
    """The padding that a real code was opened with is not the one that is set now."""
    till.set(appotapay__enabled="true")
    name = "appotapay.padding"

    def by() -> str:
        known = standings(till.folder.settings, till.journal.kept(KEPT))
        return next(each.by for each in known if each.assumption.name == name)

    assert by() == ""
    verify(till.journal, till.folder.settings, name, manager="Hương", today=date(2026, 11, 21))
    assert by() == "Hương"
    till.set(appotapay__padding="oaep-sha256")
    assert by() == ""
    till.set(appotapay__padding="pkcs1v15")
    assert by() == "Hương"


def test_only_what_the_shop_uses_is_asked_for(till: LookedAt) -> None:
    """A till without Gotadi need not verify Gotadi."""
    services = {each.assumption.service for each in standings(till.folder.settings, None)}
    assert services == {"gotit"}
    for name in ("gotadi.address", "no.such"):
        with pytest.raises(ConfigError, match=r"assumption\.unknown"):
            verify(till.journal, till.folder.settings, name, manager="Hương", today=date(2026, 11, 21))


def test_the_list_of_assumptions_has_settings_and_words() -> None:
    assert len({each.name for each in ASSUMPTIONS}) == len(ASSUMPTIONS)
    for each in ASSUMPTIONS:
        assert not [key for key in each.settings if key not in BY_KEY]
        assert not [key for key in each.settings if BY_KEY[key].secret]
        for language in LANGUAGES:
            assert Translator(language).has(f"assumption.{each.name}")


def test_combinations_that_are_known_to_be_bad() -> None:
    assert list(known_bad((3, 11), "6.11.3", (3, 40, 1), (3, 0))) == []
    assert [name for name, _ in known_bad((3, 11), "6.12.0", (3, 36, 0), (1, 1))] == [
        "qt_aborts", "sqlite_old", "openssl_old",
    ]  # fmt: skip
    assert list(known_bad((3, 12), "6.12.0", (3, 40, 1), (3, 0))) == []
    assert [name for name, _ in known_bad((3, 10), "", (3, 40, 1), (3, 0))] == ["python_old"]
