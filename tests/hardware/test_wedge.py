"""A wedge scanner is told from a typist, no key is lost, and typing feels immediate."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.scanner.reading import ReadingRules
from hardware.scanner.wedge import Decision, WedgeMachine, WedgeRules

ALL_DIFFERENT = string.ascii_letters + string.digits


class Desk:
    """Plays the event filter: ticks when due, keeps what reached the field and what was scanned."""

    def __init__(self, rules: WedgeRules | None = None, reading: ReadingRules | None = None) -> None:
        self.machine = WedgeMachine(rules, reading)
        self.now_s = 100.0
        self.field = ""
        self.scanned: list[str] = []
        self.dropped: list[str] = []
        self.longest_wait_s = 0.0
        self._waiting: list[float] = []

    def key(self, char: str, gap_s: float) -> None:
        self.wait(gap_s)
        decision = self.machine.feed(char, self.now_s)
        self._deliver(decision.release)
        self.dropped += [decision.dropped] if decision.dropped else []
        if decision.scan is not None:
            self.scanned.append(decision.scan)
        if decision.held:
            self._waiting.append(self.now_s)
        else:
            self.field += char

    def keys(self, text: str, gap_s: float) -> None:
        for char in text:
            self.key(char, gap_s)

    def wait(self, seconds: float) -> None:
        deadline_s = self.machine.deadline_mono_s
        if deadline_s is not None and deadline_s <= self.now_s + seconds:
            self._deliver(self.machine.tick(deadline_s).release, deadline_s)
        self.now_s += seconds

    def _deliver(self, text: str, at_s: float | None = None) -> None:
        if text:
            waits = [(at_s or self.now_s) - since for since in self._waiting]
            self.longest_wait_s = max(self.longest_wait_s, *waits)
            self._waiting.clear()
        self.field += text


@pytest.mark.parametrize("end", ["\r", "\n", "\t"])
def test_a_fast_burst_ended_by_enter_or_tab_is_a_scan_and_nothing_reaches_the_field(end: str) -> None:
    desk = Desk()

    desk.keys("VCH-7K2M9XQ1" + end, 0.008)

    assert (desk.scanned, desk.field) == (["VCH-7K2M9XQ1"], "")


def test_typing_a_bill_number_and_enter_reaches_the_field_in_order() -> None:
    desk = Desk()

    desk.keys("120050\r", 0.120)

    assert (desk.scanned, desk.field) == ([], "120050\r")


def test_a_typed_character_is_never_held_longer_than_sixty_milliseconds() -> None:
    desk = Desk()

    desk.keys("hoá đơn 0042", 0.090)
    desk.wait(1)

    assert desk.field == "hoá đơn 0042"
    assert desk.longest_wait_s <= 0.0601


def test_a_quick_typist_is_not_held_until_the_end_of_the_word() -> None:
    desk = Desk()

    desk.keys("120050120050", 0.045)

    assert len(desk.field) >= 6
    assert desk.scanned == []


def test_a_short_burst_is_typing() -> None:
    desk = Desk()

    desk.keys("12345\r", 0.005)

    assert (desk.scanned, desk.field) == ([], "12345\r")


def test_typing_then_a_scan_keeps_the_typed_part_and_takes_the_scan() -> None:
    desk = Desk()

    desk.keys("42", 0.150)
    desk.wait(0.2)
    desk.keys("VCH-7K2M9XQ1\r", 0.010)

    assert (desk.field, desk.scanned) == ("42", ["VCH-7K2M9XQ1"])


def test_a_slow_bluetooth_scanner_still_scans() -> None:
    desk = Desk()

    desk.keys("VCH-7K2M9XQ1\r", 0.034)

    assert desk.scanned == ["VCH-7K2M9XQ1"]


def test_with_a_prefix_only_the_scanner_is_ever_held() -> None:
    desk = Desk(WedgeRules(prefix="~", suffix="#"))

    desk.keys("fasttyping\r", 0.005)
    desk.keys("~VCH-7K2M9XQ1#\r", 0.005)

    assert (desk.field, desk.scanned) == ("fasttyping\r", ["VCH-7K2M9XQ1"])
    assert desk.longest_wait_s == 0


def test_the_same_scan_twice_within_the_window_is_one_and_the_second_is_not_typed() -> None:
    desk = Desk()

    desk.keys("VCH-7K2M9XQ1\r", 0.008)
    desk.wait(0.8)
    desk.keys("VCH-7K2M9XQ1\r", 0.008)

    assert (desk.scanned, desk.field, desk.dropped) == (["VCH-7K2M9XQ1"], "", ["repeated"])


def test_a_flood_is_said_once_and_never_typed_into_a_field() -> None:
    desk = Desk()

    desk.keys("A" * 20_000 + "\r", 0.001)
    desk.keys("VCH-7K2M9XQ1\r", 0.008)

    assert (desk.dropped, desk.field, desk.scanned) == (["too_long"], "", ["VCH-7K2M9XQ1"])


def test_another_key_gives_back_what_is_held() -> None:
    machine = WedgeMachine()
    assert machine.feed("4", 1.0).held

    assert machine.interrupt().release == "4"
    assert machine.deadline_mono_s is None


def test_a_key_after_a_pause_gives_back_the_ones_before_even_when_no_timer_ticked() -> None:
    machine = WedgeMachine()
    machine.feed("4", 1.0)
    late = machine.feed("2", 2.0)

    assert (late.release, late.held) == ("4", True)
    assert machine.feed("\r", 3.0).release == "2"


def test_a_decision_never_shows_the_code() -> None:
    desk = Desk()
    desk.keys("VCH-SECRETCODE-7K2M", 0.001)

    assert "SECRET" not in repr(desk.machine.feed("\r", desk.now_s))


@given(st.lists(st.tuples(st.booleans(), st.floats(0.0, 0.1)), max_size=60))
def test_every_key_is_either_typed_in_order_or_part_of_a_scan(strokes: list[tuple[bool, float]]) -> None:
    desk = Desk(reading=ReadingRules(repeat_s=0))
    # Each letter is another one, so that where a scan was taken from is beyond doubt.
    typed = "".join("\r" if enter else ALL_DIFFERENT[n] for n, (enter, _) in enumerate(strokes))

    for char, (_, gap_s) in zip(typed, strokes, strict=True):
        desk.key(char, gap_s)
    desk.wait(1)

    expected_in_field = typed
    for scan in desk.scanned:
        assert scan + "\r" in expected_in_field
        expected_in_field = expected_in_field.replace(scan + "\r", "")
    assert desk.field == expected_in_field


def test_a_scan_that_stumbles_on_a_busy_machine_leaves_nothing_in_a_field() -> None:
    """Five keys, a hiccup of 150 ms, the rest: one scan, and not a digit of it was typed."""
    machine = WedgeMachine()
    now_s, typed, scans = 1.0, "", []
    for position, char in enumerate("606118374386561\r"):
        now_s += 0.150 if position == 5 else 0.003
        decision = machine.feed(char, now_s)
        typed += decision.release
        scans += [decision.scan] if decision.scan else []
    assert (typed, scans) == ("", ["606118374386561"])


def test_three_letters_rolled_quickly_by_hand_come_after_a_fifth_of_a_second_at_most() -> None:
    machine = WedgeMachine()
    for number, char in enumerate("the"):
        machine.feed(char, 1.0 + 0.02 * number)
    assert machine.tick(1.04 + 0.199).release == ""
    assert machine.tick(1.04 + 0.201).release == "the"


def typed_by(machine: WedgeMachine, keys: list[tuple[str, dict[str, bool]]], gap_s: float = 0.005) -> Decision:
    """A scanner's burst of keys and Enter: nothing of it may be typed."""
    now_s = 1.0
    for char, facts in keys:
        now_s += gap_s
        assert machine.feed(char, now_s, **facts).release == ""
    return machine.feed("\r", now_s + gap_s)


