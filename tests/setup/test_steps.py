"""The table of steps: where one may go, what is missing, what was put off; and that nothing is forgotten."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pos.setup import state as kept
from pos.setup.state import SetupState, is_unfinished, load, needs_first_run, save
from pos.setup.steps import Facts, Step, StepState, after, before, may_open, missing, resting_place, state_of, steps

FULL = Facts(
    language="vi",
    profile="sandbox",
    values={"store.name": "Lê Lợi", "store.code": "HN03", "till.code": "T2", "printer.address": "tcp:1.2.3.4:9100"},
    manager="Hương",
    credentials={"gotit": ()},
    tried={"gotit": "works", "printer": "works"},
    passed=frozenset(Step),
    opened=True,
)


def test_one_goes_from_the_language_to_the_end_and_back() -> None:
    way = [Step.LANGUAGE]
    while way[-1] is not Step.DONE:
        way.append(after(way[-1], FULL))

    assert way == [step for step in Step if step is not Step.PASSPHRASE]
    assert [before(step, FULL) for step in way[1:]] == way[:-1]
    assert before(Step.LANGUAGE, FULL) is Step.LANGUAGE


def test_a_passphrase_is_asked_only_where_the_machine_keeps_no_keys() -> None:
    assert Step.PASSPHRASE not in steps(FULL)
    asked = replace(FULL, asks_passphrase=True, opened=False)
    assert after(Step.PROFILE, asked) is Step.PASSPHRASE
    assert missing(Step.PASSPHRASE, asked) == ("passphrase",)


def test_training_needs_nothing_but_to_be_chosen() -> None:
    assert steps(replace(FULL, profile="training")) == (Step.LANGUAGE, Step.PROFILE, Step.DONE)


@pytest.mark.parametrize("lacking", [Step.SHOP, Step.MANAGER])
def test_nothing_behind_a_step_that_lacks_something_can_be_opened(lacking: Step) -> None:
    without = {
        Step.SHOP: replace(FULL, values={**FULL.values, "till.code": ""}),
        Step.MANAGER: replace(FULL, manager=""),
    }
    facts = without[lacking]

    assert may_open(lacking, facts)
    assert not may_open(after(lacking, facts), facts)
    assert resting_place(Step.POLICY, facts) is lacking
    assert state_of(lacking, facts) is StepState.TODO


@pytest.mark.parametrize(
    ("step", "facts"),
    [
        (Step.KEYS, replace(FULL, credentials={})),
        (Step.PRINTER, replace(FULL, values={**FULL.values, "printer.address": ""})),
    ],
)
def test_keys_and_printer_can_be_put_off_and_stay_told(step: Step, facts: Facts) -> None:
    assert not may_open(Step.DONE, facts)
    put_off = replace(facts, later=frozenset({step}))
    assert may_open(Step.DONE, put_off)
    assert state_of(step, put_off) is StepState.LATER


def test_what_was_not_seen_to_work_is_never_called_ready() -> None:
    assert state_of(Step.KEYS, FULL) is StepState.READY
    for tried in ({}, {"gotit": "key_refused"}):
        assert state_of(Step.KEYS, replace(FULL, tried=tried)) is StepState.UNTRIED
    half = replace(FULL, credentials={"gotit": (), "vinid": ("vinid.key_code",)})
    assert missing(Step.KEYS, half) == ()
    assert state_of(Step.KEYS, half) is StepState.UNTRIED


def test_the_file_brings_back_what_was_written(tmp_path: Path) -> None:
    state = SetupState("en", "sandbox", "keys", ("language", "shop"), ("printer",), {"gotit": "works"}, {"shop": 4.5})
    save(tmp_path, state)

    assert load(tmp_path) == state
    assert (tmp_path / kept.FILE).stat().st_mode & 0o077 == 0
    assert is_unfinished(tmp_path)
    save(tmp_path, replace(state, done=True))
    assert not is_unfinished(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 1}', '{"language": 5, "done": false}', "\x00"])
def test_a_damaged_file_is_as_good_as_none_and_the_set_up_goes_on(tmp_path: Path, text: str) -> None:
    (tmp_path / kept.FILE).write_text(text)

    assert load(tmp_path) == SetupState()
    assert needs_first_run(tmp_path)
