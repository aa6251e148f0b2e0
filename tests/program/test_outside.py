"""Whatever is changed behind the program's back is found at the next start, and told until a manager has seen it."""

from __future__ import annotations

import json
import queue
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from pos.bootstrap import Program, SystemChance, SystemClock, open_folder
from pos.domain.business_date import utc_text
from pos.domain.errors import JournalDamaged, PosError
from pos.i18n import LANGUAGES, Translator
from pos.journal.store import SqliteJournal
from pos.last_seen import FILE, accept_restored
from pos.outside import KINDS
from pos.running import RunningTill
from pos.security.people import PinPeople
from pos.settings_noted import SettingsNoted
from pos.till.ports import Person, Role
from pos.till.views import BannerKind, BannerRaised, Message
from tests.program.test_audited import decided

PIN = "482913"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Shifted(SystemClock):
    """The machine's clock, set ahead or back."""

    def __init__(self, hours: float) -> None:
        self._by = timedelta(hours=hours)

    def now_utc(self) -> datetime:
        return super().now_utc() + self._by


@pytest.fixture(scope="module")
def as_closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A till with a manager, closed in order."""
    made = tmp_path_factory.mktemp("outside") / "till"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUAY_KEYSTORE", "file")
        with opened(made) as program:
            program.people.add("Hương", Role.MANAGER, PIN, actor="Hương")
            program.settings_noted.change({"store.name": "Lê Lợi"}, actor="Hương")
    return made


@pytest.fixture
def folder(as_closed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QUAY_KEYSTORE", "file")
    return Path(shutil.copytree(as_closed, tmp_path / "till"))


@contextmanager
def opened(folder: Path, clock: SystemClock | None = None) -> Iterator[Program]:
    program = Program(folder, clock=clock)
    try:
        yield program
    finally:
        program.close()


def told(program: Program) -> list[str]:
    return [message.code for message in program.notices.pending()]


def edit(folder: Path, **values: object) -> None:
    """Somebody with an editor."""
    path = folder / "settings.json"
    raw = json.loads(path.read_text("utf-8")) | {key.replace("__", "."): value for key, value in values.items()}
    path.write_text(json.dumps(raw), "utf-8")


def sell(folder: Path, times: int) -> None:
    """Days of work."""
    with opened(folder) as program:
        for _ in range(times):
            with program.journal.transaction("Lan") as tx:
                tx.audit("drawer", "d1", reason="cash_in")


def copied(folder: Path, to: Path) -> Path:
    with closing(sqlite3.connect(folder / "journal.db")) as live, closing(sqlite3.connect(to)) as copy:
        live.backup(copy)
    return to


def take_away(folder: Path) -> None:
    """The journal with its second log, from which it would else be made whole again."""
    for file in folder.glob("journal.db*"):
        file.unlink()
    for log in ("intents", "copies"):
        shutil.rmtree(folder / log, ignore_errors=True)


def put_back(copy: Path, folder: Path) -> None:
    take_away(folder)
    shutil.copy(copy, folder / "journal.db")


def test_a_till_that_nobody_touched_tells_nothing(folder: Path) -> None:
    for _ in range(2):
        with opened(folder) as program:
            assert (told(program), decided(program, *KINDS)) == ([], [])
            assert program.journal.verify().whole


def test_settings_edited_by_hand_are_found_once_and_told_until_a_manager_has_seen_it(folder: Path) -> None:
    edit(folder, drawer__cashier_may_open=True)
    with opened(folder) as program:
        assert decided(program, *KINDS) == [
            ("", "settings.changed_outside", "drawer.cashier_may_open", {"before": False, "now": True})
        ]
    with opened(folder) as program:  # nobody has looked yet
        assert list(program.notices.pending()) == [
            Message("settings.changed_outside", (("keys", "drawer.cashier_may_open"),))
        ]
        assert len(decided(program, *KINDS)) == 1
        program.notices.seen("settings.changed_outside", program.people.everyone()[0])
        assert decided(program, "notice.seen") == [("Hương", "notice.seen", "settings.changed_outside", {})]
    with opened(folder) as program:
        assert told(program) == []


def test_a_setting_taken_out_of_the_file_is_a_change_too(folder: Path) -> None:
    (folder / "settings.json").unlink()
    with opened(folder) as program:
        assert decided(program, *KINDS)[0][2:] == ("store.name", {"before": "Lê Lợi", "now": ""})


def test_a_secret_replaced_behind_the_programs_back_is_found_and_not_shown(folder: Path) -> None:
    open_folder(folder).settings.set_many({"gotit.pin": "invented-4471"})
    with opened(folder) as program:
        assert decided(program, *KINDS) == [("", "settings.changed_outside", "gotit.pin", {"secret": True})]


def test_a_risk_limit_changed_by_hand_is_told_as_that(folder: Path) -> None:
    edit(folder, policy__sum_alone_vnd=0)
    with opened(folder) as program:
        assert told(program) == ["policy.changed_outside"]
        assert program.offline_policy().sum_alone_vnd == 0


def test_a_limit_above_what_is_shipped_does_not_even_open(folder: Path) -> None:
    edit(folder, policy__sum_alone_vnd=50_000_000)
    with pytest.raises(PosError) as caught:
        Program(folder)
    assert (caught.value.code, caught.value.params["high"]) == ("config.out_of_range", 2_000_000)


def test_looks_are_anybodys_and_raise_no_alarm(folder: Path) -> None:
    edit(folder, ui__theme="dark")
    with opened(folder) as program:
        assert told(program) == []
        assert decided(program, "setting.changed")[-1][2:] == ("ui.theme", {"before": "light", "now": "dark"})


def test_what_was_noted_cannot_be_rewritten_to_fit(folder: Path) -> None:
    edit(folder, drawer__cashier_may_open=True)
    forged = json.dumps({"store.name": "Lê Lợi", "drawer.cashier_may_open": True})
    with closing(sqlite3.connect(folder / "journal.db")) as raw:
        raw.execute("UPDATE meta SET value = ? WHERE name = 'settings_noted'", (forged.encode().hex(),))
        raw.commit()
    with opened(folder) as program:
        assert "settings.changed_outside" in told(program)


def test_an_older_copy_of_the_journal_is_found(folder: Path, tmp_path: Path) -> None:
    copy = copied(folder, tmp_path / "copy.db")
    sell(folder, 3)
    put_back(copy, folder)
    with opened(folder) as program:
        assert told(program) == ["journal.went_back"]
        facts = decided(program, "journal.went_back")[0][3]
        assert int(str(facts["was"])) - int(str(facts["now"])) == 3
    with opened(folder) as program:
        assert len(decided(program, "journal.went_back")) == 1


def test_an_older_copy_that_was_worked_on_since_is_found(folder: Path, tmp_path: Path) -> None:
    """Longer than the one it replaces, it is still not the same chain."""
    copy = copied(folder, tmp_path / "copy.db")
    sell(folder, 2)
    ours = (folder / FILE).read_bytes()
    put_back(copy, folder)
    accept_restored(folder, open_folder(folder).vault, actor="thief", at_utc=utc_text(SystemClock().now_utc()))
    sell(folder, 9)
    (folder / FILE).write_bytes(ours)
    with opened(folder) as program:
        assert told(program) == ["journal.other"]


def test_a_journal_that_is_gone_is_not_begun_anew_in_silence(folder: Path) -> None:
    take_away(folder)
    with pytest.raises(JournalDamaged):
        Program(folder)
    assert not (folder / "journal.db").exists()


@pytest.mark.parametrize("how", ["gone", "gone with its mark", "altered", "of another till"])
def test_without_what_was_seen_last_the_till_says_that_it_cannot_know(folder: Path, tmp_path: Path, how: str) -> None:
    if how.startswith("gone"):
        (folder / FILE).unlink()
        if how != "gone":
            with closing(sqlite3.connect(folder / "journal.db")) as raw:
                raw.execute("DELETE FROM meta WHERE name IN ('seen_since', 'settings_noted', 'settings_meant')")
                raw.commit()
            edit(folder, drawer__cashier_may_open=True)
    elif how == "altered":
        (folder / FILE).write_bytes((folder / FILE).read_bytes()[:-1] + b"x")
    else:
        with opened(tmp_path / "other"):
            pass
        shutil.copy(tmp_path / "other" / FILE, folder / FILE)
    with opened(folder) as program:
        assert told(program) == ["seen.missing"] + (["settings.changed_outside"] if "mark" in how else [])
    with opened(folder) as program:
        assert len(decided(program, "seen.missing")) == 1


def test_a_copy_that_was_restored_on_purpose_is_taken_with_the_name_of_who_did_it(folder: Path, tmp_path: Path) -> None:
    copy = copied(folder, tmp_path / "copy.db")
    with opened(folder) as program:
        program.settings_noted.change({"store.name": "Nguyễn Huệ"}, actor="Hương")
    put_back(copy, folder)
    accept_restored(folder, open_folder(folder).vault, actor="Hương", at_utc=utc_text(SystemClock().now_utc()))
    with opened(folder) as program:
        assert told(program) == []
        assert decided(program, "journal.end_accepted", "setting.changed")[-2:] == [
            ("Hương", "journal.end_accepted", decided(program, "journal.end_accepted")[0][2], {}),
            ("Hương", "setting.changed", "store.name", {"before": "Lê Lợi", "now": "Nguyễn Huệ"}),
        ]
    sell(folder, 1)
    put_back(copy, folder)  # once accepted is not accepted for ever
    with opened(folder) as program:
        assert told(program) == ["journal.went_back", "settings.changed_outside"]


def test_a_journal_restored_onto_another_machine_brings_the_settings_along(folder: Path, tmp_path: Path) -> None:
    """Else the till would give a shipped till's bill numbers, and take at risk what the shop had refused."""
    with opened(folder) as program:
        change = {"store.code": "HN03", "till.code": "T7", "policy.checked_alone_vnd": "0"}
        program.settings_noted.change(change, actor="Hương", reason="kiểm kê")
    copy = copied(folder, tmp_path / "copy.db")
    put_back(copy, folder)
    (folder / "settings.json").write_text('{"ui.language": "en", "till.code": "T9"}')  # what was set here stays
    accept_restored(folder, open_folder(folder).vault, actor="Hương", at_utc=utc_text(SystemClock().now_utc()))
    with opened(folder) as program:
        settings = program.settings
        assert [settings.text(key) for key in ("store.code", "till.code", "ui.language")] == ["HN03", "T9", "en"]
        assert settings.number("policy.checked_alone_vnd") == 0
        assert len(decided(program, "settings.put_back")) == 1
    with opened(folder) as program:
        assert program.settings.text("store.code") == "HN03"
        assert len(decided(program, "settings.put_back")) == 1