def plain(text: str) -> list[tuple[str, dict[str, bool]]]:
    return [(char, {}) for char in text]


@pytest.mark.parametrize(
    ("arrived", "cause"),
    [
        ("Ă4Đ7K2M9XQ", "changed_by_ime"),  # Telex from AW4DD7K2M9XQ
        ("A\bĂ4D\bĐ7K2M9", "changed_by_ime"),  # Telex of a program that takes letters back by Backspace
        ("DD\b\bDD4X9KQ2", "changed_by_ime"),  # the third D undid the first two: plain letters, one of them lost
        ("Á7K2M9XQ", "changed_by_ime"),  # VNI from A17K2M9XQ
        ("quà7k2m9xq", "changed_by_ime"),
        ("''&çà\"é(!-", "changed_by_layout"),  # 4417902356 on AZERTY, some of it
        ("QZ'DD&K", "changed_by_layout"),
    ],
)
def test_a_scan_that_was_changed_on_its_way_is_refused_with_the_cause(arrived: str, cause: str) -> None:
    decision = typed_by(WedgeMachine(), plain(arrived))

    assert (decision.scan, decision.release, decision.held, decision.dropped) == (None, "", True, cause)


@pytest.mark.parametrize(
    "code", ["AW4DD7K2M9", "ABC-DEF-GHI", "https://a.vn/?code=ABC&x=Y", "a'b(c\"7", "VCH_7K2M9XQ1"]
)
def test_what_no_sign_speaks_against_is_taken_as_it_is(code: str) -> None:
    assert typed_by(WedgeMachine(), plain(code)).scan == code


