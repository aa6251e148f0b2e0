"""What a manager commands, what is remembered between two starts, what is told, and what stands in the chain."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from pos.domain.errors import JournalUnavailable, PosError, SecurityError, UpdateError
from pos.domain.updates import Hindrance
from pos.till.updates import Stops
from pos.updates.desk import place_at_end
from tests.updates.ledger import HOA, Shop
from tests.updates.owner import Owner, flip, tool
from tests.updates.test_catalogue import refused

IN_SHIFT = Stops(Hindrance.SHIFT_OPEN, "")
MONEY_OPEN = Stops(Hindrance.UNSETTLED, "", 3)


@pytest.fixture
def shop(owner: Owner, tmp_path: Path) -> Shop:
    shop = Shop(tmp_path / "till" / "updates", owner.root)
    shop.source = str(owner.repo)
    return shop


def staged(shop: Shop) -> str:
    return shop.desk().fetch(HOA).file


def test_looked_fetched_and_put_in_place_in_the_managers_name(shop: Shop) -> None:
    offer = shop.desk().look(HOA)
    assert offer is not None
    assert shop.desk().view().offer == offer
    assert not shop.desk().view().staged
    shop.desk().fetch(HOA)
    view = shop.desk().view()
    assert view.staged
    assert Path(view.file).is_file()
    assert shop.desk().apply(HOA) == "0.2.0"
    assert shop.placing.placed == [(offer.file, "0.2.0")]
    assert shop.desk().view().applied == "0.2.0"
    assert shop.ledger.chain == [
        (HOA, "update.found", "0.2.0"), (HOA, "update.fetched", "0.2.0"), (HOA, "update.applied", "0.2.0"),
    ]  # fmt: skip


def test_looking_twice_is_noted_once(shop: Shop) -> None:
    shop.desk().look(HOA)
    shop.desk().look(HOA)
    assert shop.ledger.kinds() == ["update.found"]


def test_after_the_new_program_has_started_nothing_of_the_way_there_is_shown(shop: Shop) -> None:
    staged(shop)
    shop.desk().apply(HOA)
    shop.installed = "0.2.0"
    view = shop.desk().view()
    assert (view.applied, view.offer, view.staged, view.scheduled_by) == ("", None, False, "")


def test_a_cashier_and_nobody_at_all_are_refused(shop: Shop) -> None:
    desk = shop.desk()
    for actor in ("Lan", "", "nobody"):
        for act in (desk.look, desk.fetch, desk.apply, desk.back, lambda name: desk.schedule(name, on=True)):
            with pytest.raises(SecurityError):
                act(actor)
    assert shop.ledger.chain == []
    shop.managed = False  # before there is a manager anybody sets the till up
    assert shop.desk().look("") is not None


def test_never_in_a_shift(shop: Shop) -> None:
    staged(shop)
    shop.stops = IN_SHIFT
    assert refused(lambda: shop.desk().apply(HOA)) == "update.shift_open"
    assert refused(lambda: shop.desk().back(HOA)) == "update.shift_open"
    assert shop.placing.placed == []
    assert shop.copies == []


def test_with_money_open_the_journal_is_copied_and_read_through_first(shop: Shop) -> None:
    staged(shop)
    shop.stops, shop.copy_fault = MONEY_OPEN, JournalUnavailable("backup.no_room")
    with pytest.raises(JournalUnavailable):
        shop.desk().apply(HOA)
    assert shop.placing.placed == []
    shop.copy_fault = None
    shop.desk().apply(HOA)
    assert shop.copies == [HOA]
    assert shop.placing.placed != []


def test_what_was_put_off_to_closing_happens_then_and_once(shop: Shop) -> None:
    staged(shop)
    shop.desk().schedule(HOA, on=True)
    shop.stops = IN_SHIFT
    assert shop.desk().apply_if_scheduled() == ""
    assert shop.placing.placed == []
    shop.stops = None  # the day is closed
    assert shop.desk().apply_if_scheduled() == "0.2.0"
    assert shop.desk().apply_if_scheduled() == ""
    assert len(shop.placing.placed) == 1
    assert shop.ledger.chain[-1] == (HOA, "update.applied", "0.2.0")


def test_what_was_put_off_can_be_called_off(shop: Shop) -> None:
    staged(shop)
    shop.desk().schedule(HOA, on=True)
    shop.desk().schedule(HOA, on=False)
    assert shop.desk().apply_if_scheduled() == ""
    assert refused(lambda: Shop(shop.folder.parent / "other").desk().schedule(HOA, on=True)) == "update.not_staged"


def test_a_closing_at_which_it_goes_wrong_is_told_and_not_tried_every_half_minute(shop: Shop) -> None:
    staged(shop)
    shop.desk().schedule(HOA, on=True)
    shop.placing.fault = UpdateError("update.does_not_start", version="0.2.0")
    assert shop.desk().apply_if_scheduled() == ""
    view = shop.desk().view()
    assert view.refused is not None
    assert (view.refused.code, view.scheduled_by) == ("update.does_not_start", "")


def test_a_staged_file_that_somebody_changed_is_not_put_in_place(shop: Shop) -> None:
    file = staged(shop)
    flip(shop.folder / "staged" / file, 99)
    assert refused(lambda: shop.desk().apply(HOA)) == "update.staged_damaged"
    assert shop.placing.placed == []
    assert not shop.desk().view().staged
    assert "update.refused" in shop.ledger.told


def test_a_forgery_stands_in_the_chain_and_is_told_at_the_counter_once(shop: Shop, owner: Owner) -> None:
    told = (owner.metadata / "timestamp.json").read_bytes()
    (owner.metadata / "timestamp.json").write_bytes(told.replace(b'"version": 2', b'"version": 3'))
    for _ in range(3):
        assert refused(lambda: shop.desk().look(HOA)) == "update.bad_signature"
    assert shop.ledger.chain == [(HOA, "update.refused", "update.bad_signature")]
    assert shop.ledger.told == {"update.refused": {"source": shop.source}}
    view = shop.desk().view()
    assert view.refused is not None
    assert view.refused.code == "update.bad_signature"
    (owner.metadata / "timestamp.json").write_bytes(told)
    shop.desk().look(HOA)
    assert shop.desk().view().refused is None


def test_a_missing_stick_is_no_attack(shop: Shop, tmp_path: Path) -> None:
    shop.source = str(tmp_path / "no-stick")
    assert refused(lambda: shop.desk().look(HOA)) == "update.source_missing"
    assert (shop.ledger.chain, shop.ledger.told) == ([], {})


def test_by_itself_it_looks_once_a_day_and_tells_what_is_new_once(shop: Shop, owner: Owner) -> None:
    shop.desk().look_if_due()
    assert shop.ledger.told == {"update.found": {"version": "0.2.0"}}
    shop.ledger.told.clear()
    owner.release("0.3.0")
    shop.desk().look_if_due()
    assert shop.ledger.told == {}
    shop.clock.now += timedelta(hours=25)
    shop.desk().look_if_due()
    assert shop.ledger.told == {"update.found": {"version": "0.3.0"}}


def test_by_itself_it_never_raises_and_asks_no_missing_stick_every_half_minute(shop: Shop, tmp_path: Path) -> None:
    shop.source = str(tmp_path / "no-stick")
    shop.desk().look_if_due()
    shop.source = str(tmp_path / "owner" / "repo")
    shop.desk().look_if_due()
    assert shop.desk().view().offer is None
    shop.clock.now += timedelta(hours=25)
    shop.desk().look_if_due()
    assert shop.desk().view().offer is not None


def test_a_withdrawn_release_is_forgotten_with_its_file(shop: Shop, owner: Owner) -> None:
    file = staged(shop)
    shop.desk().schedule(HOA, on=True)
    tool().remove(owner.repo, owner.stick, [file], owner.now)
    assert shop.desk().look(HOA) is None
    view = shop.desk().view()
    assert (view.offer, view.staged, view.scheduled_by) == (None, False, "")
    assert refused(lambda: shop.desk().fetch(HOA)) == "update.nothing_newer"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"offer": 5}', "null", '{"staged": true, "offer": {"file": "../x"}}'])
def test_a_damaged_memory_is_none_and_everything_is_found_out_again(shop: Shop, text: str) -> None:
    staged(shop)
    (shop.folder / "state.json").write_text(text)
    assert shop.desk().view().offer is None
    assert shop.desk().apply_if_scheduled() == ""
    assert shop.desk().look(HOA) is not None


def test_going_back_is_a_managers_and_noted(shop: Shop) -> None:
    assert shop.desk().back(HOA) == "0.0.9"
    assert shop.ledger.chain == [(HOA, "update.back", "0.0.9")]


def test_a_refusal_of_the_disk_has_a_sentence(shop: Shop) -> None:
    staged(shop)
    shop.placing.fault = OSError(28, "No space left on device")
    with pytest.raises(PosError) as caught:
        shop.desk().apply(HOA)
    assert caught.value.code == "update.not_written"


# ---------------------------------------------------------------- where the old program must have ended first


@pytest.fixture
def debian(shop: Shop) -> Shop:
    """A till from a .deb, its window open, the newer one fetched and wanted."""
    shop.placing.beside, shop.window = False, True
    staged(shop)
    assert shop.desk().apply(HOA) == "0.2.0"
    return shop


def end(shop: Shop, stops: Stops | None = None) -> str:
    return place_at_end(shop.folder, shop.installed, shop.placing, lambda: stops)


def test_a_package_that_replaces_files_under_the_program_waits_for_its_end(debian: Shop) -> None:
    assert debian.placing.placed == []
    assert debian.desk().view().at_end
    assert end(debian) == "0.2.0"
    assert len(debian.placing.placed) == 1
    view = debian.desk().view()
    assert (view.applied, view.at_end, view.staged) == ("0.2.0", False, False)
    assert end(debian) == ""
    assert len(debian.placing.placed) == 1
    debian.desk().note_arrival()
    assert "update.applied" not in debian.ledger.kinds()
    debian.installed = "0.2.0"  # the next start
    debian.desk().note_arrival()
    debian.desk().note_arrival()
    assert debian.ledger.kinds().count("update.applied") == 1


def test_at_the_end_a_shift_that_was_opened_meanwhile_has_a_say(debian: Shop) -> None:
    assert end(debian, IN_SHIFT) == ""
    assert debian.placing.placed == []
    assert debian.desk().view().staged


def test_at_the_end_a_changed_file_is_not_put_in_place(debian: Shop) -> None:
    flip(Path(debian.desk().view().file), 7)
    assert end(debian) == ""
    assert debian.placing.placed == []


def test_what_goes_wrong_at_the_end_the_next_start_tells(debian: Shop) -> None:
    debian.placing.fault = UpdateError("update.not_allowed", command="sudo …")
    assert end(debian) == ""
    view = debian.desk().view()
    assert view.refused is not None
    assert (view.refused.code, view.at_end) == ("update.not_allowed", False)


def test_until_then_it_can_be_called_off(debian: Shop) -> None:
    debian.desk().schedule(HOA, on=False)
    assert end(debian) == ""
    assert debian.placing.placed == []


def test_at_closing_it_is_told_that_the_till_must_be_closed(shop: Shop) -> None:
    shop.placing.beside, shop.window = False, True
    staged(shop)
    shop.desk().schedule(HOA, on=True)
    assert shop.desk().apply_if_scheduled() == "0.2.0"
    assert shop.ledger.told == {"update.at_end": {"version": "0.2.0"}}
    assert shop.placing.placed == []


def test_by_command_no_window_is_there_to_wait_for(shop: Shop) -> None:
    shop.placing.beside = False
    staged(shop)
    shop.desk().apply(HOA)
    assert len(shop.placing.placed) == 1