def test_a_clock_set_back_is_told_once_and_stops_offline_taking_until_it_is_right(folder: Path) -> None:
    with opened(folder, Shifted(-3)) as program:
        assert told(program) == ["clock.went_back"]
        assert not program.desk.issuers.watch.view().trusted
        program.notices.seen("clock.went_back", program.people.everyone()[0])
    with opened(folder, Shifted(-2.9)) as program:
        assert told(program) == []
        assert not program.desk.issuers.watch.view().trusted
    with opened(folder, Shifted(1)) as program:
        assert (told(program), program.desk.issuers.watch.view().trusted) == ([], True)


def test_a_clock_set_back_to_before_the_last_closing_is_noticed_though_no_record_is_that_late(folder: Path) -> None:
    with opened(folder, Shifted(5)):
        pass  # nothing was sold
    with opened(folder, Shifted(2)) as program:
        assert told(program) == ["clock.went_back"]


@pytest.mark.parametrize("after", ["meant", "set"])
def test_a_change_cut_short_by_a_power_cut_is_no_strangers_hand(
    folder: Path, after: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between what is meant, the settings and their note the power may go."""

    class PowerCut(Exception):
        pass

    with opened(folder) as program:
        where = program.settings if after == "meant" else program.settings_noted
        what = "set_many" if after == "meant" else "_note"

        def cut(*_: object, **__: object) -> None:
            raise PowerCut

        monkeypatch.setattr(where, what, cut)
        with pytest.raises(PowerCut):
            program.settings_noted.change({"policy.sum_alone_vnd": "0"}, actor="Hương", reason="thử")
        monkeypatch.undo()
        monkeypatch.setenv("QUAY_KEYSTORE", "file")
    with opened(folder) as program:
        assert told(program) == []
        noted = [each[2:] for each in decided(program, "setting.changed") if each[2] == "policy.sum_alone_vnd"]
        facts = {"before": 2_000_000, "now": 0, "reason": "thử", "by": "Hương"}
        assert noted == ([] if after == "meant" else [("policy.sum_alone_vnd", facts)])


def test_a_change_does_not_cover_up_for_a_strangers(folder: Path) -> None:
    with opened(folder) as program:
        program.folder.secrets.set("gotit.pin", "invented-9913")  # another hand, while the till runs
        program.settings_noted.change({"ui.language": "en"}, actor="Lan")
    with opened(folder) as program:
        assert decided(program, *KINDS) == [("", "settings.changed_outside", "gotit.pin", {"secret": True})]


def test_what_was_set_up_before_the_first_start_is_no_strangers_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The set-up makes the manager and goes on setting: all of that is one person's first evening."""
    monkeypatch.setenv("QUAY_KEYSTORE", "file")
    folder = open_folder(tmp_path)
    folder.settings.set_many({"store.code": "HN03"})
    with closing(SqliteJournal(folder.journal_path, folder.vault, SystemClock(), SystemChance())) as journal:
        PinPeople(journal.people, SystemClock(), SystemChance(), CHEAP).add("Hương", Role.MANAGER, PIN, actor="Hương")
        noted = SettingsNoted(folder.settings, journal, folder.vault)
        noted.change({"policy.sum_alone_vnd": "0"}, actor="Hương", reason="setup")
    with opened(tmp_path) as program:
        assert told(program) == []
        assert [each[2] for each in decided(program, "setting.changed")] == ["policy.sum_alone_vnd", "store.code"]


def test_the_counter_tells_it_to_everybody_and_ends_with_a_manager(folder: Path) -> None:
    edit(folder, drawer__cashier_may_open=True)
    program = Program(folder)
    running = RunningTill(program, on_scan=lambda _: None, on_scan_dropped=lambda _: None)
    till, heard = running.till, queue.SimpleQueue[Message | None]()
    till.subscribe(
        lambda event: (
            heard.put(event.banner.message)
            if isinstance(event, BannerRaised) and event.banner.kind is BannerKind.NOTICE
            else None
        )
    )
    wanted = Message("settings.changed_outside", (("keys", "drawer.cashier_may_open"),))
    try:
        till._after_restart()
        assert heard.get(timeout=10) == wanted
        for person in (Person("p1", "Lan", Role.CASHIER), Person("p2", "Hương", Role.MANAGER)):
            till._signed_in(person)
            assert heard.get(timeout=10) == wanted
            till.notice_seen(wanted.code)
            till._run("wait", lambda: heard.put(None))
            assert heard.get(timeout=10) is None
            assert told(program) == ([wanted.code] if person.role is Role.CASHIER else [])
        till._signed_in(Person("p1", "Lan", Role.CASHIER))
        assert heard.empty()
    finally:
        running.start()
        running.close()


def test_before_there_is_a_manager_setting_up_is_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUAY_KEYSTORE", "file")
    with opened(tmp_path):
        pass
    open_folder(tmp_path).settings.set_many({"store.code": "HN03"})
    with opened(tmp_path) as program:
        assert told(program) == []
        assert decided(program, "setting.changed")[-1][2:] == ("store.code", {"before": "CH01", "now": "HN03"})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_notice_says_what_is_safe_and_what_to_do(language: str) -> None:
    tr = Translator(language)
    assert all(tr.has(f"message.{kind}.{part}") for kind in KINDS for part in ("what", "safe", "do"))
    assert all(tr.has(f"audit.kind.{kind}") for kind in KINDS)
