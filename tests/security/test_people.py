"""Who works here: PINs are hashed, wrong ones cost time, and all of it is on the record but the PIN."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.errors import SecurityError
from pos.journal import chain, row_seals
from pos.journal.connection import connect
from pos.journal.store import SqliteJournal
from pos.security.common_pins import too_common
from pos.security.people import PinPeople
from pos.security.throttle import LONGEST_WAIT_S, Throttle, pause_after_s
from pos.till.ports import Role
from tests.journal.shop import Counting, SteadyClock, open_journal

QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
"""The same algorithm without the patience: the tests try hundreds of PINs."""


@pytest.fixture
def clock() -> SteadyClock:
    return SteadyClock()


@pytest.fixture
def journal(tmp_path: Path, clock: SteadyClock) -> Iterator[SqliteJournal]:
    opened = open_journal(tmp_path / "journal.db", clock)
    yield opened
    opened.close()


@pytest.fixture
def people(journal: SqliteJournal, clock: SteadyClock) -> PinPeople:
    return PinPeople(journal.people, clock, Counting(), QUICK)


def record(journal: SqliteJournal) -> list[dict[str, object]]:
    return [
        change
        for link in chain.rows(journal._core.connections.get())
        for change in json.loads(link.facts)
        if change["kind"] != row_seals.KIND
    ]


def test_a_person_signs_in_with_their_pin_and_no_other(people: PinPeople) -> None:
    lan = people.add("Lan", Role.CASHIER, "4826", actor="setup")
    assert people.verify(lan.id, "4826") == lan
    for wrong in ("4827", "", "48261", "４８２６", "4826 "):
        with pytest.raises(SecurityError, match=r"pin\.(wrong|wait)"):
            people.verify(lan.id, wrong)


def test_a_managers_pin_is_a_managers(people: PinPeople) -> None:
    people.add("Lan", Role.CASHIER, "4826", actor="setup")
    minh = people.add("Minh", Role.MANAGER, "739152", actor="setup")
    hoa = people.add("Hoa", Role.MANAGER, "73915264", actor="setup")
    assert people.manager_by_pin("739152") == minh
    assert people.manager_by_pin("73915264") == hoa
    with pytest.raises(SecurityError, match=r"pin\.wrong"):
        people.manager_by_pin("4826")  # a cashier's


def test_without_a_manager_nobody_is_one(people: PinPeople) -> None:
    people.add("Lan", Role.CASHIER, "4826", actor="setup")
    with pytest.raises(SecurityError, match=r"person\.no_manager"):
        people.manager_by_pin("4826")


@pytest.mark.parametrize("pin", ["", "123", "123456789", "12a4", "١٢٣٤", "12 34", "-123"])
def test_a_pin_is_four_to_eight_digits(people: PinPeople, pin: str) -> None:
    with pytest.raises(SecurityError, match=r"pin\.unusable"):
        people.add("Lan", Role.CASHIER, pin, actor="setup")
    assert people.everyone() == ()


@pytest.mark.parametrize("name", ["", "  ", "a\x00b", "Lan\u202e", "\udcff", "x" * 61])
def test_a_person_has_a_name(people: PinPeople, name: str) -> None:
    with pytest.raises(SecurityError, match=r"person\.name_(missing|unfit)"):
        people.add(name, Role.CASHIER, "4826", actor="setup")


def test_bytes_that_are_no_text_are_a_wrong_pin(people: PinPeople) -> None:
    """What a pipe may hold; it counts as a try like any other."""
    lan = people.add("Lan", Role.CASHIER, "4826", actor="setup")
    with pytest.raises(SecurityError, match=r"pin\.wrong"):
        people.verify(lan.id, "\udcff")
    assert people.states()[0].tries == 1


def test_two_people_cannot_be_told_apart_by_the_same_name(people: PinPeople) -> None:
    lan = people.add("Lan", Role.CASHIER, "4826", actor="setup")
    people.add("Hồng", Role.CASHIER, "5520", actor="setup")
    for same in (" Lan ", "lan", "LAN", "Ho\u0302\u0300ng"):  # the last: each mark a character of its own
        with pytest.raises(SecurityError, match=r"person\.name_taken"):
            people.add(same, Role.CASHIER, "7391", actor="setup")
    people.retire(lan.id, actor="Minh")
    assert people.add("Lan", Role.CASHIER, "7391", actor="Minh").id != lan.id


def test_who_left_cannot_sign_in(people: PinPeople) -> None:
    lan = people.add("Lan", Role.CASHIER, "4826", actor="setup")
    people.retire(lan.id, actor="Minh")
    assert people.everyone() == ()
    with pytest.raises(SecurityError, match=r"person\.unknown"):
        people.verify(lan.id, "4826")


def test_a_new_pin_replaces_the_old(people: PinPeople) -> None:
    lan = people.add("Lan", Role.CASHIER, "4826", actor="setup")
    people.set_pin(lan.id, "6158", actor="Minh")
    assert people.verify(lan.id, "6158") == lan
    with pytest.raises(SecurityError, match=r"pin\.wrong"):
        people.verify(lan.id, "4826")


def wait_told(people: PinPeople, person_id: str, pin: str) -> tuple[str, object]:
    with pytest.raises(SecurityError) as caught:
        people.verify(person_id, pin)
    return caught.value.code, caught.value.params["wait_s"] or 0


def test_the_fifth_wrong_try_costs_half_a_minute_and_each_more_twice_that(
    people: PinPeople, clock: SteadyClock
) -> None:
    lan = people.add("Lan", Role.CASHIER, "4826", actor="setup")
    assert [wait_told(people, lan.id, "0000") for _ in range(5)] == [("pin.wrong", 0)] * 4 + [("pin.wrong", 30)]
    assert wait_told(people, lan.id, "4826") == ("pin.wait", 30)  # not even the right one is looked at
    for wait_s, next_s in ((30, 60), (60, 120), (120, 240), (240, 480), (480, 600), (600, 600)):
        clock.pass_s(wait_s - 1)
        assert wait_told(people, lan.id, "4826") == ("pin.wait", 1)
        clock.pass_s(1)
        assert wait_told(people, lan.id, "0000") == ("pin.wrong", next_s)
    clock.pass_s(600)
    assert people.verify(lan.id, "4826") == lan
    assert wait_told(people, lan.id, "0000") == ("pin.wrong", 0)  # the slate is clean


def test_setting_the_clock_forward_does_not_shorten_the_wait(people: PinPeople, clock: SteadyClock) -> None:
    lan = people.add("Lan", Role.CASHIER, "4826", actor="setup")
    for _ in range(5):
        wait_told(people, lan.id, "0000")
    wall = clock.wall
    clock.pass_s(86_400)
    clock.mono -= 86_400
    assert clock.wall != wall
    assert wait_told(people, lan.id, "4826") == ("pin.wait", 30)


def test_one_persons_wrong_tries_do_not_lock_another_out(people: PinPeople) -> None:
    lan = people.add("Lan", Role.CASHIER, "4826", actor="setup")
    hoa = people.add("Hoa", Role.CASHIER, "6158", actor="setup")
    for _ in range(6):
        wait_told(people, lan.id, "0000")
    assert people.verify(hoa.id, "6158") == hoa


def test_everything_is_on_the_record_but_the_pin(people: PinPeople, journal: SqliteJournal) -> None:
    lan = people.add("Lan", Role.MANAGER, "86427519", actor="setup")
    wait_told(people, lan.id, "97531806")
    with pytest.raises(SecurityError):
        people.manager_by_pin("97531806")
    kinds = [(change["kind"], change["ref"]) for change in record(journal)]
    assert kinds == [("person.added", lan.id), ("pin.wrong", lan.id), ("pin.wrong", "manager")]
    journal.close()
    stored = journal.path.read_bytes()
    assert b"86427519" not in stored
    assert b"97531806" not in stored
    assert b"$argon2id$" not in stored  # a hash of four digits is worth ten thousand tries to a thief: it is sealed


def test_the_shipped_hash_is_slow_on_purpose(journal: SqliteJournal, clock: SteadyClock) -> None:
    people = PinPeople(journal.people, clock, Counting())
    lan = people.add("Lan", Role.CASHIER, "4826", actor="setup")
    (record,) = journal.people.records()
    assert "m=65536,t=3,p=4" in record.pin_hash
    assert people.verify(lan.id, "4826") == lan


@given(st.integers(0, 10**9))
def test_a_wait_is_never_shorter_after_more_wrong_tries(tries: int) -> None:
    assert pause_after_s(tries) <= pause_after_s(tries + 1) <= LONGEST_WAIT_S


def test_a_name_nobody_tried_waits_for_nothing() -> None:
    assert Throttle().wait_s("Lan", -5.0) == 0.0


def test_a_new_start_is_no_way_round_the_pause(journal: SqliteJournal, clock: SteadyClock) -> None:
    """A script that starts the program anew for each try gets no more tries than a hand at the pad."""
    first = PinPeople(journal.people, clock, Counting(), QUICK)
    lan = first.add("Lan", Role.CASHIER, "4826", actor="x")
    for _ in range(5):
        with pytest.raises(SecurityError, match=r"pin\.wrong"):
            PinPeople(journal.people, clock, Counting(), QUICK).verify(lan.id, "0000")

    with pytest.raises(SecurityError, match=r"pin\.wait"):
        PinPeople(journal.people, clock, Counting(), QUICK).verify(lan.id, "4826")


def test_the_right_pin_wipes_the_slate_for_the_next_start_too(journal: SqliteJournal, clock: SteadyClock) -> None:
    first = PinPeople(journal.people, clock, Counting(), QUICK)
    lan = first.add("Lan", Role.CASHIER, "4826", actor="x")
    for _ in range(4):
        with pytest.raises(SecurityError, match=r"pin\.wrong"):
            first.verify(lan.id, "0000")
    first.verify(lan.id, "4826")

    with pytest.raises(SecurityError, match=r"pin\.wrong") as wrong:
        PinPeople(journal.people, clock, Counting(), QUICK).verify(lan.id, "0000")
    assert wrong.value.params["wait_s"] is None  # no wait is told


# ------------------------------------------------------------ which PINs


@pytest.mark.parametrize(
    "pin",
    ["1111", "1212", "1234", "4321", "7890", "2468", "2580", "1379", "1990", "2035", "0209", "3112", "6868", "000000",
     "123123", "147258", "020990", "02091990", "19900209", "112233", "48264826"],
)  # fmt: skip
def test_what_is_tried_first_is_refused(people: PinPeople, pin: str) -> None:
    with pytest.raises(SecurityError, match=r"pin\.unfit"):
        people.add("Lan", Role.CASHIER, pin, actor="setup")
    assert people.everyone() == ()


def test_nine_of_ten_pins_are_left() -> None:
    refused = sum(too_common(f"{pin:04}") for pin in range(10_000))
    assert 500 < refused < 1_300
    assert sum(too_common(f"{pin:06}") for pin in range(0, 1_000_000, 101)) < 500


@pytest.mark.parametrize("pin", ["4826", "48261"])
def test_a_managers_pin_has_six_digits(people: PinPeople, pin: str) -> None:
    with pytest.raises(SecurityError, match=r"pin\.short_for_manager"):
        people.add("Hoa", Role.MANAGER, pin, actor="setup")


def test_no_pin_is_two_peoples_where_it_could_be_mistaken(people: PinPeople) -> None:
    """A cashier who types her own PIN on a manager's pad must never be a manager; and the refusal tells nothing."""
    lan = people.add("Lan", Role.CASHIER, "739152", actor="setup")
    people.add("Hoa", Role.MANAGER, "482913", actor="setup")
    codes = set()
    acts: tuple[Callable[[], object], ...] = (
        lambda: people.add("Mai", Role.MANAGER, "482913", actor="x"),
        lambda: people.add("Mai", Role.MANAGER, "739152", actor="x"),
        lambda: people.set_pin(lan.id, "482913", actor="x"),
        lambda: people.set_pin(lan.id, "111111", actor="x"),
    )
    for act in acts:
        with pytest.raises(SecurityError) as caught:
            act()
        codes.add((caught.value.code, tuple(caught.value.params)))
    assert codes == {("pin.unfit", ())}
    people.add("Minh", Role.CASHIER, "739152", actor="x")  # two cashiers are told apart by name


