"""What a printer can do is read strictly: a wrong file is refused with one clear error, never half believed."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardware.errors import DeviceError
from hardware.printer.profile import FACTS, PrinterProfile, PrinterProfileError, load_profile, parse_profile
from hardware.printer.profile import profile_names as names_in
from tests.hardware.profiles import PROFILE_DIR, shipped

GOOD = b'label = "A printer"\npaper_mm = 80\nwidth_dots = 576\ndpi = 203\n'


@pytest.mark.parametrize("name", names_in(PROFILE_DIR))
def test_every_shipped_profile_is_sound_and_names_its_sources(name: str) -> None:
    profile = shipped(name)

    assert profile.name == name
    assert set(profile.sources) == FACTS
    assert abs(profile.width_dots * 25.4 / profile.dpi - {58: 49, 80: 72}[profile.paper_mm]) < 3


def test_the_families_sold_in_viet_nam_are_there() -> None:
    families = (
        "epson-tm-t82",
        "epson-tm-t88",
        "xprinter-xp58",
        "xprinter-xp80",
        "zywell",
        "bixolon-srp",
        "star-escpos",
    )
    assert {*families, "sunmi", "sewoo", "generic-58", "generic-80"} <= set(names_in(PROFILE_DIR))


def test_what_a_file_does_not_say_is_the_careful_choice() -> None:
    profile = parse_profile("x", GOOD)

    assert not any((profile.native_qr, profile.native_code128, profile.raster_shift, profile.process_id, profile.asb))
    assert profile.codepages == {}


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("speed = 3", "speed"),
        ("native_qr = 1", "native_qr"),
        ('native_qr = "yes"', "native_qr"),
        ("band_dots = 0", "band_dots"),
        ("band_dots = true", "band_dots"),
        ("band_dots = 256.0", "band_dots"),
        ("buffer_bytes = 10000000000000000000000", "buffer_bytes"),
        ('cutter = "maybe"', "cutter"),
        ("drawer_pins = [3]", "drawer_pins"),
        ("drawer_pins = 2", "2"),
        ("drawer_pins = [[2]]", "2"),
        ("codepages = 3", "codepages"),
        ("codepages = {klingon = [1]}", "codepages"),
        ("codepages = {tcvn3 = [30]}", "codepages"),
        ("codepages = {cp1258 = [256]}", "codepages"),
        ("codepages = {cp1258 = [true]}", "True"),
        ('sources = {shoe = "a"}', "sources"),
        ('sources = {dpi = ""}', "sources"),
        ("sources = {dpi = 3}", "sources"),
        ("notes = 3", "notes"),
        ("name = 'other'", "name"),
        ("label = 'twice'", "TOML"),
        ("= 3", "TOML"),
        ("a = " + "[" * 5000, "TOML"),
        ("asb = " + "9" * 5000, "TOML"),
    ],
)
def test_a_wrong_value_is_refused_by_name(line: str, word: str) -> None:
    with pytest.raises(PrinterProfileError, match=word):
        parse_profile("x", GOOD + line.encode())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        GOOD.replace(b"80", b"79"),
        GOOD.replace(b"576", b"577"),
        GOOD.replace(b"203", b"300"),
        GOOD.replace(b'"A printer"', b'""'),
        GOOD.replace(b"dpi = 203", b""),
        GOOD + b"#" * 20_000,
    ],
)
def test_a_file_that_lacks_something_or_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(PrinterProfileError):
        parse_profile("x", data)


@pytest.mark.parametrize("name", ["nosuch", "", "../secret", "a/b", "A", "x" * 300, "a\0b"])
def test_only_a_profile_of_the_folder_can_be_named(name: str) -> None:
    with pytest.raises(PrinterProfileError) as caught:
        load_profile(PROFILE_DIR, name)

    assert caught.value.code == "device.bad_profile"
    assert isinstance(caught.value, DeviceError)


def test_a_profile_made_in_code_is_checked_as_one_from_a_file() -> None:
    with pytest.raises(PrinterProfileError, match="width_dots"):
        PrinterProfile(name="x", label="x", paper_mm=80, width_dots=100)


def test_a_folder_without_profiles_has_none(tmp_path: Path) -> None:
    assert names_in(tmp_path) == ()