def test_caps_lock_is_seen_by_the_shift_keys_of_the_scanner() -> None:
    shifted = [(char, {"shift": char.isalpha()}) for char in "vch7k2m9xq1"]

    assert typed_by(WedgeMachine(), shifted).dropped == "caps_lock"


def test_caps_lock_is_seen_where_the_system_tells_it_and_digits_do_not_mind() -> None:
    assert typed_by(WedgeMachine(), [(char, {"caps_lock": True}) for char in "VCH7K2M9"]).dropped == "caps_lock"
    assert typed_by(WedgeMachine(), [(char, {"caps_lock": True}) for char in "4471902835"]).scan == "4471902835"


def test_capitals_without_shift_are_taken_since_some_scanners_send_them_so() -> None:
    assert typed_by(WedgeMachine(), plain("VCH7K2M9XQ1")).scan == "VCH7K2M9XQ1"


def test_a_row_of_digits_that_gives_something_else_is_another_layout_even_where_it_gives_plain_signs() -> None:
    """AZERTY makes ``-`` of 6 and ``_`` of 8, which stand in voucher codes."""
    keys = [(char, {"digit_row": char in "-_"}) for char in "QZ-DD_KK"]

    assert typed_by(WedgeMachine(), keys).dropped == "changed_by_layout"


def test_a_scanner_set_to_the_layout_of_the_till_is_taken() -> None:
    """French both: digits with Shift, ``-`` without."""
    keys = [(char, {"digit_row": char in "-7291", "shift": char.isdigit()}) for char in "vch-7k2m9xq1"]

    assert typed_by(WedgeMachine(), keys).scan == "vch-7k2m9xq1"


def test_a_dead_key_in_a_burst_is_another_layout_and_a_composed_text_an_input_method() -> None:
    for dead_key, cause in ((True, "changed_by_layout"), (False, "changed_by_ime")):
        machine = WedgeMachine()
        for number, char in enumerate("VCH7K2"):
            machine.feed(char, 1.0 + number / 200)
        assert machine.composed("\ufffc", 1.03, dead_key=dead_key).held
        assert machine.feed("\r", 1.035).dropped == cause


def test_a_typist_with_an_input_method_gets_everything_back_in_order() -> None:
    machine = WedgeMachine()
    field = ""
    for number, char in enumerate("ho\bà"):
        field += machine.tick(1.0 + number * 0.15).release
        decision = machine.feed(char, 1.0 + number * 0.15)
        field += decision.release + ("" if decision.held else char)
    field += machine.composed("\ufffc", 1.6).release
    field += machine.tick(2.0).release

    assert field == "ho\bà\ufffc"


def test_identifiers_and_separators_are_taken_off_as_on_a_serial_line() -> None:
    machine = WedgeMachine(reading=ReadingRules(gs1_ai="21"))

    assert typed_by(machine, plain("]C121VCH7K2M9\x1d17270331")).scan == "VCH7K2M9"
    assert typed_by(machine, plain("]C10108934567890127")).dropped == "gs1_ai_missing"