# ------------------------------------------------------------ roles, leaving


def test_a_new_manager_chooses_a_new_pin_and_the_last_one_stays(people: PinPeople, journal: SqliteJournal) -> None:
    hoa = people.add("Hoa", Role.MANAGER, "482913", actor="setup")
    lan = people.add("Lan", Role.CASHIER, "4826", actor="Hoa")
    acts: tuple[Callable[[], object], ...] = (
        lambda: people.retire(hoa.id, "Hoa"), lambda: people.set_role(hoa.id, Role.CASHIER, None, "Hoa"),
    )  # fmt: skip
    for act in acts:
        with pytest.raises(SecurityError, match=r"person\.last_manager"):
            act()
    with pytest.raises(SecurityError, match=r"pin\.new_for_manager"):
        people.set_role(lan.id, Role.MANAGER, None, "Hoa")
    people.set_role(lan.id, Role.MANAGER, "739152", "Hoa")
    assert people.manager_by_pin("739152").name == "Lan"
    people.set_role(hoa.id, Role.CASHIER, None, "Lan")
    with pytest.raises(SecurityError, match=r"pin\.wrong"):
        people.manager_by_pin("482913")
    told = [(change["kind"], change["facts"]) for change in record(journal) if change["kind"] == "person.role"]
    assert told == [
        ("person.role", {"name": "Lan", "role": "manager"}),
        ("person.role", {"name": "Hoa", "role": "cashier"}),
    ]
    assert journal.verify().whole


def test_a_manager_sees_wrong_pins_and_ends_a_wait(people: PinPeople, journal: SqliteJournal) -> None:
    lan = people.add("Lan", Role.CASHIER, "4826", actor="setup")
    for _ in range(6):
        wait_told(people, lan.id, "0000")
    (state,) = people.states()
    assert (state.tries, state.wait_s, state.last_in_utc) == (5, 30, None)
    people.reset_tries(lan.id, "Hoa")
    assert people.verify(lan.id, "4826") == lan
    people.reset_tries(lan.id, "Hoa")  # nothing to end, nothing written
    assert [change["kind"] for change in record(journal)][-1] == "person.reset"
    assert people.states()[0].tries == 0


# ------------------------------------------------------------ waits


def test_managers_are_guessed_no_faster_by_name_than_at_a_pad_and_are_not_kept_out_by_pads(
    people: PinPeople, clock: SteadyClock
) -> None:
    hoa = people.add("Hoa", Role.MANAGER, "482913", actor="setup")
    for _ in range(5):
        wait_told(people, hoa.id, "000000")
    with pytest.raises(SecurityError, match=r"pin\.wait"):  # five at her name are five at every pad
        people.manager_by_pin("482913")
    clock.pass_s(30)
    assert people.verify(hoa.id, "482913") == hoa
    for _ in range(6):
        with pytest.raises(SecurityError):
            people.manager_by_pin("000000")
    assert people.verify(hoa.id, "482913") == hoa  # a cashier at a pad locks no manager out of her own till
    assert people.manager_by_pin("482913") == hoa


def tried_out(journal: SqliteJournal, clock: SteadyClock) -> str:
    people = PinPeople(journal.people, clock, Counting(), QUICK)
    lan = people.add("Lan", Role.CASHIER, "4826", actor="x")
    for _ in range(5):
        wait_told(people, lan.id, "0000")
    return lan.id


@pytest.mark.parametrize("days", [1, -1, 400])
def test_setting_the_clock_over_a_new_start_neither_ends_the_wait_nor_makes_it_longer(
    journal: SqliteJournal, clock: SteadyClock, days: int
) -> None:
    lan = tried_out(journal, clock)
    clock.wall += timedelta(days=days)
    again = PinPeople(journal.people, clock, Counting(), QUICK)
    assert wait_told(again, lan, "4826") == ("pin.wait", 30)
    clock.mono += 30
    assert again.verify(lan, "4826").id == lan


def test_a_wait_goes_on_over_new_starts_of_the_program(journal: SqliteJournal, clock: SteadyClock) -> None:
    """Each `quay` command is a start of its own: the wait must end all the same."""
    lan = tried_out(journal, clock)
    clock.mono += 12
    assert wait_told(PinPeople(journal.people, clock, Counting(), QUICK), lan, "4826") == ("pin.wait", 18)
    clock.mono += 18
    assert PinPeople(journal.people, clock, Counting(), QUICK).verify(lan, "4826").id == lan


def test_after_a_new_start_of_the_machine_the_wait_begins_once_more_and_only_once(
    journal: SqliteJournal, clock: SteadyClock
) -> None:
    lan = tried_out(journal, clock)
    clock.mono = 3.0  # the machine's own clock begins at nought
    assert wait_told(PinPeople(journal.people, clock, Counting(), QUICK), lan, "4826") == ("pin.wait", 30)
    clock.mono = 13.0
    assert wait_told(PinPeople(journal.people, clock, Counting(), QUICK), lan, "4826") == ("pin.wait", 20)
    clock.mono = 33.0
    assert PinPeople(journal.people, clock, Counting(), QUICK).verify(lan, "4826").id == lan


def test_tries_kept_by_an_earlier_version_cost_the_whole_wait(journal: SqliteJournal, clock: SteadyClock) -> None:
    """It kept the wall clock's time, which whoever tries PINs may have set."""
    lan = tried_out(journal, clock)
    with journal.transaction("") as tx:
        tx.run("UPDATE meta SET value = ? WHERE name = 'wrong_pins'", (f'{{"{lan}": [5, "2020-01-01T00:00:00Z"]}}',))
    assert wait_told(PinPeople(journal.people, clock, Counting(), QUICK), lan, "4826") == ("pin.wait", 30)


# ------------------------------------------------------------ what is kept


def test_hashes_of_an_earlier_version_are_sealed_and_still_open(journal: SqliteJournal, clock: SteadyClock) -> None:
    people = PinPeople(journal.people, clock, Counting(), QUICK)
    lan = people.add("Lan", Role.CASHIER, "4826", actor="x")
    with journal.transaction("") as tx:
        tx.run("UPDATE person SET pin_hash = ?", (QUICK.hash("4826"),))
    journal.people.seal_old()
    journal.people.seal_old()
    ((kept,),) = journal.core.connections.get().execute("SELECT pin_hash FROM person").fetchall()
    assert "argon2" not in kept
    assert "argon2" not in bytes.fromhex(kept).decode("latin-1")
    assert people.verify(lan.id, "4826") == lan
    assert journal.verify().whole


def test_a_hash_put_into_another_persons_row_opens_nothing(journal: SqliteJournal, clock: SteadyClock) -> None:
    """A cashier with the file in her hands cannot make herself a manager with a PIN that she knows."""
    people = PinPeople(journal.people, clock, Counting(), QUICK)
    hoa = people.add("Hoa", Role.MANAGER, "482913", actor="x")
    people.add("Lan", Role.CASHIER, "739152", actor="x")
    with closing(connect(journal.path)) as raw:
        raw.execute("UPDATE person SET pin_hash = (SELECT pin_hash FROM person WHERE name = 'Lan') WHERE name = 'Hoa'")
    with pytest.raises(SecurityError, match=r"pin\.wrong"):
        people.verify(hoa.id, "739152")
    assert not journal.verify().whole


def test_a_hash_made_with_less_patience_is_made_anew_at_the_next_right_pin(
    journal: SqliteJournal, clock: SteadyClock
) -> None:
    lan = PinPeople(journal.people, clock, Counting(), QUICK).add("Lan", Role.CASHIER, "4826", actor="x")
    slower = PasswordHasher(time_cost=2, memory_cost=128, parallelism=1)
    people = PinPeople(journal.people, clock, Counting(), slower)
    with pytest.raises(SecurityError):
        people.verify(lan.id, "0000")
    assert "m=64," in journal.people.records()[0].pin_hash
    assert people.verify(lan.id, "4826") == lan
    assert "m=128,t=2" in journal.people.records()[0].pin_hash
    assert people.verify(lan.id, "4826") == lan
    assert [change["kind"] for change in record(journal)].count("person.sealed") == 1
